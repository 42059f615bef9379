"""The arithmetic of what is let through, on times that are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.studio.errors import StudioError
from bulkgen.studio.limits import FixedWindow, Limits, SlidingWindow

GAPS = st.lists(st.floats(min_value=0, max_value=0.4), max_size=120)


@given(gaps=GAPS, calls=st.integers(1, 12))
def test_no_stretch_of_a_second_holds_more_than_the_ceiling_and_none_is_refused_below_it(
    gaps: list[float], calls: int
) -> None:
    """A mock that lets more through would prove a pace that the hosted gateway refuses."""
    window, now, admitted = SlidingWindow(calls, 1.0), 0.0, list[float]()
    for gap in gaps:
        now += gap
        after = window.admit(now)
        recent = [at for at in admitted if at > now - 1.0]
        assert (after is None) == (len(recent) >= calls)
        if after is not None:
            window = after
            admitted.append(now)


@given(gaps=GAPS, calls=st.integers(1, 12))
def test_a_fixed_window_gives_what_it_says_and_says_when_it_gives_more(gaps: list[float], calls: int) -> None:
    """A client spreads its polls by these numbers; wrong ones make it wait for nothing, or be refused."""
    window, now = FixedWindow(calls, 2.0), 0.0
    for gap in gaps:
        now += gap
        window = window.at(now)
        assert 0 < window.left_seconds(now) <= 2.0
        spent = window.spend()
        assert (spent is None) == (window.remaining == 0)
        if spent is None:
            assert window.at(now + window.left_seconds(now) + 1e-9).remaining == calls
        else:
            assert spent.remaining == window.remaining - 1
            window = spent


@pytest.mark.parametrize("name", ["calls", "calls_seconds", "reads", "reads_seconds"])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    """Such a studio would answer no call at all, and a run would wait for ever."""
    with pytest.raises(StudioError, match=name):
        Limits(**{name: 0})
