"""A workbook with everything in it, and what is left of it when the results are in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from package_differences import differences, parts_of
from report_cases import FORMATS, report_of
from rich_workbook import HEADERS, ROWS, make_rich_workbook

from bulkgen.report.columns import result_columns
from bulkgen.report.write import write_report
from bulkgen.sheet.read import open_sheet

# What openpyxl would lose is what the test is about.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

SHEET_PART = "xl/worksheets/sheet1.xml"
RESULTS = result_columns(FORMATS, False)


@pytest.fixture(params=["xlsx", "xlsm"])
def rich(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"rich.{request.param}"
    make_rich_workbook(path, tmp_path / "vba.bin" if request.param == "xlsm" else None)
    return path


@pytest.fixture
def report(rich: Path) -> Path:
    out = rich.with_name(f"rich.generated{rich.suffix}")
    write_report(report_of(rich, tab="Data"), out)
    return out


def test_the_test_workbook_has_what_it_is_for(rich: Path) -> None:
    """A comparison of nothing with nothing would pass."""
    parts = parts_of(rich)
    text = b"\n".join(parts.values())
    kinds = ("charts/", "media/", "drawings/", "tables/", "pivotTables/", "pivotCache/", "comments", "chartsheets/")
    for kind in kinds:
        assert any(part.startswith(f"xl/{kind}") for part in parts), kind
    for mark in (b"<cfRule", b"<dataValidation ", b"sparkline", b"a text box", b"<definedName ", b"</f><v>", b"<pane "):
        assert mark in text, mark
    assert ("xl/vbaProject.bin" in parts) == (rich.suffix == ".xlsm")


def test_a_rich_workbook_comes_back_part_by_part(rich: Path, report: Path) -> None:
    """The sheet that comes back damaged is what people fear of a tool like this."""
    assert differences(rich, report, SHEET_PART) == []


def test_a_report_fed_back_in_keeps_all_parts_and_adds_no_columns(rich: Path, report: Path, tmp_path: Path) -> None:
    """People run the report of yesterday; each time a new set of columns would make it useless in a week."""
    again = tmp_path / f"again{rich.suffix}"
    write_report(report_of(report, tab="Data"), again)
    assert parts_of(again) == parts_of(report)


def test_other_programs_read_old_and_new_cells(rich: Path, report: Path) -> None:
    before = openpyxl.load_workbook(rich)["Data"]
    book = openpyxl.load_workbook(report)
    after = book["Data"]
    for row in range(1, ROWS + 2):
        for column in range(1, len(HEADERS) + 1):
            assert after.cell(row, column).value == before.cell(row, column).value
    new = [after.cell(1, len(HEADERS) + 1 + at).value for at in range(len(RESULTS))]
    assert tuple(new) == RESULTS
    table = python_calamine.CalamineWorkbook.from_path(str(report)).get_sheet_by_name("Data").to_python()
    status = len(HEADERS) + RESULTS.index("bulkgen status")
    assert [row[status] for row in table[1:4]] == ["done", "partial", "invalid"]
    assert table[2][status + 1] == "=1+1 & <b>"
    assert after.cell(3, status + 2).data_type != "f"
    assert book.sheetnames == ["Data", "Lookup", "Pivot", "Hidden", "Chart", "bulkgen summary"]


def test_links_lead_to_the_pictures(report: Path) -> None:
    sheet = openpyxl.load_workbook(report)["Data"]
    first = len(HEADERS) + 1
    assert sheet.cell(2, first).hyperlink.target == "x.generated/row-2-square.png"
    assert sheet.cell(3, first).hyperlink is None
    assert sheet.cell(3, first + 3).hyperlink.target == "https://cdn.example.com/row-3.png?a=1&b=2"
    assert sheet.cell(2, HEADERS.index("link") + 1).hyperlink.target == "https://example.com/1"


def test_result_columns_are_wide_enough_and_not_hidden(report: Path) -> None:
    """The workbook hides every column right of its table."""
    sheet = openpyxl.load_workbook(report)["Data"]
    for at in range(len(RESULTS)):
        letter = openpyxl.utils.get_column_letter(len(HEADERS) + 1 + at)
        assert not sheet.column_dimensions[letter].hidden
        assert sheet.column_dimensions[letter].width >= 15
    header = sheet.cell(1, len(HEADERS) + 1)
    assert header.font.b
    assert header.fill.fgColor.rgb == "FFFFEE00"


def test_our_own_reader_sees_the_rows_as_before_with_the_results_beside_them(rich: Path, report: Path) -> None:
    before = list(open_sheet(rich, tab="Data").rows())
    after = list(open_sheet(report, tab="Data").rows())
    assert [row.number for row in after] == [row.number for row in before]
    for old, new in zip(before, after, strict=True):
        assert {name: new.cells[name] for name in old.cells} == dict(old.cells)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_report(report: Path, tmp_path: Path) -> None:
    """A program that refuses damaged parts, and is at hand in tests."""
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "fods",
            report.name,
        ],
        cwd=report.parent,
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = report.with_suffix(".fods").read_text("utf-8")
    assert "x.generated/row-2-square.png" in text
    assert "bulkgen summary" in text
