"""The moves on a real ledger: each takes generation, attempt and outputs along, or changes nothing."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import Generation, JobDraft
from bulkgen.ledger.states import TRANSITIONS, GenerationEvent, GenerationState, IllegalMove, OutputState
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

DRAFT = JobDraft(
    name="products",
    source="products.csv",
    tab="",
    provider="abyssale",
    base_url="https://api.example.com",
    workspace="Acme",
    design_id="card",
    design_name="Card",
    design_revision="1",
    formats=("square", "story"),
    is_multipage=False,
)
SETTLED = [
    Settled("square", OutputState.DONE, banner_id="b", url="https://cdn.example.com/b.png", file_type="png"),
    Settled("story", OutputState.FAILED, reason="the text does not fit"),
]

# How to make each event happen, as the engine does.
PERFORM: dict[GenerationEvent, Callable[[Ledger, int], object]] = {
    GenerationEvent.INTENDED: lambda ledger, one: ledger.moves.intend(one, f"{next(TOKENS):032x}", 10.0),
    GenerationEvent.REPEATED: lambda ledger, one: ledger.moves.repeat(one),
    GenerationEvent.ACCEPTED: lambda ledger, one: ledger.moves.accepted(one, "request", 11.0),
    GenerationEvent.NOT_ACCEPTED: lambda ledger, one: ledger.moves.not_accepted(one, "at the ceiling", 11.0),
    GenerationEvent.REFUSED: lambda ledger, one: ledger.moves.refused(one, "too long", 11.0),
    GenerationEvent.UNSENDABLE: lambda ledger, one: ledger.moves.unsendable(one, "the picture changed", 11.0),
    GenerationEvent.UNANSWERED: lambda ledger, one: ledger.moves.unanswered(one, "no answer", 11.0),
    GenerationEvent.TOKEN_SEEN: lambda ledger, one: ledger.moves.token_seen(one, "request", 11.0),
    GenerationEvent.FINALIZED: lambda ledger, one: ledger.moves.finalized(one, SETTLED, 12.0),
    GenerationEvent.GONE: lambda ledger, one: ledger.moves.gone(one, "7 days", 12.0),
}
TOKENS = itertools.count(1)

# The shortest way to each state that the engine's own events lead to.
WAYS: dict[GenerationState, list[GenerationEvent]] = {
    GenerationState.PLANNED: [],
    GenerationState.SUBMITTING: [GenerationEvent.INTENDED],
    GenerationState.SUBMITTED: [GenerationEvent.INTENDED, GenerationEvent.ACCEPTED],
    GenerationState.FINALIZED: [GenerationEvent.INTENDED, GenerationEvent.ACCEPTED, GenerationEvent.FINALIZED],
    GenerationState.REFUSED: [GenerationEvent.INTENDED, GenerationEvent.REFUSED],
    GenerationState.IN_DOUBT: [GenerationEvent.INTENDED, GenerationEvent.UNANSWERED],
    GenerationState.EXPIRED: [GenerationEvent.INTENDED, GenerationEvent.ACCEPTED, GenerationEvent.GONE],
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3") as opened:
        yield opened


def planned(ledger: Ledger) -> Generation:
    job = ledger.jobs.open(DRAFT, 1.0)
    outputs = tuple(PlannedOutput(f"print of {name}", name) for name in ("square", "story"))
    request = PlannedRequest("digest", '{"elements":{}}', "{}", outputs)
    row = PlannedRow(position=0, number=1, sheet="s", key="k", requests=(request,))
    ledger.planning.begin(job.id)
    ledger.planning.add(PlanScope(job.id, "card"), [row])
    (found,) = ledger.moves.planned(job.id, after=0, limit=5)
    return found


def everything(path: Path) -> list[object]:
    """All that the moves could have changed."""
    connection = sqlite3.connect(path)
    try:
        return [
            connection.execute(f"SELECT * FROM {table}").fetchall() for table in ("generations", "attempts", "outputs")
        ]
    finally:
        connection.close()


@pytest.mark.parametrize(("state", "event"), list(itertools.product(WAYS, PERFORM)))
def test_each_event_moves_by_the_table_or_changes_nothing(
    ledger: Ledger, state: GenerationState, event: GenerationEvent
) -> None:
    one = planned(ledger).id
    for step in WAYS[state]:
        PERFORM[step](ledger, one)
    assert ledger.moves.get(one).state is state
    before = everything(ledger.path)
    if (state, event) in TRANSITIONS:
        PERFORM[event](ledger, one)
        assert ledger.moves.get(one).state is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalMove):
            PERFORM[event](ledger, one)
        assert everything(ledger.path) == before


def test_the_story_of_a_row_can_be_read_back(ledger: Ledger) -> None:
    """What `bulkgen status --row` shows to someone who asks why they paid."""
    one = planned(ledger).id
    ledger.moves.intend(one, "a" * 32, 1.0)
    ledger.moves.not_accepted(one, "at the ceiling", 2.0)
    ledger.moves.intend(one, "b" * 32, 3.0)
    ledger.moves.accepted(one, "request", 4.0)
    story = [
        (attempt.number, attempt.token[0], attempt.outcome, attempt.detail) for attempt in ledger.reading.attempts(one)
    ]
    assert story == [(1, "a", "surely not accepted", "at the ceiling"), (2, "b", "accepted", "request")]


def test_a_picture_that_changed_touches_no_attempt_before_it(ledger: Ledger) -> None:
    one = planned(ledger).id
    ledger.moves.intend(one, "a" * 32, 1.0)
    ledger.moves.not_accepted(one, "at the ceiling", 2.0)
    ledger.moves.unsendable(one, "the picture changed", 3.0)
    (attempt,) = ledger.reading.attempts(one)
    assert attempt.outcome == "surely not accepted"
    assert {output.state for output in ledger.moves.outputs(one)} == {OutputState.REFUSED}
    assert {output.reason for output in ledger.moves.outputs(one)} == {"the picture changed"}


def test_formats_are_settled_apart(ledger: Ledger) -> None:
    one = planned(ledger).id
    for step in WAYS[GenerationState.FINALIZED]:
        PERFORM[step](ledger, one)
    outputs = {output.format: output for output in ledger.moves.outputs(one)}
    assert outputs["square"].state is OutputState.DONE
    assert outputs["square"].url == "https://cdn.example.com/b.png"
    assert outputs["square"].request_id == "request"
    assert (outputs["story"].state, outputs["story"].reason) == (OutputState.FAILED, "the text does not fit")


def test_an_attempt_in_doubt_is_found_by_its_token(ledger: Ledger) -> None:
    """A late webhook is the only way out of doubt that costs nothing."""
    one = planned(ledger).id
    ledger.moves.intend(one, "a" * 32, 1.0)
    ledger.moves.unanswered(one, "no answer", 2.0)
    assert {output.state for output in ledger.moves.outputs(one)} == {OutputState.IN_DOUBT}
    found = ledger.moves.by_token("a" * 32)
    assert found is not None
    assert found.id == one
    assert ledger.moves.by_token("c" * 32) is None
    ledger.moves.token_seen(one, "request", 3.0)
    ledger.moves.finalized(one, SETTLED, 4.0)
    assert {output.state for output in ledger.moves.outputs(one)} == {OutputState.DONE, OutputState.FAILED}
