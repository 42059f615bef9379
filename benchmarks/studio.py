"""Does a studio stay small and quick while it has a long line of work?

    python benchmarks/studio.py [--requests 200000] [--windows 5] [--seconds 60] [--polls 50] [--callers 32]

A studio in a process of its own, with its real workers and a trivial design, is sent all requests at once. While it
renders them, polls are sent at a steady pace, and as many calls to a bare aiohttp handler in another process, by
turns, so that both meet the same minute of the same machine. Then all of it is waited for, and each request is polled
once more.

Guarded: the median over the windows of p99 of a poll over p99 of the bare handler, at most 3; and the studio's memory
when the line is longest over that when it is a tenth as long. The exit code is 1 where a bound is missed. docs/scale.md
says how to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
from aiohttp import web

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "templates" / "fonts"
DESIGN_ID = "0d9f7f5e-5c0d-4f4f-9a51-3a1c1c8f0a01"
GENERATE = f"/async/banner-builder/{DESIGN_ID}/generate"

MOST_P99_OF_BARE = 3.0
# A line ten times as long may cost what a table of SQLite costs, and no object in memory for each request.
MOST_MEMORY_GROWTH = 1.25

DESIGN = {
    "id": DESIGN_ID,
    "name": "Trivial",
    "type": "static",
    "formats": [{"id": "small", "uid": "11111111-1111-4111-8111-111111111111", "width": 64, "height": 64}],
    "elements": [
        {
            "name": "root",
            "type": "container",
            "attributes": [{"id": "background_color", "value": "#ffffff"}],
            "layout": {"x": 0, "y": 0, "width": 64, "height": 64},
        }
    ],
}


async def serve_studio(folder: Path) -> None:
    from bulkgen.studio.options import StudioOptions
    from bulkgen.studio.server import StudioServer

    options = StudioOptions(folder=folder / "studio", designs=(folder / "designs",), fonts=(FONTS,))
    server = StudioServer(options)
    print(await server.start(), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await server.stop()


async def serve_bare() -> None:
    """The least that an answer of this size costs."""
    body = json.dumps({"id": DESIGN_ID, "is_finalized": False, "banners": [], "errors": [], "version": "x"}).encode()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, status=202, content_type="application/json")

    app = web.Application()
    app.router.add_get("/generation-request/{id}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await runner.cleanup()


@contextlib.contextmanager
def process(*words: str) -> Iterator[tuple[int, str]]:
    command = [sys.executable, __file__, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        yield started.pid, started.stdout.readline().strip()
        started.stdin.write("end\n")
        started.stdin.close()


def memory_mb(pid: int) -> float:
    """Of the server itself; workers have a bound of their own."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def submit(client: aiohttp.ClientSession, count: int, callers: int, pid: int) -> tuple[list[str], float]:
    """All of them, and the memory when a tenth was in."""
    ids: list[str] = []
    early = [0.0]
    left = iter(range(count))

    async def call() -> None:
        for number in left:
            color = f"#{number % 0xFFFFFF:06x}"
            body = {"elements": {"root": {"background_color": color}}}
            async with client.post(GENERATE, json=body) as answer:
                answer.raise_for_status()
                ids.append((await answer.json())["generation_request_id"])
            if len(ids) == max(1, count // 10):
                early[0] = memory_mb(pid)

    await asyncio.gather(*(call() for _ in range(callers)))
    return ids, early[0]


async def window(
    studio: aiohttp.ClientSession, bare: aiohttp.ClientSession, ids: list[str], seconds: float, pace: float
) -> tuple[float, float, int]:
    """p99 of polls and of bare calls, in seconds, and how many there were of each."""
    took: dict[bool, list[float]] = {True: [], False: []}

    async def call(client: aiohttp.ClientSession, number: int) -> None:
        began = time.perf_counter()
        async with client.get(f"/generation-request/{ids[number % len(ids)]}") as answer:
            await answer.read()
        took[client is studio].append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as group:
        async for number in ticks(seconds, 2 * pace):
            client = studio if number % 2 else bare
            group.create_task(call(client, (number * 7919) % len(ids)))
    return p99(took[True]), p99(took[False]), len(took[True])


async def ticks(seconds: float, pace: float) -> AsyncIterator[int]:
    """At a steady pace, whatever the answers take: a client that waits for a slow answer hides the next one."""
    began, number = time.perf_counter(), 0
    while (now := time.perf_counter() - began) < seconds:
        if number / pace > now:
            await asyncio.sleep(number / pace - now)
        yield number
        number += 1


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


async def finish(client: aiohttp.ClientSession, ids: list[str], callers: int) -> int:
    """How many have a banner, once the last in the line has."""
    while True:
        async with client.get(f"/generation-request/{ids[-1]}") as answer:
            if answer.status == 200:
                break
        await asyncio.sleep(1)
    made = [0]
    left = iter(ids)

    async def call() -> None:
        for generation_id in left:
            while True:
                async with client.get(f"/generation-request/{generation_id}") as answer:
                    if answer.status == 200:
                        made[0] += len((await answer.json())["banners"])
                        break
                await asyncio.sleep(0.2)

    await asyncio.gather(*(call() for _ in range(callers)))
    return made[0]


async def soak(asked: argparse.Namespace, folder: Path) -> int:
    (folder / "designs" / "trivial").mkdir(parents=True)
    (folder / "designs" / "trivial" / "design.json").write_text(json.dumps(DESIGN))
    with process("--serve", str(folder)) as (pid, url), process("--bare") as (_, bare_url):
        async with aiohttp.ClientSession(url) as studio, aiohttp.ClientSession(bare_url) as bare:
            began = time.perf_counter()
            ids, early = await submit(studio, asked.requests, asked.callers, pid)
            took = time.perf_counter() - began
            full = memory_mb(pid)
            print(f"accepted   {len(ids):,} in {took:.0f} s, {len(ids) / took:.0f} a second")
            ratios = []
            for number in range(asked.windows):
                polled, plain, calls = await window(studio, bare, ids, asked.seconds, asked.polls)
                ratios.append(polled / plain)
                print(
                    f"window {number + 1}   p99 of {calls} polls {polled * 1000:.1f} ms, bare {plain * 1000:.1f} ms, "
                    f"{ratios[-1]:.2f} times; {memory_mb(pid):.0f} MB"
                )
            made = await finish(studio, ids, asked.callers)
            took = time.perf_counter() - began
            print(f"final      {made:,} banners after {took:.0f} s, {made / took:.0f} a second")
            growth = full / early
            after = memory_mb(pid)
            print(f"memory     {early:.0f} MB at a tenth of the line, {full:.0f} MB at all of it, {after:.0f} MB after")
    ratio = statistics.median(ratios)
    print(f"p99        median {ratio:.2f} times the bare handler's (at most {MOST_P99_OF_BARE:g})")
    print(f"growth     {growth:.2f} times for ten times the line (at most {MOST_MEMORY_GROWTH:g})")
    return int(ratio > MOST_P99_OF_BARE or growth > MOST_MEMORY_GROWTH or made != len(ids))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--windows", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--polls", type=float, default=50, help="polls a second, and bare calls")
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        asyncio.run(serve_studio(asked.serve))
        return 0
    if asked.bare:
        asyncio.run(serve_bare())
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(soak(asked, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
