"""A checked request and its design -> what came of each format: pictures fetched, formats rendered or told why not.

    (entry, request) -> [Made | Failed]

What is done with the outcomes, and when the work is done at all, is `production`'s and `immediate`'s business.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bulkgen.studio.assets import FAILURE_SECONDS, Assets
from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Entry
from bulkgen.studio.needs import Needs
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.pool import RenderPool
from bulkgen.studio.renderer import Renderer, font_folders
from bulkgen.studio.task import Failed, Outcome, Picture, RenderTask
from bulkgen.studio.validation import missing_mandatory
from bulkgen.wire.design import Design
from bulkgen.wire.messages import KB_BYTES, MAX_KB

log = logging.getLogger("bulkgen.studio")

_PASSING_PAUSE_SECONDS = 5.0

# When the failure is no longer remembered: the first who looks again asks for all.
_SECOND_LOOK_SECONDS = FAILURE_SECONDS + 1

# Wait for so long; False: it was not waited.
Rest = Callable[[float], Awaitable[bool]]

# A full disk is often seen to by someone; a run that waits for it longer than some seconds should hear of it.
_PASSING_TRIES = 4

# The API promises that a request is final ten minutes after it began (seed); this leaves one for pictures and retries.
_ALL_FORMATS_SECONDS = 540.0

# A multi-page document is one output; errors need a name for it, and the API has none (reference 3.1, open 6).
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class AssetsOfTypes:
    """What goes to the press may be fetched in sizes that no screen needs (reference 7.5)."""

    screen: Assets
    printed: Assets

    def of(self, design: Design) -> Assets:
        return self.printed if design.type.startswith("printer") else self.screen


class Making:
    def __init__(
        self, options: StudioOptions, assets: AssetsOfTypes, pool: RenderPool, renderer: Renderer, clock: Clock
    ) -> None:
        self._options = options
        self._assets = assets
        self._pool = pool
        self._needs = Needs(renderer.picture_refs)
        self._clock = clock
        self._fonts = font_folders(options)

    def __repr__(self) -> str:
        return f"Making({self._needs}, {self._pool})"

    async def outcomes(
        self,
        entry: Entry,
        request: Mapping[str, Any],
        order: int,
        *,
        rest: Rest | None = None,
        timeout_seconds: float | None = None,
    ) -> list[Outcome]:
        """In the order of the request's formats. The lowest `order` is rendered first. Nothing is raised.

        `rest` is asked to wait where a picture may be had a little later; None: nobody waits for that.
        """
        names = format_ids(entry.design, request)
        if entry.design.is_multipage:
            return [Failed(DOCUMENT, "multi-page documents are not rendered by this studio yet")]
        try:
            made = await self._make(entry, request, names, order, rest, timeout_seconds)
        except Exception as error:
            log.exception("generation failed", extra={"action": "generation_failed"})
            reason = f"it could not be made: {type(error).__name__} in the studio"
            return [Failed(name, reason) for name in names]
        return [made[name] for name in names]

    async def _make(
        self,
        entry: Entry,
        request: Mapping[str, Any],
        names: tuple[str, ...],
        order: int,
        rest: Rest | None,
        timeout_seconds: float | None,
    ) -> dict[str, Outcome]:
        elements = request.get("elements", {})
        refused = {name: reason for name in names if (reason := _refusal(entry.design, elements, name))}
        wanted = tuple(name for name in names if name not in refused)
        made: dict[str, Outcome] = {name: Failed(name, reason) for name, reason in refused.items()}
        if wanted:
            pictures = await self._pictures(entry, wanted, elements, rest)
            task = RenderTask(
                design_body=entry.body,
                format_ids=wanted,
                elements=elements,
                files_folder=str(self._options.files_folder),
                fonts=self._fonts,
                pictures=pictures,
                file_type=request.get("image_file_type"),
                quality=request.get("file_compression_level"),
                max_bytes=int(request[MAX_KB]) * KB_BYTES if MAX_KB in request else None,
                timeout_seconds=timeout_seconds
                or min(self._options.render_timeout_seconds, max(1.0, _ALL_FORMATS_SECONDS / len(wanted))),
            )
            made |= await self._render(order, task)
        return made

    async def _pictures(
        self, entry: Entry, wanted: tuple[str, ...], elements: Mapping[str, Any], rest: Rest | None
    ) -> dict[str, Picture]:
        refs = self._needs.pictures(entry, wanted, elements)
        assets = self._assets.of(entry.design)
        found = await assets.pictures(refs, entry.folder)
        # A host that stumbles for a moment must not cost a row its banners.
        if rest and any(picture.is_passing for picture in found.values()) and await rest(_SECOND_LOOK_SECONDS):
            found = await assets.pictures(refs, entry.folder)
        return found

    async def _render(self, order: int, task: RenderTask) -> dict[str, Outcome]:
        """By format. What failed for a reason that passes is tried again, a little, before it is told."""
        made: dict[str, Outcome] = {}
        for left in reversed(range(_PASSING_TRIES)):
            result = await self._pool.render(order, task)
            made |= {outcome.format_id: outcome for outcome in result.outcomes}
            passing = tuple(name for name, one in made.items() if isinstance(one, Failed) and one.is_passing)
            if not passing or not left:
                break
            log.warning("%s", made[passing[0]], extra={"action": "render_retry"})
            await self._clock.sleep(_PASSING_PAUSE_SECONDS)
            task = replace(task, format_ids=passing)
        return made


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
