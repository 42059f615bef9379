"""The pauses in force, and what is to be said of them. Pure.

A long pause is said when it begins and again each minute: a run that is silent for half an hour looks dead.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulkgen.events import Throttled

COUNTDOWN_SECONDS = 60.0

# Calls that were open together bring the same pause a moment apart: that is no news.
SAME_PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class _Pause:
    until: float
    reason: str
    next_word_at: float


@dataclass(slots=True)
class Pauses:
    by_scope: dict[str, _Pause] = field(default_factory=dict)

    def begin(self, scope: str, until: float, reason: str, now: float) -> Throttled | None:
        """A pause of `scope`; what to say of it, None if that was said."""
        known = self.by_scope.get(scope)
        if known is not None and until <= known.until + SAME_PAUSE_SECONDS:
            return None
        self.by_scope[scope] = _Pause(until, reason, now + COUNTDOWN_SECONDS)
        return Throttled(until - now, scope, reason)

    def words(self, now: float) -> list[Throttled]:
        """What to say now; pauses that are over are forgotten."""
        said = []
        for scope, pause in list(self.by_scope.items()):
            if now >= pause.until:
                del self.by_scope[scope]
            elif now >= pause.next_word_at:
                pause.next_word_at = now + COUNTDOWN_SECONDS
                said.append(Throttled(pause.until - now, scope, pause.reason))
        return said

    def next_at(self) -> float | None:
        """When there is something to say again."""
        return min((one.next_word_at for one in self.by_scope.values() if one.next_word_at < one.until), default=None)
