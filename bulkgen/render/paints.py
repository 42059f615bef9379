"""Colours, gradients and shadows of a design -> paints of the drawing library, by the cheapest way to draw each.

A shader over a gradient costs several milliseconds a banner. So a gradient becomes a picture once: a strip one pixel
thin where it runs along an axis, the whole box where it does not. A document keeps the shader: there it is a few bytes.
"""

from __future__ import annotations

import math
from typing import Any

from bulkgen.render.cache import RenderCache
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture, Surface, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color, LinearGradient, Paint, RadialGradient, is_see_through
from bulkgen.wire.design import Box

NEAREST = skia.SamplingOptions(skia.FilterMode.kNearest)
LINEAR = skia.SamplingOptions(skia.FilterMode.kLinear)

# Of a gradient that is drawn once and kept. A larger one lies mostly outside of the banner, and its picture would fill
# the memory; the shader draws what is seen of it.
_KEPT_MAX_PX = 16_000_000


def argb(color: Color) -> int:
    channels = (color.alpha, color.red, color.green, color.blue)
    value = 0
    for channel in channels:
        value = value << 8 | round(min(max(channel, 0.0), 1.0) * 255)
    return value


def rectangle(box: Box) -> Any:
    return skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)


def solid(color: Color) -> Any:
    # The library blends a mask (letters, a soft shadow) by a plain colour pixel by pixel, and by a shader of one colour
    # several at once: letters take a fifth of the time, shadows a third. To a PDF both are the same colour.
    return skia.Paint(AntiAlias=True, Shader=skia.Shaders.Color(argb(color)))


def fill(paint: Paint, box: Box, stage: Stage) -> Any:
    """A paint that fills `box`; for rectangles use `fill_rectangle`, which is faster for gradients."""
    if isinstance(paint, Color):
        return solid(paint)
    if stage.is_vector or _is_vast(paint, box):
        return skia.Paint(AntiAlias=True, Shader=_shader(paint, box), Dither=not stage.is_vector)
    picture = _gradient(paint, box, stage.cache)
    matrix = skia.Matrix.Translate(box.x, box.y)
    matrix.preScale(box.width / picture.width, box.height / picture.height)
    shader = picture.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR, matrix)
    return skia.Paint(AntiAlias=True, Shader=shader)


def fill_rectangle(stage: Stage, paint: Paint, box: Box) -> None:
    canvas, rect = stage.canvas, skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
    if isinstance(paint, Color) or stage.is_vector or _is_vast(paint, box):
        canvas.drawRect(rect, fill(paint, box, stage))
        return
    picture = _gradient(paint, box, stage.cache)
    canvas.drawImageRect(picture.image, skia.Rect.MakeWH(picture.width, picture.height), rect, NEAREST, skia.Paint())


def shadow(layer: Layer, prefix: str = "shadow", *, is_vector: bool = True) -> tuple[Any, float, float] | None:
    """The shadow's paint and offset, or None. The blur is CSS's: twice the standard deviation."""
    color = layer.color(f"{prefix}_color")
    if color is None or not color.alpha:
        return None
    # Of a blurred shader a PDF would keep pixels instead of a colour.
    paint = skia.Paint(AntiAlias=True, Color=argb(color)) if is_vector else solid(color)
    blur = layer.number(f"{prefix}_blur")
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur / 2))
    return paint, layer.number(f"{prefix}_offset_x"), layer.number(f"{prefix}_offset_y")


def _gradient(gradient: LinearGradient | RadialGradient, box: Box, cache: RenderCache) -> Picture:
    width, height = _drawn_size(gradient, box)
    return cache.picture(("gradient", gradient, width, height), lambda: _draw_gradient(gradient, width, height))


def _drawn_size(gradient: LinearGradient | RadialGradient, box: Box) -> tuple[int, int]:
    width, height = max(math.ceil(box.width), 1), max(math.ceil(box.height), 1)
    if isinstance(gradient, LinearGradient) and gradient.y1 == gradient.y2:
        return width, 1
    if isinstance(gradient, LinearGradient) and gradient.x1 == gradient.x2:
        return 1, height
    return width, height


def _is_vast(gradient: LinearGradient | RadialGradient, box: Box) -> bool:
    width, height = _drawn_size(gradient, box)
    return width * height > _KEPT_MAX_PX


def _draw_gradient(gradient: LinearGradient | RadialGradient, width: int, height: int) -> Picture:
    surface = Surface.blank(width, height)
    surface.canvas.drawPaint(skia.Paint(Shader=_shader(gradient, Box(0, 0, width, height)), Dither=True))
    return Picture(surface.pixels, is_opaque=not is_see_through(gradient))


def _shader(gradient: LinearGradient | RadialGradient, box: Box) -> Any:
    colors = [argb(stop.color) for stop in gradient.stops]
    offsets = [stop.offset for stop in gradient.stops]
    # The library wants the first stop at 0 and the last at 1.
    if offsets[0] > 0:
        colors, offsets = [colors[0], *colors], [0.0, *offsets]
    if offsets[-1] < 1:
        colors, offsets = [*colors, colors[-1]], [*offsets, 1.0]
    if isinstance(gradient, LinearGradient):
        ends = [
            skia.Point(box.x + gradient.x1 * box.width, box.y + gradient.y1 * box.height),
            skia.Point(box.x + gradient.x2 * box.width, box.y + gradient.y2 * box.height),
        ]
        return skia.GradientShader.MakeLinear(ends, colors, offsets)
    # Parts of the box on both axes, so a circle in a unit square stretched to the box.
    matrix = skia.Matrix.Translate(box.x, box.y)
    matrix.preScale(box.width, box.height)
    center = skia.Point(gradient.cx, gradient.cy)
    return skia.GradientShader.MakeRadial(center, gradient.radius, colors, offsets, localMatrix=matrix)
