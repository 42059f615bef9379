"""One face: a font file at one position of its axes. Says what it covers, how it measures, and shapes text.

All lengths are in em, so that a text is shaped once and every later question (does it fit, at what size) is arithmetic.
The face of the drawing library is made by `skia_memory.typeface` and kept here by whoever draws first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import uharfbuzz as hb

# Words kept per face; a run of a thousand rows repeats most of its words, and a word is about 1 kB.
_WORDS_MAX = 4_000
_WORD_LENGTH_MAX = 64

_Key = tuple[str, bool, bool, bool, str, str]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A shaped piece of text, in visual order. `clusters[i]` is the index of the character glyph i belongs to.

    `width` is the sum of the advances, `count` the number of glyphs that advance, behind which letter spacing goes.
    """

    ids: tuple[int, ...]
    clusters: tuple[int, ...]
    advances: tuple[float, ...]
    x_offsets: tuple[float, ...]
    y_offsets: tuple[float, ...]
    is_flat: bool  # no glyph is offset
    width: float
    count: int


NO_GLYPHS = Glyphs((), (), (), (), (), is_flat=True, width=0.0, count=0)


@dataclass(frozen=True, slots=True)
class Description:
    """What a font file says of itself."""

    family: str
    weight: int
    is_italic: bool
    axes: Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Distances from the baseline in em, all positive."""

    ascent: float
    descent: float
    cap_height: float
    x_height: float


def describe_file(path: Path) -> Description:
    """Raises OSError, and ValueError for what is no font."""
    body = path.read_bytes()
    face = _face(body)
    name = face.get_name(hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY) or face.get_name(hb.OTNameIdPredefined.FONT_FAMILY)
    os2 = face.reference_table("OS/2").data or b""
    weight = int.from_bytes(os2[4:6], "big") if len(os2) >= 64 else 400
    axes = {axis.tag: (float(axis.min_value), float(axis.max_value)) for axis in face.axis_infos}
    is_italic = len(os2) >= 64 and bool(int.from_bytes(os2[62:64], "big") & 1)
    return Description(name or path.stem, min(max(weight, 1), 1000), is_italic, axes)


@lru_cache(maxsize=4096)
def script_of(char: str) -> str:
    """Four letters as in ISO 15924, "" for what all scripts share."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(char)])
    buffer.guess_segment_properties()
    return str(buffer.script or "")


@lru_cache(maxsize=64)
def _source(path: Path) -> tuple[bytes, Any, frozenset[int]]:
    body = path.read_bytes()
    face = _face(body)
    return body, face, frozenset(face.unicodes)


def _face(body: bytes) -> Any:
    face = hb.Face(body)
    if not face.glyph_count or not face.upem or not face.unicodes:
        raise ValueError("no font that can be read")
    return face


class Face:
    """Not shared between threads: the shaper keeps state in its font.

    Raises OSError, and ValueError for what is no font.
    """

    def __init__(self, path: Path, position: Mapping[str, float]) -> None:
        self.path = path
        self.position = dict(position)
        self.body, face, self._unicodes = _source(path)
        self._font = hb.Font(face)
        # Read from the table of contents; pictures in a font need none of the paints that letters get.
        self.is_color = bool(face.has_color_layers or face.has_color_paint or face.has_color_png or face.has_color_svg)
        if position:
            self._font.set_variations(self.position)
        self._em = float(face.upem)
        self._words: OrderedDict[_Key, Glyphs] = OrderedDict()
        self.metrics = self._measure()
        self.typeface: Any = None  # filled by the painter

    def __repr__(self) -> str:
        position = ", ".join(f"{tag}={value:g}" for tag, value in self.position.items())
        return f"Face({self.path.name}{f' at {position}' if position else ''}; {len(self._words)} words)"

    def has(self, codepoint: int) -> bool:
        return codepoint in self._unicodes

    def covers(self, text: str) -> bool:
        return self._unicodes.issuperset(map(ord, text))

    def shape(
        self, text: str, *, rtl: bool, tabular: bool, ligatures: bool = True, before: str = "", after: str = ""
    ) -> Glyphs:
        """`text` is of one direction and script and has no character that the face lacks.

        Letters of joined scripts take the form that `before` and `after`, which are not shaped, ask of them.
        """
        key = (text, rtl, tabular, ligatures, before, after)
        known = self._words.get(key)
        if known is not None:
            self._words.move_to_end(key)
            return known
        buffer = hb.Buffer()
        buffer.add_codepoints([ord(char) for char in before + text + after], len(before), len(text))
        # Without it the shaper asks the machine's locale, and a Turkish server would set other ligatures.
        buffer.language = "und"
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        features = {"kern": True, "liga": ligatures, "clig": ligatures, **({"tnum": True} if tabular else {})}
        hb.shape(self._font, buffer, features)
        infos, positions, em = buffer.glyph_infos or (), buffer.glyph_positions or (), self._em
        x_offsets = tuple(item.x_offset / em for item in positions)
        y_offsets = tuple(item.y_offset / em for item in positions)
        advances = tuple(item.x_advance / em for item in positions)
        glyphs = Glyphs(
            tuple(item.codepoint for item in infos),
            tuple(item.cluster - len(before) for item in infos),
            advances,
            x_offsets,
            y_offsets,
            not any(x_offsets) and not any(y_offsets),
            sum(advances),
            sum(1 for advance in advances if advance),
        )
        if len(text) <= _WORD_LENGTH_MAX:
            self._words[key] = glyphs
        if len(self._words) > _WORDS_MAX:
            self._words.popitem(last=False)
        return glyphs

    def _measure(self) -> Metrics:
        extents = self._font.get_font_extents("ltr")
        cap = self._font.get_metric_position(hb.OTMetricsTag.CAP_HEIGHT) or self._top_of("H")
        x_height = self._font.get_metric_position(hb.OTMetricsTag.X_HEIGHT) or self._top_of("x")
        return Metrics(
            extents.ascender / self._em,
            -extents.descender / self._em,
            (cap or 0.7 * self._em) / self._em,
            (x_height or 0.5 * self._em) / self._em,
        )

    def _top_of(self, character: str) -> float:
        glyph = self._font.get_nominal_glyph(ord(character))
        extents = self._font.get_glyph_extents(glyph) if glyph else None
        return float(extents.y_bearing) if extents else 0.0
