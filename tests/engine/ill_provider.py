"""The provider double whose answers are spoilt on the wire: what a client sees of broken gateways and networks.

    IllProvider(clock, ills={("post", "row 2"): ["truncated"]})

An ill strikes the next call of its kind about its row, once for each time that it is listed. Those of the first line
are done to the call, so that nothing is accepted; those after it to the answer, so that everything is.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_provider import FakeProvider, _reply, _reset, marker_of

STATUSES = (500, 502, 503, 504)
BEFORE = ("reset before", *(f"{status} before" for status in STATUSES), "503 later before")
AT_A_TIME = "429 at a time of day"

# Each makes of an answer's (head, body) what is sent, and whether the connection ends then, and how.
Spoil = Callable[[bytes, bytes], tuple[bytes, str]]


def _with_body(head: bytes, body: bytes) -> bytes:
    first, *lines = head.split(b"\r\n")
    kept = [line for line in lines if line and not line.lower().startswith(b"content-length")]
    return b"\r\n".join([first, *kept, b"Content-Length: %d" % len(body), b"", b""]) + body


def _changed(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    return lambda head, body: (_with_body(head, json.dumps(change(json.loads(body))).encode()), "")


def _without_ids(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("id", "generation_request_id")}


def _numbered(body: dict[str, Any]) -> dict[str, Any]:
    return body | {name: 7 for name in ("id", "generation_request_id") if name in body}


def _with_more(body: dict[str, Any]) -> dict[str, Any]:
    more = {"field_of_tomorrow": {"nested": [1, None, "é"]}}
    banners = [banner | more for banner in body.get("banners", [])]
    return body | more | ({"banners": banners} if banners else {})


def _with_other_formats(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"banners": [banner | {"format": {"id": "other"}} for banner in body["banners"]]}


SPOILT: dict[str, Spoil] = {
    "cut in the head": lambda head, body: (head[:10], "reset"),
    "cut in the body": lambda head, body: (head + body[: len(body) // 2], "reset"),
    "truncated": lambda head, body: (head + body[: len(body) // 2], "end"),
    "stalled in the body": lambda head, body: (head + body[: len(body) // 2], "stall"),
    "not json": lambda head, body: (_with_body(head, b"<html>welcome</html>"), ""),
    "not utf-8": lambda head, body: (_with_body(head, b'{"id": "\xff\xfe"}'), ""),
    "empty": lambda head, body: (_with_body(head, b""), ""),
    "a list": lambda head, body: (_with_body(head, b"[]"), ""),
    "not http": lambda head, body: (b"220 mail.example.com ESMTP\r\n\r\n", "end"),
    "without id": _changed(_without_ids),
    "id of another kind": _changed(_numbered),
    # Whole for who can read.
    "more fields": _changed(_with_more),
    "reset after": lambda head, body: (head + body, "reset"),
    # Of finished requests only.
    "no banners": _changed(lambda body: body | {"banners": [], "errors": []}),
    "no banners at all": _changed(lambda body: {k: v for k, v in body.items() if k not in ("banners", "errors")}),
    "other formats": _changed(_with_other_formats),
}
READABLE = ("more fields", "reset after")
UNREADABLE = tuple(SPOILT)[: tuple(SPOILT).index("more fields")]
AFTER = tuple(f"{status} after" for status in STATUSES)


@dataclass
class _Held:
    """Stands in for a connection, and keeps what is written to it."""

    data: bytes = b""

    def write(self, data: bytes) -> None:
        self.data += data

    async def drain(self) -> None:
        pass


@dataclass(slots=True)
class IllProvider(FakeProvider):
    ills: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    certificate: ssl.SSLContext | None = None
    time_of_day: Callable[[float], str] = lambda seconds: ""  # as its own clock has it so many seconds from now
    _left: dict[tuple[str, str], deque[str]] = field(default_factory=dict)

    async def __aenter__(self) -> IllProvider:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.certificate)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _generate(self, writer: asyncio.StreamWriter, headers: dict[str, str], body: dict[str, Any]) -> bool:
        ill = self._ill("post", marker_of(body))
        if ill in BEFORE:
            self.posts.append(marker_of(body))
            return await _refused(writer, ill)
        if ill == AT_A_TIME:
            told = f"Date: {self.time_of_day(0.0)}\r\nRetry-After: {self.time_of_day(20.0)}\r\n"
            return await _reply(writer, 429, {"id": "request_rate_limited", "message": "Slow down."}, told)
        held = _Held()
        is_open = await FakeProvider._generate(self, held, headers, body)  # type: ignore[arg-type]
        return await self._spoil(writer, held, ill, is_open)

    async def _look(self, writer: asyncio.StreamWriter, request_id: str) -> bool:
        found = self.accepted.get(request_id)
        marker = found.marker if found else ""
        ill = self._ill("look", marker)
        if ill in BEFORE:
            self.looks.append(marker)
            return await _refused(writer, ill)
        held = _Held()
        is_open = await FakeProvider._look(self, held, request_id)  # type: ignore[arg-type]
        return await self._spoil(writer, held, ill, is_open)

    def _ill(self, kind: str, marker: str) -> str:
        left = self._left.setdefault((kind, marker), deque(self.ills.get((kind, marker), ())))
        return left.popleft() if left else ""

    async def _spoil(self, writer: asyncio.StreamWriter, held: _Held, ill: str, is_open: bool) -> bool:
        if ill in AFTER:
            return await _reply(writer, int(ill.split()[0]), "<html>something is wrong</html>")
        head, _, body = held.data.partition(b"\r\n\r\n")
        data, end = SPOILT[ill](head + b"\r\n\r\n", body) if ill else (held.data, "")
        writer.write(data)
        await writer.drain()
        if end == "stall":
            await self.release.wait()
        return _reset(writer) if end in ("reset", "stall") else is_open and end != "end"


async def _refused(writer: asyncio.StreamWriter, ill: str) -> bool:
    if ill == "reset before":
        return _reset(writer)
    headers = "Retry-After: 5\r\n" if "later" in ill else ""
    return await _reply(writer, int(ill.split()[0]), {"id": "internal_error", "message": "oops"}, headers)
