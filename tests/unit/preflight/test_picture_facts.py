"""What a picture is, from bytes: the awkward ones, the broken ones, and those that are something else."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bulkgen.preflight.picture_facts import PictureFacts, Undecodable, from_text, picture_facts, to_text

SAMPLES = Path(__file__).parents[3] / "../shared/data/images"


def encoded(kind: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    body = io.BytesIO()
    ramp = Image.linear_gradient("L").resize(size)
    image = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180))).convert(mode)
    image.save(body, kind, **options)
    return body.getvalue()


def facts(body: bytes) -> PictureFacts:
    found = picture_facts(body)
    assert isinstance(found, PictureFacts), found
    return found


def undecodable(body: bytes) -> Undecodable:
    found = picture_facts(body)
    assert isinstance(found, Undecodable), found
    return found


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("kind", "name"),
    [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WebP"), ("GIF", "GIF"), ("TIFF", "TIFF"), ("AVIF", "AVIF")],
)
def test_each_kind_that_the_api_takes_is_read(kind: str, name: str) -> None:
    found = facts(encoded(kind))
    assert (found.format, found.width, found.height, found.frames) == (name, 64, 48, 1)
    faults = (found.is_truncated, found.has_alpha, found.is_cmyk, found.is_rotated, bool(found.refusal))
    assert not any(faults)
    assert found.is_decoded


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(("orientation", "size"), [(3, (64, 48)), (6, (48, 64))])
def test_a_turned_picture_has_the_size_in_which_it_is_shown(kind: str, orientation: int, size: tuple[int, int]) -> None:
    """A portrait that is judged by its landscape numbers gets the wrong verdict in every box."""
    found = facts(encoded(kind, exif=turned(orientation)))
    assert (found.orientation, (found.width, found.height)) == (orientation, size)
    assert found.is_rotated


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_picture_that_ends_before_its_end_is_never_taken_for_a_whole_one(kind: str, share: float) -> None:
    """An upload that broke off is grey in its lower half, on a banner that was paid for."""
    body = encoded(kind, size=(300, 200))
    found = picture_facts(body[: int(len(body) * share)])
    assert isinstance(found, Undecodable) or found.is_truncated, found


def test_a_jpeg_cut_short_still_says_how_large_it_is() -> None:
    body = encoded("JPEG", size=(300, 200))
    found = facts(body[: len(body) // 2])
    assert (found.is_truncated, found.width, found.height) == (True, 300, 200)


def test_transparency_is_what_lets_the_ground_through_and_not_what_could() -> None:
    """Half of all PNG photos have an alpha channel that hides nothing; to warn of them is noise."""
    assert not facts(encoded("PNG", "RGBA")).has_alpha
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 255))
    clear.putpixel((3, 3), (0, 0, 0, 0))
    for kind in ("PNG", "WEBP", "GIF", "TIFF"):
        body = io.BytesIO()
        clear.save(body, kind)
        assert facts(body.getvalue()).has_alpha, kind
    grey = io.BytesIO()
    Image.new("L", (8, 8), 7).save(grey, "PNG", transparency=7)
    assert facts(grey.getvalue()).has_alpha


def test_print_colours_and_moving_pictures_are_seen() -> None:
    assert facts(encoded("JPEG", "CMYK")).is_cmyk
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 100, 200)]
    for kind in ("GIF", "PNG", "WEBP"):
        body = io.BytesIO()
        frames[0].save(body, kind, save_all=True, append_images=frames[1:])
        assert facts(body.getvalue()).is_animated, kind


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_that_opens_to_a_billion_pixels_is_not_opened() -> None:
    """Sixty bytes in a feed must not take the machine's memory."""
    found = facts(png_of_size(40_000, 40_000))
    assert (found.is_decoded, found.width) == (False, 40_000)
    assert "100 megapixels" in found.refusal


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (b"", "something else", "an empty file"),
        (b"<!doctype html><html><body>", "something else", "a web page"),
        (b'{"error": "not found"}', "something else", "JSON"),
        (b"<rss version='2.0'/>", "something else", "XML, but no SVG"),
        (b"<?xml version='1.0'?><rss note='<svg'/>", "damaged", "not well-formed"),
        (b"%PDF-1.7", "something else", "a PDF document"),
        (b"\x1f\x8b\x08svgz", "something else", "a gzip file"),
        (b"\x00\x00\x00\x1cftypheic", "something else", "a HEIC picture"),
        (b"hello", "something else", "no kind of file we know"),
        (b"\xff\xd8\xff\xe0", "damaged", "JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "damaged", "PNG"),
        (b"GIF89a", "damaged", "GIF"),
    ],
)
def test_what_is_no_picture_is_told_for_what_it_is(body: bytes, reason: str, detail: str) -> None:
    found = undecodable(body)
    assert found.reason == reason
    assert detail in found.detail


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}</svg>'


def test_an_svg_is_a_picture_of_any_size() -> None:
    found = facts(SVG.format('<rect width="9" height="9"/>').encode())
    assert (found.is_vector, found.width, found.height, found.refusal) == (True, 40, 20, "")


@pytest.mark.parametrize(
    "inside",
    ["<text>Hi</text>", '<image href="data:image/png;base64,AA=="/>', "<script/>", '<use href="http://x.example/a"/>'],
)
def test_an_svg_that_our_renderer_would_not_draw_says_why(inside: str) -> None:
    assert facts(SVG.format(inside).encode()).refusal


def test_an_svg_that_declares_entities_is_not_read() -> None:
    """A few hundred bytes of nested entities become gigabytes; one of a file's name shows our files."""
    bomb = '<!DOCTYPE svg [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>' + SVG.format("<desc>&b;</desc>")
    assert undecodable(bomb.encode()).reason == "unsafe"
    leak = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG.format("<desc>&a;</desc>")
    assert undecodable(leak.encode()).reason == "unsafe"
    plain = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x.example/svg11.dtd">' + SVG.format("")
    assert facts(plain.encode()).is_vector
    deep = SVG.format("<g>" * 60_000 + "</g>" * 60_000)
    assert undecodable(deep.encode()).reason == "damaged"


@given(st.binary(max_size=200), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"]), st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_no_bytes_make_it_raise(noise: bytes, kind: str, at: int) -> None:
    """It runs in a thread over what strangers serve; what it raised would end the whole check."""
    whole = _WHOLE[kind]
    for body in (noise, whole[:12] + noise, whole[:at] + noise + whole[at + len(noise) :]):
        found = picture_facts(body)
        assert from_text(to_text(found)) == found


_WHOLE = {kind: encoded(kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")}


EXPECTED = {
    "pillow_cmyk_adobe.jpg": {"is_cmyk": True},
    "pillow_orientation_6.jpg": {"orientation": 6},
    "pillow_orientation_3.webp": {"orientation": 3},
    "pillow_16bit_grey_trns.png": {"has_alpha": True, "mode": "I;16"},
    "pillow_interlaced_palette.png": {"has_alpha": True},
    "pillow_icc_srgb.png": {"has_alpha": False, "mode": "RGBA"},
    "pillow_truncated.jpg": {"is_truncated": True},
    "pillow_animated_chi.gif": {"frames": 31},
    "imagers_progressive_srgb.jpg": {"width": 320, "is_truncated": False},
    "imagers_apng_ball.png": {"frames": 20},
    "imagers_16bit_rgba.png": {"has_alpha": True},
    "imagers_animated.webp": {"frames": 6},
    "libvips_animated_cogs.gif": {"frames": 5},
    "libvips_looks_like_svg.webp": {"format": "WebP"},
    "libvips_display_p3.avif": {"width": 3024, "height": 4032, "orientation": 1},
    "sharp_display_p3.png": {"width": 8},
}
REFUSED = {
    "pillow_broken.png": "damaged",
    "pillow_bomb_65535x66601.gif": "too large",
    "libvips_favicon.ico": "something else",
}


def test_the_awkward_pictures_are_what_they_are_known_to_be() -> None:
    """Real files that nobody here made."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample pictures are not here")
    seen = {path.name: picture_facts(path.read_bytes()) for path in (SAMPLES / "awkward").iterdir()}
    assert set(seen) == set(EXPECTED) | set(REFUSED)
    for name, values in EXPECTED.items():
        assert {key: getattr(seen[name], key) for key in values} == values, name
    assert {name: getattr(seen[name], "reason", None) for name in REFUSED} == REFUSED


def test_ordinary_product_photos_have_no_fault() -> None:
    """A false alarm on a good photo costs the trust in all others."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample pictures are not here")
    photos = [path for shop in ("spree", "livostyle", "magento") for path in (SAMPLES / shop).rglob("*.*")]
    assert len(photos) == 28
    for path in photos:
        found = facts(path.read_bytes())
        faults = (found.is_truncated, found.has_alpha, found.is_cmyk, found.is_rotated, found.is_animated)
        assert not any(faults), path.name
