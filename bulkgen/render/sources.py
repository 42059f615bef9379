"""Where a layer's picture, film or sound comes from: an address, a path of the design's own, decoded content by hash,
or base64.

What the request says goes before the design's; within each, an address goes before base64 (reference 7.5).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bulkgen.render.failures import RenderError, of_layer, picture_error
from bulkgen.render.scene import Layer, Scene, resolve
from bulkgen.wire.design import Design

# An upload that the caller keeps decoded; the reference then says its content.
CONTENT_PREFIX = "sha256:"

_PROPERTIES = {
    "image": ("image_url", "image_encoded"),
    "logo": ("image_url", "image_encoded"),
    "button": ("icon_url", "icon_encoded"),
    "qrcode": ("image_url",),
}
# Layer types that show a picture of the request's.
WITH_PICTURE = tuple(_PROPERTIES)
# What plays, and is there in animated designs only.
_PLAYED = {"video": ("video_url",), "audio": ("audio_url", "audio_encoded")}
_ENCODED = ("image_encoded", "icon_encoded", "audio_encoded")


def picture_source(layer: Layer) -> str | None:
    """A reference, or base64; None if the layer shows no picture and plays nothing."""
    names = _PROPERTIES.get(layer.type) or _PLAYED.get(layer.type, ())
    if layer.type == "qrcode" and layer.flag("hide_icon"):
        return None
    for is_given in (True, False):
        for name in names:
            value = layer.values.get(name)
            if value and (name in layer.overridden) is is_given:
                return str(value)
    return None


def is_reference(source: str, layer: Layer) -> bool:
    """Whether the caller fetches it; base64 travels in the request itself."""
    if source.startswith(CONTENT_PREFIX) or source.lower().startswith(("http://", "https://")):
        return True
    return not source.startswith("data:") and source not in (layer.values.get(name) for name in _ENCODED)


def decode_inline(source: str, layer: Layer) -> bytes:
    body = source.partition(",")[2] if source.startswith("data:") else source
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        name = {"button": "icon_encoded", "audio": "audio_encoded"}.get(layer.type, "image_encoded")
        raise picture_error(layer.name, f"{name} is not base64") from None


def source_body(layer: Layer, pictures: Mapping[str, bytes | RenderError]) -> bytes | None:
    """What the layer shows or plays, of what the caller loaded; None for nothing. Raises RenderError of the layer."""
    source = picture_source(layer)
    if not source:
        return None
    if not is_reference(source, layer):
        return decode_inline(source, layer)
    found = pictures.get(source)
    if found is None:
        noun = layer.type if layer.type in _PLAYED else "picture"
        raise picture_error(layer.name, f"the {noun} {source[:200]!r} was not loaded")
    if isinstance(found, RenderError):
        raise of_layer(found, layer.name)
    return found


def picture_refs(design: Design, format_ids: Sequence[str], elements: Mapping[str, Any]) -> dict[str, str]:
    """Every picture that these formats need -> the first layer that shows it. Hidden layers need none."""
    found: dict[str, str] = {}
    for format_id in format_ids:
        try:
            scene = resolve(design, format_id, elements)
        except RenderError:
            continue  # said when the format is rendered, as this format's error
        for reference, layer in references(scene):
            found.setdefault(reference, layer)
    return found


def references(scene: Scene) -> Iterator[tuple[str, str]]:
    for layer in scene.layers:
        is_left_out = layer.is_hidden or (layer.type in _PLAYED and scene.animation is None)
        source = None if is_left_out else picture_source(layer)
        if source and is_reference(source, layer):
            yield source, layer.name
