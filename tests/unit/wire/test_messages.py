"""Messages both ways, with unknown fields, missing fields and cut bodies."""

from __future__ import annotations

from typing import Any

import pytest

from bulkgen.wire.envelope import error_body, parse_error, violations_body
from bulkgen.wire.messages import GenerateRequest, GenerationStatus, MessageError, accepted_id
from bulkgen.wire.signature import header, sign, verify
from bulkgen.wire.values import Violation

BANNER: dict[str, Any] = {
    "id": "64238d01-d402-474b-8c2d-fbc957e9d290",
    "file": {"type": "jpeg", "url": "https://files.example/x.jpeg", "cdn_url": "https://cdn.example/x.jpeg"},
    "format": {"id": "square", "width": 1080, "height": 1080},
    "new_field": 1,
}


def test_a_poll_is_read_and_unknown_fields_are_kept() -> None:
    body = {"id": "r", "is_finalized": True, "banners": [BANNER], "errors": [], "version": "v2026-10-21", "more": {}}
    status = GenerationStatus.from_json(body)
    assert status.is_finalized
    (banner,) = status.banners
    assert (banner.format_id, banner.file.cdn_url, banner.raw["new_field"]) == (
        "square",
        "https://cdn.example/x.jpeg",
        1,
    )


@pytest.mark.parametrize("key", ["generation_request_id", "id"])
def test_a_webhook_means_finalized_under_either_name_of_the_id(key: str) -> None:
    """The seed's key and the polling model's key are both in use; missing one loses the result."""
    status = GenerationStatus.from_json({key: "r", "banners": [BANNER]}, webhook=True)
    assert (status.id, status.is_finalized, status.errors) == ("r", True, ())


def test_errors_may_be_absent_and_a_reason_may_be_missing() -> None:
    body = {"id": "r", "is_finalized": True, "errors": [{"template_format_name": "square"}, "odd"]}
    (error,) = GenerationStatus.from_json(body).errors
    assert (error.template_format_name, error.reason) == ("square", "no reason given")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (None, "body"),
        ({}, "is_finalized"),
        ({"id": "r", "is_finalized": "yes"}, "is_finalized"),
        ({"is_finalized": True}, "id"),
        ({"id": "r", "is_finalized": True, "banners": [{"id": "b"}]}, r"banners\[0\]\.file"),
        ({"id": "r", "is_finalized": True, "banners": [{"file": BANNER["file"]}]}, r"banners\[0\]\.id"),
    ],
)
def test_a_field_that_is_acted_on_must_be_there(body: Any, path: str) -> None:
    with pytest.raises(MessageError, match=path):
        GenerationStatus.from_json(body)


def test_a_request_writes_only_what_is_set_and_comes_back() -> None:
    request = GenerateRequest(
        elements={"title": {"payload": "x"}}, template_format_names=("square",), callback_url="https://x.example"
    )
    body = request.to_json()
    assert set(body) == {"elements", "template_format_names", "callback_url"}
    assert GenerateRequest.from_json(body) == request


def test_pages_replace_elements() -> None:
    assert set(GenerateRequest(pages={"page_1": {}}, print={"display_crop_marks": True}).to_json()) == {
        "pages",
        "print",
    }


def test_an_acceptance_without_an_id_is_no_acceptance() -> None:
    assert accepted_id({"generation_request_id": "r", "version": "v"}) == "r"
    with pytest.raises(MessageError):
        accepted_id({"version": "v"})


def test_an_error_body_of_any_kind_is_read() -> None:
    """A proxy in front may answer with a page; that must not end a run with a traceback."""
    assert parse_error(502, "<html>bad gateway</html>").id == ""
    assert parse_error(500, None).message == "HTTP 500"
    body = error_body("unauthorized", "no key")
    assert (parse_error(401, body).id, parse_error(401, body).message) == ("unauthorized", "no key")


def test_problems_share_their_code_or_are_an_invalid_payload() -> None:
    one = Violation("elements.a.color", "out_of_range", "bad", {"max": 1}, 2)
    two = Violation("elements.b.color", "wrong_type", "bad")
    assert violations_body([one])["id"] == "out_of_range"
    assert violations_body([one])["message"] == "elements.a.color: bad"
    both = violations_body([one, two])
    assert both["id"] == "invalid_payload"
    assert parse_error(400, both).problems[0].received == 2


BODY = b'{"generation_request_id":"497f6eca-6276-4993-bfeb-53cbbbba6f08","banners":[],"errors":[]}'
SECRET = "whsec_" + "a" * 64
AT = 1787232676


def test_the_signature_of_the_reference_vector() -> None:
    """The vector is the only thing we and the vendor can agree on without a network."""
    assert sign(BODY, SECRET, AT) == "74a6d5d05ebc09e507092167d15435303bec4b6e71b00c829740b6341e37ad69"


@pytest.mark.parametrize(
    ("value", "now", "is_good"),
    [
        (header(BODY, (SECRET,), AT), AT + 300, True),
        (header(BODY, ("whsec_other", SECRET), AT), AT, True),
        (header(BODY, (SECRET,), AT), AT + 301, False),
        (header(BODY, ("whsec_other",), AT), AT, False),
        (f"t=x,v1={sign(BODY, SECRET, AT)}", AT, False),
        (f"v1={sign(BODY, SECRET, AT)}", AT, False),
        ("", AT, False),
        ("t=²,v1=é", AT, False),
    ],
)
def test_a_signature_holds_for_its_body_and_its_time(value: str, now: float, is_good: bool) -> None:
    assert verify(BODY, value, SECRET, now) is is_good
