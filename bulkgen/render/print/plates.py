"""A picture -> what a print stores of it: CMYK, grey where it has no colour, as JPEG with all of its colour resolution.

A picture of one colour, such as a tinted icon or a shadow, is one pixel of exactly that colour behind its mask.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from bulkgen.render.print.inks import Inks
from bulkgen.render.skia_memory import Pixels

# Of 255: what premultiplied alpha loses in rounding.
_ROUNDING = 1

# Channels this close are a grey that a JPEG has been through.
_GREY = 2

_BAND_ROWS = 256

_INVERTED = b"/Decode[1 0 1 0 1 0 1 0]"


@dataclass(frozen=True, slots=True)
class Plate:
    """`entries` are those of the picture's dictionary but for its mask and length."""

    entries: bytes
    body: bytes
    mask: Plate | None = None


def make_plate(pixels: Pixels, *, is_opaque: bool, inks: Inks | None, quality: int) -> Plate:
    """Of BGRA pixels, premultiplied. Without `inks` the picture stays RGB."""
    height, width = pixels.shape[:2]
    if is_opaque or int(pixels[..., 3].min()) == 255:
        return color_plate(Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", 0, 1), inks, quality)
    alpha = np.ascontiguousarray(pixels[..., 3])
    mask = _flat(b"/DeviceGray", width, height, alpha.tobytes())
    single = _single_color(pixels)
    if single is not None:
        plate = _pixel(single, inks)
    else:
        seen = Image.frombuffer("RGBa", (width, height), pixels, "raw", "BGRa", 0, 1).convert("RGBA")
        rgb = np.asarray(seen)[..., :3].copy()
        # What is clear is not seen, but at an edge it comes through in the waves of a JPEG: so, one of its colours.
        rgb[alpha == 0] = rgb[alpha > 0].mean(axis=0).astype(np.uint8) if alpha.any() else 255
        plate = color_plate(Image.fromarray(rgb), inks, quality)
    return Plate(plate.entries, plate.body, mask)


def color_plate(picture: Image.Image, inks: Inks | None, quality: int) -> Plate:
    """Of an RGB picture without a mask."""
    if _is_grey(picture):
        return _jpeg(b"/DeviceGray", picture.convert("L"), quality)
    if inks is None:
        return _jpeg(b"/DeviceRGB", picture, quality)
    return _jpeg(b"/DeviceCMYK" + _INVERTED, inks.picture(picture), quality)


def ink_plate(amounts: Pixels, quality: int) -> Plate:
    """Of a picture that is in the inks of this press already."""
    return _jpeg(b"/DeviceCMYK" + _INVERTED, Image.fromarray(amounts, "CMYK"), quality)


def masked_plate(picture: Image.Image, alpha: npt.NDArray[np.uint8], inks: Inks | None, quality: int) -> Plate:
    """Of an RGB picture whose mask is stored elsewhere."""
    pixels = np.asarray(picture)
    full = pixels[alpha == 255] if alpha.shape == pixels.shape[:2] else pixels[:0]
    if len(full) and int(np.ptp(full, axis=0).max()) == 0:
        return _pixel((int(full[0, 0]), int(full[0, 1]), int(full[0, 2])), inks)
    return color_plate(picture, inks, quality)


def _single_color(pixels: Pixels) -> tuple[int, int, int] | None:
    """The one colour behind the alpha of all pixels."""
    strongest = np.unravel_index(int(pixels[..., 3].argmax()), pixels.shape[:2])
    strength = int(pixels[(*strongest, 3)])
    if strength == 0:
        return (255, 255, 255)
    bgr = pixels[strongest][:3].astype(np.int32)
    for band in _bands(pixels):
        expected = (bgr * band[..., 3:4].astype(np.int32) + strength // 2) // strength
        if int(np.abs(band[..., :3].astype(np.int32) - expected).max()) > _ROUNDING:
            return None
    blue, green, red = (min(round(int(part) * 255 / strength), 255) for part in bgr)
    return (red, green, blue)


def _pixel(rgb: tuple[int, int, int], inks: Inks | None) -> Plate:
    if inks is None:
        return _flat(b"/DeviceRGB", 1, 1, bytes(rgb))
    amounts = inks.amounts(rgb)
    return _flat(b"/DeviceCMYK", 1, 1, bytes(round(part * 255) for part in amounts))


def _is_grey(picture: Image.Image) -> bool:
    # A few pixels tell most pictures of colour from grey ones.
    few = np.asarray(picture.resize((16, 16), Image.Resampling.NEAREST))
    return all(int(np.ptp(band, axis=2).max()) <= _GREY for part in (few, np.asarray(picture)) for band in _bands(part))


def _bands(pixels: Pixels) -> Iterator[Pixels]:
    """Some rows at a time: a poster's pixels as larger numbers would be more than a worker's memory."""
    for top in range(0, pixels.shape[0], _BAND_ROWS):
        yield pixels[top : top + _BAND_ROWS]


def _jpeg(space: bytes, picture: Image.Image, quality: int) -> Plate:
    body = io.BytesIO()
    picture.save(body, "JPEG", quality=min(max(quality, 1), 100), subsampling=0)
    return Plate(_entries(space, picture.width, picture.height) + b"/Filter/DCTDecode", body.getvalue())


def _flat(space: bytes, width: int, height: int, body: bytes) -> Plate:
    return Plate(_entries(space, width, height) + b"/Filter/FlateDecode", zlib.compress(body, 6))


def _entries(space: bytes, width: int, height: int) -> bytes:
    head = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8" % (width, height)
    return head + b"/ColorSpace" + space
