"""How a layer of an animated design stands at a moment. Pure; the curves are those of CSS, so that a browser agrees.

    Timing (wire.animation) + the layer's box + a time -> Pose: offset, scale, angle, opacity, how much of its text

A layer is shown from its start up to, not including, its end; what ends with the design still stands in its last
picture. Before a tween begins the layer is as the tween comes from, after it as it goes to. Tweens of one layer
compose: offsets and angles add up, scales and opacities multiply.

Text effects go by units (letters, words or lines) in reading order, at an even pace: the easing is that of each unit.

Left out: drawing (`clip`), and what the units of a text are (`text_units`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from bulkgen.wire.animation import EASINGS, Keyframe, Timing, Tween
from bulkgen.wire.design import Box

# How many units of a text are under way at once: one letter after the other would flicker, lines would wait too long.
_UNDER_WAY = {"letter": 6.0, "word": 3.0, "line": 2.0}

# How far below its place a rising unit starts, in parts of the text's size.
_RISE_EM = 0.6

# A unit that pops goes past its size whatever the tween's easing: that is what makes it pop.
_POP_EASING = "overshoot"

# Past these a layer is out of sight, or one colour: what follows counts in numbers that the drawing library can hold.
_FAR_PX = 1e6
_LARGE = 1e4
_TURNED_DEGREES = 1e6

# Of the time. Where a curve rises straight up, what is done of the way is off by far more than this.
_CURVE_PRECISION = 1e-12


@dataclass(frozen=True, slots=True)
class TextProgress:
    """`shown` is the part of the units that has come, or, with `is_leaving`, not yet gone."""

    effect: str
    split: str
    shown: float
    is_leaving: bool
    easing: str


@dataclass(frozen=True, slots=True)
class UnitPose:
    """Of one letter, word or line. `down_em` in parts of the text's size, `scale` about the unit's own middle."""

    opacity: float = 1.0
    down_em: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Against the layer at rest. `dx`, `dy` px; scale and `angle` (degrees, clockwise) are about its middle."""

    opacity: float = 1.0
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0
    text: TextProgress | None = None


REST = Pose()
_WHOLE, _NOT_YET = UnitPose(), UnitPose(opacity=0.0)


def pose_at(timing: Timing | None, box: Box, duration_s: float, time_s: float) -> Pose | None:
    """None: not shown then. `box` is the layer's own, which a slide's `left` and `top` are compared with."""
    if timing is None:
        return REST
    time_s = min(max(time_s, 0.0), duration_s)
    start, end = _span(timing, duration_s)
    if not _is_shown(start, end, duration_s, time_s):
        return None
    opacity, dx, dy, scale, angle = 1.0, 0.0, 0.0, 1.0, 0.0
    text: TextProgress | None = None
    for tween in timing.tweens:
        match tween.type:
            case "fade":
                opacity *= min(max(_value(tween, "opacity", 100.0, time_s) / 100, 0.0), 1.0)
            case "slide":
                dx += _value(tween, "left", box.x, time_s) - box.x + _value(tween, "shift_x", 0.0, time_s)
                dy += _value(tween, "top", box.y, time_s) - box.y + _value(tween, "shift_y", 0.0, time_s)
            case "scale":
                scale = _within(scale * max(_value(tween, "scale", 100.0, time_s) / 100, 0.0), _LARGE)
            case "rotate":
                angle += _value(tween, "angle", 0.0, time_s)
            case "textEffect":
                found = _text_progress(tween, (start, end), time_s)
                if found is not None and (text is None or found.shown < text.shown):
                    text = found
    return Pose(
        opacity,
        _within(dx, _FAR_PX),
        _within(dy, _FAR_PX),
        scale,
        _within(angle, _TURNED_DEGREES),
        text,
    )


def volume_at(timing: Timing | None, duration_s: float, time_s: float) -> float:
    """Of a sound, 0 to 1; 0 where it is not heard."""
    if timing is None:
        return 1.0
    time_s = min(max(time_s, 0.0), duration_s)
    start, end = _span(timing, duration_s)
    if not _is_shown(start, end, duration_s, time_s):
        return 0.0
    volume = 1.0
    for tween in timing.tweens:
        if tween.type == "audioFade":
            volume *= min(max(_value(tween, "volumeEffect", 100.0, time_s) / 100, 0.0), 1.0)
    return volume


def within(timing: Timing | None, groups: Iterable[Timing | None]) -> Timing | None:
    """The timing of a layer whose groups are not always there; None: it is, and never moves."""
    starts, ends = [], []
    for group in groups:
        if group is not None:
            starts.append(group.start_at_s)
            ends.append(group.end_at_s)
    own = timing or Timing()
    first = max((start for start in (*starts, own.start_at_s) if start is not None), default=None)
    last = min((end for end in (*ends, own.end_at_s) if end is not None), default=None)
    if first is None and last is None and not own.tweens:
        return None
    return replace(own, start_at_s=first, end_at_s=last)


def largest_scale(timing: Timing | None) -> float:
    """How large a layer becomes at most, of its size at rest; what goes past its end by easing is counted in."""
    largest = 1.0
    for tween in timing.tweens if timing else ():
        if tween.type != "scale":
            continue
        values = [float(frame.attr.get("scale", 100.0)) / 100 for frame in tween.keyframes]
        values += [1.0] if len(values) == 1 else []
        past = max(max(EASINGS[frame.easing][1::2]) for frame in tween.keyframes) - 1
        largest *= max(values) + max(past, 0.0) / 4 * (max(values) - min(values))
    return min(largest, _LARGE)


def lasting_scale(timing: Timing | None) -> float:
    """How large a layer is when all its tweens are over, of its size at rest; 1 if it is smaller then."""
    lasting = 1.0
    for tween in timing.tweens if timing else ():
        last = tween.keyframes[-1]
        is_back = len(tween.keyframes) == 1 and last.kind == "start"
        if tween.type == "scale" and not is_back:
            lasting *= float(last.attr.get("scale", 100.0)) / 100
    return max(lasting, 1.0)


def text_effects(timing: Timing | None) -> list[tuple[str, str]]:
    """Effect and split of each text tween."""
    said = [_said(tween) for tween in (timing.tweens if timing else ()) if tween.type == "textEffect"]
    return list(dict.fromkeys(_effect(values) for values in said))


def unit_pose(progress: TextProgress, index: int, count: int) -> UnitPose:
    """Of the unit at `index` of `count`, in reading order.

    Typed units appear whole, and go from the last, as if deleted; those of other effects leave in reading order.
    """
    if progress.effect == "classic":
        # A unit at the end of its time has come, whatever the last digit of the division.
        return _WHOLE if index < math.floor(progress.shown * count + 1e-9) else _NOT_YET
    under_way = _UNDER_WAY[progress.split]
    gone = 1 - progress.shown if progress.is_leaving else progress.shown
    along = min(max((gone * (count - 1 + under_way) - index) / under_way, 0.0), 1.0)
    if progress.is_leaving:
        along = 1 - along
    if along in (0.0, 1.0):
        return _WHOLE if along else _NOT_YET
    if progress.effect == "pop":
        return UnitPose(min(along * 2, 1.0), scale=max(eased(_POP_EASING, along), 0.0))
    there = eased(progress.easing, along)
    opacity = min(max(there, 0.0), 1.0)
    return UnitPose(opacity, (1 - there) * _RISE_EM) if progress.effect == "rise" else UnitPose(opacity)


def eased(easing: str, along: float) -> float:
    """The part of the way done when the part `along` of the time is over, as CSS's cubic-bezier has it."""
    if along <= 0 or along >= 1:
        return min(max(along, 0.0), 1.0)
    x1, y1, x2, y2 = EASINGS[easing]
    if x1 == y1 and x2 == y2:
        return along
    return _bezier(y1, y2, _parameter(x1, x2, along))


def _bezier(first: float, second: float, at: float) -> float:
    """From 0 to 1 by two control points."""
    rest = 1 - at
    return 3 * rest * rest * at * first + 3 * rest * at * at * second + at**3


@lru_cache(maxsize=4096)
def _parameter(x1: float, x2: float, x: float) -> float:
    """Where on the curve its x is reached. By Newton's steps; where the curve is too flat for them, by halving."""
    low, high, at = 0.0, 1.0, x
    for _ in range(64):
        off = _bezier(x1, x2, at) - x
        if abs(off) < _CURVE_PRECISION:
            break
        if off > 0:
            high = at
        else:
            low = at
        rest = 1 - at
        slope = 3 * rest * rest * x1 + 6 * rest * at * (x2 - x1) + 3 * at * at * (1 - x2)
        step = at - off / slope if slope > 1e-6 else -1.0
        at = step if low < step < high else (low + high) / 2
    return at


def _span(timing: Timing, duration_s: float) -> tuple[float, float]:
    start = 0.0 if timing.start_at_s is None else timing.start_at_s
    return start, duration_s if timing.end_at_s is None else min(timing.end_at_s, duration_s)


def _is_shown(start: float, end: float, duration_s: float, time_s: float) -> bool:
    return start <= time_s and (time_s < end or end >= duration_s)


def _value(tween: Tween, name: str, rest: float, time_s: float) -> float:
    """Of one attribute. A keyframe that does not say it has it at rest."""
    frames = tween.keyframes
    first = frames[0]
    if len(frames) == 1:
        value = _said_of(first, name, rest)
        start, end = _run(first)
        ends = (value, rest) if first.kind == "start" else (rest, value)
        return _between(*ends, eased(first.easing, _along(start, end, time_s)))
    for one, other in pairwise(frames):
        if time_s < other.time:
            part = eased(other.easing, _along(one.time, other.time, time_s))
            return _between(_said_of(one, name, rest), _said_of(other, name, rest), part)
    return _said_of(frames[-1], name, rest)


def _said_of(frame: Keyframe, name: str, rest: float) -> float:
    return _within(float(frame.attr.get(name, rest)), _FAR_PX)


def _within(value: float, most: float) -> float:
    return min(max(value, -most), most)


def _run(frame: Keyframe) -> tuple[float, float]:
    """From when to when a tween of this keyframe alone runs."""
    if frame.kind == "start":
        return frame.time, frame.time + frame.duration
    return frame.time - frame.duration, frame.time


def _along(start: float, end: float, time_s: float) -> float:
    if time_s >= end:
        return 1.0
    return 0.0 if time_s <= start else (time_s - start) / (end - start)


def _between(one: float, other: float, part: float) -> float:
    # At the ends exactly, so that a layer which has arrived is drawn as one that never moved.
    if part in (0.0, 1.0):
        return other if part else one
    return one + (other - one) * part


def _text_progress(tween: Tween, span: tuple[float, float], time_s: float) -> TextProgress | None:
    """None where all of the text stands."""
    said = _said(tween)
    first, last = tween.keyframes[0], tween.keyframes[-1]
    # How much of the text the effect is about: a tween at half leaves the first half standing.
    amount = min(max(float(said.get("typewriting", 100.0)) / 100, 0.0), 1.0)
    timing = said.get("textEffectTiming", "in")
    coming, going = _run(first), _run(last)
    if timing == "inOut":
        # The side that the keyframe does not say is the layer's own beginning or end.
        if first is last and first.kind == "start":
            going = (span[1] - first.duration, span[1])
        elif first is last:
            coming = (span[0], span[0] + first.duration)
        is_leaving = time_s >= max(going[0], coming[1])
    else:
        is_leaving = timing == "out"
        if first is not last:
            coming = going = (first.time, last.time)
    gone = _along(*going, time_s) if is_leaving else 1 - _along(*coming, time_s)
    if not gone * amount:
        return None
    return TextProgress(*_effect(said), 1 - gone * amount, is_leaving, first.easing)


def _said(tween: Tween) -> dict[str, Any]:
    """By the first keyframe that says it."""
    return {name: value for frame in reversed(tween.keyframes) for name, value in frame.attr.items()}


def _effect(said: Mapping[str, Any]) -> tuple[str, str]:
    return str(said.get("textEffectType", "classic")), str(said.get("textEffectSplit", "letter"))
