"""The provider's budget for looks. One too many is a pause of up to half an hour; one too few is a later banner."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine.quota import Quota, read_quota, seen, spent

WALL = 1_700_000_000.0


def headers(remaining: object, reset: object, **more: str) -> dict[str, str]:
    return {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": str(reset), **more}


def test_what_is_left_is_spread_over_the_time_that_is_left() -> None:
    quota = read_quota(headers(4, int(WALL) + 20), WALL, 100.0)
    assert quota == Quota(4, 120.0, 105.0)
    assert quota.holds(119.9)
    assert not quota.holds(120.0)


def test_nothing_left_means_no_look_before_the_window_ends() -> None:
    quota = read_quota(headers(0, int(WALL) + 20), WALL, 100.0)
    assert quota is not None
    assert quota.next_at == 120.0


def test_the_provider_s_clock_decides_how_long_the_window_is() -> None:
    """Ours may be minutes off; spreading over the wrong time would be refused, or wait for nothing."""
    date = email.utils.formatdate(WALL, usegmt=True)
    quota = read_quota(headers(4, int(WALL) + 20, Date=date), WALL + 3600.0, 100.0)
    assert quota is not None
    assert quota.reset_at == 120.0


@pytest.mark.parametrize(
    "said",
    [
        {},
        headers("many", int(WALL) + 20),
        headers(-1, int(WALL) + 20),
        headers(4, "soon"),
        headers(4, int(WALL) - 5),
        headers(4, 27),
        headers(4, int(WALL * 1000)),
        {"X-RateLimit-Remaining": "4", "X-RateLimit-Reset": str(int(WALL) + 20)},
    ],
)
def test_what_makes_no_sense_says_nothing(said: dict[str, str]) -> None:
    assert read_quota(said, WALL, 100.0) is None


def test_looks_under_way_are_counted_before_they_are_answered() -> None:
    found = Quota(10, 200.0, 110.0)
    assert seen(None, found, 3, 100.0).remaining == 7
    assert seen(None, found, 99, 100.0).remaining == 0


def test_the_newest_answer_is_believed_so_a_sliding_window_gives_back() -> None:
    known = Quota(0, 150.0, 150.0)
    assert seen(known, Quota(9, 160.0, 0.0), 0, 100.0).remaining == 9


def test_the_gap_counts_from_when_the_last_look_left() -> None:
    known = spent(Quota(11, 200.0, 100.0), 100.0)
    assert known.next_at == 110.0
    assert seen(known, Quota(10, 200.0, 0.0), 0, 101.0).next_at == pytest.approx(110.0, abs=0.2)


def test_looks_that_nobody_is_owed_stop_where_they_would_eat_those_that_are() -> None:
    assert Quota(13, 1.0, 0.0).leaves_spare(10)
    assert not Quota(12, 1.0, 0.0).leaves_spare(10)


@given(
    limit=st.integers(1, 200),
    window=st.floats(5.0, 3600.0),
    lateness=st.lists(st.floats(0.0, 30.0), min_size=1, max_size=100),
)
def test_no_window_is_overspent(limit: int, window: float, lateness: list[float]) -> None:
    quota, now = Quota(limit, window, 0.0), 0.0
    left = limit
    for late in lateness:
        now = max(now, quota.next_at) + late
        if not quota.holds(now):
            return
        left -= 1
        assert left >= 0
        quota = spent(quota, now)
