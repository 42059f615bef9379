"""Video layers in an animated design: drawn like pictures, at the pace of their film; and films and GIFs end to end."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from film_cases import film, index_of, psnr, solid, steady, tone
from motion_cases import clip_of, moving, moving_design, tween
from PIL import Image
from rendering_cases import FONTS, FORMAT, layer
from rendering_cases import design as static_design

from bulkgen.render import motion
from bulkgen.render.banner import RenderedBanner, picture_refs, render_banner
from bulkgen.render.failures import IMAGE_FETCHING, RenderError
from bulkgen.wire.design import Design

FILM = steady(30, sound=tone(3))
PICTURES = {"f.mp4": FILM}
BLUE, RED = (255, 60, 60), (60, 60, 255)
TITLE = layer("title", "text", (20, 20, 360, 60), payload="Sale ends Sunday", font_size=40, font_weight=700)


def scene(x: float = 100, y: float = 50, width: float = 200, height: float = 150, **more: Any) -> dict[str, Any]:
    return layer("scene", "video", (x, y, width, height), video_url="f.mp4", **more)


def halves(count: int = 10) -> bytes:
    """Blue above, red below, twice as wide as high."""

    def paint(index: int) -> npt.NDArray[np.uint8]:
        pixels = solid(96, 48, BLUE)
        pixels[24:] = RED
        return pixels

    return film([index / 10 for index in range(count)], size=(96, 48), paint=paint)


def seen(pixels: npt.NDArray[np.uint8], x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in pixels[y, x, :3])


def near(color: tuple[int, ...], other: tuple[int, ...], off: int = 12) -> bool:
    return all(abs(one - two) <= off for one, two in zip(color, other, strict=True))


def test_the_film_runs_from_the_layer_s_start_at_its_own_pace() -> None:
    """By the design's clock it would already have run when it comes into sight."""
    clip = clip_of(moving_design(moving(scene(), start=1.0)), pictures=PICTURES)
    shown = {time_s: index_of(clip.frame(time_s)[60:190, 110:290], 30) for time_s in (1.0, 1.35, 2.0, 3.5)}
    assert shown == {1.0: 0, 1.35: 3, 2.0: 10, 3.5: 25}
    assert seen(clip.frame(0.5), 200, 120) == (255, 255, 255)


def test_frames_where_the_film_stands_have_one_key() -> None:
    clip = clip_of(moving_design(scene()), pictures=PICTURES)
    assert clip.key(0.51) == clip.key(0.58) != clip.key(0.62)
    assert clip.key(3.2) == clip.key(3.9)


def test_a_film_covers_its_box_and_nothing_else() -> None:
    clip = clip_of(moving_design(scene()), pictures={"f.mp4": halves()})
    pixels = clip.frame(0.0)
    assert near(seen(pixels, 102, 52), BLUE)
    assert near(seen(pixels, 297, 197), RED)
    assert seen(pixels, 98, 52) == seen(pixels, 302, 100) == seen(pixels, 200, 202) == (255, 255, 255)


def test_corners_opacity_and_shadow_are_as_on_pictures() -> None:
    look = {"border_radius": 40, "opacity": 50, "shadow_color": "#000000", "shadow_offset_y": 20}
    pixels = clip_of(moving_design(scene(**look)), pictures={"f.mp4": halves()}).frame(0.0)
    assert seen(pixels, 102, 52) == (255, 255, 255)
    assert seen(pixels, 200, 215)[0] < 140
    flat = clip_of(moving_design(scene(opacity=50)), pictures={"f.mp4": halves()}).frame(0.0)
    assert near(seen(flat, 200, 60), tuple((value + 255) // 2 for value in BLUE))


def test_the_point_in_focus_stays_in_sight() -> None:
    tall = scene(0, 0, 48, 100, focus_x=0)
    shown = clip_of(moving_design(tall), pictures={"f.mp4": halves()}).frame(0.0)
    assert near(seen(shown, 4, 4), BLUE)


def test_a_film_moves_and_fades_as_other_layers_do() -> None:
    body = moving(scene(0, 0, 100, 100), tween("slide", 0.0, 1.0, shift_x=200.0), tween("fade", 0.0, 1.0, opacity=0.0))
    clip = clip_of(moving_design(body), pictures={"f.mp4": halves(40)})
    assert near(seen(clip.frame(0.5), 110, 10), tuple((value + 255) // 2 for value in BLUE), 16)
    assert near(seen(clip.frame(1.5), 10, 10), BLUE)


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        ({}, r"scene: the video 'f\.mp4' was not loaded"),
        ({"f.mp4": b"<html>"}, "scene: this is a web page, not a video"),
        ({"f.mp4": RenderError("timed out", code=IMAGE_FETCHING)}, "scene: timed out"),
        ({"f.mp4": FILM[:900]}, "scene: the video is damaged"),
    ],
)
def test_a_film_that_cannot_be_read_fails_the_format_and_names_the_layer(
    pictures: Mapping[str, bytes | RenderError], message: str
) -> None:
    with pytest.raises(RenderError, match=message) as caught:
        rendered(moving_design(scene()), "mp4", pictures)
    assert (caught.value.layer, caught.value.code) == ("scene", IMAGE_FETCHING)


def test_films_and_sounds_are_among_what_must_be_loaded() -> None:
    """Else they are not there when the banner is made, after the row was paid for."""
    layers = (scene(), layer("music", "audio", (0, 0, 0, 0), audio_url="m.mp3"))
    assert picture_refs(moving_design(*layers), [FORMAT], {}) == {"f.mp4": "scene", "m.mp3": "music"}
    assert picture_refs(moving_design(*layers), [FORMAT], {"scene": {"hidden": True}}) == {"m.mp3": "music"}
    assert picture_refs(static_design(*layers), [FORMAT], {}) == {}


def test_a_static_banner_leaves_a_film_out_and_says_so() -> None:
    made = render_banner(static_design(scene(), TITLE), FORMAT, {}, {}, FONTS)
    assert any(said.startswith("scene: a layer of type video is for animated designs") for said in made.warnings)


# End to end


def rendered(
    design: Design, kind: str | None, pictures: Mapping[str, bytes | RenderError], **more: Any
) -> RenderedBanner:
    return render_banner(design, FORMAT, {}, pictures, FONTS, file_type=kind, **more)


def test_a_film_with_moving_text_comes_out_as_it_was_drawn() -> None:
    design = moving_design(scene(), moving(TITLE, tween("fade", 0.0, 1.0, opacity=0.0)), duration=2.0)
    made = rendered(design, "mp4", PICTURES, options={"video": {"fps": 12}})
    assert (made.file_type, made.duration_s, made.warnings) == ("mp4", 2.0, ())
    clip = clip_of(design, pictures=PICTURES, on_white=True)
    with av.open(io.BytesIO(made.body)) as found:
        assert [stream.type for stream in found.streams] == ["video", "audio"]
        frames = [frame.reformat(format="bgra", src_colorspace=1).to_ndarray() for frame in found.decode(video=0)]
    assert len(frames) == 24
    for index in (0, 7, 23):
        assert psnr(frames[index][..., :3], clip.frame(index / 12)[..., :3]) > 35, index


def test_mp4_is_what_an_animated_design_becomes_unasked() -> None:
    assert rendered(moving_design(TITLE, duration=0.5), None, {}).file_type == "mp4"


def test_a_gif_of_a_film_takes_its_options_from_the_request() -> None:
    design = moving_design(scene(), TITLE, duration=1.0)
    made = rendered(design, "gif", PICTURES, options={"gif": {"max_fps": 5, "repeat": 0}})
    picture: Any = Image.open(io.BytesIO(made.body))
    assert (made.file_type, picture.format, picture.n_frames) == ("gif", "GIF", 5)
    assert "loop" not in picture.info
    shown = np.asarray(picture.convert("RGB"))[60:190, 110:290, ::-1]
    assert index_of(shown, 30) == 0


def test_odd_sides_are_said_in_the_result() -> None:
    """Who asked for 301 px and counts 302 should not have to wonder."""
    made = rendered(moving_design(TITLE, duration=0.5, size=(401, 301)), "mp4", {})
    assert (made.width, made.height) == (401, 301)
    assert made.warnings == ("the mp4 has 402 x 302 px, since its sides must be even: the last pixels are there twice",)


def test_quality_and_limit_reach_the_coder() -> None:
    design = moving_design(scene(), duration=1.0)
    usual = len(rendered(design, "mp4", PICTURES).body)
    assert len(rendered(design, "mp4", PICTURES, quality=20).body) < usual
    assert len(rendered(design, "mp4", PICTURES, quality=100).body) > usual
    with pytest.raises(RenderError, match="at most 1 are asked for"):
        rendered(design, "mp4", PICTURES, max_bytes=1_000)


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_the_same_row_gives_the_same_bytes(kind: str) -> None:
    """A file is kept under its content, and a rerun must not look like a change."""
    design = moving_design(scene(), moving(TITLE, tween("fade", 0.0, 0.5, opacity=0.0)), duration=1.0)
    assert rendered(design, kind, PICTURES).body == rendered(design, kind, PICTURES).body


def test_the_still_of_an_animated_design_shows_the_film_at_that_moment() -> None:
    made = rendered(moving_design(scene(), still_at=1.25), "png", PICTURES)
    shown = np.asarray(Image.open(io.BytesIO(made.body)).convert("RGB"))[60:190, 110:290, ::-1]
    assert index_of(shown, 30) == 12


def test_a_gif_that_few_will_wait_for_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows beforehand that a story becomes 27 MB, and half the phones that get it never show it."""
    design = moving_design(TITLE, duration=0.5)
    assert rendered(design, "gif", {}).warnings == ()
    monkeypatch.setattr(motion, "_HEAVY_GIF_BYTES", 100)
    (said,) = rendered(design, "gif", {}).warnings
    assert "mp4 is far smaller" in said
