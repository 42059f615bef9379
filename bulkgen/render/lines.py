"""Words with widths -> lines, and the largest size at which they fit a box. Arithmetic only; widths are in em.

A `Strip` is a text after shaping, reduced to numbers. Since every width is proportional to the font size, a line of
`w` px at `s` px holds `w / s` em: fitting asks again and again with another measure and never shapes again.
"""

from __future__ import annotations

from dataclasses import dataclass

# Sizes tried between the design's and the smallest: quarter pixels, finer than an eye tells apart.
SIZE_STEP_PX = 0.25

# Sums of advances differ in the last bits by order; a hair must not send a word to the next line.
_HAIR_EM = 1e-6


@dataclass(frozen=True, slots=True)
class Strip:
    """`widths[i]` of word i, `spaces[i]` of the white space behind it, `breaks[i]`: the line ends after it anyway."""

    widths: tuple[float, ...]
    spaces: tuple[float, ...]
    breaks: tuple[bool, ...]

    def widest(self) -> float:
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
