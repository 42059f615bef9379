"""Sounds of audio and video layers: samples at one rate, from the part that is played, at the speed that is asked for.

    bytes -> SoundSource; .chunks() -> arrays of two channels at 48 kHz, of bounded length

A speed other than 1 keeps the pitch: a voice stays a voice.

Left out: when a sound is heard and how loud (`soundtrack`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from bulkgen.render.container import (
    SOUND_DECODERS,
    SOUND_KINDS,
    WHOLE,
    Trim,
    load_av,
    open_container,
    prepared,
    reading,
    sniff,
    start_of,
)
from bulkgen.render.failures import picture_error

# Two rows (left, right) of samples from -1 to 1.
Samples = npt.NDArray[np.float32]

RATE_HZ = 48_000
CHANNELS = 2

# What real files have; outside of it a second would become a day of samples.
_RATES_HZ = range(4_000, 384_001)

# The tempo filter takes half speed at least at once; slower goes through it twice.
_TEMPO_LEAST = 0.5

# Silence before a sound that starts late comes in pieces of this many samples.
_PIECE = RATE_HZ

# How much less than it declares a sound may have. What an mp3 says of its length is an estimate, so it is not held to
# that.
_MISSING_S = 0.5
_MISSING_PART = 0.05


class SoundSource:
    """One sound, which can be gone through any number of times; nothing is held between two chunks."""

    def __init__(self, body: bytes, *, noun: str = "sound", trim: Trim = WHOLE, speed: float = 1.0) -> None:
        load_av()
        self._body, self._noun, self._trim, self._speed = body, noun, trim, speed

    def __repr__(self) -> str:
        return f"SoundSource({len(self._body)} bytes, {self._trim.start_s:g} s on, speed {self._speed:g})"

    def has_sound(self) -> bool:
        """A film may have none. Raises RenderError: nothing can be read at all."""
        container = open_container(self._body, SOUND_KINDS, self._noun)
        with reading(self._noun):
            found = bool(container.streams.audio)
            container.close()
        return found

    def chunks(self) -> Iterator[Samples]:
        """Raises RenderError (`image_fetching_error`): no sound, or a damaged one."""
        samples = self._trimmed()
        return samples if self._speed == 1 else self._stretched(samples)

    def _decoded(self) -> Iterator[tuple[float | None, Samples]]:
        """Every piece with its time in the file's own seconds."""
        av = load_av()
        container = open_container(self._body, SOUND_KINDS, self._noun)
        try:
            with reading(self._noun):
                streams = container.streams.audio
                if not streams:
                    raise picture_error(None, "the file has no sound")
                stream = prepared(streams[0], SOUND_DECODERS, self._noun)
                zero_s = start_of(container)
                self._declared_s = self._said_length(container, stream)
                if self._trim.start_s > 1:
                    container.seek(round((self._trim.start_s - 0.5 + zero_s) * 1_000_000))
                frames = container.decode(stream)
            resampler = None
            while True:
                with reading(self._noun):
                    frame = next(frames, None)
                    if frame is not None and frame.sample_rate not in _RATES_HZ:
                        raise picture_error(None, f"the {self._noun} has {frame.sample_rate:,} samples a second")
                    time_s = None if frame is None or frame.time is None else frame.time - zero_s
                    if resampler is None:
                        if frame is None:
                            return
                        # One channel is heard on both sides as it is; the library would make it quieter.
                        layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
                        resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE_HZ)
                    made = [piece.to_ndarray() for piece in resampler.resample(frame)]
                for piece in made:
                    both = np.broadcast_to(piece, (CHANNELS, piece.shape[1]))
                    yield time_s, np.nan_to_num(both, nan=0.0, posinf=1.0, neginf=-1.0)
                    time_s = None
                if frame is None:
                    return
        finally:
            container.close()

    def _trimmed(self) -> Iterator[Samples]:
        """From the first sample of the part to its last, with the silence before a sound that starts late."""
        left = None
        if self._trim.end_s is not None:
            left = round((self._trim.end_s - self._trim.start_s) * RATE_HZ)
        given = 0
        skip: int | None = None
        for time_s, piece in self._decoded():
            if skip is None:
                late = round(((time_s or 0.0) - self._trim.start_s) * RATE_HZ)
                for silence in _silences(late if left is None else min(late, left)):
                    given += silence.shape[1]
                    yield silence
                skip = max(-late, 0)
            if skip >= piece.shape[1]:
                skip -= piece.shape[1]
                continue
            heard = piece[:, skip:] if skip else piece
            skip = 0
            if left is not None:
                heard = heard[:, : left - given]
            given += heard.shape[1]
            if heard.shape[1]:
                yield heard
            if left is not None and given >= left:
                return
        if skip is None:
            raise picture_error(None, f"the {self._noun} has no sound that can be read")
        self._check_whole(given / RATE_HZ)

    def _said_length(self, container: Any, stream: Any) -> float | None:
        kind = sniff(self._body)
        if kind in ("mp3", "aac"):
            return None
        if kind == "wav":
            return _wav_seconds(self._body)
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        return None

    def _check_whole(self, given_s: float) -> None:
        declared = self._declared_s
        if declared is None:
            return
        wanted = declared if self._trim.end_s is None else min(self._trim.end_s, declared)
        has_s = given_s + self._trim.start_s
        if wanted - has_s > max(_MISSING_S, declared * _MISSING_PART):
            raise picture_error(
                None, f"the {self._noun} is cut short: it has {has_s:.1f} of {declared:.1f} seconds of sound"
            )

    def _stretched(self, samples: Iterator[Samples]) -> Iterator[Samples]:
        av = load_av()
        with reading(self._noun):
            graph = av.filter.Graph()
            source = graph.add_abuffer(sample_rate=RATE_HZ, format="fltp", layout="stereo", name="in")
            sink = graph.add("abuffersink")
            steps = [graph.add("atempo", f"tempo={tempo:.6f}") for tempo in _tempos(self._speed)]
            # The tempo filter has a way of its own to hold two channels.
            planes = graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo")
            graph.link_nodes(source, *steps, planes, sink).configure()
        at = 0
        for piece in samples:
            with reading(self._noun):
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = RATE_HZ, at
                source.push(frame)
            at += piece.shape[1]
            yield from self._pulled(sink)
        with reading(self._noun):
            source.push(None)
        yield from self._pulled(sink)

    def _pulled(self, sink: Any) -> Iterator[Samples]:
        av = load_av()
        while True:
            with reading(self._noun):
                try:
                    piece: Samples = sink.pull().to_ndarray()
                except (av.error.BlockingIOError, av.error.EOFError):
                    return
            yield piece


def _wav_seconds(body: bytes) -> float | None:
    """By its own header; the library goes by the size of the file."""
    at, bytes_per_s = 12, 0
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        if name == b"fmt " and at + 20 <= len(body):
            (bytes_per_s,) = struct.unpack_from("<I", body, at + 16)
        if name == b"data":
            # What is written while it is recorded does not know its size yet.
            return None if not bytes_per_s or size in (0, 0xFFFFFFFF) else size / bytes_per_s
        at += 8 + size + size % 2
    return None


def _tempos(speed: float) -> Iterator[float]:
    while speed < _TEMPO_LEAST:
        yield _TEMPO_LEAST
        speed /= _TEMPO_LEAST
    yield speed


def _silences(samples: int) -> Iterator[Samples]:
    for _ in range(math.ceil(max(samples, 0) / _PIECE)):
        yield np.zeros((CHANNELS, min(_PIECE, samples)), np.float32)
        samples -= _PIECE
