"""What a run will cost before it is started: credits, calls, hours, and what would make it cheaper. Pure.

    Counts + Unit + balance + Pace -> Forecast

An estimate from the provider's published prices and the pace in force (reference 4.1, 4.5). A rerun, other users of the
workspace and slow renders are not in it; the account at the end of a run is what counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bulkgen.wire.prices import credits_of

# What webhooks or fewer formats must save before it is worth a line.
_WORTH_SAVING = 0.15
_WORTH_HOURS = 0.25
# From so many requests on a budget of looks, of which nothing is known yet, may be what takes the time.
_WORTH_REQUESTS = 1_000
_WORTH_LOOKS = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """Outputs by what becomes of them; `requests` are the generations that new and changed ones take, `rows` the rows
    they stand in. `ai_calls`: background removals, pictures made from text and the like, which have a pool of their
    own."""

    new: int = 0
    changed: int = 0
    reused: int = 0
    shared: int = 0
    skipped: int = 0
    refused: int = 0
    rows: int = 0
    requests: int = 0
    formats: int = 1
    ai_calls: int = 0

    @property
    def sent(self) -> int:
        return self.new + self.changed


@dataclass(frozen=True, slots=True)
class Unit:
    """What one output is: the design's type, the pages of a document, the seconds of an animation, of which no design
    tells: 0 where they are not known. `is_billed` is False at the studio."""

    design_type: str = "static"
    pages: int = 1
    seconds: float = 0.0
    is_billed: bool = True

    @property
    def credits(self) -> int:
        """An image or a page is one credit, a second of content too. How seconds are rounded is not known: up."""
        if not self.is_billed:
            return 0
        return credits_of(self.design_type, seconds=self.seconds, pages=self.pages)

    @property
    def is_least(self) -> bool:
        return self.is_billed and self.design_type == "animated" and self.seconds <= 0

    @property
    def is_rounded(self) -> bool:
        return self.design_type == "animated" and not float(self.seconds).is_integer()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast calls may leave. `calls_per_second` None: no ceiling, as at the studio, where `seconds_per_output` is
    what counts, by `workers` at a time. `looks_per_request`: about one without webhooks, next to none with them.
    `look_limit` looks are allowed in `look_window_seconds`; None where the provider has not said, as before the first
    answer of a run."""

    calls_per_second: float | None = None
    looks_per_request: float = 1.05
    look_limit: int | None = None
    look_window_seconds: float = 0.0
    has_webhooks: bool = False
    seconds_per_output: float = 0.0
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Forecast:
    """`balance` None: unlimited, or not told. `is_look_bound`: the budget of looks is what takes the time. `looks` are
    among the calls; `is_look_limit_unknown`: they may take longer than `hours`, by a budget nobody has told of.
    `is_least`: it may cost more credits, since an animation is paid for by seconds that are not known."""

    counts: Counts
    credits: int
    credits_per_output: int
    balance: float | None
    calls: int
    hours: float
    is_look_bound: bool
    hours_with_webhooks: float
    affordable_rows: int
    is_rounded: bool = False
    looks: int = 0
    is_look_limit_unknown: bool = False
    is_least: bool = False

    @property
    def missing(self) -> int:
        """Credits that the balance lacks."""
        return 0 if self.balance is None else max(math.ceil(self.credits - self.balance), 0)

    def lines(self) -> tuple[str, ...]:
        """For a person at a terminal: what would be made, what it takes, and advice."""
        return (*self._facts(), *self.advice())

    def advice(self) -> tuple[str, ...]:
        return tuple(self._advice())

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "sent": self.counts.sent,
            "missing": self.missing,
            "hours": round(self.hours, 4),
            "hours_with_webhooks": round(self.hours_with_webhooks, 4),
            "advice": list(self.advice()),
        }

    def _facts(self) -> Iterator[str]:
        counts = self.counts
        kinds = (
            ("new", counts.new),
            ("changed", counts.changed),
            ("reused", counts.reused),
            ("shared with another row", counts.shared),
            ("skipped", counts.skipped),
            ("refused", counts.refused),
        )
        told = ", ".join(f"{count:,} {kind}" for kind, count in kinds if count)
        yield f"{_counted(counts.sent, 'banner')} to make" + (f" ({told})" if told else "")
        if not counts.sent:
            return
        about = "at least " if self.is_least else "about " if self.is_rounded else ""
        why = ": the seconds of this animation are not known" if self.is_least else ""
        each = f", {self.credits_per_output} each" if self.credits_per_output > 1 else ""
        left = "" if self.balance is None else f"; {_figure(self.balance)} left"
        if self.credits_per_output:
            yield f"{about}{_counted(self.credits, 'credit')}{each}{left}{why}"
        if counts.ai_calls:
            yield f"{_counted(counts.ai_calls, 'AI credit')}, which are counted apart"
        if self.calls:
            yield f"{_counted(self.calls, 'call')}, {_duration(self.hours)}"
            if self.is_look_limit_unknown:
                yield "without waits for the provider's budget of looks, which it tells only while it answers"
        elif self.hours:
            yield _duration(self.hours)

    def _advice(self) -> Iterator[str]:
        counts = self.counts
        if self.missing:
            least, about = ("at least ", "at most") if self.is_least else ("", "about")
            some = f"enough for {about} {self.affordable_rows:,} of {_counted(counts.rows, 'row')}"
            enough = some if self.affordable_rows else "not enough for one row"
            yield f"{least}{_counted(self.missing, 'credit')} missing: {enough}"
            if counts.formats > 1 and not self.is_least:
                fewer = self._formats_within_the_balance()
                if fewer:
                    yield f"with {fewer} of {counts.formats} formats the credits would do for every row (`--formats`)"
        saved = self.hours - self.hours_with_webhooks
        if saved >= max(_WORTH_SAVING * self.hours, _WORTH_HOURS):
            why = (
                "the provider's budget for looking is what takes the time"
                if self.is_look_bound
                else "every call then sends a row"
            )
            yield f"webhooks (`--webhook-url`) would make it {_duration(self.hours_with_webhooks)}: {why}"
        elif self._is_mostly_looks():
            spared = f"{_counted(self.looks, 'look')} of {_counted(self.calls, 'call')}"
            yield f"webhooks (`--webhook-url`) would spare {spared}"

    def _is_mostly_looks(self) -> bool:
        is_large = self.is_look_limit_unknown and self.counts.requests >= _WORTH_REQUESTS
        return is_large and self.looks >= _WORTH_LOOKS * self.calls

    def _formats_within_the_balance(self) -> int:
        """How many formats the balance pays for in every row where it lacks something, 0 if not even one."""
        return math.floor(self.counts.formats * (self.balance or 0) / self.credits + 1e-9)


def forecast(counts: Counts, unit: Unit, balance: float | None, pace: Pace) -> Forecast:
    credits = counts.sent * unit.credits
    looks = 0.0 if pace.has_webhooks else pace.looks_per_request
    hours, is_look_bound = _hours(counts, pace, looks)
    with_webhooks, _ = _hours(counts, pace, 0.0)
    calls = math.ceil(counts.requests * (1 + looks) - 1e-9) if pace.calls_per_second else 0
    affordable = counts.rows
    if balance is not None and credits > balance:
        affordable = math.floor(counts.rows * balance / credits)
    return Forecast(
        counts=counts,
        credits=credits,
        credits_per_output=unit.credits,
        balance=balance,
        calls=calls,
        hours=hours,
        is_look_bound=is_look_bound,
        hours_with_webhooks=with_webhooks if pace.calls_per_second else hours,
        affordable_rows=affordable,
        is_rounded=unit.is_rounded,
        is_least=unit.is_least,
        looks=max(calls - counts.requests, 0),
        is_look_limit_unknown=bool(calls > counts.requests and not pace.has_webhooks and pace.look_limit is None),
    )


def _hours(counts: Counts, pace: Pace, looks: float) -> tuple[float, bool]:
    """The slower of three: all calls at the pace, the looks within their budget, the making itself."""
    making = counts.sent * pace.seconds_per_output / max(pace.workers, 1)
    calling = counts.requests * (1 + looks) / pace.calls_per_second if pace.calls_per_second else 0.0
    looking = 0.0
    if pace.look_limit and pace.look_window_seconds and pace.calls_per_second:
        looking = counts.requests * looks / pace.look_limit * pace.look_window_seconds
    return max(making, calling, looking) / 3600, looking > max(making, calling)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def _duration(hours: float) -> str:
    seconds = hours * 3600
    if seconds < 90:
        return f"about {max(round(seconds), 1)} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {hours:.1f} h"
