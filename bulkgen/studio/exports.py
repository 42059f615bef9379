"""Archives that were asked for -> one ZIP file each, and an event for whoever is to have it (reference 2.10, 5.5).

    store (promised) -> ZIP in the files folder -> store (there), event

One after the other, in a thread: an archive is copying, and must not keep banners waiting. Files go in as they are, a
picture does not get smaller. A promise is kept after a kill; the same files give the same archive.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from bulkgen.studio import files
from bulkgen.studio.clock import Clock
from bulkgen.studio.errors import StoreError
from bulkgen.studio.events import Events
from bulkgen.studio.records import Export
from bulkgen.studio.results import banner_of
from bulkgen.studio.store import Store

log = logging.getLogger("bulkgen.studio")

_PAUSE_SECONDS = 5.0
_CHUNK_BYTES = 1 << 20

# A result is read and parsed for each banner; after so many others have their turn.
_AT_A_TIME = 50

# The earliest a ZIP can say. A true time would make each archive of the same files another one.
_TIME = (1980, 1, 1, 0, 0, 0)


class Exports:
    """Runs until cancelled."""

    def __init__(
        self, store: Store, events: Events, folder: Path, clock: Clock, on_finished: Callable[[], None]
    ) -> None:
        self._store = store
        self._events = events
        self._folder = folder
        self._clock = clock
        self._on_finished = on_finished
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()

    def __repr__(self) -> str:
        return f"Exports(idle={self._idle.is_set()})"

    def wake(self) -> None:
        self._idle.clear()
        self._asked.set()

    async def idle(self) -> None:
        """Until each archive that was promised is there."""
        await self._idle.wait()

    async def run(self) -> None:
        while True:
            self._asked.clear()
            try:
                await self._make_all()
            except (StoreError, OSError) as error:
                # Promised, so tried until it can be: a full disk is seen to by someone.
                log.warning("an archive cannot be made yet: %s", error, extra={"action": "export_retry"})
                await self._clock.sleep(_PAUSE_SECONDS)
                continue
            if not self._asked.is_set():
                self._idle.set()
            await self._asked.wait()

    async def _make_all(self) -> None:
        while (export := self._events.next_export()) is not None:
            entries = await self._entries(export)
            key = await asyncio.to_thread(_pack, self._folder, entries)
            await self._events.finish_export(export, key, self._clock.now())
            self._on_finished()

    async def _entries(self, export: Export) -> list[tuple[str, Path]]:
        """Name in the archive and file, of each banner that is known; an id that is not is passed over."""
        entries: list[tuple[str, Path]] = []
        for number, banner_id in enumerate(dict.fromkeys(export.banner_ids), start=1):
            found = self._store.banner(banner_id)
            banner = banner_of(found[1].result, banner_id) if found and found[1].result else None
            if banner is not None:
                entries.append((str(banner["file"]["filename"]), self._folder / banner["file"]["key"]))
            if not number % _AT_A_TIME:
                await asyncio.sleep(0)
        return entries


def _pack(folder: Path, entries: Sequence[tuple[str, Path]]) -> str:
    """Bounded memory, whatever the size. A file that was collected since is left out: the others are still wanted."""
    with files.part_of(folder) as (part, stream):
        taken: set[str] = set()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, path in entries:
                if path.is_file():
                    _add(archive, _free_name(name, taken), path)
        key = f"{_digest(stream)}.zip"
        files.settle(part, stream, folder / key)
    return key


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.external_attr = 0o644 << 16
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        while chunk := source.read(_CHUNK_BYTES):
            target.write(chunk)


def _free_name(name: str, taken: set[str]) -> str:
    """Versions of one visual may have one name; a ZIP with a name twice unpacks to one file."""
    given, path, count = name, PurePath(name), 1
    while given.casefold() in taken:
        count += 1
        given = f"{path.stem} ({count}){path.suffix}"
    taken.add(given.casefold())
    return given


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
