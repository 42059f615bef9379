"""What the studio's tests work with: small designs, a stand-in for drawing, and renders that go wrong on purpose.

Importable by worker processes, so the renders that crash one are here and not in the tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from bulkgen.studio import files
from bulkgen.studio.clock import Clock
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.renderer import Renderer
from bulkgen.studio.server import MakeRenderer, StudioServer
from bulkgen.studio.task import Failed, Made, RenderResult, RenderTask
from bulkgen.wire.design import Design

DESIGN_ID = "0d9f7f5e-5c0d-4f4f-9a51-3a1c1c8f0a01"

# Longer than anything here takes; a test that reaches it has hung.
PATIENCE_SECONDS = 60

T = TypeVar("T")


def run(work: Awaitable[T], seconds: float = PATIENCE_SECONDS) -> T:
    async def main() -> T:
        async with asyncio.timeout(seconds):
            return await work

    return asyncio.run(main())


def design_body(design_id: str = DESIGN_ID, name: str = "Card", **more: Any) -> dict[str, Any]:
    """Two formats: a ground, a photo, a title and a rating, with no picture of the design's own."""
    box = {"x": 8, "y": 8, "width": 184, "height": 60}
    return {
        "id": design_id,
        "name": name,
        "type": "static",
        "created_at": 1_700_000_000,
        "updated_at": 1_700_000_100,
        "formats": [
            {"id": "wide", "uid": "11111111-1111-4111-8111-111111111111", "width": 200, "height": 100},
            {"id": "tall", "uid": "22222222-2222-4222-8222-222222222222", "width": 100, "height": 200},
        ],
        "elements": [
            {
                "name": "root",
                "type": "container",
                "attributes": [{"id": "background_color", "value": "#ffffff"}],
                "layout": {
                    "wide": {"x": 0, "y": 0, "width": 200, "height": 100},
                    "tall": {"x": 0, "y": 0, "width": 100, "height": 200},
                },
            },
            {
                "name": "photo",
                "type": "image",
                "attributes": [{"id": "fitting_type", "value": "cover"}],
                "layout": {"x": 0, "y": 0, "width": 100, "height": 100},
            },
            {
                "name": "title",
                "type": "text",
                "attributes": [
                    {"id": "payload", "value": "Title of {city}"},
                    {"id": "color", "value": "#111111"},
                    {"id": "font_size", "value": 14},
                ],
                "layout": {"wide": box, "tall": {**box, "width": 84}},
            },
        ],
        **more,
    }


def write_design(folder: Path, body: Mapping[str, Any] | None = None, *, name: str = "card") -> Path:
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    (target / "design.json").write_text(json.dumps(body or design_body()), encoding="utf-8")
    return target


def paint(task: RenderTask) -> RenderResult:
    """A stand-in for drawing: the file says what it was made of; the title `fail` fails."""
    outcomes: list[Made | Failed] = []
    for format_id in task.format_ids:
        title = task.elements.get("title", {}).get("payload")
        missing = [f"{picture.layer}: {picture.reason}" for picture in task.pictures.values() if not picture.path]
        if title == "fail" or missing:
            outcomes.append(Failed(format_id, missing[0] if missing else "asked to fail"))
            continue
        shown = sorted(Path(picture.path).read_text("latin-1") for picture in task.pictures.values() if picture.path)
        body = json.dumps([format_id, dict(task.elements), shown]).encode()
        key = files.keep(Path(task.files_folder), body, "png")
        outcomes.append(Made(format_id, key, "png", 10, 20, len(body)))
    return RenderResult(tuple(outcomes))


@dataclass
class Easel:
    """`paint` behind a gate, counted."""

    gate: threading.Event = field(default_factory=threading.Event)
    tasks: list[RenderTask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def render(self, task: RenderTask) -> RenderResult:
        self.tasks.append(task)
        assert self.gate.wait(PATIENCE_SECONDS)
        return paint(task)


def picture_refs(design: Design, format_ids: Sequence[str], elements: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, overrides in elements.items():
        ref = overrides.get("image_url") or overrides.get("image_encoded")
        if ref:
            found[ref] = name
    return found


def stand_in(
    render: Callable[[RenderTask], RenderResult] = paint, make_executor: Callable[[], Executor] | None = None
) -> MakeRenderer:
    def make(options: StudioOptions) -> Renderer:
        return Renderer(
            render=render,
            picture_refs=picture_refs,
            make_executor=make_executor or (lambda: ThreadPoolExecutor(options.worker_count)),
            fonts=(
                {"id": "f1", "name": "Éclair Sans", "available_weights": [400, "700-italic"], "type": "custom"},
                {"id": "f2", "name": "Block", "available_weights": [900], "type": "custom", "category": "display"},
            ),
        )

    return make


@contextlib.asynccontextmanager
async def studio(
    folder: Path,
    *,
    render: Callable[[RenderTask], RenderResult] = paint,
    make_executor: Callable[[], Executor] | None = None,
    clock: Clock | None = None,
    **options: Any,
) -> AsyncIterator[tuple[StudioServer, aiohttp.ClientSession]]:
    """A studio of `folder` with the designs in `folder/designs`, and a client of it."""
    designs = folder / "designs"
    if not designs.exists():
        write_design(designs)
    settings = StudioOptions(folder=folder / "studio", designs=(designs,), workers=2, **options)
    server = StudioServer(settings, clock, make_renderer=stand_in(render, make_executor))
    async with server, aiohttp.ClientSession(server.base_url) as client:
        yield server, client


async def generate(
    client: aiohttp.ClientSession, body: Mapping[str, Any] | None = None, *, key: str | None = None
) -> str:
    headers = {"Idempotency-Key": key} if key else {}
    async with client.post(f"/async/banner-builder/{DESIGN_ID}/generate", json=body or {}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["generation_request_id"])


async def read(client: aiohttp.ClientSession, path: str, **more: Any) -> tuple[int, Any]:
    async with client.get(path, **more) as answer:
        return answer.status, await answer.json()


async def result(server: StudioServer, client: aiohttp.ClientSession, generation_id: str) -> Any:
    """The final answer, waited for without polling."""
    production = server._production
    assert production is not None
    await production.idle()
    status, body = await read(client, f"/generation-request/{generation_id}")
    assert status == 200, body
    return body


async def until(condition: Callable[[], bool]) -> None:
    """For what another thread or the studio's own loop does, and tells nobody."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def site(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[str]:
    """Somebody else's web server, on loopback."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


# --- renders that go wrong, for real worker processes


def die_on_tall(task: RenderTask) -> RenderResult:
    """Ends its process when the title is `die`, at the format `tall`."""
    for format_id in task.format_ids:
        if format_id == "tall" and task.elements.get("title", {}).get("payload") == "die":
            os._exit(7)
    return paint(task)


def process_id(task: RenderTask) -> RenderResult:
    return RenderResult((Failed("wide", str(os.getpid())),))


def _with_banner(draw: Callable[..., Any], task: RenderTask) -> RenderResult:
    """The worker's own entry, with `draw` in the place of the renderer. Only ever called in a worker process."""
    from bulkgen.studio import worker

    worker.render_banner = draw
    worker._fonts = lambda folders: None  # type: ignore[assignment]
    worker._HARD_AFTER_SECONDS = 0.3
    return worker.render_generation(task)


def loop_forever(task: RenderTask) -> RenderResult:
    def draw(*_: Any, **__: Any) -> None:
        while True:
            pass

    return _with_banner(draw, task)


def hang_in_c(task: RenderTask) -> RenderResult:
    """One call into C that never looks for signals."""

    def draw(*_: Any, **__: Any) -> None:
        sum(itertools.repeat(1, 10**15))

    return _with_banner(draw, task)


def eat_memory(task: RenderTask) -> RenderResult:
    def draw(*_: Any, **__: Any) -> None:
        bytearray(4 << 30)

    return _with_banner(draw, task)


def linger(task: RenderTask) -> RenderResult:
    """So long that a studio killed while it rendered is killed while it rendered."""
    time.sleep(0.02)
    return paint(task)
