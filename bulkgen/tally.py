"""Which rows are through: generations settle, rows are counted. Pure.

A row may wait for several generations (`by_format`), and one generation may complete several rows (equal payloads).
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.events import RowsSettled, Settled


class RowTally:
    """Fed with the plan's (generation id, row position) pairs, then with `Settled` events."""

    def __init__(self, waiting: Iterable[tuple[int, int]]) -> None:
        self._rows_of: dict[int, set[int]] = {}
        self._left: dict[int, set[int]] = {}
        self._failed: set[int] = set()
        for generation_id, position in waiting:
            self._rows_of.setdefault(generation_id, set()).add(position)
            self._left.setdefault(position, set()).add(generation_id)
        self.total = len(self._left)

    def __repr__(self) -> str:
        return f"<RowTally {self.total - len(self._left)}/{self.total} failed={len(self._failed)}>"

    def settle(self, event: Settled) -> RowsSettled | None:
        """The rows that this event completes, or None."""
        done = failed = 0
        for position in self._rows_of.pop(event.generation_id, ()):
            if event.failed or not event.done:
                self._failed.add(position)
            left = self._left[position]
            left.discard(event.generation_id)
            if not left:
                del self._left[position]
                failed += position in self._failed
                done += position not in self._failed
        return RowsSettled(done, failed) if done or failed else None
