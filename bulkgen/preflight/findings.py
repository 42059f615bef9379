"""Problems by kind: what a person reads before anything is sent. Pure.

Problem, Problem, … -> Finding (code, how often, in how many rows, where first)

However long the sheet, no more is kept than counts, the first places of each kind, and a bit for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bulkgen.preflight.row_set import RowSet
from bulkgen.sheet.header import column_letter
from bulkgen.sheet.model import Column, Origin
from bulkgen.sheet.problems import Problem, Severity

# Places named for each kind where a person reads; the rest is counted. They look at a few cells and mend the column.
PLACES_SHOWN = 3
# Places kept of each kind for programs. Who needs all of them has them in the copy of the sheet.
PLACES_KEPT = 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is. `cell` is as a spreadsheet program names it, `C12`; "" for a row or an unknown column."""

    sheet: str
    row: int
    column: str
    cell: str
    message: str

    def __str__(self) -> str:
        if not self.sheet:
            return self.name
        return f"{self.sheet}!{self.name}" if self.cell else f"{self.sheet}, {self.name}"

    @property
    def name(self) -> str:
        """Without the sheet."""
        return self.cell or f"row {self.row}" + (f" {self.column!r}" if self.column else "")

    def to_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Finding:
    """All problems of one code and severity. `message` and `hint` are the first one's; `cells` are the first places, of
    `places_count` that differ."""

    code: str
    severity: Severity
    count: int
    rows: int
    places_count: int
    message: str
    hint: str
    cells: tuple[Place, ...]

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(str(place) for place in self.cells[:PLACES_SHOWN])

    def where(self, shown: int = PLACES_SHOWN) -> str:
        """`products!C12, C15, C40 and 1,204 more`: the sheet is named once for those that are in it."""
        named: list[str] = []
        sheet = ""
        for place in self.cells[:shown]:
            named.append(place.name if named and place.sheet == sheet else str(place))
            sheet = place.sheet
        more = self.places_count - len(named)
        return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")

    def to_json(self) -> dict[str, object]:
        body: dict[str, object] = {name: getattr(self, name) for name in self.__slots__ if name != "cells"}
        return {**body, "places": [place.to_json() for place in self.cells]}


@dataclass(slots=True)
class _Kind:
    first: Problem
    rows: RowSet
    cells: list[Place]
    count: int = 0
    places_count: int = 0


class Findings:
    """Counts problems as rows go by. With `columns` places are cells (`C12`), else rows and headers."""

    def __init__(self, columns: Iterable[Column] = ()) -> None:
        self._letters = {column.name: column_letter(column.index) for column in columns}
        self._kinds: dict[tuple[str, Severity], _Kind] = {}
        self._bad = RowSet()
        self._told = RowSet()

    def __repr__(self) -> str:
        return f"<Findings {self.errors:,} errors, {self.warnings:,} warnings, {len(self._kinds)} kinds>"

    def add(self, problems: Iterable[Problem]) -> None:
        """All problems of a row that are known so far. A place counts once a call, whatever is wrong there."""
        places: set[tuple[str, Severity, Origin]] = set()
        for problem in problems:
            origin = problem.origin
            kind = self._kinds.get((problem.code, problem.severity))
            if kind is None:
                kind = self._kinds[problem.code, problem.severity] = _Kind(problem, RowSet(), [])
            kind.count += 1
            kind.rows.add(origin.row)
            self._told.add(origin.row)
            if problem.severity is Severity.ERROR:
                self._bad.add(origin.row)
            place = (problem.code, problem.severity, origin)
            if place not in places:
                places.add(place)
                kind.places_count += 1
                if len(kind.cells) < PLACES_KEPT:
                    kind.cells.append(self._place(problem))

    @property
    def errors(self) -> int:
        return sum(kind.count for (_, severity), kind in self._kinds.items() if severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        return sum(kind.count for (_, severity), kind in self._kinds.items() if severity is Severity.WARNING)

    @property
    def bad_rows(self) -> int:
        """Rows with an error."""
        return len(self._bad)

    @property
    def warned_rows(self) -> int:
        """Rows with warnings and no error."""
        return len(self._told) - len(self._bad)

    def all(self) -> list[Finding]:
        """Errors first, then the most frequent."""
        kinds = sorted(self._kinds, key=lambda kind: (kind[1] is not Severity.ERROR, -self._kinds[kind].count, kind[0]))
        return [self._finding(*kind) for kind in kinds]

    def to_json(self) -> dict[str, object]:
        counts = {"errors": self.errors, "warnings": self.warnings}
        counts |= {"bad_rows": self.bad_rows, "warned_rows": self.warned_rows}
        return {**counts, "findings": [finding.to_json() for finding in self.all()]}

    def _finding(self, code: str, severity: Severity) -> Finding:
        kind = self._kinds[code, severity]
        return Finding(
            code=code,
            severity=severity,
            count=kind.count,
            rows=len(kind.rows),
            places_count=kind.places_count,
            message=kind.first.message,
            hint=kind.first.hint,
            cells=tuple(kind.cells),
        )

    def _place(self, problem: Problem) -> Place:
        origin = problem.origin
        letter = self._letters.get(origin.column, "")
        return Place(origin.sheet, origin.row, origin.column, f"{letter}{origin.row}" * bool(letter), problem.message)
