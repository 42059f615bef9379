"""Designs that are far too large, each in another way: drawn as far as they are seen, or refused in words."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from typing import Any

import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.banner import render_banner
from bulkgen.render.failures import RenderError

DIAGONAL = "linear-gradient(0% 0% 100% 100%,0% #ffffff 1,100% #000000 1)"
RADIAL = "radial-gradient(50% 50% 90%,0% #ff0000 1,100% #0000ff 1)"
VAST = (-1e6, -1e6, 2e6, 2e6)
OVERLAY = {"overlay_direction": "diagonal", "overlay_color_1": "#ff000080", "overlay_color_2": "#00ff0080"}
SHADOW = {"shadow_color": "#000000", "shadow_blur": 1e6}


def _photo() -> bytes:
    body = io.BytesIO()
    Image.effect_noise((60, 40), 80).convert("RGB").save(body, "PNG")
    return body.getvalue()


PICTURES = {
    "photo": _photo(),
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" cx="4" cy="4"/></svg>',
}


@pytest.mark.parametrize(
    "vast",
    [
        layer("a", "shape", VAST, background_color=DIAGONAL),
        layer("a", "shape", VAST, background_color=RADIAL, border_radius=30, **SHADOW),
        layer("a", "shape", VAST, background_color="#ff0000", pattern_name="star", pattern_scale=1, **SHADOW),
        layer("a", "shape", (-5e5, 100, 1e6, 1), background_color="#ff0000", shadow_color="#000000", shadow_blur=400),
        layer("a", "image", VAST, image_url="photo", mask_name="blob", auto_focus=True, **OVERLAY),
        layer("a", "image", (0, 0, 1e7, 1e-3), image_url="photo", mask_name="circle"),
        layer("a", "button", VAST, payload="Buy", background_color=DIAGONAL, border_radius=9, **SHADOW),
        layer("a", "text", VAST, payload="Buy", font_size=1e6, **SHADOW),
        layer("a", "text", (0, 0, 390, 290), payload="a" + "\u0301" * 9_990, font_size=12, **SHADOW),
        layer("a", "qrcode", VAST, payload="https://example.com", image_url="photo"),
        layer("a", "rating", VAST, rating_score=70, star_dimension=1e6, star_margin=1e6),
        layer("a", "illustration", VAST, illustration_type="twemoji", illustration_file="1f600", **SHADOW),
    ],
    ids=lambda made: f"{made['type']}-{len(made['attributes'])}",
)
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_layer_far_larger_than_its_banner_costs_no_more_than_what_is_seen_of_it(
    vast: dict[str, Any], kind: str
) -> None:
    """A box with a zero too many would otherwise take a worker's memory, and every row of the run with it."""
    tracemalloc.start()
    try:
        render_banner(design(vast), FORMAT, {}, PICTURES, FONTS, file_type=kind)
        # A blur of 200 px has a margin of 600: some megapixels beside the banner itself.
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_a_banner_of_more_pixels_than_a_worker_holds_is_refused_with_its_size(kind: str) -> None:
    with pytest.raises(RenderError, match=r"too large: 20,000 x 5,001 px, over 100 megapixels; .* ask for a pdf"):
        render_banner(design(width=20_000, height=5_001), FORMAT, {}, {}, FONTS, file_type=kind)
    assert render_banner(design(width=20_000, height=20_000), FORMAT, {}, {}, FONTS, file_type="pdf").body


@pytest.mark.parametrize("text", ["wörd " * 2_000, "w" * 10_000], ids=["words", "one word"])
@pytest.mark.parametrize("how", [{}, {"auto_resize": True, "min_font_size": 1}, {"text_truncation": True}])
def test_ten_thousand_characters_in_a_box_of_one_pixel_do_not_fit(text: str, how: dict[str, Any]) -> None:
    body = design(layer("a", "text", (0, 0, 1, 1), payload=text, font_size=12, **how))
    with pytest.raises(RenderError, match="cannot fit"):
        render_banner(body, FORMAT, {}, {}, FONTS)


@pytest.mark.parametrize("anchor", ["below", "level_with", "hug"])
@pytest.mark.parametrize("hidden", [False, True])
def test_a_chain_of_thousands_of_layers_is_refused_in_words(anchor: str, hidden: bool) -> None:
    """Each stands beside the next, so each is placed within the placing of another."""
    names = [f"l{index}" for index in range(3_000)]
    layers = [
        layer(name, "shape", (0, 0, 20, 20), background_color="#ff0000", **{anchor: after})
        for name, after in itertools.pairwise(names)
    ]
    elements = {name: {"hidden": True} for name in names[1:]} if hidden else {}
    made = design(*layers, layer(names[-1], "shape", (0, 0, 20, 20)))
    if hidden and anchor != "below":
        assert render_banner(made, FORMAT, elements, {}, FONTS).body
        return
    with pytest.raises(RenderError, match="Element l0 error: more than 100 layers stand beside each other in a chain"):
        render_banner(made, FORMAT, elements, {}, FONTS)


def test_a_thousand_groups_within_each_other_cut_what_is_in_the_innermost() -> None:
    within: list[dict[str, Any]] = [layer("l", "shape", (0, 0, 50, 50), background_color="#ff0000")]
    for index in range(1_000):
        box = {"x": 0, "y": 0, "width": 100, "height": 100}
        group = {"name": f"g{index}", "type": "group", "layer_ids": [within[-1]["name"]], "layout": box}
        within.append(group | {"mask": {"shape": "circle"}})
    picture = Image.open(io.BytesIO(render_banner(design(*within), FORMAT, {}, {}, FONTS, file_type="png").body))
    assert picture.convert("RGB").getpixel((45, 45)) == (255, 0, 0)
    assert picture.convert("RGB").getpixel((3, 3)) == (255, 255, 255)
