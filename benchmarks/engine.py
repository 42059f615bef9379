"""How near does a run come to what its request budget allows, and what does the ledger cost?

    python benchmarks/engine.py worlds [--rows 400] [--seeds 1] [--world NAME ...] [--speed 20] [--rate 9] [--webhooks]
                                       [--full]
    python benchmarks/engine.py throughput [--rows 3000] [--rounds 3]

`worlds`: the real runner, ledger and sockets against a provider with the hosted ceiling, in another process, in time
that goes up to 20 times as fast. The figure is the makespan of an oracle over ours: it submits first, at the mean pace
at which our calls were admitted while rows remained, and looks at each row once, after it is finished. `--full` is
2,000 rows and three seeds, for which the bounds are meant: the canary, whose answer is waited for, weighs five times
as much on 400 rows.

`throughput`: the same runner on a mock that answers at once and limits nothing, with its ledger and with one in memory
that keeps nothing, beside a bare loop of POST and GET and, where it is installed, the official SDK. The exit code is 1
where a bound is missed. docs/scale.md says how to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from engine_provider import ROUND_TRIP_SECONDS, Workers, plan_of

from bulkgen.cli.entry import calm_collector
from bulkgen.clock import Clock, SystemClock
from bulkgen.engine.client import ApiClient
from bulkgen.engine.provider import HOSTED_CALLS_PER_SECOND, HOSTED_CANARY, Provider, hosted
from bulkgen.engine.runner import Runner, RunOutcome
from bulkgen.engine.scheduler import Freshness
from bulkgen.engine.transport import IDLE_CONNECTION_SECONDS, OPEN_CALLS, Transport
from bulkgen.engine.webhook import Place
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import Generation, JobDraft
from bulkgen.ledger.states import GenerationEvent, GenerationState, move
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.plan.fingerprint import canonical_json, digest
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

LEAST_MEDIAN_OF_ORACLE = 0.92
LEAST_WORST_OF_ORACLE = 0.88
MOST_POLLS_PER_ROW = 1.12
MOST_POLLS_WITH_WEBHOOKS = 0.25
MOST_POLLS_WITHOUT_STRAGGLERS = 0.05
MOST_REFUSED = 0.01
LEAST_OF_NO_LEDGER = 0.80
MOST_CPU_OF_BARE = 1.4
LEAST_TIMES_SDK = 10.0

MOST_SPEED = 20.0
SETTLING_SECONDS = 60.0  # refusals are counted after it: the pace is still feeling its way

FULL_ROWS = 2_000
FULL_SEEDS = 3

DESIGN_ID = "22222222-0000-4000-8000-000000000000"
TEXTS = 6


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


@contextlib.contextmanager
def provider_process(wishes: dict[str, Any]) -> Iterator[str]:
    """Its address."""
    command = [sys.executable, str(Path(__file__).with_name("engine_provider.py")), json.dumps(wishes)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.communicate()


def planned_row(position: int) -> PlannedRow:
    texts = {f"text_{number}": {"payload": f"value {number} of row {position}"} for number in range(TEXTS)}
    picture = {"image_url": f"https://cdn.example.com/{position}.jpg"}
    payload = {"elements": {**texts, "image": picture}}
    outputs = (PlannedOutput(digest([payload, "square"]), "square"),)
    request = PlannedRequest(digest(payload), canonical_json(payload), "{}", outputs, {})
    return PlannedRow(position=position, number=position + 1, sheet="rows", key=f"row {position}", requests=(request,))


def plan(ledger: Ledger, base_url: str, rows: int) -> int:
    draft = JobDraft(
        name="benchmark",
        source="rows.csv",
        tab="",
        provider="abyssale",
        base_url=base_url,
        workspace="Acme",
        design_id=DESIGN_ID,
        design_name="Card",
        design_revision="1",
        formats=("square",),
        is_multipage=False,
    )
    job_id = ledger.jobs.open(draft, 0.0).id
    ledger.planning.release({job_id})
    ledger.planning.begin(job_id)
    ledger.planning.add(PlanScope(job_id, DESIGN_ID), [planned_row(position) for position in range(rows)])
    return job_id


async def run(
    provider: Provider,
    clock: Clock,
    ledger: Any,
    writer: Any,
    job_id: int,
    *,
    pace_folder: Path | None = None,
    place: Place | None = None,
) -> RunOutcome:
    async with Transport(provider, clock, pace_folder=pace_folder) as transport:
        runner = Runner(
            provider,
            ApiClient(transport),
            ledger,
            writer,
            clock,
            lambda event: None,
            job_id=job_id,
            share=Freshness.FAST.share,
            place=place,
        )
        return await runner.run()


def new_loop() -> asyncio.AbstractEventLoop:
    """That of the command: uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def in_loop(main: Callable[[], Awaitable[Any]]) -> Any:
    async def call() -> Any:
        return await main()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(call())


# Worlds


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


def bound(is_held: bool, words: str) -> list[str]:
    return [] if is_held else [words]


# Throughput


class MemoryMoves:
    """The moves of a happy run, by the same state table, kept in a dictionary and nowhere else."""

    def __init__(self, generations: list[Generation], payloads: dict[str, str]) -> None:
        self._ordered = generations
        self._by_id = {one.id: one for one in generations}
        self._payloads = payloads

    def __repr__(self) -> str:
        return f"<MemoryMoves of {len(self._by_id)}>"

    def state(self, generation_id: int) -> GenerationState:
        return self._by_id[generation_id].state

    def planned_with_payloads(self, job_id: int, *, after: int, limit: int) -> list[tuple[Generation, str]]:
        # The ids are the places in the list, from 1.
        return [(one, self._payloads[one.payload_digest]) for one in self._ordered[after : after + limit]]

    def underway(self, job_id: int) -> list[Generation]:
        return []

    def intend(self, generation_id: int, token: str, now: float) -> Generation:
        return self._move(generation_id, GenerationEvent.INTENDED, token=token)

    def accepted(self, generation_id: int, request_id: str, now: float) -> None:
        self._move(generation_id, GenerationEvent.ACCEPTED, request_id=request_id, submitted_at=now)

    def finalized(self, generation_id: int, settled: Any, now: float) -> None:
        self._move(generation_id, GenerationEvent.FINALIZED)

    def _move(self, generation_id: int, event: GenerationEvent, **changes: Any) -> Generation:
        before = self._by_id[generation_id]
        after = replace(before, state=move(before.state, event), **changes)
        self._by_id[generation_id] = after
        return after

    def count_planned(self, job_id: int) -> int:
        return sum(one.state is GenerationState.PLANNED for one in self._by_id.values())

    def count_finalized(self) -> int:
        return sum(one.state is GenerationState.FINALIZED for one in self._by_id.values())


@dataclass(frozen=True, slots=True)
class MemoryLedger:
    moves: MemoryMoves


class DirectWriter:
    """Does at once what the writer's thread would commit."""

    async def do(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Cost:
    rows_per_second: float
    cpu_microseconds: float


async def timed(rows: int, work: Awaitable[Any]) -> Cost:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await work
    return Cost(rows / (time.perf_counter() - wall), (time.process_time() - cpu) / rows * 1e6)


def unlimited(url: str) -> Provider:
    """The hosted kind without what makes it slow: no pace, no canary, and a result may be looked at as soon as it is
    accepted."""
    return replace(hosted(url, "key"), calls_per_second=None, canary=0, first_look_seconds=0.0, look_gap_seconds=0.0)


async def with_ledger(url: str, rows: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.sqlite3") as ledger:
        job_id = plan(ledger, url, rows)
        async with LedgerWriter(ledger) as writer:
            cost = await timed(rows, run(unlimited(url), SystemClock(), ledger, writer, job_id))
        states = {row.outcome.value for row in ledger.reading.rows(job_id)}
        assert states == {"done"}, states
        return cost


async def without_ledger(url: str, rows: int) -> Cost:
    planned = [planned_row(position) for position in range(rows)]
    requests = [row.requests[0] for row in planned]
    generations = [
        Generation(number, 1, GenerationState.PLANNED, DESIGN_ID, request.payload_digest, "{}", ("square",))
        for number, request in enumerate(requests, 1)
    ]
    moves = MemoryMoves(generations, {request.payload_digest: request.payload for request in requests})
    cost = await timed(rows, run(unlimited(url), SystemClock(), MemoryLedger(moves), DirectWriter(), 1))
    assert moves.count_finalized() == rows
    return cost


async def bare_loop(url: str, rows: int) -> Cost:
    """As many calls open as the engine has, and nothing but the calls."""
    bodies = [
        orjson.dumps({**orjson.loads(planned_row(position).requests[0].payload), "template_format_names": ["square"]})
        for position in range(rows)
    ]
    left = iter(bodies)
    headers = {"x-api-key": "key", "Accept": "application/json"}
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(30)
    ) as session:

        async def worker() -> None:
            for body in left:
                path = f"{url}/async/banner-builder/{DESIGN_ID}/generate"
                kind = {"Content-Type": "application/json"}
                async with session.post(path, data=body, headers=kind) as answer:
                    name = orjson.loads(await answer.read())["generation_request_id"]
                async with session.get(f"{url}/generation-request/{name}") as answer:
                    assert orjson.loads(await answer.read())["is_finalized"]

        async def all_of_them() -> None:
            await asyncio.gather(*(worker() for _ in range(OPEN_CALLS)))

        return await timed(rows, all_of_them())


async def official_sdk(url: str, rows: int) -> Cost | None:
    """A careful script: as many rows under way as the engine has calls, one client, each row waited for."""
    try:
        import abyssale
    except ImportError:
        return None
    async with abyssale.AsyncAbyssale("key", base_url=url) as client:
        left = iter(range(rows))

        async def worker() -> None:
            for position in left:
                body = orjson.loads(planned_row(position).requests[0].payload) | {"template_format_names": ["square"]}
                accepted = await client.generate_multi_format_media(DESIGN_ID, body)
                found = await client.wait_for_generation_request(str(accepted.generation_request_id))
                assert found.is_finalized

        async def all_of_them() -> None:
            await asyncio.gather(*(worker() for _ in range(OPEN_CALLS)))

        return await timed(rows, all_of_them())


def throughput(rows: int, rounds: int) -> list[str]:
    print(f"{rows} rows, {rounds} round(s), medians; {OPEN_CALLS} calls open\n")
    kinds: dict[str, Callable[[str, int], Awaitable[Cost | None]]] = {
        "with the ledger": with_ledger,
        "without a ledger": without_ledger,
        "bare POST + GET": bare_loop,
    }
    found: dict[str, list[Cost]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, kind in kinds.items():
            with provider_process({}) as url:
                found[name].append(in_loop(lambda kind=kind, url=url: kind(url, rows)))
    with provider_process({}) as url:
        sdk = in_loop(lambda: official_sdk(url, max(64, rows // 10)))
    if sdk is not None:
        found["official SDK"] = [sdk]
    print("| pipeline | rows/s | CPU us per row |\n|---|---|---|")
    middle = {}
    for name, costs in found.items():
        middle[name] = Cost(
            statistics.median(one.rows_per_second for one in costs),
            statistics.median(one.cpu_microseconds for one in costs),
        )
        print(f"| {name} | {middle[name].rows_per_second:.0f} | {middle[name].cpu_microseconds:.0f} |")
    ours = middle["with the ledger"]
    of_none = ours.rows_per_second / middle["without a ledger"].rows_per_second
    of_bare = ours.cpu_microseconds / middle["bare POST + GET"].cpu_microseconds
    print(f"\nrows/s against no ledger {of_none:.2f}; CPU per row against the bare loop {of_bare:.2f}")
    missed = bound(of_none >= LEAST_OF_NO_LEDGER, f"{of_none:.2f} of the rows/s without a ledger")
    missed += bound(of_bare <= MOST_CPU_OF_BARE, f"{of_bare:.2f} times the CPU of a bare loop")
    if sdk is not None:
        times = ours.rows_per_second / sdk.rows_per_second
        print(f"rows/s against the official SDK {times:.1f}")
        missed += bound(times >= LEAST_TIMES_SDK, f"{times:.1f} times the rows/s of the official SDK")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_worlds = kinds.add_parser("worlds")
    of_worlds.add_argument("--rows", type=int, default=400)
    of_worlds.add_argument("--seeds", type=int, default=1)
    of_worlds.add_argument("--world", action="append", choices=list(WORLDS))
    of_worlds.add_argument("--speed", type=float, default=MOST_SPEED)
    of_worlds.add_argument("--rate", type=float, default=HOSTED_CALLS_PER_SECOND)
    of_worlds.add_argument("--webhooks", action="store_true")
    of_worlds.add_argument("--full", action="store_true")
    of_throughput = kinds.add_parser("throughput")
    of_throughput.add_argument("--rows", type=int, default=3_000)
    of_throughput.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.kind == "worlds":
        if not 1.0 <= given.speed <= MOST_SPEED:
            parser.error(f"--speed is from 1 to {MOST_SPEED:g}")
        rows, seeds = (FULL_ROWS, FULL_SEEDS) if given.full else (given.rows, given.seeds)
        names = given.world or list(WORLDS)
        missed = worlds(rows, seeds, names, given.speed, given.rate, webhooks=given.webhooks)
    else:
        calm_collector()  # as the command does, for each pipeline alike
        missed = throughput(given.rows, given.rounds)
    for words in missed:
        print(f"MISSED: {words}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
