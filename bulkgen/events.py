"""What happens in a run, as frozen events. The stages report; bar, JSON lines, log and page listen.

A listener is a plain function. It must not block: it is called from the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """The root of all events."""


@dataclass(frozen=True, slots=True)
class Said(Event):
    """A line for the person: something that was decided, guessed or found."""

    text: str


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """The plan stands. `counts` are those of `ledger.records.PlanCount`; `rows_open` is what progress counts to."""

    job: str
    counts: Mapping[str, int]
    rows_open: int
    banners_open: int


@dataclass(frozen=True, slots=True)
class Submitted(Event):
    """The provider accepted a generation request."""

    generation_id: int
    request_id: str
    formats: int


@dataclass(frozen=True, slots=True)
class Settled(Event):
    """A generation came to an end, whatever it was. `done` and `failed` count its formats."""

    generation_id: int
    outcome: str
    done: int
    failed: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Checked(Event):
    """How far preflight has come: `what` is "pictures" or "rows". `of_all` is 0 where they were not counted."""

    what: str
    done: int
    of_all: int


@dataclass(frozen=True, slots=True)
class Pulse(Event):
    """How the run stands, told about once a second. Counts are of generation requests; `unfinished` are accepted and
    not at an end. `pace` is the number of calls per second that is allowed now, None where there is no bound.
    `credits` is what the banners made in this run cost at the least, one each; None where nothing is billed.
    `seconds_left` is None while it cannot be told."""

    submitted: int
    unfinished: int
    finalized: int
    in_doubt: int
    unsent: int
    calls_per_second: float
    pace: float | None
    polls_per_row: float
    credits: int | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class RowsSettled(Event):
    """Rows whose last generation came to an end."""

    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class Throttled(Event):
    """The provider asked for a pause. `scope` is what it covers: "all", "submissions", "polls"."""

    seconds: float
    scope: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped(Event):
    """Submissions have ended before the rows did."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReportWritten(Event):
    path: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """`account` is rows by outcome; `kinds` is what rows complain of and how often, the most frequent first."""

    exit_code: int
    account: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)


Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener that nobody gave."""
