"""The scheduler in random worlds, without a socket or a second of waiting.

A world draws how long each request renders, how many at a time, and how often a call is lost. What must hold in every
one: nothing is stranded, nothing is sent twice, and no limit is passed.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.engine.budget import Budget, take
from bulkgen.engine.polling import LookPolicy, Looks
from bulkgen.engine.quota import Quota, seen
from bulkgen.engine.scheduler import Course, Poll, Sleep, Stop, Submit, decide

ROUND_TRIP = 0.15


@dataclass
class World:
    """Renders on `workers` at a time (None: all at once); loses a share of the looks' answers."""

    seconds: list[float]
    workers: int | None = None
    lost: float = 0.0
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    finished_at: dict[int, float] = field(default_factory=dict)
    window: tuple[int, float] | None = None  # looks allowed in so many seconds
    counts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._free = [0.0] * self.workers if self.workers else None

    def submit(self, row: int, now: float) -> None:
        begin = now + ROUND_TRIP / 2
        if self._free is not None:
            begin = max(begin, heapq.heappop(self._free))
            heapq.heappush(self._free, begin + self.seconds[row])
        self.finished_at[row] = begin + self.seconds[row]

    def count(self, at: float) -> tuple[int, float, bool] | None:
        """A look arrives: (looks left of its window, when that ends, whether it is one too many)."""
        if self.window is None:
            return None
        limit, seconds = self.window
        number = int(at // seconds)
        self.counts[number] = self.counts.get(number, 0) + 1
        return max(0, limit - self.counts[number]), (number + 1) * seconds, self.counts[number] > limit


@dataclass
class Played:
    known_at: list[float]
    calls_at: list[float]
    submitted: list[int]
    most_unfinished: int
    looks: int
    refused_looks: int = 0


def play(world: World, *, rate: float, in_flight: int = 10**6, canary: int = 0, share: float = 0.1) -> Played:
    """One run: the decisions of the product, the answers of the world."""
    rows = len(world.seconds)
    course = Course(in_flight=in_flight, canary=canary, share=share, ready=rows, is_more=False)
    looks = Looks(LookPolicy())
    waiting = deque(range(rows))
    budget, now, numbers = Budget(rate, rate), 0.0, itertools.count()
    answers: list[tuple[float, int, Callable[[float], None]]] = []
    known: list[float] = []
    played = Played(known, [], [], 0, 0)

    def accepted(row: int) -> Callable[[float], None]:
        return lambda at: looks.follow(row, at, at)

    def looked(row: int, sent_at: float, is_lost: bool) -> Callable[[float], None]:
        told = world.count(sent_at + ROUND_TRIP / 2)
        played.refused_looks += bool(told and told[2])

        def answer(at: float) -> None:
            course.open_looks -= 1
            if told is not None and not is_lost:
                course.quota = seen(course.quota, Quota(told[0], told[1], at), course.open_looks, at)
            if is_lost:
                looks.missed(row, at, is_answered=False)
            elif world.finished_at[row] <= sent_at + ROUND_TRIP / 2:
                looks.forget(row)
                course.unfinished -= 1
                course.came_well += 1
                known.append(at)
            else:
                looks.missed(row, at)

        return answer

    def hear(until: float) -> None:
        while answers and answers[0][0] <= until:
            at, _, answer = heapq.heappop(answers)
            answer(at)

    for _ in range(200 * rows + 100_000):
        hear(now)
        action = decide(course, looks, now)
        if isinstance(action, Stop):
            return played
        if isinstance(action, Sleep):
            moments = [answers[0][0]] if answers else []
            moments += [action.until] if action.until is not None else []
            assert moments, "asleep for ever with requests unfinished"
            assert min(moments) > now, "asleep until now"
            now = min(moments)
            continue
        budget, (now,) = take(budget, now)
        hear(now)
        action = decide(course, looks, now)
        course.took(action, now)
        if isinstance(action, Submit):
            row = waiting.popleft()
            course.ready, course.unfinished, course.sent = len(waiting), course.unfinished + 1, course.sent + 1
            played.submitted.append(row)
            world.submit(row, now)
            heapq.heappush(answers, (now + ROUND_TRIP, next(numbers), accepted(row)))
        elif isinstance(action, Poll):
            looks.begin(action.request)
            played.looks += 1
            course.open_looks += 1
            is_lost = world.rng.random() < world.lost
            heapq.heappush(answers, (now + ROUND_TRIP, next(numbers), looked(action.request, now, is_lost)))
        if not isinstance(action, (Sleep, Stop)):
            played.calls_at.append(now)
        played.most_unfinished = max(played.most_unfinished, course.unfinished)
    raise AssertionError("the run does not end")


def oracle(world: World, rate: float) -> float:
    """The makespan of one who knows: rows first, then one look each, as soon as it is finished."""
    budget, now, finished = Budget(rate, rate), 0.0, []
    for row in range(len(world.seconds)):
        budget, (now,) = take(budget, now)
        world.submit(row, now)
        finished.append(world.finished_at[row])
    last = now
    for at in sorted(finished):
        budget, (now,) = take(budget, max(now, at - ROUND_TRIP / 2))
        last = now + ROUND_TRIP
    return last


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.lists(st.one_of(st.floats(0.1, 20.0), st.floats(60.0, 600.0)), min_size=1, max_size=60),
    workers=st.one_of(st.none(), st.integers(1, 30)),
    lost=st.floats(0.0, 0.4),
    rate=st.floats(0.5, 50.0),
    in_flight=st.integers(1, 80),
    canary=st.sampled_from((0, 5, 20)),
    share=st.floats(0.0, 1.0),
    seed=st.integers(0, 10**6),
)
def test_no_request_is_stranded_and_no_limit_is_passed(
    seconds: list[float],
    workers: int | None,
    lost: float,
    rate: float,
    in_flight: int,
    canary: int,
    share: float,
    seed: int,
) -> None:
    """A stranded request is a banner that was paid for and never fetched."""
    world = World(seconds, workers, lost, random.Random(seed))
    played = play(world, rate=rate, in_flight=in_flight, canary=canary, share=share)
    assert played.submitted == list(range(len(seconds)))
    assert len(played.known_at) == len(seconds)
    assert played.most_unfinished <= in_flight
    for first, last in itertools.pairwise(played.calls_at):
        assert last - first >= 1 / rate - 1e-9


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.lists(st.floats(0.1, 30.0), min_size=1, max_size=60),
    limit=st.integers(1, 60),
    window=st.floats(5.0, 120.0),
    lost=st.floats(0.0, 0.3),
    rate=st.floats(2.0, 20.0),
    seed=st.integers(0, 10**6),
)
def test_no_window_of_looks_is_overspent_once_it_is_known(
    seconds: list[float], limit: int, window: float, lost: float, rate: float, seed: int
) -> None:
    """A look too many ends all looks for up to half an hour. Only those that leave before the first answer of a window
    can be: as many as a round trip holds."""
    world = World(seconds, None, lost, random.Random(seed), window=(limit, window))
    played = play(world, rate=rate)
    assert len(played.known_at) == len(seconds)
    if lost == 0.0:
        blind = 1 + int(rate * ROUND_TRIP * 2)
        assert all(count <= max(limit, blind) + 1 for count in world.counts.values())


def test_a_tight_budget_for_looks_is_used_up() -> None:
    """Sixty looks a minute for six hundred rows are ten minutes; the simulated policy needs hardly more."""
    rng = random.Random(3)
    world = World([rng.lognormvariate(2.08, 0.6) for _ in range(600)], window=(60, 60.0))
    played = play(world, rate=9.0, canary=20)
    assert played.refused_looks == 0
    assert max(played.known_at) <= 1.2 * 600.0


@pytest.mark.parametrize(
    ("name", "workers", "draw"),
    [
        ("lognormal 8 s", None, lambda rng: rng.lognormvariate(2.08, 0.6)),
        ("4 or 60 s", None, lambda rng: rng.gauss(4, 0.6) if rng.random() < 0.5 else rng.gauss(60, 6)),
        ("20 workers", 20, lambda rng: rng.lognormvariate(2.08, 0.6)),
        ("fast", None, lambda rng: rng.lognormvariate(0.69, 0.3)),
    ],
)
def test_the_makespan_is_near_that_of_one_who_knows(
    name: str, workers: int | None, draw: Callable[[random.Random], float]
) -> None:
    """The schedule of looks is the throughput: what is lost here is lost on every run."""

    def world() -> World:
        rng = random.Random(7)
        drawn = [max(0.3, draw(rng)) for _ in range(600)]
        return World(
            [rng.uniform(60, 600) if rng.random() < 0.01 and workers is None else one for one in drawn], workers
        )

    best = oracle(world(), 10.0)
    played = play(world(), rate=10.0, canary=20)
    assert best / max(played.known_at) >= 0.88, name
    if workers is None:
        assert played.looks / 600 <= 1.6, name
