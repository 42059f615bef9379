"""Whether rows may be submitted at all, after several in a row went unanswered. Pure.

    open -> shut       three requests in a row in doubt: going on would pile up doubt at a price each
    shut -> ajar       the provider answers a call that costs nothing: one row may go
    ajar -> tried      that row is out
    tried -> open      it was accepted
    tried -> ajar      it surely was not accepted, or was refused for itself: another one may go
    tried -> shut      it is in doubt as well: a longer wait

A row that goes through the door costs what a row costs, so the waits before them double and end: what a provider that
stays broken can put in doubt is bounded by a handful of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bulkgen.engine.retry import backoff

# Three unknown outcomes in a row are no accident of one connection.
DOUBT_LIMIT = 3

# Waits before the rows that are tried: 10, 20, 40 ... seconds, so six of them in the time after which we give up.
FIRST_WAIT_SECONDS = 10.0
GIVE_UP_SECONDS = 600.0


class Place(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    AJAR = "ajar"
    TRIED = "tried"


@dataclass(slots=True)
class Door:
    """`row` is the one that is tried; `probe_at` when to ask for readiness next; `is_asking` that it is being done."""

    place: Place = Place.OPEN
    doubts: int = 0
    shut_at: float = 0.0
    tries: int = 0
    probes: int = 0
    probe_at: float = 0.0
    is_asking: bool = False
    row: int | None = None

    @property
    def is_open(self) -> bool:
        return self.place is Place.OPEN

    @property
    def lets_a_row(self) -> bool:
        return self.place in (Place.OPEN, Place.AJAR)

    def gives_up_at(self) -> float | None:
        return None if self.is_open else self.shut_at + GIVE_UP_SECONDS

    def asks_at(self) -> float | None:
        """When to ask whether the provider is ready; None while that is not the question."""
        return self.probe_at if self.place is Place.SHUT and not self.is_asking else None

    def went(self, row: int) -> None:
        """A row goes out."""
        if self.place is Place.AJAR:
            self.place, self.row = Place.TRIED, row

    def in_doubt(self, row: int, now: float) -> float | None:
        """A row came to doubt. Seconds until readiness is asked for, if this shut the door."""
        self.doubts += 1
        is_tried = self.place is Place.TRIED and row == self.row
        if self.place is Place.OPEN and self.doubts >= DOUBT_LIMIT:
            self.shut_at, self.tries = now, 0
        elif not is_tried:
            return None
        wait = FIRST_WAIT_SECONDS * 2.0**self.tries
        self.place, self.row, self.probes, self.probe_at = Place.SHUT, None, 0, now + wait
        self.tries += 1
        return wait

    def accepted(self, row: int) -> bool:
        """A row was accepted; whether that opened the door. Only the tried row does: the answers to those sent before
        it may be late ones."""
        if self.place is Place.OPEN:
            self.doubts = 0
        elif self.place is Place.TRIED and row == self.row:
            self.place, self.row, self.doubts = Place.OPEN, None, 0
            return True
        return False

    def came_back(self, row: int) -> None:
        """A row was surely not accepted: nothing was learned of what an acceptance would come to."""
        if self.place is Place.TRIED and row == self.row:
            self.place, self.row = Place.AJAR, None

    def refused(self, row: int) -> None:
        """A row was refused for itself, which is a clear answer."""
        if self.place is Place.OPEN:
            self.doubts = 0
        self.came_back(row)

    def asked(self, is_ready: bool, now: float) -> float | None:
        """The answer about readiness. Seconds until the next question, if there is to be one."""
        self.is_asking = False
        if self.place is not Place.SHUT:
            return None
        if is_ready:
            self.place = Place.AJAR
            return None
        wait = backoff(self.probes)
        self.probe_at = now + wait
        self.probes += 1
        return wait
