"""The SQLite file below the ledger: opening, migrating, named statements, transactions.

WAL with synchronous FULL: what was committed survives a `kill -9` and a power cut, and readers never wait. Left out:
what the tables mean.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path
from typing import Any

from bulkgen.errors import LedgerError

# How long a statement waits for another process's transaction. Transactions here last milliseconds; a plan commits
# every few thousand rows. Longer means that something holds the file for good, and the user should hear of it.
BUSY_TIMEOUT_SECONDS = 30.0

_PART: AbstractContextManager[None] = contextlib.nullcontext()

_NAME = re.compile(r"^-- name: (\w+)\n(?:--.*\n)+", re.MULTILINE)


def _statements() -> dict[str, str]:
    text = resources.files(__package__).joinpath("queries.sql").read_text("utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: body.strip() for name, body in zip(pieces[::2], pieces[1::2], strict=True)}


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in files]


class Database:
    """One connection. Not shared by threads at the same time; `ledger.writer` gives it to one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._statements = _statements()
        with _border(path):
            self._connection = sqlite3.connect(
                path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()

    def __repr__(self) -> str:
        return f"<Database {self.path.name} in_transaction={self._connection.in_transaction}>"

    def close(self) -> None:
        self._connection.close()

    def run(self, name: str, values: Mapping[str, Any] | None = None, /, **more: Any) -> sqlite3.Cursor:
        """Perform the named statement. Raises LedgerError when the file cannot be read or written."""
        # As `_border`, by hand: several statements a row go through here, and a context manager costs like one of them.
        try:
            return self._connection.execute(self._statements[name], {**values, **more} if values else more)
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise _translated(error, self.path) from error

    def run_many(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        with _border(self.path):
            self._connection.executemany(self._statements[name], values)

    def joined(self) -> AbstractContextManager[None]:
        """All or nothing as well, but within an open transaction a part of it: whoever opened that must roll back when
        this raises. A savepoint costs as much as the statements that it would guard."""
        return _PART if self._connection.in_transaction else self.atomic()

    @contextlib.contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing; nests by savepoint. The first error is the one that is raised."""
        nested = self._connection.in_transaction
        with _border(self.path):
            self._connection.execute("SAVEPOINT step" if nested else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                if nested:
                    self._connection.execute("ROLLBACK TO step")
                    self._connection.execute("RELEASE step")
                else:
                    self._connection.execute("ROLLBACK")
            raise
        with _border(self.path):
            try:
                self._connection.execute("RELEASE step" if nested else "COMMIT")
            except sqlite3.Error:
                if not nested and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _migrate(self) -> None:
        """Bring an older file up to date; each step commits with its number."""
        steps = _migrations()
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found > steps[-1][0]:
            raise LedgerError(
                f"this ledger was written by a newer bulkgen (schema {found}, this one knows {steps[-1][0]})",
                code="ledger_too_new",
                where=str(self.path),
                hint="Update bulkgen: pip install --upgrade bulkgen",
            )
        for number, script in steps:
            if number <= found:
                continue
            self._connection.execute("BEGIN IMMEDIATE")
            (again,) = self._connection.execute("PRAGMA user_version").fetchone()
            if number <= again:
                self._connection.execute("COMMIT")
                continue
            try:
                for statement in _split(script):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {number}")
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise


def _split(script: str) -> Iterator[str]:
    """A script's statements; `executescript` would commit the transaction we are in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def _border(path: Path) -> Iterator[None]:
    """sqlite3's errors become ours here, and nowhere else."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def _translated(error: sqlite3.Error, path: Path) -> LedgerError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return LedgerError(
            "another process holds the ledger", where=str(path), hint="Wait for it to end, then run again."
        )
    if "full" in text:
        return LedgerError(
            "the disk is full",
            code="disk_full",
            where=str(path),
            hint="Free some space and run the same command again: nothing is lost, and nothing is paid twice.",
        )
    if "readonly" in text or "unable to open" in text:
        return LedgerError(
            "the ledger cannot be written here",
            where=str(path),
            hint="Set BULKGEN_HOME to a folder that you can write to.",
        )
    if "malformed" in text or "not a database" in text:
        return LedgerError(
            "this file is not a ledger, or it is damaged",
            code="ledger_damaged",
            where=str(path),
            hint="Move it away to start a new one; the links of earlier runs are in your last report.",
        )
    return LedgerError(text, where=str(path))
