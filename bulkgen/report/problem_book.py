"""Rows with their problems -> a workbook for the person who mends them.

    ProblemRow, … + BookSummary -> rows (the sheet again, bad cells marked) and summary

A row keeps its number, so that row 12 of the sheet is row 12 here; its cells move one column to the right, behind the
column that says what is wrong. Rows without problems are hidden by a filter, not left out. Every cell is text, as a
person saw it: nothing can become a formula. Left out: the sheet's own looks, which would drown ours.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.filters import CustomFilter, CustomFilters, FilterColumn
from openpyxl.xml.functions import Element, SubElement

from bulkgen.report import problem_looks as looks
from bulkgen.report.cells import spelled
from bulkgen.report.limits import MAX_ROWS, Notes, clean, cut
from bulkgen.report.problem_rows import PROBLEMS, Kind, ProblemRow, note_text
from bulkgen.report.problem_summary import SUMMARY_NAME, BookPlaces, BookSummary, write_summary
from bulkgen.sheet.header import column_letter
from bulkgen.sheet.model import SheetOutline
from bulkgen.sheet.problems import Problem, Severity

# Notes are shapes to a spreadsheet program: ten thousand make it slow to open, a hundred thousand not to open at all.
# Nobody reads a thousand; what is wrong stands in the first column of every row.
NOTES_MAX = 2_000
_NOTE_CHARS = 1_000
_NOTE_WIDTH_PX = 340
_NOTE_LINE_CHARS = 46
_NOTE_LINE_PX = 18

# Rows looked at for the widths of columns, which stand before the rows.
_SAMPLE_ROWS = 200
_MIN_WIDTH, _MAX_WIDTH, _PROBLEMS_WIDTH = 9, 32, 60
# What openpyxl would take for a formula or for an error value.
_NOT_AS_TEXT = ("=", "#")

NOTE_NOTES = f"cells without a note, since only the first {NOTES_MAX:,} have one: {{n}}; column A says what is wrong"
NOTE_SPLIT = "the rows go on in another sheet, since one holds no more: {n} more"


def write_problem_book(
    stream: IO[bytes],
    outline: SheetOutline,
    rows: Iterable[ProblemRow],
    summary: BookSummary,
    notes: Notes,
    *,
    max_rows: int = MAX_ROWS,
    max_notes: int = NOTES_MAX,
) -> None:
    """`max_rows` and `max_notes` are smaller in tests only. Raises OSError as the file system does."""
    book = Workbook(write_only=True)
    book.properties.creator = "bulkgen"
    looks.add_looks(book)
    places = BookPlaces.of(outline, max_rows)
    notes_left = _NotesLeft(summary.kinds, max_notes)
    frame = _Frame(places, summary.has_problems, notes_left, notes)
    try:
        _write_rows(book, outline, rows, frame)
        if notes_left.refused:
            notes.count(NOTE_NOTES, notes_left.refused)
        write_summary(book.create_sheet(SUMMARY_NAME), outline.path.name, summary, places, notes.texts())
        book.save(stream)
    except BaseException:
        for sheet in book.worksheets:
            _discard(sheet)
        raise


class _NotesLeft:
    """Errors come first: warnings get the notes that errors do not need."""

    def __init__(self, kinds: Sequence[Kind], most: int) -> None:
        errors = sum(kind.places_count for kind in kinds if kind.severity is Severity.ERROR)
        self._left = most
        self._kept_for_errors = min(errors, most)
        self.refused = 0

    def __repr__(self) -> str:
        return f"<_NotesLeft {self._left}, {self._kept_for_errors} of them for errors, refused={self.refused}>"

    def take(self, severity: Severity) -> bool:
        is_error = severity is Severity.ERROR
        if self._left <= (0 if is_error else self._kept_for_errors):
            self.refused += 1
            return False
        self._left -= 1
        if is_error:
            self._kept_for_errors = max(self._kept_for_errors - 1, 0)
        return True


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same for all sheets of rows."""

    places: BookPlaces
    is_filtered: bool
    notes_left: _NotesLeft
    notes: Notes


def _write_rows(book: Workbook, outline: SheetOutline, rows: Iterable[ProblemRow], frame: _Frame) -> None:
    coming = iter(rows)
    sample = list(islice(coming, _SAMPLE_ROWS))
    widths = _widths(outline, sample, frame.places)
    sheet = _Rows(book, frame, widths, 0)
    for one in chain(sample, coming):
        part, at = frame.places.of_row(one.row.number)
        while part > sheet.part:
            # More than once where the input has a gap as long as a sheet.
            sheet.finish()
            frame.notes.count(NOTE_SPLIT)
            sheet = _Rows(book, frame, widths, sheet.part + 1)
        sheet.add(one, at)
    sheet.finish()


class _Rows:
    """One sheet of rows."""

    def __init__(self, book: Workbook, frame: _Frame, widths: Sequence[float], part: int) -> None:
        self.part = part
        self._is_filtered = frame.is_filtered
        self._notes_left = frame.notes_left
        self._notes = frame.notes
        self._widths = widths
        self._width = len(widths)
        self._header = frame.places.header_of(part)
        self._columns = tuple(frame.places.columns.items())
        self._at = 0
        self._sheet: Any = book.create_sheet(frame.places.tab(part))
        self._hidden = RowDimension(self._sheet, hidden=True) if frame.is_filtered else None
        self._prepare()

    def __repr__(self) -> str:
        return f"<_Rows part={self.part} at={self._at}>"

    def add(self, one: ProblemRow, at: int) -> None:
        self._fill_up_to(at)
        if one.problems:
            self._append(self._cells(one), RowDimension(self._sheet, ht=self._height(one)))
        else:
            self._append(self._plain_cells(one), self._hidden)

    def finish(self) -> None:
        sheet = self._sheet
        corner = f"{column_letter(self._width)}{max(self._at, self._header)}"
        sheet.auto_filter.ref = f"A{self._header}:{corner}"
        if self._is_filtered:
            # How Excel writes "not blank".
            not_blank = CustomFilters(customFilter=[CustomFilter(operator="notEqual", val=" ")])
            sheet.auto_filter.filterColumn.append(FilterColumn(colId=0, customFilters=not_blank))
        sheet._writer.quiet(f"A1:{corner}")
        sheet.close()

    def _prepare(self) -> None:
        sheet = self._sheet
        for index, width in enumerate(self._widths, 1):
            sheet.column_dimensions[column_letter(index)].width = width
        sheet.freeze_panes = f"A{self._header + 1}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins = looks.MARGINS
        sheet.print_title_rows = f"{self._header}:{self._header}"
        sheet._writer = _Writer(sheet)
        sheet._writer.write_top()
        while self._at < self._header - 1:
            self._append([])
        heads: list[Any] = [None] * self._width
        heads[0] = self._cell(PROBLEMS, looks.HEADING)
        for name, at in self._columns:
            heads[at - 1] = self._cell(name, looks.HEADING)
        self._append(heads)

    def _fill_up_to(self, at: int) -> None:
        while self._at < at - 1:
            self._append([], self._hidden)

    def _append(self, cells: list[Any], dimension: RowDimension | None = None) -> None:
        self._at += 1
        if dimension is None:
            self._sheet.append(cells)
            return
        self._sheet.row_dimensions[self._at] = dimension
        self._sheet.append(cells)
        # Else it is kept for each row of a sheet of any length.
        del self._sheet.row_dimensions[self._at]

    def _height(self, one: ProblemRow) -> float:
        """Of what is wrapped: the problems, and the cells that have some."""
        bad = {problem.origin.column for problem in one.problems}
        texts = [(one.row.cells.get(name, ""), self._widths[at - 1]) for name, at in self._columns if name in bad]
        return looks.text_height([("\n".join(one.texts()), _PROBLEMS_WIDTH), *texts])

    def _plain_cells(self, one: ProblemRow) -> list[Any]:
        cells: list[Any] = [None] * self._width
        for name, at in self._columns:
            text = one.row.cells.get(name, "")
            if text:
                held = self._held(text)
                cells[at - 1] = self._cell(held) if held.startswith(_NOT_AS_TEXT) else held
        return cells

    def _cells(self, one: ProblemRow) -> list[Any]:
        cells: list[Any] = [None] * self._width
        found = one.by_column()
        assert one.severity is not None
        cells[0] = self._cell("\n".join(one.texts()), looks.TEXT[one.severity])
        for name, at in self._columns:
            problems = found.get(name, ())
            text = one.row.cells.get(name, "")
            if problems:
                cells[at - 1] = self._marked(text, problems)
            elif text:
                cells[at - 1] = self._cell(text, looks.PLAIN)
        if of_row := found.get(""):
            self._annotate(cells[0], of_row)
        return cells

    def _marked(self, text: str, problems: Sequence[Problem]) -> Any:
        cell = self._cell(text, looks.CELL[problems[0].severity])
        self._annotate(cell, problems)
        return cell

    def _annotate(self, cell: Any, problems: Sequence[Problem]) -> None:
        if self._notes_left.take(problems[0].severity):
            text = note_text(problems, _NOTE_CHARS)
            lines = sum(1 + len(line) // _NOTE_LINE_CHARS for line in text.split("\n"))
            cell.comment = Comment(spelled(text), "bulkgen", height=lines * _NOTE_LINE_PX + 12, width=_NOTE_WIDTH_PX)

    def _cell(self, text: str, look: str = "") -> Any:
        cell = WriteOnlyCell(self._sheet)
        held = self._held(text)
        if held:
            cell.value = held
            # Whatever it looks like.
            cell.data_type = "s"
        if look:
            cell.style = look
        return cell

    def _held(self, text: str) -> str:
        return spelled(cut(clean(text, self._notes), self._notes))


class _Writer(WorksheetWriter):
    """As openpyxl writes a sheet, and with the element it leaves out that keeps a program from marking every number
    that is text: those marks would stand on good cells beside ours on bad ones."""

    _area = ""

    def quiet(self, area: str) -> None:
        self._area = area

    def write_breaks(self) -> None:
        super().write_breaks()
        ignored = Element("ignoredErrors")
        SubElement(ignored, "ignoredError", {"sqref": self._area, "numberStoredAsText": "1"})
        self.xf.send(ignored)


def _discard(sheet: Any) -> None:
    """openpyxl keeps the file of an unsaved sheet until the process ends, which may be a server's."""
    writer = sheet._writer
    if writer is not None:
        with contextlib.suppress(Exception):
            writer.close()
        with contextlib.suppress(OSError, ValueError):
            writer.cleanup()


def _widths(outline: SheetOutline, sample: Sequence[ProblemRow], places: BookPlaces) -> list[float]:
    widths: list[float] = [float(_PROBLEMS_WIDTH)] + [float(_MIN_WIDTH)] * (places.last_column - 1)
    for column in outline.columns:
        if at := places.column(column.name):
            texts = chain((column.name,), (one.row.cells.get(column.name, "") for one in sample))
            longest = max(_longest_line(texts), default=0)
            widths[at - 1] = float(min(max(longest + 3, _MIN_WIDTH), _MAX_WIDTH))
    return widths


def _longest_line(texts: Iterable[str]) -> Iterator[int]:
    for text in texts:
        yield len(text) if "\n" not in text else max(map(len, text.split("\n")))
