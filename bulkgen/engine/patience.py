"""How long the reads before a run are repeated, and what is said meanwhile.

    failure -> a pause, told and counted down | give up

A command that a person waits for ends soon; a run that nobody watches waits as it would in its middle. Left out: what a
failure means (`retry`), and the calls (`client`). The engine waits by its own means, for many requests at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar

from bulkgen.clock import Clock
from bulkgen.engine.pauses import Pauses
from bulkgen.engine.retry import LONGEST_RETRY_AFTER_SECONDS, Plan, Silence, Verdict
from bulkgen.events import Event, Listener

T = TypeVar("T")

# A name that is not found and a port that speaks something else are wrong addresses more often than outages.
MISTAKE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Patience:
    """`silent_seconds`: pauses of our own in all, where the provider does not say when; `named_seconds`: those that it
    names, in all. `stop` ends a read, a call under way too, with CancelledError."""

    silent_seconds: float
    named_seconds: float
    listener: Listener | None = None
    stop: asyncio.Event | None = None

    async def until_stopped(self, work: Coroutine[object, object, T]) -> T:
        return await work if self.stop is None else await unless_stopped(work, self.stop)


# Four attempts in seven seconds.
BRIEF = Patience(silent_seconds=7.0, named_seconds=30.0)


def as_a_run(listener: Listener, stop: asyncio.Event) -> Patience:
    """As long as the engine waits: ten minutes of silence, and whatever the provider names."""
    return Patience(600.0, LONGEST_RETRY_AFTER_SECONDS, listener, stop)


@dataclass(slots=True)
class Waiting:
    """The pauses of one read, and what is left of the patience."""

    patience: Patience
    clock: Clock
    failures: int = 0
    silent_seconds: float = 0.0
    named_seconds: float = 0.0
    _pauses: Pauses = field(default_factory=Pauses)

    async def pause(self, plan: Plan, silence: Silence | None, reason: str) -> bool:
        """Whether the read is worth another attempt, after the pause before it."""
        seconds, patience = plan.after_seconds, self.patience
        if plan.verdict is Verdict.WAIT:
            self.named_seconds += seconds
            is_worth_it = self.named_seconds <= patience.named_seconds
        else:
            self.silent_seconds += seconds
            is_worth_it = plan.verdict is Verdict.AGAIN and self.silent_seconds <= _limit(patience, silence)
        if is_worth_it:
            self.failures += plan.verdict is Verdict.AGAIN
            await self._sit_out(seconds, reason)
        return is_worth_it

    async def _sit_out(self, seconds: float, reason: str) -> None:
        clock, pauses = self.clock, self._pauses
        now = clock.monotonic()
        until = now + seconds
        self._tell(pauses.begin("all", until, reason, now))
        while (word_at := pauses.next_at()) is not None and word_at < until:
            await clock.sleep(word_at - clock.monotonic())
            for word in pauses.words(clock.monotonic()):
                self._tell(word)
        await clock.sleep(until - clock.monotonic())

    def _tell(self, word: Event | None) -> None:
        if word is not None and self.patience.listener is not None:
            self.patience.listener(word)


async def unless_stopped(work: Coroutine[object, object, T], stop: asyncio.Event) -> T:
    """The result of `work`; Ctrl-C ends it at once, since nothing was sent yet that would have to be waited for."""
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise asyncio.CancelledError
        return task.result()
    finally:
        for one in (task, stopped):
            one.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)


def _limit(patience: Patience, silence: Silence | None) -> float:
    if silence is Silence.UNTRUSTED:
        return 0.0
    return min(MISTAKE_SECONDS, patience.silent_seconds) if silence is Silence.MISTAKEN else patience.silent_seconds
