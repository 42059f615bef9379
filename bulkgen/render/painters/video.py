"""Video layers: the frame of the moment, covering its box, with rounded corners and the shadow of the box."""

from __future__ import annotations

from bulkgen.render.alignment import Alignment
from bulkgen.render.layout import Placed
from bulkgen.render.outlines import corners_of, outline
from bulkgen.render.painters.drawing import draw
from bulkgen.render.painters.shadows import outline_shadow
from bulkgen.render.placement import Focus, covering
from bulkgen.render.stage import Stage

_MIDDLE = Alignment(0.5, 0.5)


def paint_video(stage: Stage, placed: Placed) -> None:
    """Nothing where nobody put a frame: a static banner has no moment."""
    layer, box = placed.layer, placed.frame
    frame = stage.footage.get(layer.name)
    if frame is None or box.width <= 0 or box.height <= 0:
        return
    corners = corners_of(layer.number("border_radius"))
    path = outline("rectangle", box, corners)
    outline_shadow(stage, layer, path, box, ("video", corners))
    x, y = (layer.get(name) for name in ("focus_x", "focus_y"))
    focus = Focus(
        None if x is None else layer.number("focus_x") / 100, None if y is None else layer.number("focus_y") / 100
    )
    place = covering(frame.width, frame.height, box, _MIDDLE, focus)
    is_turned = bool(layer.number("rotation"))
    draw(stage, frame, place, outline=path if any(corners) else None, is_turned=is_turned)
