"""The moves of a generation: every event that the engine reports, written before anything else is done with it.

Each method moves the generation by the table in `states`, ends or begins an attempt, and takes the outputs along: in a
transaction of its own, or as a part of the one that is open. An illegal move raises and changes nothing.
"""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from bulkgen.ledger.database import Database
from bulkgen.ledger.records import Generation, Output
from bulkgen.ledger.states import OUTPUT_AFTER, GenerationEvent, GenerationState, OutputState, move


@dataclass(frozen=True, slots=True)
class Settled:
    """What one format came to: a banner, or the reason why there is none."""

    format: str
    state: OutputState
    banner_id: str = ""
    url: str = ""
    file_key: str = ""
    file_type: str = ""
    reason: str = ""
    fallback: str = ""
    remarks: str = ""


class Moves:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Moves {self._database!r}>"

    def state(self, generation_id: int) -> GenerationState:
        return self._standing(generation_id)[0]

    def get(self, generation_id: int) -> Generation:
        return _generation(self._database.run("generation", id=generation_id).fetchone())

    def planned(self, job_id: int, *, after: int, limit: int) -> list[Generation]:
        """The next generations to send, in the sheet's order."""
        rows = self._database.run("planned_after", job_id=job_id, after=after, limit=limit)
        return [_generation(row) for row in rows]

    def planned_with_payloads(self, job_id: int, *, after: int, limit: int) -> list[tuple[Generation, str]]:
        """As `planned`, each with its payload's canonical JSON."""
        rows = self._database.run("planned_with_payloads", job_id=job_id, after=after, limit=limit)
        return [(_generation(row), row["payload"]) for row in rows]

    def count_planned(self, job_id: int) -> int:
        (count,) = self._database.run("count_planned", job_id=job_id).fetchone()
        return int(count)

    def underway(self, job_id: int) -> list[Generation]:
        """Sent or perhaps sent, by this run or by one before it."""
        return [_generation(row) for row in self._database.run("underway", job_id=job_id)]

    def by_token(self, token: str) -> Generation | None:
        found = self._database.run("generation_by_token", token=token).fetchone()
        return _generation(found) if found else None

    def by_request(self, request_id: str) -> Generation | None:
        """The generation that was accepted under this id of the provider's."""
        found = self._database.run("generation_by_request", request_id=request_id).fetchone()
        return _generation(found) if found else None

    def payload(self, digest: str) -> str:
        """The payload's canonical JSON."""
        (body,) = self._database.run("payload", digest=digest).fetchone()
        return str(body)

    def picture(self, digest: str) -> tuple[str, str] | None:
        """(path, media type) of a picture named by content."""
        found = self._database.run("picture", digest=digest).fetchone()
        return (found["path"], found["media_type"]) if found else None

    def outputs(self, generation_id: int) -> list[Output]:
        return [output(row) for row in self._database.run("outputs_of_generation", generation_id=generation_id)]

    def intend(self, generation_id: int, token: str, now: float) -> None:
        """The intent: on disk before a byte is sent."""
        with self._database.joined():
            state, attempt = self._standing(generation_id)
            after = move(state, GenerationEvent.INTENDED)
            number = attempt + 1
            self._database.run("intend_generation", id=generation_id, state=after, attempt=number, token=token)
            self._database.run("insert_attempt", generation_id=generation_id, number=number, token=token, now=now)

    def repeat(self, generation_id: int) -> Generation:
        """The same attempt again, to a provider that answers a token once."""
        before = self.get(generation_id)
        move(before.state, GenerationEvent.REPEATED)
        return before

    def accepted(self, generation_id: int, request_id: str, now: float) -> None:
        self._accept(generation_id, GenerationEvent.ACCEPTED, request_id, now)

    def token_seen(self, generation_id: int, request_id: str, now: float) -> None:
        """A webhook bears the attempt's token: it was accepted after all."""
        self._accept(generation_id, GenerationEvent.TOKEN_SEEN, request_id, now)

    def not_accepted(self, generation_id: int, reason: str, now: float) -> None:
        self._fail(generation_id, GenerationEvent.NOT_ACCEPTED, reason, now)

    def refused(self, generation_id: int, reason: str, now: float) -> None:
        self._fail(generation_id, GenerationEvent.REFUSED, reason, now)

    def unsendable(self, generation_id: int, reason: str, now: float) -> None:
        """Refused by ourselves, before any intent: no attempt is begun, and none before it is touched."""
        self._end(generation_id, GenerationEvent.UNSENDABLE, reason, now)

    def unanswered(self, generation_id: int, reason: str, now: float) -> None:
        self._fail(generation_id, GenerationEvent.UNANSWERED, reason, now)

    def gone(self, generation_id: int, reason: str, now: float) -> None:
        self._end(generation_id, GenerationEvent.GONE, reason, now)

    def finalized(self, generation_id: int, settled: Sequence[Settled], now: float) -> None:
        with self._database.joined():
            state, _ = self._standing(generation_id)
            after = move(state, GenerationEvent.FINALIZED)
            self._database.run("end_generation", id=generation_id, state=after, ended_at=now, reason="")
            self._database.run_many("settle_output", [_settling(generation_id, one, now) for one in settled])

    def _standing(self, generation_id: int) -> tuple[GenerationState, int]:
        """The state, and the number of the last attempt."""
        state, attempt = self._database.run("generation_standing", id=generation_id).fetchone()
        return GenerationState(state), attempt

    def _accept(self, generation_id: int, event: GenerationEvent, request_id: str, now: float) -> None:
        with self._database.joined():
            state, attempt = self._standing(generation_id)
            after = move(state, event)
            self._database.run("accept_generation", id=generation_id, state=after, request_id=request_id, now=now)
            self._end_attempt(generation_id, attempt, event, request_id, now)
            self._database.run(
                "accept_outputs", generation_id=generation_id, state=OUTPUT_AFTER[after], request_id=request_id
            )

    def _fail(self, generation_id: int, event: GenerationEvent, reason: str, now: float) -> None:
        """The attempt ends with this, and unless it is to be sent again the generation too."""
        with self._database.joined():
            state, attempt = self._standing(generation_id)
            after = move(state, event)
            self._end_attempt(generation_id, attempt, event, reason, now)
            self._leave(generation_id, after, reason, now)

    def _end(self, generation_id: int, event: GenerationEvent, reason: str, now: float) -> None:
        with self._database.joined():
            state, _ = self._standing(generation_id)
            self._leave(generation_id, move(state, event), reason, now)

    def _leave(self, generation_id: int, after: GenerationState, reason: str, now: float) -> None:
        """The generation ends, and its outputs with it; or it is to be sent again, and they are wanted as they were."""
        is_over = after is not GenerationState.PLANNED
        values = {"state": after, "ended_at": now if is_over else None, "reason": reason}
        self._database.run("end_generation", values, id=generation_id)
        if is_over:
            ends = {"state": OUTPUT_AFTER[after], "reason": reason, "settled_at": now}
            self._database.run("move_outputs", ends, generation_id=generation_id)

    def _end_attempt(self, generation_id: int, number: int, event: GenerationEvent, detail: str, now: float) -> None:
        values = {"generation_id": generation_id, "number": number, "outcome": event.value, "detail": detail}
        self._database.run("end_attempt", values, now=now)


def _settling(generation_id: int, one: Settled, now: float) -> dict[str, object]:
    return {
        "generation_id": generation_id,
        "format": one.format,
        "state": one.state,
        "banner_id": one.banner_id,
        "url": one.url,
        "file_key": one.file_key,
        "file_type": one.file_type,
        "reason": one.reason,
        "fallback": one.fallback,
        "remarks": one.remarks,
        "now": now,
    }


def _generation(found: sqlite3.Row) -> Generation:
    return Generation(
        id=found["id"],
        job_id=found["job_id"],
        state=GenerationState(found["state"]),
        design_id=found["design_id"],
        payload_digest=found["payload_digest"],
        settings=found["settings"],
        formats=_formats(found["formats"]),
        attempt=found["attempt"],
        token=found["token"],
        request_id=found["request_id"],
        submitted_at=found["submitted_at"],
        reason=found["reason"],
        original_banner_id=found["original_banner_id"],
    )


@functools.lru_cache(maxsize=256)  # the rows of a sheet ask for the same few
def _formats(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def output(found: sqlite3.Row) -> Output:
    """A row of `outputs`, however it was joined, as a record."""
    return Output(
        id=found["id"],
        format=found["format"],
        state=OutputState(found["state"]),
        generation_id=found["generation_id"],
        request_id=found["request_id"],
        banner_id=found["banner_id"],
        url=found["url"],
        file_key=found["file_key"],
        file_type=found["file_type"],
        reason=found["reason"],
        fallback=found["fallback"],
        remarks=found["remarks"],
    )
