"""The ledger: the only writer of state. One SQLite file a home, opened by every process that works there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bulkgen.ledger.batches import Batches
from bulkgen.ledger.database import Database
from bulkgen.ledger.deliveries import Deliveries
from bulkgen.ledger.jobs import Jobs
from bulkgen.ledger.moves import Moves
from bulkgen.ledger.planning import Planning
from bulkgen.ledger.reading import Reading


class Ledger:
    """The rooms of the ledger over one connection. Raises LedgerError where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self.path = path
        self.jobs = Jobs(self._database)
        self.planning = Planning(self._database)
        self.moves = Moves(self._database)
        self.batches = Batches(self._database)
        self.reading = Reading(self._database)
        self.deliveries = Deliveries(self._database)

    def __repr__(self) -> str:
        return f"<Ledger {self.path.name} {self.jobs!r}>"

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def atomic(self) -> Iterator[None]:
        """Several moves as one transaction; see `Database.atomic`."""
        with self._database.atomic():
            yield

    def close(self) -> None:
        self._database.close()
