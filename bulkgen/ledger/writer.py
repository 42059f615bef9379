"""One thread that writes the ledger, so that the event loop never waits for a disk.

It commits whatever is queued when the last commit returns: alone, a write is one commit; under load, hundreds share
one, and none waits for a window to close. Calls of a `batched` function in a group are performed as one.

A write that fails is rolled back alone; the others of its group stand. For that the group is rolled back and performed
again, one by one with a savepoint for each. It happens seldom; but a write may be performed twice, so it is to have no
effect except on the ledger.
"""

from __future__ import annotations

import asyncio
import functools
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeAlias, TypeVar

from bulkgen.errors import LedgerError
from bulkgen.ledger.ledger import Ledger

P = ParamSpec("P")
T = TypeVar("T")

# Performs many calls of a function: (ledger, their other arguments) -> their results, or None where one of them is not
# ordinary, and then all are performed one by one.
Many: TypeAlias = Callable[[Ledger, Any], Sequence[Any] | None]

# A group is bounded so that the first of it does not wait for a thousand others to be performed.
GROUP_LIMIT = 500


def batched(many: Many) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """For a write whose arguments are the ledger, what it is about, and more. Calls about different things may change
    places: all of one function that wait for the same commit are left to `many`. Calls about the same keep their order.
    """

    def mark(function: Callable[P, T]) -> Callable[P, T]:
        setattr(function, _MANY, many)
        return function

    return mark


_MANY = "performed_by_many"


@dataclass(slots=True)
class _Write:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class LedgerWriter:
    """`await writer.do(ledger.moves.accepted, …)`: returns when it is on disk. Use as `async with`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked: list[_Write] = []  # in this turn of the loop
        self._queue: queue.SimpleQueue[list[_Write] | None] = queue.SimpleQueue()
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
        self._hand_over()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    async def do(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Perform a ledger method in the writer's thread. It is performed even if the caller is cancelled."""
        # No shield: a cancelled caller cancels its future, which nobody else waits for, and not the write.
        return await self._ask(function, *args, **kwargs)

    def enqueue(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """`do` for one that cannot wait, since it is being cancelled: performed after all that came before it."""
        future = self._ask(function, *args, **kwargs)
        future.add_done_callback(_heard)
        return future

    def _ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        assert self._loop is not None
        future: asyncio.Future[T] = self._loop.create_future()
        self.pending += 1
        if not self._asked:
            self._loop.call_soon(self._hand_over)
        self._asked.append(_Write(functools.partial(function, **kwargs) if kwargs else function, args, future))
        return future

    def _hand_over(self) -> None:
        """What one turn of the loop asks for wakes the thread once: woken by the first, it would commit that alone."""
        if self._asked:
            self._queue.put(self._asked)
            self._asked = []

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
            group.extend(item)
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
        if not self._perform_together(group):
            self._perform_apart(group)

    def _perform_together(self, group: list[_Write]) -> bool:
        """In one transaction. False if one of several failed, and then nothing of them is in the ledger."""
        is_performed = False
        try:
            with self._ledger.atomic():
                for many, writes in _steps(group):
                    self._perform_step(many, writes)
                is_performed = True
        except Exception as error:
            if len(group) > 1 and not is_performed:
                return False
            for write in group:
                write.error = error
        return True

    def _perform_step(self, many: Many | None, writes: list[_Write]) -> None:
        if many is None or len(writes) == 1:
            for write in writes:
                write.result = write.function(*write.args)
            return
        results = many(self._ledger, [write.args[1:] for write in writes])
        if results is None:
            raise _NotOrdinary
        for write, result in zip(writes, results, strict=True):
            write.result = result

    def _perform_apart(self, group: list[_Write]) -> None:
        try:
            with self._ledger.atomic():
                for write in group:
                    _perform_alone(self._ledger, write)
        except Exception as error:
            # The commit failed: what each write returned does not count. SQLite undoes the whole transaction when a
            # disk is full, and then says of the commit only that there is none; the write that met it knows more.
            known = next((write.error for write in group if isinstance(write.error, LedgerError)), error)
            for write in group:
                write.error = write.error or known


class _NotOrdinary(Exception):
    """A batch that must be performed one by one. Never leaves this module."""


def _steps(group: Iterable[_Write]) -> Iterator[tuple[Many | None, list[_Write]]]:
    """What to perform at once, in an order in which all that are about the same thing come as they were asked for."""
    batches: dict[Many, list[_Write]] = {}
    subjects: set[object] = set()
    for write in group:
        many: Many | None = getattr(write.function, _MANY, None)
        if many is None or write.args[1] in subjects:
            yield from batches.items()
            batches, subjects = {}, set()
        if many is None:
            yield None, [write]
        else:
            batches.setdefault(many, []).append(write)
            subjects.add(write.args[1])
    yield from batches.items()


def _heard(future: asyncio.Future[Any]) -> None:
    """Its caller may be gone; the failure reaches the run by whoever writes next, not as a trace at the end."""
    if not future.cancelled():
        future.exception()


def _perform_alone(ledger: Ledger, write: _Write) -> None:
    try:
        with ledger.atomic():
            write.result = write.function(*write.args)
    except Exception as error:
        write.error = error
