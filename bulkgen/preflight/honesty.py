"""What preflight said of an output against what became of it, by kind. Pure.

    problems of a row -> Forecast of each output;  Forecast + outcome -> Honesty (right, missed, false alarm)

A forecast of one kind is not disproved by a failure of another: who makes a banner stops at the first fault, and what
came behind it is not known. Left out: what was not looked at, and what is not decided yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from bulkgen.preflight.failure_kinds import FORETOLD, MEASURED, NOT_KNOWN, Kind, kind_of
from bulkgen.preflight.row_set import RowSet
from bulkgen.sheet.problems import Problem, Severity

# Compared together, so that a run of millions is not held.
_PAIRS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Forecast:
    """`fails`: why it would fail, as far as was seen; `unknown`: what could not be told. Neither: it will be made."""

    fails: frozenset[Kind] = frozenset()
    unknown: frozenset[Kind] = frozenset()


FINE = Forecast()


class End(StrEnum):
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    HELD = "held back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is the provider's, in its own words."""

    end: End
    reason: str = ""

    @property
    def kind(self) -> Kind | None:
        """Why there is no banner; None where there is one, or nobody tried."""
        match self.end:
            case End.FAILED:
                return kind_of(self.reason) or Kind.OTHER
            case End.REFUSED:
                # Refused before any work: the request itself was at fault, whatever the words.
                return kind_of(self.reason) or Kind.VALUE
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Tally:
    """Outputs of one kind. `hidden`: foretold, and it failed for another reason; `held`: foretold, and not sent;
    `unknown`: failed, and preflight had said that it cannot tell."""

    right: int = 0
    missed: int = 0
    false_alarm: int = 0
    unknown: int = 0
    hidden: int = 0
    held: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def to_json(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)}


@dataclass(frozen=True, slots=True)
class Honesty:
    """`outputs` were looked at and are decided; `fine` of them were made, as foretold; `held` were not sent."""

    outputs: int = 0
    fine: int = 0
    held: int = 0
    kinds: Mapping[Kind, Tally] = field(default_factory=dict)

    def __add__(self, other: Honesty) -> Honesty:
        kinds = {
            kind: self.kinds.get(kind, Tally()) + other.kinds.get(kind, Tally())
            for kind in Kind
            if kind in self.kinds or kind in other.kinds
        }
        return Honesty(self.outputs + other.outputs, self.fine + other.fine, self.held + other.held, kinds)

    def to_json(self) -> dict[str, object]:
        counts = {"outputs": self.outputs, "fine": self.fine, "held": self.held}
        return {**counts, "kinds": {kind.name.lower(): tally.to_json() for kind, tally in self.kinds.items()}}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Honesty:
        """What `to_json` wrote; a kind that is not known any more counts as something else."""
        whole = cls(body.get("outputs", 0), body.get("fine", 0), body.get("held", 0))
        for name, counts in body.get("kinds", {}).items():
            kind = Kind.__members__.get(name.upper(), Kind.OTHER)
            whole += cls(kinds={kind: Tally(**counts)})
        return whole

    def lines(self) -> tuple[tuple[str, str], ...]:
        """(label, figures): for the terminal and `status`. Nothing where nothing was looked at."""
        if not self.outputs:
            return ()
        tried = self.outputs - self.held
        total = sum(self.kinds.values(), Tally())
        ours = total.missed - self.kinds.get(Kind.PROVIDER, Tally()).missed
        said = [f"{self.fine + total.right:,} of {tried:,} as forecast" if tried else "", *_figures(total, ours)]
        lines = [("preflight", ", ".join(text for text in said if text))]
        for kind, tally in self.kinds.items():
            if kind is Kind.PROVIDER:
                lines.append((f"  {kind.value}", f"{tally.missed:,}, which nobody could foresee"))
            elif figures := _figures(tally, tally.missed):
                lines.append((f"  {kind.value}", ", ".join(figures)))
        return tuple(lines)


def _figures(tally: Tally, missed: int) -> list[str]:
    alarms = f"{tally.false_alarm:,} false alarm" + ("" if tally.false_alarm == 1 else "s")
    told = (
        (tally.right, f"{tally.right:,} right"),
        (missed, f"{missed:,} missed"),
        (tally.false_alarm, alarms),
        (tally.unknown, f"{tally.unknown:,} could not be told"),
        (tally.hidden, f"{tally.hidden:,} behind another fault"),
        (tally.held, f"{tally.held:,} not sent"),
    )
    return [text for count, text in told if count]


def outcome_of(state: str, reason: str = "") -> Outcome | None:
    """An output's state in the ledger -> what became of it; None while that is open or cannot be known."""
    return Outcome(End(state), reason) if state in (End.DONE, End.FAILED, End.REFUSED) else None


def forecast_of(problems: Iterable[Problem], format_id: str) -> Forecast:
    """A problem that names formats among its facts concerns those only."""
    fails: set[Kind] = set()
    unknown: set[Kind] = set()
    for problem in problems:
        named = next((value for name, value in problem.facts if name == "formats"), "")
        if named and format_id not in named.split(", "):
            continue
        code = problem.code
        if code in NOT_KNOWN:
            unknown.add(NOT_KNOWN[code])
        elif kind := FORETOLD.get(code):
            is_forecast = problem.severity is Severity.ERROR or code in MEASURED
            (fails if is_forecast else unknown).add(kind)
    return Forecast(frozenset(fails), frozenset(unknown)) if fails or unknown else FINE


def compare(pairs: Iterable[tuple[Forecast, Outcome]]) -> Honesty:
    outputs = fine = held = 0
    counts: dict[Kind, dict[str, int]] = {}

    def count(kind: Kind, name: str) -> None:
        of_kind = counts.setdefault(kind, {})
        of_kind[name] = of_kind.get(name, 0) + 1

    for forecast, outcome in pairs:
        outputs += 1
        kind = outcome.kind
        held += outcome.end is End.HELD
        fine += outcome.end is End.DONE and not forecast.fails
        for foretold in forecast.fails:
            count(foretold, _of_foretold(foretold, outcome, kind))
        if kind is not None and kind not in forecast.fails:
            count(kind, "unknown" if kind in forecast.unknown else "missed")
    return Honesty(outputs, fine, held, {kind: Tally(**counts[kind]) for kind in Kind if kind in counts})


def _of_foretold(foretold: Kind, outcome: Outcome, kind: Kind | None) -> str:
    if outcome.end is End.HELD:
        return "held"
    if outcome.end is End.DONE:
        return "false_alarm"
    return "right" if foretold is kind else "hidden"


class Forecasts:
    """What was foretold of the outputs of a run, until it has ended: a bit for each row that will be well, more only
    for the others."""

    def __init__(self) -> None:
        self._looked_at: dict[tuple[str, ...], RowSet] = {}
        self._told: dict[tuple[int, str], Forecast] = {}

    def __repr__(self) -> str:
        return f"<Forecasts of {sum(map(len, self._looked_at.values())):,} rows, {len(self._told):,} not just fine>"

    def note(self, position: int, problems: Sequence[Problem], formats: Iterable[str]) -> None:
        """`formats` of the row that were looked at. Said again for a row, the last word counts."""
        names = tuple(formats)
        self._looked_at.setdefault(names, RowSet()).add(position)
        for name in names:
            forecast = forecast_of(problems, name) if problems else FINE
            if forecast == FINE:
                self._told.pop((position, name), None)
            else:
                self._told[position, name] = forecast

    def of(self, position: int, format_id: str) -> Forecast | None:
        """None for what was not looked at."""
        told = self._told.get((position, format_id))
        if told is not None:
            return told
        seen = any(format_id in names and position in rows for names, rows in self._looked_at.items())
        return FINE if seen else None

    def compare(self, results: Iterable[tuple[int, str, str, str]]) -> Honesty:
        """`results`: (position, format, state, reason) of every output that the ledger knows. What was foretold to fail
        and is not among them was not sent."""
        not_met = {place for place, forecast in self._told.items() if forecast.fails}
        pairs: list[tuple[Forecast, Outcome]] = []
        honesty = Honesty()
        for position, format_id, state, reason in results:
            not_met.discard((position, format_id))
            forecast, outcome = self.of(position, format_id), outcome_of(state, reason)
            if forecast is not None and outcome is not None:
                pairs.append((forecast, outcome))
            if len(pairs) >= _PAIRS_AT_ONCE:
                honesty, pairs = honesty + compare(pairs), []
        held = ((self._told[place], Outcome(End.HELD)) for place in not_met)
        return honesty + compare(pairs) + compare(held)
