"""The budget's arithmetic. A hole in it is a 429, and later a blocked key; too much caution is a run twice as long."""

from __future__ import annotations

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.engine.budget import Budget, opening, refused, take


def test_calls_that_come_together_leave_one_after_the_other() -> None:
    _, moments = take(Budget(4.0, 4.0), 10.0, 5)
    assert moments == pytest.approx([10.0, 10.25, 10.5, 10.75, 11.0])


def test_unused_moments_are_not_saved_up() -> None:
    """After an idle hour a burst would meet a gateway that counts the last second only."""
    budget, _ = take(Budget(2.0, 2.0), 0.0)
    _, moments = take(budget, 3600.0, 3)
    assert moments == pytest.approx([3600.0, 3600.5, 3601.0])


def test_the_pace_opens_below_the_ceiling_or_at_the_rate_asked_for() -> None:
    assert opening(9.0).pace == 8.0
    assert opening(3.0).pace == 3.0


def test_a_used_pace_grows_a_fiftieth_of_a_call_each_second() -> None:
    budget, now = opening(9.0), 0.0
    while now < 10.0:
        budget, (now,) = take(budget, now)
    assert budget.pace == pytest.approx(8.2, abs=0.01)


def test_an_idle_pace_does_not_grow() -> None:
    """What was not tried is not known to be allowed."""
    budget, _ = take(opening(9.0), 0.0)
    budget, _ = take(budget, 3600.0)
    assert budget.pace <= 8.0 + 0.02


def test_each_refusal_takes_a_twentieth() -> None:
    assert refused(Budget(9.0, 8.0)).pace == pytest.approx(7.6)
    assert refused(Budget(9.0, 8.0), 3).pace == pytest.approx(8.0 * 0.95**3)
    assert refused(Budget(9.0, 8.0), 0) == Budget(9.0, 8.0)


def test_an_hour_of_refusals_leaves_a_pace_that_comes_back() -> None:
    assert refused(Budget(9.0, 8.0), 10_000).pace == 1.0
    assert refused(Budget(0.5, 0.5), 10).pace == 0.5, "no refusal makes a pace quicker"


class Gateway:
    """Refuses a call when it let `ceiling` through in the second before."""

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.let: list[float] = []

    def refuses(self, at: float) -> bool:
        self.let = [one for one in self.let if one > at - 1.0]
        if len(self.let) >= self.ceiling:
            return True
        self.let.append(at)
        return False


def play(budget: Budget, gateway: Gateway, seconds: float, now: float = 0.0) -> tuple[Budget, int, int]:
    """(the budget after so long, calls let through, calls refused)."""
    end, through, refusals = now + seconds, 0, 0
    while now < end:
        budget, (now,) = take(budget, now)
        if gateway.refuses(now):
            refusals += 1
            budget = refused(budget)
        else:
            through += 1
    return budget, through, refusals


@pytest.mark.parametrize(("jitter_seconds", "least"), [(0.005, 9.6), (0.05, 9.2), (0.2, 8.2)])
def test_at_the_ceiling_itself_hardly_a_call_is_refused(jitter_seconds: float, least: float) -> None:
    """Calls leave evenly and arrive unevenly; a pace that ignored that would have one in ten refused."""
    rng, gateway, budget, now = random.Random(1), Gateway(10), opening(10.0), 0.0
    on_the_way, refusals_known_at = list[float](), list[float]()
    calls = refusals = 0
    while now < 660.0:
        budget, (now,) = take(budget, now)
        while refusals_known_at and refusals_known_at[0] <= now:
            heapq.heappop(refusals_known_at)
            budget = refused(budget)
        heapq.heappush(on_the_way, now + rng.uniform(0.0, jitter_seconds))
        while on_the_way and on_the_way[0] <= now:
            at = heapq.heappop(on_the_way)
            is_refused = gateway.refuses(at)
            if is_refused:
                heapq.heappush(refusals_known_at, at + 0.075)
            if at > 60.0:
                calls, refusals = calls + 1, refusals + is_refused
    assert refusals / calls < 0.01
    assert (calls - refusals) / 600.0 >= least


@pytest.mark.parametrize("ceiling", [3, 5, 8])
def test_the_pace_finds_a_ceiling_below_it_and_stays_near_it(ceiling: int) -> None:
    """Older pages say 5 calls a second: a pace that did not react would have half of its calls refused."""
    budget, _, _ = play(opening(9.0), Gateway(ceiling), 60.0)
    _, through, refusals = play(budget, Gateway(ceiling), 600.0, now=100.0)
    assert refusals / (through + refusals) < 0.05
    assert through / 600.0 >= 0.9 * ceiling


def test_the_pace_recovers_when_the_ceiling_rises() -> None:
    """A crowded minute must not slow down the rest of the night."""
    budget, _, _ = play(opening(9.0), Gateway(2), 60.0)
    assert budget.pace < 3.0
    budget, _, _ = play(budget, Gateway(10), 360.0, now=100.0)
    assert budget.pace > 8.5


@given(
    cap=st.floats(0.1, 50.0),
    start=st.floats(0.1, 60.0),
    steps=st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=60),
    window=st.floats(0.1, 5.0),
)
def test_no_window_of_any_length_holds_more_than_the_cap(
    cap: float, start: float, steps: list[tuple[float, int, int]], window: float
) -> None:
    """Whatever was refused, however the moments were taken."""
    budget, now, leave_at = opening(cap, start), 0.0, list[float]()
    for gap, count, refusals in steps:
        now += gap
        budget, moments = take(refused(budget, refusals), now, count)
        assert 0 < budget.pace <= cap
        assert moments[0] >= now
        leave_at.extend(moments)
    assert leave_at == sorted(leave_at), "first come, first served"
    for start_at in leave_at:
        inside = sum(start_at <= at < start_at + window for at in leave_at)
        assert inside <= window * cap + 1 + 1e-6
