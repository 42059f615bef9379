"""Tracks -> the keyframes of a style sheet. Every animation runs from the design's beginning to its end.

One `@keyframes` for a property, each keyframe with the curve to the next; equal ones are written once. So all of a
banner is at the same moment, and begins anew at the same moment, without a script.
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.render.html5.tracks import STRAIGHT, Stop, Track

# A millionth of the design: of the longest, less than a thousandth of a second.
_PERCENT_DIGITS = 4


class StyleSheet:
    """Collects the keyframes of a page of `duration_s`; `repeat` -1 is for ever, 0 once, n that often again."""

    def __init__(self, duration_s: float, repeat: int) -> None:
        self.duration_s = duration_s
        self.repeat = repeat
        self._names: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"StyleSheet({self.duration_s:g} s, {len(self._names)} keyframes)"

    def names(self, tracks: Iterable[Track]) -> str:
        """The value of `animation-name` for an element that follows these tracks; nothing if none of them moves."""
        found = []
        for track in tracks:
            body = "".join(self._keyframe(track, stop) for stop in track.stops)
            found.append(self._names.setdefault(body, f"k{len(self._names)}"))
        return ",".join(found)

    def text(self) -> str:
        count = "infinite" if self.repeat < 0 else str(self.repeat + 1)
        rules = [f".m{{animation:0s linear both;animation-duration:{number(self.duration_s)}s;"]
        rules.append(f"animation-iteration-count:{count}}}\n")
        rules += [f"@keyframes {name}{{{body}}}\n" for body, name in self._names.items()]
        return "".join(rules)

    def _keyframe(self, track: Track, stop: Stop) -> str:
        at = number(stop.time_s / self.duration_s * 100, _PERCENT_DIGITS)
        curve = ""
        if stop.curve is None:
            curve = ";animation-timing-function:step-end"
        elif stop.curve != STRAIGHT:
            curve = f";animation-timing-function:cubic-bezier({','.join(number(part) for part in stop.curve)})"
        return f"{at}%{{{track.name}:{_value(track.name, stop.value)}{curve}}}"


def number(value: float, digits: int = 4) -> str:
    """As short as it can be said."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _value(name: str, value: tuple[float, ...]) -> str:
    match name:
        case "visibility":
            return "visible" if value[0] else "hidden"
        case "translate":
            return " ".join(f"{number(part, 3)}px" for part in value)
        case "rotate":
            return f"{number(value[0])}deg"
    return number(value[0])
