"""For tests, ours and those of who embeds bulkgen: a clock that moves only when something sleeps."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

# A sleeper is woken only after this many turns of the event loop since the last one fell asleep: what is ready to run
# goes first.
QUIET_TURNS = 50

# How often, in real seconds, to ask whether work outside of the event loop (a socket, a thread) has ended.
BUSY_CHECK_SECONDS = 0.0005

# Where the wall clock of a new ManualClock stands: an arbitrary moment, late enough to look like one in a report.
START = 1_700_000_000.0


class ManualClock:
    """A `Clock` without waiting. Time stands still while anything runs; then it jumps to the earliest sleeper, so an
    hour of pauses takes a moment and always happens in the same order.

    The clock sees what runs in its event loop. For work elsewhere, set `is_busy`: time stands still while it is true.
    """

    def __init__(self, *, wall: float = START, quiet_turns: int = QUIET_TURNS) -> None:
        self.is_busy: Callable[[], bool] = lambda: False
        self._wall = wall
        self._time = 0.0
        self._quiet_turns = quiet_turns
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0
        self._turns_left: int | None = None

    def __repr__(self) -> str:
        return f"<ManualClock at {self._time:.3f}, {len(self._sleepers)} asleep>"

    def now(self) -> float:
        return self._wall + self._time

    def monotonic(self) -> float:
        return self._time

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._time + max(0.0, seconds), self._count, future))
        self._wait_for_quiet()
        await future

    def advance(self, seconds: float) -> None:
        """Let time pass by hand, as work would."""
        self._time += seconds

    def _wait_for_quiet(self) -> None:
        is_waiting = self._turns_left is not None
        self._turns_left = self._quiet_turns
        if not is_waiting:
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        assert self._turns_left is not None
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers:
            self._turns_left = None
            return
        if self.is_busy():
            self._turns_left = self._quiet_turns
            asyncio.get_running_loop().call_later(BUSY_CHECK_SECONDS, self._turn)
            return
        if self._turns_left > 0:
            self._turns_left -= 1
            asyncio.get_running_loop().call_soon(self._turn)
            return
        due, _, future = heapq.heappop(self._sleepers)
        self._time = max(self._time, due)
        future.set_result(None)
        self._turns_left = None
        if self._sleepers:
            self._wait_for_quiet()
