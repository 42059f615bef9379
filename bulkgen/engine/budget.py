"""The pace of calls as arithmetic. Pure.

    (budget, now) -> (budget after it, moments at which calls may leave)

Every call to a provider, whatever its kind, takes the next free moment of one line: first come, first served, moments
`1 / pace` apart. A burst of unused moments is never saved up, because the gateway's window is not known to forgive one.
The pace feels for the ceiling: it grows slowly while it is used, and each refusal at the gateway takes a share of it.
Left out: waiting and sharing the line between processes, which `pacing` does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# From 8 calls a second the simulated gateways were found at 9.55, 8.49 and 7.19 useful calls a second at 5, 50 and
# 200 ms of jitter, with under 1 % refused. A larger step is refused more often; a larger cut loses more than refusals.
START_CALLS_PER_SECOND = 8.0
GROWTH_PER_SECOND = 0.02
CUT = 0.95

# Refusals below this pace are not about pace. A pace that fell further would need minutes to come back.
LEAST_CALLS_PER_SECOND = 1.0

# A pace that is not used proves nothing: no gap between two calls counts for more growth than this.
GROWING_GAP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Budget:
    """`pace` and `cap` are calls per second; `free_at` is the first moment that nobody has taken, `taken_at` the last
    that somebody has. Moments are of whatever clock `now` is of."""

    cap: float
    pace: float
    free_at: float = 0.0
    taken_at: float | None = None


def opening(cap: float, start: float = START_CALLS_PER_SECOND) -> Budget:
    return Budget(cap, min(cap, start))


def take(budget: Budget, now: float, count: int = 1) -> tuple[Budget, tuple[float, ...]]:
    """Take the next `count` free moments."""
    moments = []
    for _ in range(count):
        moment = max(now, budget.free_at)
        used = 0.0 if budget.taken_at is None else min(GROWING_GAP_SECONDS, max(0.0, moment - budget.taken_at))
        pace = min(budget.cap, budget.pace + GROWTH_PER_SECOND * used)
        budget = Budget(budget.cap, pace, moment + 1.0 / pace, moment)
        moments.append(moment)
    return budget, tuple(moments)


def refused(budget: Budget, times: int = 1) -> Budget:
    """The gateway refused `times` calls for their number. Moments that were taken already stand."""
    least = min(budget.cap, budget.pace, LEAST_CALLS_PER_SECOND)
    return replace(budget, pace=max(least, budget.pace * CUT**times))
