"""Problems by kind: what is counted, what is kept, and how places are named."""

from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.preflight.findings import PLACES_KEPT, Findings
from bulkgen.preflight.row_set import RowSet
from bulkgen.sheet.model import Column, Origin
from bulkgen.sheet.problems import Problem, Severity

COLUMNS = (Column("sku", 1), Column("title", 3), Column("price", 28))


def problem(row: int, column: str = "title", code: str = "text_does_not_fit", *, is_error: bool = True) -> Problem:
    severity = Severity.ERROR if is_error else Severity.WARNING
    return Problem(code, Origin("products", row, column), f"seen in row {row}", "Mend it.", severity)


def test_places_are_named_as_a_spreadsheet_program_names_its_cells() -> None:
    """`C12` is where a person goes; 'row 12, column title' has to be looked for."""
    findings = Findings(COLUMNS)
    for row in (12, 15, 40, 41, 42):
        findings.add([problem(row)])
    (finding,) = findings.all()
    assert finding.where() == "products!C12, C15, C40 and 2 more"
    assert finding.places == ("products!C12", "products!C15", "products!C40")
    assert finding.where(5) == "products!C12, C15, C40, C41, C42"


def test_a_row_a_text_table_and_an_unknown_column_have_names_too() -> None:
    findings = Findings(COLUMNS)
    origins = (Origin("", 7), Origin("", 8, "price"), Origin("", 9, "not there"))
    findings.add(Problem("bad_value", origin, "m") for origin in origins)
    assert findings.all()[0].where() == "row 7, AB8, row 9 'not there'"


def test_without_columns_places_are_rows_and_headers() -> None:
    findings = Findings()
    findings.add([problem(3)])
    assert findings.all()[0].places == ("products, row 3 'title'",)


def test_errors_come_first_and_then_what_is_most_frequent() -> None:
    findings = Findings(COLUMNS)
    findings.add([problem(2, code="rare"), problem(2, code="often"), problem(3, code="often")])
    findings.add([problem(row, code="mild", is_error=False) for row in range(2, 9)])
    assert [finding.code for finding in findings.all()] == ["often", "rare", "mild"]


def test_a_cell_that_is_wrong_twice_is_one_place_and_two_problems() -> None:
    findings = Findings(COLUMNS)
    findings.add([problem(2), problem(2), problem(2, "price")])
    (finding,) = findings.all()
    assert (finding.count, finding.places_count, finding.rows) == (3, 2, 1)
    assert finding.where() == "products!C2, AB2"


def test_rows_are_bad_or_warned_of_but_never_both() -> None:
    """The closing line adds them up: a row counted twice would make more rows than there are."""
    findings = Findings(COLUMNS)
    findings.add([problem(9), problem(9, is_error=False)])
    findings.add([problem(3, is_error=False)])
    findings.add([problem(3, "price")])  # said later, as what is found at the end of a sheet is
    findings.add([problem(4, is_error=False)])
    assert (findings.bad_rows, findings.warned_rows) == (2, 1)
    assert (findings.errors, findings.warnings) == (2, 3)


def test_no_more_is_kept_of_a_long_sheet_than_of_a_short_one() -> None:
    """A million bad rows must not be a million problems in memory."""
    findings = Findings(COLUMNS)
    for row in range(2, 5_000):
        findings.add([problem(row)])
    (finding,) = findings.all()
    assert (len(finding.cells), finding.count, finding.rows) == (PLACES_KEPT, 4_998, 4_998)
    assert "1 kinds" in repr(findings)


def test_json_has_the_first_places_with_what_is_wrong_at_each() -> None:
    findings = Findings(COLUMNS)
    findings.add([problem(2)])
    body = findings.to_json()
    assert (body["bad_rows"], body["warned_rows"], body["errors"], body["warnings"]) == (1, 0, 1, 0)
    (finding,) = findings.all()
    assert body["findings"] == [finding.to_json()]
    assert finding.to_json()["places"] == [
        {"sheet": "products", "row": 2, "column": "title", "cell": "C2", "message": "seen in row 2"}
    ]


@given(st.lists(st.integers(0, 4_000)))
def test_a_set_of_rows_is_a_set(numbers: list[int]) -> None:
    rows = RowSet()
    for number in numbers:
        rows.add(number)
    assert len(rows) == len(set(numbers))
    assert all(number in rows for number in numbers)
    assert sum(number in rows for number in range(4_100)) == len(rows)


def test_a_million_rows_take_a_few_hundred_kilobytes() -> None:
    rows = RowSet()
    for number in range(0, 1_000_000, 50):
        rows.add(number)
    rows.add(1_000_000)
    assert sys.getsizeof(rows._bits) < 400_000
