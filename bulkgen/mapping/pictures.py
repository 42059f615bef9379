"""The pictures that travel in a request: files beside the sheet, in `--images`, in the sheet's cells, typed as text.

    cell text -> LocalPicture, or Refused

All are recognised by their bytes, bounded, and named by the hash of their content. Files are read from the sheet's
folder and below and from `--images`, never from elsewhere: a sheet from a stranger must not send this machine's files
out. A picture that is larger than its box is sent as it is: what may be lost of it is not ours to choose.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from bulkgen.errors import MappingError, SheetError
from bulkgen.mapping.encoded import typed
from bulkgen.mapping.model import LocalPicture
from bulkgen.mapping.names import near
from bulkgen.mapping.picture_archive import PictureArchive
from bulkgen.mapping.picture_kinds import SCREEN_PICTURE, SOUND, Wanted
from bulkgen.mapping.picture_names import PICTURE_ENDINGS, SOUND_ENDINGS, PictureNames
from bulkgen.mapping.picture_store import PictureStore
from bulkgen.mapping.problems import Refused, shown
from bulkgen.sheet.model import CellPicture
from bulkgen.sheet.pictures import BookPictures

_MAX_NAMES = 5_000
# A folder of more files than this is not the one of the pictures but the whole disk.
_MAX_FILES = 200_000
# One sheet has one set of pictures, mostly; a bound for the one that has a new name on every row.
_MAX_REMEMBERED = 100_000
# Near misses are looked for so often; then the mistake is the column's and not the cell's, and time goes for nothing.
_MAX_NEAR_MISSES = 200
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")
_SEVERAL = re.compile(r"\s*[,;|]\s*")
TYPED = "the picture typed into the cell"


class PictureFolder:
    """Files under a folder, by the names that people gave them."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._names: PictureNames | None = None

    def __repr__(self) -> str:
        return f"<PictureFolder {self.root} {self._names or 'not listed'}>"

    @property
    def names(self) -> PictureNames:
        """Listed when a name is not there as written. Raises MappingError where there are too many files."""
        if self._names is None:
            found: list[str] = []
            for folder, folders, files in os.walk(self.root):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                inside = Path(folder).relative_to(self.root)
                found += [(inside / name).as_posix() for name in files if not name.startswith(".")]
                if len(found) > _MAX_FILES:
                    raise MappingError(
                        f"it holds over {_MAX_FILES:,} files",
                        code="bad_images",
                        where=f"--images {self.root}",
                        hint="Give the folder that holds the pictures, and nothing above it.",
                    )
            self._names = PictureNames(found)
        return self._names

    def path(self, name: str) -> Path | None:
        """The file of exactly this name, if there is one. Raises Refused for what leads out of the folder."""
        try:
            path = (self.root / name).resolve()
            is_there = path.is_relative_to(self.root) and path.exists()
        except (OSError, ValueError, RuntimeError):
            return None
        if not path.is_relative_to(self.root):
            raise _outside(name)
        return path if is_there else None


class Pictures:
    """All pictures of one sheet. Remembers what it has read.

    `images` is what `--images` names, `book` the workbook whose cells may show pictures, `kept` the folder for the
    bytes of those that are no files (None: they are kept only as long as this is).

    `unusable` are pictures that somebody looked at and found to be of no use, by address or `sha256:…`, with what was
    found; a layer that has a `fallback` gets that instead.
    """

    def __init__(
        self, folder: Path, *, images: Path | None = None, book: Path | None = None, kept: Path | None = None
    ) -> None:
        """Raises MappingError: no such folder or archive, or one that is not read."""
        self.unusable: Mapping[str, str] = {}
        self._beside = PictureFolder(folder)
        self._images = _open_images(images) if images else None
        self._book = BookPictures(book) if book else None
        self._store = PictureStore(kept)
        self._places: dict[tuple[str, str], Path | str] = {}
        self._files: dict[tuple[Path, int, int, Wanted], LocalPicture] = {}
        self._members: dict[tuple[str, Wanted], LocalPicture] = {}
        self._parts: dict[tuple[str, Wanted], LocalPicture] = {}
        self._hints: dict[str, str] = {}

    def __repr__(self) -> str:
        read = len(self._files) + len(self._members) + len(self._parts)
        return f"<Pictures {self._beside.root} {self._images!r} {self._book!r} {read} read>"

    def named(self, cell: str, wanted: Wanted = SCREEN_PICTURE) -> LocalPicture:
        """The file that a cell names; of several names the first. Raises Refused."""
        key = (cell, wanted.family)
        place = self._places.get(key)
        if place is None:
            if len(self._places) > _MAX_REMEMBERED:
                self._places.clear()
            place = self._places[key] = self._find(cell, wanted)
        if isinstance(place, str):
            return self._of_archive(place, cell, wanted)
        try:
            return self._of_file(place, cell, wanted)
        except OSError as error:
            del self._places[key]
            raise _unreadable(cell, error) from None

    def in_cell(self, picture: CellPicture, wanted: Wanted = SCREEN_PICTURE) -> LocalPicture:
        """The picture that a cell of the workbook shows. Raises Refused."""
        known = self._parts.get((picture.part, wanted))
        if known is not None:
            return known
        if self._book is None:
            raise Refused("picture_unreadable", f"{picture} is in no workbook that is at hand")
        try:
            wanted.check_size(self._book.size_bytes(picture.part), str(picture), "")
            body = self._book.read(picture.part, wanted.max_bytes)
        except SheetError as error:
            raise Refused("picture_unreadable", f"{picture} cannot be read: {error.message}") from None
        found = self._parts[picture.part, wanted] = self._store.keep(body, wanted, str(picture), "")
        return found

    def typed(self, text: str, wanted: Wanted = SCREEN_PICTURE) -> LocalPicture:
        """A picture that stands in the cell as base64. Raises Refused."""
        return self._store.keep(typed(text, wanted), wanted, TYPED, text)

    # -- where a name leads

    def _find(self, cell: str, wanted: Wanted) -> Path | str:
        """A file, or a member of the archive. As written goes before what was probably meant, wherever that is."""
        whole = cell.strip()
        names = tuple(dict.fromkeys((whole, *_SEVERAL.split(whole)[:1])))
        away: Refused | None = None
        for name in names:
            try:
                if (found := self._exact(name)) is not None:
                    return found
            except Refused as refused:
                # The path that a file had elsewhere; its name may still be one of `--images`.
                away = refused
        if self._images is not None:
            for name in names:
                if (meant := self._meant(self._images, name, wanted)) is not None:
                    return meant
        if away is None:
            raise self._not_found(names[-1])
        if self._images is not None and (hint := self._hint(names[-1])):
            raise Refused(away.code, away.message, hint=hint, seen=away.seen)
        raise away

    def _exact(self, name: str) -> Path | str | None:
        if isinstance(self._images, PictureArchive) and (member := self._images.names.exact(name)):
            return member
        plain = _relative(name)
        if isinstance(self._images, PictureFolder) and (path := self._images.path(plain)):
            return path
        return self._beside.path(plain)

    def _meant(self, images: PictureFolder | PictureArchive, name: str, wanted: Wanted) -> Path | str | None:
        found = images.names.find(name, SOUND_ENDINGS if wanted.family == SOUND.family else PICTURE_ENDINGS)
        if len(found) > 1:
            listed = ", ".join(map(repr, found[:3])) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
            hint = "write the path, as seen from the folder or archive"
            raise Refused("picture_ambiguous", f"{shown(name)} may be {listed}", hint=hint, seen=name)
        if not found:
            return None
        return found[0] if isinstance(images, PictureArchive) else images.path(found[0])

    def _not_found(self, name: str) -> Refused:
        where = "in --images or beside the sheet" if self._images is not None else "beside the sheet"
        hint = self._hint(name)
        if not hint and name.lower().startswith("www."):
            hint = "an address begins with https://"
        return Refused("picture_not_found", f"there is no file {shown(name)} {where}", hint=hint, seen=name)

    def _hint(self, name: str) -> str:
        if name not in self._hints:
            if len(self._hints) >= _MAX_NEAR_MISSES:
                return ""
            meant = self._near_misses(name)
            self._hints[name] = f"did you mean {' or '.join(map(repr, meant))}?" if meant else ""
        return self._hints[name]

    def _near_misses(self, name: str) -> tuple[str, ...]:
        if self._images is not None and (meant := self._images.names.near(name)):
            return meant
        plain = Path(name.replace("\\", "/"))
        try:
            folder = (self._beside.root / plain).parent.resolve()
            # What is called how elsewhere on this machine is nobody's business either.
            if not folder.is_relative_to(self._beside.root):
                return ()
            with os.scandir(folder) as entries:
                present = [entry.name for entry, _ in zip(entries, range(_MAX_NAMES), strict=False)]
        except (OSError, ValueError, RuntimeError):
            return ()
        # Endings are alike in all of them and would make everything look near.
        stems = near(plain.stem, [Path(found).stem for found in present], limit=2)
        found = [one for stem in stems for one in present if Path(one).stem == stem][:2]
        return tuple(str(plain.with_name(one)) for one in found)

    # -- what is there

    def _of_file(self, path: Path, cell: str, wanted: Wanted) -> LocalPicture:
        status = path.stat()
        key = (path, status.st_mtime_ns, status.st_size, wanted)
        if key not in self._files:
            self._files[key] = _read(path, cell, status.st_size, wanted)
        return self._files[key]

    def _of_archive(self, member: str, cell: str, wanted: Wanted) -> LocalPicture:
        known = self._members.get((member, wanted))
        if known is not None:
            return known
        archive = self._images
        assert isinstance(archive, PictureArchive)
        called = f"{shown(member)} in {archive.path.name}"
        try:
            wanted.check_size(archive.size_bytes(member), called, cell)
            body = archive.read(member, wanted.max_bytes)
        except Refused as refused:
            raise Refused(refused.code, refused.message, hint=refused.hint, seen=cell) from None
        found = self._members[member, wanted] = self._store.keep(body, wanted, called, cell)
        return found


def _open_images(path: Path) -> PictureFolder | PictureArchive:
    if path.is_dir():
        return PictureFolder(path)
    if path.is_file():
        return PictureArchive(path)
    raise MappingError(
        "there is no such folder or ZIP file",
        code="bad_images",
        where=f"--images {path}",
        hint="Name the folder that holds the pictures, or a ZIP file of them.",
    )


def _read(path: Path, cell: str, size_bytes: int, wanted: Wanted) -> LocalPicture:
    if not path.is_file():
        raise Refused("picture_unreadable", f"{shown(cell)} is not a file", seen=cell)
    wanted.check_size(size_bytes, shown(cell), cell)
    # One byte more than allowed: a file that grows while it is read is refused and not sent in part.
    with path.open("rb") as file:
        body = file.read(wanted.max_bytes + 1)
    media_type = wanted.check(body, shown(cell), cell)
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
        hint="write the path as seen from the folder of the sheet, such as pictures/shoe.jpg, or give --images",
        seen=name,
    )


def _unreadable(cell: str, error: OSError) -> Refused:
    return Refused("picture_unreadable", f"{shown(cell)} cannot be read: {error.strerror or error}", seen=cell)
