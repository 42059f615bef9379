"""What stands after the rows of a sheet part and still changes how its cells read: merged ranges and links.

    a sheet part -> Edges

The rows are passed over as bytes: parsing them all to reach the end would cost as much as reading the sheet. Left out:
where the links lead, which no cell shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO, TypeVar

from bulkgen.sheet.header import column_place

_BLOCK_BYTES = 1 << 20
# A sheet holds 65,530 links at most, at a hundred-odd bytes each; more than this behind the rows is not looked at.
_MAX_TAIL_BYTES = 32 * 1024**2
# Rows that merged ranges may take part in; a range down a whole column is one cell in ten thousand rows of no text.
_MAX_MERGED_ROWS = 200_000

_END_OF_ROWS = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>")
_LONGEST_MARK = 128
_MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']+)[\"']")
_LINK = re.compile(rb"<(?:[\w.-]+:)?hyperlink\s[^>]*?ref\s*=\s*[\"']([^\"']+)[\"']")
_CORNER = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

T = TypeVar("T")


@dataclass(slots=True)
class Edges:
    """`covered`: row -> spans of columns that a merged cell hides. `linked`: the (row, column) places with a link."""

    covered: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    linked: set[tuple[int, int]] = field(default_factory=set)
    # Ranges over several rows: (first row, the range as the part has it).
    tall: list[tuple[int, str]] = field(default_factory=list)

    def uncover(self, number: int, cells: dict[int, T]) -> None:
        """Take out what a person cannot see: the cells under a merged one that is not theirs."""
        for first, last in self.covered.get(number, ()):
            for place in [place for place in cells if first <= place <= last]:
                del cells[place]


def read_edges(stream: IO[bytes]) -> Edges:
    tail = _tail(stream)
    edges = Edges()
    for found in _MERGED.finditer(tail):
        corners = _corners(found[1].decode("ascii", "replace"))
        if corners is not None:
            _cover(edges.covered, *corners)
            if corners[2] > corners[0]:
                edges.tall.append((corners[0], found[1].decode("ascii", "replace")))
    for found in _LINK.finditer(tail):
        corners = _corners(found[1].decode("ascii", "replace"))
        if corners is not None:
            edges.linked.add(corners[:2])
    return edges


def _tail(stream: IO[bytes]) -> bytes:
    """The bytes after the rows, or nothing where the part has no end of rows."""
    held = b""
    while block := stream.read(_BLOCK_BYTES):
        window = held + block
        found = _END_OF_ROWS.search(window)
        if found:
            return window[found.end() :] + stream.read(_MAX_TAIL_BYTES)
        held = window[-_LONGEST_MARK:]
    return b""


def _corners(reference: str) -> tuple[int, int, int, int] | None:
    """(top, left, bottom, right)"""
    first, _, last = reference.partition(":")
    start, end = _CORNER.fullmatch(first), _CORNER.fullmatch(last or first)
    if start is None or end is None:
        return None
    top, left, bottom, right = int(start[2]), column_place(start[1]), int(end[2]), column_place(end[1])
    return (top, left, bottom, right) if left and right else None


def _cover(covered: dict[int, list[tuple[int, int]]], top: int, left: int, bottom: int, right: int) -> None:
    for row in range(top, min(bottom, top + _MAX_MERGED_ROWS) + 1):
        if len(covered) >= _MAX_MERGED_ROWS:
            return
        first = left + 1 if row == top else left
        if first <= right:
            covered.setdefault(row, []).append((first, right))
