"""Five stars, filled from the left by `rating_score` percent."""

from __future__ import annotations

from dataclasses import replace

from bulkgen.render.layout import STARS, Placed
from bulkgen.render.outlines import STAR, polygon
from bulkgen.render.painters.shadows import cast_shadow
from bulkgen.render.paints import solid
from bulkgen.render.skia_memory import skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color
from bulkgen.wire.design import Box

_GOLD = Color(1.0, 0.714, 0.0)
_EMPTY_ALPHA = 0.25


def paint_rating(stage: Stage, placed: Placed) -> None:
    key = (placed.layer.signature(), placed.frame)
    cast_shadow(stage, placed.layer, placed.frame, key, lambda aside: _paint_stars(aside, placed))
    _paint_stars(stage, placed)


def _paint_stars(stage: Stage, placed: Placed) -> None:
    layer, row, canvas = placed.layer, placed.frame, stage.canvas
    filled = layer.color("star_color") or _GOLD
    empty = layer.color("background_color") or replace(filled, alpha=filled.alpha * _EMPTY_ALPHA)
    score = min(max(layer.number("rating_score", 100), 0), 100) / 100 * STARS
    margin = layer.number("star_margin")
    for index in range(STARS):
        box = Box(row.x + index * (row.height + margin), row.y, row.height, row.height)
        star = polygon(STAR, box)
        part = min(max(score - index, 0.0), 1.0)
        if part < 1:
            canvas.drawPath(star, solid(empty))
        if part > 0:
            canvas.save()
            if part < 1:
                canvas.clipRect(skia.Rect.MakeXYWH(box.x, box.y, box.width * part, box.height), True)
            canvas.drawPath(star, solid(filled))
            canvas.restore()
