"""Each input that is no sheet, or a broken one: a SheetError that says what it is and what to do, never a traceback."""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sheet_books import MAIN, book, text_rows

from bulkgen.errors import SheetError
from bulkgen.sheet.read import open_sheet

TABLE = text_rows(("key", "title"), ("a", "x"))


def refused(path: Path, *, tab: str | None = None) -> SheetError:
    """The refusal, at opening or while the rows are read."""
    with pytest.raises(SheetError) as caught:
        for _ in open_sheet(path, tab=tab).rows():
            pass
    error = caught.value
    assert str(path) in error.where
    return error


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "empty", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty", "empty"),
        (b"\0" * 4096, "empty", "empty"),
        (b"\n" * 9000, "empty", "empty"),
        (b",,,\r\n ,\r\n", "empty", "empty"),
        (b"sku,name\r\n", "no_rows", "row 1"),
        (b"sku,name\r\n,\r\n , \r\n", "no_rows", "row 1"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "not_a_sheet", "PNG"),
        (b"\xff\xd8\xff\xe0", "not_a_sheet", "JPEG"),
        (b"%PDF-1.7\n", "not_a_sheet", "PDF"),
        (b"PAR1\x15\x04", "not_a_sheet", "Parquet"),
        (b"\x1f\x8b\x08", "not_a_sheet", "gzip"),
        (b"<!DOCTYPE html><html><body>Sign in</body>", "not_a_sheet", "web page"),
        (b"\xef\xbb\xbf \r\n<HTML>", "not_a_sheet", "web page"),
        ("\ufeff<html>".encode("utf-16-le"), "not_a_sheet", "web page"),
        (b"<?xml version='1.0'?><rss/>", "not_a_sheet", "XML"),
        (b'{"products": []}', "not_a_sheet", "JSON"),
        (b'[\n  {"sku": 1}]', "not_a_sheet", "JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "not_a_sheet", ".xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password_protected",
            "password",
        ),
        (b"PK\x03\x04" + b"\0" * 40, "damaged", "damaged"),
        (bytes(range(256)) * 20, "not_a_sheet", "text"),
        (b'sku,name\n1,"never closed\n2,b\n3,c\n', "open_quote", "row 2"),
        (b"sku,name\n1," + b"x" * 1_000_001 + b"\n", "cell_too_long", "row 2"),
        (b'sku,name\n1,"' + b"x\n" * 600_000, "cell_too_long", "row 2"),
    ],
)
def test_what_is_no_sheet_is_called_what_it_is(tmp_path: Path, content: bytes, code: str, says: str) -> None:
    path = tmp_path / "products.csv"
    path.write_bytes(content)
    error = refused(path)
    assert error.code == code
    assert says in error.message
    assert error.hint
    # What the csv module says of its limits helps nobody.
    assert "field" not in str(error)


def test_a_file_that_is_not_there_is_refused_with_the_near_miss(tmp_path: Path) -> None:
    (tmp_path / "products.xlsx").write_bytes(b"x")
    error = refused(tmp_path / "product.xlsx")
    assert (error.code, error.hint) == ("no_file", "Did you mean 'products.xlsx'?")


@pytest.mark.parametrize("name", ["none/at/all.csv", "https://example.com/feed.csv", "x\0y.csv", "n" * 300])
def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(Path(name) if name.startswith("https") else tmp_path / name).code == "no_file"


def test_a_folder_is_no_sheet(tmp_path: Path) -> None:
    assert refused(tmp_path).message == "this is a folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in its file system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv").code == "no_file"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    path.chmod(0)
    assert refused(path).code == "no_file"


@pytest.mark.parametrize(
    ("names", "media_type", "says"),
    [
        (("content.xml",), "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument spreadsheet"),
        (("xl/workbook.bin", "[Content_Types].xml"), "", ".xlsb"),
        (("word/document.xml", "[Content_Types].xml"), "", "Word"),
        (("pictures/1.jpg",), "", "ZIP archive"),
        ((), "", "ZIP archive"),
    ],
)
def test_other_archives_are_called_what_they_are(
    tmp_path: Path, names: tuple[str, ...], media_type: str, says: str
) -> None:
    path = tmp_path / "products.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        if media_type:
            archive.writestr("mimetype", media_type)
        for name in names:
            archive.writestr(name, "x")
    error = refused(path)
    assert error.code == "not_a_sheet"
    assert says in error.message


def good_book(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    for at in range(300):
        tab.append([f"key {at}", f"title {at}", at])
    workbook.save(path)
    return path


@pytest.mark.parametrize("kept", [30, 300, 0.3, 0.6, 0.9, 0.99])
def test_a_workbook_cut_short_is_damaged(tmp_path: Path, kept: float) -> None:
    path = good_book(tmp_path / "a.xlsx")
    body = path.read_bytes()
    path.write_bytes(body[: int(kept if kept >= 1 else kept * len(body))])
    assert refused(path).code == "damaged"


def test_no_flipped_bit_of_a_workbook_ends_in_a_traceback(tmp_path: Path) -> None:
    """A broken download is refused or read; what it raises is never a stranger's exception."""
    body = good_book(tmp_path / "a.xlsx").read_bytes()
    path = tmp_path / "b.xlsx"
    for at in range(0, len(body), 53):
        path.write_bytes(body[:at] + bytes([body[at] ^ 0x55]) + body[at + 1 :])
        with contextlib.suppress(SheetError):
            for _ in open_sheet(path).rows():
                pass


def sheet_part(inside: str) -> dict[str, str | bytes | None]:
    return {"xl/worksheets/sheet1.xml": f"<worksheet xmlns='{MAIN}'>{inside}"}


@pytest.mark.parametrize(
    ("rows", "parts", "says"),
    [
        (TABLE + "<row><c t='s'><v>7</v></c></row>", {}, "text number"),
        (TABLE + "<row><c t='s'><v>-1</v></c></row>", {}, "text number"),
        (TABLE + "<row><c t='s'><v>1.5</v></c></row>", {}, "text number"),
        (TABLE + "<row><c t='s'><v>many</v></c></row>", {}, "text number"),
        (TABLE + "<row r='1'><c><v>1</v></c></row>", {}, "row 2 is followed by row 1"),
        (TABLE + "<row r='2000000'><c><v>1</v></c></row>", {}, "row 2000000"),
        (TABLE + f"<row r='{'9' * 6000}'/>" + "<row r='1'><c><v>1</v></c></row>", {}, "followed"),
        (TABLE + "<row><c r='ZZZZZZZZZ3'><v>1</v></c></row>", {}, "column"),
        (TABLE + "<row><c r='XFE3'><v>1</v></c></row>", {}, "column"),
        (TABLE + "<row><c r='3'><v>1</v></c></row>", {}, "column"),
        (TABLE, sheet_part("<sheetData><row><c><v>1</v></c>"), "broken"),
        (TABLE, sheet_part("no xml at all <<<"), "broken"),
        (TABLE, {"xl/workbook.xml": "<workbook"}, "broken"),
        (TABLE, {"xl/workbook.xml": None}, "broken"),
        (TABLE, {"xl/styles.xml": "<styleSheet"}, "broken"),
        (TABLE, {"xl/sharedStrings.xml": "\xff\xfe not xml"}, "broken"),
        (TABLE, {"xl/_rels/workbook.xml.rels": "<<"}, "broken"),
    ],
)
def test_a_workbook_whose_parts_cannot_be_is_damaged(
    tmp_path: Path, rows: str, parts: dict[str, str | bytes | None], says: str
) -> None:
    error = refused(book(tmp_path / "a.xlsx", rows, parts=parts))
    assert error.code == "damaged"
    assert says in error.message


def test_a_workbook_without_tabs_or_cells_is_empty(tmp_path: Path) -> None:
    bare = {"xl/workbook.xml": f"<workbook xmlns='{MAIN}'><sheets/></workbook>"}
    assert refused(book(tmp_path / "a.xlsx", TABLE, parts=bare)).code == "empty"
    assert refused(book(tmp_path / "b.xlsx", "")).code == "empty"
    assert refused(book(tmp_path / "c.xlsx", text_rows((" ", "")))).code == "empty"
    assert refused(book(tmp_path / "d.xlsx", text_rows(("key", "title")))).code == "no_rows"


def test_a_part_that_unpacks_without_end_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A few hundred kilobytes must not fill the memory of a shared machine."""
    spaces = b" " * (96 * 1024**2)
    path = book(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + spaces})
    assert path.stat().st_size < 1024**2
    assert refused(path).code == "too_big"


def test_entities_of_a_part_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read me")
    part = (
        f"<!DOCTYPE worksheet [<!ENTITY x SYSTEM 'file://{secret}'>]><worksheet xmlns='{MAIN}'><sheetData>"
        f"{TABLE}<row><c t='str'><v>&x;</v></c><c><v>1</v></c></row></sheetData></worksheet>"
    )
    path = book(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": part})
    assert "do not read me" not in str([row.cells for row in open_sheet(path).rows()])


def test_a_workbook_with_a_password_on_its_archive_is_called_that(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", TABLE)
    body = bytearray(path.read_bytes())
    # The flag for encryption, in each local header and each entry of the directory.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(mark)
        while at >= 0:
            body[at + offset] |= 1
            at = body.find(mark, at + 1)
    path.write_bytes(body)
    assert refused(path).code == "password_protected"


def test_a_file_that_vanishes_between_opening_and_reading_is_an_error_of_ours(tmp_path: Path) -> None:
    text = tmp_path / "b.csv"
    text.write_bytes(b"a,b\n1,2\n")
    for path in (book(tmp_path / "a.xlsx", TABLE), text):
        sheet = open_sheet(path)
        path.unlink()
        with pytest.raises(SheetError) as caught:
            list(sheet.rows())
        assert caught.value.code == "no_file"
