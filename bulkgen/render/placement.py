"""Where a picture goes: the part of it that is seen, and the box it is drawn into. Pure.

    picture size, box, alignment or focus -> Placement(source in px of the picture, target in px of the banner)

Left out: what is in the picture (`saliency`), and drawing it (`painters/drawing`).
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.render.alignment import Alignment
from bulkgen.wire.design import Box

_MIDDLE = 0.5


@dataclass(frozen=True, slots=True)
class Placement:
    source: Box
    target: Box


@dataclass(frozen=True, slots=True)
class Focus:
    """The point that cropping keeps in sight, in parts of the picture; None leaves that axis to the alignment."""

    x: float | None = None
    y: float | None = None
    zoom: float = 1.0


NO_FOCUS = Focus()


def covering(width: float, height: float, box: Box, place: Alignment, focus: Focus = NO_FOCUS) -> Placement:
    """The largest part of the picture with the box's proportions, drawn over the whole box."""
    scale = max(box.width / width, box.height / height) * max(focus.zoom, 1.0)
    # Rounding must not make the part larger than the picture.
    wide, high = min(box.width / scale, width), min(box.height / scale, height)
    x = _start(width, wide, place.horizontal, focus.x)
    y = _start(height, high, place.vertical, focus.y)
    return Placement(Box(x, y, wide, high), box)


def contained(width: float, height: float, box: Box, place: Alignment) -> Placement:
    """The whole picture, as large as the box holds, placed in the room that is left."""
    scale = min(box.width / width, box.height / height)
    wide, high = min(width * scale, box.width), min(height * scale, box.height)
    x = box.x + (box.width - wide) * place.horizontal
    y = box.y + (box.height - high) * place.vertical
    return Placement(Box(0, 0, width, height), Box(x, y, wide, high))


def centred(width: float, height: float, box: Box) -> Placement:
    return contained(width, height, box, Alignment(_MIDDLE, _MIDDLE))


def _start(whole: float, part: float, aligned: float, focus: float | None) -> float:
    """Where the part starts: around the focus as far as the picture goes, else by alignment."""
    room = max(whole - part, 0.0)
    return room * aligned if focus is None else min(max(focus * whole - part / 2, 0.0), room)
