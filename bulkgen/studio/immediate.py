"""The synchronous call: one banner while its caller waits, past the line of those who do not (reference 2.5).

    (entry, checked request) -> banner as kept, or why there is none

Nothing is promised before it is made, so a call that is cut off leaves nothing behind but a file that nobody names.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Entry
from bulkgen.studio.making import Making
from bulkgen.studio.records import MadeNow
from bulkgen.studio.results import build_result
from bulkgen.studio.store import Store
from bulkgen.studio.task import Failed
from bulkgen.studio.versions import Versions

# The API's cap. Past it the caller has its answer, whatever the worker is still at.
TIMEOUT_SECONDS = 10.0

# Before whatever is in the line: those who wait for an address are few, and a banner takes tens of milliseconds.
FIRST = -1


class TooSlowError(Exception):
    """It was not made within the cap."""


class Immediate:
    def __init__(self, store: Store, making: Making, versions: Versions, clock: Clock) -> None:
        self._store = store
        self._making = making
        self._versions = versions
        self._clock = clock

    def __repr__(self) -> str:
        return f"Immediate({self._making})"

    async def make(self, entry: Entry, request: Mapping[str, Any]) -> Mapping[str, Any] | Failed:
        """Raises TooSlowError, and StoreError when it cannot be recorded."""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                (outcome,) = await self._making.outcomes(entry, request, FIRST, timeout_seconds=TIMEOUT_SECONDS)
        except TimeoutError:
            raise TooSlowError from None
        if isinstance(outcome, Failed):
            return outcome
        generation_id = str(uuid.uuid4())
        async with self._versions.of(request) as lineage:
            result, (banner,) = build_result(generation_id, entry.design, [outcome], lineage)
            made = MadeNow(generation_id, orjson.dumps(request), orjson.dumps(result), banner, self._clock.now())
            await self._store.record(made)
        kept: Mapping[str, Any] = result["banners"][0]
        return kept
