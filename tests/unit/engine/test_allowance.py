"""What a run may spend: never more than it was given, and nothing twice for one generation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine.allowance import Allowance

STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.booleans()), max_size=40)


def test_what_was_not_accepted_is_given_back_and_what_is_in_doubt_is_not() -> None:
    allowance = Allowance(4)
    allowance.pay(1, 3)
    assert not allowance.affords(2, 2)
    assert allowance.affords(2, 1)
    allowance.give_back(1)
    assert allowance.affords(2, 4)
    assert allowance.spent == 0


def test_a_repeat_under_one_token_is_paid_once() -> None:
    allowance = Allowance(3)
    allowance.pay(1, 3)
    assert allowance.affords(1, 3)
    allowance.pay(1, 3)
    assert allowance.spent == 3


@given(STEPS, st.integers(0, 8))
def test_no_order_of_steps_spends_more_than_was_given(steps: list[tuple[int, int, bool]], credits: int) -> None:
    allowance = Allowance(credits)
    for generation_id, banners, gives_back in steps:
        if gives_back:
            allowance.give_back(generation_id)
        elif allowance.affords(generation_id, banners):
            allowance.pay(generation_id, banners)
        assert 0 <= allowance.spent <= credits


def test_without_a_bound_all_is_affordable() -> None:
    assert Allowance().affords(1, 10**9)


def test_a_film_is_paid_for_by_its_seconds() -> None:
    """Ten credits are two banners of five seconds, and not ten."""
    allowance = Allowance(10, each=5)
    allowance.pay(1, 2)
    assert (allowance.spent, allowance.affords(2, 1)) == (10, False)
    allowance.give_back(1)
    assert (allowance.spent, allowance.affords(2, 2), allowance.affords(2, 3)) == (0, True, False)
