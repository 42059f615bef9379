"""The run: performs what the scheduler decides, until there is nothing left to do.

    ledger (planned, under way) -> requests -> ledger (results)

One driver takes a slot, then decides what it is best spent on, and leaves the call to a task of its own; every task is
in one group, so a failure or a cancellation ends them all. A stop (Ctrl-C) ends submissions at once, collects what was
sent for a while, and waits for the answers to what is on the wire.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

from bulkgen.clock import Clock
from bulkgen.engine import record
from bulkgen.engine.alarm import Alarm
from bulkgen.engine.client import ApiClient
from bulkgen.engine.desk import Desk
from bulkgen.engine.door import GIVE_UP_SECONDS
from bulkgen.engine.following import Follower
from bulkgen.engine.inbox import Inbox
from bulkgen.engine.meter import Meter
from bulkgen.engine.provider import Provider
from bulkgen.engine.scheduler import CANARY_SUCCESSES, Ask, Poll, Sleep, Stop, Submit, decide
from bulkgen.engine.sending import Sender
from bulkgen.engine.state import new_state
from bulkgen.engine.webhook import Delivery, Place, Receiver
from bulkgen.errors import BulkgenError
from bulkgen.events import Listener, Said, Settled
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.writer import LedgerWriter

# Generations read from the ledger at a time, payloads included: a megabyte or so, and one wait for the writer.
PAGE = 100

# After a stop, what was accepted is still collected for so long: most renders end within it, and whoever has pressed
# Ctrl-C waits no longer for a prompt. The next run collects the rest.
COLLECT_SECONDS = 30.0

# What is on the wire when the user stops is answered within seconds or, past an attempt's timeout, hardly at all.
STOP_GRACE_SECONDS = 10.0

# A webhook for a request whose answer was lost comes when its render ends, so most come within this.
DOUBT_LINGER_SECONDS = 60.0

EXIT_DONE = 0
EXIT_STOPPED = 3
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run came to, in generations. `stopped` is "" or why it ended before the rows did; `left` are those
    accepted and not finished in time, which the next run looks at again."""

    stopped: str
    exit_hint: int
    accepted: int
    finalized: int
    refused: int
    in_doubt: int
    expired: int
    left: int
    polls: int

    def then(self, later: RunOutcome) -> RunOutcome:
        """Both of one run, the later one's end."""
        counts = {
            name: getattr(self, name) + getattr(later, name)
            for name in ("accepted", "finalized", "refused", "in_doubt", "expired", "polls")
        }
        return replace(later, **counts)


class Runner:
    """Runs one job once. Raises LedgerError when the ledger cannot be written; the provider's refusals are no
    exceptions but `RunOutcome.stopped`."""

    def __init__(
        self,
        provider: Provider,
        client: ApiClient,
        ledger: Ledger,
        writer: LedgerWriter,
        clock: Clock,
        listener: Listener,
        *,
        job_id: int,
        is_multipage: bool = False,
        share: float = 0.1,
        max_credits: int | None = None,
        credits_each: int = 1,
        token_source: Callable[[], str] = lambda: secrets.token_hex(16),
        stop: asyncio.Event | None = None,
        place: Place | None = None,
    ) -> None:
        self._place = place or (Place() if provider.callback else None)
        self._provider = provider
        self._clock = clock
        self._writer = writer
        self._ledger = ledger
        self._job_id = job_id
        self._stop = stop or asyncio.Event()
        self._state = new_state(provider, share, max_credits, credits_each)
        self._alarm = Alarm(clock)
        self._desk = Desk(
            provider=provider,
            client=client,
            ledger=ledger,
            writer=writer,
            clock=clock,
            listener=listener,
            alarm=self._alarm,
            state=self._state,
            meter=Meter(clock.monotonic()),
            is_multipage=is_multipage,
            new_token=token_source,
        )
        self._follower = Follower(self._desk)
        self._inbox = Inbox(self._desk, self._follower, self._has_public_place, self._state.looks.policy)
        self._sender = Sender(self._desk, None)
        self._posts: set[asyncio.Task[None]] = set()
        self._looks: set[asyncio.Task[None]] = set()
        self._asks: set[asyncio.Task[None]] = set()
        self._last_read = 0
        self._lingers_until: float | None = None
        self._broken: BulkgenError | None = None

    def __repr__(self) -> str:
        return f"<Runner job={self._job_id} {self._state!r} posts={len(self._posts)} looks={len(self._looks)}>"

    async def run(self) -> RunOutcome:
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(self._alarm)
                if self._place is not None:
                    receiver = Receiver(self._take, self._clock, self._place, on_forgery=self._inbox.forged)
                    await self._listen(await stack.enter_async_context(receiver))
                await self._work()
                self._desk.pulse(self._clock.monotonic(), is_last=True)
        except ExceptionGroup as group:
            raise _principal(group) from group
        return self._outcome()

    @property
    def _has_public_place(self) -> bool:
        return self._place is not None and bool(self._place.url)

    async def _listen(self, receiver: Receiver) -> None:
        self._sender = Sender(self._desk, receiver)
        if not self._has_public_place:
            return
        await self._writer.do(self._ledger.deliveries.forget_old, self._clock.now())
        if await receiver.is_reached():
            self._inbox.rely()
        else:
            self._desk.tell(
                Said(
                    "Warning: the address of --webhook-url does not lead to this process, as far as can be seen from "
                    "here. Requests name it all the same, and their results are looked for as without webhooks."
                )
            )

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            driver = group.create_task(self._drive(group), name="driver")
            stopper = group.create_task(self._heed_stop(driver), name="stopper")
            driver.add_done_callback(lambda _: None if self._stop.is_set() else stopper.cancel())

    async def _drive(self, group: asyncio.TaskGroup) -> None:
        state, course = self._state, self._state.course
        await self._take_over()
        while True:
            await self._desk.client.room()
            if self._broken is not None:
                raise self._broken
            if course.is_more and not state.waiting and not course.ended:
                await self._refill()
            now = self._clock.monotonic()
            self._desk.count_down(now)
            self._desk.pulse(now)
            if course.has_canary_failed:
                self._desk.end(self._canary_reason())
            gives_up_at = course.gives_up_at()
            if gives_up_at is not None and now >= gives_up_at:
                self._desk.end(self._doubt_reason())
            action = decide(course, state.looks, now)
            if isinstance(action, Stop):
                if self._lingers():
                    await self._alarm.wait(self._lingers_until)
                    continue
                return
            if isinstance(action, Sleep):
                moments = [at for at in (action.until, state.pauses.next_at()) if at is not None]
                await self._alarm.wait(min(moments, default=None))
                continue
            ticket = await self._desk.client.ticket()
            if ticket.was_waited_for:
                now = self._clock.monotonic()
                action = decide(course, state.looks, now)  # what is best by now?
            if isinstance(action, Submit) and not state.affords_next():
                credits = state.allowance.credits
                given = "the one credit" if credits == 1 else f"the {credits:,} credits"
                self._desk.end(f"{given} that this run was given {'is' if credits == 1 else 'are'} spent")
                ticket.release()
                continue
            course.took(action, now)
            if isinstance(action, Submit):
                self._spawn(group, self._sender.send(state.next(), ticket), self._posts, now)
            elif isinstance(action, Poll):
                state.looks.begin(action.request)
                self._spawn(group, self._follower.look(action.request, ticket), self._looks, now)
            elif isinstance(action, Ask):
                self._spawn(group, self._sender.ask(ticket), self._asks, now)
            else:
                ticket.release()

    def _spawn(
        self, group: asyncio.TaskGroup, call: Coroutine[Any, Any, None], kind: set[asyncio.Task[None]], now: float
    ) -> None:
        task = group.create_task(call)
        kind.add(task)
        self._desk.meter.called(now)
        course = self._state.course
        course.open_calls += 1
        course.open_looks = len(self._looks)

        def ended(task: asyncio.Task[None]) -> None:
            kind.discard(task)
            course.open_calls -= 1
            course.open_looks = len(self._looks)
            self._alarm.ring()

        task.add_done_callback(ended)

    async def _take_over(self) -> None:
        """What the runs before left under way comes first."""
        state, wall, now = self._state, self._clock.now(), self._clock.monotonic()
        found = await self._writer.do(
            record.found_underway, self._ledger, self._job_id, self._provider.is_idempotent, wall
        )
        state.unsent = await self._writer.do(self._ledger.moves.count_planned, self._job_id) + len(found.to_repeat)
        for generation in found.in_doubt:
            state.tally.in_doubt += 1
            state.doubtful.add(generation.id)
            self._desk.tell(Settled(generation.id, "in doubt", 0, 0, "the process ended before the answer came"))
        for generation in found.submitted:
            state.adopt(generation)
            # The wall clock may have been set back since.
            age = max(0.0, wall - (generation.submitted_at if generation.submitted_at is not None else wall))
            state.looks.follow(generation.id, now - age, now, at_once=True)
        state.queue(found.to_repeat)

    async def _refill(self) -> None:
        """The next page of what is planned."""
        state, course = self._state, self._state.course
        ready = await self._writer.do(record.page, self._ledger, self._job_id, self._last_read, PAGE)
        course.is_more = len(ready) == PAGE
        if ready:
            self._last_read = ready[-1].generation.id
        state.queue(ready)

    async def _take(self, delivery: Delivery) -> bool:
        try:
            return await self._inbox.take(delivery)
        except BulkgenError as error:
            # A handler of the receiver is in no group of ours: the driver raises it.
            self._broken = error
            self._alarm.ring()
            raise

    def _lingers(self) -> bool:
        """All is done but what is in doubt, which a webhook may still settle."""
        course, now = self._state.course, self._clock.monotonic()
        if not self._has_public_place or not self._state.doubtful or course.ended:
            return False
        if self._lingers_until is None:
            self._lingers_until = now + DOUBT_LINGER_SECONDS
            self._desk.tell(
                Said(f"waiting up to {DOUBT_LINGER_SECONDS:.0f} s for webhooks of {len(self._state.doubtful)} in doubt")
            )
        return now < self._lingers_until

    async def _heed_stop(self, driver: asyncio.Task[None]) -> None:
        await self._stop.wait()
        desk, course = self._desk, self._state.course
        desk.end("interrupted")
        if course.unfinished and course.poll_from < self._clock.monotonic() + COLLECT_SECONDS:
            desk.tell(
                Said(
                    f"stopping: what is in flight ({course.unfinished:,}) is collected for up to {COLLECT_SECONDS:.0f} "
                    "s; Ctrl-C again stops at once"
                )
            )
            await self._until(COLLECT_SECONDS, {driver})
        course.is_cut = True
        driver.cancel()
        for read in [*self._looks, *self._asks]:
            read.cancel()
        await self._until(STOP_GRACE_SECONDS, self._posts)
        for post in list(self._posts):
            post.cancel()

    async def _until(self, seconds: float, tasks: set[asyncio.Task[None]]) -> None:
        """Until the tasks have ended, for so long at the most; a set that changes is looked at anew."""
        grace = asyncio.create_task(self._clock.sleep(seconds))
        try:
            while (open_tasks := [task for task in tasks if not task.done()]) and not grace.done():
                await asyncio.wait({grace, *open_tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            grace.cancel()

    def _canary_reason(self) -> str:
        course = self._state.course
        return (
            f"of the first {course.sent} rows only {course.came_well} came well, fewer than {CANARY_SUCCESSES}; "
            "the rest was not sent\n  See the report for what is wrong with them; then run the same command again."
        )

    def _doubt_reason(self) -> str:
        return (
            f"{self._state.tally.in_doubt} requests were sent and not answered, and the provider did not come back in "
            f"{GIVE_UP_SECONDS / 60:.0f} minutes\n"
            "  They are held in doubt and not sent again. Run the same command again when the provider is well."
        )

    def _outcome(self) -> RunOutcome:
        tally, course, ended = self._state.tally, self._state.course, self._state.course.ended
        if self._stop.is_set() and not (course.unfinished or course.ready or course.is_more or tally.left):
            ended = ""  # it came to its end while it was being stopped
        if not ended and tally.left:
            ended = f"{tally.left} requests did not finish in time; run the same command again to collect them"
        code = EXIT_DONE
        if ended:
            code = EXIT_INTERRUPTED if self._stop.is_set() else EXIT_STOPPED
        return RunOutcome(
            stopped=ended,
            exit_hint=code,
            accepted=tally.accepted,
            finalized=tally.finalized,
            refused=tally.refused,
            in_doubt=tally.in_doubt,
            expired=tally.expired,
            left=tally.left,
            polls=tally.polls,
        )


def _principal(group: ExceptionGroup[Exception]) -> Exception:
    """The error that says most: one of ours, else the first."""
    flat: list[Exception] = []
    for error in group.exceptions:
        flat.extend([_principal(error)] if isinstance(error, ExceptionGroup) else [error])
    return next((error for error in flat if isinstance(error, BulkgenError)), flat[0])
