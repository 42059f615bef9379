"""How fast is a film made, beside the time that it plays? Drawing alone, and the whole mp4, on one core.

python benchmarks/motion.py [ROUNDS]        the whole mp4 needs the video extra

A square of 1080 px, 30 frames a second, 8 seconds: a photo that zooms all the time, so that no frame is like another,
a gradient on it, a title that slides in, a typed line and a button that turns and grows. Time is the processor's, the
median of the rounds; what counts is the ratio to real time. The exit code is 1 where one is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from render_banner import fonts, photo

from bulkgen.render.banner import RenderCache
from bulkgen.render.clip import Clip
from bulkgen.render.failures import RenderError
from bulkgen.render.layout import lay_out
from bulkgen.render.mp4 import encode_mp4
from bulkgen.render.scene import resolve
from bulkgen.wire.design import Design, parse_design

SIDE, FPS, SECONDS = 1080, 30, 8.0

# Times real time, at least.
DRAWN, CODED = 3.0, 0.8


def design() -> Design:
    def layer(
        name: str, kind: str, box: tuple[float, float, float, float], animation: Mapping[str, Any] | None, **said: Any
    ) -> dict[str, Any]:
        return {
            "name": name,
            "type": kind,
            "layout": dict(zip(("x", "y", "width", "height"), box, strict=True)),
            "attributes": [{"id": key, "value": value} for key, value in said.items()],
            "animation": animation,
        }

    zoom = {"type": "scale", "keyframes": [_frame(0, scale=100), _frame(SECONDS, easing="linear", scale=106)]}
    whole = (0.0, 0.0, float(SIDE), float(SIDE))
    fade = "linear-gradient(0% 0% 0% 100%,0% #0a0e23 0,100% #0a0e23 0.9)"
    title = {
        "start_at_s": 0.4,
        "tweens": [_tween("slide", _frame(0.4, shift_x=-500)), _tween("fade", _frame(0.4, opacity=0))],
    }
    typed = {"start_at_s": 1.4, "tweens": [_tween("textEffect", _frame(1.4, duration=1.5, textEffectType="classic"))]}
    grows = {
        "start_at_s": 3.2,
        "tweens": [_tween("scale", _frame(3.2, scale=0)), _tween("rotate", _frame(3.2, angle=-8))],
    }
    white = "#ffffff"
    return parse_design(
        {
            "id": "motion",
            "type": "animated",
            "animation": {"duration": SECONDS},
            "formats": [{"id": "square", "width": SIDE, "height": SIDE}],
            "elements": [
                layer("root", "container", whole, None, background_color="#14182b"),
                layer("photo", "image", whole, {"tweens": [zoom]}, image_url="photo"),
                layer("shade", "shape", (0, 378, SIDE, 702), None, background_color=fade),
                layer(
                    "title",
                    "text",
                    (80, 690, 960, 150),
                    title,
                    payload="Sale ends Sunday",
                    font_size=108,
                    font_weight=800,
                    color=white,
                ),
                layer(
                    "line",
                    "text",
                    (80, 840, 960, 70),
                    typed,
                    payload="Up to 40 % off every lodge, while they last",
                    font_size=42,
                    color=white,
                ),
                layer(
                    "button",
                    "button",
                    (80, 922, 360, 88),
                    grows,
                    payload="Book your stay",
                    font_size=36,
                    background_color="#ff5a3c",
                    color=white,
                    border_radius=44,
                ),
            ],
        }
    )


def _tween(kind: str, frame: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "keyframes": [frame]}


def _frame(time_s: float, *, duration: float = 0.8, easing: str = "ease_out", **attr: Any) -> dict[str, Any]:
    return {"attr": attr, "data": {"time": time_s, "duration": duration, "easing": easing}}


def clip() -> Clip:
    """With nothing kept from the one before."""
    pictures: dict[str, bytes | RenderError] = {"photo": photo()}
    scene, cache = resolve(design(), "square", {}), RenderCache()
    return Clip(scene, lay_out(scene, fonts(), cache), pictures, cache, on_white=True)


def draw() -> None:
    made = clip()
    for number in range(round(SECONDS * FPS)):
        made.frame(number / FPS)


def code() -> None:
    encode_mp4(clip(), None, FPS)


def times_real_time(work: Callable[[], None], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return SECONDS / statistics.median(took)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    photo(), fonts()  # made once, and no part of a film
    missed = 0
    for what, work, least in (("drawing alone", draw, DRAWN), ("the whole mp4", code, CODED)):
        ratio = times_real_time(work, rounds)
        missed += ratio < least
        print(f"{what}: {ratio:.2f} times real time, {ratio * FPS:.0f} frames a second (at least {least:g} times)")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
