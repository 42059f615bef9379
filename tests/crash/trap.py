"""The real command with a trap in it: at the Nth passing of a named point the process kills itself, as `kill -9` would.

    python trap.py POINT N run SHEET …

The points stand on both sides of each step after which something is true on a disk or at the provider: those that we
named, and, taken from the ledger's own table, both sides of every move of a generation. The embedded studio dies with
the command: what it had accepted it must finish when it is started again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

from bulkgen import session
from bulkgen.engine import door, retry
from bulkgen.engine.client import ApiClient
from bulkgen.ledger import states
from bulkgen.ledger.batches import Batches
from bulkgen.ledger.database import Database
from bulkgen.ledger.moves import Moves
from bulkgen.ledger.states import TRANSITIONS, GenerationEvent, GenerationState
from bulkgen.studio.store import Store

Move = tuple[GenerationState, GenerationEvent]

NOWHERE = "nowhere"

# Moves that a statement makes of many generations at once, without asking the table for each.
STATEMENTS: dict[str, Move] = {
    "supersede_planned": (GenerationState.PLANNED, GenerationEvent.REPLANNED),
    "intend_generations": (GenerationState.PLANNED, GenerationEvent.INTENDED),
    "accept_generations": (GenerationState.SUBMITTING, GenerationEvent.ACCEPTED),
    "finalize_generations": (GenerationState.SUBMITTED, GenerationEvent.FINALIZED),
}


class Trap:
    def __init__(self, passing: int) -> None:
        self._left = passing

    def is_the_one(self) -> bool:
        """Count a passing; whether it is the Nth."""
        self._left -= 1
        return self._left == 0

    def spring(self) -> None:
        if self.is_the_one():
            os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str, trap: Trap) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        trap.spring()
        return original(*args, **kwargs)

    setattr(owner, name, wrapper)


def before_write(one: str, many: str, trap: Trap) -> None:
    """Before a generation is written, alone or in a batch."""
    before(Moves, one, trap)
    original: Callable[..., bool] = getattr(Batches, many)

    def wrapper(self: Batches, writes: Sized) -> bool:
        for _ in range(len(writes)):
            trap.spring()
        return original(self, writes)

    setattr(Batches, many, wrapper)


def after(owner: type, name: str, trap: Trap) -> None:
    """For coroutine methods: once the result is there and nobody has seen it."""
    original: Callable[..., Any] = getattr(owner, name)

    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        result = await original(*args, **kwargs)
        trap.spring()
        return result

    setattr(owner, name, wrapper)


def while_reporting(trap: Trap) -> None:
    """The report is written beside its name and not renamed yet."""
    original = Path.replace

    def wrapper(self: Path, target: Any) -> Path:
        if Path(target).stem.endswith(".generated"):
            trap.spring()
        return original(self, target)

    Path.replace = wrapper  # type: ignore[method-assign]


def at_move(wanted: Move, trap: Trap, *, is_written: bool) -> None:
    """While the move is decided and not written; or once it is committed, and before anybody heard of it."""
    is_being_written = False

    def passed() -> None:
        nonlocal is_being_written
        if is_written:
            is_being_written = is_being_written or trap.is_the_one()
        else:
            trap.spring()

    _tell_of_moves(wanted, passed)
    original = Database.atomic

    @contextlib.contextmanager
    def atomic(self: Database) -> Iterator[None]:
        is_nested = self._connection.in_transaction
        with original(self):
            yield
        if is_being_written and not is_nested:
            os.kill(os.getpid(), signal.SIGKILL)

    if is_written:
        Database.atomic = atomic  # type: ignore[method-assign]


def _tell_of_moves(wanted: Move, passed: Callable[[], None]) -> None:
    import bulkgen.pipeline  # noqa: F401  so that every module that moves a generation is there

    move, run = states.move, Database.run

    def moved(state: GenerationState, event: GenerationEvent) -> GenerationState:
        after = move(state, event)
        if (state, event) == wanted:
            passed()
        return after

    for module in list(sys.modules.values()):
        if getattr(module, "move", None) is move:
            module.move = moved  # type: ignore[attr-defined]

    def ran(self: Database, name: str, /, *args: Any, **kwargs: Any) -> Any:
        cursor = run(self, name, *args, **kwargs)
        if STATEMENTS.get(name) == wanted:
            for _ in range(cursor.rowcount):
                passed()
        return cursor

    Database.run = ran  # type: ignore[method-assign]


def name_of(move: Move, *, is_written: bool) -> str:
    state, event = move
    return f"{state.value}, {event.value}: {'on disk' if is_written else 'not yet on disk'}"


def _trap_of(move: Move, *, is_written: bool) -> Callable[[Trap], None]:
    return lambda trap: at_move(move, trap, is_written=is_written)


# Those that a plain run on the embedded studio passes, in the order of a row's way.
POINTS: dict[str, Callable[[Trap], None]] = {
    "before the intent": lambda trap: before_write("intend", "intend", trap),
    "intent on disk": lambda trap: before(ApiClient, "generate", trap),
    "bytes sent": lambda trap: before(Store, "accept", trap),
    "accepted and unread": lambda trap: after(Store, "accept", trap),
    "id read": lambda trap: after(ApiClient, "generate", trap),
    "id about to be written": lambda trap: before_write("accepted", "accept", trap),
    "result read": lambda trap: before_write("finalized", "finalize", trap),
    "report half written": while_reporting,
}

MOVES: dict[str, Callable[[Trap], None]] = {
    name_of(move, is_written=is_written): _trap_of(move, is_written=is_written)
    for move in TRANSITIONS
    for is_written in (False, True)
}


def arm(point: str, passing: int) -> None:
    if point != NOWHERE:
        (POINTS | MOVES)[point](Trap(passing))


def lose(path: Path) -> None:
    """A file that was there when the sheet was read is gone when its row is to be sent."""
    original = Moves.planned_with_payloads

    def planned(self: Moves, *args: Any, **kwargs: Any) -> Any:
        path.unlink(missing_ok=True)
        return original(self, *args, **kwargs)

    Moves.planned_with_payloads = planned  # type: ignore[method-assign]


def hurry(calls_per_second: float | None = None) -> None:
    """No long waits: eight seconds before a first look prove nothing here. Calls at the pace given, or at none."""
    retry.FIRST_PAUSE_SECONDS = 0.05
    door.FIRST_WAIT_SECONDS = 0.5
    hosted, studio = session.hosted, session.studio
    looks = {"first_look_seconds": 0.05, "look_gap_seconds": 0.05}

    def quick_hosted(*args: Any, **kwargs: Any) -> Any:
        pace = {"calls_per_second": calls_per_second, "start_calls_per_second": calls_per_second or 1.0}
        return replace(hosted(*args, **kwargs), **pace, **looks)

    session.hosted = quick_hosted  # type: ignore[assignment]
    session.studio = lambda *args, **kwargs: replace(studio(*args, **kwargs), **looks)  # type: ignore[assignment]


if __name__ == "__main__":
    point, passing, *arguments = sys.argv[1:]
    arm(point, int(passing))
    from bulkgen.cli.entry import main

    sys.argv = ["bulkgen", *arguments]
    main()
