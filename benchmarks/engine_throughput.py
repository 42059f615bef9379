"""What does the engine itself cost, and what its ledger?

The runner on a provider that answers at once and limits nothing, with its ledger and with one in memory that keeps
nothing, beside a bare loop of POST and GET and, where it is installed, the official SDK.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from engine_run import DESIGN_ID, bound, in_loop, plan, planned_row, provider_process, run

from bulkgen.clock import SystemClock
from bulkgen.engine.provider import Provider, hosted
from bulkgen.engine.transport import IDLE_CONNECTION_SECONDS, OPEN_CALLS
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.records import Generation
from bulkgen.ledger.states import GenerationEvent, GenerationState, move
from bulkgen.ledger.writer import LedgerWriter

LEAST_OF_NO_LEDGER = 0.80
MOST_CPU_OF_BARE = 1.4
LEAST_TIMES_SDK = 10.0


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
