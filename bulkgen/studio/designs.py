"""The designs at hand: `<folder>/*/design.json` -> entries by id.

A broken design is reported by its path and line and hides no other. A file that changed is read again when it is next
asked for, and looked for all the while, so that a design can be worked on while the studio runs. What callers renamed,
moved and deleted is laid over the files, which are never written. Listing filters are in `listing`.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulkgen.studio.design_file import DesignFileError, read_design_file
from bulkgen.studio.projects import DesignChange, changed, in_project
from bulkgen.wire.design import Design

log = logging.getLogger("bulkgen.studio")

_FILE = "design.json"
_PREVIEW = "preview.png"

_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A good design. `body` is its file as read, which is what a worker gets, whatever the file is by then."""

    design: Design
    folder: Path
    body: bytes
    stamp: _Stamp

    @property
    def preview(self) -> Path | None:
        path = os.path.join(self.folder, _PREVIEW)  # noqa: PTH118 - a list of designs asks for all
        return Path(path) if os.path.isfile(path) else None  # noqa: PTH113


@dataclass(frozen=True, slots=True)
class Broken:
    """`line` is 0 where the trouble is not in a line of the file."""

    path: Path
    message: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class _Read:
    """What came of a file. A file that breaks is told of, and its last good version stays in use until it is mended:
    an editor may be half way through saving it, and work that was accepted must not fail for that."""

    stamp: _Stamp
    entry: Entry | None
    trouble: Broken | None


class Catalog:
    """The designs of some folders, the first of an id winning; `changes` are those of `workspace`."""

    def __init__(self, folders: Sequence[Path], changes: Mapping[str, DesignChange] | None = None) -> None:
        self._folders = tuple(folders)
        self._changes: Mapping[str, DesignChange] = {} if changes is None else changes
        self._read: dict[str, _Read] = {}
        self._by_id: dict[str, Entry] = {}
        self._broken: tuple[Broken, ...] = ()

    def __repr__(self) -> str:
        return f"Catalog(designs={sorted(self._by_id)}, broken={[str(item.path) for item in self._broken]})"

    @property
    def broken(self) -> tuple[Broken, ...]:
        return self._broken

    @property
    def in_files(self) -> list[Design]:
        """As the files say, the deleted ones too: their projects do not go with them."""
        return [entry.design for entry in self._by_id.values()]

    def changed_by(self, changes: Mapping[str, DesignChange]) -> None:
        """From now on these are laid over the files."""
        self._changes = changes

    def scan(self) -> list[Entry]:
        """Look at the folders again: the good designs that were not deleted, in the folders' order."""
        by_id: dict[str, Entry] = {}
        broken: list[Broken] = []
        reads: dict[str, _Read] = {}
        for path, stamp in self._files(broken):
            reads[path] = read = self._load(path, stamp)
            if read.trouble is not None:
                broken.append(read.trouble)
            if (entry := read.entry) is None:
                continue
            if other := by_id.get(entry.design.id):
                broken.append(Broken(Path(path), f"the id {entry.design.id} is already that of {other.folder / _FILE}"))
            else:
                by_id[entry.design.id] = entry
        told = set(self._broken)
        for item in broken:
            if item not in told:
                log.warning("%s", item, extra={"action": "design_broken"})
        self._read, self._by_id, self._broken = reads, by_id, tuple(broken)
        return [shown for entry in by_id.values() if (shown := self._shown(entry)) is not None]

    def get(self, design_id: str) -> Entry | None:
        """By id, in any case; looks at the folders again if the id is not known or its file has changed."""
        wanted = design_id.lower()
        entry = self._by_id.get(wanted)
        if entry is None or _stamp(f"{entry.folder}{os.sep}{_FILE}") != entry.stamp:
            self.scan()
            entry = self._by_id.get(wanted)
        return self._shown(entry) if entry is not None else None

    def _shown(self, entry: Entry) -> Entry | None:
        change = self._changes.get(entry.design.id)
        if change is None:
            return entry
        design = changed(entry.design, change)
        return None if design is None else dataclasses.replace(entry, design=design)

    def _files(self, broken: list[Broken]) -> Iterator[tuple[str, _Stamp]]:
        """Texts and one look at each file: paths as objects take several times as long, and there may be thousands."""
        for folder in self._folders:
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.path for entry in entries)
            except OSError as error:
                broken.append(Broken(folder, f"the folder cannot be read: {error.strerror}"))
                continue
            for name in names:
                path = f"{name}{os.sep}{_FILE}"
                if (stamp := _stamp(path)) is not None:
                    yield path, stamp

    def _load(self, path: str, stamp: _Stamp) -> _Read:
        known = self._read.get(path)
        if known and known.stamp == stamp:
            return known
        found = _read_entry(Path(path), stamp)
        if isinstance(found, Entry):
            return _Read(stamp, found, None)
        before = known.entry if known else None
        return _Read(stamp, dataclasses.replace(before, stamp=stamp) if before else None, found)


def _read_entry(path: Path, stamp: _Stamp) -> Entry | Broken:
    try:
        body = path.read_bytes()
        return Entry(in_project(read_design_file(body)), path.parent, body, stamp)
    except OSError as error:
        return Broken(path, f"cannot be read: {error.strerror}")
    except DesignFileError as error:
        return Broken(path, error.message, error.line)


def _stamp(path: str) -> _Stamp | None:
    """None: there is no such file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands are looked at every two seconds
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if stat.S_ISREG(status.st_mode) else None
