"""Pictures from outside: upright, in sRGB, bounded; and each kind of bad one with its reason."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from bulkgen.render.failures import RenderError
from bulkgen.render.pictures import decode_picture


def quarters(mode: str = "RGB", size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red, green over blue, white: tells every turn and every swap of channels."""
    image = Image.new("RGB", size, "white")
    half = (size[0] // 2, size[1] // 2)
    image.paste((255, 0, 0), (0, 0, *half))
    image.paste((0, 255, 0), (half[0], 0, size[0], half[1]))
    image.paste((0, 0, 255), (0, half[1], half[0], size[1]))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    body = io.BytesIO()
    image.save(body, kind, **options)
    return body.getvalue()


def corners(body: bytes, width: float = 80, height: float = 40) -> tuple[str, str, str, str]:
    pixels = decode_picture(body, width, height, contain=False).pixels
    high, wide = pixels.shape[:2]
    points = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    return tuple(_name(pixels[int(y * high), int(x * wide)]) for x, y in points)  # type: ignore[return-value]


def _name(bgra: Any) -> str:
    blue, green, red = (int(value) for value in bgra[:3])
    return {(1, 0, 0): "r", (0, 1, 0): "g", (0, 0, 1): "b", (1, 1, 1): "w"}.get(
        (red > 128, green > 128, blue > 128),
        "?",  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("TIFF", "RGB"),
        ("TIFF", "CMYK"),
        ("AVIF", "RGB"),
    ],
)
def test_every_kind_the_api_takes_comes_out_in_its_colours(kind: str, mode: str) -> None:
    assert corners(encoded(quarters(mode), kind)) == ("r", "g", "b", "w")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_turned_photo_stands_upright(orientation: int, kind: str) -> None:
    """Photos of phones lie on their side without it."""
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters()
    stored = image.transpose(turned[orientation]) if orientation in turned else image
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert corners(encoded(stored, kind, exif=exif.tobytes())) == ("r", "g", "b", "w")


def test_a_jpeg_is_decoded_no_larger_than_its_box_needs() -> None:
    body = encoded(quarters(size=(1600, 800)), "JPEG")
    picture = decode_picture(body, 400, 200, contain=False)
    assert (picture.width, picture.height) == (400, 200)
    picture = decode_picture(body, 400, 300, contain=False)
    assert picture.width >= 600
    assert picture.height >= 300


def test_a_large_png_is_reduced_before_it_is_drawn() -> None:
    picture = decode_picture(encoded(quarters(size=(1600, 800)), "PNG"), 300, 150, contain=True)
    assert (picture.width, picture.height) == (320, 160)


def test_a_small_picture_is_not_blown_up_by_the_decoder() -> None:
    picture = decode_picture(encoded(quarters(), "PNG"), 800, 400, contain=False)
    assert (picture.width, picture.height) == (80, 40)


def test_transparency_is_premultiplied_and_full_opacity_is_seen_as_such() -> None:
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    picture = decode_picture(encoded(clear, "PNG"), 4, 4, contain=False)
    assert not picture.is_opaque
    assert list(picture.pixels[0, 0]) == [0, 0, 128, 128]
    assert decode_picture(encoded(quarters("RGBA"), "PNG"), 4, 4, contain=False).is_opaque


def test_sixteen_bit_grey_is_scaled_and_not_clipped_to_white() -> None:
    values = np.full((8, 8), 0x4000, np.uint16)
    picture = decode_picture(encoded(Image.fromarray(values), "PNG"), 8, 8, contain=False)
    assert list(picture.pixels[0, 0][:3]) == [0x40, 0x40, 0x40]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I", "F", "YCbCr"])
def test_unusual_modes_come_out_as_the_grey_they_show(mode: str) -> None:
    source = Image.new("L", (8, 8), 255)
    source.paste(0, (0, 0, 4, 8))
    picture = source.convert("RGB").convert(mode) if mode == "YCbCr" else source.convert(mode)
    if mode == "I":
        picture = Image.fromarray(np.asarray(source).astype(np.uint16) * 257)
    body = encoded(picture, "TIFF" if mode in ("F", "YCbCr") else "PNG")
    pixels = decode_picture(body, 8, 8, contain=False).pixels
    assert [int(value) for value in pixels[4, 1][:3]] == pytest.approx([0, 0, 0], abs=2)
    assert [int(value) for value in pixels[4, 6][:3]] == pytest.approx([255, 255, 255], abs=2)


def test_a_colour_that_a_palette_calls_clear_is_clear() -> None:
    palette = quarters("P")
    picture = decode_picture(encoded(palette, "PNG", transparency=palette.getpixel((0, 0))), 80, 40, contain=False)
    assert picture.pixels[5, 5][3] == 0
    grey = Image.fromarray(np.full((4, 4), 500, np.uint16))
    picture = decode_picture(encoded(grey, "PNG", transparency=500), 4, 4, contain=False)
    assert picture.pixels[0, 0][3] == 0


def test_a_profile_other_than_srgb_is_converted() -> None:
    grey = Image.new("RGB", (16, 16), (128, 128, 128))
    body = encoded(grey, "JPEG", icc_profile=_gamma_one())
    value = decode_picture(body, 16, 16, contain=False).pixels[8, 8][0]
    # Half of linear light is much brighter than half of sRGB.
    assert 180 < value < 195
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert decode_picture(encoded(grey, "JPEG", icc_profile=srgb), 16, 16, contain=False).pixels[8, 8][0] == 128
    assert decode_picture(encoded(grey, "JPEG", icc_profile=b"x" * 200), 16, 16, contain=False).pixels[8, 8][0] == 128


def _gamma_one() -> bytes:
    """sRGB's primaries with linear light, written out by hand."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def described(text: str) -> bytes:
        return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" * 79

    curve = b"curv\0\0\0\0\0\0\0\0"
    tags = {
        b"desc": described("linear"),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body + b"\0" * (-len(body) % 4)
    size = offset + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s4s", 2020, 1, 1, 0, 0, 0, b"acsp", b"none")
    head = head.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + data


def _bomb() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


JPEG = encoded(quarters(size=(400, 300)), "JPEG")
PNG = encoded(Image.effect_noise((200, 100), 90), "PNG")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the picture is empty"),
        (JPEG[: len(JPEG) // 2], "truncated"),
        (JPEG[:-40], "truncated"),
        (PNG[: len(PNG) // 2], "truncated"),
        (b"\xff\xd8\xff" + bytes(200), "the picture is damaged"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "this is a web page, not a picture"),
        (b'\n  <html lang="de">', "this is a web page, not a picture"),
        (b'{"error": "not found"}', "this is JSON, not a picture"),
        (b"%PDF-1.7 ...", "this is a PDF, not a picture"),
        (b"hello", "unidentifiable image"),
        (_bomb(), "the picture is too large"),
    ],
)
def test_what_is_no_whole_picture_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    """Half a photo on a published banner is worse than a failed row."""
    with pytest.raises(RenderError, match=reason) as caught:
        decode_picture(body, 300, 200, contain=False)
    assert caught.value.code == "image_fetching_error"


def test_a_damaged_exif_block_does_not_cost_the_picture() -> None:
    body = encoded(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\xff\xff")
    assert corners(body) == ("r", "g", "b", "w")


def test_stray_bytes_in_a_whole_jpeg_do_not_cost_the_picture() -> None:
    assert corners(encoded(quarters(), "JPEG") + b"\0\0trailer") == ("r", "g", "b", "w")
