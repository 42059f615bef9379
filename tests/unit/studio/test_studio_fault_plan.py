"""Which faults are chosen, what a plan refuses, and the page that lists them."""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.studio.callbacks import tampering
from bulkgen.studio.errors import StudioError
from bulkgen.studio.fault_calls import PERFORMANCES
from bulkgen.studio.fault_file import read_faults
from bulkgen.studio.faults import DISTRIBUTIONS, KINDS, FaultPlan, Place, Rule, choose

PAGE = (Path(__file__).parents[3] / "docs" / "studio.md").read_text("utf-8")
CALLS = st.lists(st.sampled_from([Place.GENERATE, Place.POLL, Place.ANY]), max_size=60)


def struck(plan: FaultPlan, places: list[Place], elapsed: float = 0.0) -> list[str | None]:
    counts: tuple[int, ...] = (0,) * len(plan.rules)
    found: list[str | None] = []
    for place in places:
        counts, rule = choose(plan, counts, place, elapsed)
        found.append(None if rule is None else rule.fault)
    return found


def test_nth_counts_the_calls_of_its_place_and_any_counts_all() -> None:
    """A script of faults says which call; one off, and it proves something else."""
    plan = FaultPlan(
        (
            Rule("500_after", Place.GENERATE, nth=frozenset({2})),
            Rule("429_bare", nth=frozenset({1, 4})),
            Rule("gone", nth=frozenset({2})),
        )
    )
    places = [Place.POLL, Place.GENERATE, Place.GENERATE, Place.ANY, Place.POLL, Place.ANY]
    assert struck(plan, places) == ["429_bare", None, "500_after", "429_bare", "gone", None]


def test_the_first_rule_that_strikes_is_the_one_and_a_window_has_a_beginning_and_an_end() -> None:
    """An hour of refusals among other faults must be an hour of refusals."""
    plan = FaultPlan((Rule("429_bare", from_seconds=10, to_seconds=20), Rule("503_before")))
    for elapsed, fault in ((9.9, "503_before"), (10, "429_bare"), (19.9, "429_bare"), (20, "503_before")):
        assert struck(plan, [Place.GENERATE], elapsed) == [fault]


@given(places=CALLS, share=st.floats(0, 1), seed=st.integers(0, 9))
def test_a_share_is_the_same_in_every_run_of_a_seed(places: list[Place], share: float, seed: int) -> None:
    """A failure that cannot be run again cannot be mended."""
    plan = FaultPlan((Rule("reset_after", share=share),), seed)
    once = struck(plan, places)
    assert struck(plan, places) == once
    assert share or not any(once)
    assert share < 1 or all(once)


def test_a_share_is_about_its_share() -> None:
    """One in ten that were all or none would test another world."""
    plan = FaultPlan((Rule("reset_after", share=0.1),))
    found = struck(plan, [Place.GENERATE] * 5000)
    assert 400 < sum(fault is not None for fault in found) < 600
    assert found != struck(FaultPlan(plan.rules, seed=2), [Place.GENERATE] * 5000)


@pytest.mark.parametrize(
    ("more", "middle"),
    [
        ({"distribution": "fixed"}, 8.0),
        ({"distribution": "uniform", "most_seconds": 12.0}, 10.0),
        ({"distribution": "exponential"}, 8.0 * math.log(2)),
        ({"distribution": "lognormal", "sigma": 0.5}, 8.0),
    ],
)
def test_render_times_are_drawn_as_said_and_the_same_for_each_generation(more: dict[str, Any], middle: float) -> None:
    """The oracle that a run is measured by needs the times that the studio draws."""
    plan = FaultPlan((Rule("slow_render", seconds=8.0, **more),))
    times = [plan.render_seconds(sequence) for sequence in range(1, 2001)]
    assert times == [plan.render_seconds(sequence) for sequence in range(1, 2001)]
    assert min(times) >= 0
    assert statistics.median(times) == pytest.approx(middle, rel=0.1)


def test_stragglers_are_a_rule_before_the_rest() -> None:
    """Worlds are mixtures: some rows take minutes."""
    rules = (
        Rule("slow_render", share=0.01, distribution="uniform", seconds=60, most_seconds=600),
        Rule("slow_render", distribution="fixed", seconds=8),
    )
    times = [FaultPlan(rules).render_seconds(sequence) for sequence in range(1, 3001)]
    slow = [seconds for seconds in times if seconds != 8]
    assert 10 < len(slow) < 60
    assert all(60 <= seconds <= 600 for seconds in slow)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Rule("429_bear"), "429_bare"),
        (Rule("gone", Place.GENERATE), "strikes at poll"),
        (Rule("stall"), "needs seconds"),
        (Rule("429_bare", seconds=3), "takes no seconds"),
        (Rule("slow_render", distribution="lognormal", seconds=8), "needs sigma"),
        (Rule("slow_render", distribution="normal", seconds=8), "no distribution"),
        (Rule("slow_render", distribution="fixed", seconds=-1), "below 0"),
        (Rule("429_bare", share=1.5), "1.5"),
        (Rule("null_render", share=0.5), "no conditions"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: Rule, told: str) -> None:
    """A fault that silently never strikes is a test that proves nothing."""
    with pytest.raises(StudioError, match="fault rule 2") as refused:
        FaultPlan((Rule("429_bare"), rule))
    assert told in str(refused.value)


def test_a_file_is_read_as_yaml_or_json(tmp_path: Path) -> None:
    """Which one is a matter of who writes it."""
    body = {
        "seed": 7,
        "rules": [
            {"fault": "500_after", "route": "generate", "nth": [1, 3], "when": {"from": 1, "to": 2}},
            {"fault": "slow_render", "distribution": "lognormal", "seconds": 8, "sigma": 0.5},
        ],
    }
    (tmp_path / "f.json").write_text(json.dumps(body))
    yaml = (
        "seed: 7\nrules:\n  - {fault: 500_after, route: generate, nth: [1, 3], when: {from: 1, to: 2}}\n"
        "  - fault: slow_render\n    distribution: lognormal\n    seconds: 8\n    sigma: 0.5\n"
    )
    (tmp_path / "f.yaml").write_text(yaml)
    expected = FaultPlan(
        (
            Rule("500_after", Place.GENERATE, frozenset({1, 3}), from_seconds=1, to_seconds=2),
            Rule("slow_render", distribution="lognormal", seconds=8, sigma=0.5),
        ),
        seed=7,
    )
    assert read_faults(tmp_path / "f.json") == read_faults(tmp_path / "f.yaml") == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [{fault: 429_bare, nht: [1]}]", "rules[1].nht"),
        ("rules: [{fault: 429_bare, route: polls}]", "rules[1].route"),
        ("rules: [{fault: 429_bare, nth: [0]}]", "rules[1].nth[1]"),
        ("rules: [{fault: 429_bear}]", "near: 429_bare"),
        ("rules: [{fault: stall, seconds: .inf}]", "rules[1].seconds"),
        ("rules: [", "not YAML"),
        ("", "the file"),
        ("rules: ['\xff']", "does not do"),
    ],
)
def test_a_file_that_does_not_do_is_refused_by_the_place(tmp_path: Path, text: str, told: str) -> None:
    """Files of faults are written by hand."""
    path = tmp_path / "faults.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudioError) as refused:
        read_faults(path)
    assert told in refused.value.message
    assert str(path) in refused.value.message


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Without it the studio would run without faults, and the test would pass."""
    with pytest.raises(StudioError, match="cannot be read"):
        read_faults(tmp_path / "none.yaml")


def test_every_fault_is_performed_by_somebody() -> None:
    """A fault in the table that nobody performs would fail the studio in the middle of a run."""
    calls = {name for name, kind in KINDS.items() if set(kind.places) <= {Place.GENERATE, Place.POLL, Place.ANY}}
    assert calls == set(PERFORMANCES)
    for name in (name for name, kind in KINDS.items() if kind.places == (Place.CALLBACK,)):
        tampering(Rule(name, seconds=1))
    assert set(KINDS) - calls == {
        *("lost_callback", "late_callback", "repeated_callback"),
        *("slow_render", "null_render"),
    }


def test_the_page_lists_the_faults_as_they_are() -> None:
    """The file is written from the page."""
    faults = "".join(
        f"| `{name}` | {', '.join(kind.places)} | {', '.join(f'`{one}`' for one in kind.needs)} | {kind.what} |\n"
        for name, kind in KINDS.items()
    )
    drawn = "".join(f"| `{name}` | {distribution.what} |\n" for name, distribution in DISTRIBUTIONS.items())
    assert faults.replace("|  |", "| |") in PAGE
    assert drawn in PAGE
