"""What the engine asks of the ledger, each a function for the writer's thread and so one transaction.

An answer, a look and a webhook may each bring the same news, in any order. The first one is written; to the others
these functions say that there was nothing left to do. They never move a generation against the state table.
The three that every row needs are batched: the writer performs those that wait for it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bulkgen.engine.payloads import Ready, picture_digests
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.records import Generation
from bulkgen.ledger.states import GenerationState, OutputState
from bulkgen.ledger.writer import batched

_State = GenerationState


@dataclass(frozen=True, slots=True)
class Found:
    """What an earlier run left under way: to be followed, to be sent again under the same token, now in doubt."""

    submitted: tuple[Generation, ...]
    to_repeat: tuple[Ready, ...]
    in_doubt: tuple[Generation, ...]


@dataclass(frozen=True, slots=True)
class Concluded:
    """Formats done and failed, and whether this was the first word that the request had been accepted."""

    done: int
    failed: int
    is_accepted_by_this: bool


def found_underway(ledger: Ledger, job_id: int, is_idempotent: bool, now: float) -> Found:
    """Take over what the runs before left; on a provider without idempotency, an open attempt is in doubt from now."""
    submitted, to_repeat, in_doubt = [], [], []
    for generation in ledger.moves.underway(job_id):
        if generation.state is _State.SUBMITTED:
            submitted.append(generation)
        elif is_idempotent:
            repeated = ledger.moves.repeat(generation.id)
            to_repeat.append(_ready(ledger, repeated, ledger.moves.payload(repeated.payload_digest)))
        else:
            ledger.moves.unanswered(generation.id, "the process ended before the answer came", now)
            in_doubt.append(generation)
    return Found(tuple(submitted), tuple(to_repeat), tuple(in_doubt))


def page(ledger: Ledger, job_id: int, after: int, limit: int) -> list[Ready]:
    """The next planned generations, with all it takes to send them."""
    found = ledger.moves.planned_with_payloads(job_id, after=after, limit=limit)
    return [_ready(ledger, generation, payload) for generation, payload in found]


def _intend_many(ledger: Ledger, calls: Sequence[tuple[int, str, float]]) -> list[None] | None:
    return [None] * len(calls) if ledger.batches.intend(calls) else None


@batched(_intend_many)
def intend(ledger: Ledger, generation_id: int, token: str, now: float) -> None:
    """The intent to send, before a byte of it is sent."""
    ledger.moves.intend(generation_id, token, now)


def _accept_many(ledger: Ledger, calls: Sequence[tuple[int, str, float]]) -> list[bool] | None:
    return [True] * len(calls) if ledger.batches.accept(calls) else None


@batched(_accept_many)
def accept(ledger: Ledger, generation_id: int, request_id: str, now: float) -> bool:
    """The answer to a POST. False if a webhook was faster."""
    if ledger.moves.state(generation_id) is not _State.SUBMITTING:
        return False
    ledger.moves.accepted(generation_id, request_id, now)
    return True


def withdraw(ledger: Ledger, generation_id: int, reason: str, now: float) -> bool:
    """The attempt was surely not accepted. False if there is no open attempt to end."""
    return _end_open(ledger, generation_id, ledger.moves.not_accepted, reason, now)


def refuse(ledger: Ledger, generation_id: int, reason: str, now: float) -> bool:
    return _end_open(ledger, generation_id, ledger.moves.refused, reason, now)


def doubt(ledger: Ledger, generation_id: int, reason: str, now: float) -> bool:
    return _end_open(ledger, generation_id, ledger.moves.unanswered, reason, now)


def gone(ledger: Ledger, generation_id: int, reason: str, now: float) -> bool:
    if ledger.moves.state(generation_id) is not _State.SUBMITTED:
        return False
    ledger.moves.gone(generation_id, reason, now)
    return True


def _conclude_many(
    ledger: Ledger, calls: Sequence[tuple[int, str, Sequence[Settled], float]]
) -> list[Concluded | None] | None:
    if not ledger.batches.finalize([(generation_id, settled, now) for generation_id, _, settled, now in calls]):
        return None
    return [_concluded(settled, is_accepted_by_this=False) for _, _, settled, _ in calls]


@batched(_conclude_many)
def conclude(
    ledger: Ledger, generation_id: int, request_id: str, settled: Sequence[Settled], now: float
) -> Concluded | None:
    """The request is finalized; None if that was known. A webhook may bring it before the POST's answer, or after the
    attempt was given up as in doubt."""
    state = ledger.moves.state(generation_id)
    is_accepted_by_this = state in (_State.SUBMITTING, _State.IN_DOUBT)
    if is_accepted_by_this:
        ledger.moves.token_seen(generation_id, request_id, now)
    elif state is not _State.SUBMITTED:
        return None
    ledger.moves.finalized(generation_id, settled, now)
    return _concluded(settled, is_accepted_by_this)


def _concluded(settled: Sequence[Settled], is_accepted_by_this: bool) -> Concluded:
    done = sum(one.state is OutputState.DONE for one in settled)
    return Concluded(done, len(settled) - done, is_accepted_by_this)


def _end_open(
    ledger: Ledger, generation_id: int, end: Callable[[int, str, float], None], reason: str, now: float
) -> bool:
    if ledger.moves.state(generation_id) is not _State.SUBMITTING:
        return False
    end(generation_id, reason, now)
    return True


def _ready(ledger: Ledger, generation: Generation, payload: str) -> Ready:
    pictures = {}
    for digest in picture_digests(payload):
        known = ledger.moves.picture(digest)
        pictures[digest] = known[0] if known else ""
    return Ready(generation, payload, pictures)
