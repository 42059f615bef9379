"""Layers drawn once, as pixels that are then only moved, turned and scaled.

    what paints a layer + the box it stays in -> `Sprite`, cut to what is seen of it

A sprite at its own place and size is copied; elsewhere it is drawn through the library's linear filter, which at the
speeds at which layers move nobody tells from drawing the layer anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulkgen.render.paints import LINEAR, NEAREST, rectangle
from bulkgen.render.skia_memory import Picture, Pixels, Surface, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.design import Box

# Of one sprite; a larger layer is drawn less sharp.
_MAX_PX = 16_000_000

# Below this size the linear filter skips pixels; smaller copies of the sprite are used instead.
_SHRUNK = 0.6
_SMALLER = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)


@dataclass(frozen=True, slots=True)
class Sprite:
    """`box` is where it lies at rest, in px of the format; there may be more or fewer pixels than that."""

    picture: Picture
    box: Box

    @property
    def pixels(self) -> Pixels:
        return self.picture.pixels

    @property
    def size_bytes(self) -> int:
        return self.picture.size_bytes


@dataclass(frozen=True, slots=True)
class Placement:
    """How a sprite is put down: moved by `dx`, `dy`, turned and scaled about `x`, `y`."""

    x: float
    y: float
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0
    opacity: float = 1.0


def make_sprite(stage: Stage, bounds: Box, scale: float, paint: Callable[[Stage], None]) -> Sprite | None:
    """None if `paint` leaves nothing in `bounds`. `scale`: pixels for each px of the format."""
    left, top = math.floor(bounds.x), math.floor(bounds.y)
    width = math.ceil(bounds.x + bounds.width) - left
    height = math.ceil(bounds.y + bounds.height) - top
    if width <= 0 or height <= 0:
        return None
    scale = min(scale, math.sqrt(_MAX_PX / (width * height)))
    surface = Surface.blank(math.ceil(width * scale), math.ceil(height * scale))
    surface.canvas.scale(scale, scale)
    surface.canvas.translate(-left, -top)
    paint(stage.aside(surface.canvas, sharpness=scale))
    alpha = surface.pixels[:, :, 3]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        return None
    (first_row, end_row), (first, end) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    seen = surface.pixels[first_row:end_row, first:end]
    box = Box(
        left + float(first) / scale,
        top + float(first_row) / scale,
        float(end - first) / scale,
        float(end_row - first_row) / scale,
    )
    return Sprite(Picture(seen, is_opaque=bool((seen[:, :, 3] == 255).all())), box)


def draw_sprite(canvas: Any, sprite: Sprite, place: Placement) -> None:
    alpha = round(min(max(place.opacity, 0.0), 1.0) * 255)
    if not alpha or place.scale <= 0:
        return
    box, picture = sprite.box, sprite.picture
    paint = skia.Paint(Alpha=alpha)
    x, y = box.x + place.dx, box.y + place.dy
    is_own_size = place.scale == 1 and not place.angle and picture.width == box.width and picture.height == box.height
    if is_own_size and x.is_integer() and y.is_integer():
        canvas.drawImage(picture.image, x, y, NEAREST, paint)
        return
    paint.setAntiAlias(True)
    shrinks = place.scale * box.width < _SHRUNK * picture.width
    source = skia.Rect.MakeWH(picture.width, picture.height)
    if not place.angle:
        # A plain rectangle, so that the library needs no matrix for it.
        scale = place.scale
        target = skia.Rect.MakeXYWH(
            place.x + place.dx + (box.x - place.x) * scale,
            place.y + place.dy + (box.y - place.y) * scale,
            box.width * scale,
            box.height * scale,
        )
        canvas.drawImageRect(picture.image, source, target, _SMALLER if shrinks else LINEAR, paint)
        return
    before = canvas.save()
    canvas.translate(place.x + place.dx, place.y + place.dy)
    canvas.rotate(place.angle)
    canvas.scale(place.scale, place.scale)
    canvas.translate(-place.x, -place.y)
    canvas.drawImageRect(picture.image, source, rectangle(box), _SMALLER if shrinks else LINEAR, paint)
    canvas.restoreToCount(before)
