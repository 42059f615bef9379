"""Set lines -> ink: backgrounds, shadow, outline, letters, decoration, in this order from the bottom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.markup import Line, Marks
from bulkgen.render.paints import fill, shadow, solid
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import skia, typeface
from bulkgen.render.stage import Stage
from bulkgen.render.textblock import GlyphRun, TextBlock, TextLine
from bulkgen.wire.colors import Color, Paint

_BLACK = Color(0.0, 0.0, 0.0)

# In em. Thinner lines vanish on a phone, thicker ones look like a mistake.
_LINE_WIDTH_EM = 0.065
_UNDERLINE_EM = 0.13
_DIAGONAL_OVERHANG_EM = 0.04


def paint_text(stage: Stage, placed: Placed) -> None:
    if placed.text is not None:
        _paint_ground(stage, placed.layer, placed.text)
        paint_block(stage, placed.layer, placed.text, "shadow")


def paint_block(stage: Stage, layer: Layer, block: TextBlock, shadow_prefix: str) -> None:
    """The letters with shadow, outline and decoration; buttons call this for their label."""
    canvas = stage.canvas
    color = layer.paint("color") or _BLACK
    blobs = [(run, _blob(layer, run)) for line in block.lines for run in line.runs if run.ids]
    cast = shadow(layer, shadow_prefix)
    if cast is not None:
        paint, dx, dy = cast
        for run, blob in blobs:
            canvas.drawTextBlob(blob, run.x + dx, run.baseline + dy, paint)
    stroke_width, stroke_color = layer.number("stroke_width"), layer.color("stroke_color")
    if stroke_width and stroke_color is not None:
        paint = solid(stroke_color)
        paint.setStyle(skia.Paint.kStroke_Style)
        # Half of the stroke lies under the letters.
        paint.setStrokeWidth(stroke_width * 2)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        for run, blob in blobs:
            canvas.drawTextBlob(blob, run.x, run.baseline, paint)
    base = fill(color, block.extent, stage.cache)
    paints: dict[Color, Any] = {}
    for run, blob in blobs:
        own = run.style.marks.color
        if own is not None and own not in paints:
            paints[own] = solid(own)
        canvas.drawTextBlob(blob, run.x, run.baseline, base if own is None else paints[own])
    for line in block.lines:
        for marks, start, end, run in _stretches(line.runs):
            _decorate(canvas, marks, start, end, run, color)


def _blob(layer: Layer, run: GlyphRun) -> Any:
    face = run.face
    if face.typeface is None:
        face.typeface = typeface(face.body, face.position)
        if face.typeface is None:
            raise element_error(layer.name, f"the font file {face.path.name} cannot be read")
    font = skia.Font(face.typeface, run.size)
    font.setSubpixel(True)
    font.setHinting(skia.FontHinting.kNone)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    builder = skia.TextBlobBuilder()
    if run.ys is None:
        builder.allocRunPosH(font, run.ids, run.xs, 0)
    else:
        builder.allocRunPos(font, run.ids, [skia.Point(x, y) for x, y in zip(run.xs, run.ys, strict=True)])
    return builder.make()


def _paint_ground(stage: Stage, layer: Layer, block: TextBlock) -> None:
    """The layer's background behind each line, and that of marked words."""
    vertical, horizontal = layer.pair("background_padding") or (0.0, 0.0)
    ground = layer.paint("background_color")
    if ground is not None:
        path = skia.PathBuilder()
        for line in block.lines:
            if line.runs:
                path.addRect(_band(block, line, line.x, line.x + line.width, vertical, horizontal))
        stage.canvas.drawPath(path.detach(), fill(ground, block.extent, stage.cache))
    for line in block.lines:
        for marks, start, end, _ in _stretches(line.runs):
            if marks.background is not None:
                stage.canvas.drawRect(_band(block, line, start, end, vertical, horizontal), solid(marks.background))


def _band(block: TextBlock, line: TextLine, start: float, end: float, vertical: float, horizontal: float) -> Any:
    """As high as the layer's own font asks, so that a word in another font does not make a step in it."""
    top = line.baseline - block.ascent * line.scale - vertical
    bottom = line.baseline + block.descent * line.scale + vertical
    return skia.Rect.MakeLTRB(start - horizontal, top, end + horizontal, bottom)


def _stretches(runs: tuple[GlyphRun, ...]) -> Iterator[tuple[Marks, float, float, GlyphRun]]:
    """Neighbouring runs of the same marks as one, so that lines go through the spaces between words."""
    start: GlyphRun | None = None
    end = 0.0
    for run in runs:
        if start is not None and run.style.marks == start.style.marks:
            end = run.x + run.width
            continue
        if start is not None:
            yield start.style.marks, start.x, end, start
        start, end = run, run.x + run.width
    if start is not None:
        yield start.style.marks, start.x, end, start


def _decorate(canvas: Any, marks: Marks, start: float, end: float, run: GlyphRun, color: Paint) -> None:
    size, metrics = run.size, run.face.metrics
    text_color = marks.color or (color if isinstance(color, Color) else color.stops[0].color)

    def pen(line: Line) -> Any:
        paint = solid(line.color or text_color)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(max(_LINE_WIDTH_EM * size, 1.0))
        return paint

    if marks.underline is not None:
        y = run.baseline + _UNDERLINE_EM * size
        canvas.drawLine(start, y, end, y, pen(marks.underline))
    if marks.strike is not None:
        # Between the middle of small letters and that of figures.
        y = run.baseline - (metrics.x_height + metrics.cap_height) / 4 * size
        canvas.drawLine(start, y, end, y, pen(marks.strike))
    if marks.diagonal is not None:
        over = _DIAGONAL_OVERHANG_EM * size
        canvas.drawLine(
            start - over,
            run.baseline + over,
            end + over,
            run.baseline - metrics.cap_height * size - over,
            pen(marks.diagonal),
        )
