"""The shadow of a group: of all its members as one, under the lowest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bulkgen.render.layout import Placed
from bulkgen.render.painters.reach import reach_of_all
from bulkgen.render.painters.shadows import cast_shadow, casts_shadow
from bulkgen.render.scene import Layer, Scene
from bulkgen.render.stage import Stage


@dataclass(frozen=True, slots=True)
class GroupShadow:
    """`members` are indices into what is placed."""

    layer: Layer
    members: tuple[int, ...]


def group_shadows(scene: Scene, placed: Sequence[Placed]) -> Mapping[int, list[GroupShadow]]:
    """By the index of the lowest member: there the shadow is drawn."""
    found: dict[int, list[GroupShadow]] = {}
    for group in scene.groups:
        layer = Layer(group.name, "group", group.box, group.values, frozenset(), is_hidden=False)
        if not casts_shadow(layer):
            continue
        members = tuple(index for index, item in enumerate(placed) if item.layer.name in group.leaves)
        if members:
            found.setdefault(members[0], []).append(GroupShadow(layer, members))
    return found


def paint_group_shadow(
    stage: Stage, shadow: GroupShadow, placed: Sequence[Placed], key: str, paint: Callable[[Stage, Placed], None]
) -> None:
    members = [placed[index] for index in shadow.members]

    def paint_all(aside: Stage) -> None:
        for item in members:
            paint(aside, item)

    cast_shadow(stage, shadow.layer, reach_of_all(members), key, paint_all)
