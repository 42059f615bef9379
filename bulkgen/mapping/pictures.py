"""Picture files beside the sheet: found, measured, recognised by their first bytes, named by content.

    cell text -> LocalPicture, or Refused

Files are read from the sheet's folder and below (and from folders given on top), never from elsewhere: a sheet from
a stranger must not send this machine's files out. Left out: whether the picture decodes, which preflight finds out.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from bulkgen.mapping.model import LocalPicture
from bulkgen.mapping.names import near
from bulkgen.mapping.problems import Refused, shown

# The API's bound for pictures (reference 7.5).
MAX_BYTES = 20_000_000
_MAX_NAMES = 5_000
_HEAD_BYTES = 4_096
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")
_SEVERAL = re.compile(r"\s*[,;|]\s*")

# First bytes -> media type. What the API does not take is recognised too, so that the message can say what it is.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "a BMP picture"),
    (b"\x00\x00\x01\x00", "an icon file"),
    (b"8BPS", "a Photoshop file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\xff\x0a", "a JPEG XL picture"),
)
_SOUNDS: tuple[tuple[bytes, str], ...] = (
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
_FTYP_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"mif1": "a HEIF picture",
}


class PictureFolder:
    """The folders from which picture cells are served. Remembers what it has read, by name, time and size.

    `unusable` are picture addresses at which somebody looked and found nothing of use, with what was found there;
    a layer that has a `fallback` gets that instead.
    """

    def __init__(self, folder: Path, *more: Path) -> None:
        self.unusable: Mapping[str, str] = {}
        self._folders = tuple(dict.fromkeys(root.resolve() for root in (folder, *more)))
        self._paths: dict[str, Path] = {}
        self._pictures: dict[tuple[Path, int, int, bool], LocalPicture] = {}

    def __repr__(self) -> str:
        return f"<PictureFolder {', '.join(map(str, self._folders))} {len(self._pictures)} read>"

    def picture(self, cell: str, *, is_sound: bool = False) -> LocalPicture:
        """The file that a cell names; of several names the first. Raises Refused."""
        path = self._paths.get(cell)
        if path is None:
            # One sheet has one set of pictures, mostly; a bound for the one that has a new name on every row.
            if len(self._paths) > 100_000:
                self._paths.clear()
            path = self._paths[cell] = self._find(cell)
        try:
            status = path.stat()
            key = (path, status.st_mtime_ns, status.st_size, is_sound)
            if key not in self._pictures:
                self._pictures[key] = _read(path, cell, status.st_size, is_sound)
        except OSError as error:
            del self._paths[cell]
            raise _unreadable(cell, error) from None
        return self._pictures[key]

    def _find(self, cell: str) -> Path:
        names = [cell.strip(), *_SEVERAL.split(cell.strip())[:1]]
        for name in dict.fromkeys(names):
            plain = _relative(name)
            for folder in self._folders:
                try:
                    path = (folder / plain).resolve()
                    is_there = path.is_relative_to(folder) and path.exists()
                except (OSError, ValueError, RuntimeError):
                    continue
                if not path.is_relative_to(folder):
                    raise _outside(name)
                if is_there:
                    return path
        raise self._not_found(names[-1])

    def _not_found(self, name: str) -> Refused:
        plain = Path(_relative(name))
        present: list[str] = []
        for folder in self._folders:
            try:
                with os.scandir((folder / plain).parent) as entries:
                    present += [entry.name for entry, _ in zip(entries, range(_MAX_NAMES), strict=False)]
            except (OSError, ValueError):
                continue
        # Endings are alike in all of them and would make everything look near.
        stems = near(plain.stem, [Path(found).stem for found in present], limit=2)
        meant = [found for stem in stems for found in present if Path(found).stem == stem][:2]
        if meant:
            hint = f"did you mean {' or '.join(repr(str(plain.with_name(found))) for found in meant)}?"
        elif name.lower().startswith("www."):
            hint = "an address begins with https://"
        else:
            hint = ""
        return Refused("picture_not_found", f"there is no file {shown(name)} beside the sheet", hint=hint, seen=name)


def sniff(head: bytes) -> str:
    """The first bytes of a file -> its media type, or in words what else it is."""
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    if head[4:8] == b"ftyp":
        return _FTYP_BRANDS.get(head[8:12], "a video")
    for signature, media_type in (*_SIGNATURES, *_SOUNDS):
        if head.startswith(signature):
            return media_type
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) and b"<svg" in text:
        return "image/svg+xml"
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text[:512]:
        return "a web page"
    return "an empty file" if not head else "no kind of file we know"


def _read(path: Path, cell: str, size_bytes: int, is_sound: bool) -> LocalPicture:
    if not path.is_file():
        raise Refused("picture_unreadable", f"{shown(cell)} is not a file", seen=cell)
    limit = 25_000_000 if is_sound else MAX_BYTES
    if size_bytes > limit:
        raise Refused(
            "picture_too_big",
            f"{shown(cell)} has {size_bytes:,} bytes, at most {limit:,} are taken",
            seen=cell,
        )
    # One byte more than allowed: a file that grows while it is read is refused and not sent in part.
    with path.open("rb") as file:
        body = file.read(limit + 1)
    if len(body) > limit:
        raise Refused("picture_too_big", f"{shown(cell)} has over {limit:,} bytes", seen=cell)
    media_type = sniff(body[:_HEAD_BYTES])
    wanted = "audio/" if is_sound else "image/"
    if not media_type.startswith(wanted):
        kind = "no sound file (MP3 or WAV)" if is_sound else "not a picture that the API takes"
        raise Refused("not_a_picture", f"{shown(cell)} is {kind}: it is {media_type}", seen=cell)
    return LocalPicture(path, hashlib.sha256(body).hexdigest(), len(body), media_type)


def _relative(name: str) -> str:
    """A name as it may stand in a cell; Windows separators are read. Raises Refused for what leads elsewhere."""
    if _ABSOLUTE.match(name) or name.lower().startswith("file:"):
        raise _outside(name)
    plain = name.replace("\\", "/")
    if not plain or "\x00" in plain:
        raise Refused("picture_not_found", f"{shown(name)} is not a file name", seen=name)
    return plain


def _outside(name: str) -> Refused:
    return Refused(
        "picture_outside",
        f"{shown(name)} is not in the folder of the sheet",
        hint="write the path as seen from the folder of the sheet, such as pictures/shoe.jpg",
        seen=name,
    )


def _unreadable(cell: str, error: OSError) -> Refused:
    return Refused("picture_unreadable", f"{shown(cell)} cannot be read: {error.strerror or error}", seen=cell)
