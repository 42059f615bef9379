"""Whatever number and whatever format code: drawing returns a text, and the text is the number's."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from bulkgen.sheet.display import Display, show

CODES = st.text('0#?.,%/;@_*\\"[]$-<>=EeGgnral ymdhsAPM€:+()', max_size=24)
NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.integers().map(str),
    st.text("0123456789+-.eE_ ", max_size=12),
)
CENTS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(NUMBERS, CODES, st.booleans())
@example("2958465.9999999", "h:mm", False)
@example("2958000", "yyyy", True)
def test_drawing_never_raises(stored: str, code: str, is_1904: bool) -> None:
    """One strange format in a workbook must not end the reading of it."""
    display = Display(code, is_1904=is_1904)
    assert isinstance(display.number(stored), str)
    assert isinstance(display.text(stored), str)
    assert display.number(stored) == display.number(stored)


@given(CENTS)
def test_two_decimals_are_rounded_half_up(value: Decimal) -> None:
    """Halves go away from zero, as on paper; binary rounding would print prices that are a cent off."""
    exact = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(show(str(value), "0.00")) == exact
    assert Decimal(show(str(value), "#,##0.00").replace(",", "")) == exact
    assert Decimal(show(str(value), '"EUR "0.00').removeprefix("-").removeprefix("EUR ")) == abs(exact)


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_a_whole_number_without_a_format_is_its_digits(value: int) -> None:
    assert show(str(value), "General") == str(value)
    assert show(f"{value}.0", "General") == str(value)
    assert show(repr(float(value)), "General") == str(value)


@given(st.integers(min_value=0, max_value=99_999), st.integers(min_value=1, max_value=9))
def test_zeros_in_front_come_from_the_format(value: int, width: int) -> None:
    assert show(str(value), "0" * width) == str(value).zfill(width)


@given(st.integers(min_value=61, max_value=2_958_465))
def test_a_day_has_its_date_in_both_systems(serial: int) -> None:
    shown = show(str(serial), "yyyy-mm-dd")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", shown)
    if serial > 1462:
        assert show(str(serial - 1462), "yyyy-mm-dd", is_1904=True) == shown
