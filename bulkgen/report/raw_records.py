"""A text table's bytes -> its records as they are written, each with its place, so that they can be written back.

Records are those of `sheet.delimited`, with the same numbers. A record keeps its quotes and its own line end, and bytes
that the encoding does not know come back as the bytes they were. Left out: what the cells mean.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bulkgen.errors import ReportError
from bulkgen.sheet.delimited import MAX_CELL_CHARS
from bulkgen.sheet.model import CsvDialect

_LINE_ENDS = ("\r\n", "\n", "\r")
_NEEDS_QUOTES = re.compile(r'["\r\n]|^\s|\s$')


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record: `text` as it is written, `line_end` as it ends ("" for the last), `cells` as they read."""

    number: int
    text: str
    line_end: str
    cells: tuple[str, ...]

    def written_cells(self, delimiter: str) -> list[str]:
        """The cells as they are written, quotes and all."""
        written = [match[1] for match in _written_cell(delimiter).finditer(self.text)]
        if len(written) == len(self.cells):
            return written
        # Quotes in odd places: the cells are then written as anybody would write them.
        return [quoted(cell, delimiter) for cell in self.cells]


def decoding_errors(encoding: str) -> str:
    """How bytes that are no text pass through. The wide encodings have no such way, and lose half a character."""
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def quoted(cell: str, delimiter: str) -> str:
    if delimiter in cell or _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def read_raw(path: Path, dialect: CsvDialect) -> Iterator[RawRecord]:
    """Raises ReportError for a cell past all measure; then the sheet had not been read either."""
    # As the reader does: this is of the whole process.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARS))
    with path.open("rb") as raw:
        if dialect.has_bom:
            raw.seek(len("\ufeff".encode(dialect.encoding)))
        errors = decoding_errors(dialect.encoding)
        with io.TextIOWrapper(raw, encoding=dialect.encoding, errors=errors, newline="") as text:
            lines = _Lines(text)
            number = 0
            try:
                for cells in csv.reader(lines, delimiter=dialect.delimiter):
                    number += 1
                    yield _record(number, lines.taken(), cells)
            except csv.Error as error:
                raise ReportError(f"a cell in row {number + 1} cannot be read: {error}", where=str(path)) from error


class _Lines:
    """Hands lines to the csv module, which takes those of one record, and remembers them until they are asked for."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = iter(text)
        self._taken: list[str] = []

    def __repr__(self) -> str:
        return f"<_Lines taken={len(self._taken)}>"

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self._taken.append(line)
        return line

    def taken(self) -> str:
        text = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
        self._taken.clear()
        return text


def _record(number: int, text: str, cells: list[str]) -> RawRecord:
    for line_end in _LINE_ENDS:
        if text.endswith(line_end):
            return RawRecord(number, text.removesuffix(line_end), line_end, tuple(cells))
    return RawRecord(number, text, "", tuple(cells))


@lru_cache(maxsize=8)
def _written_cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?:^|{mark})((?:"[^"]*(?:""[^"]*)*"[^{mark}]*)|[^{mark}]*)', re.DOTALL)
