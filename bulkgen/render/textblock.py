"""Shaped words + a box -> lines of positioned glyphs, or the error that the text does not fit.

The order of concessions: the design's size; smaller down to the smallest; long words broken; the end cut off, if the
layer allows it. What is left is an error: text never leaves its box unsaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bulkgen.render.face import Face
from bulkgen.render.failures import text_does_not_fit
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.lines import Room, Strip, balanced, largest_size, wrap
from bulkgen.render.scene import Layer
from bulkgen.render.typesetting import Piece, Setting, Style, Word, piece_of, set_words
from bulkgen.wire.design import Box

ELLIPSIS = "…"
_TRAILING = " ,;:.–—-&("


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """Glyphs of one face and size. Positions are from the run's origin (`x`, `baseline`), y downwards."""

    face: Face
    size: float
    ids: tuple[int, ...]
    xs: tuple[float, ...]
    ys: tuple[float, ...] | None
    x: float
    baseline: float
    width: float
    style: Style


@dataclass(frozen=True, slots=True)
class TextLine:
    x: float
    baseline: float
    width: float
    runs: tuple[GlyphRun, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines in the format's coordinates. `extent` is what the text takes up of its box; `content` its line boxes."""

    lines: tuple[TextLine, ...]
    size: float
    line_step: float
    extent: Box
    is_truncated: bool

    def moved(self, dx: float, dy: float) -> TextBlock:
        if not dx and not dy:
            return self
        lines = tuple(
            TextLine(
                line.x + dx,
                line.baseline + dy,
                line.width,
                tuple(replace(run, x=run.x + dx, baseline=run.baseline + dy) for run in line.runs),
            )
            for line in self.lines
        )
        extent = Box(self.extent.x + dx, self.extent.y + dy, self.extent.width, self.extent.height)
        return replace(self, lines=lines, extent=extent)


def set_text(layer: Layer, setting: Setting, box: Box, fonts: FontLibrary) -> TextBlock:
    """Raises RenderError: the text does not fit, or no font has a character of it."""
    words = set_words(layer, setting, fonts)
    metrics = fonts.face(setting.family, setting.weight, setting.slant, setting.size).metrics
    natural = metrics.ascent + metrics.descent
    first = metrics.cap_height if setting.trims else min(setting.line_height, natural)
    room = Room(box.width, box.height, first, setting.line_height, setting.max_lines)
    words, ends, size, is_truncated = _fit(layer, setting, words, room)
    step = setting.line_height * size
    # From the top of the block to the first baseline, and from the last baseline to the bottom of the block.
    above = metrics.cap_height if setting.trims else (first - natural) / 2 + metrics.ascent
    below = first - above
    height = (above + below) * size + step * (len(ends) - 1)
    top = box.y + (box.height - height) * setting.alignment.vertical
    if setting.alignment.vertical == 0.5:
        # What the eye centres is the letters, from the capitals' top to the last baseline, not the line boxes.
        letters = metrics.cap_height * size + step * (len(ends) - 1)
        top = box.y + (box.height - letters) / 2 - (above - metrics.cap_height) * size
    baseline = top + above * size
    lines = []
    start = 0
    for number, end in enumerate(ends):
        is_last = number == len(ends) - 1 or words[end - 1].ends_paragraph
        lines.append(_line(words[start:end], setting, size, box, baseline + number * step, is_last=is_last))
        start = end
    left = min((line.x for line in lines), default=box.x)
    right = max((line.x + line.width for line in lines), default=box.x)
    extent = Box(left, top, right - left, height)
    return TextBlock(tuple(lines), size, step, extent, is_truncated)


def _fit(
    layer: Layer, setting: Setting, words: tuple[Word, ...], room: Room
) -> tuple[tuple[Word, ...], list[int], float, bool]:
    strip = _strip(words, setting)
    size = largest_size(strip, room, setting.size, setting.smallest)
    if size is None:
        size = setting.smallest
        measure = room.width / size
        # Breaking cannot help a word that is longer than all lines together.
        is_hopeless = strip.widest() > measure * room.lines_at(size) and not setting.truncates
        if strip.widest() > measure and setting.breaks_words and not is_hopeless:
            words = tuple(part for word in words for part in _broken(word, measure, setting))
            strip = _strip(words, setting)
    measure = room.width / size
    ends = balanced(strip, measure) if setting.balances else wrap(strip, measure)
    lines = room.lines_at(size)
    if len(ends) <= lines and strip.widest() <= measure + 1e-6:
        return words, ends, size, False
    if not setting.truncates or not lines or strip.widest() > measure + 1e-6:
        raise text_does_not_fit(layer.name, layer.text("payload"))
    ends = wrap(strip, measure)
    start = ends[lines - 2] if lines > 1 else 0
    last = _cut(words[start:], measure, setting)
    if last.width - setting.letter_spacing > measure + 1e-6 or len(last.pieces) == 1:
        # Nothing of the line is left but the dots, or not even they have room.
        raise text_does_not_fit(layer.name, layer.text("payload"))
    kept = (*words[:start], last)
    return kept, [*ends[: lines - 1], len(kept)], size, True


def _strip(words: Sequence[Word], setting: Setting) -> Strip:
    # The spacing after the last letter of a line is not seen, so it does not count towards the line's width.
    return Strip(
        tuple(max(word.width - setting.letter_spacing, 0.0) for word in words),
        tuple(word.space + setting.letter_spacing for word in words),
        tuple(word.ends_paragraph for word in words),
    )


def _broken(word: Word, measure: float, setting: Setting) -> list[Word]:
    """A word that is wider than a line, in parts that are not; a hyphen where letters are parted."""
    if word.width <= measure:
        return [word]
    parts: list[Word] = []
    current: list[Piece] = []
    for piece in word.pieces:
        text = piece.text
        while text:
            used = sum(other.width for other in current)
            size = _longest(piece, text, measure - used, setting)
            if size >= len(text):
                current.append(piece_of(text, piece, setting))
                break
            if size == 0 and not current:
                size = 1
            if size:
                hyphen = "-" if _parts_letters(text, size) and piece.face.has(ord("-")) else ""
                current.append(piece_of(text[:size] + hyphen, piece, setting))
            parts.append(_word(current))
            current, text = [], text[size:]
    last = _word(current)
    return [*parts, replace(last, space=word.space, ends_paragraph=word.ends_paragraph)]


def _longest(piece: Piece, text: str, room: float, setting: Setting) -> int:
    """How many characters of `text` fit into `room`, with the hyphen they may need.

    Tries twice as many each time, then bisects, so that a word of thousands is never shaped whole.
    """

    def fits(size: int) -> bool:
        hyphen = "-" if _parts_letters(text, size) and piece.face.has(ord("-")) else ""
        return piece_of(text[:size] + hyphen, piece, setting).width <= room

    low, high = 0, 1
    while high < len(text) and fits(high):
        low, high = high, high * 2
    if high >= len(text):
        high = len(text)
        if fits(high):
            return high
    high -= 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _parts_letters(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalpha() and text[at].isalpha()


def _cut(words: Sequence[Word], measure: float, setting: Setting) -> Word:
    """The start of `words` that fits one line together with an ellipsis, as one word."""
    pieces: list[Piece] = []
    used = 0.0
    dots = piece_of(ELLIPSIS, _last_piece(words), setting)
    for word in words:
        if used + word.width + dots.width > measure:
            break
        pieces += word.pieces
        used += word.width
        if word.ends_paragraph:
            break
        if word.space and word.pieces:
            blank = piece_of(" ", word.pieces[-1], setting)
            pieces.append(replace(blank, width=word.space))
            used += word.space
    if not pieces and words:
        for piece in words[0].pieces:
            size = _longest(piece, piece.text, measure - used - dots.width, setting)
            if size:
                pieces.append(piece_of(piece.text[:size], piece, setting))
                used += pieces[-1].width
            if size < len(piece.text):
                break
    while pieces:
        bare = pieces[-1].text.rstrip(_TRAILING)
        if bare == pieces[-1].text:
            break
        last = pieces.pop()
        if bare:
            pieces.append(piece_of(bare, last, setting))
    return _word([*pieces, dots])


def _last_piece(words: Sequence[Word]) -> Piece:
    return next(piece for word in words for piece in word.pieces)


def _word(pieces: Sequence[Piece]) -> Word:
    return Word(tuple(pieces), sum(piece.width for piece in pieces), 0.0, ends_paragraph=False)


def _line(
    words: Sequence[Word], setting: Setting, size: float, box: Box, baseline: float, *, is_last: bool
) -> TextLine:
    items: list[Piece | float] = []  # a float is a space, in em
    for index, word in enumerate(words):
        items += word.pieces
        if index < len(words) - 1:
            items.append(word.space)
    width = sum(item if isinstance(item, float) else item.width for item in items)
    width = max(width - setting.letter_spacing, 0.0) * size
    gaps = sum(1 for item in items if isinstance(item, float) and item > 0)
    stretch = 0.0
    if setting.alignment.justify and not is_last and gaps:
        stretch = max(box.width - width, 0.0) / gaps
        width = box.width
    x = box.x + (box.width - width) * (0.0 if stretch else setting.alignment.horizontal)
    runs: list[_OpenRun] = []
    at = x
    for item in _visual(items):
        if isinstance(item, float):
            at += item * size + (stretch if item > 0 else 0.0)
            continue
        if not runs or not runs[-1].takes(item):
            runs.append(_OpenRun(item, size, at, setting.letter_spacing))
        runs[-1].add(item, at)
        at += item.width * size
    return TextLine(x, baseline, width, tuple(run.close(baseline, size) for run in runs))


def _visual(items: list[Piece | float]) -> list[Piece | float]:
    """Left to right as seen: right-to-left stretches are turned; all is, where the line starts right to left."""
    strong = [item.rtl for item in items if isinstance(item, Piece)]
    if not any(strong):
        return items
    is_rtl_line = strong[0]
    ordered: list[Piece | float] = []
    stretch: list[Piece | float] = []
    pending: list[Piece | float] = []
    for item in reversed(items) if is_rtl_line else items:
        if isinstance(item, float):
            (pending if stretch else ordered).append(item)
        elif item.rtl != is_rtl_line:
            stretch += [*pending, item]
            pending = []
        else:
            ordered += [*reversed(stretch), *pending, item]
            stretch, pending = [], []
    return [*ordered, *reversed(stretch), *pending]


class _OpenRun:
    """Neighbouring pieces of one face and style, gathered into one run: drawing costs by the run, not by the glyph."""

    def __init__(self, first: Piece, size: float, x: float, spacing: float) -> None:
        self._face, self._style = first.face, first.style
        self._size = size * first.style.scale
        self._x, self._end = x, x
        self._spacing = spacing
        self._ids: list[int] = []
        self._xs: list[float] = []
        self._ys: list[float] = []
        self._is_flat = True

    def takes(self, piece: Piece) -> bool:
        return piece.face is self._face and piece.style is self._style

    def add(self, piece: Piece, x: float) -> None:
        glyphs, size, at = piece.glyphs, self._size, 0.0
        start = x - self._x
        for advance, offset in zip(glyphs.advances, glyphs.x_offsets, strict=True):
            self._xs.append(start + (at + offset) * size)
            at += advance + (self._spacing if advance else 0.0)
        self._ids += glyphs.ids
        self._ys += [-offset * size for offset in glyphs.y_offsets]
        self._is_flat = self._is_flat and glyphs.is_flat
        self._end = x + at * size

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
        )
