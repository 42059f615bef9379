"""How a text table separates its cells, ends its lines, and what stands before its header. Pure.

    the beginning of a text -> separator, line end

A separator must stand in the header, outside quotes, and be confirmed by the records below; so the comma in a sentence
and the semicolons of an explanation do not win. Left out: encodings (`encoding`), and which row is the header
(`header`, which is asked).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bulkgen.sheet.header import find_header

# Where two fit equally well, the one that is rarer in ordinary text.
SEPARATORS = ("\t", ";", "|", ",")
_SAMPLE_RECORDS = 60
_FIRST_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a separator explains a text; compared in the order of the fields."""

    agreement: float
    is_header_first: bool
    width: int

    @property
    def rank(self) -> tuple[float, bool, int]:
        return round(self.agreement, 1), self.is_header_first, self.width


def announced_separator(text: str) -> str | None:
    """What Excel's own first line `sep=;` says."""
    line = _FIRST_LINE.match(text)
    said = line[0].strip(" \"'\r\n") if line else ""
    if not said.lower().startswith("sep="):
        return None
    separator = said[4:5] or "\t"
    # Saved once more by a program that did not know the line, it ends in empty cells.
    is_only_that = not said[5:].strip(separator + "".join(SEPARATORS))
    return separator if is_only_that and not separator.isalnum() and separator != '"' else None


def without_first_line(text: str) -> str:
    return _FIRST_LINE.sub("", text, count=1)


def find_separator(text: str, *, is_whole: bool) -> str | None:
    """None for a table of one column. `text` begins at the table; unless it `is_whole`, its last record may be cut."""
    fits = {separator: _fit(_records(text, separator, is_whole=is_whole)) for separator in SEPARATORS}
    found = {separator: fit for separator, fit in fits.items() if fit is not None}
    # max keeps the first of equals, so the order of the separators breaks ties.
    return max(found, key=lambda separator: found[separator].rank) if found else None


def _records(text: str, separator: str, *, is_whole: bool) -> list[list[str]]:
    try:
        records = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _SAMPLE_RECORDS + 1))
    except csv.Error:
        return []
    if len(records) > _SAMPLE_RECORDS or (not is_whole and len(records) > 1):
        records.pop()
    filled = [record for record in records if any(cell.strip() for cell in record)]
    return filled[1:] if filled and is_explanation(filled[0]) else filled


def _fit(records: list[list[str]]) -> _Fit | None:
    if not records:
        return None
    at = find_header(records)
    header, below = records[at], records[at + 1 :]
    if sum(bool(cell.strip()) for cell in header) < 2:
        return None
    widths = Counter(len(record) for record in below)
    agreement = 1.0
    if below:
        usual, times = widths.most_common(1)[0]
        # Records that agree with each other but not with the header speak for it too, a little less.
        agreement = max(widths[len(header)], 0.9 * times if usual > 1 else 0) / len(below)
    if not agreement:
        return None
    if at:
        # Lines above that are no part of the table: believed only where the table is plain to see.
        is_padded = all(len(record) == len(header) for record in records[:at])
        if agreement < 0.9 or not (len(header) > 2 or is_padded):
            return None
    return _Fit(agreement, at == 0, len(header))


def find_line_end(text: str) -> str:
    """The one that ends most lines; in a text without any, what Excel writes."""
    pairs = text.count("\r\n")
    counts = {"\r\n": pairs, "\n": text.count("\n") - pairs, "\r": text.count("\r") - pairs}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else "\r\n"


def is_explanation(record: Sequence[str]) -> bool:
    """Meta's template begins with a row that explains each column, with # in front: `#` and words, not `#id`."""
    filled = [cell.strip() for cell in record if cell.strip()]
    return len(filled) > 2 and sum(cell.startswith("#") and " " in cell for cell in filled) * 2 > len(filled)


def is_text(text: str) -> bool:
    """Whether the beginning of a file reads as text at all, and not as the bytes of some program."""
    strange = sum(char < " " and char not in "\t\n\r\f\x0b\x1a" for char in text)
    return strange < 8 or strange * 10 < len(text)
