"""The keys a studio asks for: made once, kept as hashes, revoked one by one. A file in the studio's folder.

    create -> the key itself, shown this once        accepts(key) -> whether it is one of them

`bulkgen studio keys` writes the file and a running studio reads it again when it has changed, so that a revoked key is
of no use from the next call on. A key is 256 random bits: its plain SHA-256 cannot be searched, and needs no salt.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bulkgen.studio import files
from bulkgen.studio.errors import StudioError

PREFIX = "bgs_"
_FILE = "keys.json"
_LOCK = "keys.lock"


@dataclass(frozen=True, slots=True)
class Key:
    """`id` is for people: it names the key in the list, and is the key's own beginning."""

    id: str
    name: str
    created_at: float
    digest: str
    revoked_at: float | None = None


class Keys:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[int, int] | None = None
        self._active: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Keys({str(self._folder)!r}, active={len(self._active)})"

    def accepts(self, key: str) -> bool:
        self._refresh()
        # The time may tell how near a hash was, and nobody can aim a hash.
        return _digest(key) in self._active

    def has_active(self) -> bool:
        self._refresh()
        return bool(self._active)

    def all(self) -> list[Key]:
        """In the order of their making. Raises StudioError when the file cannot be read."""
        try:
            text = (self._folder / _FILE).read_text("utf-8")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StudioError(f"{self._folder / _FILE} cannot be read: {error.strerror}") from error
        try:
            return [Key(**entry) for entry in json.loads(text)]
        except (TypeError, ValueError) as error:
            raise StudioError(f"{self._folder / _FILE} is not a file of keys: {error}") from error

    def create(self, name: str, now: float) -> tuple[Key, str]:
        """(what is kept, the key itself). Raises StudioError if a key in use has the name."""
        with self._locked():
            known = self.all()
            if any(one.name == name and one.revoked_at is None for one in known):
                raise StudioError(f"a key named {name!r} is in use", hint="Revoke it first, or give another name.")
            key_id = f"{PREFIX}{secrets.token_hex(4)}"
            key = f"{key_id}_{secrets.token_urlsafe(32)}"
            made = Key(key_id, name, now, _digest(key))
            self._write([*known, made])
        return made, key

    def revoke(self, name_or_id: str, now: float) -> Key:
        """Raises StudioError if no key in use has the name or the id."""
        with self._locked():
            known = self.all()
            found = [one for one in known if name_or_id in (one.id, one.name) and one.revoked_at is None]
            if not found:
                names = ", ".join(repr(one.name) for one in known if one.revoked_at is None) or "none"
                raise StudioError(f"no key in use is named {name_or_id!r}", hint=f"In use: {names}.")
            revoked = replace(found[0], revoked_at=now)
            self._write([revoked if one.id == revoked.id else one for one in known])
        return revoked

    def _refresh(self) -> None:
        """One look at the file's times a call: some microseconds, and no key outlives its revocation."""
        try:
            status = (self._folder / _FILE).stat()
            stamp = (status.st_mtime_ns, status.st_ino)
        except OSError:
            stamp = (0, 0)
        if stamp == self._stamp:
            return
        try:
            self._active = frozenset(one.digest for one in self.all() if one.revoked_at is None)
        except StudioError:
            # A file that cannot be read opens no door.
            self._active = frozenset()
        self._stamp = stamp

    def _write(self, keys: list[Key]) -> None:
        body = json.dumps([asdict(key) for key in keys], indent=2)
        try:
            files.write(self._folder / _FILE, body.encode(), mode=0o600)
        except OSError as error:
            raise StudioError(f"{self._folder / _FILE} cannot be written: {error.strerror}") from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Two who make keys at once must not lose one of them."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StudioError(f"the studio's folder {self._folder} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
