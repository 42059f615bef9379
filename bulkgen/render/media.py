"""Films of video layers: the frame that is seen at a time, upright, at about the size that is drawn.

    bytes, address -> VideoSource; .at(time_s, width, height) -> Picture

Frames are decoded forward, and two are held, however long the film is; a step back or far ahead starts again at the
keyframe before. The frame at a time is the last one that began by then, so a film of any frame rate, or of a varying
one, is right. After its end a film stands on its last frame: a hole would be worse.

Left out: how the bytes are opened (`container`), and the sound (`sound`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from bulkgen.render.container import (
    FILM_DECODERS,
    FILM_KINDS,
    FRAME_PIXELS_MAX,
    load_av,
    open_container,
    prepared,
    read_trim,
    reading,
    start_of,
)
from bulkgen.render.failures import picture_error
from bulkgen.render.skia_memory import Picture, Pixels

_NOUN = "video"

# Further ahead than this it is quicker to start again at a keyframe than to decode all that lies between.
_LEAP_S = 4.0

# A film of more frames than any screen shows is made to keep a machine busy.
_FRAMES_PER_S_MAX = 480
_FRAMES_FREE = 2_000

# How much less than it declares a film may have: what lies behind the last frame's beginning is often rounded.
_MISSING_S = 0.5
_MISSING_PART = 0.05

# Without a word about it, large pictures have the colours of HD and small ones those of TV, as players take them.
_HD_HEIGHT = 720
_BT709, _BT601, _UNSPECIFIED = 1, 5, 2
_KNOWN_MATRICES = frozenset((1, 4, 5, 6, 7, 9))
_SWS_MATRIX = {6: 5}

_TIMING_SLACK_S = 1e-6


class VideoSource:
    """One film of one layer. Times are seconds since the layer began; `trim_start` is taken from the address."""

    def __init__(self, body: bytes, address: str = "") -> None:
        """Raises RenderError (`image_fetching_error`) with the reason; the caller names the layer."""
        self._av = load_av()
        self._body = body
        self._trim = read_trim(address)
        self._frames: Iterator[Any] = iter(())
        self._container: Any = None
        self._shown: Any = None
        self._shown_s = self._next_s = 0.0
        self._next: Any = None
        self._decoded = 0
        self._made: tuple[Any, tuple[int, int], Picture] | None = None
        self._reformatter = self._av.video.reformatter.VideoReformatter()
        self._open(self._trim.start_s)
        self.width, self.height = self._upright()
        self._show(self._trim.start_s)
        if self._next is None and self._trim.start_s > self._ends_s() + _MISSING_S:
            raise picture_error(None, f"trim_start is {self._trim.start_s:g}, and the video ends before that")

    def __repr__(self) -> str:
        return f"VideoSource({self.width:g}x{self.height:g}, at {self._shown_s:.3f} s, {self._decoded} frames decoded)"

    @property
    def duration_s(self) -> float | None:
        """Of the part that is played; None where the film does not say."""
        ends = [value for value in (self._declared_s, self._trim.end_s) if value is not None]
        return min(ends) - self._trim.start_s if ends else None

    @property
    def shown_at_s(self) -> float:
        """When the frame that was asked for last begins, in the film's own seconds."""
        return self._shown_s

    def at(self, time_s: float, width: float, height: float) -> Picture:
        """The frame of this time, large enough to cover `width` x `height` px; the same picture while it stands.

        Raises RenderError: the film breaks off or is damaged here.
        """
        self._show(self._source_time(time_s))
        size = self._size(width, height)
        if self._made is None or self._made[0] is not self._shown or self._made[1] != size:
            with reading(_NOUN):
                self._made = (self._shown, size, self._picture(size))
        return self._made[2]

    def close(self) -> None:
        self._frames = iter(())
        self._shown = self._next = self._made = None
        if self._container is not None:
            self._container.close()
            self._container = None

    def _source_time(self, time_s: float) -> float:
        wanted = self._trim.start_s + max(time_s, 0.0)
        # The frame that begins where the part ends belongs to the next part.
        return wanted if self._trim.end_s is None else min(wanted, self._trim.end_s - 2 * _TIMING_SLACK_S)

    def _show(self, wanted_s: float) -> None:
        if wanted_s + _TIMING_SLACK_S < self._shown_s or wanted_s > self._next_s + _LEAP_S:
            self._open(wanted_s)
        while self._next is not None and self._next_s <= wanted_s + _TIMING_SLACK_S:
            self._shown, self._shown_s = self._next, self._next_s
            self._advance()
        if self._next is None:
            self._check_whole(wanted_s)

    def _open(self, wanted_s: float) -> None:
        """At the keyframe before; from the very beginning where the film's index leads too far."""
        self._start(wanted_s if wanted_s > 1.0 else 0.0)
        if self._shown_s > wanted_s + _TIMING_SLACK_S and wanted_s > 1.0:
            self._start(0.0)

    def _start(self, from_s: float) -> None:
        self.close()
        self._decoded, self._from_s = 0, from_s
        self._container = open_container(self._body, FILM_KINDS, _NOUN)
        with reading(_NOUN):
            streams = self._container.streams.video
            if not streams:
                raise picture_error(None, "the video has no picture, only sound")
            stream = prepared(streams[0], FILM_DECODERS, _NOUN)
            _check_size(stream.codec_context.width, stream.codec_context.height)
            self._zero_s = start_of(self._container)
            self._step_s = 1 / float(stream.average_rate) if stream.average_rate else 0.04
            self._declared_s = _declared(self._container, stream, self._zero_s)
            self._aspect = float(stream.sample_aspect_ratio or 1) or 1.0
            if from_s > 0:
                self._container.seek(round((from_s + self._zero_s) * 1_000_000))
            self._frames = self._container.decode(stream)
        self._next_s = -math.inf
        self._advance()
        if self._next is None:
            if from_s > 0:
                # Nothing lies there: the last frame is found by going through all of them.
                self._start(0.0)
                return
            raise picture_error(None, "the video has no picture that can be read")
        self._shown, self._shown_s = self._next, self._next_s
        self._advance()

    def _advance(self) -> None:
        """The next frame, and when it begins; None at the end."""
        with reading(_NOUN):
            frame = next(self._frames, None)
            if frame is not None and getattr(frame, "is_corrupt", False):
                raise picture_error(None, "the video is damaged")
        self._next = frame
        if frame is None:
            return
        self._decoded += 1
        _check_size(frame.width, frame.height)
        last = self._next_s
        given = frame.time
        self._next_s = max(last, given - self._zero_s if given is not None else max(last, -self._step_s) + self._step_s)
        spent_s = max(self._next_s - self._from_s, 0.0) if math.isfinite(self._next_s) else 0.0
        if self._decoded > _FRAMES_FREE + _FRAMES_PER_S_MAX * spent_s:
            raise picture_error(None, f"the video has more than {_FRAMES_PER_S_MAX} frames a second")

    def _check_whole(self, wanted_s: float) -> None:
        """A film whose end is missing says more than it has. Standing on its last frame would hide that."""
        declared = self._declared_s
        if declared is None:
            return
        has_s = self._ends_s()
        missing_s = min(declared, wanted_s) - has_s
        if missing_s > max(_MISSING_S, declared * _MISSING_PART):
            raise picture_error(None, f"the video is cut short: it has {has_s:.1f} of {declared:.1f} seconds")

    def _ends_s(self) -> float:
        """When the frame that is shown ends, by its own word or by the film's pace."""
        return self._shown_s + max(float((self._shown.duration or 0) * (self._shown.time_base or 0)), self._step_s)

    def _turns(self) -> int:
        """Quarter turns counterclockwise: a phone held upright writes its film lying."""
        return round(float(self._shown.rotation) / 90) % 4

    def _upright(self) -> tuple[float, float]:
        size = (self._shown.width * self._aspect, float(self._shown.height))
        return (size[1], size[0]) if self._turns() % 2 else size

    def _size(self, width: float, height: float) -> tuple[int, int]:
        """Upright, in px. Never larger than the film: the drawing scales up."""
        wide, high = self._upright()
        scale = min(max(width / wide, height / high), 1.0)
        return max(math.ceil(wide * scale - 1e-6), 1), max(math.ceil(high * scale - 1e-6), 1)

    def _picture(self, size: tuple[int, int]) -> Picture:
        frame, turns = self._shown, self._turns()
        width, height = (size[1], size[0]) if turns % 2 else size
        _check_size(width, height)
        has_alpha = _has_alpha(frame)
        kinds = self._av.video.reformatter.Interpolation
        is_same_size = (width, height) == (frame.width, frame.height)
        converted = self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="bgra",
            src_colorspace=_matrix(frame),
            interpolation=kinds.BILINEAR if is_same_size else kinds.AREA,
            threads=1,
        )
        pixels: Pixels = converted.to_ndarray()
        if turns:
            pixels = np.ascontiguousarray(np.rot90(pixels, turns))
        if has_alpha:
            pixels = _premultiplied(pixels)
        return Picture(pixels, is_opaque=not has_alpha, is_photo=True)


def _declared(container: Any, stream: Any, zero_s: float) -> float | None:
    """When the film says its picture ends, in seconds from the container's zero. The sound may have begun before it."""
    if stream.duration is not None and stream.time_base is not None:
        late_s = max(float((stream.start_time or 0) * stream.time_base) - zero_s, 0.0)
        return late_s + float(stream.duration * stream.time_base)
    return None if container.duration is None else float(container.duration) / 1_000_000


def _check_size(width: int, height: int) -> None:
    if width * height > FRAME_PIXELS_MAX:
        most = FRAME_PIXELS_MAX // 1_000_000
        raise picture_error(None, f"the video is too large: {width} x {height} px, over {most} megapixels")


def _matrix(frame: Any) -> int:
    """By which numbers its colours are coded, in the scaler's own count."""
    said = int(frame.colorspace)
    if said in _KNOWN_MATRICES:
        return _SWS_MATRIX.get(said, said)
    return _BT709 if frame.height >= _HD_HEIGHT else _BT601


def _has_alpha(frame: Any) -> bool:
    return any(component.is_alpha for component in frame.format.components)


def _premultiplied(pixels: Pixels) -> Pixels:
    alpha = pixels[..., 3:4].astype(np.uint16)
    colors = (pixels[..., :3].astype(np.uint16) * alpha + 127) // 255
    return np.concatenate([colors.astype(np.uint8), pixels[..., 3:4]], axis=2)
