"""When to look at which unfinished request. Pure.

The first look is at a fixed age; after a miss the next one is due at `growth` times the age, so that a request that
takes long is looked at ever more rarely: about one look a request in all. Slots that nobody needs go to the request
longest unseen relative to its age (`spare`): at the end of a run the last straggler is what everybody waits for.
Learning the first age from the answers was tried in the simulator and bought nothing.

Left out: the pace of looks (`budget`) and who may use a slot (`scheduler`).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

# The API's own description: at most ten minutes, internal retries included. Later than that is worth a word.
SLOW_AFTER_SECONDS = 600.0

# A run stops following a request after this; it stays submitted, and the next run looks again. Ends a wait, not work.
DEADLINE_SECONDS = 1_800.0

# Nearly all renders end before, and their webhooks come about a second later; one callback in a hundred that is lost is
# then found two minutes late. At one minute, worlds whose renders take about that long cost a look for every third row.
SAFETY_NET_SECONDS = 120.0
SAFETY_NET_GAP_SECONDS = 30.0

# At the end of a run there are free slots for all of them. From half of that age on, renders of two minutes cost two
# looks each; later, a webhook that is lost among the last rows holds up the run for longer.
SAFETY_NET_SPARE_SHARE = 0.9

# Looking for spare looks walks over all requests, up to tens of thousands of them; once a second that is no cost.
SPARE_SEARCH_SECONDS = 1.0
SPARE_BATCH = 64


@dataclass(frozen=True, slots=True)
class LookPolicy:
    first_seconds: float = 8.0
    gap_seconds: float = 3.0
    growth: float = 1.5
    spends_spare: bool = True
    spare_from_share: float = 0.5  # of the first look's age: a free slot may look so early
    spare_gap_of_age: float = 0.05
    deadline_seconds: float = DEADLINE_SECONDS


def as_safety_net(policy: LookPolicy) -> LookPolicy:
    """Looks where webhooks bring the results: for those that get lost, and at the end of a run for the rest."""
    return replace(
        policy,
        first_seconds=SAFETY_NET_SECONDS,
        gap_seconds=SAFETY_NET_GAP_SECONDS,
        spare_from_share=SAFETY_NET_SPARE_SHARE,
    )


@dataclass(slots=True)
class _Request:
    submitted_at: float
    followed_since: float
    last_look_at: float
    due_at: float
    looks: int = 0
    is_open: bool = False


class Looks:
    """The unfinished requests and their next looks. All times are of one clock that never jumps."""

    def __init__(self, policy: LookPolicy) -> None:
        self._policy = policy
        self._requests: dict[int, _Request] = {}
        self._heap: list[tuple[float, int]] = []
        self._spare: list[int] = []
        self._searched_at = float("-inf")
        self._held_until = float("-inf")

    def __repr__(self) -> str:
        return f"<Looks {len(self)} followed, next at {self.next_at()}>"

    def __len__(self) -> int:
        return len(self._requests)

    def __contains__(self, request: int) -> bool:
        return request in self._requests

    def follow(self, request: int, submitted_at: float, now: float, *, at_once: bool = False) -> None:
        due_at = now if at_once else max(now, submitted_at + self._policy.first_seconds)
        self._requests[request] = _Request(submitted_at, max(now, self._held_until), submitted_at, due_at)
        heapq.heappush(self._heap, (due_at, request))

    def forget(self, request: int) -> None:
        """It came to its end. Fine to call for one that is not followed."""
        self._requests.pop(request, None)

    def hold(self, until: float, now: float) -> None:
        """No look will be made before `until`: that time is the provider's, and no request is given up for it."""
        more = until - max(now, self._held_until)
        if more <= 0:
            return
        self._held_until = until
        for found in self._requests.values():
            found.followed_since += more

    @property
    def policy(self) -> LookPolicy:
        return self._policy

    def use(self, policy: LookPolicy) -> None:
        """From now on; what is followed already keeps its next look."""
        self._policy = policy

    def look_now(self, request: int, now: float) -> None:
        """There is news of it."""
        found = self._requests.get(request)
        if found is not None and not found.is_open:
            found.due_at = now
            heapq.heappush(self._heap, (now, request))

    def begin(self, request: int) -> None:
        """A look is under way: the request is not due again before its `missed`."""
        self._requests[request].is_open = True

    def missed(self, request: int, now: float, *, not_before: float = 0.0, is_answered: bool = True) -> None:
        """The look found it unfinished, or (`is_answered` False) found out nothing: then the next one is no later
        for it than the gap."""
        found = self._requests.get(request)
        if found is None:
            return
        policy, age = self._policy, now - found.submitted_at
        found.is_open = False
        found.due_at = now + policy.gap_seconds
        if is_answered:
            found.last_look_at = now
            found.looks += 1
            found.due_at = max(found.due_at, found.submitted_at + age * policy.growth)
        found.due_at = max(found.due_at, not_before)
        heapq.heappush(self._heap, (found.due_at, request))

    def age(self, request: int, now: float) -> float:
        return now - self._requests[request].submitted_at

    def is_given_up(self, request: int, now: float) -> bool:
        """Whether this run has followed it long enough. Counted from when the run began to, not from its sending: one
        found after days deserves its look."""
        return now - self._requests[request].followed_since >= self._policy.deadline_seconds

    def due(self, now: float) -> int | None:
        """The request whose look has been due for the longest."""
        top = self._top()
        return top[1] if top and top[0] <= now else None

    def next_at(self) -> float | None:
        """When the next look is due."""
        top = self._top()
        return top[0] if top else None

    def spare(self, now: float) -> int | None:
        """The request that a free slot is best spent on, if any may be looked at already."""
        if not self._policy.spends_spare:
            return None
        while True:
            while self._spare:
                if self._may_spare(self._spare[-1], now):
                    return self._spare[-1]
                self._spare.pop()
            if now < self._searched_at + SPARE_SEARCH_SECONDS:
                return None
            self._searched_at = now
            eligible = [request for request in self._requests if self._may_spare(request, now)]
            best = heapq.nlargest(SPARE_BATCH, eligible, key=lambda request: self._unseen(request, now))
            self._spare = best[::-1]
            if not best:
                return None

    def next_spare_at(self) -> float | None:
        """When it is worth asking for a spare look again."""
        if not self._policy.spends_spare or not self._requests:
            return None
        return self._searched_at + SPARE_SEARCH_SECONDS

    def _may_spare(self, request: int, now: float) -> bool:
        found = self._requests.get(request)
        if found is None or found.is_open:
            return False
        policy, age = self._policy, now - found.submitted_at
        if not found.looks and age < policy.first_seconds * policy.spare_from_share:
            return False
        return now - found.last_look_at >= max(policy.gap_seconds, policy.spare_gap_of_age * age)

    def _unseen(self, request: int, now: float) -> float:
        """How long unseen relative to its age; one never seen counts by its age against the first look's."""
        found = self._requests[request]
        age = max(now - found.submitted_at, 1e-9)
        if found.looks:
            return (now - found.last_look_at) / age
        return 2.0 * age / max(self._policy.first_seconds, 1e-9)

    def _top(self) -> tuple[float, int] | None:
        """The heap's first entry that still stands; entries of moved or ended looks are dropped on the way."""
        while self._heap:
            due_at, request = self._heap[0]
            found = self._requests.get(request)
            if found is not None and not found.is_open and found.due_at == due_at:
                return due_at, request
            heapq.heappop(self._heap)
        return None
