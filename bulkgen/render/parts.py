"""What a clip is made of, bottom first: layers that stand still as one picture, layers that move, shadows of groups.

placed layers + their timings -> parts; each says how it stands at a time, and draws itself so
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from bulkgen.render.layout import Placed
from bulkgen.render.movers import Mover
from bulkgen.render.moving_shadow import MovingShadow, paint_still_shadow
from bulkgen.render.painters import PAINTERS, paint_layer
from bulkgen.render.painters.group import GroupShadow, group_shadows
from bulkgen.render.scene import Scene
from bulkgen.render.sprites import Placement, Sprite, draw_sprite, make_sprite
from bulkgen.render.stage import Stage
from bulkgen.render.timeline import REST, within
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box


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
                paint_still_shadow(stage, item, [self._placed[index] for index in item.members])
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
