"""What reaches the edge of the paper is drawn past it, and texts stay away from it. Pure.

    placed layers, bleed -> the same, those at the edge grown into the bleed
    placed layers, safe zone -> a warning for each text outside of it

Paper is never cut exactly on its line: without a bleed a cut to the outside leaves a white hair. Grown are pictures and
shapes that fill a rectangle and stand upright; what has an outline or a frame of its own would lose it, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bulkgen.render.groups import Mask
from bulkgen.render.layout import Placed
from bulkgen.render.scene import Scene
from bulkgen.wire.design import Box

# A tenth of a millimetre: boxes come from rounded millimetres, and no cut is as exact.
_EDGE = 0.28

_MILLIMETRE = 72 / 25.4


def bled(placed: Sequence[Placed], scene: Scene) -> tuple[Placed, ...]:
    bleed = scene.format.bleed_size
    return tuple(_bled(item, scene) for item in placed) if bleed > 0 else tuple(placed)


def outside_safe_zone(placed: Sequence[Placed], scene: Scene) -> Iterator[str]:
    """Texts and labels by what they really take up."""
    safe, paper = scene.format.safe_size, scene.format
    if safe <= 0:
        return
    for item in placed:
        if item.text is None:
            continue
        box = item.text.extent
        beyond = max(
            safe - box.x,
            safe - box.y,
            box.x + box.width - (paper.width - safe),
            box.y + box.height - (paper.height - safe),
        )
        if beyond > _EDGE:
            yield (
                f"{item.layer.name}: the text reaches {beyond / _MILLIMETRE:.1f} mm into the margin of "
                f"{safe / _MILLIMETRE:g} mm that a cut may take"
            )


def _bled(item: Placed, scene: Scene) -> Placed:
    masks = tuple(_mask(mask, scene) for mask in item.masks)
    if masks != item.masks:
        item = replace(item, masks=masks)
    return replace(item, frame=_grown(item.frame, scene)) if _is_plain(item) else item


def _is_plain(item: Placed) -> bool:
    layer = item.layer
    if layer.type not in ("shape", "image") or layer.number("rotation") or layer.number("border_radius"):
        return False
    if layer.number("stroke_width") and layer.color("stroke_color") is not None:
        return False
    if layer.type == "shape":
        return layer.text("shape", "rectangle") == "rectangle"
    return not layer.text("mask_name") and layer.text("fitting_type", "cover") == "cover"


def _mask(mask: Mask, scene: Scene) -> Mask:
    if mask.shape != "rectangle" or any(mask.corners) or mask.rotation:
        return mask
    return replace(mask, box=_grown(mask.box, scene))


def _grown(box: Box, scene: Scene) -> Box:
    bleed, paper = scene.format.bleed_size, scene.format
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    if left <= _EDGE:
        left = min(left, -bleed)
    if top <= _EDGE:
        top = min(top, -bleed)
    if right >= paper.width - _EDGE:
        right = max(right, paper.width + bleed)
    if bottom >= paper.height - _EDGE:
        bottom = max(bottom, paper.height + bleed)
    return Box(left, top, right - left, bottom - top)
