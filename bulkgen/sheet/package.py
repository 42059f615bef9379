"""The parts of a workbook file that its rows depend on: tabs, shared strings, number formats, date system.

    a zip of XML parts  ->  Package

Every part is read as a stream, with entities off and its size bounded before the first byte. Left out: the cells
themselves (`workbook`), and every part that does not change what a cell shows.
"""

from __future__ import annotations

import contextlib
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

from bulkgen.errors import SheetError
from bulkgen.sheet.characters import clean
from bulkgen.sheet.display import Display
from bulkgen.sheet.formats import BUILT_IN, GENERAL, SYSTEM_DATE_IDS

# A million rows of twelve columns unpack to about 0.6 GB. Far beyond that a file is a trap or no job for one run.
MAX_PART_BYTES = 4 * 1024**3
# The shared strings are held in memory.
MAX_STRINGS_BYTES = 1024**3
# Sheets that repeat themselves pack 100 to 1, but not at this size; a bomb packs about 1000 to 1.
MAX_RATIO = 300
RATIO_COUNTS_FROM_BYTES = 64 * 1024**2

# What the standard library raises about an archive that lies about itself.
_PACKAGE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    UnicodeDecodeError,
    OverflowError,
)

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OFFICE_RELATION = "/officeDocument"


class BrokenPart(Exception):
    """A part says what cannot be. `damage_is_ours` makes a SheetError of it, which knows the file."""


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell's style number means for its text."""

    display: Display
    is_system_date: bool


class Package:
    """An opened workbook file. Close it, or use it in `with`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with damage_is_ours(path):
            self._zip = zipfile.ZipFile(path)
        try:
            self._names = {name.replace("\\", "/").lower(): name for name in self._zip.namelist()}
            with damage_is_ours(path):
                self._read_workbook()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __repr__(self) -> str:
        return f"<Package {self.path.name} tabs={[tab.name for tab in self.tabs]} 1904={self.is_1904}>"

    def _read_workbook(self) -> None:
        relations = self.relations("")
        main = next((target for kind, target in relations.values() if kind.endswith(_OFFICE_RELATION)), "")
        self._workbook = main if self.has(main) else "xl/workbook.xml"
        self.is_1904 = False
        self.is_to_be_recalculated = False
        tabs: list[Tab] = []
        targets = self.relations(self._workbook)
        for element in self.elements(self._workbook, "sheet", "workbookPr", "calcPr"):
            match _local(element):
                case "workbookPr":
                    self.is_1904 = is_true(element.get("date1904"))
                case "calcPr":
                    self.is_to_be_recalculated = is_true(element.get("fullCalcOnLoad"))
                case _:
                    relation = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")
                    kind, part = targets.get(relation, ("", ""))
                    # Charts, dialogs and old macro sheets are tabs without rows.
                    if kind.endswith("/worksheet") and self.has(part):
                        visible = (element.get("state") or "visible") == "visible"
                        tabs.append(Tab(element.get("name") or "", part, visible))
        self.tabs = tuple(tabs)
        self._by_kind = {kind.rsplit("/", 1)[-1]: target for kind, target in targets.values()}

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id -> (type, target part) of a part; "" asks for those of the whole package."""
        folder = posixpath.dirname(part)
        found = {}
        for element in self._relationships(part):
            if element.get("TargetMode") == "External":
                continue
            target = (element.get("Target") or "").replace("\\", "/")
            full = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[element.get("Id") or ""] = (element.get("Type") or "", full)
        return found

    def addresses(self, part: str) -> dict[str, str]:
        """Id -> address of what a part refers to outside the package."""
        return {
            element.get("Id") or "": element.get("Target") or ""
            for element in self._relationships(part)
            if element.get("TargetMode") == "External"
        }

    def _relationships(self, part: str) -> Iterator[etree._Element]:
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if self.has(where):
            yield from self.elements(where, "Relationship")

    def part_of_kind(self, kind: str) -> str:
        """The part that the workbook refers to under a type with this last word; "" if there is none."""
        part = self._by_kind.get(kind, "")
        return part if self.has(part) else ""

    def size_bytes(self, part: str) -> int:
        """Unpacked."""
        return self._zip.getinfo(self._names[part.lower()]).file_size

    def open(self, part: str, *, max_bytes: int = MAX_PART_BYTES) -> IO[bytes]:
        info = self._zip.getinfo(self._names[part.lower()])
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > max_bytes or (info.file_size > RATIO_COUNTS_FROM_BYTES and ratio > MAX_RATIO):
            raise SheetError(
                f"{part} would unpack to {info.file_size / 1e6:,.0f} MB, {ratio:,.0f} times what is stored",
                code="too_big",
                where=str(self.path),
                hint="A workbook like this is damaged or a trap. Save the sheet as CSV, or split it.",
            )
        return self._zip.open(info)

    def elements(self, part: str, *names: str, max_bytes: int = MAX_PART_BYTES) -> Iterator[etree._Element]:
        """The elements of a part with these local names, as their end is met; memory stays flat."""
        with self.open(part, max_bytes=max_bytes) as stream:
            yield from stream_elements(stream, *names)

    def strings(self) -> list[str]:
        part = self._by_kind.get("sharedStrings", "")
        if not self.has(part):
            return []
        return [rich_text(element) for element in self.elements(part, "si", max_bytes=MAX_STRINGS_BYTES)]

    def styles(self) -> list[Style]:
        """By the number that cells carry in `s`."""
        part = self._by_kind.get("styles", "")
        codes: dict[int, str] = {}
        ids: list[int] = []
        if self.has(part):
            for element in self.elements(part, "numFmt", "cellXfs"):
                if _local(element) == "numFmt":
                    # Formats of conditional styles stand further down and may reuse a number.
                    codes.setdefault(_number(element.get("numFmtId")), clean(unescape(element.get("formatCode") or "")))
                else:
                    ids = [_number(xf.get("numFmtId")) for xf in element if _local(xf) == "xf"]
        shared: dict[int, Style] = {}
        for number in ids:
            if number not in shared:
                code = codes.get(number) or BUILT_IN.get(number, GENERAL)
                is_system = number in SYSTEM_DATE_IDS and number not in codes
                shared[number] = Style(Display(code, is_1904=self.is_1904), is_system)
        return [shared[number] for number in ids] or [Style(Display(GENERAL), False)]


def stream_elements(stream: IO[bytes], *names: str) -> Iterator[etree._Element]:
    context = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in context:
        yield element
        element.clear(keep_tail=False)
        # Without this, what was read stays behind as empty brothers of what comes.
        parent = element.getparent()
        if parent is not None:
            while element.getprevious() is not None:
                del parent[0]


def rich_text(element: etree._Element) -> str:
    """The text of `si` or `is`: its runs joined, without the reading aids of East Asian text."""
    if len(element) == 1 and _local(element[0]) == "t":
        return unescape(element[0].text or "")
    parts = []
    for child in element:
        match _local(child):
            case "t":
                parts.append(child.text or "")
            case "r":
                parts.extend(run.text or "" for run in child if _local(run) == "t")
    return unescape("".join(parts))


def unescape(text: str) -> str:
    """`_x000D_` is how a workbook writes a character that XML cannot hold; `_x005F_` is its underscore."""
    if "_x" not in text:
        return text
    joined = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # Two halves written one by one are one character.
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_half(joined) else joined


def _has_half(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


def is_true(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _number(value: str | None) -> int:
    try:
        return int((value or "0")[:9])
    except ValueError:
        return 0


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@contextlib.contextmanager
def damage_is_ours(path: Path) -> Iterator[None]:
    """What zipfile, zlib and lxml raise about a broken file, said once."""
    try:
        yield
    except NotImplementedError as error:
        raise _damaged(path, f"it is packed in a way that cannot be read ({error})") from error
    except RuntimeError as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise password_protected(path) from error
        raise
    except BrokenPart as error:
        raise _damaged(path, str(error)) from error
    except _PACKAGE_ERRORS as error:
        raise _damaged(path, "the file is cut short or its package is broken") from error
    except etree.XMLSyntaxError as error:
        raise _damaged(path, f"a part of it is broken: {clean(str(error))[:120]}") from error
    except OSError as error:
        raise SheetError(f"the file cannot be read: {error.strerror}", code="no_file", where=str(path)) from error


def _damaged(path: Path, message: str) -> SheetError:
    return SheetError(
        f"the workbook is damaged: {message}",
        code="damaged",
        where=str(path),
        hint="Open it in a spreadsheet program, let it repair the file, and save it again; or download it once more.",
    )


def password_protected(path: Path) -> SheetError:
    return SheetError(
        "the workbook is password-protected",
        code="password_protected",
        where=str(path),
        hint="Open it, remove the password (File > Info > Protect Workbook > Encrypt with Password) and save it.",
    )
