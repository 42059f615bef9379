"""Rows with their problems -> a text table, or JSON: every row of the sheet in its order, good ones too.

The table is written as the sheet was, with two columns in front. Its cells are guarded, so that no program that opens
it takes one for a formula.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO

from bulkgen.report.limits import Notes, clean, guard
from bulkgen.report.problem_rows import PROBLEMS, SEVERITY, ProblemRow
from bulkgen.report.raw_records import quoted
from bulkgen.report.text_table import NOTE_GUARDED, PLAIN
from bulkgen.sheet.model import SheetOutline

NOTE_ENCODING = "written in UTF-8, where the sheet is in {encoding}"

_OURS = (PROBLEMS, SEVERITY)


def write_table(
    stream: IO[bytes], outline: SheetOutline, rows: Iterable[ProblemRow], notes: Notes, *, delimiter: str = ""
) -> None:
    given = outline.dialect or PLAIN
    mark = delimiter or given.delimiter
    # Messages hold what any row may hold, so no other encoding is sure to carry them; the mark tells Excel.
    if not given.encoding.lower().replace("_", "-").startswith("utf-8"):
        notes.count(NOTE_ENCODING.format(encoding=given.encoding))
    stream.write("\ufeff".encode())
    for cells in _lines(outline, rows, notes):
        stream.write((mark.join(quoted(cell, mark) for cell in cells) + given.line_end).encode("utf-8", "replace"))


def _lines(outline: SheetOutline, rows: Iterable[ProblemRow], notes: Notes) -> Iterator[list[str]]:
    names = [name for name in outline.names if name not in _OURS]
    yield [*_OURS, *(_guarded(name, notes) for name in names)]
    for one in rows:
        severity = one.severity.value if one.severity else ""
        texts = "\n".join(one.texts())
        yield [_guarded(texts, notes), severity, *(_guarded(one.row.cells.get(name, ""), notes) for name in names)]


def _guarded(text: str, notes: Notes) -> str:
    held = clean(text, notes)
    safe = guard(held)
    if safe is not held:
        notes.count(NOTE_GUARDED)
    return safe


def write_json_lines(stream: IO[bytes], outline: SheetOutline, rows: Iterable[ProblemRow], notes: Notes) -> None:
    """An object a row. No other limits than those of text itself."""
    for one in rows:
        stream.write(_object(one, notes) + b"\n")


def write_json(stream: IO[bytes], outline: SheetOutline, rows: Iterable[ProblemRow], notes: Notes) -> None:
    """One array, a row a line, so that it can be written without holding it."""
    between = b"[\n"
    for one in rows:
        stream.write(between + _object(one, notes))
        between = b",\n"
    stream.write(b"\n]\n" if between == b",\n" else b"[]\n")


def _object(one: ProblemRow, notes: Notes) -> bytes:
    row = one.row
    body = {
        "sheet": row.sheet,
        "row": row.number,
        "severity": one.severity.value if one.severity else "",
        "problems": [
            {
                "code": problem.code,
                "severity": problem.severity.value,
                "column": problem.origin.column,
                "message": clean(problem.message, notes),
                "hint": clean(problem.hint, notes),
                "facts": {name: clean(value, notes) for name, value in problem.facts},
            }
            for problem in one.problems
        ],
        "cells": {clean(name, notes): clean(text, notes) for name, text in row.cells.items() if name not in _OURS},
    }
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
