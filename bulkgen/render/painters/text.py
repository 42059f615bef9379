"""Set lines -> ink: backgrounds, side border, shadow, outline, letters, decoration, in this order from the bottom.

Pictures among the letters (emoji) keep their own colours and have no outline.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.markup import Line
from bulkgen.render.painters.side_border import paint_side_border
from bulkgen.render.paints import fill, shadow, solid
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import skia
from bulkgen.render.stage import Stage
from bulkgen.render.textblock import GlyphRun, TextBlock, TextLine
from bulkgen.wire.colors import Color, Paint
from bulkgen.wire.design import Box

_BLACK = Color(0.0, 0.0, 0.0)

Mark = TypeVar("Mark")

# In em. Thinner lines vanish on a phone, thicker ones look like a mistake.
_LINE_WIDTH_EM = 0.065
_UNDERLINE_EM = 0.13
_DIAGONAL_OVERHANG_EM = 0.04


def paint_text(stage: Stage, placed: Placed) -> None:
    if placed.text is None:
        return
    with _skewed(stage.canvas, placed):
        _paint_grounds(stage, placed, placed.text)
        _paint_marked(stage, placed.layer, placed.text)
        paint_side_border(stage.canvas, placed.layer, placed.text)
        paint_block(stage, placed.layer, placed.text, "shadow", placed.frame)


def paint_text_ground(stage: Stage, placed: Placed) -> None:
    """What a text stands on: its background and its side border."""
    if placed.text is None:
        return
    with _skewed(stage.canvas, placed):
        _paint_grounds(stage, placed, placed.text)
        paint_side_border(stage.canvas, placed.layer, placed.text)


def paint_letters(stage: Stage, placed: Placed) -> None:
    """The letters of a text or label alone, or those of them that `placed` has."""
    if placed.text is None:
        return
    if placed.layer.type == "button":
        paint_block(stage, placed.layer, placed.text, "text_shadow")
        return
    with _skewed(stage.canvas, placed):
        _paint_marked(stage, placed.layer, placed.text)
        paint_block(stage, placed.layer, placed.text, "shadow", placed.frame)


@contextmanager
def _skewed(canvas: Any, placed: Placed) -> Iterator[None]:
    """About the middle of the text's box, as CSS does: a positive angle lowers the right side."""
    canvas.save()
    degrees = placed.layer.number("skew_y")
    if degrees:
        frame = placed.frame
        x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
        canvas.translate(x, y)
        canvas.skew(0, math.tan(math.radians(degrees)))
        canvas.translate(-x, -y)
    yield
    canvas.restore()


def paint_block(stage: Stage, layer: Layer, block: TextBlock, shadow_prefix: str, box: Box | None = None) -> None:
    """The letters with shadow, outline and decoration; buttons call this for their label.

    Gradients go over the whole of `box` (reference 7.8), however little of it the text takes up; else over the text.
    """
    canvas = stage.canvas
    color = layer.paint("color") or _BLACK
    blobs = [(run, _blob(stage, layer, run)) for line in block.lines for run in line.runs if run.ids]
    if stage.press is not None:
        for run, _ in blobs:
            stage.press.letters.note(stage.typeface(run.face).getPostScriptName(), run)
    cast = shadow(layer, shadow_prefix, is_vector=stage.is_vector)
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
            if not run.face.is_color and stage.is_paper:
                _stroke_letters(stage, layer, run, paint)
            elif not run.face.is_color:
                canvas.drawTextBlob(blob, run.x, run.baseline, paint)
    base = fill(color, box or block.extent, stage)
    paints: dict[Color, Any] = {}
    for run, blob in blobs:
        own = run.style.marks.color
        if own is not None and own not in paints:
            paints[own] = solid(own)
        paint = base if own is None else paints[own]
        if run.face.is_color and not isinstance(color, Color):
            # Their colours are their own; a gradient behind them covers the page in some readers of documents.
            paint = solid(_BLACK)
        canvas.drawTextBlob(blob, run.x, run.baseline, paint)
    for line in block.lines:
        _decorate(canvas, line, color)


def _stroke_letters(stage: Stage, layer: Layer, run: GlyphRun, paint: Any) -> None:
    """As outlines: a stroked text would bring a drawn font (Type 3) into the document, which print shops refuse."""
    canvas, font = stage.canvas, _font(stage, layer, run)
    for glyph, x, y in zip(run.ids, run.xs, run.ys or [0.0] * len(run.ids), strict=True):
        path = font.getPath(glyph)
        if path is not None:
            canvas.save()
            canvas.translate(run.x + x, run.baseline + y)
            canvas.drawPath(path, paint)
            canvas.restore()


def _blob(stage: Stage, layer: Layer, run: GlyphRun) -> Any:
    font = _font(stage, layer, run)
    builder = skia.TextBlobBuilder()
    if run.ys is None:
        builder.allocRunPosH(font, run.ids, run.xs, 0)
    else:
        builder.allocRunPos(font, run.ids, [skia.Point(x, y) for x, y in zip(run.xs, run.ys, strict=True)])
    return builder.make()


def _font(stage: Stage, layer: Layer, run: GlyphRun) -> Any:
    try:
        typeface = stage.typeface(run.face)
    except ValueError as error:
        raise element_error(layer.name, str(error)) from None
    font = skia.Font(typeface, run.size)
    font.setSubpixel(True)
    font.setHinting(skia.FontHinting.kNone)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font


def _paint_grounds(stage: Stage, placed: Placed, block: TextBlock) -> None:
    """The layer's background behind each line."""
    layer = placed.layer
    ground = layer.paint("background_color")
    if ground is None:
        return
    padding = layer.pair("background_padding") or (0.0, 0.0)
    path = skia.PathBuilder()
    for line in block.lines:
        if line.runs:
            path.addRect(_band(block, line.baseline, line.scale, (line.x, line.x + line.width), padding))
    stage.canvas.drawPath(path.detach(), fill(ground, placed.frame, stage))


def _paint_marked(stage: Stage, layer: Layer, block: TextBlock) -> None:
    """The background of marked words."""
    padding = layer.pair("background_padding") or (0.0, 0.0)
    for line in block.lines:
        for color, start, end, run in _stretches(line.runs, lambda run: run.style.marks.background):
            scale = max(run.style.scale, 1.0)
            stage.canvas.drawRect(_band(block, line.baseline, scale, (start, end), padding), solid(color))


def _band(
    block: TextBlock, baseline: float, scale: float, span: tuple[float, float], padding: tuple[float, float]
) -> Any:
    """As high as the layer's own font asks, so that a word in another font does not make a step in it."""
    vertical, horizontal = padding
    top = baseline - block.ascent * scale - vertical
    bottom = baseline + block.descent * scale + vertical
    return skia.Rect.MakeLTRB(span[0] - horizontal, top, span[1] + horizontal, bottom)


def _stretches(
    runs: Sequence[GlyphRun], mark: Callable[[GlyphRun], Mark | None]
) -> Iterator[tuple[Mark, float, float, GlyphRun]]:
    """Neighbouring runs of one mark as one, so that it goes on through the spaces between words."""
    first: GlyphRun | None = None
    held: Mark | None = None
    end = 0.0
    for run in runs:
        found = mark(run)
        if first is not None and held is not None and found != held:
            yield held, first.x, end, first
        if first is None or found != held:
            first, held = run, found
        end = run.x + run.width
    if first is not None and held is not None:
        yield held, first.x, end, first


def _decorate(canvas: Any, line: TextLine, color: Paint) -> None:
    text_color = color if isinstance(color, Color) else color.stops[0].color

    def ink(kind: str) -> Callable[[GlyphRun], Color | None]:
        def of(run: GlyphRun) -> Color | None:
            decoration: Line | None = getattr(run.style.marks, kind)
            return None if decoration is None else decoration.color or run.style.marks.color or text_color

        return of

    for found, start, end, run in _stretches(line.runs, ink("underline")):
        y = run.baseline + _UNDERLINE_EM * run.size
        canvas.drawLine(start, y, end, y, _pen(found, run))
    for found, start, end, run in _stretches(line.runs, ink("strike")):
        # Between the middle of small letters and that of figures.
        y = run.baseline - (run.face.metrics.x_height + run.face.metrics.cap_height) / 4 * run.size
        canvas.drawLine(start, y, end, y, _pen(found, run))
    for found, start, end, run in _stretches(line.runs, ink("diagonal")):
        over, top = _DIAGONAL_OVERHANG_EM * run.size, run.face.metrics.cap_height * run.size
        canvas.drawLine(start - over, run.baseline + over, end + over, run.baseline - top - over, _pen(found, run))


def _pen(color: Color, run: GlyphRun) -> Any:
    paint = solid(color)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(max(_LINE_WIDTH_EM * run.size, 1.0))
    return paint
