"""What a run cost by the provider's own count, beside what it made by ours. Pure.

The balance is read before and after (reference 2.12; reading is free). The workspace may be used by others meanwhile,
so a difference is explained where it can be and flagged where it cannot; it is never smoothed away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spending:
    """Credits; `before` and `after` are None where the plan is unlimited or the provider did not say. `made` and
    `in_doubt` are banners of the run itself: doubts from before it explain nothing of its difference. `each` is what
    one costs."""

    before: float | None = None
    after: float | None = None
    made: int = 0
    in_doubt: int = 0
    each: int = 1

    @property
    def used(self) -> float | None:
        return None if self.before is None or self.after is None else self.before - self.after

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def line(self) -> tuple[str, str] | None:
        """(label, figures), None where there is nothing to tell."""
        used = self.used
        if used is None:
            return None
        return f"{used:,.0f} credits used", f"{self.after:,.0f} left; {self._compared(used)}"

    def _compared(self, used: float) -> str:
        made = f"{self.made:,} banners made" + (f" for {self.made * self.each:,}" if self.each > 1 else "")
        difference = used - self.made * self.each
        if not difference:
            return made
        if 0 < difference <= self.in_doubt * self.each:
            return f"{made}, {difference:,.0f} more used: as many as are in doubt may have been billed"
        if difference > 0:
            return f"{made}, {difference:,.0f} more used: by others here, or for banners of more than one credit"
        return f"{made}, {-difference:,.0f} fewer used: made before, credited meanwhile, or not counted yet"


@dataclass(frozen=True, slots=True)
class CreditsUsed:
    """What several runs used together. `untold` runs have no count: killed, on an unlimited plan, or no answer."""

    used: float = 0.0
    runs: int = 0
    untold: int = 0

    def __str__(self) -> str:
        text = f"{self.used:,.0f} credits used in {self.runs:,} run{'' if self.runs == 1 else 's'}"
        return text + (f", of which {self.untold:,} did not tell" if self.untold else "")


def credits_used(accounts: Iterable[Mapping[str, Any]]) -> CreditsUsed:
    """The closing accounts of runs that bill, as the ledger keeps them -> their sum."""
    told = [Spending(**account.get("credits", {})).used for account in accounts]
    known = [used for used in told if used is not None]
    return CreditsUsed(sum(known), len(told), len(told) - len(known))
