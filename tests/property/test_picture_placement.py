"""Cover, fill and arrangement are arithmetic: what holds for one picture must hold for all."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bulkgen.render.alignment import Alignment, parse_alignment
from bulkgen.render.groups import Arrangement, arranged
from bulkgen.render.placement import Focus, contained, covering
from bulkgen.wire.design import Box

SIDES = st.floats(1, 5000)
BOXES = st.builds(Box, st.floats(-500, 500), st.floats(-500, 500), SIDES, SIDES)
PARTS = st.floats(0, 1)
PLACES = st.builds(Alignment, PARTS, PARTS)
FOCI = st.builds(Focus, st.one_of(st.none(), PARTS), st.one_of(st.none(), PARTS), st.floats(1, 3))


def lies_in(inner: Box, outer: Box) -> bool:
    slack = 1e-6 * (1 + abs(outer.x) + abs(outer.y) + outer.width + outer.height)
    return (
        inner.x >= outer.x - slack
        and inner.y >= outer.y - slack
        and inner.x + inner.width <= outer.x + outer.width + slack
        and inner.y + inner.height <= outer.y + outer.height + slack
    )


def same_shape(one: Box, other: Box) -> bool:
    return math.isclose(one.width * other.height, one.height * other.width, rel_tol=1e-6)


@given(SIDES, SIDES, BOXES, PLACES, FOCI)
def test_a_cover_fills_its_box_with_a_part_of_the_picture_undistorted(
    width: float, height: float, box: Box, place: Alignment, focus: Focus
) -> None:
    """A part outside of the picture is a smeared edge; another shape is a squeezed face."""
    found = covering(width, height, box, place, focus)
    assert found.target == box
    assert lies_in(found.source, Box(0, 0, width, height))
    assert same_shape(found.source, box)


@given(SIDES, SIDES, BOXES, PLACES)
def test_a_cover_without_zoom_shows_all_of_one_axis(width: float, height: float, box: Box, place: Alignment) -> None:
    source = covering(width, height, box, place).source
    assert math.isclose(source.width, width, rel_tol=1e-6) or math.isclose(source.height, height, rel_tol=1e-6)


@given(SIDES, SIDES, BOXES, PARTS, PARTS, st.floats(1, 3))
def test_the_focus_is_in_sight_wherever_it_is(
    width: float, height: float, box: Box, x: float, y: float, zoom: float
) -> None:
    source = covering(width, height, box, Alignment(0, 0), Focus(x, y, zoom)).source
    assert lies_in(Box(x * width, y * height, 0, 0), source)


@given(SIDES, SIDES, BOXES, PLACES)
def test_a_fill_shows_the_whole_picture_within_its_box_undistorted(
    width: float, height: float, box: Box, place: Alignment
) -> None:
    found = contained(width, height, box, place)
    assert found.source == Box(0, 0, width, height)
    assert lies_in(found.target, box)
    assert same_shape(found.target, found.source)
    touches_sides = math.isclose(found.target.width, box.width, rel_tol=1e-6)
    assert touches_sides or math.isclose(found.target.height, box.height, rel_tol=1e-6)


@given(SIDES, SIDES, BOXES, st.sampled_from(("top", "middle", "bottom")), st.sampled_from(("left", "center", "right")))
def test_alignment_words_put_a_fill_against_the_edge_they_name(
    width: float, height: float, box: Box, vertical: str, horizontal: str
) -> None:
    target = contained(width, height, box, parse_alignment(f"{vertical} {horizontal}", "")).target
    before, after = target.x - box.x, box.x + box.width - target.x - target.width
    wanted = {"left": before, "right": after, "center": before - after}[horizontal]
    assert abs(wanted) <= 1e-6 * (1 + abs(box.x) + box.width)
    above, under = target.y - box.y, box.y + box.height - target.y - target.height
    wanted = {"top": above, "bottom": under, "middle": above - under}[vertical]
    assert abs(wanted) <= 1e-6 * (1 + abs(box.y) + box.height)


@given(
    st.lists(BOXES, min_size=1, max_size=6),
    BOXES,
    st.builds(Arrangement, st.booleans(), PARTS, PARTS, st.floats(0, 100), st.booleans()),
)
def test_arranged_members_stand_in_their_order_a_gap_apart(boxes: list[Box], area: Box, how: Arrangement) -> None:
    """Two members over each other are a price over a title."""
    extents = {f"m{index}": box for index, box in enumerate(boxes)}
    moves = arranged(how, area, extents)
    assert list(moves) == list(extents)
    ends = None
    gaps = []
    for name, box in extents.items():
        start = box.y + moves[name][1] if how.is_column else box.x + moves[name][0]
        if ends is not None:
            gaps.append(start - ends)
        ends = start + (box.height if how.is_column else box.width)
    assert all(gap >= -1e-6 for gap in gaps)
    assert all(math.isclose(gap, gaps[0], abs_tol=1e-5) for gap in gaps)
    if gaps and not how.is_spread:
        assert math.isclose(gaps[0], how.gap, abs_tol=1e-5)
