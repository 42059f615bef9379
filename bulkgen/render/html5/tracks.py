"""The tweens of a layer as tracks of a style sheet: which property has which value when, and by which curve it goes on.

    Timing, box, duration -> Track for each tween and for the time that the layer is shown

A curve of CSS is that of `timeline`, so a tween is written as it is. What no keyframe of CSS can say is written as
short straight pieces: a curve that the design's beginning or end cuts, a value past what the property allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bulkgen.render.timeline import eased
from bulkgen.wire.animation import EASINGS, Timing, Tween
from bulkgen.wire.design import Box

Value = tuple[float, ...]
Curve = tuple[float, float, float, float]
STRAIGHT: Curve = EASINGS["linear"]

_MOMENTS_PER_S = 60.0

_INSTANT_S = 1e-4

# Pieces that lie in a line within this are one: less than is seen of what moves (parts of one, px, degrees).
_IN_LINE = {"opacity": 0.01, "scale": 0.003, "translate": 0.1, "rotate": 0.1, "visibility": 0.0}


@dataclass(frozen=True, slots=True)
class Stop:
    """`curve` leads to the next stop; None: the value stays until that one is reached."""

    time_s: float
    value: Value
    curve: Curve | None = STRAIGHT


@dataclass(frozen=True, slots=True)
class Track:
    """From 0 to the end of the design. `name` is a property of CSS; visibility is 1 or 0."""

    name: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Ramp:
    """From one value to another."""

    start_s: float
    end_s: float
    first: Value
    last: Value
    easing: str = "linear"

    def at(self, time_s: float) -> Value:
        if time_s >= self.end_s or time_s <= self.start_s:
            return self.last if time_s >= self.end_s else self.first
        part = eased(self.easing, (time_s - self.start_s) / (self.end_s - self.start_s))
        return tuple(one + (other - one) * part for one, other in zip(self.first, self.last, strict=True))


def tween_tracks(timing: Timing, box: Box, duration_s: float) -> list[Track]:
    """One for each tween that moves the layer as a whole, in their order; they compose."""
    found = []
    for tween in timing.tweens:
        match tween.type:
            case "fade":
                ramps = _ramps(tween, lambda attr: (attr("opacity", 100.0) / 100,))
                found.append(track("opacity", ramps, duration_s, _part))
            case "slide":
                ramps = _ramps(
                    tween,
                    lambda attr: (
                        attr("left", box.x) - box.x + attr("shift_x", 0.0),
                        attr("top", box.y) - box.y + attr("shift_y", 0.0),
                    ),
                )
                found.append(track("translate", ramps, duration_s))
            case "scale":
                ramps = _ramps(tween, lambda attr: (attr("scale", 100.0) / 100,))
                found.append(track("scale", ramps, duration_s, _not_mirrored))
            case "rotate":
                ramps = _ramps(tween, lambda attr: (attr("angle", 0.0),))
                found.append(track("rotate", ramps, duration_s))
    return found


def shown_track(timing: Timing | None, duration_s: float) -> Track | None:
    """When the layer is there at all; None: always. A track of one stop: never."""
    if timing is None:
        return None
    start = timing.start_at_s or 0.0
    end = duration_s if timing.end_at_s is None else min(timing.end_at_s, duration_s)
    if start > duration_s or (end <= start and end < duration_s):
        return Track("visibility", (Stop(0.0, (0.0,), None),))
    ramps = []
    if start > 0:
        ramps.append(jump(start, 0.0, 1.0))
    if end < duration_s:
        ramps.append(jump(end, 1.0, 0.0))
    return track("visibility", ramps, duration_s) if ramps else None


def jump(time_s: float, before: float, after: float) -> Ramp:
    return Ramp(time_s, time_s, (before,), (after,))


def track(
    name: str, ramps: Sequence[Ramp], duration_s: float, allowed: Callable[[Value], Value] | None = None
) -> Track:
    """`ramps` in the order of their times, each from where the one before ends."""
    limit = allowed or _as_it_is
    stops = [Stop(0.0, limit(_at(ramps, 0.0)))]
    for ramp in ramps:
        if ramp.end_s <= 0:
            continue
        if ramp.start_s > duration_s or duration_s == ramp.start_s < ramp.end_s:
            break
        if ramp.end_s <= ramp.start_s:
            _jump(stops, ramp.end_s, limit(ramp.last))
        elif ramp.start_s >= 0 and ramp.end_s <= duration_s and _is_within(ramp, limit):
            _add(stops, Stop(ramp.start_s, ramp.first, EASINGS[ramp.easing]))
            _add(stops, Stop(ramp.end_s, ramp.last))
        else:
            first, last = max(ramp.start_s, 0.0), min(ramp.end_s, duration_s)
            for stop in in_pieces(name, [(time_s, limit(ramp.at(time_s))) for time_s in moments(first, last)]):
                _add(stops, stop)
    if stops[-1].time_s < duration_s:
        stops.append(Stop(duration_s, stops[-1].value))
    return Track(name, tuple(stops))


def in_pieces(name: str, points: Sequence[tuple[float, Value]]) -> tuple[Stop, ...]:
    """A curve that is only known by its values, as few straight pieces."""
    # Most of the time nothing moves: of what stands still only the ends are looked at.
    turns = [
        point
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if not before[1] == point[1] == after[1]
    ]
    kept = [points[0]]
    waiting: list[tuple[float, Value]] = []
    for point in (*turns, points[-1]):
        if not all(_is_between(kept[-1], middle, point, _IN_LINE[name]) for middle in waiting):
            kept.append(waiting[-1])
            waiting.clear()
        waiting.append(point)
    return tuple(Stop(*point) for point in (*kept, *waiting[-1:]))


def in_steps(points: Sequence[tuple[float, Value]]) -> tuple[Stop, ...]:
    """A value that jumps: what it is from each change on."""
    kept = [points[0]]
    kept += [point for before, point in pairwise(points) if point[1] != before[1]]
    return tuple(Stop(*point, curve=None) for point in kept)


def moments(start_s: float, end_s: float) -> list[float]:
    """As many as a screen shows, with both ends."""
    count = max(math.ceil((end_s - start_s) * _MOMENTS_PER_S), 1)
    return [start_s + (end_s - start_s) * index / count for index in range(count + 1)]


def _is_between(
    one: tuple[float, Value], middle: tuple[float, Value], other: tuple[float, Value], within: float
) -> bool:
    part = (middle[0] - one[0]) / (other[0] - one[0])
    return all(abs(x + (z - x) * part - y) <= within for x, y, z in zip(one[1], middle[1], other[1], strict=True))


def _add(stops: list[Stop], stop: Stop) -> None:
    """In the place of one at the same time: what is reached there holds."""
    if stops[-1].time_s >= stop.time_s:
        stop = replace(stop, time_s=stops.pop().time_s)
    stops.append(stop)


def _jump(stops: list[Stop], time_s: float, value: Value) -> None:
    """Just after what arrives at the same time: keyframes at one moment are one keyframe to a browser."""
    before = stops[-1]
    if before.value == value:
        return
    stops[-1] = replace(before, curve=None)
    stops.append(Stop(max(time_s, before.time_s + _INSTANT_S), value))


def _at(ramps: Sequence[Ramp], time_s: float) -> Value:
    for ramp in ramps:
        if time_s < ramp.end_s:
            return ramp.at(time_s)
    return ramps[-1].last


def _ramps(tween: Tween, value: Callable[[Callable[[str, float], float]], Value]) -> list[Ramp]:
    """`value` reads a keyframe, by a function of an attribute and what it is where nothing is said."""
    frames = tween.keyframes
    values = [value(lambda name, rest, frame=frame: float(frame.attr.get(name, rest))) for frame in frames]  # type: ignore[misc]
    if len(frames) == 1:
        frame, resting = frames[0], value(lambda _, rest: rest)
        if frame.kind == "start":
            return [Ramp(frame.time, frame.time + frame.duration, values[0], resting, frame.easing)]
        return [Ramp(frame.time - frame.duration, frame.time, resting, values[0], frame.easing)]
    return [
        Ramp(one.time, other.time, first, last, other.easing)
        for (one, other), (first, last) in zip(pairwise(frames), pairwise(values), strict=True)
    ]


def _is_within(ramp: Ramp, limit: Callable[[Value], Value]) -> bool:
    """Whether all of it is allowed, so that nothing has to be held back between two keyframes."""
    if limit is _part:
        # A browser holds opacity back on its way, but not at its ends.
        return limit(ramp.first) == ramp.first and limit(ramp.last) == ramp.last
    span = ramp.end_s - ramp.start_s
    values = (ramp.at(ramp.start_s + span * index / 16) for index in range(17))
    return all(limit(value) == value for value in values)


def _part(value: Value) -> Value:
    return (min(max(value[0], 0.0), 1.0),)


def _not_mirrored(value: Value) -> Value:
    return (max(value[0], 0.0),)


def _as_it_is(value: Value) -> Value:
    return value
