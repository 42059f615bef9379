"""The layers of a clip as elements of a page, with the pictures and films that they show.

    LayerSprites -> Page: markup, keyframes, drawings

A layer is an element without a size at the banner's corner, so that offsets and the point that it turns about are px of
the format; its picture lies inside, in its place. Tweens of one property compose as nested elements, offsets outside,
since a layer's offset is neither turned nor scaled. Elements know their picture by a class: which file that is, is said
when the files are made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bulkgen.render.html5.assets import Drawing
from bulkgen.render.html5.atlas import pack
from bulkgen.render.html5.mask_path import mask_path
from bulkgen.render.html5.styles import StyleSheet, number
from bulkgen.render.html5.text_tracks import text_tracks
from bulkgen.render.html5.tracks import Track, shown_track, tween_tracks
from bulkgen.render.layer_sprites import LayerSprite
from bulkgen.render.skia_memory import Pixels
from bulkgen.render.sprites import Sprite
from bulkgen.render.text_effects import EffectSprites
from bulkgen.wire.design import Box

_NAME_CHARACTERS = 30


@dataclass(frozen=True, slots=True)
class Film:
    """A video of the banner: it begins `starts_s` after the design does. `part` is the fragment of its address."""

    name: str
    body: bytes
    starts_s: float
    part: str = ""


@dataclass(slots=True)
class Page:
    """Grows layer by layer."""

    styles: StyleSheet
    films: Mapping[str, Film]
    markup: list[str] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)

    def add(self, sprite: LayerSprite) -> None:
        shown = shown_track(sprite.timing, self.styles.duration_s)
        if shown is not None and len(shown.stops) == 1:
            return
        content = self._content(sprite)
        if sprite.timing is not None:
            tracks = tween_tracks(sprite.timing, sprite.place or sprite.box, self.styles.duration_s)
            content = self._moved(content, tracks, shown, sprite.middle)
        for mask in reversed(sprite.masks):
            content = f'<div class="w" style="clip-path:path(\'{mask_path(mask, sprite.name)}\')">{content}</div>'
        self.markup.append(content)

    def picture_rules(self, names: Sequence[str]) -> str:
        """Which file each class shows."""
        return "".join(f".p{index}{{background:url({name}) no-repeat}}\n" for index, name in enumerate(names))

    def _content(self, sprite: LayerSprite) -> str:
        if sprite.timing is not None and sprite.effects:
            parts = (self._text(sprite, kind, effect) for kind, effect in sprite.effects.items())
            return "".join(parts)
        height, width = sprite.pixels.shape[:2]
        scale = (width / sprite.box.width, height / sprite.box.height)
        shape = self._draw(sprite.name, sprite.pixels, is_opaque=sprite.is_opaque)
        film = self.films.get(sprite.name) if sprite.film else None
        if film is None:
            return f'<i class="{shape}" style="{_frame(sprite.box, scale)}"></i>'
        return (
            f'<video class="{shape}" style="{_frame(sprite.box, scale)}" muted playsinline preload="auto" '
            f'src="{film.name}{film.part}" data-at="{number(film.starts_s)}"></video>'
        )

    def _text(self, sprite: LayerSprite, kind: tuple[str, str], effect: EffectSprites) -> str:
        assert sprite.timing is not None
        fall = (effect.down[0] * effect.size, effect.down[1] * effect.size)
        tracks = text_tracks(sprite.timing, kind, len(effect.units), fall, self.styles.duration_s)
        pieces: list[tuple[Sprite, Sequence[Track], tuple[float, float]]] = []
        if effect.ground is not None:
            pieces.append((effect.ground, [tracks.ground], (0.0, 0.0)))
        for unit, moves in zip(effect.units, tracks.units, strict=True):
            if unit is not None:
                pieces.append((unit.sprite, moves, (unit.x, unit.y)))
        if not pieces:
            return ""
        first = pieces[0][0]
        scale = (first.picture.width / first.box.width, first.picture.height / first.box.height)
        atlas = pack([piece for piece, _, _ in pieces])
        shape = self._draw(f"{sprite.name} {kind[0]}", atlas.pixels, is_opaque=False)
        found = []
        for (piece, own, middle), (left, top) in zip(pieces, atlas.places, strict=True):
            at = f"background-position:{number(-left)}px {number(-top)}px"
            names = self.styles.names(own)
            found.append(
                f'<i class="{shape} m" style="{_frame(piece.box, scale, middle)};{at};animation-name:{names}"></i>'
            )
        return "".join(found)

    def _moved(self, content: str, tracks: Iterable[Track], shown: Track | None, middle: tuple[float, float]) -> str:
        by_name: dict[str, list[Track]] = {"translate": [], "rotate": [], "scale": [], "opacity": []}
        for track in tracks:
            by_name[track.name].append(track)
        slides = by_name.pop("translate")
        inside = [[track for track in level if track] for level in zip_longest(*by_name.values())]
        # The last slide and the first of the others share an element: its offset comes before the rest.
        inner = [*slides[-1:], *(inside[0] if inside else []), *([shown] if shown else [])]
        for level in reversed(inside[1:]):
            content = self._layer(content, level, middle)
        if inner:
            content = self._layer(content, inner, middle)
        for slide in reversed(slides[:-1]):
            content = self._layer(content, [slide], middle)
        return content

    def _layer(self, content: str, tracks: Sequence[Track], middle: tuple[float, float]) -> str:
        names = self.styles.names(tracks)
        return f'<div class="m" style="animation-name:{names}{_about(*middle)}">{content}</div>'

    def _draw(self, layer: str, pixels: Pixels, *, is_opaque: bool) -> str:
        """The class that shows it."""
        index = len(self.drawings)
        name = re.sub(r"[^a-z0-9]+", "-", layer.lower()).strip("-")[:_NAME_CHARACTERS] or "layer"
        self.drawings.append(Drawing(f"{index:02}-{name}", pixels, is_opaque))
        return f"p{index}"


def _frame(box: Box, scale: tuple[float, float], about: tuple[float, float] = (0.0, 0.0)) -> str:
    """Where a picture lies that has `scale` pixels to a px, and what it is scaled about when it moves.

    A browser sets boxes to whole px and leaves transforms as they are, so what lies between px is said by a transform.
    """
    width, height = box.width * scale[0], box.height * scale[1]
    if scale == (1.0, 1.0) and float(box.x).is_integer() and float(box.y).is_integer():
        edges = (("left", box.x), ("top", box.y), ("width", width), ("height", height))
        return ";".join(f"{name}:{number(value, 3)}px" for name, value in edges) + _about(
            about[0] - box.x, about[1] - box.y
        )
    x = box.x + (1 / scale[0] - 1) * about[0]
    y = box.y + (1 / scale[1] - 1) * about[1]
    smaller = f"scale({number(1 / scale[0], 6)},{number(1 / scale[1], 6)})"
    return (
        f"left:0;top:0;width:{number(width, 3)}px;height:{number(height, 3)}px{_about(*about)};"
        f"transform:translate({number(x, 3)}px,{number(y, 3)}px) {smaller}"
    )


def _about(x: float, y: float) -> str:
    return f";transform-origin:{number(x, 3)}px {number(y, 3)}px"
