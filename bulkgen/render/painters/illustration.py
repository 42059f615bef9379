"""Illustrations: a drawing of an icon set, or an emoji as a letter of the emoji font."""

from __future__ import annotations

from typing import Any

from bulkgen.render.alignment import parse_alignment
from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.painters.picture import paint_logo
from bulkgen.render.painters.shadows import cast_shadow
from bulkgen.render.placement import contained
from bulkgen.render.skia_memory import skia
from bulkgen.render.stage import Stage


def paint_illustration(stage: Stage, placed: Placed) -> None:
    layer, emblem = placed.layer, placed.emblem
    if emblem is None:
        paint_logo(stage, placed)
        return
    alignment = parse_alignment(layer.text("alignment"), "middle center")
    target = contained(emblem.width, emblem.ascent + emblem.descent, placed.frame, alignment).target
    size = target.width / emblem.width
    try:
        font = skia.Font(stage.typeface(emblem.face), size)
    except ValueError as error:
        raise element_error(layer.name, str(error)) from None
    font.setSubpixel(True)
    font.setHinting(skia.FontHinting.kNone)
    builder = skia.TextBlobBuilder()
    builder.allocRunPosH(font, list(emblem.ids), [0.0] * len(emblem.ids), 0)
    blob: Any = builder.make()

    def paint(to: Stage) -> None:
        to.canvas.drawTextBlob(blob, target.x, target.y + emblem.ascent * size, skia.Paint(AntiAlias=True))

    cast_shadow(stage, layer, target, (layer.signature(), target), paint)
    paint(stage)
