"""A text -> the stretches that no line may cut, with the white space behind them.

Latin, Greek and Cyrillic text is parted here, by what readers of banners expect: at spaces, and inside words only after
a hyphen, dash or slash that stands between two letters each, so that "2-in-1" and "T-Shirt" stay whole. All other text
goes by the Unicode rules (`line_rules`), with the same care for hyphens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bulkgen.render.thai import has_thai, word_edges

SOFT_HYPHEN = "\u00ad"

_SPACE = " \t\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"
_WORD = re.compile(f"(?P<word>[^{_SPACE}\u200b]*)(?P<space>[{_SPACE}\u200b]*)")
_BEHIND = re.compile(f"[{_SPACE}\u200b]+$")
_JOINERS = "-\u2010–—/"
_INNER = re.compile(f"(?<=[^\\W\\d_]{{2}}[{_JOINERS}])(?=[^\\W\\d_]{{2}})|(?<={SOFT_HYPHEN})(?!$)")
_ANY_INNER = re.compile(f"[{_JOINERS}{SOFT_HYPHEN}]")

# Scripts that part words by spaces and nothing else, their punctuation, and signs that stand among them.
_LATIN_END = "\u0590"
_PLAIN = re.compile("[\u0000-\u058f\u1e00-\u1fff\u2000-\u245f\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\ufb06]*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """`text[start:end]` is seen, up to `space_end` is space. `is_soft`: a hyphen is seen if the line ends here."""

    start: int
    end: int
    space_end: int
    ends_paragraph: bool = False
    is_soft: bool = False


def stretches(text: str) -> Iterator[Stretch]:
    """A paragraph that ends in a line break ends in a stretch that says so, empty or not."""
    at = 0
    while at < len(text):
        line_end = text.find("\n", at)
        stop = len(text) if line_end < 0 else line_end
        found = list(_of_paragraph(text, at, stop))
        if line_end >= 0:
            last = found.pop() if found else Stretch(at, at, at)
            found.append(Stretch(last.start, last.end, last.space_end, ends_paragraph=True))
        yield from found
        at = stop + 1


def _of_paragraph(text: str, start: int, stop: int) -> Iterator[Stretch]:
    if _PLAIN.fullmatch(text, start, stop):
        has_inner = _ANY_INNER.search(text, start, stop) is not None
        for match in _WORD.finditer(text, start, stop):
            left, right = match.span()
            if left == right:
                continue
            if has_inner:
                inner = [cut.start() for cut in _INNER.finditer(match.group("word"))]
                yield from _parted(text, left, match.end("word"), right, inner)
            else:
                yield Stretch(left, match.end("word"), right)
        return
    from bulkgen.render.line_rules import opportunities

    line = text[start:stop]
    places = [at for at in opportunities(line) if _is_wanted(line, at)]
    if has_thai(line):
        places = sorted({*places, *word_edges(line)})
    for left, right in pairwise([0, *places, len(line)]):
        behind = _BEHIND.search(line, left, right)
        end = start + (behind.start() if behind else right)
        is_soft = line[right - 1] == SOFT_HYPHEN and right < len(line)
        yield Stretch(start + left, end, start + right, is_soft=is_soft)


def _parted(text: str, start: int, end: int, space_end: int, inner: list[int]) -> Iterator[Stretch]:
    edges = [start, *(start + cut for cut in inner if 0 < cut < end - start), end]
    for left, right in pairwise(edges[:-1]):
        yield Stretch(left, right, right, is_soft=text[right - 1] == SOFT_HYPHEN)
    yield Stretch(edges[-2], end, space_end)


def _is_wanted(line: str, at: int) -> bool:
    """Between Latin letters the house's care for hyphens and slashes comes before the general rules."""
    if line[at - 1] not in _JOINERS or line[at] >= _LATIN_END or at < 2 or line[at - 2] >= _LATIN_END:
        return True
    return _INNER.match(line, at) is not None
