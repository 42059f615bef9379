"""The way of an accepted generation: taken up in order, its pictures fetched, rendered, recorded, told.

    store (accepted) -> pictures -> pool -> store (finalized) -> callbacks

At most a window of generations is under way, so that pictures are being fetched while others are rendered and memory
does not grow with the line. What fails becomes a reason in the result; a store that cannot be written is tried again
until it can, since the work is promised.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from bulkgen.studio.assets import Assets
from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Catalog, Entry
from bulkgen.studio.errors import StoreError
from bulkgen.studio.needs import Needs
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.pool import RenderPool
from bulkgen.studio.records import Generation
from bulkgen.studio.renderer import Renderer, font_folders
from bulkgen.studio.results import Lineage, build_result
from bulkgen.studio.store import Store
from bulkgen.studio.task import Failed, Outcome, RenderTask
from bulkgen.studio.validation import missing_mandatory
from bulkgen.wire.design import Design

log = logging.getLogger("bulkgen.studio")

# Per worker: enough pictures under way to keep it busy when each takes ten times as long to come as to be drawn.
_WINDOW_PER_WORKER = 16

_STORE_PAUSE_SECONDS = 5.0

# What is held back does nothing, and must not keep others from their turn: more than a run has in flight.
_HELD_BACK_WINDOW = 100_000

# A full disk is often seen to by someone; a run that waits for it longer than some seconds should hear of it.
_PASSING_TRIES = 4

# A multi-page document is one output; errors need a name for it, and the API has none (reference 3.1, open 6).
DOCUMENT = "document"


class Production:
    """Runs until cancelled. `hold_back`: how long from now a generation must wait, as at a slow provider."""

    def __init__(
        self,
        options: StudioOptions,
        store: Store,
        catalog: Catalog,
        assets: Assets,
        pool: RenderPool,
        renderer: Renderer,
        clock: Clock,
        on_finalized: Callable[[], None],
        hold_back: Callable[[Generation], float] | None = None,
    ) -> None:
        self._options = options
        self._store = store
        self._catalog = catalog
        self._assets = assets
        self._pool = pool
        self._needs = Needs(renderer.picture_refs)
        self._clock = clock
        self._on_finalized = on_finalized
        self._fonts = font_folders(options)
        self._hold_back = hold_back
        self._window = asyncio.Semaphore(_HELD_BACK_WINDOW if hold_back else options.worker_count * _WINDOW_PER_WORKER)
        self._line: deque[Generation] = deque()
        self._taken = 0
        self._under_way = 0
        self._versions = asyncio.Lock()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()

    def __repr__(self) -> str:
        return f"Production(taken={self._taken}, at_hand={len(self._line)}, under_way={self._under_way})"

    def wake(self) -> None:
        """Something was accepted."""
        self._idle.clear()
        self._arrived.set()

    async def idle(self) -> None:
        """Until all that was accepted is finalized."""
        await self._idle.wait()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await self._window.acquire()
                generation = await self._next()
                self._under_way += 1
                group.create_task(self._produce(generation), name=f"generation {generation.id}")

    async def _next(self) -> Generation:
        while not self._line:
            # Cleared before looking, so that what arrives while we look is looked for again.
            self._arrived.clear()
            self._line.extend(await self._look())
            if self._line:
                break
            self._note_idle()
            await self._arrived.wait()
        generation = self._line.popleft()
        self._taken = generation.sequence
        return generation

    async def _look(self) -> list[Generation]:
        while True:
            try:
                return self._store.accepted_after(self._taken, self._options.worker_count * _WINDOW_PER_WORKER)
            except StoreError as error:
                log.warning("%s", error, extra={"action": "store_retry"})
                await self._clock.sleep(_STORE_PAUSE_SECONDS)

    def _note_idle(self) -> None:
        if not self._under_way and not self._line and not self._arrived.is_set():
            self._idle.set()

    async def _produce(self, generation: Generation) -> None:
        try:
            self._store.start(generation.sequence)
            if self._hold_back is not None:
                await self._clock.sleep(max(0.0, self._hold_back(generation)))
            entry = self._catalog.get(generation.design_id)
            outcomes = await self._outcomes(generation, entry)
            await self._record(generation, entry.design if entry else None, outcomes)
        finally:
            self._under_way -= 1
            self._window.release()
            self._note_idle()

    async def _outcomes(self, generation: Generation, entry: Entry | None) -> list[Outcome]:
        if entry is None:
            names = generation.request.get("template_format_names") or [DOCUMENT]
            return [Failed(name, "the design is no longer there") for name in names]
        design = entry.design
        try:
            return await self._make(generation, entry)
        except Exception as error:
            log.exception("generation failed", extra={"action": "generation_failed"})
            reason = f"it could not be made: {type(error).__name__} in the studio"
            return [Failed(name, reason) for name in format_ids(design, generation.request)]

    async def _make(self, generation: Generation, entry: Entry) -> list[Outcome]:
        design, request = entry.design, generation.request
        names = format_ids(design, request)
        if design.is_multipage:
            return [Failed(DOCUMENT, "multi-page documents are not rendered by this studio yet")]
        elements = request.get("elements", {})
        refused = {name: reason for name in names if (reason := _refusal(design, elements, name))}
        wanted = tuple(name for name in names if name not in refused)
        made: dict[str, Outcome] = {name: Failed(name, reason) for name, reason in refused.items()}
        if wanted:
            refs = self._needs.pictures(entry, wanted, elements)
            task = RenderTask(
                design_body=entry.body,
                format_ids=wanted,
                elements=elements,
                files_folder=str(self._options.files_folder),
                fonts=self._fonts,
                pictures=await self._assets.pictures(refs, entry.folder),
                file_type=request.get("image_file_type"),
                quality=request.get("file_compression_level"),
                timeout_seconds=self._options.render_timeout_seconds,
            )
            made |= await self._render(generation.sequence, task)
        return [made[name] for name in names]

    async def _render(self, sequence: int, task: RenderTask) -> dict[str, Outcome]:
        """By format. What failed for a reason that passes is tried again, a little, before it is told."""
        made: dict[str, Outcome] = {}
        for left in reversed(range(_PASSING_TRIES)):
            result = await self._pool.render(sequence, task)
            made |= {outcome.format_id: outcome for outcome in result.outcomes}
            passing = tuple(name for name, one in made.items() if isinstance(one, Failed) and one.is_passing)
            if not passing or not left:
                break
            log.warning("%s", made[passing[0]], extra={"action": "render_retry"})
            await self._clock.sleep(_STORE_PAUSE_SECONDS)
            task = replace(task, format_ids=passing)
        return made

    async def _record(self, generation: Generation, design: Design | None, outcomes: list[Outcome]) -> None:
        # Two versions of one banner that are made at once must not get the same number.
        async with self._versions if "original_visual_id" in generation.request else contextlib.nullcontext():
            result, banners = build_result(generation.id, design, outcomes, self._lineage(generation))
            body = orjson.dumps(result)
            await self._persist(lambda: self._store.finalize(generation.sequence, body, banners, self._clock.now()))
        self._on_finalized()

    def _lineage(self, generation: Generation) -> Lineage | None:
        original = generation.request.get("original_visual_id")
        found = self._store.banner(original.lower()) if original else None
        if found is None:
            return None
        sharing_id = found[0].sharing_id
        return Lineage(sharing_id, self._store.last_version(sharing_id) + 1)

    async def _persist(self, write: Callable[[], Any]) -> None:
        while True:
            try:
                await write()
                return
            except StoreError as error:
                log.warning("%s", error, extra={"action": "store_retry"})
                await self._clock.sleep(_STORE_PAUSE_SECONDS)


def format_ids(design: Design, request: Mapping[str, Any]) -> tuple[str, ...]:
    """What a checked request asks for, each once: its outputs."""
    if design.is_multipage:
        return (DOCUMENT,)
    named = request.get("template_format_names") or [item.id for item in design.formats]
    return tuple(dict.fromkeys(item.id if (item := design.format(name)) else name for name in named))


def _refusal(design: Design, elements: Mapping[str, Any], format_id: str) -> str | None:
    if design.format(format_id) is None:
        return "the design no longer has this format"
    return missing_mandatory(design, elements, format_id)
