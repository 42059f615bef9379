"""Any texts in a workbook, and any damage to its parts: read as written, or refused by name."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.errors import SheetError
from bulkgen.sheet.read import open_sheet

HEADER = ("sku", "title")
# As `characters` says: what is no character is not kept, and XML knows only one kind of line break.
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffd\ufffe\uffff") | st.just("\n"))
PARTS = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _write(path: Path, rows: list[tuple[str, str]]) -> None:
    workbook = xlsxwriter.Workbook(str(path))
    tab = workbook.add_worksheet()
    price = workbook.add_format({"num_format": '[>1]0.00 "€";General'})
    for at, row in enumerate((HEADER, *rows)):
        for place, text in enumerate(row):
            tab.write_string(at, place, text)
        tab.write_number(at, len(HEADER), at, price)
    workbook.close()


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
@example([("_x000D_", "_x0041_"), ("_", "_x_x0041")])
@example([("00123", "=1+1"), ("TRUE", "#N/A")])
def test_any_text_of_a_workbook_reads_as_it_was_written(rows: list[tuple[str, str]]) -> None:
    """Escapes, formulas that are texts, numbers that are texts: none may change on the way in."""
    with _folder() as folder:
        _write(folder / "a.xlsx", rows)
        sheet = open_sheet(folder / "a.xlsx")
        read = [(row.cells["sku"], row.cells["title"]) for row in sheet.rows()]
        again = [(row.cells["sku"], row.cells["title"]) for row in sheet.rows()]
    # A row of numbers alone still has its number, so none is left out.
    assert read == rows
    assert again == rows


@lru_cache(maxsize=1)
def _good() -> dict[str, bytes]:
    with _folder() as folder:
        _write(folder / "a.xlsx", [("1", "one"), ("2", "two"), ("3", "three")])
        with zipfile.ZipFile(folder / "a.xlsx") as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@given(st.sampled_from(PARTS), st.integers(min_value=0), st.integers(min_value=0, max_value=30), st.text(max_size=8))
@example("xl/worksheets/sheet1.xml", 0, 0, "")
def test_a_damaged_part_is_read_or_refused(part: str, at: int, length: int, put: str) -> None:
    """The archive's own checks are right here, so the damage reaches the parts' readers; none may let a stranger's
    exception through."""
    body = _good()[part]
    at %= len(body)
    broken = body[:at] + put.encode("utf-8", "replace") + body[at + length :]
    with _folder() as folder:
        path = folder / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in _good().items():
                archive.writestr(name, broken if name == part else content)
        refused: SheetError | None = None
        try:
            sheet = open_sheet(path)
            names = sheet.outline.names
            rows = list(sheet.rows())
        except SheetError as error:
            refused = error
    if refused is None:
        assert len(set(names)) == len(names)
        assert all(tuple(row.cells) == names for row in rows)
    else:
        assert refused.where
