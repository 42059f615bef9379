"""The timelines of a design as they are read and as they are told (reference 6.6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.wire.animation import EASINGS, TWEENS, parse_timings, timings_body
from bulkgen.wire.design import DesignShapeError, parse_design
from bulkgen.wire.design_reads import format_body, read_body


def animated(timing: Any = None, **animation: Any) -> dict[str, Any]:
    layer: dict[str, Any] = {
        "name": "title",
        "type": "text",
        "layout": {"x": 0, "y": 0, "width": 10, "height": 10},
        "attributes": [{"id": "payload", "value": "Hello"}],
    }
    return {
        "id": "d",
        "type": "animated",
        "animation": animation or {"duration": 5},
        "formats": [{"id": "a", "width": 10, "height": 10}, {"id": "b", "width": 20, "height": 10}],
        "elements": [layer | ({"animation": timing} if timing is not None else {})],
    }


FADE = {"type": "fade", "keyframes": [{"attr": {"opacity": 0}, "data": {"type": "start", "time": 1}}]}


def test_what_the_api_writes_is_read() -> None:
    design = parse_design(animated({"start_at_s": 1, "end_at_s": 4, "tweens": [FADE]}, duration=8, screenshot_at_s=2))
    assert design.animation is not None
    assert (design.animation.duration, design.animation.still_at_s) == (8, 2)
    timing = design.elements[0].timing["b"]
    assert (timing.start_at_s, timing.end_at_s) == (1, 4)
    (tween,) = timing.tweens
    (keyframe,) = tween.keyframes
    assert (tween.type, keyframe.attr, keyframe.kind, keyframe.time) == ("fade", {"opacity": 0}, "start", 1)


def test_the_still_of_a_design_without_one_is_its_end() -> None:
    design = parse_design(animated(duration=3, screenshot_at_s=None))
    assert design.animation is not None
    assert design.animation.still_at_s == 3


def test_keyframes_stand_in_the_order_of_their_times() -> None:
    late = {"attr": {"scale": 100}, "data": {"type": "end", "time": 2}}
    soon = {"attr": {"scale": 0}, "data": {"type": "start", "time": 1}}
    design = parse_design(animated({"tweens": [{"type": "scale", "keyframes": [late, soon]}]}))
    assert [frame.time for frame in design.elements[0].timing["a"].tweens[0].keyframes] == [1, 2]


@pytest.mark.parametrize(
    ("tween", "said"),
    [
        ({"type": "wobble", "keyframes": []}, "tweens[0].type: is 'wobble'"),
        ({"type": "fade"}, "tweens[0].keyframes: must be a list"),
        ({"type": "fade", "keyframes": [{"attr": {"opacity": "x"}}]}, "keyframes[0].attr.opacity: must be a number"),
        (
            {"type": "fade", "keyframes": [{"attr": {"opacity": 1}, "data": {"easing": "boing"}}]},
            "data.easing: is 'boing'",
        ),
        ({"type": "fade", "keyframes": [{"attr": {"opacity": 1}, "data": {"time": -1}}]}, "data.time: must be seconds"),
    ],
)
def test_a_tween_that_cannot_be_read_is_said_and_the_design_is_read_all_the_same(tween: Any, said: str) -> None:
    """The API ships kinds of tween before it describes them: a design that has one must not be lost."""
    timing = parse_design(animated({"tweens": [tween, FADE]})).elements[0].timing["a"]
    assert len(timing.tweens) == 1
    assert said in timing.passed_over[0]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (animated(duration=0), "animation.duration"),
        (animated(duration="5"), "animation.duration"),
        (animated([]), "elements[0].animation"),
        (animated({"start_at_s": 2, "end_at_s": 1}), "elements[0].animation.end_at_s"),
    ],
)
def test_a_timeline_that_makes_no_sense_is_refused_by_its_path(body: Any, path: str) -> None:
    with pytest.raises(DesignShapeError) as caught:
        parse_design(body)
    assert caught.value.path == path


def test_formats_may_move_apart() -> None:
    design = parse_design(animated({"a": {"tweens": [FADE]}, "b": {"start_at_s": 2}}))
    told = read_body(design)["elements"][0]["animation"]
    assert set(told) == {"a", "b"}
    assert format_body(design, design.formats[1])["elements"][0]["animation"] == {"start_at_s": 2, "tweens": []}


def test_the_revision_changes_with_the_timeline_and_only_then() -> None:
    still = {**animated(), "type": "static"}
    del still["animation"]
    assert parse_design(still).revision() == parse_design(still | {"name": "other"}).revision()
    moved = [parse_design(animated(timing)).revision() for timing in (None, {"tweens": [FADE]}, {"start_at_s": 1})]
    assert len(set(moved)) == 3
    assert parse_design(animated(duration=5)).revision() != parse_design(animated(duration=6)).revision()


keyframes = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(("start", "end")),
                "time": st.floats(0, 600),
                "easing": st.sampled_from(sorted(EASINGS)),
                "duration": st.floats(0, 10),
            },
        )
    }
)


@given(
    st.sampled_from(["fade", "slide", "scale", "rotate", "audioFade"]),
    st.lists(keyframes, min_size=1, max_size=4),
    st.floats(-1000, 1000),
)
def test_what_is_told_is_read_as_the_same(kind: str, frames: list[dict[str, Any]], value: float) -> None:
    attr = dict.fromkeys(TWEENS[kind], value)
    body = {"tweens": [{"type": kind, "keyframes": [frame | {"attr": attr} for frame in frames]}]}
    once = parse_timings(body, ["a", "b"], "animation")
    assert parse_timings(timings_body(once), ["a", "b"], "animation") == once
    assert not once["a"].passed_over
