"""What a run will cost: credits by the price list, hours by the pace, and what would make it cheaper."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.preflight.costs import Counts, Forecast, Pace, Unit, forecast

HOSTED = Pace(calls_per_second=9.0, looks_per_request=1.05)


def counts(rows: int = 1_000, formats: int = 4, **more: int) -> Counts:
    return Counts(**({"new": rows * formats, "rows": rows, "requests": rows, "formats": formats} | more))


@pytest.mark.parametrize(
    ("unit", "credits"),
    [
        (Unit(), 1),
        (Unit("printer"), 1),
        (Unit("printer_multipage", pages=12), 12),
        (Unit("animated", seconds=8), 8),
        (Unit("animated", seconds=7.2), 8),
        (Unit("animated", seconds=0.4), 1),
    ],
)
def test_an_output_costs_what_the_price_list_says(unit: Unit, credits: int) -> None:
    assert unit.credits == credits
    assert forecast(counts(10, 3), unit, None, HOSTED).credits == 30 * credits


def test_only_what_is_new_or_changed_is_paid_for() -> None:
    """Reuse is the reason to run it every night; a forecast that counts it frightens people off."""
    found = forecast(counts(10, 1, new=3, changed=2, reused=900, shared=40, skipped=7, refused=1), Unit(), 100, HOSTED)
    assert (found.credits, found.missing) == (5, 0)
    assert found.lines()[0] == (
        "5 banners to make (3 new, 2 changed, 900 reused, 40 shared with another row, 7 skipped, 1 refused)"
    )


def test_calls_and_hours_follow_the_pace() -> None:
    found = forecast(counts(36_000), Unit(), None, HOSTED)
    assert found.calls == 73_800
    assert found.hours == pytest.approx(73_800 / 9 / 3600)
    assert "73,800 calls, about 2.3 h" in found.lines()


def test_webhooks_take_no_looks_and_are_advised_where_they_save_time() -> None:
    slow = forecast(counts(36_000), Unit(), None, HOSTED)
    fast = forecast(counts(36_000), Unit(), None, Pace(9.0, has_webhooks=True))
    assert fast.calls == 36_000
    assert fast.hours == pytest.approx(slow.hours_with_webhooks)
    assert any("--webhook-url" in line for line in slow.advice())
    assert fast.advice() == ()
    assert forecast(counts(100), Unit(), None, HOSTED).advice() == (), "a minute saved is not worth a line"


def test_a_budget_of_looks_may_be_what_takes_the_time() -> None:
    """60 looks in half an hour: 1,000 rows take nine hours, whatever the pace."""
    tight = Pace(9.0, 1.0, look_limit=60, look_window_seconds=1_800)
    found = forecast(counts(1_000), Unit(), None, tight)
    assert found.is_look_bound
    assert found.hours == pytest.approx(1_000 / 60 * 0.5)
    assert "the provider's budget for looking is what takes the time" in found.advice()[0]


UNTOLD = "without waits for the provider's budget of looks, which it tells only while it answers"


def test_hours_without_the_budget_of_looks_say_so() -> None:
    """A run of two minutes that takes a night is a surprise; what is not known is named as such."""
    found = forecast(counts(1_000), Unit(), None, HOSTED)
    assert found.lines()[-3:] == (
        "2,050 calls, about 4 min",
        UNTOLD,
        "webhooks (`--webhook-url`) would spare 1,050 looks of 2,050 calls",
    )
    assert (found.looks, found.to_json()["is_look_limit_unknown"]) == (1_050, True)
    told = forecast(counts(1_000), Unit(), None, Pace(9.0, look_limit=10_000, look_window_seconds=60))
    quick = forecast(counts(1_000), Unit(), None, Pace(9.0, has_webhooks=True))
    studio = forecast(counts(1_000), Unit(), None, Pace())
    assert not any(UNTOLD in one.lines() or one.advice() for one in (told, quick, studio))
    assert forecast(counts(999), Unit(), None, HOSTED).advice() == ()


def test_missing_credits_say_how_many_rows_can_be_paid_for() -> None:
    found = forecast(counts(1_000, 4), Unit(), 2_500, HOSTED)
    assert (found.missing, found.affordable_rows) == (1_500, 625)
    assert found.advice()[:2] == (
        "1,500 credits missing: enough for about 625 of 1,000 rows",
        "with 2 of 4 formats the credits would do for every row (`--formats`)",
    )
    poor = forecast(counts(1_000, 4), Unit(), 2, HOSTED)
    assert poor.advice()[0] == "3,998 credits missing: not enough for one row"
    assert not any("--formats" in line for line in poor.advice())


def test_an_unlimited_plan_lacks_nothing() -> None:
    found = forecast(counts(), Unit(), None, HOSTED)
    assert (found.missing, found.affordable_rows) == (0, 1_000)
    assert "4,000 credits" in found.lines()


def test_at_the_studio_the_making_is_what_takes_the_time() -> None:
    found = forecast(counts(1_000, 1), Unit(), None, Pace(seconds_per_output=0.02, workers=2))
    assert (found.calls, found.hours) == (0, pytest.approx(10 / 3600))
    assert found.lines()[-1] == "about 10 s"
    assert found.advice() == ()


def test_documents_seconds_and_the_other_pool_are_told() -> None:
    pages = forecast(counts(10, 1), Unit("printer_multipage", pages=12), 500.5, HOSTED)
    assert "120 credits, 12 each; 500.5 left" in pages.lines()
    film = forecast(counts(10, 1, ai_calls=1), Unit("animated", seconds=7.5), None, HOSTED)
    assert "about 80 credits, 8 each" in film.lines()
    assert "1 AI credit, which are counted apart" in film.lines()


def test_an_animation_whose_seconds_are_not_known_costs_at_least_so_much() -> None:
    """A film of thirty seconds for the price of one: nobody would believe the next forecast."""
    found = forecast(counts(10, 2), Unit("animated"), 8, HOSTED)
    assert "at least 20 credits; 8 left: the seconds of this animation are not known" in found.lines()
    assert found.advice() == ("at least 12 credits missing: enough for at most 4 of 10 rows",)
    assert found.to_json()["is_least"]
    assert not forecast(counts(10, 2), Unit("animated", is_billed=False), None, HOSTED).is_least


def test_nothing_to_make_costs_nothing() -> None:
    found = forecast(Counts(reused=5, rows=5), Unit(), 10, HOSTED)
    assert found.lines() == ("0 banners to make (5 reused)",)
    assert found.hours == 0


def test_it_goes_out_as_json() -> None:
    body = json.loads(json.dumps(forecast(counts(1_000), Unit(), 100, HOSTED).to_json()))
    assert (body["sent"], body["missing"], body["counts"]["new"]) == (4_000, 3_900, 4_000)
    assert body["advice"]


@given(
    rows=st.integers(0, 10**6),
    formats=st.integers(1, 20),
    balance=st.none() | st.integers(0, 10**7),
    rate=st.none() | st.floats(0.5, 100),
    looks=st.floats(0, 3),
    limit=st.none() | st.integers(1, 10_000),
    unit=st.sampled_from([Unit(), Unit("animated", seconds=7.3), Unit("printer_multipage", pages=9)]),
)
def test_a_forecast_holds_together(
    rows: int,
    formats: int,
    balance: int | None,
    rate: float | None,
    looks: float,
    limit: int | None,
    unit: Unit,
) -> None:
    found: Forecast = forecast(counts(rows, formats), unit, balance, Pace(rate, looks, limit, 1_800))
    assert 0 <= found.affordable_rows <= rows
    assert balance is None or found.affordable_rows * formats * unit.credits <= balance or not found.missing
    assert found.hours_with_webhooks <= found.hours
    assert all(line and not line.endswith(" ") for line in found.lines())
