"""How a run ends before its rows do: stops, refusals of the whole run, a ledger that cannot be written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_provider import Call, FakeProvider
from harness import Bench, hosted_at, planned_row, run_hosted, run_studio

from bulkgen.clock import SystemClock
from bulkgen.engine.runner import RunOutcome
from bulkgen.errors import LedgerError
from bulkgen.events import Said
from bulkgen.testing import ManualClock

# Stops.


def test_a_stop_collects_what_is_in_flight_and_sends_nothing_more(tmp_path: Path) -> None:
    """Ctrl-C after an hour must not leave banners behind that are made within seconds."""
    bench = Bench.of(tmp_path, 30)
    clock = ManualClock()

    async def main() -> tuple[RunOutcome, FakeProvider]:
        stop = asyncio.Event()

        def script(call: Call) -> str:
            if call.kind == "post" and call.number == 3:
                stop.set()
            return ""

        async with FakeProvider(clock, script, render_seconds=lambda _: 12.0) as provider:
            return await bench.run(hosted_at(provider), clock, stop=stop), provider

    outcome, provider = asyncio.run(main())
    assert (outcome.exit_hint, outcome.stopped) == (130, "interrupted")
    sent = len(provider.posts)
    assert 3 <= sent < 6
    assert bench.states().count("finalized") == sent
    assert bench.states().count("planned") == 30 - sent
    said = [event.text for event in bench.events if isinstance(event, Said)]
    assert any("Ctrl-C again stops at once" in text for text in said)


def test_a_stop_leaves_what_takes_long_to_the_next_run(tmp_path: Path) -> None:
    """The person who stopped waits half a minute, not ten."""
    bench = Bench.of(tmp_path, 30)
    clock = ManualClock()

    async def main() -> tuple[RunOutcome, FakeProvider, float]:
        stop = asyncio.Event()
        stopped_at = 0.0

        def script(call: Call) -> str:
            nonlocal stopped_at
            if call.kind == "post" and call.number == 3:
                stopped_at = clock.monotonic()
                stop.set()
            return ""

        async with FakeProvider(clock, script, render_seconds=lambda _: 600.0) as provider:
            outcome = await bench.run(hosted_at(provider), clock, stop=stop)
            return outcome, provider, clock.monotonic() - stopped_at

    outcome, provider, waited = asyncio.run(main())
    assert (outcome.exit_hint, outcome.stopped) == (130, "interrupted")
    assert bench.states().count("submitted") == len(provider.posts)
    assert 30.0 <= waited < 45.0


def test_a_stop_at_the_very_end_is_none(tmp_path: Path) -> None:
    """All rows came while they were being collected: exit 0 is the truth, and a cron job goes on."""
    bench = Bench.of(tmp_path, 3)
    clock = ManualClock()

    async def main() -> RunOutcome:
        stop = asyncio.Event()

        def script(call: Call) -> str:
            if call.kind == "look":
                stop.set()
            return ""

        async with FakeProvider(clock, script, render_seconds=lambda _: 5.0) as provider:
            return await bench.run(hosted_at(provider), clock, stop=stop)

    outcome = asyncio.run(main())
    assert (outcome.exit_hint, outcome.stopped) == (0, "")
    assert bench.outcomes() == ["done"] * 3


def test_a_stop_gives_up_an_answer_that_does_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.engine.runner.STOP_GRACE_SECONDS", 0.05)
    monkeypatch.setattr("bulkgen.engine.runner.COLLECT_SECONDS", 0.05)
    bench = Bench.of(tmp_path, 3)

    async def main() -> RunOutcome:
        stop = asyncio.Event()
        async with FakeProvider(SystemClock(), lambda call: "stall accepted") as provider:
            run = asyncio.create_task(bench.run(hosted_at(provider), provider.clock, stop=stop))
            await provider.arrived.wait()
            stop.set()
            return await run

    assert asyncio.run(main()).exit_hint == 130
    assert bench.states() == ["in doubt", "planned", "planned"]


# Ends of other kinds.


@pytest.mark.parametrize("run", [run_hosted, run_studio])
def test_a_ledger_that_cannot_be_written_ends_the_run_with_its_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[[Bench, FakeProvider], RunOutcome]
) -> None:
    """Not with a group of tracebacks; and the results come with the next run, once there is room again."""
    bench, provider = Bench.of(tmp_path, 5), FakeProvider(ManualClock())

    def full(*_: object) -> None:
        raise LedgerError("the disk is full", code="disk_full")

    with monkeypatch.context() as patched:
        patched.setattr("bulkgen.ledger.moves.Moves.finalized", full)
        with pytest.raises(LedgerError) as caught:
            run(bench, provider)
    assert caught.value.code == "disk_full"
    bench.plan()
    again = FakeProvider(ManualClock(), accepted=provider.accepted, by_key=provider.by_key)
    assert run(bench, again).exit_hint == 0
    assert set(bench.outcomes()) <= {"done", "in doubt"}
    assert not set(provider.posts) & set(again.posts) or run is run_studio
    assert all(again.times_accepted(f"row {number}") <= 1 for number in range(5))


def test_a_document_is_one_output_and_names_no_formats(tmp_path: Path) -> None:
    bench, provider = Bench(tmp_path, [planned_row(0, formats=("document",))]), FakeProvider(ManualClock())

    async def main() -> RunOutcome:
        async with provider:
            return await bench.run(hosted_at(provider), provider.clock, is_multipage=True)

    assert asyncio.run(main()).finalized == 1
    assert "template_format_names" not in provider.bodies[0]
    assert bench.outcomes() == ["done"]


def test_a_request_that_takes_more_than_ten_minutes_is_spoken_of_once(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 3)
    run_hosted(bench, FakeProvider(ManualClock(), render_seconds=lambda _: 900.0))
    said = [event.text for event in bench.events if isinstance(event, Said)]
    assert said == ["a request has been rendering for more than 10 minutes; it is still looked at"]
    assert bench.outcomes() == ["done"] * 3


def test_more_rows_than_a_page_come_in_the_sheet_s_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bulkgen.engine.runner.PAGE", 7)
    bench, provider = Bench.of(tmp_path, 30), FakeProvider(ManualClock())
    run_hosted(bench, provider)
    assert provider.posts == [f"row {number}" for number in range(30)]
