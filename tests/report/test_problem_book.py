"""The workbook that shows a person what is wrong in their sheet, read back by two readers that are not ours."""

from __future__ import annotations

import re
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problem_cases import error, outline_of, row_of, warning, write_report
from python_calamine import CalamineWorkbook

from bulkgen.preflight.findings import Findings
from bulkgen.report.limits import Notes, clean
from bulkgen.report.problem_book import write_problem_book
from bulkgen.report.problem_report import open_problem_report
from bulkgen.report.problem_rows import problem_row
from bulkgen.report.problem_summary import BookSummary
from bulkgen.sheet.problems import Problem
from bulkgen.sheet.read import open_sheet

ROWS = [
    row_of(2, "001", "A mug", "9,90 €"),
    row_of(3, "002", "=1+1", ""),
    row_of(4, "003", "A very long title", "#N/A"),
    row_of(6, "004", "A vase", "+49"),
]
PROBLEMS = {4: [warning(4), error(4)], 6: [warning(6)]}


@pytest.fixture
def book(tmp_path: Path) -> Any:
    write_report(tmp_path / "problems.xlsx", outline_of(tmp_path), ROWS, PROBLEMS)
    return openpyxl.load_workbook(tmp_path / "problems.xlsx")


def test_every_cell_is_the_text_of_the_sheet_in_its_own_row(tmp_path: Path, book: Any) -> None:
    """Who mends row 4 in the copy and looks for it in the sheet would mend another row."""
    sheet = book["rows"]
    for row in ROWS:
        assert tuple(sheet.cell(row.number, at).value or "" for at in (2, 3, 4)) == tuple(row.cells.values())
    assert [cell.value for cell in sheet[1]] == ["bulkgen problems", "sku", "title", "price"]
    rows = CalamineWorkbook.from_path(str(tmp_path / "problems.xlsx")).get_sheet_by_index(0).to_python()
    assert [rows[row.number - 1][1:] for row in ROWS] == [list(row.cells.values()) for row in ROWS]


def test_a_text_that_begins_like_a_formula_stays_a_text(book: Any) -> None:
    """A feed comes from outside: its cells must not be worked out on the machine of who looks at its faults."""
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert book["rows"]["C3"].value == "=1+1"
    assert book["rows"]["D4"].value == "#N/A"


def test_the_first_column_says_what_is_wrong_and_the_worst_first(book: Any) -> None:
    sheet = book["rows"]
    assert sheet["A4"].value == "error: title: it is too long\nwarning: price: it is empty"
    assert sheet["A6"].value == "warning: price: it is empty"
    assert sheet["A2"].value is None


def test_only_rows_with_problems_are_shown_and_the_filter_shows_all(book: Any) -> None:
    """Hidden without a filter, nobody would find the other rows again."""
    sheet = book["rows"]
    assert [number for number, one in sheet.row_dimensions.items() if one.hidden] == [2, 3, 5]
    assert sheet.auto_filter.ref == "A1:D6"
    (column,) = sheet.auto_filter.filterColumn
    (condition,) = column.customFilters.customFilter
    assert (column.colId, condition.operator, condition.val) == (0, "notEqual", " ")
    assert sheet.freeze_panes == "A2"


def test_bad_cells_are_marked_so_that_no_colour_is_needed_to_tell_them_apart(book: Any) -> None:
    bad, doubtful, good = book["rows"]["C4"], book["rows"]["D4"], book["rows"]["B4"]
    assert bad.fill.fgColor.rgb != doubtful.fill.fgColor.rgb
    assert good.fill.fill_type is None
    assert (bad.font.bold, bad.border.left.style) == (True, "medium")
    assert (doubtful.font.bold, doubtful.border.left.style) == (False, "dashed")


def test_a_note_on_the_cell_says_what_is_wrong_and_what_to_do(book: Any) -> None:
    assert book["rows"]["C4"].comment.text == "error: it is too long\n→ Shorten the cell."
    assert book["rows"]["D6"].comment.text == "warning: it is empty\n→ Fill the cell."
    assert book["rows"]["B4"].comment is None


def test_a_problem_of_the_row_is_noted_on_its_first_cell(tmp_path: Path) -> None:
    found = Problem("repeated_key", ROWS[0].origin(), "two rows have the key '001'", "Make them differ.")
    write_report(tmp_path / "p.xlsx", outline_of(tmp_path), ROWS, {2: [found]})
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx")["rows"]
    assert sheet["A2"].comment.text == "error: two rows have the key '001'\n→ Make them differ."


def test_the_summary_counts_the_kinds_and_links_to_their_first_cells(book: Any) -> None:
    """A link to the wrong cell is worse than none: the person mends what was good."""
    sheet = book["summary"]
    lines = {
        line[1].value: line for line in sheet.iter_rows() if line[0].value in ("error", "warning") and line[2].value
    }
    kind = lines["sample_price"]
    assert [cell.value for cell in kind[:8]] == [
        *("warning", "sample_price", 2, 2, "it is empty", "Fill the cell.", "C4", "C6")
    ]
    assert [cell.hyperlink.location for cell in kind[6:8]] == ["'rows'!D4", "'rows'!D6"]
    assert lines["text_does_not_fit"][6].hyperlink.location == "'rows'!C4"
    assert list(lines) == ["text_does_not_fit", "sample_price"]
    assert sheet["C3"].value == "4 looked at"


def test_what_is_found_only_at_the_end_stands_in_its_row_too(tmp_path: Path) -> None:
    write_report(tmp_path / "p.xlsx", outline_of(tmp_path), ROWS, {}, late=[warning(3)])
    sheet = openpyxl.load_workbook(tmp_path / "p.xlsx")["rows"]
    assert sheet["A3"].value == "warning: price: it is empty"
    assert not sheet.row_dimensions[3].hidden


def test_a_sheet_without_problems_is_shown_whole(tmp_path: Path) -> None:
    """All rows hidden would look like a copy that lost them."""
    write_report(tmp_path / "p.xlsx", outline_of(tmp_path), ROWS, {})
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert not any(one.hidden for one in book["rows"].row_dimensions.values())
    assert not book["rows"].auto_filter.filterColumn
    assert "No problem was found." in [line[0].value for line in book["summary"].iter_rows()]


def test_numbers_that_are_text_get_no_mark_of_the_program(tmp_path: Path, book: Any) -> None:
    """A green corner on every good price hides which cells are bad."""
    with zipfile.ZipFile(tmp_path / "problems.xlsx") as archive:
        body = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<ignoredErrors><ignoredError [^>]*sqref="A1:D6"', body)
    order = [
        body.index(f"<{name}") for name in ("sheetData", "autoFilter", "pageSetup", "ignoredErrors", "legacyDrawing")
    ]
    assert order == sorted(order)


def _written(rows: list[Any], found: dict[int, list[Problem]], tmp_path: Path, **limits: int) -> tuple[Any, Notes]:
    findings, notes, stream = Findings(outline_of(tmp_path).columns), Notes(), BytesIO()
    for problems in found.values():
        findings.add(problems)
    told = [problem_row(row, found.get(row.number, [])) for row in rows]
    write_problem_book(stream, outline_of(tmp_path), told, BookSummary(findings.all(), ()), notes, **limits)
    return openpyxl.load_workbook(stream), notes


def test_notes_are_bounded_and_errors_have_them_first(tmp_path: Path) -> None:
    """Tens of thousands of notes make a file that Excel does not open."""
    rows = [row_of(number, "1", "a", "b") for number in range(2, 8)]
    found = {number: [warning(number), error(number)] if number > 5 else [warning(number)] for number in range(2, 8)}
    book, notes = _written(rows, found, tmp_path, max_notes=3)
    noted = {cell.coordinate for line in book["rows"].iter_rows() for cell in line if cell.comment}
    assert noted == {"D2", "C6", "C7"}
    assert any(text.endswith("5; column A says what is wrong") for text in notes.texts())
    assert any(line[0].value in notes.texts() for line in book["summary"].iter_rows())


def test_rows_past_the_end_of_a_sheet_go_on_in_the_next_and_links_find_them(tmp_path: Path) -> None:
    rows = [row_of(number, str(number), "a", "b") for number in range(2, 12)]
    book, notes = _written(rows, {11: [error(11)], 5: [error(5)]}, tmp_path, max_rows=5)
    assert book.sheetnames == ["rows", "rows 2", "rows 3", "summary"]
    seen = [line[1].value for name in book.sheetnames[:-1] for line in book[name].iter_rows(min_row=2)]
    assert seen == [str(number) for number in range(2, 12)]
    assert [book[name]["B1"].value for name in book.sheetnames[:-1]] == ["sku"] * 3
    links = {cell.hyperlink.location for line in book["summary"].iter_rows() for cell in line if cell.hyperlink}
    assert links == {"'rows'!C5", "'rows 3'!C3"}
    assert book["rows 3"]["B3"].value == "11"
    assert "2 more" in " ".join(notes.texts())


_TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.sampled_from(
    ["=1+1", "#REF!", "_x000D_", "\ud800", "a\x00b", "\ufffe", " padded ", "\r\n", "x" * 40_000, "'", "@a", "-1", "&<>"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=4))
def test_any_text_comes_through_as_a_worksheet_can_hold_it(tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    """One character that a reader refuses, and the person has no copy at all."""
    rows = [row_of(number, "k", *pair) for number, pair in enumerate(texts, 2)]
    found = {row.number: [error(row.number, message=f"seen: {pair[1]}")] for row, pair in zip(rows, texts, strict=True)}
    path = tmp_path / "any.xlsx"
    write_report(path, outline_of(tmp_path), rows, found)
    openpyxl.load_workbook(path)
    lines = list(open_sheet(path).rows())
    for row, line in zip(rows, lines, strict=True):
        for name in ("title", "price"):
            held = clean(row.cells[name], Notes())
            assert line.cells[name] == (held if len(held) < 32_000 else held[:32_766] + "…")
            assert line.number == row.number


def test_a_mended_book_is_a_sheet_again_and_its_copy_has_the_column_once(tmp_path: Path) -> None:
    """People mend the copy and run it: it must read as the sheet does, however often it goes round."""
    first, second = tmp_path / "problems.xlsx", tmp_path / "again.xlsx"
    write_report(first, outline_of(tmp_path, tab="Products"), ROWS, PROBLEMS)
    sheet = open_sheet(first)
    assert sheet.outline.names == ("bulkgen problems", "sku", "title", "price")
    assert sheet.outline.tab == "Products"
    write_report(second, sheet.outline, list(sheet.rows()), {4: [error(4)]})
    book = openpyxl.load_workbook(second)
    assert [cell.value for cell in book["Products"][1]] == ["bulkgen problems", "sku", "title", "price"]
    assert book["Products"]["A6"].value is None
    assert book["summary"]["G6"].hyperlink.location == "'Products'!C4"


@pytest.mark.parametrize("name", ["summary", "Summary", "a'b", "[x]:y", "x" * 31])
def test_a_tab_of_any_name_gives_a_book_that_opens(tmp_path: Path, name: str) -> None:
    write_report(tmp_path / "p.xlsx", outline_of(tmp_path, tab=name), ROWS, PROBLEMS)
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    assert book.sheetnames[-1] == "summary"
    assert len({title.casefold() for title in book.sheetnames}) == 2


def test_a_check_that_breaks_off_leaves_the_file_of_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-written copy would be believed; files left behind fill the disk of a server."""
    spools = tmp_path / "spools"
    spools.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spools))
    path = tmp_path / "problems.xlsx"
    path.write_bytes(b"the one of before")

    def broken() -> Any:
        with open_problem_report(path, outline_of(tmp_path)) as report:
            report.add(ROWS[0], [])
            raise KeyError("in the check")

    with pytest.raises(KeyError):
        broken()

    def rows() -> Any:
        yield problem_row(ROWS[0], [])
        raise KeyError("in the rows")

    with pytest.raises(KeyError):
        write_problem_book(BytesIO(), outline_of(tmp_path), rows(), BookSummary((), ()), Notes())
    assert path.read_bytes() == b"the one of before"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["problems.xlsx", "spools"]
    assert not list(spools.iterdir())
