"""What a banner is written as: each file type whole, at the quality asked for, no larger than allowed."""

from __future__ import annotations

import gc
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.banner import render_banner
from bulkgen.render.encoders import LEAST_QUALITY, within
from bulkgen.render.failures import RenderError
from bulkgen.render.skia_memory import static_typeface
from bulkgen.wire.design import FILE_TYPES

FOLDER = Path(__file__).parents[3] / "templates" / "fonts"
TITLE = layer("title", "text", (20, 20, 360, 60), payload="Vase", font_size=40, font_weight=800, color="#e4572e")
PHOTO = layer("photo", "image", (0, 0, 400, 300), image_url="photo")


def photo(grain: int) -> bytes:
    """With grain, what no encoder can make small."""
    rng = np.random.default_rng(3)
    smooth = np.linspace(0, 200, 400)[None, :, None] + rng.integers(0, 1 + grain, (300, 400, 3))
    body = io.BytesIO()
    Image.fromarray(smooth.astype(np.uint8)).save(body, "PNG")
    return body.getvalue()


PICTURES = {"photo": photo(55), "smooth": photo(0)}


def body(*layers: dict[str, Any], **more: Any) -> bytes:
    ground = more.pop("ground", "#ffffff")
    return render_banner(design(*layers, ground=ground), FORMAT, {}, PICTURES, FONTS, **more).body


@pytest.mark.parametrize("kind", FILE_TYPES["static"])
def test_every_file_type_of_a_static_design_is_made(kind: str) -> None:
    made = body(PHOTO, TITLE, file_type=kind)
    if kind == "pdf":
        assert made.startswith(b"%PDF-")
        assert made.rstrip().endswith(b"%%EOF")
        return
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, picture.size) == (kind.upper(), (400, 300))
    red, green, blue = picture.convert("RGB").getpixel((399, 150))  # type: ignore[misc]
    assert red > 170
    assert abs(red - green) + abs(green - blue) < 90


@pytest.mark.parametrize("kind", ["png", "webp", "avif"])
def test_a_clear_ground_stays_clear(kind: str) -> None:
    made = body(layer("s", "shape", (0, 0, 200, 300), background_color="#ff0000"), ground="#ffffff00", file_type=kind)
    picture = Image.open(io.BytesIO(made)).convert("RGBA")
    assert picture.getpixel((300, 150))[3] == 0  # type: ignore[index]
    assert picture.getpixel((100, 150))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif", "pdf"])
def test_a_lower_quality_is_a_smaller_file(kind: str) -> None:
    assert len(body(PHOTO, file_type=kind, quality=30)) < len(body(PHOTO, file_type=kind, quality=90)) * 0.7


@pytest.mark.parametrize("kind", ["jpeg", "webp", "avif", "pdf"])
def test_a_file_is_made_to_fit_at_the_best_quality_that_does(kind: str) -> None:
    """Ad networks refuse a file that is a byte too large."""
    whole = len(body(PHOTO, file_type=kind))
    allowed = int(whole * 0.6)
    fitted = body(PHOTO, file_type=kind, max_bytes=allowed)
    assert allowed * 0.8 < len(fitted) <= allowed
    assert body(PHOTO, file_type=kind, max_bytes=whole) == body(PHOTO, file_type=kind)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("jpeg", "it is not lowered below quality 20; use webp"), ("png", "has no quality to lower; use jpeg or webp")],
)
def test_a_file_that_cannot_be_made_to_fit_is_refused_with_its_size(kind: str, said: str) -> None:
    with pytest.raises(RenderError, match=rf"the file has \d+ kB, at most 1 are asked for: .*{said}"):
        body(PHOTO, file_type=kind, max_bytes=1000)


def test_the_quality_that_fits_is_found_in_few_tries() -> None:
    tried: list[int] = []

    def encode(quality: int) -> bytes:
        tried.append(quality)
        return bytes(quality * 1000)

    assert len(within(encode, 90, 55_500, is_lossy=True)) == 55_000
    assert len(tried) <= 9
    assert min(tried) == LEAST_QUALITY
    tried.clear()
    assert len(within(encode, 10, 55_500, is_lossy=True)) == 10_000
    assert tried == [10]


def test_a_webp_that_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(RenderError, match="a webp picture has at most 16,383 px a side, this one 16,400"):
        render_banner(design(width=16_400, height=10), FORMAT, {}, {}, FONTS, file_type="webp")


def test_a_pdf_has_letters_and_shapes_and_not_a_picture_of_them() -> None:
    """What is blown up for a poster must stay sharp, and be found by a search."""
    made = render_banner(
        design(
            TITLE,
            layer(
                "s",
                "shape",
                (0, 100, 400, 100),
                background_color="linear-gradient(0% 0% 100% 100%,0% #ff0000 1,100% #0000ff 1)",
                pattern_name="plus",
            ),
            layer("stars", "rating", (0, 220, 100, 20), rating_score=70),
            layer("code", "qrcode", (200, 200, 90, 90), payload="https://example.com"),
            layer("logo", "logo", (100, 200, 90, 90), image_url="logo"),
        ),
        FORMAT,
        {},
        {"logo": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2"/></svg>'},
        FONTS,
        file_type="pdf",
    ).body
    assert b"/Subtype /Image" not in made
    assert b"/FontFile2" in made
    assert b"/Type3" not in made
    assert b"/ToUnicode" in made
    assert b"/ShadingType" in made
    # A px is 1/96 of an inch.
    assert b"/MediaBox [0 0 300 225]" in made


def test_a_photo_in_a_pdf_is_kept_as_jpeg_and_finer_than_the_screen() -> None:
    made = body(PHOTO, file_type="pdf")
    assert b"/DCTDecode" in made
    assert len(made) < 400 * 300 * 3


def test_the_same_banner_is_the_same_pdf() -> None:
    """Files are kept by their content: a time in it would make every run's files new ones."""
    assert body(PHOTO, TITLE, file_type="pdf") == body(PHOTO, TITLE, file_type="pdf")


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm here")
def test_a_pdf_looks_like_the_picture_of_the_same_banner(tmp_path: Path) -> None:
    layers = (
        layer("photo", "image", (0, 0, 400, 300), image_url="smooth"),
        layer("card", "shape", (60, 60, 280, 180), background_color="#ffffff", border_radius=20, opacity=90),
        TITLE,
        layer(
            "button",
            "button",
            (100, 160, 200, 50),
            payload="Shop now",
            font_size=20,
            background_color="#14182b",
            color="#ffffff",
        ),
    )
    (tmp_path / "a.pdf").write_bytes(body(*layers, file_type="pdf"))
    subprocess.run(["pdftoppm", "-r", "96", "-png", "-singlefile", "a.pdf", "a"], cwd=tmp_path, check=True, timeout=60)
    drawn = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    wanted = np.asarray(Image.open(io.BytesIO(body(*layers, file_type="png"))).convert("RGB")).astype(int)
    assert drawn.shape == wanted.shape
    assert np.abs(drawn - wanted).mean() < 3


def test_a_font_that_cannot_be_fixed_is_drawn_all_the_same() -> None:
    """Axes of a damaged font: a document with drawn letters, or a refusal; never a crash."""
    body_ = (FOLDER / "inter" / "Inter-Variable.ttf").read_bytes()
    for at in range(0, 4000, 97):
        broken = bytearray(body_)
        broken[at : at + 8] = b"\xff" * 8
        static_typeface(bytes(broken), {"wght": 700.0})
    assert static_typeface(body_, {"wght": 700.0}) is not None
    assert static_typeface(b"no font", {"wght": 700.0}) is None


def test_a_pdf_that_fails_half_drawn_leaves_nothing_that_draws_on() -> None:
    """An open document writes to its stream when it is collected; it took the process with it."""
    with pytest.raises(RenderError, match="photo: the picture 'gone' was not loaded"):
        body(TITLE, layer("photo", "image", (0, 0, 400, 300), image_url="gone"), file_type="pdf")
    gc.collect()
    assert body(TITLE, file_type="pdf").startswith(b"%PDF-")
