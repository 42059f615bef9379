"""The package around a workbook: its parts, how they point at each other, and copying those nobody edits.

A part's bytes are copied as they are; only the parts an edit names are written anew. Left out: what is in them.
"""

from __future__ import annotations

import posixpath
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from bulkgen.errors import ReportError
from bulkgen.report.xml_spans import Document, XmlError, parse

CONTENT_TYPES = "[Content_Types].xml"

# Past this an entry gets the long form, since results may make the sheet of the input several times larger. Smaller
# ones do not: Excel dislikes the long form where it is not needed.
_LONG_ENTRY_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class Relationship:
    id: str
    kind: str
    target: str
    is_external: bool

    @property
    def short_kind(self) -> str:
        """`worksheet`, `styles`, ...: the same word in the transitional and the strict form of the standard."""
        return self.kind.rpartition("/")[2]


class Package:
    """A package opened for reading. Part names are compared without regard to case, as the standard says."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        # A part that is there twice is the later one, as for every reader.
        self._entries = {entry.filename.lower(): entry for entry in archive.infolist()}
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise ReportError("the workbook is encrypted", code="unsupported_workbook")

    def __repr__(self) -> str:
        return f"<Package {len(self._entries)} parts>"

    @property
    def entries(self) -> Iterable[zipfile.ZipInfo]:
        return self._entries.values()

    def has(self, part: str) -> bool:
        return part.lower() in self._entries

    def entry(self, part: str) -> zipfile.ZipInfo:
        try:
            return self._entries[part.lower()]
        except KeyError:
            raise ReportError(f"the workbook lacks its part {part!r}", code="unsupported_workbook") from None

    def read(self, part: str) -> bytes:
        return self.archive.read(self.entry(part))

    def open(self, part: str) -> IO[bytes]:
        return self.archive.open(self.entry(part))

    def document(self, part: str, depth: int = 3) -> Document:
        try:
            return parse(self.read(part), depth)
        except XmlError as error:
            raise ReportError(f"the part cannot be edited: {error}", code="unsupported_workbook", where=part) from error

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Of a part ("" for the package), by id; internal targets as part names."""
        rels = relationships_part(part)
        if not self.has(rels):
            return {}
        found: dict[str, Relationship] = {}
        for child in self.document(rels).root.all("Relationship"):
            given = child.attributes
            is_external = given.get("TargetMode") == "External"
            target = given.get("Target", "")
            found[given.get("Id", "")] = Relationship(
                given.get("Id", ""),
                given.get("Type", ""),
                target if is_external else resolve(part, target),
                is_external,
            )
        return found


def relationships_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolve(part: str, target: str) -> str:
    path = unquote(target) if "%" in target else target
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), path)).lstrip("/")


def relative_target(part: str, target: str) -> str:
    return posixpath.relpath(target, posixpath.dirname(part) or ".")


def new_entry(name: str, like: zipfile.ZipInfo | None = None) -> zipfile.ZipInfo:
    """The place of a part in the package that is written: as it was, or for a new part with a fixed date."""
    entry = zipfile.ZipInfo(name, like.date_time if like else (1980, 1, 1, 0, 0, 0))
    entry.compress_type = like.compress_type if like else zipfile.ZIP_DEFLATED
    entry.external_attr = like.external_attr if like else 0o600 << 16
    if like:
        entry.comment = like.comment
        entry.create_system = like.create_system
    return entry


def copy_parts(package: Package, out: zipfile.ZipFile, written: Mapping[str, bytes | None]) -> None:
    """Every part in its order; those in `written` (lower case) with these bytes, or left for later where None."""
    for entry in package.entries:
        name = entry.filename.lower()
        if name in written:
            body = written[name]
            if body is not None:
                out.writestr(new_entry(entry.filename, entry), body)
            continue
        with package.archive.open(entry) as source, open_entry(out, entry) as target:
            shutil.copyfileobj(source, target, 1 << 20)


def open_entry(out: zipfile.ZipFile, like: zipfile.ZipInfo) -> IO[bytes]:
    """A part that is copied or edited, so that it is about as long as it was."""
    return out.open(new_entry(like.filename, like), "w", force_zip64=like.file_size > _LONG_ENTRY_BYTES)


def open_new_entry(out: zipfile.ZipFile, name: str, source_bytes: int) -> IO[bytes]:
    """A part made from a source of so many bytes; every cell gets some forty bytes of markup."""
    return out.open(new_entry(name), "w", force_zip64=source_bytes * 8 > _LONG_ENTRY_BYTES)
