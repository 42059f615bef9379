"""Waiting for one's turn in the line of calls, alone or with the other processes of a home.

Alone in its home, a process takes moments for the next half second at a time, so that the file is touched twice a
second and not at each call; as soon as another takes from the same line, both take one by one. Refusals are told to
the line with the next taking.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque

from bulkgen.clock import Clock
from bulkgen.engine.budget import START_CALLS_PER_SECOND, Budget, opening, refused, take
from bulkgen.engine.pacefile import PaceFile, Shared

BLOCK_SECONDS = 0.5

# A call that leaves later than its moment closes up to the next one, which may be another process's. Up to this much
# the room between the cap and the ceiling (one call in ten) takes it; a moment missed by more is given up.
LATE_SECONDS = 0.05

# On a machine so busy that every moment is missed, calls go out all the same.
LATE_LIMIT = 5

# The lock is held for some tens of microseconds.
LOCK_RETRY_SECONDS = 0.002


class Pacing:
    """`cap` None means no pace at all; `file` None a line of one's own."""

    def __init__(
        self,
        clock: Clock,
        cap: float | None,
        *,
        start: float = START_CALLS_PER_SECOND,
        file: PaceFile | None = None,
    ) -> None:
        self._clock = clock
        self._cap = cap
        self._start = start
        self._file = file
        self._name = secrets.token_hex(8)
        self._own: Budget | None = None if cap is None else opening(cap, start)
        self._moments: deque[float] = deque()
        self._refusals = 0
        self._taking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Pacing {self.pace} of {self._cap} calls/s, {len(self._moments)} moments ahead, {self._file}>"

    @property
    def pace(self) -> float | None:
        """Calls per second at the last taking; None without a pace."""
        return self._own.pace if self._own else None

    def refused(self) -> None:
        """The gateway refused a call for its number."""
        self._refusals += 1

    async def turn(self) -> None:
        """Wait for the next moment; first come, first served."""
        if self._cap is None:
            return
        for _ in range(LATE_LIMIT):
            async with self._taking:
                moment = await self._take(self._cap)
            if (wait := moment - self._clock.monotonic()) > 0:
                await self._clock.sleep(wait)
            if self._clock.monotonic() - moment <= LATE_SECONDS:
                return

    async def _take(self, cap: float) -> float:
        now = self._clock.monotonic()
        while self._moments and now - self._moments[0] > LATE_SECONDS:
            self._moments.popleft()
        if not self._moments:
            if self._file is None:
                self._take_own(now)
            else:
                while not self._file.update(lambda found: self._take_shared(found, cap)):
                    await self._clock.sleep(LOCK_RETRY_SECONDS)
        return self._moments.popleft()

    def _take_own(self, now: float) -> None:
        assert self._own is not None
        self._own, moments = take(refused(self._own, self._refusals), now)
        self._refusals = 0
        self._moments.extend(moments)

    def _take_shared(self, found: Shared | None, cap: float) -> Shared:
        """The file's moments are of the wall clock; ours, from the taking on, of one that never jumps."""
        now, wall = self._clock.monotonic(), self._clock.now()
        budget = refused(found.budget(cap, wall) if found else opening(cap, self._start), self._refusals)
        is_alone = found is not None and found.holder == self._name
        count = max(1, int(budget.pace * BLOCK_SECONDS)) if is_alone else 1
        self._own, moments = take(budget, wall, count)
        self._refusals = 0
        self._moments.extend(now + (moment - wall) for moment in moments)
        return Shared.of(self._own, self._name)
