"""The ordinary moves of many generations at once, on a real ledger."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bulkgen.engine import record
from bulkgen.ledger.batches import Batches
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import GenerationState, IllegalMove, OutputState
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

ROWS = 30
SETTLED = [Settled("square", OutputState.DONE, banner_id="b", url="https://cdn.example.com/b.png", file_type="png")]

# Each batch on generations, and the state that all of them must be in.
BATCHES: dict[str, tuple[GenerationState, Callable[[Ledger, list[int]], bool]]] = {
    "intend": (
        GenerationState.PLANNED,
        lambda ledger, ids: ledger.batches.intend([(one, f"{one:032x}", 1.0) for one in ids]),
    ),
    "accept": (
        GenerationState.SUBMITTING,
        lambda ledger, ids: ledger.batches.accept([(one, f"request {one}", 2.0) for one in ids]),
    ),
    "finalize": (
        GenerationState.SUBMITTED,
        lambda ledger, ids: ledger.batches.finalize([(one, SETTLED, 3.0) for one in ids]),
    ),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3") as opened:
        job_id = opened.jobs.open(
            JobDraft("job", "s.csv", "", "abyssale", "u", "w", "card", "Card", "1", ("square",), False), 0.0
        ).id
        opened.planning.begin(job_id)
        rows = []
        for number in range(ROWS):
            request = PlannedRequest(f"digest {number}", "{}", "{}", (PlannedOutput(f"print {number}", "square"),))
            rows.append(PlannedRow(position=number, number=number, sheet="s", key=f"{number}", requests=(request,)))
        opened.planning.add(PlanScope(job_id, "card"), rows)
        yield opened


def bring(ledger: Ledger, generation_id: int, state: GenerationState) -> None:
    if state is not GenerationState.PLANNED:
        ledger.moves.intend(generation_id, f"before {generation_id}", 0.5)
    if state in (GenerationState.SUBMITTED, GenerationState.FINALIZED, GenerationState.EXPIRED):
        ledger.moves.accepted(generation_id, f"request {generation_id}", 0.6)
    if state is GenerationState.REFUSED:
        ledger.moves.refused(generation_id, "too long", 0.7)
    if state is GenerationState.IN_DOUBT:
        ledger.moves.unanswered(generation_id, "no answer", 0.7)
    if state is GenerationState.FINALIZED:
        ledger.moves.finalized(generation_id, SETTLED, 0.7)
    if state is GenerationState.EXPIRED:
        ledger.moves.gone(generation_id, "7 days", 0.7)
    assert ledger.moves.state(generation_id) is state


@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("state", [one for one in GenerationState if one is not GenerationState.SUPERSEDED])
def test_a_batch_is_for_generations_that_all_take_the_event(ledger: Ledger, name: str, state: GenerationState) -> None:
    """One that went another way meanwhile must not be counted as moved, let alone be moved."""
    needed, perform = BATCHES[name]
    for generation_id in range(1, ROWS):
        bring(ledger, generation_id, needed)
    bring(ledger, ROWS, state)
    assert perform(ledger, list(range(1, ROWS + 1))) is (state is needed)
    assert (ledger.moves.state(ROWS) is state) is (state is not needed)


def shared(ledger: Ledger, ask: Callable[[LedgerWriter], list[asyncio.Future[Any]]]) -> list[Any]:
    """What is asked for while the writer is held up, so that it is one group."""

    async def main() -> list[Any]:
        go = threading.Event()
        async with LedgerWriter(ledger) as writer:
            held = writer.enqueue(go.wait)
            asked = ask(writer)
            go.set()
            await held
            return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(main())


def test_intents_that_wait_for_the_same_commit_are_one_batch(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a run pays for each row what it should pay for fifty: the ledger becomes what the engine waits for."""
    sizes = []
    real = Batches.intend

    def counted(self: Batches, intents: list[tuple[int, str, float]]) -> bool:
        sizes.append(len(intents))
        return real(self, intents)

    monkeypatch.setattr(Batches, "intend", counted)
    shared(
        ledger,
        lambda writer: [writer.enqueue(record.intend, ledger, one, f"{one:032x}", 1.0) for one in range(1, ROWS + 1)],
    )
    assert sizes == [ROWS]
    assert {ledger.moves.state(one) for one in range(1, ROWS + 1)} == {GenerationState.SUBMITTING}


def test_what_is_asked_about_one_generation_is_done_in_that_order(ledger: Ledger) -> None:
    """An intent that is given up in the same moment: the other way round it would look sent for ever."""
    found = shared(
        ledger,
        lambda writer: [
            writer.enqueue(record.intend, ledger, 1, "1" * 32, 1.0),
            writer.enqueue(record.intend, ledger, 2, "2" * 32, 1.0),
            writer.enqueue(record.withdraw, ledger, 1, "stopped before it was sent", 2.0),
            writer.enqueue(record.intend, ledger, 1, "3" * 32, 3.0),
            writer.enqueue(record.accept, ledger, 1, "request 1", 4.0),
            writer.enqueue(record.accept, ledger, 2, "request 2", 4.0),
            writer.enqueue(record.conclude, ledger, 2, "request 2", SETTLED, 5.0),
        ],
    )
    assert found == [None, None, True, None, True, True, record.Concluded(1, 0, False)]
    assert ledger.moves.state(1) is GenerationState.SUBMITTED
    assert ledger.moves.state(2) is GenerationState.FINALIZED
    assert [one.outcome for one in ledger.reading.attempts(1)] == ["surely not accepted", "accepted"]


def test_one_that_went_another_way_does_not_stop_those_it_shares_a_batch_with(ledger: Ledger) -> None:
    """A webhook that is faster than the answer is no reason to lose the answers of fifty other rows."""
    for one in range(1, 6):
        bring(ledger, one, GenerationState.SUBMITTING)
    record.conclude(ledger, 3, "request 3", SETTLED, 1.0)
    found = shared(
        ledger,
        lambda writer: [
            *(writer.enqueue(record.accept, ledger, one, f"request {one}", 2.0) for one in range(1, 6)),
            writer.enqueue(record.intend, ledger, 6, "6" * 32, 2.0),
            writer.enqueue(record.intend, ledger, 3, "7" * 32, 2.0),
        ],
    )
    assert found[:6] == [True, True, False, True, True, None]
    assert isinstance(found[6], IllegalMove)
    assert [ledger.moves.state(one) for one in range(1, 7)] == [
        GenerationState.SUBMITTED,
        GenerationState.SUBMITTED,
        GenerationState.FINALIZED,
        GenerationState.SUBMITTED,
        GenerationState.SUBMITTED,
        GenerationState.SUBMITTING,
    ]
