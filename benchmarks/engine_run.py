"""One run of the real runner against the provider of `engine_provider`, in a process of its own.

    rows -> a planned job in a ledger -> Runner -> its outcome

Left out: what is measured of it (`engine_worlds`, `engine_throughput`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from bulkgen.clock import Clock
from bulkgen.engine.client import ApiClient
from bulkgen.engine.provider import Provider
from bulkgen.engine.runner import Runner, RunOutcome
from bulkgen.engine.scheduler import Freshness
from bulkgen.engine.transport import Transport
from bulkgen.engine.webhook import Place
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.plan.fingerprint import canonical_json, digest
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

DESIGN_ID = "22222222-0000-4000-8000-000000000000"
TEXTS = 6


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


def bound(is_held: bool, words: str) -> list[str]:
    return [] if is_held else [words]
