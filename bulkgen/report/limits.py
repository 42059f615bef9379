"""What the formats can hold, by name, and the texts cut to it; each thing done is counted. Pure.

Text from outside stays text. What a cell cannot hold is taken out or cut, never silently: a `Notes` counts what was
done, and the report and the summary say it.
"""

from __future__ import annotations

import re
from collections import Counter

from bulkgen.sheet.characters import clean as without_broken
from bulkgen.sheet.characters import is_clean

# The limits of a worksheet (ECMA-376 and Excel's specifications); past them Excel "repairs" the file by dropping cells.
MAX_CELL_CHARS = 32_767
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_LINKS = 65_530
MAX_LINK_CHARS = 2_079
MAX_SHEET_NAME_CHARS = 31
CUT_MARK = "…"

_LINE_END = re.compile("\r\n?")

# A spreadsheet takes a text cell of a CSV that starts so for a formula (or strips the character and then does).
# The wide forms count as well where the program's language is an East Asian one.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# No letter can call anything, so a number as people write it needs no guard: -5, +1.234,56 €, -20 %.
_PLAIN_NUMBER = re.compile(r"[+-]?[\d\s.,'’]*\d[\d\s.,'’]*[%€$£¥]?")


class Notes:
    """Counts what was done at a limit; `texts` says it in the order it first happened."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Notes {dict(self._counts)}>"

    def count(self, text: str, times: int = 1) -> None:
        """`text` has `{n}` where the number goes, and reads well for one and for many."""
        self._counts[text] += times

    def texts(self) -> tuple[str, ...]:
        return tuple(text.replace("{n}", f"{count:,}") for text, count in self._counts.items())


NOTE_REMOVED = "control characters and broken characters taken out of cells: {n}"
NOTE_CUT = f"texts cut to the {MAX_CELL_CHARS:,} characters a cell can hold: {{n}}"
NOTE_NOT_LINKED = f"addresses left as plain text, past the {MAX_LINKS:,} links a sheet can hold: {{n}}"
NOTE_LONG_LINK = f"addresses left as plain text, longer than the {MAX_LINK_CHARS:,} characters of a link: {{n}}"


def clean(text: str, notes: Notes) -> str:
    """`text` as any format can hold it: no control or broken characters; every line end is a line feed."""
    if not is_clean(text):
        notes.count(NOTE_REMOVED)
        text = without_broken(text)
    return _LINE_END.sub("\n", text) if "\r" in text else text


def cut(text: str, notes: Notes) -> str:
    """`text` as a worksheet cell can hold it. Excel counts UTF-16 units, so a character outside the BMP is two."""
    if len(text) * 2 <= MAX_CELL_CHARS or _units(text) <= MAX_CELL_CHARS:
        return text
    notes.count(NOTE_CUT)
    kept = text.encode("utf-16-le")[: (MAX_CELL_CHARS - 1) * 2].decode("utf-16-le", "ignore")
    return kept + CUT_MARK


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def is_formula_like(text: str) -> bool:
    return text.startswith(_FORMULA_START) and not _PLAIN_NUMBER.fullmatch(text)


def guard(text: str) -> str:
    """`text` so that no spreadsheet that opens a CSV takes it for a formula."""
    return f"'{text}" if is_formula_like(text) else text
