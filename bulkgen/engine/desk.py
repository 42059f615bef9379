"""What sending and following share: the collaborators of a run, and what both do alike.

Sending and following each act on one request at a time; whatever concerns the run as a whole (an event, a pause, the
end of submissions) they do through here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bulkgen.clock import Clock
from bulkgen.engine.alarm import Alarm
from bulkgen.engine.client import ApiClient, CallFailure
from bulkgen.engine.meter import Left, Meter
from bulkgen.engine.provider import Provider
from bulkgen.engine.retry import backoff
from bulkgen.engine.state import RunState
from bulkgen.events import Event, Listener, Pulse, Settled, Stopped, Submitted
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.writer import LedgerWriter

# With pauses that double from one second to half a minute, ten minutes of silence: a restart, a deployment and most
# outages are shorter, and a night's run that ends at the first of them is worth nothing in the morning.
SILENT_LIMIT = 24


@dataclass(frozen=True, slots=True)
class Desk:
    provider: Provider
    client: ApiClient
    ledger: Ledger
    writer: LedgerWriter
    clock: Clock
    listener: Listener
    alarm: Alarm
    state: RunState
    meter: Meter
    is_multipage: bool
    new_token: Callable[[], str]

    def tell(self, event: Event) -> None:
        self.listener(event)

    def accepted(self, generation_id: int, request_id: str, formats: int) -> None:
        """The ledger has the request's id: said by whichever of answer and webhook brought it."""
        self.state.tally.accepted += 1
        self.tell(Submitted(generation_id, request_id, formats))

    def settled(self, generation_id: int, outcome: str, *, done: int = 0, failed: int = 0, reason: str = "") -> None:
        """A request came to an end, and the ledger has it."""
        self.state.close(generation_id)
        self.tell(Settled(generation_id, outcome, done, failed, reason))
        self.alarm.ring()

    def end(self, reason: str, *, is_cut: bool = False) -> None:
        """No more submissions; with `is_cut` no more following either."""
        course = self.state.course
        course.is_cut = course.is_cut or is_cut
        if not course.ended:
            course.ended = reason
            self.tell(Stopped(reason))
        self.alarm.ring()

    def silent(self, failure: CallFailure, granted_at: float) -> None:
        """No answer, or only an error of theirs: all calls pause, then one at a time finds out; too often, and the run
        ends, resumable."""
        state, now = self.state, self.clock.monotonic()
        if not state.silence.failed(granted_at, now):
            return
        state.course.is_probing = True
        if state.silence.count > SILENT_LIMIT:
            self.end(failure.message, is_cut=True)
            return
        self.pause("all", state.silence.pause_seconds, failure.message)

    def at_ceiling(self, failure: CallFailure, granted_at: float) -> bool:
        """A bare 429. The first of a row only slows the pace, which the transport does; from the second on all calls
        pause as well. Whether it counted as one more."""
        ceiling = self.state.ceiling
        if not ceiling.failed(granted_at, self.clock.monotonic()):
            return False
        if ceiling.count > 1:
            self.pause("all", backoff(ceiling.count - 2), failure.message)
        return True

    def pause(self, scope: str, seconds: float, reason: str) -> None:
        """No calls of the scope ("all", "submissions", "polls") for so long."""
        state, course, now = self.state, self.state.course, self.clock.monotonic()
        until = now + seconds
        if scope in ("all", "submissions"):
            course.submit_from = max(course.submit_from, until)
        if scope in ("all", "polls"):
            course.poll_from = max(course.poll_from, until)
            state.looks.hold(until, now)
        word = state.pauses.begin(scope, until, reason, now)
        if word is not None:
            self.tell(word)
        self.alarm.ring()

    def count_down(self, now: float) -> None:
        """Say what is left of long pauses, where it is time to."""
        for word in self.state.pauses.words(now):
            self.tell(word)

    def pulse(self, now: float, *, is_last: bool = False) -> None:
        """Say how the run stands, where it is time to, and at its end."""
        if not self.meter.is_time(now) and not is_last:
            return
        tally, course, pace = self.state.tally, self.state.course, self.client.pace
        left = Left(
            rows=0 if course.ended else self.state.unsent,
            unfinished=course.unfinished,
            pause_seconds=max(0.0, course.submit_from - now),
            looks_per_second=window.per_second(now) if (window := course.window(now)) else None,
        )
        self.tell(
            Pulse(
                submitted=tally.accepted,
                unfinished=course.unfinished,
                finalized=tally.finalized,
                in_doubt=tally.in_doubt,
                unsent=self.state.unsent,
                calls_per_second=self.meter.calls_per_second(now),
                pace=pace,
                polls_per_row=tally.polls / tally.finalized if tally.finalized else 0.0,
                credits=tally.banners * self.state.allowance.each if self.provider.bills else None,
                seconds_left=self.meter.seconds_left(left, tally.finalized, tally.polls, pace, now),
            )
        )


def with_hint(failure: CallFailure) -> str:
    return f"{failure.message}\n  {failure.hint}" if failure.hint else failure.message
