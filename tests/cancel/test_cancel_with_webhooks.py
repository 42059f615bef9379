"""A run on a provider that bills and calls back, cancelled at whatever await it stands, and then made again.

Deliveries come from outside whenever they like: while a run is being cancelled, and after it. None may make a row that
was paid for look unsent, and none may be lost that could have told that it was accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from fake_provider import Call, FakeProvider
from harness import Bench, hosted_at, planned_row

from bulkgen.clock import SystemClock
from bulkgen.engine.provider import Provider
from bulkgen.engine.runner import RunOutcome
from bulkgen.engine.webhook import Place

ROWS = 6
STOPS = 42


def free_place() -> Place:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    return Place("127.0.0.1", port, f"http://127.0.0.1:{port}")


def quick(fake: FakeProvider) -> Provider:
    return replace(hosted_at(fake, rate=2000.0), first_look_seconds=0.001, look_gap_seconds=0.001)


def troubled(call: Call) -> str:
    """Answers are lost and deliveries repeated, so that a stop may meet each of them."""
    if call.kind == "post":
        return {2: "late", 4: "500 accepted late"}.get(call.number, "")
    return "twice" if call.kind == "callback" and call.number == 1 else ""


async def stopped(run: asyncio.Task[RunOutcome], fake: FakeProvider, *, posts: int, turns: int) -> None:
    """Cancel so many turns of the loop after so many rows have arrived at the provider."""
    loop, left = asyncio.get_running_loop(), turns

    def turn() -> None:
        nonlocal left
        left -= len(fake.posts) >= posts
        if left <= 0:
            run.cancel()
        elif not run.done():
            loop.call_soon(turn)

    loop.call_soon(turn)
    with contextlib.suppress(asyncio.CancelledError):
        await run


# The system may take a connection that the receiver, closing, never sees; it ends with its socket.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_run_with_webhooks_cancelled_at_any_turn_of_the_loop_leaves_the_ledger_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each turn is an await at which a Ctrl-C, a closed notebook or an error elsewhere may end the run."""
    # A delivery that is lost for good is not worth a minute here.
    monkeypatch.setattr("bulkgen.engine.runner.DOUBT_LINGER_SECONDS", 0.05)
    # A delivery that connects just as the receiver closes is waited for, by default for a minute.
    monkeypatch.setattr(web, "AppRunner", functools.partial(web.AppRunner, shutdown_timeout=0.02))

    async def main() -> Counter[str]:
        met = Counter[str]()
        for number in range(STOPS):
            # A ledger of its own: the provider begins anew each time, and with it the ids of its deliveries.
            folder = tmp_path / str(number)
            folder.mkdir()
            bench = Bench(folder, [planned_row(n, salt=f"{number}", text=f"{number}: row {n}") for n in range(ROWS)])
            async with FakeProvider(SystemClock(), troubled, lambda _: 0.01) as fake:
                run = asyncio.create_task(bench.run(quick(fake), SystemClock(), place=free_place()))
                await stopped(run, fake, posts=number % (ROWS + 1), turns=1 + 5 * (number // (ROWS + 1)))
                met.update(set(bench.states()) if run.cancelled() else ())
                check(bench, fake, f"{number}: ", is_over=False)
                # Done by now: a look that finds it unfinished is, with webhooks, followed by the next in a minute.
                fake.render_seconds = lambda _: 0.0
                bench.plan()
                await bench.run(quick(fake), SystemClock(), place=free_place())
                check(bench, fake, f"{number}: ", is_over=True)
            names = {task.get_name() for task in asyncio.all_tasks()}
            assert not names & {"driver", "stopper", "alarm"}
        return met

    met = asyncio.run(main())
    assert {"planned", "submitted"} <= set(met), "the stops must have met rows at each stage of their way"


def check(bench: Bench, fake: FakeProvider, salt: str, *, is_over: bool) -> None:
    for number, (state, outcome) in enumerate(zip(bench.states(), bench.outcomes(), strict=True)):
        times = fake.times_accepted(f"{salt}row {number}")
        assert times <= 1, "billed twice"
        if state in ("submitted", "finalized"):
            assert times == 1
        if state == "planned":
            assert times == 0, "a row that was accepted is planned again"
        if is_over:
            assert outcome in ("done", "reused", "in doubt")
