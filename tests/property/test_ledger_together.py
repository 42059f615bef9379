"""What the writer performs at once has the effect of the same calls one by one, whatever they are."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.engine import record
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import GenerationState, OutputState
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

GENERATIONS = 4
FORMATS = ("square", "story")
DRAFT = JobDraft("job", "s.csv", "", "abyssale", "u", "w", "card", "Card", "1", FORMATS, False)

# What may happen to a generation by its state, the ordinary first; and sometimes it is something else.
EVENTS: dict[GenerationState, dict[str, GenerationState]] = {
    GenerationState.PLANNED: {"intend": GenerationState.SUBMITTING},
    GenerationState.SUBMITTING: {
        "accept": GenerationState.SUBMITTED,
        "withdraw": GenerationState.PLANNED,
        "doubt": GenerationState.IN_DOUBT,
        "conclude": GenerationState.FINALIZED,
    },
    GenerationState.SUBMITTED: {"conclude": GenerationState.FINALIZED, "gone": GenerationState.EXPIRED},
    GenerationState.IN_DOUBT: {"conclude": GenerationState.FINALIZED},
}
ANY = ("intend", "accept", "conclude", "withdraw", "doubt", "gone")
TEXTS = st.sampled_from((None,) * 20 + ("a", 'quoted "b"', "naïve \\u0000 🎈", "nul \x00 inside"))
CHOICE = st.tuples(st.integers(1, GENERATIONS), st.sampled_from((0,) * 8 + (1, 2, 3)), st.integers(0, 39), TEXTS)
Call = tuple[int, str, str | None]


@st.composite
def stories(draw: st.DrawFn) -> list[Call]:
    """Calls as they come in a run, and now and then one that no run makes. The text is the token or the request id."""
    states = dict.fromkeys(range(1, GENERATIONS + 1), GenerationState.PLANNED)
    calls: list[Call] = []
    for generation_id, way, chance, text in draw(st.lists(CHOICE, min_size=10, max_size=30)):
        events = EVENTS.get(states[generation_id], {})
        event = ANY[chance % len(ANY)] if chance >= 38 or not events else list(events)[way % len(events)]
        states[generation_id] = events.get(event, states[generation_id])
        calls.append((generation_id, event, text))
    return calls


def performed(ledger: Ledger, place: int, call: Call) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    generation_id, event, text = call
    text, now = text or f"of call {place}", 100.0 + place / 3
    if event == "conclude":
        settled = [
            Settled("square", OutputState.DONE, banner_id=text, url=f"https://cdn.example.com/{text}", file_type="png"),
            Settled("story", OutputState.FAILED, reason=text),
        ]
        return record.conclude, (ledger, generation_id, text, settled, now)
    return getattr(record, event), (ledger, generation_id, text, now)


def planned(path: Path) -> Ledger:
    ledger = Ledger(path)
    job_id = ledger.jobs.open(DRAFT, 1.0).id
    ledger.planning.begin(job_id)
    rows = []
    for number in range(GENERATIONS):
        outputs = tuple(PlannedOutput(f"{number} as {name}", name) for name in FORMATS)
        request = PlannedRequest(f"digest {number}", "{}", "{}", outputs)
        rows.append(PlannedRow(position=number, number=number + 1, sheet="s", key=f"{number}", requests=(request,)))
    ledger.planning.add(PlanScope(job_id, "card"), rows)
    return ledger


def one_by_one(ledger: Ledger, calls: list[tuple[int, Call]]) -> list[object]:
    found: list[object] = []
    for place, call in calls:
        function, arguments = performed(ledger, place, call)
        try:
            with ledger.atomic():
                found.append(function(*arguments))
        except (ValueError, sqlite3.IntegrityError) as error:
            found.append(type(error))
    return found


def together(ledger: Ledger, groups: list[list[tuple[int, Call]]]) -> list[object]:
    """Each group waits while the writer is held up, so it shares a commit."""

    async def main() -> list[object]:
        found: list[object] = []
        async with LedgerWriter(ledger) as writer:
            for group in groups:
                go = threading.Event()
                held = writer.enqueue(go.wait)
                asked = []
                for place, call in group:
                    function, arguments = performed(ledger, place, call)
                    asked.append(writer.enqueue(function, *arguments))
                go.set()
                await held
                found += await asyncio.gather(*asked, return_exceptions=True)
        return [type(one) if isinstance(one, Exception) else one for one in found]

    return asyncio.run(main())


def everything(ledger: Ledger) -> list[object]:
    connection = sqlite3.connect(ledger.path)
    try:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("generations", "attempts", "outputs")
        ]
    finally:
        connection.close()


@settings(max_examples=60, deadline=None)
@given(story=stories(), size=st.integers(1, 12))
def test_calls_that_share_a_commit_come_to_what_they_come_to_alone(story: list[Call], size: int) -> None:
    """The fast way is taken by every row of a run that goes well: a difference would be on every bill."""
    with (
        tempfile.TemporaryDirectory() as folder,
        planned(Path(folder) / "alone") as alone,
        planned(Path(folder) / "shared") as shared,
    ):
        calls = list(enumerate(story))
        groups = [calls[start : start + size] for start in range(0, len(calls), size)]
        assert together(shared, groups) == one_by_one(alone, calls)
        assert everything(shared) == everything(alone)
