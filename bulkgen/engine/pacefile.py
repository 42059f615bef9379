"""One line of moments for all processes of a home that call one provider with one key: a small file under a lock.

    pace/<hash of address and key>.json: Budget in wall time, and who took from it last

The name is salted with the home's own secret, so that the file says nothing about the key. The lock is the system's
(`flock`), so that it ends with its process; it is held for one read and one write. A file that cannot be understood
counts as a new one: the worst that follows is a refusal.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bulkgen.engine.budget import Budget
from bulkgen.errors import LedgerError

SALT_NAME = "salt"

# A line that reaches further ahead than this was written before the wall clock was set back. All that wait in one
# home at a time are a few processes with a few moments each.
LONGEST_LINE_SECONDS = 60.0

_MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Shared:
    """`holder` is whoever took the last moments: one that finds itself is alone."""

    pace: float
    free_at: float
    taken_at: float | None
    holder: str

    def budget(self, cap: float, now: float) -> Budget:
        """As seen by a process with its own cap, at the wall time `now`."""
        is_past = self.free_at <= now + LONGEST_LINE_SECONDS
        return Budget(cap, min(cap, self.pace), self.free_at if is_past else now, self.taken_at if is_past else None)

    @classmethod
    def of(cls, budget: Budget, holder: str) -> Shared:
        return cls(budget.pace, budget.free_at, budget.taken_at, holder)


class PaceFile:
    """Raises LedgerError when the folder cannot be used."""

    def __init__(self, folder: Path, base_url: str, api_key: str | None) -> None:
        with _as_ledger_error(folder):
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.blake2b(f"{base_url}\n{api_key or ''}".encode(), key=_salt(folder), digest_size=16)
        self._path = folder / f"{name.hexdigest()}.json"

    def __repr__(self) -> str:
        return f"<PaceFile {self._path.name}>"

    def update(self, change: Callable[[Shared | None], Shared]) -> bool:
        """Replace what is there by what `change` makes of it. Never waits: False if another process holds the file."""
        with _as_ledger_error(self._path):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                content = _to_bytes(change(_from_bytes(os.pread(handle, _MAX_BYTES, 0))))
                os.pwrite(handle, content, 0)
                os.ftruncate(handle, len(content))
                return True
            finally:
                os.close(handle)


def _salt(folder: Path) -> bytes:
    """The home's secret; made by the first process that asks, and whole for every other one."""
    path = folder / SALT_NAME
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=folder)  # readable by its owner only
        try:
            os.write(handle, secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            os.close(handle)
            Path(temporary).unlink()
    return path.read_bytes()[:64]


def _to_bytes(shared: Shared) -> bytes:
    return json.dumps(
        {"pace": shared.pace, "free_at": shared.free_at, "taken_at": shared.taken_at, "holder": shared.holder}
    ).encode()


def _from_bytes(content: bytes) -> Shared | None:
    try:
        found = json.loads(content)
        pace, free_at, holder = float(found["pace"]), float(found["free_at"]), str(found["holder"])
        taken_at = None if found["taken_at"] is None else float(found["taken_at"])
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    if not (math.isfinite(pace) and pace > 0 and math.isfinite(free_at)):
        return None
    if taken_at is not None and not math.isfinite(taken_at):
        return None
    return Shared(pace, free_at, taken_at, holder)


@contextlib.contextmanager
def _as_ledger_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LedgerError(
            f"the file that processes share their pace in cannot be used: {error.strerror}",
            code="pace_file",
            where=path.name,
            hint="Check that the folder can be written and the disk has room; then run the same command again.",
        ) from error
