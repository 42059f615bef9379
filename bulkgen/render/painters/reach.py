"""How far a layer draws beyond its box: shadow, frame, side border and overhanging letters."""

from __future__ import annotations

import math
from dataclasses import replace

from bulkgen.render.layout import Placed
from bulkgen.wire.design import Box


def reach(placed: Placed) -> Box:
    """A box that holds all the layer draws, before it is turned."""
    layer, frame, extent = placed.layer, placed.frame, placed.extent
    margin = 2 + layer.number("stroke_width") * 2
    for shadow in ("shadow", "text_shadow"):
        margin += layer.number(f"{shadow}_blur") * 2
        margin += max(abs(layer.number(f"{shadow}_offset_x")), abs(layer.number(f"{shadow}_offset_y")))
    margin += placed.text.size if placed.text else 0
    margin += math.tan(math.radians(abs(layer.number("skew_y")))) * (extent.width + frame.width) / 2
    margin += sum(layer.number(f"side_border_{part}") for part in ("thickness", "padding", "spread"))
    margin += abs(layer.number("side_border_offset")) + sum(layer.pair("background_padding") or ())
    return _around((frame, extent), margin)


def reach_of_all(members: list[Placed]) -> Box:
    """A box that holds all of them, turned as they are."""
    return _around([_turned(reach(item), item) for item in members], 0.0)


def reach_of_part(placed: Placed, part: Box) -> Box:
    """A box that holds what the layer draws of what takes up `part` of it, turned as the layer is."""
    box, frame = reach(replace(placed, frame=part, extent=part)), placed.frame
    turn = math.radians(placed.layer.number("rotation"))
    if not turn:
        return box
    x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
    corners = [(across - x, down - y) for across in (box.x, box.x + box.width) for down in (box.y, box.y + box.height)]
    turned = [
        Box(x + a * math.cos(turn) - d * math.sin(turn), y + a * math.sin(turn) + d * math.cos(turn), 0, 0)
        for a, d in corners
    ]
    return _around(turned, 0.0)


def _turned(box: Box, placed: Placed) -> Box:
    """A layer turns about the middle of its frame; whichever way, it stays in a circle."""
    if not placed.layer.number("rotation"):
        return box
    frame = placed.frame
    x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
    corners = ((box.x, box.y), (box.x + box.width, box.y + box.height))
    radius = max(
        math.hypot(across - x, down - y) for across in (c[0] for c in corners) for down in (c[1] for c in corners)
    )
    return Box(x - radius, y - radius, 2 * radius, 2 * radius)


def _around(boxes: tuple[Box, ...] | list[Box], margin: float) -> Box:
    left, top = min(box.x for box in boxes) - margin, min(box.y for box in boxes) - margin
    right = max(box.x + box.width for box in boxes) + margin
    bottom = max(box.y + box.height for box in boxes) + margin
    return Box(left, top, right - left, bottom - top)
