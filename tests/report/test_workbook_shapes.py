"""Sheets as other programs write them: prefixes, the strict form, rows and cells without numbers, things in the way."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from package_differences import differences, parts_of
from report_cases import FORMATS, report_of, result_of
from small_workbook import HEADER, SHEET_PART, STRICT, TRANSITIONAL, make_small_workbook, row

from bulkgen.errors import ReportError
from bulkgen.report.columns import result_columns
from bulkgen.report.model import FormatResult, ResultRow
from bulkgen.report.write import write_report
from bulkgen.sheet.read import open_sheet

STATUS = "bulkgen status"
TWO_ROWS = HEADER + row(2, "a", "Tea") + row(3, "b", "Pot")


def reported(source: Path, rows: list[ResultRow] | None = None) -> Path:
    out = source.with_name(f"out{source.suffix}")
    write_report(report_of(source, rows), out)
    return out


def sheet_of(path: Path) -> str:
    return parts_of(path)[SHEET_PART].decode()


def table_of(path: Path, tab: str = "Rows") -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(tab).to_python(skip_empty_area=False)


def statuses(path: Path) -> list[str]:
    return [line.cells[STATUS] for line in open_sheet(path).rows()]


@pytest.mark.parametrize("namespaces", [TRANSITIONAL, STRICT], ids=["transitional", "strict"])
@pytest.mark.parametrize("prefix", ["", "x"], ids=["plain", "prefixed"])
def test_either_form_of_the_standard_with_any_prefix(namespaces: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Excel saves the strict form on request, and several exporters write every name with a prefix."""
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, namespaces=namespaces, prefix=prefix)
    out = reported(source)
    assert differences(source, out, SHEET_PART) == []
    assert statuses(out) == ["done", "partial"]
    if namespaces == TRANSITIONAL:
        sheet = openpyxl.load_workbook(out)["Rows"]
        assert sheet["C2"].hyperlink.target == "x.generated/row-2-square.png"


ODD_ROWS = {
    "cells without addresses": "<row><c t='inlineStr'><is><t>sku</t></is></c><c t='inlineStr'><is><t>title</t></is></c>"
    "</row><row><c t='inlineStr'><is><t>a</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c></row>",
    "a cell without address after one with": HEADER
    + "<row r='2'><c r='A2'><v>1</v></c><c><v>7</v></c></row><row r='3'><c r='A3'><v>2</v></c></row>",
    "a row closed in itself": f"{HEADER}{row(2, 'a', 'Tea')}<row r='3' ht='20' customHeight='1'/>{row(4, 'b', 'Pot')}",
    "an extension list at the end of a row": HEADER
    + "<row r='2'><c r='A2'><v>1</v></c><extLst><ext uri='x'/></extLst></row>"
    + row(3, "b", "Pot"),
    "comments that look like rows": HEADER
    + "<!-- <row r='9'> --><row r='2'><c r='A2'><v>1</v></c><!-- </row> --></row>"
    + row(3, "b", "Pot"),
    "literal text that looks like cells": HEADER
    + "<row r='2'><c r='A2' t='inlineStr'><is><t><![CDATA[</c><c r='Z2'>]]></t></is></c></row>"
    + row(3, "b", "Pot"),
    "white space between everything": "\n  ".join(TWO_ROWS.replace("><", ">\n<").splitlines()),
}


@pytest.mark.parametrize("rows", ODD_ROWS.values(), ids=ODD_ROWS.keys())
def test_each_result_lands_in_its_own_row(rows: str, tmp_path: Path) -> None:
    """One row off, and each product is published with the banner of another."""
    source = make_small_workbook(tmp_path / "in.xlsx", rows)
    before = list(open_sheet(source).rows())
    out = reported(source)
    after = list(open_sheet(out).rows())
    assert [line.cells[STATUS] for line in after] == [result_of(line).status for line in before]
    assert [line.number for line in after] == [line.number for line in before]
    for old, new in zip(before, after, strict=True):
        assert {name: new.cells[name] for name in old.cells} == dict(old.cells)
    table = table_of(out)
    at = table[0].index(STATUS)
    assert [table[line.number - 1][at] for line in before] == [result_of(line).status for line in before]
    assert differences(source, out, SHEET_PART) == []


def test_a_row_of_which_the_sheet_knows_nothing_is_added_in_its_place(tmp_path: Path) -> None:
    source = make_small_workbook(tmp_path / "in.xlsx", HEADER + row(2, "a", "Tea") + row(4, "b", "Pot"))
    results = [ResultRow(at, number, status=f"status {number}") for at, number in enumerate((2, 3, 4, 5))]
    out = reported(source, results)
    numbers = [int(number) for number in re.findall(r'<row r="(\d+)"', sheet_of(out))]
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("numbers", [(3, 2), (2, 2), (1, 2)], ids=["backwards", "twice", "of the header"])
def test_results_out_of_order_are_refused_rather_than_written_to_other_rows(
    numbers: tuple[int, ...], tmp_path: Path
) -> None:
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS)
    with pytest.raises(ReportError, match="came after"):
        reported(source, [ResultRow(at, number, status="x") for at, number in enumerate(numbers)])
    assert not (tmp_path / "out.xlsx").exists()


def test_rows_of_the_sheet_out_of_order_are_refused_with_the_remedy(tmp_path: Path) -> None:
    """The reader refuses such a sheet; should it ever not, no result may land in another's row."""
    good = report_of(make_small_workbook(tmp_path / "good.xlsx", TWO_ROWS))
    bad = make_small_workbook(tmp_path / "in.xlsx", HEADER + row(3, "a", "Tea") + row(2, "b", "Pot"))
    with pytest.raises(ReportError, match="not in order") as caught:
        write_report(replace(good, source=bad), tmp_path / "out.xlsx")
    assert "csv" in caught.value.hint


IN_THE_WAY = {
    "a note in a data row": (HEADER + row(2, "a", "Tea", "", "", "a note") + row(3, "b", "Pot"), "", {}),
    "a merged range": (TWO_ROWS, '<mergeCells count="1"><mergeCell ref="D1:E2"/></mergeCells>', {}),
    "another table": (
        TWO_ROWS,
        '<tableParts count="1"><tablePart r:id="rId9"/></tableParts>',
        {
            "xl/worksheets/_rels/sheet1.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
            f"relationships'><Relationship Id='rId9' Type='{TRANSITIONAL[1]}/table' Target='../tables/table1.xml'/>"
            "</Relationships>",
            "xl/tables/table1.xml": f"<table xmlns='{TRANSITIONAL[0]}' id='1' name='T' displayName='T' ref='D2:E3'>"
            "<tableColumns count='2'><tableColumn id='1' name='k'/><tableColumn id='2' name='v'/></tableColumns>"
            "</table>",
        },
    ),
}


@pytest.mark.parametrize(("rows", "after", "parts"), IN_THE_WAY.values(), ids=IN_THE_WAY.keys())
def test_results_go_right_of_what_stands_beside_the_table(
    rows: str, after: str, parts: dict[str, str], tmp_path: Path
) -> None:
    """Writing over somebody's notes would be the sheet damaged; under a merge the results would be invisible."""
    source = make_small_workbook(tmp_path / "in.xlsx", rows, after=after, parts=parts)
    out = reported(source)
    assert "F1" in re.findall(r'<c r="([A-Z]+1)"', sheet_of(out))
    assert not {"C1", "D1", "E1"} & set(re.findall(r'<c r="([A-Z]+1)"', sheet_of(out)))
    assert statuses(out) == ["done", "partial"]


def test_a_merged_title_above_the_header_is_not_in_the_way(tmp_path: Path) -> None:
    rows = row(1, "Products") + "".join(
        row(number, *texts) for number, texts in ((2, ("sku", "title")), (3, ("a", "Tea")), (4, ("b", "Pot")))
    )
    source = make_small_workbook(tmp_path / "in.xlsx", rows, after='<mergeCells><mergeCell ref="A1:Z1"/></mergeCells>')
    assert 'r="C2"' in sheet_of(reported(source))


def test_a_formula_in_a_result_column_stays_and_an_address_with_a_colon_is_none(tmp_path: Path) -> None:
    """A formula taken out leaves the calculation chain pointing at nothing, which Excel calls damage."""
    names = result_columns(("square",), False)
    header = row(1, "sku", *names)
    old = row(2, "a", "https://x.example/a:f.png", "file:f", "", "done", "was:fine", "r1")
    formula = row(3, "b").replace("</row>", '<c r="E3"><f>1+1</f><v>2</v></c></row>')
    source = make_small_workbook(tmp_path / "in.xlsx", header + old + formula)
    results = [ResultRow(0, 2, {}, "failed", "", ""), ResultRow(1, 3, {}, "done", "", "")]
    out = source.with_name("out.xlsx")
    notes = write_report(report_of(source, results, ("square",)), out)
    text = sheet_of(out)
    assert "a:f.png" not in text
    assert "file:f" not in text
    assert "was:fine" not in text
    assert '<c r="E3"><f>1+1</f><v>2</v></c>' in text
    assert notes == ("formulas in result columns, left as they were: 1",)


def test_links_of_an_earlier_report_are_replaced_and_links_of_others_stay(tmp_path: Path) -> None:
    rels = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='rId1' Type='{TRANSITIONAL[1]}/hyperlink' Target='https://mine.example/' "
        "TargetMode='External'/>"
        "</Relationships>"
    )
    source = make_small_workbook(
        tmp_path / "in.xlsx",
        TWO_ROWS,
        after='<hyperlinks><hyperlink ref="A2" r:id="rId1"/><hyperlink ref="B2" location="Rows!A1"/></hyperlinks>',
        parts={"xl/worksheets/_rels/sheet1.xml.rels": rels},
    )
    first = reported(source)
    found = list(map(result_of, open_sheet(first).rows()))
    moved = [
        ResultRow(r.position, r.number, {"square": FormatResult("https://new.example/x.png")}, "done") for r in found
    ]
    second = tmp_path / "second.xlsx"
    write_report(report_of(first, moved), second)
    sheet = openpyxl.load_workbook(second)["Rows"]
    assert sheet["A2"].hyperlink.target == "https://mine.example/"
    assert sheet["B2"].hyperlink.location == "Rows!A1"
    assert sheet["C2"].hyperlink.target == "https://new.example/x.png"
    relationships = parts_of(second)["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    assert relationships.count("new.example") == 1, "equal addresses share a relationship"
    assert "x.generated" not in relationships
    assert sheet_of(second).count("<hyperlink ") == 4


def test_all_links_gone_takes_their_list_with_them(tmp_path: Path) -> None:
    """An empty list of links is not allowed, and Excel offers to repair the workbook."""
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS)
    first = reported(source)
    second = tmp_path / "second.xlsx"
    write_report(report_of(first, [ResultRow(0, 2, status="waiting"), ResultRow(1, 3, status="waiting")]), second)
    assert "hyperlink" not in sheet_of(second)
    assert "External" not in parts_of(second)["xl/worksheets/_rels/sheet1.xml.rels"].decode()


def test_links_go_where_the_schema_wants_them(tmp_path: Path) -> None:
    """Excel refuses a sheet whose parts are in any other order."""
    after = (
        '<conditionalFormatting sqref="A2"><cfRule type="duplicateValues" priority="1"/></conditionalFormatting>'
        '<dataValidations count="1"><dataValidation type="list" sqref="B2"/></dataValidations>'
        '<pageMargins left="1" right="1" top="1" bottom="1" header="0" footer="0"/><drawing r:id="rId3"/>'
    )
    text = sheet_of(reported(make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, after=after)))
    order = re.findall(r"<(sheetData|conditionalFormatting|dataValidations|hyperlinks|pageMargins|drawing)\b", text)
    assert order == ["sheetData", "conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "drawing"]


def test_a_sheet_of_somebody_else_named_like_the_summary_is_let_be(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku", "title"])
    book.active.append(["a", "Tea"])
    book.create_sheet("Bulkgen Summary").append(["my own notes"])
    source = tmp_path / "in.xlsx"
    book.save(source)
    out = reported(source)
    again = tmp_path / "again.xlsx"
    write_report(report_of(out), again)
    names = openpyxl.load_workbook(again).sheetnames
    assert names == ["Sheet", "Bulkgen Summary", "bulkgen summary (2)"]
    assert openpyxl.load_workbook(again)["Bulkgen Summary"]["A1"].value == "my own notes"


def test_a_report_that_openpyxl_has_saved_is_updated_all_the_same(tmp_path: Path) -> None:
    """Between two runs somebody opens the report, changes a price and saves; every part is then another's."""
    first = reported(make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS))
    book = openpyxl.load_workbook(first)
    book["Rows"]["B2"] = "Teapot"
    saved = tmp_path / "saved.xlsx"
    book.save(saved)
    out = tmp_path / "second.xlsx"
    write_report(report_of(saved), out)
    after = openpyxl.load_workbook(out)
    assert after.sheetnames == ["Rows", "bulkgen summary"]
    assert [cell.value for cell in after["Rows"][1]] == ["sku", "title", *result_columns(FORMATS, False)]
    assert after["Rows"]["C2"].hyperlink.target == "x.generated/row-2-square.png"
    assert parts_of(out)["xl/worksheets/sheet1.xml"].count(b"<hyperlink ") == 3


def test_parts_that_are_there_twice_come_back_once(tmp_path: Path) -> None:
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("xl/extra.bin", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("xl/extra.bin", b"two")
    assert parts_of(reported(source))["xl/extra.bin"] == b"two"


def test_a_damaged_part_is_a_clear_refusal(tmp_path: Path) -> None:
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS)
    with zipfile.ZipFile(source, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.png", b"picture" * 100)
    body = source.read_bytes()
    source.write_bytes(body.replace(b"picturepicture", b"picturePICTURE", 1))
    with pytest.raises(ReportError) as caught:
        reported(source)
    assert caught.value.code == "unsupported_workbook"
    assert not (tmp_path / "out.xlsx").exists()
