"""Which row is the header, and what its columns are called. Pure.

    the first rows as lists of text  ->  the index of the header among them
    the header's cells               ->  Columns with unique names

The header is the first row with at least two filled cells where only titles of one cell stand above it, else the
first filled row. Sheets with scattered notes above the table need more: a later row takes its place where it is
complete, all labels, wider than all above it, and stands on columns of numbers or dates, while the earlier one has
gaps or values in it. Left out: headers of two rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bulkgen.sheet.model import Column

# How many filled rows are looked at. Notes above a table are a handful; a longer look would only find chance.
LOOK_AHEAD = 40
# XFD, the last column a sheet can have.
LAST_COLUMN = 16_384
# Rows below a candidate that must confirm it.
_CONFIRMING = 10
_VALUE = re.compile(r"[-+(]?\W{0,4}\d[\d\s.,:/%'TZ+-]*\W{0,4}\)?|TRUE|FALSE")


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """`rows` are the first rows that have a filled cell, without those that have none; there is at least one."""
    filled = [[at for at, text in enumerate(row) if text.strip()] for row in rows]
    first = _first_wide(filled)
    better = _after_notes(rows, filled, first)
    return first if better is None else better


def _first_wide(filled: list[list[int]]) -> int:
    """A lone wide row deep in a list of single cells is a stray note, so the rows below must be wide as well."""
    for at, places in enumerate(filled):
        if len(places) < 2:
            continue
        below = filled[at + 1 : at + 1 + _CONFIRMING]
        wide = sum(len(row) >= 2 for row in below)
        return at if at == 0 or wide * 2 >= len(below) else 0
    return 0


def _after_notes(rows: Sequence[Sequence[str]], filled: list[list[int]], first: int) -> int | None:
    start = filled[first]
    has_gap = bool(start) and len(start) < start[-1] - start[0] + 1
    has_value = any(_is_value(rows[first][at]) for at in start)
    if not (has_gap or has_value):
        return None
    for at in range(first + 1, len(rows)):
        places = filled[at]
        labels = [rows[at][place].strip() for place in places]
        is_complete = len(places) >= 3 and len(places) == places[-1] - places[0] + 1
        is_widest = len(places) > max(len(row) for row in filled[:at])
        is_all_labels = not any(_is_value(label) for label in labels) and len(set(labels)) == len(labels)
        enough_above = has_value or at - first >= 2
        if is_complete and is_widest and is_all_labels and enough_above and _has_value_column(rows, places, at):
            return at
    return None


def _has_value_column(rows: Sequence[Sequence[str]], places: list[int], header: int) -> bool:
    below = rows[header + 1 : header + 1 + _CONFIRMING]
    for place in places:
        texts = [row[place].strip() for row in below if place < len(row) and row[place].strip()]
        if texts and sum(map(_is_value, texts)) * 2 >= len(texts):
            return True
    return False


def _is_value(text: str) -> bool:
    return _VALUE.fullmatch(text.strip()) is not None


@lru_cache(maxsize=20_000)
def column_letter(index: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while index > 0:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_place(letters: str) -> int:
    """A is 1, AA is 27; 0 for what is no column of a sheet."""
    place = 0
    for char in letters.upper() if letters.isascii() and letters.isalpha() and len(letters) <= 3 else "":
        place = place * 26 + ord(char) - 64
    return place if place <= LAST_COLUMN else 0


def name_columns(headers: Sequence[tuple[int, str]]) -> tuple[Column, ...]:
    """Pairs of place (1-based) and printed header. Repeated names are numbered, empty ones get their letter."""
    # A byte-order mark that is not at the very start of a file is read as a character.
    printed = [(index, " ".join(text.replace("\ufeff", "").split())) for index, text in headers]
    # A name that is really printed somewhere is never given to a column that only needs a name.
    taken = {text for _, text in printed}
    used: set[str] = set()
    columns = []
    for index, text in printed:
        name = base = text or column_letter(index)
        number = 1
        while name in used or (number > 1 and name in taken) or (not text and name in taken):
            number += 1
            name = f"{base} ({number})"
        used.add(name)
        columns.append(Column(name, index))
    return tuple(columns)
