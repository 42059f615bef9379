"""Small films and sounds, made as the tests of this folder need them, and a clip of plain pixels."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

RATE_HZ = 48_000


class PlainClip:
    """A square that goes from left to right over a gradient; it counts how often it is drawn."""

    def __init__(self, width: int, height: int, duration_s: float, *, stands: bool = False) -> None:
        self.width, self.height, self.duration_s = width, height, duration_s
        self.drawn = 0
        self._stands = stands
        down, across = np.mgrid[0:height, 0:width]
        self._ground = np.full((height, width, 4), 255, np.uint8)
        self._ground[..., 0] = across * 255 // max(width, 1)
        self._ground[..., 1] = down * 255 // max(height, 1)
        self._ground[..., 2] = 90
        self._buffer = self._ground.copy()

    def key(self, time_s: float) -> object:
        return 0 if self._stands else time_s

    def frame(self, time_s: float) -> Pixels:
        self.drawn += 1
        self._buffer[:] = self._ground
        left = 0 if self._stands else int(time_s / self.duration_s * self.width * 0.7)
        side = max(self.height // 3, 1)
        self._buffer[side : 2 * side, left : left + side] = (225, 225, 225, 255)
        return self._buffer


def solid(width: int, height: int, bgr: tuple[int, int, int]) -> Pixels:
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = bgr
    return pixels


def shade(index: int) -> tuple[int, int, int]:
    """The colour of frame `index`, told apart from its neighbours after coding."""
    return (40 + index * 37 % 180, 40 + index * 91 % 180, 40 + index // 180 * 50)


def index_of(pixels: Pixels, count: int) -> int:
    """Which frame of a film by `shade` this is."""
    seen = pixels[..., :3].reshape(-1, 3).mean(axis=0)
    return min(range(count), key=lambda index: float(np.abs(np.array(shade(index)) - seen).sum()))


def film(
    times_s: Sequence[float],
    *,
    size: tuple[int, int] = (64, 48),
    kind: str = "mp4",
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    keyframes: int = 250,
    sound: npt.NDArray[np.float32] | None = None,
    paint: Callable[[int], Pixels] | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """A film whose frame `i` begins at `times_s[i]` and is filled with `shade(i)`."""
    body = io.BytesIO()
    with av.open(body, "w", format=kind) as out:
        picture: Any = out.add_stream(codec, rate=30, options={"threads": "1", "g": str(keyframes), **(options or {})})
        picture.width, picture.height, picture.pix_fmt = *size, pixel_format
        base = Fraction(1, 1000)
        picture.codec_context.time_base = base
        voice: Any = None
        if sound is not None:
            voice = out.add_stream("libopus" if kind == "webm" else "aac", rate=RATE_HZ, layout="stereo")
        for index, time_s in enumerate(times_s):
            pixels = paint(index) if paint else solid(*size, shade(index))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "bgr24").reformat(
                format=pixel_format, dst_colorspace=5, dst_color_range=1
            )
            frame.pts, frame.time_base = round(time_s * 1000), base
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        if voice is not None and sound is not None:
            for start in range(0, sound.shape[1], 960):
                piece = np.ascontiguousarray(sound[:, start : start + 960])
                heard = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
                heard.sample_rate, heard.pts, heard.time_base = RATE_HZ, start, Fraction(1, RATE_HZ)
                out.mux(voice.encode(heard))
            out.mux(voice.encode(None))
    return body.getvalue()


def steady(count: int = 30, fps: int = 10, **more: Any) -> bytes:
    return film([index / fps for index in range(count)], **more)


def tone(seconds: float, hz: float = 440.0, level: float = 0.5) -> npt.NDArray[np.float32]:
    """Two channels."""
    wavy = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wavy, wavy]).astype(np.float32)


def wav(seconds: float, hz: float = 440.0, level: float = 0.5, *, rate_hz: int = 44_100, channels: int = 1) -> bytes:
    body = io.BytesIO()
    wavy = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)
    samples = np.repeat((wavy * 32_767).astype("<i2")[:, None], channels, axis=1)
    with wave.open(body, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(samples.tobytes())
    return body.getvalue()


def mp3(seconds: float, hz: float = 440.0) -> bytes:
    body = io.BytesIO()
    with av.open(body, "w", format="mp3") as out:
        voice: Any = out.add_stream("libmp3lame", rate=RATE_HZ, layout="stereo")
        frame = av.AudioFrame.from_ndarray(tone(seconds, hz), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE_HZ, 0
        out.mux(voice.encode(frame))
        out.mux(voice.encode(None))
    return body.getvalue()


def turned(body: bytes, degrees: int) -> bytes:
    """An mp4 with the display matrix of a phone that was held turned clockwise by a quarter, a half or three."""
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    rows = (cos, sin, 0, -sin, cos, 0, 0, 0, 0x4000)
    matrix = b"".join((value * 65_536 % 2**32).to_bytes(4, "big") for value in rows)
    at = body.index(b"tkhd") + 4 + 40
    return body[:at] + matrix + body[at + 36 :]


def samples_of(chunks: Any) -> npt.NDArray[np.float32]:
    found = list(chunks)
    return np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.float32)


def pitch_hz(samples: npt.NDArray[np.float32]) -> float:
    """The loudest frequency of the left channel."""
    spectrum = np.abs(np.fft.rfft(samples[0]))
    return float(spectrum.argmax() * RATE_HZ / samples.shape[1])


def psnr(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    off = np.mean((one.astype(float) - other.astype(float)) ** 2)
    return 99.0 if off == 0 else float(10 * np.log10(255**2 / off))
