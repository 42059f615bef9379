"""The way of an accepted generation: taken up in order, made, recorded, told.

    store (accepted) -> making -> store (finalized) -> callbacks

At most a window of generations is under way, so that pictures are being fetched while others are rendered and memory
does not grow with the line. What fails becomes a reason in the result; a store that cannot be written is tried again
until it can, since the work is promised.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import orjson

from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Catalog, Entry
from bulkgen.studio.errors import StoreError
from bulkgen.studio.making import DOCUMENT, Making, made_cost
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.records import Generation
from bulkgen.studio.results import build_result
from bulkgen.studio.store import Store
from bulkgen.studio.task import Failed, Outcome
from bulkgen.studio.versions import Versions
from bulkgen.wire.design import Design

log = logging.getLogger("bulkgen.studio")

# Per worker: enough pictures under way to keep it busy when each takes ten times as long to come as to be drawn.
_WINDOW_PER_WORKER = 16

_STORE_PAUSE_SECONDS = 5.0

# Those whose pictures may be had a little later. A shop that is down for all of a long run is told of sooner.
_MOST_RESTING = 1_000

# What is held back does nothing, and must not keep others from their turn: more than a run has in flight.
_HELD_BACK_WINDOW = 100_000


class Production:
    """Runs until cancelled. `hold_back`: how long from now a generation must wait, as at a slow provider."""

    def __init__(
        self,
        options: StudioOptions,
        store: Store,
        catalog: Catalog,
        making: Making,
        versions: Versions,
        clock: Clock,
        on_finalized: Callable[[], None],
        hold_back: Callable[[Generation], float] | None = None,
    ) -> None:
        self._options = options
        self._store = store
        self._catalog = catalog
        self._making = making
        self._versions = versions
        self._clock = clock
        self._on_finalized = on_finalized
        self._hold_back = hold_back
        self._window = asyncio.Semaphore(_HELD_BACK_WINDOW if hold_back else options.worker_count * _WINDOW_PER_WORKER)
        self._line: deque[Generation] = deque()
        self._taken = 0
        self._under_way = 0
        self._resting = 0
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()

    def __repr__(self) -> str:
        return (
            f"Production(taken={self._taken}, at_hand={len(self._line)}, under_way={self._under_way}, "
            f"resting={self._resting})"
        )

    def wake(self) -> None:
        """Something was accepted."""
        self._idle.clear()
        self._arrived.set()

    async def idle(self) -> None:
        """Until all that was accepted is finalized."""
        await self._idle.wait()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await self._window.acquire()
                generation = await self._next()
                self._under_way += 1
                group.create_task(self._produce(generation), name=f"generation {generation.id}")

    async def _next(self) -> Generation:
        while not self._line:
            # Cleared before looking, so that what arrives while we look is looked for again.
            self._arrived.clear()
            self._line.extend(await self._look())
            if self._line:
                break
            self._note_idle()
            await self._arrived.wait()
        generation = self._line.popleft()
        self._taken = generation.sequence
        return generation

    async def _look(self) -> list[Generation]:
        while True:
            try:
                return self._store.accepted_after(self._taken, self._options.worker_count * _WINDOW_PER_WORKER)
            except StoreError as error:
                log.warning("%s", error, extra={"action": "store_retry"})
                await self._clock.sleep(_STORE_PAUSE_SECONDS)

    def _note_idle(self) -> None:
        if not self._under_way and not self._line and not self._arrived.is_set():
            self._idle.set()

    async def _produce(self, generation: Generation) -> None:
        try:
            self._store.start(generation.sequence)
            if self._hold_back is not None:
                await self._clock.sleep(max(0.0, self._hold_back(generation)))
            entry = self._catalog.get(generation.design_id)
            outcomes = await self._outcomes(generation, entry)
            await self._record(generation, entry.design if entry else None, outcomes)
        finally:
            self._under_way -= 1
            self._window.release()
            self._note_idle()

    async def _outcomes(self, generation: Generation, entry: Entry | None) -> list[Outcome]:
        if entry is None:
            names = generation.request.get("template_format_names") or [DOCUMENT]
            return [Failed(name, "the design is no longer there") for name in names]
        return await self._making.outcomes(entry, generation.request, generation.sequence, rest=self._rest)

    async def _rest(self, seconds: float) -> bool:
        """Others have the place meanwhile. When too many rest already, whoever asks is not worth another's turn."""
        if self._resting >= _MOST_RESTING:
            return False
        self._resting += 1
        self._window.release()
        try:
            await self._clock.sleep(seconds)
        finally:
            self._resting -= 1
        await self._window.acquire()
        return True

    async def _record(self, generation: Generation, design: Design | None, outcomes: list[Outcome]) -> None:
        async with self._versions.of(generation.request) as lineage:
            result, banners = build_result(generation.id, design, outcomes, lineage)
            body, cost = orjson.dumps(result), made_cost(design, outcomes) if design else 0
            await self._persist(
                lambda: self._store.finalize(generation.sequence, body, banners, self._clock.now(), cost)
            )
        self._on_finalized()

    async def _persist(self, write: Callable[[], Any]) -> None:
        while True:
            try:
                await write()
                return
            except StoreError as error:
                log.warning("%s", error, extra={"action": "store_retry"})
                await self._clock.sleep(_STORE_PAUSE_SECONDS)
