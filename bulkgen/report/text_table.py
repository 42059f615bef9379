"""input + results -> a text table. One that was a text table is written as it was: encoding, mark, separator, line
ends, and each of its cells with the quotes it had.

What we add is guarded, so that no program that opens the file takes it for a formula; so are the cells of a workbook,
where they were text for sure and in a text table would not be.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO

from bulkgen.report.columns import PlacedColumn, columns_of_report, place, texts_of
from bulkgen.report.limits import Notes, clean, guard
from bulkgen.report.model import ReportInput
from bulkgen.report.raw_records import RawRecord, decoding_errors, quoted, read_raw
from bulkgen.report.result_rows import ResultRows
from bulkgen.sheet.model import CsvDialect, SheetKind
from bulkgen.sheet.read import open_sheet

NOTE_ENCODING = "written in UTF-8, since {encoding} cannot hold a character of the results"
NOTE_GUARDED = "cells that a spreadsheet program would take for formulas, written with a ' in front: {n}"

# A workbook as a text table: what every program reads without asking.
PLAIN = CsvDialect("utf-8", ",", "\r\n", has_bom=True)


def write_text_table(report: ReportInput, stream: IO[bytes], suffix: str, notes: Notes) -> None:
    """`suffix` .tsv asks for tabs, whatever the input had."""
    given = report.outline.dialect if report.outline.kind is SheetKind.CSV else None
    dialect = given or PLAIN
    if suffix == ".tsv":
        dialect = replace(dialect, delimiter="\t")
    lines = _with_results(report, given, dialect, notes) if given else _of_workbook(report, dialect, notes)
    # First in a form that holds everything: only at the end is it known whether the input's encoding does.
    with tempfile.TemporaryFile() as spool:
        for line in lines:
            spool.write(line.encode("utf-8", "surrogatepass"))
        _copy(spool, stream, dialect, notes)


def _with_results(report: ReportInput, given: CsvDialect, dialect: CsvDialect, notes: Notes) -> Iterator[str]:
    outline = report.outline
    columns = columns_of_report(report)
    width = max((column.index for column in outline.columns), default=0)
    placed = place(columns, outline.columns, width + 1)
    results = ResultRows(report.rows, report.outline.header_row)
    is_as_given = given.delimiter == dialect.delimiter
    for record in read_raw(report.source, given):
        texts: list[str] = []
        if record.number == outline.header_row:
            texts = [quoted(item.column.name, dialect.delimiter) for item in placed]
        elif record.number > outline.header_row and (result := results.take(record.number)) is not None:
            texts = [_cell(clean(text, notes), dialect) for text in texts_of(result, columns)]
        if is_as_given:
            cells = record.written_cells(given.delimiter)
        else:
            cells = [quoted(cell, dialect.delimiter) for cell in record.cells]
        if texts:
            yield dialect.delimiter.join(_placed(cells, placed, texts, width)) + (record.line_end or dialect.line_end)
        elif is_as_given:
            yield record.text + record.line_end
        elif not _is_separator_line(record):
            yield dialect.delimiter.join(cells) + record.line_end
    results.check_done()


def _of_workbook(report: ReportInput, dialect: CsvDialect, notes: Notes) -> Iterator[str]:
    sheet = open_sheet(report.source, tab=report.outline.tab or None)
    columns = columns_of_report(report)
    # Only the filled columns of a workbook are columns, so here they stand side by side.
    given = [replace(column, index=index) for index, column in enumerate(sheet.outline.columns, 1)]
    width = len(given)
    placed = place(columns, given, width + 1)
    results = ResultRows(report.rows, report.outline.header_row)
    names = [quoted(name, dialect.delimiter) for name in sheet.outline.names]
    heads = [quoted(item.column.name, dialect.delimiter) for item in placed]
    yield dialect.delimiter.join(_placed(names, placed, heads, width)) + dialect.line_end
    for row in sheet.rows():
        result = results.take(row.number)
        if result is None:
            continue
        texts = [_cell(clean(text, notes), dialect) for text in texts_of(result, columns)]
        cells = []
        for text in row.cells.values():
            cell = _cell(text, dialect)
            if cell.startswith(("'", "\"'")) and not text.startswith("'"):
                notes.count(NOTE_GUARDED)
            cells.append(cell)
        yield dialect.delimiter.join(_placed(cells, placed, texts, width)) + dialect.line_end
    results.check_done()


def _cell(text: str, dialect: CsvDialect) -> str:
    return quoted(guard(text), dialect.delimiter)


def _placed(cells: Sequence[str], placed: Sequence[PlacedColumn], texts: Sequence[str], width: int) -> list[str]:
    """The cells with the results in their places; what stood beyond the header moves behind them, as it has no name."""
    row = [*cells[:width], *[""] * (width - len(cells))]
    for item, text in zip(placed, texts, strict=True):
        if item.is_new:
            row.append(text)
        else:
            row[item.index - 1] = text
    return [*row, *cells[width:]]


def _is_separator_line(record: RawRecord) -> bool:
    """Excel's `sep=;`, which would name a separator that the table no longer has."""
    return record.number == 1 and record.text.lower().startswith("sep=")


def _copy(spool: IO[bytes], stream: IO[bytes], dialect: CsvDialect, notes: Notes) -> None:
    errors = decoding_errors(dialect.encoding)
    if not _fits(spool, dialect.encoding, errors):
        notes.count(NOTE_ENCODING.format(encoding=dialect.encoding))
        dialect, errors = replace(dialect, encoding="utf-8", has_bom=True), "replace"
    if dialect.has_bom:
        stream.write("\ufeff".encode(dialect.encoding))
    for block in _blocks(spool):
        stream.write(block.encode(dialect.encoding, errors))


def _fits(spool: IO[bytes], encoding: str, errors: str) -> bool:
    if encoding.startswith("utf-"):
        return True
    try:
        for block in _blocks(spool):
            block.encode(encoding, errors)
    except UnicodeEncodeError:
        return False
    return True


def _blocks(spool: IO[bytes]) -> Iterator[str]:
    spool.seek(0)
    reader = io.TextIOWrapper(spool, "utf-8", errors="surrogatepass", newline="")
    try:
        while block := reader.read(1 << 20):
            yield block
    finally:
        reader.detach()
