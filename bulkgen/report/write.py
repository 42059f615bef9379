"""The way in: a report of any kind, written whole or not at all.

    ReportInput -> NAME.generated.EXT

The name of the output decides its kind; a workbook that stays a workbook is patched part by part.
"""

from __future__ import annotations

import errno
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

from bulkgen import atomic
from bulkgen.errors import ReportError
from bulkgen.report.limits import Notes
from bulkgen.report.model import ReportInput
from bulkgen.report.new_workbook import TAB, write_workbook_of
from bulkgen.report.text_table import write_text_table
from bulkgen.report.workbook import patch_workbook
from bulkgen.sheet.model import SheetKind

WORKBOOKS = (".xlsx", ".xlsm")
GENERATED = ".generated"


def default_report_path(source: Path) -> Path:
    """`products.generated.xlsx` beside `products.xlsx`; a report that is fed back in is its own report's name again."""
    stem = source.stem.removesuffix(GENERATED)
    return source.with_name(f"{stem}{GENERATED}{source.suffix}")


def write_report(report: ReportInput, out: Path) -> tuple[str, ...]:
    """What was done at a limit of the format, as notes. Raises ReportError; then `out` is as it was."""
    notes = Notes()
    try:
        with atomic.writing(out) as stream:
            _write(report, stream, out.suffix.lower(), notes)
    except OSError as error:
        raise ReportError(_said(error), code="report_unwritable", where=str(out)) from error
    return notes.texts()


def _write(report: ReportInput, stream: IO[bytes], suffix: str, notes: Notes) -> None:
    if suffix not in WORKBOOKS:
        write_text_table(report, stream, notes)
    elif report.outline.kind is SheetKind.XLSX:
        patch_workbook(report, stream, suffix, notes)
    else:
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "table.xlsx"
            write_workbook_of(report, book, notes)
            outline = replace(report.outline, path=book, kind=SheetKind.XLSX, tab=TAB, dialect=None)
            patch_workbook(replace(report, source=book, outline=outline), stream, suffix, notes)


def _said(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "this cannot be written"
        case errno.ETXTBSY | errno.EBUSY:
            return "the file is open in another program"
        case _:
            return f"this cannot be written: {error.strerror}"
