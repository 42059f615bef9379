"""Pixels -> file bytes. `ENCODERS` is the seam for the file types that are to come."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import simplejpeg
from isal import isal_zlib
from PIL import Image

from bulkgen.render.skia_memory import Pixels

DEFAULT_QUALITY = 85

# Level 3 is the strongest of this compressor and still twenty times faster than the usual one at its default.
_PNG_LEVEL = 3
_FILTER_UP = 2
_RGB, _RGBA = 2, 6


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
    if sheet.is_opaque:
        color_type, channels = _RGB, 3
        picture = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", 0, 1)
    else:
        color_type, channels = _RGBA, 4
        picture = Image.frombuffer("RGBa", (width, height), pixels, "raw", "BGRa", 0, 1).convert("RGBA")
    # Pillow turns channels round in C; slicing backwards costs as much as the compression.
    flat = np.frombuffer(picture.tobytes(), np.uint8).reshape(height, width * channels)
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = _FILTER_UP
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    head = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    body = isal_zlib.compress(rows, _PNG_LEVEL)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


ENCODERS: Mapping[str, Callable[[Sheet], bytes]] = {"jpeg": encode_jpeg, "png": encode_png}
