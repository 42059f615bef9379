"""formats -> the names of the result columns, and a row's record -> their texts. Pure.

The names are a contract: a report that is fed back in is recognised by them, exactly as written here. Columns of a
format that is no longer asked for are not named, so they stay in the sheet with the values they had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bulkgen.report.limits import Notes, clean, guard
from bulkgen.report.model import FormatResult, ReportInput, ResultRow
from bulkgen.sheet.model import Column

STATUS = "bulkgen status"
DETAIL = "bulkgen detail"
REQUEST = "bulkgen request"
# A multi-page document is one output whatever formats its pages have, so it has one set of columns.
DOCUMENT = "document"

_NOTHING = FormatResult()


class ColumnKind(Enum):
    """What a result column holds: decides its look, its width and whether its cells are links."""

    URL = auto()
    FILE = auto()
    ERROR = auto()
    FALLBACK = auto()
    DURATION = auto()
    STATUS = auto()
    DETAIL = auto()
    REQUEST = auto()


@dataclass(frozen=True, slots=True)
class ResultColumn:
    name: str
    kind: ColumnKind
    output: str = ""


@dataclass(frozen=True, slots=True)
class PlacedColumn:
    """A result column and where it goes (1-based). `is_new`: the input did not have it."""

    column: ResultColumn
    index: int
    is_new: bool


_OF_A_BANNER = (ColumnKind.URL, ColumnKind.FILE, ColumnKind.ERROR)
# What moves is as long as it is, and may have a picture for where it cannot be shown.
_OF_A_FILM = (ColumnKind.FALLBACK, ColumnKind.DURATION)


def columns_of(formats: Sequence[str], is_multipage: bool, *, is_animated: bool = False) -> tuple[ResultColumn, ...]:
    kinds = (*_OF_A_BANNER, *_OF_A_FILM) if is_animated else _OF_A_BANNER
    outputs = (DOCUMENT,) if is_multipage else tuple(dict.fromkeys(formats))
    columns = [
        ResultColumn(f"{clean(output, Notes())} {kind.name.lower()}", kind, output)
        for output in outputs
        for kind in kinds
    ]
    columns += [
        ResultColumn(STATUS, ColumnKind.STATUS),
        ResultColumn(DETAIL, ColumnKind.DETAIL),
        ResultColumn(REQUEST, ColumnKind.REQUEST),
    ]
    return tuple(columns)


def columns_of_report(report: ReportInput) -> tuple[ResultColumn, ...]:
    return columns_of(report.formats, report.is_multipage, is_animated=report.is_animated)


def result_columns(formats: Sequence[str], is_multipage: bool, *, is_animated: bool = False) -> tuple[str, ...]:
    return tuple(column.name for column in columns_of(formats, is_multipage, is_animated=is_animated))


def given_names(
    header: Sequence[str], formats: Sequence[str], is_multipage: bool, *, is_animated: bool = False
) -> tuple[str, ...]:
    """A header without our own columns: what a report that is fed back in has of its input."""
    names = result_columns(formats, is_multipage, is_animated=is_animated)
    ours = {spelling for name in names for spelling in (_printed(name), _printed(guard(name)))}
    return tuple(name for name in header if name not in ours)


def existing_columns(columns: Sequence[ResultColumn], given: Sequence[Column]) -> dict[str, int]:
    """Where the input already has a result column; the leftmost where a header stands twice.

    Readers print a header with single spaces, and a header in a text table is guarded: both are still its name.
    """
    names = [column.name for column in columns]
    wanted = {spelling: name for name in names for spelling in (_printed(name), _printed(guard(name)))}
    found: dict[str, int] = {}
    for column in given:
        if column.name in wanted:
            found.setdefault(wanted[column.name], column.index)
    return found


def _printed(name: str) -> str:
    return " ".join(name.split())


def place(columns: Sequence[ResultColumn], given: Sequence[Column], first_free: int) -> tuple[PlacedColumn, ...]:
    """Existing columns stay where they are; the others follow each other from `first_free`, in the report's order."""
    existing = existing_columns(columns, given)
    placed: list[PlacedColumn] = []
    free = first_free
    for column in columns:
        if column.name in existing:
            placed.append(PlacedColumn(column, existing[column.name], False))
        else:
            placed.append(PlacedColumn(column, free, True))
            free += 1
    return tuple(placed)


def texts_of(row: ResultRow, columns: Sequence[ResultColumn]) -> list[str]:
    """The row's texts in the order of `columns`, as they were given: nothing cleaned, nothing cut."""
    return [_text_of(row, column) for column in columns]


def _text_of(row: ResultRow, column: ResultColumn) -> str:
    match column.kind:
        case ColumnKind.STATUS:
            return row.status
        case ColumnKind.DETAIL:
            return row.detail
        case ColumnKind.REQUEST:
            return row.request
    result = row.formats.get(column.output, _NOTHING)
    match column.kind:
        case ColumnKind.URL:
            return result.url
        case ColumnKind.FILE:
            return result.file
        case ColumnKind.FALLBACK:
            return result.fallback
        case ColumnKind.DURATION:
            return result.seconds
        case _:
            return result.error
