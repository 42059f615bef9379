"""The parts of a clip as pictures with their timings, for a page that moves them itself.

    parts -> `LayerSprite`s, bottom first: the ground with what stands still on it, then each part by itself

A shadow of a group that moves is here that of the group at rest, and goes with its lowest member. A layer is drawn at
the size at which it stands in the end: that is looked at longest, and a page draws it pixel by pixel then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bulkgen.render.groups import Mask
from bulkgen.render.movers import Mover
from bulkgen.render.moving_shadow import MovingShadow
from bulkgen.render.painters import paint_layer
from bulkgen.render.parts import Part, Still
from bulkgen.render.skia_memory import Pixels, Surface
from bulkgen.render.sprites import Sprite, make_sprite
from bulkgen.render.stage import Stage
from bulkgen.render.text_effects import EffectSprites, effect_sprites
from bulkgen.render.timeline import REST, lasting_scale
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box


@dataclass(frozen=True, slots=True)
class LayerSprite:
    """`box` is where the pixels (BGRA, premultiplied) lie at rest, in px of the format; there may be more of them.

    `place` is what a slide's `left` and `top` are compared with, `middle` what scale and angle are about. `masks` stay
    where they are. `effects` has ground and units of a text for each (effect, split) of its tweens. `film` is the
    address of a video, whose first picture this is.
    """

    name: str
    pixels: Pixels
    box: Box
    timing: Timing | None = None
    place: Box | None = None
    middle: tuple[float, float] = (0.0, 0.0)
    is_opaque: bool = False
    masks: tuple[Mask, ...] = ()
    effects: Mapping[tuple[str, str], EffectSprites] = field(default_factory=dict)
    film: str = ""


def layer_sprites(stage: Stage, ground: Surface, parts: Sequence[Part]) -> tuple[LayerSprite, ...]:
    """`ground` is what lies under all parts; the first that stand still are painted onto it."""
    first = 0
    aside = stage.aside(ground.canvas)
    while first < len(parts) and isinstance(parts[first], Still):
        parts[first].paint(aside, REST)
        first += 1
    whole = Box(0, 0, ground.width, ground.height)
    is_opaque = bool((ground.pixels[:, :, 3] == 255).all())
    bottom = LayerSprite("ground", ground.pixels, whole, is_opaque=is_opaque)
    return (bottom, *(sprite for part in parts[first:] for sprite in _sprites(stage, part, whole)))


def _sprites(stage: Stage, part: Part, whole: Box) -> Iterator[LayerSprite]:
    match part:
        case Still():
            yield from _of(part.sprite(stage), "still")
        case MovingShadow():
            resting = tuple(REST for _ in part.cast.members)
            sprite = make_sprite(stage, whole, 1.0, lambda aside: part.paint(aside, resting))
            lowest = part.lowest
            yield from _of(sprite, part.cast.layer.name, lowest)
        case Mover():
            scale = lasting_scale(part.timing)
            item = replace(part.item, masks=())
            sprite = make_sprite(stage, part.reach, scale, lambda aside: paint_layer(aside, item))
            effects = {kind: effect_sprites(stage, item, *kind, scale) for kind in part.effects()}
            yield from _of(sprite, item.layer.name, part, effects)


def _of(
    sprite: Sprite | None,
    name: str,
    mover: Mover | None = None,
    effects: Mapping[tuple[str, str], EffectSprites] | None = None,
) -> Iterator[LayerSprite]:
    if sprite is None:
        return
    is_opaque = sprite.picture.is_opaque
    if mover is None:
        yield LayerSprite(name, sprite.pixels, sprite.box, is_opaque=is_opaque)
        return
    layer = mover.item.layer
    yield LayerSprite(
        name,
        sprite.pixels,
        sprite.box,
        mover.timing,
        layer.box,
        mover.middle,
        is_opaque,
        mover.item.masks,
        effects or {},
        layer.text("video_url") if mover.is_film else "",
    )
