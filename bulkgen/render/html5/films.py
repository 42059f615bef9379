"""The videos of a clip that a page can play by itself, and what of its sound and films is left out.

    scene, sprites, what was loaded -> Film by layer, and a sentence for each layer that stands still instead

A browser plays MP4 and WebM; a film with rounded corners, a shadow or a focus is a picture here, since its frames are
drawn, and a player shows them as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bulkgen.render.container import read_trim
from bulkgen.render.failures import RenderError
from bulkgen.render.html5.page import Film
from bulkgen.render.html5.styles import number
from bulkgen.render.layer_sprites import LayerSprite
from bulkgen.render.scene import Layer, Scene
from bulkgen.render.sources import picture_source, source_body

# Without a limit of the network's: what loads while somebody looks at a banner.
_MOST_BYTES = 2_000_000

_FOCUS = ("focus_x", "focus_y")


def films_of(
    scene: Scene, sprites: Sequence[LayerSprite], pictures: Mapping[str, bytes | RenderError], most: int | None
) -> tuple[dict[str, Film], list[str]]:
    """`most`: of the whole banner. Raises RenderError of a layer whose film was not loaded."""
    found: dict[str, Film] = {}
    told = []
    layers = {layer.name: layer for layer in scene.layers}
    for sprite in sprites:
        layer = layers.get(sprite.name) if sprite.film else None
        body = source_body(layer, pictures) if layer is not None else None
        if layer is None or body is None:
            continue
        kind = _kind(body)
        why = _obstacle(layer, sprite, kind, len(body), most)
        if why:
            told.append(f"{sprite.name}: the video is a picture of its beginning here, since {why}")
            continue
        starts_s = sprite.timing.start_at_s or 0.0 if sprite.timing else 0.0
        found[sprite.name] = Film(f"film-{len(found)}.{kind}", body, starts_s, _part(picture_source(layer) or ""))
    return found, told


def sounds_left_out(scene: Scene) -> list[str]:
    return [
        f"{layer.name}: a banner has no sound, and it is left out"
        for layer in scene.layers
        if layer.type == "audio" and not layer.is_hidden and picture_source(layer)
    ]


def _obstacle(layer: Layer, sprite: LayerSprite, kind: str | None, size_bytes: int, most: int | None) -> str | None:
    if kind is None:
        return "browsers play MP4 and WebM only"
    limit = _MOST_BYTES if most is None else most
    if size_bytes > limit:
        return f"it has {-(-size_bytes // 1000):,} kB, and at most {limit // 1000:,} go into the banner"
    if not sprite.is_opaque or any(layer.get(name) is not None for name in _FOCUS):
        return "a player has no corners, shadow or focus"
    return None


def _kind(body: bytes) -> str | None:
    if body[4:8] == b"ftyp" and body[8:12] != b"qt  ":
        return "mp4"
    return "webm" if body[:4] == b"\x1a\x45\xdf\xa3" else None


def _part(address: str) -> str:
    """Of a film that is trimmed: the players know the fragment."""
    trim = read_trim(address)
    if not trim.start_s and trim.end_s is None:
        return ""
    return f"#t={number(trim.start_s)}" + (f",{number(trim.end_s)}" if trim.end_s is not None else "")
