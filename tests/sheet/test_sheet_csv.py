"""Text tables as programs write them -> the texts a person sees in them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bulkgen.errors import SheetError
from bulkgen.sheet.delimited import MAX_LINE_CHARS, read_records
from bulkgen.sheet.model import CsvDialect, Sheet
from bulkgen.sheet.read import open_sheet

TABLE = "sku;name;price\r\n00123;Café – crème;9,90 €\r\n4006381333931;NA;null\r\n"
ROWS = [
    {"sku": "00123", "name": "Café – crème", "price": "9,90 €"},
    {"sku": "4006381333931", "name": "NA", "price": "null"},
]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows()]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", True),
        ("utf-8", False),
        ("cp1252", False),
        ("utf-16-le", True),
        ("utf-16-le", False),
        ("utf-16-be", True),
        ("utf-16-be", False),
        ("utf-32-le", True),
        ("utf-32-be", False),
    ],
)
def test_a_table_is_read_in_the_encoding_it_is_in(tmp_path: Path, codec: str, mark: bool) -> None:
    """Excel writes half of these, depending on the item of its menu that was clicked."""
    body = ("\ufeff" if mark else "").encode(codec) + TABLE.encode(codec)
    sheet = open_sheet(write(tmp_path / "a.csv", body))
    assert rows(sheet) == ROWS
    assert sheet.outline.dialect == CsvDialect(codec, ";", "\r\n", has_bom=mark)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", ["имя,цена\nПривет мир,дорого\n", "שם,מחיר\r\nשלום,יקר\r\n", "名,價格\n一二三,四五六\n"]
)
def test_wide_encodings_without_a_mark_are_found_in_any_script(tmp_path: Path, codec: str, text: str) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", text.encode(codec)))
    first, second = (
        (line.split(",") for line in text.split())
        if " " not in text
        else (line.split(",") for line in text.splitlines())
    )
    assert rows(sheet) == [dict(zip(first, second, strict=True))]


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", TABLE.encode("cp1252")))
    assert any("Windows-1252" in note for note in sheet.notes)


def test_a_few_broken_bytes_do_not_turn_a_utf8_table_into_another(tmp_path: Path) -> None:
    """Else one bad byte in the last row would spoil every accent above it."""
    body = "sku,name\n" + "".join(f"{at},Crème brûlée\n" for at in range(50))
    sheet = open_sheet(write(tmp_path / "a.csv", body.encode() + b"50,bad \xe9\n"))
    read = rows(sheet)
    assert read[0]["name"] == "Crème brûlée"
    assert read[-1]["name"] == "bad \ufffd"
    assert any("could not" in note or "not UTF-8" in note or "does not know" in note for note in sheet.notes)


@pytest.mark.parametrize(
    ("text", "separator", "names"),
    [
        ("a,b\n1,2\n", ",", ("a", "b")),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";", ("a", "b")),
        ("a\tb\n1,5\t2;5\n", "\t", ("a", "b")),
        ("a|b\n1, 2|3; 4\n", "|", ("a", "b")),
        ("sku,images\n1,a|b|c|d|e\n2,a|b|c|d|e\n", ",", ("sku", "images")),
        ("sku,text\n1,red; big; x\n2,red; big; y\n", ",", ("sku", "text")),
        ("Our products\nsku,name,price\nA,B,3\nC,D,4\n", ",", ("sku", "name", "price")),
        ("sku,name\n1,Shirt,\n2,Hat,\n", ",", ("sku", "name")),
        ("a;b;c\n1;2\n3\n", ";", ("a", "b", "c")),
        ('"a;1","b;2"\n"x;y;z",2\n', ",", ("a;1", "b;2")),
    ],
)
def test_the_separator_is_the_one_that_header_and_rows_agree_on(
    tmp_path: Path, text: str, separator: str, names: tuple[str, ...]
) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", text))
    assert sheet.outline.dialect is not None
    assert (sheet.outline.dialect.delimiter, sheet.outline.names) == (separator, names)


@pytest.mark.parametrize(
    "cells",
    [
        ["url", "https://x.example/w_1,h_2/a.jpg", "https://x.example/w_1,h_2/b.jpg"],
        ["url", "https://x.example/a;b", "https://x.example/c,d"],
        ["headline", "Big sale, today only", "New arrivals, now"],
        ["headline", "Hello; and, all"],
        ["price", "1,5", "2,5"],
        ["Title, in short", "one", "two"],
        ["a", "b"],
        ["name", "ends in a comma,", "x"],
    ],
)
def test_a_table_of_one_column_is_not_cut(tmp_path: Path, cells: list[str]) -> None:
    """An address cut at its comma is a dead picture on every banner."""
    sheet = open_sheet(write(tmp_path / "a.csv", "\n".join(cells) + "\n"))
    assert sheet.outline.names == (cells[0],)
    assert [row.cells[cells[0]] for row in sheet.rows()] == cells[1:]


def test_a_column_far_into_which_a_separator_comes_is_not_cut_either(tmp_path: Path) -> None:
    cells = ["headline"] + ["a plain line of text to fill the sample"] * 12_000 + ["now, at last"]
    sheet = open_sheet(write(tmp_path / "a.csv", "\n".join(cells)))
    assert [row.cells["headline"] for row in sheet.rows()][-1] == "now, at last"


@pytest.mark.parametrize(
    ("line", "separator"), [("sep=;", ";"), ('"sep=;"', ";"), ("SEP=|", "|"), ("sep=\t", "\t"), ("sep=,,,", ",")]
)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_excels_first_line_names_the_separator_and_is_no_row(
    tmp_path: Path, line: str, separator: str, line_end: str
) -> None:
    table = [line, separator.join(("sku", "name")), separator.join(("1", "a,b" if separator != "," else "ab"))]
    sheet = open_sheet(write(tmp_path / "a.csv", line_end.join(table)))
    assert sheet.outline.header_row == 2
    assert [(row.number, row.cells["sku"]) for row in sheet.rows()] == [(3, "1")]


def test_metas_row_of_explanations_is_no_header(tmp_path: Path) -> None:
    text = (
        '# Required | The id; unique,"# Required | The title; short","# Optional | a; b; c"\nid,title,price\n1,Hat,9\n'
    )
    sheet = open_sheet(write(tmp_path / "a.csv", "\ufeff" + text))
    assert (sheet.outline.header_row, sheet.outline.names) == (2, ("id", "title", "price"))
    assert any("row 1" in note for note in sheet.notes)


def test_a_header_of_hashes_is_a_header(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", "#id,#title,#price\n1,Hat,9\n2,Cap,8\n"))
    assert (sheet.outline.header_row, sheet.outline.names) == (1, ("#id", "#title", "#price"))


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_line_ends_of_every_system_are_read_and_remembered(tmp_path: Path, line_end: str) -> None:
    text = line_end.join(["a,b", f'1,"two{line_end}lines"', "3,4"])
    sheet = open_sheet(write(tmp_path / "a.csv", text))
    assert sheet.outline.dialect is not None
    assert sheet.outline.dialect.line_end == line_end
    assert rows(sheet) == [{"a": "1", "b": f"two{line_end}lines"}, {"a": "3", "b": "4"}]


def test_ragged_rows_are_read_in_their_place_and_said(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,\n"))
    assert [(row.number, tuple(row.cells.values())) for row in sheet.rows()] == [
        (2, ("1", "2", "3")),
        (3, ("4", "5", "")),
        (4, ("6", "7", "8")),
        (5, ("1", "2", "3")),
    ]
    assert any("more cells" in note and "(4)" in note for note in sheet.notes)
    assert any("fewer cells" in note and "(3)" in note for note in sheet.notes)


def test_rows_are_numbered_by_records_not_by_lines(tmp_path: Path) -> None:
    """A spreadsheet program calls the row after a cell of three lines the next one, and so must every message."""
    sheet = open_sheet(write(tmp_path / "a.csv", 'a,b\n1,"x\ny\nz"\n\n2,w\n'))
    assert [(row.position, row.number) for row in sheet.rows()] == [(0, 2), (1, 4)]


def test_rows_without_text_are_left_out(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", "\n" * 50 + "a,b\n1,2\n ,\t\n,\n\n\0,\n3,4\n"))
    assert sheet.outline.header_row == 51
    assert [row.cells["a"] for row in sheet.rows()] == ["1", "3"]


def test_nul_and_other_control_characters_are_taken_out_and_said(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", b"a,b\n\x00one,tw\x07o\n"))
    assert rows(sheet) == [{"a": "one", "b": "two"}]
    assert any("control" in note and "2" in note for note in sheet.notes)


def test_a_text_kept_as_text_by_a_formula_is_the_text(tmp_path: Path) -> None:
    """Shops export ="00123" so that Excel keeps the zeros; Excel shows 00123."""
    sheet = open_sheet(write(tmp_path / "a.csv", 'sku,name\n="00123",=A1\n"=""00456""",x\n'))
    assert rows(sheet) == [{"sku": "00123", "name": "=A1"}, {"sku": "00456", "name": "x"}]


def test_a_byte_order_mark_in_the_wrong_place_is_no_part_of_a_name(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", "\n\ufeffsku,name\n1,a\n"))
    assert sheet.outline.names == ("sku", "name")


def test_columns_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", "sku,photo,photo,,photo (2)\n1,a,b,c,d\n"))
    assert rows(sheet) == [{"sku": "1", "photo": "a", "photo (3)": "b", "D": "c", "photo (2)": "d"}]


def test_a_quote_in_the_middle_of_a_cell_is_an_inch_mark(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", 'sku,name\n1,5" nail\n2,"27"" screen"\n'))
    assert [row.cells["name"] for row in sheet.rows()] == ['5" nail', '27" screen']


def test_a_quote_open_at_the_end_is_refused_with_its_row(tmp_path: Path) -> None:
    """The csv module would swallow the rest of the file into one cell and say nothing."""
    text = "sku,name\n" + "".join(f"{at},x\n" for at in range(100)) + '100,"open\n101,x\n102,x\n'
    sheet = open_sheet(write(tmp_path / "a.csv", text))
    with pytest.raises(SheetError, match="row 102") as caught:
        list(sheet.rows())
    assert caught.value.code == "open_quote"


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as stream:
        stream.write(b"a,b\n")
        stream.truncate(MAX_LINE_CHARS + 4096)
    with pytest.raises(SheetError):
        list(open_sheet(path).rows())


def test_the_limit_of_a_program_around_us_is_not_lowered(tmp_path: Path) -> None:
    before = csv.field_size_limit(5_000_000)
    try:
        list(open_sheet(write(tmp_path / "a.csv", "a,b\n1,2\n")).rows())
        assert csv.field_size_limit() == 5_000_000
    finally:
        csv.field_size_limit(before)


def test_records_are_all_there_for_the_report(tmp_path: Path) -> None:
    """What stands above the header, between the rows and beyond the columns goes back into the report."""
    path = write(tmp_path / "a.csv", "\ufefftitle\n\na,b\n1,2,3\n\nlast\n".encode("utf-16-le"))
    dialect = CsvDialect("utf-16-le", ",", "\n", has_bom=True)
    assert list(read_records(path, dialect)) == [
        (1, ["title"]),
        (2, []),
        (3, ["a", "b"]),
        (4, ["1", "2", "3"]),
        (5, []),
        (6, ["last"]),
    ]


def test_a_long_cell_is_read_whole(tmp_path: Path) -> None:
    cell = "x" * 900_000
    sheet = open_sheet(write(tmp_path / "a.csv", f"sku,text\n1,{cell}\n"))
    assert rows(sheet) == [{"sku": "1", "text": cell}]


def test_a_sheet_is_read_as_often_as_asked_with_the_same_notes(tmp_path: Path) -> None:
    sheet = open_sheet(write(tmp_path / "a.csv", b"a,b\n1\n\x07,2\n"))
    first = list(sheet.rows())
    said = sheet.notes
    assert list(sheet.rows()) == first
    assert sheet.notes == said
