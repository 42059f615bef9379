"""A generate call's JSON: what is kept, what is refused, and that all of it is said at once."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from bulkgen.studio.validation import Checked, check_request, missing_mandatory
from bulkgen.wire.design import Design, parse_design

BOX = {"x": 0, "y": 0, "width": 10, "height": 10}


def design(kind: str = "static", *, mandatory: bool = False) -> Design:
    elements: list[dict[str, Any]] = [
        {"name": "photo", "type": "image", "attributes": [], "layout": BOX},
        {
            "name": "title",
            "type": "text",
            "attributes": [{"id": "payload", "value": "Own"}],
            "layout": BOX,
            "settings": {"is_mandatory": mandatory},
        },
    ]
    outline = [{"id": "wide", "uid": "11111111-1111-4111-8111-111111111111", "width": 20, "height": 10}]
    if kind == "printer_multipage":
        return parse_design(
            {"id": "d", "type": kind, "pages": [{"id": "page_1", "width": 210, "height": 297, "unit": "mm"}]}
            | {"elements_per_page": {"page_1": elements}}
        )
    return parse_design({"id": "d", "type": kind, "formats": outline, "elements": elements})


def check(body: Any, kind: str = "static", *, known: frozenset[str] = frozenset()) -> Checked:
    return check_request(body, design(kind), has_picture=known.__contains__, max_picture_bytes=100)


def test_an_empty_request_is_a_whole_request() -> None:
    """Every field is optional: all formats, saved content."""
    checked = check({})
    assert checked.request == {"elements": {}}
    assert not checked.violations


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ([], "body", "wrong_type"),
        ({"elements": []}, "elements", "wrong_type"),
        ({"elements": {"title": 3}}, "elements.title", "wrong_type"),
        ({"elements": {"title": {"payload": ""}}}, "elements.title.payload", "out_of_range"),
        ({"elements": {"title": {"payload": None}}}, "elements.title.payload", "wrong_type"),
        ({"elements": {"title": {"color": "red"}}}, "elements.title.color", "invalid_payload"),
        ({"elements": {"photo": {"image_url": "ftp://x"}}}, "elements.photo.image_url", "invalid_payload"),
        ({"elements": {"root": {"background_color": "#12"}}}, "elements.root.background_color", "invalid_payload"),
        ({"elements": {"vars": {"city": 3}}}, "elements.vars.city", "wrong_type"),
        ({"elements": {"vars": "x"}}, "elements.vars", "wrong_type"),
        ({"elements": {"photo": {"image_encoded": "***"}}}, "elements.photo.image_encoded", "invalid_payload"),
        ({"elements": {"photo": {"image_encoded": "QUJ"}}}, "elements.photo.image_encoded", "invalid_payload"),
        ({"elements": {"photo": {"image_encoded": "sha256:" + "0" * 64}}}, "elements.photo.image_encoded", None),
        ({"template_format_names": "wide"}, "template_format_names", "wrong_type"),
        ({"template_format_names": [1]}, "template_format_names", "wrong_type"),
        ({"callback_url": "x"}, "callback_url", "invalid_payload"),
        ({"image_file_type": "bmp"}, "image_file_type", "unknown_enum_value"),
        ({"image_file_type": "mp4"}, "image_file_type", "invalid_filetype"),
        ({"file_compression_level": 0}, "file_compression_level", "out_of_range"),
        ({"file_compression_level": 1.5}, "file_compression_level", "wrong_type"),
        ({"max_kb": 0}, "max_kb", "out_of_range"),
        ({"max_kb": 150_000}, "max_kb", "out_of_range"),
        ({"max_kb": "150"}, "max_kb", "wrong_type"),
        ({"max_kb": 0.5}, "max_kb", "wrong_type"),
        ({"original_visual_id": "x"}, "original_visual_id", "wrong_type"),
        ({"gif": {"max_fps": 30}}, "gif.max_fps", "out_of_range"),
        ({"video": []}, "video", "wrong_type"),
        ({"html5": {"page_title": 3}}, "html5.page_title", "wrong_type"),
    ],
)
def test_a_bad_value_is_refused_at_its_path(body: Any, path: str, code: str | None) -> None:
    """The path leads a mapper back to the cell."""
    (violation,) = check(body).violations
    assert violation.path == path
    assert code is None or violation.code == code


def test_all_problems_come_at_once() -> None:
    """One at a time would cost a person one run for each."""
    body = {"elements": {"title": {"color": "red", "font_size": 0}}, "callback_url": 3, "image_file_type": "mp4"}
    assert {violation.path for violation in check(body).violations} == {
        "elements.title.color",
        "elements.title.font_size",
        "callback_url",
        "image_file_type",
    }


def test_what_is_unknown_is_passed_over() -> None:
    """The API does so by design; to refuse it would break payloads that work there."""
    checked = check({"elements": {"tilte": {"payload": "x"}, "title": {"colour": "red", "payload": "y"}}, "extra": 1})
    assert not checked.violations
    assert checked.request == {"elements": {"title": {"payload": "y"}}}


def test_a_bare_text_sets_the_main_property() -> None:
    """The API tolerates it; to ignore it would publish the design's sample."""
    assert check({"elements": {"title": "Hi"}}).request["elements"] == {"title": {"payload": "Hi"}}


def test_null_is_absent_for_the_fields_of_the_request() -> None:
    """Clients write out their optional fields."""
    assert not check({"callback_url": None, "html5": None, "file_compression_level": None}).violations


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "data:image/svg+xml;charset=utf-8;base64,"])
def test_a_picture_in_the_request_leaves_it_under_its_content(prefix: str) -> None:
    """Megabytes in each waiting row would fill the memory."""
    picture = b"\x89PNG not really"
    digest = hashlib.sha256(picture).hexdigest()
    checked = check({"elements": {"photo": {"image_encoded": prefix + base64.b64encode(picture).decode()}}})
    assert checked.request["elements"]["photo"]["image_encoded"] == f"sha256:{digest}"
    assert checked.pictures == {digest: picture}


def test_a_picture_over_the_limit_is_refused_with_the_numbers() -> None:
    """The bound is the API's; memory is what it guards."""
    (violation,) = check({"elements": {"photo": {"image_encoded": base64.b64encode(b"x" * 101).decode()}}}).violations
    assert violation.code == "out_of_range"
    assert violation.expected == {"min": 1, "max": 100}


def test_a_picture_sent_before_may_be_named_by_its_content() -> None:
    """A picture shared by a thousand rows is sent once."""
    body = {"elements": {"photo": {"image_encoded": "sha256:" + "a" * 64}}}
    assert not check(body, known=frozenset({"a" * 64})).violations


def test_unknown_formats_are_named() -> None:
    """One unknown name fails the whole call."""
    assert check({"template_format_names": ["wide", "huge", "huge"]}).unknown_formats == ("huge",)


def test_pages_replace_elements_in_a_multipage_design() -> None:
    """And no format can be named there."""
    checked = check({"pages": {"page_1": {"title": {"payload": "x"}}, "page_9": {}}}, "printer_multipage")
    assert checked.request == {"pages": {"page_1": {"title": {"payload": "x"}}}}
    assert check({"template_format_names": ["page_1"]}, "printer_multipage").unknown_formats == ("page_1",)
    (violation,) = check({"pages": {"page_1": {"title": {"color": "red"}}}}, "printer_multipage").violations
    assert violation.path == "pages.page_1.title.color"


@pytest.mark.parametrize(
    ("elements", "is_missing"),
    [({}, True), ({"title": {}}, True), ({"title": {"payload": "Own"}}, True), ({"title": {"payload": "New"}}, False)],
)
def test_a_mandatory_layer_must_be_given_and_differ(elements: dict[str, Any], is_missing: bool) -> None:
    """Else a banner goes out with the sample's text."""
    reason = missing_mandatory(design(mandatory=True), elements, "wide")
    assert (reason is not None) is is_missing
    assert reason is None or reason.startswith("title: ")
    assert missing_mandatory(design(), elements, "wide") is None


GRADIENT = "linear-gradient(0% 0% 100% 0%,0% #ff0000 1,100% #0000ff 1)"
CLEAR = "linear-gradient(0% 0% 100% 0%,0% #ff0000 1,100% #0000ff 0.5)"


@pytest.mark.parametrize("kind", ["printer", "printer_multipage"])
@pytest.mark.parametrize(
    ("layer", "overrides", "is_taken"),
    [
        ("title", {"color": GRADIENT}, False),
        ("title", {"color": "#ff0000"}, True),
        ("root", {"background_color": GRADIENT}, False),
        ("ground", {"background_color": GRADIENT}, True),
        ("ground", {"background_color": CLEAR}, False),
    ],
)
def test_a_printed_design_takes_gradients_where_the_reference_says(
    kind: str, layer: str, overrides: dict[str, str], is_taken: bool
) -> None:
    """Where it does not, what would come from the press is not what was asked for."""
    elements = {layer: overrides}
    body = {"elements": elements} if kind == "printer" else {"pages": {"page_1": elements}}
    ground = {"name": "ground", "type": "shape", "attributes": [], "layout": BOX}
    title = {"name": "title", "type": "text", "attributes": [], "layout": BOX}
    outline = [{"id": "page_1", "uid": "u", "width": 210, "height": 297, "unit": "mm"}]
    written = {"id": "d", "type": kind} | (
        {"formats": outline, "elements": [ground, title]}
        if kind == "printer"
        else {"pages": outline, "elements_per_page": {"page_1": [ground, title]}}
    )
    checked = check_request(body, parse_design(written), has_picture=lambda _: False, max_picture_bytes=1)
    assert [problem.code for problem in checked.violations] == ([] if is_taken else ["invalid_payload"])
    assert not check({"elements": {"title": {"color": CLEAR}}}).violations, "a still one takes it anywhere"
