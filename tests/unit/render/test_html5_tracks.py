"""Keyframes of a style sheet against the renderer's own timeline, by a reading of CSS that is neither's."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.render.html5.styles import StyleSheet
from bulkgen.render.html5.text_tracks import text_tracks
from bulkgen.render.html5.tracks import Ramp, Stop, Track, jump, shown_track, track, tween_tracks
from bulkgen.render.timeline import pose_at, unit_pose
from bulkgen.wire.animation import EASINGS, Keyframe, Timing, Tween
from bulkgen.wire.design import Box

BOX = Box(40, 30, 100, 50)
LONG = 4.0


def css(found: Track, time_s: float) -> tuple[float, ...]:
    """The value of a property at a time, as the specification of keyframes and curves says."""
    for one, other in itertools.pairwise(found.stops):
        if one.time_s <= time_s < other.time_s:
            if one.curve is None:
                return one.value
            done = _solved(one.curve, (time_s - one.time_s) / (other.time_s - one.time_s))
            values = (a + (b - a) * done for a, b in zip(one.value, other.value, strict=True))
            return tuple(min(max(v, 0.0), 1.0) if found.name == "opacity" else v for v in values)
    return found.stops[-1].value


def _solved(curve: tuple[float, float, float, float], x: float) -> float:
    x1, y1, x2, y2 = curve
    low, high = 0.0, 1.0
    for _ in range(50):
        s = (low + high) / 2
        if 3 * (1 - s) ** 2 * s * x1 + 3 * (1 - s) * s * s * x2 + s**3 < x:
            low = s
        else:
            high = s
    return 3 * (1 - s) ** 2 * s * y1 + 3 * (1 - s) * s * s * y2 + s**3


def composed(timing: Timing, time_s: float) -> tuple[float, float, float, float, float]:
    opacity, dx, dy, scale, angle = 1.0, 0.0, 0.0, 1.0, 0.0
    for found in tween_tracks(timing, BOX, LONG):
        value = css(found, time_s)
        match found.name:
            case "opacity":
                opacity *= value[0]
            case "translate":
                dx, dy = dx + value[0], dy + value[1]
            case "scale":
                scale *= value[0]
            case "rotate":
                angle += value[0]
    return opacity, dx, dy, scale, angle


ATTRIBUTES = {
    "fade": {"opacity": st.integers(-20, 130)},
    "slide": {"left": st.integers(-200, 300), "shift_y": st.integers(-200, 200)},
    "scale": {"scale": st.integers(0, 250)},
    "rotate": {"angle": st.integers(-360, 360)},
}


@st.composite
def tweens(draw: st.DrawFn, *, inside: bool) -> Tween:
    kind = draw(st.sampled_from(sorted(ATTRIBUTES)))
    count = draw(st.integers(1, 3))
    times = sorted(draw(st.lists(st.integers(10, 30), min_size=count, max_size=count)))
    frames = []
    for time in times:
        attr = {name: draw(values) for name, values in ATTRIBUTES[kind].items() if draw(st.booleans())}
        easing, which = draw(st.sampled_from(sorted(EASINGS))), draw(st.sampled_from(("start", "end")))
        duration = draw(st.integers(0, 10) if inside else st.integers(0, 60)) / 10
        frames.append(Keyframe(attr, which, time / 10, duration, easing))
    return Tween(kind, tuple(frames))


@settings(max_examples=150, deadline=None)
@given(st.lists(tweens(inside=True), min_size=1, max_size=4), st.floats(0, LONG))
def test_a_browser_has_a_layer_where_the_renderer_has_it(moves: list[Tween], time_s: float) -> None:
    """Else the banner on a page is another than the film and the picture of the same design."""
    timing = Timing(tweens=tuple(moves))
    pose = pose_at(timing, BOX, LONG, time_s)
    assert pose is not None
    wanted = (pose.opacity, pose.dx, pose.dy, pose.scale, pose.angle)
    # A fade past its ends is in pieces, off by less than a hundredth but where a curve rises straight up.
    is_cut = any(not 0 <= frame.attr.get("opacity", 100) <= 100 for move in moves for frame in move.keyframes)
    assert composed(timing, time_s) == pytest.approx(wanted, abs=0.2 if is_cut else 0.01)


@settings(max_examples=60, deadline=None)
@given(tweens(inside=False), st.integers(0, 240))
def test_what_the_design_cuts_off_goes_as_far_as_it_goes(move: Tween, moment: int) -> None:
    timing = Timing(tweens=(move,))
    time_s = moment / 60
    pose = pose_at(timing, BOX, LONG, time_s)
    assert pose is not None
    got = composed(timing, time_s)
    assert got[1] == pytest.approx(pose.dx, abs=40)
    assert got[0] == pytest.approx(pose.opacity, abs=0.2)


@pytest.mark.parametrize(
    ("start", "end"), [(None, None), (0.0, 4.0), (1.0, None), (None, 3.0), (1.0, 3.0), (4.0, None), (1.0, 9.0)]
)
def test_a_layer_is_there_from_its_start_up_to_its_end(start: float | None, end: float | None) -> None:
    timing = Timing(start, end)
    found = shown_track(timing, LONG)
    for time_s in (0.0, 0.99, 1.0, 2.0, 2.99, 3.0, 3.99, 4.0):
        is_shown = pose_at(timing, BOX, LONG, time_s) is not None
        assert found is None or css(found, time_s) == (float(is_shown),), time_s
        assert is_shown or found is not None


def test_a_layer_that_never_comes_has_one_stop() -> None:
    for timing in (Timing(2.0, 1.0), Timing(5.0)):
        found = shown_track(timing, LONG)
        assert found is not None
        assert len(found.stops) == 1


@pytest.mark.parametrize("effect", ["classic", "fade", "rise", "pop"])
@pytest.mark.parametrize("split", ["letter", "word", "line"])
@pytest.mark.parametrize("when", ["in", "out", "inOut"])
@pytest.mark.parametrize("amount", [100, 40])
def test_units_of_a_text_stand_as_the_renderer_has_them(effect: str, split: str, when: str, amount: int) -> None:
    """At every moment that a screen shows; a letter that lags is seen."""
    attr = {"textEffectType": effect, "textEffectSplit": split, "textEffectTiming": when, "typewriting": amount}
    timing = Timing(tweens=(Tween("textEffect", (Keyframe(attr, "start", 0.5, 1.0, "ease_out"),)),))
    found = text_tracks(timing, (effect, split), 5, (0.0, 20.0), LONG)
    for moment in range(0, 241, 5):
        time_s = moment / 60
        pose = pose_at(timing, BOX, LONG, time_s)
        assert pose is not None
        any_seen = False
        for index, tracks in enumerate(found.units):
            unit = unit_pose(pose.text, index, 5) if pose.text else None
            wanted = 1.0 if unit is None else unit.opacity
            values = {own.name: css(own, time_s) for own in tracks}
            assert values["opacity"][0] == pytest.approx(wanted, abs=0.02), (time_s, index)
            any_seen = any_seen or wanted > 0
            if unit is not None and unit.opacity:
                assert values.get("scale", (1.0,))[0] == pytest.approx(unit.scale, abs=0.01)
                assert values.get("translate", (0.0, 0.0))[1] == pytest.approx(unit.down_em * 20, abs=0.2)
        assert css(found.ground, time_s) == (float(any_seen),)


def test_where_a_text_has_two_effects_only_one_is_seen() -> None:
    def effect(kind: str, when: str, time: float) -> Tween:
        attr = {"textEffectType": kind, "textEffectTiming": when}
        return Tween("textEffect", (Keyframe(attr, "start", time, 1.0, "linear"),))

    timing = Timing(tweens=(effect("fade", "in", 0.5), effect("pop", "out", 2.5)))
    fade, pop = (text_tracks(timing, (kind, "letter"), 4, (0, 9), LONG) for kind in ("fade", "pop"))
    for moment in range(0, 241, 3):
        seen = [css(found.ground, moment / 60) for found in (fade, pop)]
        assert seen != [(1.0,), (1.0,)], moment
    assert css(fade.ground, 2.0) == (1.0,)
    assert css(pop.ground, 3.0) == (1.0,)


def test_a_jump_holds_what_was_before_it() -> None:
    found = track("opacity", [jump(1.0, 0.0, 1.0)], LONG)
    assert [css(found, time_s) for time_s in (0.0, 0.999, 1.0, 4.0)] == [(0.0,), (0.0,), (1.0,), (1.0,)]


def test_a_keyframe_has_the_curve_to_the_next_one() -> None:
    found = track("opacity", [Ramp(1.0, 3.0, (0.0,), (1.0,), "ease_in_out")], LONG)
    assert found.stops[1] == Stop(1.0, (0.0,), EASINGS["ease_in_out"])
    styles = StyleSheet(LONG, 2)
    assert styles.names([found, found]) == "k0,k0"
    text = styles.text()
    assert "25%{opacity:0;animation-timing-function:cubic-bezier(0.65,0,0.35,1)}75%{opacity:1}" in text
    assert "animation-duration:4s" in text
    assert "animation-iteration-count:3" in text
    assert "animation-iteration-count:infinite" in StyleSheet(LONG, -1).text()


def test_a_long_text_makes_a_page_that_loads() -> None:
    """Six hundred letters with a keyframe for every moment would be a page of megabytes."""
    attr = {"textEffectType": "rise"}
    timing = Timing(tweens=(Tween("textEffect", (Keyframe(attr, "start", 0.5, 2.0, "ease_out"),)),))
    styles = StyleSheet(10.0, 0)
    for tracks in text_tracks(timing, ("rise", "letter"), 600, (0, 20), 10.0).units:
        styles.names(tracks)
    assert len(styles.text()) < 300_000
