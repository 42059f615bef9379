"""Sheets and problems for the tests of the copy that says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bulkgen.preflight.findings import Findings
from bulkgen.report.problem_report import open_problem_report
from bulkgen.sheet.header import name_columns
from bulkgen.sheet.model import CsvDialect, Row, SheetKind, SheetOutline
from bulkgen.sheet.problems import Problem, Severity

HEADER = ("sku", "title", "price")


def outline_of(folder: Path, header: Sequence[str] = HEADER, header_row: int = 1, tab: str = "") -> SheetOutline:
    return SheetOutline(
        path=folder / "feed.csv",
        kind=SheetKind.CSV,
        columns=name_columns(list(enumerate(header, 1))),
        header_row=header_row,
        tab=tab,
        dialect=CsvDialect("utf-8", ","),
    )


def row_of(number: int, *cells: str, header: Sequence[str] = HEADER) -> Row:
    return Row(number - 2, number, "", dict(zip(header, cells, strict=True)))


def error(row: int, column: str = "title", message: str = "it is too long", code: str = "text_does_not_fit") -> Problem:
    return Problem(code, row_of(row, "", "", "").origin(column), message, "Shorten the cell.")


def warning(row: int, column: str = "price", message: str = "it is empty", code: str = "sample_price") -> Problem:
    return Problem(code, row_of(row, "", "", "").origin(column), message, "Fill the cell.", Severity.WARNING)


def write_report(
    path: Path,
    outline: SheetOutline,
    rows: Sequence[Row],
    problems: Mapping[int, Sequence[Problem]],
    late: Sequence[Problem] = (),
) -> tuple[str, ...]:
    findings = Findings(outline.columns)
    with open_problem_report(path, outline) as report:
        for row in rows:
            found = problems.get(row.number, ())
            findings.add(found)
            report.add(row, found)
        findings.add(late)
        report.add_late(late)
        report.conclude(findings.all(), [("Rows", f"{len(rows)} looked at")])
    return report.notes
