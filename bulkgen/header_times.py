"""Times as HTTP headers tell them: a date, and how long to wait. Pure. None where a header tells none.

Apart because the engine reads them of the provider, and `fetch` of other people's picture servers.
"""

from __future__ import annotations

import email.utils

# Digits past these name no time that anybody waits for.
_DIGITS = 15


def told_date(value: str) -> float | None:
    """A date in Unix seconds."""
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() if value else None
    except (TypeError, ValueError, OverflowError):
        return None


def told_wait_seconds(value: str, now: float) -> float | None:
    """A `Retry-After`, a number or a date, in seconds from `now` (Unix time); below zero where the date has passed."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:_DIGITS])
    date = told_date(text)
    return None if date is None else date - now
