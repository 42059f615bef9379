"""A renderer that draws nothing: every format is one prepared pixel, at once. For measuring all that is not drawing.

Sizes told are those of the design's formats, as if it had been drawn. Pictures are not fetched, and no worker
process is started.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import orjson

from bulkgen.studio import files
from bulkgen.studio.renderer import Renderer
from bulkgen.studio.task import Made, RenderResult, RenderTask
from bulkgen.wire.design import Design, parse_design

_PIXELS = {
    "png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg=="
    ),
    "jpeg": base64.b64decode(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP/////////////////////////////////////////////////////////////"
        "/////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAA"
        "AAAAD/2gAIAQEAAD8AR//Z"
    ),
}


def null_renderer() -> Renderer:
    return Renderer(render=NullRender(), picture_refs=_no_pictures, make_executor=InlineExecutor)


class NullRender:
    """Writes each pixel once for a folder, so that a render costs no disk."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], str] = {}

    def __repr__(self) -> str:
        return f"NullRender(written={len(self._keys)})"

    def __call__(self, task: RenderTask) -> RenderResult:
        design = _design(task.design_body)
        file_type = "png" if task.file_type == "png" else "jpeg"
        key = self._keys.get((task.files_folder, file_type))
        if key is None:
            key = files.keep(Path(task.files_folder), _PIXELS[file_type], file_type)
            self._keys[task.files_folder, file_type] = key
        return RenderResult(tuple(_made(design, name, key, file_type) for name in task.format_ids))


class InlineExecutor(Executor):
    """Runs what it is given at once, in the event loop: there is nothing worth another thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _made(design: Design, format_id: str, key: str, file_type: str) -> Made:
    item = design.format(format_id)
    width, height = (round(item.width), round(item.height)) if item else (1, 1)
    return Made(format_id, key, file_type, width, height, len(_PIXELS[file_type]))


@functools.lru_cache(maxsize=32)
def _design(body: bytes) -> Design:
    return parse_design(orjson.loads(body))


def _no_pictures(design: Design, format_ids: Sequence[str], elements: Mapping[str, Any]) -> Mapping[str, str]:
    return {}
