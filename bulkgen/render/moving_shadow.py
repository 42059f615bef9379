"""The shadow of a group some of whose members move: of those that are shown, as they stand."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from bulkgen.render.cache import RenderCache
from bulkgen.render.layout import Placed
from bulkgen.render.movers import Mover
from bulkgen.render.painters import paint_layer
from bulkgen.render.painters.group import GroupShadow
from bulkgen.render.painters.reach import reach_of_all
from bulkgen.render.painters.shadows import cast_shadow
from bulkgen.render.stage import Stage
from bulkgen.render.timeline import REST
from bulkgen.render.vectors import layer_said
from bulkgen.wire.design import Box

# Of one clip; each is used for a frame only, and would push out what others need.
_KEPT_BYTES = 16 * 1024 * 1024


class MovingShadow:
    """As a part of a clip (`parts`): its state is that of all members."""

    def __init__(self, cast: GroupShadow, placed: Sequence[Placed], movers: Mapping[int, Mover]) -> None:
        self.cast = cast
        self._placed = placed
        self._movers = movers
        self._cache = RenderCache(_KEPT_BYTES)

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
        paint_still_shadow(stage, self.cast, [self._placed[index] for index, _ in self._shown(state)])

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


def paint_still_shadow(stage: Stage, cast: GroupShadow, members: Sequence[Placed]) -> None:
    """Of members at rest."""

    def paint_all(aside: Stage) -> None:
        for item in members:
            paint_layer(aside, item)

    key = (cast.layer.signature(), tuple(layer_said(stage, item) for item in members))
    cast_shadow(stage, cast.layer, reach_of_all(list(members)), key, paint_all)


def _members(state: Hashable) -> tuple[Hashable, ...]:
    assert isinstance(state, tuple)
    return state


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)
