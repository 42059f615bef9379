"""Pixels -> the bytes of a picture file. `ENCODERS` is the table of the types.

Left out: PDF, which is drawn and not encoded (`banner`, `printing`), and what moves (`motion`).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import simplejpeg
from isal import isal_zlib
from PIL import Image

from bulkgen.render.failures import RenderError
from bulkgen.render.skia_memory import Pixels

# Where each type looks about alike; the numbers of one type say nothing about another's. PNG loses nothing at any.
DEFAULT_QUALITY: Mapping[str, int] = {"jpeg": 85, "png": 100, "webp": 80, "avif": 60, "pdf": 85}

# Below this a photo falls apart into blocks; whoever wants it smaller wants a smaller format.
LEAST_QUALITY = 20

# Level 3 is the strongest of this compressor and still twenty times faster than the usual one at its default.
_PNG_LEVEL = 3
_FILTER_UP = 2
_RGB, _RGBA = 2, 6

# Method 4 of 6: a quarter smaller than the fastest, at a third of the time of the slowest.
_WEBP_METHOD = 4
# What the format itself can say.
_WEBP_SIDE_MAX = 16_383
# Of 0 to 10; at 6 it takes four times as long for 4 % fewer bytes.
_AVIF_SPEED = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A drawn banner: BGRA, premultiplied. `has_photo`: colour may be stored at half resolution without being seen."""

    pixels: Pixels
    is_opaque: bool
    has_photo: bool
    quality: int


def encode_jpeg(sheet: Sheet) -> bytes:
    """Small type in strong colours frays at half colour resolution, so banners without a photo keep all of it."""
    subsampling = "420" if sheet.has_photo else "444"
    return bytes(simplejpeg.encode_jpeg(sheet.pixels, sheet.quality, "BGRA", subsampling, fastdct=False))


def encode_png(sheet: Sheet) -> bytes:
    """Every row as its difference to the one above: for banners nearly as small as choosing the best filter a row."""
    pixels = sheet.pixels
    height, width = pixels.shape[:2]
    color_type, channels = (_RGB, 3) if sheet.is_opaque else (_RGBA, 4)
    picture = _image(sheet)
    # Pillow turns channels round in C; slicing backwards costs as much as the compression.
    flat = np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width * channels)
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = _FILTER_UP
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    head = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    body = isal_zlib.compress(rows, _PNG_LEVEL)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def encode_webp(sheet: Sheet) -> bytes:
    height, width = sheet.pixels.shape[:2]
    if max(width, height) > _WEBP_SIDE_MAX:
        raise RenderError(f"a webp picture has at most {_WEBP_SIDE_MAX:,} px a side, this one {max(width, height):,}")
    body = io.BytesIO()
    _image(sheet).save(body, "WEBP", quality=sheet.quality, method=_WEBP_METHOD)
    return body.getvalue()


def encode_avif(sheet: Sheet) -> bytes:
    body = io.BytesIO()
    subsampling = "4:2:0" if sheet.has_photo else "4:4:4"
    # One thread: the studio has a worker for each core.
    _image(sheet).save(body, "AVIF", quality=sheet.quality, speed=_AVIF_SPEED, subsampling=subsampling, max_threads=1)
    return body.getvalue()


def within(encode: Callable[[int], bytes], quality: int, max_bytes: int | None, *, is_lossy: bool) -> bytes:
    """The file at `quality`, or at the highest one below it that keeps the file to `max_bytes`.

    Raises RenderError: it stays larger at the lowest.
    """
    body = encode(quality)
    if max_bytes is None or len(body) <= max_bytes:
        return body
    if not is_lossy:
        raise _too_large(len(body), max_bytes, "this type of file has no quality to lower; use jpeg or webp")
    lowest = min(LEAST_QUALITY, quality)
    smallest = encode(lowest)
    if len(smallest) > max_bytes:
        why = f"it is not lowered below quality {lowest}; use webp or avif, or allow more"
        raise _too_large(len(smallest), max_bytes, why)
    # Sizes grow with quality but for steps of a few bytes, so halving finds the highest that fits, or its neighbour.
    low, high, best = LEAST_QUALITY, quality, smallest
    while high - low > 1:
        middle = (low + high) // 2
        body = encode(middle)
        if len(body) <= max_bytes:
            low, best = middle, body
        else:
            high = middle
    return best


def _too_large(size: int, max_bytes: int, why: str) -> RenderError:
    """A kB is 1,000 bytes here; a size is rounded up, so that no file seems to fit that does not."""
    sizes = f"the file has {-(-size // 1000):,} kB, at most {max_bytes / 1000:,.0f} are asked for"
    return RenderError(f"{sizes}: {why}")


def _image(sheet: Sheet) -> Image.Image:
    """Without the alpha channel where it says nothing."""
    height, width = sheet.pixels.shape[:2]
    if sheet.is_opaque:
        return Image.frombuffer("RGB", (width, height), sheet.pixels, "raw", "BGRX", 0, 1)
    return Image.frombuffer("RGBa", (width, height), sheet.pixels, "raw", "BGRa", 0, 1).convert("RGBA")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


ENCODERS: Mapping[str, Callable[[Sheet], bytes]] = {
    "jpeg": encode_jpeg,
    "png": encode_png,
    "webp": encode_webp,
    "avif": encode_avif,
}

FILE_TYPES = (*ENCODERS, "pdf")

# Types whose quality can be lowered; in a PDF it is that of the pictures.
LOSSY = ("jpeg", "webp", "avif", "pdf")
