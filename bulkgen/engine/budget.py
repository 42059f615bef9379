"""The pace of calls as arithmetic. Pure.

Every call to a provider, whatever its kind, takes the next free moment of one line: first come, first served, moments
`1 / rate` apart. A burst of unused moments is never saved up, because the gateway's window is not known to forgive one.
Left out: waiting, which the transport does, and adapting the rate, which is a new `Budget` from now on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Budget:
    """`calls_per_second` None means no pace. `free_at` is the first moment that nobody has taken."""

    calls_per_second: float | None
    free_at: float = 0.0


def take(budget: Budget, now: float) -> tuple[Budget, float]:
    """Take the next free moment: (the budget after it, seconds to wait for it)."""
    if budget.calls_per_second is None:
        return budget, 0.0
    moment = max(now, budget.free_at)
    return replace(budget, free_at=moment + 1.0 / budget.calls_per_second), moment - now
