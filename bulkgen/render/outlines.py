"""Outlines by name: what a shape is, and what a picture is cut to. One table, in parts of a box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.render.skia_memory import skia
from bulkgen.wire.design import Box

Corners = tuple[float, float, float, float]

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
}

NAMES = ("rectangle", "rounded_corners", "circle", "window", "squircle", *_POLYGONS)


def outline(name: str, box: Box, corners: Corners = (0, 0, 0, 0)) -> Any | None:
    """The path of `name` in `box`; `corners` (tl, tr, br, bl) count for rectangles. None for an unknown name."""
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
    """A radius for all corners, or one for each of tl, tr, br, bl."""
    if isinstance(value, Mapping):
        tl, tr, br, bl = (float(value.get(corner) or 0) for corner in ("tl", "tr", "br", "bl"))
        return tl, tr, br, bl
    radius = float(value or 0)
    return radius, radius, radius, radius


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
