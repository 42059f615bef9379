"""Videos and sounds against what is played of them: which flaw, and whether it is certain."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest
from checking_cases import layer
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.fetch.failure import Failure
from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.media import MediaUse, judge_media
from bulkgen.preflight.media_facts import MediaFacts, Stretch, media_facts
from bulkgen.preflight.media_uses import media_uses
from bulkgen.preflight.picture_facts import PictureFacts, from_text, to_text
from bulkgen.preflight.pictures import PictureUse, inspect, judge_picture, unusable
from bulkgen.render.container import NEEDS_EXTRA
from bulkgen.wire.design import Design, parse_design

ADDRESS = "https://cdn.example.com/a.mp4"
WHOLE = MediaFacts(True, 6.0, Stretch(), None)
LATE = MediaFacts(True, 6.0, Stretch("", 3.0, "the video is damaged"), Stretch("", 2.0, "the video is cut short"))
TUNE = MediaFacts(False, 0.0, Stretch("it is a sound, without a picture"), Stretch("", 4.0, "the sound is damaged"))
FILM = MediaUse(True, 2.0, is_studio=True)
SOUND = MediaUse(False, 2.0, is_studio=True)


def there(facts: MediaFacts | PictureFacts, address: str = ADDRESS, size_bytes: int = 1_000) -> Fetched:
    return Fetched(address, status=200, size_bytes=size_bytes, facts=to_text(facts))


def wav(seconds: float) -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(bytes(round(seconds * 8_000) * 2))
    return body.getvalue()


@pytest.mark.parametrize(
    ("facts", "use", "codes"),
    [
        (WHOLE, FILM, []),
        (LATE, FILM, []),
        (LATE, MediaUse(True, 2.5, is_studio=True), ["media_damaged"]),
        (LATE, MediaUse(True, 2.5, is_heard=False, is_studio=True), []),
        (LATE, MediaUse(True, 3.5, is_heard=False, is_studio=True), ["media_damaged"]),
        (TUNE, FILM, ["not_media"]),
        (TUNE, SOUND, []),
        (TUNE, MediaUse(False, 5.0, is_studio=True), ["media_damaged"]),
        (WHOLE, SOUND, ["media_damaged"]),
        (PictureFacts("JPEG", 90, 60), FILM, ["not_media"]),
        (PictureFacts("JPEG", 90, 60), SOUND, ["not_media"]),
    ],
)
def test_what_is_not_played_may_be_broken(facts: MediaFacts | PictureFacts, use: MediaUse, codes: list[str]) -> None:
    """A film whose last minute is missing makes a good banner of two seconds, and must not keep its row back."""
    found = judge_media(there(facts), use)
    assert [one.code for one in found] == codes
    assert all(one.is_error for one in found)


@pytest.mark.parametrize(
    ("query", "code", "is_error"),
    [
        ("trim_start=4&trim_end=6", None, False),
        ("trim_start=9", "bad_trim", True),
        ("trim_start=2&trim_end=1", "bad_trim", True),
        ("trim_start=soon", "bad_trim", True),
        ("trim_start=2&trim_end=20", "trim_past_end", False),
    ],
)
def test_a_trim_is_held_against_the_length(query: str, code: str | None, is_error: bool) -> None:
    found = judge_media(there(WHOLE, f"{ADDRESS}?{query}"), FILM)
    assert [(one.code, one.is_error) for one in found] == ([(code, is_error)] if code else [])


@pytest.mark.parametrize(
    ("use", "megabytes", "codes"),
    [
        (MediaUse(True), 100, []),
        (MediaUse(True), 101, ["picture_too_big"]),
        (MediaUse(False), 26, ["picture_too_big"]),
        (MediaUse(False, is_studio=True), 26, ["picture_too_big"]),
        (MediaUse(False, is_studio=True), 25, []),
    ],
)
def test_the_bounds_are_those_of_the_api(use: MediaUse, megabytes: int, codes: list[str]) -> None:
    facts = WHOLE if use.is_video else MediaFacts(False, 0.0, Stretch("x"), Stretch())
    assert [one.code for one in judge_media(there(facts, size_bytes=megabytes * 1_000_000), use)] == codes


def test_a_dead_address_is_dead_whatever_was_to_be_played() -> None:
    gone = Fetched(ADDRESS, failure=Failure.STATUS, status=404, words=f"{ADDRESS} answered 404")
    assert [one.code for one in judge_media(gone, FILM)] == ["picture_dead"]


def test_without_the_extra_nothing_is_known_of_a_film() -> None:
    """The studio cannot open it either; another provider can."""
    facts = MediaFacts(True, 0.0, Stretch(NEEDS_EXTRA), Stretch(NEEDS_EXTRA))
    (found,) = judge_media(there(facts), FILM)
    assert (found.code, found.is_error, "bulkgen[video]" in found.message) == ("media_damaged", True, True)
    (found,) = judge_media(there(facts), MediaUse(True, 2.0))
    assert (found.code, found.is_error, "bulkgen[video]" in found.message) == ("picture_not_looked_at", False, True)


def test_of_the_hosted_api_what_is_damaged_here_may_play_there() -> None:
    (found,) = judge_media(there(LATE), MediaUse(True, 5.0))
    assert (found.code, found.is_error) == ("media_damaged", False)


def test_a_film_is_no_picture_and_keeps_its_fallback_for_later() -> None:
    """A video that plays must not give way to its fallback because it is none of the pictures."""
    assert [one.code for one in judge_picture(there(WHOLE), PictureUse())] == ["not_a_picture"]
    broken = MediaFacts(True, 0.0, Stretch("the video is damaged"), None)
    assert unusable({"a": there(WHOLE), "b": there(TUNE), "c": there(broken)}, is_studio=True).keys() == {"c"}
    assert not unusable({"c": there(broken)}, is_studio=False)


def test_a_sound_is_read_to_its_end() -> None:
    pytest.importorskip("av")
    whole = media_facts(wav(3))
    assert whole is not None
    assert (whole.is_video, whole.sound) == (False, Stretch())
    cut = from_text(inspect(wav(9)[:16_000]).facts)
    assert isinstance(cut, MediaFacts)
    assert cut.sound is not None
    assert (round(cut.sound.good_s), "cut short" in cut.sound.breaks) == (1, True)


@given(st.binary(max_size=400), st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x18ftypisom", b"ID3", b"\xff\xfb"]))
def test_whatever_the_bytes_are_they_are_looked_at_without_a_raise(rest: bytes, head: bytes) -> None:
    """What raises here ends a check of ten thousand rows at one bad file."""
    found = inspect(head + rest)
    assert from_text(found.facts)


def moving(*layers: dict[str, Any], duration: float = 8.0) -> Design:
    return parse_design(
        {
            "id": "m",
            "type": "animated",
            "animation": {"duration": duration, "screenshot_at_s": 3},
            "formats": [{"id": "post", "width": 400, "height": 300}],
            "elements": [layer("root", "container", (0, 0, 400, 300)), *layers],
        }
    )


CLIP = layer("clip", "video", (0, 0, 40, 30))
SONG = layer("song", "audio", (0, 0, 0, 0))


def uses(of: Design, elements: dict[str, Any], kind: str | None = None, *, is_studio: bool = True) -> list[MediaUse]:
    found = [placed.use for placed in media_uses(of, [("post", elements)], kind, is_studio=is_studio)]
    return [use for use in found if isinstance(use, MediaUse)]


@pytest.mark.parametrize(
    ("kind", "seconds", "is_heard"), [(None, 5.0, True), ("mp4", 5.0, True), ("gif", 5.0, False), ("html5", 1.0, False)]
)
def test_of_a_film_is_played_what_its_layer_shows(kind: str | None, seconds: float, is_heard: bool) -> None:
    clip = CLIP | {"animation": {"start_at_s": 2, "end_at_s": 7}}
    (use,) = uses(moving(clip), {"clip": {"video_url": ADDRESS}}, kind)
    assert (use.seconds, use.is_heard) == (seconds, is_heard)


def test_a_sound_is_played_faster_and_only_where_it_is_heard() -> None:
    song = {"song": {"audio_url": ADDRESS, "speed": 2.0}}
    assert [use.seconds for use in uses(moving(SONG), song)] == [16.0]
    assert uses(moving(SONG), song, "gif") == []
    assert uses(moving(SONG), {"song": {"audio_url": ADDRESS, "max_volume": 0}}) == []
    assert len(uses(moving(SONG), song, "gif", is_studio=False)) == 1


def test_a_film_that_is_hidden_or_muted_is_not_asked_for_its_picture_or_sound() -> None:
    assert uses(moving(CLIP), {"clip": {"video_url": ADDRESS, "hidden": True}}) == []
    assert [use.is_heard for use in uses(moving(CLIP), {"clip": {"video_url": ADDRESS, "audio_muted": 1}})] == [False]


def test_a_film_plays_only_while_its_group_is_there() -> None:
    group = layer("both", "group", (0, 0, 40, 30)) | {"layer_ids": ["clip"], "animation": {"end_at_s": 3}}
    assert [use.seconds for use in uses(moving(CLIP, group), {"clip": {"video_url": ADDRESS}})] == [3.0]
