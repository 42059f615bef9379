"""A clip -> a GIF: one palette for all of it, a pattern instead of noise between its colours, few frames a second.

The clip is drawn twice, once to choose the colours and once to write, so that no frame is held. Where a number of bytes
is asked for, frames a second go first, then the fineness of the colours: what is left moves less but stays clean.
"""

from __future__ import annotations

import io
import math
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from bulkgen.render.container import load_av
from bulkgen.render.failures import RenderError
from bulkgen.render.frames import Drawable, count_frames, rate

# Reference 8.2.
FPS_RANGE = (2.0, 9.0)
DEFAULT_FPS = 9.0
FOREVER = -1

# Two minutes of a core and a file that nobody waits for; a film of it as mp4 is a fiftieth.
PIXELS_MAX = 1_000_000_000

# The format counts in hundredths of a second, and says a number of repeats in two bytes.
_TICKS_PER_S = 100
_REPEATS_MAX = 65_535

# The colours of a frame are as well known from a quarter of a megapixel, in a quarter of the time.
_LOOKED_AT_PX = 250_000

_TRANSPARENT_OFF = "reserve_transparent=0"


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to write the clip. `dither` as the library names it."""

    fps: float
    colors: int
    dither: str

    def __str__(self) -> str:
        return f"{self.fps:g} frames a second and {self.colors} colours"


_FINE = "bayer:bayer_scale=3"
# A coarser pattern repeats more, so it takes fewer bytes.
_COARSE = "bayer:bayer_scale=5"
_FPS_STEPS = (6.0, 4.0, 3.0)
_COLOR_STEPS = ((128, _COARSE), (64, _COARSE), (32, "none"), (16, "none"))

# A step that would still be this much too large by the size of the last one is not tried.
_HOPELESS = 1.5


class _TooLargeError(Exception):
    """`size_bytes` is what the whole would have about had."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(size_bytes)
        self.size_bytes = size_bytes


def encode_gif(
    clip: Drawable, max_fps: float = DEFAULT_FPS, repeat: int = FOREVER, max_bytes: int | None = None
) -> bytes:
    """`repeat`: -1 for ever, 0 to play once, n to play n times more.

    Raises RenderError: too long and large for a GIF, or larger than `max_bytes` whatever is left out.
    """
    fps = float(rate(max_fps, *FPS_RANGE))
    looks = [_Look(fps, 256, _FINE)]
    if max_bytes is not None:
        looks += [_Look(step, 256, _FINE) for step in _FPS_STEPS if step < fps]
        looks += [_Look(looks[-1].fps, colors, dither) for colors, dither in _COLOR_STEPS]
    _check_extent(clip, looks[0])
    expected: tuple[float, float] | None = None  # of the last look: frames a second, bytes
    for look in looks:
        is_last = look is looks[-1]
        if max_bytes is not None and expected is not None and not is_last and look.colors == 256:
            about = expected[1] * look.fps / expected[0]
            if about > max_bytes * _HOPELESS:
                continue
        try:
            body = _encode(clip, look, repeat, None if is_last else max_bytes)
        except _TooLargeError as error:
            expected = (look.fps, error.size_bytes)
            continue
        if max_bytes is None or len(body) <= max_bytes:
            return body
        raise RenderError(
            f"the GIF still has {-(-len(body) // 1000):,} kB with {look}, at most {max_bytes / 1000:,.0f} are asked "
            "for; a smaller format, a shorter animation or mp4 make it smaller"
        )
    raise AssertionError("the last look is always written")


def _check_extent(clip: Drawable, look: _Look) -> None:
    frames = count_frames(clip.duration_s, rate(look.fps, *FPS_RANGE))
    pixels = clip.width * clip.height * frames
    if pixels > PIXELS_MAX:
        raise RenderError(
            f"a GIF of {clip.duration_s:g} seconds at {clip.width} x {clip.height} px has {frames:,} frames and "
            f"{pixels // 1_000_000:,} megapixels, over {PIXELS_MAX // 1_000_000:,}: use mp4, fewer seconds, a lower "
            "max_fps, or a smaller format"
        )


def _encode(clip: Drawable, look: _Look, repeat: int, max_bytes: int | None) -> bytes:
    """Raises _TooLargeError as soon as it is."""
    av = load_av()
    frame_rate = rate(look.fps, *FPS_RANGE)
    try:
        palette = _palette(av, clip, frame_rate, look)
        return _write(av, clip, frame_rate, look, palette, repeat, max_bytes)
    except av.FFmpegError as error:
        raise RenderError(f"the GIF cannot be written at {clip.width} x {clip.height} px ({error})") from error


def _palette(av: Any, clip: Drawable, frame_rate: Fraction, look: _Look) -> Any:
    """The colours of all frames, chosen once."""
    step = max(math.isqrt(clip.width * clip.height // _LOOKED_AT_PX), 1)
    graph = av.filter.Graph()
    source = _source(graph, -(-clip.width // step), -(-clip.height // step))
    chooser = graph.add("palettegen", f"max_colors={look.colors}:stats_mode=full:{_TRANSPARENT_OFF}")
    sink = graph.add("buffersink")
    graph.link_nodes(source, chooser, sink).configure()
    for frame in _frames(av, clip, frame_rate, step):
        source.push(frame)
        # Nothing comes before the end, but frames that nobody asks for pile up.
        with suppress(av.error.BlockingIOError):
            sink.pull()
    source.push(None)
    return sink.pull()


def _write(
    av: Any, clip: Drawable, frame_rate: Fraction, look: _Look, palette: Any, repeat: int, max_bytes: int | None
) -> bytes:
    graph = av.filter.Graph()
    source = _source(graph, clip.width, clip.height)
    colors = graph.add_buffer(
        width=palette.width, height=palette.height, format=palette.format, time_base=_tick(), name="palette"
    )
    mapper = graph.add("paletteuse", f"dither={look.dither}:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(mapper, 0, 0)
    colors.link_to(mapper, 0, 1)
    mapper.link_to(sink)
    graph.configure()
    palette.pts, palette.time_base = 0, _tick()
    colors.push(palette)
    colors.push(None)

    total = count_frames(clip.duration_s, frame_rate)
    end = round(clip.duration_s * _TICKS_PER_S)
    body = io.BytesIO()
    loop = {FOREVER: 0, 0: -1}.get(repeat, min(max(repeat, 1), _REPEATS_MAX))
    last_ticks = max(end - _ticks(total - 1, frame_rate), 1)
    options = {"loop": str(loop), "final_delay": str(last_ticks), "fflags": "+bitexact"}
    with av.open(body, "w", format="gif", options=options) as film:
        stream = film.add_stream("gif", rate=_TICKS_PER_S)
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "pal8"
        stream.codec_context.time_base = _tick()
        stream.codec_context.thread_count = 1
        for frame in _frames(av, clip, frame_rate):
            source.push(frame)
            _drain(av, film, stream, sink)
            if max_bytes is not None and body.tell() > max_bytes:
                raise _TooLargeError(round(body.tell() * end / max(frame.pts, 1)))
        source.push(None)
        _drain(av, film, stream, sink)
        film.mux(stream.encode(None))
    if max_bytes is not None and body.tell() > max_bytes:
        raise _TooLargeError(body.tell())
    return body.getvalue()


def _drain(av: Any, film: Any, stream: Any, sink: Any) -> None:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        frame.time_base = _tick()
        film.mux(stream.encode(frame))


def _source(graph: Any, width: int, height: int) -> Any:
    return graph.add_buffer(width=width, height=height, format="bgra", time_base=_tick(), name="frames")


def _frames(av: Any, clip: Drawable, frame_rate: Fraction, step: int = 1) -> Iterator[Any]:
    """Those that differ from the one before, and the last: what stands still is one frame that is shown for longer.

    Of each, every pixel, or every one in `step` either way.
    """
    total = count_frames(clip.duration_s, frame_rate)
    drawn: Hashable = None
    for index in range(total):
        time_s = float(index / frame_rate)
        key = clip.key(time_s)
        if key == drawn and 0 < index < total - 1:
            continue
        drawn = key
        # A copy: a filter may hold a frame while the next is drawn into the clip's own buffer.
        pixels = np.ascontiguousarray(clip.frame(time_s)[::step, ::step])
        frame = av.VideoFrame.from_ndarray(pixels, "bgra")
        frame.pts, frame.time_base = _ticks(index, frame_rate), _tick()
        yield frame


def _ticks(index: int, frame_rate: Fraction) -> int:
    return round(index * _TICKS_PER_S / frame_rate)


def _tick() -> Fraction:
    return Fraction(1, _TICKS_PER_S)
