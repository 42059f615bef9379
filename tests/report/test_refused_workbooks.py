"""Workbooks that can be read and not edited, and those of which something must be said; nothing is then lost."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from package_differences import parts_of
from report_cases import report_of
from small_workbook import HEADER, SHEET_PART, TRANSITIONAL, make_small_workbook, row

from bulkgen.errors import ReportError
from bulkgen.report.write import write_report

TWO_ROWS = HEADER + row(2, "a", "Tea") + row(3, "b", "Pot")
MAIN, OFFICE = TRANSITIONAL
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"


def refused(tmp_path: Path, parts: dict[str, str]) -> str:
    """What is said about a workbook that was good when it was read, and of which `parts` are now others."""
    good = report_of(make_small_workbook(tmp_path / "good.xlsx", TWO_ROWS))
    bad = make_small_workbook(tmp_path / "bad.xlsx", TWO_ROWS, parts=parts)
    with pytest.raises(ReportError) as caught:
        write_report(replace(good, source=bad), tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
    assert caught.value.code == "unsupported_workbook"
    return caught.value.message


BROKEN = {
    "no root worksheet": ({SHEET_PART: f'<chartsheet xmlns="{MAIN}"/>'}, "not a worksheet with rows"),
    "no rows": ({SHEET_PART: f'<worksheet xmlns="{MAIN}"></worksheet>'}, "has no rows"),
    "cut short": ({SHEET_PART: f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}<row r="2">'}, "ends within its rows"),
    "a row in a row": (
        {
            SHEET_PART: f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><row r="2"></row></row></sheetData>'
            "</worksheet>"
        },
        "not well formed",
    ),
    "text of a document type": (
        {"xl/workbook.xml": f'<!DOCTYPE x [<!ENTITY a "b">]><workbook xmlns="{MAIN}"/>'},
        "document type",
    ),
    "another kind of document": ({"xl/workbook.xml": '<document xmlns="urn:other"/>'}, "not a workbook of worksheets"),
    "no such sheet": ({"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets/></workbook>'}, "has no sheet 'Rows'"),
    "no way to the workbook": (
        {"_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"/>'},
        "not a package of a workbook",
    ),
}


@pytest.mark.parametrize(("parts", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_edited_is_refused_by_name(parts: dict[str, str], message: str, tmp_path: Path) -> None:
    """The ledger has the results; a clear word here sends people to the text table, a traceback to support."""
    assert message in refused(tmp_path, parts)


def test_a_part_that_is_not_there_is_named(tmp_path: Path) -> None:
    good = report_of(make_small_workbook(tmp_path / "good.xlsx", TWO_ROWS))
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(bad, "w") as archive:
        for name, body in parts_of(tmp_path / "good.xlsx").items():
            if name != SHEET_PART:
                archive.writestr(name, body)
    with pytest.raises(ReportError, match=re.escape(SHEET_PART)):
        write_report(replace(good, source=bad), tmp_path / "out.xlsx")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_sheet_in_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    good = report_of(make_small_workbook(tmp_path / "good.xlsx", TWO_ROWS))
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(bad, "w") as archive:
        for name, body in parts_of(tmp_path / "good.xlsx").items():
            text = body.decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
            archive.writestr(name, text.encode(encoding) if name == SHEET_PART else body)
    with pytest.raises(ReportError, match="not written in UTF-8"):
        write_report(replace(good, source=bad), tmp_path / "out.xlsx")


def test_a_workbook_that_cannot_take_looks_gets_plain_results(tmp_path: Path) -> None:
    """No styles at all is allowed, and some exporters write it so."""
    parts = {
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>'
    }
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, parts=parts)
    write_report(report_of(source), tmp_path / "out.xlsx")
    sheet = parts_of(tmp_path / "out.xlsx")[SHEET_PART].decode()
    assert ' s="' not in sheet
    assert "x.generated/row-2-square.png" in sheet


def test_a_signature_that_no_longer_holds_is_said(tmp_path: Path) -> None:
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, parts={"_xmlsignatures/sig1.xml": "<Signature/>"})
    notes = write_report(report_of(source), tmp_path / "out.xlsx")
    assert [note for note in notes if "signature" in note]


def drawing(column: int, row: int) -> dict[str, str]:
    space = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    corner = "<d:{0}><d:col>{1}</d:col><d:colOff>0</d:colOff><d:row>{2}</d:row><d:rowOff>0</d:rowOff></d:{0}>"
    anchor = corner.format("from", column, row) + corner.format("to", column + 2, row + 2)
    return {
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId9" '
        f'Type="{OFFICE}/drawing" Target="../drawings/drawing1.xml"/></Relationships>',
        "xl/drawings/drawing1.xml": f'<d:wsDr xmlns:d="{space}"><d:absoluteAnchor/><d:twoCellAnchor>{anchor}'
        "</d:twoCellAnchor></d:wsDr>",
    }


@pytest.mark.parametrize(("column", "row_", "is_said"), [(3, 1, True), (20, 1, False), (3, 40, False), (0, 0, True)])
def test_a_picture_over_the_results_is_said(column: int, row_: int, is_said: bool, tmp_path: Path) -> None:
    """People would look for the results and find a chart."""
    after = '<drawing r:id="rId9"/>'
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, after=after, parts=drawing(column, row_))
    notes = write_report(report_of(source), tmp_path / "out.xlsx")
    assert bool([note for note in notes if "lies over" in note]) == is_said


def test_a_drawing_that_cannot_be_understood_is_no_reason_to_refuse(tmp_path: Path) -> None:
    parts = {**drawing(3, 1), "xl/drawings/drawing1.xml": "<!DOCTYPE x><x/>"}
    source = make_small_workbook(tmp_path / "in.xlsx", TWO_ROWS, after='<drawing r:id="rId9"/>', parts=parts)
    assert write_report(report_of(source), tmp_path / "out.xlsx") == ()


def test_results_that_do_not_fit_beside_the_last_column_are_refused_with_the_remedy(tmp_path: Path) -> None:
    full = row(2, "a", "Tea").replace("</row>", '<c r="XFD2"><v>1</v></c></row>')
    source = make_small_workbook(tmp_path / "in.xlsx", HEADER + full)
    with pytest.raises(ReportError) as caught:
        write_report(report_of(source), tmp_path / "out.xlsx")
    assert caught.value.code == "too_many_columns"
    assert ".csv" in caught.value.hint


def test_a_merge_across_the_whole_sheet_is_crossed(tmp_path: Path) -> None:
    """A separating line in the data, merged from the first to the last column, must not refuse the report."""
    source = make_small_workbook(
        tmp_path / "in.xlsx", TWO_ROWS, after='<mergeCells count="1"><mergeCell ref="A3:XFD3"/></mergeCells>'
    )
    write_report(report_of(source), tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Rows"]["C1"].value == "square url"


def test_a_template_stays_a_template_and_a_workbook_with_macros_keeps_its_name(tmp_path: Path) -> None:
    kinds = {
        "t.xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        "m.xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    }
    for name, kind in kinds.items():
        source = make_small_workbook(tmp_path / name, TWO_ROWS, main_type=kind)
        write_report(report_of(source), tmp_path / f"out-{name}")
        with pytest.raises(ReportError, match=source.suffix):
            write_report(report_of(source), tmp_path / "out.xlsx")
