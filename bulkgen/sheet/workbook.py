"""The rows of one tab of a workbook, as a person sees them.

    Package + tab -> Row, Row, …

One streaming pass over the sheet part gives each cell's stored value together with its style, which is what its text
is drawn from. Ready readers give one or the other: calamine the value without the number format, openpyxl both at
twenty times the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lxml import etree

from bulkgen.errors import SheetError
from bulkgen.sheet.cells import CellReader
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import LOOK_AHEAD, find_header, name_columns
from bulkgen.sheet.model import Column, Row, Sheet, SheetKind, SheetOutline
from bulkgen.sheet.package import Package, Tab, damage_is_ours, is_true

_HIDDEN_ROWS = "{n} hidden rows are read too, the first is {places}"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the sheet part: its number and its filled cells by place (1-based)."""

    number: int
    cells: dict[int, str]


class WorkbookSheet(Sheet):
    """Opens the file anew for every reading, so that nothing is held in between."""

    def __init__(self, outline: SheetOutline, part: str, findings: Findings) -> None:
        super().__init__(outline)
        self._part = part
        self._findings = findings

    @property
    def notes(self) -> tuple[str, ...]:
        return self._findings.lines()

    def rows(self) -> Iterator[Row]:
        outline = self.outline
        # Counted anew by this reading; what was said at opening stays said.
        self._findings.restart()
        with Package(outline.path) as package, damage_is_ours(outline.path):
            position = 0
            for line in _lines(package, self._part, self._findings):
                if line.number <= outline.header_row:
                    continue
                cells = {column.name: line.cells.get(column.index, "") for column in outline.columns}
                if any(text.strip() for text in cells.values()):
                    yield Row(position, line.number, outline.tab, cells)
                    position += 1


def open_workbook(path: Path, wanted: str | None) -> WorkbookSheet:
    """Raises SheetError: damaged, no such tab, empty, or no rows below the header."""
    findings = Findings()
    with Package(path) as package, damage_is_ours(path):
        tab, first = _choose(package, wanted, findings)
        if not first:
            raise _empty(path, tab)
        width = max(max(line.cells) for line in first)
        texts = [[line.cells.get(index, "") for index in range(1, width + 1)] for line in first]
        at = find_header(texts)
        if at == len(first) - 1:
            raise SheetError(
                f"there are no rows below the header in row {first[at].number}",
                code="no_rows",
                where=f"{path}, sheet {tab.name!r}",
                hint="Fill in at least one row, or name the right tab with --sheet.",
            )
        columns = _columns(first, at)
        names = tuple(one.name for one in package.tabs)
    outline = SheetOutline(
        path=path,
        kind=SheetKind.XLSX,
        columns=columns,
        header_row=first[at].number,
        tab=tab.name,
        tabs=names,
        notes=findings.lines(),
    )
    return WorkbookSheet(outline, tab.part, findings)


def _choose(package: Package, wanted: str | None, findings: Findings) -> tuple[Tab, list[_Line]]:
    """The tab asked for, else the first visible one with cells; and its first filled rows."""
    if wanted is not None:
        for tab in package.tabs:
            if tab.name.strip().lower() == wanted.strip().lower():
                return tab, _first_lines(package, tab, findings)
        from bulkgen.names import did_you_mean

        raise SheetError(
            f"there is no tab {wanted!r}",
            code="unknown_tab",
            where=str(package.path),
            hint=did_you_mean(wanted, [tab.name for tab in package.tabs]),
        )
    ordered = [tab for tab in package.tabs if tab.is_visible] + [tab for tab in package.tabs if not tab.is_visible]
    if not ordered:
        raise SheetError("the workbook has no tab with rows", code="empty", where=str(package.path))
    for tab in ordered:
        first = _first_lines(package, tab, Findings())
        if first:
            if len(package.tabs) > 1:
                findings.say(f"the tab {tab.name!r} is read; --sheet names another")
            return tab, first
    raise _empty(package.path, ordered[0])


def _first_lines(package: Package, tab: Tab, findings: Findings) -> list[_Line]:
    return list(islice(_lines(package, tab.part, findings), LOOK_AHEAD))


def _lines(package: Package, part: str, findings: Findings) -> Iterator[_Line]:
    """The rows of a part that have a filled cell."""
    reader = CellReader(package, findings)
    number = 0
    for element in package.elements(part, "row"):
        number = _row_number(element, number)
        cells = reader.read(element, number)
        if cells:
            if is_true(element.get("hidden")):
                findings.count(_HIDDEN_ROWS, str(number))
            yield _Line(number, cells)


def _row_number(element: etree._Element, before: int) -> int:
    """A row may leave its number out; then it follows the one before."""
    text = element.get("r")
    return int(text) if text and text.isdigit() else before + 1


def _columns(first: list[_Line], at: int) -> tuple[Column, ...]:
    header = first[at].cells
    below = {index for line in first[at + 1 :] for index in line.cells}
    places = sorted(set(header) | below)
    return name_columns([(index, header.get(index, "")) for index in places])


def _empty(path: Path, tab: Tab) -> SheetError:
    return SheetError(
        f"the tab {tab.name!r} is empty",
        code="empty",
        where=str(path),
        hint="Name the tab that has the rows with --sheet.",
    )
