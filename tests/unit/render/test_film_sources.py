"""Films of video layers: which frame is seen at a time, how it stands, and what is no film."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from typing import Any

import av
import numpy as np
import pytest
from film_cases import film, index_of, solid, steady, tone, turned, wav

from bulkgen.render import container, media
from bulkgen.render.container import FRAME_PIXELS_MAX, Trim, read_trim, sniff
from bulkgen.render.failures import IMAGE_FETCHING, RenderError
from bulkgen.render.media import VideoSource

FRAMES = 30  # of `steady`, ten a second


def seen(source: VideoSource, times_s: Sequence[float], count: int = FRAMES) -> list[int]:
    return [index_of(source.at(time_s, 64, 48).pixels, count) for time_s in times_s]


KINDS = {
    "mp4": steady(),
    "mov": steady(kind="mov"),
    "webm, vp9": steady(kind="webm", codec="libvpx-vp9"),
    "webm, vp8": steady(kind="webm", codec="libvpx"),
    "hevc": steady(codec="libx265", options={"x265-params": "log-level=0"}),
    "mpeg4": steady(codec="mpeg4"),
    "prores": steady(kind="mov", codec="prores_ks", pixel_format="yuv422p10le"),
    "10 bits": steady(pixel_format="yuv420p10le"),
    "odd sides": steady(size=(63, 47), pixel_format="yuv444p"),
    "with b-frames": steady(options={"bf": "3"}),
    "with sound": steady(sound=tone(3)),
}


@pytest.mark.parametrize("body", KINDS.values(), ids=KINDS.keys())
def test_the_frame_at_a_time_is_the_last_one_that_began_by_then(body: bytes) -> None:
    """A frame off, and a film lags behind its sound; the last two look back, which starts the film again."""
    assert seen(VideoSource(body), [0, 0.05, 0.1, 0.95, 1.0, 2.85, 2.99, 5, 0.2, 0]) == [
        0,
        0,
        1,
        9,
        10,
        28,
        29,
        29,
        2,
        0,
    ]


def test_a_film_of_varied_pace_shows_each_frame_for_its_own_time() -> None:
    """Phones drop frames in the dark; by the mean pace the picture would run away from what happens."""
    source = VideoSource(film([0, 0.5, 0.55, 2, 2.1, 7]))
    assert seen(source, [0, 0.49, 0.5, 0.56, 1.99, 2.0, 2.15, 6.9, 7.0, 0.1], 6) == [0, 0, 1, 2, 2, 3, 4, 4, 5, 0]


def test_a_picture_that_begins_after_its_sound_waits_on_its_first_frame() -> None:
    """Both are measured from one zero; else the picture would run ahead of the voice."""
    body = film([1 + index / 10 for index in range(20)], sound=tone(3))
    source = VideoSource(body)
    assert seen(source, [0, 0.9, 1.05, 1.55, 2.9, 9], 20) == [0, 0, 0, 5, 19, 19]
    assert source.duration_s == pytest.approx(2.9, abs=0.15)


def test_a_film_in_fragments_has_all_of_its_frames() -> None:
    """Cameras and browsers that record write films so."""
    whole, body = steady(), io.BytesIO()
    flags = {"movflags": "frag_keyframe+empty_moov"}
    with av.open(io.BytesIO(whole)) as given, av.open(body, "w", format="mp4", options=flags) as out:
        stream = out.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    assert seen(VideoSource(body.getvalue()), [0, 0.55, 2.9, 5]) == [0, 5, 29, 29]


def test_after_its_end_a_film_stands_on_its_last_frame() -> None:
    assert seen(VideoSource(steady()), [3, 60, 599]) == [29, 29, 29]


def test_the_same_frame_is_the_same_picture() -> None:
    """A clip draws nothing anew where the film has not gone on; a new picture each time would cost every frame."""
    source = VideoSource(steady())
    assert source.at(0.5, 64, 48) is source.at(0.55, 64, 48)
    assert source.at(0.5, 64, 48) is not source.at(0.6, 64, 48)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 5, 10, 29]),
        ("?trim_start=1.2", [12, 17, 22, 29]),
        ("?trim_end=0.7", [0, 5, 6, 6]),
        ("?v=3&trim_start=0.5&trim_end=1.1", [5, 10, 10, 10]),
    ],
)
def test_an_address_cuts_the_film(query: str, shown: list[int]) -> None:
    """The frame that begins where the part ends is not in it: with a cut to another scene it would flash up."""
    source = VideoSource(steady(), f"https://cdn.example.com/film.mp4{query}")
    assert seen(source, [0, 0.5, 1.0, 9]) == shown


def test_a_part_late_in_a_film_with_few_keyframes_starts_at_the_frame_it_names() -> None:
    """Going to the keyframe alone would show up to ten seconds of what was cut off."""
    body = steady(300, 30, keyframes=300)
    assert seen(VideoSource(body, "a.mp4?trim_start=7.5"), [0, 0.04, 1], 300) == [225, 226, 255]


def test_a_part_late_in_a_film_is_not_decoded_from_the_start() -> None:
    body = steady(600, 30, keyframes=30)
    source = VideoSource(body, "a.mp4?trim_start=15")
    assert seen(source, [0], 600) == [450]
    assert "frames decoded" in repr(source)
    assert int(repr(source).rpartition(", ")[2].split()[0]) < 60


def test_a_part_behind_the_film_is_an_error() -> None:
    with pytest.raises(RenderError, match="trim_start is 12, and the video ends before that"):
        VideoSource(steady(), "a.mp4?trim_start=12")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("a.mp4?trim_start=soon", "trim_start is 'soon', and must be seconds"),
        ("a.mp4?trim_start=-1", "trim_start is '-1'"),
        ("a.mp4?trim_end=nan", "trim_end is 'nan'"),
        ("a.mp4?trim_start=4&trim_end=4", "trim_end is 4, and must be after trim_start"),
    ],
)
def test_a_trim_that_says_nothing_is_an_error(address: str, message: str) -> None:
    """Passed over, the whole film would be shown where a part was ordered, and paid for."""
    with pytest.raises(RenderError, match=message):
        read_trim(address)


def test_an_address_without_a_trim_is_the_whole_film() -> None:
    assert read_trim("sha256:abc") == read_trim("https://[broken/film.mp4") == Trim(0.0, None)


@pytest.mark.parametrize(
    ("degrees", "size", "corner"),
    [(0, (64, 48), (0, 0)), (90, (48, 64), (0, 1)), (180, (64, 48), (1, 1)), (270, (48, 64), (1, 0))],
)
def test_a_film_of_a_phone_stands_upright(degrees: int, size: tuple[int, int], corner: tuple[int, int]) -> None:
    """Phones write their films lying and say how to turn them; the blue corner goes round clockwise."""

    def paint(index: int) -> np.ndarray:
        pixels = solid(64, 48, (0, 0, 255))
        pixels[:24, :32] = (255, 0, 0)
        return pixels

    source = VideoSource(turned(film([0, 0.1], paint=paint), degrees))
    assert (source.width, source.height) == size
    pixels = source.at(0, *size).pixels
    assert pixels.shape[:2] == (size[1], size[0])
    blue = {
        (down, across): pixels[-5 if down else 4, -5 if across else 4, 0] > 128
        for down, across in itertools.product((0, 1), (0, 1))
    }
    assert [place for place, is_blue in blue.items() if is_blue] == [corner]


def test_a_film_is_made_no_larger_than_it_is_drawn() -> None:
    """4K in a small box would cost thirty times the pixels, a frame."""
    source = VideoSource(steady(3, size=(320, 240)))
    assert source.at(0, 40, 60).pixels.shape == (60, 80, 4)
    assert source.at(0, 1000, 1000).pixels.shape == (240, 320, 4)


def test_colours_come_through() -> None:
    """Read by the numbers of another standard, red becomes orange."""

    def paint(index: int) -> np.ndarray:
        return solid(64, 48, (30, 60, 200))

    pixels = VideoSource(film([0, 0.1], paint=paint)).at(0, 64, 48).pixels
    assert np.abs(pixels[..., :3].astype(int) - (30, 60, 200)).max() <= 6
    assert (pixels[..., 3] == 255).all()


def test_a_film_that_lets_through_is_premultiplied() -> None:
    """Straight colours under a clear alpha would shine as a bright fringe."""
    body = film([0, 0.1], kind="mov", codec="prores_ks", pixel_format="yuva444p10le")
    picture = VideoSource(body).at(0, 64, 48)
    assert not picture.is_opaque
    assert (picture.pixels[..., :3] <= picture.pixels[..., 3:]).all()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the video is empty"),
        (b"<!DOCTYPE html><html></html>", "this is a web page, not a video"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "this is a picture, not a video"),
        (b"%PDF-1.7 something", "unidentifiable video"),
        (wav(0.2), "unidentifiable video"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n", "unidentifiable video"),
        (steady(10)[:900], "the video is damaged"),
        (steady(10, kind="webm", codec="libvpx")[:120], "the video"),
    ],
)
def test_what_is_no_film_says_what_it_is(body: bytes, message: str) -> None:
    """A playlist above all: read as one, it would open the files that it names."""
    with pytest.raises(RenderError, match=message) as caught:
        VideoSource(body)
    assert caught.value.code == IMAGE_FETCHING


def test_a_film_without_a_picture_is_an_error() -> None:
    body = io.BytesIO()
    with av.open(body, "w", format="mp4") as out:
        stream: Any = out.add_stream("aac", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(tone(0.5), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(RenderError, match="no picture, only sound"):
        VideoSource(body.getvalue())


def test_a_coder_that_is_not_let_in_is_named() -> None:
    body = film([0, 0.1], kind="mov", codec="qtrle", pixel_format="rgb24")
    with pytest.raises(RenderError, match=r"coded as qtrle, which cannot be read \(use H\.264\)"):
        VideoSource(body)


def test_a_film_whose_end_is_missing_is_an_error_where_it_would_be_seen() -> None:
    """An upload that broke off would otherwise stand still for half of the ad."""
    body = steady(100, kind="matroska", size=(160, 120))
    source = VideoSource(body[: len(body) * 2 // 3])
    assert seen(source, [0.5], 100) == [5]
    with pytest.raises(RenderError, match=r"cut short: it has \d\.\d of 9\.9 seconds"):
        source.at(9.5, 64, 48)


def test_a_frame_larger_than_8k_is_refused_before_it_is_decoded() -> None:
    """A file of a kilobyte can ask for a gigabyte of memory."""
    body = steady(3, kind="webm", codec="libvpx")
    # Of VP8 the size is in every key frame; the container's own says the same until it is decoded.
    huge = body.replace(b"\x9d\x01\x2a\x40\x00\x30\x00", b"\x9d\x01\x2a\xff\x3f\xff\x3f")
    assert huge != body
    assert FRAME_PIXELS_MAX < 0x3FFF * 0x3FFF
    with pytest.raises(RenderError, match="the video is damaged"):
        VideoSource(huge).at(0, 64, 48)


def test_the_limit_of_a_frame_holds_inside_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the container says of the size can be a lie; only the decoder sees the true one before it takes memory."""
    monkeypatch.setattr(container, "FRAME_PIXELS_MAX", 3_000)
    with pytest.raises(RenderError, match="the video is damaged"):
        VideoSource(steady(3))


def test_a_frame_that_is_too_large_says_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "FRAME_PIXELS_MAX", 3_000)
    with pytest.raises(RenderError, match="too large: 64 x 48 px"):
        VideoSource(steady(3))


def test_more_frames_than_any_screen_shows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A film of a million frames in a second would keep a worker busy for an hour."""
    monkeypatch.setattr(media, "_FRAMES_FREE", 20)
    monkeypatch.setattr(media, "_FRAMES_PER_S_MAX", 50)
    with pytest.raises(RenderError, match="more than 50 frames a second"):
        VideoSource(film([index / 1000 for index in range(200)])).at(0.19, 64, 48)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x00\x00\x00\x20ftypisom", "mov"),
        (b"\x1aE\xdf\xa3" + bytes(8), "matroska"),
        (b"RIFF\x00\x00\x00\x00WAVE", "wav"),
        (b"RIFF\x00\x00\x00\x00AVI ", None),
        (b"ID3\x04" + bytes(8), "mp3"),
        (b"\xff\xfb\x90\x00" + bytes(8), "mp3"),
        (b"\xff\xf1\x50\x80" + bytes(8), "aac"),
        (b"OggS" + bytes(8), "ogg"),
        (b"fLaC" + bytes(8), "flac"),
        (b"GIF89a" + bytes(8), None),
        (b"\xff", None),
    ],
)
def test_the_first_bytes_tell_the_kind(head: bytes, kind: str | None) -> None:
    assert sniff(head) == kind


def test_a_film_whose_index_is_cut_is_refused_though_its_picture_can_be_read() -> None:
    """What tells of the sound stands last in the index: the ad would go out silent, and nobody would know."""
    body = steady(20, sound=tone(2))
    at = body.index(b"moov") - 4
    assert at > len(body) // 2, "this one has its index behind"
    for left in (len(body) - 1, len(body) - 600, at + 200):
        with pytest.raises(RenderError, match="cut short: its index"):
            VideoSource(body[:left])
    VideoSource(body + b"\0" * 100)
