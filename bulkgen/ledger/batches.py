"""The ordinary moves of many generations at once: a few statements for all of them instead of a few for each.

They are what a run that goes well consists of: intended, accepted, finalized, each from the one state that takes it.
The effect is that of `moves`, one by one. Where any generation stands elsewhere, the answer is False and the caller
rolls back what was done and asks `moves`, which knows what to say of each. Under load this halves what a row costs, and
the event loop goes on meanwhile: SQLite works on one long statement without Python's lock, not on many short ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import orjson

from bulkgen.ledger.database import Database
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.states import OUTPUT_AFTER, TRANSITIONS, GenerationEvent, GenerationState

Told: TypeAlias = tuple[int, str, float]

# Each event here has one state that takes it.
_WAY: dict[GenerationEvent, tuple[GenerationState, GenerationState]] = {
    event: (before, after)
    for (before, event), after in TRANSITIONS.items()
    if event in (GenerationEvent.INTENDED, GenerationEvent.ACCEPTED, GenerationEvent.FINALIZED)
}


class Batches:
    """Each method takes different generations, and is a part of the transaction that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Batches {self._database!r}>"

    def intend(self, intents: Sequence[Told]) -> bool:
        """(generation, token, now) of each."""
        writes = _json(intents)
        is_done = self._move("intend_generations", GenerationEvent.INTENDED, writes, len(intents))
        return is_done and self._all("insert_attempts", len(intents), writes=writes)

    def accept(self, answers: Sequence[Told]) -> bool:
        """(generation, request id, now) of each."""
        writes, event = _json(answers), GenerationEvent.ACCEPTED
        if not self._move("accept_generations", event, writes, len(answers)):
            return False
        _, after = _WAY[event]
        self._database.run("accept_outputs_together", writes=writes, state=OUTPUT_AFTER[after])
        return self._all("end_attempts", len(answers), writes=writes, outcome=event)

    def finalize(self, results: Sequence[tuple[int, Sequence[Settled], float]]) -> bool:
        """(generation, what its formats came to, now) of each."""
        ends = _json([(generation_id, now) for generation_id, _, now in results])
        if not self._move("finalize_generations", GenerationEvent.FINALIZED, ends, len(results)):
            return False
        settled = [(generation_id, now, *_told(one)) for generation_id, formats, now in results for one in formats]
        self._database.run("settle_outputs", writes=_json(settled))
        return True

    def _move(self, name: str, event: GenerationEvent, writes: str, count: int) -> bool:
        before, after = _WAY[event]
        return self._all(name, count, writes=writes, before=before, after=after)

    def _all(self, name: str, count: int, **values: object) -> bool:
        return self._database.run(name, **values).rowcount == count


def _told(one: Settled) -> tuple[object, ...]:
    names = (one.format, one.state, one.banner_id, one.url, one.file_key, one.file_type, one.reason)
    return (*names, one.fallback, one.remarks)


def _json(rows: Sequence[object]) -> str:
    text = orjson.dumps(rows).decode()
    # SQLite ends a text in JSON at a NUL; as a value of its own it would be kept whole.
    if "\\u0000" in text:
        raise ValueError("a NUL cannot go with others")
    return text
