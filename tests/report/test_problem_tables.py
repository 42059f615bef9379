"""The copy that says what is wrong as a text table and as JSON, and the names it can have."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from problem_cases import error, outline_of, row_of, warning, write_report

from bulkgen.errors import OutputError, ReportError
from bulkgen.report.problem_report import open_problem_report
from bulkgen.sheet.header import name_columns
from bulkgen.sheet.model import CsvDialect
from bulkgen.sheet.read import open_sheet

ROWS = [row_of(2, "001", "A mug", "-5"), row_of(3, "002", '=HYPERLINK("x")', ""), row_of(5, "003", "Two\nlines", "@a")]
PROBLEMS = {3: [warning(3), error(3)], 5: [warning(5)]}


def test_the_table_has_every_row_with_its_problems_and_the_worst_severity(tmp_path: Path) -> None:
    path = tmp_path / "problems.csv"
    notes = write_report(path, outline_of(tmp_path), ROWS, PROBLEMS)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    assert lines == [
        ["bulkgen problems", "bulkgen severity", "sku", "title", "price"],
        ["", "", "001", "A mug", "-5"],
        ["error: title: it is too long\nwarning: price: it is empty", "error", "002", '\'=HYPERLINK("x")', ""],
        ["warning: price: it is empty", "warning", "003", "Two\nlines", "'@a"],
    ]
    assert notes == ("cells that a spreadsheet program would take for formulas, written with a ' in front: 2",)


def test_the_table_keeps_the_separator_of_the_sheet_and_tsv_has_tabs(tmp_path: Path) -> None:
    outline = replace(outline_of(tmp_path), dialect=CsvDialect("cp1252", ";", "\n"))
    notes = write_report(tmp_path / "p.csv", outline, ROWS[:1], {})
    assert (tmp_path / "p.csv").read_bytes().startswith(b"\xef\xbb\xbfbulkgen problems;bulkgen severity;sku;")
    assert notes == ("written in UTF-8, where the sheet is in cp1252",)
    write_report(tmp_path / "p.tsv", outline, ROWS[:1], {})
    assert (tmp_path / "p.tsv").read_text("utf-8-sig").split("\n")[1] == "\t\t001\tA mug\t-5"


def test_a_mended_table_is_a_sheet_again_and_has_our_columns_once(tmp_path: Path) -> None:
    write_report(tmp_path / "p.csv", outline_of(tmp_path), ROWS, PROBLEMS)
    sheet = open_sheet(tmp_path / "p.csv")
    write_report(tmp_path / "again.csv", sheet.outline, list(sheet.rows()), {})
    again = open_sheet(tmp_path / "again.csv")
    assert again.outline.names == ("bulkgen problems", "bulkgen severity", "sku", "title", "price")
    assert [row.cells["bulkgen problems"] for row in again.rows()] == ["", "", ""]


def test_json_says_the_same_row_by_row(tmp_path: Path) -> None:
    """Programs that mend a feed read this; a row in the wrong place would be mended wrongly."""
    write_report(tmp_path / "p.jsonl", outline_of(tmp_path), ROWS, PROBLEMS)
    write_report(tmp_path / "p.json", outline_of(tmp_path), ROWS, PROBLEMS)
    lines = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text("utf-8").splitlines()]
    assert json.loads((tmp_path / "p.json").read_text("utf-8")) == lines
    assert [(line["row"], line["severity"]) for line in lines] == [(2, ""), (3, "error"), (5, "warning")]
    assert lines[1]["cells"]["title"] == '=HYPERLINK("x")'
    assert lines[1]["problems"][0] == {
        "code": "text_does_not_fit",
        "severity": "error",
        "column": "title",
        "message": "it is too long",
        "hint": "Shorten the cell.",
        "facts": {},
    }


def test_json_of_no_rows_is_an_empty_list(tmp_path: Path) -> None:
    write_report(tmp_path / "p.json", outline_of(tmp_path), [], {})
    assert json.loads((tmp_path / "p.json").read_text("utf-8")) == []


@pytest.mark.parametrize("name", ["p.pdf", "p.xls", "p"])
def test_a_name_of_another_kind_is_refused_before_anything_is_checked(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"ends in \.xlsx, \.csv"):
        open_problem_report(tmp_path / name, outline_of(tmp_path))


def test_the_sheet_itself_is_never_overwritten(tmp_path: Path) -> None:
    outline = outline_of(tmp_path)
    outline.path.write_text("sku\n1\n")
    with pytest.raises(OutputError, match="overwrite the sheet"):
        open_problem_report(tmp_path / "." / "feed.csv", outline)


def test_a_folder_that_is_not_there_is_said_before_the_rows_are_checked(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match="No such file"),
        open_problem_report(tmp_path / "no" / "p.xlsx", outline_of(tmp_path)),
    ):
        pytest.fail("it was opened")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(OutputError, match="folder"):
        open_problem_report(tmp_path / "d.csv", outline_of(tmp_path))


def test_a_sheet_with_no_room_for_our_column_is_asked_for_as_text(tmp_path: Path) -> None:
    outline = replace(outline_of(tmp_path), columns=name_columns([(16_384, "last")]))
    with pytest.raises(OutputError, match=r"\.csv"):
        open_problem_report(tmp_path / "p.xlsx", outline)
    open_problem_report(tmp_path / "p.csv", outline)


def test_rows_out_of_order_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row 2 comes after row 3"):
        write_report(tmp_path / "p.csv", outline_of(tmp_path), ROWS[1::-1], {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: open("/dev/full", "wb", buffering=0))  # noqa: PTH123, SIM115
    with pytest.raises(ReportError, match="No space left") as told:
        write_report(tmp_path / "p.csv", outline_of(tmp_path), ROWS, {})
    assert "-o" in told.value.hint
    assert list(tmp_path.iterdir()) == []
