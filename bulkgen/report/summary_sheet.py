"""The closing account -> the XML of a worksheet that shows it. Pure.

The sheet is known again by the text of its first cell. Times are UTC, since a report travels. Left out: getting the
sheet into a workbook (`workbook`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bulkgen.report.cells import number_cell, text_cell
from bulkgen.report.limits import Notes, clean, cut
from bulkgen.report.model import Summary
from bulkgen.report.styles import Looks

SUMMARY_NAME = "bulkgen summary"

# Label, value, sentence; in characters of the body font.
_WIDTHS = (34, 24, 100)

# A cell: its text or number, and the look it has.
_Cell = tuple[str | int, int | None]


def summary_sheet(summary: Summary, notes: Sequence[str], looks: Looks, namespace: str) -> bytes:
    rows: list[list[_Cell]] = [[(SUMMARY_NAME, looks.title)], []]
    rows += _facts(summary, looks)
    if summary.lines:
        rows += _block(("Account", "", ""), [(label, value, "") for label, value in summary.lines], looks)
    if summary.counts:
        rows += _block(("Rows by status", "rows", ""), [(s, n, "") for s, n in summary.counts.items()], looks)
    if summary.problems:
        # What happened stands last, where a sentence has room.
        problems = [(place, count, problem) for problem, count, place in summary.problems]
        rows += _block(("Problems, first seen in", "times", "what"), problems, looks)
    if notes:
        rows += _block(("About this report", "", ""), [], looks)
        rows += [[(note, looks.label)] for note in notes]
    body = "".join(_row_xml(number, cells) for number, cells in enumerate(rows, 1) if cells)
    columns = "".join(
        f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>' for index, width in enumerate(_WIDTHS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{namespace}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:C{len(rows)}"/>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{body}</sheetData>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    ).encode()


def _facts(summary: Summary, looks: Looks) -> list[list[_Cell]]:
    facts = [
        ("Job", summary.job),
        ("Design", summary.design),
        ("Provider", summary.provider),
        ("Started", _moment(summary.started_at)),
        ("Ended", _moment(summary.ended_at)),
        ("Took", _duration(summary.ended_at - summary.started_at)),
    ]
    return [[(label, looks.label), (value, None)] for label, value in facts if value]


def _block(
    heading: tuple[str, str, str], lines: Sequence[tuple[str, str | int, str]], looks: Looks
) -> list[list[_Cell]]:
    rows: list[list[_Cell]] = [[], [(text, looks.heading) for text in heading]]
    # Numbers stand under their heading, beside labels that are far away on the left.
    rows += [[(value, looks.number if isinstance(value, int) else None) for value in line] for line in lines]
    return rows


def _row_xml(number: int, cells: Sequence[_Cell]) -> str:
    height = ' ht="24" customHeight="1"' if number == 1 else ""
    body = "".join(_cell_xml(number, column, *cell) for column, cell in enumerate(cells, 1))
    return f'<row r="{number}"{height}>{body}</row>'


def _cell_xml(row: int, column: int, value: str | int, look: int | None) -> str:
    if isinstance(value, int):
        return number_cell(row, column, value, look)
    text = cut(clean(value, Notes()), Notes())
    return text_cell(row, column, text, look) if text or look else ""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds > 0 else ""


def _duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s" if minutes else f"{left} s"
