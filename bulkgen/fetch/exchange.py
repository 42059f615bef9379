"""One picture by its address over HTTP: redirects followed one by one through the guard, bounded in bytes and time.

    address + validators -> Answer (the body goes to `write`), or FetchError

Left out: what is kept, and for how long. The one place where aiohttp's and the system's errors of a fetch stop.
"""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
from yarl import URL

from bulkgen.fetch.address import shown
from bulkgen.fetch.failure import Failure, FetchError
from bulkgen.fetch.guard import ForbiddenAddressError, GuardedResolver, Reach
from bulkgen.header_times import told_wait_seconds

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PAGES = ("text/html", "application/xhtml+xml")
_CHUNK_BYTES = 64 * 1024

# As much of a body as tells a page from a picture.
_HEAD_BYTES = 512


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost, and how many there may be."""

    max_bytes: int
    timeout_seconds: float = 15
    max_redirects: int = 5
    # Shops throttle or block clients that open more; a browser opens six.
    per_host: int = 4
    # Enough to keep a line busy while many shops are slow; each may hold a megabyte and a socket.
    at_once: int = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What came. Status 304: nothing was written, the picture is as the validators say."""

    status: int
    url: str
    media_type: str = ""
    size_bytes: int = 0
    etag: str = ""
    last_modified: str = ""


class Exchange:
    """Opened with `async with`. `trust_env` takes proxies from the usual variables; `tls` says which certificates
    are good, where it is not for the system to say."""

    def __init__(
        self,
        reach: Reach,
        limits: FetchLimits,
        agent: str,
        *,
        trust_env: bool = False,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        self._reach = reach
        self._limits = limits
        self._agent = agent
        self._trust_env = trust_env
        self._tls = tls
        self._proxies = _proxy_hosts() if trust_env else frozenset()
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._places = asyncio.Semaphore(limits.at_once)
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"<Exchange {len(self._hosts)} hosts, {'open' if self._session else 'closed'}>"

    async def __aenter__(self) -> Exchange:
        resolver = GuardedResolver(self._reach, trusted=self._proxies)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=2 * self._limits.at_once, ssl=self._tls),
                # Some shops answer only what looks like a client that knows what it wants.
                headers={"Accept": "image/*,*/*;q=0.5", "User-Agent": self._agent},
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=self._trust_env,
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
        self._session = None

    async def get(
        self, address: str, validators: Mapping[str, str], write: Callable[[bytes], object], *, now: float = 0.0
    ) -> Answer:
        """`now` is for a `Retry-After` that names a date. Raises FetchError, and what `write` raises."""
        assert self._session is not None
        try:
            url = URL(address)
        except ValueError:
            raise FetchError(Failure.NOT_AN_ADDRESS, f"{shown(address)} is not an address") from None
        for _ in range(self._limits.max_redirects + 1):
            if url.scheme not in ("http", "https") or not url.host:
                told = f"{shown(address)} leads to {shown(str(url))}, which is not http or https"
                raise FetchError(Failure.NOT_AN_ADDRESS, told, url=str(url))
            try:
                self._reach.check_literal(url)
                if url.host in self._proxies:
                    raise ForbiddenAddressError(f"{url.host} is the proxy")
                gate = self._hosts.setdefault(url.host, asyncio.Semaphore(self._limits.per_host))
                # The wait at the gates is ours, not the host's: the time runs from the call on.
                async with (
                    gate,
                    self._places,
                    asyncio.timeout(self._limits.timeout_seconds),
                    self._session.get(url, allow_redirects=False, headers=validators) as answer,
                ):
                    if answer.status in _REDIRECTS and "Location" in answer.headers:
                        url = url.join(URL(answer.headers["Location"]))
                        continue
                    return await self._read(answer, address, str(url), write, now)
            except TimeoutError:
                told = f"{shown(address)} did not answer within {self._limits.timeout_seconds:g} s"
                raise FetchError(Failure.TIMEOUT, told, url=str(url)) from None
            except (ForbiddenAddressError, aiohttp.ClientError, ValueError, OSError) as error:
                raise _translated(error, address, url) from error
        told = f"{shown(address)} redirects more than {self._limits.max_redirects} times"
        raise FetchError(Failure.REDIRECTS, told, url=str(url))

    async def _read(
        self, answer: aiohttp.ClientResponse, address: str, url: str, write: Callable[[bytes], object], now: float
    ) -> Answer:
        told = shown(address)
        etag, last_modified = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
        if answer.status == 304:
            return Answer(304, url, etag=etag, last_modified=last_modified)
        if answer.status != 200:
            wait = retry_after_seconds(answer.headers.get("Retry-After", ""), now)
            words = f"{told} answered {answer.status}"
            raise FetchError(Failure.STATUS, words, url=url, status=answer.status, retry_after_seconds=wait)
        page = FetchError(Failure.PAGE, f"{told} is a web page, not a picture", url=url, status=200)
        if answer.content_type in _PAGES:
            raise page
        most = self._limits.max_bytes
        large = FetchError(Failure.TOO_LARGE, f"{told} is larger than {most / (1024 * 1024):g} MB", url=url, status=200)
        if (answer.content_length or 0) > most:
            raise large
        size, head = 0, b""
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise large
            if len(head) < _HEAD_BYTES:
                head += chunk[:_HEAD_BYTES]
                if _looks_like_page(head):
                    raise page
            write(chunk)
        if not size:
            raise FetchError(Failure.EMPTY, f"{told} is empty", url=url, status=200)
        return Answer(200, url, answer.content_type, size, etag, last_modified)


def retry_after_seconds(value: str, now: float) -> float | None:
    """A `Retry-After` in seconds from `now`; none is below zero."""
    wait = told_wait_seconds(value, now)
    return None if wait is None else max(0.0, wait)


def _translated(error: Exception, address: str, url: URL) -> FetchError:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    told, where = shown(address), str(url)
    if isinstance(cause, ForbiddenAddressError):
        via = "" if where == address else f" (by way of {shown(where)})"
        return FetchError(Failure.FORBIDDEN, f"{told}{via} is not on the public internet", url=where)
    if isinstance(error, (aiohttp.InvalidURL, ValueError)) and not isinstance(error, OSError):
        return FetchError(Failure.NOT_AN_ADDRESS, f"{told} is not an address", url=where)
    if isinstance(error, (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch)):
        return FetchError(Failure.TLS, f"{told} could not be reached: its certificate is not valid", url=where)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(Failure.NAME, f"{told} could not be reached: there is no host {url.host}", url=where)
    if isinstance(error, aiohttp.ClientPayloadError):
        return FetchError(Failure.CUT, f"{told} could not be reached to the end: the connection broke", url=where)
    return FetchError(Failure.CONNECT, f"{told} could not be reached", url=where)


def _looks_like_page(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _proxy_hosts() -> frozenset[str]:
    """The hosts of the proxies that the usual variables name."""
    hosts = set()
    for name, value in urllib.request.getproxies().items():
        if name != "no":
            host = URL(value if "//" in value else f"http://{value}").host
            hosts |= {host} if host else set()
    return frozenset(hosts)
