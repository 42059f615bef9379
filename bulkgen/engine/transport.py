"""aiohttp <-> wire: the one place where aiohttp's answers and errors become ours.

Every call needs a ticket: one of a bounded number of open calls, at its turn in the budget. A ticket also tells how far
the bytes of its call got, because that decides whether a POST may be repeated. Left out: what to do about a failure
(`retry`) and what the bodies mean (`client`).
"""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import orjson

from bulkgen.clock import Clock
from bulkgen.engine.pacefile import PaceFile
from bulkgen.engine.pacing import Pacing
from bulkgen.engine.provider import Provider
from bulkgen.engine.quota import Quota, read_quota
from bulkgen.engine.retry import Reach, Silence
from bulkgen.engine.trust import trusted
from bulkgen.header_times import told_date, told_wait_seconds
from bulkgen.wire.envelope import FEATURE_NOT_IN_PLAN, ApiError, parse_error
from bulkgen.wire.routes import Route

# More open calls than this gain nothing: at a round trip of 150 ms, ten calls a second need two.
OPEN_CALLS = 64

# As in the official client; a generate call only accepts work, so a longer silence is no work in progress.
ATTEMPT_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0

# A server may close an idle connection just as a POST goes out on it, which then is in doubt for nothing. Connections
# idle for longer than this are not used again.
IDLE_CONNECTION_SECONDS = 2.0

LEAST_RETRY_AFTER_SECONDS = 1.0

# A finalized request with many banners is some tens of kilobytes, a design some megabytes. More is not an answer.
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class NoAnswer(Exception):
    """The call brought no whole answer. The text says why, without addresses or keys."""

    def __init__(self, message: str, reach: Reach, silence: Silence = Silence.OUT_OF_REACH) -> None:
        super().__init__(message)
        self.reach = reach
        self.silence = silence


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `body` is None where it is not JSON; `error` is None for a success."""

    status: int
    body: Any
    error: ApiError | None


class Ticket:
    """The right to make one call now. Release it, or use it as `with`.

    `reach` is how far the bytes of a POST got, at any moment; of a GET it is known once that has failed. `quota` is
    what the answer said of the budget of its kind of call.
    """

    __slots__ = ("_transport", "granted_at", "quota", "reach", "was_waited_for")

    def __init__(self, transport: Transport, granted_at: float, *, was_waited_for: bool) -> None:
        self._transport: Transport | None = transport
        self.granted_at = granted_at
        self.was_waited_for = was_waited_for
        self.reach = Reach.NOTHING
        self.quota: Quota | None = None

    def __repr__(self) -> str:
        return f"<Ticket of {self.granted_at:.3f}, {self.reach.value}, released={self._transport is None}>"

    def release(self) -> None:
        if self._transport is not None:
            self._transport._return_ticket()
            self._transport = None

    def __enter__(self) -> Ticket:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Transport:
    """Calls to one provider, at its pace. Use as `async with`. With a `pace_folder` that pace is one for all processes
    that name the same folder, provider and key."""

    def __init__(
        self, provider: Provider, clock: Clock, *, open_calls: int = OPEN_CALLS, pace_folder: Path | None = None
    ) -> None:
        self.provider = provider
        self.clock = clock
        self.on_wire = 0  # calls sent, or being sent, and not answered
        self._limit = open_calls
        self._places = asyncio.Semaphore(open_calls)
        file = None
        if pace_folder is not None and provider.calls_per_second is not None:
            file = PaceFile(pace_folder, provider.base_url, provider.api_key)
        self.pacing = Pacing(clock, provider.calls_per_second, start=provider.start_calls_per_second, file=file)
        self._sessions: _Sessions | None = None
        self._where = urlsplit(provider.base_url).netloc

    def __repr__(self) -> str:
        return f"<Transport {self._where} on_wire={self.on_wire} of {self._limit} {self.pacing}>"

    async def __aenter__(self) -> Self:
        self._sessions = _open_sessions(self.provider)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sessions is not None:
            await self._sessions.close()
            self._sessions = None

    @property
    def where(self) -> str:
        """The provider's host, for messages."""
        return self._where

    async def room(self) -> None:
        """Wait until one more call could be open. Whoever then asks for a ticket first has it."""
        if self._places.locked():
            async with self._places:
                pass

    async def ticket(self) -> Ticket:
        """Wait for a place among the open calls and for the turn in the budget; first come, first served."""
        was_waited_for = self._places.locked() or self.pacing.pace is not None
        await self._places.acquire()
        try:
            await self.pacing.turn()
        except BaseException:
            self._return_ticket()
            raise
        return Ticket(self, self.clock.monotonic(), was_waited_for=was_waited_for)

    async def call(
        self,
        route: Route,
        path: str,
        ticket: Ticket,
        *,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One attempt. Raises NoAnswer; the ticket knows how far the bytes got, also when the caller is cancelled."""
        assert self._sessions is not None, "the transport is not open"
        is_read = route.method == "GET"
        session = self._sessions.untraced if is_read else self._sessions.traced
        self.on_wire += 1
        try:
            async with session.request(
                route.method,
                self.provider.base_url + path,
                data=body,
                params=query,
                headers={"Content-Type": "application/json", **(headers or {})} if body is not None else headers,
                allow_redirects=False,
                trace_request_ctx=ticket,
            ) as response:
                wall = self.clock.now()
                ticket.quota = read_quota(response.headers, wall, self.clock.monotonic())
                answer = _answer(response.status, await _read(response), response.headers, wall)
                if _is_bare_refusal(answer):
                    self.pacing.refused()
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if is_read and not isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
                ticket.reach = Reach.SENT
            raise NoAnswer(_reason(error), ticket.reach, _silence(error)) from error
        finally:
            self.on_wire -= 1

    def _return_ticket(self) -> None:
        self._places.release()


@dataclass(frozen=True, slots=True)
class _Sessions:
    """Two on the same connections. How far its bytes got matters to a POST alone, and aiohttp tells it by building
    every signal of a call, a tenth of what a look costs: so a GET is not traced, and its failure says enough."""

    traced: aiohttp.ClientSession
    untraced: aiohttp.ClientSession

    async def close(self) -> None:
        await self.untraced.close()
        await self.traced.close()


def _open_sessions(provider: Provider) -> _Sessions:
    headers = {"Accept": "application/json", "User-Agent": "bulkgen"}
    if provider.api_key:
        headers["x-api-key"] = provider.api_key
    trace = aiohttp.TraceConfig()
    # The moment before the first byte is handed to the connection: from here on the call counts as sent.
    trace.on_request_headers_sent.append(_mark_sent)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_CONNECTION_SECONDS, ssl=trusted(provider.base_url))
    proxy = environment_proxy(provider.base_url)

    def opened(traces: list[aiohttp.TraceConfig]) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            connector_owner=bool(traces),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=ATTEMPT_TIMEOUT_SECONDS, sock_connect=CONNECT_TIMEOUT_SECONDS),
            trace_configs=traces,
            proxy=proxy,
        )

    return _Sessions(traced=opened([trace]), untraced=opened([]))


async def _mark_sent(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _: aiohttp.TraceRequestHeadersSentParams
) -> None:
    context.trace_request_ctx.reach = Reach.SENT


async def _read(response: aiohttp.ClientResponse) -> bytes:
    told_bytes = response.content_length
    if told_bytes is not None and told_bytes <= MAX_ANSWER_BYTES:
        return await response.read()
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise aiohttp.ClientPayloadError("the answer is too large")
        pieces.append(piece)
    return b"".join(pieces)


def _answer(status: int, content: bytes, headers: Mapping[str, str], now: float) -> Answer:
    try:
        body = orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        body = None
    if 200 <= status < 300:
        return Answer(status, body, None)
    said = body if body is not None else content[:1000].decode("utf-8", "replace")
    # A time of day to wait for is by the provider's own clock, where it tells it: ours may be hours off.
    theirs = told_date(headers.get("Date", "")) or now
    return Answer(status, body, parse_error(status, said, retry_after(headers.get("Retry-After", ""), theirs)))


def _is_bare_refusal(answer: Answer) -> bool:
    """A 429 that names neither a time nor a plan: the ceiling of all calls together (or spent credits, which look the
    same, and then no pace matters)."""
    error = answer.error
    return (
        error is not None
        and error.status == 429
        and error.retry_after_seconds is None
        and error.id != FEATURE_NOT_IN_PLAN
    )


def retry_after(value: str, now: float) -> float | None:
    """A `Retry-After` in seconds from `now` (Unix time). At least a second: "at once" and a moment that has passed
    would be calls without end."""
    wait = told_wait_seconds(value, now)
    return None if wait is None else max(LEAST_RETRY_AFTER_SECONDS, wait)


def environment_proxy(base_url: str) -> str | None:
    """The proxy that the usual variables name for this address, found once: aiohttp's `trust_env` would look it up in
    a thread for every call. None for this machine itself."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _silence(error: BaseException) -> Silence:
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)):
        return Silence.UNTRUSTED
    # A response error is an answer that is not HTTP.
    wrong_address = (aiohttp.ClientConnectorDNSError, aiohttp.ClientSSLError, ssl.SSLError, aiohttp.ClientResponseError)
    return Silence.MISTAKEN if isinstance(error, wrong_address) else Silence.OUT_OF_REACH


def _reason(error: BaseException) -> str:
    """Why there is no answer, in words; never the text of a foreign exception, which may hold an address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name cannot be resolved"
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)):
        return "its certificate is not trusted (SSL_CERT_FILE can name the one to trust)"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "no secure connection could be made"
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return "the proxy cannot be reached"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "no connection could be made"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "its answer was cut off"
    if isinstance(error, aiohttp.ClientConnectionError):
        return "the connection was cut"
    return "its answer is not HTTP"
