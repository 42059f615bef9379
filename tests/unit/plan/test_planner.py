"""Fingerprints and planned rows: what is the same output, and what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.mapping.model import MappedRow, OutputOptions, Payload, Want
from bulkgen.plan.fingerprint import Identity, canonical_json, digest, output_fingerprint
from bulkgen.plan.planner import DOCUMENT, LIMITED, PlannedRow, plan_row
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
    apart = [_plan(want, position=n, share=False).requests[0].outputs for n in (0, 1)]
    assert set(apart[0]).isdisjoint(apart[1])


def test_settings_tell_outputs_apart() -> None:
    payload = Payload({"title": {"payload": "x"}})
    png, jpeg = (_plan(Want(("square",), payload, OutputOptions(image_file_type=kind))) for kind in ("png", "jpeg"))
    assert png.requests[0].payload_digest == jpeg.requests[0].payload_digest
    assert png.requests[0].outputs != jpeg.requests[0].outputs


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
