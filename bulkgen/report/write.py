"""The way in: a report of any kind, written whole or not at all.

    ReportInput -> NAME.generated.EXT

The ending of the output's name says its kind (`names`); a workbook that stays a workbook is patched part by part.
"""

from __future__ import annotations

import contextlib
import errno
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from bulkgen import atomic
from bulkgen.errors import ReportError, SheetError
from bulkgen.report.limits import Notes
from bulkgen.report.model import ReportInput, ResultRow
from bulkgen.report.names import GENERATED, is_workbook, name_problem
from bulkgen.report.new_workbook import write_new_workbook
from bulkgen.report.text_table import write_text_table
from bulkgen.report.workbook import patch_workbook
from bulkgen.report.xml_spans import XmlError
from bulkgen.sheet.model import SheetKind

NOTE_OPEN = "the report seems to be open in another program: open it again there, and do not save the old one over it"


def default_report_path(source: Path) -> Path:
    """`products.generated.xlsx` beside `products.xlsx`; of a report that is fed back in, one more, since the input is
    never written."""
    return source.with_name(f"{source.stem}{GENERATED}{source.suffix}")


def write_report(report: ReportInput, out: Path) -> tuple[str, ...]:
    """What was done at a limit of the format, as notes. Raises ReportError, and what reading `report.rows` raises as
    it is; then `out` is as it was."""
    problem = name_problem(report.outline, out)
    if problem:
        raise ReportError(problem, code="report_name", where=str(out), hint="Choose another name with -o.")
    notes = Notes()
    rows = _Rows(report.rows)
    with _borders(report, out, rows):
        if out.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder", str(out))
        if out.exists() and out.samefile(report.source):
            raise ReportError("the report would overwrite its own input", code="report_is_input", where=str(out))
        if any(lock.exists() for lock in _locks(out)):
            notes.count(NOTE_OPEN)
        with atomic.writing(out) as stream:
            _write(replace(report, rows=rows), stream, out.suffix.lower(), notes)
    return notes.texts()


def _write(report: ReportInput, stream: IO[bytes], suffix: str, notes: Notes) -> None:
    dialect = report.outline.dialect
    if not is_workbook(report.outline, suffix):
        write_text_table(report, stream, suffix, notes)
    elif report.outline.kind is SheetKind.XLSX or dialect is None:
        patch_workbook(report, stream, notes)
    else:
        write_new_workbook(report, dialect, stream, notes)


class _Rows:
    """The rows, remembering what reading them raised: that is theirs to say, and no failure to write."""

    def __init__(self, rows: Iterable[ResultRow]) -> None:
        self._rows = rows
        self.error: Exception | None = None

    def __repr__(self) -> str:
        return f"<_Rows error={self.error!r}>"

    def __iter__(self) -> Iterator[ResultRow]:
        try:
            yield from self._rows
        except Exception as error:
            self.error = error
            raise


@contextlib.contextmanager
def _borders(report: ReportInput, out: Path, rows: _Rows) -> Iterator[None]:
    """Where the exceptions of the file system, the archive and the XML become ours, with the way to the results."""
    try:
        yield
    except Exception as error:
        if rows.error is not None:
            # Closing the half-written file may have failed after it, which is nothing to tell.
            raise rows.error from rows.error.__cause__
        told = _told(error, report, out)
        if told is None:
            raise
        raise told from error


def _told(error: Exception, report: ReportInput, out: Path) -> ReportError | None:
    """None for what can only be a mistake of ours."""
    later = f"Nothing is lost: bulkgen report {report.summary.job} -o OTHER{out.suffix}"
    match error:
        case OSError():
            return ReportError(_said(error), code="report_unwritable", where=str(out), hint=later)
        case ReportError() | SheetError():
            code = error.code if isinstance(error, ReportError) else "report_source"
            return ReportError(error.message, code=code, where=error.where or str(out), hint=error.hint or later)
        case zipfile.BadZipFile() | zlib.error() | NotImplementedError() | XmlError() | EOFError() | RuntimeError():
            return ReportError(
                f"the workbook cannot be edited: {error}",
                code="unsupported_workbook",
                where=str(report.outline.path),
                hint=f"Write the report as text: bulkgen report {report.summary.job} -o OTHER.csv",
            )
        case _:
            return None


def _locks(out: Path) -> tuple[Path, ...]:
    """The files LibreOffice and Excel put beside one they have open."""
    return out.with_name(f".~lock.{out.name}#"), out.with_name(f"~${out.name}")


def _said(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.EISDIR | errno.ENOTEMPTY | errno.EEXIST:
            return "this is a folder"
        case errno.ENOENT | errno.ENOTDIR:
            return f"there is no such file or folder: {error.filename}"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "this cannot be written"
        case errno.ETXTBSY | errno.EBUSY:
            return "the file is open in another program"
        case _:
            return f"this cannot be written: {error.strerror or error}"
