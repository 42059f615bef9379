"""Where a page's pictures go while it is drawn: straight into the file, each once, with a token on the page.

    picture -> plate -> the file; token (a few pixels that say a number) -> the drawing library -> the skeleton

The token lies on the page as the picture would, whatever clips or turns it, for a PDF draws every picture into a unit
square. So a picture of eight megapixels on two hundred pages is converted and stored once, and never drawn.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from bulkgen.render.print.inks import Inks
from bulkgen.render.print.letters import Letters
from bulkgen.render.print.pdf_file import PdfFile
from bulkgen.render.print.plates import Plate, ink_plate, make_plate
from bulkgen.render.skia_memory import Picture, Pixels, Vector, write_pdf
from bulkgen.wire.design import Box

# Red, green and blue of the first pixels of a token; the number follows, in as many pixels as four bytes fill.
_SIGN = b"bulkgen token."
_TOKEN_PIXELS = 6

# Finer than this many times the wished dots an inch is not seen, and is stored smaller.
_FINER = 1.5

# Programs of the page language instead of gradients: the one thing that cannot be rewritten to inks.
_PROGRAM = b"/FunctionType 4"


@dataclass(frozen=True, slots=True)
class Held:
    """`picture` is to be drawn whole into `box`."""

    picture: Picture
    box: Box


class Press:
    """One per document."""

    def __init__(self, file: PdfFile, inks: Inks | None, *, quality: int, dpi: float) -> None:
        self.inks = inks
        self.quality = quality
        self.dpi = dpi
        self.letters = Letters()
        self._file = file
        self._tokens: dict[bytes, tuple[int, Picture]] = {}
        self._can_carry: dict[bytes, bool] = {}

    def __repr__(self) -> str:
        return f"Press({len(self._tokens)} pictures, quality {self.quality}, {self.dpi:g} dpi, {self._file!r})"

    def hold(self, picture: Picture, source: Box, target: Box) -> Held:
        """What is drawn in the place of `source` (px of the picture) on `target` (points)."""
        left, top = max(math.floor(source.x + 0.01), 0), max(math.floor(source.y + 0.01), 0)
        right = min(math.ceil(source.x + source.width - 0.01), picture.width)
        bottom = min(math.ceil(source.y + source.height - 0.01), picture.height)
        across, down = target.width / source.width, target.height / source.height
        box = Box(
            target.x + (left - source.x) * across,
            target.y + (top - source.y) * down,
            (right - left) * across,
            (bottom - top) * down,
        )
        own = picture.inks
        is_kept = own is not None and self.inks is not None and self.inks.keeps(own.profile)
        seen = own.amounts if own is not None and is_kept else picture.pixels
        pixels = np.ascontiguousarray(seen[top:bottom, left:right])
        wish = (round(box.width * self.dpi / 72), round(box.height * self.dpi / 72))
        key = hashlib.sha256(pixels.data)
        is_finer = pixels.shape[1] > wish[0] * _FINER and pixels.shape[0] > wish[1] * _FINER and min(wish) > 0
        key.update(repr((is_kept, wish if is_finer else pixels.shape)).encode())
        known = self._tokens.get(key.digest())
        if known is None:
            if is_finer:
                pixels = _smaller(pixels, wish)
            if is_kept:
                plate = ink_plate(pixels, self.quality)
            else:
                plate = make_plate(pixels, is_opaque=picture.is_opaque, inks=self.inks, quality=self.quality)
            number = self.store(plate)
            known = self._tokens[key.digest()] = (number, _token(number))
        return Held(known[1], box)

    def store(self, plate: Plate) -> int:
        mask = b""
        if plate.mask is not None:
            mask = b"/SMask %d 0 R" % self._file.add_stream(plate.mask.entries, plate.mask.body, is_packed=True)
        return self._file.add_stream(plate.entries + mask, plate.body, is_packed=True)

    def can_carry(self, vector: Vector, digest: str) -> bool:
        """Whether the drawing comes out without a program: some gradients of an SVG become one."""
        known = self._can_carry.get(digest.encode())
        if known is None:
            page = (vector.width, vector.height, vector.draw)
            known = _PROGRAM not in write_pdf([page], picture_quality=100, pixels_per_px=1)
            self._can_carry[digest.encode()] = known
        return known


def token_number(body: bytes) -> int | None:
    """The number of the object that stands for a token with these bytes; None for any other picture."""
    if len(body) != _TOKEN_PIXELS * 3 or not body.startswith(_SIGN):
        return None
    return int.from_bytes(body[len(_SIGN) :], "big")


def _token(number: int) -> Picture:
    body = _SIGN + number.to_bytes(_TOKEN_PIXELS * 3 - len(_SIGN), "big")
    pixels = np.full((1, _TOKEN_PIXELS, 4), 255, np.uint8)
    pixels[0, :, 2::-1] = np.frombuffer(body, np.uint8).reshape(_TOKEN_PIXELS, 3)
    return Picture(pixels, is_opaque=True)


def _smaller(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    height, width = pixels.shape[:2]
    # Premultiplied, so that all four channels are averaged alike; Pillow does not mind their order.
    image = Image.frombuffer("CMYK", (width, height), pixels, "raw", "CMYK", 0, 1)
    return np.asarray(image.resize(size, Image.Resampling.BOX, reducing_gap=None)).copy()
