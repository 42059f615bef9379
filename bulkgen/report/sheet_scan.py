"""One reading of a worksheet part before it is edited: which columns are free, how the header looks, what is linked.

A second reading is cheap beside a wrong guess: the extent a sheet states is often not the one it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bulkgen.errors import ReportError
from bulkgen.report.cells import corners_of
from bulkgen.report.limits import MAX_COLUMNS
from bulkgen.report.sheet_cells import CellGrammar
from bulkgen.report.sheet_edges import SheetEdges
from bulkgen.report.sheet_rows import SheetRows


@dataclass(frozen=True, slots=True)
class SheetScan:
    """`used` are the columns in which anything stands from the header row down."""

    edges: SheetEdges
    used: frozenset[int]
    header_style: int | None
    header_row: int
    last_row: int

    def first_free(self, last_header_column: int, wanted: int, claimed: Iterable[str]) -> int:
        """Where `wanted` columns fit: beside the headers when nothing stands there, else right of everything.

        `claimed` are ranges that belong to somebody though their cells may be empty: merged cells, tables. One that
        takes the whole width of a sheet is a line across it, which results may cross.
        """
        taken = set(self.used)
        for corners in filter(None, map(corners_of, claimed)):
            if corners[2] >= self.header_row and corners[0] <= self.last_row:
                taken.update(range(corners[1], corners[3] + 1))
        beside = range(last_header_column + 1, last_header_column + 1 + wanted)
        for used in (taken, self.used):
            first = beside.start if used.isdisjoint(beside) else max(used) + 1
            if first + wanted - 1 <= MAX_COLUMNS:
                return first
        raise ReportError(
            f"{wanted} result columns do not fit: column {max(self.used):,} of the {MAX_COLUMNS:,} of a sheet is used",
            code="too_many_columns",
            hint="Write the report as text instead: -o NAME.csv",
        )


def scan(rows: SheetRows, header_row: int, header_columns: Collection[int]) -> SheetScan:
    grammar = CellGrammar(rows.prefix)
    last_header = max(header_columns, default=1)
    used: set[int] = set(header_columns)
    header_style: int | None = None
    last_row = header_row
    before = 0
    for row in rows.rows():
        if row.number <= before:
            raise ReportError(
                f"the rows of the sheet are not in order: {row.number} after {before}",
                code="unsupported_workbook",
                hint="Open the workbook, save it, and run again; or write the report as text: -o NAME.csv",
            )
        before = last_row = row.number
        if row.number < header_row:
            continue
        last = grammar.last_cell(row.content)
        # Most rows end before or at the last header, and then nothing new can be learnt from them.
        if row.number > header_row and last is not None and last[1] <= last_header:
            continue
        for cell in grammar.cells(row.content):
            if cell.is_used and cell.column > last_header:
                used.add(cell.column)
            if row.number == header_row and cell.column <= last_header:
                header_style = cell.style
    edges = SheetEdges(rows.head, rows.rest)
    return SheetScan(edges, frozenset(used), header_style, header_row, max(last_row, header_row))
