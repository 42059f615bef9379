"""Lines and sizes as arithmetic on em widths."""

from __future__ import annotations

import pytest

from bulkgen.render.lines import Room, Strip, balanced, largest_size, wrap


def strip(*widths: float, space: float = 0.25, breaks: tuple[int, ...] = ()) -> Strip:
    return Strip(widths, (space,) * len(widths), tuple(index in breaks for index in range(len(widths))))


@pytest.mark.parametrize(
    ("widths", "measure", "ends"),
    [
        ((1, 1, 1), 3.5, [3]),
        ((1, 1, 1), 3.4, [2, 3]),
        ((1, 1, 1), 1.0, [1, 2, 3]),
        ((5, 1), 2.0, [1, 2]),
        ((), 2.0, [0]),
    ],
)
def test_a_line_takes_as_many_words_as_it_holds(widths: tuple[float, ...], measure: float, ends: list[int]) -> None:
    assert wrap(strip(*widths), measure) == ends


def test_a_break_in_the_text_ends_the_line() -> None:
    assert wrap(strip(1, 1, 1, breaks=(0,)), 10) == [1, 3]


def test_a_sum_that_is_off_in_the_last_bit_does_not_start_a_line() -> None:
    """A label that fits by design would jump to two lines on another machine."""
    assert wrap(strip(*([0.1] * 10), space=0.0), 1.0 - 1e-12) == [10]


def test_the_designs_size_is_kept_where_it_fits() -> None:
    assert largest_size(strip(1, 1), Room(100, 100, 1, 1), 40, 10) == 40


def test_the_largest_size_that_fits_is_chosen() -> None:
    # Two words of 1 em side by side: 2.25 em in 90 px is 40 px; one line high only.
    assert largest_size(strip(1, 1), Room(90, 60, 1, 1), 60, 10) == 40


def test_no_size_means_that_even_the_smallest_does_not_fit() -> None:
    assert largest_size(strip(10), Room(90, 60, 1, 1), 60, 10) is None
    assert largest_size(strip(1), Room(90, 5, 1, 1), 60, 10) is None


def test_max_lines_holds_also_where_the_box_has_room_for_more() -> None:
    room = Room(10, 1000, 1, 1, max_lines=2)
    assert room.lines_at(10) == 2
    assert Room(10, 9, 1, 1).lines_at(10) == 0


def test_balanced_lines_are_no_more_and_more_even() -> None:
    words = strip(1, 1, 1, 1, 1, 1)
    assert wrap(words, 6.0) == [5, 6]
    assert balanced(words, 6.0) == [3, 6]
