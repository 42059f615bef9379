"""Which picture a cell of a workbook shows: placed in it, lying over it, or named by its formula.

    Package + tab -> InCells, over cells;  a picture's part -> its bytes

Excel places a picture in a cell by way of five parts, each of which numbers the next; WPS names it in a formula; every
program can let one lie over cells. Left out: where exactly it lies and how large it is shown, which a banner decides
anew; and charts, shapes and the sheet's background.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from lxml import etree

from bulkgen.sheet.characters import clean
from bulkgen.sheet.package import Package, damage_is_ours

# Parts that only say which picture is where: some hundred bytes a picture, and a sheet of a million is no sheet.
_MAX_BYTES = 256 * 1024**2
_RICH_VALUE = "XLRICHVALUE"
# What a structure of rich values calls the number of a picture in the file, and of one on the web.
_IN_FILE = "_rvRel:LocalImageIdentifier"
_ON_WEB = "WebImageIdentifier"
_IMAGE = re.compile(r'\s*(?:_xl\w+\.)*IMAGE\(\s*"((?:[^"]|"")*)"\s*[,)]', re.IGNORECASE)
_DISPIMG = re.compile(r'\s*(?:_xl\w+\.)*DISPIMG\(\s*"((?:[^"]|"")*)"\s*[,)]', re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)

T = TypeVar("T")


class InCells:
    """The pictures that are cells' own values. A target is a part of the package, or an address; "" is none."""

    def __init__(self, package: Package) -> None:
        self._package = package

    def __repr__(self) -> str:
        return f"<InCells of {self._package!r}>"

    def of_formula(self, formula: str) -> str:
        """What a formula that is nothing but a picture shows. One that works an address out is told by its value."""
        if found := _IMAGE.match(formula):
            address = clean(found[1].replace('""', '"')).strip()
            return address if _ADDRESS.match(address) else ""
        if found := _DISPIMG.match(formula):
            return self._named.get(found[1], "")
        return ""

    def of_value(self, number: str) -> str:
        """`number` is the cell's `vm`: its place, from 1, among the metadata of values."""
        place = _number(number) - 1
        return self._by_metadata[place] if 0 <= place < len(self._by_metadata) else ""

    @cached_property
    def _by_metadata(self) -> list[str]:
        part = self._package.part_of_kind("sheetMetadata")
        if not part:
            return []
        types: list[str] = []
        values: list[int] = []
        found: list[str] = []
        for element in self._elements(part, "metadataType", "futureMetadata", "valueMetadata"):
            match _local(element):
                case "metadataType":
                    types.append(element.get("name") or "")
                case "futureMetadata" if element.get("name") == _RICH_VALUE:
                    blocks = (next((one for one in block.iter() if _local(one) == "rvb"), None) for block in element)
                    values = [_number(one.get("i")) if one is not None else -1 for one in blocks]
                case "valueMetadata":
                    for block in element:
                        record = next((one for one in block if _local(one) == "rc"), None)
                        kind = _at(types, _number(record.get("t")) - 1, "") if record is not None else ""
                        at = _number(record.get("v")) if record is not None and kind == _RICH_VALUE else -1
                        found.append(_at(self._rich_values, _at(values, at, -1), ""))
        return found

    @cached_property
    def _rich_values(self) -> list[str]:
        package = self._package
        structure, part = package.part_of_kind("rdRichValueStructure"), package.part_of_kind("rdRichValue")
        if not (structure and part):
            return []
        keys = [[key.get("n") or "" for key in element] for element in self._elements(structure, "s")]
        pictures = {_IN_FILE: self._parts_in_file(), _ON_WEB: self._addresses_on_web()}
        none: list[str] = []
        found = []
        for element in self._elements(part, "rv"):
            target = ""
            names = _at(keys, _number(element.get("s")), none)
            for key, value in zip(names, element, strict=False):
                if key in pictures:
                    target = _at(pictures[key], _number(value.text), "")
            found.append(target)
        return found

    def _parts_in_file(self) -> list[str]:
        part = self._package.part_of_kind("richValueRel")
        if not part:
            return []
        targets = self._package.relations(part)
        return [targets.get(_relation(element, "id"), ("", ""))[1] for element in self._elements(part, "rel")]

    def _addresses_on_web(self) -> list[str]:
        part = self._package.part_of_kind("rdRichValueWebImage")
        if not part:
            return []
        targets = self._package.addresses(part)
        found = []
        for element in self._elements(part, "webImageSrd"):
            said = next((one for one in element if _local(one) == "address"), None)
            address = targets.get(_relation(said, "id"), "") if said is not None else ""
            found.append(clean(address) if _ADDRESS.match(address) else "")
        return found

    @cached_property
    def _named(self) -> dict[str, str]:
        """The pictures of WPS's formula, by the name that it uses."""
        part = self._package.part_of_kind("cellImage")
        if not part:
            return {}
        targets = self._package.relations(part)
        found = {}
        for element in self._elements(part, "pic"):
            name = next((one.get("name") or "" for one in element.iter() if _local(one) == "cNvPr"), "")
            found[name] = targets.get(_embedded(element), ("", ""))[1]
        return found

    def _elements(self, part: str, *names: str) -> Iterator[etree._Element]:
        return self._package.elements(part, *names, max_bytes=_MAX_BYTES)


def pictures_over_cells(package: Package, tab_part: str) -> dict[tuple[int, int], list[str]]:
    """(row, column), from 1, of the cell in which a picture's top left corner lies -> the parts of those that do."""
    found: dict[tuple[int, int], list[str]] = {}
    for kind, drawing in package.relations(tab_part).values():
        if not kind.endswith("/drawing") or not package.has(drawing):
            continue
        targets = package.relations(drawing)
        for anchor in package.elements(drawing, "twoCellAnchor", "oneCellAnchor", max_bytes=_MAX_BYTES):
            start = next((one for one in anchor if _local(one) == "from"), None)
            part = targets.get(_embedded(anchor), ("", ""))[1]
            if start is None or not package.has(part):
                continue
            place = {_local(one): _number(one.text, -1) + 1 for one in start}
            found.setdefault((place.get("row", 0), place.get("col", 0)), []).append(part)
    return found


class BookPictures:
    """Gives the bytes of pictures by their parts. Stays open: a book of ten thousand is not searched anew for each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._package: Package | None = None

    def __repr__(self) -> str:
        return f"<BookPictures {self._path.name} {'open' if self._package else 'not opened'}>"

    def size_bytes(self, part: str) -> int:
        """Raises SheetError, as `read` does."""
        with damage_is_ours(self._path):
            return self._opened().size_bytes(part)

    def read(self, part: str, max_bytes: int) -> bytes:
        with damage_is_ours(self._path), self._opened().open(part, max_bytes=max_bytes) as stream:
            return stream.read(max_bytes + 1)

    def _opened(self) -> Package:
        if self._package is None:
            self._package = Package(self._path)
        return self._package


def _embedded(element: etree._Element) -> str:
    """The relation of the first picture in it."""
    return next((_relation(one, "embed") for one in element.iter() if _local(one) == "blip"), "")


def _relation(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith(f"}}{name}")), "")


def _at(items: Sequence[T], place: int, other: T) -> T:
    return items[place] if 0 <= place < len(items) else other


def _number(text: str | None, other: int = -1) -> int:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 9 else other


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
