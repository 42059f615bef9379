"""What is out of the ordinary in a refresh, before it is paid for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.plan.refresh import LEAST_ROWS, Changes, Refresh, Unsent, compare

ROWS = st.dictionaries(st.text(max_size=3), st.frozensets(st.sampled_from("abc"), min_size=1), max_size=8)
HEADER = ("sku", "title")


def test_a_half_feed_and_a_moved_column_are_told() -> None:
    """A feed that was cut in half overnight must not quietly cost a new set of banners."""
    before = {f"{n}": frozenset({f"p{n}"}) for n in range(40)}
    after = {name: payloads for name, payloads in before.items() if int(name) < 20} | {"0": frozenset({"other"})}
    found = compare(before, after, HEADER, ("sku", "name"))
    assert (found.before, found.gone, found.changed) == (40, 20, 1)
    said = found.too_much(20, 20)
    assert "20 of 40 rows are gone (50 %)" in said
    assert "title" in said
    assert "name" in said
    assert "changed" not in said


@pytest.mark.parametrize("rows", [1, LEAST_ROWS - 1])
def test_a_small_sheet_is_never_unusual(rows: int) -> None:
    assert Refresh(before=rows, changed=rows, gone=rows, lost_columns=("x",)).too_much(20, 20) == ""


def test_what_was_said_to_be_fine_is_fine() -> None:
    assert Refresh(before=40, changed=40, gone=0).too_much(100, 20) == ""
    assert Refresh(before=40, changed=9).too_much(20, 20) != ""
    assert Refresh(before=40, changed=8, gone=8).too_much(20, 20) == ""


@given(ROWS)
def test_the_same_plan_is_no_change(rows: dict[str, frozenset[str]]) -> None:
    assert compare(rows, rows, HEADER, HEADER) == Refresh(before=len(rows))


@given(ROWS, ROWS)
def test_no_row_is_both_changed_and_gone(before: dict[str, frozenset[str]], after: dict[str, frozenset[str]]) -> None:
    found = compare(before, after, (), HEADER)
    assert found.changed + found.gone <= len(before)
    assert not found.has_new_header


def test_changes_are_said_where_there_was_a_plan_before() -> None:
    assert Changes(1_200, 3, 45_000, 2).line() == (
        "Banners since the last run: 1,200 new, 3 changed, 45,000 as before, 2 gone."
    )
    assert Changes(new=5).line() == "", "a first run has nothing to compare with"


def test_banners_of_rows_that_say_the_same_count_as_changed_too() -> None:
    """A shop that renames its picture server overnight changes no row and every banner: that is put before who pays."""
    rows = Refresh(before=100)
    quiet, loud = Changes(changed=10, unchanged=90), Changes(changed=60, unchanged=40)
    assert replace(rows, banners=quiet).too_much(20.0, 20.0) == ""
    assert "60 of 100 banners would be made again (60 %)" in replace(rows, banners=loud).too_much(20.0, 20.0)
    assert replace(rows, banners=loud).too_much(60.0, 20.0) == ""


def test_banners_are_measured_like_rows_against_all_that_was_there() -> None:
    """Ten rows of twenty-four changed and fourteen gone: who allowed half to change allowed this."""
    shrunk = Refresh(before=24, changed=10, gone=14, banners=Changes(changed=10, gone=14))
    assert shrunk.too_much(50.0, 60.0) == ""


def test_rows_that_are_not_sent_for_now_are_not_gone() -> None:
    """`--limit 5` after a whole run is a look at five rows, not a feed that lost the others."""
    before = {f"row {n}": frozenset({f"p{n}"}) for n in range(40)} | {"p40": frozenset({"p40"})}
    after = {name: before[name] for name in ("row 0", "row 1")}
    keys = frozenset(f"row {n}" for n in range(38))
    assert compare(before, after, HEADER, HEADER).gone == 39
    assert compare(before, after, HEADER, HEADER, Unsent(keys, nameless=1)).gone == 2
