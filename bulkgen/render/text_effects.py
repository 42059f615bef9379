"""The sprites of a text that comes or goes by letters, words or lines, and where each stands.

    placed text + effect + split -> ground, and a sprite per unit in reading order; drawn as the text's progress says

The ground of a text (its background, its side border, the box and icon of a button) stands while any of it does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bulkgen.render.layout import Placed
from bulkgen.render.painters import paint_inside
from bulkgen.render.painters.reach import reach_of_all, reach_of_part
from bulkgen.render.painters.shape import paint_button
from bulkgen.render.painters.text import paint_letters, paint_text_ground
from bulkgen.render.sprites import Placement, Sprite, draw_sprite, make_sprite
from bulkgen.render.stage import Stage
from bulkgen.render.text_units import units_of
from bulkgen.render.timeline import Pose, unit_pose


@dataclass(frozen=True, slots=True)
class UnitSprite:
    """`x`, `y` is the middle of what the unit takes up: it scales about it."""

    sprite: Sprite
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class EffectSprites:
    """`units` in reading order, None for one without ink; `down` is the way a px of falling goes, `size` the text's."""

    ground: Sprite | None
    units: Sequence[UnitSprite | None]
    size: float
    down: tuple[float, float]

    def draw(self, canvas: Any, pose: Pose, middle: tuple[float, float]) -> None:
        assert pose.text is not None
        placed = list(self._placements(pose, middle))
        if self.ground is not None and placed:
            draw_sprite(
                canvas,
                self.ground,
                Placement(*middle, pose.dx, pose.dy, pose.scale, pose.angle, pose.opacity),
            )
        for sprite, place in placed:
            draw_sprite(canvas, sprite, place)

    def _placements(self, pose: Pose, middle: tuple[float, float]) -> Iterator[tuple[Sprite, Placement]]:
        """The unit's own pose within that of its layer, as one."""
        assert pose.text is not None
        turn = math.radians(pose.angle)
        cos, sin = math.cos(turn) * pose.scale, math.sin(turn) * pose.scale
        for index, unit in enumerate(self.units):
            own = unit_pose(pose.text, index, len(self.units))
            if unit is None or own.opacity <= 0:
                continue
            down = own.down_em * self.size
            dx, dy = down * self.down[0], down * self.down[1]
            if pose.angle or pose.scale != 1:
                x, y = unit.x + dx - middle[0], unit.y + dy - middle[1]
                dx, dy = middle[0] + x * cos - y * sin - unit.x, middle[1] + x * sin + y * cos - unit.y
            yield (
                unit.sprite,
                Placement(
                    unit.x,
                    unit.y,
                    dx + pose.dx,
                    dy + pose.dy,
                    pose.scale * own.scale,
                    pose.angle,
                    pose.opacity * own.opacity,
                ),
            )


def effect_sprites(stage: Stage, item: Placed, effect: str, split: str, scale: float) -> EffectSprites:
    assert item.text is not None
    layer, frame = item.layer, item.frame
    turn = math.radians(layer.number("rotation"))
    middle_x, middle_y = frame.x + frame.width / 2, frame.y + frame.height / 2
    slope = math.tan(math.radians(layer.number("skew_y"))) if layer.type == "text" else 0.0
    units: list[UnitSprite | None] = []
    for unit in units_of(item.text, split, by_letter_in_joined=effect == "classic"):
        part = replace(item, text=unit.block)
        x = unit.box.x + unit.box.width / 2
        fall = slope * (x - middle_x)
        box = replace(unit.box, y=unit.box.y + fall)
        sprite = make_sprite(stage, reach_of_part(part, box), scale, _painting(part, paint_letters))
        across, down = x - middle_x, box.y + box.height / 2 - middle_y
        if sprite is None:
            units.append(None)
            continue
        x, y = across * math.cos(turn) - down * math.sin(turn), across * math.sin(turn) + down * math.cos(turn)
        units.append(UnitSprite(sprite, middle_x + x, middle_y + y))
    paint = _paint_button_ground if layer.type == "button" else paint_text_ground
    ground = make_sprite(stage, reach_of_all([item]), scale, _painting(item, paint))
    return EffectSprites(ground, tuple(units), item.text.size, (-math.sin(turn), math.cos(turn)))


def _painting(item: Placed, paint: Callable[[Stage, Placed], None]) -> Callable[[Stage], None]:
    return lambda stage: paint_inside(stage, item, paint)


def _paint_button_ground(stage: Stage, item: Placed) -> None:
    paint_button(stage, replace(item, text=None))
