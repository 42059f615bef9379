"""What a painter draws with: the canvas, the cache, and the pictures of the layers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bulkgen.render.cache import RenderCache
from bulkgen.render.effects import Effect, Tint, apply
from bulkgen.render.face import Face
from bulkgen.render.failures import RenderError, element_error, of_layer
from bulkgen.render.icons import UnknownIconError, icon_svg
from bulkgen.render.interest import LOOK_PX, Interest
from bulkgen.render.pictures import decode_picture, read_vector
from bulkgen.render.placement import NO_FOCUS, Focus
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture, Vector, static_typeface, typeface
from bulkgen.render.sources import source_body
from bulkgen.render.svg import is_svg
from bulkgen.wire.colors import Color, parse_color

if TYPE_CHECKING:
    from bulkgen.render.print.press import Press

# Pixels of a picture for each px of a PDF: enough for a good printer at the sizes that banners are printed in.
VECTOR_PIXELS = 2.0


class Stage:
    """One per banner. `is_vector`: the canvas keeps shapes instead of pixels, so nothing is made into pixels early."""

    def __init__(
        self, canvas: Any, pictures: Mapping[str, bytes | RenderError], cache: RenderCache, *, is_vector: bool = False
    ) -> None:
        self.canvas = canvas
        self.cache = cache
        self.is_vector = is_vector
        # Pixels of a picture for each unit of the canvas.
        self.sharpness = VECTOR_PIXELS if is_vector else 1.0
        # Of a print: where its pictures go, and whether the canvas counts in points instead of px.
        self.press: Press | None = None
        self.is_paper = False
        # Of the layers that play: the frame of this moment, by layer. Whoever knows the time puts them here.
        self.footage: dict[str, Picture] = {}
        self._pictures = pictures
        self._bodies: dict[str, bytes] = {}
        self._digests: dict[str, str] = {}

    def __repr__(self) -> str:
        kind = "vector" if self.is_vector else "pixels"
        return f"Stage({kind}, {len(self._pictures)} pictures, {self.cache!r})"

    def aside(self, canvas: Any, sharpness: float = 1.0) -> Stage:
        """The same stage with pixels beside the banner, for what is drawn twice, or at another size."""
        stage = Stage(canvas, self._pictures, self.cache)
        stage.sharpness = sharpness
        stage._bodies, stage._digests = self._bodies, self._digests
        stage.footage = self.footage
        return stage

    def picture(
        self, layer: Layer, width: float, height: float, *, contain: bool, effect: Effect | None = None
    ) -> Picture | Vector | None:
        """The layer's picture at about this size; None if it shows none. Raises RenderError, said of the layer.

        A tint is for drawings: a photo stays as it is.
        """
        digest = self.digest(layer)
        if digest is None or width <= 0 or height <= 0:
            return None
        body = self._bodies[layer.name]
        is_drawing = is_svg(body)
        if isinstance(effect, Tint) and not is_drawing:
            effect = None
        try:
            if self.is_vector and is_drawing and effect is None:
                vector = read_vector(body)
                if self.press is None or self.press.can_carry(vector, digest):
                    return vector
            sharpness = self.sharpness
            picture = self.cache.picture(
                ("picture", digest, round(width * sharpness), round(height * sharpness), contain),
                lambda: decode_picture(body, width * sharpness, height * sharpness, contain=contain),
            )
        except RenderError as error:
            raise of_layer(error, layer.name) from error
        if effect is None:
            return picture
        return self.cache.picture(
            ("effect", effect, digest, picture.width, picture.height, contain), lambda: apply(effect, picture)
        )

    def digest(self, layer: Layer) -> str | None:
        """What the layer's picture is, by content; None if it shows none."""
        known = self._digests.get(layer.name)
        if known is not None:
            return known
        body = self._body(layer)
        if body is None:
            return None
        # Processors have instructions for this one; others take twice as long over a photo.
        digest = hashlib.sha256(body).hexdigest()
        self._bodies[layer.name] = body
        self._digests[layer.name] = digest
        return digest

    def focus(self, layer: Layer, proportions: float, zoom: float) -> Focus:
        """What catches the eye in the layer's picture, for a box of these proportions (width / height).

        From a small picture of a fixed size, so that every format of a design looks at the same one.
        """
        digest = self.digest(layer)
        if digest is None:
            return NO_FOCUS
        try:
            found = self.cache.picture(
                ("interest", digest),
                lambda: Interest.of(decode_picture(self._bodies[layer.name], LOOK_PX, LOOK_PX, contain=True)),
            )
        except RenderError as error:
            raise of_layer(error, layer.name) from error
        return found.focus(proportions, zoom)

    def typeface(self, face: Face) -> Any:
        """The face for the drawing library. Raises ValueError: the font file cannot be read."""
        if self.is_vector and face.position:
            made = self.cache.typeface(
                (face.path, tuple(face.position.items())), lambda: static_typeface(face.body, face.position)
            )
        else:
            made = face.typeface = face.typeface or typeface(face.body, face.position)
        if made is None:
            raise ValueError(f"the font file {face.path.name} cannot be read")
        return made

    def _body(self, layer: Layer) -> bytes | None:
        if layer.type == "illustration":
            try:
                return icon_svg(layer.text("illustration_type"), layer.text("illustration_file"), _icon_color(layer))
            except UnknownIconError as error:
                raise element_error(layer.name, str(error)) from None
        return source_body(layer, self._pictures)


def _icon_color(layer: Layer) -> Color | None:
    properties = layer.get("illustration_properties")
    given = properties.get("primary_color") if isinstance(properties, Mapping) else None
    if not given:
        return None
    try:
        return parse_color(str(given))
    except ValueError as error:
        raise element_error(layer.name, f"primary_color is {given!r}, and must be a colour ({error})") from None
