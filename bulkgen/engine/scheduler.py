"""Who gets the next slot. Pure.

    (course of the run, looks, now) -> Submit | Poll | Ask | Sleep | Stop

Every call takes one slot of one budget, so a look at an unfinished request is a row not submitted. The last straggler
submitted is what a run waits for at its end; so submissions come first, and looks get a share of the slots while rows
remain (`Freshness`), the oldest due first. A canary goes before the rest: a mapping that fails every row is to cost
twenty calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bulkgen.engine.door import Door
from bulkgen.engine.polling import Looks
from bulkgen.engine.quota import Quota, spent

# The window opens on this many requests with a banner: one could be luck, and more would only wait.
CANARY_SUCCESSES = 3


class Freshness(StrEnum):
    """What a run is for: all rows soon, or each row's banner soon after it is made."""

    FAST = "fast"
    BALANCED = "balanced"
    NOW = "now"

    @property
    def share(self) -> float:
        return _SHARE[self]


# Shares of the slots that looks get while rows remain. In the simulated worlds: .95, .90 and .81 of the best makespan,
# and 180, 140 and 25 s from a banner that is made to one that is known (2,000 rows).
_SHARE = {Freshness.FAST: 0.1, Freshness.BALANCED: 0.25, Freshness.NOW: 0.5}


@dataclass(frozen=True, slots=True)
class Submit:
    """Send the next generation."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Look at an unfinished request."""

    request: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask whether the provider is ready, with a call that costs nothing."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing to do before `until`, or (None) before something happens."""

    until: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """All that can be done in this run is done."""


Action: TypeAlias = Submit | Poll | Ask | Sleep | Stop


@dataclass(slots=True)
class Course:
    """How far the run has come. The runner keeps it; the decisions below only read it, but for the credit.

    `unfinished` counts requests sent, or being sent, and not at an end; `open_looks` looks that are not answered.
    `quota` is the provider's budget for looks, as far as it told one. `ended` says why nothing is submitted any more
    ("" while it is); `is_cut` that nothing is followed any more either.
    """

    in_flight: int
    canary: int = 0
    share: float = 0.1
    ready: int = 0
    is_more: bool = True
    unfinished: int = 0
    open_calls: int = 0
    open_looks: int = 0
    sent: int = 0
    came_well: int = 0
    submit_from: float = 0.0
    poll_from: float = 0.0
    quota: Quota | None = None
    door: Door = field(default_factory=Door)
    is_probing: bool = False
    credit: float = 0.0
    ended: str = ""
    is_cut: bool = False

    @property
    def is_canary_out(self) -> bool:
        """All of the canary is sent and it has not yet shown that rows come well."""
        return bool(self.canary) and self.sent >= self.canary and self.came_well < CANARY_SUCCESSES

    @property
    def has_canary_failed(self) -> bool:
        return self.is_canary_out and not self.unfinished and (self.ready > 0 or self.is_more)

    def has_room(self) -> bool:
        """Whether a row could be submitted, were no pause in force."""
        has_row = not self.ended and self.ready > 0 and self.unfinished < self.in_flight
        return has_row and not self.is_canary_out and self.door.lets_a_row

    def window(self, now: float) -> Quota | None:
        """The window of looks that is known to be in force."""
        return self.quota if self.quota is not None and self.quota.holds(now) else None

    def polls_from(self, now: float) -> float:
        """When the next look may leave."""
        window = self.window(now)
        return max(self.poll_from, window.next_at) if window else self.poll_from

    def spares_from(self, now: float) -> float:
        """When the next look that nobody is owed may leave."""
        window = self.window(now)
        if window is not None and not window.leaves_spare(self.unfinished + self.ready):
            return max(self.poll_from, window.reset_at)
        return self.polls_from(now)

    def gives_up_at(self) -> float | None:
        """When rows that wait for a provider out of order are left to the next run."""
        return self.door.gives_up_at() if self.ready and not self.ended else None

    def took(self, action: Action, now: float) -> None:
        """A slot was used: looks are paid for by submissions while rows remain."""
        if isinstance(action, Submit):
            self.credit = min(1.0, self.credit + self.share)
        elif isinstance(action, Poll):
            if self.has_room():
                self.credit = max(0.0, self.credit - 1.0)
            if (window := self.window(now)) is not None:
                self.quota = spent(window, now)
        elif isinstance(action, Ask):
            self.door.is_asking = True


def decide(course: Course, looks: Looks, now: float) -> Action:
    if course.is_cut or (not course.unfinished and (course.ended or not (course.ready or course.is_more))):
        return Stop()
    if course.is_probing and course.open_calls:
        return Sleep(None)  # the provider is in trouble: one call at a time finds out whether it still is
    due = looks.due(now) if now >= course.polls_from(now) else None
    if course.has_room() and now >= course.submit_from:
        # Rounded: ten shares of a tenth are one whole look.
        return Poll(due) if due is not None and course.credit > 1.0 - 1e-9 else Submit()
    asks_at = _asks_at(course)
    if asks_at is not None and now >= asks_at:
        return Ask()
    if due is not None:
        return Poll(due)
    spare = looks.spare(now) if now >= course.spares_from(now) else None
    return Poll(spare) if spare is not None else Sleep(_next_moment(course, looks, now))


def _asks_at(course: Course) -> float | None:
    """When to ask for readiness: only where a row waits for it."""
    asks_at = course.door.asks_at() if course.ready and not course.ended else None
    return None if asks_at is None else max(asks_at, course.submit_from)


def _next_moment(course: Course, looks: Looks, now: float) -> float | None:
    """When time alone, without any answer, may change the decision."""
    due, spare = looks.next_at(), looks.next_spare_at()
    moments = [] if due is None else [max(due, course.polls_from(now))]
    if spare is not None:
        moments.append(max(spare, course.spares_from(now)))
    if course.has_room():
        moments.append(course.submit_from)
    moments.extend(at for at in (_asks_at(course), course.gives_up_at()) if at is not None)
    return min(moments, default=None)
