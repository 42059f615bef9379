"""Pictures by address, each asked for once: what is there, by the eyes of an inspector, remembered across runs.

    address -> seen a moment ago? -> conditional request -> body -> inspector (in a thread) -> Fetched

A body is read into a file without a name, looked at, and gone; what was found in it stays. A host that answers nobody
is left alone after a few tries, so that ten thousand pictures of a shop that is down cost a minute and not a night.
Left out: what the facts mean.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from yarl import URL

from bulkgen.clock import Clock
from bulkgen.fetch.address import shown
from bulkgen.fetch.exchange import Answer, Exchange, FetchLimits
from bulkgen.fetch.failure import OF_THE_HOST, Failure, FetchError
from bulkgen.fetch.fetched import Fetched, Inspection, Inspector, content_tag
from bulkgen.fetch.guard import Reach
from bulkgen.fetch.seen import Seen, SeenPictures

# The API's bounds for a picture (reference 7.5), and time to read one over a slow line.
SCREEN = FetchLimits(max_bytes=20_000_000)
PRINT = FetchLimits(max_bytes=500_000_000, timeout_seconds=300)
# The same for a video (reference 7.7).
FILMS = FetchLimits(max_bytes=100_000_000, timeout_seconds=300)

# Two checks within a few minutes are one person mending a sheet; its pictures are what they were.
FRESH_SECONDS = 300.0

# A picture that failed for a reason that passes is tried once more after this, or after what the server asks for.
_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_TRIES = 2

# So many times in a row without any answer, and a host is not asked for a minute; then once, to see.
_HOST_PATIENCE = 8
_HOST_REST_SECONDS = 60.0

# Bodies in memory at a time, each whole and then decoded: a picture of 100 megapixels takes 400 MB.
_INSPECTED_AT_ONCE = 2

# A body larger than this goes to disk while it comes in.
_SPOOLED_BYTES = 1024 * 1024


@dataclass(slots=True)
class _Host:
    """How a host has answered of late. `silent` counts the times in a row that it did not."""

    silent: int = 0
    rests_until: float = 0.0


class _KeepError(Exception):
    """The body cannot be kept on our own disk. No OSError, which would be taken for the network's."""


class Fetcher:
    """Opened with `async with`. `folder` is ours alone, shared with other processes of the home."""

    def __init__(
        self,
        folder: Path,
        inspector: Inspector,
        clock: Clock,
        *,
        limits: FetchLimits = SCREEN,
        reach: Reach | None = None,
        fresh_seconds: float = FRESH_SECONDS,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        """`fresh_seconds` 0: ask about every picture once, however lately it was seen."""
        self._folder = folder
        self._inspector = inspector
        self._clock = clock
        self._fresh_seconds = fresh_seconds
        self._exchange = Exchange(reach or Reach(), limits, "bulkgen", trust_env=True, tls=tls)
        self._limits = limits
        self._hosts: dict[str, _Host] = {}
        self._looks: dict[str, asyncio.Task[Fetched]] = {}
        self._inspectors = ThreadPoolExecutor(_INSPECTED_AT_ONCE, thread_name_prefix="inspect")
        self._stack = AsyncExitStack()
        self._seen: SeenPictures | None = None

    def __repr__(self) -> str:
        done = sum(look.done() for look in self._looks.values())
        return f"<Fetcher {done} of {len(self._looks)} looked at, {self._seen!r}>"

    async def __aenter__(self) -> Fetcher:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._seen = SeenPictures(self._folder, self._clock.now())
        self._stack.callback(self._seen.close)
        await self._stack.enter_async_context(self._exchange)
        return self

    async def __aexit__(self, *_: object) -> None:
        looks = list(self._looks.values())
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        # In a thread: a picture that is being decoded cannot be interrupted, only waited for.
        await asyncio.to_thread(self._inspectors.shutdown, cancel_futures=True)
        await self._stack.aclose()

    @property
    def per_host(self) -> int:
        return self._limits.per_host

    @property
    def max_bytes(self) -> int:
        return self._limits.max_bytes

    async def fetch(self, address: str) -> Fetched:
        """Never raises for what the address leads to. Asked twice, it answers twice and looks once."""
        look = self._looks.get(address)
        if look is None:
            look = self._looks[address] = asyncio.create_task(self._look(address), name=f"look {shown(address)}")
        # Shielded: one who stops waiting must not stop the others' look.
        return await asyncio.shield(look)

    async def inspect_file(self, digest: str, path: Path) -> Fetched:
        """A picture on this disk, named by the hex SHA-256 of its bytes; it need not be read if it was seen before.

        Never raises.
        """
        assert self._seen is not None
        name = f"sha256:{digest}"
        seen = self._seen.get(name)
        if seen is None or seen.inspector != self._inspector.version:
            try:
                seen = await asyncio.get_running_loop().run_in_executor(self._inspectors, self._file_seen, name, path)
            except OSError as error:
                words = f"{path.name} cannot be read: {error.strerror or error}"
                return Fetched(path.name, failure=Failure.DISK, words=words, tag=name)
            self._seen.put(seen)
        return replace(_fetched(seen), address=path.name)

    def _file_seen(self, name: str, path: Path) -> Seen:
        body = path.read_bytes()
        found = self._inspector.inspect(body)
        now, digest = self._clock.now(), name.removeprefix("sha256:")
        version = self._inspector.version
        return Seen(name, now, "", "", "", name, digest, len(body), "", version, found.facts, found.is_sound)

    async def _look(self, address: str) -> Fetched:
        assert self._seen is not None
        seen = self._seen.get(address)
        if seen is not None and seen.inspector != self._inspector.version:
            # Its facts are of no use any more, its tag is.
            seen = replace(seen, etag="", last_modified="", is_sound=False)
        age = self._clock.now() - seen.checked_at if seen else -1.0
        if seen and seen.is_sound and 0 <= age < self._fresh_seconds:
            return _fetched(seen)
        try:
            now_seen = await self._see(address, seen)
        except FetchError as error:
            tag = seen.tag if seen else ""
            return Fetched(address, error.url, error.failure, error.words, error.status, tag)
        self._seen.put(now_seen)
        return _fetched(now_seen)

    async def _see(self, address: str, seen: Seen | None) -> Seen:
        host = self._host(address)
        for tries_left in reversed(range(_TRIES)):
            if host.rests_until > self._clock.monotonic():
                words = f"{shown(address)} was not asked for: its host has not answered {_HOST_PATIENCE} times in a row"
                raise FetchError(Failure.SILENT, words)
            try:
                found = await self._ask(address, seen)
            except FetchError as error:
                self._note(host, error)
                pause = error.retry_after_seconds or _PAUSE_SECONDS
                if not tries_left or not error.is_passing or host.silent > 1 or pause > _LONGEST_PAUSE_SECONDS:
                    raise
                await self._clock.sleep(pause)
            else:
                host.silent = 0
                return found
        raise AssertionError("the last try returns or raises")

    async def _ask(self, address: str, seen: Seen | None) -> Seen:
        validators = {}
        if seen is not None:
            given = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified}
            validators = {name: value for name, value in given.items() if value}
        now = self._clock.now()
        with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES, dir=str(self._folder)) as body:
            try:
                answer = await self._exchange.get(address, validators, _keeping(body), now=now)
            except _KeepError as error:
                words = f"{shown(address)} cannot be kept on disk while it is looked at: {error}"
                raise FetchError(Failure.DISK, words) from error
            if answer.status == 304:
                if seen is None or not validators:
                    words = f"{shown(address)} answered 304, though nothing was known of it"
                    raise FetchError(Failure.STATUS, words, url=answer.url, status=304)
                return replace(seen, checked_at=now, url=answer.url)
            loop = asyncio.get_running_loop()
            digest, inspection = await loop.run_in_executor(self._inspectors, self._inspect, body)
        return self._as_seen(address, answer, digest, inspection, seen, now)

    def _inspect(self, body: IO[bytes]) -> tuple[str, Inspection]:
        body.seek(0)
        content = body.read()
        return hashlib.sha256(content).hexdigest(), self._inspector.inspect(content)

    def _as_seen(
        self, address: str, answer: Answer, digest: str, inspection: Inspection, before: Seen | None, now: float
    ) -> Seen:
        # The same bytes under another ETag are the same picture: a shop that was deployed anew gives every picture
        # one, and that must not make every banner again. So are other bytes under the same strong one, by its promise.
        tag = content_tag(answer.etag, digest)
        if before is not None and before.digest == digest:
            tag = before.tag
        return Seen(
            address=address,
            checked_at=now,
            url=answer.url,
            etag=answer.etag,
            last_modified=answer.last_modified,
            tag=tag,
            digest=digest,
            size_bytes=answer.size_bytes,
            media_type=answer.media_type,
            inspector=self._inspector.version,
            facts=inspection.facts,
            is_sound=inspection.is_sound,
        )

    def _host(self, address: str) -> _Host:
        try:
            name = URL(address).host or ""
        except ValueError:
            name = ""
        return self._hosts.setdefault(name, _Host())

    def _note(self, host: _Host, error: FetchError) -> None:
        host.silent = host.silent + 1 if error.failure in OF_THE_HOST else 0
        if host.silent >= _HOST_PATIENCE:
            host.rests_until = self._clock.monotonic() + _HOST_REST_SECONDS


def _fetched(seen: Seen) -> Fetched:
    return Fetched(
        address=seen.address,
        url=seen.url,
        status=200,
        tag=seen.tag,
        digest=seen.digest,
        size_bytes=seen.size_bytes,
        media_type=seen.media_type,
        facts=seen.facts,
    )


def _keeping(body: IO[bytes]) -> Callable[[bytes], None]:
    def write(chunk: bytes) -> None:
        try:
            body.write(chunk)
        except OSError as error:
            raise _KeepError(error.strerror or str(error)) from error

    return write
