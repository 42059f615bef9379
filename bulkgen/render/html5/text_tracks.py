"""The letters, words or lines of a text that comes or goes, as tracks of a style sheet.

    Timing of a text, an effect and split of it, how many units -> the tracks of each unit, and when its ground is there

Several tweens of a text may overlap or leave part of it standing, and which one a unit follows changes on the way; so
the tracks are drawn from what `timeline` says of each moment, as straight pieces.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.render.html5.tracks import Track, Value, in_pieces, in_steps, moments
from bulkgen.render.timeline import UnitPose, pose_at, text_effects, unit_pose
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box

# A text moves in its own place; where it stands is the layer's business.
_NOWHERE = Box(0, 0, 0, 0)
_GONE, _WHOLE = UnitPose(opacity=0.0), UnitPose()


@dataclass(frozen=True, slots=True)
class TextTracks:
    """`units` in reading order. `ground` is there while any of them is."""

    units: tuple[tuple[Track, ...], ...]
    ground: Track


def text_tracks(
    timing: Timing, kind: tuple[str, str], count: int, fall: tuple[float, float], duration_s: float
) -> TextTracks:
    """`kind` is effect and split; `fall` is how far down a size of the text is, in px.

    Where all of the text stands, the units of its first effect do; those of others are away then.
    """
    is_first = text_effects(timing)[0] == kind
    times = moments(0.0, duration_s)
    text_only = Timing(tweens=tuple(tween for tween in timing.tweens if tween.type == "textEffect"))
    wholes = [pose_at(text_only, _NOWHERE, duration_s, time_s) for time_s in times]
    poses: list[list[UnitPose]] = []
    for whole in wholes:
        progress = whole.text if whole is not None else None
        if progress is None:
            poses.append([_WHOLE if is_first else _GONE] * count)
        elif (progress.effect, progress.split) != kind:
            poses.append([_GONE] * count)
        else:
            poses.append([unit_pose(progress, index, count) for index in range(count)])
    units = tuple(
        tuple(_unit(kind[0], list(zip(times, (pose[index] for pose in poses), strict=True)), fall))
        for index in range(count)
    )
    there = [
        (time_s, (float(any(unit.opacity > 0 for unit in pose)),)) for time_s, pose in zip(times, poses, strict=True)
    ]
    return TextTracks(units, Track("visibility", in_steps(there)))


def _unit(effect: str, poses: list[tuple[float, UnitPose]], fall: tuple[float, float]) -> list[Track]:
    opacity: list[tuple[float, Value]] = [(time_s, (pose.opacity,)) for time_s, pose in poses]
    if effect == "classic":
        return [Track("opacity", in_steps(opacity))]
    tracks = [Track("opacity", in_pieces("opacity", opacity))]
    if effect == "pop":
        tracks.append(Track("scale", in_pieces("scale", [(time_s, (pose.scale,)) for time_s, pose in poses])))
    elif effect == "rise":
        # One that is away waits where it will begin, and not where it will stand.
        lowest = max(pose.down_em for _, pose in poses)
        depths = [(time_s, pose.down_em if pose.opacity else lowest) for time_s, pose in poses]
        down = [(time_s, (depth * fall[0], depth * fall[1])) for time_s, depth in depths]
        tracks.append(Track("translate", in_pieces("translate", down)))
    return tracks
