"""Problems by kind: what a person reads before anything is sent. Pure.

Problem, Problem, … -> Finding (code, how often, where first)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bulkgen.sheet.problems import Problem, Severity

# Places named for each kind; the rest is counted. A person looks at a few cells and then mends the column.
PLACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """All problems of one code and severity. `message` and `hint` are the first one's."""

    code: str
    severity: Severity
    count: int
    message: str
    hint: str
    places: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Findings:
    """Counts problems as rows go by; keeps no more than the first places of each kind."""

    _first: dict[tuple[str, Severity], Problem] = field(default_factory=dict)
    _counts: dict[tuple[str, Severity], int] = field(default_factory=dict)
    _places: dict[tuple[str, Severity], list[str]] = field(default_factory=dict)

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            kind = (problem.code, problem.severity)
            self._first.setdefault(kind, problem)
            self._counts[kind] = self._counts.get(kind, 0) + 1
            places = self._places.setdefault(kind, [])
            if len(places) < PLACES_SHOWN:
                places.append(str(problem.origin))

    def all(self) -> list[Finding]:
        """Errors first, then the most frequent."""
        kinds = sorted(self._counts, key=lambda kind: (kind[1] is not Severity.ERROR, -self._counts[kind], kind[0]))
        return [
            Finding(
                code=kind[0],
                severity=kind[1],
                count=self._counts[kind],
                message=self._first[kind].message,
                hint=self._first[kind].hint,
                places=tuple(self._places[kind]),
            )
            for kind in kinds
        ]
