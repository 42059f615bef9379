"""The retry table against every kind of answer: a wrong line here is a banner paid twice, or a row given up."""

from __future__ import annotations

import pytest

from bulkgen.engine.retry import (
    LONGEST_PAUSE_SECONDS,
    LONGEST_RETRY_AFTER_SECONDS,
    TABLE,
    Outcome,
    Reach,
    Verdict,
    backoff,
    judge,
)
from bulkgen.wire import envelope

AGAIN, WAIT, IN_DOUBT, REFUSED, STOP = (
    Verdict.AGAIN,
    Verdict.WAIT,
    Verdict.IN_DOUBT,
    Verdict.REFUSED,
    Verdict.STOP_RUN,
)

# (status, error id, Retry-After) -> verdict for a read or an idempotent POST, for a POST that bills.
ANSWERS = [
    (401, envelope.UNAUTHORIZED, None, STOP, STOP),
    (401, envelope.API_ACCESS_DENIED, None, STOP, STOP),
    (403, "", None, STOP, STOP),
    (407, "", None, STOP, STOP),
    (402, "", None, STOP, STOP),
    (402, envelope.COMPANY_PAYMENT_REQUIRED, None, STOP, STOP),
    (400, envelope.COMPANY_PAYMENT_REQUIRED, None, STOP, STOP),
    (404, envelope.COMPANY_DISABLED, None, STOP, STOP),
    (429, envelope.FEATURE_NOT_IN_PLAN, None, STOP, STOP),
    (429, envelope.FEATURE_NOT_IN_PLAN, 30.0, STOP, STOP),
    (404, envelope.TEMPLATE_NOT_FOUND, None, STOP, STOP),
    (429, envelope.REQUEST_RATE_LIMITED, 27.0, WAIT, WAIT),
    (429, envelope.REQUEST_RATE_LIMITED, LONGEST_RETRY_AFTER_SECONDS, WAIT, WAIT),
    (429, envelope.REQUEST_RATE_LIMITED, LONGEST_RETRY_AFTER_SECONDS + 1, STOP, STOP),
    (503, "", LONGEST_RETRY_AFTER_SECONDS + 1, STOP, IN_DOUBT),
    (429, envelope.RATE_LIMIT_EXCEEDED, None, AGAIN, AGAIN),
    (429, "", None, AGAIN, AGAIN),
    (500, envelope.INTERNAL_ERROR, None, AGAIN, IN_DOUBT),
    (502, "", None, AGAIN, IN_DOUBT),
    (503, "", None, AGAIN, IN_DOUBT),
    (503, "", 5.0, WAIT, IN_DOUBT),
    (504, "", None, AGAIN, IN_DOUBT),
    (302, "", None, STOP, STOP),
    (408, "", None, AGAIN, IN_DOUBT),
    (400, envelope.INVALID_PAYLOAD, None, REFUSED, REFUSED),
    (400, envelope.CANNOT_BUILD_BANNER, None, REFUSED, REFUSED),
    (404, envelope.FORMAT_NOT_FOUND, None, REFUSED, REFUSED),
    (404, envelope.GENERATION_REQUEST_NOT_FOUND, None, REFUSED, REFUSED),
    (410, envelope.GENERATION_REQUEST_GONE, None, REFUSED, REFUSED),
    (413, "", None, REFUSED, REFUSED),
]


@pytest.mark.parametrize(("status", "error_id", "after", "repeatable", "billing"), ANSWERS)
def test_an_answer_is_judged_by_what_a_repeat_would_cost(
    status: int, error_id: str, after: float | None, repeatable: Verdict, billing: Verdict
) -> None:
    for is_repeatable, expected in ((True, repeatable), (False, billing)):
        outcome = Outcome(is_repeatable, status, error_id, retry_after_seconds=after)
        assert judge(outcome).verdict is expected


def test_silence_is_judged_by_how_far_the_bytes_got() -> None:
    """A POST that never left may be repeated; one that may have arrived may not."""
    assert judge(Outcome(False, None, reach=Reach.NOTHING)).verdict is AGAIN
    assert judge(Outcome(False, None, reach=Reach.SENT)).verdict is IN_DOUBT
    assert judge(Outcome(True, None, reach=Reach.SENT)).verdict is AGAIN


def test_a_success_that_cannot_be_read_was_still_billed() -> None:
    assert judge(Outcome(False, 200, is_readable=False)).verdict is IN_DOUBT
    assert judge(Outcome(True, 200, is_readable=False)).verdict is AGAIN


def test_a_billing_post_is_never_repeated_after_an_answer_that_may_mean_work() -> None:
    """Whatever the status and the id: only a 429, or no connection, lets a POST go out again."""
    for status in range(100, 600):
        for error_id in ("", envelope.INTERNAL_ERROR, envelope.RATE_LIMIT_EXCEEDED, "something new"):
            for after in (None, 3.0):
                verdict = judge(Outcome(False, status, error_id, retry_after_seconds=after)).verdict
                assert verdict not in (AGAIN, WAIT) or status == 429


def test_the_provider_s_own_time_is_kept_to_the_second() -> None:
    assert judge(Outcome(True, 429, retry_after_seconds=1659.0), failures=3).after_seconds == 1659.0


def test_pauses_double_to_a_limit() -> None:
    assert [backoff(number) for number in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert backoff(10_000) == LONGEST_PAUSE_SECONDS
    assert judge(Outcome(True, 500), failures=2).after_seconds == 4.0


def test_every_line_gives_its_reason_and_every_line_can_be_reached() -> None:
    """A line that nothing reaches is a rule that somebody believes in and nobody follows."""
    reached = set()
    for status in (None, 200, 302, 400, 401, 402, 404, 407, 408, 429, 500, 503):
        for error_id in ("", envelope.FEATURE_NOT_IN_PLAN, envelope.TEMPLATE_NOT_FOUND, envelope.COMPANY_DISABLED):
            for is_repeatable in (True, False):
                for reach in Reach:
                    for after in (None, 1.0, 1e9):
                        for is_readable in (True, False):
                            outcome = Outcome(is_repeatable, status, error_id, reach, after, is_readable)
                            reached.add(next(line for line in TABLE if line.fits(outcome)))
    assert reached == set(TABLE)
    assert all(line.because for line in TABLE)
