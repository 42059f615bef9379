"""The cells of one row, as bytes: which are used, what look they have, and the row with result cells put in. Pure.

Cells that are not ours are never written anew. Left out: which texts go where (`workbook`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bulkgen.report.cells import column_number, number_cell, text_cell
from bulkgen.report.sheet_rows import RawRow
from bulkgen.sheet.header import column_letter

_ATTRIBUTES = rb"""((?:[^>"']|"[^"]*"|'[^']*')*?)"""
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})\d+["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
# Only a hint for reading faster, and false once our cells stand outside it; programs work it out again.
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s>/]")


@dataclass(frozen=True, slots=True)
class NewCell:
    """A result for a row. `is_new_column`: the input had no such column, so nothing of it can stand there.
    `is_number`: a number that its `text` says."""

    column: int
    text: str
    style: int | None
    is_new_column: bool
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RawCell:
    column: int
    start: int
    end: int
    style: int | None
    body: bytes

    @property
    def is_used(self) -> bool:
        return bool(self.body.strip())

    @property
    def has_formula(self) -> bool:
        return _FORMULA.search(self.body) is not None


class CellGrammar:
    """How cells are written under one namespace prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        name = prefix.encode() + b"c"
        self.opening = b"<" + name + b" "
        self.closing = b"</" + name + b">"
        tag = rb"<" + name + rb"(?=[\s>/])" + _ATTRIBUTES
        self.tag = re.compile(tag + rb"(/?)>", re.DOTALL)
        self._cell = re.compile(tag + rb"(?:/>|>(.*?)</" + name + rb"\s*>)", re.DOTALL)
        self._name = name

    def __repr__(self) -> str:
        return f"<CellGrammar {self.prefix!r}>"

    @cached_property
    def _careful_cell(self) -> re.Pattern[bytes]:
        """As `_cell`, but an end tag within a comment or literal text is none. Slow, and hardly ever needed."""
        name = self._name
        opaque = rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>"
        body = rb"((?:" + opaque + rb"|(?!</" + name + rb"\s*>|<!).)*)"
        tag = rb"(?:" + opaque + rb")|<" + name + rb"(?=[\s>/])" + _ATTRIBUTES
        return re.compile(tag + rb"(?:/>|>" + body + rb"</" + name + rb"\s*>)", re.DOTALL)

    def cells(self, content: bytes) -> Iterator[RawCell]:
        column = 0
        pattern = self._careful_cell if b"<!" in content else self._cell
        for match in pattern.finditer(content):
            if match[1] is None:
                continue
            column = self.column_of(match[1]) or column + 1
            style = _STYLE.search(match[1])
            yield RawCell(column, match.start(), match.end(), int(style[1]) if style else None, match[2] or b"")

    @staticmethod
    def column_of(attributes: bytes) -> int | None:
        reference = _REFERENCE.search(attributes)
        return column_number(reference[1].decode()) if reference else None

    def last_cell(self, content: bytes) -> tuple[int, int] | None:
        """Where the last cell ends, and its column; None if that takes a look at all cells."""
        start = content.rfind(self.opening)
        tag = self.tag.match(content, start) if start >= 0 else None
        column = self.column_of(tag[1]) if tag else None
        if tag is None or column is None or b"<!" in content:
            return None
        end = tag.end()
        if not tag[2]:
            closing = content.find(self.closing, end)
            if closing < 0:
                return None
            end = closing + len(self.closing)
        # What follows may be a cell that says no column, or an extension list.
        return None if content[end:].strip() else (end, column)


@dataclass(frozen=True, slots=True)
class RowPatch:
    row: bytes
    formulas_kept: int


def patch_row(row: RawRow, cells: Sequence[NewCell], grammar: CellGrammar) -> RowPatch:
    """The row with `cells` (in column order) put in. Cells that would be empty are left out.

    A formula somebody put into a result column is kept: without it the workbook's calculation chain would point at
    nothing, which Excel calls damage.
    """
    added, kept = _with_cells(row, cells, grammar)
    if added is None:
        return RowPatch(row.gap + _raw(row, grammar), kept)
    tag = _SPANS.sub(b"", row.tag)
    if row.is_closed:
        tag = tag.removesuffix(b"/>").rstrip() + b">"
    return RowPatch(b"".join((row.gap, tag, added, b"</", grammar.prefix.encode(), b"row>")), kept)


def new_row(number: int, cells: Sequence[NewCell], grammar: CellGrammar) -> bytes:
    body = "".join(cell_xml(number, cell, cell.style, grammar.prefix) for cell in cells if cell.text)
    return f'<{grammar.prefix}row r="{number}">{body}</{grammar.prefix}row>'.encode() if body else b""


def _raw(row: RawRow, grammar: CellGrammar) -> bytes:
    if row.is_closed:
        return row.tag
    return b"".join((row.tag, row.content, b"</", grammar.prefix.encode(), b"row>"))


def cell_xml(row: int, cell: NewCell, style: int | None, prefix: str = "") -> str:
    if cell.is_number:
        return number_cell(row, cell.column, float(cell.text), style, prefix)
    return text_cell(row, cell.column, cell.text, style, prefix)


def _with_cells(row: RawRow, cells: Sequence[NewCell], grammar: CellGrammar) -> tuple[bytes | None, int]:
    """The row's new content, None when nothing changes; and how many formulas were kept."""
    content = row.content
    # An empty result is written only where an old one must go.
    needed = [cell for cell in cells if cell.text or not cell.is_new_column]
    if not needed:
        return None, 0
    last = grammar.last_cell(content)
    if last is not None and last[1] < needed[0].column:
        at = last[0]
        added = "".join(cell_xml(row.number, cell, cell.style, grammar.prefix) for cell in needed if cell.text).encode()
        return (b"".join((content[:at], added, content[at:])) if added else None), 0
    return _merged(row, needed, grammar)


def _merged(row: RawRow, cells: Sequence[NewCell], grammar: CellGrammar) -> tuple[bytes | None, int]:
    """As `_with_cells`, for cells that come between or instead of others."""
    old_cells = list(grammar.cells(row.content))
    old_at = {cell.column: cell for cell in old_cells}
    # (from, to, instead): after all cells is where the last one ends, since a row may end with an extension list.
    edits: list[tuple[int, int, str]] = []
    kept = 0
    end = old_cells[-1].end if old_cells else 0
    for cell in cells:
        old = old_at.get(cell.column)
        if old is None:
            if cell.text:
                at = next((other.start for other in old_cells if other.column > cell.column), end)
                edits.append((at, at, cell_xml(row.number, cell, cell.style, grammar.prefix)))
        elif old.has_formula:
            kept += 1
        elif cell.text:
            style = cell.style if cell.is_new_column or old.style is None else old.style
            edits.append((old.start, old.end, cell_xml(row.number, cell, style, grammar.prefix)))
        elif old.is_used:
            edits.append((old.start, old.end, _emptied(row.number, old, grammar)))
    if not edits:
        return None, kept
    pieces: list[bytes] = []
    done = 0
    for start, stop, text in edits:
        pieces += (row.content[done:start], text.encode())
        done = stop
    return b"".join((*pieces, row.content[done:])), kept


def _emptied(row: int, old: RawCell, grammar: CellGrammar) -> str:
    look = f' s="{old.style}"' if old.style else ""
    return f'<{grammar.prefix}c r="{column_letter(old.column)}{row}"{look}/>'
