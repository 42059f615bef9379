"""The way in: a file of any kind -> its sheet, or a refusal that calls the file what it is.

    path -> Sheet

The kind is read from the bytes, never from the name: a .csv that is a workbook is a workbook.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from bulkgen.errors import SheetError
from bulkgen.names import nearest
from bulkgen.sheet.delimited import open_delimited
from bulkgen.sheet.kinds import Foreign, foreign_file, foreign_package
from bulkgen.sheet.model import Sheet
from bulkgen.sheet.package import damage_is_ours, password_protected
from bulkgen.sheet.workbook import open_workbook

_HEAD_BYTES = 4096
_MARKS_AND_SPACE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_OLE_BYTES = 64 * 1024**2
# Names of streams in the old container, and what they tell.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")


def open_sheet(path: Path, *, tab: str | None = None) -> Sheet:
    """Raises SheetError: no such file, not a sheet, damaged, empty, no such tab."""
    head = _head(path)
    try:
        if head.startswith(_ZIPS):
            return _open_package(path, tab)
        if head.startswith(_OLE):
            raise _old_container(path)
        foreign = foreign_file(head)
        if foreign is not None:
            raise _not_a_sheet(path, foreign)
        if tab is not None:
            raise SheetError(
                f"a text table has no tabs, so none is called {tab!r}",
                code="unknown_tab",
                where=str(path),
                hint="Leave --sheet out.",
            )
        return open_delimited(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SheetError("this is a folder", code="no_file", where=str(path), hint="Name the sheet in it.")
        if path.exists() and not path.is_file():
            # Rows are read more than once, which a pipe or a device cannot give.
            raise SheetError("this is not a file", code="no_file", where=str(path), hint="Save the sheet as a file.")
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            is_whole = not stream.read(1)
    except FileNotFoundError:
        raise _no_file(path) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if is_whole and not head.strip(_MARKS_AND_SPACE):
        raise SheetError("the file is empty", code="empty", where=str(path), hint="Save the sheet again.")
    return head


def _no_file(path: Path) -> SheetError:
    where = str(path)
    if where.lower().startswith(("http:", "https:")):
        hint = "Web addresses are not read: download the sheet first."
    else:
        near = nearest(path.name, _names_beside(path))
        hint = f"Did you mean {near!r}?" if near else "Check the path."
    return SheetError("there is no such file", code="no_file", where=where, hint=hint)


def _names_beside(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return []


def _unreadable(path: Path, error: OSError | ValueError) -> SheetError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return SheetError(
        f"the file cannot be read: {reason}",
        code="no_file",
        where=str(path),
        hint="Check the path and your rights to the file.",
    )


def _open_package(path: Path, tab: str | None) -> Sheet:
    with damage_is_ours(path), zipfile.ZipFile(path) as archive:
        names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
        media_type = ""
        if "mimetype" in names:
            with archive.open(names["mimetype"]) as stream:
                media_type = stream.read(80).decode("ascii", "replace")
    foreign = foreign_package(names, media_type)
    if foreign is not None:
        raise _not_a_sheet(path, foreign)
    return open_workbook(path, tab)


def _old_container(path: Path) -> SheetError:
    body = path.read_bytes() if path.stat().st_size <= _MAX_OLE_BYTES else b""
    if _ENCRYPTED in body:
        return password_protected(path)
    if _WORD in body:
        return _not_a_sheet(path, Foreign("a Word document (.doc)", "Save the table in it as CSV or XLSX."))
    return _not_a_sheet(path, Foreign("an old workbook (.xls)", "Open it and save it as .xlsx."))


def _not_a_sheet(path: Path, foreign: Foreign) -> SheetError:
    return SheetError(f"this is {foreign.kind}, not a sheet", code="not_a_sheet", where=str(path), hint=foreign.remedy)
