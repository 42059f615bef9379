"""Groups of layers: what a group cuts its members to, and how it sets them in a row. Pure.

    what the design read says of a group (reference 6.5) -> Mask, Arrangement -> how far each member moves

The API does not publish the values of `direction`, `placement` and `shape` (reference open 9); what is read here is in
`docs/designs.md`. Left out: drawing a mask (`painters/masks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.render.alignment import parse_alignment
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box

_COLUMNS = frozenset(("vertical", "column"))
DIRECTIONS = ("horizontal", "vertical", "row", "column")

# Room that is left over goes between the members instead of around them.
SPREAD = ("space-between", "spread")


# Past any banner, and before arithmetic in pixels leaves what the drawing library can hold.
_NUMBER_MAX = 1e7


@dataclass(frozen=True, slots=True)
class Mask:
    """An outline in the format's px, turned about its middle."""

    shape: str
    box: Box
    rotation: float = 0.0
    corners: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`horizontal` and `vertical` place what is arranged in the group's box, as in an alignment."""

    is_column: bool
    horizontal: float
    vertical: float
    gap: float
    is_spread: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One group in one format. `leaves` are the layers in it, through groups inside groups; `values` its overrides."""

    name: str
    box: Box
    layer_ids: tuple[str, ...]
    leaves: frozenset[str]
    mask: Mask | None = None
    arrangement: Arrangement | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    timing: Timing | None = None


def read_mask(said: Mapping[str, Any], box: Box) -> Mask | None:
    """None without a shape. What is not said is that of the group's box. Raises ValueError."""
    shape = str(said.get("shape") or "")
    if not shape:
        return None
    radius_x, radius_y = _number(said, "rx"), _number(said, "ry")
    width = _number(said, "width") or 2 * radius_x or box.width
    height = _number(said, "height") or 2 * radius_y or (2 * radius_x if radius_x else box.height)
    center_x = _number(said, "center_x", box.x + box.width / 2)
    center_y = _number(said, "center_y", box.y + box.height / 2)
    name = {"rect": "rectangle", "ellipse": "circle"}.get(shape, shape)
    area = Box(center_x - width / 2, center_y - height / 2, width, height)
    radius = said.get("radius")
    if isinstance(radius, Mapping):
        corners = (_number(radius, "tl"), _number(radius, "tr"), _number(radius, "br"), _number(radius, "bl"))
    else:
        corners = (_number(said, "radius"),) * 4
    if name == "rectangle" and not any(corners) and (radius_x or radius_y) and "width" in said:
        corners = (radius_x or radius_y,) * 4
    return Mask(name, area, _number(said, "rotation"), corners)


def read_arrangement(said: Mapping[str, Any]) -> Arrangement | None:
    """None unless `auto_layout` is on. Raises ValueError."""
    if said.get("auto_layout") is not True:
        return None
    placement = str(said.get("placement") or "")
    is_column = str(said.get("direction") or "").lower() in _COLUMNS
    place = parse_alignment("" if placement in SPREAD else placement, "middle left" if not is_column else "top center")
    return Arrangement(is_column, place.horizontal, place.vertical, _number(said, "gap"), placement in SPREAD)


def arranged(how: Arrangement, box: Box, extents: Mapping[str, Box]) -> dict[str, tuple[float, float]]:
    """Each member -> how far it moves right and down. Members are in the order they stand in."""
    if not extents:
        return {}
    lengths = [extent.height if how.is_column else extent.width for extent in extents.values()]
    room = box.height if how.is_column else box.width
    gap = how.gap
    if how.is_spread and len(lengths) > 1:
        gap = max((room - sum(lengths)) / (len(lengths) - 1), 0.0)
    total = sum(lengths) + gap * (len(lengths) - 1)
    position = (box.y if how.is_column else box.x) + (room - total) * (
        how.vertical if how.is_column else how.horizontal
    )
    moves = {}
    for (name, extent), length in zip(extents.items(), lengths, strict=True):
        if how.is_column:
            x, y = box.x + (box.width - extent.width) * how.horizontal, position
        else:
            x, y = position, box.y + (box.height - extent.height) * how.vertical
        moves[name] = (x - extent.x, y - extent.y)
        position += length + gap
    return moves


def _number(said: Mapping[str, Any], key: str, default: float = 0.0) -> float:
    value = said.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _NUMBER_MAX:
        raise ValueError(f"{key} is {value!r}, and must be a number")
    return float(value)
