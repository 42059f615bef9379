"""The cells of one row of a sheet part -> their texts by place.

What a cell shows depends on its type, its stored value and its style; all three are here at once. Left out: which row
is the header, and what the columns are called.
"""

from __future__ import annotations

from lxml import etree

from bulkgen.sheet.characters import clean, is_clean
from bulkgen.sheet.findings import Findings
from bulkgen.sheet.header import column_letter
from bulkgen.sheet.package import Package, Style, is_true, rich_text, unescape

_UNCALCULATED = (
    "{n} formulas have no stored result and read as empty, the first in {places}: open the file in a spreadsheet"
    " program and save it"
)
_LONG_NUMBER = (
    "{n} numbers have more than 15 digits, of which the file keeps 15, the first in {places}: store them as text"
)
_CLEANED = "control or broken characters were taken out of {n} cells, the first in {places}"
_BEYOND = "{n} cells have a number format that is drawn only roughly, the first in {places}"

_KEPT_DIGITS = 15


class CellReader:
    """Holds a workbook's shared strings and styles for the reading of one tab."""

    def __init__(self, package: Package, findings: Findings) -> None:
        self._strings = package.strings()
        self._styles: list[Style] = package.styles()
        self._findings = findings

    def __repr__(self) -> str:
        return f"<CellReader {len(self._strings)} strings {len(self._styles)} styles>"

    def read(self, row: etree._Element, number: int) -> dict[int, str]:
        """Texts of the row's filled cells, by place (1-based)."""
        found: dict[int, str] = {}
        place = 0
        for cell in row:
            reference = cell.get("r")
            place = _place(reference) if reference else place + 1
            text = self._text(cell, place, number)
            if text:
                if not is_clean(text):
                    self._findings.count(_CLEANED, f"{column_letter(place)}{number}")
                    text = clean(text)
                found[place] = text
        return found

    def _text(self, cell: etree._Element, place: int, number: int) -> str:
        stored, has_formula = None, False
        for child in cell:
            name = str(child.tag).rpartition("}")[2]
            if name == "v":
                stored = child.text or ""
            elif name == "is":
                return rich_text(child)
            elif name == "f":
                has_formula = True
        if stored is None:
            if has_formula:
                self._findings.count(_UNCALCULATED, f"{column_letter(place)}{number}")
            return ""
        match cell.get("t"):
            case "s":
                return self._styled(cell, self._strings[int(stored)])
            case "b":
                return "TRUE" if is_true(stored) else "FALSE"
            case "str":
                return self._styled(cell, unescape(stored))
            case "e" | "inlineStr":
                return stored
            case "d":
                return stored.replace("T00:00:00", "").replace("T", " ")
            case _:
                return self._number(cell, stored, place, number)

    def _styled(self, cell: etree._Element, text: str) -> str:
        display = self._style(cell).display
        return display.text(text) if display.changes_text else text

    def _number(self, cell: etree._Element, stored: str, place: int, number: int) -> str:
        if not stored:
            return ""
        if len(stored) > _KEPT_DIGITS and _is_long_whole(stored):
            self._findings.count(_LONG_NUMBER, f"{column_letter(place)}{number}")
        display = self._style(cell).display
        was_beyond = display.beyond
        shown = display.number(stored)
        if display.beyond and not was_beyond:
            self._findings.count(_BEYOND, f"{column_letter(place)}{number}")
        return shown

    def _style(self, cell: etree._Element) -> Style:
        index = cell.get("s")
        number = int(index) if index and index.isdigit() else 0
        return self._styles[number] if number < len(self._styles) else self._styles[0]


def _place(reference: str) -> int:
    place = 0
    for char in reference:
        if not char.isalpha():
            break
        place = place * 26 + ord(char.upper()) - 64
    return place


def _is_long_whole(stored: str) -> bool:
    return stored.lstrip("-").isdigit() and len(stored.lstrip("-").rstrip("0")) > _KEPT_DIGITS
