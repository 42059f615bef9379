"""Shaped words + the room for them -> which words stand on which line and at what size, or the error that none will do.

The order of concessions: the design's size; smaller down to the smallest; long words broken; the end cut off, if the
layer allows it. What is left is an error: text never leaves its box unsaid.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bulkgen.render.clusters import JOINER, clusters
from bulkgen.render.face import NO_GLYPHS, script_of
from bulkgen.render.failures import RenderError, text_does_not_fit
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.lines import Room, Strip, balanced, evened, largest_size, widths_of, wrap
from bulkgen.render.scene import Layer
from bulkgen.render.typesetting import Piece, Setting, Word, dots_of, piece_of

_TRAILING = " ,;:.–—-&(،、。"

# How far `text_harmony` goes down to find even lines (reference 7.4).
_HARMONY_STEPS_PX = 10

# Scripts that part a word with a hyphen; others end the line and go on.
_HYPHENATED = frozenset(("Latn", "Grek", "Cyrl", "Armn", "Geor"))

_HAIR_EM = 1e-6


@dataclass(frozen=True, slots=True)
class Fitted:
    """`ends` are the indices after the last word of each line; `tracking` is more letter spacing per line, in em."""

    words: tuple[Word, ...]
    ends: list[int]
    size: float
    is_truncated: bool = False
    tracking: tuple[float, ...] = ()


def fit(layer: Layer, setting: Setting, words: tuple[Word, ...], room: Room, fonts: FontLibrary) -> Fitted:
    """Raises RenderError if there is no way that the layer allows."""
    strip = _strip(words, setting)
    size = _size(strip, room, setting, words)
    if size is None:
        size = setting.smallest
        measure = room.width / size
        # Breaking cannot help a word that is longer than all lines together.
        is_hopeless = strip.widest() > measure * room.lines_at(size) and not setting.truncates
        if strip.widest() > measure and setting.breaks_words and not is_hopeless:
            words = tuple(part for word in words for part in _broken(word, measure, setting))
            strip = _strip(words, setting)
    measure = room.width / size
    if setting.harmonises:
        harmonious = _harmonise(words, strip, room, setting, size)
        if harmonious is not None:
            return harmonious
    ends = balanced(strip, measure) if setting.balances else wrap(strip, measure)
    lines = _lines_allowed(words, ends, room, size, setting)
    if len(ends) <= lines and strip.widest() <= measure + _HAIR_EM:
        return Fitted(words, ends, size)
    if not setting.truncates or not lines or strip.widest() > measure + _HAIR_EM:
        raise _failure(layer)
    ends = wrap(strip, measure)
    lines = _lines_allowed(words, ends, room, size, setting)
    start = ends[lines - 2] if lines > 1 else 0
    last = _cut(words[start:], measure, setting, fonts)
    if not lines or last.width - _behind(last) > measure + _HAIR_EM or len(last.pieces) == 1:
        # Nothing of the line is left but the dots, or not even they have room.
        raise _failure(layer)
    kept = (*words[:start], last)
    return Fitted(kept, [*ends[: lines - 1], len(kept)], size, is_truncated=True)


def scale_of(words: Sequence[Word]) -> float:
    """How many times the layer's size the largest letters of a line are; never below 1."""
    return max((piece.style.scale for word in words for piece in word.pieces), default=1.0)


def _failure(layer: Layer) -> RenderError:
    return text_does_not_fit(layer.name, layer.text("payload"))


def _size(strip: Strip, room: Room, setting: Setting, words: Sequence[Word]) -> float | None:
    if not setting.is_sized:
        return largest_size(strip, room, setting.size, setting.smallest)
    # Sizes of its own hold the text at one size, whatever its lines need.
    measure = room.width / setting.size
    ends = wrap(strip, measure)
    fits = len(ends) <= _lines_allowed(words, ends, room, setting.size, setting)
    return setting.size if fits and strip.widest() <= measure + _HAIR_EM else None


def _lines_allowed(words: Sequence[Word], ends: Sequence[int], room: Room, size: float, setting: Setting) -> int:
    """How many lines of this text there is room for; lines with larger letters in them are higher."""
    if not setting.is_sized:
        return room.lines_at(size)
    left, count, start = room.height / size + _HAIR_EM * 100, 0, 0
    for number, end in enumerate(ends):
        scale = max(scale_of(words[start:end]), 1.0)
        left -= (room.step_em if number else room.first_em) * scale
        if left < 0 or (room.max_lines is not None and count == room.max_lines):
            break
        count, start = count + 1, end
    return count


def _harmonise(words: tuple[Word, ...], strip: Strip, room: Room, setting: Setting, size: float) -> Fitted | None:
    """Lines of about equal length: by where they end, then by spacing, then by a smaller size. None if none will do."""
    floor = max(size - _HARMONY_STEPS_PX, 1.0) if not setting.is_sized else size
    while size >= floor:
        measure = room.width / size
        ends = balanced(strip, measure)
        if strip.widest() > measure + _HAIR_EM or len(ends) > _lines_allowed(words, ends, room, size, setting):
            return None
        starts = [0, *ends[:-1]]
        letters = [_letters(words[start:end]) for start, end in zip(starts, ends, strict=True)]
        tracking = evened(widths_of(strip, ends), letters, measure)
        if tracking is not None:
            return Fitted(words, ends, size, tracking=tuple(tracking))
        size -= 1.0
    return None


def _letters(words: Sequence[Word]) -> int:
    """Glyphs that spacing moves; the last one's is not seen."""
    count = sum(piece.glyphs.count for word in words for piece in word.pieces)
    return max(count - 1, 0)


def _strip(words: Sequence[Word], setting: Setting) -> Strip:
    # The spacing after the last letter of a line is not seen, so it does not count towards the line's width.
    has_tails = any(word.tail is not None for word in words)
    behind = [_behind(word) for word in words] if setting.letter_spacing else [0.0] * len(words)
    return Strip(
        tuple(max(word.width - gap, 0.0) for word, gap in zip(words, behind, strict=True)),
        tuple(word.space + gap for word, gap in zip(words, behind, strict=True)),
        tuple(word.ends_paragraph for word in words),
        tuple(word.tail.width if word.tail else 0.0 for word in words) if has_tails else (),
    )


def _behind(word: Word) -> float:
    """The spacing after the last letter."""
    return word.pieces[-1].spacing * word.pieces[-1].style.scale if word.pieces else 0.0


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
                size = _whole(text, 1, up=True)
            if size:
                current.append(piece_of(text[:size] + _hyphen(piece, text, size), piece, setting))
            parts.append(_word(current, word.base))
            current, text = [], text[size:]
    if not current:
        return parts
    last = _word(current, word.base)
    return [
        *parts,
        replace(
            last,
            space=word.space,
            ends_paragraph=word.ends_paragraph,
            space_level=word.space_level,
            tail=word.tail,
        ),
    ]


def _longest(piece: Piece, text: str, room: float, setting: Setting) -> int:
    """How many characters of `text` fit into `room`, with the hyphen they may need.

    Tries twice as many each time, then bisects, so that a word of thousands is never shaped whole.
    """

    def fits(size: int) -> bool:
        return piece_of(text[:size] + _hyphen(piece, text, size), piece, setting).width <= room

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
    return _whole(text, low)


def _whole(text: str, size: int, *, up: bool = False) -> int:
    """`size`, moved so that it cuts no letter from its marks and no joined picture."""
    if size <= 0 or size >= len(text) or text.isascii():
        return size
    edges = [0]
    for _, end in clusters(text[: size + 32]):
        is_joined = end < len(text) and (text[end - 1] == JOINER or unicodedata.combining(text[end - 1]) == 9)
        if not is_joined:
            edges.append(end)
        if end > size and not is_joined:
            break
    below = max(edge for edge in edges if edge <= size)
    return below if below or not up else edges[-1]


def _hyphen(piece: Piece, text: str, at: int) -> str:
    """A hyphen where a cut parts letters of a script that has it."""
    if not (0 < at < len(text) and text[at - 1].isalpha() and text[at].isalpha() and piece.face.has(ord("-"))):
        return ""
    return "-" if script_of(text[at - 1]) in _HYPHENATED else ""


def _cut(words: Sequence[Word], measure: float, setting: Setting, fonts: FontLibrary) -> Word:
    """The start of `words` that fits one line together with an ellipsis, as one word."""
    pieces: list[Piece] = []
    used = 0.0
    base = words[0].base if words else 0
    dots = dots_of(_first_piece(words), setting, fonts, base)
    for word in words:
        if used + word.width + dots.width > measure:
            break
        pieces += word.pieces
        used += word.width
        if word.ends_paragraph:
            break
        if word.space and word.pieces:
            pieces.append(_blank(word, setting))
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
    return _word([*pieces, dots], base)


def _blank(word: Word, setting: Setting) -> Piece:
    """The space behind a word as a piece that shows nothing: not every font has a space."""
    like = word.pieces[-1]
    return Piece(" ", NO_GLYPHS, like.face, like.style, word.space_level % 2 == 1, word.space, word.space_level)


def _first_piece(words: Sequence[Word]) -> Piece:
    """The style of the dots is that of the letters before them; pictures have none."""
    pieces = [piece for word in words for piece in word.pieces]
    return next((piece for piece in pieces if not piece.face.is_color), pieces[0])


def _word(pieces: Sequence[Piece], base: int) -> Word:
    return Word(tuple(pieces), sum(piece.width for piece in pieces), 0.0, ends_paragraph=False, base=base)
