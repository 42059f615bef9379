"""What a painter draws with: the canvas, the cache, and the pictures of the layers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bulkgen.render.cache import RenderCache
from bulkgen.render.failures import RenderError, of_layer, picture_error
from bulkgen.render.pictures import decode_picture
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture
from bulkgen.render.sources import decode_inline, is_reference, picture_source


class Stage:
    """One per banner."""

    def __init__(self, canvas: Any, pictures: Mapping[str, bytes | RenderError], cache: RenderCache) -> None:
        self.canvas = canvas
        self.cache = cache
        self._pictures = pictures
        self._bodies: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Stage({len(self._pictures)} pictures, {self.cache!r})"

    def picture(self, layer: Layer, width: float, height: float, *, contain: bool) -> Picture | None:
        """The layer's picture at about this size; None if it shows none. Raises RenderError, said of the layer."""
        digest = self.digest(layer)
        if digest is None or width <= 0 or height <= 0:
            return None
        body = self._bodies[layer.name]
        try:
            return self.cache.picture(
                ("picture", digest, round(width), round(height), contain),
                lambda: decode_picture(body, width, height, contain=contain),
            )
        except RenderError as error:
            raise of_layer(error, layer.name) from error

    def digest(self, layer: Layer) -> str | None:
        """What the layer's picture is, by content; None if it shows none."""
        known = self._digests.get(layer.name)
        if known is not None:
            return known
        source = picture_source(layer)
        if not source:
            return None
        body = self._body(source, layer)
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        self._bodies[layer.name] = body
        self._digests[layer.name] = digest
        return digest

    def _body(self, source: str, layer: Layer) -> bytes:
        if not is_reference(source, layer):
            return decode_inline(source, layer.name)
        found = self._pictures.get(source)
        if found is None:
            raise picture_error(layer.name, f"the picture {source[:200]!r} was not loaded")
        if isinstance(found, RenderError):
            raise of_layer(found, layer.name)
        return found
