"""What goes to an HTTP client: version stamp and error envelope (reference 1.3, 1.4), nothing of our insides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from aiohttp import web

from bulkgen.wire.envelope import API_VERSION, error_body, violations_body
from bulkgen.wire.values import Violation

# Ids that the API does not have, for refusals that it does not need.
REQUEST_TOO_LARGE = "request_too_large"
HOST_NOT_ALLOWED = "host_not_allowed"
IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"


class Refusal(Exception):
    """An answer that is no success, on its way to the middleware that sends it."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body.get('id')}: {body.get('message')}")
        self.status = status
        self.body = body
        self.headers = headers


def refuse(status: int, error_id: str, message: str) -> Refusal:
    return Refusal(status, error_body(error_id, message))


def refuse_fields(violations: Iterable[Violation]) -> Refusal:
    """All that is wrong with a request, at once."""
    return Refusal(400, violations_body(violations) | {"version": API_VERSION})


def stamped(body: Mapping[str, Any], status: int = 200) -> web.Response:
    """An object's answer. A banner's own `version` is its file counter, and goes out by `plain`."""
    return plain({**body, "version": API_VERSION}, status)


def plain(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(body),
        status=status,
        content_type="application/json",
        headers={"X-Content-Type-Options": "nosniff", **(headers or {})},
    )
