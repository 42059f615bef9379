"""One format of a design -> one file: the entry of this package, beside `document` for designs of several pages.

scene -> layout -> paint -> encode; of what moves or is printed `motion` and `printing` do the last two. The unchanged
layers at the bottom are painted once for a run: the next banner of the same format starts from their pixels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bulkgen.render.cache import RenderCache
from bulkgen.render.clip import Clip
from bulkgen.render.encoders import DEFAULT_QUALITY, ENCODERS, FILE_TYPES, LOSSY, Sheet, within
from bulkgen.render.failures import INVALID_FILE_TYPE, RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.motion import motion_type, render_motion
from bulkgen.render.painters import paint_layer
from bulkgen.render.painters.group import GroupShadow, group_shadows, paint_group_shadow
from bulkgen.render.paints import fill_rectangle
from bulkgen.render.scene import WHITE, Scene, resolve
from bulkgen.render.skia_memory import Pixels, Surface, write_pdf
from bulkgen.render.sources import picture_refs
from bulkgen.render.stage import VECTOR_PIXELS, Stage
from bulkgen.render.vectors import draw_vectors, group_said, layer_said
from bulkgen.wire.colors import is_see_through
from bulkgen.wire.design import Box, Design

# Of one banner: with what its encoder needs beside it, what a worker can hold. A poster of A1 at 300 dpi has 70
# million.
PIXELS_MAX = 100_000_000

__all__ = ["RenderCache", "RenderedBanner", "picture_refs", "render_banner"]


@dataclass(frozen=True, slots=True)
class RenderedBanner:
    """A file, and what of the request was left undone."""

    body: bytes
    file_type: str
    width: int
    height: int
    warnings: tuple[str, ...]
    fallback: bytes | None = None  # the JPEG that stands for a file where it cannot play
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Flat:
    """The pixels of the bottom layers."""

    pixels: Pixels

    @property
    def size_bytes(self) -> int:
        return int(self.pixels.nbytes)


def render_banner(
    design: Design,
    format_id: str,
    elements: Mapping[str, Any],
    pictures: Mapping[str, bytes | RenderError],
    fonts: FontLibrary,
    *,
    file_type: str | None = None,
    quality: int | None = None,
    max_bytes: int | None = None,
    cache: RenderCache | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    at_s: float | None = None,
) -> RenderedBanner:
    """`max_bytes` lowers the quality until the file fits; `options` are the request's, by file type.

    A picture of an animated design is its frame at `at_s`, without one at the moment that stands for the whole.
    Raises RenderError: this format of this request cannot be made, and why.
    """
    scene = resolve(design, format_id, elements)
    cache = RenderCache() if cache is None else cache
    if design.type.startswith("printer"):
        return _render_print(
            design, scene, elements, pictures, fonts, file_type, quality, max_bytes, cache, (options or {}).get("print")
        )
    width, height = round(scene.format.width), round(scene.format.height)
    is_animated = design.type == "animated"
    if is_animated and file_type not in ENCODERS:
        asked = motion_type(file_type)
        placed = lay_out(scene, fonts, cache)
        made = render_motion(scene, placed, asked, options or {}, pictures, cache, quality=quality, max_bytes=max_bytes)
        said = (*scene.warnings, *made.warnings)
        return RenderedBanner(made.body, made.file_type, width, height, said, made.fallback, made.duration_s)
    kind = _file_type(file_type, scene, design.type)
    placed = lay_out(scene, fonts, cache)
    start = DEFAULT_QUALITY[kind] if quality is None else quality
    if kind == "pdf":
        encode = partial(_write_pdf, scene, placed, pictures, cache)
    else:
        _refuse_vast(kind, width, height)
        if is_animated:
            clip = Clip(scene, placed, pictures, cache, on_white=kind == "jpeg")
            pixels = clip.frame(clip.still_at_s if at_s is None else at_s)
            clip.close()
        else:
            pixels = _paint(scene, placed, pictures, cache, (width, height), on_white=kind == "jpeg")
        is_opaque = kind == "jpeg" or not is_see_through(scene.background)
        has_photo = any(item.layer.type == "image" for item in placed)
        encode = partial(_encode, kind, pixels, is_opaque=is_opaque, has_photo=has_photo)
    body = within(encode, start, max_bytes, is_lossy=kind in LOSSY)
    return RenderedBanner(body, kind, width, height, scene.warnings)


def _render_print(
    design: Design,
    scene: Scene,
    elements: Mapping[str, Any],
    pictures: Mapping[str, bytes | RenderError],
    fonts: FontLibrary,
    file_type: str | None,
    quality: int | None,
    max_bytes: int | None,
    cache: RenderCache,
    options: Mapping[str, Any] | None,
) -> RenderedBanner:
    """The file for a print shop; as any other type a picture of it, which is for previews."""
    # Loaded here: a screen needs none of it.
    from bulkgen.render import printing

    item = design.format(scene.format.id) or scene.format
    if file_type in (None, "auto", "pdf"):
        body, warnings = printing.print_format(
            design,
            item.id,
            elements,
            pictures,
            fonts,
            options=options,
            quality=quality,
            max_bytes=max_bytes,
            cache=cache,
        )
        return RenderedBanner(body, "pdf", round(item.width), round(item.height), warnings)
    kind = _file_type(file_type, scene, design.type)
    pixels, placed = printing.proof(scene, pictures, fonts, cache)
    has_photo = any(one.layer.type == "image" for one in placed)
    is_opaque = kind == "jpeg" or not is_see_through(scene.background)
    encode = partial(_encode, kind, pixels, is_opaque=is_opaque, has_photo=has_photo)
    body = within(encode, DEFAULT_QUALITY[kind] if quality is None else quality, max_bytes, is_lossy=kind in LOSSY)
    return RenderedBanner(body, kind, pixels.shape[1], pixels.shape[0], scene.warnings)


def _refuse_vast(kind: str, width: int, height: int) -> None:
    if width * height > PIXELS_MAX:
        raise RenderError(
            f"{kind} is too large: {width:,} x {height:,} px, over {PIXELS_MAX // 1_000_000} megapixels; "
            "make the format smaller, or ask for a pdf"
        )


def _file_type(asked: str | None, scene: Scene, design_type: str) -> str:
    """PNG where the ground lets through, as JPEG has no way to say so (reference 8.1)."""
    if asked in (None, "auto"):
        if design_type != "static":
            raise RenderError(f"{design_type} designs are not available on this provider", code=INVALID_FILE_TYPE)
        return "png" if is_see_through(scene.background) else "jpeg"
    if asked not in FILE_TYPES:
        raise RenderError(
            f"image_file_type {asked} is not available on this provider ({', '.join(FILE_TYPES)} are)",
            code=INVALID_FILE_TYPE,
        )
    return asked


def _encode(kind: str, pixels: Pixels, quality: int, *, is_opaque: bool, has_photo: bool) -> bytes:
    return ENCODERS[kind](Sheet(pixels, is_opaque, has_photo, quality))


def _write_pdf(
    scene: Scene,
    placed: Sequence[Placed],
    pictures: Mapping[str, bytes | RenderError],
    cache: RenderCache,
    quality: int,
) -> bytes:
    """One page of shapes, letters and pictures. Nothing is flattened: it would be pixels."""
    width, height = scene.format.width, scene.format.height

    def draw(canvas: Any) -> None:
        stage = Stage(canvas, pictures, cache, is_vector=True)
        draw_vectors(stage, scene, placed, Box(0, 0, width, height))

    return write_pdf([(width, height, draw)], picture_quality=quality, pixels_per_px=VECTOR_PIXELS)


def _paint(
    scene: Scene,
    placed: Sequence[Placed],
    pictures: Mapping[str, bytes | RenderError],
    cache: RenderCache,
    size: tuple[int, int],
    *,
    on_white: bool,
) -> Pixels:
    surface = Surface.blank(*size)
    stage = Stage(surface.canvas, pictures, cache)
    shadows = group_shadows(scene, placed)
    stack = _stack(scene, placed, stage, size, shadows, on_white=on_white)
    shared = cache.shared_with_last((scene.design_id, scene.format.id), stack)
    done = 0
    for count in range(shared, 0, -1):
        flat = cache.find(("flat", stack[count - 1]))
        if isinstance(flat, _Flat):
            surface.pixels[:] = flat.pixels
            done = count
            break
    if not done:
        ground = Box(0, 0, *size)
        if on_white and is_see_through(scene.background):
            fill_rectangle(stage, WHITE, ground)
        fill_rectangle(stage, scene.background, ground)
        done = 1
    # The ground is the first entry of the stack, so layer i is entry i + 1.
    for index in range(done, len(stack)):
        if index == shared > done:
            cache.keep(("flat", stack[index - 1]), _Flat(surface.pixels.copy()))
        for cast in shadows.get(index - 1, ()):
            paint_group_shadow(stage, cast, placed, group_said(stage, cast, placed), paint_layer)
        paint_layer(stage, placed[index - 1])
    if shared == len(stack) > done:
        cache.keep(("flat", stack[-1]), _Flat(surface.pixels.copy()))
    return surface.pixels


def _stack(
    scene: Scene,
    placed: Sequence[Placed],
    stage: Stage,
    size: tuple[int, int],
    shadows: Mapping[int, Sequence[GroupShadow]],
    *,
    on_white: bool,
) -> tuple[str, ...]:
    """A hash per layer of everything that decides its pixels and those of all below it; the ground comes first."""
    chain = hashlib.blake2b(repr((size, on_white, scene.background)).encode(), digest_size=16)
    stack = [chain.hexdigest()]
    for index, item in enumerate(placed):
        for cast in shadows.get(index, ()):
            chain.update(group_said(stage, cast, placed).encode("utf-8", "replace"))
        chain.update(layer_said(stage, item).encode("utf-8", "replace"))
        stack.append(chain.hexdigest())
    return tuple(stack)
