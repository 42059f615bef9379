"""Every override property of every layer type, with its type and bounds (reference 7), as one table.

`PROPERTIES` is read by the mapper, which coerces cell text, by the studio, which validates JSON, and by the
documentation. Unknown layers and properties are no violation here: the API ignores them (reference 7.1); telling
the user is the mapper's business.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bulkgen.wire.colors import parse_color, parse_paint


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
            return _bounds_in_words(self)
        if self.kind is Kind.ALIGNMENT:
            return "top, middle or bottom and left, center or right" + (", or justify" if self.justify else "")
        return _KIND_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that the API refuses, in the words of its error envelope (reference 1.4)."""

    path: str
    code: str
    message: str
    expected: Any = None
    received: Any = None


_KIND_WORDS = {
    Kind.FLAG: "true or false",
    Kind.URL: "an http(s) address",
    Kind.BASE64: "base64 or a data URI",
    Kind.UUID: "a UUID",
    Kind.PADDING: 'a number, or "V H" in px',
    Kind.OBJECT: "an object",
    Kind.FLAG_OR_TEXT: "true, or a text",
}

VERTICAL = ("top", "middle", "bottom", "custom")
HORIZONTAL = ("left", "center", "right", "custom")
JUSTIFY = ("justify", "justify-left", "justify-center", "justify-right")

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

_TRUE = frozenset(("true", "yes", "y", "1", "on", "x", "ja", "oui", "si", "sí"))
_FALSE = frozenset(("false", "no", "n", "0", "off", "", "nein", "non"))
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_PADDING = re.compile(r"\d+(?:\.\d+)?(?:\s+\d+(?:\.\d+)?)?")
_BASE64 = re.compile(r"(?:data:[\w.+-]+/[\w.+-]+(?:;[\w=.+-]+)*;base64,)?[A-Za-z0-9+/\s]+={0,2}\s*")


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def coerce(prop: Property, text: str) -> Any:
    """Cell text -> the JSON value the API wants for `prop`.

    Raises ValueError, whose text says what is allowed. Text stays text: `12345` in a text property is "12345".
    """
    stripped = text.strip()
    value: Any
    match prop.kind:
        case Kind.FLAG:
            return parse_flag(stripped)
        case Kind.FLAG_OR_TEXT:
            try:
                return parse_flag(stripped)
            except ValueError:
                return text
        case Kind.NUMBER | Kind.INTEGER:
            number = _parse_number(stripped)
            if prop.kind is Kind.INTEGER and not number.is_integer():
                raise ValueError(f"{stripped!r} is not a whole number")
            value = int(number) if number.is_integer() else number
        case Kind.CHOICE:
            lowered = {str(choice).lower(): choice for choice in prop.choices}
            value = lowered.get(stripped.lower(), stripped)
        case Kind.OBJECT:
            raise ValueError("this property is an object; write its parts in a mapping file")
        case Kind.TEXT:
            value = text
        case Kind.PADDING:
            value = stripped.removesuffix("px").strip()
        case _:
            value = stripped
    violation = check(prop, value)
    if violation:
        raise ValueError(violation.message)
    return value


def check(prop: Property, value: Any, path: str = "") -> Violation | None:
    """Whether the API accepts `value` (a JSON value) for `prop`; None if so."""
    path = path or prop.name
    if value is None:
        return _wrong_type(path, prop, value)
    match prop.kind:
        case Kind.FLAG:
            return None if isinstance(value, bool) else _wrong_type(path, prop, value)
        case Kind.FLAG_OR_TEXT:
            return None if isinstance(value, (bool, str)) else _wrong_type(path, prop, value)
        case Kind.NUMBER | Kind.INTEGER:
            return _check_number(prop, value, path)
        case Kind.OBJECT:
            is_fit = isinstance(value, (dict, list))
            return None if is_fit else _wrong_type(path, prop, value)
        case Kind.PADDING if isinstance(value, (int, float)) and not isinstance(value, bool):
            return None
        case _ if not isinstance(value, str):
            return _wrong_type(path, prop, value)
        case _:
            return _check_text(prop, value, path)


def check_overrides(overrides: Mapping[str, Any], layer_type: str, path: str) -> list[Violation]:
    """All violations of one layer's override object; unknown properties are passed over."""
    table = PROPERTIES.get(layer_type, {})
    found = [
        violation
        for name, value in overrides.items()
        if name in table and (violation := check(table[name], value, f"{path}.{name}"))
    ]
    if overrides.get("auto_resize") is True and "min_font_size" not in overrides and "auto_resize" in table:
        found.append(
            Violation(
                f"{path}.auto_resize",
                "conditional_dependency_missing",
                "auto_resize needs min_font_size",
                "min_font_size",
            )
        )
    return found


def parse_flag(text: str) -> bool:
    """A cell's yes or no. `0.00` is neither: a price is not a truth. Raises ValueError."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{text!r} is neither true nor false")


def _parse_number(text: str) -> float:
    """A plain number; a percent sign, `px` or `pt` after it is dropped, a lone decimal comma is read."""
    core = re.sub(r"\s*(?:%|px|pt)$", "", text)
    if core.count(",") == 1 and "." not in core:
        core = core.replace(",", ".")
    try:
        value = float(core)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a number")
    return value


def _check_number(prop: Property, value: Any, path: str) -> Violation | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _wrong_type(path, prop, value)
    if prop.kind is Kind.INTEGER and not float(value).is_integer():
        return _wrong_type(path, prop, value)
    if prop.choices:
        return None if value in prop.choices else _not_a_choice(path, prop, value)
    too_low = prop.low is not None and (value <= prop.low if prop.above else value < prop.low)
    if too_low or (prop.high is not None and value > prop.high) or not math.isfinite(value):
        expected = {name: bound for name, bound in (("min", prop.low), ("max", prop.high)) if bound is not None}
        return Violation(path, "out_of_range", f"{value:g} is not {_bounds_in_words(prop)}", expected, value)
    return None


def _check_text(prop: Property, value: str, path: str) -> Violation | None:
    match prop.kind:
        case Kind.TEXT:
            return _check_length(prop, value, path)
        case Kind.COLOR | Kind.PAINT:
            try:
                (parse_paint if prop.kind is Kind.PAINT else parse_color)(value)
            except ValueError as error:
                return Violation(path, "invalid_payload", f"{_short(value)} is not a colour: {error}", None, value)
        case Kind.CHOICE if value not in prop.choices:
            return _not_a_choice(path, prop, value)
        case Kind.ALIGNMENT if not _is_alignment(value, justify=prop.justify):
            return Violation(path, "unknown_enum_value", f"{_short(value)} is not {prop.describe()}", None, value)
        case Kind.UUID if not is_uuid(value):
            return Violation(path, "wrong_type", f"{_short(value)} is not a UUID", "uuid", value)
        case Kind.URL if not is_url(value):
            return Violation(path, "invalid_payload", f"{_short(value)} is not an http(s) address", None, value)
        case Kind.PADDING if not _PADDING.fullmatch(value):
            return Violation(path, "invalid_payload", f'{_short(value)} is not "V H" in px', None, value)
        case Kind.BASE64 if not _BASE64.fullmatch(value):
            return Violation(path, "invalid_payload", "this is not base64", None, value[:40])
    return None


def _check_length(prop: Property, value: str, path: str) -> Violation | None:
    low, high = prop.low or 0, prop.high or math.inf
    if low <= len(value) <= high:
        return None
    message = "the text is empty" if not value else f"the text has {len(value):,} characters, at most {int(high):,} fit"
    expected = {"min": int(low)} | ({"max": int(high)} if prop.high else {})
    return Violation(path, "out_of_range", message, expected, value[:200])


def _is_alignment(value: str, *, justify: bool) -> bool:
    horizontal = HORIZONTAL + (JUSTIFY if justify else ())
    words = value.split()
    if len(words) == 1:
        return words[0] in VERTICAL + horizontal
    return len(words) == 2 and words[0] in VERTICAL and words[1] in horizontal


def _bounds_in_words(prop: Property) -> str:
    noun = "a whole number" if prop.kind is Kind.INTEGER else "a number"
    if prop.low is not None and prop.high is not None:
        above = "above " if prop.above else ""
        return f"{noun} from {above}{prop.low:g} to {prop.high:g}"
    if prop.low is not None:
        return f"{noun}, at least {prop.low:g}"
    return noun


def _wrong_type(path: str, prop: Property, value: Any) -> Violation:
    return Violation(path, "wrong_type", f"{_short(value)} is not {prop.describe()}", str(prop.kind), value)


def _not_a_choice(path: str, prop: Property, value: Any) -> Violation:
    return Violation(path, "unknown_enum_value", f"{_short(value)} is not {prop.describe()}", list(prop.choices), value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
