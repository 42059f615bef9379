"""Text tables: what they are written in, and their records as rows.

    bytes -> encoding, separator, line end -> Row, Row, …

The standard library's reader: it keeps every record in its place, however long or short, which is what messages and the
report need, and it streams. Nothing is guessed about values.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bulkgen.errors import SheetError
from bulkgen.sheet.characters import clean, is_clean
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import LOOK_AHEAD, find_header, name_columns
from bulkgen.sheet.model import CsvDialect, Row, Sheet, SheetKind, SheetOutline

# Enough for the header and some dozen records of any real feed.
SAMPLE_BYTES = 256 * 1024
DELIMITERS = (",", ";", "\t", "|")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_LONGER = "{n} records have more cells than the header, the first in row {places}: what is beyond it is left out"
_SHORTER = "{n} records have fewer cells than the header, the first in row {places}: the missing ones are empty"
_CLEANED = "control or broken characters were taken out of {n} cells, the first in row {places}"

# The cell limit of the csv module guards against a quote that never closes; a cell of a megabyte is no cell.
csv.field_size_limit(1_000_000)


class DelimitedSheet(Sheet):
    def __init__(self, outline: SheetOutline, dialect: CsvDialect, findings: Findings) -> None:
        super().__init__(outline)
        self._dialect = dialect
        self._findings = findings

    @property
    def notes(self) -> tuple[str, ...]:
        return self._findings.lines()

    def rows(self) -> Iterator[Row]:
        outline = self.outline
        self._findings.restart()
        width = outline.columns[-1].index
        position = 0
        for number, record in read_records(outline.path, self._dialect):
            if number <= outline.header_row or not any(cell.strip() for cell in record):
                continue
            if len(record) > width and any(cell.strip() for cell in record[width:]):
                self._findings.count(_LONGER, str(number))
            elif len(record) < width:
                self._findings.count(_SHORTER, str(number))
            cells = {}
            for column in outline.columns:
                text = record[column.index - 1] if column.index <= len(record) else ""
                if not is_clean(text):
                    self._findings.count(_CLEANED, str(number))
                    text = clean(text)
                cells[column.name] = text
            yield Row(position, number, "", cells)
            position += 1


def open_delimited(path: Path) -> DelimitedSheet:
    """Raises SheetError: empty, no rows, or a quote that never closes."""
    findings = Findings()
    with path.open("rb") as stream:
        sample = stream.read(SAMPLE_BYTES)
    encoding, bom = _encoding(path, sample, findings)
    text = sample[bom:].decode(encoding, "ignore")
    separator, skipped = _announced(text)
    separator = separator or _separator(_without_lines(text, skipped))
    dialect = CsvDialect(encoding, separator, _line_end(text), bool(bom))
    first = [
        (number, record)
        for number, record in islice(read_records(path, dialect), LOOK_AHEAD)
        if number > skipped and any(cell.strip() for cell in record)
    ]
    comments = [number for number, record in first[:1] if _is_comment(record)]
    if comments:
        findings.say(f"row {comments[0]} explains the columns and is left out")
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
    width = max(index + 1 for index, cell in enumerate(header) if cell.strip())
    columns = name_columns([(index, clean(header[index - 1])) for index in range(1, width + 1)])
    outline = SheetOutline(
        path=path,
        kind=SheetKind.CSV,
        columns=columns,
        header_row=number,
        dialect=dialect,
        notes=findings.lines(),
    )
    return DelimitedSheet(outline, dialect, findings)


def read_records(path: Path, dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of every record; the number counts records as a spreadsheet program shows them, from 1.

    Raises SheetError for a quotation mark that never closes.
    """
    with path.open("rb") as raw:
        if dialect.has_bom:
            raw.seek(len("\ufeff".encode(dialect.encoding)))
        with io.TextIOWrapper(raw, encoding=dialect.encoding, errors="replace", newline="") as text:
            reader = csv.reader(_plain_lines(text), delimiter=dialect.delimiter)
            number = 0
            try:
                for record in reader:
                    number += 1
                    yield number, record
            except csv.Error as error:
                raise SheetError(
                    f"a cell that begins after row {number} never ends: {error}",
                    code="open_quote",
                    where=str(path),
                    hint='Look there for a quotation mark that is not closed; inside a cell it is written twice ("").',
                ) from error


def _plain_lines(text: Iterable[str]) -> Iterator[str]:
    """Lines without NUL, which the csv module refuses."""
    for line in text:
        yield line.replace("\0", "") if "\0" in line else line


def _encoding(path: Path, sample: bytes, findings: Findings) -> tuple[str, int]:
    """(codec, length of the mark in front)."""
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, len(mark)
    if b"\0" in sample[:2048]:
        even, odd = sample[0:2048:2].count(0), sample[1:2048:2].count(0)
        if max(even, odd) > len(sample[:2048]) // 5:
            return ("utf-16-be" if even > odd else "utf-16-le"), 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        findings.say("the file is not UTF-8; it is read as Windows-1252, as Excel writes it in Western Europe")
        return "cp1252", 0
    return "utf-8", 0


def _announced(text: str) -> tuple[str | None, int]:
    """Excel's `sep=;` line: (separator, lines to leave out)."""
    line = text.splitlines()[0].strip().strip('"') if text.strip() else ""
    if line.lower().startswith("sep=") and len(line) in (4, 5):
        return (line[4:] or "\t"), 1
    return None, 0


def _without_lines(text: str, skipped: int) -> str:
    return "".join(text.splitlines(keepends=True)[skipped:])


def _separator(text: str) -> str:
    """The one that gives most records the same number of cells, more than one; the comma if none does."""
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        try:
            records = list(islice(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=candidate), 50))
        except csv.Error:
            continue
        # The last record of a sample may be cut in the middle.
        widths = Counter(len(record) for record in (records[:-1] if len(records) > 2 else records) if record)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = (count / sum(widths.values())) * min(width, 10) if width > 1 else 0.0
        if score > best_score:
            best, best_score = candidate, score
    return best


def _line_end(text: str) -> str:
    for mark in ("\r\n", "\n", "\r"):
        if mark in text:
            return mark
    return "\r\n"


def _is_comment(record: list[str]) -> bool:
    filled = [cell for cell in record if cell.strip()]
    return len(filled) > 2 and sum(cell.lstrip().startswith("#") for cell in filled) * 2 > len(filled)
