"""What the studio asks of rendering, as one value, so that the server is put together in one place.

`standard` is the real thing. A test, or a machine elsewhere (any `Executor`), passes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bulkgen.studio.errors import StudioError
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.pool import MakeExecutor, Render, WorkerPool
from bulkgen.wire.design import Design

PictureRefs = Callable[[Design, Sequence[str], Mapping[str, Any]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Renderer:
    """`picture_refs`: design, formats, elements -> reference of each picture needed, and a layer that shows it."""

    render: Render
    picture_refs: PictureRefs
    make_executor: MakeExecutor
    fonts: tuple[Mapping[str, Any], ...] = ()


def standard(options: StudioOptions) -> Renderer:
    """Imports the drawing libraries. Raises StudioError where they or the fonts cannot be used."""
    try:
        from bulkgen.render.banner import picture_refs
        from bulkgen.render.fonts import FontCatalogueError, FontLibrary
        from bulkgen.studio.worker import enter_worker, render_generation
    except ImportError as error:
        raise StudioError(
            f"the drawing libraries cannot be loaded: {error}",
            hint="Slim systems need libGL, libEGL and libexpat: apt-get install libgl1 libegl1 libexpat1.",
        ) from error
    try:
        fonts = FontLibrary(list(options.fonts)).describe()
    except FontCatalogueError as error:
        raise StudioError(str(error), hint="Name a folder of fonts.") from error

    def make_executor() -> WorkerPool:
        return WorkerPool(options.worker_count, enter_worker, options.worker_memory_bytes)

    return Renderer(render_generation, picture_refs, make_executor, tuple(fonts))


def font_folders(options: StudioOptions) -> tuple[str, ...]:
    return tuple(str(Path(folder).resolve()) for folder in options.fonts)
