"""Values of override properties: cell text coerced to them, JSON values checked (reference 7).

    text -> value         value -> Violation or None

Unknown layers and properties are no violation here: the API ignores them (reference 7.1); telling the user is the
mapper's business. Left out: which properties there are (`overrides`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.wire.colors import parse_color, parse_paint
from bulkgen.wire.overrides import PROPERTIES, Kind, Property


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that the API refuses, in the words of its error envelope (reference 1.4)."""

    path: str
    code: str
    message: str
    expected: Any = None
    received: Any = None


VERTICAL = ("top", "middle", "bottom", "custom")
HORIZONTAL = ("left", "center", "right", "custom")
JUSTIFY = ("justify", "justify-left", "justify-center", "justify-right")

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
        return Violation(path, "out_of_range", f"{value:g} is not {prop.bounds()}", expected, value)
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
            expected = [*VERTICAL, *HORIZONTAL[:-1], *(JUSTIFY if prop.justify else ())]
            return Violation(path, "unknown_enum_value", f"{_short(value)} is not {prop.describe()}", expected, value)
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


def _wrong_type(path: str, prop: Property, value: Any) -> Violation:
    return Violation(path, "wrong_type", f"{_short(value)} is not {prop.describe()}", str(prop.kind), value)


def _not_a_choice(path: str, prop: Property, value: Any) -> Violation:
    return Violation(path, "unknown_enum_value", f"{_short(value)} is not {prop.describe()}", list(prop.choices), value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
