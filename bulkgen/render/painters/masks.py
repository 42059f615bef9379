"""What a group cuts its members to."""

from __future__ import annotations

from typing import Any

from bulkgen.render.failures import element_error
from bulkgen.render.groups import Mask
from bulkgen.render.outlines import NAMES, outline
from bulkgen.render.skia_memory import skia


def clip_to(canvas: Any, mask: Mask, layer: str) -> None:
    path = outline(mask.shape, mask.box, mask.corners)
    if path is None:
        raise element_error(layer, f"the mask of its group is {mask.shape!r}, and must be one of {', '.join(NAMES)}")
    if mask.rotation:
        turn = skia.Matrix()
        turn.setRotate(mask.rotation, mask.box.x + mask.box.width / 2, mask.box.y + mask.box.height / 2)
        path.transform(turn)
    canvas.clipPath(path, skia.ClipOp.kIntersect, True)
