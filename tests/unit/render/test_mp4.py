"""The mp4 of a clip: what players need of it, read back by the library, and what is seen and heard in it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from film_cases import RATE_HZ, PlainClip, pitch_hz, psnr, wav

from bulkgen.render.failures import RenderError
from bulkgen.render.frames import count_frames, rate
from bulkgen.render.mp4 import encode_mp4, film_size
from bulkgen.render.soundtrack import Soundtrack, Track

BT709, LIMITED = 1, 1


@contextmanager
def opened(body: bytes) -> Iterator[Any]:
    with av.open(io.BytesIO(body)) as film:
        yield film


def frames_of(body: bytes) -> list[npt.NDArray[Any]]:
    with opened(body) as film:
        return [frame.reformat(format="bgra", src_colorspace=BT709).to_ndarray() for frame in film.decode(video=0)]


def test_the_file_is_what_every_player_takes() -> None:
    """Another pixel format plays in no browser; without the colours' names, reds differ from player to player."""
    with opened(encode_mp4(PlainClip(64, 48, 1.0))) as film:
        (stream,) = film.streams
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 64, 48)
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (
            LIMITED,
            BT709,
            BT709,
            BT709,
        )
        assert "isom" in film.metadata["major_brand"]
        assert "creation_time" not in film.metadata


def test_the_index_is_in_front_so_that_it_plays_while_it_loads() -> None:
    body = encode_mp4(PlainClip(64, 48, 1.0), Soundtrack([Track("a", wav(1))], 1.0))
    assert body[4:8] == b"ftyp"
    assert 0 < body.index(b"moov") < body.index(b"mdat")


@pytest.mark.parametrize("fps", [2, 24, 25, 29.97, 30])
def test_a_film_has_the_length_and_the_pace_that_were_asked_for(fps: float) -> None:
    """A film is billed by the second."""
    with opened(encode_mp4(PlainClip(32, 32, 2.0), fps=fps)) as film:
        stream = film.streams.video[0]
        assert float(stream.average_rate) == pytest.approx(fps, rel=1e-3)
        assert stream.frames == count_frames(2.0, rate(fps, 2, 30))
        assert film.duration / 1e6 == pytest.approx(2.0, abs=1 / fps)


@pytest.mark.parametrize(("fps", "held"), [(0.1, 2), (240, 30)])
def test_a_pace_outside_of_the_bounds_is_held_to_them(fps: float, held: int) -> None:
    with opened(encode_mp4(PlainClip(32, 32, 1.0), fps=fps)) as film:
        assert float(film.streams.video[0].average_rate) == held


def test_each_frame_is_that_of_its_time() -> None:
    """A frame early or late would be seen at every cut."""
    clip = PlainClip(320, 240, 2.0)
    found = frames_of(encode_mp4(clip, fps=10))
    assert len(found) == 20
    for index, pixels in enumerate(found):
        assert psnr(pixels[..., :3], clip.frame(index / 10)[..., :3]) > 35, index


@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (0, 0, 255), (0, 255, 0), (255, 0, 0), (128, 128, 128)])
def test_colours_come_back_as_they_were(color: tuple[int, int, int]) -> None:
    """A brand's red is looked at by those who pay."""
    clip = PlainClip(64, 64, 0.5, stands=True)
    clip.frame = lambda time_s: np.full((64, 64, 4), (*color, 255), np.uint8)  # type: ignore[method-assign]
    (pixels, *_) = frames_of(encode_mp4(clip))
    assert np.abs(pixels[..., :3].astype(int) - color).max() <= 4


@pytest.mark.parametrize("size", [(63, 48), (64, 47), (63, 47), (1, 1), (301, 7)])
def test_an_odd_side_gets_its_last_pixels_twice(size: tuple[int, int]) -> None:
    """The coder takes even sides only; cropped, a frame around a banner would lose a side."""
    width, height = size
    clip = PlainClip(width, height, 0.4)
    (first, *_) = frames_of(encode_mp4(clip))
    assert (first.shape[1], first.shape[0]) == film_size(width, height)
    assert first.shape[0] % 2 == first.shape[1] % 2 == 0
    assert psnr(first[:height, :width, :3], clip.frame(0)[..., :3]) > 27
    assert np.abs(first[:, -1].astype(int) - first[:, width - 1]).max() <= 12


def test_what_stands_still_is_drawn_once() -> None:
    clip = PlainClip(64, 48, 5.0, stands=True)
    assert len(frames_of(encode_mp4(clip))) == 120
    assert clip.drawn == 1


@pytest.mark.parametrize("size", [(96, 96), (100, 100), (101, 77), (300, 250)])
def test_the_same_clip_gives_the_same_bytes(size: tuple[int, int]) -> None:
    """Files are kept by their content; small pictures are where the coder's shortcuts made another file each time."""
    sound = Soundtrack([Track("a", wav(2), speed=1.3)], 1.5)
    assert len({encode_mp4(PlainClip(*size, 1.5), sound) for _ in range(6)}) == 1


def heard_in(body: bytes) -> npt.NDArray[np.float32]:
    with opened(body) as film:
        stream = film.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.layout.name) == ("aac", RATE_HZ, "stereo")
        pieces = [frame.to_ndarray() for frame in film.decode(stream)]
    return np.concatenate(pieces, axis=1)


def test_the_sound_is_in_step_with_the_picture() -> None:
    """Both are read from the file's own zero, as a player does."""
    track = Track("a", wav(2, 440), starts_s=1.0)
    body = encode_mp4(PlainClip(64, 48, 3.0), Soundtrack([track], 3.0))
    heard = heard_in(body)
    loud = np.abs(heard[0]) > 0.1
    assert loud.argmax() / RATE_HZ == pytest.approx(1.0, abs=0.03)
    assert pitch_hz(heard[:, 60_000:100_000]) == pytest.approx(440, abs=3)
    assert heard.shape[1] / RATE_HZ == pytest.approx(3.0, abs=0.05)
    with opened(body) as film:
        starts = [float(stream.start_time * stream.time_base) for stream in film.streams]
        assert starts == [0.0, 0.0]


def test_without_a_soundtrack_there_is_no_track_for_sound() -> None:
    with opened(encode_mp4(PlainClip(32, 32, 0.5))) as film:
        assert not film.streams.audio


def noisy(width: int, height: int, duration_s: float) -> PlainClip:
    clip = PlainClip(width, height, duration_s)
    chance = np.random.default_rng(7)
    noise = chance.integers(0, 256, (30, height, width, 4), np.uint8)
    clip.frame = lambda time_s: noise[round(time_s * 24) % 30]  # type: ignore[method-assign]
    return clip


def test_a_lower_quality_is_a_smaller_file() -> None:
    clip = noisy(64, 64, 1.0)
    sizes = [len(encode_mp4(clip, quality=quality)) for quality in (100, 80, 40, 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4
    assert encode_mp4(clip, quality=80) == encode_mp4(clip)


def test_a_limit_lowers_the_quality_until_the_file_fits() -> None:
    clip = noisy(64, 64, 1.0)
    whole = len(encode_mp4(clip))
    body = encode_mp4(clip, max_bytes=whole // 3)
    assert whole // 20 < len(body) <= whole // 3
    assert len(frames_of(body)) == 24


def test_a_limit_that_no_quality_meets_is_an_error_with_the_size() -> None:
    with pytest.raises(RenderError, match=r"the film has \d+ kB at the lowest quality, at most 1 are asked for"):
        encode_mp4(noisy(64, 64, 1.0), max_bytes=1_000)


def test_a_size_that_cannot_be_coded_is_an_error() -> None:
    clip = PlainClip(2, 2, 0.1)
    clip.width = 20_000
    clip.frame = lambda time_s: np.zeros((2, 20_000, 4), np.uint8)  # type: ignore[method-assign]
    with pytest.raises(RenderError, match="cannot be written at 20000 x 2 px"):
        encode_mp4(clip)


@pytest.mark.parametrize(
    ("duration_s", "fps", "count"),
    [(1, 24, 24), (0.1, 30, 3), (0.01, 2, 1), (2.5, 10, 25), (1.01, 10, 11), (600, 30, 18_000)],
)
def test_frames_cover_the_whole_clip(duration_s: float, fps: float, count: int) -> None:
    assert count_frames(duration_s, rate(fps, 2, 30)) == count


def test_the_paces_of_television_are_kept_exactly() -> None:
    assert rate(29.97002997, 2, 30) == Fraction(30_000, 1_001)
