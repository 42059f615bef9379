"""The border between the program and the person: errors become a message and an exit code, coroutines are run.

No traceback reaches the terminal unless BULKGEN_TRACEBACK is set.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

import typer

from bulkgen.errors import BulkgenError
from bulkgen.exits import BUG, INTERRUPTED, exit_code

P = ParamSpec("P")
T = TypeVar("T")

# `timeout` signals its child and then the child's whole group: one wish to stop, which comes twice.
ECHO_SECONDS = 0.5

TRACEBACK_NAME = "BULKGEN_TRACEBACK"


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """A command that returns its exit code -> a typer command that never shows a traceback."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except BulkgenError as error:
            _complain(str(error), error)
            code = exit_code(error)
        except KeyboardInterrupt:
            _complain("interrupted; the same command goes on where this one stopped")
            code = INTERRUPTED
        except BrokenPipeError:
            fall_silent()
            code = 0
        except Exception as error:
            _complain(f"this is a bug in bulkgen: {type(error).__name__}: {error}", error)
            _complain("What was submitted is in the ledger; the same command goes on where this one stopped.")
            code = BUG
        raise typer.Exit(code)

    return wrapper


def fall_silent() -> None:
    """The reader of our output has gone (`bulkgen status | head`): nothing to say, and nobody to say it to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unless_subcommand(command: Callable[P, None]) -> Callable[P, None]:
    """A command that has others below it runs when none of those was named. Its first parameter is the context."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        if getattr(kwargs["context"], "invoked_subcommand", None) is None:
            command(*args, **kwargs)

    return wrapper


def run_until_stopped(main: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run `main(stop)`; the first Ctrl-C or SIGTERM sets `stop`, the second cancels."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(with_signals(main))


async def with_signals(
    main: Callable[[asyncio.Event], Coroutine[Any, Any, T]], now: Callable[[], float] | None = None
) -> T:
    """`main(stop)` under the signals of `run_until_stopped`. The same signal again within ECHO_SECONDS of its first is
    no second one; `now` is the loop's clock."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    now = now or loop.time
    task = asyncio.current_task()
    first: dict[int, float] = {}

    def interrupt(number: int) -> None:
        heard_at = now()
        if number in first and heard_at - first[number] < ECHO_SECONDS:
            return
        first.setdefault(number, heard_at)
        if stop.is_set():
            assert task is not None
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt, number)
    try:
        return await main(stop)
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _complain(text: str, error: BaseException | None = None) -> None:
    typer.echo(f"bulkgen: {text}", err=True)
    if error is not None and os.environ.get(TRACEBACK_NAME):
        import traceback

        typer.echo("".join(traceback.format_exception(error)), err=True)
