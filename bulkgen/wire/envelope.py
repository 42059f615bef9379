"""The error body of the API and the ids we act on (reference 1.4, 1.5).

`parse_error` never raises: a proxy in front may answer with anything. `error_body` makes the body from violations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.wire.values import Violation

API_VERSION = "v2026-10-21"

UNAUTHORIZED = "unauthorized"
API_ACCESS_DENIED = "api_access_denied"
REQUEST_RATE_LIMITED = "request_rate_limited"
RATE_LIMIT_EXCEEDED = "rate_limit_exceeded"
FEATURE_NOT_IN_PLAN = "feature_not_in_plan"
COMPANY_PAYMENT_REQUIRED = "company_payment_required"  # this and the next: of 2026, not in the list any more
COMPANY_DISABLED = "company_disabled"
INVALID_PAYLOAD = "invalid_payload"
INVALID_JSON = "invalid_json"
WRONG_TYPE = "wrong_type"
MISSING_REQUIRED = "missing_required"
OUT_OF_RANGE = "out_of_range"
UNKNOWN_ENUM_VALUE = "unknown_enum_value"
INVALID_QUERY_PARAM = "invalid_query_param"
INVALID_FILETYPE = "invalid_filetype"
INVALID_DESIGN_TYPE = "invalid_design_type"
TEMPLATE_NOT_STATIC = "template_not_static"
TEMPLATE_NOT_FOUND = "template_not_found"
FORMAT_NOT_FOUND = "format_not_found"
GENERATION_REQUEST_NOT_FOUND = "generation_request_not_found"
GENERATION_REQUEST_GONE = "generation_request_gone"
ENDPOINT_NOT_FOUND = "endpoint_not_found"
METHOD_NOT_ALLOWED = "method_not_allowed"
UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
NOT_ACCEPTABLE = "not_acceptable"
NOT_FOUND = "not_found"
PROJECT_NOT_FOUND = "project_not_found"
PROJECT_ALREADY_EXISTS = "project_already_exists"
MORE_THAN_ONE_FORMAT = "more_than_one_format"
CANNOT_BUILD_BANNER = "cannot_build_banner"
IMAGE_FETCHING_ERROR = "image_fetching_error"
INTERNAL_ERROR = "internal_error"
INTERNAL_SERVER_ERROR = "internal_server_error"
PREVIOUS_SECRET_STILL_ACTIVE = "previous_secret_still_active"
VISUAL_NOT_FOUND = "visual_not_found"
NOT_RELATED_TO_SAME_TEMPLATE = "not_related_to_same_template"
NOT_RELATED_TO_SAME_FORMAT = "not_related_to_same_format"

STOPS_THE_RUN = frozenset((UNAUTHORIZED, API_ACCESS_DENIED, FEATURE_NOT_IN_PLAN))

# The banner that a new one was to be a version of cannot be that (reference 2.9).
ORIGINAL_REFUSED = frozenset((VISUAL_NOT_FOUND, NOT_RELATED_TO_SAME_TEMPLATE, NOT_RELATED_TO_SAME_FORMAT))

_SEVERAL = "One or more request fields are invalid."


@dataclass(frozen=True, slots=True)
class ApiError:
    """What an answer that is no success says. `id` is "" when the body is not the API's envelope."""

    status: int
    id: str
    message: str
    problems: tuple[Violation, ...] = ()
    retry_after_seconds: float | None = None


def parse_error(status: int, body: Any, retry_after_seconds: float | None = None) -> ApiError:
    """A decoded body (or None, or text) -> ApiError."""
    if not isinstance(body, Mapping):
        text = body.strip()[:300] if isinstance(body, str) else ""
        return ApiError(status, "", text or f"HTTP {status}", (), retry_after_seconds)
    entries = body.get("errors")
    problems = tuple(
        Violation(
            path=str(entry.get("path") or ""),
            code=str(entry.get("code") or ""),
            message=str(entry.get("message") or ""),
            expected=entry.get("expected"),
            received=entry.get("received"),
        )
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
    )
    message = str(body.get("message") or f"HTTP {status}")
    return ApiError(status, str(body.get("id") or ""), message, problems, retry_after_seconds)


def error_body(error_id: str, message: str) -> dict[str, Any]:
    return {"id": error_id, "message": message, "version": API_VERSION}


def violations_body(violations: Iterable[Violation]) -> dict[str, Any]:
    """All field problems at once: the shared code as id if they agree, else `invalid_payload`."""
    found = list(violations)
    codes = {violation.code for violation in found}
    body = error_body(codes.pop() if len(codes) == 1 else INVALID_PAYLOAD, _SEVERAL)
    if len(found) == 1:
        body["message"] = f"{found[0].path}: {found[0].message}" if found[0].path else found[0].message
    body["errors"] = [_problem_body(violation) for violation in found]
    return body


def _problem_body(violation: Violation) -> dict[str, Any]:
    body: dict[str, Any] = {"code": violation.code, "message": violation.message}
    if violation.path:
        body["path"] = violation.path
    if violation.expected is not None:
        body["expected"] = violation.expected
    if violation.received is not None:
        body["received"] = violation.received
    return body
