"""Tones, tints, overlays and shadows: in the right colours, also where a picture is clear."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.banner import render_banner
from bulkgen.render.effects import DUOTONES, GRAYSCALE, Tint, apply, shadow_picture
from bulkgen.render.failures import RenderError
from bulkgen.render.skia_memory import Picture
from bulkgen.wire.colors import parse_color
from bulkgen.wire.overrides import PROPERTIES

PHOTO = layer("photo", "image", (0, 0, 40, 40), image_url="photo")


def flat(*color: int) -> bytes:
    body = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", (80, 80), color).save(body, "PNG")
    return body.getvalue()


def seen(picture: bytes, x: int = 20, y: int = 20, ground: str = "#ffffff", **values: Any) -> list[int]:
    made = design(
        layer("photo", "image", (0, 0, 40, 40), image_url="photo", **values), width=40, height=40, ground=ground
    )
    body = render_banner(made, FORMAT, {}, {"photo": picture}, FONTS, file_type="png").body
    found: list[int] = np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))[y, x].tolist()
    return found


def test_black_and_white_become_the_two_colours_of_a_duotone() -> None:
    tones = DUOTONES["blue_orange"]
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 1, :3] = 255
    pixels[..., 3] = 255
    toned = apply(tones, Picture(pixels, is_opaque=True)).pixels
    assert [int(v) for v in toned[0, 0]] == [
        round(c * 255) for c in (tones.dark.blue, tones.dark.green, tones.dark.red)
    ] + [255]
    assert [int(v) for v in toned[0, 1]] == [
        round(c * 255) for c in (tones.light.blue, tones.light.green, tones.light.red)
    ] + [255]


def test_a_clear_picture_is_toned_where_it_is_seen_and_stays_clear_elsewhere() -> None:
    """Premultiplied colour over its own alpha draws as a glowing fringe."""
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, 1] = (64, 64, 64, 128)
    pixels[0, 2] = (128, 128, 128, 128)
    for tones in (*DUOTONES.values(), GRAYSCALE):
        toned = apply(tones, Picture(pixels, is_opaque=False)).pixels
        assert (toned[..., :3] <= toned[..., 3:4]).all()
        assert toned[0, 0].tolist() == [0, 0, 0, 0]
    assert apply(GRAYSCALE, Picture(pixels, is_opaque=False)).pixels[0, 1].tolist() == [64, 64, 64, 128]


def test_every_duotone_of_the_api_has_its_colours() -> None:
    """Named in the API's note of the property, one by one."""
    named = set(DUOTONES)
    assert len(named) == 12
    assert all(
        sum((t.light.red, t.light.green, t.light.blue)) > sum((t.dark.red, t.dark.green, t.dark.blue)) + 0.7
        for t in DUOTONES.values()
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"filter_name": "duotone"}, "filter_properties.name is None, and must be one of blue_green"),
        (
            {"filter_name": "duotone", "filter_properties": {"name": "pink_mauve"}},
            "filter_properties.name is 'pink_mauve'",
        ),
        ({"filter_name": "sepia"}, "filter_name is 'sepia', and must be grayscale or duotone"),
    ],
)
def test_a_filter_that_is_none_is_refused_with_those_that_are(values: dict[str, Any], said: str) -> None:
    with pytest.raises(RenderError, match=f"Element photo error: {said}"):
        seen(flat(9, 9, 9), **values)


def test_grayscale_is_as_light_as_the_colour_was() -> None:
    red, green, blue, _ = seen(flat(0, 200, 0), filter_name="grayscale")
    assert red == green == blue
    assert 100 <= red <= 125


def test_an_overlay_lies_on_what_is_seen_of_the_picture() -> None:
    """Over a cut-out bottle it must not draw a box around the bottle."""
    blue = {"overlay_color_1": "#0000ff"}
    assert seen(flat(255, 255, 255), **blue) == [127, 127, 255, 255]
    assert seen(flat(255, 255, 255), **blue, overlay_opacity=100) == [0, 0, 255, 255]
    assert seen(flat(255, 255, 255), overlay_color_2="#0000ff40")[:2] == pytest.approx([191, 191], abs=1)
    assert seen(flat(255, 255, 255, 0), ground="#ffffff", **blue) == [255, 255, 255, 255]
    across = {"overlay_color_1": "#ff0000", "overlay_color_2": "#0000ff", "overlay_opacity": 100}
    for direction, (x, y) in {"horizontal": (38, 2), "vertical": (2, 38), "diagonal": (38, 38)}.items():
        near, far = (seen(flat(9, 9, 9), *at, **across, overlay_direction=direction) for at in ((1, 1), (x, y)))
        assert near[0] > 220
        assert far[2] > 220


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG", "GIF"])
def test_a_photo_keeps_its_colours_at_half_opacity_and_under_a_mask(kind: str) -> None:
    """Whoever fades a photo got it in false colours, since its fourth byte was nothing."""
    body = io.BytesIO()
    Image.new("RGB", (80, 80), (200, 40, 40)).save(body, kind)
    for values in ({}, {"mask_name": "circle"}, {"border_radius": 8}, {"overlay_color_1": "#ffffff00"}):
        assert seen(body.getvalue(), opacity=50, **values)[:3] == pytest.approx([227, 147, 147], abs=4)


def test_a_photo_on_a_clear_ground_is_opaque() -> None:
    made = design(PHOTO, width=60, height=40, ground="#ffffff00")
    body = render_banner(made, FORMAT, {}, {"photo": flat(10, 20, 30)}, FONTS).body
    pixels = np.asarray(Image.open(io.BytesIO(body)))
    assert pixels[20, 20].tolist() == [10, 20, 30, 255]
    assert pixels[20, 50].tolist() == [0, 0, 0, 0]


def test_a_tint_is_one_colour_as_strong_as_the_picture() -> None:
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 0] = (10, 20, 30, 255)
    pixels[0, 1] = (5, 5, 5, 100)
    tinted = apply(Tint(parse_color("#ff000080")), Picture(pixels, is_opaque=False)).pixels
    assert tinted[0, 0].tolist() == [0, 0, 128, 128]
    assert tinted[0, 1].tolist() == [0, 0, 50, 50]


def test_a_shadow_has_the_form_of_what_casts_it() -> None:
    drawn = np.zeros((20, 20, 4), np.uint8)
    drawn[5:15, 5:15] = 255
    hard = shadow_picture(drawn, parse_color("#000000"), 0).pixels
    assert (hard[..., 3] == drawn[..., 3]).all()
    soft = shadow_picture(drawn, parse_color("#000000"), 2).pixels[..., 3]
    assert 0 < soft[10, 4] < soft[10, 6] < 255
    # A logo of two words: the shadow is not a box around them.
    around = design(
        layer(
            "logo",
            "logo",
            (10, 10, 40, 40),
            image_url="logo",
            shadow_color="#000000",
            shadow_offset_x=20,
            shadow_blur=0,
        ),
        width=90,
        height=60,
    )
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><circle cx="2" cy="2" r="2" fill="#ff0000"/></svg>'
    )
    body = render_banner(around, FORMAT, {}, {"logo": svg}, FONTS, file_type="png").body
    pixels = np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))
    assert pixels[30, 30].tolist() == [255, 0, 0]
    assert pixels[30, 60].tolist() == [0, 0, 0]
    assert pixels[12, 68].tolist() == [255, 255, 255]


def test_every_named_choice_of_a_picture_is_drawn() -> None:
    """A mask of the table that no painter knows would be a whole picture, unsaid."""
    for mask in PROPERTIES["image"]["mask_name"].choices:
        if mask != "window" and mask != "rounded_corners":
            assert seen(flat(10, 20, 30), 0, 0, mask_name=str(mask)) != [10, 20, 30, 255], mask
        assert seen(flat(10, 20, 30), mask_name=str(mask)) == [10, 20, 30, 255]
    for direction in PROPERTIES["image"]["overlay_direction"].choices:
        values = {"overlay_color_1": "#000000", "overlay_color_2": "#000000"}
        assert seen(flat(200, 200, 200), overlay_direction=str(direction), **values)[0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize("kind", ["png", "pdf"])
@pytest.mark.parametrize(
    ("layer_type", "values"),
    [
        ("logo", {"image_url": "photo", "shadow_color": "#000000", "shadow_blur": 1e6}),
        ("rating", {"shadow_color": "#000000", "shadow_blur": 1e7, "shadow_offset_x": -1e7}),
        ("shape", {"pattern_name": "wiggle", "pattern_scale": 1e7}),
        ("shape", {"pattern_name": "parkay", "pattern_scale": 10}),
        ("image", {"image_url": "photo", "stroke_width": 1e7, "stroke_color": "#000000", "border_radius": 1e7}),
        ("illustration", {"illustration_type": "twemoji", "illustration_file": "1f680", "shadow_color": "#000000"}),
        ("button", {"icon_url": "photo", "icon_size": 1e7, "icon_gap": 1e7}),
    ],
)
def test_a_value_past_all_measure_costs_neither_memory_nor_time(
    kind: str, layer_type: str, values: dict[str, Any]
) -> None:
    """One row with a typing error would end a worker, and with it what it has in hand."""
    made = design(layer("l", layer_type, (0, 0, 1000, 800), **values), width=1000, height=800)
    assert render_banner(made, FORMAT, {}, {"photo": flat(9, 9, 9)}, FONTS, file_type=kind).body


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        (
            {"filter_name": "duotone", "filter_properties": {"name": {}}},
            "filter_properties.name is {}, and must be one",
        ),
        ({"mask_name": "zigzag"}, "mask_name is 'zigzag', and must be one of rectangle, "),
        (
            {"mask_name": "rounded_corners", "mask_properties": {"radius": "big"}},
            "mask_properties.radius is .big., and must be a number",
        ),
        (
            {"mask_name": "rounded_corners", "mask_properties": {"radius": {"tl": -4}}},
            "radius is .*-4.*, and must be a number, or one each",
        ),
    ],
)
def test_a_mask_or_filter_that_there_is_not_is_an_error_that_names_the_layer(
    attributes: dict[str, Any], reason: str
) -> None:
    """The picture in its whole box is not what was asked for."""
    photo = layer("photo", "image", (10, 20, 200, 100), image_url="photo", **attributes)
    with pytest.raises(RenderError, match=f"Element photo error: .*{reason}"):
        render_banner(design(photo), FORMAT, {}, {"photo": flat(255, 0, 0)}, FONTS)


def test_a_shape_that_there_is_not_is_an_error_that_names_the_layer() -> None:
    odd = layer("dot", "shape", (10, 20, 200, 100), shape="dodecagon", background_color="#ff0000")
    with pytest.raises(RenderError, match="Element dot error: shape is 'dodecagon', and must be one of rectangle, "):
        render_banner(design(odd), FORMAT, {}, {}, FONTS)
