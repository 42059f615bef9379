"""The story of a row: every POST for what it asks for can be read back, however often it was planned anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import OutputState
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

FORMATS = ("square", "story")
DRAFT = JobDraft("job", "/s.csv", "", "abyssale", "u", "w", "card", "Card", "1", FORMATS, False)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3") as opened:
        yield opened


def plan(ledger: Ledger, *texts: str, again: OutputState | None = None, name: str = "job") -> list[int]:
    """A run of rows whose keys are their texts. The generations that are to be sent."""
    job = ledger.jobs.open(replace(DRAFT, name=name), 0.0)
    ledger.planning.release({job.id})
    ledger.planning.begin(job.id)
    asked = frozenset({again} if again else ())
    ledger.planning.add(PlanScope(job.id, "card", again=asked), [row(place, text) for place, text in enumerate(texts)])
    ledger.planning.end(job.id)
    return [one.id for one in ledger.moves.planned(job.id, after=0, limit=99)]


def row(place: int, text: str) -> PlannedRow:
    outputs = tuple(PlannedOutput(f"{text} as {name}", name) for name in FORMATS)
    return PlannedRow(place, place + 1, "s", text, requests=(PlannedRequest(text, "{}", "{}", outputs),))


def story(ledger: Ledger, key: str, name: str = "job") -> list[tuple[int, int, str]]:
    job = ledger.jobs.find(name)
    assert job is not None
    (found,) = ledger.reading.rows_by_key(job.id, key)
    return [(one.generation_id, one.number, one.outcome) for one in ledger.reading.story(found)]


def finish(ledger: Ledger, generation_id: int, at: float, *failing: str) -> None:
    ledger.moves.intend(generation_id, f"{generation_id:032x}", at)
    ledger.moves.accepted(generation_id, f"request {generation_id}", at)
    states = {name: OutputState.FAILED if name in failing else OutputState.DONE for name in FORMATS}
    formats = ledger.moves.get(generation_id).formats
    ledger.moves.finalized(generation_id, [Settled(name, states[name]) for name in formats], at)


def links(ledger: Ledger) -> list[tuple[int, int]]:
    connection = sqlite3.connect(ledger.path)
    try:
        return connection.execute("SELECT output_id, generation_id FROM output_generations ORDER BY 1, 2").fetchall()
    finally:
        connection.close()


def test_an_attempt_that_may_have_been_billed_is_told_after_it_was_sent_again(ledger: Ledger) -> None:
    """Someone finds two credits on the bill and one banner in the sheet: this is all the explanation there is."""
    (first,) = plan(ledger, "vase")
    ledger.moves.intend(first, "a" * 32, 1.0)
    ledger.moves.unanswered(first, "no answer", 2.0)
    (second,) = plan(ledger, "vase", again=OutputState.IN_DOUBT)
    assert story(ledger, "vase") == [(first, 1, "unanswered")], "before the new one is sent"
    finish(ledger, second, 3.0)
    assert story(ledger, "vase") == [(first, 1, "unanswered"), (second, 1, "accepted")]
    assert plan(ledger, "vase") == []
    assert story(ledger, "vase") == [(first, 1, "unanswered"), (second, 1, "accepted")], "in the runs after it too"


def test_a_late_webhook_is_told_of_the_attempt_that_had_been_given_up(ledger: Ledger) -> None:
    """The warning of the run sends people to `status --row`: there it must be."""
    (first,) = plan(ledger, "vase")
    ledger.moves.intend(first, "a" * 32, 1.0)
    ledger.moves.unanswered(first, "no answer", 2.0)
    (second,) = plan(ledger, "vase", again=OutputState.IN_DOUBT)
    finish(ledger, second, 3.0)
    ledger.deliveries.late("a" * 32, "request of old")
    assert story(ledger, "vase") == [(first, 1, "token seen"), (second, 1, "accepted")]


def test_a_format_that_is_retried_keeps_the_story_of_both(ledger: Ledger) -> None:
    (first,) = plan(ledger, "vase")
    finish(ledger, first, 1.0, "story")
    (second,) = plan(ledger, "vase", again=OutputState.FAILED)
    finish(ledger, second, 2.0)
    assert story(ledger, "vase") == [(first, 1, "accepted"), (second, 1, "accepted")]


def test_attempts_of_a_superseded_generation_are_told_and_one_never_sent_leaves_nothing(ledger: Ledger) -> None:
    """Ids of deleted generations are given out again: a link left behind would tell another row's story."""
    tried, untried = plan(ledger, "vase", "bowl")
    ledger.moves.intend(tried, "a" * 32, 1.0)
    ledger.moves.not_accepted(tried, "at the ceiling", 2.0)
    again = plan(ledger, "cup", "vase", "bowl")
    assert untried in again, "the id of the one that was deleted serves another row now"
    for number, one in enumerate(again):
        finish(ledger, one, 3.0 + number)
    cup, vase, bowl = again
    assert story(ledger, "cup") == [(cup, 1, "accepted")]
    assert story(ledger, "vase") == [(tried, 1, "surely not accepted"), (vase, 1, "accepted")]
    assert story(ledger, "bowl") == [(bowl, 1, "accepted")]


def test_attempts_are_told_in_time_across_the_formats_of_a_row(ledger: Ledger) -> None:
    (first,) = plan(ledger, "vase")
    finish(ledger, first, 1.0, "square", "story")
    (second,) = plan(ledger, "vase", again=OutputState.FAILED)
    ledger.moves.intend(second, "b" * 32, 5.0)
    ledger.moves.not_accepted(second, "at the ceiling", 6.0)
    ledger.moves.intend(second, "c" * 32, 7.0)
    assert story(ledger, "vase") == [(first, 1, "accepted"), (second, 1, "surely not accepted"), (second, 2, "")]


def test_a_row_that_shares_another_jobs_banner_tells_that_ones_story(ledger: Ledger) -> None:
    (first,) = plan(ledger, "vase")
    finish(ledger, first, 1.0)
    assert plan(ledger, "vase", name="another") == []
    assert story(ledger, "vase", "another") == [(first, 1, "accepted")]


def test_a_ledger_from_before_keeps_the_stories_that_it_knew(tmp_path: Path) -> None:
    """Nobody's history may be lost by an update."""
    path = tmp_path / "ledger.sqlite3"
    with Ledger(path) as ledger:
        sent, waiting = plan(ledger, "vase", "bowl")
        finish(ledger, sent, 1.0)
        known = links(ledger)
    with sqlite3.connect(path) as older:
        older.execute("DROP TABLE output_generations")
        for table, column in (
            ("jobs", "design_type"),
            ("jobs", "seconds"),
            ("outputs", "fallback"),
            ("outputs", "remarks"),
        ):
            older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        older.execute("PRAGMA user_version = 3")
    older.close()
    with Ledger(path) as ledger:
        assert links(ledger) == known
        assert {generation_id for _, generation_id in known} == {sent, waiting}
        assert story(ledger, "vase") == [(sent, 1, "accepted")]
        plan(ledger, "bowl")
        assert len(links(ledger)) == len(known), "the one that was planned anew took the place of its link"
