"""The runner against a provider on a real socket that does what a script says.

Most use a clock that jumps: an hour of pauses takes a moment. What must hold in every one: a row is accepted at most
once unless it surely was not before, and no row is lost.
"""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from fake_provider import Call, FakeProvider, on_rows, scripted
from harness import Bench, hosted_at, planned_row, run_hosted, run_studio

from bulkgen.engine.runner import RunOutcome
from bulkgen.events import Said, Settled, Stopped, Submitted, Throttled
from bulkgen.ledger.states import OutputState
from bulkgen.testing import ManualClock


def test_every_row_is_sent_once_and_comes_back(tmp_path: Path) -> None:
    """If this fails, nothing else matters."""
    bench, provider = Bench.of(tmp_path, 40), FakeProvider(ManualClock(), render_seconds=lambda _: 5.0)
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert outcome.stopped == ""
    assert bench.outcomes() == ["done"] * 40
    assert sorted(provider.posts) == sorted(f"row {number}" for number in range(40))
    assert outcome.accepted == outcome.finalized == 40


def test_the_second_run_sends_nothing(tmp_path: Path) -> None:
    """A plain rerun that pays again is the worst thing the product could do."""
    bench, provider = Bench.of(tmp_path, 5), FakeProvider(ManualClock())
    run_hosted(bench, provider)
    bench.plan()
    again = FakeProvider(ManualClock())
    assert run_hosted(bench, again).accepted == 0
    assert again.posts == []
    assert bench.outcomes() == ["reused"] * 5


def test_the_hosted_address_is_kept_and_the_studio_s_is_not(tmp_path: Path) -> None:
    """The studio's port changes with each run: a stored address would be dead the next day."""
    for name, run in (("hosted", run_hosted), ("studio", run_studio)):
        bench = Bench(tmp_path, [planned_row(0, salt=name)])
        run(bench, FakeProvider(ManualClock()))
        with bench.ledger() as ledger:
            (row,) = ledger.reading.rows(bench.job_id)
        output = row.outputs["square"]
        if name == "hosted":
            assert output.url == "https://cdn.example.com/request-1-square.png"
            assert output.file_key == ""
        else:
            assert output.url == ""
            assert output.file_key == "request-1-square.png"


def test_a_failed_format_leaves_the_other_one(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 3)
    provider = FakeProvider(
        ManualClock(),
        outcome=lambda marker, name: "text does not fit" if (marker, name) == ("row 1", "story") else None,
    )
    run_hosted(bench, provider)
    assert bench.outcomes() == ["done", "partial", "done"]
    bench.plan(again=frozenset((OutputState.FAILED,)))
    retry = FakeProvider(ManualClock())
    run_hosted(bench, retry)
    assert retry.bodies[0]["template_format_names"] == ["story"]
    assert len(retry.bodies) == 1


def test_the_intent_and_the_id_are_in_the_ledger_before_anyone_hears_of_them(tmp_path: Path) -> None:
    """An event that runs ahead of the disk is a promise that a power cut breaks."""
    bench = Bench.of(tmp_path, 4)
    seen: list[str] = []

    def script(call: Call) -> str:
        if call.kind == "post":
            with bench.ledger() as ledger:
                found = [one.state.value for one in ledger.moves.underway(bench.job_id)]
            seen.append("intent" if "submitting" in found else "nothing")
        return ""

    class Ears(list):  # type: ignore[type-arg]
        def append(self, event: object) -> None:
            if isinstance(event, (Submitted, Settled)):
                with bench.ledger() as ledger:
                    state = ledger.moves.get(event.generation_id).state.value
                seen.append(state)
                assert state == ("submitted" if isinstance(event, Submitted) else "finalized")
            super().append(event)

    bench.events = Ears()
    run_hosted(bench, FakeProvider(ManualClock(), script))
    assert seen.count("intent") == 4
    assert seen.count("finalized") == 4


@pytest.mark.parametrize("fault", ["500 accepted", "reset accepted", "junk accepted", "500", "reset"])
def test_a_post_without_a_clear_answer_is_in_doubt_and_never_sent_again(tmp_path: Path, fault: str) -> None:
    """It may have been billed; a repeat may bill again."""
    bench = Bench.of(tmp_path, 6)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 2": [fault]}))
    outcome = run_hosted(bench, provider)
    assert provider.posts.count("row 2") == 1
    assert bench.outcomes() == ["done", "done", "in doubt", "done", "done", "done"]
    assert outcome.in_doubt == 1
    bench.plan()
    later = FakeProvider(ManualClock())
    run_hosted(bench, later)
    assert later.posts == []


def test_a_stalled_answer_is_in_doubt_after_the_attempt_s_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.engine.transport.ATTEMPT_TIMEOUT_SECONDS", 0.2)
    bench = Bench.of(tmp_path, 3)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 1": ["stall accepted"]}))
    run_hosted(bench, provider)
    assert bench.outcomes() == ["done", "in doubt", "done"]
    assert "did not answer in time" in bench.details()[1]


def test_three_in_doubt_in_a_row_stop_submissions_until_a_canary_comes_through(tmp_path: Path) -> None:
    """A provider that breaks after accepting would otherwise put the whole sheet in doubt; one that recovers after a
    minute must not cost the night."""
    bench, clock = Bench.of(tmp_path, 60), ManualClock()

    def script(call: Call) -> str:
        return "500 accepted" if call.kind == "post" and 20.0 < clock.monotonic() < 55.0 else ""

    outcome = run_hosted(bench, FakeProvider(clock, script, credits_left=500), rate=1.0)
    assert outcome.exit_hint == 0
    assert outcome.stopped == ""
    assert 3 <= outcome.in_doubt <= 5, "three, and the rows that tried whether it is well again"
    assert bench.outcomes().count("done") == 60 - outcome.in_doubt
    assert any(isinstance(event, Said) and "accepts rows again" in event.text for event in bench.events)


def test_one_row_alone_finds_out_whether_the_provider_is_well_again(tmp_path: Path) -> None:
    """Several at once would each be paid for in doubt."""
    bench, clock, sent_at = Bench.of(tmp_path, 60), ManualClock(), []

    def script(call: Call) -> str:
        if call.kind == "post":
            sent_at.append(clock.monotonic())
        return "500 accepted" if call.kind == "post" and call.number > 10 else ""

    outcome = run_hosted(bench, FakeProvider(clock, script, credits_left=500), rate=1.0)
    assert outcome.exit_hint == 3
    assert "did not come back in 10 minutes" in outcome.stopped
    assert outcome.in_doubt <= 3 + 6, "what stays broken costs a handful of rows"
    tried = sent_at[13:]
    assert tried, "somebody must try"
    assert all(later - earlier >= 10.0 for earlier, later in zip(sent_at[12:], tried, strict=False))
    assert bench.outcomes().count("waiting") == 50 - outcome.in_doubt
    assert bench.outcomes().count("done") == 10


def test_no_row_is_tried_while_the_provider_answers_not_even_a_free_call(tmp_path: Path) -> None:
    """GET /credits costs nothing; a row may cost a credit."""
    bench, clock = Bench.of(tmp_path, 40), ManualClock()
    provider = FakeProvider(clock, lambda call: "500 accepted" if call.kind == "post" and call.number > 6 else "")
    provider.is_down = lambda: clock.monotonic() > 8.0
    outcome = run_hosted(bench, provider, rate=1.0)
    assert outcome.exit_hint == 3
    assert outcome.in_doubt == 3
    assert len(provider.posts) == 9
    assert any(isinstance(event, Throttled) and "not ready yet" in event.reason for event in bench.events)


def test_a_bare_429_is_the_same_row_again_at_a_slower_pace(tmp_path: Path) -> None:
    """It was refused at the gateway and not billed; giving the row up would lose it for nothing, and a pause for each
    would cost more calls than the refusals do."""
    bench = Bench.of(tmp_path, 8)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 3": ["429"]}))
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 8
    assert provider.posts.count("row 3") == 2
    assert bench.attempts(3) == ["surely not accepted", "accepted"]
    assert not any(isinstance(event, Throttled) for event in bench.events)
    gaps = [later - earlier for earlier, later in itertools.pairwise(provider.calls_at)]
    assert gaps[0] == pytest.approx(1 / 8)
    assert max(gaps[3:8]) == pytest.approx(1 / 8 / 0.95, rel=0.01)


def test_bare_429s_in_a_row_pause_all_calls(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 4)
    provider = FakeProvider(ManualClock(), lambda call: "429" if call.kind == "post" and call.number <= 3 else "")
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 4
    assert [event.seconds for event in bench.events if isinstance(event, Throttled)] == [1.0, 2.0]


def test_a_cool_off_of_half_an_hour_is_waited_out_and_counted_down(tmp_path: Path) -> None:
    """A run that gave up here would leave paid banners uncollected; one silent for half an hour looks dead."""
    bench, clock = Bench.of(tmp_path, 60), ManualClock()
    provider = FakeProvider(clock, scripted(("look", 4, "429 later")), retry_after=1700)
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert outcome.left == 0
    assert bench.outcomes() == ["done"] * 60
    words = [event for event in bench.events if isinstance(event, Throttled)]
    assert {word.scope for word in words} == {"polls"}
    assert len(words) == 1 + 1700 // 60
    gaps = [earlier.seconds - later.seconds for earlier, later in itertools.pairwise(words)]
    assert gaps == pytest.approx([60.0] * len(gaps))
    submitted = next(at for at, event in zip(range(10**6), bench.events, strict=False) if event is words[1])
    assert sum(isinstance(event, Submitted) for event in bench.events[:submitted]) == 60, "rows go out meanwhile"


def test_looks_keep_to_the_budget_that_the_answers_name(tmp_path: Path) -> None:
    """One look too many in a window ends all looks for up to half an hour."""
    bench, clock = Bench.of(tmp_path, 50), ManualClock()
    provider = FakeProvider(clock, render_seconds=lambda _: 12.0, look_limit=10, look_window_seconds=60.0)
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 50
    assert provider.look_refusals == 0
    assert clock.monotonic() < 7 * 60, "and they use it: fifty looks are five windows"


def test_an_hour_of_bare_429_loses_no_row(tmp_path: Path) -> None:
    bench, clock = Bench.of(tmp_path, 6), ManualClock()
    provider = FakeProvider(
        clock, lambda call: "429" if call.kind == "post" and clock.monotonic() < 3600 else "", credits_left=10
    )
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 6
    assert all(provider.times_accepted(f"row {number}") == 1 for number in range(6))


def test_spent_credits_end_submissions_and_what_was_sent_is_collected(tmp_path: Path) -> None:
    """Rows that were paid for must come back; rows that cannot be paid for must not be called failed."""
    bench = Bench.of(tmp_path, 12)
    provider = FakeProvider(
        ManualClock(),
        lambda call: "429 credits" if call.kind == "post" and call.number > 7 else "",
        render_seconds=lambda _: 30.0,
        credits_left=0,
    )
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert "credits" in outcome.stopped
    assert bench.outcomes() == ["done"] * 7 + ["waiting"] * 5


@pytest.mark.parametrize(("fault", "word"), [("401", "key"), ("plan", "plan"), ("redirect", "redirect")])
def test_a_refusal_of_us_stops_the_run_and_no_row_is_blamed(tmp_path: Path, fault: str, word: str) -> None:
    bench = Bench.of(tmp_path, 9)
    provider = FakeProvider(
        ManualClock(), lambda call: fault if call.kind == "post" and call.number > 4 else "", lambda _: 20.0
    )
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert word in outcome.stopped
    assert bench.outcomes() == ["done"] * 4 + ["waiting"] * 5
    assert sum(isinstance(event, Stopped) for event in bench.events) == 1
    assert "secret-key" not in repr(bench.events) + outcome.stopped


def test_a_key_that_dies_while_collecting_ends_the_run_and_the_next_one_collects(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 5)
    provider = FakeProvider(ManualClock(), lambda call: "401" if call.kind == "look" else "")
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert bench.outcomes() == ["waiting"] * 5
    provider.script = lambda call: ""
    bench.plan()
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 5
    assert len(provider.posts) == 5


def test_a_refused_payload_is_the_row_s_own(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 6)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 4": ["refused"]}))
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 4 + ["refused", "done"]
    assert "title: Too long." in bench.details()[4]


def test_a_mapping_that_fails_every_row_costs_twenty_calls(tmp_path: Path) -> None:
    """Ten thousand failures cost a marketer the day; twenty cost nothing."""
    for number, provider in enumerate(
        (
            FakeProvider(ManualClock(), lambda call: "refused" if call.kind == "post" else ""),
            FakeProvider(ManualClock(), outcome=lambda marker, name: "text does not fit"),
        )
    ):
        bench = Bench(tmp_path, [planned_row(position, salt=str(number)) for position in range(100)])
        outcome = run_hosted(bench, provider)
        assert len(provider.posts) == 20
        assert outcome.exit_hint == 3
        assert "of the first 20 rows only 0 came well" in outcome.stopped
        assert bench.outcomes().count("waiting") == 80


def test_a_pause_for_looks_pauses_looks_only(tmp_path: Path) -> None:
    """A look's cool-off can be half an hour; rows must go out in it."""
    bench, clock = Bench.of(tmp_path, 60), ManualClock()
    provider = FakeProvider(clock, scripted(("look", 4, "429 later")))
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 60
    (pause,) = [event for event in bench.events if isinstance(event, Throttled)]
    assert (pause.seconds, pause.scope) == (pytest.approx(27.0), "polls")


@pytest.mark.parametrize("fault", ["500", "reset", "429", "junk", "proxy 404"])
def test_a_look_that_fails_is_made_again(tmp_path: Path, fault: str) -> None:
    """A paid banner must not be given up over a hiccup of a read."""
    bench = Bench.of(tmp_path, 5)
    provider = FakeProvider(ManualClock(), on_rows("look", {"row 2": [fault] * 3}))
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 5
    assert provider.looks.count("row 2") == 4


@pytest.mark.parametrize("fault", ["gone", "unknown"])
def test_a_result_that_the_provider_no_longer_has_is_expired(tmp_path: Path, fault: str) -> None:
    bench = Bench.of(tmp_path, 4)
    outcome = run_hosted(bench, FakeProvider(ManualClock(), on_rows("look", {"row 1": [fault]})))
    assert outcome.expired == 1
    assert bench.outcomes() == ["done", "expired", "done", "done"]


def test_a_finalized_answer_that_stays_unreadable_fails_its_formats(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 4)
    provider = FakeProvider(ManualClock(), on_rows("look", {"row 1": ["malformed"] * 99}))
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done", "failed", "done", "done"]
    assert "banners[0].file" in bench.details()[1]
    assert provider.looks.count("row 1") == 4


def test_a_request_that_never_finishes_is_left_for_the_next_run(tmp_path: Path) -> None:
    """A deadline is our decision and says nothing about the provider: the row waits, it has not failed."""
    bench = Bench.of(tmp_path, 4)
    provider = FakeProvider(ManualClock(), render_seconds=lambda marker: 1e9 if marker == "row 2" else 1.0)
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert outcome.left == 1
    assert bench.outcomes() == ["done", "done", "waiting", "done"]
    provider.render_seconds = lambda marker: 0.0
    bench.plan()
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes()[2] == "done"
    assert len(provider.posts) == 4


def test_an_unreachable_provider_is_waited_for_and_then_left(tmp_path: Path) -> None:
    bench, clock = Bench.of(tmp_path, 4), ManualClock()
    provider = FakeProvider(clock)

    async def main() -> RunOutcome:
        async with provider:
            nobody = hosted_at(provider)
        return await bench.run(nobody, clock)

    outcome = asyncio.run(main())
    assert outcome.exit_hint == 3
    assert "cannot be reached" in outcome.stopped
    assert bench.outcomes() == ["waiting"] * 4
    assert clock.monotonic() > 60
    assert set(bench.attempts(0)) == {"surely not accepted"}


def test_an_outage_of_minutes_costs_minutes(tmp_path: Path) -> None:
    """Not the run: what is in flight is collected when the provider is back."""
    bench, clock = Bench.of(tmp_path, 10), ManualClock()
    provider = FakeProvider(clock, render_seconds=lambda _: 20.0)
    provider.is_down = lambda: 5.0 < clock.monotonic() < 400.0
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 10
    assert clock.monotonic() < 450.0


def test_rows_in_flight_never_pass_the_limit(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 60)
    provider = FakeProvider(ManualClock(), render_seconds=lambda _: 40.0)
    run_hosted(bench, provider, in_flight=25)
    assert bench.outcomes() == ["done"] * 60
    assert provider.most_unfinished <= 25


def test_calls_keep_the_pace(tmp_path: Path) -> None:
    """Above the ceiling the API answers 429 and, by its own word, may block."""
    bench = Bench.of(tmp_path, 40)
    provider = FakeProvider(ManualClock(), render_seconds=lambda _: 10.0)
    run_hosted(bench, provider, rate=5.0)
    calls = provider.calls_at
    for first, sixth in zip(calls, calls[5:], strict=False):
        assert sixth - first >= 0.9


def test_an_open_attempt_of_a_dead_run_is_in_doubt_on_a_provider_that_bills(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 3)
    with bench.ledger() as ledger:
        (first, *_) = ledger.moves.planned(bench.job_id, after=0, limit=9)
        ledger.moves.intend(first.id, "f" * 32, 1.0)
    provider = FakeProvider(ManualClock())
    outcome = run_hosted(bench, provider)
    assert sorted(provider.posts) == ["row 1", "row 2"]
    assert bench.outcomes() == ["in doubt", "done", "done"]
    assert outcome.in_doubt == 1


def test_a_submitted_request_of_a_dead_run_is_only_collected(tmp_path: Path) -> None:
    bench, provider = Bench.of(tmp_path, 3), FakeProvider(ManualClock())
    stopped = FakeProvider(ManualClock(), lambda call: "401" if call.kind == "look" else "")
    run_hosted(bench, stopped)
    provider.accepted = stopped.accepted
    assert run_hosted(bench, provider).exit_hint == 0
    assert provider.posts == []
    assert bench.outcomes() == ["done"] * 3
