"""Text tables: their records as rows.

    path -> outline -> Row, Row, …

The standard library's reader: it keeps every record in its place, however long or short, which is what messages and the
report need, and it streams; pandas refuses a record that is longer than the header. Nothing is guessed about values.
What the file is written in is found by `encoding` and `dialect`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from bulkgen.errors import SheetError
from bulkgen.sheet.characters import REPLACEMENT, clean, is_clean
from bulkgen.sheet.dialect import (
    announced_separator,
    find_line_end,
    find_separator,
    is_explanation,
    is_text,
    without_first_line,
)
from bulkgen.sheet.encoding import Encoding, find_encoding
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import LOOK_AHEAD, find_header, name_columns
from bulkgen.sheet.model import CsvDialect, Row, Sheet, SheetKind, SheetOutline

# Enough for the header and some dozen records of any real feed.
SAMPLE_BYTES = 256 * 1024
# The csv module's own guard against a quote that never closes, which would swallow the file; a longer cell is no cell.
MAX_CELL_CHARS = 1_000_000
# A line is held in memory whole. Feeds with pictures in their cells have lines of some megabytes.
MAX_LINE_CHARS = 32 * 1024**2
# For a table of one column, to which the report will add others: the first of these that cuts none of its cells.
_FOR_ONE_COLUMN = (",", ";", "\t", "|")
# How exporters keep spreadsheet programs from taking a text for a number: a formula that shows it.
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')

_LONGER = (
    "rows with more cells than the header: {n} ({places}); what is beyond it is left out, and cells may be shifted"
)
_SHORTER = "rows with fewer cells than the header: {n} ({places}); the missing ones are empty"
_CLEANED = "cells from which control or broken characters were taken: {n} (rows {places})"
_UNREADABLE = "cells with characters that the encoding does not know, read as \ufffd: {n} (rows {places})"
# Any text that the csv module will not cut.
_END = "end"


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
            if number <= outline.header_row:
                continue
            if len(record) > width and any(cell.strip() for cell in record[width:]):
                findings.count(_LONGER, str(number))
            texts = [self._text(cell, number) for cell in record[:width]]
            if not any(text.strip() for text in texts):
                continue
            if len(texts) < width:
                findings.count(_SHORTER, str(number))
                texts += [""] * (width - len(texts))
            yield Row(position, number, "", dict(zip(names, texts, strict=True)))
            position += 1

    def _text(self, cell: str, number: int) -> str:
        text = as_seen(cell)
        if not is_clean(text):
            self._findings.count(_CLEANED, str(number))
            text = clean(text)
        if REPLACEMENT in text:
            self._findings.count(_UNREADABLE, str(number))
        return text


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
    table = without_first_line(sample) if announced else sample
    separator = announced or find_separator(table, is_whole=is_whole) or _unused_separator(path, encoding)
    dialect = CsvDialect(encoding.codec, separator, find_line_end(sample), bool(encoding.mark_bytes))
    seen = ((number, [clean(as_seen(cell)) for cell in record]) for number, record in read_records(path, dialect))
    filled = (item for item in seen if item[0] > above and any(map(str.strip, item[1])))
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
        columns=name_columns(list(enumerate(header[:width], start=1))),
        header_row=number,
        dialect=dialect,
        notes=findings.lines(),
    )
    return DelimitedSheet(outline, dialect, findings)


def read_records(path: Path, dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of every record; the number counts records as a spreadsheet program shows them, from 1.

    Raises SheetError for a quotation mark that never closes, and for a cell or a line past all measure.
    """
    # Of the whole process, so set where it is needed, and never below what a program around us has set.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARS))
    number = 0
    with _opened(path) as raw:
        if dialect.has_bom:
            raw.seek(len("\ufeff".encode(dialect.encoding)))
        with io.TextIOWrapper(raw, encoding=dialect.encoding, errors="replace", newline="") as text:
            lines = _Lines(text, path)
            try:
                for record in csv.reader(lines, delimiter=dialect.delimiter):
                    if lines.have_ended:
                        if record != [_END]:
                            raise _open_quote(path, number + 1)
                        return
                    number += 1
                    yield number, record
            except csv.Error as error:
                raise _too_long(path, number + 1) from error


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise SheetError(f"the file cannot be read: {error.strerror}", code="no_file", where=str(path)) from error


class _Lines:
    """The lines of a file, and one of ours behind them: where the csv module takes it for a part of a cell, that cell
    has no end, of which the module itself says nothing."""

    def __init__(self, text: io.TextIOWrapper, path: Path) -> None:
        self._text = text
        self._path = path
        self.have_ended = False

    def __repr__(self) -> str:
        return f"<_Lines {self._path.name} have_ended={self.have_ended}>"

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(MAX_LINE_CHARS):
            if len(line) == MAX_LINE_CHARS:
                raise SheetError(
                    f"a line has more than {MAX_LINE_CHARS:,} characters",
                    code="too_big",
                    where=str(self._path),
                    hint="This is hardly a table: save it with one row a line.",
                )
            yield line
        self.have_ended = True
        yield _END


def _unused_separator(path: Path, encoding: Encoding) -> str:
    for separator in _FOR_ONE_COLUMN:
        dialect = CsvDialect(encoding.codec, separator, has_bom=bool(encoding.mark_bytes))
        if _cuts_nothing(record for _, record in read_records(path, dialect)):
            return separator
    return _FOR_ONE_COLUMN[0]


def _cuts_nothing(records: Iterator[list[str]]) -> bool:
    """Separators may still stand behind the one column, as many in each record."""
    width = 0
    for record in records:
        if not any(map(str.strip, record)):
            continue
        width = width or len(record)
        if len(record) > 1 and (len(record) != width or any(map(str.strip, record[1:]))):
            return False
    return True


def as_seen(cell: str) -> str:
    """`="00123"` is a formula that shows 00123."""
    found = _KEPT_AS_TEXT.fullmatch(cell) if cell.startswith("=") else None
    return found[1] if found else cell


def _sample(path: Path, encoding: Encoding) -> tuple[str, bool]:
    """The beginning as text, and whether that is all there is."""
    with path.open("rb") as stream:
        stream.seek(encoding.mark_bytes)
        body = stream.read(SAMPLE_BYTES + 1)
    text = body[:SAMPLE_BYTES].decode(encoding.codec, "ignore")
    return text, len(body) <= SAMPLE_BYTES


def _open_quote(path: Path, number: int) -> SheetError:
    return SheetError(
        f"a cell that begins in row {number} never ends",
        code="open_quote",
        where=str(path),
        hint='Look there for a quotation mark that is not closed; inside a cell it is written twice ("").',
    )


def _too_long(path: Path, number: int) -> SheetError:
    return SheetError(
        f"a cell in row {number} has more than {MAX_CELL_CHARS:,} characters",
        code="cell_too_long",
        where=str(path),
        hint='Shorten it; if none is that long, look for a quotation mark that is not closed (inside a cell: "").',
    )
