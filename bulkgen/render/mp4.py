"""A clip and its sound -> an MP4 that every player takes: H.264, AAC, index in front.

Frames and sound go to the coders as they are made, turn by turn, so memory does not grow with the length. The same clip
gives the same bytes: one thread, no times, no chance.

Left out: drawing (`clip`) and mixing (`soundtrack`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from bulkgen.render.container import load_av
from bulkgen.render.failures import RenderError
from bulkgen.render.frames import Drawable, count_frames, rate
from bulkgen.render.skia_memory import Pixels
from bulkgen.render.sound import RATE_HZ, Samples
from bulkgen.render.soundtrack import Soundtrack

# Reference 8.2.
FPS_RANGE = (2.0, 30.0)
DEFAULT_FPS = 24.0

# The preset codes on one core faster than the clip plays, at a third of the bytes of the next faster one.
_PRESET = "veryfast"

# Without it the coder takes shortcuts of the processor's that read past the end of small pictures: the same clip would
# be another file each time.
_SAME_EVERYWHERE = "cpu-independent=1"

# Quality is the API's 1 to 100. At 80 the factor is 20, where type and photos look clean; 6 lower doubles the bytes.
DEFAULT_QUALITY = 80
_FACTORS = (12, 45)
# Past this a film falls apart into blocks; whoever wants it smaller wants a smaller format.
_WORST_FACTOR = 38
_ATTEMPTS = 4

_SOUND_BITS_PER_S = 128_000

# BT.709 in limited range: what players assume of HD, and said all the same.
_BT709, _FULL, _LIMITED = 1, 2, 1


def encode_mp4(
    clip: Drawable,
    soundtrack: Soundtrack | None = None,
    fps: float = DEFAULT_FPS,
    *,
    quality: int | None = None,
    max_bytes: int | None = None,
) -> bytes:
    """`max_bytes` lowers the quality, drawing the clip anew each time.

    Raises RenderError: the file stays larger, a film or sound in it is damaged, or the extra is missing.
    """
    factor = _factor(DEFAULT_QUALITY if quality is None else quality)
    body = _encode(clip, soundtrack, fps, factor)
    for _ in range(_ATTEMPTS):
        if max_bytes is None or len(body) <= max_bytes:
            return body
        if factor >= _WORST_FACTOR:
            break
        # What is asked for lies this many steps of a doubling away, and a little more for what does not shrink.
        steps = math.ceil(6 * math.log2(len(body) / max_bytes)) + 1
        factor = min(factor + max(steps, 2), _WORST_FACTOR)
        body = _encode(clip, soundtrack, fps, factor)
    if max_bytes is not None and len(body) > max_bytes:
        raise RenderError(
            f"the film has {-(-len(body) // 1000):,} kB at the lowest quality, at most {max_bytes / 1000:,.0f} are "
            "asked for; a lower fps or a smaller format makes it smaller"
        )
    return body


def film_size(width: int, height: int) -> tuple[int, int]:
    """The size of the file. Colour is coded for two by two pixels, so an odd side gets its last pixels twice."""
    return width + width % 2, height + height % 2


def _factor(quality: int) -> int:
    lowest, highest = _FACTORS
    return min(max(round(52 - 0.4 * quality), lowest), highest)


def _encode(clip: Drawable, soundtrack: Soundtrack | None, fps: float, factor: int) -> bytes:
    av = load_av()
    frame_rate = rate(fps, *FPS_RANGE)
    body = io.BytesIO()
    try:
        with av.open(
            body,
            "w",
            format="mp4",
            options={"movflags": "+faststart", "fflags": "+bitexact"},
            io_open=lambda url, flags, options: _SecondLook(body),
        ) as film:
            picture = _picture_stream(film, clip, frame_rate, factor)
            sound = _Sound(film, soundtrack) if soundtrack is not None else None
            for index, frame in enumerate(_frames(av, clip, frame_rate)):
                frame.pts, frame.time_base = index, 1 / frame_rate
                film.mux(picture.encode(frame))
                if sound is not None:
                    sound.reach(float((index + 1) / frame_rate))
            film.mux(picture.encode(None))
            if sound is not None:
                sound.finish()
    except av.FFmpegError as error:
        raise RenderError(f"the film cannot be written at {clip.width} x {clip.height} px ({error})") from error
    return body.getvalue()


def _picture_stream(film: Any, clip: Drawable, frame_rate: Fraction, factor: int) -> Any:
    options = {"preset": _PRESET, "crf": str(factor), "threads": "1", "x264-params": _SAME_EVERYWHERE}
    stream = film.add_stream("libx264", rate=frame_rate, options=options)
    stream.width, stream.height = film_size(clip.width, clip.height)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    return stream


def _frames(av: Any, clip: Drawable, frame_rate: Fraction) -> Iterator[Any]:
    """As they are drawn. Each is turned into the coder's own colours before the next is drawn into the same buffer."""
    reformatter = av.video.reformatter.VideoReformatter()
    area = av.video.reformatter.Interpolation.AREA
    frame, drawn = None, None
    for index in range(count_frames(clip.duration_s, frame_rate)):
        time_s = float(index / frame_rate)
        key = clip.key(time_s)
        if frame is None or key != drawn:
            drawn = key
            frame = reformatter.reformat(
                av.VideoFrame.from_numpy_buffer(_even(clip.frame(time_s)), "bgra"),
                format="yuv420p",
                dst_colorspace=_BT709,
                src_color_range=_FULL,
                dst_color_range=_LIMITED,
                interpolation=area,
                threads=1,
            )
        yield frame


def _even(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)


class _Sound:
    """The sound of a film that is being written, kept just ahead of its pictures."""

    def __init__(self, film: Any, soundtrack: Soundtrack) -> None:
        self._av = load_av()
        self._film = film
        self._chunks: Iterator[Samples] = soundtrack.chunks()
        self._written = 0
        self._stream = film.add_stream("aac", rate=RATE_HZ, layout="stereo")
        self._stream.codec_context.bit_rate = _SOUND_BITS_PER_S

    def __repr__(self) -> str:
        return f"_Sound({self._written / RATE_HZ:.3f} s written)"

    def reach(self, time_s: float) -> None:
        while self._written < time_s * RATE_HZ:
            chunk = next(self._chunks, None)
            if chunk is None:
                return
            frame = self._av.AudioFrame.from_ndarray(np.ascontiguousarray(chunk), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._written, Fraction(1, RATE_HZ)
            self._written += chunk.shape[1]
            self._film.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self.reach(math.inf)
        self._film.mux(self._stream.encode(None))


class _SecondLook(io.RawIOBase):
    """The file that is being written, read from its start: the writer goes over it once more to put the index first."""

    def __init__(self, body: io.BytesIO) -> None:
        super().__init__()
        self._body = body
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._body.getbuffer().nbytes}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        # The writer has a place of its own in the same file.
        place = self._body.tell()
        self._body.seek(self._at)
        found = self._body.read(size)
        self._body.seek(place)
        self._at += len(found)
        return found
