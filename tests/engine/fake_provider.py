"""A provider on a real socket that does what a script says, and keeps books of what it accepted.

    async with FakeProvider(clock, script) as provider: ...  provider.accepted, provider.posts

A script is `(call) -> what to do`: "" to behave, or one of the faults below. It is raw HTTP/1.1 on purpose: a framework
would not cut a connection in the middle of an answer.

Faults of a POST: "429", "429 later", "429 credits", "500", "500 accepted", "refused", "401", "plan", "reset",
"reset accepted", "stall", "stall accepted", "junk accepted", "redirect", "late" (the webhook comes before the
answer), "500 accepted late" (it comes though the answer was an error).
Faults of a look: "429", "429 later", "500", "reset", "401", "gone", "unknown", "junk", "malformed", "proxy 404".
Faults of a callback: "lost", "twice".
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bulkgen.clock import Clock

RETRY_AFTER_SECONDS = 27


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the script sees it. `number` counts calls of its kind from 1; `marker` names the row."""

    kind: str  # "post", "look", "callback"
    number: int
    marker: str
    tries: int  # calls of this kind about this row, this one included


TURNS_TO_CONNECT = 20


@dataclass(slots=True)
class Accepted:
    request_id: str
    marker: str
    body: dict[str, Any]
    accepted_at: float
    is_collected: bool = False


@dataclass(slots=True)
class FakeProvider:
    clock: Clock
    script: Callable[[Call], str] = lambda call: ""
    render_seconds: Callable[[str], float] = lambda marker: 0.0
    outcome: Callable[[str, str], str | None] = lambda marker, format_id: None
    is_idempotent: bool = False
    credits_left: int | None = None
    is_down: Callable[[], bool] = lambda: False  # answers nothing but 503
    retry_after: int = RETRY_AFTER_SECONDS
    look_limit: int | None = None  # looks allowed in a window, told in headers
    look_window_seconds: float = 60.0
    look_refusals: int = 0
    looks_by_window: dict[int, int] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    calls_at: list[float] = field(default_factory=list)
    accepted: dict[str, Accepted] = field(default_factory=dict)
    most_unfinished: int = 0
    calling_back: int = 0
    connections: int = 0
    open_connections: int = 0
    port: int = 0
    by_key: dict[str, str] = field(default_factory=dict)
    _tries: dict[tuple[str, str], int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _callbacks: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    all_closed: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> FakeProvider:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._server is None:
            return
        # What the system has accepted becomes a connection some turns of the loop later; closed before that, it would
        # be nobody's to close.
        for _ in range(TURNS_TO_CONNECT):
            await asyncio.sleep(0)
        self._server.close()
        self.release.set()
        for task in self._callbacks:
            task.cancel()
        await asyncio.gather(*self._callbacks, return_exceptions=True)
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()
        if self.open_connections:
            await self.all_closed.wait()
        self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def times_accepted(self, marker: str) -> int:
        return sum(one.marker == marker for one in self.accepted.values())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        self.all_closed.clear()
        self._writers.add(writer)
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self.open_connections -= 1
            if not self.open_connections:
                self.all_closed.set()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls_at.append(self.clock.monotonic())
        if self.is_down():
            return await _reply(writer, 503, "<html>down</html>")
        if method == "POST" and path.endswith("/generate"):
            return await self._generate(writer, headers, json.loads(content))
        if path.startswith("/generation-request/"):
            return await self._look(writer, path.rsplit("/", 1)[-1])
        if path == "/credits" and self.credits_left is not None:
            balance = {"available": self.credits_left, "limit": 500, "consumed": 0, "extra": 0}
            return await _reply(writer, 200, {"generation_credits": balance})
        if path == "/auth":
            return await _reply(writer, 200, {"company": "Acme"})
        return await _reply(writer, 404, {"id": "endpoint_not_found", "message": "no such route"})

    async def _generate(self, writer: asyncio.StreamWriter, headers: dict[str, str], body: dict[str, Any]) -> bool:
        marker = marker_of(body)
        self.posts.append(marker)
        self.bodies.append(body)
        self.headers.append(headers)
        fault = self.script(self._call("post", marker))
        self.arrived.set()
        match fault:
            case "429":
                return await _reply(writer, 429, {"id": "rate_limit_exceeded", "message": "Too Many Requests"})
            case "429 credits":
                return await _reply(writer, 429, {"id": "rate_limit_exceeded", "message": "No credits left."})
            case "429 later":
                return await _wait_answer(writer, self.retry_after)
            case "401":
                return await _reply(writer, 401, {"id": "unauthorized", "message": "Unauthorized"})
            case "plan":
                return await _reply(writer, 429, {"id": "feature_not_in_plan", "message": "Needs Pro."})
            case "refused":
                return await _reply(writer, 400, {"id": "invalid_payload", "message": "title: Too long."})
            case "redirect":
                return await _reply(writer, 302, {}, "Location: http://127.0.0.1:1/stolen\r\n")
            case "500":
                return await _reply(writer, 500, {"id": "internal_error", "message": "oops"})
            case "reset":
                return _reset(writer)
            case "stall":
                await self.release.wait()
                return _reset(writer)
        request_id = self._accept(headers, body, marker)
        match fault:
            case "500 accepted":
                return await _reply(writer, 504, "<html>gateway timeout</html>")
            case "500 accepted late":
                is_open = await _reply(writer, 504, "<html>gateway timeout</html>")
                self._call_back_soon(request_id)
                return is_open
            case "reset accepted":
                return _reset(writer)
            case "stall accepted":
                await self.release.wait()
                return _reset(writer)
            case "junk accepted":
                return await _reply(writer, 200, {"hello": "there"})
            case "late":
                await self._call_back(request_id, is_early=True)
        is_open = await _reply(writer, 200, {"generation_request_id": request_id, "version": "v2026-10-21"})
        if body.get("callback_url") and fault != "late":
            self._call_back_soon(request_id)
        return is_open

    def _call_back_soon(self, request_id: str) -> None:
        task = asyncio.create_task(self._call_back(request_id))
        self._callbacks.add(task)
        task.add_done_callback(self._callbacks.discard)

    def _accept(self, headers: dict[str, str], body: dict[str, Any], marker: str) -> str:
        key = headers.get("idempotency-key", "")
        if self.is_idempotent and key in self.by_key:
            return self.by_key[key]
        request_id = f"request-{len(self.accepted) + 1}"
        self.by_key[key] = request_id
        self.accepted[request_id] = Accepted(request_id, marker, body, self.clock.monotonic())
        unfinished = sum(not one.is_collected for one in self.accepted.values())
        self.most_unfinished = max(self.most_unfinished, unfinished)
        return request_id

    async def _look(self, writer: asyncio.StreamWriter, request_id: str) -> bool:
        found = self.accepted.get(request_id)
        if found is None:
            return await _reply(writer, 404, {"id": "generation_request_not_found", "message": "unknown"})
        self.looks.append(found.marker)
        told, is_refused = self._count_look()
        if is_refused:
            self.look_refusals += 1
            return await _wait_answer(writer, 1700)
        fault = self.script(self._call("look", found.marker))
        match fault:
            case "429":
                return await _reply(writer, 429, {"id": "rate_limit_exceeded", "message": "Too Many Requests"})
            case "429 later":
                return await _wait_answer(writer, self.retry_after)
            case "500":
                return await _reply(writer, 502, "<html>bad gateway</html>")
            case "reset":
                return _reset(writer)
            case "401":
                return await _reply(writer, 401, {"id": "unauthorized", "message": "Unauthorized"})
            case "gone":
                return await _reply(writer, 410, {"id": "generation_request_gone", "message": "gone"})
            case "unknown":
                return await _reply(writer, 404, {"id": "generation_request_not_found", "message": "unknown"})
            case "proxy 404":
                return await _reply(writer, 404, "<html>not found</html>")
            case "junk":
                return await _reply(writer, 200, "<html>welcome</html>")
            case "malformed":
                return await _reply(writer, 200, {"id": request_id, "is_finalized": True, "banners": [{"id": "b"}]})
        if self.clock.monotonic() - found.accepted_at < self.render_seconds(found.marker):
            unfinished = {"id": request_id, "is_finalized": False, "banners": [], "errors": []}
            return await _reply(writer, 202, unfinished, told)
        found.is_collected = True
        return await _reply(writer, 200, {"id": request_id, "is_finalized": True, **self._result(found)}, told)

    def _count_look(self) -> tuple[str, bool]:
        """The headers of the window that this look falls into, and whether it is one too many."""
        if self.look_limit is None:
            return "", False
        now = self.clock.now()
        window = int(now // self.look_window_seconds)
        count = self.looks_by_window.get(window, 0) + 1
        self.looks_by_window[window] = count
        headers = {
            "X-RateLimit-Limit": self.look_limit,
            "X-RateLimit-Remaining": max(0, self.look_limit - count),
            "X-RateLimit-Reset": int((window + 1) * self.look_window_seconds),
        }
        return "".join(f"{name}: {value}\r\n" for name, value in headers.items()), count > self.look_limit

    def _result(self, found: Accepted) -> dict[str, Any]:
        banners, errors = [], []
        for format_id in found.body.get("template_format_names") or ["document"]:
            reason = self.outcome(found.marker, format_id)
            if reason is None:
                name = f"{found.request_id}-{format_id}.png"
                file = {"type": "png", "url": f"{self.url}/files/{name}", "cdn_url": f"https://cdn.example.com/{name}"}
                banners.append({"id": f"banner-{name}", "file": file, "format": {"id": format_id}})
            else:
                errors.append({"template_format_name": format_id, "reason": reason})
        return {"banners": banners, "errors": errors}

    async def _call_back(self, request_id: str, *, is_early: bool = False) -> None:
        found = self.accepted[request_id]
        if not is_early:
            await self.clock.sleep(self.render_seconds(found.marker))
        fault = self.script(self._call("callback", found.marker))
        if fault == "lost":
            return
        found.is_collected = True
        body = {"generation_request_id": request_id, **self._result(found)}
        self.calling_back += 1
        try:
            for _ in range(2 if fault == "twice" else 1):
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    await _post(found.body["callback_url"], body, delivery=f"delivery-{request_id}")
        finally:
            self.calling_back -= 1

    def _call(self, kind: str, marker: str) -> Call:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._tries[kind, marker] = self._tries.get((kind, marker), 0) + 1
        return Call(kind, self._counts[kind], marker, self._tries[kind, marker])


def marker_of(body: dict[str, Any]) -> str:
    elements = body.get("elements") or {}
    marker: str = elements.get("title", {}).get("payload", "?")
    return marker


def scripted(*steps: tuple[str, int, str]) -> Callable[[Call], str]:
    """(kind, number of the call, fault): a script for single calls."""
    table = {(kind, number): fault for kind, number, fault in steps}
    return lambda call: table.get((call.kind, call.number), "")


def on_rows(kind: str, faults: dict[str, list[str]]) -> Callable[[Call], str]:
    """A script by row: its first call of `kind` meets the first fault, and so on; then the provider behaves."""
    left = {marker: deque(names) for marker, names in faults.items()}

    def script(call: Call) -> str:
        if call.kind == kind and left.get(call.marker):
            return left[call.marker].popleft()
        return ""

    return script


def picture_of(body: dict[str, Any], layer: str) -> bytes:
    return base64.b64decode(body["elements"][layer]["image_encoded"])


async def _wait_answer(writer: asyncio.StreamWriter, seconds: int) -> bool:
    body = {"id": "request_rate_limited", "message": "Slow down."}
    return await _reply(writer, 429, body, f"Retry-After: {seconds}\r\n")


async def _reply(writer: asyncio.StreamWriter, status: int, body: dict[str, Any] | str, headers: str = "") -> bool:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Whatever\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    writer.write(head.encode() + content)
    await writer.drain()
    return True


def _reset(writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


async def _post(url: str, body: dict[str, Any], *, delivery: str) -> int:
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        content = json.dumps(body).encode()
        head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n"
        writer.write(f"{head}X-Abyssale-Delivery-Id: {delivery}\r\n\r\n".encode() + content)
        await writer.drain()
        status = int((await reader.readuntil(b"\r\n")).split(b" ")[1])
        await reader.read()
        return status
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
