"""The only place that hands memory to the drawing library, and the only one that imports it.

Its `Data`, `MakeRasterData` and `MakeRasterDirect` point into Python buffers without owning them: a picture whose
array was collected draws garbage or kills the process, some time later. Here every such object travels with its buffer.
A test keeps those names out of all other files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import uharfbuzz as hb

try:
    import skia
except ImportError as error:
    raise ImportError(
        f"the drawing library cannot be loaded ({error}). On a slim system it lacks shared libraries: "
        "apt-get install libgl1 libegl1 libexpat1"
    ) from error

__all__ = [
    "OwnInks",
    "Page",
    "Picture",
    "Pixels",
    "Surface",
    "Vector",
    "skia",
    "static_typeface",
    "typeface",
    "write_pages",
    "write_pdf",
]

Pixels = npt.NDArray[np.uint8]

# A page's size in px, and what draws on its canvas.
Page = tuple[float, float, Callable[[Any], None]]

# A px is 1/96 of an inch, as in CSS; a page of a PDF is measured in 1/72.
_POINTS_PER_PX = 0.75


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


@dataclass(frozen=True, slots=True)
class OwnInks:
    """Of a picture whose file is in CMYK: the same pixels as its inks, and the profile that they are said to be for."""

    amounts: Pixels
    profile: bytes | None


class Picture:
    """Decoded pixels, BGRA, premultiplied unless opaque, with the image that draws from them."""

    def __init__(self, pixels: Pixels, *, is_opaque: bool, is_photo: bool = False, inks: OwnInks | None = None) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        height, width = self.pixels.shape[:2]
        self.width, self.height = int(width), int(height)
        self.is_opaque = is_opaque
        self.is_photo = is_photo
        self.inks = inks
        self.image = skia.Image.MakeRasterData(
            _info(self.width, self.height, is_opaque=is_opaque), skia.Data(self.pixels), self.width * 4
        )

    def __repr__(self) -> str:
        return f"Picture({self.width}x{self.height}{', opaque' if self.is_opaque else ''})"

    @property
    def size_bytes(self) -> int:
        return int(self.pixels.nbytes) + (int(self.inks.amounts.nbytes) if self.inks else 0)


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


def static_typeface(body: bytes, position: dict[str, float]) -> Any:
    """As `typeface`, with all axes fixed in the font itself: in a PDF a varied face would become drawings of letters,
    a fixed one stays a font. Glyphs keep their numbers."""
    source = hb.Face(body)
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS
    for axis in source.axis_infos:
        wanted.pin_axis_location(source, axis.tag, position.get(axis.tag, axis.default_value))
    try:
        fixed = typeface(hb.subset(source, wanted).blob.data, {})
    except RuntimeError:
        fixed = None
    # A font that cannot be fixed is still a font: drawn letters are better than none.
    return fixed or typeface(body, position)


class Vector:
    """An SVG that `svg` has looked through, to be drawn at any size."""

    def __init__(self, text: bytes, width: float, height: float) -> None:
        """Raises ValueError if the library cannot read it."""
        self.width, self.height = width, height
        self._dom = skia.SVGDOM.MakeFromStream(skia.MemoryStream.MakeCopy(text))
        if self._dom is None:
            raise ValueError("no SVG that can be read")
        self._dom.setContainerSize(skia.Size(width, height))

    def __repr__(self) -> str:
        return f"Vector({self.width:g}x{self.height:g})"

    def draw(self, canvas: Any) -> None:
        """At its natural size, from the canvas's origin."""
        self._dom.render(canvas)

    def picture(self, width: float, height: float) -> Picture:
        surface = Surface.blank(max(math.ceil(width), 1), max(math.ceil(height), 1))
        surface.canvas.scale(width / self.width, height / self.height)
        self.draw(surface.canvas)
        return Picture(surface.pixels, is_opaque=False)


def write_pdf(pages: Sequence[Page], *, picture_quality: int, pixels_per_px: float) -> bytes:
    """A document of vectors, with fonts embedded as far as they are used. `pixels_per_px`: how fine a blur is drawn.

    The same pages give the same bytes: no time and no chance in it.
    """
    metadata = skia.PDF.Metadata()
    metadata.fProducer = metadata.fCreator = "bulkgen"
    metadata.fRasterDPI = 72 / _POINTS_PER_PX * pixels_per_px
    # Above 100 it keeps photos as raw pixels, ten times the size.
    metadata.fEncodingQuality = min(picture_quality, 100)
    stream = skia.DynamicMemoryWStream()
    document = skia.PDF.MakeDocument(stream, metadata)
    try:
        for width, height, draw in pages:
            canvas = document.beginPage(width * _POINTS_PER_PX, height * _POINTS_PER_PX)
            canvas.scale(_POINTS_PER_PX, _POINTS_PER_PX)
            draw(canvas)
            document.endPage()
    except BaseException:
        # A document that is still open writes to its stream when it is collected, which may be after the stream.
        document.abort()
        raise
    document.close()
    return bytes(stream.detachAsData())


def write_pages(path: Path, pages: Iterable[Page], *, dots_per_inch: float) -> None:
    """As `write_pdf` into a file, page by page as they come: sizes are points, and pictures keep their raw pixels."""
    metadata = skia.PDF.Metadata()
    metadata.fProducer = metadata.fCreator = "bulkgen"
    metadata.fRasterDPI = dots_per_inch
    # Past all qualities: without a JPEG of its own making.
    metadata.fEncodingQuality = 101
    stream = skia.FILEWStream(str(path))
    document = skia.PDF.MakeDocument(stream, metadata)
    try:
        for width, height, draw in pages:
            draw(document.beginPage(width, height))
            document.endPage()
    except BaseException:
        document.abort()
        raise
    document.close()
    stream.flush()
