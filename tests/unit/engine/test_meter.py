"""Figures of a run: calls a second over the last ten, and the time that is left."""

from __future__ import annotations

import pytest

from bulkgen.engine.meter import Left, Meter


def test_calls_a_second_are_those_of_the_last_ten() -> None:
    meter = Meter(0.0)
    for tenth in range(300):
        meter.called(tenth / 10)
    assert meter.calls_per_second(29.9) == pytest.approx(10.0, abs=0.1)
    assert meter.calls_per_second(34.9) == pytest.approx(5.0, abs=0.1)
    assert meter.calls_per_second(60.0) == 0.0
    assert len(meter._calls) <= 10


def test_a_young_run_is_measured_over_its_age() -> None:
    meter = Meter(100.0)
    for tenth in range(20):
        meter.called(100.0 + tenth / 10)
    assert meter.calls_per_second(102.0) == pytest.approx(10.0)


def test_it_is_told_about_once_a_second() -> None:
    meter = Meter(0.0)
    assert [meter.is_time(at) for at in (0.0, 0.5, 0.999, 1.0, 1.5, 5.0)] == [True, False, False, True, False, True]


@pytest.mark.parametrize(
    ("left", "finalized", "polls", "pace", "has_looks", "seconds"),
    [
        (Left(0, 0), 10, 10, 9.0, True, 0.0),
        (Left(900, 0), 0, 0, 9.0, True, 200.0),  # nothing known yet: a call to send, a call to look
        (Left(900, 0), 100, 150, 9.0, True, 250.0),
        (Left(900, 0), 100, 5, 9.0, False, 105.0),  # webhooks: a look for one row in twenty
        (Left(900, 0, pause_seconds=60.0), 100, 100, 9.0, True, 260.0),
        (Left(0, 90), 100, 100, 9.0, True, 10.0),
        (Left(0, 90, looks_per_second=1.0), 100, 100, 9.0, True, 90.0),  # the budget for looks is the narrower one
        (Left(900, 0, looks_per_second=8.0), 0, 0, 9.0, True, 200.0),
        (Left(50, 50), 100, 0, None, True, 50.0),  # no pace: as fast as so far
        (Left(50, 50), 0, 0, None, True, None),
    ],
)
def test_the_time_that_is_left(
    left: Left, finalized: int, polls: int, pace: float | None, has_looks: bool, seconds: float | None
) -> None:
    meter = Meter(0.0, has_looks=has_looks)
    found = meter.seconds_left(left, finalized, polls, pace, 50.0)
    assert found == (None if seconds is None else pytest.approx(seconds))
