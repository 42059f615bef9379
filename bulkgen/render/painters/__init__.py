"""One painter per layer type. `PAINTERS` is the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bulkgen.render.layout import Placed
from bulkgen.render.painters.illustration import paint_illustration
from bulkgen.render.painters.masks import clip_to
from bulkgen.render.painters.picture import paint_image, paint_logo
from bulkgen.render.painters.qrcode import paint_qrcode
from bulkgen.render.painters.rating import paint_rating
from bulkgen.render.painters.reach import reach
from bulkgen.render.painters.shape import paint_button, paint_shape
from bulkgen.render.painters.text import paint_text
from bulkgen.render.painters.video import paint_video
from bulkgen.render.paints import rectangle
from bulkgen.render.stage import Stage

PAINTERS: Mapping[str, Callable[[Stage, Placed], None]] = {
    "text": paint_text,
    "button": paint_button,
    "image": paint_image,
    "logo": paint_logo,
    "shape": paint_shape,
    "rating": paint_rating,
    "qrcode": paint_qrcode,
    "illustration": paint_illustration,
    "video": paint_video,
}


def paint_layer(stage: Stage, placed: Placed) -> None:
    """The layer with what all types have: its group's outline, its turn and its opacity."""
    painter = PAINTERS.get(placed.layer.type)
    if painter is not None:
        paint_inside(stage, placed, painter)


def paint_inside(stage: Stage, placed: Placed, painter: Callable[[Stage, Placed], None]) -> None:
    """What `painter` makes of the layer, within outline, turn and opacity of the whole."""
    opacity = min(max(placed.layer.number("opacity", 100), 0), 100) / 100
    if opacity == 0:
        return
    canvas = stage.canvas
    before = canvas.save()
    for mask in placed.masks:
        clip_to(canvas, mask, placed.layer.name)
    angle = placed.layer.number("rotation")
    if angle:
        frame = placed.frame
        canvas.rotate(angle, frame.x + frame.width / 2, frame.y + frame.height / 2)
    if opacity < 1:
        canvas.saveLayerAlpha(rectangle(reach(placed)), round(opacity * 255))
    painter(stage, placed)
    canvas.restoreToCount(before)
