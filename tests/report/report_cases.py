"""Inputs for reports, made from any sheet: one result a row, with all kinds of outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bulkgen.report.model import FormatResult, ReportInput, ResultRow, Summary
from bulkgen.sheet.model import Row
from bulkgen.sheet.read import open_sheet

FORMATS = ("square", "story")
SUMMARY = Summary(
    job="spring",
    design="product-card",
    provider="studio",
    started_at=1_760_000_000.0,
    ended_at=1_760_000_065.0,
    counts={"done": 2, "failed": 1},
    lines=(("accepted", "3"), ("billed", "2")),
    problems=(("dead_image", 1, "row 4, square"),),
)


def result_of(row: Row) -> ResultRow:
    """Rows take turns: done, failed in one format, not sent."""
    stem = f"row-{row.number}"
    match row.position % 3:
        case 0:
            formats = {
                name: FormatResult(f"x.generated/{stem}-{name}.png", f"x.generated/{stem}-{name}.png")
                for name in FORMATS
            }
            return ResultRow(row.position, row.number, formats, "done", "", f"request-{row.number}")
        case 1:
            formats = {
                "square": FormatResult(error="image_url: the picture cannot be fetched"),
                "story": FormatResult(f"https://cdn.example.com/{stem}.png?a=1&b=2"),
            }
            return ResultRow(row.position, row.number, formats, "partial", "=1+1 & <b>", f"request-{row.number}")
        case _:
            return ResultRow(row.position, row.number, {}, "invalid", "price: the cell is empty", "")


def report_of(
    source: Path, rows: Iterable[ResultRow] | None = None, formats: tuple[str, ...] = FORMATS, tab: str | None = None
) -> ReportInput:
    sheet = open_sheet(source, tab=tab)
    found: Iterator[ResultRow] | Iterable[ResultRow] = map(result_of, sheet.rows()) if rows is None else rows
    return ReportInput(source, sheet.outline, formats, False, found, SUMMARY)
