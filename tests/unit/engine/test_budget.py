"""The budget's arithmetic. A hole in it is a 429, and later a blocked key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine.budget import Budget, take


def test_no_pace_means_no_wait() -> None:
    assert take(Budget(None), 5.0) == (Budget(None), 0.0)


def test_calls_that_come_together_leave_one_after_the_other() -> None:
    budget, waits = Budget(4.0), []
    for _ in range(5):
        budget, wait = take(budget, 10.0)
        waits.append(wait)
    assert waits == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_unused_moments_are_not_saved_up() -> None:
    """After an idle hour a burst would meet a gateway that counts the last second only."""
    budget, _ = take(Budget(2.0), 0.0)
    waits = []
    for _ in range(3):
        budget, wait = take(budget, 3600.0)
        waits.append(wait)
    assert waits == pytest.approx([0.0, 0.5, 1.0])


@given(
    rate=st.floats(0.1, 50.0),
    gaps=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=80),
    window=st.floats(0.1, 5.0),
)
def test_no_window_of_any_length_holds_more_than_its_share(rate: float, gaps: list[float], window: float) -> None:
    budget, now, leave_at = Budget(rate), 0.0, []
    for gap in gaps:
        now += gap
        budget, wait = take(budget, now)
        assert wait >= 0
        leave_at.append(now + wait)
    assert leave_at == sorted(leave_at), "first come, first served"
    for start in leave_at:
        inside = sum(start <= at < start + window for at in leave_at)
        assert inside <= window * rate + 1 + 1e-6
