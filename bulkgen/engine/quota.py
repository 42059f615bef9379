"""The provider's budget for looks, as its answers tell it (reference 4.1). Pure.

    (headers, clocks) -> Quota -> when the next look may leave

What is left of a window is spread over the time that is left of it, so that the last look of a window leaves at its end
and none is refused; a refusal costs a pause of up to half an hour. The newest answer is believed, less the looks that
are under way: a window that slides gives back as it goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bulkgen.header_times import told_date

LIMIT_HEADER = "X-RateLimit-Limit"
REMAINING_HEADER = "X-RateLimit-Remaining"
RESET_HEADER = "X-RateLimit-Reset"

# A window that ends later than this is a number of another meaning.
LONGEST_WINDOW_SECONDS = 86_400.0

# Below so many looks for each row that is left, slots that nobody needs are not spent on looking early.
SPARE_LOOKS_PER_ROW = 1.3


@dataclass(frozen=True, slots=True)
class Quota:
    """`remaining` looks until `reset_at`; the next one leaves at `next_at` at the earliest. Times never jump."""

    remaining: int
    reset_at: float
    next_at: float

    def holds(self, now: float) -> bool:
        """Whether it still says anything: of the window after it nothing is known."""
        return now < self.reset_at

    def per_second(self, now: float) -> float | None:
        """Looks a second until the window ends; None where nothing can be said."""
        left = self.reset_at - now
        return self.remaining / left if self.remaining and left > 0 else None

    def leaves_spare(self, rows_left: int) -> bool:
        return self.remaining >= SPARE_LOOKS_PER_ROW * rows_left


def read_quota(headers: Mapping[str, str], wall: float, now: float) -> Quota | None:
    """What an answer says, None if nothing that can be used."""
    if REMAINING_HEADER not in headers:
        return None
    remaining = _number(headers.get(REMAINING_HEADER, ""))
    reset = _number(headers.get(RESET_HEADER, ""))
    if remaining is None or reset is None or _number(headers.get(LIMIT_HEADER, "")) is None:
        return None
    # By the provider's own clock where it tells it: ours may be minutes off.
    left = reset - (told_date(headers.get("Date", "")) or wall)
    if not 0 < left <= LONGEST_WINDOW_SECONDS:
        return None
    return spread(Quota(remaining, now + left, now), now)


def seen(known: Quota | None, found: Quota, under_way: int, now: float) -> Quota:
    """What is known after an answer that says `found`, with so many looks on their way that it did not count."""
    newest = spread(replace(found, remaining=max(0, found.remaining - under_way)), now)
    if known is None or not known.holds(now) or not newest.remaining:
        return newest
    # The gap counts from when the last look left, not from its answer.
    return replace(newest, next_at=min(newest.next_at, known.next_at))


def spent(quota: Quota, now: float) -> Quota:
    """A look leaves."""
    return spread(replace(quota, remaining=max(0, quota.remaining - 1)), now)


def spread(quota: Quota, now: float) -> Quota:
    """The next look a share of the window from now."""
    left = max(0.0, quota.reset_at - now)
    return replace(quota, next_at=now + left / quota.remaining if quota.remaining else quota.reset_at)


def _number(value: str) -> int | None:
    text = value.strip()
    return int(text[:15]) if text.isascii() and text.isdigit() else None
