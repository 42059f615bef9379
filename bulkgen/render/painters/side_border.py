"""The bar beside a text (`side_border`, reference 7.4): along one side of what the text takes up, outside of it.

The API names the measures and does not draw them. Here `padding` is the gap to the text, or to its background with the
padding it has; `spread` makes the bar longer at both ends; `offset` moves it along itself, to the right or down.
"""

from __future__ import annotations

from typing import Any

from bulkgen.render.paints import solid
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import skia
from bulkgen.render.textblock import TextBlock
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

SIDES = ("left", "right", "top", "bottom")

_BLACK = Color(0.0, 0.0, 0.0)


def paint_side_border(canvas: Any, layer: Layer, block: TextBlock) -> None:
    box = side_border_box(layer, block.extent)
    if box is None:
        return
    # A bar without a colour of its own goes with its text.
    text = layer.paint("color") or _BLACK
    color = layer.color("side_border_color") or (text if isinstance(text, Color) else text.stops[0].color)
    rect = skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
    radius = min(box.width, box.height) / 2 if layer.flag("side_border_rounded") else 0.0
    canvas.drawRoundRect(rect, radius, radius, solid(color))


def side_border_box(layer: Layer, extent: Box) -> Box | None:
    """None if the layer has no bar."""
    side, thickness = layer.text("side_border", "none"), layer.number("side_border_thickness")
    if side not in SIDES or thickness <= 0:
        return None
    has_ground = layer.paint("background_color") is not None
    vertical, horizontal = (layer.pair("background_padding") if has_ground else None) or (0.0, 0.0)
    gap, spread = layer.number("side_border_padding"), layer.number("side_border_spread")
    offset = layer.number("side_border_offset")
    left, top = extent.x - horizontal, extent.y - vertical
    width, height = extent.width + 2 * horizontal, extent.height + 2 * vertical
    match side:
        case "left" | "right":
            x = left - gap - thickness if side == "left" else left + width + gap
            return Box(x, top - spread + offset, thickness, height + 2 * spread)
        case _:
            y = top - gap - thickness if side == "top" else top + height + gap
            return Box(left - spread + offset, y, width + 2 * spread, thickness)
