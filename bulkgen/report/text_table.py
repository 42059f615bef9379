"""input + results -> a text table, written as the input was: encoding, mark, separator, line end.

The input's own cells come back with the content they had; what we add is guarded, so that no spreadsheet program that
opens the file takes it for a formula.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO

from bulkgen.report.columns import PlacedColumn, columns_of, place, texts_of
from bulkgen.report.limits import Notes, clean, guard
from bulkgen.report.model import ReportInput
from bulkgen.report.result_rows import ResultRows
from bulkgen.sheet.delimited import read_records
from bulkgen.sheet.model import CsvDialect, SheetKind
from bulkgen.sheet.read import open_sheet

NOTE_ENCODING = "written in UTF-8, since {encoding} cannot hold a character of the results"

# A workbook as a text table: what every program reads without asking.
PLAIN = CsvDialect("utf-8", ",", "\r\n", has_bom=True)


def write_text_table(report: ReportInput, stream: IO[bytes], notes: Notes) -> None:
    dialect = report.outline.dialect or PLAIN
    # In UTF-8 first: only at the end is it known whether the input's own encoding can hold all of it.
    with tempfile.TemporaryFile() as spool:
        spelled = io.TextIOWrapper(spool, "utf-8", errors="surrogatepass", newline="", write_through=True)
        writer = csv.writer(spelled, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
        writer.writerows(_records(report, notes))
        spelled.flush()
        _copy(spool, stream, dialect, notes)
        spelled.detach()


def _records(report: ReportInput, notes: Notes) -> Iterator[list[str]]:
    columns = columns_of(report.formats, report.is_multipage)
    outline = report.outline
    width = max((column.index for column in outline.columns), default=0)
    placed = place(columns, outline.columns, width + 1)
    results = ResultRows(report.rows)
    for number, record in _source(report):
        if number < outline.header_row:
            yield record
        elif number == outline.header_row:
            yield _with(record, placed, [item.column.name for item in placed], width)
        elif (result := results.take(number)) is not None:
            texts = [guard(clean(text, notes)) for text in texts_of(result, columns)]
            yield _with(record, placed, texts, width)
        else:
            yield record


def _source(report: ReportInput) -> Iterator[tuple[int, list[str]]]:
    if report.outline.kind is SheetKind.CSV and report.outline.dialect is not None:
        yield from read_records(report.source, report.outline.dialect)
        return
    sheet = open_sheet(report.source, tab=report.outline.tab or None)
    yield sheet.outline.header_row, list(sheet.outline.names)
    for row in sheet.rows():
        yield row.number, list(row.cells.values())


def _with(record: Sequence[str], placed: Sequence[PlacedColumn], texts: Sequence[str], width: int) -> list[str]:
    """The record with the results in their places; what stood beyond the header moves behind them."""
    cells = list(record[:width]) + [""] * (width - len(record))
    for item, text in zip(placed, texts, strict=True):
        if item.is_new:
            cells.append(text)
        else:
            cells[item.index - 1] = text
    return cells + list(record[width:])


def _copy(spool: IO[bytes], stream: IO[bytes], dialect: CsvDialect, notes: Notes) -> None:
    if dialect.encoding != "utf-8" and not _fits(spool, dialect.encoding):
        notes.count(NOTE_ENCODING.format(encoding=dialect.encoding))
        dialect = CsvDialect("utf-8", dialect.delimiter, dialect.line_end, has_bom=True)
    spool.seek(0)
    if dialect.has_bom:
        stream.write("\ufeff".encode(dialect.encoding))
    if dialect.encoding == "utf-8":
        shutil.copyfileobj(spool, stream, 1 << 20)
        return
    for block in _blocks(spool):
        stream.write(block.encode(dialect.encoding))


def _fits(spool: IO[bytes], encoding: str) -> bool:
    spool.seek(0)
    try:
        for block in _blocks(spool):
            block.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _blocks(spool: IO[bytes]) -> Iterator[str]:
    reader = io.TextIOWrapper(spool, "utf-8", newline="")
    try:
        while block := reader.read(1 << 20):
            yield block
    finally:
        reader.detach()
