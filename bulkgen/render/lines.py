"""Words with widths -> lines, and the largest size at which they fit a box. Arithmetic only; widths are in em.

A `Strip` is a text after shaping, reduced to numbers. Since every width is proportional to the font size, a line of
`w` px at `s` px holds `w / s` em: fitting asks again and again with another measure and never shapes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Sizes tried between the design's and the smallest: quarter pixels, finer than an eye tells apart.
SIZE_STEP_PX = 0.25

# `text_harmony` (reference 7.4): line lengths within 20 %, here of their mean, by letter spacing of up to 20, here
# thousandths of an em, the typesetter's unit. Of the size it would tear words apart.
UNEVENNESS_MAX = 0.2
TRACKING_MAX_EM = 0.02

# Sums of advances differ in the last bits by order; a hair must not send a word to the next line.
_HAIR_EM = 1e-6


@dataclass(frozen=True, slots=True)
class Strip:
    """`widths[i]` of word i, `spaces[i]` of the white space behind it, `breaks[i]`: the line ends after it anyway.

    `tails[i]` is the width of the hyphen that is seen if a line ends after word i; empty if no word has one.
    """

    widths: tuple[float, ...]
    spaces: tuple[float, ...]
    breaks: tuple[bool, ...]
    tails: tuple[float, ...] = ()

    def widest(self) -> float:
        """The narrowest measure that breaks no word; a lone part needs its hyphen."""
        if self.tails:
            return max((width + tail for width, tail in zip(self.widths, self.tails, strict=True)), default=0.0)
        return max(self.widths, default=0.0)


@dataclass(frozen=True, slots=True)
class Room:
    """A box in px and how lines fill it. `first_em` is the height of one line alone, `step_em` from line to line."""

    width: float
    height: float
    first_em: float
    step_em: float
    max_lines: int | None = None

    def lines_at(self, size: float) -> int:
        """How many lines of `size` px there is room for."""
        spare = self.height / size - self.first_em
        if spare < -_HAIR_EM * 100:
            return 0
        count = 1 + int((spare + _HAIR_EM * 100) / self.step_em)
        return count if self.max_lines is None else min(count, self.max_lines)


def wrap(strip: Strip, measure: float) -> list[int]:
    """The index after the last word of each line. A word wider than the measure has a line of its own."""
    if strip.tails:
        return _wrap_with_tails(strip, measure)
    ends: list[int] = []
    used = 0.0
    is_start = True
    widths, spaces, breaks = strip.widths, strip.spaces, strip.breaks
    last = len(widths) - 1
    for index, width in enumerate(widths):
        if not is_start and used + width > measure + _HAIR_EM:
            ends.append(index)
            used = 0.0
        used += width + spaces[index]
        is_start = False
        if breaks[index] and index != last:
            ends.append(index + 1)
            used, is_start = 0.0, True
    ends.append(len(widths))
    return ends


def _wrap_with_tails(strip: Strip, measure: float) -> list[int]:
    """As `wrap`, where a line that ends in a hyphen needs room for it: it may have to end some parts earlier."""
    ends: list[int] = []
    start, last = 0, len(strip.widths) - 1
    while start <= last:
        used, good = 0.0, start
        for index in range(start, last + 1):
            used += strip.widths[index]
            if index > start and used > measure + _HAIR_EM:
                break
            if used + strip.tails[index] <= measure + _HAIR_EM:
                good = index
            if strip.breaks[index] or index == last:
                good = index
                break
            used += strip.spaces[index]
        ends.append(good + 1)
        start = good + 1
    return ends or [0]


def widths_of(strip: Strip, ends: Sequence[int]) -> list[float]:
    """What each line takes up."""
    found = []
    start = 0
    for end in ends:
        width = sum(strip.widths[start:end]) + sum(strip.spaces[start : end - 1])
        found.append(width + (strip.tails[end - 1] if strip.tails and end else 0.0))
        start = end
    return found


def evened(widths: Sequence[float], letters: Sequence[int], measure: float) -> list[float] | None:
    """Spacing per letter and line that brings all lines within a fifth of their mean; None if no such spacing may."""
    low, high = 0.0, TRACKING_MAX_EM
    if not _is_even(_tracked(widths, letters, measure, high)):
        return None
    if _is_even(widths):
        return [0.0] * len(widths)
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if _is_even(_tracked(widths, letters, measure, middle)) else (middle, high)
    tracked = _tracked(widths, letters, measure, high)
    return [(new - old) / count if count else 0.0 for new, old, count in zip(tracked, widths, letters, strict=True)]


def _tracked(widths: Sequence[float], letters: Sequence[int], measure: float, most: float) -> list[float]:
    """Each line moved towards the mean of all, by at most `most` a letter; none wider than the measure."""
    goal = sum(widths) / len(widths)
    return [
        min(max(goal, width - count * most), width + count * most, max(measure, width))
        for width, count in zip(widths, letters, strict=True)
    ]


def _is_even(widths: Sequence[float]) -> bool:
    mean = sum(widths) / len(widths)
    reach = mean * UNEVENNESS_MAX + _HAIR_EM
    return all(abs(width - mean) <= reach for width in widths)


def largest_size(strip: Strip, room: Room, size: float, smallest: float) -> float | None:
    """The largest size from `size` down to `smallest` at which all fits with no word broken; None if none does."""
    if _fits(strip, room, size):
        return size
    if smallest >= size or not _fits(strip, room, smallest):
        return None
    low, high = 0, int((size - smallest) / SIZE_STEP_PX)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(strip, room, smallest + middle * SIZE_STEP_PX):
            low = middle
        else:
            high = middle - 1
    return smallest + low * SIZE_STEP_PX


def balanced(strip: Strip, measure: float) -> list[int]:
    """Lines as even as may be without becoming more of them: the narrowest measure that gives the same number."""
    ends = wrap(strip, measure)
    low, high = max(strip.widest(), measure / 4), measure
    if len(ends) < 2 or low >= high:
        return ends
    for _ in range(12):
        middle = (low + high) / 2
        if len(wrap(strip, middle)) <= len(ends):
            high = middle
        else:
            low = middle
    return wrap(strip, high)


def _fits(strip: Strip, room: Room, size: float) -> bool:
    measure = room.width / size
    if strip.widest() > measure + _HAIR_EM:
        return False
    return len(wrap(strip, measure)) <= room.lines_at(size)
