"""The states of a generation and of an output, as tables. Pure.

A pair that is not listed raises and changes nothing. The diagram in `docs/architecture.md` is made from the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class GenerationState(StrEnum):
    PLANNED = "planned"
    SUBMITTING = "submitting"  # the intent is on disk; the POST may be anywhere
    SUBMITTED = "submitted"
    FINALIZED = "finalized"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"  # sent and no answer: it may have been billed
    EXPIRED = "expired"
    SUPERSEDED = "superseded"  # a later plan took its outputs


class GenerationEvent(StrEnum):
    INTENDED = "intended"
    REPEATED = "repeated"  # the same token again, to a provider that promises to answer it once
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "surely not accepted"
    REFUSED = "refused"
    UNSENDABLE = "unsendable"  # what it takes to send it is gone, a picture on this disk; nothing was sent
    UNANSWERED = "unanswered"
    TOKEN_SEEN = "token seen"  # a webhook with the attempt's token came
    RESUBMITTED = "resubmitted"  # the user said so: its outputs go to a new generation
    REPLANNED = "planned anew"
    FINALIZED = "finalized"
    GONE = "gone"


class OutputState(StrEnum):
    WANTED = "wanted"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    EXPIRED = "expired"


class RowOutcome(StrEnum):
    """What `bulkgen status` says of a row."""

    DONE = "done"
    REUSED = "reused"
    PARTIAL = "partial"
    FAILED = "failed"
    INVALID = "invalid"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    WAITING = "waiting"


_State, _Event = GenerationState, GenerationEvent

TRANSITIONS: Mapping[tuple[GenerationState, GenerationEvent], GenerationState] = {
    (_State.PLANNED, _Event.INTENDED): _State.SUBMITTING,
    (_State.PLANNED, _Event.UNSENDABLE): _State.REFUSED,
    (_State.SUBMITTING, _Event.REPEATED): _State.SUBMITTING,
    (_State.SUBMITTING, _Event.ACCEPTED): _State.SUBMITTED,
    (_State.SUBMITTING, _Event.NOT_ACCEPTED): _State.PLANNED,
    (_State.SUBMITTING, _Event.REFUSED): _State.REFUSED,
    (_State.SUBMITTING, _Event.UNANSWERED): _State.IN_DOUBT,
    (_State.SUBMITTING, _Event.TOKEN_SEEN): _State.SUBMITTED,
    (_State.IN_DOUBT, _Event.TOKEN_SEEN): _State.SUBMITTED,
    (_State.IN_DOUBT, _Event.RESUBMITTED): _State.SUPERSEDED,
    (_State.PLANNED, _Event.REPLANNED): _State.SUPERSEDED,
    (_State.SUBMITTED, _Event.FINALIZED): _State.FINALIZED,
    (_State.SUBMITTED, _Event.GONE): _State.EXPIRED,
}

# What becomes of a generation's outputs when it enters a state. `finalized` is not here: each format is told apart.
OUTPUT_AFTER: Mapping[GenerationState, OutputState] = {
    _State.PLANNED: OutputState.WANTED,
    _State.SUBMITTING: OutputState.WANTED,
    _State.SUBMITTED: OutputState.WANTED,
    _State.REFUSED: OutputState.REFUSED,
    _State.IN_DOUBT: OutputState.IN_DOUBT,
    _State.EXPIRED: OutputState.EXPIRED,
}

# Outputs that a run may send again when the user asks for it; `wanted` needs no asking.
SENT_AGAIN_BY_RETRY = frozenset((OutputState.FAILED, OutputState.REFUSED, OutputState.EXPIRED))
SENT_AGAIN_BY_RESUBMIT = frozenset((OutputState.IN_DOUBT,))

# Row outcomes by the exit code of a run that ends with them.
EXIT_CODE: Mapping[RowOutcome, int] = {
    RowOutcome.DONE: 0,
    RowOutcome.REUSED: 0,
    RowOutcome.SKIPPED: 0,
    RowOutcome.PARTIAL: 1,
    RowOutcome.FAILED: 1,
    RowOutcome.INVALID: 1,
    RowOutcome.REFUSED: 1,
    RowOutcome.IN_DOUBT: 1,
    RowOutcome.EXPIRED: 1,
    RowOutcome.WAITING: 3,
}


class IllegalMove(ValueError):
    """An event that the state does not take: a bug of ours, never the user's."""


def move(state: GenerationState, event: GenerationEvent) -> GenerationState:
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalMove(f"a generation that is {state.value!r} cannot be {event.value!r}") from None


def row_outcome(outputs: Iterable[tuple[OutputState, bool]]) -> RowOutcome:
    """The outcome of a row from its outputs, each with whether this row reuses it."""
    states, reused = [], []
    for state, is_reused in outputs:
        states.append(state)
        reused.append(is_reused)
    if OutputState.WANTED in states:
        return RowOutcome.WAITING
    if OutputState.IN_DOUBT in states:
        return RowOutcome.IN_DOUBT
    if all(state is OutputState.DONE for state in states):
        return RowOutcome.REUSED if states and all(reused) else RowOutcome.DONE
    if OutputState.DONE in states:
        return RowOutcome.PARTIAL
    for state, outcome in (
        (OutputState.FAILED, RowOutcome.FAILED),
        (OutputState.EXPIRED, RowOutcome.EXPIRED),
    ):
        if state in states:
            return outcome
    return RowOutcome.REFUSED
