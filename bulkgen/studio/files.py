"""Content-addressed files: a file's name is the hash of its bytes, so a name never means two things.

    bytes -> key

A file takes its name in one step, after its bytes are on the disk: whatever has a name is whole, after `kill -9` and
after a power cut. One flush for each file; it overlaps with the other workers' rendering, and a result that is
recorded (the store flushes too) must not point at less than a whole picture.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from pathlib import Path

_PART_PREFIX = ".part-"

# A part this old is of a process that died: no write takes so long.
_STALE_SECONDS = 3600


def keep(folder: Path, body: bytes, extension: str) -> str:
    """Write `body` if it is not there yet; its key. Raises OSError as the file system does."""
    key = f"{hashlib.sha256(body).hexdigest()}{f'.{extension}' if extension else ''}"
    target = folder / key
    if not _holds(target, body):
        write(target, body)
    return key


def write(target: Path, body: bytes) -> None:
    """The whole file, or none of it."""
    handle, name = tempfile.mkstemp(prefix=_PART_PREFIX, dir=target.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sweep_parts(folder: Path) -> None:
    """Remove what killed writers left."""
    _sweep(folder, f"{_PART_PREFIX}*", _STALE_SECONDS)


def sweep_older(folder: Path, seconds: float) -> None:
    _sweep(folder, "*", seconds)


def _sweep(folder: Path, pattern: str, seconds: float) -> None:
    # Ages of files are by the system's clock, whatever clock the studio was given.
    oldest = time.time() - seconds
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _holds(target: Path, body: bytes) -> bool:
    """Whether the file is there and is what its name says; someone may have cut it by hand."""
    try:
        return target.stat().st_size == len(body) and target.read_bytes() == body
    except OSError:
        return False
