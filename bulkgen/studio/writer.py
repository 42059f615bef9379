"""One thread that writes to SQLite, and commits together whatever was asked for while it was committing.

A timed window would only add latency to what somebody waits for; waiting for the last commit to return costs nothing
and, under load, shares one disk flush among all that wait. Changes that nobody waits for (`patient`) ride with the
next that somebody does, or go alone after a moment. What is written is `store`'s business.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bulkgen.studio.errors import StoreError

T = TypeVar("T")
Change = Callable[[sqlite3.Connection], Any]
_Asked = tuple[Change, "asyncio.Future[Any]", bool]

# Each commit is a disk flush and some 0.2 ms of processor. Within this time a busy studio always commits for another
# reason; an idle one loses no more than this at a kill, and only what does not hurt.
_PATIENCE_SECONDS = 0.05


class Writer:
    """Belongs to the event loop it is made in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._asked: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="studio-writer", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"Writer({str(self._path)!r}, asked={self._asked.qsize()}, alive={self._thread.is_alive()})"

    def write(self, change: Callable[[sqlite3.Connection], T], *, patient: bool = False) -> asyncio.Future[T]:
        """Resolves when `change` is on the disk, with what it returned; raises what it raised, else StoreError.

        Changes are made in the order they were asked for, patient or not.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._asked.put((change, future, patient))
        return future

    async def close(self) -> None:
        """Everything asked for before is on the disk afterwards."""
        self._asked.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        connection = connect(self._path)
        try:
            is_last = False
            while not is_last:
                batch, is_last = self._gather()
                if not batch:
                    continue
                outcomes = _commit(connection, [change for change, _, _ in batch])
                pairs = [(future, outcome) for (_, future, _), outcome in zip(batch, outcomes, strict=True)]
                self._loop.call_soon_threadsafe(_settle, pairs)
        finally:
            connection.close()

    def _gather(self) -> tuple[list[_Asked], bool]:
        """All that is asked for by now, and a moment more while none of it is urgent; whether it is the last."""
        batch: list[_Asked] = []
        is_patient = True
        while True:
            try:
                if not batch:
                    asked = self._asked.get()
                elif is_patient:
                    asked = self._asked.get(timeout=_PATIENCE_SECONDS)
                else:
                    asked = self._asked.get_nowait()
            except queue.Empty:
                return batch, False
            if asked is None:
                return batch, True
            batch.append(asked)
            is_patient = is_patient and asked[2]


def connect(path: Path) -> sqlite3.Connection:
    """WAL and synchronous FULL: what was answered is on the disk, also after a power cut."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _commit(connection: sqlite3.Connection, changes: list[Change]) -> list[Any]:
    """One transaction; a change that fails is undone alone. An outcome is a value or an exception."""
    outcomes: list[Any] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for change in changes:
            connection.execute("SAVEPOINT one")
            try:
                outcomes.append(change(connection))
            except Exception as error:
                connection.execute("ROLLBACK TO one")
                outcomes.append(_ours(error))
            connection.execute("RELEASE one")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return [_ours(error)] * len(changes)
    return outcomes


def _ours(error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error):
        return StoreError(f"the studio's store cannot be written: {error}", hint="Is the disk full?")
    return error


def _settle(pairs: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, outcome in pairs:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
