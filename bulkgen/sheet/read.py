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
from bulkgen.sheet.model import Sheet
from bulkgen.sheet.package import password_protected
from bulkgen.sheet.workbook import open_workbook

_HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# What a file begins with, what it is, and what to do with it.
_OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", "Name the sheet that belongs to it."),
    (b"\xff\xd8\xff", "a JPEG picture", "Name the sheet that belongs to it."),
    (b"GIF8", "a GIF picture", "Name the sheet that belongs to it."),
    (b"%PDF", "a PDF document", "Save the table in it as CSV or XLSX."),
    (b"PAR1", "a Parquet file", "Save it as CSV or XLSX."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"SQLite format 3", "a SQLite database", "Export the table in it as CSV."),
)


def open_sheet(path: Path, *, tab: str | None = None) -> Sheet:
    """Raises SheetError: no such file, not a sheet, damaged, empty, no such tab."""
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        return _open_package(path, tab)
    if head.startswith(_OLE):
        raise _old_container(path)
    for start, kind, remedy in _OTHER_KINDS:
        if head.startswith(start):
            raise _not_a_sheet(path, kind, remedy)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        raise _not_a_sheet(path, "a web page", "It is often a sign-in page: download the sheet itself.")
    if text.startswith((b"<?xml", b"<rss", b"<feed")):
        raise _not_a_sheet(path, "an XML feed", "Save it as CSV or XLSX.")
    if text.startswith(b"{"):
        raise _not_a_sheet(path, "a JSON file", "Save it as CSV or XLSX.")
    return open_delimited(path)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except FileNotFoundError:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()] if path.parent.is_dir() else []
        near = nearest(path.name, names)
        raise SheetError(
            "there is no such file",
            code="no_file",
            where=str(path),
            hint=f"Did you mean {near!r}?" if near else "Check the path.",
        ) from None
    except IsADirectoryError:
        raise SheetError("this is a folder", code="no_file", where=str(path), hint="Name the sheet in it.") from None
    except OSError as error:
        raise SheetError(f"the file cannot be read: {error.strerror}", code="no_file", where=str(path)) from error
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise SheetError("the file is empty", code="empty", where=str(path), hint="Save the sheet again.")
    return head


def _open_package(path: Path, tab: str | None) -> Sheet:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower() for name in archive.namelist()}
            kind = archive.read("mimetype")[:80].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise SheetError(
            "the workbook is damaged: the file is cut short",
            code="damaged",
            where=str(path),
            hint="Download or save it again.",
        ) from error
    if "opendocument.spreadsheet" in kind:
        raise _not_a_sheet(path, "an OpenDocument spreadsheet", "Save it as .xlsx.")
    if "xl/workbook.bin" in names:
        raise _not_a_sheet(path, "a binary workbook (.xlsb)", "Save it as .xlsx.")
    if not any(name.endswith(".xml") and name.startswith("xl/") for name in names):
        raise _not_a_sheet(path, "a ZIP archive without a workbook in it", "Unpack it and name the sheet.")
    return open_workbook(path, tab)


def _old_container(path: Path) -> SheetError:
    body = path.read_bytes() if path.stat().st_size < 64 * 1024**2 else b""
    if _ENCRYPTED in body:
        return password_protected(path)
    return _not_a_sheet(path, "an old workbook (.xls)", "Open it and save it as .xlsx.")


def _not_a_sheet(path: Path, kind: str, remedy: str) -> SheetError:
    return SheetError(f"this is {kind}, not a sheet", code="not_a_sheet", where=str(path), hint=remedy)
