"""The only place that hands memory to the drawing library, and the only one that imports it.

Its `Data`, `MakeRasterData` and `MakeRasterDirect` point into Python buffers without owning them: a picture whose
array was collected draws garbage or kills the process, some time later. Here every such object travels with its buffer.
A test keeps those names out of all other files.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    import skia
except ImportError as error:
    raise ImportError(
        f"the drawing library cannot be loaded ({error}). On a slim system it lacks shared libraries: "
        "apt-get install libgl1 libegl1 libexpat1"
    ) from error

__all__ = ["Picture", "Pixels", "Surface", "draw_svg", "skia", "typeface"]

Pixels = npt.NDArray[np.uint8]


def _info(width: int, height: int, *, is_opaque: bool) -> Any:
    # BGRA in both alpha forms: the library's fast paths are written for it, others are up to ten times slower.
    alpha = skia.kOpaque_AlphaType if is_opaque else skia.kPremul_AlphaType
    return skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, alpha)


class Surface:
    """A canvas over an array of BGRA pixels, premultiplied. The array is valid as long as the surface is."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = self.pixels.shape[:2]
        self.width, self.height = int(width), int(height)
        self._surface = skia.Surface.MakeRasterDirect(
            _info(self.width, self.height, is_opaque=False), self.pixels, self.width * 4
        )
        self.canvas = self._surface.getCanvas()

    def __repr__(self) -> str:
        return f"Surface({self.width}x{self.height})"

    @classmethod
    def blank(cls, width: int, height: int) -> Surface:
        return cls(np.zeros((height, width, 4), np.uint8))


class Picture:
    """Decoded pixels, BGRA, premultiplied unless opaque, with the image that draws from them."""

    def __init__(self, pixels: Pixels, *, is_opaque: bool, is_photo: bool = False) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = self.pixels.shape[:2]
        self.width, self.height = int(width), int(height)
        self.is_opaque = is_opaque
        self.is_photo = is_photo
        self.image = skia.Image.MakeRasterData(
            _info(self.width, self.height, is_opaque=is_opaque), skia.Data(self.pixels), self.width * 4
        )

    def __repr__(self) -> str:
        return f"Picture({self.width}x{self.height}{', opaque' if self.is_opaque else ''})"

    @property
    def size_bytes(self) -> int:
        return int(self.pixels.nbytes)


def typeface(body: bytes, position: dict[str, float]) -> Any:
    """A face from the bytes of a font file, at a position of its axes. None if it cannot be read."""
    face = skia.FontMgr.New_Custom_Empty().makeFromData(skia.Data.MakeWithCopy(body))
    if face is None or not position:
        return face
    variation = skia.FontArguments.VariationPosition
    coordinates = variation.Coordinates(
        [variation.Coordinate(int.from_bytes(tag.encode(), "big"), value) for tag, value in position.items()]
    )
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(variation(coordinates))
    return face.makeClone(arguments)


def draw_svg(text: bytes, intrinsic: tuple[float, float], width: float, height: float) -> Picture | None:
    """An SVG that `svg` has looked through, drawn at `width` x `height`. None if the library cannot read it."""
    dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream.MakeCopy(text))
    if dom is None:
        return None
    surface = Surface.blank(max(math.ceil(width), 1), max(math.ceil(height), 1))
    dom.setContainerSize(skia.Size(*intrinsic))
    surface.canvas.scale(width / intrinsic[0], height / intrinsic[1])
    dom.render(surface.canvas)
    return Picture(surface.pixels, is_opaque=False)
