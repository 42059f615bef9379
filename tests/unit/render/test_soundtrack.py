"""What is heard of a clip: lengths, loudness, pitch, and what is no sound."""

from __future__ import annotations

import base64
import io
import itertools
import wave
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from film_cases import RATE_HZ, mp3, pitch_hz, samples_of, steady, tone, wav
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_cases import group, moving, moving_design, tween
from rendering_cases import FORMAT, layer
from rendering_cases import design as static_design

from bulkgen.render.container import Trim
from bulkgen.render.failures import IMAGE_FETCHING, RenderError
from bulkgen.render.scene import resolve
from bulkgen.render.sound import SoundSource
from bulkgen.render.soundtrack import CHUNK, Soundtrack, Track, soundtrack_of

Samples = npt.NDArray[np.float32]

SOUNDS = {
    "wav": wav(1.5),
    "wav, 8 kHz, 2 channels": wav(1.5, rate_hz=8_000, channels=2),
    "mp3": mp3(1.5),
    "m4a": steady(15, sound=tone(1.5)),
    "webm": steady(15, kind="webm", codec="libvpx", sound=tone(1.5)),
}


@pytest.mark.parametrize("body", SOUNDS.values(), ids=SOUNDS.keys())
def test_every_kind_comes_as_two_channels_at_one_rate(body: bytes) -> None:
    heard = samples_of(SoundSource(body).chunks())
    assert heard.dtype == np.float32
    assert heard.shape[0] == 2
    assert heard.shape[1] / RATE_HZ == pytest.approx(1.5, abs=0.08)
    assert pitch_hz(heard) == pytest.approx(440, abs=2)
    assert loudness(heard) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.8, 1.5, 2.0])
def test_a_speed_changes_the_length_and_not_the_pitch(speed: float) -> None:
    """A voice at twice the speed must not squeak."""
    heard = samples_of(SoundSource(wav(2), speed=speed).chunks())
    assert heard.shape[1] / RATE_HZ == pytest.approx(2 / speed, rel=0.04)
    assert pitch_hz(heard) == pytest.approx(440, abs=6)


def test_a_part_of_a_sound_starts_and_ends_to_the_sample() -> None:
    """A film whose sound were a frame off would not be in step with its picture."""
    rise = np.linspace(-0.9, 0.9, 4 * RATE_HZ)
    body = _wav_of(rise)
    heard = samples_of(SoundSource(body, trim=Trim(2.5, 3.25)).chunks())
    assert heard.shape[1] == 0.75 * RATE_HZ
    assert heard[0, 0] == pytest.approx(rise[int(2.5 * RATE_HZ)], abs=1e-3)
    assert heard[0, -1] == pytest.approx(rise[int(3.25 * RATE_HZ)], abs=1e-3)


def test_a_sound_can_be_heard_again() -> None:
    """A film that came out too large is written a second time."""
    source = SoundSource(wav(0.5))
    assert np.array_equal(samples_of(source.chunks()), samples_of(source.chunks()))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the sound is empty"),
        (b"<html>", "this is a web page, not a sound"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "this is a picture, not a sound"),
        (b"plain words", "unidentifiable sound"),
        (steady(3), "the file has no sound"),
        (wav(2)[:40], "the sound"),
        (wav(4)[:100_000], r"the sound is cut short: it has 1\.1 of 4\.0 seconds"),
        (wav(0.3, rate_hz=100), "has 100 samples a second"),
    ],
)
def test_what_is_no_sound_says_why(body: bytes, message: str) -> None:
    with pytest.raises(RenderError, match=message) as caught:
        samples_of(SoundSource(body).chunks())
    assert caught.value.code == IMAGE_FETCHING


def loudness(samples: Samples, start_s: float = 0.0, end_s: float | None = None) -> float:
    part = samples[:, round(start_s * RATE_HZ) : None if end_s is None else round(end_s * RATE_HZ)]
    return float(np.abs(part).max(initial=0.0))


def mixed(*tracks: Track, seconds: float = 3.0) -> Samples:
    return samples_of(Soundtrack(tracks, seconds).chunks())


def test_a_soundtrack_has_the_length_of_the_clip_to_the_sample() -> None:
    assert mixed(Track("a", wav(9)), seconds=2.345).shape == (2, round(2.345 * RATE_HZ))
    assert mixed(Track("a", wav(0.2)), seconds=2.345).shape == (2, round(2.345 * RATE_HZ))


def test_a_sound_is_heard_from_its_start_to_its_end_and_silent_around() -> None:
    heard = mixed(Track("a", wav(9), starts_s=0.5, ends_s=2.0))
    assert loudness(heard, 0, 0.5) == 0
    assert loudness(heard, 0.5, 2.0) == pytest.approx(0.5, abs=0.02)
    assert loudness(heard, 2.0) == 0


def test_after_a_short_sound_is_silence() -> None:
    heard = mixed(Track("a", wav(1)))
    assert loudness(heard, 0.1, 0.9) > 0.45
    assert loudness(heard, 1.01) == 0


def test_sounds_add_up() -> None:
    one, other = Track("a", wav(3, 300, 0.3)), Track("b", wav(3, 700, 0.3), gain=0.5)
    assert np.allclose(mixed(one, other), mixed(one) + mixed(other), atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.1, 1.0), min_size=1, max_size=5))
def test_a_sum_never_passes_full_scale(levels: list[float]) -> None:
    """Past it a player cuts the waves off, which is heard as a crackle."""
    tracks = [Track(str(index), wav(0.2, 200, level)) for index, level in enumerate(levels)]
    assert loudness(mixed(*tracks, seconds=0.2)) <= 1.0


def test_up_to_nine_tenths_nothing_is_changed() -> None:
    heard = mixed(Track("a", _wav_of(np.full(RATE_HZ, 0.89))), seconds=0.5)
    assert heard[0, 1000:2000] == pytest.approx(0.89, abs=1e-3)


def test_chunks_are_no_longer_than_the_coder_takes() -> None:
    lengths = [chunk.shape[1] for chunk in Soundtrack([Track("a", wav(1))], 1.0).chunks()]
    assert max(lengths) == CHUNK
    assert sum(lengths) == RATE_HZ


def test_a_broken_sound_names_its_layer() -> None:
    with pytest.raises(RenderError, match=r"^music: the sound is cut short") as caught:
        mixed(Track("music", wav(4)[:100_000]), seconds=4)
    assert caught.value.layer == "music"


# From a design


def of(*layers: dict[str, Any], pictures: dict[str, bytes] | None = None, **elements: Any) -> Soundtrack | None:
    design = moving_design(*layers, duration=3.0)
    return soundtrack_of(resolve(design, FORMAT, elements), pictures or {"m.wav": wav(9), "f.mp4": FILM})


FILM = steady(30, sound=tone(3, 880))
MUSIC = layer("music", "audio", (0, 0, 0, 0), audio_url="m.wav")
SCENE = layer("scene", "video", (0, 0, 64, 48), video_url="f.mp4")


def heard_of(*layers: dict[str, Any], **more: Any) -> Samples:
    track = of(*layers, **more)
    assert track is not None
    return samples_of(track.chunks())


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (layer("music", "audio", (0, 0, 0, 0)),),
        (layer("music", "audio", (0, 0, 0, 0), audio_url="m.wav", hidden=True),),
        (layer("music", "audio", (0, 0, 0, 0), audio_url="m.wav", max_volume=0),),
        (layer("scene", "video", (0, 0, 64, 48), video_url="f.mp4", audio_muted=1),),
        (layer("scene", "video", (0, 0, 64, 48), video_url="f.mp4", audio_muted=True),),
    ],
)
def test_a_silent_clip_has_no_soundtrack(layers: tuple[dict[str, Any], ...]) -> None:
    """A file with a track of silence shows a speaker that does nothing."""
    assert of(*layers) is None


def test_a_film_without_a_sound_is_silent() -> None:
    assert of(SCENE, pictures={"f.mp4": steady()}) is None


def test_the_row_sets_volume_speed_and_sound() -> None:
    heard = heard_of(
        MUSIC,
        pictures={"other.mp3": mp3(9, 220)},
        music={"audio_url": "other.mp3", "max_volume": 0.5, "speed": 2},
    )
    assert pitch_hz(heard) == pytest.approx(220, abs=6)
    assert loudness(heard) == pytest.approx(0.25, abs=0.06)


def test_a_sound_may_travel_in_the_request() -> None:
    heard = heard_of(MUSIC, music={"audio_encoded": base64.b64encode(wav(3, 330)).decode()})
    assert pitch_hz(heard) == pytest.approx(330, abs=2)


def test_sound_in_the_request_that_is_no_base64_is_an_error() -> None:
    with pytest.raises(RenderError, match="music: audio_encoded is not base64"):
        of(MUSIC, music={"audio_encoded": "!!!"})


def test_a_film_brings_its_sound_as_loud_as_it_is_not_muted() -> None:
    full, half = heard_of(SCENE), heard_of(SCENE, scene={"audio_muted": 0.5})
    assert pitch_hz(full) == pytest.approx(880, abs=2)
    assert loudness(half, 0.5, 2.5) == pytest.approx(loudness(full, 0.5, 2.5) / 2, rel=0.02)


def test_the_sound_of_a_film_is_cut_as_its_picture_is() -> None:
    heard = heard_of(SCENE, pictures={"f.mp4?trim_end=1": FILM}, scene={"video_url": "f.mp4?trim_end=1"})
    assert loudness(heard, 0, 0.95) > 0.4
    assert loudness(heard, 1.05) == 0


def test_a_fade_is_heard_without_steps() -> None:
    """A step of loudness is a click."""
    fading = moving(MUSIC, tween("audioFade", 1.0, 1.0, volumeEffect=0))
    heard = heard_of(fading, pictures={"m.wav": _wav_of(np.full(4 * RATE_HZ, 0.8))})
    assert loudness(heard, 0, 0.97) == 0
    assert heard[0, round(1.5 * RATE_HZ)] == pytest.approx(0.4, abs=0.02)
    assert loudness(heard, 2.0) == pytest.approx(0.8, abs=1e-3)
    assert np.abs(np.diff(heard[0])).max() < 0.001


def test_a_layer_is_heard_while_it_and_its_groups_are_there() -> None:
    layers = [moving(MUSIC, start=0.5), group("act", ["music"], animation={"end_at_s": 2.0})]
    heard = heard_of(*layers)
    assert [loudness(heard, *part) > 0.1 for part in itertools.pairwise((0, 0.5, 2.0, 3.0))] == [False, True, False]


def test_a_static_design_has_no_sound() -> None:
    scene = resolve(static_design(MUSIC), FORMAT, {})
    assert soundtrack_of(scene, {"m.wav": wav(1)}) is None


def test_a_sound_that_was_not_loaded_is_said_of_its_layer() -> None:
    with pytest.raises(RenderError, match=r"music: the audio 'm\.wav' was not loaded"):
        of(MUSIC, pictures={"f.mp4": FILM})


def _wav_of(samples: npt.NDArray[Any]) -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return body.getvalue()
