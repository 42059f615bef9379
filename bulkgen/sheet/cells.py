"""The cells of one row of a sheet part -> their texts by place.

What a cell shows depends on its type, its stored value and its style; all three are here at once. Left out: which row
is the header, and what the columns are called.
"""

from __future__ import annotations

from lxml import etree

from bulkgen.sheet import dates
from bulkgen.sheet.characters import clean, is_clean
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import column_letter, column_place
from bulkgen.sheet.model import CellPicture
from bulkgen.sheet.package import BrokenPart, Package, Style, is_true, rich_text, unescape
from bulkgen.sheet.pictures import InCells

_UNCALCULATED = (
    "formulas without a stored result read as empty: {n} ({places}); open the file in a spreadsheet program and save it"
)
_STALE = (
    "formulas whose stored results the file itself calls out of date: {n} ({places}); open the file in a spreadsheet"
    " program and save it"
)
_LONG_NUMBER = "numbers of more than 15 digits, of which the file keeps 15: {n} ({places}); store them as text"
_CLEANED = "cells from which control or broken characters were taken: {n} ({places})"
_BEYOND = "dates before 1900 or after 9999, read as numbers: {n} ({places})"
_SYSTEM_DATE = (
    "dates in the order of whoever opens the file, read as month/day/year: {n} ({places}); give them a format of their"
    " own if readers expect another"
)
_ERROR = "cells that show an error of the sheet, read as that text: {n} ({places})"
_RECORD = "cells that show a linked record or a picture that the file does not hold, read as empty: {n} ({places})"

_KEPT_DIGITS = 15
_DIGITS = "0123456789"


class CellReader:
    """Holds a workbook's shared strings and styles; what it notices goes to the findings it was last told of.

    `pictures` are those in cells of the row that was read last, by place.
    """

    def __init__(self, package: Package) -> None:
        strings = package.strings()
        # Cleaned once, since a text is shared by many cells; which ones is told by the cells.
        self._unclean = {at for at, text in enumerate(strings) if not is_clean(text)}
        for at in self._unclean:
            strings[at] = clean(strings[at])
        self._strings = strings
        self._styles: list[Style] = package.styles()
        self._style_of: dict[str | None, Style] = {None: self._styles[0]}
        self._is_1904 = package.is_1904
        self._is_stale = package.is_to_be_recalculated
        self._in_cells = InCells(package)
        self._findings = Findings()
        self._places: dict[str, int] = {}
        self.pictures: dict[int, CellPicture] = {}

    def __repr__(self) -> str:
        return f"<CellReader {len(self._strings)} strings {len(self._styles)} styles>"

    def tell(self, findings: Findings) -> None:
        self._findings = findings

    def read(self, row: etree._Element, number: int) -> dict[int, str]:
        """Texts of the row's filled cells, by place (1-based). Raises BrokenPart."""
        found: dict[int, str] = {}
        if self.pictures:
            self.pictures = {}
        place = 0
        for cell in row:
            reference = cell.get("r")
            place = self._place(reference) if reference else place + 1
            text = self._text(cell, place, number)
            if text:
                found[place] = text
        return found

    def _count(self, sentence: str, place: int, number: int) -> None:
        self._findings.count(sentence, f"{column_letter(place)}{number}")

    def _text(self, cell: etree._Element, place: int, number: int) -> str:
        stored, formula = "", None
        for child in cell:
            # The last letter tells them apart, and the rest of a tag is its namespace, of which there are two.
            match str(child.tag)[-1]:
                case "v":
                    stored = child.text or ""
                case "s":
                    stored = rich_text(child)
                case "f":
                    formula = child.text or ""
        kind = cell.get("t")
        if formula is not None:
            if target := self._in_cells.of_formula(formula):
                return self._picture(target, place, number)
            if not stored and kind != "str":
                self._count(_UNCALCULATED, place, number)
            elif self._is_stale:
                self._count(_STALE, place, number)
        if not stored:
            return ""
        match kind:
            case None | "n":
                return self._number(cell, stored, place, number)
            case "s":
                return self._styled(cell, self._shared(stored, place, number))
            case "b":
                return "TRUE" if is_true(stored) else "FALSE"
            case "str":
                return self._styled(cell, self._cleaned(unescape(stored), place, number))
            case "inlineStr":
                return self._styled(cell, self._cleaned(stored, place, number))
            case "e":
                value = cell.get("vm")
                if value is None:
                    self._count(_ERROR, place, number)
                    return stored
                if target := self._in_cells.of_value(value):
                    return self._picture(target, place, number)
                self._count(_RECORD, place, number)
                return ""
            case "d":
                return self._iso_date(cell, stored)
            case _:
                return self._cleaned(stored, place, number)

    def _picture(self, target: str, place: int, number: int) -> str:
        """An address is the cell's text; a picture in the file is none."""
        if "://" in target:
            return target
        self.pictures[place] = CellPicture(f"{column_letter(place)}{number}", target)
        return ""

    def _cleaned(self, text: str, place: int, number: int) -> str:
        if is_clean(text):
            return text
        self._count(_CLEANED, place, number)
        return clean(text)

    def _shared(self, stored: str, place: int, number: int) -> str:
        try:
            index = int(stored)
        except ValueError:
            index = -1
        if not 0 <= index < len(self._strings):
            raise BrokenPart(f"a cell asks for text number {stored[:20]!r} of {len(self._strings):,}")
        if index in self._unclean:
            self._count(_CLEANED, place, number)
        return self._strings[index]

    def _styled(self, cell: etree._Element, text: str) -> str:
        display = self._style(cell).display
        return display.text(text) if display.changes_text else text

    def _iso_date(self, cell: etree._Element, stored: str) -> str:
        display = self._style(cell).display
        serial = dates.serial_of(stored, is_1904=self._is_1904) if display.is_date else None
        if serial is None:
            return stored.replace("T00:00:00", "").replace("T", " ")
        return display.number(str(serial))

    def _number(self, cell: etree._Element, stored: str, place: int, number: int) -> str:
        style = self._style(cell)
        shown = style.display.number(stored)
        if len(stored) > _KEPT_DIGITS and _is_long_whole(stored):
            self._count(_LONG_NUMBER, place, number)
        if style.is_system_date:
            self._count(_SYSTEM_DATE, place, number)
        if style.display.beyond and stored in style.display.beyond:
            self._count(_BEYOND, place, number)
        return shown

    def _style(self, cell: etree._Element) -> Style:
        index = cell.get("s")
        style = self._style_of.get(index)
        if style is None:
            assert index is not None
            number = int(index) if index.isdecimal() and len(index) <= 9 else 0
            style = self._style_of[index] = self._styles[number if number < len(self._styles) else 0]
        return style

    def _place(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        place = self._places.get(letters)
        if place is None:
            place = column_place(letters)
            if not place:
                raise BrokenPart(f"a cell says that it stands in column {letters[:20]!r}")
            self._places[letters] = place
        return place


def _is_long_whole(stored: str) -> bool:
    digits = stored.lstrip("-")
    return digits.isdecimal() and len(digits.rstrip("0")) > _KEPT_DIGITS
