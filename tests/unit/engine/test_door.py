"""Whether rows may be submitted. A door that stays open puts a sheet in doubt; one that stays shut costs the night."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine.door import DOUBT_LIMIT, GIVE_UP_SECONDS, Door, Place


def shut(now: float = 0.0) -> Door:
    door = Door()
    for row in range(DOUBT_LIMIT):
        door.in_doubt(row, now)
    return door


def test_three_in_a_row_shut_it_and_two_do_not() -> None:
    door = Door()
    assert door.in_doubt(1, 0.0) is None
    assert door.in_doubt(2, 0.0) is None
    door.accepted(3)
    assert door.in_doubt(4, 0.0) is None
    assert door.in_doubt(5, 0.0) is None
    door.refused(6)
    assert door.in_doubt(7, 0.0) is None
    assert door.is_open


def test_readiness_is_asked_for_after_a_wait_with_growing_gaps() -> None:
    door = shut(100.0)
    assert not door.lets_a_row
    assert door.asks_at() == 110.0
    door.is_asking = True
    assert door.asks_at() is None
    gaps, now = [], 110.0
    for _ in range(4):
        door.asked(False, now)
        at = door.asks_at()
        assert at is not None
        gaps.append(at - now)
        now = at
    assert gaps == [1.0, 2.0, 4.0, 8.0]


def test_one_row_goes_and_its_acceptance_opens_the_door() -> None:
    door = shut()
    door.asked(True, 10.0)
    assert door.lets_a_row
    door.went(7)
    assert not door.lets_a_row, "one alone"
    assert not door.accepted(2), "the late answer to a row sent before says nothing"
    assert not door.lets_a_row
    assert door.accepted(7)
    assert door.is_open
    assert door.doubts == 0


def test_a_row_that_was_not_accepted_lets_another_one_try() -> None:
    for ends in (Door.came_back, Door.refused):
        door = shut()
        door.asked(True, 10.0)
        door.went(7)
        ends(door, 7)
        assert door.place is Place.AJAR


def test_late_doubts_of_rows_sent_before_do_not_lengthen_the_wait() -> None:
    door = shut()
    assert door.in_doubt(9, 1.0) is None
    assert door.asks_at() == 10.0


def test_a_provider_that_stays_broken_puts_a_handful_in_doubt() -> None:
    door, now, row = shut(), 0.0, 100
    while now < GIVE_UP_SECONDS:
        at = door.asks_at()
        assert at is not None
        now = at
        door.asked(True, now)
        row += 1
        door.went(row)
        door.in_doubt(row, now)
    assert row - 100 <= 6


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("went", "doubt", "accept", "back", "refuse", "ready", "not ready")), st.integers(0, 5)
        ),
        max_size=60,
    )
)
def test_whatever_comes_in_whatever_order_a_shut_door_lets_one_row_at_most(steps: list[tuple[str, int]]) -> None:
    door, now = Door(), 0.0
    for what, row in steps:
        now += 1.0
        was_open, out = door.is_open, door.place is Place.TRIED
        match what:
            case "went" if door.lets_a_row:
                door.went(row)
                assert was_open or door.place is Place.TRIED
            case "doubt":
                door.in_doubt(row, now)
            case "accept":
                assert door.accepted(row) <= out
            case "back":
                door.came_back(row)
            case "refuse":
                door.refused(row)
            case "ready" | "not ready":
                door.asked(what == "ready", now)
        assert (door.row is not None) == (door.place is Place.TRIED)
        assert (door.gives_up_at() is None) == door.is_open
