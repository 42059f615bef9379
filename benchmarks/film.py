"""What do a film layer, its sound and music cost an mp4, and what does a GIF? Beside the time that they play.

python benchmarks/film.py [ROUNDS]        half a minute; needs the video extra

The square of benchmarks/motion.py, 1080 px, 8 seconds, on one core. As mp4 at 30 frames a second with a film of 1920 x
1080 px behind it instead of the photo, the film's own sound, and music at another speed; and as it is, as a GIF of 9
frames a second. Time is the processor's, the median of the rounds. The exit code is 1 where a ratio is missed.
"""

from __future__ import annotations

import io
import os
import sys
import wave
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np
from motion import FPS, SECONDS, SIDE, design, times_real_time
from PIL import Image
from render_banner import fonts, photo

from bulkgen.render.banner import RenderCache, RenderedBanner, render_banner
from bulkgen.wire.animation import Timing
from bulkgen.wire.design import Box, Design, Element

# Times real time, at least.
WITH_FILM, AS_GIF = 0.8, 0.5

RATE_HZ = 48_000


@cache
def film() -> bytes:
    """A walk over the photo, with a hum."""
    picture = np.asarray(Image.open(io.BytesIO(photo())).resize((2400, 1350)))
    body = io.BytesIO()
    with av.open(body, "w", format="mp4") as out:
        stream: Any = out.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        voice: Any = out.add_stream("aac", rate=RATE_HZ, layout="stereo")
        for number in range(round(SECONDS * FPS)):
            part = np.ascontiguousarray(picture[number : number + 1080, 2 * number : 2 * number + 1920])
            frame = av.VideoFrame.from_ndarray(part, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        hum = np.sin(np.arange(round(SECONDS * RATE_HZ)) / 90).astype(np.float32) * 0.3
        heard = av.AudioFrame.from_ndarray(np.stack([hum, hum]), format="fltp", layout="stereo")
        heard.sample_rate, heard.pts = RATE_HZ, 0
        out.mux(voice.encode(heard))
        out.mux(stream.encode(None))
        out.mux(voice.encode(None))
    return body.getvalue()


@cache
def music() -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        wavy = np.sin(np.arange(round(2 * SECONDS * 44_100)) / 25) * 9_000
        out.writeframes(np.repeat(wavy.astype("<i2")[:, None], 2, axis=1).tobytes())
    return body.getvalue()


def with_film() -> Design:
    made = design()
    (square,) = made.formats
    said = {"video_url": {square.id: "film"}}
    screen = Element("film", "video", said, {square.id: Box(0, 0, SIDE, SIDE)})
    sounds = {"audio_url": {square.id: "music"}, "speed": {square.id: 1.5}, "max_volume": {square.id: 0.6}}
    tune = Element("music", "audio", sounds, timing={square.id: Timing(start_at_s=1.0)})
    others = [element for element in made.elements if element.name != "photo"]
    return replace(made, elements=(others[0], screen, *others[1:], tune))


def mp4() -> RenderedBanner:
    pictures = {"film": film(), "music": music()}
    options = {"video": {"fps": FPS}}
    return render_banner(
        with_film(), "square", {}, pictures, fonts(), file_type="mp4", options=options, cache=RenderCache()
    )


def gif() -> RenderedBanner:
    return render_banner(design(), "square", {}, {"photo": photo()}, fonts(), file_type="gif", cache=RenderCache())


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    photo(), fonts(), film(), music()  # made once, and no part of what is measured
    missed = 0
    for what, work, least in (("mp4 with a film and music", mp4, WITH_FILM), ("GIF", gif, AS_GIF)):
        made: list[RenderedBanner] = []
        ratio = times_real_time(lambda work=work, made=made: made.append(work()), rounds)  # type: ignore[misc]
        missed += ratio < least
        size = len(made[-1].body) / 1e6
        print(f"{what}: {ratio:.2f} times real time, {size:.1f} MB (at least {least:g} times)")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
