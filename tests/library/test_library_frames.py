"""DataFrames as text tables: what a person would have typed, and nothing guessed."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import SheetError
from bulkgen.frame import text_frame, write_frame
from bulkgen.sheet.read import open_sheet

ZONE = datetime.timezone(datetime.timedelta(hours=2))

COLUMNS: list[tuple[str, Any, list[str]]] = [
    ("ints", [1, 204, -3], ["1", "204", "-3"]),
    ("ints beside a missing one", [1.0, None, 204.0], ["1", "", "204"]),
    ("big floats that are whole", [1e20, 2.0], ["100000000000000000000", "2"]),
    ("floats", [19.9, 204.0, 0.00001], ["19.9", "204.0", "0.00001"]),
    ("floats of half the width", np.array([0.1, 2.5], dtype="float32"), ["0.1", "2.5"]),
    ("no number", [float("inf"), 1.5], ["inf", "1.5"]),
    ("nullable ints", pd.array([1, None, 3], dtype="Int64"), ["1", "", "3"]),
    ("booleans", [True, False], ["TRUE", "FALSE"]),
    ("nullable booleans", pd.array([True, None], dtype="boolean"), ["TRUE", ""]),
    ("booleans among others", [True, np.bool_(False), "yes", 1], ["TRUE", "FALSE", "yes", "1"]),
    ("days", pd.to_datetime(["2024-05-01", None]), ["2024-05-01", ""]),
    (
        "moments",
        pd.to_datetime(["2024-05-01 00:00", "2024-05-01 14:30"]),
        ["2024-05-01 00:00:00", "2024-05-01 14:30:00"],
    ),
    ("moments with an offset", [datetime.datetime(2024, 5, 1, 9, tzinfo=ZONE)], ["2024-05-01 09:00:00+02:00"]),
    ("dates and times", [datetime.date(2024, 5, 1), datetime.time(9, 5)], ["2024-05-01", "09:05:00"]),
    ("decimals", [decimal.Decimal("19.90"), decimal.Decimal("1E+3"), decimal.Decimal("NaN")], ["19.90", "1000", ""]),
    (
        "text",
        ["00123", "NA", "  as is ", 'a "b", c; d', "two\r\nlines"],
        ["00123", "NA", "  as is ", 'a "b", c; d', "two\r\nlines"],
    ),
    ("missing of all kinds", [None, float("nan"), pd.NaT, pd.NA, "x"], ["", "", "", "", "x"]),
    ("categories", pd.Categorical(["a", None, "b"]), ["a", "", "b"]),
    ("categories of numbers", pd.Categorical([1, None, 3]), ["1", "", "3"]),
    ("paths", [Path("a/b.png")], ["a/b.png"]),
]


def read_back(frame: pd.DataFrame, path: Path) -> list[dict[str, str]]:
    write_frame(frame, path)
    return [dict(row.cells) for row in open_sheet(path).rows()]


@pytest.mark.parametrize(("values", "expected"), [case[1:] for case in COLUMNS], ids=[case[0] for case in COLUMNS])
def test_a_value_is_written_as_a_person_would_type_it(values: Any, expected: list[str], tmp_path: Path) -> None:
    """A banner that says 204.0, 1e-05 or nan is printed and paid for."""
    frame = pd.DataFrame({"n": range(len(expected)), "v": values})
    assert [row["v"] for row in read_back(frame, tmp_path / "frame.csv")] == expected


@pytest.mark.parametrize(
    "value", [[1], {"a": 1}, b"bytes", (1, 2), {1}, np.array([1, 2])], ids=lambda v: type(v).__name__
)
def test_a_value_that_is_no_cell_is_refused_with_its_place(value: object, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": pd.Series(["fine", value], dtype=object)})
    with pytest.raises(SheetError, match=r"position 1, column 'b'.*cannot be written"):
        write_frame(frame, tmp_path / "frame.csv")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"a": []}), "no rows"),
        (pd.DataFrame(index=[1, 2]), "no columns"),
        (pd.DataFrame([[1, 2]], columns=["a", " "]), "column 2 of the DataFrame has no name"),
        (pd.DataFrame([[1, 2]], columns=["a", None]), "column 2 of the DataFrame has no name"),
        (pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])), "several levels"),
        (pd.DataFrame([[1, 2, 3]], columns=["# a b", "# c d", "# e f"]), "read like remarks"),
    ],
)
def test_a_frame_that_would_not_be_a_sheet_is_refused(frame: pd.DataFrame, words: str, tmp_path: Path) -> None:
    """The reader of sheets looks for the header; in a DataFrame there is nothing to look for."""
    with pytest.raises(SheetError, match=words):
        write_frame(frame, tmp_path / "frame.csv")


def test_columns_named_by_numbers_or_twice_are_columns_still(tmp_path: Path) -> None:
    frame = pd.DataFrame([["a", "b", "c"]], columns=[2024, "x", "x"])
    assert read_back(frame, tmp_path / "frame.csv") == [{"2024": "a", "x": "b", "x (2)": "c"}]


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffd\ufffe\uffff"), max_size=12
)


@settings(deadline=None, max_examples=150)
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8))
def test_any_text_is_read_back_as_it_was(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Separators, quotes and numbers inside text must not become the table's own."""
    frame = pd.DataFrame([(str(at), *row) for at, row in enumerate(rows)], columns=["n", "a", "b", "c"])
    kept = read_back(frame, tmp_path_factory.mktemp("frames") / "frame.csv")
    expected = [dict(zip("nabc", (str(at), *row), strict=True)) for at, row in enumerate(rows)]
    assert kept == [{name: shown(text) for name, text in row.items()} for row in expected]


def shown(text: str) -> str:
    """The one convention that the reader has for text tables: `="00123"` is 00123."""
    inner = text[2:-1]
    is_kept = text.startswith('="') and text.endswith('"') and len(text) > 2 and '"' not in inner
    return inner if is_kept else text


def test_results_are_strings_under_the_index_of_the_frame_they_are_of() -> None:
    """`frame["banner"] = table["square url"]` must meet its own rows after a filter."""
    table = text_frame(["a", "b"], [["1", ""], ["2", "x"]], pd.Index([7, 3], name="id"))
    assert list(table.index) == [7, 3]
    assert table.to_dict("list") == {"a": ["1", "2"], "b": ["", "x"]}
    assert text_frame(["a"], [], None).shape == (0, 1)
