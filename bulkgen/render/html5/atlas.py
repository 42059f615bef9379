"""Several sprites in one picture, and where each lies in it: the letters of a text are one file, not forty.

sprites of one sharpness -> Atlas: pixels, and the place of each
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulkgen.render.skia_memory import Pixels
from bulkgen.render.sprites import Sprite

# Between neighbours, so that none shows at the edge of another that lies between two pixels.
_APART = 2


@dataclass(frozen=True, slots=True)
class Atlas:
    """`places` are left and top in pixels, in the order of the sprites."""

    pixels: Pixels
    places: tuple[tuple[int, int], ...]


def pack(sprites: Sequence[Sprite]) -> Atlas:
    """In rows, the tallest first: close to square, so that no side grows past what pictures may have."""
    sizes = [(sprite.pixels.shape[1] + _APART, sprite.pixels.shape[0] + _APART) for sprite in sprites]
    widest = max(width for width, _ in sizes)
    across = max(widest, math.ceil(math.sqrt(sum(width * height for width, height in sizes))))
    places: dict[int, tuple[int, int]] = {}
    x = y = tall = 0
    for index in sorted(range(len(sizes)), key=lambda index: (-sizes[index][1], index)):
        width, height = sizes[index]
        if x + width > across and x:
            x, y, tall = 0, y + tall, 0
        places[index] = (x, y)
        x, tall = x + width, max(tall, height)
    pixels = np.zeros((y + tall, across, 4), np.uint8)
    for index, sprite in enumerate(sprites):
        left, top = places[index]
        height, width = sprite.pixels.shape[:2]
        pixels[top : top + height, left : left + width] = sprite.pixels
    used = int(np.flatnonzero(pixels[:, :, 3].any(axis=0)).max()) + 1
    return Atlas(np.ascontiguousarray(pixels[:, :used]), tuple(places[index] for index in range(len(sprites))))
