"""Shapes, and buttons, which are a shape with a label."""

from __future__ import annotations

from typing import Any

from bulkgen.render.effects import Tint
from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.outlines import NAMES, corners_of, outline
from bulkgen.render.painters.drawing import draw
from bulkgen.render.painters.shadows import outline_shadow
from bulkgen.render.painters.text import paint_block
from bulkgen.render.paints import fill, fill_rectangle, solid
from bulkgen.render.patterns import TILES, fill_pattern
from bulkgen.render.placement import centred
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

# White that lets most of the ground through: a pattern that is on any colour and loud on none.
_PATTERN = Color(1.0, 1.0, 1.0, 0.25)


def paint_shape(stage: Stage, placed: Placed) -> None:
    _paint_box(stage, placed, placed.layer.text("shape", "rectangle"))


def paint_button(stage: Stage, placed: Placed) -> None:
    # The button's own `stroke_*` is the label's, as on texts (reference 7.4).
    _paint_box(stage, placed, "rectangle", has_stroke=False)
    _icon(stage, placed)
    if placed.text is not None:
        paint_block(stage, placed.layer, placed.text, "text_shadow")


def _paint_box(stage: Stage, placed: Placed, name: str, *, has_stroke: bool = True) -> None:
    layer, box, canvas = placed.layer, placed.frame, stage.canvas
    corners = corners_of(layer.number("border_radius"))
    path = outline(name, box, corners)
    if path is None:
        raise element_error(layer.name, f"shape is {name!r}, and must be one of {', '.join(NAMES)}")
    background = layer.paint("background_color")
    if background is not None:
        outline_shadow(stage, layer, path, box, (name, corners))
        if name == "rectangle" and not any(corners):
            fill_rectangle(stage, background, box)
        else:
            canvas.drawPath(path, fill(background, box, stage))
    pattern = layer.text("pattern_name")
    if pattern and layer.type == "shape":
        if pattern not in TILES:
            raise element_error(layer.name, f"pattern_name is {pattern!r}, and must be one of {', '.join(TILES)}")
        color = layer.color("pattern_color") or _PATTERN
        fill_pattern(stage, pattern, color, box, path, layer.number("pattern_scale") / 100)
    if has_stroke:
        _stroke(canvas, layer, box, path)


def _icon(stage: Stage, placed: Placed) -> None:
    """Beside the label. A colour counts for SVG only (reference 7.4)."""
    layer, box = placed.layer, placed.icon
    if box is None:
        return
    color = layer.color("icon_color")
    art = stage.picture(layer, box.width, box.height, contain=True, effect=Tint(color) if color else None)
    if art is not None:
        draw(stage, art, centred(art.width, art.height, box), is_turned=bool(layer.number("rotation")))


def _stroke(canvas: Any, layer: Layer, box: Box, path: Any) -> None:
    """The stroke lies inside the shape, so that its box stays the design's; a shape thinner than it is one line."""
    width, color = layer.number("stroke_width"), layer.color("stroke_color")
    if not width or color is None:
        return
    paint = solid(color)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    dash = layer.pair("stroke_dash")
    if dash is not None and min(dash) > 0:
        paint.setPathEffect(skia.DashPathEffect.Make([dash[0], dash[1]], 0))
    if min(box.width, box.height) <= width:
        across = box.width >= box.height
        x, y = box.x + box.width / 2, box.y + box.height / 2
        ends = (box.x, y, box.x + box.width, y) if across else (x, box.y, x, box.y + box.height)
        canvas.drawLine(*ends, paint)
        return
    paint.setStrokeWidth(width * 2)
    canvas.save()
    canvas.clipPath(path, skia.ClipOp.kIntersect, True)
    canvas.drawPath(path, paint)
    canvas.restore()
