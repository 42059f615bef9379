"""The real command with a trap in it: at the Nth passing of a named point the process kills itself, as `kill -9` would.

    python trap.py POINT N run SHEET …

The points stand on both sides of each step after which something is true on a disk or at the provider. The studio is
embedded, so it dies with the command: what it had accepted it must finish when it is started again.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bulkgen.engine.client import ApiClient
from bulkgen.ledger.moves import Moves
from bulkgen.studio.store import Store


class Trap:
    def __init__(self, passing: int) -> None:
        self._left = passing

    def spring(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def before(owner: type, name: str, trap: Trap) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        trap.spring()
        return original(*args, **kwargs)

    setattr(owner, name, wrapper)


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


POINTS: dict[str, Callable[[Trap], None]] = {
    "before the intent": lambda trap: before(Moves, "intend", trap),
    "intent on disk": lambda trap: before(ApiClient, "generate", trap),
    "bytes sent": lambda trap: before(Store, "accept", trap),
    "accepted and unread": lambda trap: after(Store, "accept", trap),
    "id read": lambda trap: after(ApiClient, "generate", trap),
    "id about to be written": lambda trap: before(Moves, "accepted", trap),
    "result read": lambda trap: before(Moves, "finalized", trap),
    "report half written": while_reporting,
}


if __name__ == "__main__":
    point, passing, *arguments = sys.argv[1:]
    POINTS[point](Trap(int(passing)))
    from bulkgen.cli.entry import main

    sys.argv = ["bulkgen", *arguments]
    main()
