"""A checked request and its design -> what came of each format: pictures fetched, formats rendered or told why not.

    (entry, request) -> [Made | Failed]

What is done with the outcomes, and when the work is done at all, is `production`'s and `immediate`'s business.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bulkgen.studio.assets import FAILURE_SECONDS, Assets
from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Entry
from bulkgen.studio.needs import Needs
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.pool import RenderPool
from bulkgen.studio.renderer import Renderer, font_folders
from bulkgen.studio.task import Failed, Made, Outcome, Picture, RenderTask
from bulkgen.studio.validation import missing_mandatory
from bulkgen.wire.design import Design
from bulkgen.wire.messages import KB_BYTES, MAX_KB
from bulkgen.wire.output_options import GROUPS
from bulkgen.wire.prices import credits_of

log = logging.getLogger("bulkgen.studio")

_PASSING_PAUSE_SECONDS = 5.0

# When the failure is no longer remembered: the first who looks again asks for all.
_SECOND_LOOK_SECONDS = FAILURE_SECONDS + 1

# Wait for so long; False: it was not waited.
Rest = Callable[[float], Awaitable[bool]]

# A full disk is often seen to by someone; a run that waits for it longer than some seconds should hear of it.
_PASSING_TRIES = 4

# A film is drawn picture by picture, and a document page by page: what a banner may take is not what they may.
_QUICK = ("static", "printer")

# The API promises that a request is final ten minutes after it began (seed); this leaves one for pictures and retries.
_ALL_FORMATS_SECONDS = 540.0

# A multi-page document is one output; errors need a name for it, and the API has none (reference 3.1, open 6).
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class AssetsOfTypes:
    """What goes to the press may be fetched in sizes that no screen needs, and films in others (reference 7.5, 7.7)."""

    screen: Assets
    printed: Assets
    films: Assets
    sounds: Assets

    async def pictures(self, entry: Entry, refs: Mapping[str, str]) -> dict[str, Picture]:
        """`refs`: reference -> a layer that shows or plays it."""
        design, folder = entry.design, entry.folder
        if design.type.startswith("printer"):
            return await self.printed.pictures(refs, folder)
        if design.type != "animated":
            return await self.screen.pictures(refs, folder)
        found: dict[str, Picture] = {}
        for assets, wanted in self._apart(design, refs):
            found |= await assets.pictures(wanted, folder)
        return found

    def _apart(self, design: Design, refs: Mapping[str, str]) -> Iterator[tuple[Assets, Mapping[str, str]]]:
        types = {layer: element.type for layer in refs.values() if (element := design.element(layer))}
        of_type = {"video": self.films, "audio": self.sounds}
        for assets in (self.screen, self.films, self.sounds):
            wanted = {
                ref: layer for ref, layer in refs.items() if of_type.get(types.get(layer, ""), self.screen) is assets
            }
            if wanted:
                yield assets, wanted


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
        elements, pages = request.get("elements", {}), request.get("pages", {})
        refused = {name: reason for name in names if (reason := _refusal(entry.design, elements, pages, name))}
        wanted = tuple(name for name in names if name not in refused)
        made: dict[str, Outcome] = {name: Failed(name, reason) for name, reason in refused.items()}
        if wanted:
            pictures = await self._pictures(entry, self._refs(entry, wanted, elements, pages), rest)
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
                options={name: request[name] for name in GROUPS if name in request},
                pages=pages if entry.design.is_multipage else None,
                timeout_seconds=timeout_seconds or self._timeout_seconds(entry.design, len(wanted)),
            )
            made |= await self._render(order, task)
        return made

    def _timeout_seconds(self, design: Design, formats: int) -> float:
        fair = max(1.0, _ALL_FORMATS_SECONDS / formats)
        return min(self._options.render_timeout_seconds, fair) if design.type in _QUICK else fair

    def _refs(
        self, entry: Entry, wanted: tuple[str, ...], elements: Mapping[str, Any], pages: Mapping[str, Any]
    ) -> dict[str, str]:
        if not entry.design.is_multipage:
            return self._needs.pictures(entry, wanted, elements)
        refs: dict[str, str] = {}
        for page in entry.design.formats:
            refs = self._needs.pictures(entry, (page.id,), pages.get(page.id, {})) | refs
        return refs

    async def _pictures(self, entry: Entry, refs: Mapping[str, str], rest: Rest | None) -> dict[str, Picture]:
        found = await self._assets.pictures(entry, refs)
        # A host that stumbles for a moment must not cost a row its banners.
        if rest and any(picture.is_passing for picture in found.values()) and await rest(_SECOND_LOOK_SECONDS):
            found = await self._assets.pictures(entry, refs)
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


def outputs_cost(design: Design, request: Mapping[str, Any]) -> int:
    """Credits that a checked request may take (reference 4.5)."""
    return (design.credits_each or 1) * len(format_ids(design, request))


def made_cost(design: Design, outcomes: Sequence[Outcome]) -> int:
    """Credits that what was made takes; what failed is free."""
    made = (one for one in outcomes if isinstance(one, Made))
    return sum(credits_of(design.type, seconds=one.duration_seconds, pages=one.pages) for one in made)


def _refusal(design: Design, elements: Mapping[str, Any], pages: Mapping[str, Any], format_id: str) -> str | None:
    if design.is_multipage:
        reasons = ((page.id, missing_mandatory(design, pages.get(page.id, {}), page.id)) for page in design.formats)
        return next((f"{page}: {reason}" for page, reason in reasons if reason), None)
    if design.format(format_id) is None:
        return "the design no longer has this format"
    return missing_mandatory(design, elements, format_id)
