"""Workbooks written by libraries and by hand -> the texts a person sees in them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from sheet_books import MAIN, STRICT_MAIN, STRICT_RELATIONS, book, formats, text_rows

from bulkgen.errors import SheetError
from bulkgen.sheet.model import Sheet, SheetKind
from bulkgen.sheet.read import open_sheet

# Workbooks know no time zones.
MORNING = dt.datetime.fromisoformat("2025-11-24T09:30:00")


def cells(sheet: Sheet, column: str) -> list[str]:
    return [row.cells[column] for row in sheet.rows()]


def column(path: Path, header: str, *values: object, formats: tuple[str, ...] = ()) -> Path:
    """One workbook by openpyxl: a key column, and a column of values with their formats."""
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    tab.append(["key", header])
    for at, value in enumerate(values, start=2):
        tab.cell(at, 1, f"k{at}")
        cell = tab.cell(at, 2, value)
        if formats:
            cell.number_format = formats[at - 2]
    workbook.save(path)
    return path


def test_cells_read_as_they_are_shown(tmp_path: Path) -> None:
    """The heart of the stage: a price, an article number or a date that prints otherwise than in the sheet is wrong."""
    shown = [
        (123, "00000", "00123"),
        (4006381333931, "General", "4006381333931"),
        (0.2, "0%", "20%"),
        (1234.5, '#,##0.00 "€"', "1,234.50 €"),
        (0.1 + 0.2, "General", "0.3"),
        (204.0, "General", "204"),
        (dt.date(2025, 11, 24), "d mmm yyyy", "24 Nov 2025"),
        (MORNING, "dd/mm/yyyy hh:mm", "24/11/2025 09:30"),
        (dt.time(18, 5), "h:mm AM/PM", "6:05 PM"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("NA", "General", "NA"),
        ("null", "General", "null"),
        ("None", "General", "None"),
        ("#N/A", "General", "#N/A"),
        ("00123", "General", "00123"),
        ("  kept  ", "General", "  kept  "),
        ("two\nlines", "General", "two\nlines"),
        ("=1+1 as text", "@", "=1+1 as text"),
    ]
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    tab.append(["key", "value"])
    for at, (value, code, _) in enumerate(shown, start=2):
        tab.cell(at, 1, f"k{at}")
        cell = tab.cell(at, 2, value)
        cell.number_format = code
        if isinstance(value, str) and value.startswith("="):
            cell.data_type = "s"
    workbook.save(path)
    assert cells(open_sheet(path), "value") == [text for _, _, text in shown]


def test_an_error_cell_reads_as_its_error(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx", text_rows(("key", "price")) + "<row><c><v>1</v></c><c t='e'><v>#REF!</v></c></row>"
    )
    sheet = open_sheet(path)
    assert cells(sheet, "price") == ["#REF!"]
    assert any("error" in note and "B2" in note for note in sheet.notes)


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    """Four years and a day is what the wrong system costs."""
    path = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(str(path), {"date_1904": True})
    tab = workbook.add_worksheet()
    tab.write_row(0, 0, ["key", "day"])
    tab.write(1, 0, "a")
    tab.write_datetime(1, 1, MORNING, workbook.add_format({"num_format": "yyyy-mm-dd"}))
    workbook.close()
    assert cells(open_sheet(path), "day") == ["2025-11-24"]


def test_rich_text_is_its_runs_together(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    text = CellRichText("Now ", TextBlock(InlineFont(b=True), "half"), " price")
    column(path, "title", text)
    assert cells(open_sheet(path), "title") == ["Now half price"]


def test_escapes_of_xml_are_undone_and_escaped_underscores_kept(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        text_rows(("key", "title"))
        + "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row><row><c t='s'><v>2</v></c><c t='s'><v>3</v></c></row>",
        strings=["a", "one_x000D_\ntwo", "b", "_x005F_x000D_ is what it says"],
    )
    assert cells(open_sheet(path), "title") == ["one\r\ntwo", "_x000D_ is what it says"]


def test_reading_aids_of_japanese_text_are_left_out(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        text_rows(("key", "title")) + "<row><c><v>1</v></c><c t='s'><v>0</v></c></row>",
        parts={
            "xl/sharedStrings.xml": f"<sst xmlns='{MAIN}'><si><t>東京</t>"
            "<rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si></sst>"
        },
    )
    assert cells(open_sheet(path), "title") == ["東京"]


def test_formulas_read_as_their_stored_results(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    tab = workbook.add_worksheet()
    tab.write_row(0, 0, ["key", "total", "name"])
    tab.write(1, 0, "a")
    tab.write_formula(1, 1, "=2*21", workbook.add_format({"num_format": "0.00"}), 42)
    tab.write_formula(1, 2, '="x"&"y"', None, "xy")
    workbook.close()
    sheet = open_sheet(path)
    assert [dict(row.cells) for row in sheet.rows()] == [{"key": "a", "total": "42.00", "name": "xy"}]
    # This library asks the program that opens the file to calculate anew.
    assert any("out of date: 2 (B2, C2)" in note for note in sheet.notes)


def test_formulas_without_a_result_are_said_with_their_places(tmp_path: Path) -> None:
    """Else a column of prices would be published empty with nothing said."""
    path = column(tmp_path / "a.xlsx", "price", "=1+1", "=2+2", 7)
    sheet = open_sheet(path)
    assert cells(sheet, "price") == ["", "", "7"]
    assert any(note.startswith("formulas without a stored result") and "2 (B2, B3)" in note for note in sheet.notes)


def test_a_formula_that_shows_nothing_is_no_formula_without_a_result(tmp_path: Path) -> None:
    row = "<row><c><v>1</v></c><c t='str'><f>IF(1,\"\",0)</f><v></v></c></row>"
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(("key", "badge")) + row))
    assert cells(sheet, "badge") == [""]
    assert sheet.notes == ()


def test_a_picture_in_a_cell_reads_as_empty_and_is_said(tmp_path: Path) -> None:
    """The file stores #VALUE! beside it for programs that do not know such pictures; nobody sees that."""
    row = "<row><c><v>1</v></c><c t='e' vm='1'><v>#VALUE!</v></c></row>"
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(("key", "photo")) + row))
    assert cells(sheet, "photo") == [""]
    assert any("B2" in note and "picture" in note for note in sheet.notes)


def test_numbers_past_what_a_workbook_keeps_are_said(tmp_path: Path) -> None:
    row = "<row><c><v>12345678901234567</v></c><c><v>1</v></c></row>"
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(("card", "n")) + row))
    assert cells(sheet, "card") == ["12345678901234600"]
    assert any("more than 15 digits" in note and "A2" in note for note in sheet.notes)


def test_dates_whose_order_the_reader_decides_are_said(tmp_path: Path) -> None:
    styles = "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs>"
    row = "<row><c><v>1</v></c><c s='1'><v>45985</v></c></row>"
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(("key", "day")) + row, styles=styles))
    assert cells(sheet, "day") == ["11/24/2025"]
    assert any("month/day/year" in note and "B2" in note for note in sheet.notes)


def test_only_the_first_cell_of_a_merged_range_has_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    for row in (["group", "name"], ["Lamps", "Ada"], [None, "Bo"], ["Chairs", "Cy"]):
        tab.append(row)
    tab.merge_cells("A2:A3")
    workbook.save(path)
    sheet = open_sheet(path)
    assert cells(sheet, "group") == ["Lamps", "", "Chairs"]
    assert any(note.startswith("merged cells") and "A2:A3" in note for note in sheet.notes)


def test_text_under_a_merged_cell_is_not_read(tmp_path: Path) -> None:
    """Programs keep it in the file; nobody sees it, so no banner may show it."""
    rows = text_rows(("key", "a", "b"), ("1", "seen", "under"), ("2", "x", "y"))
    sheet = open_sheet(book(tmp_path / "a.xlsx", rows, after_rows="<mergeCells><mergeCell ref='B2:C2'/></mergeCells>"))
    assert [tuple(row.cells.values()) for row in sheet.rows()] == [("1", "seen", ""), ("2", "x", "y")]


def test_the_first_visible_tab_with_cells_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    tab.title = "Old"
    tab.append(["no", "no"])
    tab.append(["no", "no"])
    tab.sheet_state = "hidden"
    workbook.create_sheet("Empty")
    live = workbook.create_sheet("Live")
    live.append(["key", "title"])
    live.append(["a", "yes"])
    workbook.active = 1
    workbook.save(path)
    sheet = open_sheet(path)
    assert sheet.outline.tab == "Live"
    assert sheet.outline.tabs == ("Old", "Empty", "Live")
    assert cells(sheet, "title") == ["yes"]
    assert any("'Live'" in note and "--sheet" in note for note in sheet.notes)


def test_a_tab_is_found_by_its_name_whatever_the_case(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.create_sheet("Été 2025 ").append(["key", "title"])
    workbook["Été 2025 "].append(["a", "b"])
    workbook.save(path)
    assert open_sheet(path, tab="été 2025").outline.tab == "Été 2025 "


def test_an_unknown_tab_is_refused_with_the_near_miss(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.create_sheet("Products").append(["a"])
    workbook.save(path)
    with pytest.raises(SheetError) as caught:
        open_sheet(path, tab="Product")
    assert caught.value.code == "unknown_tab"
    assert "'Products'" in caught.value.hint


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    tab = workbook.active
    assert tab is not None
    for row in (["key", "title"], ["a", "x"], ["b", "y"]):
        tab.append(row)
    tab.row_dimensions[2].hidden = True
    tab.column_dimensions["B"].hidden = True
    workbook.save(path)
    sheet = open_sheet(path)
    assert cells(sheet, "title") == ["x", "y"]
    assert any(note.startswith("hidden rows") and "(2)" in note for note in sheet.notes)
    assert any(note.startswith("hidden columns") and "(B)" in note for note in sheet.notes)


def test_parts_without_dimension_row_numbers_and_references_are_read(tmp_path: Path) -> None:
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(("key", "title"), ("a", "one"), ("b", "two"))))
    assert [(row.number, dict(row.cells)) for row in sheet.rows()] == [
        (2, {"key": "a", "title": "one"}),
        (3, {"key": "b", "title": "two"}),
    ]


def test_rows_and_cells_that_are_left_out_keep_their_places(tmp_path: Path) -> None:
    rows = (
        "<row r='3'><c r='B3' t='inlineStr'><is><t>key</t></is></c>"
        "<c r='D3' t='inlineStr'><is><t>title</t></is></c></row>"
        "<row r='9'><c r='B9'><v>1</v></c><c r='D9'><v>2</v></c></row>"
    )
    sheet = open_sheet(book(tmp_path / "a.xlsx", rows))
    assert [(one.name, one.index) for one in sheet.outline.columns] == [("key", 2), ("title", 4)]
    assert [(row.number, dict(row.cells)) for row in sheet.rows()] == [(9, {"key": "1", "title": "2"})]


def test_the_strict_form_of_the_format_is_read(tmp_path: Path) -> None:
    """Excel offers it in its list of formats, and then stores dates as ISO texts."""
    rows = text_rows(("key", "day", "at", "bare")) + (
        "<row><c><v>1</v></c><c t='d' s='1'><v>2025-11-24</v></c><c t='d' s='2'><v>2025-11-24T09:30:00</v></c>"
        "<c t='d'><v>2025-11-24T00:00:00</v></c></row>"
    )
    path = book(
        tmp_path / "a.xlsx",
        rows,
        styles=formats("d mmm yyyy", "h:mm"),
        main=STRICT_MAIN,
        relations=STRICT_RELATIONS,
    )
    assert [dict(row.cells) for row in open_sheet(path).rows()] == [
        {"key": "1", "day": "24 Nov 2025", "at": "9:30", "bare": "2025-11-24"}
    ]


def test_rows_of_nothing_but_space_are_left_out(tmp_path: Path) -> None:
    rows = text_rows(("key", "title"), ("a", "x"), (" ", "\u00a0"), ("", ""), ("b", "y"))
    sheet = open_sheet(book(tmp_path / "a.xlsx", rows))
    assert [(row.position, row.number) for row in sheet.rows()] == [(0, 2), (1, 5)]


def test_cells_beside_the_table_are_left_out_and_said(tmp_path: Path) -> None:
    rows = [("key", "title"), *((f"k{at}", "x") for at in range(60)), ("last", "x", "stray")]
    sheet = open_sheet(book(tmp_path / "a.xlsx", text_rows(*rows)))
    assert sheet.outline.names == ("key", "title")
    assert [row.cells for row in sheet.rows()][-1] == {"key": "last", "title": "x"}
    assert any("C62" in note for note in sheet.notes)


def test_columns_without_a_name_are_called_by_their_letter_and_repeated_ones_numbered(tmp_path: Path) -> None:
    rows = text_rows(("sku", "", "photo", "photo", "C"), ("1", "x", "a", "b", "c"))
    sheet = open_sheet(book(tmp_path / "a.xlsx", rows))
    assert sheet.outline.names == ("sku", "B", "photo", "photo (2)", "C")


def test_a_sheet_is_read_as_often_as_asked_with_the_same_notes(tmp_path: Path) -> None:
    sheet = open_sheet(column(tmp_path / "a.xlsx", "price", "=1+1", 2))
    first = list(sheet.rows())
    said = sheet.notes
    assert list(sheet.rows()) == first
    assert sheet.notes == said


def test_control_characters_are_taken_out_and_said(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        text_rows(("key", "title")) + "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>",
        strings=["a", "be_x0007_ll _xD83D__xDE00_ half _xD800_"],
    )
    sheet = open_sheet(path)
    assert cells(sheet, "title") == ["bell 😀 half \ufffd"]


def test_macro_workbooks_are_workbooks(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsm", text_rows(("key", "title"), ("a", "x")), parts={"xl/vbaProject.bin": b"\xd0\xcf"})
    sheet = open_sheet(path)
    assert sheet.outline.kind is SheetKind.XLSX
    assert cells(sheet, "title") == ["x"]


def test_a_workbook_named_csv_is_a_workbook(tmp_path: Path) -> None:
    path = book(tmp_path / "a.csv", text_rows(("key", "title"), ("a", "x")))
    assert open_sheet(path).outline.kind is SheetKind.XLSX


def test_texts_of_links_are_read_and_said_not_their_addresses(tmp_path: Path) -> None:
    rows = text_rows(("key", "photo"), ("a", "see here"), ("b", "and here"))
    links = "<hyperlinks><hyperlink ref='B2' location='x'/><hyperlink ref='B3' location='y'/></hyperlinks>"
    sheet = open_sheet(book(tmp_path / "a.xlsx", rows, after_rows=links))
    assert cells(sheet, "photo") == ["see here", "and here"]
    assert any("'photo'" in note and "links" in note for note in sheet.notes)
