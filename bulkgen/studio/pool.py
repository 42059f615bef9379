"""The worker processes: tasks in, results out, a few at a time, first come first served; broken ones replaced.

Any `concurrent.futures.Executor` will do; `WorkerPool` is the one of this machine. When a worker dies it takes the
executor with it, and which of the tasks in flight killed it is not told. So they are run again one at a time and
format by format, with nothing else in flight: the format that breaks the executor once more is the one, and fails.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import dataclasses
import heapq
import sys
import types
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from bulkgen.studio.clock import Clock
from bulkgen.studio.task import Failed, Outcome, RenderResult, RenderTask
from bulkgen.wire.envelope import INTERNAL_SERVER_ERROR

# A killed process is gone in milliseconds; one that is not hangs in the system, and a stop must not hang with it.
_END_SECONDS = 2.0

MakeExecutor = Callable[[], Executor]
Render = Callable[[RenderTask], RenderResult]

# Imported once in the fork server, so that a worker is there at once and shares the memory.
_PRELOAD = ["bulkgen.studio.worker"]

# One being worked on and one at hand: a worker never waits for the server, and a task never waits long in the pipe.
_IN_FLIGHT_PER_WORKER = 2


class RenderPool:
    """Bounded, ordered access to an executor that may break."""

    def __init__(self, render: Render, make_executor: MakeExecutor, workers: int, clock: Clock) -> None:
        self._render = render
        self._make_executor = make_executor
        self._clock = clock
        self._free = workers * _IN_FLIGHT_PER_WORKER
        self._line: list[tuple[int, int, asyncio.Future[None]]] = []
        self._asked = 0
        self._executor: Executor | None = None
        self._suspects = 0
        self._no_suspects = asyncio.Event()
        self._no_suspects.set()
        self._alone = asyncio.Lock()
        self.rebuilt = 0

    def __repr__(self) -> str:
        return (
            f"RenderPool(free={self._free}, waiting={len(self._line)}, suspects={self._suspects}, "
            f"rebuilt={self.rebuilt}, executor={type(self._executor).__name__})"
        )

    async def render(self, order: int, task: RenderTask) -> RenderResult:
        """Waits for a place, the lowest `order` first."""
        await self._take_place(order)
        try:
            await self._no_suspects.wait()
            try:
                return await self._run(task)
            except BrokenExecutor:
                return await self._rerun(task)
        finally:
            self._give_place()

    def stop(self) -> None:
        """What is in flight is dropped; the workers end now."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    async def _run(self, task: RenderTask) -> RenderResult:
        executor = self._executor or self._make_executor()
        self._executor = executor
        try:
            # Starting a process takes milliseconds, which only the first tasks pay.
            return await asyncio.wrap_future(executor.submit(self._render, task))
        except BrokenExecutor:
            if self._executor is executor:
                self.stop()
                self.rebuilt += 1
            raise

    async def _rerun(self, task: RenderTask) -> RenderResult:
        self._suspects += 1
        self._no_suspects.clear()
        try:
            async with self._alone:
                outcomes: list[Outcome] = []
                for format_id in task.format_ids:
                    alone = dataclasses.replace(task, format_ids=(format_id,))
                    began = self._clock.monotonic()
                    try:
                        outcomes.extend((await self._run(alone)).outcomes)
                    except BrokenExecutor:
                        took = self._clock.monotonic() - began
                        outcomes.append(Failed(format_id, _cause_of_death(task, took), code=INTERNAL_SERVER_ERROR))
                return RenderResult(tuple(outcomes))
        finally:
            self._suspects -= 1
            if not self._suspects:
                self._no_suspects.set()

    async def _take_place(self, order: int) -> None:
        if self._free and not self._line:
            self._free -= 1
            return
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Synchronous calls share one order; among equals the first to ask is the first.
        self._asked += 1
        heapq.heappush(self._line, (order, self._asked, granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._give_place()
            raise

    def _give_place(self) -> None:
        self._free += 1
        while self._free and self._line:
            _, _, granted = heapq.heappop(self._line)
            if not granted.done():
                self._free -= 1
                granted.set_result(None)


class WorkerPool(ProcessPoolExecutor):
    """Processes from a fork server, which end at once when not waited for."""

    def __init__(self, workers: int, initializer: Callable[..., None], *arguments: Any) -> None:
        self._context = _WorkerContext()
        super().__init__(workers, mp_context=self._context, initializer=initializer, initargs=arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        if not wait:
            self._context.kill()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        with _without_main():
            return super().submit(fn, *args, **kwargs)


class _WorkerContext(ForkServerContext):
    """Remembers the processes it made, so that they can be ended."""

    def __init__(self) -> None:
        super().__init__()
        self._made: list[ForkServerProcess] = []
        self.set_forkserver_preload(_PRELOAD)

    def Process(self, *args: Any, **kwargs: Any) -> ForkServerProcess:  # type: ignore[override]  # noqa: N802
        process = ForkServerProcess(*args, **kwargs)
        self._made.append(process)
        return process

    def kill(self) -> None:
        """None of them is there any more when this returns, so that a stop leaves nothing behind."""
        for process in self._made:
            # Not started yet, or over and closed: nothing to end.
            with contextlib.suppress(AttributeError, ValueError, AssertionError, OSError):
                process.kill()
        for process in self._made:
            with contextlib.suppress(AttributeError, ValueError, AssertionError, OSError):
                process.join(_END_SECONDS)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program from its children while they are started.

    multiprocessing runs the main module again in each child, for the sake of what is pickled from it. Nothing of
    ours is; but a script that calls the library without a guard would run anew in each worker, a script from a pipe
    could not be found there, and the command line would import all it never uses.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _cause_of_death(task: RenderTask, took_seconds: float) -> str:
    if took_seconds >= task.timeout_seconds:
        return f"it took longer than {task.timeout_seconds:g} s"
    return "it crashed the renderer: the worker process ended"
