"""`Retry-After`, in its two forms and in none."""

from __future__ import annotations

import pytest

from bulkgen.fetch.exchange import retry_after_seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Thu, 99 Jan 1970 00:00:10 GMT", None),
        ("9" * 400, 999_999_999_999_999.0),
    ],
)
def test_a_wait_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value, 60.0) == seconds
