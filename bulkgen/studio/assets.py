"""Pictures by reference -> files on disk, or the reason why not, in words for the row's error cell.

    ref -> Picture(path | reason)

A reference is an http(s) address, a path inside the design's folder, `sha256:…` (sent with a request), or a `data:`
URI. Each address is fetched once for all who wait for it, kept on disk, and asked for again only after a while, with
the validators the server gave. Left out: what a picture holds; decoding is a worker's work, and its bounds are there.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import dataclasses
import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import orjson
from yarl import URL

from bulkgen.studio import files
from bulkgen.studio.clock import Clock
from bulkgen.studio.guard import ForbiddenAddressError, GuardedResolver, Reach
from bulkgen.studio.task import Picture

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_DATA = re.compile(r"data:[\w.+/-]*(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CHUNK_BYTES = 64 * 1024

# Some shops answer only what looks like a client that knows what it wants.
_HEADERS = {"Accept": "image/*,*/*;q=0.5", "User-Agent": "bulkgen-studio"}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost, and how long its outcome is good for."""

    max_bytes: int
    timeout_seconds: float = 15
    max_redirects: int = 5
    # Shops throttle or block clients that open more; a browser opens six.
    per_host: int = 4
    # Within a run a picture does not change; a studio that stays up for days must see that it did.
    fresh_seconds: float = 300
    # Long enough that a thousand rows with one dead address wait once; short enough that a mended one is seen.
    failure_seconds: float = 30
    # Addresses remembered; past it the oldest are asked for again.
    remembered: int = 20_000


class FetchError(Exception):
    """Why an address gave no picture; the text goes after the layer's name."""


@dataclass(frozen=True, slots=True)
class _Known:
    picture: Picture
    until: float


class Assets:
    """Opened with `async with`."""

    def __init__(
        self, cache_folder: Path, uploads_folder: Path, limits: FetchLimits, reach: Reach, clock: Clock
    ) -> None:
        self._cache = cache_folder
        self._uploads = uploads_folder
        self._limits = limits
        self._reach = reach
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Picture]] = {}
        self._of_designs: dict[tuple[Path, str], Picture] = {}
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._stack = AsyncExitStack()
        self._session: aiohttp.ClientSession | None = None

    def __repr__(self) -> str:
        return f"Assets(known={len(self._known)}, under_way={sorted(self._under_way)})"

    async def __aenter__(self) -> Assets:
        connector = aiohttp.TCPConnector(resolver=GuardedResolver(self._reach), limit=64)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                headers=_HEADERS,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        under_way = list(self._under_way.values())
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._stack.aclose()

    async def pictures(self, refs: Mapping[str, str], folder: Path) -> dict[str, Picture]:
        """`refs`: reference -> a layer that shows it, by whose name a failure is told."""
        found = await asyncio.gather(*(self.picture(ref, folder) for ref in refs))
        return {
            ref: dataclasses.replace(picture, layer=layer)
            for (ref, layer), picture in zip(refs.items(), found, strict=True)
        }

    async def picture(self, ref: str, folder: Path) -> Picture:
        if sent := _SHA256.fullmatch(ref):
            return self._existing(self._uploads / sent[1], "the picture sent with the request is gone; send it again")
        if ref.startswith("data:"):
            return self._from_data(ref)
        if not ref.lower().startswith(("http://", "https://")):
            return self._of_design(ref, folder)
        known = self._known.get(ref)
        if known and known.until > self._clock.monotonic():
            return known.picture
        task = self._under_way.get(ref)
        if task is None:
            task = asyncio.create_task(self._remember(ref), name=f"fetch {shown(ref)}")
            self._under_way[ref] = task
            task.add_done_callback(lambda _: self._under_way.pop(ref, None))
        # Shielded: one who stops waiting must not stop the others' fetch.
        return await asyncio.shield(task)

    def has_upload(self, digest: str) -> bool:
        return re.fullmatch("[0-9a-f]{64}", digest) is not None and (self._uploads / digest).is_file()

    def keep_upload(self, body: bytes) -> None:
        files.keep(self._uploads, body, "")

    async def _remember(self, url: str) -> Picture:
        try:
            picture, seconds = await self._fetch(url), self._limits.fresh_seconds
        except FetchError as error:
            picture, seconds = Picture(None, str(error)), self._limits.failure_seconds
        self._known[url] = _Known(picture, self._clock.monotonic() + seconds)
        self._known.move_to_end(url)
        while len(self._known) > self._limits.remembered:
            self._known.popitem(last=False)
        return picture

    async def _fetch(self, address: str) -> Picture:
        name = hashlib.sha256(address.encode()).hexdigest()
        body_path, validators_path = self._cache / name, self._cache / f"{name}.json"
        validators = _validators(validators_path) if body_path.is_file() else {}
        fetched = await self._follow(address, validators)
        if fetched is not None:
            body, headers = fetched
            try:
                await asyncio.to_thread(_save, body_path, body, validators_path, headers)
            except OSError as error:
                raise FetchError(f"{shown(address)} cannot be kept on disk: {error.strerror}") from error
        return Picture(str(body_path))

    async def _follow(self, address: str, validators: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        """Body and validators; None: as it was before. Every hop passes the guard."""
        assert self._session is not None
        try:
            url = URL(address)
        except ValueError:
            raise FetchError(f"{shown(address)} is not an address") from None
        for _ in range(self._limits.max_redirects + 1):
            if url.scheme not in ("http", "https") or not url.host:
                raise FetchError(f"{shown(address)} leads to {shown(str(url))}, which is not http or https")
            try:
                self._reach.check_literal(url)
                gate = self._hosts.setdefault(url.host, asyncio.Semaphore(self._limits.per_host))
                # The wait at the gate is ours, not the host's: the time runs from the call on.
                async with (
                    gate,
                    asyncio.timeout(self._limits.timeout_seconds),
                    self._session.get(url, allow_redirects=False, headers=validators) as answer,
                ):
                    if answer.status in _REDIRECTS and "Location" in answer.headers:
                        url = url.join(URL(answer.headers["Location"]))
                        continue
                    return await self._read(answer, address)
            except TimeoutError:
                seconds = self._limits.timeout_seconds
                raise FetchError(f"{shown(address)} did not answer within {seconds:g} s") from None
            except (ForbiddenAddressError, aiohttp.ClientError, ValueError, OSError) as error:
                raise FetchError(_reason(error, address, url)) from error
        raise FetchError(f"{shown(address)} redirects more than {self._limits.max_redirects} times")

    async def _read(self, answer: aiohttp.ClientResponse, address: str) -> tuple[bytes, dict[str, str]] | None:
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise FetchError(f"{shown(address)} answered {answer.status}")
        most = self._limits.max_bytes
        too_large = FetchError(f"{shown(address)} is larger than {most / (1024 * 1024):g} MB")
        if (answer.content_length or 0) > most:
            raise too_large
        body = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > most:
                raise too_large
        if answer.content_type in ("text/html", "application/xhtml+xml") or _looks_like_page(body):
            raise FetchError(f"{shown(address)} is a web page, not a picture")
        if not body:
            raise FetchError(f"{shown(address)} is empty")
        headers = {
            asked: answer.headers[given]
            for asked, given in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
            if given in answer.headers
        }
        return bytes(body), headers

    def _from_data(self, ref: str) -> Picture:
        start = _DATA.match(ref)
        try:
            body = base64.b64decode("".join(ref[start.end() :].split()), validate=True) if start else b""
        except (binascii.Error, ValueError):
            body = b""
        if not body:
            return Picture(None, "the data: address holds no base64")
        return Picture(str(self._uploads / files.keep(self._uploads, body, "")))

    def _of_design(self, ref: str, folder: Path) -> Picture:
        # Each row of a run asks for the same few, and to resolve a path takes longer than all else that is done for it.
        known = self._of_designs.get((folder, ref))
        if known is None or not os.path.exists(known.path or ""):  # noqa: PTH110 - a Path would take as long again
            known = _in_folder(ref, folder)
            if known.path is not None:
                self._of_designs[folder, ref] = known
        return known

    def _existing(self, path: Path, reason: str) -> Picture:
        return Picture(str(path)) if path.is_file() else Picture(None, reason)


def shown(address: str) -> str:
    """An address as it may be told and logged: what stands after `?` may be a secret, and so may a user name."""
    try:
        url = URL(address).with_user(None).with_query(None).with_fragment(None)
        text = str(url)
    except ValueError:
        text = address.partition("?")[0]
    return text if len(text) <= 200 else f"{text[:199]}…"


def _in_folder(ref: str, folder: Path) -> Picture:
    """A design's own picture; its path may not lead out of the design's folder, by links neither."""
    try:
        root = folder.resolve()
        path = (root / ref).resolve()
        if path.is_relative_to(root) and path.is_file():
            return Picture(str(path))
    except (OSError, ValueError):
        pass
    return Picture(None, f"{ref[:200]} is not in the design's folder")


def _reason(error: Exception, address: str, url: URL) -> str:
    """aiohttp's and the system's exceptions in words; the one place they stop."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    told = shown(address)
    if isinstance(cause, ForbiddenAddressError):
        via = "" if str(url) == address else f" (by way of {shown(str(url))})"
        return f"{told}{via} is not on the public internet"
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return f"{told} is not an address"
    return f"{told} could not be reached"


def _looks_like_page(body: bytes | bytearray) -> bool:
    start = bytes(body[:512]).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _validators(path: Path) -> dict[str, str]:
    try:
        read = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


def _save(body_path: Path, body: bytes, validators_path: Path, validators: Mapping[str, str]) -> None:
    # Validators go first and come last: a body must never stand beside the validators of another.
    validators_path.unlink(missing_ok=True)
    files.write(body_path, body)
    if validators:
        files.write(validators_path, orjson.dumps(validators))
