"""Waiting for something to happen, or for a time: one task and one event for a whole run.

A sleeper that is armed for an earlier time than asked for is left to ring early; its waiter decides anew anyhow. So a
busy run arms it about once for each look, not once for each wait.
"""

from __future__ import annotations

import asyncio

from bulkgen.clock import Clock


class Alarm:
    """Use as `async with`; one waiter at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._event = asyncio.Event()
        self._sleeper: asyncio.Task[None] | None = None
        self._rings_at = float("inf")

    def __repr__(self) -> str:
        return f"<Alarm rung={self._event.is_set()} rings_at={self._rings_at}>"

    async def __aenter__(self) -> Alarm:
        return self

    async def __aexit__(self, *_: object) -> None:
        sleeper = self._sleeper
        self._disarm()
        if sleeper is not None:
            await asyncio.gather(sleeper, return_exceptions=True)

    def ring(self) -> None:
        """Something happened: the waiter, or the next one to wait, goes on."""
        self._event.set()

    async def wait(self, until: float | None) -> None:
        """Wait for a ring, or until the clock's `until`. What rang since the last wait is not missed."""
        if until is not None and until < self._rings_at:
            self._disarm()
            self._rings_at = until
            self._sleeper = asyncio.create_task(self._sleep(until), name="alarm")
        await self._event.wait()
        self._event.clear()

    async def _sleep(self, until: float) -> None:
        await self._clock.sleep(max(0.0, until - self._clock.monotonic()))
        self._rings_at = float("inf")
        self._event.set()

    def _disarm(self) -> None:
        if self._sleeper is not None:
            self._sleeper.cancel()
            self._sleeper = None
        self._rings_at = float("inf")
