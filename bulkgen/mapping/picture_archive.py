"""A ZIP file of pictures, read with care: it may come from a stranger.

    path -> names of its members;  name -> bytes, or Refused

Nothing is unpacked but single members, into memory, up to a bound. Refused as a whole: what is no ZIP, or would unpack
to many times what any set of pictures does. Refused one by one: members that are links, encrypted, or whose path leads
out of the archive. Left out: where the bytes are kept.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path

from bulkgen.errors import MappingError
from bulkgen.mapping.picture_names import PictureNames
from bulkgen.mapping.problems import Refused

# A catalogue has some ten thousand pictures; the list of members is held in memory.
MAX_MEMBERS = 200_000
# Pictures hardly pack at all, drawings (SVG) perhaps 50 to 1; a bomb packs about 1000 to 1.
MAX_RATIO = 300
RATIO_COUNTS_FROM_BYTES = 1024**2
# Declared in all: a catalogue in full resolution is some 100 GB, and is no ZIP file any more.
MAX_TOTAL_BYTES = 1024**4

# What a Mac adds to its archives: a second file of settings for each picture, under the same name.
_MAC_FOLDER = "__MACOSX/"
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_HINT = "Pack the pictures anew, or unpack them and give the folder."


class PictureArchive:
    """Opened once; a member is read when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Raises MappingError."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            self._members = {_name(info): info for info in self._zip.infolist() if _is_file(info)}
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, UnicodeError, ValueError, EOFError) as error:
            raise _refused(path, "this is no ZIP file, or a damaged one", "bad_images") from error
        except OSError as error:
            raise _refused(path, f"it cannot be read: {error.strerror or error}", "bad_images") from error
        self._refuse_traps()
        self.names = PictureNames(self._members)

    def __repr__(self) -> str:
        return f"<PictureArchive {self.path.name} {len(self._members)} members>"

    def _refuse_traps(self) -> None:
        if len(self._members) > MAX_MEMBERS:
            count = f"{len(self._members):,} files, at most {MAX_MEMBERS:,} are read"
            raise _refused(self.path, f"it holds {count}", "too_big")
        unpacked = sum(info.file_size for info in self._members.values())
        stored = max(self.path.stat().st_size, 1)
        is_bomb = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked / stored > MAX_RATIO
        if is_bomb or unpacked > MAX_TOTAL_BYTES:
            times = f"{unpacked / stored:,.0f} times what is stored"
            message = f"it would unpack to {unpacked / 1e6:,.0f} MB, {times}; no set of pictures does"
            raise _refused(self.path, message, "too_big")

    def size_bytes(self, name: str) -> int:
        return self._members[name].file_size

    def read(self, name: str, max_bytes: int) -> bytes:
        """One byte more than allowed at most. Raises Refused."""
        info = self._members[name]
        called = f"{name!r} in {self.path.name}"
        if reason := _is_unsafe(name, info):
            raise Refused("picture_unreadable", f"{called} {reason}")
        try:
            with self._zip.open(info) as member:
                return member.read(max_bytes + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise Refused("picture_unreadable", f"{called} is damaged, or packed in a way that is not read") from error
        except OSError as error:
            raise Refused("picture_unreadable", f"{called} cannot be read: {error.strerror or error}") from error


def _is_file(info: zipfile.ZipInfo) -> bool:
    name = info.filename.rpartition("/")[2]
    return not info.is_dir() and not info.filename.startswith(_MAC_FOLDER) and not name.startswith(".")


def _name(info: zipfile.ZipInfo) -> str:
    """Macs write UTF-8 without saying so, which the standard library then reads as the letters of DOS."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _is_unsafe(name: str, info: zipfile.ZipInfo) -> str:
    """Why a member is not read, "" if it may be."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link to another file, which is not followed"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "is encrypted"
    if name.startswith(("/", "\\")) or name[1:2] == ":" or ".." in name.replace("\\", "/").split("/"):
        return "has a path that leads out of the archive"
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > RATIO_COUNTS_FROM_BYTES and ratio > MAX_RATIO:
        return f"would unpack to {ratio:,.0f} times what is stored, which no picture does"
    return ""


def _refused(path: Path, message: str, code: str) -> MappingError:
    return MappingError(message, code=code, where=f"--images {path}", hint=_HINT)
