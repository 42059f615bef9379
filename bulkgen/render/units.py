"""Designs for print say mm or inches; here they become points (1/72 in), the one unit that print is drawn in. Pure.

    format, boxes, masks, gaps as read -> the same in points

What the property tables count in px (sizes of letters, radii, strokes, offsets of shadows) has no unit in a design for
print: it reads as points there, so a size of 12 is the 12 of any word processor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bulkgen.render.failures import RenderError
from bulkgen.wire.design import Box, Format

POINTS_PER_INCH = 72.0

POINTS: Mapping[str, float] = {"mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "px": 1.0}

# Of a printed picture, where the design names no number: what print shops ask for.
DPI = 300

_MASK_LENGTHS = ("width", "height", "center_x", "center_y", "rx", "ry")
_CORNERS = ("tl", "tr", "br", "bl")


def points_per_unit(unit: str) -> float:
    """Raises RenderError for a unit that no print has."""
    if unit not in POINTS:
        raise RenderError(f"the design's unit is {unit!r}, and must be one of {', '.join(POINTS)}")
    return POINTS[unit]


def format_in_points(item: Format) -> Format:
    scale = points_per_unit(item.unit)
    return replace(
        item,
        width=item.width * scale,
        height=item.height * scale,
        unit="pt",
        bleed_size=item.bleed_size * scale,
        safe_size=item.safe_size * scale,
    )


def scaled_box(box: Box, scale: float) -> Box:
    return Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)


def scaled_mask(said: Mapping[str, Any], scale: float) -> Mapping[str, Any]:
    """As read; what is no number is left for its reader to refuse."""
    if scale == 1:
        return said
    scaled = {key: _scaled(value, scale) if key in _MASK_LENGTHS else value for key, value in said.items()}
    radius = said.get("radius")
    if isinstance(radius, Mapping):
        scaled["radius"] = {key: _scaled(value, scale) if key in _CORNERS else value for key, value in radius.items()}
    elif radius is not None:
        scaled["radius"] = _scaled(radius, scale)
    return scaled


def scaled_gap(said: Mapping[str, Any], scale: float) -> Mapping[str, Any]:
    """`gap` among the rules of a group or the values of a layer."""
    if scale == 1 or said.get("gap") is None:
        return said
    return {**said, "gap": _scaled(said["gap"], scale)}


def _scaled(value: Any, scale: float) -> Any:
    return value * scale if isinstance(value, (int, float)) and not isinstance(value, bool) else value
