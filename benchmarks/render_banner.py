"""The banner that benchmarks/render.py has drawn: a design file, its words, its photo and its logo.

1200 x 628 px with a photo of two megapixels over all of it, a gradient, three texts, a button with a shadow, a logo and
stars. Everything is made here, from a fixed seed.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from bulkgen.render.fonts import FontLibrary
from bulkgen.wire.design import Design, parse_design

FONTS = Path(__file__).parents[1] / "templates" / "fonts"
INTER = FONTS / "inter" / "Inter-Variable.ttf"
WIDTH, HEIGHT = 1200, 628
QUALITY = 85
STAR = "M13 0l4 9 9 1-7 6 2 10-8-5-8 5 2-10-7-6 9-1z"

GRADIENT = "linear-gradient(0% 0% 68% 0%,0% #0a0e23 0.92,100% #0a0e23 0)"


def words(row: int) -> dict[str, str]:
    return {
        "title": f"Number {row} of the long evenings: lamps for every corner",
        "subtitle": "Hand-thrown bases and linen shades, made to order in two weeks",
        "price": f"€ {99 + row % 900},90",
        "button": "Shop the collection",
    }


@cache
def photo() -> bytes:
    """Clouds of several sizes with grain on them: to an encoder, a photo."""
    rng = np.random.default_rng(11)
    picture = np.zeros((1080, 1920, 3), np.float32)
    for cells, strength in ((4, 120), (16, 60), (64, 30), (400, 14)):
        noise = Image.fromarray(rng.integers(0, 255, (cells * 9 // 16 + 1, cells, 3), np.uint8).astype(np.uint8))
        picture += np.asarray(noise.resize((1920, 1080), Image.Resampling.BICUBIC), np.float32) * strength / 255
    body = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(body, "JPEG", quality=90)
    return body.getvalue()


@cache
def photo_of(row: int) -> bytes:
    """The photo with a comment of its own: the same work for everybody, and nobody has seen it before."""
    comment, body = f"banner {row}".encode(), photo()
    return body[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + body[2:]


@cache
def logo() -> bytes:
    picture = Image.new("RGBA", (280, 112), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((6, 6, 106, 106), fill=(255, 90, 60, 255))
    draw.rounded_rectangle((125, 30, 274, 82), 20, fill=(255, 255, 255, 230))
    body = io.BytesIO()
    picture.save(body, "PNG")
    return body.getvalue()


@cache
def design() -> Design:
    def layer(name: str, kind: str, box: tuple[int, int, int, int], **values: Any) -> dict[str, Any]:
        layout = dict(zip(("x", "y", "width", "height"), box, strict=True))
        attributes = [{"id": key, "value": value} for key, value in values.items()]
        return {"name": name, "type": kind, "layout": layout, "attributes": attributes}

    text = {"color": "#ffffff", "auto_resize": True}
    return parse_design(
        {
            "id": "0b8e5d7e-1d39-4a52-8a54-7d3f6f2f9a10",
            "type": "static",
            "formats": [{"id": "banner", "width": WIDTH, "height": HEIGHT}],
            "elements": [
                layer("photo", "image", (0, 0, WIDTH, HEIGHT), image_url="photo"),
                layer("shade", "shape", (0, 0, WIDTH, HEIGHT), background_color=GRADIENT),
                layer("title", "text", (64, 120, 560, 190), **text, payload="x", font_size=54, font_weight=700),
                layer("subtitle", "text", (64, 340, 480, 70), **text, payload="x", font_size=22),
                layer("price", "text", (64, 420, 380, 80), **text, payload="x", font_size=72, font_weight=800),
                layer(
                    "button",
                    "button",
                    (64, 528, 280, 60),
                    payload="x",
                    font_size=22,
                    font_weight=700,
                    color="#ffffff",
                    background_color="#ff5a3c",
                    border_radius=30,
                    shadow_color="#00000066",
                    shadow_blur=24,
                    shadow_offset_y=8,
                ),
                layer("logo", "logo", (996, 40, 140, 56), image_url="logo"),
                layer("stars", "rating", (64, 80, 150, 26), rating_score=90, star_margin=4, star_color="#ffc53d"),
            ],
        }
    )


@cache
def fonts() -> FontLibrary:
    return FontLibrary([FONTS], installed=lambda: iter(()))


@cache
def stars() -> str:
    """For those who take SVG."""
    drawn = "".join(f'<path transform="translate({30 * index})" d="{STAR}"/>' for index in range(5))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="150" height="26" fill="#ffc53d">{drawn}</svg>'
