"""The first bytes of a file, or the names in an archive -> what it is, where it is no sheet, and what to do. Pure.

Names of files are not asked: a .csv that is a picture is a picture. Left out: the sheets themselves, which `read` sends
on to their readers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_SHEET_OF_IT = "Name the sheet that belongs to it."
_SAVE = "Save it as CSV or XLSX."
_UNPACK = "Unpack it first."


@dataclass(frozen=True, slots=True)
class Foreign:
    kind: str
    remedy: str


_SIGNATURES: tuple[tuple[bytes, Foreign], ...] = (
    (b"\x89PNG\r\n\x1a\n", Foreign("a PNG picture", _SHEET_OF_IT)),
    (b"\xff\xd8\xff", Foreign("a JPEG picture", _SHEET_OF_IT)),
    (b"GIF8", Foreign("a GIF picture", _SHEET_OF_IT)),
    (b"%PDF", Foreign("a PDF document", "Save the table in it as CSV or XLSX.")),
    (b"{\\rtf", Foreign("an RTF document", "Save the table in it as CSV or XLSX.")),
    (b"PAR1", Foreign("a Parquet file", _SAVE)),
    (b"ARROW1", Foreign("an Arrow file", _SAVE)),
    (b"ID;P", Foreign("a SYLK sheet", _SAVE)),
    (b"\x1f\x8b", Foreign("a gzip archive", _UNPACK)),
    (b"BZh", Foreign("a bzip2 archive", _UNPACK)),
    (b"\xfd7zXZ\0", Foreign("an xz archive", _UNPACK)),
    (b"\x28\xb5\x2f\xfd", Foreign("a zstd archive", _UNPACK)),
    (b"Rar!", Foreign("a RAR archive", _UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Foreign("a 7-Zip archive", _UNPACK)),
    (b"SQLite format 3\0", Foreign("a SQLite database", "Export the table in it as CSV.")),
)
# Text that is no table. Read without its mark, its NULs (so UTF-16 is recognised too) and the white space in front.
_TEXTS: tuple[tuple[re.Pattern[bytes], Foreign], ...] = (
    (
        re.compile(rb"<!doctype html|<html|<head|<body"),
        Foreign("a web page", "It is often a sign-in page: download the sheet itself."),
    ),
    (re.compile(rb"<!doctype svg|<svg|<\?xml[^>]*>\s*<svg"), Foreign("an SVG picture", _SHEET_OF_IT)),
    (re.compile(rb"<\?xml|<rss|<feed|<!doctype|<!--"), Foreign("an XML file", _SAVE)),
    (re.compile(rb"mime-version:"), Foreign("a web archive", _SAVE)),
    (re.compile(rb'\{\s*["}]|\[\s*[{\[]|\[\s*\]\s*$'), Foreign("a JSON file", _SAVE)),
)
_OPEN_DOCUMENTS = (
    ("opendocument.spreadsheet", Foreign("an OpenDocument spreadsheet", "Save it as .xlsx.")),
    ("opendocument", Foreign("an OpenDocument file", _SAVE)),
    ("epub", Foreign("a book", _SHEET_OF_IT)),
)
_IN_ARCHIVES = (
    ("xl/workbook.bin", Foreign("a binary workbook (.xlsb)", "Save it as .xlsx.")),
    ("word/document.xml", Foreign("a Word document", "Save the table in it as CSV or XLSX.")),
    ("ppt/presentation.xml", Foreign("a presentation", "Save the table in it as CSV or XLSX.")),
    ("index/document.iwa", Foreign("an Apple Numbers or Pages document", "Export it as Excel or CSV.")),
)
_ARCHIVE = Foreign("a ZIP archive without a workbook in it", "Unpack it and name the sheet.")


def foreign_file(head: bytes) -> Foreign | None:
    """None for what may be a text table."""
    for start, foreign in _SIGNATURES:
        if head.startswith(start):
            return foreign
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip().lower()
    return next((foreign for pattern, foreign in _TEXTS if pattern.match(text)), None)


def foreign_package(names: Collection[str], media_type: str) -> Foreign | None:
    """`names` in lower case; `media_type` is what OpenDocument files say of themselves. None for a workbook."""
    for part, foreign in _OPEN_DOCUMENTS:
        if part in media_type:
            return foreign
    for name, foreign in _IN_ARCHIVES:
        if name in names:
            return foreign
    is_workbook = any(name.endswith(".xml") and "workbook" in name for name in names) or "[content_types].xml" in names
    return None if is_workbook else _ARCHIVE
