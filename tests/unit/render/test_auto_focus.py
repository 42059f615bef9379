"""Where the eye goes: the part of a picture that stands out stays in sight, whatever the box."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.interest import LOOK_PX, Interest
from bulkgen.render.pictures import decode_picture
from bulkgen.render.saliency import best_window, weights
from bulkgen.render.skia_memory import Picture


def scene(size: tuple[int, int], subject: tuple[int, int, int, int], *, busy: bool = False) -> Any:
    """A subject on a ground that is plain, or full of small leaves."""
    width, height = size
    pixels = np.full((height, width, 4), (200, 190, 180, 255), np.uint8)
    if busy:
        rng = np.random.default_rng(7)
        pixels[..., :3] = (100 + rng.integers(0, 60, (height, width, 1))).astype(np.uint8)
    left, top, right, bottom = subject
    pixels[top:bottom, left:right] = (30, 40, 220, 255)
    return pixels


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("left", [0, 90, 200, 330])
def test_a_square_of_a_wide_photo_holds_the_subject(left: int, busy: bool) -> None:
    """A product at the edge of its photo would be cut in half by a crop from the middle."""
    pixels = scene((400, 200), (left, 60, left + 70, 140), busy=busy)
    focus = Interest.of(Picture(pixels, is_opaque=True)).focus(1.0, 1.0)
    assert focus.x is not None
    start = min(max(focus.x * 400 - 100, 0), 200)
    assert start <= left + 10
    assert left + 60 <= start + 200


PORTRAITS = Path(__file__).parents[3] / "examples" / "customer-quotes" / "images"


@pytest.mark.parametrize("proportions", [2.0, 3.2])
def test_a_wide_crop_of_a_portrait_shows_the_eyes_and_not_the_jacket(proportions: float) -> None:
    """The jacket has the stronger edges, and a banner of a chest is one that nobody would print."""
    shown = 0
    for path in PORTRAITS.glob("*.png"):
        look = Interest.of(decode_picture(path.read_bytes(), LOOK_PX, LOOK_PX, contain=True))
        focus = look.focus(proportions, 1.0)
        assert focus.y is not None
        # In all of them the eyes are a little above the middle.
        shown += abs(focus.y - 0.45) < look.proportions / proportions / 2
    assert shown >= 11, "of twelve; of one the hair has the stronger colour"


def test_a_clear_ground_says_nothing_and_a_thing_cut_out_everything() -> None:
    pixels = np.zeros((100, 300, 4), np.uint8)
    pixels[20:80, 220:280] = (120, 120, 120, 255)
    x, _, held = best_window(weights(pixels), 1 / 3, 1.0)
    assert x > 0.6
    assert held > 0.95


def test_a_picture_with_nothing_in_it_is_cropped_in_its_middle() -> None:
    x, y, _ = best_window(weights(np.full((80, 240, 4), 255, np.uint8)), 1 / 3, 1.0)
    assert (x, y) == pytest.approx((0.5, 0.5), abs=0.03)


def test_weights_are_shares_and_the_same_every_time() -> None:
    pixels = scene((300, 200), (20, 20, 60, 60), busy=True)
    found = weights(pixels)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    assert (found == weights(pixels.copy())).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (47, 49), (3, 2)])
def test_pictures_of_any_size_have_weights(size: tuple[int, int]) -> None:
    x, y, _ = best_window(weights(np.full((size[1], size[0], 4), 90, np.uint8)), 0.5, 1.0)
    assert 0 <= x <= 1
    assert 0 <= y <= 1


def test_a_close_look_is_as_close_as_keeps_what_there_is_to_see() -> None:
    small = Interest.of(Picture(scene((400, 200), (180, 90, 220, 110)), is_opaque=True))
    assert small.focus(2.0, 1.6).zoom == pytest.approx(1.6)
    wide = np.concatenate([scene((200, 200), (5, 80, 45, 120)), scene((200, 200), (155, 80, 195, 120))], axis=1)
    assert Interest.of(Picture(wide, is_opaque=True)).focus(2.0, 2.0).zoom < 1.2


def test_the_crop_of_a_banner_follows_the_request_and_not_what_was_drawn_before() -> None:
    """One picture in two formats of a run: the second must not inherit what the first one looked at."""
    body = io.BytesIO()
    Image.fromarray(scene((800, 400), (20, 150, 140, 250))[..., [2, 1, 0]]).save(body, "PNG")
    pictures = {"photo": body.getvalue()}
    square = design(layer("photo", "image", (0, 0, 100, 100), image_url="photo"), width=100, height=100)
    tall = design(layer("photo", "image", (0, 0, 60, 120), image_url="photo"), width=60, height=120)
    asked = {"photo": {"auto_focus": True}}

    def drawn(made: Any, elements: Any, cache: RenderCache) -> bytes:
        return render_banner(made, FORMAT, elements, pictures, FONTS, file_type="png", cache=cache).body

    alone = drawn(tall, asked, RenderCache())
    cache = RenderCache()
    drawn(square, asked, cache)
    assert drawn(tall, asked, cache) == alone
    seen = np.asarray(Image.open(io.BytesIO(alone)).convert("RGB"))
    assert (seen[..., 0] > 200).mean() > 0.1
    plain = np.asarray(Image.open(io.BytesIO(drawn(tall, {}, cache))).convert("RGB"))
    assert not ((plain[..., 0] > 215) & (plain[..., 1] < 60)).any()
