"""One studio per folder: a lock that dies with its process, and a file that says where it answers.

The lock is the truth, the file only an address: after `kill -9` the system drops the lock and the file is stale.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.studio import files
from bulkgen.studio.errors import StudioBusyError, StudioError

_LOCK = "studio.lock"
_ADDRESS = "studio.json"

# `is_taken` takes the lock for an instant to see whether it is free. Someone who starts in that instant looks again.
_TRIES = 5
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Address:
    """Where a live studio answers, and whose results it has: the store's id is the same on every port.

    `key` opens it to whoever may read the folder; None: it asks for none.
    """

    url: str
    store_id: str
    key: str | None = field(default=None, repr=False)


class Lease:
    """Held from `take` to `release`, or until the process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: int | None = None

    def __repr__(self) -> str:
        return f"Lease({str(self._folder)!r}, held={self._handle is not None})"

    def take(self) -> None:
        """Raises StudioBusyError if another studio lives in the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StudioError(f"the studio's folder {self._folder} cannot be used: {error.strerror}") from error
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if left:
                    time.sleep(_PAUSE_SECONDS)
                    continue
                os.close(handle)
                raise StudioBusyError(
                    f"another studio is working in {self._folder}",
                    url=found.url if (found := _address(self._folder)) else None,
                    hint="Use that one, or stop it first.",
                ) from error
        # What a killed studio left would send clients to a port that may be someone else's by now.
        (self._folder / _ADDRESS).unlink(missing_ok=True)
        self._handle = handle

    def announce(self, url: str, store_id: str, key: str | None = None) -> None:
        body = {"url": url, "pid": os.getpid(), "store_id": store_id} | ({"key": key} if key else {})
        files.write(self._folder / _ADDRESS, json.dumps(body).encode(), mode=0o600)

    def release(self) -> None:
        if self._handle is None:
            return
        (self._folder / _ADDRESS).unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = None


def running(folder: Path) -> str | None:
    """The URL of the live studio of `folder`, if there is one."""
    address = live(folder)
    return address.url if address else None


def live(folder: Path) -> Address | None:
    """The live studio of `folder`; None if there is none, or it is still starting."""
    return _address(folder) if is_taken(folder) else None


def is_taken(folder: Path) -> bool:
    """Whether a studio lives in `folder`, or is about to."""
    try:
        handle = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _address(folder: Path) -> Address | None:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        body = json.loads((folder / _ADDRESS).read_text(encoding="utf-8"))
        return Address(str(body["url"]), str(body["store_id"]), body.get("key"))
    return None
