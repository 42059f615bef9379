"""One layer that moves, comes or goes, or plays: how it stands at a time, and how it is drawn so.

At rest it is painted as the still is, pixel by pixel; else it is drawn from sprites that are made when they are first
needed, but for a film, whose picture is another at each moment.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import replace
from functools import cached_property

from bulkgen.render.layout import Placed
from bulkgen.render.painters import PAINTERS, paint_layer
from bulkgen.render.painters.masks import clip_to
from bulkgen.render.painters.reach import reach_of_all
from bulkgen.render.paints import rectangle
from bulkgen.render.sprites import Placement, Sprite, draw_sprite, make_sprite
from bulkgen.render.stage import Stage
from bulkgen.render.text_effects import EffectSprites, effect_sprites
from bulkgen.render.timeline import REST, Pose, TextProgress, largest_scale, pose_at, text_effects
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box


class Mover:
    """One layer with a timing of its own or of its group's, or a film, which is another picture at each moment."""

    def __init__(self, item: Placed, timing: Timing | None, duration_s: float) -> None:
        self.item = item
        self.timing = timing
        self._duration_s = duration_s
        self.is_film = item.layer.type == "video"
        self._unmasked = replace(item, masks=())
        self._largest = largest_scale(timing)
        self._sprites: dict[float, Sprite | None] = {}
        self._effects: dict[Hashable, EffectSprites] = {}

    def __repr__(self) -> str:
        return f"Mover({self.item.layer.name!r}, {len(self._sprites)} sprites, {len(self._effects)} effects)"

    @cached_property
    def reach(self) -> Box:
        return reach_of_all([self.item])

    @property
    def middle(self) -> tuple[float, float]:
        frame = self.item.frame
        return frame.x + frame.width / 2, frame.y + frame.height / 2

    def state(self, time_s: float) -> Hashable | None:
        if self.item.layer.type not in PAINTERS:
            return None
        pose = pose_at(self.timing, self.item.layer.box, self._duration_s, time_s)
        if pose is None or pose.opacity <= 0 or pose.scale <= 0:
            return None
        if pose.text is not None and self.item.text is None:
            pose = replace(pose, text=None)
        return pose

    def is_resting(self, state: Hashable) -> bool:
        return state == REST and not self.is_film

    def covers(self, stage: Stage, state: Hashable, size: tuple[int, int]) -> bool:
        if not isinstance(state, Pose) or state.opacity < 1 or state.angle or state.text:
            return False
        if self.is_film or self.item.masks:
            return False
        sprite = self.sprite(stage, state)
        if sprite is None or not sprite.picture.is_opaque:
            return False
        (x, y), box = self.middle, sprite.box
        left, top = x + state.dx + (box.x - x) * state.scale, y + state.dy + (box.y - y) * state.scale
        right, bottom = left + box.width * state.scale, top + box.height * state.scale
        return left <= 0 and top <= 0 and right >= size[0] and bottom >= size[1]

    def paint(self, stage: Stage, state: Hashable) -> None:
        paint_layer(stage, self.item)

    def draw(self, stage: Stage, state: Hashable) -> None:
        canvas = stage.canvas
        before = canvas.save()
        for mask in self.item.masks:
            clip_to(canvas, mask, self.item.layer.name)
        assert isinstance(state, Pose)
        if self.is_film:
            self._draw_film(stage, state)
        elif state.text is not None:
            self._effect(stage, state, state.text).draw(canvas, state, self.middle)
        else:
            sprite = self.sprite(stage, state)
            if sprite is not None:
                draw_sprite(canvas, sprite, _placement(state, self.middle))
        canvas.restoreToCount(before)

    def sprite(self, stage: Stage, state: Pose) -> Sprite | None:
        scale = self._scale(state)
        if scale not in self._sprites:
            self._sprites[scale] = make_sprite(
                stage, self.reach, scale, lambda aside: paint_layer(aside, self._unmasked)
            )
        return self._sprites[scale]

    def _effect(self, stage: Stage, state: Pose, text: TextProgress) -> EffectSprites:
        scale = self._scale(state)
        key = (text.effect, text.split, scale)
        if key not in self._effects:
            self._effects[key] = effect_sprites(stage, self._unmasked, text.effect, text.split, scale)
        return self._effects[key]

    def _scale(self, state: Pose) -> float:
        """Pixels for each px: at the layer's own size it is as sharp as the still, however large it was or becomes."""
        return self._largest if state.scale > 1 else 1.0

    def effects(self) -> list[tuple[str, str]]:
        """Effect and split of each text tween, where there is a text."""
        return text_effects(self.timing) if self.item.text is not None else []

    def reach_at(self, state: Hashable) -> Box:
        """A box that holds all of it in this state: whichever way it is turned, it stays in a circle."""
        assert isinstance(state, Pose)
        if state == REST:
            return self.reach
        box, (x, y) = self.reach, self.middle
        if state.text is None and not state.angle and state.scale == 1:
            return Box(box.x + state.dx, box.y + state.dy, box.width, box.height)
        radius = math.hypot(max(x - box.x, box.x + box.width - x), max(y - box.y, box.y + box.height - y))
        radius = (radius + (self.item.text.size if self.item.text else 0.0)) * state.scale
        return Box(x + state.dx - radius, y + state.dy - radius, 2 * radius, 2 * radius)

    def _draw_film(self, stage: Stage, pose: Pose) -> None:
        """Drawn anew each time: there is nothing to keep of it."""
        canvas, (x, y) = stage.canvas, self.middle
        canvas.translate(x + pose.dx, y + pose.dy)
        canvas.rotate(pose.angle)
        canvas.scale(pose.scale, pose.scale)
        canvas.translate(-x, -y)
        if pose.opacity < 1:
            canvas.saveLayerAlpha(rectangle(self.reach), round(pose.opacity * 255))
        paint_layer(stage, self._unmasked)


def _placement(pose: Pose, middle: tuple[float, float]) -> Placement:
    return Placement(*middle, pose.dx, pose.dy, pose.scale, pose.angle, pose.opacity)
