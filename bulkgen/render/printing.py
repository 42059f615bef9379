"""A design for print -> a PDF in inks with bleed and marks, or a picture of its trim for screens.

    scene in points -> stand-ins for its inks -> layout -> bleed -> print/document

`Proof` is that picture: what contact sheets and previews show. The colours in it are those that the press would give;
bleed and marks are not in it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

from bulkgen.render.cache import RenderCache
from bulkgen.render.encoders import within
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.print.bleed import bled, outside_safe_zone
from bulkgen.render.print.document import DEFAULT_QUALITY, PrintOptions, PrintPage, write_print
from bulkgen.render.print.inks import Inks
from bulkgen.render.print.press import Press
from bulkgen.render.print.profiles import Profile, find_profile
from bulkgen.render.scene import Scene, resolve
from bulkgen.render.skia_memory import Pixels, Surface
from bulkgen.render.stage import Stage
from bulkgen.render.units import DPI, POINTS_PER_INCH
from bulkgen.render.vectors import draw_vectors
from bulkgen.wire.design import ROOT, Box, Design

# Of a picture that stands for a print: as a browser shows it at its real size.
PROOF_DPI = 96.0

CROP_MARKS = "display_crop_marks"
COLOR_PROFILE = "color_profile"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page of a document: its elements, and the pictures that they name."""

    page_id: str
    elements: Mapping[str, Any]
    pictures: Mapping[str, bytes | RenderError]


@dataclass(frozen=True, slots=True)
class Printed:
    """What was written, and what of the request was left undone."""

    pages: int
    warnings: tuple[str, ...]


def print_pages(
    target: BinaryIO,
    design: Design,
    requests: Iterable[PageRequest],
    fonts: FontLibrary,
    *,
    options: Mapping[str, Any] | None = None,
    quality: int | None = None,
    cache: RenderCache | None = None,
) -> Printed:
    """The pages in their order, each drawn as it is asked for. `options` are the request's `print`.

    Raises RenderError: a page cannot be made, and why; what was written until then is no document.
    """
    given = options or {}
    cache = RenderCache() if cache is None else cache
    first = design.formats[0]
    profile = find_profile(_own(design, COLOR_PROFILE) if (asked := given.get(COLOR_PROFILE)) is None else str(asked))
    has_marks = given.get(CROP_MARKS)
    has_marks = _own(design, CROP_MARKS) is True if has_marks is None else bool(has_marks)
    warnings: dict[str, None] = dict.fromkeys([profile.warning] if profile.warning else [])
    how = PrintOptions(profile, DEFAULT_QUALITY if quality is None else quality, float(first.dpi or DPI))

    def pages(inks: Inks | None) -> Iterator[PrintPage]:
        for request in requests:
            name = f"{request.page_id}: " if design.is_multipage else ""
            with _said_of(name):
                scene = resolve(design, request.page_id, request.elements)
                scene = scene if inks is None else inks.scene(scene)
                placed = lay_out(scene, fonts, cache)
                warnings.update(dict.fromkeys(f"{name}{warning}" for warning in _warnings(scene, placed)))
                page = _page(scene, bled(placed, scene), request.pictures, cache, has_marks=has_marks)
            yield replace(page, draw=partial(_draw_named, name, page.draw))

    drawn = write_print(target, pages, how)
    return Printed(len(drawn), tuple(warnings))


def print_format(
    design: Design,
    format_id: str,
    elements: Mapping[str, Any],
    pictures: Mapping[str, bytes | RenderError],
    fonts: FontLibrary,
    *,
    options: Mapping[str, Any] | None = None,
    quality: int | None = None,
    max_bytes: int | None = None,
    cache: RenderCache | None = None,
) -> tuple[bytes, tuple[str, ...]]:
    """One format, or one page of a multi-page design, as a file. `max_bytes` lowers the quality of its pictures."""
    said: tuple[str, ...] = ()
    only = design.format(format_id)
    one = design if only is None else replace(design, formats=(only,))

    def encode(wanted: int) -> bytes:
        nonlocal said
        body = io.BytesIO()
        request = PageRequest(format_id, elements, pictures)
        printed = print_pages(body, one, [request], fonts, options=options, quality=wanted, cache=cache)
        said = printed.warnings
        return body.getvalue()

    start = DEFAULT_QUALITY if quality is None else quality
    return within(encode, start, max_bytes, is_lossy=True), said


def proof(
    scene: Scene,
    pictures: Mapping[str, bytes | RenderError],
    fonts: FontLibrary,
    cache: RenderCache,
    *,
    dpi: float = PROOF_DPI,
) -> tuple[Pixels, tuple[Placed, ...]]:
    """The trim of a page as pixels, and the layers on it."""
    generic = find_profile(None)
    scene = Inks(generic.body or b"").scene(scene)
    placed = lay_out(scene, fonts, cache)
    scale = dpi / POINTS_PER_INCH
    width, height = scene.format.width, scene.format.height
    surface = Surface.blank(max(round(width * scale), 1), max(round(height * scale), 1))
    surface.canvas.scale(surface.width / width, surface.height / height)
    stage = Stage(surface.canvas, pictures, cache, is_vector=True)
    stage.sharpness, stage.is_paper = scale, True
    draw_vectors(stage, scene, placed, Box(0, 0, width, height))
    return surface.pixels, placed


def _warnings(scene: Scene, placed: Sequence[Placed]) -> tuple[str, ...]:
    return (*scene.warnings, *outside_safe_zone(placed, scene))


@contextmanager
def _said_of(page: str) -> Iterator[None]:
    """An error of one page of many names it."""
    try:
        yield
    except RenderError as error:
        if not page:
            raise
        raise RenderError(f"{page}{error.reason}", layer=error.layer, code=error.code) from error


def _draw_named(page: str, draw: Callable[[Any, Press], None], canvas: Any, press: Press) -> None:
    with _said_of(page):
        draw(canvas, press)


def _page(
    scene: Scene,
    placed: Sequence[Placed],
    pictures: Mapping[str, bytes | RenderError],
    cache: RenderCache,
    *,
    has_marks: bool,
) -> PrintPage:
    width, height, bleed = scene.format.width, scene.format.height, scene.format.bleed_size

    def draw(canvas: Any, press: Press) -> None:
        stage = Stage(canvas, pictures, cache, is_vector=True)
        stage.sharpness, stage.press, stage.is_paper = press.dpi / POINTS_PER_INCH, press, True
        draw_vectors(stage, scene, placed, Box(-bleed, -bleed, width + 2 * bleed, height + 2 * bleed))

    return PrintPage(width, height, bleed, draw, has_marks)


def _own(design: Design, attribute: str) -> Any:
    """What the design itself says, on the root of its first page or format that says it."""
    for item in design.formats:
        for element in design.elements:
            if element.type == "container" or element.name == ROOT:
                value = element.value(attribute, item.id)
                if value is not None:
                    return value
    return None


__all__ = ["PROOF_DPI", "PageRequest", "Printed", "Profile", "print_format", "print_pages", "proof"]
