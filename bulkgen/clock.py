"""Time as an argument: what the stages may ask of a clock, and the real one.

Pure code takes `now`; only code that waits takes a `Clock`. The manual clock for tests is in `testing`.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Wall time, Unix seconds: what is written to disk and compared with the provider's times."""

    def monotonic(self) -> float:
        """Seconds that never jump: what pace and polling are computed with."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
