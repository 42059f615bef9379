"""Animated designs of a few layers, and their clips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rendering_cases import FONTS, FORMAT, layer

from bulkgen.render.cache import RenderCache
from bulkgen.render.clip import Clip
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import lay_out
from bulkgen.render.scene import resolve
from bulkgen.wire.design import Design, parse_design

__all__ = ["clip_of", "group", "moving", "moving_design", "tween"]


def tween(kind: str, *times: float, easing: str = "linear", ends: bool = False, **attr: Any) -> dict[str, Any]:
    """One keyframe at the first time; the second is how long it takes."""
    time, duration = times if len(times) == 2 else (0.0, 1.0)
    data = {"type": "end" if ends else "start", "time": time, "duration": duration, "easing": easing}
    return {"type": kind, "keyframes": [{"attr": attr, "data": data}]}


def moving(
    body: dict[str, Any], *tweens: dict[str, Any], start: float | None = None, end: float | None = None
) -> dict[str, Any]:
    return body | {"animation": {"start_at_s": start, "end_at_s": end, "tweens": list(tweens)}}


def group(name: str, members: list[str], **rest: Any) -> dict[str, Any]:
    return layer(name, "group", (0, 0, 400, 300)) | {"layer_ids": members} | rest


def moving_design(
    *layers: dict[str, Any],
    duration: float = 4.0,
    size: tuple[float, float] = (400, 300),
    ground: str = "#ffffff",
    kind: str = "animated",
    still_at: float | None = None,
) -> Design:
    width, height = size
    return parse_design(
        {
            "id": "5f3c1d52-6c1e-4b7a-9e57-0c6c5b1f8a02",
            "name": "Moving",
            "type": kind,
            "animation": {"duration": duration, "screenshot_at_s": still_at},
            "formats": [{"id": FORMAT, "uid": "post-uid", "width": width, "height": height}],
            "elements": [layer("root", "container", (0, 0, width, height), background_color=ground), *layers],
        }
    )


def clip_of(
    design: Design,
    elements: Mapping[str, Any] | None = None,
    pictures: Mapping[str, bytes | RenderError] | None = None,
    fonts: FontLibrary = FONTS,
    *,
    on_white: bool = False,
) -> Clip:
    scene = resolve(design, FORMAT, elements or {})
    cache = RenderCache()
    return Clip(scene, lay_out(scene, fonts, cache), pictures or {}, cache, on_white=on_white)
