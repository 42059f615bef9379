"""The other end of `engine.py`, in a process of its own: a provider with a gateway, or a mock that answers at once.

    python benchmarks/engine_provider.py '{"speed": 20, "seed": 1, "rules": [...]}'

It writes its port, answers POST .../generate and GET /generation-request/ID, and tells its books at GET /books. Given
rules, renders take the times that the studio's plan of faults draws, and a gateway admits 10 calls in any one second;
a call arrives there half a round trip after it left, and up to `jitter` later. With `workers` a render waits for one
of so many. A request that names a callback is called back a second after its end, but for one in a hundred that is
lost. Without rules nothing is limited and all is done at once. Raw HTTP/1.1: a framework at this end would be slower
than the client that it is to measure.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from bisect import bisect_right, insort
from dataclasses import dataclass, field
from heapq import heapify, heapreplace
from random import Random
from typing import Any

import aiohttp

from bulkgen.studio.faults import FaultPlan, Rule

WINDOW_CALLS = 10
WINDOW_SECONDS = 1.0
ROUND_TRIP_SECONDS = 0.15
JITTER_SECONDS = 0.05
CALLBACK_SECONDS = 1.0
LOST_CALLBACKS = 0.01

BARE_REFUSAL = b'{"id":"rate_limit_exceeded","message":"Too Many Requests"}'


def plan_of(rules: list[dict[str, Any]], seed: int) -> FaultPlan:
    return FaultPlan(tuple(Rule("slow_render", **rule) for rule in rules), seed)


def request_id(sequence: int) -> str:
    return f"5d0f3a52-4b1c-4c7e-9a67-{sequence:012d}"


def result(sequence: int) -> bytes:
    name = request_id(sequence)
    banner = {
        "id": name,
        "file": {"type": "png", "url": f"https://cdn.example.com/{name}.png", "cdn_url": None, "filename": "a.png"},
        "format": {"id": "square", "width": 1080, "height": 1080, "unit": "px"},
        "version": 1,
    }
    return json.dumps({"id": name, "is_finalized": True, "banners": [banner], "errors": []}).encode()


@dataclass(slots=True)
class Workers:
    """Who renders, and when each is free next; without a number of them no render waits."""

    count: int | None
    free_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free_at = [0.0] * (self.count or 0)
        heapify(self.free_at)

    def finish(self, at: float, seconds: float) -> float:
        """When a render that is asked for at `at` ends."""
        if self.count is None:
            return at + seconds
        end = max(at, self.free_at[0]) + seconds
        heapreplace(self.free_at, end)
        return end


@dataclass(slots=True)
class World:
    """`final_at` by sequence, from 1; `calls` are (when it reached the gateway, was a POST, was admitted)."""

    plan: FaultPlan | None
    speed: float
    rng: Random
    workers: Workers
    plus_seconds: float = 0.0
    callbacks: Callbacks | None = None
    final_at: dict[int, float] = field(default_factory=dict)
    admitted: list[float] = field(default_factory=list)
    calls: list[tuple[float, bool, bool]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        return (time.monotonic() - self.began) * self.speed

    def arrival(self) -> float:
        return self.now() + ROUND_TRIP_SECONDS / 2 + self.rng.uniform(0.0, JITTER_SECONDS)

    def admits(self, at: float, is_post: bool) -> bool:
        in_window = len(self.admitted) - bisect_right(self.admitted, at - WINDOW_SECONDS)
        is_admitted = in_window < WINDOW_CALLS
        if is_admitted:
            insort(self.admitted, at)
        self.calls.append((at, is_post, is_admitted))
        return is_admitted

    def answer(self, is_post: bool, sequence: int, at: float, callback_url: str = "") -> tuple[int, bytes]:
        if self.plan is not None and not self.admits(at, is_post):
            return 429, BARE_REFUSAL
        if is_post:
            sequence = len(self.final_at) + 1
            seconds = self.plan.render_seconds(sequence) + self.plus_seconds if self.plan else 0.0
            self.final_at[sequence] = self.workers.finish(at, seconds)
            if callback_url and self.callbacks is not None and self.rng.random() >= LOST_CALLBACKS:
                self.callbacks.call_at(self.final_at[sequence] + CALLBACK_SECONDS, callback_url, sequence)
            return 200, json.dumps({"generation_request_id": request_id(sequence), "version": "v1"}).encode()
        if at < self.final_at[sequence]:
            body = {"id": request_id(sequence), "is_finalized": False, "banners": [], "errors": []}
            return 202, json.dumps(body).encode()
        return 200, result(sequence)


class Callbacks:
    """Tells results to whoever asked to be told."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._world: World | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<Callbacks under_way={len(self._under_way)}>"

    def of(self, world: World) -> None:
        self._world = world

    def call_at(self, at: float, url: str, sequence: int) -> None:
        assert self._world is not None
        wait = max(0.0, at - self._world.now()) / self._world.speed
        asyncio.get_running_loop().call_later(wait, self._begin, url, sequence)

    def _begin(self, url: str, sequence: int) -> None:
        task = asyncio.create_task(self._call(url, sequence))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _call(self, url: str, sequence: int) -> None:
        headers = {"X-Abyssale-Delivery-Id": f"{sequence:064x}"}
        body = json.loads(result(sequence))
        body["generation_request_id"] = body.pop("id")
        # A run that found the result by a look has ended by now, perhaps.
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with self._session.post(url, data=json.dumps(body), headers=headers) as answer:
                assert answer.status == 200, answer.status


class Line(asyncio.Protocol):
    """One connection. A client sends the next call after the answer, so there is one call at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = b""
        self._transport: asyncio.Transport | None = None

    def __repr__(self) -> str:
        return f"<Line with {len(self._seen)} bytes of a call>"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen += data
        end = self._seen.find(b"\r\n\r\n")
        if end < 0:
            return
        head, body = self._seen[:end], self._seen[end + 4 :]
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._seen) < end + 4 + length:
            return
        self._seen = b""
        self._called(*head.split(b" ", 2)[:2], body)

    def _called(self, method: bytes, path: bytes, body: bytes) -> None:
        world = self._world
        if path == b"/books":
            self._say(200, json.dumps(world.calls).encode())
        elif path == b"/credits":
            self._say(200, b'{"generation_credits":{"available":100000,"extra":0}}')
        else:
            is_post = method == b"POST"
            sequence = 0 if is_post else int(path.rsplit(b"-", 1)[1])
            if world.plan is None:
                self._say(*world.answer(is_post, sequence, 0.0))
                return
            at = world.arrival()
            callback_url = json.loads(body).get("callback_url", "") if is_post and world.callbacks else ""
            answer = world.answer(is_post, sequence, at, callback_url)
            wait = (at + ROUND_TRIP_SECONDS / 2 - world.now()) / world.speed
            asyncio.get_running_loop().call_later(wait, self._say, *answer)

    def _say(self, status: int, body: bytes) -> None:
        assert self._transport is not None
        head = b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


async def serve(wishes: dict[str, Any]) -> None:
    seed = wishes.get("seed", 1)
    plan = plan_of(wishes["rules"], seed) if wishes.get("rules") else None
    async with aiohttp.ClientSession() as session:
        callbacks = Callbacks(session) if plan else None
        workers = Workers(wishes.get("workers"))
        plus_seconds = wishes.get("plus_seconds", 0.0)
        world = World(plan, wishes.get("speed", 1.0), Random(seed), workers, plus_seconds, callbacks)
        if callbacks is not None:
            callbacks.of(world)
        server = await asyncio.get_running_loop().create_server(lambda: Line(world), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
