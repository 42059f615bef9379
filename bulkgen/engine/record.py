"""What the engine asks of the ledger, each a function for the writer's thread and so one transaction.

An answer, a look and a webhook may each bring the same news, in any order. The first one is written; to the others
these functions say that there was nothing left to do. They never move a generation against the state table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bulkgen.engine.payloads import Ready, picture_digests
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.records import Generation
from bulkgen.ledger.states import GenerationState, OutputState

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
            to_repeat.append(_ready(ledger, ledger.moves.repeat(generation.id)))
        else:
            ledger.moves.unanswered(generation.id, "the process ended before the answer came", now)
            in_doubt.append(generation)
    return Found(tuple(submitted), tuple(to_repeat), tuple(in_doubt))


def page(ledger: Ledger, job_id: int, after: int, limit: int) -> list[Ready]:
    """The next planned generations, with all it takes to send them."""
    return [_ready(ledger, generation) for generation in ledger.moves.planned(job_id, after=after, limit=limit)]


def accept(ledger: Ledger, generation_id: int, request_id: str, now: float) -> bool:
    """The answer to a POST. False if a webhook was faster."""
    if ledger.moves.get(generation_id).state is not _State.SUBMITTING:
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
    if ledger.moves.get(generation_id).state is not _State.SUBMITTED:
        return False
    ledger.moves.gone(generation_id, reason, now)
    return True


def conclude(
    ledger: Ledger, generation_id: int, request_id: str, settled: Sequence[Settled], now: float
) -> Concluded | None:
    """The request is finalized; None if that was known. A webhook may bring it before the POST's answer, or after the
    attempt was given up as in doubt."""
    state = ledger.moves.get(generation_id).state
    is_accepted_by_this = state in (_State.SUBMITTING, _State.IN_DOUBT)
    if is_accepted_by_this:
        ledger.moves.token_seen(generation_id, request_id, now)
    elif state is not _State.SUBMITTED:
        return None
    ledger.moves.finalized(generation_id, settled, now)
    done = sum(one.state is OutputState.DONE for one in settled)
    return Concluded(done, len(settled) - done, is_accepted_by_this)


def _end_open(
    ledger: Ledger, generation_id: int, end: Callable[[int, str, float], None], reason: str, now: float
) -> bool:
    if ledger.moves.get(generation_id).state is not _State.SUBMITTING:
        return False
    end(generation_id, reason, now)
    return True


def _ready(ledger: Ledger, generation: Generation) -> Ready:
    payload = ledger.moves.payload(generation.payload_digest)
    pictures = {}
    for digest in picture_digests(payload):
        known = ledger.moves.picture(digest)
        pictures[digest] = known[0] if known else ""
    return Ready(generation, payload, pictures)
