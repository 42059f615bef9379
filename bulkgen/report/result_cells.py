"""A row's result -> its cells in a worksheet, with their looks and links. Pure.

Serves the workbook that is edited and the one that is new. Left out: how a cell gets among others (`sheet_cells`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bulkgen.report.cells import held_texts
from bulkgen.report.columns import ColumnKind, PlacedColumn
from bulkgen.report.limits import MAX_LINK_CHARS, MAX_LINKS, NOTE_LONG_LINK, NOTE_NOT_LINKED, Notes
from bulkgen.report.links import link_target
from bulkgen.report.model import ResultRow
from bulkgen.report.relationships import RelationshipEdits
from bulkgen.report.sheet_cells import NewCell
from bulkgen.report.sheet_edges import Link
from bulkgen.report.styles import Looks
from bulkgen.sheet.header import column_letter

# In characters of the body font: wide enough to tell rows apart, narrow enough that all columns fit a screen or two.
_WIDTHS = {
    ColumnKind.URL: 42.0,
    ColumnKind.FILE: 36.0,
    ColumnKind.ERROR: 36.0,
    ColumnKind.FALLBACK: 36.0,
    ColumnKind.DURATION: 15.0,
    ColumnKind.STATUS: 15.0,
    ColumnKind.DETAIL: 40.0,
    ColumnKind.REQUEST: 38.0,
}

# A name of its own is read whole, up to the width of what is widest anyhow.
_WIDEST_FOR_ITS_NAME = 42.0

_LINKED = (ColumnKind.URL, ColumnKind.FALLBACK)


@dataclass(frozen=True, slots=True)
class _Look:
    """How a result column is written: where, and with which cell format."""

    placed: PlacedColumn
    style: int | None


class ResultCells:
    """`links` are those of the cells made so far; `linked_before` how many others the sheet has."""

    def __init__(
        self,
        placed: Sequence[PlacedColumn],
        looks: Looks,
        relationships: RelationshipEdits,
        notes: Notes,
        *,
        linked_before: int = 0,
    ) -> None:
        self._columns = tuple(item.column for item in placed)
        self._looks = tuple(_Look(item, _style_of(item.column.kind, looks)) for item in placed)
        self._relationships = relationships
        self._notes = notes
        self._linked_before = linked_before
        self._is_in_order = list(self.indexes) == sorted(self.indexes)
        self.links: list[Link] = []

    def __repr__(self) -> str:
        return f"<ResultCells columns={list(self.indexes)} links={self._linked_before}+{len(self.links)}>"

    @property
    def indexes(self) -> Iterable[int]:
        return [look.placed.index for look in self._looks]

    @property
    def url_indexes(self) -> frozenset[int]:
        return frozenset(look.placed.index for look in self._looks if look.placed.column.kind in _LINKED)

    def widths(self) -> dict[int, float]:
        """Of the columns the sheet did not have; the others keep what somebody may have chosen."""
        new = (look.placed for look in self._looks if look.placed.is_new)
        return {
            placed.index: max(_WIDTHS[placed.column.kind], min(len(placed.column.name) + 2.0, _WIDEST_FOR_ITS_NAME))
            for placed in new
        }

    def header(self, style: int | None) -> list[NewCell]:
        new = (look.placed for look in self._looks if look.placed.is_new)
        return [NewCell(placed.index, placed.column.name, style, True) for placed in new]

    def of(self, result: ResultRow, row: int) -> list[NewCell]:
        """In column order, for row number `row` of the sheet that is written."""
        texts = held_texts(result, self._columns, self._notes)
        cells = [self._cell(result, row, look, text) for look, text in zip(self._looks, texts, strict=True)]
        return cells if self._is_in_order else sorted(cells, key=lambda cell: cell.column)

    def _cell(self, result: ResultRow, row: int, look: _Look, text: str) -> NewCell:
        placed = look.placed
        style = look.style
        if placed.column.kind in _LINKED and text:
            banner = result.formats.get(placed.column.output)
            # Where both are the same, the address is the way to a file that we put beside the report.
            target = link_target(text, is_file=banner is not None and banner.url == banner.file)
            if not self._link(f"{column_letter(placed.index)}{row}", target):
                style = None
        # A program for tables marks a number that is a text as a mistake, and adds none of them up.
        is_number = placed.column.kind is ColumnKind.DURATION and bool(text)
        return NewCell(placed.index, text, style, placed.is_new, is_number)

    def _link(self, reference: str, target: str | None) -> bool:
        if target is None:
            return False
        if len(target) > MAX_LINK_CHARS:
            self._notes.count(NOTE_LONG_LINK)
            return False
        if self._linked_before + len(self.links) >= MAX_LINKS:
            self._notes.count(NOTE_NOT_LINKED)
            return False
        self.links.append(Link(reference, self._relationships.add_link(target)))
        return True


def _style_of(kind: ColumnKind, looks: Looks) -> int | None:
    match kind:
        case ColumnKind.URL | ColumnKind.FALLBACK:
            return looks.link
        case ColumnKind.ERROR:
            return looks.problem
        case _:
            return None
