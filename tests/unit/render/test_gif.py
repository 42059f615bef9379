"""The GIF of a clip, read back by another library."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from film_cases import PlainClip, psnr
from PIL import Image

from bulkgen.render.failures import RenderError
from bulkgen.render.gif import encode_gif


def frames_of(body: bytes) -> tuple[list[npt.NDArray[Any]], list[int], int | None]:
    """Pixels, milliseconds of each, repeats."""
    picture: Any = Image.open(io.BytesIO(body))
    pixels, times = [], []
    for index in range(picture.n_frames):
        picture.seek(index)
        times.append(picture.info["duration"])
        pixels.append(np.asarray(picture.convert("RGB")))
    return pixels, times, picture.info.get("loop")


def test_a_gif_has_the_frames_of_their_times_and_the_clip_s_length() -> None:
    clip = PlainClip(90, 60, 2.0)
    pixels, times, _ = frames_of(encode_gif(clip))
    assert len(pixels) == 18
    assert sum(times) == 2_000
    assert set(times) <= {110, 120}
    for index, frame in enumerate(pixels):
        assert psnr(frame, clip.frame(index / 9)[..., 2::-1]) > 28, index


@pytest.mark.parametrize(("asked", "frames"), [(9, 9), (4, 4), (2, 2), (0, 2), (30, 9)])
def test_the_pace_is_held_within_its_bounds(asked: float, frames: int) -> None:
    assert len(frames_of(encode_gif(PlainClip(40, 40, 1.0), asked))[0]) == frames


@pytest.mark.parametrize(("repeat", "loop"), [(-1, 0), (0, None), (1, 1), (3, 3), (100_000, 65_535)])
def test_it_repeats_as_often_as_was_asked(repeat: int, loop: int | None) -> None:
    """0 in the file is for ever, and nothing is once: the API counts otherwise."""
    assert frames_of(encode_gif(PlainClip(40, 40, 0.5), repeat=repeat))[2] == loop


def test_what_stands_still_is_one_frame_shown_for_longer() -> None:
    clip = PlainClip(60, 60, 5.0, stands=True)
    body = encode_gif(clip)
    pixels, times, _ = frames_of(body)
    assert sum(times) == 5_000
    assert len(pixels) <= 2
    assert len(body) < 6_000
    assert psnr(pixels[0], clip.frame(0)[..., 2::-1]) > 28


def test_all_frames_share_one_palette() -> None:
    """Colours chosen anew for each frame shimmer where nothing moves."""
    pixels, _, _ = frames_of(encode_gif(PlainClip(90, 60, 2.0)))
    colors = {tuple(color) for frame in pixels for color in frame.reshape(-1, 3)}
    assert 64 < len(colors) <= 256


def test_flat_colours_stay_flat() -> None:
    """A pattern of dots on a plain ground is what a cheap GIF looks like."""
    clip = PlainClip(40, 40, 1.0, stands=True)
    flat = np.full((40, 40, 4), (30, 90, 200, 255), np.uint8)
    clip.frame = lambda time_s: flat  # type: ignore[method-assign]
    pixels, _, _ = frames_of(encode_gif(clip))
    assert len({tuple(color) for color in pixels[0].reshape(-1, 3)}) == 1
    assert np.abs(pixels[0][0, 0].astype(int) - (200, 90, 30)).max() <= 2


def test_the_same_clip_gives_the_same_bytes() -> None:
    assert len({encode_gif(PlainClip(101, 77, 1.0)) for _ in range(4)}) == 1


def test_a_clip_of_one_frame_is_a_gif_all_the_same() -> None:
    pixels, _, _ = frames_of(encode_gif(PlainClip(40, 40, 0.05)))
    assert len(pixels) == 1


def test_a_limit_takes_frames_first() -> None:
    clip = PlainClip(120, 120, 3.0)
    whole = len(encode_gif(clip))
    body = encode_gif(clip, max_bytes=whole * 2 // 3)
    pixels, times, _ = frames_of(body)
    assert len(body) <= whole * 2 // 3
    assert len(pixels) < 27
    assert sum(times) == 3_000
    assert len({tuple(color) for color in pixels[0].reshape(-1, 3)}) > 64


def test_then_the_colours_become_fewer() -> None:
    clip = PlainClip(120, 120, 3.0)
    slow = len(encode_gif(clip, 3))
    body = encode_gif(clip, max_bytes=round(slow * 0.7))
    pixels, _, _ = frames_of(body)
    assert len(body) <= slow * 0.7
    assert len({tuple(color) for color in pixels[0].reshape(-1, 3)}) <= 128


def test_a_limit_that_nothing_meets_is_an_error_with_the_size() -> None:
    with pytest.raises(
        RenderError, match=r"the GIF still has \d+ kB with 3 frames a second and 16 colours, at most 1 are"
    ):
        encode_gif(PlainClip(120, 120, 3.0), max_bytes=1_000)


def test_a_limit_that_is_met_at_once_changes_nothing() -> None:
    clip = PlainClip(60, 60, 1.0)
    whole = encode_gif(clip)
    assert encode_gif(clip, max_bytes=len(whole)) == whole


def test_a_gif_of_ten_minutes_is_refused_before_it_is_drawn() -> None:
    """It would take a core for half an hour, and the file would be a gigabyte."""
    clip = PlainClip(1080, 1080, 600.0)
    with pytest.raises(RenderError, match=r"600 seconds at 1080 x 1080 px has 5,400 frames .* use mp4"):
        encode_gif(clip)
    assert clip.drawn == 0
