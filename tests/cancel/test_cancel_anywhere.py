"""A run cancelled at whatever await it stands, and then made again.

The event loop is stopped in turn after turn of a run. Afterwards no task and no connection is left, the ledger holds
no lie, and the next run brings every row to its end with nothing accepted twice.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from fake_provider import FakeProvider
from harness import Bench, hosted_at, planned_row, studio_at

from bulkgen.clock import SystemClock
from bulkgen.engine.provider import Provider

ROWS = 6


def provider_of(kind: str, fake: FakeProvider) -> Provider:
    return studio_at(fake) if kind == "studio" else hosted_at(fake, rate=2000.0)


async def turns_of_a_whole_run(bench: Bench, kind: str) -> int:
    """About how many turns of the loop a run takes, so that the stops can be spread over all of it."""
    turns = 0

    def count() -> None:
        nonlocal turns
        turns += 1
        handles.append(loop.call_soon(count))
        del handles[:-1]

    async with FakeProvider(SystemClock()) as fake:
        loop, handles = asyncio.get_running_loop(), list[asyncio.Handle]()
        count()
        await bench.run(quick(provider_of(kind, fake)), SystemClock())
        handles[-1].cancel()
    return turns


def quick(provider: Provider) -> Provider:
    """No eight seconds before the first look."""
    return Provider(
        **{name: getattr(provider, name) for name in Provider.__slots__}
        | {"first_look_seconds": 0.001, "look_gap_seconds": 0.001}
    )


async def cancelled_after(bench: Bench, fake: FakeProvider, kind: str, turns: int) -> int | None:
    """Run, cancel after so many turns of the loop; None, or how many the run had when it ended before."""
    loop = asyncio.get_running_loop()
    run = asyncio.create_task(bench.run(quick(provider_of(kind, fake)), SystemClock()))
    left = turns

    def turn() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            run.cancel()
        elif not run.done():
            loop.call_soon(turn)

    loop.call_soon(turn)
    with contextlib.suppress(asyncio.CancelledError):
        await run
    return None if run.cancelled() else turns - left


@pytest.mark.parametrize("kind", ["hosted", "studio"])
def test_a_run_cancelled_at_any_turn_of_the_loop_leaves_the_ledger_true(tmp_path: Path, kind: str) -> None:
    """Each turn is an await at which a Ctrl-C, a closed notebook or an error elsewhere may end the run."""

    async def main() -> int:
        # The loop also turns while it waits for sockets and disk, so a run has more turns on a busy machine than on an
        # idle one: the span is that of the shortest run seen.
        span = await turns_of_a_whole_run(Bench(tmp_path, [planned_row(n, salt="whole") for n in range(ROWS)]), kind)
        cancelled = 0
        for number in range(30):
            rows = [planned_row(n, salt=f"{number}", text=f"{number}: row {n}") for n in range(ROWS)]
            bench = Bench(tmp_path, rows)
            async with FakeProvider(SystemClock()) as fake:
                ended = await cancelled_after(bench, fake, kind, 1 + number % 10 * span // 10)
                cancelled += ended is None
                span = min(span, ended or span)
                check_after_cancel(bench, fake, kind)
                bench.plan()
                await bench.run(quick(provider_of(kind, fake)), SystemClock())
                check_after_rerun(bench, fake, kind)
        return cancelled

    assert asyncio.run(main()) > 10, "most of the stops must have hit a run that was under way"


def check_after_cancel(bench: Bench, fake: FakeProvider, kind: str) -> None:
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not names & {"driver", "stopper", "alarm"}
    posted = set(fake.posts)
    for row, state in zip(bench.rows, bench.states(), strict=True):
        marker = f"{row.requests[0].payload}".split('"payload":"')[1].split('"')[0]
        assert state in ("planned", "submitting", "submitted", "finalized", "in doubt")
        if state in ("submitted", "finalized"):
            assert fake.times_accepted(marker) == 1
        if state == "in doubt":
            assert kind == "hosted"
        if state == "planned":
            assert marker not in posted, "a row that may have been accepted is not planned again"


def check_after_rerun(bench: Bench, fake: FakeProvider, kind: str) -> None:
    for row, outcome in zip(bench.rows, bench.outcomes(), strict=True):
        marker = f"{row.requests[0].payload}".split('"payload":"')[1].split('"')[0]
        assert fake.times_accepted(marker) <= 1
        if outcome in ("done", "reused"):
            assert fake.times_accepted(marker) == 1
        else:
            assert (outcome, kind) == ("in doubt", "hosted")


@pytest.mark.parametrize("kind", ["hosted", "studio"])
def test_no_connection_is_left_open(tmp_path: Path, kind: str) -> None:
    """A long-lived process that embeds the library would run out of them."""

    async def main() -> None:
        bench = Bench.of(tmp_path, 3)
        async with FakeProvider(SystemClock(), lambda call: "stall accepted") as fake:
            run = asyncio.create_task(bench.run(provider_of(kind, fake), SystemClock()))
            await fake.arrived.wait()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
            assert fake.connections > 0
            fake.release.set()
            await asyncio.wait_for(fake.all_closed.wait(), 5)

    asyncio.run(main())
