"""Outlines by name: what a shape is, and what a picture is cut to. One table, in parts of a box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.render.skia_memory import skia
from bulkgen.wire.design import Box

Corners = tuple[float, float, float, float]

# Above any box; what is asked for beyond half of one is as round as it gets.
_RADIUS_MAX = 1e7

_Points = Sequence[tuple[float, float]]


def _ring(corners: int, turn: float = -90.0, inner: float | None = None) -> _Points:
    """A regular polygon, stretched to fill the unit box; with `inner`, a star of that many points."""
    count = corners * (2 if inner is not None else 1)
    raw = []
    for index in range(count):
        radius = inner if inner is not None and index % 2 else 1.0
        angle = math.radians(turn + 360 * index / count)
        raw.append((math.cos(angle) * radius, math.sin(angle) * radius))
    left, right = min(x for x, _ in raw), max(x for x, _ in raw)
    top, bottom = min(y for _, y in raw), max(y for _, y in raw)
    return [((x - left) / (right - left), (y - top) / (bottom - top)) for x, y in raw]


# A five-pointed star whose arms are a little fuller than a pentagram's, which reads better at 20 px.
STAR = _ring(5, inner=0.45)

_POLYGONS: Mapping[str, _Points] = {
    "triangle": ((0.5, 0), (1, 1), (0, 1)),
    "right_triangle": ((0, 0), (1, 1), (0, 1)),
    "rhombus": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    "pentagon": _ring(5),
    "hexagon": ((0.25, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0.25, 1), (0, 0.5)),
    "star": STAR,
    "hexagram": _ring(6, inner=0.577),
    "parallelogram": ((0.25, 0), (1, 0), (0.75, 1), (0, 1)),
    "trapeze": ((0.2, 0), (0.8, 0), (1, 1), (0, 1)),
    "cross": tuple(
        (x / 3, y / 3)
        for x, y in (
            (1, 0),
            (2, 0),
            (2, 1),
            (3, 1),
            (3, 2),
            (2, 2),
            (2, 3),
            (1, 3),
            (1, 2),
            (0, 2),
            (0, 1),
            (1, 1),
        )
    ),
    "arrow": ((0, 0.28), (0.58, 0.28), (0.58, 0), (1, 0.5), (0.58, 1), (0.58, 0.72), (0, 0.72)),
}

# Closed curves in the unit box: a start, then cubics of two handles and an end.
_Curves = tuple[tuple[float, float], Sequence[tuple[float, float, float, float, float, float]]]
_CURVES: Mapping[str, _Curves] = {
    "heart": (
        (0.5, 0.2),
        (
            (0.44, 0.07, 0.35, 0.0, 0.25, 0.0),
            (0.1, 0.0, 0.0, 0.13, 0.0, 0.3),
            (0.0, 0.56, 0.27, 0.77, 0.5, 1.0),
            (0.73, 0.77, 1.0, 0.56, 1.0, 0.3),
            (1.0, 0.13, 0.9, 0.0, 0.75, 0.0),
            (0.65, 0.0, 0.56, 0.07, 0.5, 0.2),
        ),
    ),
    "cloud": (
        (0.22, 1.0),
        (
            (0.08, 1.0, 0.0, 0.89, 0.0, 0.74),
            (0.0, 0.6, 0.08, 0.49, 0.19, 0.47),
            (0.17, 0.2, 0.3, 0.0, 0.46, 0.0),
            (0.57, 0.0, 0.66, 0.09, 0.7, 0.23),
            (0.83, 0.18, 0.92, 0.31, 0.9, 0.49),
            (0.96, 0.53, 1.0, 0.62, 1.0, 0.73),
            (1.0, 0.89, 0.92, 1.0, 0.8, 1.0),
        ),
    ),
    "half_circle": ((0.0, 1.0), ((0.0, 0.4477, 0.2239, 0.0, 0.5, 0.0), (0.7761, 0.0, 1.0, 0.4477, 1.0, 1.0))),
    "blob": (
        (0.46, 0.0),
        (
            (0.66, 0.0, 0.79, 0.07, 0.89, 0.2),
            (0.98, 0.32, 1.02, 0.47, 0.99, 0.61),
            (0.96, 0.78, 0.85, 0.93, 0.69, 0.98),
            (0.54, 1.03, 0.4, 0.96, 0.27, 0.9),
            (0.12, 0.83, 0.02, 0.7, 0.0, 0.53),
            (-0.01, 0.38, 0.06, 0.28, 0.15, 0.19),
            (0.24, 0.08, 0.32, 0.0, 0.46, 0.0),
        ),
    ),
}

NAMES = ("rectangle", "rounded_corners", "circle", "window", "squircle", *_POLYGONS, *_CURVES)


def outline(name: str, box: Box, corners: Corners = (0, 0, 0, 0), *, skew_degrees: float = 0.0) -> Any | None:
    """The path of `name` in `box`; `corners` (tl, tr, br, bl) count for rectangles, `skew_degrees` for parallelograms.

    None for an unknown name.
    """
    rect = skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
    match name:
        case "rectangle" | "rounded_corners":
            return rounded(box, corners) if any(corners) else skia.Path.Rect(rect)
        case "circle":
            return skia.Path.Oval(rect)
        case "window":
            radius = min(box.width / 2, box.height)
            return rounded(box, (radius, radius, 0, 0))
        case "squircle":
            return skia.Path.Polygon([skia.Point(x, y) for x, y in _squircle(box)], True)
        case "parallelogram" if skew_degrees:
            return polygon(_skewed(box, skew_degrees), box)
        case _ if name in _CURVES:
            return _curved(_CURVES[name], box)
        case _ if name in _POLYGONS:
            return polygon(_POLYGONS[name], box)
        case _:
            return None


def rounded(box: Box, corners: Corners) -> Any:
    rounded_rect = skia.RRect()
    rect = skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
    limit = min(box.width, box.height)
    radii = [skia.Point(min(radius, limit), min(radius, limit)) for radius in corners]
    rounded_rect.setRectRadii(rect, radii)
    return skia.Path.RRect(rounded_rect)


def polygon(points: _Points, box: Box) -> Any:
    return skia.Path.Polygon([skia.Point(box.x + x * box.width, box.y + y * box.height) for x, y in points], True)


def corners_of(value: Any) -> Corners:
    """A radius for all corners, or one for each of tl, tr, br, bl. Raises ValueError."""
    if isinstance(value, Mapping):
        tl, tr, br, bl = (_radius(value.get(corner)) for corner in ("tl", "tr", "br", "bl"))
        return tl, tr, br, bl
    radius = _radius(value)
    return radius, radius, radius, radius


def _radius(value: Any) -> float:
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _RADIUS_MAX:
        raise ValueError("a radius must be a number, at least 0")
    return float(value)


def _skewed(box: Box, degrees: float) -> _Points:
    """Upright sides, and a top and bottom that fall to the right by the angle, within the box."""
    drop = min(abs(math.tan(math.radians(degrees))) * box.width / box.height, 0.9)
    falling = ((0, 0), (1, drop), (1, 1), (0, 1 - drop))
    return falling if degrees > 0 else [(1 - x, y) for x, y in falling]


def _curved(curves: _Curves, box: Box) -> Any:
    (start_x, start_y), cubics = curves
    path = skia.PathBuilder()
    path.moveTo(box.x + start_x * box.width, box.y + start_y * box.height)
    for cubic in cubics:
        points = [
            skia.Point(box.x + x * box.width, box.y + y * box.height)
            for x, y in zip(cubic[::2], cubic[1::2], strict=True)
        ]
        path.cubicTo(*points)
    path.close()
    return path.detach()


def _squircle(box: Box) -> _Points:
    """A superellipse of degree 4, as a polygon fine enough for any banner."""
    points = []
    for index in range(128):
        angle = 2 * math.pi * index / 128
        across, down = math.cos(angle), math.sin(angle)
        x = math.copysign(abs(across) ** 0.5, across)
        y = math.copysign(abs(down) ** 0.5, down)
        points.append((box.x + (x + 1) / 2 * box.width, box.y + (y + 1) / 2 * box.height))
    return points
