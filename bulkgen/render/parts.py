"""What a clip is made of, bottom first: layers that stand still as one picture, layers that move, shadows of groups.

    placed layers + their timings -> parts; each says how it stands at a time, and draws itself so

A part at rest is painted as the still is, pixel by pixel; one that moves, or lies above one that does, is drawn from
sprites that are made when they are first needed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from bulkgen.render.cache import RenderCache
from bulkgen.render.layout import Placed
from bulkgen.render.painters import PAINTERS, paint_layer
from bulkgen.render.painters.group import GroupShadow, group_shadows
from bulkgen.render.painters.masks import clip_to
from bulkgen.render.painters.reach import reach_of_all
from bulkgen.render.painters.shadows import cast_shadow
from bulkgen.render.paints import rectangle
from bulkgen.render.scene import Scene
from bulkgen.render.sprites import Placement, Sprite, draw_sprite, make_sprite
from bulkgen.render.stage import Stage
from bulkgen.render.text_effects import EffectSprites, effect_sprites
from bulkgen.render.timeline import REST, Pose, largest_scale, pose_at, text_effects, within
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box

# Of shadows of groups that move: of one clip, and each is used for a frame only.
_MOVING_SHADOWS_BYTES = 16 * 1024 * 1024


class Part(Protocol):
    """`state` says all that decides the part's pixels; None: not shown."""

    def state(self, time_s: float) -> Hashable | None: ...

    def is_resting(self, state: Hashable) -> bool:
        """Whether it looks as in the still."""

    def covers(self, stage: Stage, state: Hashable, size: tuple[int, int]) -> bool:
        """Whether nothing below it is seen."""

    def paint(self, stage: Stage, state: Hashable) -> None:
        """At rest, exactly as the still."""

    def draw(self, stage: Stage, state: Hashable) -> None:
        """In any state, from sprites."""


def parts_of(scene: Scene, placed: Sequence[Placed], duration_s: float) -> list[Part]:
    """Neighbours that stand still become one part."""
    movers = {
        index: Mover(item, timing, duration_s)
        for index, item in enumerate(placed)
        if (timing := timing_of(scene, item)) is not None or item.layer.type == "video"
    }
    shadows = group_shadows(scene, placed)
    whole = Box(0, 0, scene.format.width, scene.format.height)
    parts: list[Part] = []
    still: list[Placed | GroupShadow] = []

    def close() -> None:
        if still:
            parts.append(Still(tuple(still), placed, whole))
            still.clear()

    for index, item in enumerate(placed):
        for cast in shadows.get(index, ()):
            if any(member in movers for member in cast.members):
                close()
                parts.append(MovingShadow(cast, placed, movers))
            else:
                still.append(cast)
        if index in movers:
            close()
            parts.append(movers[index])
        elif item.layer.type in PAINTERS:
            still.append(item)
    close()
    return parts


def timing_of(scene: Scene, item: Placed) -> Timing | None:
    """A layer is there when all of its groups are."""
    groups = (group.timing for group in scene.groups if item.layer.name in group.leaves)
    return within(item.layer.timing, groups)


class Still:
    """Layers that never move, with the shadows of groups between them."""

    def __init__(self, content: Sequence[Placed | GroupShadow], placed: Sequence[Placed], whole: Box) -> None:
        self.content = content
        self._placed = placed
        self._whole = whole
        self._sprite: Sprite | None = None
        self._is_drawn = False

    def __repr__(self) -> str:
        return f"Still({len(self.content)} layers)"

    def state(self, time_s: float) -> Hashable | None:
        return REST

    def is_resting(self, state: Hashable) -> bool:
        return True

    def covers(self, stage: Stage, state: Hashable, size: tuple[int, int]) -> bool:
        return False

    def paint(self, stage: Stage, state: Hashable) -> None:
        for item in self.content:
            if isinstance(item, GroupShadow):
                _paint_shadow(stage, item, [self._placed[index] for index in item.members])
            else:
                paint_layer(stage, item)

    def draw(self, stage: Stage, state: Hashable) -> None:
        sprite = self.sprite(stage)
        if sprite is not None:
            draw_sprite(stage.canvas, sprite, Placement(0, 0))

    def sprite(self, stage: Stage) -> Sprite | None:
        if not self._is_drawn:
            self._sprite = make_sprite(stage, self._whole, 1.0, lambda aside: self.paint(aside, REST))
            self._is_drawn = True
        return self._sprite


class Mover:
    """One layer with a timing of its own or of its group's, or a film, which is another picture at each moment."""

    def __init__(self, item: Placed, timing: Timing | None, duration_s: float) -> None:
        self.item = item
        self.timing = timing
        self._duration_s = duration_s
        self.is_film = item.layer.type == "video"
        self._unmasked = replace(item, masks=())
        self._sprite: Sprite | None = None
        self._is_drawn = False
        self._effects: dict[Hashable, EffectSprites] = {}

    def __repr__(self) -> str:
        return f"Mover({self.item.layer.name!r}{', drawn' if self._is_drawn else ''})"

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
        sprite = self.sprite(stage)
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
            self.effect(stage, state.text.effect, state.text.split).draw(canvas, state, self.middle)
        else:
            sprite = self.sprite(stage)
            if sprite is not None:
                draw_sprite(canvas, sprite, placement(state, self.middle))
        canvas.restoreToCount(before)

    def sprite(self, stage: Stage) -> Sprite | None:
        if not self._is_drawn:
            scale = largest_scale(self.timing)
            self._sprite = make_sprite(stage, self.reach, scale, lambda aside: paint_layer(aside, self._unmasked))
            self._is_drawn = True
        return self._sprite

    def effect(self, stage: Stage, effect: str, split: str) -> EffectSprites:
        found = self._effects.get((effect, split))
        if found is None:
            found = effect_sprites(stage, self._unmasked, effect, split, largest_scale(self.timing))
            self._effects[(effect, split)] = found
        return found

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


class MovingShadow:
    """The shadow of a group some of whose members move: of those that are shown, as they stand."""

    def __init__(self, cast: GroupShadow, placed: Sequence[Placed], movers: Mapping[int, Mover]) -> None:
        self.cast = cast
        self._placed = placed
        self._movers = movers
        self._cache = RenderCache(_MOVING_SHADOWS_BYTES)

    def __repr__(self) -> str:
        return f"MovingShadow({self.cast.layer.name!r}, {len(self.cast.members)} members)"

    @property
    def lowest(self) -> Mover:
        """Of the members that move."""
        return next(self._movers[index] for index in self.cast.members if index in self._movers)

    def state(self, time_s: float) -> Hashable | None:
        states = tuple(
            self._movers[index].state(time_s) if index in self._movers else REST for index in self.cast.members
        )
        return states if any(state is not None for state in states) else None

    def is_resting(self, state: Hashable) -> bool:
        return all(
            member is None or self._movers[index].is_resting(member)
            for index, member in zip(self.cast.members, _members(state), strict=True)
            if index in self._movers
        )

    def covers(self, stage: Stage, state: Hashable, size: tuple[int, int]) -> bool:
        return False

    def paint(self, stage: Stage, state: Hashable) -> None:
        _paint_shadow(stage, self.cast, [self._placed[index] for index, _ in self._shown(state)])

    def draw(self, stage: Stage, state: Hashable) -> None:
        shown = list(self._shown(state))
        boxes = [
            self._movers[index].reach_at(member) if index in self._movers else reach_of_all([self._placed[index]])
            for index, member in shown
        ]

        def paint_all(aside: Stage) -> None:
            for index, member in shown:
                if index in self._movers:
                    self._movers[index].draw(aside, member)
                else:
                    paint_layer(aside, self._placed[index])

        apart = stage.aside(stage.canvas)
        apart.cache = self._cache
        cast_shadow(apart, self.cast.layer, _around(boxes), state, paint_all)

    def _shown(self, state: Hashable) -> Iterator[tuple[int, Hashable]]:
        for index, member in zip(self.cast.members, _members(state), strict=True):
            if member is not None:
                yield index, member


def placement(pose: Pose, middle: tuple[float, float]) -> Placement:
    return Placement(*middle, pose.dx, pose.dy, pose.scale, pose.angle, pose.opacity)


def _members(state: Hashable) -> tuple[Hashable, ...]:
    assert isinstance(state, tuple)
    return state


def _paint_shadow(stage: Stage, cast: GroupShadow, members: Sequence[Placed]) -> None:
    def paint_all(aside: Stage) -> None:
        for item in members:
            paint_layer(aside, item)

    # A clip draws it once and then keeps the picture it is in.
    key = (cast.layer.signature(), tuple((item.layer.signature(), item.frame) for item in members))
    cast_shadow(stage, cast.layer, reach_of_all(list(members)), key, paint_all)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)
