"""QR codes, with whole pixels a module wherever the box allows it: blurred edges are what readers fail on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import segno

from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.outlines import rounded
from bulkgen.render.painters.drawing import draw
from bulkgen.render.paints import LINEAR, NEAREST, argb, rectangle, shadow, solid
from bulkgen.render.placement import centred
from bulkgen.render.scene import WHITE, Layer
from bulkgen.render.skia_memory import Picture, Vector, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

_BLACK = Color(0.0, 0.0, 0.0)

# With the highest correction 30 % of the code may be covered; a fifth of the side is 4 % of the area.
_ICON_PART = 0.2

# Whole pixels a module rarely come out even; readers get by with a little less quiet better than with blurred edges.
_QUIET_PART = 0.8


def paint_qrcode(stage: Stage, placed: Placed) -> None:
    layer, canvas = placed.layer, stage.canvas
    payload = layer.text("payload")
    if not payload:
        return
    side = min(placed.frame.width, placed.frame.height)
    icon = stage.picture(layer, side * _ICON_PART, side * _ICON_PART, contain=True)
    ink, ground = layer.color("foreground_color") or _BLACK, layer.color("background_color")
    ground = WHITE if ground is None else ground
    quiet = int(layer.number("quiet_zone", 4))
    key = ("qrcode", payload, icon is not None, argb(ink))
    code = stage.cache.picture(key, lambda: _draw(layer, payload, ink, has_icon=icon is not None))
    module = side / (code.width + 2 * quiet)
    whole = math.floor(side / (code.width + 2 * quiet * _QUIET_PART))
    # On paper a point is far more than a dot: there the box decides.
    if whole >= 2 and not stage.is_paper:
        module = float(whole)
    box = placed.frame
    x, y = box.x + (box.width - module * code.width) / 2, box.y + (box.height - module * code.width) / 2
    if not stage.is_paper:
        x, y = round(x), round(y)
    if ground.alpha:
        cast = shadow(layer)
        if cast is not None:
            paint, dx, dy = cast
            canvas.drawRect(rectangle(Box(box.x + dx, box.y + dy, box.width, box.height)), paint)
        canvas.drawRect(rectangle(box), solid(ground))
    size = module * code.width
    sampling = NEAREST if module.is_integer() else LINEAR
    source = skia.Rect.MakeWH(code.width, code.width)
    if stage.is_vector:
        _draw_modules(canvas, code, Box(x, y, size, size), ink)
    else:
        canvas.drawImageRect(code.image, source, skia.Rect.MakeXYWH(x, y, size, size), sampling, skia.Paint())
    if icon is not None:
        _paint_icon(stage, icon, Box(x, y, size, size), ground)


def _draw(layer: Layer, payload: str, ink: Color, *, has_icon: bool) -> Picture:
    """One pixel a module; drawn larger without smoothing."""
    try:
        code = segno.make(payload, error="h" if has_icon else "m", micro=False)
    except (segno.DataOverflowError, ValueError) as error:
        raise element_error(layer.name, f"the text is too long for a QR code ({error})") from None
    matrix = np.array([list(row) for row in code.matrix], np.uint8)
    pixels = np.zeros((*matrix.shape, 4), np.uint8)
    alpha = ink.alpha
    pixels[matrix == 1] = [
        round(channel * 255) for channel in (ink.blue * alpha, ink.green * alpha, ink.red * alpha, alpha)
    ]
    return Picture(pixels, is_opaque=False)


def _draw_modules(canvas: Any, code: Picture, box: Box, ink: Color) -> None:
    """As one path, a rectangle for each run of dark modules in a row: sharp at any size of print."""
    path, size = skia.PathBuilder(), box.width / code.width
    for row, line in enumerate(code.pixels[..., 3] > 0):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], line.astype(np.int8), [0]))))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            path.addRect(rectangle(Box(box.x + start * size, box.y + row * size, (end - start) * size, size)))
    canvas.drawPath(path.detach(), solid(ink))


def _paint_icon(stage: Stage, icon: Picture | Vector, code: Box, ground: Color) -> None:
    side = code.width * _ICON_PART
    plate = Box(code.x + (code.width - side * 1.2) / 2, code.y + (code.height - side * 1.2) / 2, side * 1.2, side * 1.2)
    radius = side * 0.15
    stage.canvas.drawPath(rounded(plate, (radius, radius, radius, radius)), solid(ground if ground.alpha else WHITE))
    middle = Box(code.x + (code.width - side) / 2, code.y + (code.height - side) / 2, side, side)
    draw(stage, icon, centred(icon.width, icon.height, middle))
