"""What the cells of a column are, whatever its header says. Pure.

    cells -> Contents(kind, ...)

A column is what four in five of its filled cells are; where they are not of one kind it is mixed, which says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bulkgen.mapping.addresses import first_address, is_address
from bulkgen.mapping.money import parse_amount, parse_price
from bulkgen.mapping.problems import Refused

# Share of the filled cells that must be of a kind before the column is.
SHARE = 0.8
# From so many characters on a text is no longer a title or a line of a banner.
_LONG = 120

_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif", ".tif", ".tiff")
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_FLAGS = frozenset(("true", "false", "yes", "no"))
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d{2,6}|#x[0-9a-fA-F]{2,6}|[a-zA-Z]{2,8});")


class Content(StrEnum):
    """The word is how a message says it: `its cells are pictures`."""

    NOTHING = "empty"
    COLOR = "colours"
    PICTURE = "pictures"
    ADDRESS = "addresses"
    PRICE = "prices"
    DATE = "dates"
    NUMBER = "numbers"
    FLAG = "yes and no"
    LONG_TEXT = "long texts"
    TEXT = "texts"
    MIXED = "of several kinds"


@dataclass(frozen=True, slots=True)
class Contents:
    """`cells` are the filled ones; `distinct` is the share of them that stand only once or first."""

    kind: Content
    cells: tuple[str, ...] = ()
    distinct: float = 0.0
    has_markup: bool = False

    @property
    def is_filled(self) -> bool:
        return bool(self.cells)

    @property
    def is_iso_dates(self) -> bool:
        """Dates that are read alike everywhere, unlike 01/02/2026."""
        return self.is_filled and all(map(_ISO_DATE.fullmatch, self.cells))

    def typical_length(self) -> float:
        return median(map(len, self.cells)) if self.cells else 0.0


def contents_of(cells: Sequence[str]) -> Contents:
    filled = tuple(plain for cell in cells if (plain := cell.strip()))
    if not filled:
        return Contents(Content.NOTHING)
    kind = next((kind for kind, test in _TESTS if share(filled, test) >= SHARE), Content.MIXED)
    has_markup = any(_MARKUP.search(cell) for cell in filled)
    found = Contents(kind, filled, len(set(filled)) / len(filled), has_markup)
    if kind is Content.TEXT and found.typical_length() > _LONG:
        return Contents(Content.LONG_TEXT, filled, found.distinct, has_markup)
    return found


def share(filled: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, filled)) / len(filled)


def is_picture(cell: str) -> bool:
    path = first_address(cell).split("?")[0].split("#")[0].lower()
    return path.endswith(_PICTURE_ENDINGS)


def _is_priced(cell: str) -> bool:
    try:
        return bool(parse_price(cell).currencies)
    except Refused:
        return False


def _is_number(cell: str) -> bool:
    try:
        parse_amount(cell)
    except Refused as refused:
        return refused.code == "ambiguous_number"
    return True


def _is_words(cell: str) -> bool:
    return any(character.isalpha() for character in cell)


# The narrower kind first: an address of a picture is an address too.
_TESTS: tuple[tuple[Content, Callable[[str], bool]], ...] = (
    (Content.COLOR, lambda cell: _COLOR.fullmatch(cell) is not None),
    (Content.PICTURE, is_picture),
    (Content.ADDRESS, is_address),
    (Content.PRICE, _is_priced),
    (Content.DATE, lambda cell: _DATE.fullmatch(cell) is not None),
    (Content.NUMBER, _is_number),
    (Content.FLAG, lambda cell: cell.lower() in _FLAGS),
    (Content.TEXT, _is_words),
)
