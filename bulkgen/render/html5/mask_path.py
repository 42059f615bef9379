"""The outline that a group cuts its members to, as the path of a style sheet."""

from __future__ import annotations

from bulkgen.render.failures import element_error
from bulkgen.render.groups import Mask
from bulkgen.render.html5.styles import number
from bulkgen.render.outlines import NAMES, outline
from bulkgen.render.skia_memory import skia

# Each arc as four parabolas: within a hundredth of a px on any banner.
_HALVINGS = 2


def mask_path(mask: Mask, layer: str) -> str:
    """Raises RenderError: there is no such shape."""
    path = outline(mask.shape, mask.box, mask.corners)
    if path is None:
        raise element_error(layer, f"the mask of its group is {mask.shape!r}, and must be one of {', '.join(NAMES)}")
    if mask.rotation:
        turn = skia.Matrix()
        turn.setRotate(mask.rotation, mask.box.x + mask.box.width / 2, mask.box.y + mask.box.height / 2)
        path.transform(turn)
    found = []
    steps = skia.Path.Iter(path, False)
    while True:
        verb, points = steps.next()
        match verb:
            case skia.Path.kMove_Verb:
                found.append("M" + _points(points[:1]))
            case skia.Path.kLine_Verb:
                found.append("L" + _points(points[1:2]))
            case skia.Path.kQuad_Verb:
                found.append("Q" + _points(points[1:3]))
            case skia.Path.kCubic_Verb:
                found.append("C" + _points(points[1:4]))
            case skia.Path.kConic_Verb:
                quads = skia.Path.ConvertConicToQuads(*points[:3], steps.conicWeight(), _HALVINGS)
                found += ["Q" + _points(quads[at : at + 2]) for at in range(1, len(quads) - 1, 2)]
            case skia.Path.kClose_Verb:
                found.append("Z")
            case _:
                return "".join(found)


def _points(points: list[skia.Point]) -> str:
    return " ".join(f"{number(point.x(), 3)} {number(point.y(), 3)}" for point in points)
