"""The rows of one tab of a workbook, as a person sees them.

    Package + tab -> Row, Row, …

One streaming pass over the sheet part gives each cell's stored value together with its style, which is what its text
is drawn from. Ready readers stop before that: calamine gives the value without its number format, openpyxl both but
not the text they make, and neither says what it passes over. Pictures come along as names of parts, unread. Left out:
formulas (their stored results are read), charts and comments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lxml import etree

from bulkgen.errors import SheetError
from bulkgen.names import did_you_mean
from bulkgen.sheet.cells import CellReader
from bulkgen.sheet.edges import Edges, read_edges
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import LOOK_AHEAD, column_letter, find_header, name_columns
from bulkgen.sheet.model import CellPicture, Column, Row, Sheet, SheetKind, SheetOutline
from bulkgen.sheet.package import BrokenPart, Package, Tab, damage_is_ours, is_true
from bulkgen.sheet.pictures import pictures_over_cells

_HIDDEN_ROWS = "hidden rows, which are read too: {n} ({places})"
_HIDDEN_COLUMNS = "hidden columns, which are read too: {n} ({places})"
_MERGED = "merged cells over several rows, of which only the first row has the text: {n} ({places})"
_OUTSIDE = "cells in columns without a header, which are left out: {n} ({places})"
_SEVERAL = "cells with several pictures over them, of which the first is used: {n} ({places})"

_LAST_ROW = 1_048_576
_URL_MARKS = ("://", "www.", "@")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet part: its number, its filled cells and the pictures in cells, by place (1-based)."""

    number: int
    cells: dict[int, str]
    pictures: dict[int, CellPicture] = field(default_factory=dict)

    @property
    def has_text(self) -> bool:
        return any(text.strip() for text in self.cells.values())


@dataclass(frozen=True, slots=True)
class _Found:
    """The tab to read, and what its beginning and its end hold."""

    tab: Tab
    edges: Edges
    first: list[_Line]


class WorkbookSheet(Sheet):
    """Opens the file anew for every reading, so that nothing is held open in between."""

    def __init__(self, outline: SheetOutline, part: str, edges: Edges, findings: Findings) -> None:
        super().__init__(outline)
        self._part = part
        self._edges = edges
        self._findings = findings

    @property
    def notes(self) -> tuple[str, ...]:
        return self._findings.lines()

    def rows(self) -> Iterator[Row]:
        """Raises SheetError where the part turns out to be broken."""
        outline, findings = self.outline, self._findings
        # Counted anew by this reading; what was said at opening stays said.
        findings.restart()
        for top, reference in self._edges.tall:
            if top > outline.header_row:
                findings.count(_MERGED, reference)
        places = [(column.name, column.index) for column in outline.columns]
        known = {index for _, index in places}
        with Package(outline.path) as package, damage_is_ours(outline.path):
            over = pictures_over_cells(package, self._part)
            position = 0
            for line in _lines(package, CellReader(package), self._part, self._edges, findings):
                if line.number <= outline.header_row:
                    continue
                for outside in sorted(line.cells.keys() - known):
                    findings.count(_OUTSIDE, f"{column_letter(outside)}{line.number}")
                read = line.cells.get
                cells = {name: read(index, "") for name, index in places}
                pictures = {name: line.pictures[index] for name, index in places if index in line.pictures}
                if any(text.strip() for text in cells.values()) or pictures:
                    if over:
                        pictures |= self._over(over, line, places)
                    yield Row(position, line.number, outline.tab, cells, pictures)
                    position += 1

    def _over(
        self, over: dict[tuple[int, int], list[str]], line: _Line, places: list[tuple[str, int]]
    ) -> dict[str, CellPicture]:
        """Pictures over cells that show nothing else. They make no row: one that stands alone is a decoration."""
        found: dict[str, CellPicture] = {}
        for name, index in places:
            parts = over.get((line.number, index), [])
            if parts and index not in line.pictures and not line.cells.get(index, "").strip():
                cell = f"{column_letter(index)}{line.number}"
                if len(parts) > 1:
                    self._findings.count(_SEVERAL, cell)
                found[name] = CellPicture(cell, parts[0], is_over=True)
        return found


def open_workbook(path: Path, wanted: str | None) -> WorkbookSheet:
    """Raises SheetError: damaged, no such tab, empty, or no rows below the header."""
    findings = Findings()
    with Package(path) as package, damage_is_ours(path):
        found = _choose(package, wanted, findings)
        names = tuple(tab.name for tab in package.tabs)
    tab, first = found.tab, found.first
    # A picture is no header, and a row that has nothing else may still be one of the table's.
    texts = [line for line in first if line.has_text]
    width = max(max(line.cells) for line in texts)
    header = texts[find_header([[line.cells.get(index, "") for index in range(1, width + 1)] for line in texts])]
    at = first.index(header)
    if at == len(first) - 1:
        raise SheetError(
            f"there are no rows below the header in row {header.number}",
            code="no_rows",
            where=f"{path}, sheet {tab.name!r}",
            hint="Fill in at least one row, or name the right tab with --sheet.",
        )
    if at:
        findings.say(f"the header is in row {header.number}; what stands above it is left out")
    columns = _columns(first, at)
    for name in _columns_of_links(columns, first[at + 1 :], found.edges):
        findings.say(f"the cells of column {name!r} are links: the texts they show are read, not the addresses")
    outline = SheetOutline(
        path=path,
        kind=SheetKind.XLSX,
        columns=columns,
        header_row=header.number,
        tab=tab.name,
        tabs=names,
        notes=findings.lines(),
    )
    return WorkbookSheet(outline, tab.part, found.edges, findings)


def _choose(package: Package, wanted: str | None, findings: Findings) -> _Found:
    """The tab asked for, else the first visible one with cells, else the first hidden one with cells."""
    visible_first = sorted(package.tabs, key=lambda tab: not tab.is_visible)
    tabs = visible_first if wanted is None else [_named(package, wanted)]
    reader = CellReader(package)
    for tab in tabs:
        with package.open(tab.part) as stream:
            edges = read_edges(stream)
        first = list(islice(_lines(package, reader, tab.part, edges, Findings()), LOOK_AHEAD))
        if any(line.has_text for line in first):
            if wanted is None and len(package.tabs) > 1:
                hidden = "" if tab.is_visible else "hidden "
                findings.say(f"the {hidden}tab {tab.name!r} is read; --sheet names another")
            return _Found(tab, edges, first)
    what = f"the tab {tabs[0].name!r} has" if len(tabs) == 1 else "the workbook has"
    raise SheetError(
        f"{what} no cell with text in it",
        code="empty",
        where=str(package.path),
        hint="Pictures and charts make no rows: put texts into cells, or name the tab that has them with --sheet.",
    )


def _named(package: Package, wanted: str) -> Tab:
    for is_same in (str, lambda name: name.strip().casefold()):
        for tab in package.tabs:
            if is_same(tab.name) == is_same(wanted):
                return tab
    raise SheetError(
        f"there is no tab {wanted!r}",
        code="unknown_tab",
        where=str(package.path),
        hint=did_you_mean(wanted, [tab.name for tab in package.tabs]),
    )


def _lines(package: Package, reader: CellReader, part: str, edges: Edges, findings: Findings) -> Iterator[_Line]:
    """The rows of a part in which a cell has text; and what is noticed about them."""
    reader.tell(findings)
    number = 0
    for element in package.elements(part, "row", "col"):
        if element.tag.endswith("}col"):
            if is_true(element.get("hidden")):
                findings.count(_HIDDEN_COLUMNS, _column_span(element))
            continue
        number = _row_number(element, number)
        line = _Line(number, reader.read(element, number), reader.pictures)
        edges.uncover(number, line.cells)
        edges.uncover(number, line.pictures)
        if line.pictures or line.has_text:
            if is_true(element.get("hidden")):
                findings.count(_HIDDEN_ROWS, str(number))
            yield line


def _row_number(element: etree._Element, before: int) -> int:
    """A row may leave its number out; then it follows the one before."""
    text = element.get("r")
    number = int(text) if text and text.isdecimal() and len(text) <= 9 else before + 1
    if not before < number <= _LAST_ROW:
        # The report finds its rows by their numbers, so two of one number cannot be told apart.
        raise BrokenPart(f"row {before} is followed by row {number}")
    return number


def _column_span(element: etree._Element) -> str:
    """The letters of a `col`, which may stand for many columns."""
    ends = (element.get("min") or "", element.get("max") or "")
    first, last = (int(end) if end.isdecimal() and len(end) <= 5 else 0 for end in ends)
    return column_letter(first) if last <= first else f"{column_letter(first)}-{column_letter(last)}"


def _columns(first: list[_Line], at: int) -> tuple[Column, ...]:
    """Those with a header, and those without that have cells near it."""
    header = {index: text for index, text in first[at].cells.items() if text.strip()}
    below = {index for line in first[at + 1 :] for index, text in line.cells.items() if text.strip()}
    below |= {index for line in first[at + 1 :] for index in line.pictures}
    return name_columns([(index, header.get(index, "")) for index in sorted(set(header) | below)])


def _columns_of_links(columns: tuple[Column, ...], lines: list[_Line], edges: Edges) -> list[str]:
    """Columns in which every cell near the header is a link that shows something else than an address."""
    found = []
    for column in columns:
        shown = [(line.number, line.cells[column.index]) for line in lines if column.index in line.cells]
        if shown and all(
            (number, column.index) in edges.linked and not any(mark in text for mark in _URL_MARKS)
            for number, text in shown
        ):
            found.append(column.name)
    return found
