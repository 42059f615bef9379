"""Attributes of a design that the API's read lacks and the painters need.

`EXTRAS` is the vocabulary: `docs/designs.md`, the check of designs (`design_lint`) and their schema are made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.wire.overrides import PROPERTIES, Kind, Property

SHAPES = (
    "rectangle",
    "circle",
    "half_circle",
    "triangle",
    "right_triangle",
    "rhombus",
    "pentagon",
    "hexagon",
    "star",
    "hexagram",
    "parallelogram",
    "trapeze",
    "squircle",
    "window",
    "blob",
    "cross",
    "arrow",
    "heart",
    "cloud",
)

_ALL = ("text", "button", "image", "logo", "shape", "illustration", "rating", "qrcode", "video")
_WORDS = ("text", "button")


@dataclass(frozen=True, slots=True)
class Extra:
    """One extra attribute: where it may stand, what it may be, what holds without it."""

    prop: Property
    types: tuple[str, ...]
    default: Any
    meaning: str

    @property
    def name(self) -> str:
        return self.prop.name


def _number(name: str, low: float | None = None, high: float | None = None) -> Property:
    return Property(name, Kind.NUMBER, low, high)


def _flag(name: str) -> Property:
    return Property(name, Kind.FLAG)


def _layer(name: str) -> Property:
    return Property(name, Kind.TEXT, 1, note="the name of another layer")


_TABLE = (
    Extra(_number("letter_spacing", -20, 100), _WORDS, 0, "added after every character, in percent of the font size"),
    Extra(
        Property("font_style", Kind.CHOICE, choices=("normal", "italic")),
        _WORDS,
        "normal",
        "upright or italic, if the font has it",
    ),
    Extra(
        Property("text_decoration", Kind.CHOICE, choices=("none", "underline", "strike", "diagonal")),
        ("text",),
        "none",
        "a line through or under the whole text; markup of the same kind in the text switches it off",
    ),
    Extra(
        Property("text_direction", Kind.CHOICE, choices=("auto", "ltr", "rtl")),
        _WORDS,
        "auto",
        "which way a paragraph runs; auto goes by its first letter",
    ),
    Extra(
        Property("size_group", Kind.TEXT, 1, note="any name"),
        _WORDS,
        None,
        "texts of one name are all set in the smallest size that one of them needs",
    ),
    Extra(
        _flag("price_style"),
        ("text",),
        False,
        "sets currency and decimals smaller, the decimals raised to cap height, with figures of equal width",
    ),
    Extra(_flag("balance"), ("text",), False, "breaks into lines of about equal length instead of filling each"),
    Extra(
        _flag("trim"),
        ("text",),
        False,
        "measures the text from the top of its capitals to its last baseline, so that boxes align by what the eye sees",
    ),
    Extra(_number("border_radius", 0, 2000), ("shape", "button", "image", "video"), 0, "radius of all corners, in px"),
    Extra(Property("shape", Kind.CHOICE, choices=SHAPES), ("shape",), "rectangle", "what is drawn into the box"),
    Extra(
        Property("stroke_dash", Kind.PADDING, note="length and gap in px"),
        ("shape",),
        None,
        'dashes of the stroke: "8 6" is 8 px of line, then 6 px of gap',
    ),
    Extra(_number("pattern_scale", 10, 1000), ("shape",), 100, "size of the pattern, in percent"),
    Extra(
        _number("overlay_opacity", 0, 100),
        ("image",),
        50,
        "percent; how strongly overlay colours that have no alpha of their own cover the picture",
    ),
    Extra(
        _number("icon_size", 1, 2000), ("button",), None, "side of the icon's square in px; the label's size without it"
    ),
    Extra(_number("icon_gap", 0, 500), ("button",), 0, "px between icon and label"),
    Extra(
        Property("icon_position", Kind.CHOICE, choices=("left", "right")),
        ("button",),
        "left",
        "which side of the label the icon stands on",
    ),
    Extra(_number("opacity", 0, 100), _ALL, 100, "percent; on images and illustrations it is the API's own property"),
    Extra(_number("rotation", -360, 360), _ALL, 0, "degrees clockwise about the middle of the box"),
    Extra(
        _number("focus_x", 0, 100),
        ("image", "video"),
        None,
        "the point of the picture, in percent, that cropping keeps in sight",
    ),
    Extra(_number("focus_y", 0, 100), ("image", "video"), None, "as focus_x, from the top"),
    Extra(_number("quiet_zone", 0, 10), ("qrcode",), 4, "modules of background around the code; readers ask for 4"),
    Extra(_layer("below"), _ALL, None, "moves the layer so that it starts under what another layer really takes up"),
    Extra(_layer("above"), _ALL, None, "moves the layer so that it ends over what another layer really takes up"),
    Extra(_layer("right_of"), _ALL, None, "as below, to the right of another layer"),
    Extra(_layer("left_of"), _ALL, None, "as above, to the left of another layer"),
    Extra(
        _layer("level_with"),
        _ALL,
        None,
        "moves the layer so that it ends at the height where another ends: one baseline",
    ),
    Extra(
        _number("gap", -2000, 2000), _ALL, 0, "px between the layer and the one it is below, above, right or left of"
    ),
    Extra(
        _layer("hug"), ("shape",), None, "the box of the shape is what another layer really takes up, plus `padding`"
    ),
    Extra(Property("padding", Kind.PADDING), ("shape",), 0, 'for hug: "V H" in px, or one number'),
    Extra(_flag("display_crop_marks"), ("container",), False, "of a print: whether marks for the cut stand around it"),
    Extra(
        Property("color_profile", Kind.UUID),
        ("container",),
        None,
        "of a print: the colour profile, by the id that a request would name",
    ),
)

EXTRAS: Mapping[str, Extra] = {extra.name: extra for extra in _TABLE}

ANCHORS = ("below", "above", "right_of", "left_of", "level_with", "hug")


def known_attributes(layer_type: str) -> dict[str, Property]:
    """All attributes a layer of this type may have in a design: the API's, and ours."""
    return {extra.name: extra.prop for extra in _TABLE if layer_type in extra.types} | dict(
        PROPERTIES.get(layer_type, {})
    )


def vocabulary_table() -> str:
    """The extras as a Markdown table; it stands in docs/designs.md, and a test compares."""
    lines = ["| Attribute | Layers | Value | Without it | Meaning |", "|---|---|---|---|---|"]
    for extra in _TABLE:
        types = "all" if extra.types == _ALL else ", ".join(extra.types)
        note = f" ({extra.prop.note})" if extra.prop.note and extra.prop.kind is not Kind.TEXT else ""
        value = extra.prop.note if extra.prop.kind is Kind.TEXT else extra.prop.describe() + note
        default = "" if extra.default is None else str(extra.default).lower()
        lines.append(f"| `{extra.name}` | {types} | {value} | {default} | {extra.meaning} |")
    return "\n".join(lines) + "\n"
