"""An animated format -> its file: which of `mp4`, `gif` and `html5` makes it, with which of the request's options.

The makers are loaded when they are needed: a static banner needs neither a video library nor a page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.render.cache import RenderCache
from bulkgen.render.clip import Clip
from bulkgen.render.failures import INVALID_FILE_TYPE, RenderError
from bulkgen.render.layout import Placed
from bulkgen.render.scene import Scene
from bulkgen.wire.design import FILE_TYPES

# What mail programs and feeds still load before a person has gone on.
_HEAVY_GIF_BYTES = 5_000_000

# Of a frame: what players and coders take at most, 4096 px square, with room in a worker for what is drawn beside it.
FRAME_PIXELS_MAX = 16_777_216


@dataclass(frozen=True, slots=True)
class Motion:
    """`fallback` is the JPEG that stands for the file where it cannot play."""

    body: bytes
    file_type: str
    fallback: bytes | None
    duration_s: float
    warnings: tuple[str, ...]


def motion_type(asked: str | None) -> str:
    """Raises RenderError: an animated design is no such file."""
    if asked in (None, "auto"):
        return FILE_TYPES["animated"][0]
    if asked not in FILE_TYPES["animated"]:
        raise RenderError(
            f"image_file_type {asked} is not for animated designs ({', '.join(FILE_TYPES['animated'])} are)",
            code=INVALID_FILE_TYPE,
        )
    return asked


def render_motion(
    scene: Scene,
    placed: Sequence[Placed],
    kind: str | None,
    options: Mapping[str, Mapping[str, Any]],
    pictures: Mapping[str, bytes | RenderError],
    cache: RenderCache,
    *,
    quality: int | None = None,
    max_bytes: int | None = None,
) -> Motion:
    """`options` are the request's `video`, `gif` and `html5`; `quality`: of an mp4, or of photos.

    Raises RenderError.
    """
    kind = motion_type(kind)
    width, height = round(scene.format.width), round(scene.format.height)
    if width * height > FRAME_PIXELS_MAX:
        raise RenderError(
            f"{kind} is too large: {width:,} x {height:,} px, over {FRAME_PIXELS_MAX:,} pixels a frame; "
            "make the format smaller"
        )
    clip = Clip(scene, placed, pictures, cache, on_white=kind != "html5")
    asked = options.get("video" if kind == "mp4" else kind) or {}
    said = {name: value for name, value in asked.items() if value is not None}
    try:
        return _MAKERS[kind](clip, _Request(scene, said, pictures, quality, max_bytes))
    except ImportError as error:
        raise RenderError(f"mp4 and gif need the video extra: pip install 'bulkgen[video]' ({error})") from error
    finally:
        clip.close()


@dataclass(frozen=True, slots=True)
class _Request:
    scene: Scene
    options: Mapping[str, Any]
    pictures: Mapping[str, bytes | RenderError]
    quality: int | None
    max_bytes: int | None


def _mp4(clip: Clip, request: _Request) -> Motion:
    from bulkgen.render.mp4 import DEFAULT_FPS, encode_mp4, film_size
    from bulkgen.render.soundtrack import soundtrack_of

    sound = soundtrack_of(request.scene, request.pictures)
    fps = float(request.options.get("fps", DEFAULT_FPS))
    body = encode_mp4(clip, sound, fps, quality=request.quality, max_bytes=request.max_bytes)
    width, height = film_size(clip.width, clip.height)
    is_padded = (width, height) != (clip.width, clip.height)
    said = f"the mp4 has {width} x {height} px, since its sides must be even: the last pixels are there twice"
    return Motion(body, "mp4", None, clip.duration_s, (said,) if is_padded else ())


def _gif(clip: Clip, request: _Request) -> Motion:
    from bulkgen.render.gif import DEFAULT_FPS, FOREVER, encode_gif

    fps = float(request.options.get("max_fps", DEFAULT_FPS))
    repeat = int(request.options.get("repeat", FOREVER))
    body = encode_gif(clip, fps, repeat, request.max_bytes)
    said = (f"this GIF has {len(body) / 1e6:,.0f} MB: mp4 is far smaller, and max_kb bounds it",)
    return Motion(body, "gif", None, clip.duration_s, said if len(body) > _HEAVY_GIF_BYTES else ())


def _html5(clip: Clip, request: _Request) -> Motion:
    from bulkgen.render.html5 import pack_html5

    packed = pack_html5(clip, request.options, request.pictures, quality=request.quality, max_bytes=request.max_bytes)
    return Motion(packed.body, "zip", packed.fallback, clip.duration_s, packed.warnings)


_MAKERS: Mapping[str, Callable[[Clip, _Request], Motion]] = {"mp4": _mp4, "gif": _gif, "html5": _html5}
