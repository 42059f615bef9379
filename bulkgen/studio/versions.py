"""Which number a new version of a banner gets (reference 2.9): the last of its visual plus one, each once.

Two versions of one visual that are recorded at once must not get the same number, whoever makes them; so the number is
looked up, and its banner recorded, by one at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from bulkgen.studio.results import Lineage
from bulkgen.studio.store import Store


class Versions:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._one_at_a_time = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Versions(busy={self._one_at_a_time.locked()})"

    @contextlib.asynccontextmanager
    async def of(self, request: Mapping[str, Any]) -> AsyncIterator[Lineage | None]:
        """Record the banner before leaving. None: it is the first of its visual."""
        original = request.get("original_visual_id")
        if original is None:
            yield None
            return
        async with self._one_at_a_time:
            found = self._store.banner(original.lower())
            if found is None:
                yield None
                return
            sharing_id = found[0].sharing_id
            yield Lineage(sharing_id, self._store.last_version(sharing_id) + 1)
