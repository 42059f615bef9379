"""What to do about a call that brought no success, judged by what a repeat would cost (reference 4.2, 4.4). Pure.

    Outcome -> Plan

A read may always be repeated. A POST that bills may be repeated only when it surely was not worked on, or when the
provider promises to answer its token once. Everything else is held as in doubt. The first line of the table that fits
decides; the tests hold the table up to every kind of answer.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import Enum, StrEnum

from bulkgen.wire import envelope

# The longest that a provider has named is half an hour. Who names more than a day means no pause: it may be
# milliseconds, or a block; a run that sleeps on it looks alive and is not.
LONGEST_RETRY_AFTER_SECONDS = 86_400.0


class Verdict(StrEnum):
    AGAIN = "again"  # surely not worked on, or free to repeat: after a pause
    WAIT = "wait"  # the provider says when
    IN_DOUBT = "in doubt"  # may have been accepted and billed: never repeated unasked
    REFUSED = "refused"  # about this payload, or this request: a repeat says the same
    STOP_RUN = "stop the run"  # about us: every call will say the same


class Reach(Enum):
    """How far the bytes of a call surely did not get."""

    NOTHING = "nothing was sent"
    SENT = "sent, at least in part"


class Silence(Enum):
    """What kind of no answer it was: what else than patience would help."""

    OUT_OF_REACH = "out of reach"
    MISTAKEN = "looks like a wrong address"
    UNTRUSTED = "the certificate is not trusted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. `status` is None without an answer; `is_readable` is False for a success that lacks a field
    we act on. `is_repeatable`: a read, or a POST whose token the provider answers once."""

    is_repeatable: bool
    status: int | None
    error_id: str = ""
    reach: Reach = Reach.SENT
    retry_after_seconds: float | None = None
    is_readable: bool = True

    @property
    def is_waitable(self) -> bool:
        return (self.retry_after_seconds or 0.0) <= LONGEST_RETRY_AFTER_SECONDS


@dataclass(frozen=True, slots=True)
class Line:
    """None in a column means: whatever it is."""

    then: Verdict
    because: str
    statuses: Container[int | None] | None = None
    ids: frozenset[str] | None = None
    is_repeatable: bool | None = None
    is_readable: bool | None = None
    has_retry_after: bool | None = None
    is_waitable: bool | None = None
    reach: Reach | None = None

    def fits(self, outcome: Outcome) -> bool:
        return (
            (self.statuses is None or outcome.status in self.statuses)
            and (self.ids is None or outcome.error_id in self.ids)
            and (self.is_repeatable is None or outcome.is_repeatable is self.is_repeatable)
            and (self.is_readable is None or outcome.is_readable is self.is_readable)
            and (self.has_retry_after is None or (outcome.retry_after_seconds is not None) is self.has_retry_after)
            and (self.is_waitable is None or outcome.is_waitable is self.is_waitable)
            and (self.reach is None or outcome.reach is self.reach)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """`after_seconds` is the pause before the next call of the kind; 0 where there will be none."""

    verdict: Verdict
    after_seconds: float
    because: str


_NO_ANSWER = frozenset((None,))
_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
_THEIR_FAULT = range(500, 600)
_CUT_SHORT = frozenset((408, 499))

TABLE: tuple[Line, ...] = (
    Line(Verdict.STOP_RUN, "the key is refused, and so will every call be", statuses=frozenset((401, 403))),
    Line(Verdict.STOP_RUN, "a proxy in between wants its own password", statuses=frozenset((407,))),
    Line(
        Verdict.STOP_RUN,
        "the account is to be paid for, or is closed, and no row will be made before that",
        statuses=frozenset((402,)),
    ),
    Line(
        Verdict.STOP_RUN,
        "the same, told by the id alone",
        ids=frozenset((envelope.COMPANY_PAYMENT_REQUIRED, envelope.COMPANY_DISABLED)),
    ),
    Line(
        Verdict.STOP_RUN,
        "the plan does not include this; no wait clears it, even where one is named",
        ids=frozenset((envelope.FEATURE_NOT_IN_PLAN,)),
    ),
    Line(
        Verdict.STOP_RUN,
        "the design is gone, so no row can be made",
        ids=frozenset((envelope.TEMPLATE_NOT_FOUND,)),
    ),
    Line(
        Verdict.STOP_RUN,
        "refused before any work, for longer than a run can wait",
        statuses=frozenset((429,)),
        is_waitable=False,
    ),
    Line(
        Verdict.STOP_RUN,
        "the provider is away for longer than a run can wait, and a later run repeats this for nothing",
        statuses=frozenset((503,)),
        is_waitable=False,
        is_repeatable=True,
    ),
    Line(
        Verdict.WAIT,
        "refused before any work, with the time at which it will not be",
        statuses=frozenset((429, 503)),
        has_retry_after=True,
        is_repeatable=True,
    ),
    Line(
        Verdict.WAIT,
        "refused before any work, with the time at which it will not be",
        statuses=frozenset((429,)),
        has_retry_after=True,
    ),
    Line(Verdict.AGAIN, "refused at the gateway's ceiling: not worked on, not billed", statuses=frozenset((429,))),
    Line(
        Verdict.AGAIN,
        "no connection was made, so nothing was asked",
        statuses=_NO_ANSWER,
        reach=Reach.NOTHING,
    ),
    Line(Verdict.AGAIN, "no answer, and a repeat costs nothing", statuses=_NO_ANSWER, is_repeatable=True),
    Line(
        Verdict.IN_DOUBT,
        "sent, and no answer: it may have been accepted and billed",
        statuses=_NO_ANSWER,
        is_repeatable=False,
    ),
    Line(Verdict.AGAIN, "their fault, and a repeat costs nothing", statuses=_THEIR_FAULT, is_repeatable=True),
    Line(
        Verdict.IN_DOUBT,
        "their fault: a server error does not mean that it did not happen",
        statuses=_THEIR_FAULT,
        is_repeatable=False,
    ),
    Line(
        Verdict.AGAIN,
        "the answer cannot be read, and a repeat costs nothing",
        statuses=_SUCCESS,
        is_readable=False,
        is_repeatable=True,
    ),
    Line(
        Verdict.IN_DOUBT,
        "accepted, but the answer does not say under which request id",
        statuses=_SUCCESS,
        is_readable=False,
        is_repeatable=False,
    ),
    Line(
        Verdict.STOP_RUN,
        "a redirect means that the address is not the API's; following it would send the key elsewhere",
        statuses=_REDIRECT,
    ),
    Line(Verdict.AGAIN, "cut short in between, and a repeat costs nothing", statuses=_CUT_SHORT, is_repeatable=True),
    Line(
        Verdict.IN_DOUBT,
        "cut short in between: how much of it was worked on is not known",
        statuses=_CUT_SHORT,
        is_repeatable=False,
    ),
    Line(Verdict.REFUSED, "the request itself is refused; a repeat would be too"),
)

# Pauses before a repeat double from one second, the time in which the gateway's ceiling clears, to half a minute.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


def judge(outcome: Outcome, failures: int = 0) -> Plan:
    """The plan for `outcome`, the `failures`-th of its kind in a row (0: the first)."""
    line = next(line for line in TABLE if line.fits(outcome))
    return Plan(line.then, _pause(line.then, outcome, failures), line.because)


def backoff(failures: int) -> float:
    """Seconds to pause after the `failures`-th failure in a row (0: the first)."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(failures, 16))


def _pause(verdict: Verdict, outcome: Outcome, failures: int) -> float:
    if verdict is Verdict.WAIT:
        assert outcome.retry_after_seconds is not None
        return outcome.retry_after_seconds
    return backoff(failures) if verdict is Verdict.AGAIN else 0.0
