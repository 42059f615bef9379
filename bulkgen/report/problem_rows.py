"""A row and its problems -> what is written beside it and on its cells. Pure.

    Row + Problem, … -> ProblemRow

Left out: in which file (`problem_book`, `problem_table`), and what a kind of problem is called (`Kind` is told).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bulkgen.report.limits import Notes, clean
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem, Severity

# A contract, as the result columns of a report are: a sheet that comes back is known by them.
PROBLEMS = "bulkgen problems"
SEVERITY = "bulkgen severity"

# What a person reads of one row; the rest is a number. A cell of fifty lines is as good as none.
TEXTS_SHOWN = 12


class NamedPlace(Protocol):
    """Where a problem is: the sheet's own row number, and a header or ""."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def name(self) -> str: ...


class Kind(Protocol):
    """All problems of one code and severity; `preflight.findings.Finding` is one."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def count(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def places_count(self) -> int: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def cells(self) -> Sequence[NamedPlace]: ...


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """`problems` are the worst first, each once."""

    row: Row
    problems: tuple[Problem, ...] = ()

    @property
    def severity(self) -> Severity | None:
        return self.problems[0].severity if self.problems else None

    def texts(self) -> list[str]:
        """A line a problem, with the word for its severity: colours are lost in a text table and in print."""
        shown = [_line(problem) for problem in self.problems[:TEXTS_SHOWN]]
        more = len(self.problems) - len(shown)
        return [*shown, f"and {more:,} more"] if more else shown

    def by_column(self) -> Mapping[str, list[Problem]]:
        """The worst first. "" has those of no cell."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            column = problem.origin.column
            found.setdefault(column if column in self.row.cells else "", []).append(problem)
        return found


def problem_row(row: Row, problems: Sequence[Problem]) -> ProblemRow:
    if not problems:
        return ProblemRow(row)
    once = dict.fromkeys(problems)
    return ProblemRow(row, tuple(sorted(once, key=lambda problem: problem.severity is not Severity.ERROR)))


def note_text(problems: Sequence[Problem], limit: int) -> str:
    """What is wrong with a cell and what to do, as the note on it says it."""
    parts = []
    for problem in problems:
        remedy = f"\n→ {_flat(problem.hint)}" if problem.hint else ""
        parts.append(f"{problem.severity.value}: {_flat(problem.message)}{remedy}")
    text = "\n\n".join(dict.fromkeys(parts))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _line(problem: Problem) -> str:
    column, message = problem.origin.column, problem.message
    is_named = not column or message.startswith((f"{column}:", f"{column}."))
    return f"{problem.severity.value}: {_flat(message if is_named else f'{column}: {message}')}"


def _flat(text: str) -> str:
    """On one line: a line is a problem."""
    return " ".join(clean(text, Notes()).split())
