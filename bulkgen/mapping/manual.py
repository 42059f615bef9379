"""The reference tables of the manual, made from the tables that the code works with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bulkgen.mapping.filters import EXAMPLE_CELLS, FILTERS, TESTS
from bulkgen.mapping.output import OPTIONS
from bulkgen.wire.output_options import GROUPS


def filter_table() -> str:
    return _table(
        ("Filter", "What it gives", "Example", "Result"),
        (
            (f"`{entry.signature}`", entry.meaning, f"`{entry.example}`", f"`{_visible(entry.gives)}`")
            for entry in FILTERS.values()
        ),
    )


def cell_table() -> str:
    return _table(
        ("Column", "Cell"),
        ((f"`{header}`", f"`{cell}`" if cell else "(empty)") for header, cell in EXAMPLE_CELLS.items()),
    )


def test_table() -> str:
    return _table(("Test", "True when"), ((f"`is {entry.name}`", entry.meaning) for entry in TESTS.values()))


def output_table() -> str:
    rows = [("`image_file_type`", "a file type of the design's kind, or `auto`")]
    rows += [(f"`{name}`", prop.describe()) for name, prop in OPTIONS.items() if name != "image_file_type"]
    rows += [(f"`{group}.{name}`", prop.describe()) for group, props in GROUPS.items() for name, prop in props.items()]
    return _table(("Option", "Takes"), rows)


TABLES = {
    "cells": cell_table,
    "filters": filter_table,
    "tests": test_table,
    "output": output_table,
}


def fill(text: str) -> str:
    """A page with every `<!-- table NAME -->` … `<!-- end -->` block made anew."""
    for name, make in TABLES.items():
        start, end = f"<!-- table {name} -->\n", "<!-- end -->"
        head, found, rest = text.partition(start)
        if found:
            text = head + start + make() + "\n" + end + rest.partition(end)[2]
    return text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_line(head), "|" + " --- |" * len(head)]
    return "\n".join([*lines, *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _visible(text: str) -> str:
    return text.replace("\u00a0", " ")
