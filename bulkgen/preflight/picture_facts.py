"""What a picture is, from its bytes: size, turn, colours, transparency, and whether all of it is there. Pure.

    bytes -> PictureFacts, or Undecodable (why)

The header is read first, so that a picture that opens to a billion pixels costs a look and no memory; then everything
is decoded once, since a file that was cut short shows that nowhere else. JPEG is decoded at an eighth: all its data is
gone through for a fraction of the work. Left out: whether it suits its place (`pictures`), and how it is drawn.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from lxml import etree
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
    features,
)
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Image

from bulkgen.mapping.picture_kinds import sniff
from bulkgen.preflight.media_facts import MediaFacts
from bulkgen.preflight.media_facts import from_values as media_from_values
from bulkgen.render.failures import RenderError
from bulkgen.render.svg import is_svg, read_svg

# Facts of another version are not believed. Raise it when the same bytes would give others.
VERSION = "1"

# What our own renderer draws, and what one look may hold in memory: four bytes each.
DECODED_PIXELS_MAX = 100_000_000

_HEAD_BYTES = 4096
_ORIENTATION_TAG = 0x0112

# Pillow's `open` would ask each of its readers, some of which start programs; and its warning about large pictures is
# a process-wide switch, where this runs in threads. So the reader is chosen here, by the first bytes.
_READERS: dict[str, tuple[str, Callable[..., Image]]] = {
    "image/jpeg": ("JPEG", JpegImagePlugin.JpegImageFile),
    "image/png": ("PNG", PngImagePlugin.PngImageFile),
    "image/gif": ("GIF", GifImagePlugin.GifImageFile),
    "image/tiff": ("TIFF", TiffImagePlugin.TiffImageFile),
    "image/webp": ("WebP", WebPImagePlugin.WebPImageFile),
    "image/avif": ("AVIF", AvifImagePlugin.AvifImageFile),
}
_OPTIONAL = {"image/webp": "webp", "image/avif": "avif"}


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """`width` and `height` are in px as the picture is shown, turned upright; 0 for an SVG that names no size.

    `is_decoded` false: only its header was read, and of `is_truncated` and `has_alpha` nothing is known. `refusal` is
    why our own renderer would not draw it though it is whole, "" if it would.
    """

    format: str
    width: int
    height: int
    mode: str = ""
    orientation: int = 1
    frames: int = 1
    has_alpha: bool = False
    is_truncated: bool = False
    is_decoded: bool = True
    refusal: str = ""

    @property
    def is_vector(self) -> bool:
        return self.format == "SVG"

    @property
    def is_cmyk(self) -> bool:
        return self.mode == "CMYK"

    @property
    def is_animated(self) -> bool:
        return self.frames > 1

    @property
    def is_rotated(self) -> bool:
        return self.orientation not in (0, 1)


@dataclass(frozen=True, slots=True)
class Undecodable:
    """`detail` in words, after "the picture" or its name: "it is a PDF document"."""

    reason: Literal["something else", "damaged", "unsafe", "too large"]
    detail: str


Found = PictureFacts | Undecodable | MediaFacts


def picture_facts(body: bytes) -> PictureFacts | Undecodable:
    """Never raises."""
    if not body:
        return Undecodable("something else", "it is an empty file")
    media_type = sniff(body[:_HEAD_BYTES])
    if media_type in _READERS:
        return _raster(body, media_type)
    if media_type == "image/svg+xml" or is_svg(body):
        return _vector(body)
    return Undecodable("something else", f"it is {_what_else(body, media_type)}")


def to_text(found: Found) -> str:
    return json.dumps([type(found).__name__, asdict(found)])


def from_text(text: str) -> Found:
    """What `to_text` of the same version wrote."""
    kind, values = json.loads(text)
    if kind == MediaFacts.__name__:
        return media_from_values(values)
    return PictureFacts(**values) if kind == PictureFacts.__name__ else Undecodable(**values)


def _raster(body: bytes, media_type: str) -> PictureFacts | Undecodable:
    name, reader = _READERS[media_type]
    if media_type in _OPTIONAL and not features.check(_OPTIONAL[media_type]):
        # Not its fault: the system's Pillow was built without.
        return PictureFacts(name, 0, 0, is_decoded=False)
    try:
        picture = reader(io.BytesIO(body))
        width, height = picture.size
        mode = picture.mode
    except (DecompressionBombError, DecompressionBombWarning):
        return Undecodable("too large", "it opens to more pixels than a picture may have")
    except Exception:  # what a reader raises on bad bytes depends on the bytes; all of it means the same
        return Undecodable("damaged", f"it begins as a {name} picture and cannot be read")
    frames, orientation = _frames(picture), _orientation(picture)
    pixels = width * height
    is_decoded = pixels <= DECODED_PIXELS_MAX
    is_truncated, has_alpha = False, _may_be_clear(picture)
    if is_decoded:
        try:
            if name == "JPEG":
                picture.draft(mode, (max(1, width // 8), max(1, height // 8)))
            picture.load()
            has_alpha = has_alpha and _is_clear_somewhere(picture)
        except MemoryError:
            is_decoded = False
        except Exception as error:  # as above
            if not _is_cut(error):
                return Undecodable("damaged", f"the {name} picture is damaged")
            is_truncated = True
    if orientation == 1:
        # A PNG may say its turn at its end.
        orientation = _orientation(picture)
    # Pillow's TIFF reader turns a picture itself, and forgets that it was turned once it is loaded.
    if orientation >= 5 and name != "TIFF":
        width, height = height, width
    return PictureFacts(
        format=name,
        width=width,
        height=height,
        mode=mode,
        orientation=orientation,
        frames=frames,
        has_alpha=has_alpha,
        is_truncated=is_truncated,
        is_decoded=is_decoded,
        refusal="" if pixels <= DECODED_PIXELS_MAX else f"it has over {DECODED_PIXELS_MAX // 1_000_000} megapixels",
    )


def _frames(picture: Any) -> int:
    try:
        return int(getattr(picture, "n_frames", 1))
    except Exception:  # counting reads on through bytes that may be bad; the first frame is what counts
        return 1


def _orientation(picture: Image) -> int:
    """The EXIF turn; a damaged EXIF block is no reason to refuse the picture."""
    try:
        value = picture.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # Pillow's EXIF reader raises whatever the bytes lead it to
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _may_be_clear(picture: Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa") or "transparency" in picture.info


def _is_clear_somewhere(picture: Image) -> bool:
    """Whether any pixel lets the ground through; many pictures have an alpha channel that hides nothing."""
    if picture.mode.startswith("I"):
        return True  # one of 65,536 greys is clear, and a file that says so has it
    alpha = picture if picture.mode in ("RGBA", "LA") else picture.convert("RGBA")
    least, _ = alpha.getchannel("A").getextrema()
    return isinstance(least, (int, float)) and least < 255


def _is_cut(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, EOFError) or any(word in text for word in ("truncated", "premature", "not enough data"))


def _vector(body: bytes) -> PictureFacts | Undecodable:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Undecodable("damaged", "the SVG is not well-formed")
    subset = root.getroottree().docinfo.internalDTD
    # Old drawing programs name the W3C's document type; only one that declares entities of its own is a danger.
    if subset is not None and list(subset.iterentities()):  # type: ignore[union-attr]
        return Undecodable("unsafe", "the SVG declares entities")
    if etree.QName(root).localname.lower() != "svg":
        return Undecodable("something else", "it is XML, but no SVG")
    try:
        drawing = read_svg(body)
    except RenderError as error:
        return PictureFacts("SVG", 0, 0, has_alpha=True, refusal=error.reason)
    return PictureFacts("SVG", round(drawing.width), round(drawing.height), has_alpha=True)


def _what_else(body: bytes, media_type: str) -> str:
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"{", b"[")):
        return "JSON"
    if head.startswith(b"\x1f\x8b"):
        return "a gzip file"
    if head.startswith(b"<") and not media_type.startswith("a "):
        return "XML, but no SVG"
    return media_type
