"""Where a layer's picture comes from: an address, a path of the design's own, decoded content by hash, or base64.

What the request says goes before the design's; within each, an address goes before base64 (reference 7.5).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bulkgen.render.failures import RenderError, picture_error
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
_ENCODED = ("image_encoded", "icon_encoded")


def picture_source(layer: Layer) -> str | None:
    """A reference, or base64; None if the layer shows no picture."""
    names = _PROPERTIES.get(layer.type, ())
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
        name = "icon_encoded" if layer.type == "button" else "image_encoded"
        raise picture_error(layer.name, f"{name} is not base64") from None


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
        source = None if layer.is_hidden else picture_source(layer)
        if source and is_reference(source, layer):
            yield source, layer.name
