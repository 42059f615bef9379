"""What a video or sound is, from its bytes: how long, with what, and how far it can be read. Pure.

    bytes -> MediaFacts, or None where it is neither

It is opened and gone through by what makes the films, frame by frame: a file that breaks off shows that nowhere else.
That ends after a minute, which is more of a video than a banner shows. Left out: whether it suits its place (`media`).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.picture_kinds import HEAD_BYTES
from bulkgen.mapping.picture_kinds import sniff as what_it_is
from bulkgen.render.container import FILM_KINDS, SOUND_KINDS, sniff
from bulkgen.render.failures import RenderError

# Read so far and no further: what lies behind is not known.
LOOKED_AT_SECONDS = 60.0

# Between two looks at a film: what is broken is found to within so much.
_STEP_SECONDS = 0.1

# A film that does not say its length has ended when its frames do not change for so long.
_STILL_SECONDS = 5.0

# Some pictures are kept in the container of videos.
_PICTURES = ("image/", "a HEI")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The picture of a video, or a sound. `refusal`: why it cannot be opened at all. `breaks`: why it cannot be read
    from `good_s` on. Both "" where there is no such reason."""

    refusal: str = ""
    good_s: float = 0.0
    breaks: str = ""

    def failure(self, until_s: float) -> str:
        """Why what lies before `until_s` cannot be had, "" if it can as far as is known."""
        return self.refusal or (self.breaks if until_s > self.good_s else "")


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """`seconds` is the length of the video, 0 where it is not told. `sound` None: it has none."""

    is_video: bool
    seconds: float
    film: Stretch
    sound: Stretch | None

    @property
    def what(self) -> str:
        return "a video" if self.is_video else "a sound"

    def why_unusable(self, told: str) -> str:
        """Why nothing of it can be played anywhere, "" if something can."""
        if not self.film.refusal or (self.sound is not None and not self.sound.refusal):
            return ""
        return f"{told} cannot be played: {self.film.refusal}"


def media_version() -> str:
    """What is said without the video extra is not to be believed once it is there."""
    return "1" if importlib.util.find_spec("av") is not None else "0"


def media_facts(body: bytes) -> MediaFacts | None:
    """Never raises."""
    kind = sniff(body)
    if kind is None or what_it_is(body[:HEAD_BYTES]).startswith(_PICTURES):
        return None
    if kind in SOUND_KINDS - FILM_KINDS:
        return MediaFacts(False, 0.0, Stretch("it is a sound, without a picture"), _sound(body, "sound"))
    film, seconds = _film(body)
    sound = _sound(body, "video")
    return MediaFacts(not film.refusal or sound is None or bool(sound.refusal), seconds, film, sound)


def from_values(values: Mapping[str, Any]) -> MediaFacts:
    """What `asdict` made of it."""
    sound = values["sound"]
    return MediaFacts(
        values["is_video"], values["seconds"], Stretch(**values["film"]), None if sound is None else Stretch(**sound)
    )


def _film(body: bytes) -> tuple[Stretch, float]:
    from bulkgen.render.media import VideoSource

    try:
        source = VideoSource(body)
    except RenderError as error:
        return Stretch(error.reason), 0.0
    declared = source.duration_s
    end_s = LOOKED_AT_SECONDS if declared is None else min(declared, LOOKED_AT_SECONDS)
    at_s = changed_s = 0.0
    shown_s = -1.0
    try:
        while at_s < end_s:
            # As small as it can be: what is asked for is only whether there is a frame.
            source.at(min(at_s + _STEP_SECONDS, end_s), 1, 1)
            at_s += _STEP_SECONDS
            if source.shown_at_s != shown_s:
                changed_s, shown_s = at_s, source.shown_at_s
            elif declared is None and at_s - changed_s > _STILL_SECONDS:
                return Stretch(), changed_s
    except RenderError as error:
        return Stretch("", at_s, error.reason), declared or 0.0
    finally:
        source.close()
    return Stretch(), declared or 0.0


def _sound(body: bytes, noun: str) -> Stretch | None:
    from bulkgen.render.sound import RATE_HZ, SoundSource

    samples = 0
    try:
        source = SoundSource(body, noun=noun)
        if not source.has_sound():
            return None
        for chunk in source.chunks():
            samples += chunk.shape[1]
            if samples > LOOKED_AT_SECONDS * RATE_HZ:
                break
    except RenderError as error:
        return Stretch("", samples / RATE_HZ, error.reason) if samples else Stretch(error.reason)
    return Stretch()
