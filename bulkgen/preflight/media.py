"""Whether a video or sound suits its place: what was found at its address, against what is played of it. Pure.

    Fetched + MediaUse -> PictureFlaw, …

Left out: how the facts came about (`media_facts`), and which layers a row's videos and sounds go to (`media_uses`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bulkgen.fetch.address import shown
from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.media_facts import MediaFacts
from bulkgen.preflight.picture_facts import PictureFacts, from_text
from bulkgen.preflight.picture_problems import PictureFlaw, flaw
from bulkgen.preflight.pictures import of_failure, too_big
from bulkgen.render.container import NEEDS_EXTRA, read_trim
from bulkgen.render.failures import RenderError

# The API's bounds (reference 7.7).
VIDEO_MAX_BYTES = 100_000_000
SOUND_MAX_BYTES = 25_000_000

# What a film may be shorter than it says before that is told of (`render.media` allows as much).
_SLACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class MediaUse:
    """What of a video or sound is played: its first `seconds`, counted from where it is trimmed. 0: it is opened, and
    no more. `is_heard`: its sound is wanted as well (of a video), or at all."""

    is_video: bool
    seconds: float = 0.0
    is_heard: bool = True
    is_studio: bool = False

    @property
    def noun(self) -> str:
        return "video" if self.is_video else "sound"

    @property
    def max_bytes(self) -> int:
        # The studio takes a sound as it takes a video.
        return VIDEO_MAX_BYTES if self.is_video else SOUND_MAX_BYTES


def judge_media(fetched: Fetched, use: MediaUse) -> list[PictureFlaw]:
    """Errors are what would fail there."""
    if fetched.failure is not None:
        return [of_failure(fetched, fetched.failure, use.max_bytes)]
    told = shown(fetched.address)
    if fetched.size_bytes > use.max_bytes:
        return [too_big(told, use.max_bytes)]
    facts = from_text(fetched.facts)
    if not isinstance(facts, MediaFacts):
        what = f"it is a {facts.format} picture" if isinstance(facts, PictureFacts) else facts.detail
        return [flaw("not_media", f"{told} is no {use.noun}: {what}")]
    return list(_of_facts(fetched.address, told, facts, use))


def _of_facts(address: str, told: str, facts: MediaFacts, use: MediaUse) -> Iterator[PictureFlaw]:
    sound = facts.sound
    if not use.is_video:
        reason = "it has no sound" if sound is None else sound.failure(use.seconds)
        if reason:
            yield _broken(told, reason, use)
        return
    if not facts.is_video:
        yield flaw("not_media", f"{told} is no video: it is a sound, without a picture")
        return
    try:
        trim = read_trim(address)
    except RenderError as error:
        yield flaw("bad_trim", f"{told}: {error.reason}")
        return
    if facts.seconds and trim.start_s > facts.seconds + _SLACK_SECONDS:
        yield flaw("bad_trim", f"{told}: trim_start is {trim.start_s:g}, and the video has {facts.seconds:.1f} seconds")
        return
    until_s = trim.start_s + use.seconds
    until_s = until_s if trim.end_s is None else min(until_s, trim.end_s)
    reason = facts.film.failure(until_s) or (sound.failure(until_s) if sound and use.is_heard else "")
    if reason:
        yield _broken(told, reason, use)
    elif trim.end_s is not None and facts.seconds and trim.end_s > facts.seconds + _SLACK_SECONDS:
        message = f"{told}: trim_end is {trim.end_s:g}, and the video has {facts.seconds:.1f} seconds"
        yield flaw("trim_past_end", message)


def _broken(told: str, reason: str, use: MediaUse) -> PictureFlaw:
    if reason == NEEDS_EXTRA and not use.is_studio:
        return flaw("picture_not_looked_at", f"{told} could not be looked at: {reason}")
    return flaw("media_damaged", f"{told} cannot be played: {reason}", is_certain=use.is_studio)
