"""What a run may still spend, counted as requests leave. Pure.

A request is paid for in advance, each banner at the price of its design (reference 4.5), and given back only when it
surely was not accepted or was refused. What is in doubt stays spent: it may have been billed.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """`credits` is what the run was given; None is no bound. `each` is what one banner costs."""

    credits: int | None = None
    each: int = 1
    _paid: dict[int, int] = field(default_factory=dict)
    _spent: int = 0

    @property
    def spent(self) -> int:
        return self._spent

    def affords(self, generation_id: int, banners: int) -> bool:
        return self.credits is None or generation_id in self._paid or self._spent + banners * self.each <= self.credits

    def pay(self, generation_id: int, banners: int) -> None:
        """Once for a generation, however often it is sent under one token."""
        if self.credits is not None and generation_id not in self._paid:
            self._paid[generation_id] = banners * self.each
            self._spent += banners * self.each

    def give_back(self, generation_id: int) -> None:
        self._spent -= self._paid.pop(generation_id, 0)
