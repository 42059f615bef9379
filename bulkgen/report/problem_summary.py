"""The kinds of problems -> the second sheet of the book: how often, what, what to do, and links to the first cells.

Beside it `BookPlaces`, which says where a row and a column of the sheet are in the book.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet.hyperlink import Hyperlink

from bulkgen.report import problem_looks as looks
from bulkgen.report.cells import spelled
from bulkgen.report.limits import MAX_SHEET_NAME_CHARS, Notes, clean, cut
from bulkgen.report.problem_rows import PROBLEMS, SEVERITY, Kind, NamedPlace
from bulkgen.sheet.header import column_letter
from bulkgen.sheet.model import SheetOutline
from bulkgen.sheet.problems import Severity

SUMMARY_NAME = "summary"
_ROWS_NAME = "rows"

# Severity, code, times, rows, what, what to do, three places, how many more; in characters of the body font.
_WIDTHS = (11, 26, 8, 8, 62, 54, 14, 14, 14, 9)
_HEADS = (
    "severity",
    "problem",
    "times",
    "rows",
    "what is wrong, at first",
    "what to do",
    "first",
    "second",
    "third",
    "more",
)
_PLACES = 3

_MEANINGS = {
    Severity.ERROR: "The row is not sent as long as this is so.",
    Severity.WARNING: "The row is sent; look whether the banner is as you want it.",
}

_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class BookPlaces:
    """Row numbers stay, until a sheet is full; columns move by one, unless the sheet has our column already."""

    name: str
    header_row: int
    max_rows: int
    columns: Mapping[str, int]
    last_column: int
    is_shifted: bool

    @classmethod
    def of(cls, outline: SheetOutline, max_rows: int) -> BookPlaces:
        # A book of problems that was mended and is checked again.
        ours = {column.index for column in outline.columns if column.name == PROBLEMS}
        shift = 0 if 1 in ours else 1
        columns = {
            column.name: column.index + shift for column in outline.columns if column.name not in (PROBLEMS, SEVERITY)
        }
        name = _NOT_IN_NAMES.sub("_", outline.tab).strip("'")[:MAX_SHEET_NAME_CHARS] or _ROWS_NAME
        if name.casefold() == SUMMARY_NAME:
            name = _ROWS_NAME
        return cls(
            name, min(outline.header_row, max_rows), max_rows, columns, max(columns.values(), default=1), bool(shift)
        )

    def column(self, name: str) -> int:
        """0 for a column that is not in the book."""
        return self.columns.get(name, 0)

    def tab(self, part: int) -> str:
        if not part:
            return self.name
        number = f" {part + 1}"
        return self.name[: MAX_SHEET_NAME_CHARS - len(number)] + number

    def header_of(self, part: int) -> int:
        return 1 if part else self.header_row

    def of_row(self, number: int) -> tuple[int, int]:
        """(which sheet of rows, its row)"""
        if number <= self.max_rows:
            return 0, number
        part, at = divmod(number - self.max_rows - 1, self.max_rows - 1)
        return part + 1, at + 2

    def location(self, place: NamedPlace) -> str:
        part, at = self.of_row(place.row)
        tab = self.tab(part).replace("'", "''")
        return f"'{tab}'!{column_letter(self.column(place.column) or 1)}{at}"


@dataclass(frozen=True, slots=True)
class BookSummary:
    """What the summary says: the kinds, and figures as (label, text). Only where `has_problems` are rows hidden."""

    kinds: Sequence[Kind]
    lines: Sequence[tuple[str, str]]
    has_problems: bool = True


def write_summary(sheet: Any, source: str, summary: BookSummary, places: BookPlaces, notes: Sequence[str]) -> None:
    """`sheet` is one of openpyxl's write-only worksheets."""
    for index, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[column_letter(index)].width = width
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = looks.MARGINS
    writer = _Summary(sheet, places)
    writer.line(f"Problems in {source}", look=looks.TITLE)
    writer.blank()
    for label, figures in summary.lines:
        writer.line(label, "", figures, look=looks.QUIET)
    if summary.lines:
        writer.blank()
    if not summary.kinds:
        writer.line("No problem was found.")
    else:
        writer.table(summary.kinds)
        writer.blank()
        writer.legend()
    if notes:
        writer.blank()
        writer.line("About this file", look=looks.HEADING)
        for note in notes:
            writer.line(note, look=looks.QUIET)
    sheet.close()


class _Summary:
    def __init__(self, sheet: Any, places: BookPlaces) -> None:
        self._sheet = sheet
        self._places = places
        self._at = 0

    def __repr__(self) -> str:
        return f"<_Summary {self._sheet.title}>"

    def blank(self) -> None:
        self._append([])

    def line(self, *texts: str, look: str = looks.PLAIN) -> None:
        """The first text has the look, figures behind it are plain."""
        self._append([self._cell(text, looks.PLAIN if at else look) if text else None for at, text in enumerate(texts)])

    def table(self, kinds: Sequence[Kind]) -> None:
        self._append([self._cell(head, looks.HEADING) for head in _HEADS])
        for kind in kinds:
            shown = kind.cells[:_PLACES]
            more = kind.places_count - len(shown)
            cells = [
                self._cell(kind.severity.value, looks.CELL[kind.severity]),
                self._cell(kind.code, looks.PLAIN),
                self._number(kind.count),
                self._number(kind.rows),
                self._cell(kind.message, looks.WRAPPED),
                self._cell(kind.hint, looks.WRAPPED),
                *(self._link(place) for place in shown),
                *[None] * (_PLACES - len(shown)),
                self._number(more) if more > 0 else None,
            ]
            height = looks.text_height(((kind.message, _WIDTHS[4]), (kind.hint, _WIDTHS[5])))
            self._append(cells, height)

    def legend(self) -> None:
        for severity, meaning in _MEANINGS.items():
            mark = self._cell(severity.value, looks.CELL[severity])
            self._append([mark, self._cell(meaning, looks.PLAIN)])
        self.blank()
        tab = self._places.name
        self.line(f"Rows without problems are hidden by the filter of column A of {tab!r}: clear it to see all rows.")
        if self._places.is_shifted:
            self.line("Cells are named as in your sheet; here they stand in the same row, one column to the right.")

    def _append(self, cells: list[Any], height: float = 0) -> None:
        self._at += 1
        if height:
            self._sheet.row_dimensions[self._at].height = height
        self._sheet.append(cells)

    def _cell(self, text: str, look: str) -> Any:
        cell = WriteOnlyCell(self._sheet)
        held = spelled(cut(clean(text, Notes()), Notes()))
        if held:
            cell.value = held
            cell.data_type = "s"
        cell.style = look
        return cell

    def _number(self, number: int) -> Any:
        cell = WriteOnlyCell(self._sheet, number)
        cell.style = looks.NUMBER
        return cell

    def _link(self, place: NamedPlace) -> Any:
        cell = self._cell(place.name, looks.LINK)
        cell.hyperlink = Hyperlink(ref="", location=self._places.location(place), display=place.name)
        return cell
