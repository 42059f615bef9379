"""Every way in which an answer can be ill, to the call that bills and to the looks that do not.

What must hold: a row is asked for again only where that is free; whatever was accepted is told of, as done or in doubt.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Bench, run_hosted, run_studio
from ill_provider import AFTER, BEFORE, READABLE, UNREADABLE, IllProvider

from bulkgen.testing import ManualClock

ROWS = 3
EVERY_ILL = (*BEFORE, *AFTER, *UNREADABLE, *READABLE)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that stalls is given up by the real clock."""
    monkeypatch.setattr("bulkgen.engine.transport.ATTEMPT_TIMEOUT_SECONDS", 0.3)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("ill", EVERY_ILL)
def test_an_ill_answer_to_a_post_that_bills_is_in_doubt_unless_it_can_be_read(tmp_path: Path, ill: str) -> None:
    """Asked for again, the row may be paid for twice; called failed, it would be asked for again by hand."""
    bench = Bench.of(tmp_path, ROWS)
    provider = IllProvider(ManualClock(), ills={("post", "row 2"): [ill]})
    assert run_hosted(bench, provider).exit_hint == 0
    expected = "done" if ill in READABLE else "in doubt"
    assert bench.outcomes() == ["done", "done", expected]
    assert provider.posts.count("row 2") == 1
    assert provider.times_accepted("row 2") == (ill not in BEFORE)
    bench.plan()
    again = IllProvider(ManualClock())
    run_hosted(bench, again)
    assert again.posts == [], "a plain rerun asks for nothing"


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("ill", EVERY_ILL)
def test_an_ill_answer_of_the_studio_is_asked_for_again_under_its_token(tmp_path: Path, ill: str) -> None:
    bench = Bench.of(tmp_path, ROWS)
    provider = IllProvider(ManualClock(), lambda call: "lost" if call.kind == "callback" else "")
    provider.ills = {("post", "row 2"): [ill, ill]}
    assert run_studio(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    assert provider.times_accepted("row 2") == 1
    assert provider.posts.count("row 2") == (1 if ill in READABLE else 3)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("ill", EVERY_ILL)
def test_an_ill_answer_to_a_look_costs_a_look(tmp_path: Path, ill: str) -> None:
    """A banner that was paid for is given up for nothing that a further look may mend."""
    bench = Bench.of(tmp_path, ROWS)
    provider = IllProvider(ManualClock(), ills={("look", "row 2"): [ill, ill]})
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    assert provider.posts.count("row 2") == 1


@pytest.mark.parametrize("ill", ["no banners", "no banners at all"])
def test_a_finished_request_with_nothing_in_it_has_failed_and_says_so(tmp_path: Path, ill: str) -> None:
    """Taken for success it would be a row without links and without a reason."""
    bench = Bench.of(tmp_path, ROWS)
    run_hosted(bench, IllProvider(ManualClock(), ills={("look", "row 2"): [ill]}))
    assert bench.outcomes() == ["done", "done", "failed"]
    with bench.ledger() as ledger:
        row = list(ledger.reading.rows(bench.job_id))[2]
    assert {one.reason for one in row.outputs.values()} == {
        "the provider returned neither a banner nor an error for this format"
    }


def test_banners_of_formats_that_nobody_asked_for_are_not_taken_for_those_asked_for(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, ROWS)
    run_hosted(bench, IllProvider(ManualClock(), ills={("look", "row 2"): ["other formats"]}))
    assert bench.outcomes() == ["done", "done", "failed"]
    with bench.ledger() as ledger:
        row = list(ledger.reading.rows(bench.job_id))[2]
    assert not any(one.url or one.banner_id for one in row.outputs.values())


def test_a_provider_that_answers_nothing_but_junk_costs_a_handful_of_rows(tmp_path: Path) -> None:
    """A captive portal says 200 to everything: without a stop each row of the sheet would be in doubt."""
    bench = Bench.of(tmp_path, 60)
    provider = IllProvider(ManualClock(), credits_left=100)
    provider.ills = {("post", f"row {number}"): ["not json"] for number in range(60)}
    outcome = run_hosted(bench, provider, rate=1.0)
    assert outcome.exit_hint == 3
    assert outcome.in_doubt <= 3 + 6
    assert bench.outcomes().count("waiting") == 60 - outcome.in_doubt
