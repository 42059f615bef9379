"""Columns with a note and a sample cell each -> a sheet to fill, as a workbook or as CSV.

Notes and lists of choices are for workbooks; a CSV has the header and the row. All cells are text: what is typed over
a sample keeps its zeros. Left out: which columns there are (`sampling`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

# So far down a column offers its choices and is text; more rows work as well, without either.
_ROWS = 2_000
_MIN_WIDTH, _MAX_WIDTH = 12, 40
_NOTE_WIDTH_PX, _NOTE_LINE_CHARS, _NOTE_LINE_PX = 320, 44, 18
# What Excel takes as a list written into the rule itself; longer ones stand in a sheet of their own.
_INLINE_CHARACTERS = 250
_CHOICES = "choices"

_NEEDED = PatternFill("solid", fgColor="FF1F3D96")
_GROUPS = {
    "formats": PatternFill("solid", fgColor="FF3C3C3C"),
    "content": PatternFill("solid", fgColor="FF2F6F5E"),
    "look": PatternFill("solid", fgColor="FF6B6B6B"),
}
_LINE = Border(bottom=Side("thin", color="FFD0D0D0"))


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """`group` is formats, content or look; `choices` are offered, and others allowed where `is_open`."""

    header: str
    note: str
    value: str = ""
    group: str = "content"
    is_needed: bool = False
    choices: tuple[str, ...] = ()
    is_open: bool = False


def sample_csv(columns: Sequence[SampleColumn]) -> bytes:
    """With a mark in front, without which Excel reads UTF-8 as something else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.header for column in columns])
    writer.writerow([column.value for column in columns])
    return text.getvalue().encode("utf-8-sig")


def write_sample_book(stream: IO[bytes], title: str, columns: Sequence[SampleColumn]) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _tab_name(title)
    lists: dict[tuple[str, ...], str] = {}
    for index, column in enumerate(columns, 1):
        _write_column(sheet, index, column)
        if column.choices:
            sheet.add_data_validation(_rule(book, lists, column, get_column_letter(index)))
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.active = 0
    book.save(stream)


def _write_column(sheet: Worksheet, index: int, column: SampleColumn) -> None:
    letter = get_column_letter(index)
    head = sheet.cell(1, index)
    head.value, head.data_type = column.header, "s"
    head.font = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
    head.fill = _NEEDED if column.is_needed else _GROUPS[column.group]
    head.alignment = Alignment(vertical="center")
    note = Comment(column.note, "bulkgen", width=_NOTE_WIDTH_PX)
    lines = sum(1 + len(line) // _NOTE_LINE_CHARS for line in column.note.splitlines())
    note.height = 12 + _NOTE_LINE_PX * lines
    head.comment = note
    cell = sheet.cell(2, index)
    if column.value:
        # Said, since openpyxl would make a formula of a text that begins with "=".
        cell.value, cell.data_type = column.value, "s"
    cell.number_format = "@"
    cell.border = _LINE
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    longest = max(len(column.header) + 2, *(len(line) for line in (column.value or " ").splitlines()))
    sheet.column_dimensions[letter].width = min(max(longest + 2, _MIN_WIDTH), max(_MAX_WIDTH, len(column.header) + 4))
    sheet.column_dimensions[letter].number_format = "@"


def _rule(book: Workbook, lists: dict[tuple[str, ...], str], column: SampleColumn, letter: str) -> DataValidation:
    joined = ",".join(column.choices)
    is_inline = len(joined) <= _INLINE_CHARACTERS and not any(mark in one for one in column.choices for mark in ',"')
    formula = f'"{joined}"' if is_inline else _in_sheet(book, lists, column.choices)
    rule = DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        showErrorMessage=not column.is_open,
        errorStyle="warning",
        errorTitle=column.header[:32],
        error="This is not one of the values that the property takes.",
    )
    rule.add(f"{letter}2:{letter}{_ROWS}")
    return rule


def _in_sheet(book: Workbook, lists: dict[tuple[str, ...], str], choices: tuple[str, ...]) -> str:
    if choices not in lists:
        if _CHOICES not in book.sheetnames:
            book.create_sheet(_CHOICES).sheet_state = "hidden"
        index = len(lists) + 1
        for row, choice in enumerate(choices, 1):
            cell = book[_CHOICES].cell(row, index)
            cell.value, cell.data_type = choice, "s"
        letter = get_column_letter(index)
        lists[choices] = f"{_CHOICES}!${letter}$1:${letter}${len(choices)}"
    return lists[choices]


def _tab_name(title: str) -> str:
    plain = "".join(" " if mark in "[]:*?/\\'" or not mark.isprintable() else mark for mark in title).strip()
    return plain[:31] or "sample"
