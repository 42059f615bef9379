"""Fingerprints and planned rows: what is the same output, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.mapping.model import MappedRow, OutputOptions, Payload, Want
from bulkgen.plan.fingerprint import Identity, canonical_json, digest, output_fingerprint
from bulkgen.plan.picture_addresses import picture_addresses
from bulkgen.plan.planner import DOCUMENT, LIMITED, PlannedRow, RowMarks, plan_row
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Problem, Severity

IDENTITY = Identity("studio", "studio:1", "ws", "design", "rev")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _row(position: int = 0) -> Row:
    return Row(position, position + 2, "Sheet1", {"sku": "1"})


def _plan(*wants: Want, position: int = 0, **options: Any) -> PlannedRow:
    return plan_row(MappedRow(_row(position), "1", wants), IDENTITY, **options)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_key_order_does_not_count(body: dict[str, Any]) -> None:
    assert digest(body) == digest(dict(reversed(body.items())))


@given(JSON, JSON)
def test_everything_else_counts(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (canonical_json(one) == canonical_json(other))


@pytest.mark.parametrize("part", ["provider", "base_url", "workspace", "design_id", "design_revision"])
def test_outputs_of_two_identities_are_never_the_same(part: str) -> None:
    """A result of another workspace or an older design must not be passed off as this one's."""
    other = replace(IDENTITY, **{part: "other"})
    assert output_fingerprint(IDENTITY, "p", "{}", "f") != output_fingerprint(other, "p", "{}", "f")


def test_equal_payloads_give_equal_outputs_in_two_rows_unless_they_are_not_to_share() -> None:
    want = Want(("square", "story"), Payload({"title": {"payload": "x"}}))
    first, second = _plan(want, position=0), _plan(want, position=1)
    assert first.requests == second.requests
    apart = [_plan(want, position=n, apart=f"row {n}").requests[0].outputs for n in (0, 1)]
    assert set(apart[0]).isdisjoint(apart[1])


def test_a_row_that_shares_nothing_keeps_its_banners_when_rows_come_in_above_it() -> None:
    """With --no-share, one new row at the top must not bill for all the others again."""
    before, after, sharing = RowMarks(share=False), RowMarks(share=False), RowMarks(share=True)
    first, again = MappedRow(_row(0), "a"), MappedRow(_row(1), "a")
    assert [before.of(first), before.of(again)] == ["key a 1", "key a 2"]
    assert [after.of(MappedRow(_row(0), "new")), after.of(MappedRow(_row(1), "a"))] == ["key new 1", "key a 1"]
    assert before.of(MappedRow(_row(7), "")) == "row 7"
    assert sharing.of(first) == ""


def test_the_names_that_ledgers_hold_are_still_the_names() -> None:
    """Another name for the same output, and an upgrade of bulkgen bills every banner again."""
    assert output_fingerprint(IDENTITY, "p", "{}", "f", "row 3") == (
        "f713789ca40eef20061666972536f7a57fa3e3a690869c2f5573b6a81ba7f439"
    )
    planned = _plan(Want(("square",), Payload({"photo": {"image_url": "https://shop.example/a.jpg"}})))
    assert planned.requests[0].outputs[0].fingerprint == (
        "744e581ef73681d7a3490483e09f25da93a32bdc67ab5f9bd6bdde07ead36833"
    )


A, B = "https://shop.example/a.jpg", "https://shop.example/b.png"


def test_a_picture_that_changed_under_its_address_makes_a_new_output_of_the_same_payload() -> None:
    """With --check-images a shop's new photo under the old name reaches the banner, and only the banners it is in."""
    want = Want(("square", "story"), Payload({"photo": {"image_url": A}, "cta": {"payload": "Go", "icon_url": B}}))
    plain, seen, same, changed = (
        _plan(want, contents=tags).requests[0]
        for tags in ({}, {A: "1", B: "1"}, {B: "1", A: "1", "https://other.example/": "9"}, {A: "1", B: "2"})
    )
    assert seen == same
    assert len({output.fingerprint for one in (plain, seen, changed) for output in one.outputs}) == 6
    assert plain.payload == seen.payload == changed.payload
    assert plain.payload_digest == changed.payload_digest


def test_pictures_that_the_row_does_not_name_do_not_touch_it() -> None:
    want = Want(("square",), Payload({"title": {"payload": A}, "vars": {"image_url": A}}))
    assert _plan(want, contents={A: "1"}) == _plan(want)


def test_pictures_are_found_in_every_place_of_a_payload() -> None:
    page = {"photo": {"image_url": A, "text_to_image_properties": {"inpaint_images": [B, A]}}}
    assert picture_addresses(Payload(pages={"page_1": page}).to_json()) == (A, B)
    assert picture_addresses(Payload(page | {"logo": {"image_encoded": "sha256:1"}}).to_json()) == (A, B)
    assert picture_addresses(Payload().to_json()) == ()


def test_settings_tell_outputs_apart() -> None:
    payload = Payload({"title": {"payload": "x"}})
    png, jpeg = (_plan(Want(("square",), payload, OutputOptions(image_file_type=kind))) for kind in ("png", "jpeg"))
    assert png.requests[0].payload_digest == jpeg.requests[0].payload_digest
    assert png.requests[0].outputs != jpeg.requests[0].outputs


def test_a_limit_of_the_file_size_tells_outputs_apart_and_without_one_nothing_has_another_name() -> None:
    """A tighter limit that kept the old banners would send the network what it refused."""
    wants = (Want(("square",), Payload(), OutputOptions("png", max_kb=limit)) for limit in (None, 150, 100))
    free, wide, tight = (_plan(want).requests[0] for want in wants)
    assert len({free.outputs, wide.outputs, tight.outputs}) == 3
    assert (free.settings, tight.settings) == ('{"image_file_type":"png"}', '{"image_file_type":"png","max_kb":100}')


def test_a_format_asked_for_twice_is_one_output() -> None:
    planned = _plan(Want(("square", "square"), Payload()))
    assert len(planned.requests[0].outputs) == 1


def test_a_multi_page_document_is_one_output() -> None:
    planned = _plan(Want((), Payload(pages={"page_1": {"title": {"payload": "x"}}})), is_multipage=True)
    assert [output.format for output in planned.requests[0].outputs] == [DOCUMENT]


def test_an_error_keeps_a_row_from_being_planned_and_a_warning_does_not() -> None:
    want = Want(("square",), Payload())
    error = Problem("bad", Origin("S", 2, "title"), "is bad")
    warning = replace(error, severity=Severity.WARNING)
    bad = plan_row(MappedRow(_row(), "1", (want,), (error,)), IDENTITY)
    good = plan_row(MappedRow(_row(), "1", (want,), (warning,)), IDENTITY)
    assert (bad.verdict, bad.requests, bad.detail) == ("invalid", (), "title: is bad")
    assert (good.verdict, len(good.requests), good.detail) == ("", 1, "title: is bad")


@pytest.mark.parametrize(("reason", "verdict"), [("where", "skipped"), (LIMITED, "waiting")])
def test_a_skipped_row_says_why_and_a_limited_one_waits(reason: str, verdict: str) -> None:
    planned = plan_row(MappedRow(_row(), "1", skipped=reason), IDENTITY)
    assert (planned.verdict, planned.detail, planned.requests) == (verdict, reason, ())
