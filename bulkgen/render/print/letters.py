"""What the letters of a document say, for those who search it, copy from it or have it read aloud. Pure.

    runs as they are drawn -> glyph -> text; the library's table of a font -> the same with what it lacks

The drawing library goes by the font's own characters. Other forms of a letter, such as figures of one width or the dash
beside capitals, are not among them, or only as private ones, which say nothing to anybody: a price would be found by
none of its figures. From which text a glyph was shaped is known as it is drawn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bulkgen.render.textblock import GlyphRun
from bulkgen.render.typesetting import Piece

_SINGLES = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_NUMBER = re.compile(rb"<([0-9A-Fa-f]+)>")

# What a table takes in one section.
_SECTION_MAX = 100

_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def
/CMapName/Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


class Letters:
    """Of one document, by the name that a font has in it: its weights are fonts of one name with the same glyphs."""

    def __init__(self) -> None:
        self._said: dict[str, dict[int, str]] = {}

    def __repr__(self) -> str:
        return f"Letters({', '.join(f'{name}: {len(said)}' for name, said in self._said.items())})"

    def note(self, font: str, run: GlyphRun) -> None:
        said = self._said.setdefault(font, {})
        for source in run.sources:
            for glyph, text in _read(source.piece):
                said.setdefault(glyph, text)

    def table(self, font: str, known: bytes) -> bytes:
        """`known` is the table of the library, or nothing; where that says a character, it stays."""
        texts = _texts(known)
        for glyph, text in self._said.get(font, {}).items():
            if not texts.get(glyph) or any(_is_private(char) for char in texts[glyph]):
                texts[glyph] = text
        lines = [b"<%04X> <%b>\n" % (glyph, _hex(text)) for glyph, text in sorted(texts.items())]
        sections = [lines[start : start + _SECTION_MAX] for start in range(0, len(lines), _SECTION_MAX)]
        body = b"".join(b"%d beginbfchar\n%bendbfchar\n" % (len(part), b"".join(part)) for part in sections)
        return _HEAD + body + _TAIL


def _read(piece: Piece) -> Iterator[tuple[int, str]]:
    """The glyphs that alone stand for a piece of the text; of several that make up one letter none says it."""
    clusters = piece.glyphs.clusters
    counts = Counter(clusters)
    starts = sorted(counts)
    # A piece may have no glyphs at all, such as a joiner alone.
    ends = dict(zip(starts, [*starts[1:], len(piece.text)], strict=False))
    for glyph, cluster in zip(piece.glyphs.ids, clusters, strict=True):
        if glyph and counts[cluster] == 1:
            yield glyph, piece.text[cluster : ends[cluster]]


def _texts(table: bytes) -> dict[int, str]:
    texts: dict[int, str] = {}
    for section in _SINGLES.findall(table):
        numbers = _NUMBER.findall(section)
        for glyph, text in zip(numbers[::2], numbers[1::2], strict=True):
            texts[int(glyph, 16)] = _text(text)
    for section in _RANGES.findall(table):
        numbers = _NUMBER.findall(section)
        for first, last, text in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            start = _text(text)
            for step in range(int(last, 16) - int(first, 16) + 1):
                texts[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    return texts


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _hex(text: str) -> bytes:
    return text.encode("utf-16-be", "replace").hex().upper().encode()


def _is_private(char: str) -> bool:
    return "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000"
