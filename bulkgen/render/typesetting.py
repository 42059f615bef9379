"""A layer's payload -> shaped words.

payload -> markup runs -> price parts -> case -> words at the places a line may end -> pieces of one face, style, script
and direction -> glyphs. Widths are in em of the layer's font size, so that nothing here knows the size that will be
chosen.

Left out: where lines end and in what order their pieces are seen (`fitting`, `textblock`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bulkgen.render import bidi
from bulkgen.render.breaking import Stretch, stretches
from bulkgen.render.casing import cased, clean
from bulkgen.render.clusters import JOINER, clusters, is_ignorable, is_picture
from bulkgen.render.face import Face, Glyphs, script_of
from bulkgen.render.failures import element_error
from bulkgen.render.families import PACKAGES_BY_SCRIPT
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.markup import Line, Marks, parse_markup
from bulkgen.render.price import Part, split_price
from bulkgen.render.scene import Layer
from bulkgen.render.setting import Setting, read_setting

__all__ = ["Piece", "Setting", "Style", "Word", "dots_of", "piece_of", "read_setting", "set_words"]

# Currency and decimals beside an amount; the raised figures end at the height of the amount's.
SMALL_PART = 0.55

# Letters of one script that stand for themselves: no marks, nothing that joins, nothing that turns.
_EASY = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0\u2122]*")

# Scripts whose letters join: spacing would tear them apart, and what stands beside a letter decides its form.
JOINED = frozenset(("Arab", "Syrc", "Nkoo", "Mand", "Mong", "Phag", "Adlm", "Rohg"))

# What is seen where no font has the joiner itself: the shaper hides it.
_KEPT_IGNORABLE = (JOINER, "\u200c")

_IDEOGRAPHIC_SPACE = "\u3000"

# What stands in for a character that a font lacks, before another font is asked: looks the same, means the same.
_EQUALS = {
    "\u00a0": " ",
    "\u202f": "\u00a0",
    "\u2007": "\u00a0",
    "\u2009": " ",
    "\u200a": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "–",
    "\u2032": "'",
    "\u2033": '"',
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a piece of text is set in. `scale` is of the layer's size; `rise` in em of the layer's size, upwards."""

    face: Face
    weight: int
    marks: Marks
    scale: float = 1.0
    rise: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs of one face, style, script and direction.

    `width` in em of the layer's size, with the `spacing` behind each glyph, which is in em of the piece's own size;
    `level` is the depth of direction, odd to the left.
    """

    text: str
    glyphs: Glyphs
    face: Face
    style: Style
    rtl: bool
    width: float
    level: int = 0
    spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """What a line cannot break, the space behind it, and whether the paragraph ends here.

    `space_level` is the direction of the space, `base` that of the paragraph; `tail` is seen only if the line ends
    here.
    """

    pieces: tuple[Piece, ...]
    width: float
    space: float
    ends_paragraph: bool
    space_level: int = 0
    base: int = 0
    tail: Piece | None = None


def set_words(layer: Layer, setting: Setting, fonts: FontLibrary) -> tuple[Word, ...]:
    """Raises RenderError if no font at hand has one of the characters."""
    setter = _Setter(layer, setting, fonts)
    return setter.words(_styled(layer.text("payload"), setting, fonts))


def piece_of(text: str, like: Piece, setting: Setting, *, level: int | None = None) -> Piece:
    """Another text in the face and style of `like`."""
    return _shape(text, like.face, like.style, setting, level=like.level if level is None else level)


def dots_of(like: Piece, setting: Setting, fonts: FontLibrary, base: int) -> Piece:
    """The ellipsis in the style of `like`, or the three dots that a font without it has."""
    for dots in ("…", "..."):
        if like.face.covers(dots):
            return piece_of(dots, like, setting, level=base)
    face = fonts.fallback("…", like.style.weight, setting.slant, setting.optical_px) or like.face
    return _shape("…", face, like.style, setting, level=base)


def _shape(
    text: str, face: Face, style: Style, setting: Setting, *, level: int, before: str = "", after: str = ""
) -> Piece:
    rtl = level % 2 == 1
    spacing = setting.letter_spacing
    if spacing and script_of(next((char for char in text if char.isalpha()), " ")) in JOINED:
        spacing = 0.0
    # Spread letters of a ligature would stay together; tightened ones need it, or they touch.
    glyphs = face.shape(text, rtl=rtl, tabular=setting.is_price, ligatures=spacing <= 0, before=before, after=after)
    return Piece(text, glyphs, face, style, rtl, (glyphs.width + glyphs.count * spacing) * style.scale, level, spacing)


class _Setter:
    """Shapes the words of one layer; holds what is the same for all of them."""

    def __init__(self, layer: Layer, setting: Setting, fonts: FontLibrary) -> None:
        self._layer = layer
        self._setting = setting
        self._fonts = fonts
        self._missing: dict[str, None] = {}

    def words(self, runs: Sequence[tuple[str, Style]]) -> tuple[Word, ...]:
        text = "".join(run for run, _ in runs)
        styles = [style for run, style in runs for _ in run]
        levels = _levels(text, self._setting.direction)
        words = tuple(self._word(text, stretch, styles, levels) for stretch in stretches(text))
        if self._missing:
            raise element_error(self._layer.name, _missing(list(self._missing)))
        return words

    def _word(
        self, text: str, stretch: Stretch, styles: Sequence[Style], levels: tuple[list[int], list[int]] | None
    ) -> Word:
        start, end, space_end = stretch.start, stretch.end, stretch.space_end
        pieces = tuple(self._pieces(text[start:end], styles[start:end], levels and levels[0][start:end]))
        space = 0.0
        if space_end > end:
            space = self._space(text[end:space_end], styles[end])
        tail = None
        if stretch.is_soft and pieces and pieces[-1].face.has(ord("-")):
            tail = piece_of("-", pieces[-1], self._setting)
        return Word(
            pieces,
            sum(piece.width for piece in pieces),
            space,
            stretch.ends_paragraph,
            levels[0][end] if levels and space_end > end else 0,
            levels[1][min(start, len(text) - 1)] if levels else 0,
            tail,
        )

    def _space(self, blanks: str, style: Style) -> float:
        wide = blanks.count(_IDEOGRAPHIC_SPACE)
        plain = sum(char != "\u200b" for char in blanks) - wide
        return _shape(" " * plain, style.face, style, self._setting, level=0).width + wide * style.scale

    def _pieces(self, text: str, styles: Sequence[Style], levels: Sequence[int] | None) -> Iterator[Piece]:
        """Cuts where style, face, script or direction change."""
        if not text:
            return
        first = styles[0]
        is_easy = levels is None and _EASY.fullmatch(text) and all(style is first for style in styles)
        if is_easy and first.face.covers(text):
            yield _shape(text, first.face, first, self._setting, level=0)
            return
        opened = _Opened()
        for start, end in clusters(text):
            level = levels[start] if levels is not None else 0
            for shown, face in self._cover(text[start:end], styles[start]):
                if not opened.takes(face, styles[start], level, shown):
                    yield opened.close(self._setting, text, start)
                    opened = _Opened()
                opened.add(face, styles[start], level, shown, start)
        if opened.text:
            yield opened.close(self._setting, text, len(text))

    def _cover(self, cluster: str, style: Style) -> list[tuple[str, Face]]:
        """What is shown of a cluster and the face that has it; in parts only if no face has it whole."""
        if len(cluster) == 1:
            if is_ignorable(cluster):
                return [(cluster, style.face)] if cluster in _KEPT_IGNORABLE else []
            if not is_picture(cluster):
                for candidate in _equals(cluster):
                    if style.face.covers(candidate):
                        return [(candidate, style.face)]
        seen = "".join(char for char in cluster if not is_ignorable(char))
        shown = cluster if len(cluster) > 1 else seen
        if is_picture(cluster):
            face = self._find(seen, style, in_color=True)
            if face is not None:
                return [(shown, face)]
        if len(seen) > 1 and style.face.covers(seen):
            return [(shown, style.face)]
        face = self._find(seen, style) if seen else None
        if face is not None:
            return [(shown, face)]
        if len(seen) > 1:
            return [part for char in seen for part in self._cover(char, style)]
        self._missing.update(dict.fromkeys(seen))
        return []

    def _find(self, characters: str, style: Style, *, in_color: bool = False) -> Face | None:
        setting = self._setting
        return self._fonts.fallback(characters, style.weight, setting.slant, setting.optical_px, in_color=in_color)


class _Opened:
    """A piece in the making."""

    def __init__(self) -> None:
        self.text = ""
        self._script = ""
        self._kind: tuple[Face, Style, int] | None = None
        self._start = 0

    def takes(self, face: Face, style: Style, level: int, shown: str) -> bool:
        if self._kind is None:
            return True
        script = script_of(shown[0])
        return self._kind == (face, style, level) and (not script or not self._script or script == self._script)

    def add(self, face: Face, style: Style, level: int, shown: str, start: int) -> None:
        if self._kind is None:
            self._kind, self._start = (face, style, level), start
        self._script = self._script or script_of(shown[0])
        self.text += shown

    def close(self, setting: Setting, text: str, end: int) -> Piece:
        assert self._kind is not None
        face, style, level = self._kind
        before = after = ""
        if self._script in JOINED:
            before, after = text[max(self._start - 2, 0) : self._start], text[end : end + 2]
        return _shape(self.text, face, style, setting, level=level, before=before, after=after)


def _levels(text: str, direction: str) -> tuple[list[int], list[int]] | None:
    """For each character its level and that of its paragraph; None where all runs to the right."""
    if direction != "rtl" and not bidi.has_direction(text):
        return None
    levels: list[int] = []
    bases: list[int] = []
    for paragraph in text.splitlines(keepends=True):
        base = {"ltr": 0, "rtl": 1}.get(direction, bidi.base_level(paragraph))
        levels += bidi.levels(paragraph, base)
        bases += [base] * len(paragraph)
    return levels, bases


def _missing(characters: Sequence[str]) -> str:
    named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in characters[:10])
    packages = dict.fromkeys(
        PACKAGES_BY_SCRIPT[script] for char in characters if (script := script_of(char)) in PACKAGES_BY_SCRIPT
    )
    has = f"install {' and '.join(packages)}, or " if packages else ""
    return (
        f"no font at hand has the character{'s' * (len(characters) > 1)} {named}; "
        f"{has}put a font that has {'them' if len(characters) > 1 else 'it'} into the font folder"
    )


def _styled(payload: str, setting: Setting, fonts: FontLibrary) -> list[tuple[str, Style]]:
    """Runs of cased text with their styles."""
    runs = parse_markup(clean(payload))
    joined = "".join(run.text for run in runs)
    runs_marks = [
        (run.text, _decorated(run.marks, setting, any(_has_line(other.marks) for other in runs))) for run in runs
    ]
    parts = split_price(joined) if setting.is_price else [(joined, Part.AMOUNT)]
    letters = iter(cased(joined, setting.transform))
    faces: dict[tuple[Marks, Part], Style] = {}
    styled: list[tuple[str, Style]] = []
    for text, marks, part in _overlay(runs_marks, parts):
        style = faces.get((marks, part))
        if style is None:
            style = faces[(marks, part)] = _style(marks, part, setting, fonts)
        styled.append(("".join(next(letters) for _ in text), style))
    return styled


def _style(marks: Marks, part: Part, setting: Setting, fonts: FontLibrary) -> Style:
    weight = marks.weight or setting.weight
    size = marks.size or setting.optical_px
    scale = marks.size / setting.size if marks.size else 1.0
    face = fonts.face(setting.family, weight, setting.slant, size)
    style = Style(face, weight, marks, scale)
    if part is Part.AMOUNT:
        return style
    # Small type looks lighter beside large type of the same weight, so a variable font gives a step more.
    heavier = min(weight + 100, 900)
    face = fonts.face(setting.family, heavier, setting.slant, size)
    is_raised = part in (Part.DECIMALS, Part.SYMBOL)
    rise = style.face.metrics.cap_height - face.metrics.cap_height * SMALL_PART if is_raised else 0.0
    return replace(style, face=face, weight=heavier, scale=SMALL_PART * scale, rise=rise * scale)


def _overlay(runs: Sequence[tuple[str, Marks]], parts: Sequence[tuple[str, Part]]) -> Iterator[tuple[str, Marks, Part]]:
    """Two divisions of the same text -> the common one."""
    cuts = iter(parts)
    rest, part = next(cuts, ("", Part.AMOUNT))
    for text, marks in runs:
        while text:
            while not rest:
                rest, part = next(cuts)
            size = min(len(text), len(rest))
            yield text[:size], marks, part
            text, rest = text[size:], rest[size:]


def _decorated(marks: Marks, setting: Setting, has_lines: bool) -> Marks:
    """The layer's own decoration holds unless the markup has one of the kind (reference 7.10)."""
    if setting.decoration == "none" or has_lines:
        return marks
    line = Line()
    match setting.decoration:
        case "underline":
            return replace(marks, underline=line)
        case "strike":
            return replace(marks, strike=line)
        case _:
            return replace(marks, diagonal=line)


def _has_line(marks: Marks) -> bool:
    return any((marks.underline, marks.strike, marks.diagonal))


def _equals(char: str) -> Iterator[str]:
    """The character, then what reads the same."""
    yield char
    known = _EQUALS.get(char)
    if known:
        yield known
        if known in _EQUALS:
            yield _EQUALS[known]
    elif "\ufb00" <= char <= "\ufb06":  # ligatures that came with copied text
        yield unicodedata.normalize("NFKC", char)
