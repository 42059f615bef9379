"""The home: the one folder in which all state of bulkgen lies.

`BULKGEN_HOME`, else the nearest `.bulkgen` upward from the sheet, else a new `.bulkgen` beside the sheet. In it: the
ledger, copies of the inputs by content, locks, and the embedded studio's own store. Locks are the system's (`flock`):
they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bulkgen import atomic
from bulkgen.errors import JobRunningError, LedgerError

FOLDER_NAME = ".bulkgen"
ENVIRONMENT_NAME = "BULKGEN_HOME"


def cache_folder(environment: Mapping[str, str]) -> Path:
    """For what is worth keeping and no loss: the user's own cache, by the usual variable."""
    named = Path(environment.get("XDG_CACHE_HOME", "").strip())
    base = named if named.is_absolute() else Path(environment.get("HOME") or Path.home()) / ".cache"
    return base / "bulkgen"


class Home:
    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"<Home {self.root.name} {'there' if self.exists else 'new'}>"

    @classmethod
    def find(cls, near: Path, environment: Mapping[str, str]) -> Home:
        """The home for a sheet or folder. Nothing is made yet."""
        named = environment.get(ENVIRONMENT_NAME, "").strip()
        if named:
            return cls(Path(named).expanduser().absolute())
        folder = near if near.is_dir() else near.parent
        folder = folder.absolute()
        for candidate in (folder, *folder.parents):
            if (candidate / FOLDER_NAME).is_dir():
                return cls(candidate / FOLDER_NAME)
        return cls(folder / FOLDER_NAME)

    @contextlib.contextmanager
    def or_scratch(self) -> Iterator[Home]:
        """This home where it exists, else one that is gone afterwards, for commands that leave nothing behind."""
        if self.exists:
            yield self
            return
        with tempfile.TemporaryDirectory(prefix="bulkgen-") as folder:
            yield Home(Path(folder))

    @property
    def exists(self) -> bool:
        return self.ledger_path.exists()

    @property
    def ledger_path(self) -> Path:
        return self.root / "ledger.sqlite3"

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    @property
    def kept_pictures(self) -> Path:
        """Pictures by content that were no files of their own: of archives and cells."""
        return self.root / "images"

    @property
    def studio(self) -> Path:
        return self.root / "studio"

    @property
    def pace(self) -> Path:
        """Where processes share the pace of their calls to a provider."""
        return self.root / "pace"

    def make(self) -> None:
        """Create the folder, closed to version control. Raises LedgerError where it cannot be written."""
        try:
            for folder in (self.root, self.inputs, self._locks):
                folder.mkdir(parents=True, exist_ok=True)
            ignore = self.root / ".gitignore"
            if not ignore.exists():
                atomic.write_bytes(ignore, b"*\n", durable=False)
        except OSError as error:
            raise LedgerError(
                f"the folder for bulkgen's state cannot be made: {error.strerror}",
                code="home_unwritable",
                where=str(self.root),
                hint=f"Set {ENVIRONMENT_NAME} to a folder that you can write to.",
            ) from error

    def keep_input(self, source: Path) -> tuple[str, Path]:
        """Copy an input by content, once: (hex SHA-256, the copy). Reports are made from the copy."""
        with source.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        kept = self.input_path(digest, source.name)
        if not kept.exists():
            try:
                with source.open("rb") as stream, atomic.writing(kept) as copy:
                    shutil.copyfileobj(stream, copy, 1 << 20)
            except OSError as error:
                raise LedgerError(
                    f"the input cannot be copied into the home: {error.strerror}",
                    code="disk_full",
                    where=str(self.inputs),
                    hint="Free some space, or set BULKGEN_HOME to a folder with room. Nothing was sent.",
                ) from error
        return digest, kept

    def input_path(self, digest: str, name: str) -> Path:
        return self.inputs / f"{digest}{Path(name).suffix.lower()}"

    @contextlib.contextmanager
    def job_lock(self, job_id: int, name: str) -> Iterator[None]:
        """Hold a job for this process. Raises JobRunningError if another one does."""
        with self._lock_path(job_id).open("a+") as stream:
            if not _try_lock(stream.fileno()):
                stream.seek(0)
                holder = stream.read().strip() or "unknown"
                raise JobRunningError(
                    f"the job {name!r} is being worked on by another process (pid {holder})",
                    hint="Wait for it to end, or stop it with Ctrl-C there; then run the same command again.",
                )
            stream.truncate(0)
            stream.write(str(os.getpid()))
            stream.flush()
            yield

    def is_job_alive(self, job_id: int) -> bool:
        """Whether some process holds the job."""
        try:
            stream = self._lock_path(job_id).open("r+")
        except FileNotFoundError:
            return False
        with stream:
            return not _try_lock(stream.fileno())

    @property
    def _locks(self) -> Path:
        return self.root / "locks"

    def _lock_path(self, job_id: int) -> Path:
        return self._locks / f"job-{job_id}.lock"


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
