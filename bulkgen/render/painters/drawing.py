"""A picture drawn where its placement says: pixels or vectors, copied, scaled, or cut to an outline."""

from __future__ import annotations

from typing import Any

from bulkgen.render.paints import LINEAR, NEAREST, rectangle
from bulkgen.render.placement import Placement
from bulkgen.render.skia_memory import Picture, Vector, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.design import Box


def draw(
    stage: Stage, art: Picture | Vector, place: Placement, *, outline: Any = None, is_turned: bool = False
) -> None:
    """`outline` is a path; without one the target's box is the edge."""
    canvas, source, target = stage.canvas, place.source, place.target
    if stage.press is not None and isinstance(art, Picture):
        canvas.save()
        if outline is not None:
            canvas.clipPath(outline, skia.ClipOp.kIntersect, True)
        canvas.clipRect(rectangle(target), True)
        draw_whole(stage, art, place)
        canvas.restore()
        return
    scale_x, scale_y = target.width / source.width, target.height / source.height
    if isinstance(art, Vector):
        canvas.save()
        if outline is not None:
            canvas.clipPath(outline, skia.ClipOp.kIntersect, True)
        canvas.clipRect(rectangle(target), True)
        canvas.translate(target.x, target.y)
        canvas.scale(scale_x, scale_y)
        canvas.translate(-source.x, -source.y)
        art.draw(canvas)
        canvas.restore()
        return
    if outline is not None:
        # The picture as the paint of its outline: one pass, where clipping to the outline would take two.
        matrix = skia.Matrix.Translate(target.x - source.x * scale_x, target.y - source.y * scale_y)
        matrix.preScale(scale_x, scale_y)
        # Outside of its own box a picture has nothing; inside, its rim must not fade.
        if _holds(target, outline):
            shader = art.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR, matrix)
            canvas.drawPath(outline, skia.Paint(AntiAlias=True, Shader=shader))
            return
        canvas.save()
        canvas.clipPath(outline, skia.ClipOp.kIntersect, True)
        canvas.drawImageRect(art.image, rectangle(source), rectangle(target), LINEAR, skia.Paint())
        canvas.restore()
        return
    is_whole = all(float(value).is_integer() for value in (target.x, target.y))
    if scale_x == scale_y == 1 and is_whole and not is_turned and not stage.is_vector:
        # Same size: whole pixels, which the library copies instead of blending neighbours.
        canvas.save()
        canvas.clipRect(rectangle(target))
        canvas.drawImage(art.image, target.x - round(source.x), target.y - round(source.y), NEAREST)
        canvas.restore()
        return
    canvas.drawImageRect(art.image, rectangle(source), rectangle(target), LINEAR, skia.Paint())


def draw_whole(stage: Stage, art: Picture, place: Placement) -> None:
    """The pixels of the source on the target, by a token where a press takes them; those cut in two come whole."""
    source, target = place.source, place.target
    if stage.press is not None:
        held = stage.press.hold(art, source, target)
        art, target = held.picture, held.box
        source = Box(0, 0, art.width, art.height)
    stage.canvas.drawImageRect(art.image, rectangle(source), rectangle(target), LINEAR, skia.Paint())


def _holds(box: Box, path: Any) -> bool:
    bounds = path.getBounds()
    return bool(
        bounds.left() >= box.x - 0.01
        and bounds.top() >= box.y - 0.01
        and bounds.right() <= box.x + box.width + 0.01
        and bounds.bottom() <= box.y + box.height + 0.01
    )
