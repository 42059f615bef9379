"""texts -> the XML of worksheet cells, and cell addresses both ways. Pure.

Every text is an inline string: the shared strings of the workbook stay as they are, and no text can become a formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from bulkgen.report.columns import ColumnKind, ResultColumn, texts_of
from bulkgen.report.limits import Notes, clean, cut
from bulkgen.report.model import ResultRow
from bulkgen.sheet.header import column_letter

# In a worksheet string _x000D_ means the character 0D; a text that really has these seven characters is written with
# its underscore spelled so.
_SPELLED_CHARACTER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")


def column_number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address_of(reference: str) -> tuple[int, int] | None:
    """(row, column) of a single cell's reference; None for a range or anything else."""
    match = _ADDRESS.fullmatch(reference)
    return (int(match[2]), column_number(match[1])) if match else None


def corners_of(reference: str) -> tuple[int, int, int, int] | None:
    """(first row, first column, last row, last column) of a cell or a range; None for anything else."""
    first, _, last = reference.partition(":")
    start, end = address_of(first), address_of(last or first)
    return (*start, *end) if start and end else None


def spelled(text: str) -> str:
    """`text` so that a worksheet shows its characters, where some of them spell another one."""
    return _SPELLED_CHARACTER.sub("_x005F_", text) if "_x" in text else text


def text_xml(text: str) -> str:
    return escape(spelled(text))


def attribute_xml(text: str) -> str:
    """The value with its quotes, as it stands after the equals sign."""
    return quoteattr(text)


def text_cell(row: int, column: int, text: str, style: int | None = None, prefix: str = "") -> str:
    look = f' s="{style}"' if style else ""
    return (
        f'<{prefix}c r="{column_letter(column)}{row}"{look} t="inlineStr"><{prefix}is>'
        f'<{prefix}t xml:space="preserve">{text_xml(text)}</{prefix}t></{prefix}is></{prefix}c>'
    )


def number_cell(row: int, column: int, number: float, style: int | None = None, prefix: str = "") -> str:
    look = f' s="{style}"' if style else ""
    return f'<{prefix}c r="{column_letter(column)}{row}"{look}><{prefix}v>{number:.15g}</{prefix}v></{prefix}c>'


def held_texts(row: ResultRow, columns: Sequence[ResultColumn], notes: Notes) -> list[str]:
    """The row's texts as a worksheet can hold them; what was cut is said in the row's own detail."""
    texts = [clean(text, notes) for text in texts_of(row, columns)]
    if max(map(len, texts), default=0) * 2 <= 32_767:
        return texts
    held = [cut(text, notes) for text in texts]
    was_cut = [
        f"{column.name!r} is cut, it has {len(text):,} characters"
        for column, text, short in zip(columns, texts, held, strict=True)
        if short is not text
    ]
    if was_cut:
        at = next(index for index, column in enumerate(columns) if column.kind is ColumnKind.DETAIL)
        # In front, so that a detail which is itself too long still says it.
        held[at] = cut("; ".join((*was_cut, texts[at])) if texts[at] else "; ".join(was_cut), Notes())
    return held
