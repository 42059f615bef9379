"""Shaped words + a box -> lines of positioned glyphs, or the error that the text does not fit.

Which words stand on which line is decided before (`fitting`); here every glyph gets its place, in the order it is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bulkgen.render.bidi import visual_order
from bulkgen.render.face import Face
from bulkgen.render.fitting import fit, scale_of
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.lines import Room
from bulkgen.render.scene import Layer
from bulkgen.render.typesetting import Piece, Setting, Style, Word, set_words
from bulkgen.wire.design import Box

# A line may end behind these, the word does not.
_IN_WORDS = "-\u2010\u2011/"


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of a run's glyphs. `place` grows along its line in reading order, `word` is that of its line."""

    piece: Piece
    word: int
    place: int


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Glyphs of one face and size. Positions are from the run's origin (`x`, `baseline`), y downwards.

    `sources` are the pieces that the glyphs are of, in the order of the glyphs.
    """

    face: Face
    size: float
    ids: tuple[int, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...] | None
    x: float
    baseline: float
    width: float
    style: Style
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class TextLine:
    x: float
    baseline: float
    width: float
    runs: tuple[GlyphRun, ...]
    scale: float = 1.0  # how many times the layer's size its largest letters are


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines in the format's coordinates. `extent` is what the text takes up of its box.

    `ascent` and `descent` are those of the layer's font in px: what a ground behind a line reaches up and down to.
    """

    lines: tuple[TextLine, ...]
    size: float
    line_step: float
    extent: Box
    is_truncated: bool
    ascent: float = 0.0
    descent: float = 0.0

    def moved(self, dx: float, dy: float) -> TextBlock:
        if not dx and not dy:
            return self
        lines = tuple(
            TextLine(
                line.x + dx,
                line.baseline + dy,
                line.width,
                tuple(replace(run, x=run.x + dx, baseline=run.baseline + dy) for run in line.runs),
                line.scale,
            )
            for line in self.lines
        )
        extent = Box(self.extent.x + dx, self.extent.y + dy, self.extent.width, self.extent.height)
        return replace(self, lines=lines, extent=extent)


def set_text(layer: Layer, setting: Setting, box: Box, fonts: FontLibrary) -> TextBlock:
    """Raises RenderError: the text does not fit, or no font has a character of it."""
    words = set_words(layer, setting, fonts)
    metrics = fonts.face(setting.family, setting.weight, setting.slant, setting.optical_px).metrics
    natural = metrics.ascent + metrics.descent
    first = metrics.cap_height if setting.trims else min(setting.line_height, natural)
    room = Room(box.width, box.height, first, setting.line_height, setting.max_lines)
    fitted = fit(layer, setting, words, room, fonts)
    words, ends, size = fitted.words, fitted.ends, fitted.size
    starts = [0, *ends[:-1]]
    step = setting.line_height * size
    scales = [1.0] * len(ends)
    drops = [step * number for number in range(len(ends))]
    if setting.is_sized:
        scales = [max(scale_of(words[start:end]), 1.0) for start, end in zip(starts, ends, strict=True)]
        drops = [step * sum(scales[1 : number + 1]) for number in range(len(ends))]
    # From the top of the block to the first baseline, and from the last baseline to the bottom of the block.
    above = metrics.cap_height if setting.trims else (first - natural) / 2 + metrics.ascent
    below = first - above
    height = (above + below) * size * scales[0] + drops[-1]
    top = box.y + (box.height - height) * setting.alignment.vertical
    if setting.alignment.vertical == 0.5:
        # What the eye centres is the letters, from the capitals' top to the last baseline, not the line boxes.
        letters = metrics.cap_height * size * scales[0] + drops[-1]
        top = box.y + (box.height - letters) / 2 - (above - metrics.cap_height) * size * scales[0]
    baseline = top + above * size * scales[0]
    lines = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        lines.append(
            _line(
                words[start:end],
                setting,
                size,
                box,
                baseline + drops[number],
                is_last=number == len(ends) - 1 or words[end - 1].ends_paragraph,
                tracking=fitted.tracking[number] if fitted.tracking else 0.0,
                scale=scales[number],
            )
        )
    left = min((line.x for line in lines), default=box.x)
    right = max((line.x + line.width for line in lines), default=box.x)
    extent = Box(left, top, right - left, height)
    return TextBlock(
        tuple(lines), size, step, extent, fitted.is_truncated, metrics.ascent * size, metrics.descent * size
    )


def _line(
    words: Sequence[Word],
    setting: Setting,
    size: float,
    box: Box,
    baseline: float,
    *,
    is_last: bool,
    tracking: float = 0.0,
    scale: float = 1.0,
) -> TextLine:
    if not words:
        return TextLine(box.x, baseline, 0.0, ())
    items, levels, numbers = _items(words)
    width = sum(word.width + word.space for word in words) - words[-1].space - _behind_last(items, tracking)
    if words[-1].tail is not None:
        width += words[-1].tail.width
    if tracking:
        width += sum(_width(item, tracking) - item.width for item in items if not isinstance(item, float))
    width = max(width, 0.0) * size
    stretches = _stretchable(items) if setting.alignment.justify and not is_last else set()
    stretch = 0.0
    if stretches:
        stretch = max(box.width - width, 0.0) / len(stretches)
        width = max(box.width, width)
    x = box.x + (box.width - width) * (0.0 if stretch else setting.alignment.horizontal)
    runs: list[_OpenRun] = []
    at = x
    order = visual_order(levels) if any(levels) else range(len(items))
    for index in order:
        item = items[index]
        if isinstance(item, float):
            at += item * size
        else:
            if not runs or not runs[-1].takes(item):
                runs.append(_OpenRun(item, size, at, tracking))
            runs[-1].add(Source(item, numbers[index], index), at)
            at += (_width(item, tracking) if tracking else item.width) * size
        if index in stretches:
            at += stretch
    return TextLine(x, baseline, width, tuple(run.close(baseline, size) for run in runs), scale)


def _items(words: Sequence[Word]) -> tuple[list[Piece | float], list[int], list[int]]:
    """Pieces, and between the words their spaces as numbers, in em; and of each the level and which word it is of."""
    items: list[Piece | float] = []
    levels: list[int] = []
    numbers: list[int] = []
    number, last = 0, len(words) - 1
    for index, word in enumerate(words):
        items += word.pieces
        levels += [piece.level for piece in word.pieces]
        if index < last:
            items.append(word.space)
            # Between two words that touch nothing is seen, so it must not part them.
            levels.append(word.space_level if word.space else _between(word, words[index + 1]))
        elif word.tail is not None:
            items.append(word.tail)
            levels.append(word.tail.level)
        numbers += [number] * (len(items) - len(numbers))
        # Behind a hyphen a line may end, but the word goes on.
        number += not (word.tail or (not word.space and word.pieces and word.pieces[-1].text[-1] in _IN_WORDS))
    return items, levels, numbers


def _between(word: Word, following: Word) -> int:
    left = word.pieces[-1].level if word.pieces else word.base
    right = following.pieces[0].level if following.pieces else following.base
    return min(left, right)


def _stretchable(items: Sequence[Piece | float]) -> set[int]:
    """The gaps that justifying widens: spaces, else, in scripts without them, wherever the line might have ended."""
    spaces = {index for index, item in enumerate(items) if isinstance(item, float) and item > 0}
    return spaces or {index for index, item in enumerate(items) if isinstance(item, float)}


def _width(piece: Piece, tracking: float) -> float:
    return piece.width + tracking * piece.style.scale * piece.glyphs.count


def _behind_last(items: Sequence[Piece | float], tracking: float) -> float:
    """The spacing after the last letter of a line, which is not seen."""
    last = items[-1] if items else 0.0
    return 0.0 if isinstance(last, float) else (last.spacing + tracking) * last.style.scale


class _OpenRun:
    """Neighbouring pieces of one face and style, gathered into one run: drawing costs by the run, not by the glyph."""

    def __init__(self, first: Piece, size: float, x: float, tracking: float) -> None:
        self._face, self._style = first.face, first.style
        self._size = size * first.style.scale
        self._x, self._end = x, x
        self._tracking = tracking
        self._ids: list[int] = []
        self._xs: list[float] = []
        self._ys: list[float] = []
        self._is_flat = True
        self._sources: list[Source] = []

    def takes(self, piece: Piece) -> bool:
        return piece.face is self._face and piece.style is self._style

    def add(self, source: Source, x: float) -> None:
        piece = source.piece
        glyphs, size, at = piece.glyphs, self._size, 0.0
        start, spacing = x - self._x, piece.spacing + self._tracking
        for advance, offset in zip(glyphs.advances, glyphs.x_offsets, strict=True):
            self._xs.append(start + (at + offset) * size)
            at += advance + (spacing if advance else 0.0)
        self._ids += glyphs.ids
        self._ys += [-offset * size for offset in glyphs.y_offsets]
        self._is_flat = self._is_flat and glyphs.is_flat
        self._end = x + at * size
        self._sources.append(source)

    def close(self, baseline: float, layer_size: float) -> GlyphRun:
        return GlyphRun(
            self._face,
            self._size,
            tuple(self._ids),
            tuple(self._xs),
            None if self._is_flat else tuple(self._ys),
            self._x,
            baseline - self._style.rise * layer_size,
            self._end - self._x,
            self._style,
            tuple(self._sources),
        )
