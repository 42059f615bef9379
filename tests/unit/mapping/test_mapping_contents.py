"""What the cells of a column are, who gets which column, and which column may be the key."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.mapping.aliases import NEVER, STRONG, WEAK, alias, header_currency, is_never_printed, nearly_alias
from bulkgen.mapping.assignment import best_pairs
from bulkgen.mapping.contents import Content, contents_of
from bulkgen.mapping.key_guess import KeyProposal, KeySearch


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([], Content.NOTHING),
        (["", "  "], Content.NOTHING),
        (["#fff", "#d0021b", "#11223344"], Content.COLOR),
        (["https://x.y/a.JPG?v=1", "b.png", "https://x.y/1.webp, https://x.y/2.webp"], Content.PICTURE),
        (["https://x.y/shoe", "//x.y/lamp"], Content.ADDRESS),
        (["12.50 EUR", "€ 1.299,00", "1 234,50 zł"], Content.PRICE),
        (["2026-03-09", "9.3.2026", "03/09/26"], Content.DATE),
        (["12", "1.234", "-3,5", "20 %"], Content.NUMBER),
        (["true", "FALSE", "yes"], Content.FLAG),
        (["Oak lamp", "Two"], Content.TEXT),
        (["word " * 40] * 3, Content.LONG_TEXT),
        (["12", "Oak", "#fff", "a.png"], Content.MIXED),
        (["12.50 EUR"] * 4 + ["POA"], Content.PRICE),
    ],
)
def test_a_column_is_what_four_in_five_of_its_cells_are(cells: list[str], kind: Content) -> None:
    assert contents_of(cells).kind is kind


@given(st.lists(st.text(max_size=20), max_size=12))
def test_any_cells_are_of_some_kind(cells: list[str]) -> None:
    found = contents_of(cells)
    assert found.is_filled == any(cell.strip() for cell in cells)
    assert 0 <= found.distinct <= 1


SCORES = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("WXYZ")), st.sampled_from([1, 40, 60, 90, 94]), max_size=12
)


def best_total(scores: dict[tuple[str, str], int]) -> int:
    """By trying everything."""
    columns, layers = [*"abcd"], [*"WXYZ"]
    return max(sum(scores.get(pair, 0) for pair in zip(columns, order, strict=True)) for order in permutations(layers))


@settings(max_examples=200, deadline=None)
@given(SCORES)
def test_no_other_way_to_give_columns_to_layers_is_better(scores: dict[tuple[str, str], int]) -> None:
    pairs = best_pairs(scores)
    assert sum(scores[pair.column, pair.layer] for pair in pairs) == best_total(scores)
    assert len({pair.column for pair in pairs}) == len({pair.layer for pair in pairs}) == len(pairs)
    for pair in pairs:
        without = {other: score for other, score in scores.items() if other != (pair.column, pair.layer)}
        assert pair.is_tie == (best_total(without) == best_total(scores))


def test_every_name_of_the_table_stands_under_one_field_only() -> None:
    names = [name for table in (STRONG, WEAK) for text in table.values() for name in text.split("; ")]
    assert len(names) == len(set(names))
    assert not set(names) & NEVER


@pytest.mark.parametrize("field", STRONG)
def test_every_name_is_found_however_it_is_written(field: str) -> None:
    for name in STRONG[field].split("; "):
        for written in (name, name.upper(), name.replace(" ", "_"), f"g:{name}", f"\ufeff {name} "):
            found = alias(written)
            assert found is not None, written
            assert found.field == field, written


@pytest.mark.parametrize("name", sorted(NEVER))
def test_what_the_shop_paid_is_known_however_it_is_written(name: str) -> None:
    assert is_never_printed(name.upper().replace(" ", "_"))
    assert alias(name) is None
    assert nearly_alias(name) is None


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("price_usd", "USD"),
        ("Price (€)", "EUR"),
        ("Preis [CHF]", "CHF"),
        ("price zł", "PLN"),
        ("price $", ""),
        ("price", ""),
        ("price (net)", ""),
        ("", ""),
    ],
)
def test_a_header_may_name_the_currency(header: str, code: str) -> None:
    """A sign that several currencies share names none of them."""
    assert header_currency(header) == code


def search(headers: tuple[str, ...], rows: list[dict[str, str]]) -> KeyProposal:
    found = KeySearch(headers)
    for row in rows:
        found.add(row)
    return found.proposal()


def test_a_key_is_a_column_in_which_every_row_has_its_own() -> None:
    rows = [{"id": "1", "sku": f"S{n}", "ean": str(n), "title": f"T{n}"} for n in range(3)]
    assert search(("title", "id", "ean", "sku"), rows) == KeyProposal("sku", "no two of 3 rows have the same")
    assert search(("id",), rows).column == ""
    assert "has 1 value in 3 rows" in search(("id",), rows).reason


def test_a_key_that_some_rows_lack_is_none_and_the_reason_counts_them() -> None:
    rows = [{"sku": "a"}, {"sku": " "}, {"sku": "b"}]
    assert search(("sku",), rows).reason == "'sku' is missing in 1 of 3 rows"
    assert search(("sku",), [{"sku": ""}]).reason == "'sku' is empty"
    assert search(("sku",), [{"sku": "a"}]).reason == "'sku' stands in one row only"
    assert search(("title",), rows).reason == "no column is called like one"


def test_keys_that_differ_only_by_case_are_told() -> None:
    """As file names they are one."""
    assert search(("sku",), [{"sku": "a1"}, {"sku": "A1"}]).reason.endswith("; 1 differ only by case")
