"""Every override property of every layer type, with its type and bounds (reference 7), as one table.

`PROPERTIES` is read by the mapper, which coerces cell text, by the studio, which validates JSON, and by the
documentation. Left out: doing either (`values`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a property's value is, which decides how text is coerced and JSON is checked."""

    TEXT = "text"
    COLOR = "color"
    PAINT = "paint"  # a colour or a gradient
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"
    CHOICE = "choice"
    URL = "url"
    BASE64 = "base64"
    UUID = "uuid"
    ALIGNMENT = "alignment"
    PADDING = "padding"
    OBJECT = "object"
    FLAG_OR_TEXT = "flag or text"


@dataclass(frozen=True, slots=True)
class Property:
    """One override property. `low` and `high` bound a number, or the length of a text in characters."""

    name: str
    kind: Kind
    low: float | None = None
    high: float | None = None
    choices: tuple[str | int, ...] = ()
    justify: bool = False
    above: bool = False  # `low` itself is not allowed
    is_async_only: bool = False
    note: str = ""

    def describe(self) -> str:
        """What is allowed, in words: for messages and for the reference page."""
        if self.choices:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.kind is Kind.COLOR:
            return "a colour: #RGB, #RRGGBB, #RRGGBBAA or cmyk(C,M,Y,K)"
        if self.kind is Kind.PAINT:
            return "a colour (#RRGGBB …) or a gradient"
        if self.kind is Kind.TEXT:
            return f"text of {int(self.low or 0)} to {int(self.high):,} characters" if self.high else "text"
        if self.kind in (Kind.NUMBER, Kind.INTEGER):
            return self.bounds()
        if self.kind is Kind.ALIGNMENT:
            return "top, middle or bottom and left, center or right" + (", or justify" if self.justify else "")
        return _KIND_WORDS[self.kind]

    def bounds(self) -> str:
        """The bounds of a number, in words."""
        noun = "a whole number" if self.kind is Kind.INTEGER else "a number"
        if self.low is not None and self.high is not None:
            above = "above " if self.above else ""
            return f"{noun} from {above}{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{noun}, at least {self.low:g}"
        return noun


_KIND_WORDS = {
    Kind.FLAG: "true or false",
    Kind.URL: "an http(s) address",
    Kind.BASE64: "base64 or a data URI",
    Kind.UUID: "a UUID",
    Kind.PADDING: 'a number, or "V H" in px',
    Kind.OBJECT: "an object",
    Kind.FLAG_OR_TEXT: "true, or a text",
}

# Layer types of a design read (reference 6.3). `container` is the root; it and `code` take no override but
# root.background_color.
LAYER_TYPES = (
    "container",
    "text",
    "button",
    "image",
    "logo",
    "shape",
    "illustration",
    "rating",
    "qrcode",
    "video",
    "audio",
    "group",
    "code",
)

HIDDEN_WORD = "__HIDDEN__"


def _number(name: str, low: float | None = None, high: float | None = None, **more: Any) -> Property:
    return Property(name, Kind.NUMBER, low, high, **more)


def _color(name: str) -> Property:
    return Property(name, Kind.COLOR)


def _paint(name: str) -> Property:
    return Property(name, Kind.PAINT)


def _flag(name: str, **more: Any) -> Property:
    return Property(name, Kind.FLAG, **more)


def _choice(name: str, *choices: str) -> Property:
    return Property(name, Kind.CHOICE, choices=choices)


_SHARED = (
    _flag("hidden"),
    _color("shadow_color"),
    _number("shadow_blur", 0),
    _number("shadow_offset_x", -200, 200),
    _number("shadow_offset_y", -200, 200),
)

_TYPE_SETTING = (
    _paint("color"),
    _paint("background_color"),
    Property("background_padding", Kind.PADDING),
    _number("font_size", 1),
    Property("font", Kind.UUID),
    Property("font_weight", Kind.INTEGER, choices=tuple(range(100, 1000, 100))),
    _number("line_height", 1, note="percent"),
    _number("stroke_width", 0, 40),
    _color("stroke_color"),
    _choice("text_transform", "none", "uppercase", "lowercase", "titlecase", "capitalize"),
    _flag("auto_resize", note="true needs min_font_size"),
    _number("min_font_size", 0),
)

_TEXT = (
    Property("payload", Kind.TEXT, 1, 10_000),
    *_TYPE_SETTING,
    Property("alignment", Kind.ALIGNMENT, justify=True),
    _number("skew_y", -20, 20),
    _number("max_lines", 1),
    _flag("text_harmony"),
    _flag("text_truncation"),
    _choice("side_border", "left", "right", "top", "bottom", "none"),
    _number("side_border_thickness", 0),
    _number("side_border_padding", 0),
    _number("side_border_spread", 0),
    _number("side_border_offset"),
    _color("side_border_color"),
    _flag("side_border_rounded"),
)

_BUTTON = (
    Property("payload", Kind.TEXT, 1, 2_048),
    *_TYPE_SETTING,
    Property("alignment", Kind.ALIGNMENT),
    _choice("text_align", "left", "center", "right"),
    _color("text_shadow_color"),
    _number("text_shadow_blur", 0),
    _number("text_shadow_offset_x", -200, 200),
    _number("text_shadow_offset_y", -200, 200),
    Property("icon_url", Kind.URL),
    Property("icon_encoded", Kind.BASE64),
    _color("icon_color"),
)

_PICTURE = (
    Property("image_url", Kind.URL),
    Property("image_encoded", Kind.BASE64),
    Property("alignment", Kind.ALIGNMENT),
)

_REMOVE_BG_MODELS = ("bria-rmbg-2-0", "birefnet", "pixelcut", "imageUtils", "ideogram", "leonardo-remove-bg")

_IMAGE = (
    *_PICTURE,
    _number("opacity", 0, 100),
    _choice("fitting_type", "cover", "fill"),
    _number("stroke_width", 0, 60),
    _color("stroke_color"),
    _choice(
        "mask_name",
        "circle",
        "rounded_corners",
        "blob",
        "squircle",
        "pentagon",
        "hexagon",
        "parallelogram",
        "window",
    ),
    Property("mask_properties", Kind.OBJECT, note="radius: number or {tl, tr, br, bl}; skew_y: -22 to 22"),
    _choice("filter_name", "grayscale", "duotone"),
    Property("filter_properties", Kind.OBJECT, note="duotone: {name}"),
    _choice("overlay_direction", "horizontal", "vertical", "diagonal"),
    _color("overlay_color_1"),
    _color("overlay_color_2"),
    _flag("auto_focus"),
    Property("auto_focus_properties", Kind.OBJECT),
    _choice("auto_focus_model", "generic", "people", "face"),
    Property("focus_objects", Kind.OBJECT, note="list of names"),
    _choice("focus_framing", "face", "head", "shoulders", "full_body"),
    _choice("focus_zoom", "off", "low", "medium", "max"),
    _choice("focus_target", "largest", "left", "middle", "right", "all"),
    _flag("remove_bg"),
    Property("remove_bg_properties", Kind.OBJECT, note="model: " + ", ".join(_REMOVE_BG_MODELS)),
    Property("text_to_image", Kind.FLAG_OR_TEXT, is_async_only=True),
    Property("text_to_image_properties", Kind.OBJECT, is_async_only=True),
    _flag("expand", is_async_only=True),
    Property("expand_properties", Kind.OBJECT, is_async_only=True),
    _flag("upscale", is_async_only=True),
    Property("upscale_properties", Kind.OBJECT, is_async_only=True),
)

_SHAPE = (
    _paint("background_color"),
    _choice(
        "pattern_name",
        "bubbles",
        "cage",
        "cross",
        "doubleCircle",
        "drops",
        "parkay",
        "pills",
        "plus",
        "star",
        "ticTac",
        "ticTacFilled",
        "triangle",
        "wiggle",
    ),
    _color("pattern_color"),
    _number("stroke_width", 0, 60),
    _color("stroke_color"),
)

_RATING = (
    _number("rating_score", 0, 100),
    _number("star_dimension", 0, 400, above=True),
    _number("star_margin", 0, 100),
    _color("star_color"),
    _color("background_color"),
)

_ILLUSTRATION = (
    Property("illustration_type", Kind.TEXT, 1),
    Property("illustration_file", Kind.TEXT, 1),
    Property("illustration_properties", Kind.OBJECT, note="{primary_color}"),
    Property("alignment", Kind.ALIGNMENT),
    _number("opacity", 0, 100),
)

_QRCODE = (
    Property("payload", Kind.TEXT, 1),
    _color("foreground_color"),
    _color("background_color"),
    Property("image_url", Kind.URL),
    _flag("hide_icon"),
)

_VIDEO = (
    Property("video_url", Kind.URL),
    _number("audio_muted", 0, 1, note="a number, 1 mutes; the API refuses a boolean here"),
)

_AUDIO = (
    Property("audio_url", Kind.URL),
    Property("audio_encoded", Kind.BASE64),
    _number("max_volume", 0, 1),
    _number("speed", 0.25, 2),
)


def _table(*properties: Property) -> Mapping[str, Property]:
    return {prop.name: prop for prop in properties}


PROPERTIES: Mapping[str, Mapping[str, Property]] = {
    "container": _table(_paint("background_color")),
    "text": _table(*_SHARED, *_TEXT),
    "button": _table(*_SHARED, *_BUTTON),
    "image": _table(*_SHARED, *_IMAGE),
    "logo": _table(*_SHARED, *_PICTURE),
    "shape": _table(*_SHARED, *_SHAPE),
    "illustration": _table(*_SHARED, *_ILLUSTRATION),
    "rating": _table(*_SHARED, *_RATING),
    "qrcode": _table(*_SHARED, *_QRCODE),
    "video": _table(*_SHARED, *_VIDEO),
    "audio": _table(*_SHARED, *_AUDIO),
    "group": _table(*_SHARED),
    "code": _table(),
}

# What a bare value sets: the property that the layer is there for.
MAIN_PROPERTY: Mapping[str, str] = {
    "container": "background_color",
    "text": "payload",
    "button": "payload",
    "image": "image_url",
    "logo": "image_url",
    "shape": "background_color",
    "illustration": "illustration_file",
    "rating": "rating_score",
    "qrcode": "payload",
    "video": "video_url",
    "audio": "audio_url",
    "group": "hidden",
}

# A picture that is at hand as a file goes into the twin of its address property.
ENCODED_TWIN: Mapping[str, str] = {
    "image_url": "image_encoded",
    "icon_url": "icon_encoded",
    "audio_url": "audio_encoded",
}
