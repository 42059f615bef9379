"""A web server of pictures on loopback, and of what stands at their addresses when they are gone."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from PIL import Image

from bulkgen.fetch.exchange import FetchLimits
from bulkgen.fetch.fetched import Inspection, Inspector
from bulkgen.fetch.fetcher import Fetcher
from bulkgen.fetch.guard import Reach
from bulkgen.testing import ManualClock

# Longer than anything here takes; a test that reaches it has hung.
PATIENCE_SECONDS = 60

LOOPBACK = Reach(loopback=True)

T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def main() -> T:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await work

    return asyncio.run(main())


def picture(
    kind: str = "JPEG", *, size: tuple[int, int] = (400, 300), mode: str = "RGB", orientation: int = 1, shade: int = 90
) -> bytes:
    """A small real picture, with enough in it that it can be cut short."""
    ramp = Image.linear_gradient("L").resize(size).point(lambda value: (value + shade) % 256)
    image = Image.merge("RGB", (ramp, ramp.rotate(180), ramp)).convert(mode)
    exif = Image.Exif()
    exif[0x0112] = orientation
    body = io.BytesIO()
    image.save(body, kind, **({"exif": exif} if orientation != 1 else {}))
    return body.getvalue()


@dataclass
class Shop:
    """`pictures` by path; the rest is what goes wrong, by name. Counts requests, and those with validators."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    is_down: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    conditional: Counter[str] = field(default_factory=Counter)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        self.asked[path] += 1
        if self.is_down:
            raise web.HTTPServiceUnavailable
        if path in self.pictures:
            return self._picture(request, path)
        if path.startswith("/queue"):
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.at_once == 4:
                self.open.set()
            await self.open.wait()
            self.at_once -= 1
            return web.Response(body=picture(), content_type="image/jpeg")
        return await self._trouble(path.removeprefix("/"))

    def _picture(self, request: web.Request, path: str) -> web.Response:
        etag = self.etags.get(path, "")
        if "If-None-Match" in request.headers:
            self.conditional[path] += 1
            if request.headers["If-None-Match"] == etag:
                return web.Response(status=304)
        return web.Response(body=self.pictures[path], content_type="image/jpeg", headers={"ETag": etag} if etag else {})

    async def _trouble(self, name: str) -> web.StreamResponse:
        if name.isdigit() and len(name) == 3:
            return web.Response(status=int(name))
        if name == "page":
            return web.Response(text="<!doctype html><p>Sold out", content_type="text/html")
        if name == "page-in-disguise.jpg":
            return web.Response(body=b"\n<HTML><p>Log in", content_type="image/jpeg")
        if name == "empty":
            return web.Response(body=b"", content_type="image/png")
        if name == "slow":
            await asyncio.Event().wait()
        if name == "loop":
            raise web.HTTPFound("/loop?again")
        if name == "inward":
            raise web.HTTPFound("http://10.1.2.3/inner.png")
        if name == "members":
            raise web.HTTPFound("/account/login?next=members")
        if name == "account/login":
            return web.Response(text="<html><form>", content_type="text/html")
        if name == "moved":
            raise web.HTTPMovedPermanently("/good.jpg")
        if name == "busy-once":
            first = self.asked["/busy-once"] == 1
            headers = {"Retry-After": "7"}
            return web.Response(status=429, headers=headers) if first else web.Response(body=picture())
        if name == "busy-for-long":
            return web.Response(status=503, headers={"Retry-After": "3600"})
        if name == "large":
            return web.Response(body=b"\xff\xd8\xff" + b"x" * 3_000_000, content_type="image/jpeg")
        raise web.HTTPNotFound


@contextlib.asynccontextmanager
async def site(shop: Shop) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", shop.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# Says how many bytes there were, and that pictures which begin with an F have a fault.
MEASURE = Inspector("1", lambda body: Inspection(str(len(body)), not body.startswith(b"F")))


def fetcher(folder: Path, clock: ManualClock | None = None, inspector: Inspector = MEASURE, **options: Any) -> Fetcher:
    limits = FetchLimits(max_bytes=options.pop("max_bytes", 2_000_000), timeout_seconds=options.pop("timeout", 15))
    return Fetcher(
        folder, inspector, clock or ManualClock(), limits=limits, reach=options.pop("reach", LOOPBACK), **options
    )
