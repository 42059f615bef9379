"""Pictures seen before, in a small SQLite file of their own: validators, hash, facts. No bodies.

A cache and no more: whatever is wrong with the file (another version's, damaged, locked, on a full disk), the pictures
are looked at again and nobody is told. So sqlite3's errors end here.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

NAME = "seen.sqlite3"

# Another number, and the file is begun anew.
_SCHEMA = 1

# A catalogue of last season is not worth its room for ever. Long, since the tag of a picture that cannot be reached
# today is the one that keeps its banners from being made again.
_KEPT_SECONDS = 180 * 86_400.0

# Another process's write takes a moment; a cache does not wait longer.
_BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as it was when last asked for. `inspector` is the version that wrote `facts`."""

    address: str
    checked_at: float
    url: str
    etag: str
    last_modified: str
    tag: str
    digest: str
    size_bytes: int
    media_type: str
    inspector: str
    facts: str
    is_sound: bool


_COLUMNS = ", ".join(field.name for field in fields(Seen))
_MARKS = ", ".join("?" for _ in fields(Seen))


class SeenPictures:
    """One connection, used by one thread."""

    def __init__(self, folder: Path, now: float) -> None:
        self._connection = _open(folder / NAME)
        with self._forgiving():
            self._connection.execute("DELETE FROM seen WHERE checked_at < ?", (now - _KEPT_SECONDS,))

    def __repr__(self) -> str:
        with contextlib.suppress(sqlite3.Error):
            (count,) = self._connection.execute("SELECT count(*) FROM seen").fetchone()
            return f"<SeenPictures {count}>"
        return "<SeenPictures closed or damaged>"

    def close(self) -> None:
        with self._forgiving():
            self._connection.close()

    def get(self, address: str) -> Seen | None:
        with self._forgiving():
            row = self._connection.execute(f"SELECT {_COLUMNS} FROM seen WHERE address = ?", (address,)).fetchone()
            if row is not None:
                return replace(Seen(*row), is_sound=bool(row[-1]))
        return None

    def put(self, seen: Seen) -> None:
        with self._forgiving():
            self._connection.execute(f"INSERT OR REPLACE INTO seen ({_COLUMNS}) VALUES ({_MARKS})", astuple(seen))

    @staticmethod
    @contextlib.contextmanager
    def _forgiving() -> Iterator[None]:
        # A lone surrogate in an address is no sqlite3.Error, and no less a reason to do without.
        with contextlib.suppress(sqlite3.Error, UnicodeError):
            yield


def _open(path: Path) -> sqlite3.Connection:
    for _ in range(2):
        with contextlib.suppress(sqlite3.OperationalError):
            connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                return _prepared(connection)
            except sqlite3.DatabaseError as error:
                connection.close()
                if isinstance(error, sqlite3.OperationalError):
                    break
        # Not a database, or damaged, or another version's: nothing in it cannot be had again.
        with contextlib.suppress(OSError):
            for leftover in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                leftover.unlink(missing_ok=True)
    return _prepared(sqlite3.connect(":memory:", isolation_level=None))


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode = WAL")
    # A power cut may cost the last looks, which cost a request each.
    connection.execute("PRAGMA synchronous = NORMAL")
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    if schema not in (0, _SCHEMA):
        raise sqlite3.DatabaseError(f"schema {schema}")
    connection.execute(
        """CREATE TABLE IF NOT EXISTS seen (
            address TEXT PRIMARY KEY, checked_at REAL NOT NULL, url TEXT NOT NULL, etag TEXT NOT NULL,
            last_modified TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, size_bytes INTEGER NOT NULL,
            media_type TEXT NOT NULL, inspector TEXT NOT NULL, facts TEXT NOT NULL, is_sound INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID"""
    )
    connection.execute(f"PRAGMA user_version = {_SCHEMA}")
    return connection
