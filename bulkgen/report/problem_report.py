"""The copy of a sheet that says what is wrong in it, written whole or not at all.

    Row + Problem, … (as they are checked) -> problems.xlsx | .csv | .tsv | .jsonl | .json

Rows wait in a temporary file until all are checked: some problems are known only when the last row is, and a workbook
says at its top what it holds. So memory holds a row at a time. Left out: how a file of each kind is written
(`problem_book`, `problem_table`).
"""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from bulkgen import atomic
from bulkgen.errors import OutputError, ReportError
from bulkgen.report.limits import MAX_COLUMNS, Notes
from bulkgen.report.problem_rows import Kind, ProblemRow, problem_row
from bulkgen.report.problem_table import write_json, write_json_lines, write_table
from bulkgen.sheet.model import Row, SheetOutline
from bulkgen.sheet.problems import Problem

WORKBOOK = ".xlsx"
# Of those found at the end, which have to be held; past it a finding is the same for nearly every row.
_LATE_MAX = 100_000

Lines = Sequence[tuple[str, str]]


class ProblemReport:
    """Opened with `with`; `add` takes the rows in the sheet's order. What was done at a limit of the format is in
    `notes` afterwards."""

    def __init__(self, path: Path, outline: SheetOutline) -> None:
        self._path = path
        self._outline = outline
        self._spool: IO[bytes] | None = None
        self._stack = contextlib.ExitStack()
        self._out: IO[bytes] | None = None
        self._rows = 0
        self._last = 0
        self._late: dict[int, list[Problem]] = {}
        self._late_count = 0
        self._problems = 0
        self._kinds: tuple[Kind, ...] = ()
        self._lines: Lines = ()
        self.notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<ProblemReport {self._path.name} rows={self._rows} problems={self._problems} late={self._late_count}>"

    def __enter__(self) -> ProblemReport:
        """Raises OutputError where the file cannot be written, before an hour of checks."""
        try:
            self._out = self._stack.enter_context(atomic.writing(self._path))
            self._spool = self._stack.enter_context(tempfile.TemporaryFile())
        except OSError as error:
            self._stack.close()
            raise OutputError(_said(error), where=str(self._path), hint="Choose another place with -o.") from error
        return self

    def add(self, row: Row, problems: Sequence[Problem] = ()) -> None:
        if row.number <= self._last:
            raise ValueError(f"row {row.number} comes after row {self._last}")
        assert self._spool is not None
        self._rows, self._last = self._rows + 1, row.number
        self._problems += len(problems)
        with self._border():
            told = (row.position, row.number, row.sheet, dict(row.cells))  # its pictures are not shown
            pickle.dump((told, tuple(problems)), self._spool, pickle.HIGHEST_PROTOCOL)

    def add_late(self, problems: Iterable[Problem]) -> None:
        """Problems of rows that were added before: what only shows when all rows are known."""
        for problem in problems:
            if self._late_count < _LATE_MAX:
                self._late_count += 1
                self._late.setdefault(problem.origin.row, []).append(problem)

    def conclude(self, kinds: Sequence[Kind], lines: Lines = ()) -> None:
        """What the summary says: the kinds of problems, and figures as (label, text)."""
        self._kinds, self._lines = tuple(kinds), tuple(lines)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            # The temporary file goes, and what was there under this name before stays.
            self._stack.__exit__(kind, error, trace)
            return
        notes = Notes()
        with self._border(), self._stack:
            self._write(notes)
        self.notes = notes.texts()

    def _write(self, notes: Notes) -> None:
        assert self._out is not None
        suffix, rows = self._path.suffix.lower(), self._read()
        if suffix == WORKBOOK:
            # Loaded only here: who asks for a text table, or for no file, does not wait for it.
            from bulkgen.report.problem_book import write_problem_book
            from bulkgen.report.problem_summary import BookSummary

            summary = BookSummary(self._kinds, tuple(self._lines), bool(self._problems or self._late))
            write_problem_book(self._out, self._outline, rows, summary, notes)
        else:
            _WRITERS[suffix](self._out, self._outline, rows, notes)

    def _read(self) -> Iterator[ProblemRow]:
        assert self._spool is not None
        self._spool.seek(0)
        for _ in range(self._rows):
            told, problems = pickle.load(self._spool)
            row = Row(*told)
            yield problem_row(row, (*problems, *self._late.get(row.number, ())))

    @contextlib.contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ReportError(
                _said(error),
                code="report_unwritable",
                where=str(self._path),
                hint="Choose another place with -o; nothing else is lost.",
            ) from error


_Writer = Callable[[IO[bytes], SheetOutline, Iterable[ProblemRow], Notes], None]
_WRITERS: dict[str, _Writer] = {
    ".csv": write_table,
    ".tsv": lambda stream, outline, rows, notes: write_table(stream, outline, rows, notes, delimiter="\t"),
    ".jsonl": write_json_lines,
    ".json": write_json,
}
SUFFIXES = (WORKBOOK, *_WRITERS)


def open_problem_report(path: Path, outline: SheetOutline) -> ProblemReport:
    """Raises OutputError: a name of another kind, the sheet itself, more columns than a workbook holds."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        kind = f"as {suffix}" if suffix else "under a name without an ending"
        raise OutputError(
            f"problems are not written {kind}",
            where=str(path),
            hint=f"Choose a name that ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.",
        )
    if path.is_dir():
        raise OutputError("this is a folder", where=str(path), hint="Name a file in it.")
    with contextlib.suppress(OSError):
        if path.samefile(outline.path):
            raise OutputError("the problems would overwrite the sheet itself", where=str(path), hint="Name another.")
    last = max((column.index for column in outline.columns), default=0)
    if suffix == WORKBOOK and last >= MAX_COLUMNS:
        raise OutputError(
            f"a sheet holds {MAX_COLUMNS:,} columns, and this one has {last:,} already",
            where=str(path),
            hint="Choose a name that ends in .csv.",
        )
    return ProblemReport(path, outline)


def _said(error: OSError) -> str:
    return f"this cannot be written: {error.strerror or error}"
