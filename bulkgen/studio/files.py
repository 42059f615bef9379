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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_PART_PREFIX = ".part-"

# A part this old is of a process that died: no write takes so long.
_STALE_SECONDS = 3600


def keep(folder: Path, body: bytes, extension: str) -> str:
    """Write `body` if it is not there yet; its key. Raises OSError as the file system does."""
    key = f"{hashlib.sha256(body).hexdigest()}{f'.{extension}' if extension else ''}"
    target = folder / key
    # What is made again is young again, before it is looked at: `collect` may be at work.
    with contextlib.suppress(OSError):
        os.utime(target)
    if not _holds(target, body):
        write(target, body)
    return key


def keep_part(folder: Path, part: Path, stream: BinaryIO, extension: str) -> str:
    """As `keep`, for a part that was written by and by, since it may be larger than memory."""
    with part.open("rb") as written:
        key = f"{hashlib.file_digest(written, 'sha256').hexdigest()}.{extension}"
    settle(part, stream, folder / key)
    return key


def write(target: Path, body: bytes, *, mode: int = 0o644) -> None:
    """The whole file, or none of it."""
    with part_of(target.parent) as (part, stream):
        stream.write(body)
        settle(part, stream, target, mode=mode)


@contextlib.contextmanager
def part_of(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file without a name yet, gone afterwards unless `settle` gave it one."""
    handle, name = tempfile.mkstemp(prefix=_PART_PREFIX, dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield part, stream
    finally:
        part.unlink(missing_ok=True)


def settle(part: Path, stream: BinaryIO, target: Path, *, mode: int = 0o644) -> None:
    """Give it its name, once its bytes are on the disk."""
    stream.flush()
    os.fsync(stream.fileno())
    part.chmod(mode)
    part.replace(target)


def collect(folder: Path, seconds: float, is_named: Callable[[str], bool]) -> int:
    """Remove what was made longer than `seconds` ago and nobody names; how many that were.

    A file is set aside before it is looked at once more: one that was made again in this instant keeps its name, and
    one that is about to be made again finds none and is written.
    """
    oldest, gone = time.time() - seconds, 0
    for path in folder.iterdir():
        if path.name.startswith(".") or is_named(path.name):
            continue
        with contextlib.suppress(OSError):
            if path.stat().st_mtime >= oldest:
                continue
            aside = path.with_name(f"{_PART_PREFIX}{path.name}")
            path.replace(aside)
            if aside.stat().st_mtime >= oldest:
                aside.replace(path)
            else:
                aside.unlink()
                gone += 1
    return gone


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
