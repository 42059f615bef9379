"""How a picture that a cell shows goes through expressions: as a text that nobody can type. Pure.

    Row -> cells with references;  reference -> CellPicture

The reader of sheets takes the mark out of every text, since it is no character. So whatever an expression makes of a
reference (a part of it, capitals, a sentence around it) still tells what it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bulkgen.sheet.model import CellPicture, Row

MARK = "\ufffe"
_REFERENCE = re.compile(f"{MARK}([io])([A-Z]{{1,3}}[0-9]+) ([^{MARK}]+){MARK}")
# What an expression left of one.
_REST = re.compile(f"{MARK}(?:([io])([A-Z]{{1,3}}[0-9]+) )?[^{MARK}]*{MARK}?", re.IGNORECASE)


def reference(picture: CellPicture) -> str:
    return f"{MARK}{'o' if picture.is_over else 'i'}{picture.cell} {picture.part}{MARK}"


def read_reference(text: str) -> CellPicture | None:
    found = _REFERENCE.fullmatch(text.strip())
    return CellPicture(found[2], found[3], found[1] == "o") if found else None


def holds_picture(text: str) -> bool:
    return MARK in text


def worded(text: str) -> str:
    """A text for people: references by what they mean."""
    return _REST.sub(_words, text) if MARK in text else text


def _words(found: re.Match[str]) -> str:
    return str(CellPicture(found[2].upper(), "", found[1] in "oO")) if found[2] else "a picture"


def with_pictures(row: Row, *, is_for_picture: bool = True) -> Mapping[str, str]:
    """The row's cells with references where they show pictures.

    A picture that only lies over a cell is seen by what takes a picture, and by nothing else: a logo that somebody put
    over an empty price is no price.
    """
    if not row.pictures:
        return row.cells
    seen = {name: reference(one) for name, one in row.pictures.items() if is_for_picture or not one.is_over}
    return {**row.cells, **seen}
