"""A laid out scene -> a canvas that keeps shapes: nothing is flattened, as it would become pixels.

Also what decides how a layer looks, as a text, for whoever keeps what was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

from bulkgen.render.layout import Placed
from bulkgen.render.painters import paint_layer
from bulkgen.render.painters.group import GroupShadow, group_shadows, paint_group_shadow
from bulkgen.render.paints import fill_rectangle
from bulkgen.render.scene import Scene
from bulkgen.render.sources import WITH_PICTURE
from bulkgen.render.stage import Stage
from bulkgen.wire.design import Box


def draw_vectors(stage: Stage, scene: Scene, placed: Sequence[Placed], ground: Box) -> None:
    """The scene's background on `ground`, and its layers from the bottom up."""
    fill_rectangle(stage, scene.background, ground)
    shadows = group_shadows(scene, placed)
    for index, item in enumerate(placed):
        for cast in shadows.get(index, ()):
            paint_group_shadow(stage, cast, placed, group_said(stage, cast, placed), paint_layer)
        paint_layer(stage, item)


def layer_said(stage: Stage, item: Placed) -> str:
    """Everything that decides the pixels of a layer."""
    layer = item.layer
    content = stage.digest(layer) if layer.type in WITH_PICTURE else None
    # The size of a text may be that of others it shares one with.
    text_size = item.text.size if item.text else None
    return repr((layer.name, item.frame, item.masks, text_size, content, layer.signature()))


def group_said(stage: Stage, cast: GroupShadow, placed: Sequence[Placed]) -> str:
    """Everything that decides the shadow of a group."""
    return repr((cast.layer.signature(), [layer_said(stage, placed[index]) for index in cast.members]))
