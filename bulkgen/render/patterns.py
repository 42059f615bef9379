"""The thirteen patterns of a shape: one tile each, repeated over it.

The API names them and does not draw them in public (reference open 13), so they are drawn here after their names.
A tile is strokes and fills in a square of 1; `LINE` is the width of its strokes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from bulkgen.render.paints import LINEAR, NEAREST, rectangle, solid
from bulkgen.render.skia_memory import Picture, Surface, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

LINE = 0.06

# A tile larger than this is one mark on a banner, one smaller is grey.
_SCALE_MIN, _SCALE_MAX = 0.1, 10.0

# Past this many marks a document opens slowly; they become a picture of the tile, repeated.
_VECTOR_TILES_MAX = 4_000
_PICTURE_PIXELS = 4

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A circle (one point and a radius) or a line through points; with one more copy for each edge it crosses."""

    points: Points
    radius: float = 0.0
    is_filled: bool = False
    is_closed: bool = False
    width: float = LINE


@dataclass(frozen=True, slots=True)
class Tile:
    """`height` in parts of the tile's width; `width_px` at a scale of 1."""

    marks: tuple[Mark, ...]
    width_px: int = 40
    height: float = 1.0


def _dot(x: float, y: float, radius: float) -> Mark:
    return Mark(((x, y),), radius, is_filled=True)


def _ring(x: float, y: float, radius: float) -> Mark:
    return Mark(((x, y),), radius)


def _line(*points: tuple[float, float], width: float = LINE) -> Mark:
    return Mark(points, width=width)


def _cross(x: float, y: float, arm: float, *, turned: bool = False) -> tuple[Mark, Mark]:
    if turned:
        return _line((x - arm, y - arm), (x + arm, y + arm)), _line((x - arm, y + arm), (x + arm, y - arm))
    return _line((x - arm, y), (x + arm, y)), _line((x, y - arm), (x, y + arm))


def _star(x: float, y: float, radius: float) -> Mark:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.45
        angle = math.radians(-90 + 36 * index)
        points.append((x + math.cos(angle) * reach, y + math.sin(angle) * reach))
    return Mark(points, is_filled=True, is_closed=True)


def _triangle(x: float, y: float, radius: float) -> Mark:
    corners = [
        (x + math.sin(math.radians(angle)) * radius, y - math.cos(math.radians(angle)) * radius)
        for angle in (0, 120, 240)
    ]
    return Mark(corners, is_closed=True)


def _drop(x: float, y: float, radius: float) -> Mark:
    """A circle drawn out to a point above it."""
    points = [(x, y - radius * 2.1)]
    for step in range(25):
        angle = math.radians(-30 + 240 * step / 24)
        points.append((x + math.cos(angle) * radius, y + math.sin(angle) * radius))
    return Mark(points, is_filled=True, is_closed=True)


def _wave() -> Points:
    return [(step / 24, 0.25 + 0.11 * math.sin(2 * math.pi * step / 24)) for step in range(-2, 27)]


TILES: Mapping[str, Tile] = {
    "bubbles": Tile((_ring(0.3, 0.3, 0.17), _ring(0.78, 0.62, 0.1), _dot(0.3, 0.82, 0.06), _ring(0.74, 0.16, 0.05))),
    "cage": Tile((_line((-0.1, 0.5), (1.1, 0.5)), _line((0.5, -0.1), (0.5, 1.1))), 28),
    "cross": Tile((*_cross(0.25, 0.25, 0.11, turned=True), *_cross(0.75, 0.75, 0.11, turned=True))),
    "doubleCircle": Tile((_ring(0.5, 0.5, 0.32), _ring(0.5, 0.5, 0.16))),
    "drops": Tile((_drop(0.27, 0.36, 0.1), _drop(0.77, 0.86, 0.1))),
    "parkay": Tile(
        tuple(
            _line(start, end)
            for index in range(3)
            for start, end in (
                # Boards one way in two quarters of the tile, the other way in the other two.
                ((index / 6 + 1 / 12, 0.04), (index / 6 + 1 / 12, 0.46)),
                ((0.54, index / 6 + 1 / 12), (0.96, index / 6 + 1 / 12)),
                ((0.04, 0.5 + index / 6 + 1 / 12), (0.46, 0.5 + index / 6 + 1 / 12)),
                ((0.5 + index / 6 + 1 / 12, 0.54), (0.5 + index / 6 + 1 / 12, 0.96)),
            )
        ),
        48,
    ),
    "pills": Tile((_line((0.14, 0.36), (0.36, 0.14), width=0.13), _line((0.64, 0.64), (0.86, 0.86), width=0.13))),
    "plus": Tile((*_cross(0.25, 0.25, 0.13), *_cross(0.75, 0.75, 0.13))),
    "star": Tile((_star(0.25, 0.27, 0.17), _star(0.75, 0.77, 0.17))),
    "ticTac": Tile((_ring(0.25, 0.25, 0.13), *_cross(0.75, 0.75, 0.12, turned=True))),
    "ticTacFilled": Tile((_dot(0.25, 0.25, 0.15), *_cross(0.75, 0.75, 0.12, turned=True))),
    "triangle": Tile((_triangle(0.25, 0.29, 0.18), _triangle(0.75, 0.79, 0.18))),
    "wiggle": Tile((Mark(_wave()),), 40, 0.5),
}


def fill_pattern(stage: Stage, name: str, color: Color, box: Box, clip: Any, scale: float = 1.0) -> None:
    """The pattern over `box`, from its top left corner, cut to the path `clip`."""
    canvas, tile = stage.canvas, TILES[name]
    # Whole pixels, or the tiles would not meet.
    width = max(round(tile.width_px * min(max(scale, _SCALE_MIN), _SCALE_MAX)), 4)
    height = max(round(width * tile.height), 2)
    rows, columns = math.ceil(box.height / height), math.ceil(box.width / width)
    if stage.is_vector and rows * columns <= _VECTOR_TILES_MAX:
        canvas.save()
        canvas.clipPath(clip, skia.ClipOp.kIntersect, True)
        for row, column in product(range(rows), range(columns)):
            canvas.save()
            canvas.translate(box.x + column * width, box.y + row * height)
            _draw_tile(canvas, tile, width, height, color)
            canvas.restore()
        canvas.restore()
        return
    fine = _PICTURE_PIXELS if stage.is_vector else 1
    picture = stage.cache.picture(
        ("pattern", name, color, width, fine), lambda: _tile_picture(tile, width * fine, height * fine, color)
    )
    repeat = skia.TileMode.kRepeat
    matrix = skia.Matrix.Translate(round(box.x), round(box.y))
    matrix.preScale(1 / fine, 1 / fine)
    shader = picture.image.makeShader(repeat, repeat, NEAREST if fine == 1 else LINEAR, matrix)
    canvas.drawPath(clip, skia.Paint(AntiAlias=True, Shader=shader))


def _tile_picture(tile: Tile, width: int, height: int, color: Color) -> Picture:
    surface = Surface.blank(width, height)
    _draw_tile(surface.canvas, tile, width, height, color)
    return Picture(surface.pixels, is_opaque=False)


def _draw_tile(canvas: Any, tile: Tile, width: float, height: float, color: Color) -> None:
    canvas.save()
    canvas.clipRect(rectangle(Box(0, 0, width, height)))
    canvas.scale(width, width)
    for mark in tile.marks:
        paint = solid(color)
        if not mark.is_filled:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(mark.width)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeJoin(skia.Paint.kRound_Join)
        if mark.radius:
            canvas.drawCircle(*mark.points[0], mark.radius, paint)
        else:
            points = [skia.Point(x, y) for x, y in mark.points]
            canvas.drawPath(skia.Path.Polygon(points, mark.is_closed), paint)
    canvas.restore()
