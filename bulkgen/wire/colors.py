"""Colour and gradient grammar of the API (reference 7.8), parsed once for the validator and the painter.

Left out: names, `rgb()`, CSS gradients. None of them is in the API's grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_CMYK = re.compile(r"cmyka?\(\s*([^)]*)\)", re.IGNORECASE)
_GRADIENT = re.compile(r"(linear|radial)-gradient\((.*)\)", re.IGNORECASE | re.DOTALL)
_STOP = re.compile(r"\s*(-?[\d.]+)%\s+(#[0-9a-f]{3}(?:[0-9a-f]{3})?|cmyk\([^)]*\))\s+([\d.]+)\s*", re.IGNORECASE)
_STOPS_MIN, _STOPS_MAX = 2, 8


@dataclass(frozen=True, slots=True)
class Color:
    """An sRGB colour, channels 0 to 1; `cmyk` keeps the inks as written (0 to 1) for print."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0
    cmyk: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A gradient stop; `offset` 0 to 1."""

    offset: float
    color: Color


@dataclass(frozen=True, slots=True)
class LinearGradient:
    """From (x1, y1) to (x2, y2), in parts of the element's box."""

    x1: float
    y1: float
    x2: float
    y2: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class RadialGradient:
    """Centre and radius in parts of the element's box: an ellipse where the box is not square."""

    cx: float
    cy: float
    radius: float
    stops: tuple[Stop, ...]


Paint = Color | LinearGradient | RadialGradient


def parse_color(text: str) -> Color:
    """`#RGB`, `#RGBA`, `#RRGGBB`, `#RRGGBBAA`, `cmyk(C,M,Y,K)` or `cmyka(C,M,Y,K[,A])`.

    Raises ValueError, whose text names the accepted forms.
    """
    text = text.strip()
    if _HEX.fullmatch(text):
        digits = text[1:]
        if len(digits) <= 4:
            digits = "".join(digit * 2 for digit in digits)
        red, green, blue, *alpha = (int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2))
        return Color(red, green, blue, alpha[0] if alpha else 1.0)
    match = _CMYK.fullmatch(text)
    if match:
        return _cmyk(match.group(1), with_alpha=text.lower().startswith("cmyka"))
    raise ValueError("a colour is #RGB, #RRGGBB, #RRGGBBAA or cmyk(C,M,Y,K) with inks 0 to 100")


def is_see_through(paint: Paint) -> bool:
    """Whether anything of what lies below shows."""
    if isinstance(paint, Color):
        return paint.alpha < 1
    return any(stop.color.alpha < 1 for stop in paint.stops)


def parse_paint(text: str) -> Paint:
    """A colour, `linear-gradient(…)` or `radial-gradient(…)`. Raises ValueError."""
    match = _GRADIENT.fullmatch(text.strip())
    if not match:
        return parse_color(text)
    kind, body = match.group(1).lower(), match.group(2)
    head, *rest = _split(body)
    try:
        numbers = [float(part.rstrip("%")) / 100 for part in head.split()]
    except ValueError:
        raise ValueError(f"gradient position {head!r} is not a list of percentages") from None
    stops = tuple(_stop(part) for part in rest)
    if not _STOPS_MIN <= len(stops) <= _STOPS_MAX:
        raise ValueError(f"a gradient has {_STOPS_MIN} to {_STOPS_MAX} stops, not {len(stops)}")
    offsets = [stop.offset for stop in stops]
    if len(set(offsets)) != len(offsets):
        raise ValueError("two gradient stops share an offset")
    ordered = tuple(sorted(stops, key=lambda stop: stop.offset))
    if kind == "linear":
        if len(numbers) != 4:
            raise ValueError("linear-gradient starts with x1% y1% x2% y2%")
        x1, y1, x2, y2 = numbers
        return LinearGradient(x1, y1, x2, y2, ordered)
    if len(numbers) != 3 or numbers[2] <= 0:
        raise ValueError("radial-gradient starts with cx% cy% r%, r above 0")
    cx, cy, radius = numbers
    return RadialGradient(cx, cy, radius, ordered)


def _split(body: str) -> list[str]:
    """Split at commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(body):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(body[start:index].strip())
            start = index + 1
    parts.append(body[start:].strip())
    return parts


def _stop(text: str) -> Stop:
    match = _STOP.fullmatch(text)
    if not match:
        raise ValueError(f"gradient stop {text!r} is not 'offset% colour opacity'")
    offset, opacity = float(match.group(1)), float(match.group(3))
    if not 0 <= offset <= 100 or not 0 <= opacity <= 1:
        raise ValueError(f"gradient stop {text!r}: offset is 0 to 100 %, opacity 0 to 1")
    color = parse_color(match.group(2))
    return Stop(offset / 100, Color(color.red, color.green, color.blue, opacity, color.cmyk))


def _cmyk(body: str, *, with_alpha: bool) -> Color:
    try:
        numbers = [int(part.strip().rstrip("%")) for part in body.split(",")]
    except ValueError:
        raise ValueError("inks of a cmyk colour are whole numbers, 0 to 100") from None
    if len(numbers) not in ((4, 5) if with_alpha else (4,)) or not all(0 <= n <= 100 for n in numbers):
        raise ValueError("cmyk(C,M,Y,K) and cmyka(C,M,Y,K,A) take whole numbers, 0 to 100")
    cyan, magenta, yellow, black = (number / 100 for number in numbers[:4])
    alpha = numbers[4] / 100 if len(numbers) == 5 else 1.0
    light = 1 - black
    inks = (cyan, magenta, yellow, black)
    return Color((1 - cyan) * light, (1 - magenta) * light, (1 - yellow) * light, alpha, inks)
