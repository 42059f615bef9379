"""Which row is the header, and what its columns are called."""

from __future__ import annotations

import pytest

from bulkgen.sheet.header import column_letter, find_header, name_columns

TABLE = [["sku", "title", "price"], ["1", "Vase", "9.90"], ["2", "Lamp", "19.00"]]

CASES = {
    "a plain table": (TABLE, 0),
    "a title above": ([["Products"], *TABLE], 1),
    "a title in another column": ([["", "Products"], *TABLE], 1),
    "several titles": ([["Products"], ["Winter"], ["", "", "draft"], *TABLE], 3),
    "one column": ([["url"], ["https://a"], ["https://b"]], 0),
    "one column with a stray note": ([["url"], ["https://a"], ["https://b", "dead?"], ["https://c"], ["https://d"]], 0),
    "headers without a name": ([["", "title", "", "price"], ["1", "Vase", "x", "9"]], 0),
    "texts only": ([["name", "", "quote"], ["Ann", "x", "Good"], ["Bob", "y", "Better"]], 0),
    "years as headers": ([["product", "2024", "2025"], ["Vase", "10", "12"]], 0),
    "scattered notes above": ([["Lots"], ["resist", "", "notes"], ["at", "the", ""], *TABLE], 3),
    "an invoice's own header above": ([["", "Invoice", "3/20/2025"], *TABLE], 1),
    "notes below": ([*TABLE, ["total", "", "28.90"]], 0),
    "only a header": ([["sku", "title", "price"]], 0),
    "a single cell": ([["x"]], 0),
    "only titles": ([["a"], ["b"]], 0),
}


@pytest.mark.parametrize(("rows", "at"), CASES.values(), ids=CASES.keys())
def test_the_header_is_where_a_person_sees_it(rows: list[list[str]], at: int) -> None:
    """A data row taken for the header loses a product and gives every column the name of its first value."""
    assert find_header(rows) == at


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        (["image", "image", "image"], ["image", "image (2)", "image (3)"]),
        (["image", "image", "image (2)"], ["image", "image (3)", "image (2)"]),
        ([" title ", "two\nlines"], ["title", "two lines"]),
        (["a", "", "c", ""], ["a", "B", "c", "D"]),
        (["", "A"], ["A (2)", "A"]),
        (["Image link [image_link]"], ["Image link [image_link]"]),
        (["\ufefftitle"], ["title"]),
        (["SKU", "sku"], ["SKU", "sku"]),
    ],
)
def test_columns_keep_their_printed_names_and_are_told_apart(printed: list[str], names: list[str]) -> None:
    assert [column.name for column in name_columns(list(enumerate(printed, 1)))] == names


@pytest.mark.parametrize(
    ("index", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_a_column_has_the_letter_a_sheet_shows(index: int, letters: str) -> None:
    assert column_letter(index) == letters
