"""Who gets the next slot. Pure.

    (course of the run, looks, now) -> Submit | Poll | Sleep | Stop

Every call takes one slot of one budget, so a look at an unfinished request is a row not submitted. The last straggler
submitted is what a run waits for at its end; so submissions come first, and looks get a tenth of the slots while rows
remain, the oldest due first. A canary goes before the rest: a mapping that fails every row is to cost twenty calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bulkgen.engine.polling import Looks

# The window opens on this many requests with a banner: one could be luck, and more would only wait.
CANARY_SUCCESSES = 3


@dataclass(frozen=True, slots=True)
class Submit:
    """Send the next generation."""


@dataclass(frozen=True, slots=True)
class Poll:
    """Look at an unfinished request."""

    request: int


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing to do before `until`, or (None) before something happens."""

    until: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """All that can be done in this run is done."""


Action: TypeAlias = Submit | Poll | Sleep | Stop


@dataclass(slots=True)
class Course:
    """How far the run has come. The runner keeps it; the decisions below only read it, but for the credit.

    `unfinished` counts requests sent, or being sent, and not at an end. `ended` says why nothing is submitted any more
    ("" while it is); `is_cut` that nothing is followed any more either.
    """

    in_flight: int
    canary: int = 0
    share: float = 0.1
    ready: int = 0
    is_more: bool = True
    unfinished: int = 0
    open_calls: int = 0
    sent: int = 0
    came_well: int = 0
    submit_from: float = 0.0
    poll_from: float = 0.0
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
        return not self.ended and self.ready > 0 and self.unfinished < self.in_flight and not self.is_canary_out

    def took(self, action: Action) -> None:
        """A slot was used: looks are paid for by submissions while rows remain."""
        if isinstance(action, Submit):
            self.credit = min(1.0, self.credit + self.share)
        elif isinstance(action, Poll) and self.has_room():
            self.credit = max(0.0, self.credit - 1.0)


def decide(course: Course, looks: Looks, now: float) -> Action:
    if course.is_cut or (not course.unfinished and (course.ended or not (course.ready or course.is_more))):
        return Stop()
    if course.is_probing and course.open_calls:
        return Sleep(None)  # the provider is in trouble: one call at a time finds out whether it still is
    may_poll = now >= course.poll_from
    due = looks.due(now) if may_poll else None
    if course.has_room() and now >= course.submit_from:
        # Rounded: ten shares of a tenth are one whole look.
        return Poll(due) if due is not None and course.credit > 1.0 - 1e-9 else Submit()
    if due is not None:
        return Poll(due)
    spare = looks.spare(now) if may_poll else None
    return Poll(spare) if spare is not None else Sleep(_next_moment(course, looks))


def _next_moment(course: Course, looks: Looks) -> float | None:
    """When time alone, without any answer, may change the decision."""
    moments = [max(at, course.poll_from) for at in (looks.next_at(), looks.next_spare_at()) if at is not None]
    if course.has_room():
        moments.append(course.submit_from)
    return min(moments, default=None)
