"""How the layers of an animated design move (reference 6.6): timelines as the API's read has them, normalised.

The reference leaves open which way a keyframe's `type` looks, the unit of its time and its easing. Here times are
seconds on the design's timeline. A `start` keyframe says what a layer comes from and an `end` keyframe what it goes to;
the other side of a tween with one keyframe is the layer as it is drawn without it, `duration` seconds after or before.
A tween with several keyframes goes from each to the next. `easing` is how it arrives. `duration` and `easing` are keys
of ours in `data`, where the API allows others.

A tween that cannot be read is passed over and said (`Timing.passed_over`), since the API ships kinds that nobody
describes and such a design must be readable all the same; what checks a design for its author makes it an error.

Left out: what a layer looks like at a given time (`render.timeline`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Tween type -> the attributes its keyframes set (reference 6.6). Percent, px of the format, degrees.
TWEENS: Mapping[str, tuple[str, ...]] = {
    "fade": ("opacity",),
    "slide": ("left", "top", "shift_x", "shift_y"),
    "scale": ("scale",),
    "rotate": ("angle",),
    "audioFade": ("volumeEffect",),
    "textEffect": ("typewriting", "textEffectType", "textEffectSplit", "textEffectTiming"),
}
TEXT_EFFECTS = ("classic", "fade", "rise", "pop")
TEXT_SPLITS = ("letter", "word", "line")
TEXT_TIMINGS = ("in", "out", "inOut")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "textEffectType": TEXT_EFFECTS,
    "textEffectSplit": TEXT_SPLITS,
    "textEffectTiming": TEXT_TIMINGS,
}

# How a tween arrives, as the control points of a curve: both a browser and the renderer draw by them.
EASINGS: Mapping[str, tuple[float, float, float, float]] = {
    "linear": (0.0, 0.0, 1.0, 1.0),
    "ease_in": (0.55, 0.0, 1.0, 0.45),
    "ease_out": (0.0, 0.55, 0.45, 1.0),
    "ease_in_out": (0.65, 0.0, 0.35, 1.0),
    "overshoot": (0.34, 1.56, 0.64, 1.0),
}
DEFAULT_EASING = "ease_out"
DEFAULT_TWEEN_SECONDS = 0.6

# An ad has half a minute, a story one; past ten the files are not what this draws for.
MOST_SECONDS = 600.0


class AnimationError(ValueError):
    """A timeline that cannot be read; `path` says where in the element or design."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Keyframe:
    """`kind` is `start` or `end`; `time` in seconds on the design's timeline."""

    attr: Mapping[str, Any]
    kind: str
    time: float
    duration: float
    easing: str


@dataclass(frozen=True, slots=True)
class Tween:
    """Keyframes are in the order of their times."""

    type: str
    keyframes: tuple[Keyframe, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a layer is shown, in seconds; None: from the start, to the end of the design."""

    start_at_s: float | None = None
    end_at_s: float | None = None
    tweens: tuple[Tween, ...] = ()
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Animation:
    """Of a design. `screenshot_at_s`: the moment of a backup image; None: the end."""

    duration: float
    screenshot_at_s: float | None = None

    @property
    def still_at_s(self) -> float:
        """The moment that stands for the whole, within the timeline."""
        return self.duration if self.screenshot_at_s is None else min(self.screenshot_at_s, self.duration)


def parse_animation(body: Any) -> Animation | None:
    """The `animation` of a design; None where it says nothing. Raises AnimationError."""
    if body is None:
        return None
    if not isinstance(body, Mapping):
        raise AnimationError("animation", "must be an object with the duration in seconds")
    duration = _seconds(body.get("duration"), "animation.duration")
    if duration is None or not 0 < duration <= MOST_SECONDS:
        raise AnimationError("animation.duration", f"must be a number above 0, at most {MOST_SECONDS:g} seconds")
    return Animation(duration, _seconds(body.get("screenshot_at_s"), "animation.screenshot_at_s"))


def animation_body(animation: Animation) -> dict[str, Any]:
    return {"duration": animation.duration, "screenshot_at_s": animation.screenshot_at_s}


def parse_timings(body: Any, formats: Sequence[str], path: str) -> dict[str, Timing]:
    """The `animation` of an element: one object for all formats, or an object for each. Raises AnimationError."""
    if body is None:
        return {}
    if not isinstance(body, Mapping):
        raise AnimationError(path, "must be an object")
    if not body.keys() - set(formats):
        return {name: _timing(value, f"{path}.{name}") for name, value in body.items() if value is not None}
    return dict.fromkeys(formats, _timing(body, path))


def timings_body(timings: Mapping[str, Timing]) -> dict[str, Any]:
    """One object where all formats move alike, as the API has it; else an object for each."""
    bodies = {name: timing_body(timing) for name, timing in timings.items()}
    first = next(iter(bodies.values()), {})
    return first if all(body == first for body in bodies.values()) else bodies


def timing_body(timing: Timing) -> dict[str, Any]:
    body: dict[str, Any] = {"start_at_s": timing.start_at_s, "end_at_s": timing.end_at_s}
    body = {name: value for name, value in body.items() if value is not None}
    return body | {"tweens": [_tween_body(tween) for tween in timing.tweens]}


def _timing(body: Any, path: str) -> Timing:
    if not isinstance(body, Mapping):
        raise AnimationError(path, "must be an object")
    start = _seconds(body.get("start_at_s"), f"{path}.start_at_s")
    end = _seconds(body.get("end_at_s"), f"{path}.end_at_s")
    if start is not None and end is not None and end <= start:
        raise AnimationError(f"{path}.end_at_s", "must be after start_at_s")
    entries = body.get("tweens") or []
    if not isinstance(entries, list):
        raise AnimationError(f"{path}.tweens", "must be a list")
    tweens: list[Tween] = []
    passed_over: list[str] = []
    for index, entry in enumerate(entries):
        try:
            tweens.append(_tween(entry, f"{path}.tweens[{index}]"))
        except AnimationError as error:
            passed_over.append(str(error))
    return Timing(start, end, tuple(tweens), tuple(passed_over))


def _tween(body: Any, path: str) -> Tween:
    if not isinstance(body, Mapping):
        raise AnimationError(path, "must be an object")
    kind = body.get("type")
    if kind not in TWEENS:
        raise AnimationError(f"{path}.type", f"is {kind!r}, and must be one of {', '.join(TWEENS)}")
    entries = body.get("keyframes")
    if not isinstance(entries, list) or not entries:
        raise AnimationError(f"{path}.keyframes", "must be a list with at least one keyframe")
    keyframes = [_keyframe(entry, str(kind), f"{path}.keyframes[{i}]") for i, entry in enumerate(entries)]
    return Tween(str(kind), tuple(sorted(keyframes, key=lambda keyframe: keyframe.time)), str(body.get("id") or ""))


def _keyframe(body: Any, tween: str, path: str) -> Keyframe:
    if not isinstance(body, Mapping) or not isinstance(body.get("attr"), Mapping):
        raise AnimationError(f"{path}.attr", "must be an object")
    attr = dict(_attributes(body["attr"], tween, f"{path}.attr"))
    data = body.get("data") or {}
    if not isinstance(data, Mapping):
        raise AnimationError(f"{path}.data", "must be an object")
    kind, easing = data.get("type", "start"), data.get("easing", DEFAULT_EASING)
    if kind not in ("start", "end"):
        raise AnimationError(f"{path}.data.type", f"is {kind!r}, and must be start or end")
    if easing not in EASINGS:
        raise AnimationError(f"{path}.data.easing", f"is {easing!r}, and must be one of {', '.join(EASINGS)}")
    time, duration = (
        _seconds(data.get("time"), f"{path}.data.time"),
        _seconds(data.get("duration"), f"{path}.data.duration"),
    )
    return Keyframe(attr, kind, time or 0.0, DEFAULT_TWEEN_SECONDS if duration is None else duration, easing)


def _attributes(attr: Mapping[str, Any], tween: str, path: str) -> Iterator[tuple[str, Any]]:
    """Those we act on; the API ships keys that nobody describes."""
    for name in TWEENS[tween]:
        value = attr.get(name)
        if value is None:
            continue
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise AnimationError(f"{path}.{name}", f"is {value!r}, and must be one of {', '.join(_CHOICES[name])}")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise AnimationError(f"{path}.{name}", "must be a number")
        yield name, value


def _tween_body(tween: Tween) -> dict[str, Any]:
    keyframes = [
        {
            "attr": dict(keyframe.attr),
            "data": {
                "type": keyframe.kind,
                "time": keyframe.time,
                "duration": keyframe.duration,
                "easing": keyframe.easing,
            },
        }
        for keyframe in tween.keyframes
    ]
    return {"id": tween.id, "type": tween.type, "keyframes": keyframes}


def _seconds(value: Any, path: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MOST_SECONDS:
        raise AnimationError(path, f"must be seconds, from 0 to {MOST_SECONDS:g}")
    return float(value)
