"""Text tables as files: what is kept of their cells, what is said of their rows, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import SheetError
from bulkgen.sheet.model import Row, Sheet
from bulkgen.sheet.read import open_sheet


def _table(folder: Path, body: bytes | str) -> Sheet:
    path = folder / "table.csv"
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return open_sheet(path)


def _rows(sheet: Sheet) -> list[tuple[str, ...]]:
    return [tuple(row.cells.values()) for row in sheet.rows()]


RISKY = (
    *("00123", "4006381333931", "12345678901234567890", "1.10", "1e5", "NA", "None", "null", "nan", " x ", "TRUE"),
    *("2026-11-24", "03/04/2026", "20%", "=1+1", "é", "1,5", "#N/A", "inf", "1_000", "N/A", "-", "+3", "@home"),
)


@pytest.mark.parametrize("text", RISKY)
def test_a_cell_is_the_text_that_stands_there(tmp_path: Path, text: str) -> None:
    """A reader that guesses turns article numbers into floats and the name Null into nothing."""
    assert _rows(_table(tmp_path, f'key,value\n1,"{text}"\n')) == [("1", text)]


def test_rows_have_the_numbers_that_a_spreadsheet_program_shows(tmp_path: Path) -> None:
    """Problems name rows by number; a line break in a cell is no row, and an empty line is one."""
    sheet = _table(tmp_path, 'a,b\n1,"two\nlines"\n\n,\n3,4\n')
    assert [(row.position, row.number) for row in sheet.rows()] == [(0, 2), (1, 5)]


def test_a_sheet_is_read_as_often_as_asked(tmp_path: Path) -> None:
    sheet = _table(tmp_path, "a,b\n1,2,3\n4\n")
    first, notes = list(sheet.rows()), sheet.notes
    assert list(sheet.rows()) == first
    assert sheet.notes == notes


def test_missing_cells_are_empty_and_cells_too_many_are_left_out_and_said(tmp_path: Path) -> None:
    sheet = _table(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert _rows(sheet) == [("1", "2", ""), ("1", "2", "3"), ("1", "2", "3")]
    longer, shorter = sorted(sheet.notes, key=lambda note: "fewer" in note)
    assert "more cells" in longer
    assert "(3)" in longer
    assert "fewer cells" in shorter
    assert "(2)" in shorter


def test_a_long_cell_is_kept_whole(tmp_path: Path) -> None:
    """Whether it fits is for the layer to say that it is meant for."""
    assert _rows(_table(tmp_path, "a,b\n1," + "x" * 200_000 + "\n")) == [("1", "x" * 200_000)]


def test_control_characters_are_taken_out_and_said(tmp_path: Path) -> None:
    sheet = _table(tmp_path, b"a,b\n1,x\0y\x07z\n2,ok\n")
    assert _rows(sheet) == [("1", "xyz"), ("2", "ok")]
    assert any("control" in note and "2" in note for note in sheet.notes)


def test_half_a_character_reads_as_the_replacement(tmp_path: Path) -> None:
    body = b"\xff\xfe" + "a,b\n1,x".encode("utf-16-le") + b"\x00\xd8" + "\n".encode("utf-16-le")
    sheet = _table(tmp_path, body)
    assert _rows(sheet) == [("1", "x\ufffd")]
    assert any("\ufffd" in note for note in sheet.notes)


@pytest.mark.parametrize("body", ['a,b\n1,"open\n2,3\n', 'a,b\n1,2\n3,"', '"a,b\n1,2\n'])
def test_a_quote_that_never_closes_is_refused_with_its_row(tmp_path: Path, body: str) -> None:
    """The csv module takes the rest of the file for one cell and says nothing: all products after it would be lost."""
    with pytest.raises(SheetError) as caught:
        list(_table(tmp_path, body).rows())
    assert caught.value.code == "open_quote"
    assert "row" in caught.value.message


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "empty"), ("\ufeff", "empty"), (" \r\n\r\n", "empty"), (",,\n,,\n", "empty"), ("a,b,c\r\n", "no_rows")],
)
def test_a_table_without_rows_is_refused(tmp_path: Path, body: str, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        _table(tmp_path, body)
    assert caught.value.code == code
    assert caught.value.hint


def test_a_text_table_has_no_tabs(tmp_path: Path) -> None:
    """A tab asked for and not there would else be another sheet than the person meant."""
    _table(tmp_path, "a,b\n1,2\n")
    with pytest.raises(SheetError) as caught:
        open_sheet(tmp_path / "table.csv", tab="Products")
    assert caught.value.code == "unknown_tab"


def test_the_columns_of_a_report_are_columns_like_others(tmp_path: Path) -> None:
    """A report is fed back in to be brought up to date."""
    sheet = _table(tmp_path, "sku,square url,square error,bulkgen status\n1,https://x/a.png,,done\n")
    assert sheet.outline.names == ("sku", "square url", "square error", "bulkgen status")
    assert next(sheet.rows()) == Row(
        0, 2, "", dict(zip(sheet.outline.names, ("1", "https://x/a.png", "", "done"), strict=True))
    )
