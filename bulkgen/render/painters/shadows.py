"""Shadows: of an outline, blurred by the drawing library; of what has none, drawn aside, blurred, laid under.

Both are kept as pictures, since what casts one mostly stands still while the texts of a run change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any

from bulkgen.render.effects import shadow_picture
from bulkgen.render.painters.drawing import draw_whole
from bulkgen.render.paints import LINEAR, NEAREST, argb, shadow
from bulkgen.render.placement import Placement
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture, Surface
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

_NONE = Color(0.0, 0.0, 0.0, 0.0)

# In standard deviations: past three, a shadow is less than a step of 255.
_REACH = 3.0

# A blur of this deviation in px needs no more than a pixel a px.
_BLURRED_PX = 8.0

# Of shadows of outlines: past it the picture takes more memory than drawing it anew takes time.
_KEPT_MAX_PX = 2_000_000

# Of one picture of a shadow, with its margin.
_DRAWN_MAX_PX = 16_000_000

# A softer shadow cannot be seen, and its margin would fill the memory.
_DEVIATION_MAX_PX = 200.0


def casts_shadow(layer: Layer) -> bool:
    color = layer.color("shadow_color")
    return color is not None and color.alpha > 0


def outline_shadow(stage: Stage, layer: Layer, path: Any, box: Box, key: Hashable) -> None:
    """Under a filled `path` in `box`. `key` says the path but for its place."""
    cast = shadow(layer, is_vector=stage.is_vector)
    if cast is None:
        return
    paint, dx, dy = cast
    canvas, blur = stage.canvas, min(layer.number("shadow_blur"), 2 * _DEVIATION_MAX_PX)
    margin = math.ceil(blur / 2 * _REACH) + 1
    # A hairline with a wide blur is mostly margin.
    is_vast = (box.width + 2 * margin) * (box.height + 2 * margin) > _DRAWN_MAX_PX
    if stage.is_vector or blur <= 0 or is_vast or box.width * box.height > _KEPT_MAX_PX:
        canvas.save()
        canvas.translate(dx, dy)
        canvas.drawPath(path, paint)
        canvas.restore()
        return
    # At its place within a pixel, so that the copy falls on whole ones.
    left, top = math.floor(box.x + dx), math.floor(box.y + dy)
    part = (box.x + dx - left, box.y + dy - top)

    def make() -> Picture:
        surface = Surface.blank(math.ceil(box.width + 1) + 2 * margin, math.ceil(box.height + 1) + 2 * margin)
        surface.canvas.translate(margin + part[0] - box.x, margin + part[1] - box.y)
        surface.canvas.drawPath(path, paint)
        return Picture(surface.pixels, is_opaque=False)

    place = (box.width, box.height, round(part[0], 3), round(part[1], 3))
    picture = stage.cache.picture(
        ("outline shadow", key, place, argb(layer.color("shadow_color") or _NONE), blur), make
    )
    canvas.drawImage(picture.image, left - margin, top - margin, LINEAR if layer.number("rotation") else NEAREST)


def cast_shadow(stage: Stage, layer: Layer, box: Box, key: Hashable, paint: Callable[[Stage], None]) -> None:
    """Under what `paint` draws, all of which lies in `box`. `key` says what that is, for the next banner."""
    color = layer.color("shadow_color")
    if color is None or not color.alpha or box.width <= 0 or box.height <= 0:
        return
    deviation = min(max(layer.number("shadow_blur") / 2, 0.0), _DEVIATION_MAX_PX)
    margin = math.ceil(deviation * _REACH) + 1
    # In a document: as fine as the blur lets one see.
    sharpness = min(stage.sharpness, _BLURRED_PX / max(deviation, 1.0)) if stage.is_vector else 1.0
    dx, dy = layer.number("shadow_offset_x"), layer.number("shadow_offset_y")
    # What falls outside of the banner is not drawn: a box may be far larger.
    seen = stage.canvas.getLocalClipBounds()
    # Whole px, so that edges without a blur stay as sharp as what casts them.
    left = math.floor(max(box.x, seen.left() - dx - margin)) - margin
    top = math.floor(max(box.y, seen.top() - dy - margin)) - margin
    width = math.ceil(min(box.x + box.width, seen.right() - dx + margin)) + margin - left
    height = math.ceil(min(box.y + box.height, seen.bottom() - dy + margin)) + margin - top
    if width <= 2 * margin or height <= 2 * margin:
        return
    if stage.is_vector:
        sharpness = min(sharpness, math.sqrt(_DRAWN_MAX_PX / (width * height)))

    def make() -> Picture:
        surface = Surface.blank(math.ceil(width * sharpness), math.ceil(height * sharpness))
        surface.canvas.scale(sharpness, sharpness)
        surface.canvas.translate(-left, -top)
        paint(stage.aside(surface.canvas))
        return shadow_picture(surface.pixels, color, deviation * sharpness)

    place = (left, top, width, height)
    picture = stage.cache.picture(("shadow", key, place, color, deviation, sharpness), make)
    target = Box(left + dx, top + dy, picture.width / sharpness, picture.height / sharpness)
    draw_whole(stage, picture, Placement(Box(0, 0, picture.width, picture.height), target))
