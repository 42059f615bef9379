"""Text tables: their records as rows.

    path -> outline -> Row, Row, …

The standard library's reader: it keeps every record in its place, however long or short, which is what messages and the
report need, and it streams; pandas refuses a record that is longer than the header. Nothing is guessed about values.
What the file is written in is found by `encoding` and `dialect`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bulkgen.errors import SheetError
from bulkgen.sheet.characters import REPLACEMENT, clean, is_clean
from bulkgen.sheet.dialect import announced_separator, find_line_end, find_separator, is_explanation, is_text
from bulkgen.sheet.encoding import Encoding, find_encoding
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import LOOK_AHEAD, find_header, name_columns
from bulkgen.sheet.model import CsvDialect, Row, Sheet, SheetKind, SheetOutline

# Enough for the header and some dozen records of any real feed.
SAMPLE_BYTES = 256 * 1024
# The csv module's own guard against a quote that never closes, which would swallow the file; a longer cell is no cell.
MAX_CELL_CHARS = 1_000_000

_LONGER = (
    "rows with more cells than the header: {n} ({places}); what is beyond it is left out, and cells may be shifted"
)
_SHORTER = "rows with fewer cells than the header: {n} ({places}); the missing ones are empty"
_CLEANED = "cells from which control or broken characters were taken: {n} (rows {places})"
_UNREADABLE = "cells with characters that the encoding does not know, read as \ufffd: {n} (rows {places})"
# A last line of our own: a record that is not just this had an open quote when the file ended.
_END = "\ue000end\ue000"


class DelimitedSheet(Sheet):
    def __init__(self, outline: SheetOutline, dialect: CsvDialect, findings: Findings) -> None:
        super().__init__(outline)
        self._dialect = dialect
        self._findings = findings

    @property
    def notes(self) -> tuple[str, ...]:
        return self._findings.lines()

    def rows(self) -> Iterator[Row]:
        """Raises SheetError for a cell that never ends."""
        outline, findings = self.outline, self._findings
        findings.restart()
        names = outline.names
        width = len(names)
        position = 0
        for number, record in read_records(outline.path, self._dialect):
            if number <= outline.header_row or not any(cell.strip() for cell in record):
                continue
            if len(record) != width:
                if len(record) < width:
                    findings.count(_SHORTER, str(number))
                    record += [""] * (width - len(record))
                elif any(cell.strip() for cell in record[width:]):
                    findings.count(_LONGER, str(number))
            for at, text in enumerate(record):
                if not is_clean(text):
                    findings.count(_CLEANED, str(number))
                    record[at] = clean(text)
                if REPLACEMENT in text:
                    findings.count(_UNREADABLE, str(number))
            yield Row(position, number, "", dict(zip(names, record, strict=False)))
            position += 1


def open_delimited(path: Path) -> DelimitedSheet:
    """Raises SheetError: no text, empty, no rows, or a quote that never closes."""
    findings = Findings()
    encoding = find_encoding(path)
    if encoding.note:
        findings.say(encoding.note)
    sample, is_whole = _sample(path, encoding)
    if not is_text(sample):
        raise SheetError(
            "this is not a text table, nor any sheet that can be read",
            code="not_a_sheet",
            where=str(path),
            hint="Save the sheet as .xlsx or .csv.",
        )
    announced = announced_separator(sample)
    above = 1 if announced else 0
    table = sample[len(sample.splitlines(keepends=True)[0]) :] if announced else sample
    separator = announced or find_separator(table, is_whole=is_whole)
    dialect = CsvDialect(encoding.codec, separator, find_line_end(sample), bool(encoding.mark_bytes))
    filled = (item for item in read_records(path, dialect) if item[0] > above and any(map(str.strip, item[1])))
    first = list(islice(filled, LOOK_AHEAD))
    if first and is_explanation(first[0][1]):
        findings.say(f"row {first[0][0]} explains the columns and is left out")
        first = first[1:]
    if not first:
        raise SheetError("the file is empty", code="empty", where=str(path), hint="It has no cell with text in it.")
    at = find_header([record for _, record in first])
    number, header = first[at]
    if at == len(first) - 1:
        raise SheetError(
            f"there are no rows below the header in row {number}",
            code="no_rows",
            where=str(path),
            hint="Fill in at least one row.",
        )
    if at:
        findings.say(f"the header is in row {number}; what stands above it is left out")
    width = max(index + 1 for index, cell in enumerate(header) if cell.strip())
    outline = SheetOutline(
        path=path,
        kind=SheetKind.CSV,
        columns=name_columns([(index, clean(header[index - 1])) for index in range(1, width + 1)]),
        header_row=number,
        dialect=dialect,
        notes=findings.lines(),
    )
    return DelimitedSheet(outline, dialect, findings)


def read_records(path: Path, dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of every record; the number counts records as a spreadsheet program shows them, from 1.

    Raises SheetError for a quotation mark that never closes.
    """
    # Of the whole process, and set where it is needed: importing a module changes nothing.
    csv.field_size_limit(MAX_CELL_CHARS)
    with path.open("rb") as raw:
        if dialect.has_bom:
            raw.seek(len("\ufeff".encode(dialect.encoding)))
        with io.TextIOWrapper(raw, encoding=dialect.encoding, errors="replace", newline="") as text:
            number = 0
            try:
                for record in csv.reader(_with_end(text), delimiter=dialect.delimiter):
                    if record and record[-1].endswith(_END):
                        if record != [_END]:
                            raise _open_quote(path, number)
                        return
                    number += 1
                    yield number, record
            except csv.Error as error:
                raise _open_quote(path, number) from error


def _with_end(lines: io.TextIOWrapper) -> Iterator[str]:
    yield from lines
    yield _END


def _sample(path: Path, encoding: Encoding) -> tuple[str, bool]:
    """The beginning as text, and whether that is all there is."""
    with path.open("rb") as stream:
        stream.seek(encoding.mark_bytes)
        body = stream.read(SAMPLE_BYTES + 1)
    text = body[:SAMPLE_BYTES].decode(encoding.codec, "ignore")
    return text, len(body) <= SAMPLE_BYTES


def _open_quote(path: Path, number: int) -> SheetError:
    return SheetError(
        f"a cell that begins after row {number} never ends",
        code="open_quote",
        where=str(path),
        hint='Look there for a quotation mark that is not closed; inside a cell it is written twice ("").',
    )
