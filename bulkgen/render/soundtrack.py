"""What is heard of a clip: its audio layers and the sound of its films, mixed.

    scene, what was loaded -> Soundtrack | None; .chunks() -> samples of the whole clip

A sound begins when its layer does, is silent after its own end, and ends with its layer or the clip. Loudness is the
layer's `max_volume` (of a film: what `audio_muted` leaves), times its fades. Sums that pass full scale are bent back
below it, so that nothing clips; up to nine tenths nothing is changed.

Left out: decoding (`sound`), and how a fade runs (`timeline`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bulkgen.render.container import WHOLE, Trim, read_trim
from bulkgen.render.failures import RenderError, of_layer
from bulkgen.render.scene import Layer, Scene
from bulkgen.render.sound import CHANNELS, RATE_HZ, Samples, SoundSource
from bulkgen.render.sources import picture_source, source_body
from bulkgen.render.timeline import volume_at, within
from bulkgen.wire.animation import Timing

# A chunk is what the AAC coder takes at once; a fade is a straight line within it, 21 ms long.
CHUNK = 1_024

_SPEEDS = (0.25, 2.0)

# Where the bend begins.
_KNEE = 0.9


@dataclass(frozen=True, slots=True)
class Track:
    """One sound on the clip's timeline. `fade`: seconds of the design -> loudness from 0 to 1."""

    layer: str
    body: bytes
    starts_s: float = 0.0
    ends_s: float | None = None
    gain: float = 1.0
    speed: float = 1.0
    trim: Trim = WHOLE
    noun: str = "sound"
    fade: Callable[[float], float] = lambda time_s: 1.0


class Soundtrack:
    """Holds the files and a chunk of each, whatever the clip's length."""

    def __init__(self, tracks: Sequence[Track], duration_s: float) -> None:
        self.tracks = tuple(tracks)
        self.duration_s = duration_s

    def __repr__(self) -> str:
        return f"Soundtrack({', '.join(track.layer for track in self.tracks)}; {self.duration_s:g} s)"

    def chunks(self) -> Iterator[Samples]:
        """The whole clip from its start. Raises RenderError, said of the layer whose sound it is."""
        total = round(self.duration_s * RATE_HZ)
        voices = [_Voice(track, total) for track in self.tracks]
        for start in range(0, total, CHUNK):
            mix = np.zeros((CHANNELS, min(CHUNK, total - start)), np.float32)
            for voice in voices:
                voice.add_to(mix, start)
            yield _below_full_scale(mix)


class _Voice:
    """A track as it runs: what is left of the piece that was decoded last."""

    def __init__(self, track: Track, total: int) -> None:
        self._track = track
        self._first = round(track.starts_s * RATE_HZ)
        self._last = total if track.ends_s is None else min(round(track.ends_s * RATE_HZ), total)
        self._pieces = SoundSource(track.body, noun=track.noun, trim=track.trim, speed=track.speed).chunks()
        self._rest: Samples = np.zeros((CHANNELS, 0), np.float32)

    def add_to(self, mix: Samples, start: int) -> None:
        begin, end = max(self._first - start, 0), min(self._last - start, mix.shape[1])
        if end <= begin:
            return
        heard = self._take(end - begin)
        if not heard.shape[1]:
            return
        ends = [self._track.gain * self._track.fade((start + at) / RATE_HZ) for at in (begin, end)]
        # The layer's last moment belongs to what comes after it, which is silence; the line ends where it ends.
        if start + end == self._last:
            ends[1] = self._track.gain * self._track.fade((start + end - 1) / RATE_HZ)
        line = np.linspace(ends[0], ends[1], end - begin, endpoint=False, dtype=np.float32)
        mix[:, begin : begin + heard.shape[1]] += heard * line[: heard.shape[1]]

    def _take(self, count: int) -> Samples:
        """As many samples, or what is left at the end of the sound."""
        found = [self._rest]
        have = self._rest.shape[1]
        try:
            while have < count:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                found.append(piece)
                have += piece.shape[1]
        except RenderError as error:
            raise of_layer(error, self._track.layer) from error
        whole = np.concatenate(found, axis=1) if len(found) > 1 else self._rest
        self._rest = whole[:, count:]
        return whole[:, :count]


def soundtrack_of(scene: Scene, pictures: Mapping[str, bytes | RenderError]) -> Soundtrack | None:
    """None for a silent clip. Raises RenderError, said of the layer: its sound is missing or cannot be read."""
    if scene.animation is None:
        return None
    duration_s = scene.animation.duration
    tracks = []
    for layer in scene.layers:
        if layer.is_hidden or layer.type not in ("audio", "video"):
            continue
        gain, speed = _loudness(layer)
        body = source_body(layer, pictures) if gain > 0 else None
        if body is None:
            continue
        groups = [group.timing for group in scene.groups if layer.name in group.leaves]
        timing = within(layer.timing, groups)
        noun = "video" if layer.type == "video" else "sound"
        try:
            trim = read_trim(picture_source(layer) or "") if layer.type == "video" else WHOLE
            if layer.type == "video" and not SoundSource(body, noun=noun).has_sound():
                continue
        except RenderError as error:
            raise of_layer(error, layer.name) from error
        starts_s = timing.start_at_s or 0.0 if timing else 0.0
        ends_s = timing.end_at_s if timing else None
        fade = _fade(timing, duration_s)
        tracks.append(Track(layer.name, body, starts_s, ends_s, gain, speed, trim, noun, fade))
    return Soundtrack(tracks, duration_s) if tracks else None


def _loudness(layer: Layer) -> tuple[float, float]:
    """Gain and speed; both bounded as a request's are, since a design's own values are not checked."""
    if layer.type == "video":
        # A design may say true or false here, as the API's own import does.
        muted = layer.get("audio_muted")
        share = float(muted) if isinstance(muted, bool) else layer.number("audio_muted")
        return 1.0 - min(max(share, 0.0), 1.0), 1.0
    speed = layer.number("speed", 1.0)
    return min(max(layer.number("max_volume", 1.0), 0.0), 1.0), min(max(speed, _SPEEDS[0]), _SPEEDS[1])


def _fade(timing: Timing | None, duration_s: float) -> Callable[[float], float]:
    return lambda time_s: volume_at(timing, duration_s, time_s)


def _below_full_scale(mix: Samples) -> Samples:
    loud = np.abs(mix)
    if float(loud.max(initial=0.0)) <= _KNEE:
        return mix
    room = 1 - _KNEE
    bent = np.sign(mix) * (_KNEE + room * np.tanh((loud - _KNEE) / room))
    return np.where(loud > _KNEE, bent, mix).astype(np.float32)
