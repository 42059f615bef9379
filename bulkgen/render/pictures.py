"""Picture bytes from outside -> pixels, upright, in sRGB, no larger than needed. The drawing library sees no bytes.

Pillow reads the header first, so that a picture of a billion pixels costs a refusal and not the machine's memory. JPEG
is then decoded at the smallest eighth that still covers the box, which is most of what makes a banner fast.
"""

from __future__ import annotations

import io
import math
import warnings
from functools import lru_cache
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image, ImageCms, UnidentifiedImageError

from bulkgen.render.failures import RenderError, picture_error
from bulkgen.render.skia_memory import OwnInks, Picture, Pixels, Vector
from bulkgen.render.svg import is_svg, read_svg

# At four bytes each, 400 MB: what a worker can hold once. A phone's largest photo has half of it.
PIXELS_MAX = 100_000_000

# The formats that the API takes. All others stay shut: some of Pillow's readers start programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: p.transpose(1, 0, 2)[:, ::-1],
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: p.transpose(1, 0, 2)[::-1],
}


def decode_picture(body: bytes, width: float, height: float, *, contain: bool) -> Picture:
    """The picture, large enough to cover (or, with `contain`, to lie within) `width` x `height` px.

    Raises RenderError (`image_fetching_error`) with the reason; the caller names the layer.
    """
    if not body:
        raise picture_error(None, "the picture is empty (0 bytes)")
    if is_svg(body):
        return _draw(read_vector(body), width, height, contain=contain)
    try:
        with warnings.catch_warnings():
            # Pillow warns below its own limit; ours is checked right after.
            warnings.simplefilter("ignore")
            header = Image.open(io.BytesIO(body), formats=_FORMATS)
            orientation = _orientation(header)
    except Image.DecompressionBombError:
        raise picture_error(None, f"the picture is too large: more than {PIXELS_MAX // 1_000_000} megapixels") from None
    except UnidentifiedImageError:
        raise picture_error(None, _what_instead(body)) from None
    except Exception as error:  # what a reader raises on bad bytes depends on the bytes; all of it means the same
        raise picture_error(None, "the picture is damaged") from error
    if header.width * header.height > PIXELS_MAX:
        raise picture_error(
            None,
            f"the picture is too large: {header.width} x {header.height} px, over {PIXELS_MAX // 1_000_000} megapixels",
        )
    turned = orientation >= 5
    natural = (header.height, header.width) if turned else (header.width, header.height)
    scale = _scale(natural, width, height, contain=contain)
    need = (math.ceil(natural[0] * scale), math.ceil(natural[1] * scale))
    if turned:
        need = (need[1], need[0])
    try:
        pixels, is_opaque, inks = _decode(body, header, need)
    except RenderError:
        raise
    except MemoryError:
        raise picture_error(None, "the picture needs more memory than there is") from None
    except Exception as error:  # as above
        what = "truncated" if "truncated" in str(error).lower() or "premature" in str(error).lower() else "damaged"
        raise picture_error(None, f"the picture is {what}") from error
    if orientation in _TURNS:
        pixels = np.ascontiguousarray(_TURNS[orientation](pixels))
        if inks is not None:
            inks = OwnInks(np.ascontiguousarray(_TURNS[orientation](inks.amounts)), inks.profile)
    return Picture(pixels, is_opaque=is_opaque, is_photo=is_opaque, inks=inks)


def _scale(natural: tuple[float, float], width: float, height: float, *, contain: bool) -> float:
    choose = min if contain else max
    return choose(width / natural[0], height / natural[1])


def read_vector(body: bytes) -> Vector:
    """An SVG, looked through. Raises RenderError with the reason."""
    drawing = read_svg(body)
    try:
        return Vector(drawing.text, drawing.width, drawing.height)
    except ValueError:
        raise picture_error(None, "the SVG is damaged") from None


def _draw(vector: Vector, width: float, height: float, *, contain: bool) -> Picture:
    scale = _scale((vector.width, vector.height), width, height, contain=contain)
    wide, high = vector.width * scale, vector.height * scale
    if wide * high > PIXELS_MAX:
        raise picture_error(None, f"the SVG is too narrow to cover the box ({vector.width:g} x {vector.height:g})")
    return vector.picture(wide, high)


def _orientation(header: Any) -> int:
    """The EXIF turn; a damaged EXIF block is no reason to refuse the picture."""
    # No TIFF: Pillow's reader turns those itself as it loads them.
    if header.format not in ("JPEG", "MPO", "WEBP", "PNG", "AVIF"):
        return 1
    try:
        value = header.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # Pillow's EXIF reader raises whatever the bytes lead it to
        return 1
    return value if isinstance(value, int) else 1


def _decode(body: bytes, header: Any, need: tuple[int, int]) -> tuple[Pixels, bool, OwnInks | None]:
    profile = _profile(header)
    if header.format in ("JPEG", "MPO") and header.mode in ("RGB", "L"):
        least = (min(need[0], header.width), min(need[1], header.height))
        try:
            if profile is None:
                return simplejpeg.decode_jpeg(body, "BGRA", min_width=least[0], min_height=least[1]), True, None
            rgb = simplejpeg.decode_jpeg(body, "RGB", min_width=least[0], min_height=least[1])
            return *_bgra(_to_srgb(Image.fromarray(rgb), profile)), None
        except ValueError:
            # Strict about stray bytes that do no harm; Pillow reads those, and refuses the picture that is cut short.
            pass
    picture = header
    picture.load()
    # An even reduction first: the drawing scales by taking four neighbours, which is right down to a half.
    factor = int(min(header.width / max(need[0], 1), header.height / max(need[1], 1)))
    picture = _in_eight_bits(picture)
    if factor >= 2:
        picture = picture.reduce(factor)
    inks = OwnInks(np.asarray(picture), profile) if picture.mode == "CMYK" else None
    if profile is not None:
        picture = _to_srgb(picture, profile)
    return *_bgra(picture), inks


def _in_eight_bits(picture: Any) -> Any:
    """RGB, RGBA, L or CMYK; sixteen-bit grey is scaled, which Pillow's own conversion would clip to white."""
    mode = picture.mode
    if mode.startswith("I"):
        values = np.asarray(picture).astype(np.int64)
        grey = Image.fromarray((np.clip(values, 0, 65535) >> 8).astype(np.uint8))
        clear = picture.info.get("transparency")
        if not isinstance(clear, int):
            return grey
        seen = grey.convert("RGBA")
        seen.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
        return seen
    if mode == "F":
        values = np.asarray(picture)
        top = float(np.nanmax(values)) if values.size else 1.0
        return Image.fromarray((np.clip(np.nan_to_num(values) / (top or 1.0), 0, 1) * 255).astype(np.uint8))
    if mode in ("RGB", "RGBA", "L", "CMYK"):
        if mode in ("RGB", "L") and "transparency" in picture.info:
            return picture.convert("RGBA")
        return picture
    if mode in ("P", "PA", "LA", "La", "RGBa"):
        has_alpha = mode != "P" or "transparency" in picture.info
        return picture.convert("RGBA" if has_alpha else "RGB")
    return picture.convert("RGB")


def _bgra(picture: Any) -> tuple[Pixels, bool]:
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255):
        premultiplied = picture.convert("RGBa")
        return _pixels(premultiplied.tobytes("raw", "BGRa"), premultiplied.size), False
    opaque = picture.convert("RGB")
    pixels = _pixels(opaque.tobytes("raw", "BGRX"), opaque.size)
    # The library copies opaque pictures as they are, and the fourth byte counts again where the copy is blended.
    pixels[..., 3] = 255
    return pixels, True


def _pixels(body: bytes, size: tuple[int, int]) -> Pixels:
    return np.frombuffer(bytearray(body), np.uint8).reshape(size[1], size[0], 4)


def _profile(header: Any) -> bytes | None:
    """The colour profile, unless it is sRGB or says nothing usable."""
    body = header.info.get("icc_profile")
    if not isinstance(body, bytes) or len(body) < 128:
        return None
    return None if _is_srgb(body) else body


@lru_cache(maxsize=32)
def _is_srgb(profile: bytes) -> bool:
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return True  # unreadable: the numbers are taken as they are
    return "srgb" in name.lower()


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> Any:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = "RGBA" if mode == "RGBA" else "RGB"
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, target)


def _to_srgb(picture: Any, profile: bytes) -> Any:
    try:
        return ImageCms.applyTransform(picture, _transform(profile, picture.mode))
    except (ImageCms.PyCMSError, ValueError):
        return picture  # a profile for another colour space than the picture's: the numbers are taken as they are


def _what_instead(body: bytes) -> str:
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in head:
        return "this is a web page, not a picture"
    if head.startswith((b"{", b"[")):
        return "this is JSON, not a picture"
    if head.startswith(b"%pdf"):
        return "this is a PDF, not a picture"
    if head.startswith(b"<"):
        return "this is XML, not a picture"
    if head.startswith((b"\xff\xd8\xff", b"\x89png", b"gif8", b"riff")):
        return "the picture is damaged"
    return "unidentifiable image (accepted: jpeg, png, webp, gif, tiff, avif, svg)"
