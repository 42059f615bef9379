"""A layer's text settings, and its payload -> shaped words.

payload -> markup runs -> price parts -> case -> words at the places a line may end -> pieces of one face, style and
direction -> glyphs. Widths are in em of the layer's font size, so that nothing here knows the size that will be chosen.

Left out: full bidirectional ordering and script rules of line breaking; a line may end at spaces, after hyphens and
dashes inside words, and between ideographs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bulkgen.render.alignment import Alignment, parse_alignment
from bulkgen.render.face import Face, Glyphs
from bulkgen.render.failures import element_error
from bulkgen.render.fonts import Family, FontLibrary
from bulkgen.render.markup import Line, Marks, parse_markup
from bulkgen.render.price import Part, split_price
from bulkgen.render.scene import Layer

DEFAULT_SIZE_PX = 24.0
DEFAULT_LINE_HEIGHT_PERCENT = 120.0

# `auto_resize` without `min_font_size` in a design: half the size is still the same headline, less is another design.
_SMALLEST_PART = 0.5

# Currency and decimals beside an amount; the raised figures end at the height of the amount's.
SMALL_PART = 0.55

_SPACE = " \t\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"
_WORD = re.compile(f"(?P<word>[^{_SPACE}\u200b\n]*)(?P<space>[{_SPACE}\u200b]*)(?P<end>\n?)")
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
_CLOSING = "、。，．・：；？！）〕］｝〉》」』】ー々"
_INNER_BREAK = re.compile(
    f"(?<=[^\\W\\d_]{{2}}[-\u2010–—])(?=[^\\W\\d_]{{2}})|(?<=[{_IDEOGRAPH}])(?=[^{_CLOSING}])|(?=[{_IDEOGRAPH}])(?<=\\w)"
)

# An amount and its currency stay on one line, also where the sheet has a plain space between them.
_GLUE = re.compile(r"(?<=\d) (?=(?:[€$£¥%]|(?:EUR|CHF|USD|GBP|kr|zł|Kč)(?!\w)))|(?<=EUR|CHF|USD|GBP) (?=\d)")

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
class Setting:
    """The text settings of a layer, read once. Sizes in px; `line_height` and `letter_spacing` in em."""

    family: Family
    weight: int
    slant: str
    size: float
    smallest: float
    line_height: float
    letter_spacing: float
    transform: str
    decoration: str
    alignment: Alignment
    max_lines: int | None
    truncates: bool
    balances: bool
    trims: bool
    is_price: bool
    breaks_words: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """Glyphs of one face, style and direction. `width` in em of the layer's size, letter spacing included."""

    text: str
    glyphs: Glyphs
    face: Face
    style: Style
    rtl: bool
    width: float


@dataclass(frozen=True, slots=True)
class Word:
    """What a line cannot break, the space behind it, and whether the paragraph ends here."""

    pieces: tuple[Piece, ...]
    width: float
    space: float
    ends_paragraph: bool


def read_setting(layer: Layer, fonts: FontLibrary) -> Setting:
    reference = layer.text("font")
    family = fonts.family(reference) if reference else fonts.default
    if family is None:
        raise element_error(layer.name, f"unknown font {reference!r}")
    size = layer.number("font_size", DEFAULT_SIZE_PX)
    # A size in the request switches fitting off, unless the request also asks for it (reference 7.4).
    fits = layer.flag("auto_resize") and not ("font_size" in layer.overridden and "auto_resize" not in layer.overridden)
    smallest = min(layer.number("min_font_size", size * _SMALLEST_PART), size) if fits else size
    lines = layer.get("max_lines")
    return Setting(
        family=family,
        weight=int(layer.number("font_weight", 400)),
        slant=layer.text("font_style", "normal"),
        size=size,
        smallest=max(smallest, 1.0),
        line_height=layer.number("line_height", DEFAULT_LINE_HEIGHT_PERCENT) / 100,
        letter_spacing=layer.number("letter_spacing") / 100,
        transform=layer.text("text_transform", "none"),
        decoration=layer.text("text_decoration", "none"),
        alignment=parse_alignment(layer.text("alignment"), "top left"),
        max_lines=int(layer.number("max_lines")) if lines is not None else None,
        truncates=layer.flag("text_truncation"),
        balances=layer.flag("balance"),
        trims=layer.flag("trim"),
        is_price=layer.flag("price_style"),
    )


def set_words(layer: Layer, setting: Setting, fonts: FontLibrary) -> tuple[Word, ...]:
    """Raises RenderError if no font at hand has one of the characters."""
    setter = _Setter(layer, setting, fonts)
    return setter.words(_styled(layer.text("payload"), setting, fonts))


def piece_of(text: str, like: Piece, setting: Setting) -> Piece:
    """Another text in the face and style of `like`."""
    return _shape(text, like.face, like.style, setting, rtl=like.rtl)


def _shape(text: str, face: Face, style: Style, setting: Setting, *, rtl: bool) -> Piece:
    glyphs = face.shape(text, rtl=rtl, tabular=setting.is_price)
    spaced = sum(1 for advance in glyphs.advances if advance) * setting.letter_spacing
    return Piece(text, glyphs, face, style, rtl, (sum(glyphs.advances) + spaced) * style.scale)


class _Setter:
    """Shapes the words of one layer; holds what is the same for all of them."""

    def __init__(self, layer: Layer, setting: Setting, fonts: FontLibrary) -> None:
        self._layer = layer
        self._setting = setting
        self._fonts = fonts

    def words(self, runs: Sequence[tuple[str, Style]]) -> tuple[Word, ...]:
        text = "".join(run for run, _ in runs)
        styles = [style for run, style in runs for _ in run]
        words: list[Word] = []
        missing: dict[str, None] = {}
        for start, end, space_end, ends_paragraph in _breaks(text):
            pieces = tuple(self._pieces(text[start:end], styles[start:end], missing))
            space = 0.0
            if space_end > end:
                style = styles[end]
                blank = self.piece(" " * sum(c != "\u200b" for c in text[end:space_end]), style.face, style, rtl=False)
                space = blank.width
            words.append(Word(pieces, sum(piece.width for piece in pieces), space, ends_paragraph))
        if missing:
            named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in list(missing)[:10])
            raise element_error(
                self._layer.name, f"no font at hand has the character{'s' * (len(missing) > 1)} {named}"
            )
        return tuple(words)

    def piece(self, text: str, face: Face, style: Style, *, rtl: bool) -> Piece:
        return _shape(text, face, style, self._setting, rtl=rtl)

    def _pieces(self, text: str, styles: Sequence[Style], missing: dict[str, None]) -> Iterator[Piece]:
        """Cuts where style, face or direction change."""
        if text.isascii() and all(style is styles[0] for style in styles) and styles and _covers(styles[0].face, text):
            yield self.piece(text, styles[0].face, styles[0], rtl=False)
            return
        open_text: list[str] = []
        opened: tuple[Face, Style, bool] | None = None
        for char, style in zip(text, styles, strict=True):
            if _is_ignorable(char):
                if opened is not None and opened[0].has(ord(char)):
                    open_text.append(char)
                continue
            shown, face = self._cover(char, style)
            if face is None:
                missing[char] = None
                continue
            direction = unicodedata.bidirectional(char)
            follows = opened is not None and opened[2]
            rtl = direction in ("R", "AL") or (direction not in ("L", "EN") and follows)
            if opened is not None and opened != (face, style, rtl):
                yield self.piece("".join(open_text), opened[0], opened[1], rtl=opened[2])
                open_text = []
            opened = (face, style, rtl)
            open_text.append(shown)
        if opened is not None:
            yield self.piece("".join(open_text), opened[0], opened[1], rtl=opened[2])

    def _cover(self, char: str, style: Style) -> tuple[str, Face | None]:
        """The character, or its equal, and the face that has it."""
        for candidate in _equals(char):
            if _covers(style.face, candidate):
                return candidate, style.face
        fallback = self._fonts.fallback(char, style.weight, self._setting.slant, self._setting.size)
        return char, fallback


def _styled(payload: str, setting: Setting, fonts: FontLibrary) -> list[tuple[str, Style]]:
    """Runs of cased text with their styles."""
    runs = parse_markup(_GLUE.sub("\u00a0", _clean(payload)))
    joined = "".join(run.text for run in runs)
    runs_marks = [
        (run.text, _decorated(run.marks, setting, any(_has_line(other.marks) for other in runs))) for run in runs
    ]
    parts = split_price(joined) if setting.is_price else [(joined, Part.AMOUNT)]
    cased = iter(_cased(joined, setting.transform))
    faces: dict[tuple[Marks, Part], Style] = {}
    styled: list[tuple[str, Style]] = []
    for text, marks, part in _overlay(runs_marks, parts):
        style = faces.get((marks, part))
        if style is None:
            style = faces[(marks, part)] = _style(marks, part, setting, fonts)
        styled.append(("".join(next(cased) for _ in text), style))
    return styled


def _style(marks: Marks, part: Part, setting: Setting, fonts: FontLibrary) -> Style:
    weight = marks.weight or setting.weight
    face = fonts.face(setting.family, weight, setting.slant, setting.size)
    style = Style(face, weight, marks)
    if part is Part.AMOUNT:
        return style
    # Small type looks lighter beside large type of the same weight, so a variable font gives a step more.
    heavier = min(weight + 100, 900)
    face = fonts.face(setting.family, heavier, setting.slant, setting.size)
    is_raised = part in (Part.DECIMALS, Part.SYMBOL)
    rise = style.face.metrics.cap_height - face.metrics.cap_height * SMALL_PART if is_raised else 0.0
    return replace(style, face=face, weight=heavier, scale=SMALL_PART, rise=rise)


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


def _clean(payload: str) -> str:
    """Composed, with one kind of line end, and without control characters and halves of surrogate pairs."""
    text = payload.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))


def _cased(text: str, transform: str) -> list[str]:
    """One string per character of `text`: casing may make two of one."""
    match transform:
        case "uppercase":
            return [char.upper() for char in text]
        case "lowercase":
            return [char.lower() for char in text]
        case "titlecase":
            return [
                char.upper() if not index or text[index - 1].isspace() or text[index - 1] in '-(["„“' else char.lower()
                for index, char in enumerate(text)
            ]
        case "capitalize":
            first = next((index for index, char in enumerate(text) if char.isalpha()), -1)
            return [char.upper() if index == first else char for index, char in enumerate(text)]
        case _:
            return list(text)


def _breaks(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """(start, end, end of the space behind, whether the paragraph ends) of every unbreakable stretch."""
    for match in _WORD.finditer(text):
        start, end = match.span("word")
        _, space_end = match.span("space")
        ends = bool(match.group("end"))
        if start == space_end and not ends:
            continue
        inner = [start + cut.start() for cut in _INNER_BREAK.finditer(match.group("word"))]
        edges = [start, *(cut for cut in inner if start < cut < end), end]
        for left, right in pairwise(edges[:-1]):
            yield left, right, right, False
        yield edges[-2], end, space_end, ends


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


def _covers(face: Face, text: str) -> bool:
    return all(face.has(ord(char)) for char in text)


def _is_ignorable(char: str) -> bool:
    """Characters that shape their neighbours or nothing: joiners, variation selectors, byte order marks."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"
