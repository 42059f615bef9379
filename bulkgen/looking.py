"""Looks at the pictures of a run before anything is paid for: each distinct one once, its host not crowded.

    addresses -> Fetched, by address;  mapped rows -> content tags, by address

Joins `fetch`, which knows nothing of pictures, to what `preflight` knows of them. Left out: the verdicts.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from yarl import URL

from bulkgen.clock import Clock
from bulkgen.engine.trust import trusted
from bulkgen.fetch.fetched import Fetched
from bulkgen.fetch.fetcher import FILMS, FRESH_SECONDS, PRINT, SCREEN, Fetcher
from bulkgen.fetch.guard import Reach
from bulkgen.mapping.model import PICTURE_PREFIX, LocalPicture, MappedRow
from bulkgen.mapping.pictures import Pictures
from bulkgen.plan.picture_addresses import picture_addresses
from bulkgen.preflight.pictures import INSPECTOR, unusable

# In the home, beside the ledger.
FOLDER = "pictures"

# What is too large for its place although it could be fetched, the verdicts say.
_LIMITS = {"printer": PRINT, "printer_multipage": PRINT, "animated": FILMS}

# (looked at, of all)
Progress = Callable[[int, int], None]


def _unheard(_looked_at: int, _of_all: int) -> None:
    """Nobody listens."""


def picture_fetcher(
    home: Path, clock: Clock, *, design_type: str = "static", reach: Reach | None = None, is_fresh_asked: bool = False
) -> Fetcher:
    """To be opened with `async with`. `home` is the folder of the home. Raises ConfigError, as `trusted` does.

    `reach`: what else than the public internet may be called. `is_fresh_asked`: ask each server whether its picture is
    what it was, however lately that was asked; for a run whose banners follow the pictures (`--check-images`).
    """
    return Fetcher(
        home / FOLDER,
        INSPECTOR,
        clock,
        limits=_LIMITS.get(design_type, SCREEN),
        reach=reach,
        fresh_seconds=0.0 if is_fresh_asked else FRESH_SECONDS,
        tls=trusted("https:"),
    )


async def look_at_pictures(
    addresses: Iterable[str], fetcher: Fetcher, *, progress: Progress = _unheard
) -> Mapping[str, Fetched]:
    """What is at each of the addresses; a failure is an answer too. `progress` is called as they come in."""
    by_host: dict[str, list[str]] = defaultdict(list)
    distinct = dict.fromkeys(addresses)
    for address in distinct:
        by_host[_host(address)].append(address)
    found: dict[str, Fetched] = {}

    async def walk(waiting: Iterator[str]) -> None:
        for address in waiting:
            found[address] = await fetcher.fetch(address)
            progress(len(found), len(distinct))

    # As many walkers a host as it may have requests: a slow shop holds up its own pictures and nobody else's, and a
    # catalogue of a hundred thousand is not as many tasks.
    async with asyncio.TaskGroup() as group:
        for own in by_host.values():
            waiting = iter(own)
            for _ in range(min(len(own), fetcher.per_host)):
                group.create_task(walk(waiting))
    return {address: found[address] for address in distinct}


async def settle_pictures(
    rows: Callable[[], Iterable[MappedRow]],
    pictures: Pictures,
    fetcher: Fetcher,
    *,
    is_studio: bool,
    progress: Progress = _unheard,
) -> dict[str, Fetched]:
    """Looks at every picture of the rows, at an address or in a file, and has the mapping use its fallbacks in place of
    those that cannot be used.

    `rows` maps them anew each time it is called, `pictures` is the mapper's own: afterwards a row asks for its
    fallback, and says so, where there is one and it is better.
    """
    found: dict[str, Fetched] = {}
    # Twice: the fallbacks come to light only when they are used, and may be bad as well.
    for _ in range(2):
        files: dict[str, LocalPicture] = {}
        new = [address for address in addresses_of(_noting_files(rows(), files)) if address not in found]
        found |= await look_at_pictures(new, fetcher, progress=progress)
        found |= await look_at_files((file for name, file in files.items() if name not in found), fetcher)
        bad = unusable(found, is_studio=is_studio)
        if bad == pictures.unusable:
            break
        pictures.unusable = bad
    return found


def _noting_files(rows: Iterable[MappedRow], files: dict[str, LocalPicture]) -> Iterator[MappedRow]:
    """The rows as they are, with their picture files in `files` afterwards, under the names that payloads have."""
    for row in rows:
        for want in row.wants:
            for digest, picture in want.payload.pictures.items():
                files[PICTURE_PREFIX + digest] = picture
        yield row


async def look_at_files(pictures: Iterable[LocalPicture], fetcher: Fetcher) -> Mapping[str, Fetched]:
    """Pictures beside the sheet, by `sha256:…` as payloads name them."""
    distinct = {picture.digest: picture for picture in pictures}
    # By what people call it: one that came in a cell or an archive lies in a file named by its hash.
    return {
        PICTURE_PREFIX + digest: replace(await fetcher.inspect_file(digest, picture.path), address=picture.called)
        for digest, picture in distinct.items()
    }


async def picture_contents(
    rows: Iterable[MappedRow], fetcher: Fetcher, *, progress: Progress = _unheard
) -> dict[str, str]:
    """For `plan_row`: a tag of what is at each picture address now, or was when it last could be seen.

    A picture that cannot be reached tonight has the tag of last night, so that its banners are not made again for it;
    one that never was seen has none.
    """
    found = await look_at_pictures(addresses_of(rows), fetcher, progress=progress)
    return {address: fetched.tag for address, fetched in found.items() if fetched.tag}


def addresses_of(rows: Iterable[MappedRow]) -> tuple[str, ...]:
    """The distinct picture addresses of rows that are to be sent."""
    found: dict[str, None] = {}
    for row in rows:
        if not row.errors and not row.skipped:
            for want in row.wants:
                found.update(dict.fromkeys(picture_addresses(want.payload.to_json())))
    return tuple(found)


def _host(address: str) -> str:
    try:
        return URL(address).host or ""
    except ValueError:
        return ""
