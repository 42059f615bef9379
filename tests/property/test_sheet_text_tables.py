"""Any cells in any dialect: what was written is what is read."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bulkgen.errors import SheetError
from bulkgen.sheet.header import find_header, name_columns
from bulkgen.sheet.read import open_sheet

HEADER = ("sku", "title", "price", "photo")
# Without what no cell keeps: the characters that `characters` takes out, and the mark of what could not be read.
CELLS = st.text(
    st.characters(
        exclude_categories=("Cs",),
        exclude_characters=[
            *map(chr, range(9)),
            "\x0b",
            "\x0c",
            *map(chr, range(14, 32)),
            "\ufffe",
            "\uffff",
            "\ufffd",
        ],
    ),
    max_size=12,
)
LATIN = st.text(st.sampled_from("abcÉÀœ€ß 0159,;|\t\"'\n-/%"), max_size=12)
ENCODINGS = (("utf-8", True), ("utf-8", False), ("utf-16-le", True), ("utf-16-be", True), ("utf-32-le", True))


def _read(body: bytes) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(body)
        return [tuple(row.cells.values()) for row in open_sheet(path).rows()]


def _written(rows: list[tuple[str, ...]], delimiter: str, line_end: str, quoting: int) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue()


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(ENCODINGS),
)
@example([("1", "", "NA", "null")], ",", "\n", csv.QUOTE_MINIMAL, ("utf-8", False))
@example([("00123", "4006381333931", "1e5", "-5")], ";", "\r\n", csv.QUOTE_MINIMAL, ("utf-16-le", True))
def test_a_text_table_reads_as_it_was_written(
    rows: list[tuple[str, ...]], delimiter: str, line_end: str, quoting: int, encoding: tuple[str, bool]
) -> None:
    """A cell that changes on its way in is printed changed; a row that moves prints another product's price."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assume(filled)
    # Python's writer leaves a line break without quotes where lines end in another; then nobody can tell what it is.
    stray = [mark for mark in "\r\n" if mark not in line_end]
    assume(quoting == csv.QUOTE_ALL or not any(mark in cell for row in rows for cell in row for mark in stray))
    codec, has_mark = encoding
    text = ("\ufeff" if has_mark else "") + _written(rows, delimiter, line_end, quoting)
    assert _read(text.encode(codec)) == filled


@given(st.lists(st.tuples(LATIN, LATIN, LATIN, LATIN), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_a_table_of_western_windows_reads_as_it_was_written(rows: list[tuple[str, ...]], delimiter: str) -> None:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assume(filled)
    body = _written(rows, delimiter, "\r\n", csv.QUOTE_MINIMAL).encode("cp1252")
    try:
        body.decode("utf-8")
        is_also_utf8 = not body.isascii()
    except UnicodeDecodeError:
        is_also_utf8 = False
    assume(not is_also_utf8)
    assert _read(body) == filled


@given(st.binary(max_size=400))
def test_any_bytes_are_a_sheet_or_a_refusal(body: bytes) -> None:
    """A traceback for a strange file would tell a marketer nothing."""
    refused: SheetError | None = None
    rows: list[tuple[str, ...]] = []
    try:
        rows = _read(body)
    except SheetError as error:
        refused = error
    assert bool(rows) or (refused is not None and bool(refused.code) and bool(refused.where))


@given(st.lists(st.text(max_size=5), min_size=1, max_size=20))
def test_column_names_are_unique_and_never_empty(headers: list[str]) -> None:
    """Two columns of one name, and a mapping would read whichever came last."""
    columns = name_columns(list(enumerate(headers, 1)))
    names = [column.name for column in columns]
    assert len(set(names)) == len(names) == len(headers)
    assert all(names)
    assert [column.index for column in columns] == list(range(1, len(headers) + 1))
    printed = {" ".join(header.split()) for header in headers}
    first_of = {name for name in names if name in printed}
    assert first_of >= {name for name in printed if name and "\ufeff" not in name}


@given(st.lists(st.lists(st.sampled_from(["", "a", "b", "7", "1/2/2026"]), max_size=5), min_size=1, max_size=8))
def test_a_header_is_found_in_any_rows(rows: list[list[str]]) -> None:
    filled = [row for row in rows if any(row)]
    assume(filled)
    assert 0 <= find_header(filled) < len(filled)
