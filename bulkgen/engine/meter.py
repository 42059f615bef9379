"""What the calls of a run come to: how many a second, how many looks a row, how much time is left. Pure.

Counted by seconds, the last ten of them, so that its size does not depend on the pace.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

# Long enough to be steady at a few calls a second, short enough to show a pause.
WINDOW_SECONDS = 10

# How often the state of a run is told: a person reads no faster, and at thousands of calls a second it costs nothing.
PULSE_SECONDS = 1.0

# Until rows have come, one look each is what they will take at least.
LEAST_LOOKS_PER_ROW = 1.0


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to be done: rows not sent, requests not finished, seconds of a pause in force; and how many looks a
    second the provider's budget for them allows, None where it told none."""

    rows: int
    unfinished: int
    pause_seconds: float = 0.0
    looks_per_second: float | None = None


@dataclass(slots=True)
class Meter:
    """`has_looks` is False where webhooks bring the results. Times are of one clock that never jumps."""

    began_at: float
    has_looks: bool = True
    pulse_at: float = float("-inf")
    _calls: deque[list[int]] = field(default_factory=deque)  # [second, calls in it]

    def called(self, now: float) -> None:
        second = int(now)
        if self._calls and self._calls[-1][0] == second:
            self._calls[-1][1] += 1
        else:
            self._calls.append([second, 1])
            self._drop(now)

    def calls_per_second(self, now: float) -> float:
        self._drop(now)
        span = min(float(WINDOW_SECONDS), max(1.0, now - self.began_at))
        return sum(count for _, count in self._calls) / span

    def is_time(self, now: float) -> bool:
        """Whether to tell the state again; asking takes the turn."""
        if now < self.pulse_at:
            return False
        self.pulse_at = now + PULSE_SECONDS
        return True

    def seconds_left(self, left: Left, finalized: int, polls: int, pace: float | None, now: float) -> float | None:
        """By the pace where there is one, else by how fast requests were finished so far; None while unknown."""
        requests = left.rows + left.unfinished
        if not requests:
            return 0.0
        if pace is None:
            return requests * (now - self.began_at) / finalized if finalized else None
        looks_per_row = polls / finalized if finalized else 0.0
        if self.has_looks:
            looks_per_row = max(LEAST_LOOKS_PER_ROW, looks_per_row)
        looks = requests * looks_per_row
        by_looks = looks / left.looks_per_second if left.looks_per_second else 0.0
        return left.pause_seconds + max((left.rows + looks) / pace, by_looks)

    def _drop(self, now: float) -> None:
        while self._calls and self._calls[0][0] <= int(now) - WINDOW_SECONDS:
            self._calls.popleft()
