"""A sheet's rows as the other stages see them: text with its place. Pure.

Everything is text *as a person sees it in the sheet*; what a text means is decided later, by the property it is mapped
to. Left out: how files are read (`read`), what is wrong with a cell (`problems`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType


class SheetKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its printed header (made unique), and where it stands (1-based)."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from. `row` is 1-based as printed in the sheet; `column` is the header, "" for a row."""

    sheet: str
    row: int
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.sheet}, row {self.row}" if self.sheet else f"row {self.row}"
        return f"{place}, column {self.column!r}" if self.column else place


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture that a cell shows. `part` is where the workbook's package keeps it; `is_over` one that only lies there,
    as a logo may lie over any cell."""

    cell: str
    part: str
    is_over: bool = False

    def __str__(self) -> str:
        return f"the picture {'over' if self.is_over else 'in'} cell {self.cell}"


_NO_PICTURES: Mapping[str, CellPicture] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """One data row. `position` counts data rows from 0; `number` is the sheet's own row number (1-based).

    A cell that shows a picture has no text, and its column stands in `pictures`.
    """

    position: int
    number: int
    sheet: str
    cells: Mapping[str, str]
    pictures: Mapping[str, CellPicture] = field(default_factory=lambda: _NO_PICTURES)

    def origin(self, column: str = "") -> Origin:
        return Origin(self.sheet, self.number, column)


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How a text table is written, so that the report can be written the same way."""

    encoding: str
    delimiter: str
    line_end: str = "\r\n"
    has_bom: bool = False


@dataclass(frozen=True, slots=True)
class SheetOutline:
    """What is known of a sheet before its rows: `header_row` is 1-based; `part` names the tab of a workbook."""

    path: Path
    kind: SheetKind
    columns: tuple[Column, ...]
    header_row: int
    tab: str = ""
    tabs: tuple[str, ...] = ()
    dialect: CsvDialect | None = None
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


class Sheet(ABC):
    """An opened sheet: its outline, and its rows as often as asked.

    Readers subclass this; `rows` yields rows in the sheet's order, leaving out rows in which every cell is empty.
    """

    def __init__(self, outline: SheetOutline) -> None:
        self.outline = outline

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed so far; complete once `rows` has been read to its end."""
        return self.outline.notes

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """The data rows, in the sheet's order. Raises SheetError where the file turns out to be broken further down."""

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.outline.path.name} {self.outline.tab!r} {len(self.outline.columns)} columns>"
        )
