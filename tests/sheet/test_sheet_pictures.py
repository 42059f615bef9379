"""Pictures in the cells of workbooks: which cell shows which, in the files of several programs."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.drawing.image import Image as Placed
from picture_books import from_the_web, picture, placed, without_part, wps
from sheet_books import book, text_rows

from bulkgen.errors import SheetError
from bulkgen.sheet.model import CellPicture
from bulkgen.sheet.pictures import BookPictures
from bulkgen.sheet.read import open_sheet

RED, BLUE = picture("red"), picture("blue")


def shown(path: Path) -> list[tuple[str, dict[str, tuple[str, bytes]]]]:
    """By row: its name, and by column the picture's cell and bytes."""
    book_pictures = BookPictures(path)
    return [
        (
            row.cells["name"],
            {name: (str(one), book_pictures.read(one.part, 1_000_000)) for name, one in row.pictures.items()},
        )
        for row in open_sheet(path).rows()
    ]


def test_a_picture_placed_in_a_cell_is_the_cell_s_and_its_text_is_empty(tmp_path: Path) -> None:
    """Excel stores each of them once, however many cells show it, five numbers away from the cell."""
    path = placed(
        tmp_path / "a.xlsx", [("one", BLUE, None), ("two", RED, None), ("three", BLUE, None), ("", RED, None)]
    )
    assert shown(path) == [
        ("one", {"in": ("the picture in cell B2", BLUE)}),
        ("two", {"in": ("the picture in cell B3", RED)}),
        ("three", {"in": ("the picture in cell B4", BLUE)}),
        ("", {"in": ("the picture in cell B5", RED)}),
    ]
    assert [row.cells["in"] for row in open_sheet(path).rows()] == ["", "", "", ""]
    assert open_sheet(path).notes == ()


def test_a_picture_over_a_cell_is_told_apart_and_makes_no_row(tmp_path: Path) -> None:
    """A logo below the table would else be a banner, and be billed."""
    path = placed(tmp_path / "a.xlsx", [("one", None, RED), ("two", BLUE, RED), ("", None, BLUE)])
    assert shown(path) == [
        ("one", {"over": ("the picture over cell C2", RED)}),
        ("two", {"in": ("the picture in cell B3", BLUE), "over": ("the picture over cell C3", RED)}),
    ]


def test_a_picture_over_a_text_leaves_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as written:
        tab = written.add_worksheet()
        for at, cells in enumerate((("name", "photo"), ("one", "https://x.example/1.jpg"), ("two", ""))):
            tab.write_row(at, 0, cells)
        (tmp_path / "red.png").write_bytes(RED)
        for row in (0, 1, 2, 2):
            tab.insert_image(row, 1, str(tmp_path / "red.png"))
    assert [pictures for _, pictures in shown(path)] == [{}, {"photo": ("the picture over cell B3", RED)}]
    sheet = open_sheet(path)
    list(sheet.rows())
    assert "cells with several pictures over them, of which the first is used: 1 (B3)" in sheet.notes


def test_a_picture_placed_by_another_library_is_found_too(tmp_path: Path) -> None:
    """That one writes anchors of one cell, and other prefixes."""
    written = openpyxl.Workbook()
    tab = written.active
    assert tab is not None
    for cells in (("name", "photo"), ("one", None)):
        tab.append(cells)
    (tmp_path / "blue.png").write_bytes(BLUE)
    tab.add_image(Placed(str(tmp_path / "blue.png")), "B2")
    written.save(tmp_path / "a.xlsx")
    assert shown(tmp_path / "a.xlsx")[0][1]["photo"][0] == "the picture over cell B2"


def test_the_pictures_of_wps_are_found_by_the_name_in_their_formula(tmp_path: Path) -> None:
    path = wps(tmp_path / "a.xlsx", {"one": RED, "two": BLUE})
    assert shown(path) == [
        ("one", {"photo": ("the picture in cell B2", RED)}),
        ("two", {"photo": ("the picture in cell B3", BLUE)}),
        ("none", {}),
    ]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ('IMAGE("https://x.example/a.png")', "https://x.example/a.png"),
        ('_xlfn.IMAGE("https://x.example/a.png","Shoe",0)', "https://x.example/a.png"),
        ('image( " https://x.example/say""hi"".png " )', 'https://x.example/say"hi".png'),
        ('IMAGE("ftp://x.example/a.png")', "stored"),
        ('IMAGE("https://x.example/"&amp;A2)', "stored"),
        ('HYPERLINK("https://x.example/a.png")', "stored"),
    ],
)
def test_an_image_formula_reads_as_its_address(tmp_path: Path, formula: str, text: str) -> None:
    """What it stores is nothing, or an error that no program but the one that wrote it shows."""
    row = f"<row><c><v>1</v></c><c t='str'><f>{formula}</f><v>stored</v></c></row>"
    (found,) = open_sheet(book(tmp_path / "a.xlsx", text_rows(("name", "photo")) + row)).rows()
    assert (found.cells["photo"], dict(found.pictures)) == (text, {})


def test_an_image_whose_address_is_worked_out_reads_as_what_excel_fetched(tmp_path: Path) -> None:
    (row,) = open_sheet(from_the_web(tmp_path / "a.xlsx", "https://x.example/a.png")).rows()
    assert row.cells["photo"] == "https://x.example/a.png"
    (row,) = open_sheet(from_the_web(tmp_path / "b.xlsx", "file:///etc/passwd")).rows()
    assert row.cells["photo"] == ""


def test_a_picture_that_the_file_has_lost_is_said(tmp_path: Path) -> None:
    whole = placed(tmp_path / "a.xlsx", [("one", RED, None)])
    for part in ("xl/metadata.xml", "xl/richData/rdrichvalue.xml", "xl/richData/richValueRel.xml"):
        sheet = open_sheet(without_part(whole, tmp_path / "b.xlsx", part))
        assert [dict(row.pictures) for row in sheet.rows()] == [{}]
        assert any("does not hold" in note and "B2" in note for note in sheet.notes), part
    without_part(whole, tmp_path / "b.xlsx", "xl/media/image1.png")
    with pytest.raises(SheetError) as refused:
        shown(tmp_path / "b.xlsx")
    assert refused.value.code == "damaged"


def test_a_column_of_pictures_needs_no_header_and_pictures_are_none(tmp_path: Path) -> None:
    """A logo placed above the table is no title, and no row is lost for having nothing but a picture."""
    path = tmp_path / "a.xlsx"
    (tmp_path / "red.png").write_bytes(RED)
    with xlsxwriter.Workbook(str(path)) as written:
        tab = written.add_worksheet()
        tab.embed_image(0, 0, str(tmp_path / "red.png"))
        tab.write_row(2, 0, ["name", "price"])
        for row in (3, 4):
            tab.embed_image(row, 2, str(tmp_path / "red.png"))
    sheet = open_sheet(path)
    assert (sheet.outline.names, sheet.outline.header_row) == (("name", "price", "C"), 3)
    assert [(row.number, dict(row.pictures)) for row in sheet.rows()] == [
        (4, {"C": CellPicture("C4", "xl/media/image1.png")}),
        (5, {"C": CellPicture("C5", "xl/media/image1.png")}),
    ]


def test_a_picture_under_a_merged_cell_is_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    (tmp_path / "red.png").write_bytes(RED)
    with xlsxwriter.Workbook(str(path)) as written:
        tab = written.add_worksheet()
        tab.write_row(0, 0, ["name", "photo"])
        tab.embed_image(1, 1, str(tmp_path / "red.png"))
        tab.merge_range(1, 0, 1, 1, "one")
        tab.embed_image(1, 1, str(tmp_path / "red.png"))
    assert shown(path) == [("one", {})]


@pytest.mark.parametrize("number", ["", "-1", "2", "x", "99999999999", "٣", "1.0"])
@pytest.mark.parametrize("place", ["cell", "record", "value", "keys", "web"])
def test_a_wrong_number_between_cell_and_picture_is_no_picture(tmp_path: Path, place: str, number: str) -> None:
    """They come from a stranger's file, and must not read beyond what there is."""
    sheet = open_sheet(from_the_web(tmp_path / "a.xlsx", "https://x.example/a.png", **{place: number}))
    assert [row.cells["photo"] for row in sheet.rows()] == [""]
