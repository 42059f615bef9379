"""What goes wrong on purpose, and when: the table of faults, and rules that choose which call, callback or render.

    (plan, counts, place, seconds since the start) -> rule or None

The choice is pure: a share is drawn from the plan's seed and the number of the call, so the same calls meet the same
faults in every run. Only there when a plan is given; nothing of it stands in the handlers. Doing it is for
`fault_calls`, `callbacks`, `production` and `null_render`; reading it from a file is for `fault_file`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from bulkgen.studio.clock import Clock
from bulkgen.studio.errors import StudioError


class Place(StrEnum):
    """Where a rule applies: generate calls, polls, every call of the API, callbacks, renders."""

    GENERATE = "generate"
    POLL = "poll"
    ANY = "any"
    CALLBACK = "callback"
    RENDER = "render"


_CALLS = (Place.GENERATE, Place.POLL, Place.ANY)


@dataclass(frozen=True, slots=True)
class Kind:
    """`needs`: what a rule of this kind must give beside its conditions."""

    what: str
    places: tuple[Place, ...] = _CALLS
    needs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "429_bare": Kind("429 `rate_limit_exceeded` without `Retry-After`; nothing is done"),
    "429_retry_after": Kind("429 `request_rate_limited` with `Retry-After`; nothing is done", needs=("seconds",)),
    "429_plan": Kind("429 `feature_not_in_plan`; nothing is done"),
    "429_credits": Kind("429 `rate_limit_exceeded` with a message about credits; nothing is done"),
    **{
        f"{status}_{when}": Kind(f"{status} {'with the envelope' if status == 500 else 'with a page of HTML'}; {done}")
        for status in (500, 502, 503, 504)
        for when, done in (("before", "nothing is done"), ("after", "the work is done"))
    },
    "reset_before": Kind("the connection is reset; nothing is done"),
    "reset_after": Kind("the connection is reset; the work is done"),
    "stall": Kind("half of the answer's body, a pause, the rest", needs=("seconds",)),
    "truncated_body": Kind("half of the answer's body, then the connection ends"),
    "not_json": Kind("the answer's status, with a page of HTML; the work is done"),
    "missing_id": Kind("the answer without `generation_request_id` and `id`; the work is done"),
    "extra_fields": Kind("the answer, and each banner in it, with fields that nobody knows"),
    "not_found": Kind("404 `generation_request_not_found`", (Place.POLL,)),
    "gone": Kind("410 `generation_request_gone`", (Place.POLL,)),
    "no_banners": Kind("a finished request with neither banners nor errors", (Place.POLL,)),
    "other_formats": Kind("banners of formats that were not asked for", (Place.POLL,)),
    "lost_callback": Kind("never sent, and held to be delivered", (Place.CALLBACK,)),
    "late_callback": Kind("sent later than due", (Place.CALLBACK,), ("seconds",)),
    "repeated_callback": Kind("sent twice", (Place.CALLBACK,)),
    "slow_render": Kind(
        "final no sooner than a drawn time after its acceptance", (Place.RENDER,), ("distribution", "seconds")
    ),
    "null_render": Kind("every picture is one prepared pixel, at once", (Place.RENDER,)),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    what: str
    draw: Callable[[Random, Rule], float]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a plan. All conditions that are given must hold; with none it always strikes.

    `nth`: by number, from 1. `share`: of the calls, from 0 to 1. `from_seconds`, `to_seconds`: since the studio began.
    """

    fault: str
    place: Place | None = None
    nth: frozenset[int] | None = None
    share: float | None = None
    from_seconds: float = 0.0
    to_seconds: float | None = None
    seconds: float | None = None
    distribution: str | None = None
    sigma: float | None = None
    most_seconds: float | None = None

    @property
    def where(self) -> Place:
        """A fault with one place needs no name for it; one of calls strikes at every call."""
        places = KINDS[self.fault].places
        return self.place or (places[0] if len(places) == 1 else Place.ANY)

    def applies_to(self, place: Place) -> bool:
        """`place` of a call that is neither a generate call nor a poll is `any`."""
        return self.where is place or (self.where is Place.ANY and place in _CALLS)


DISTRIBUTIONS: Mapping[str, Distribution] = {
    "fixed": Distribution("`seconds`", lambda _, rule: rule.seconds or 0.0),
    "uniform": Distribution(
        "from `seconds` to `most_seconds`",
        lambda rng, rule: rng.uniform(rule.seconds or 0.0, rule.most_seconds or 0.0),
        ("most_seconds",),
    ),
    "exponential": Distribution(
        "`seconds` in the mean", lambda rng, rule: rng.expovariate(1 / rule.seconds) if rule.seconds else 0.0
    ),
    "lognormal": Distribution(
        "`seconds` in the median, `sigma` of its logarithm",
        lambda rng, rule: (rule.seconds or 0.0) * rng.lognormvariate(0.0, rule.sigma or 0.0),
        ("sigma",),
    ),
}

_PARAMETERS = ("seconds", "distribution", "sigma", "most_seconds")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Rules in order: the first that strikes is the one. Raises StudioError for a rule that makes no sense."""

    rules: tuple[Rule, ...]
    seed: int = 1

    def __post_init__(self) -> None:
        for number, rule in enumerate(self.rules, start=1):
            if problem := _problem(rule):
                raise StudioError(f"fault rule {number}: {problem}", hint="docs/studio.md lists the faults.")

    @property
    def has_null_render(self) -> bool:
        return any(rule.fault == "null_render" for rule in self.rules)

    @property
    def has_slow_render(self) -> bool:
        return any(rule.fault == "slow_render" for rule in self.rules)

    def strikes(self, index: int, number: int, elapsed: float) -> bool:
        """Whether rule `index` strikes at the call with this number among those that it applies to."""
        rule = self.rules[index]
        if rule.nth is not None and number not in rule.nth:
            return False
        if elapsed < rule.from_seconds or (rule.to_seconds is not None and elapsed >= rule.to_seconds):
            return False
        return rule.share is None or Random(f"{self.seed} {index} {number}").random() < rule.share

    def render_seconds(self, sequence: int, elapsed: float = 0.0) -> float:
        """How long after its acceptance the generation of this number is final: the same in every run of a plan."""
        for index, rule in enumerate(self.rules):
            if rule.fault == "slow_render" and self.strikes(index, sequence, elapsed):
                rng = Random(f"{self.seed} {index} {sequence} seconds")
                return max(0.0, DISTRIBUTIONS[rule.distribution or "fixed"].draw(rng, rule))
        return 0.0


def choose(
    plan: FaultPlan, counts: tuple[int, ...], place: Place, elapsed: float
) -> tuple[tuple[int, ...], Rule | None]:
    """The counts by rule with this call in them, and the rule that strikes. One counts also where another struck."""
    after = tuple(count + rule.applies_to(place) for count, rule in zip(counts, plan.rules, strict=True))
    for index, rule in enumerate(plan.rules):
        if rule.applies_to(place) and plan.strikes(index, after[index], elapsed):
            return after, rule
    return after, None


@dataclass(slots=True)
class Strikes:
    """The counts of a running studio. In memory: a restart begins anew."""

    plan: FaultPlan
    clock: Clock
    began: float = field(init=False)
    counts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock.monotonic()
        self.counts = (0,) * len(self.plan.rules)

    @property
    def elapsed(self) -> float:
        return self.clock.monotonic() - self.began

    def next(self, place: Place) -> Rule | None:
        self.counts, rule = choose(self.plan, self.counts, place, self.elapsed)
        return rule


def _problem(rule: Rule) -> str | None:
    kind = KINDS.get(rule.fault)
    if kind is None:
        near = difflib.get_close_matches(rule.fault, KINDS, n=3)
        return f"there is no fault {rule.fault!r}" + (f"; near: {', '.join(near)}" if near else "")
    if rule.place is not None and rule.place not in kind.places:
        return f"{rule.fault} strikes at {', '.join(kind.places)}, not at {rule.place}"
    if rule.distribution is not None and rule.distribution not in DISTRIBUTIONS:
        return f"there is no distribution {rule.distribution!r}, only {', '.join(DISTRIBUTIONS)}"
    needs = kind.needs + (DISTRIBUTIONS[rule.distribution].needs if rule.distribution else ())
    for name in _PARAMETERS:
        given = getattr(rule, name)
        if (given is not None) != (name in needs):
            return f"{rule.fault} {'needs' if name in needs else 'takes no'} {name}"
        if isinstance(given, int | float) and given < 0:
            return f"{name} is below 0"
    if rule.share is not None and not 0 <= rule.share <= 1:
        return f"share is {rule.share:g}, not from 0 to 1"
    if rule.fault == "null_render" and (rule.nth, rule.share, rule.from_seconds, rule.to_seconds) != (
        None,
        None,
        0,
        None,
    ):
        return "null_render is for all renders or none: it takes no conditions"
    return None
