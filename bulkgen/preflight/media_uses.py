"""Which videos and sounds an output plays, and how much of them. Pure.

    design + (format, element overrides), file type -> PlacedPicture, …

Left out, as with pictures: the design's own, hidden layers, and what the studio never opens: a sound in a file that
has none, and one that is turned down to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bulkgen.mapping.model import PICTURE_PREFIX
from bulkgen.preflight.accidents import hidden_layers
from bulkgen.preflight.media import MediaUse
from bulkgen.preflight.picture_uses import PlacedPicture
from bulkgen.render.timeline import within
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import FILE_TYPES, Design, Element
from bulkgen.wire.overrides import ENCODED_TWIN

_PLAYED = {"video": "video_url", "audio": "audio_url"}
WITH_SOUND = "mp4"
# A page plays its films itself: only their beginnings are drawn, and the moment that stands for the whole.
_PLAYS_ITSELF = "html5"


def media_uses(
    design: Design, parts: Iterable[tuple[str, Mapping[str, Any]]], file_type: str | None, *, is_studio: bool
) -> Iterator[PlacedPicture]:
    """`file_type` as it is asked for; None: the design's usual one."""
    if design.animation is None and is_studio:
        # Told by `structure`: nothing plays there.
        return
    kind = FILE_TYPES[design.type][0] if file_type in (None, "auto") else str(file_type)
    for part, elements in parts:
        place = design.format(part)
        if place is None:
            continue
        hidden = hidden_layers(design, elements)
        for element in design.elements:
            values = elements.get(element.name)
            name = _PLAYED.get(element.type, "")
            if not values or not name or element.name in hidden:
                continue
            if element.value("hidden", place.id) is True and "hidden" not in values:
                continue
            # A sound is nowhere to be seen, so no format has a box for it.
            if element.type == "video" and place.id not in element.layout:
                continue
            is_heard = kind == WITH_SOUND and _gain(element, values, place.id) > 0
            if is_studio and element.type == "audio" and not is_heard:
                continue
            given = name if values.get(name) else ENCODED_TWIN.get(name, "")
            played = values.get(given)
            if isinstance(played, str) and (given == name or played.startswith(PICTURE_PREFIX)):
                seconds = _seconds(design, element, values, place.id, kind)
                use = MediaUse(element.type == "video", seconds, is_heard, is_studio)
                yield PlacedPicture(place.id, element.name, given, played, use)


def _gain(element: Element, values: Mapping[str, Any], place: str) -> float:
    """How loud it is; a design may say true or false of a video, as the API's own read has it."""
    name, usual = ("audio_muted", 0.0) if element.type == "video" else ("max_volume", 1.0)
    value = values.get(name, element.value(name, place))
    loud = float(value) if isinstance(value, (bool, int, float)) else usual
    return 1.0 - loud if element.type == "video" else loud


def _seconds(design: Design, element: Element, values: Mapping[str, Any], place: str, kind: str) -> float:
    """How much of it is played, in its own seconds."""
    if design.animation is None:
        return 0.0
    timing = within(element.timing.get(place), _groups(design, element.name, place)) or Timing()
    starts_s = timing.start_at_s or 0.0
    duration_s = design.animation.duration
    ends_s = duration_s if timing.end_at_s is None else min(timing.end_at_s, duration_s)
    if kind == _PLAYS_ITSELF:
        still_s = design.animation.still_at_s
        return max(still_s - starts_s, 0.0) if starts_s <= still_s <= ends_s else 0.0
    speed = values.get("speed", element.value("speed", place)) if element.type == "audio" else None
    faster = float(speed) if isinstance(speed, (int, float)) and not isinstance(speed, bool) else 1.0
    return max(ends_s - starts_s, 0.0) * faster


def _groups(design: Design, name: str, place: str) -> Iterator[Timing | None]:
    """Of the groups that the layer is in, and of those that these are in."""
    waiting, seen = [name], set()
    while waiting:
        member = waiting.pop()
        for group in design.elements:
            if group.type == "group" and member in group.layer_ids and group.name not in seen:
                seen.add(group.name)
                waiting.append(group.name)
                yield group.timing.get(place)
