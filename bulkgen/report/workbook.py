"""workbook + results -> the same workbook with the result columns in its one sheet, and a summary sheet.

The sheet's part is edited as a stream; the parts that must know of links, looks and the summary sheet get those few
bytes; every other part is copied as it is, so what we do not understand stays. Left out: workbooks that are no
package of XML parts (`new_workbook` writes those anew).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from bulkgen.errors import ReportError
from bulkgen.report.cells import address_of, held_texts, letters
from bulkgen.report.columns import ColumnKind, PlacedColumn, ResultColumn, columns_of, existing_columns, place
from bulkgen.report.limits import MAX_LINK_CHARS, MAX_LINKS, NOTE_LONG_LINK, NOTE_NOT_LINKED, Notes
from bulkgen.report.links import link_target
from bulkgen.report.model import ReportInput, ResultRow
from bulkgen.report.package import Package, copy_parts, open_entry
from bulkgen.report.parts import PackagePlan, plan_package
from bulkgen.report.result_rows import ResultRows
from bulkgen.report.sheet_cells import CellGrammar, NewCell, new_row, patch_row
from bulkgen.report.sheet_edges import Link
from bulkgen.report.sheet_rows import RawRow, SheetRows
from bulkgen.report.sheet_scan import SheetScan, scan
from bulkgen.report.styles import Looks

NOTE_FORMULA = "formulas in result columns, left as they were: {n}"
NOTE_SIGNED = (
    "the workbook was signed; the signature does not cover the result columns, so programs will call it broken"
)
NOTE_COVERED = "a picture or chart lies over the result columns; move it aside to see them"

# In characters of the body font: wide enough to tell rows apart, narrow enough that all columns fit a screen or two.
_WIDTHS = {
    ColumnKind.URL: 30.0,
    ColumnKind.FILE: 24.0,
    ColumnKind.ERROR: 32.0,
    ColumnKind.STATUS: 15.0,
    ColumnKind.DETAIL: 40.0,
    ColumnKind.REQUEST: 38.0,
}
# Bytes collected before they go to the compressor.
_BATCH_BYTES = 1 << 18


def patch_workbook(report: ReportInput, stream: IO[bytes], suffix: str, notes: Notes) -> None:
    """Raises ReportError for a workbook that cannot be edited, and for a `suffix` that Excel would not open."""
    with zipfile.ZipFile(report.source) as archive:
        package = Package(archive)
        plan = plan_package(package, report.outline.tab)
        refuse_other_kind(plan.main_content_type, suffix)
        columns = columns_of(report.formats, report.is_multipage)
        with package.open(plan.sheet_part) as part:
            scanned = scan(
                SheetRows(part, plan.sheet_part),
                report.outline.header_row,
                [column.index for column in report.outline.columns],
            )
        existing = existing_columns(columns, report.outline.columns)
        last_header = max((column.index for column in report.outline.columns), default=0)
        first_free = scanned.first_free(last_header, len(columns) - len(existing))
        placed = place(columns, report.outline.columns, first_free)
        if plan.is_signed:
            notes.count(NOTE_SIGNED)
        if plan.covers(scanned.edges.drawing_ids(), placed, report.outline.header_row, scanned.last_row):
            notes.count(NOTE_COVERED)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
            copy_parts(package, out, plan.parts_now())
            patch = _SheetPatch(report, placed, scanned, plan, notes)
            entry = package.entry(plan.sheet_part)
            with package.open(plan.sheet_part) as part, open_entry(out, entry.filename, entry) as target:
                patch.write(SheetRows(part, plan.sheet_part), target)
            for name, body in plan.parts_later(patch.relationships, report.summary, notes.texts()):
                out.writestr(name, body)


@dataclass(frozen=True, slots=True)
class _Look:
    """How a result column is written: where, and with which cell format."""

    placed: PlacedColumn
    style: int | None

    @property
    def is_url(self) -> bool:
        return self.placed.column.kind is ColumnKind.URL


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
        self._columns: tuple[ResultColumn, ...] = tuple(item.column for item in placed)
        looks = plan.looks
        self._looks = [_Look(item, _style_of(item.column, looks)) for item in placed]
        self._url_columns = {look.placed.index for look in self._looks if look.is_url}
        indexes = [item.index for item in placed]
        self._is_in_order = indexes == sorted(indexes)
        self._links: list[Link] = []
        kept, gone = self._old_links()
        self._links_left = MAX_LINKS - kept
        self.relationships = plan.relationship_edits(gone)
        self._written_rows = 0

    def __repr__(self) -> str:
        return f"<_SheetPatch {self._plan.sheet_part} rows={self._written_rows} links={len(self._links)}>"

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
            last_column=max(look.placed.index for look in self._looks),
            widths={look.placed.index: _WIDTHS[look.placed.column.kind] for look in self._looks if look.placed.is_new},
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
        target.write(edges.rest(self._links, self._is_old_link, self._plan.relation_namespace))

    def _rows(self, rows: SheetRows) -> Iterator[bytes]:
        grammar = CellGrammar(rows.prefix)
        results = ResultRows(self._report.rows)
        header_row = self._report.outline.header_row
        for row in rows.rows():
            while (result := results.take_before(row.number)) is not None:
                yield new_row(result.number, self._result_cells(result), grammar)
            if row.number == header_row:
                yield self._patched(row, self._header_cells(), grammar)
            elif (result := results.take(row.number)) is not None:
                yield self._patched(row, self._result_cells(result), grammar)
            else:
                yield self._patched(row, (), grammar)
        while (result := results.take_before(None)) is not None:
            yield new_row(result.number, self._result_cells(result), grammar)

    def _patched(self, row: RawRow, cells: Sequence[NewCell], grammar: CellGrammar) -> bytes:
        self._written_rows += 1
        patch = patch_row(row, cells, grammar)
        if patch.formulas_kept:
            self._notes.count(NOTE_FORMULA, patch.formulas_kept)
        return patch.row

    def _header_cells(self) -> list[NewCell]:
        style = self._scanned.header_style
        new = [look.placed for look in self._looks if look.placed.is_new]
        return [NewCell(placed.index, placed.column.name, style, True) for placed in new]

    def _result_cells(self, result: ResultRow) -> list[NewCell]:
        texts = held_texts(result, self._columns, self._notes)
        cells = [self._cell(result.number, look, text) for look, text in zip(self._looks, texts, strict=True)]
        return cells if self._is_in_order else sorted(cells, key=lambda cell: cell.column)

    def _cell(self, row: int, look: _Look, text: str) -> NewCell:
        placed = look.placed
        is_plain = look.is_url and not self._link(row, placed.index, text)
        return NewCell(placed.index, text, None if is_plain else look.style, placed.is_new)

    def _link(self, row: int, column: int, text: str) -> bool:
        target = link_target(text)
        if target is None:
            return False
        if len(target) > MAX_LINK_CHARS:
            self._notes.count(NOTE_LONG_LINK)
            return False
        if self._links_left <= 0:
            self._notes.count(NOTE_NOT_LINKED)
            return False
        self._links_left -= 1
        self._links.append(Link(f"{letters(column)}{row}", self.relationships.add_link(target)))
        return True


def _style_of(column: ResultColumn, looks: Looks) -> int | None:
    match column.kind:
        case ColumnKind.URL:
            return looks.link
        case ColumnKind.ERROR:
            return looks.problem
        case _:
            return None


def refuse_other_kind(main_content_type: str, suffix: str) -> None:
    """Excel opens no workbook whose name says another kind than its content."""
    has_macros = "macroEnabled" in main_content_type
    if has_macros != (suffix.lower() == ".xlsm"):
        kind, name = ("has macros", ".xlsm") if has_macros else ("has no macros", ".xlsx")
        raise ReportError(
            f"the workbook {kind}, and Excel opens it only under a name that ends in {name}",
            code="report_name",
            hint=f"Name the report with {name}",
        )
