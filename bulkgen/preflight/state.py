"""What only all rows of a sheet together show: rows that look alike, prices without the others' currency. Pure.

    row, row, … -> Preflight -> Problem, …

Bounded in memory: a million rows cost some thirty megabytes. `Preflight` also remembers what was told once for all
rows, and counts the verdicts on texts.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from bulkgen.preflight.problems import problem
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Problem

# Rows whose content is remembered; those after it are compared with them and not kept.
ROWS_MAX = 4_000_000

# What is told once for all rows: layers times properties, never a matter of rows.
_TOLD_MAX = 10_000

# Prices without a currency that are remembered until it is known what the others do.
_PRICES_MAX = 10_000
# With fewer prices nothing is the rule, and where a fifth differs there is none.
_PRICES_MIN = 5
_EXCEPTIONS_SHARE = 0.2

_MASK = (1 << 64) - 1


class RowsSeen:
    """Contents of rows by hash, and where each was seen first: a table of numbers, some 30 bytes a row."""

    def __init__(self, rows_max: int = ROWS_MAX) -> None:
        self._rows_max = rows_max
        self._count = 0
        self._resize(1 << 10)

    def __repr__(self) -> str:
        return f"<RowsSeen {self._count} of {self._rows_max}>"

    def __len__(self) -> int:
        return self._count

    def see(self, content: int, row: int, key: int) -> tuple[int, int] | None:
        """(row, key) of the first row with this content, None if this is the first. Numbers of 64, 32 and 32 bits."""
        content = content & _MASK or 1  # 0 is an empty place
        place = self._place(content)
        if self._contents[place]:
            return self._rows[place], self._keys[place]
        if self._count < self._rows_max:
            self._contents[place], self._rows[place], self._keys[place] = content, row, key
            self._count += 1
            if self._count * 2 > len(self._contents):
                self._grow()
        return None

    def _place(self, content: int) -> int:
        """Where the content is, or the empty place where it belongs."""
        contents, mask = self._contents, len(self._contents) - 1
        place = content & mask
        while contents[place] and contents[place] != content:
            place = place + 1 & mask
        return place

    def _resize(self, size: int) -> None:
        self._contents = array("Q", bytes(8 * size))
        self._rows = array("I", bytes(array("I").itemsize * size))
        self._keys = array("I", bytes(array("I").itemsize * size))

    def _grow(self) -> None:
        contents, rows, keys = self._contents, self._rows, self._keys
        self._resize(2 * len(contents))
        for index, content in enumerate(contents):
            if content:
                place = self._place(content)
                self._contents[place], self._rows[place], self._keys[place] = content, rows[index], keys[index]


@dataclass(slots=True)
class _Prices:
    """The prices of one layer: how many name a currency, and where those are that do not. `own`: the design's, if it
    names one."""

    own: str = ""
    example: str = ""
    named: int = 0
    unnamed: int = 0
    places: list[tuple[Origin, str]] = field(default_factory=list)


class Preflight:
    """One for the check of a sheet; rows in the sheet's order."""

    def __init__(self, rows_max: int = ROWS_MAX) -> None:
        self.texts: Counter[str] = Counter()
        self._rows = RowsSeen(rows_max)
        self._told: dict[Hashable, int] = {}
        self._prices: dict[str, _Prices] = {}

    def __repr__(self) -> str:
        return f"<Preflight {len(self._rows)} rows, {len(self._told)} told, texts {dict(self.texts)}>"

    def once(self, what: Hashable, row: Row) -> bool:
        """Whether this is the first row that it is told of; it may be told for several formats of that row."""
        if what not in self._told and len(self._told) >= _TOLD_MAX:
            return False
        return self._told.setdefault(what, row.position) == row.position

    def alike(self, row: Row, key: str, content: int) -> Problem | None:
        """A row without a key is named by its content, so that another like it is no surprise."""
        if not key:
            return None
        mark = zlib.crc32(key.encode("utf-8", "surrogatepass"))
        first = self._rows.see(content, row.number, mark)
        if first is None or first[1] == mark:
            return None
        message = (
            f"the row with the key {key!r} has the same content as row {first[0]} of the sheet, whose key is another"
        )
        return problem("rows_alike", row.origin(), message, facts=(("other_row", str(first[0])),))

    def price(self, layer: str, text: str, origin: Origin, *, has_currency: bool, own: str = "") -> None:
        found = self._prices.setdefault(layer, _Prices())
        found.own = found.own or own
        if has_currency:
            found.named += 1
            found.example = found.example or text
            return
        found.unnamed += 1
        if len(found.places) < _PRICES_MAX:
            found.places.append((origin, text))

    def finish(self) -> list[Problem]:
        """What could not be said before the last row was seen."""
        return [one for layer, found in self._prices.items() for one in _without_currency(layer, found)]


def _without_currency(layer: str, found: _Prices) -> Iterator[Problem]:
    """Those that are an exception; where all are alike, the first of them against the design's own."""
    facts = (("layer", layer), ("property", "payload"))
    if not found.named and found.own:
        for origin, text in found.places[:1]:
            others = f", nor does any other of {found.unnamed:,} prices" if found.unnamed > 1 else ""
            said = f"{text!r} names no currency{others}, and the design's own {found.own!r} does"
            yield problem("currency_missing", origin, f"{layer}.payload: {said}", facts=facts)
    if found.named >= _PRICES_MIN and found.unnamed <= _EXCEPTIONS_SHARE * (found.named + found.unnamed):
        for origin, text in found.places:
            said = f"{text!r} names no currency, as {found.named:,} others do ({found.example!r})"
            yield problem("currency_missing", origin, f"{layer}.payload: {said}", facts=facts)
