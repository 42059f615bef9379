"""The receiver of webhooks: a small server, with an address for each attempt and one for all that a workspace makes.

    POST …/callback/{token}   the result of one attempt; only its own request was told the token
    POST …/webhook            a subscription to NEW_BANNER_BATCH: matched by the id of the request
    GET  …/ready              who listens here: whether the public address leads to this process

It answers 200 only after `take` has it in the ledger, so a delivery is either kept or made again. With a secret, an
unsigned or wrongly signed delivery is refused with 401, by the raw bytes; without one a token is proof enough, and a
delivery without a token is believed only so far that its request is looked at now. The part of the path before these
is whatever a proxy in front leaves there.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self

import aiohttp
import orjson
from aiohttp import web

from bulkgen.clock import Clock
from bulkgen.errors import BulkgenError, ConfigError
from bulkgen.wire.messages import GenerationStatus, MessageError
from bulkgen.wire.signature import DELIVERY_HEADER, HEADER, verify

# A delivery is repeated within seconds or hours; far more ids than a run has open requests need no keeping.
REMEMBERED_DELIVERIES = 10_000

# A banner is about a kilobyte; a request has at most some hundred.
MAX_BODY_BYTES = 16 * 1024 * 1024

# A delivery that connects just as the run ends is made again; it must not hold up whoever pressed Ctrl-C.
SHUTDOWN_SECONDS = 1.0

# The way out to the public address and back in; a proxy that takes longer is no way for deliveries either.
REACH_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and under which public address (without a trailing slash) the provider comes there; "" for a
    provider on this machine. `secret` is the workspace's signing secret, if it has one."""

    host: str = "127.0.0.1"
    port: int = 0
    url: str = ""
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a webhook brought. `token` is "" for one that came to the common address; `id` "" for one without an id."""

    id: str
    token: str
    is_signed: bool
    status: GenerationStatus


# Whether the delivery is one of ours; raises BulkgenError when it could not be kept.
Take = Callable[[Delivery], Awaitable[bool]]


class Receiver:
    """Use as `async with`. Raises ConfigError where it cannot listen. `on_forgery` is called for what is refused."""

    def __init__(
        self, take: Take, clock: Clock, place: Place | None = None, *, on_forgery: Callable[[], None] = lambda: None
    ) -> None:
        self._take = take
        self._clock = clock
        self._place = place or Place()
        self._on_forgery = on_forgery
        self._port = self._place.port
        self._name = secrets.token_hex(8)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._runner: web.AppRunner | None = None

    def __repr__(self) -> str:
        return f"<Receiver {self._place.host}:{self._port} deliveries={len(self._seen)}>"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_post("/{before:(?:.*/)?}callback/{token}", self._receive)
        app.router.add_post("/{before:(?:.*/)?}webhook", self._receive)
        app.router.add_get("/{before:(?:.*/)?}ready", self._ready)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._place.host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError(
                f"webhooks cannot be listened for: {error.strerror or 'the address cannot be used'}",
                code="webhook_listen",
                where=f"{self._place.host}:{self._port}",
                hint="Choose another address with --webhook-listen HOST:PORT. Nothing was sent.",
            ) from error
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
        return f"{self._base}/callback/{token}"

    async def is_reached(self) -> bool:
        """Whether the public address leads here. A no may be wrong: some networks do not let one in by the way out."""
        timeout = aiohttp.ClientTimeout(total=REACH_TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.get(f"{self._base}/ready") as response,
            ):
                return response.status == 200 and await response.content.read(len(self._name)) == self._name.encode()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    @property
    def _base(self) -> str:
        host = f"[{self._place.host}]" if ":" in self._place.host else self._place.host
        return self._place.url or f"http://{host}:{self._port}"

    async def _ready(self, _: web.Request) -> web.Response:
        return web.Response(text=self._name)

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        is_signed = self._is_signed(body, request.headers.get(HEADER, ""))
        if self._place.secret and not is_signed:
            return self._forged("not signed with this workspace's secret")
        delivery_id = request.headers.get(DELIVERY_HEADER, "")
        if delivery_id in self._seen:
            return web.Response()
        try:
            status = GenerationStatus.from_json(orjson.loads(body), webhook=True)
        except orjson.JSONDecodeError:
            return web.Response(status=400, text="not JSON")
        except MessageError as error:
            return web.Response(status=400, text=f"missing: {error}")
        token = request.match_info.get("token", "")
        try:
            is_ours = await self._take(Delivery(delivery_id, token, is_signed, status))
        except BulkgenError:
            return web.Response(status=503, text="not kept")  # the run ends with this error; the sender tries again
        if token and not is_ours:
            return self._forged("no attempt has this token")
        self._saw(delivery_id)
        return web.Response()

    def _is_signed(self, body: bytes, header: str) -> bool:
        secret = self._place.secret
        return secret is not None and verify(body, header, secret, self._clock.now())

    def _forged(self, why: str) -> web.Response:
        self._on_forgery()
        return web.Response(status=401, text=why)

    def _saw(self, delivery_id: str) -> None:
        if delivery_id:
            self._seen[delivery_id] = None
            if len(self._seen) > REMEMBERED_DELIVERIES:
                self._seen.popitem(last=False)
