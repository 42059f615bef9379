"""The receiver of callbacks: a small server on this machine, one address for each attempt.

    POST /callback/{token} -> deliver(token, status)

It answers 200 only after `deliver` has it in the ledger, so a delivery is either kept or made again. Repeats are
dropped by delivery id while the process lives; later ones meet the ledger, which takes a result once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Self

import orjson
from aiohttp import web

from bulkgen.errors import BulkgenError
from bulkgen.wire.messages import GenerationStatus, MessageError
from bulkgen.wire.signature import DELIVERY_HEADER

Deliver = Callable[[str, GenerationStatus], Awaitable[bool]]

# A delivery is repeated within seconds or hours; far more ids than a run has open requests need no keeping.
REMEMBERED_DELIVERIES = 10_000

# A banner is about a kilobyte; a request has at most some hundred.
MAX_BODY_BYTES = 16 * 1024 * 1024


class Receiver:
    """Use as `async with`. `deliver` returns whether the token is known; it raises if the ledger failed."""

    def __init__(self, deliver: Deliver, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._deliver = deliver
        self._host = host
        self._port = port
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._runner: web.AppRunner | None = None

    def __repr__(self) -> str:
        return f"<Receiver {self._host}:{self._port} deliveries={len(self._seen)}>"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/callback/{token}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, token: str) -> str:
        """Where a request with this attempt's token is to be called back."""
        return f"http://{self._host}:{self._port}/callback/{token}"

    async def _receive(self, request: web.Request) -> web.Response:
        delivery = request.headers.get(DELIVERY_HEADER, "")
        if delivery in self._seen:
            return web.Response()
        try:
            status = GenerationStatus.from_json(orjson.loads(await request.read()), webhook=True)
        except orjson.JSONDecodeError:
            return web.Response(status=400, text="not JSON")
        except MessageError as error:
            return web.Response(status=400, text=f"missing: {error}")
        try:
            is_known = await self._deliver(request.match_info["token"], status)
        except BulkgenError:
            return web.Response(status=503, text="not kept")  # the run ends with this error; the sender tries again
        if not is_known:
            return web.Response(status=404, text="no such attempt")
        if delivery:
            self._seen[delivery] = None
            if len(self._seen) > REMEMBERED_DELIVERIES:
                self._seen.popitem(last=False)
        return web.Response()
