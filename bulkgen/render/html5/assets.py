"""The pictures of a banner as files that ad networks take: PNG, JPEG, and SVG for a photo with edges that let through.

    pixels, quality -> bytes of the smallest of these that looks the same; only photos have a quality

A photo of any outline is a JPEG behind a mask, in an SVG that holds both: as PNG it would be five times the size, and
the newer formats that have both colours and transparency are refused by networks.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from bulkgen.render.encoders import Sheet, encode_jpeg
from bulkgen.render.skia_memory import Pixels

# A lossy file must be worth it: flat colours and letters are smaller, and sharp, as they are.
_WORTH_IT = 0.6

_PALETTE = 256


@dataclass(slots=True)
class Drawing:
    """`name` without an ending; pixels are BGRA, premultiplied."""

    name: str
    pixels: Pixels
    is_opaque: bool
    _exact: bytes | None = field(default=None, repr=False)
    _layers: tuple[Pixels, bytes] | None = field(default=None, repr=False)

    def file(self, quality: int) -> tuple[str, bytes]:
        """Its name and content."""
        if self._exact is None:
            self._exact = _png(self.pixels, is_opaque=self.is_opaque)
        lossy = self._jpeg(quality) if self.is_opaque else self._masked(quality)
        if len(lossy) < _WORTH_IT * len(self._exact):
            return f"{self.name}.{'jpg' if self.is_opaque else 'svg'}", lossy
        return f"{self.name}.png", self._exact

    def _jpeg(self, quality: int) -> bytes:
        return encode_jpeg(Sheet(np.ascontiguousarray(self.pixels), True, True, quality))

    def _masked(self, quality: int) -> bytes:
        if self._layers is None:
            self._layers = _solid(self.pixels), _alpha(self.pixels)
        solid, mask = self._layers
        height, width = solid.shape[:2]
        colors = encode_jpeg(Sheet(solid, True, True, quality))
        size = f'width="{width}" height="{height}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}">'
            f'<mask id="m"><image {size} href="{_inline("png", mask)}"/></mask>'
            f'<image {size} mask="url(#m)" href="{_inline("jpeg", colors)}"/></svg>'
        ).encode()


def on_white(pixels: Pixels, quality: int) -> bytes:
    """A JPEG of what may let through."""
    flat = pixels.copy()
    flat[:, :, :3] += 255 - pixels[:, :, 3:]
    flat[:, :, 3] = 255
    return encode_jpeg(Sheet(flat, True, True, quality))


def _png(pixels: Pixels, *, is_opaque: bool) -> bytes:
    """Lossless; with a palette where there are few enough colours."""
    height, width = pixels.shape[:2]
    packed = np.ascontiguousarray(pixels)
    image = Image.frombuffer("RGBa", (width, height), packed, "raw", "BGRa", 0, 1).convert("RGBA")
    if is_opaque:
        image = image.convert("RGB")
    channels = 3 if is_opaque else 4
    flat = np.frombuffer(image.tobytes(), np.uint8).reshape(height * width, channels)
    codes = np.zeros(height * width, np.uint32)
    for channel in range(channels):
        codes |= flat[:, channel].astype(np.uint32) << (8 * channel)
    colors, places = np.unique(codes, return_inverse=True)
    body = io.BytesIO()
    if len(colors) > _PALETTE:
        image.save(body, "PNG", optimize=True)
        return body.getvalue()
    indexed = Image.fromarray(places.reshape(height, width).astype(np.uint8), "P")
    parts = [((colors >> shift) & 255).astype(np.uint8) for shift in (0, 8, 16, 24)]
    indexed.putpalette(np.stack(parts[:3], axis=1).tobytes())
    if is_opaque:
        indexed.save(body, "PNG", optimize=True)
    else:
        indexed.save(body, "PNG", optimize=True, transparency=parts[3].tobytes())
    return body.getvalue()


def _alpha(pixels: Pixels) -> bytes:
    body = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, 3])).save(body, "PNG", optimize=True)
    return body.getvalue()


def _solid(pixels: Pixels) -> Pixels:
    """The colours without their transparency; where nothing is seen the mean one, so that edges do not bleed."""
    alpha = pixels[:, :, 3:].astype(np.float32)
    colors = pixels[:, :, :3].astype(np.float32) * 255 / np.maximum(alpha, 1)
    seen = alpha[:, :, 0] > 0
    mean = colors[seen].mean(axis=0) if seen.any() else np.zeros(3, np.float32)
    colors[~seen] = mean
    solid = np.full(pixels.shape, 255, np.uint8)
    solid[:, :, :3] = np.clip(colors + 0.5, 0, 255).astype(np.uint8)
    return solid


def _inline(kind: str, body: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(body).decode()}"
