"""workbook + results -> the same workbook with the result columns in its one sheet, and a summary sheet.

The sheet's part is edited as a stream; the parts that must know of links, looks and the summary sheet get those few
bytes; every other part is copied as it is, so what we do not understand stays. Left out: workbooks that are no
package of XML parts (the reader refuses those), and text tables (`new_workbook`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from bulkgen.report.cells import address_of
from bulkgen.report.columns import ColumnKind, PlacedColumn, columns_of_report, existing_columns, place
from bulkgen.report.limits import Notes
from bulkgen.report.model import ReportInput
from bulkgen.report.package import Package, copy_parts, open_entry
from bulkgen.report.parts import PackagePlan, plan_package
from bulkgen.report.result_cells import ResultCells
from bulkgen.report.result_rows import ResultRows
from bulkgen.report.sheet_cells import CellGrammar, NewCell, new_row, patch_row
from bulkgen.report.sheet_rows import RawRow, SheetRows
from bulkgen.report.sheet_scan import SheetScan, scan

NOTE_FORMULA = "formulas in result columns, left as they were: {n}"
NOTE_SIGNED = (
    "the workbook was signed; the signature does not cover the result columns, so programs will call it broken"
)
NOTE_COVERED = "a picture or chart lies over the result columns; move it aside to see them"

# Bytes collected before they go to the compressor.
_BATCH_BYTES = 1 << 18


def patch_workbook(report: ReportInput, stream: IO[bytes], notes: Notes) -> None:
    """Raises ReportError for a workbook that cannot be edited."""
    with zipfile.ZipFile(report.source) as archive:
        package = Package(archive)
        plan = plan_package(package, report.outline.tab)
        columns = columns_of_report(report)
        with package.open(plan.sheet_part) as part:
            scanned = scan(
                SheetRows(part, plan.sheet_part),
                report.outline.header_row,
                [column.index for column in report.outline.columns],
            )
        existing = existing_columns(columns, report.outline.columns)
        last_header = max((column.index for column in report.outline.columns), default=0)
        claimed = [*scanned.edges.merged_ranges(), *plan.table_ranges(scanned.edges.table_ids())]
        first_free = scanned.first_free(last_header, len(columns) - len(existing), claimed)
        placed = place(columns, report.outline.columns, first_free)
        if plan.is_signed:
            notes.count(NOTE_SIGNED)
        if plan.covers(scanned.edges.drawing_ids(), placed, report.outline.header_row, scanned.last_row):
            notes.count(NOTE_COVERED)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
            copy_parts(package, out, plan.parts_now())
            patch = _SheetPatch(report, placed, scanned, plan, notes)
            entry = package.entry(plan.sheet_part)
            with package.open(plan.sheet_part) as part, open_entry(out, entry) as target:
                patch.write(SheetRows(part, plan.sheet_part), target)
            for name, body in plan.parts_later(patch.relationships, report.summary, notes.texts()):
                out.writestr(name, body)


class _SheetPatch:
    """Writes the edited sheet once; `relationships` is complete when it has."""

    def __init__(
        self,
        report: ReportInput,
        placed: Sequence[PlacedColumn],
        scanned: SheetScan,
        plan: PackagePlan,
        notes: Notes,
    ) -> None:
        self._report = report
        self._scanned = scanned
        self._plan = plan
        self._notes = notes
        self._url_columns = {item.index for item in placed if item.column.kind is ColumnKind.URL}
        kept, gone = self._old_links()
        self.relationships = plan.relationship_edits(gone)
        self._results = ResultCells(placed, plan.looks, self.relationships, notes, linked_before=kept)
        self._written_rows = 0

    def __repr__(self) -> str:
        return f"<_SheetPatch {self._plan.sheet_part} rows={self._written_rows} {self._results!r}>"

    def _is_old_link(self, reference: str) -> bool:
        """A link of an earlier report, in a column and row this report writes anew."""
        address = address_of(reference)
        return address is not None and address[1] in self._url_columns and address[0] > self._report.outline.header_row

    def _old_links(self) -> tuple[int, frozenset[str]]:
        """How many links stay, and the relationships only those that go have used."""
        links = self._scanned.edges.links()
        staying = {relationship for _, reference, relationship in links if not self._is_old_link(reference)}
        going = [relationship for _, reference, relationship in links if self._is_old_link(reference)]
        return len(links) - len(going), frozenset(going) - staying - {""}

    def write(self, rows: SheetRows, target: IO[bytes]) -> None:
        edges = self._scanned.edges
        head = edges.head(
            last_row=self._scanned.last_row,
            last_column=max(self._results.indexes),
            widths=self._results.widths(),
        )
        target.write(head + rows.opening)
        batch: list[bytes] = []
        size = 0
        for piece in self._rows(rows):
            batch.append(piece)
            size += len(piece)
            if size > _BATCH_BYTES:
                target.write(b"".join(batch))
                batch, size = [], 0
        target.write(b"".join(batch))
        target.write(rows.last_gap + rows.closing)
        target.write(edges.rest(self._results.links, self._is_old_link, self._plan.relation_namespace))

    def _rows(self, rows: SheetRows) -> Iterator[bytes]:
        grammar = CellGrammar(rows.prefix)
        results = ResultRows(self._report.rows, self._report.outline.header_row)
        header_row = self._report.outline.header_row
        for row in rows.rows():
            while (result := results.take_before(row.number)) is not None:
                yield new_row(result.number, self._results.of(result, result.number), grammar)
            if row.number == header_row:
                yield self._patched(row, self._results.header(self._scanned.header_style), grammar)
            elif (result := results.take(row.number)) is not None:
                yield self._patched(row, self._results.of(result, row.number), grammar)
            else:
                yield self._patched(row, (), grammar)
        while (result := results.take_before(None)) is not None:
            yield new_row(result.number, self._results.of(result, result.number), grammar)

    def _patched(self, row: RawRow, cells: Sequence[NewCell], grammar: CellGrammar) -> bytes:
        self._written_rows += 1
        patch = patch_row(row, cells, grammar)
        if patch.formulas_kept:
            self._notes.count(NOTE_FORMULA, patch.formulas_kept)
        return patch.row
