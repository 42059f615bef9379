"""A set of row numbers, a bit each: a million rows take 125 kB, in whatever order they come. Pure."""

from __future__ import annotations


class RowSet:
    def __init__(self) -> None:
        self._bits = bytearray()
        self._count = 0

    def __repr__(self) -> str:
        return f"<RowSet of {self._count:,}>"

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        at = number >> 3
        return 0 <= at < len(self._bits) and bool(self._bits[at] & 1 << (number & 7))

    def add(self, number: int) -> None:
        """`number` is a row's own, from 0 on."""
        at = number >> 3
        if at >= len(self._bits):
            # Half as much again, so that a long sheet is not copied for each of its rows.
            self._bits.extend(bytes(at + 1 - len(self._bits) + len(self._bits) // 2))
        bit = 1 << (number & 7)
        if not self._bits[at] & bit:
            self._bits[at] |= bit
            self._count += 1
