"""Why an address gave no picture: a kind to branch on, and words. Pure."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    NOT_AN_ADDRESS = "not an address"
    FORBIDDEN = "forbidden"  # the guard's word
    NAME = "name"  # the host's name is not known
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    SILENT = "silent"  # its host has not answered others either, so it was not asked
    STATUS = "status"  # an answer that is neither the picture nor a redirect
    REDIRECTS = "redirects"
    PAGE = "page"
    EMPTY = "empty"
    TOO_LARGE = "too large"
    CUT = "cut"  # the body ended before its time
    DISK = "disk"  # ours, not theirs


# The host did not answer at all: what is said of one of its addresses will be said of the next.
OF_THE_HOST = frozenset((Failure.NAME, Failure.CONNECT, Failure.TLS, Failure.TIMEOUT))

# May be well a moment later, together with the statuses 429 and 5xx.
PASSING = frozenset((Failure.NAME, Failure.CONNECT, Failure.TIMEOUT, Failure.CUT))


class FetchError(Exception):
    """`words` begin with the address and are fit for a row's error cell; `url` is where the redirects had led."""

    def __init__(
        self, failure: Failure, words: str, *, url: str = "", status: int = 0, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(words)
        self.failure = failure
        self.words = words
        self.url = url
        self.status = status
        self.retry_after_seconds = retry_after_seconds

    @property
    def is_passing(self) -> bool:
        return self.failure in PASSING or self.status == 429 or self.status >= 500
