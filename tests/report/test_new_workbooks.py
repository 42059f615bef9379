"""A text table as a workbook: all text, readable at once, and more rows than a sheet holds in several."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from report_cases import FORMATS, report_of

from bulkgen.errors import ReportError
from bulkgen.report import limits, new_workbook, result_cells
from bulkgen.report.columns import result_columns
from bulkgen.report.model import FormatResult, ResultRow
from bulkgen.report.write import write_report
from bulkgen.sheet.header import column_letter

RESULTS = list(result_columns(FORMATS, False))


def reported(folder: Path, body: str, rows: Sequence[ResultRow] | None = None) -> tuple[Path, tuple[str, ...]]:
    source = folder / "in.csv"
    source.write_bytes(body.encode())
    out = folder / "out.xlsx"
    return out, write_report(report_of(source, rows), out)


def tables_of(path: Path) -> dict[str, list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_cells_are_the_texts_they_were(tmp_path: Path) -> None:
    """A number would lose the zeros of an article number, and the end of a long one."""
    out, notes = reported(tmp_path, 'gtin;name;price\n0012345678905;=1+1;"1,50"\n4006381333931;"two\nlines";NA\n')
    table = tables_of(out)["rows"]
    assert table[0] == ["gtin", "name", "price", *RESULTS]
    assert table[1][:3] == ["0012345678905", "=1+1", "1,50"]
    assert table[2][:3] == ["4006381333931", "two\nlines", "NA"]
    sheet = openpyxl.load_workbook(out)["rows"]
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value is not None)
    assert notes == ()


def test_it_can_be_read_at_once(tmp_path: Path) -> None:
    """Bold headers that stay in sight, widths to read by, filters, links that open."""
    out, _ = reported(
        tmp_path,
        "The spring list;\nsku;name\na;Tea\nb;Pot\n",
        [
            ResultRow(0, 3, {"square": FormatResult("x.generated/a b.png", "x.generated/a b.png")}, "done"),
            ResultRow(1, 4, {"square": FormatResult(error="no")}, "failed"),
        ],
    )
    book = openpyxl.load_workbook(out)
    sheet = book["rows"]
    assert book.active is sheet
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:K4"
    assert sheet["C2"].font.b
    assert sheet["A2"].font.b
    assert not sheet["A3"].font.b
    assert sheet.column_dimensions["C"].width >= 30
    assert sheet["C3"].hyperlink.target == "x.generated/a%20b.png"
    assert sheet["C3"].font.u == "single"
    assert sheet["C4"].hyperlink is None
    assert sheet["E4"].font.color.rgb == "FFB3261E"
    assert book.sheetnames == ["rows", "bulkgen summary"]


def test_a_report_as_text_becomes_one_as_workbook_with_the_same_columns(tmp_path: Path) -> None:
    header = ";".join(["sku", "bulkgen status", "name", "square url"])
    out, _ = reported(tmp_path, f"{header}\na;failed;Tea;old.png\n", [ResultRow(0, 2, {}, "done")])
    table = tables_of(out)["rows"]
    assert table[0] == ["sku", "bulkgen status", "name", "square url", *[n for n in RESULTS if n not in header]]
    assert table[1][:4] == ["a", "done", "Tea", ""]


def test_rows_past_the_last_of_a_sheet_go_on_in_the_next_under_the_same_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million rows fit; what comes after them must not be cut off in silence. The limit is lowered, not the code."""
    monkeypatch.setattr(new_workbook, "MAX_ROWS", 4)
    body = "sku;name\n" + "".join(f"s{number};n\n" for number in range(8))
    rows = [ResultRow(n, n + 2, {"square": FormatResult(f"https://x.example/{n}")}, f"done {n}") for n in range(8)]
    out, notes = reported(tmp_path, body, rows)
    tables = tables_of(out)
    assert list(tables) == ["rows", "rows 2", "rows 3", "bulkgen summary"]
    header = ["sku", "name", *RESULTS]
    status = header.index("bulkgen status")
    found = []
    for name in ("rows", "rows 2", "rows 3"):
        assert tables[name][0] == header
        found += [(row[0], row[status]) for row in tables[name][1:]]
    assert found == [(f"s{number}", f"done {number}") for number in range(8)]
    assert openpyxl.load_workbook(out)["rows 3"]["C2"].hyperlink.target == "https://x.example/6"
    assert notes == (new_workbook.NOTE_SPLIT.replace("{n}", "2"),)
    assert any(new_workbook.NOTE_SPLIT.replace("{n}", "2") in row for row in tables["bulkgen summary"])


def test_links_past_the_most_a_sheet_can_hold_are_plain_text_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel drops all links of a sheet that has one too many."""
    monkeypatch.setattr(result_cells, "MAX_LINKS", 3)
    rows = [ResultRow(n, n + 2, {"square": FormatResult(f"https://x.example/{n}")}, "done") for n in range(5)]
    out, notes = reported(tmp_path, "a;b\n" + "1;2\n" * 5, rows)
    sheet = openpyxl.load_workbook(out)["rows"]
    assert [cell.hyperlink is not None for (cell,) in sheet.iter_rows(2, 6, 3, 3)] == [True] * 3 + [False] * 2
    assert sheet["C6"].value == "https://x.example/4"
    assert notes == (limits.NOTE_NOT_LINKED.replace("{n}", "2"),)


def test_an_address_too_long_for_a_link_is_plain_text_and_noted(tmp_path: Path) -> None:
    address = "https://x.example/" + "a" * 2_100
    out, notes = reported(tmp_path, "a;b\n1;2\n", [ResultRow(0, 2, {"square": FormatResult(address)}, "done")])
    cell = openpyxl.load_workbook(out)["rows"]["C2"]
    assert (cell.value, cell.hyperlink) == (address, None)
    assert notes == (limits.NOTE_LONG_LINK.replace("{n}", "1"),)


def test_texts_too_long_for_a_cell_are_cut_and_the_row_says_it(tmp_path: Path) -> None:
    """A cut that nobody is told of is a text somebody publishes."""
    body = f"a;b\n{'x' * 40_000};2\n"
    rows = [ResultRow(0, 2, {"square": FormatResult(error="e" * 50_000)}, "failed", "see error")]
    out, notes = reported(tmp_path, body, rows)
    row = tables_of(out)["rows"][1]
    assert len(str(row[0])) == 32_767
    assert str(row[4]).endswith("e…")
    assert row[9] == "'square error' is cut, it has 50,000 characters; see error"
    assert notes == (limits.NOTE_CUT.replace("{n}", "2"),)


def test_control_characters_are_taken_out_and_noted(tmp_path: Path) -> None:
    rows = [ResultRow(0, 2, {"square": FormatResult(error="a\x00b\ud800c\x1f")}, "failed")]
    out, notes = reported(tmp_path, "a;b\n1;2\n", rows)
    assert tables_of(out)["rows"][1][4] == "ab\ufffdc"
    assert notes == (limits.NOTE_REMOVED.replace("{n}", "1"),)


def test_more_columns_than_a_sheet_holds_are_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_workbook, "MAX_COLUMNS", 8)
    with pytest.raises(ReportError, match="11 columns and a sheet holds 8") as caught:
        reported(tmp_path, "a;b\n1;2\n", [ResultRow(0, 2, {}, "done")])
    assert ".csv" in caught.value.hint
    assert not (tmp_path / "out.xlsx").exists()


def test_the_same_report_is_the_same_bytes(tmp_path: Path) -> None:
    """A report in version control changes only where results do."""
    one, _ = reported(tmp_path, "a;b\n1;2\n", [ResultRow(0, 2, {}, "done")])
    first = one.read_bytes()
    two, _ = reported(tmp_path, "a;b\n1;2\n", [ResultRow(0, 2, {}, "done")])
    assert two.read_bytes() == first
    with zipfile.ZipFile(two) as archive:
        assert archive.testzip() is None


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_how_long_a_banner_moves_is_a_number(kind: str, tmp_path: Path) -> None:
    """As text it is marked as a mistake, sorts wrongly, and nobody can add up what a set of films lasts."""
    source, out = tmp_path / f"in.{kind}", tmp_path / "out.xlsx"
    if kind == "csv":
        source.write_text("sku\na\nb\n", "utf-8")
    else:
        book = openpyxl.Workbook()
        for value in ("sku", "a", "b"):
            book.active.append([value])
        book.save(source)
    film = FormatResult("x.generated/a.mp4", "x.generated/a.mp4", fallback="x.generated/a.jpeg", seconds="12.5")
    rows = [ResultRow(0, 2, {"square": film}, "done"), ResultRow(1, 3, {"square": FormatResult(error="no")}, "failed")]
    for _ in range(2):
        report = replace(report_of(source, rows, ("square",)), is_animated=True)
        write_report(report, out)
        sheet = openpyxl.load_workbook(out).worksheets[0]
        header = [cell.value for cell in sheet[1]]
        assert header.count("square duration") == 1
        duration, fallback = (header.index(f"square {name}") + 1 for name in ("duration", "fallback"))
        assert [sheet.cell(row, duration).value for row in (2, 3)] == [12.5, None]
        assert sheet.column_dimensions[column_letter(duration)].width > len("square duration")
        assert sheet.cell(2, fallback).hyperlink.target == "x.generated/a.jpeg"
        # The second time the report is its own input, whose columns are brought up to date.
        source, out = out, tmp_path / "again.xlsx"
