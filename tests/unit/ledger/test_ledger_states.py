"""The tables of states. A move that is not listed is a bug, and must change nothing."""

from __future__ import annotations

import itertools

import pytest

from bulkgen.ledger.states import (
    EXIT_CODE,
    OUTPUT_AFTER,
    TRANSITIONS,
    GenerationEvent,
    GenerationState,
    IllegalMove,
    OutputState,
    RowOutcome,
    move,
    row_outcome,
)

PAIRS = list(itertools.product(GenerationState, GenerationEvent))


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair not in TRANSITIONS])
def test_a_pair_that_is_not_listed_raises(state: GenerationState, event: GenerationEvent) -> None:
    with pytest.raises(IllegalMove, match=f"{state.value!r} cannot be {event.value!r}"):
        move(state, event)


@pytest.mark.parametrize(("state", "event"), list(TRANSITIONS))
def test_a_listed_pair_moves(state: GenerationState, event: GenerationEvent) -> None:
    assert move(state, event) is TRANSITIONS[state, event]


def test_what_was_sent_is_never_planned_again_but_for_a_sure_refusal() -> None:
    """The line between a retry and paying twice."""
    back = {pair for pair, after in TRANSITIONS.items() if after is GenerationState.PLANNED}
    assert back == {(GenerationState.SUBMITTING, GenerationEvent.NOT_ACCEPTED)}
    intents = {pair for pair, after in TRANSITIONS.items() if after is GenerationState.SUBMITTING}
    assert intents == {
        (GenerationState.PLANNED, GenerationEvent.INTENDED),
        (GenerationState.SUBMITTING, GenerationEvent.REPEATED),
    }


def test_an_end_is_an_end() -> None:
    for state in (
        GenerationState.FINALIZED,
        GenerationState.REFUSED,
        GenerationState.EXPIRED,
        GenerationState.SUPERSEDED,
    ):
        assert not [pair for pair in TRANSITIONS if pair[0] is state]


def test_outputs_follow_every_state_that_they_are_not_told_apart_in() -> None:
    entered = set(TRANSITIONS.values()) - {GenerationState.FINALIZED, GenerationState.SUPERSEDED}
    assert entered == set(OUTPUT_AFTER)


def test_every_outcome_has_an_exit_code() -> None:
    assert set(EXIT_CODE) == set(RowOutcome)
    assert set(EXIT_CODE.values()) == {0, 1, 3}


DONE, FAILED, REFUSED, DOUBT, EXPIRED, WANTED = (
    OutputState.DONE,
    OutputState.FAILED,
    OutputState.REFUSED,
    OutputState.IN_DOUBT,
    OutputState.EXPIRED,
    OutputState.WANTED,
)


@pytest.mark.parametrize(
    ("outputs", "outcome"),
    [
        ([(DONE, False), (DONE, False)], RowOutcome.DONE),
        ([(DONE, True), (DONE, False)], RowOutcome.DONE),
        ([(DONE, True), (DONE, True)], RowOutcome.REUSED),
        ([(DONE, False), (FAILED, False)], RowOutcome.PARTIAL),
        ([(DONE, True), (EXPIRED, False)], RowOutcome.PARTIAL),
        ([(FAILED, False), (FAILED, False)], RowOutcome.FAILED),
        ([(FAILED, False), (REFUSED, False)], RowOutcome.FAILED),
        ([(REFUSED, False)], RowOutcome.REFUSED),
        ([(EXPIRED, False)], RowOutcome.EXPIRED),
        ([(DONE, False), (DOUBT, False)], RowOutcome.IN_DOUBT),
        ([(FAILED, False), (DOUBT, False)], RowOutcome.IN_DOUBT),
        ([(DOUBT, False), (WANTED, False)], RowOutcome.WAITING),
        ([(DONE, False), (WANTED, False)], RowOutcome.WAITING),
    ],
)
def test_a_row_is_as_well_as_its_outputs(outputs: list[tuple[OutputState, bool]], outcome: RowOutcome) -> None:
    assert row_outcome(outputs) is outcome
