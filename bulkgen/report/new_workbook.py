"""text table + results -> a new workbook: the table's rows with the result columns, and the summary sheet.

One pass, without holding the rows. Every cell is text, as it was: a number would lose its zeros, and a formula would
be somebody else's. More rows than a sheet can hold go on in the next sheet, under the same header. Left out: workbooks
that are there already (`workbook` edits those).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO

from bulkgen.errors import ReportError
from bulkgen.report.cells import text_cell
from bulkgen.report.columns import columns_of_report, place
from bulkgen.report.limits import MAX_COLUMNS, MAX_ROWS, Notes, clean, cut
from bulkgen.report.model import ReportInput, ResultRow
from bulkgen.report.new_package import SUMMARY_PART, frame_parts, styles_and_looks, table_part
from bulkgen.report.package import new_entry, open_new_entry, relationships_part
from bulkgen.report.parts import MAIN_NAMESPACE, RELATION_NAMESPACE
from bulkgen.report.raw_records import RawRecord, read_raw
from bulkgen.report.relationships import XML_DECLARATION, RelationshipEdits, relationships_xml
from bulkgen.report.result_cells import ResultCells
from bulkgen.report.result_rows import ResultRows
from bulkgen.report.sheet_cells import cell_xml
from bulkgen.report.styles import Looks
from bulkgen.report.summary_sheet import summary_sheet
from bulkgen.sheet.header import column_letter
from bulkgen.sheet.model import CsvDialect

NOTE_SPLIT = f"the table goes on in another sheet after each {MAX_ROWS:,} rows, the most a sheet can hold: {{n}} more"

# Records looked at for the widths of columns, which stand before the rows.
_SAMPLE_RECORDS = 200
_MIN_WIDTH, _MAX_WIDTH = 9, 48
_BATCH_BYTES = 1 << 18


def write_new_workbook(report: ReportInput, dialect: CsvDialect, stream: IO[bytes], notes: Notes) -> None:
    """Raises ReportError for more columns than a sheet can hold."""
    styles, looks = styles_and_looks()
    lines = _Lines(report, dialect)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        tables = 0
        while tables == 0 or not lines.is_done:
            tables += 1
            relationships = RelationshipEdits((), ())
            table = _Table(report, looks, relationships, notes)
            size_hint = report.source.stat().st_size
            with open_new_entry(out, table_part(tables), size_hint) as target:
                table.write(lines, target, is_first=tables == 1)
            if relationships.added:
                body = relationships_xml(relationships.links_xml(RELATION_NAMESPACE))
                out.writestr(new_entry(relationships_part(table_part(tables))), body)
        if tables > 1:
            notes.count(NOTE_SPLIT, tables - 1)
        summary = summary_sheet(report.summary, notes.texts(), looks, MAIN_NAMESPACE)
        parts = {**frame_parts(tables), "xl/styles.xml": styles, SUMMARY_PART: summary}
        for name, body in parts.items():
            out.writestr(new_entry(name), body)


@dataclass(frozen=True, slots=True)
class _Line:
    """A record and what came of it."""

    cells: Sequence[str]
    result: ResultRow | None
    is_header: bool


class _Lines:
    """The table's records with their results, one after the other over all sheets."""

    def __init__(self, report: ReportInput, dialect: CsvDialect) -> None:
        records = (record for record in read_raw(report.source, dialect) if not _names_separator(record))
        self.sample = list(islice(records, _SAMPLE_RECORDS))
        self.header: _Line | None = None
        self._header_row = report.outline.header_row
        self.header_at = next((at for at, r in enumerate(self.sample, 1) if r.number == self._header_row), 1)
        self._lines = self._joined(chain(self.sample, records), ResultRows(report.rows, report.outline.header_row))
        self._next = next(self._lines, None)

    def __repr__(self) -> str:
        return f"<_Lines next={self._next!r}>"

    @property
    def is_done(self) -> bool:
        return self._next is None

    def take(self) -> _Line | None:
        line, self._next = self._next, next(self._lines, None)
        return line

    def _joined(self, records: Iterable[RawRecord], results: ResultRows) -> Iterator[_Line]:
        for record in records:
            line = _Line(record.cells, results.take(record.number), record.number == self._header_row)
            if line.is_header:
                self.header = line
            yield line
        results.check_done()


class _Table:
    """Writes one sheet of rows."""

    def __init__(self, report: ReportInput, looks: Looks, relationships: RelationshipEdits, notes: Notes) -> None:
        columns = columns_of_report(report)
        self._width = max((column.index for column in report.outline.columns), default=0)
        placed = place(columns, report.outline.columns, self._width + 1)
        self._last_column = max(self._width, *(item.index for item in placed))
        if self._last_column > MAX_COLUMNS:
            raise ReportError(
                f"the report has {self._last_column:,} columns and a sheet holds {MAX_COLUMNS:,}",
                code="too_many_columns",
                hint="Write the report as .csv.",
            )
        self._results = ResultCells(placed, looks, relationships, notes)
        self._taken = set(self._results.indexes)
        self._looks = looks
        self._notes = notes
        self._rows = 0
        self._header_row = 0

    def __repr__(self) -> str:
        return f"<_Table rows={self._rows} {self._results!r}>"

    def write(self, lines: _Lines, target: IO[bytes], *, is_first: bool) -> None:
        target.write(self._head(lines, is_first=is_first).encode())
        batch: list[str] = []
        size = 0
        for row in self._row_texts(lines, is_first=is_first):
            batch.append(row)
            size += len(row)
            if size > _BATCH_BYTES:
                target.write("".join(batch).encode())
                batch, size = [], 0
        target.write("".join((*batch, self._tail())).encode())

    def _row_texts(self, lines: _Lines, *, is_first: bool) -> Iterator[str]:
        if not is_first and lines.header is not None:
            yield self._row(lines.header)
        while self._rows < MAX_ROWS and (line := lines.take()) is not None:
            yield self._row(line)

    def _row(self, line: _Line) -> str:
        self._rows += 1
        row, look = self._rows, self._looks.heading if line.is_header else None
        if line.is_header:
            self._header_row = row
            added = self._results.header(look)
        else:
            added = self._results.of(line.result, row) if line.result else []
        cells = {cell.column: cell_xml(row, cell, cell.style) for cell in added if cell.text}
        replaced = self._taken if line.result else ()
        for index, text in enumerate(line.cells, 1):
            # What stands beyond the header has no name; it moves behind the results.
            column = index if index <= self._width else self._last_column + index - self._width
            if text and column not in replaced and column <= MAX_COLUMNS:
                held = cut(clean(text, self._notes), self._notes)
                cells.setdefault(column, text_cell(row, column, held, look))
        body = "".join(cells[column] for column in sorted(cells))
        return f'<row r="{row}">{body}</row>'

    def _head(self, lines: _Lines, *, is_first: bool) -> str:
        header_row = lines.header_at if is_first else 1
        widths = {**_widths([record.cells for record in lines.sample], self._width), **self._results.widths()}
        columns = "".join(
            f'<col min="{column}" max="{column}" width="{widths[column]:g}" customWidth="1"/>'
            for column in sorted(widths)
        )
        selected = ' tabSelected="1"' if is_first else ""
        pane = f'<pane ySplit="{header_row}" topLeftCell="A{header_row + 1}" activePane="bottomLeft" state="frozen"/>'
        return (
            f'{XML_DECLARATION}<worksheet xmlns="{MAIN_NAMESPACE}" xmlns:r="{RELATION_NAMESPACE}">'
            f'<sheetViews><sheetView{selected} workbookViewId="0">{pane}</sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>'
        )

    def _tail(self) -> str:
        corner = f"{column_letter(self._last_column)}{self._rows}"
        links = "".join(
            f'<hyperlink ref="{link.reference}" r:id="{link.relationship}"/>' for link in self._results.links
        )
        return (
            f'</sheetData><autoFilter ref="A{self._header_row}:{corner}"/>'
            + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
            + '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
            # Else every cell with digits gets a green corner that asks to make a number of it.
            + f'<ignoredErrors><ignoredError sqref="A1:{corner}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
        )


def _widths(records: Sequence[Sequence[str]], columns: int) -> dict[int, float]:
    """Of the input's columns: the sample's texts are seen whole, but no column takes the screen."""
    widths: dict[int, float] = {}
    for column in range(1, columns + 1):
        longest = max((len(cells[column - 1]) for cells in records if column <= len(cells)), default=0)
        widths[column] = float(min(max(longest + 3, _MIN_WIDTH), _MAX_WIDTH))
    return widths


def _names_separator(record: RawRecord) -> bool:
    """Excel's `sep=;` line, which says nothing in a workbook."""
    return record.number == 1 and re.fullmatch(r'"?sep=.?"?', record.text, re.IGNORECASE) is not None
