"""What a run holds in memory while it goes: the course, the looks, the open requests, the streaks. No I/O.

Its size is bounded by the requests in flight and a page of generations, never by the sheet. All of it can be lost:
the ledger has what counts.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bulkgen.engine.allowance import Allowance
from bulkgen.engine.pauses import Pauses
from bulkgen.engine.payloads import Ready
from bulkgen.engine.polling import LookPolicy, Looks
from bulkgen.engine.provider import Provider
from bulkgen.engine.retry import backoff
from bulkgen.engine.scheduler import Course
from bulkgen.ledger.records import Generation

# Webhooks of requests that are not ours, or not yet: the answer to the POST is milliseconds behind them.
FORETOLD = 1_000

# Requests with pictures from this disk that are open at a time: each holds up to some tens of megabytes.
OPEN_UPLOADS = 4


@dataclass(slots=True)
class Open:
    """A request being sent, or sent, and not at an end. `request_id` is "" until the answer, or a webhook, came."""

    generation_id: int
    formats: tuple[str, ...]
    token: str
    request_id: str = ""
    has_pictures: bool = False
    unreadable_looks: int = 0


@dataclass(slots=True)
class Streak:
    """Failures in a row. Calls that were open when the last one was counted failed with it: they count once."""

    count: int = 0
    counted_at: float = float("-inf")

    def failed(self, granted_at: float, now: float) -> bool:
        """Count a failure of a call that began at `granted_at`; False if it belongs to the one counted last."""
        if granted_at <= self.counted_at:
            return False
        self.count += 1
        self.counted_at = now
        return True

    @property
    def pause_seconds(self) -> float:
        return backoff(self.count - 1)


@dataclass(slots=True)
class Tally:
    """What the run came to, in generations."""

    accepted: int = 0
    finalized: int = 0
    refused: int = 0
    in_doubt: int = 0
    expired: int = 0
    left: int = 0  # followed to the deadline and still not finished; the next run looks again
    polls: int = 0
    banners: int = 0


@dataclass(slots=True)
class RunState:
    course: Course
    looks: Looks
    waiting: deque[Ready] = field(default_factory=deque)
    open: dict[int, Open] = field(default_factory=dict)
    by_token: dict[str, Open] = field(default_factory=dict)
    by_request: dict[str, Open] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)  # in doubt since this run began
    foretold: OrderedDict[str, None] = field(default_factory=OrderedDict)
    tally: Tally = field(default_factory=Tally)
    silence: Streak = field(default_factory=Streak)
    ceiling: Streak = field(default_factory=Streak)
    uploads: int = 0
    failures: dict[int, int] = field(default_factory=dict)
    pauses: Pauses = field(default_factory=Pauses)
    allowance: Allowance = field(default_factory=Allowance)
    unsent: int = 0  # planned and not yet sent, in the ledger and here

    def __repr__(self) -> str:
        return f"<RunState {self.course} waiting={len(self.waiting)} open={len(self.open)} {self.tally}>"

    def queue(self, generations: Iterable[Ready]) -> None:
        self.waiting.extend(generations)
        self._count()

    def put_back(self, ready: Ready) -> None:
        """The next to be sent is this one again. It was not accepted, so it is paid for when it goes again."""
        self.allowance.give_back(ready.generation.id)
        self.waiting.appendleft(ready)
        self.unsent += 1
        self._count()

    def next(self) -> Ready:
        """Take the next to be sent. It counts as open from now: the answer may be slower than the next decision."""
        ready = self.waiting.popleft()
        self.unsent -= 1
        self.allowance.pay(ready.generation.id, len(ready.generation.formats))
        self.course.sent += 1
        self.course.door.went(ready.generation.id)
        self._begin(ready.generation, has_pictures=bool(ready.pictures))
        return ready

    def affords_next(self) -> bool:
        """Whether the credits that the run was given are enough for what is to be sent next."""
        generation = self.waiting[0].generation
        return self.allowance.affords(generation.id, len(generation.formats))

    def adopt(self, generation: Generation) -> None:
        """A request that an earlier run sent."""
        self.named(self._begin(generation), generation.request_id)

    def _begin(self, generation: Generation, *, has_pictures: bool = False) -> Open:
        found = Open(generation.id, generation.formats, generation.token, has_pictures=has_pictures)
        self.open[generation.id] = found
        self.uploads += has_pictures
        self.know(found, generation.token)
        self._count()
        return found

    def know(self, found: Open, token: str) -> None:
        """A webhook with this token is about this request."""
        found.token = token
        if token:
            self.by_token[token] = found

    def named(self, found: Open, request_id: str) -> bool:
        """The provider's id of a request; whether a webhook has named it before."""
        found.request_id = request_id
        self.by_request[request_id] = found
        is_foretold = request_id in self.foretold
        self.foretold.pop(request_id, None)
        return is_foretold

    def foretell(self, request_id: str) -> None:
        """A webhook names a request that nobody here has heard of."""
        self.foretold[request_id] = None
        if len(self.foretold) > FORETOLD:
            self.foretold.popitem(last=False)

    def uploaded(self, found: Open) -> None:
        """Its pictures are no longer in memory."""
        if found.has_pictures:
            found.has_pictures = False
            self.uploads -= 1
            self._count()

    def close(self, generation_id: int) -> None:
        """It came to an end, or goes back among those to be sent."""
        found = self.open.pop(generation_id, None)
        self.looks.forget(generation_id)
        if found is not None:
            self.by_token.pop(found.token, None)
            self.by_request.pop(found.request_id, None)
            self.uploaded(found)
        self._count()

    def answered(self) -> None:
        """The provider is there and works."""
        if self.ceiling.count:
            self.ceiling = Streak()
        self.heard()

    def heard(self) -> None:
        """The provider is there, whatever it says."""
        if self.silence.count:
            self.silence = Streak()
        self.course.is_probing = False

    def _count(self) -> None:
        is_blocked = bool(self.waiting) and bool(self.waiting[0].pictures) and self.uploads >= OPEN_UPLOADS
        self.course.ready = 0 if is_blocked else len(self.waiting)
        self.course.unfinished = len(self.open)


def new_state(provider: Provider, share: float, max_credits: int | None = None, credits_each: int = 1) -> RunState:
    policy = LookPolicy(
        first_seconds=provider.first_look_seconds,
        gap_seconds=provider.look_gap_seconds,
        spends_spare=provider.spends_spare_looks,
    )
    course = Course(in_flight=provider.in_flight, canary=provider.canary, share=share)
    return RunState(course, Looks(policy), allowance=Allowance(max_credits, credits_each))
