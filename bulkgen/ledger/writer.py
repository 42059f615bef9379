"""One thread that writes the ledger, so that the event loop never waits for a disk.

It commits whatever is queued when the last commit returns: alone, a write is one commit; under load, hundreds share
one, and none waits for a window to close. A write that fails is rolled back alone; the others of its group stand.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from bulkgen.errors import LedgerError
from bulkgen.ledger.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")

# A group is bounded so that the first of it does not wait for a thousand others to be performed.
GROUP_LIMIT = 500


@dataclass(slots=True)
class _Write:
    call: Callable[[], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class LedgerWriter:
    """`await writer.do(ledger.moves.accepted, …)`: returns when it is on disk. Use as `async with`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="bulkgen-ledger", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.pending = 0  # asked for and not yet answered

    def __repr__(self) -> str:
        return f"<LedgerWriter pending={self.pending} alive={self._thread.is_alive()}>"

    async def __aenter__(self) -> LedgerWriter:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Perform a ledger method in the writer's thread. It is performed even if the caller is cancelled."""
        return await asyncio.shield(self.enqueue(function, *args, **kwargs))

    def enqueue(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """`do` for one that cannot wait, since it is being cancelled: performed after all that came before it."""
        assert self._loop is not None
        future: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(_heard)
        self.pending += 1
        self._queue.put(_Write(lambda: function(*args, **kwargs), future))
        return future

    def _work(self) -> None:
        while True:
            group, is_last = self._take()
            if group:
                self._perform(group)
                assert self._loop is not None
                self._loop.call_soon_threadsafe(self._answer, group)
            if is_last:
                return

    def _take(self) -> tuple[list[_Write], bool]:
        """What is queued, waiting for the first; and whether the end was among it."""
        group: list[_Write] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) >= GROUP_LIMIT:
                return group, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _answer(self, group: list[_Write]) -> None:
        for write in group:
            self.pending -= 1
            if write.future.cancelled():
                continue
            if write.error is not None:
                write.future.set_exception(write.error)
            else:
                write.future.set_result(write.result)

    def _perform(self, group: list[_Write]) -> None:
        try:
            with self._ledger.atomic():
                for write in group:
                    _perform_one(self._ledger, write)
        except Exception as error:
            # The commit failed: what each write returned does not count. SQLite undoes the whole transaction when a
            # disk is full, and then says of the commit only that there is none; the write that met it knows more.
            known = next((write.error for write in group if isinstance(write.error, LedgerError)), error)
            for write in group:
                write.error = write.error or known


def _heard(future: asyncio.Future[Any]) -> None:
    """Its caller may be gone; the failure reaches the run by whoever writes next, not as a trace at the end."""
    if not future.cancelled():
        future.exception()


def _perform_one(ledger: Ledger, write: _Write) -> None:
    try:
        with ledger.atomic():
            write.result = write.call()
    except Exception as error:
        write.error = error
