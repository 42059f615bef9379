"""How a layer stands at a moment: curves, tweens, when it is shown, and the units of its text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.render.timeline import (
    REST,
    Pose,
    TextProgress,
    UnitPose,
    eased,
    largest_scale,
    pose_at,
    text_effects,
    unit_pose,
    volume_at,
    within,
)
from bulkgen.wire.animation import EASINGS, TEXT_EFFECTS, TEXT_SPLITS, TEXT_TIMINGS, Keyframe, Timing, Tween
from bulkgen.wire.design import Box

BOX = Box(100, 50, 200, 80)
LENGTH = 4.0


def frame(
    time: float = 1.0, kind: str = "start", duration: float = 1.0, easing: str = "linear", **attr: Any
) -> Keyframe:
    return Keyframe(attr, kind, time, duration, easing)


def timing(
    *tweens: tuple[str, Keyframe | tuple[Keyframe, ...]], start: float | None = None, end: float | None = None
) -> Timing:
    made = (Tween(kind, frames if isinstance(frames, tuple) else (frames,)) for kind, frames in tweens)
    return Timing(start, end, tuple(made))


def at(time: float, *tweens: tuple[str, Keyframe | tuple[Keyframe, ...]]) -> Pose:
    pose = pose_at(timing(*tweens), BOX, LENGTH, time)
    assert pose is not None
    return pose


def halved(x1: float, y1: float, x2: float, y2: float, x: float) -> float:
    """A curve solved the slow and plain way: by halving alone, sixty times."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        reached = 3 * (1 - middle) ** 2 * middle * x1 + 3 * (1 - middle) * middle**2 * x2 + middle**3
        low, high = (middle, high) if reached < x else (low, middle)
    return 3 * (1 - low) ** 2 * low * y1 + 3 * (1 - low) * low**2 * y2 + low**3


@given(st.sampled_from(sorted(EASINGS)), st.floats(0, 1))
def test_an_easing_is_the_curve_that_a_browser_draws(easing: str, along: float) -> None:
    """A film and the same ad as a page would part in the middle of a movement."""
    assert eased(easing, along) == pytest.approx(halved(*EASINGS[easing], along), abs=1e-4)


@pytest.mark.parametrize("easing", EASINGS)
def test_an_easing_begins_and_ends_exactly(easing: str) -> None:
    """A layer that has arrived must be the still, not a still off by a billionth, which would be drawn anew."""
    assert [eased(easing, along) for along in (-1.0, 0.0, 1.0, 2.0)] == [0.0, 0.0, 1.0, 1.0]


@given(st.sampled_from(["linear", "ease_in", "ease_out", "ease_in_out"]), st.floats(0, 1), st.floats(0, 1))
def test_an_easing_without_overshoot_never_goes_back(easing: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert eased(easing, low) <= eased(easing, high) + 1e-6


@pytest.mark.parametrize(
    ("kind", "attr", "coming", "half", "going"),
    [
        ("fade", {"opacity": 0}, Pose(opacity=0.0), Pose(opacity=0.5), REST),
        ("fade", {"opacity": 50}, Pose(opacity=0.5), Pose(opacity=0.75), REST),
        ("slide", {"left": 0, "top": 50}, Pose(dx=-100.0), Pose(dx=-50.0), REST),
        ("slide", {"shift_x": -20, "shift_y": 10}, Pose(dx=-20.0, dy=10.0), Pose(dx=-10.0, dy=5.0), REST),
        ("slide", {"left": 0}, Pose(dx=-100.0), Pose(dx=-50.0), REST),
        ("scale", {"scale": 200}, Pose(scale=2.0), Pose(scale=1.5), REST),
        ("rotate", {"angle": -90}, Pose(angle=-90.0), Pose(angle=-45.0), REST),
    ],
)
def test_a_start_comes_from_what_it_says_and_an_end_goes_to_it(
    kind: str, attr: dict[str, float], coming: Pose, half: Pose, going: Pose
) -> None:
    start = (kind, frame(1.0, "start", **attr))
    assert [at(time, start) for time in (0.0, 1.0, 1.5, 2.0, 4.0)] == [coming, coming, half, going, going]
    end = (kind, frame(3.0, "end", **attr))
    assert [at(time, end) for time in (0.0, 2.0, 2.5, 3.0, 4.0)] == [going, going, half, coming, coming]


def test_several_keyframes_go_from_each_to_the_next_by_the_easing_of_the_next() -> None:
    frames = (frame(1.0, angle=0), frame(2.0, angle=90, easing="ease_in"), frame(3.0, angle=-90))
    found = [at(time, ("rotate", frames)).angle for time in (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)]
    assert found == pytest.approx([0, 0, 90 * eased("ease_in", 0.5), 90, 0, -90, -90])


def test_a_keyframe_that_leaves_an_attribute_out_has_it_at_rest() -> None:
    frames = (frame(1.0, shift_x=10), frame(2.0, shift_y=10))
    assert (at(1.0, ("slide", frames)).dx, at(1.0, ("slide", frames)).dy) == (10, 0)
    assert (at(2.0, ("slide", frames)).dx, at(2.0, ("slide", frames)).dy) == (0, 10)


def test_tweens_of_one_layer_compose() -> None:
    """Fading in while fading out, or turning while turning, must be neither the first nor the last alone."""
    found = at(
        1.5,
        ("fade", frame(opacity=0)),
        ("fade", frame(opacity=50)),
        ("scale", frame(scale=200)),
        ("scale", frame(scale=50)),
        ("slide", frame(shift_x=10)),
        ("slide", frame(left=0)),
        ("rotate", frame(angle=10)),
        ("rotate", frame(angle=20)),
    )
    assert found == Pose(0.5 * 0.75, 5.0 - 50.0, 0.0, 1.5 * 0.75, 15.0)


def test_a_tween_without_a_duration_is_a_cut() -> None:
    found = [at(time, ("fade", frame(1.0, duration=0.0, opacity=0))).opacity for time in (0.99, 1.0)]
    assert found == [0.0, 1.0]
    found = [at(time, ("fade", frame(1.0, "end", 0.0, opacity=0))).opacity for time in (0.99, 1.0)]
    assert found == [1.0, 0.0]


def test_numbers_out_of_all_bounds_stay_numbers() -> None:
    """One that is none is equal to nothing, and neither drawn nor passed over."""
    vast = [("slide", frame(shift_x=sign * 1.7e308)) for sign in (1, 1, -1, -1)]
    vast += [("scale", frame(scale=value)) for value in (1e300, 1e300, 1e300, 0)]
    vast += [("rotate", frame(angle=sign * 1.7e308)) for sign in (1, 1, -1, -1)]
    found = at(0.0, *vast)
    assert (found.dx, found.scale, found.angle) == (0.0, 0.0, 0.0)


def test_a_scale_never_turns_a_layer_inside_out() -> None:
    frames = (frame(1.0, scale=100), frame(2.0, scale=-100))
    assert at(2.0, ("scale", frames)).scale == 0.0


@pytest.mark.parametrize(
    ("start", "end", "times", "shown"),
    [
        (None, None, (0.0, 4.0), (True, True)),
        (1.0, 3.0, (0.99, 1.0, 2.99, 3.0, 4.0), (False, True, True, False, False)),
        (1.0, 4.0, (3.99, 4.0, 9.0), (True, True, True)),
        (None, 9.0, (4.0,), (True,)),
        (5.0, None, (4.0, 6.0), (False, False)),
    ],
)
def test_a_layer_is_shown_from_its_start_up_to_its_end(
    start: float | None, end: float | None, times: tuple[float, ...], shown: tuple[bool, ...]
) -> None:
    """Two layers that take turns must never both be there, and the last picture must not be empty."""
    found = tuple(pose_at(timing(start=start, end=end), BOX, LENGTH, time) is not None for time in times)
    assert found == shown


@given(st.sampled_from(["fade", "slide", "scale", "rotate"]), st.sampled_from(sorted(EASINGS)), st.floats(0, 3.999))
def test_a_movement_makes_no_leaps(kind: str, easing: str, time: float) -> None:
    """A leap between two frames is seen as a flicker."""
    attr = {"fade": {"opacity": 0}, "slide": {"shift_x": 100}, "scale": {"scale": 0}, "rotate": {"angle": 100}}[kind]
    tweens = [(kind, frame(1.0, easing=easing, **attr)), (kind, frame(3.5, "end", easing=easing, **attr))]
    one, other = at(time, *tweens), at(time + 0.0001, *tweens)
    for name, span in (("opacity", 1), ("dx", 100), ("scale", 1), ("angle", 100)):
        assert abs(getattr(one, name) - getattr(other, name)) < 0.05 * span


def test_what_has_no_timing_stands_and_what_its_groups_hide_is_hidden() -> None:
    assert pose_at(None, BOX, LENGTH, 1.0) == REST
    assert within(None, [None]) is None
    assert within(None, [timing(start=1.0), timing(end=3.0)]) == Timing(1.0, 3.0)
    assert within(timing(start=2.0, end=2.5), [timing(start=1.0, end=3.0)]) == Timing(2.0, 2.5)
    moved = within(timing(("fade", frame(opacity=0))), [timing(start=1.0)])
    assert moved is not None
    assert (moved.start_at_s, len(moved.tweens)) == (1.0, 1)


def test_a_sound_fades_by_its_tween_and_is_silent_where_its_layer_is_not() -> None:
    fading = timing(
        ("audioFade", frame(1.0, volumeEffect=0)), ("audioFade", frame(3.0, "end", volumeEffect=20)), end=3.5
    )
    found = [volume_at(fading, LENGTH, time) for time in (0.5, 1.5, 2.0, 2.5, 3.0, 3.5)]
    assert found == pytest.approx([0.0, 0.5, 1.0, 0.6, 0.2, 0.0])
    assert volume_at(None, LENGTH, 1.0) == 1.0


def test_how_large_a_layer_becomes_is_known_before_it_is_drawn() -> None:
    """A sprite drawn too small would be blurred at its largest."""
    assert largest_scale(None) == largest_scale(timing(("fade", frame(opacity=0)))) == 1.0
    assert largest_scale(timing(("scale", frame(scale=50)))) == 1.0
    assert largest_scale(timing(("scale", (frame(scale=100), frame(scale=250))))) == 2.5
    grown = timing(("scale", (frame(1.0, scale=100), frame(2.0, scale=200, easing="overshoot"))))
    reached = max(pose.scale for step in range(401) if (pose := pose_at(grown, BOX, LENGTH, step / 100)))
    assert 2.0 < reached <= largest_scale(grown) < 2.3


@pytest.mark.parametrize(
    ("when", "kind", "time", "shown"),
    [
        ("in", "start", 1.0, (0.0, 0.0, 0.5, None, None)),
        ("in", "end", 2.0, (0.0, 0.0, 0.5, None, None)),
        ("out", "start", 1.0, (None, None, 0.5, 0.0, 0.0)),
        ("out", "end", 2.0, (None, None, 0.5, 0.0, 0.0)),
    ],
)
def test_a_text_comes_or_goes_within_its_tween(
    when: str, kind: str, time: float, shown: tuple[float | None, ...]
) -> None:
    effect = ("textEffect", frame(time, kind, textEffectTiming=when))
    found = tuple(at(moment, effect).text for moment in (0.0, 1.0, 1.5, 2.0, 4.0))
    assert tuple(progress and progress.shown for progress in found) == shown
    assert all(progress.is_leaving is (when == "out") for progress in found if progress)


@pytest.mark.parametrize("kind", ["start", "end"])
def test_a_text_that_comes_and_goes_does_the_other_at_the_other_end_of_its_layer(kind: str) -> None:
    effect = timing(
        ("textEffect", frame(1.0 if kind == "start" else 3.0, kind, textEffectTiming="inOut")), start=1.0, end=3.0
    )
    poses = [pose_at(effect, BOX, LENGTH, time) for time in (1.0, 1.5, 2.0, 2.5, 2.999)]
    found = [pose.text and (round(pose.text.shown, 2), pose.text.is_leaving) for pose in poses if pose]
    assert found == [(0.0, False), (0.5, False), None, (0.5, True), (0.0, True)]


def test_a_text_effect_of_two_keyframes_runs_from_one_to_the_other() -> None:
    frames = (frame(1.0, textEffectType="rise", textEffectSplit="word"), frame(3.0))
    assert at(2.0, ("textEffect", frames)).text == TextProgress("rise", "word", 0.5, is_leaving=False, easing="linear")
    assert text_effects(timing(("textEffect", frames), ("textEffect", frame()))) == [
        ("rise", "word"),
        ("classic", "letter"),
    ]


def test_a_text_effect_at_half_leaves_half_of_the_text_standing() -> None:
    found = at(1.0, ("textEffect", frame(1.0, typewriting=50))).text
    assert found is not None
    assert found.shown == 0.5


@pytest.mark.parametrize("is_leaving", [False, True])
@pytest.mark.parametrize("split", TEXT_SPLITS)
@pytest.mark.parametrize("effect", TEXT_EFFECTS)
@given(count=st.integers(1, 60), shown=st.floats(0, 1))
def test_units_come_one_after_the_other_and_all_in_the_end(
    effect: str, split: str, is_leaving: bool, count: int, shown: float
) -> None:
    """A letter that never comes is a misprint; one that comes before its turn is a riddle."""

    def opacities(part: float) -> list[float]:
        progress = TextProgress(effect, split, part, is_leaving, "ease_out")
        return [unit_pose(progress, index, count).opacity for index in range(count)]

    assert opacities(1.0) == [1.0] * count
    assert opacities(0.0) == [0.0] * count
    found = opacities(shown)
    # Typing is undone from its end, all else leaves as it is read.
    assert found == sorted(found, reverse=not is_leaving or effect == "classic")


@pytest.mark.parametrize("effect", TEXT_EFFECTS)
def test_each_text_effect_has_a_way_of_its_own(effect: str) -> None:
    progress = TextProgress(effect, "letter", 0.5, is_leaving=False, easing="linear")
    under_way = [
        pose for index in range(9) if (pose := unit_pose(progress, index, 9)) not in (UnitPose(), UnitPose(0.0))
    ]
    ways = {
        "classic": not under_way,
        "fade": under_way and all(pose.down_em == 0 and pose.scale == 1 for pose in under_way),
        "rise": under_way and all(pose.down_em > 0 and pose.scale == 1 for pose in under_way),
        "pop": any(pose.scale > 1 for pose in under_way) and any(pose.scale < 1 for pose in under_way),
    }
    assert ways[effect]


def test_every_timing_of_a_text_effect_is_known_here() -> None:
    """A new one in the reading of designs would be played as another."""
    assert set(TEXT_TIMINGS) == {"in", "out", "inOut"}
