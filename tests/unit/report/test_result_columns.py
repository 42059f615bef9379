"""The names of the result columns are a contract: people build on them, and a report fed back in is known by them."""

from __future__ import annotations

import pytest

from bulkgen.report.columns import columns_of, existing_columns, given_names, place, result_columns, texts_of
from bulkgen.report.model import FormatResult, ResultRow
from bulkgen.sheet.model import Column


@pytest.mark.parametrize(
    ("formats", "is_multipage", "expected"),
    [
        (("a",), False, ("a url", "a file", "a error", "bulkgen status", "bulkgen detail", "bulkgen request")),
        (
            ("b", "a"),
            False,
            (
                *("b url", "b file", "b error", "a url", "a file", "a error"),
                *("bulkgen status", "bulkgen detail", "bulkgen request"),
            ),
        ),
        (
            ("page 1", "page 2"),
            True,
            (
                *("document url", "document file", "document error"),
                *("bulkgen status", "bulkgen detail", "bulkgen request"),
            ),
        ),
        ((), False, ("bulkgen status", "bulkgen detail", "bulkgen request")),
        (("a", "a"), False, ("a url", "a file", "a error", "bulkgen status", "bulkgen detail", "bulkgen request")),
    ],
)
def test_each_format_has_its_three_columns_in_the_designs_order(
    formats: tuple[str, ...], is_multipage: bool, expected: tuple[str, ...]
) -> None:
    assert result_columns(formats, is_multipage) == expected


GIVEN = [Column("sku", 1), Column("bulkgen status", 2), Column("a url", 4), Column("a url (2)", 5)]


def test_columns_that_are_there_are_known_by_their_exact_header() -> None:
    """A near miss is a column of somebody else, which is not ours to fill."""
    assert existing_columns(columns_of(["a"], False), GIVEN) == {"bulkgen status": 2, "a url": 4}
    assert existing_columns(columns_of(["A"], False), GIVEN) == {"bulkgen status": 2}


def test_a_header_twice_is_the_left_one() -> None:
    twice = [Column("a url", 3), Column("a url", 7)]
    assert existing_columns(columns_of(["a"], False), twice) == {"a url": 3}


def test_columns_that_are_missing_follow_each_other_from_the_first_that_is_free() -> None:
    placed = place(columns_of(["a"], False), GIVEN, 6)
    assert [(item.column.name, item.index, item.is_new) for item in placed] == [
        ("a url", 4, False),
        ("a file", 6, True),
        ("a error", 7, True),
        ("bulkgen status", 2, False),
        ("bulkgen detail", 8, True),
        ("bulkgen request", 9, True),
    ]


def test_texts_come_in_the_order_of_the_columns_and_are_empty_for_a_format_without_result() -> None:
    row = ResultRow(0, 2, {"b": FormatResult("u", "f", "e")}, "partial", "d", "r")
    assert texts_of(row, columns_of(["a", "b"], False)) == ["", "", "", "u", "f", "e", "partial", "d", "r"]


def test_a_header_without_our_columns_is_that_of_the_input() -> None:
    """A report fed back in must not look like a feed whose columns moved."""
    header = ("sku", "square url", "name", "bulkgen status")
    assert given_names(header, ("square",), False) == ("sku", "name")
    assert given_names(header, ("story",), False) == ("sku", "square url", "name")
    assert given_names(("'=a url", "x"), ("=a",), False) == ("x",)
    assert given_names(("document url", "page_1 url"), ("page_1",), True) == ("page_1 url",)


def test_what_moves_has_its_length_and_the_picture_for_its_place_beside_it() -> None:
    columns = columns_of(["wide"], False, is_animated=True)
    assert [column.name for column in columns[:5]] == [
        "wide url",
        "wide file",
        "wide error",
        "wide fallback",
        "wide duration",
    ]
    told = FormatResult("u", "f", fallback="p.jpeg", seconds="15")
    assert texts_of(ResultRow(1, 2, {"wide": told}), columns)[:5] == ["u", "f", "", "p.jpeg", "15"]
