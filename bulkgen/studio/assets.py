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
import contextlib
import dataclasses
import hashlib
import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from bulkgen.fetch.address import shown
from bulkgen.fetch.exchange import Exchange, FetchLimits
from bulkgen.fetch.failure import Failure, FetchError
from bulkgen.fetch.guard import Reach
from bulkgen.studio import files
from bulkgen.studio.clock import Clock
from bulkgen.studio.task import Picture

_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_DATA = re.compile(r"data:[\w.+/-]*(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)

# Within a run a picture does not change; a studio that stays up for days must see that it did.
_FRESH_SECONDS = 300.0

# Long enough that a thousand rows with one dead address wait once; short enough that a mended one is seen.
FAILURE_SECONDS = 30.0

# Addresses remembered; past it the oldest are asked for again.
_REMEMBERED = 20_000


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
        self._exchange = Exchange(reach, limits, "bulkgen-studio")
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Picture]] = {}
        self._of_designs: dict[tuple[Path, str], Picture] = {}
        self._stack = AsyncExitStack()

    def __repr__(self) -> str:
        return f"Assets(known={len(self._known)}, under_way={sorted(self._under_way)})"

    async def __aenter__(self) -> Assets:
        await self._stack.enter_async_context(self._exchange)
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
        if re.fullmatch("[0-9a-f]{64}", digest) is None:
            return False
        # Young again, so that it is not collected before the request that names it is promised.
        with contextlib.suppress(OSError):
            os.utime(self._uploads / digest)
        return (self._uploads / digest).is_file()

    def keep_upload(self, body: bytes) -> None:
        files.keep(self._uploads, body, "")

    async def _remember(self, url: str) -> Picture:
        try:
            picture, seconds = await self._fetch(url), _FRESH_SECONDS
        except FetchError as error:
            # A name that is not known is mostly misspelt, and then for good.
            is_passing = error.is_passing and error.failure is not Failure.NAME
            picture, seconds = Picture(None, error.words, is_passing=is_passing), FAILURE_SECONDS
        self._known[url] = _Known(picture, self._clock.monotonic() + seconds)
        self._known.move_to_end(url)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return picture

    async def _fetch(self, address: str) -> Picture:
        name = hashlib.sha256(address.encode()).hexdigest()
        body_path, validators_path = self._cache / name, self._cache / f"{name}.json"
        validators = _validators(validators_path) if body_path.is_file() else {}
        # Straight to the disk: a picture for print may have hundreds of megabytes, and many come at once.
        with _disk_trouble(address), files.part_of(self._cache) as (part, stream):

            def write(chunk: bytes) -> None:
                with _disk_trouble(address):
                    stream.write(chunk)

            answer = await self._exchange.get(address, validators, write)
            if answer.status != 304:
                new = {"If-None-Match": answer.etag, "If-Modified-Since": answer.last_modified}
                kept = {name: value for name, value in new.items() if value}
                await asyncio.to_thread(_save, part, stream, body_path, validators_path, kept)
        return Picture(str(body_path))

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


def _validators(path: Path) -> dict[str, str]:
    try:
        read = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


@contextlib.contextmanager
def _disk_trouble(address: str) -> Iterator[None]:
    """Ours, and not the host's, which is never told of by an OSError."""
    try:
        yield
    except OSError as error:
        words = f"{shown(address)} cannot be kept on disk: {error.strerror}"
        raise FetchError(Failure.DISK, words) from error


def _save(part: Path, stream: BinaryIO, body_path: Path, validators_path: Path, validators: Mapping[str, str]) -> None:
    # Validators go first and come last: a body must never stand beside the validators of another.
    validators_path.unlink(missing_ok=True)
    files.settle(part, stream, body_path)
    if validators:
        files.write(validators_path, orjson.dumps(validators))
