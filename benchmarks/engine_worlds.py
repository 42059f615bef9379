"""How near does a run come to what its request budget allows? The worlds are the rules of slow renders.

The real runner, ledger and sockets against a provider with the hosted ceiling, in time that goes up to 20 times as
fast. The figure is the makespan of an oracle over ours.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine_provider import ROUND_TRIP_SECONDS, Workers, plan_of
from engine_run import bound, in_loop, plan, provider_process, run

from bulkgen.engine.provider import HOSTED_CANARY, hosted
from bulkgen.engine.runner import RunOutcome
from bulkgen.engine.webhook import Place
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.writer import LedgerWriter

LEAST_MEDIAN_OF_ORACLE = 0.92
LEAST_WORST_OF_ORACLE = 0.88
MOST_POLLS_PER_ROW = 1.12
MOST_POLLS_WITH_WEBHOOKS = 0.25
MOST_POLLS_WITHOUT_STRAGGLERS = 0.05
MOST_REFUSED = 0.01

MOST_SPEED = 20.0
SETTLING_SECONDS = 60.0  # refusals are counted after it: the pace is still feeling its way


def stragglers(share: float) -> dict[str, Any]:
    return {"share": share, "distribution": "uniform", "seconds": 60.0, "most_seconds": 600.0}


def between(least: float, most: float, share: float | None = None) -> dict[str, Any]:
    return {"share": share, "distribution": "uniform", "seconds": least, "most_seconds": most}


@dataclass(frozen=True, slots=True)
class World:
    """Rules of slow renders for the studio's plan: the first that strikes is the one. `plus_seconds` is added to each;
    of `workers` there is one for each render at a time. `is_steady`: few stragglers and no queue, which the bound on
    looks is for."""

    rules: list[dict[str, Any]]
    plus_seconds: float = 0.0
    workers: int | None = None
    is_steady: bool = True


def lognormal(seconds: float, sigma: float) -> dict[str, Any]:
    return {"distribution": "lognormal", "seconds": seconds, "sigma": sigma}


def exponential(seconds: float) -> dict[str, Any]:
    return {"distribution": "exponential", "seconds": seconds}


WORLDS: dict[str, World] = {
    "lognormal 8 s": World([stragglers(0.01), lognormal(8.0, 0.6)]),
    "lognormal 8 s, no stragglers": World([lognormal(8.0, 0.6)]),
    "bimodal 4/60 s": World([stragglers(0.01), between(3.0, 5.0, 0.5), between(50.0, 70.0)]),
    "20 workers": World([stragglers(0.01), lognormal(8.0, 0.6)], workers=20, is_steady=False),
    "60 workers": World([stragglers(0.01), lognormal(8.0, 0.6)], workers=60, is_steady=False),
    "fast 2 s": World([stragglers(0.001), lognormal(2.0, 0.3)]),
    "lognormal 20 s, sigma 1, 2 %": World([stragglers(0.02), lognormal(20.0, 1.0)], is_steady=False),
    "trimodal 3/15/110 s": World(
        [stragglers(0.01), between(2.3, 3.7, 1 / 3), between(11.5, 18.5, 0.5), between(96.0, 124.0)]
    ),
    "lognormal 8 s, 5 % stragglers": World([stragglers(0.05), lognormal(8.0, 0.6)], is_steady=False),
    "1 s + exponential 30 s": World([stragglers(0.01), exponential(30.0)], plus_seconds=1.0),
    "exponential 30 s, 120 workers": World([stragglers(0.01), exponential(30.0)], workers=120, is_steady=False),
}


@dataclass(frozen=True, slots=True)
class FastClock:
    """Time that goes `speed` times as fast, for what asks the clock; sockets and timeouts of the client stay real."""

    speed: float
    began: float = field(default_factory=time.monotonic)
    began_wall: float = field(default_factory=time.time)

    def now(self) -> float:
        return self.began_wall + self.monotonic()

    def monotonic(self) -> float:
        return (time.monotonic() - self.began) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


@dataclass(frozen=True, slots=True)
class Figures:
    makespan: float
    oracle: float
    pace: float
    polls_per_row: float
    refused: float
    wall: float

    @property
    def of_oracle(self) -> float:
        return self.oracle / self.makespan


def oracle_makespan(renders: Sequence[float], pace: float, workers: Workers) -> float:
    """Submissions first, then one look at each row, in the order in which they finish, as soon as a slot is free."""
    slot = 1.0 / pace
    at = len(renders) * slot
    last = 0.0
    # Each call reaches the provider half a round trip after it leaves, so the halves cancel out.
    for finished in sorted([workers.finish(number * slot, seconds) for number, seconds in enumerate(renders)]):
        last = max(at, finished)
        at = last + slot
    return last + ROUND_TRIP_SECONDS


def busy_pace(calls: Sequence[tuple[float, bool, bool]]) -> float:
    """Admitted calls a second while every slot was wanted: after the canary, until the last row was accepted. The
    canary's wait and the idle end would make it smaller and the oracle slower, which would flatter us."""
    posts = [at for at, is_post, is_admitted in calls if is_post and is_admitted]
    first, last = posts[min(HOSTED_CANARY, len(posts) - 2)], posts[-1]
    return sum(first < at <= last for at, _, is_admitted in calls if is_admitted) / (last - first)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def measure_world(world: World, rows: int, seed: int, speed: float, rate: float, *, webhooks: bool) -> Figures:
    wishes = {
        "rules": world.rules,
        "plus_seconds": world.plus_seconds,
        "workers": world.workers,
        "seed": seed,
        "speed": speed,
    }
    port = free_port()
    place = Place(port=port, url=f"http://127.0.0.1:{port}") if webhooks else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, provider_process(wishes) as url:

        async def main() -> tuple[RunOutcome, float]:
            with Ledger(Path(folder) / "ledger.sqlite3") as ledger:
                job_id = plan(ledger, url, rows)
                async with LedgerWriter(ledger) as writer:
                    clock = FastClock(speed)
                    provider = hosted(url, "key", rate=rate)
                    outcome = await run(provider, clock, ledger, writer, job_id, pace_folder=Path(folder), place=place)
                    return outcome, clock.monotonic()

        outcome, makespan = in_loop(main)
        with urllib.request.urlopen(f"{url}/books") as answer:
            calls = json.load(answer)
    if outcome.finalized != rows:
        raise SystemExit(f"the run did not finish: {outcome}")
    drawn = plan_of(world.rules, seed)
    pace = busy_pace(calls)
    renders = [drawn.render_seconds(number) + world.plus_seconds for number in range(1, rows + 1)]
    oracle = oracle_makespan(renders, pace, Workers(world.workers))
    settled = [is_admitted for at, _, is_admitted in calls if at > calls[0][0] + SETTLING_SECONDS]
    refused = settled.count(False) / len(settled) if settled else 0.0
    return Figures(makespan, oracle, pace, outcome.polls / rows, refused, time.monotonic() - began)


def worlds(rows: int, seeds: int, names: Sequence[str], speed: float, rate: float, *, webhooks: bool) -> list[str]:
    told = "webhooks, one in a hundred lost" if webhooks else "no webhooks"
    print(f"{rows} rows, {seeds} seed(s), --freshness fast, --rate {rate:g}, {told}, time {speed:g} times as fast\n")
    print("| world | seed | makespan s | oracle s | oracle / ours | calls/s | polls per row | bare 429s | wall s |")
    print("|---|---|---|---|---|---|---|---|---|")
    missed = []
    for name in names:
        found = []
        for seed in range(1, seeds + 1):
            one = measure_world(WORLDS[name], rows, seed, speed, rate, webhooks=webhooks)
            found.append(one)
            print(
                f"| {name} | {seed} | {one.makespan:.0f} | {one.oracle:.0f} | {one.of_oracle:.3f} | {one.pace:.2f} "
                f"| {one.polls_per_row:.2f} | {one.refused:.1%} | {one.wall:.0f} |",
                flush=True,
            )
        median = statistics.median(one.of_oracle for one in found)
        worst = min(one.of_oracle for one in found)
        polls = statistics.median(one.polls_per_row for one in found)
        refused = max(one.refused for one in found)
        missed += bound(median >= LEAST_MEDIAN_OF_ORACLE, f"{name}: median {median:.3f} of the oracle")
        missed += bound(worst >= LEAST_WORST_OF_ORACLE, f"{name}: worst {worst:.3f} of the oracle")
        most_polls = _most_polls(name, webhooks)
        missed += bound(polls <= most_polls, f"{name}: {polls:.2f} polls per row, more than {most_polls:g}")
        missed += bound(refused < MOST_REFUSED, f"{name}: {refused:.1%} bare 429s")
    return missed


def _most_polls(name: str, webhooks: bool) -> float:
    if not WORLDS[name].is_steady:
        return float("inf")
    if not webhooks:
        return MOST_POLLS_PER_ROW
    return MOST_POLLS_WITHOUT_STRAGGLERS if "no stragglers" in name else MOST_POLLS_WITH_WEBHOOKS
