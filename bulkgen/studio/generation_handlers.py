"""Banners: asked for, followed, read, put into an archive (reference 2.5 to 2.10)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from bulkgen.studio.answers import IDEMPOTENCY_KEY_REUSED, plain, refuse, refuse_fields, stamped
from bulkgen.studio.credits import OUT_OF_CREDITS, OutOfCreditsError
from bulkgen.studio.designs import Entry
from bulkgen.studio.immediate import TooSlowError
from bulkgen.studio.making import format_ids, outputs_cost
from bulkgen.studio.parts import Parts
from bulkgen.studio.records import Acceptance, fingerprint
from bulkgen.studio.requests import (
    LARGE_BODY_BYTES,
    callback_url,
    design_entry,
    idempotency_key,
    parse,
    read_object,
    read_raw,
    serve,
)
from bulkgen.studio.results import addressed_banner, banner_of, status_body
from bulkgen.studio.store import KeyReusedError
from bulkgen.studio.task import Failed
from bulkgen.studio.validation import Checked, check_request
from bulkgen.studio.validation_now import as_asynchronous
from bulkgen.wire import envelope, routes
from bulkgen.wire.values import Violation, is_uuid

# How long a result is kept, counted from the moment it was final.
RESULT_SECONDS = 7 * 24 * 3600

# An archive is copied from start to end, and each id looked up before it is promised.
MOST_EXPORTED = 10_000

# Lookups of some 10 microseconds, after which others have their turn.
_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class GenerationHandlers:
    parts: Parts

    def routes(self) -> list[web.RouteDef]:
        return [
            serve(routes.GENERATE, self.generate),
            serve(routes.GENERATE_MULTIPAGE, self.generate_multipage),
            serve(routes.GENERATE_NOW, self.generate_now),
            serve(routes.GENERATION_REQUEST, self.generation_request),
            serve(routes.BANNER, self.banner),
            serve(routes.EXPORT, self.export),
        ]

    async def generate(self, request: web.Request) -> web.Response:
        entry = design_entry(request, self.parts.catalog)
        key = idempotency_key(request)
        checked, print_of_body = await self._read_request(request, entry)
        self._check(checked, entry)
        return await self._accept(entry, checked, print_of_body, key)

    async def generate_multipage(self, request: web.Request) -> web.Response:
        """The same work as by `generate`, whose `pages` this one insists on (reference 2.7)."""
        entry = design_entry(request, self.parts.catalog)
        key = idempotency_key(request)
        if not entry.design.is_multipage:
            text = f"A {entry.design.type} design has formats and no pages."
            raise refuse(400, envelope.INVALID_DESIGN_TYPE, text)
        body = await read_object(request)
        if body.get("pages") is None:
            raise refuse_fields([Violation("pages", envelope.MISSING_REQUIRED, "pages is required", "object")])
        checked, print_of_body = await asyncio.to_thread(self._checked, {**body, "original_visual_id": None}, entry)
        self._check(checked, entry)
        return await self._accept(entry, checked, print_of_body, key)

    async def generate_now(self, request: web.Request) -> web.Response:
        entry = design_entry(request, self.parts.catalog)
        if entry.design.type != "static":
            raise refuse(400, envelope.TEMPLATE_NOT_STATIC, "Only static designs are made while their caller waits.")
        body = await read_object(request)
        rewritten, violations = as_asynchronous(body, entry.design)
        checked, _ = await asyncio.to_thread(self._checked, rewritten, entry)
        if violations:
            raise refuse_fields([*violations, *checked.violations])
        self._check(checked, entry)
        await self._keep_pictures(checked)
        allowance = self.parts.options.credits
        if allowance is not None and not self.parts.store.balance().available(allowance):
            raise refuse(429, envelope.RATE_LIMIT_EXCEEDED, OUT_OF_CREDITS)
        try:
            made = await self.parts.immediate.make(entry, checked.request)
        except TooSlowError:
            raise refuse(500, envelope.INTERNAL_SERVER_ERROR, "The banner was not made within 10 seconds.") from None
        if isinstance(made, Failed):
            raise refuse(500 if made.is_passing or made.code.startswith("internal") else 400, made.code, made.reason)
        return plain(addressed_banner(made, self.parts.base_url()))

    async def generation_request(self, request: web.Request) -> web.Response:
        generation = self.parts.store.generation(request.match_info["generation_request_id"].lower())
        if generation is None:
            raise refuse(404, envelope.GENERATION_REQUEST_NOT_FOUND, "There is no such generation request.")
        if generation.finalized_at is not None and self.parts.clock.now() - generation.finalized_at > RESULT_SECONDS:
            raise refuse(410, envelope.GENERATION_REQUEST_GONE, "The result was kept for 7 days.")
        body = status_body(generation.id, generation.result, self.parts.base_url())
        return stamped(body, 202 if generation.result is None else 200)

    async def banner(self, request: web.Request) -> web.Response:
        banner_id = request.match_info["banner_id"].lower()
        found = self.parts.store.banner(banner_id)
        banner = banner_of(found[1].result, banner_id) if found is not None and found[1].result else None
        if banner is None:
            raise refuse(404, envelope.VISUAL_NOT_FOUND, "There is no such banner.")
        return plain(addressed_banner(banner, self.parts.base_url()))

    async def export(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        ids, url = _banner_ids(body), callback_url(body)
        found = [problem for problem in (ids, url) if isinstance(problem, Violation)]
        if found:
            raise refuse_fields(found)
        assert isinstance(ids, list)
        assert not isinstance(url, Violation)
        if not all(is_uuid(banner_id) for banner_id in ids):
            raise refuse(404, envelope.ENDPOINT_NOT_FOUND, "One of the ids is no UUID.")
        known: list[str] = []
        for number, banner_id in enumerate(ids, start=1):
            if self.parts.store.has_banner(banner_id.lower()):
                known.append(banner_id.lower())
            if not number % _AT_A_TIME:
                await asyncio.sleep(0)
        if not known:
            raise refuse(404, envelope.VISUAL_NOT_FOUND, "There is no banner of any of these ids.")
        export_id = await self.parts.events.promise_export(known, url, self.parts.clock.now())
        self.parts.on_export()
        return stamped({"export_id": export_id})

    async def _read_request(self, request: web.Request, entry: Entry) -> tuple[Checked, str]:
        raw = await read_raw(request)
        if len(raw) > LARGE_BODY_BYTES:
            return await asyncio.to_thread(lambda: self._checked(parse(raw), entry))
        return self._checked(parse(raw), entry)

    def _checked(self, body: Any, entry: Entry) -> tuple[Checked, str]:
        checked = check_request(
            body,
            entry.design,
            has_picture=self.parts.assets.has_upload,
            max_picture_bytes=self.parts.options.max_asset_bytes,
        )
        return checked, fingerprint(entry.design.id, body) if isinstance(body, dict) else ""

    def _check(self, checked: Checked, entry: Entry) -> None:
        if checked.violations:
            raise refuse_fields(checked.violations)
        if checked.unknown_formats:
            names = ", ".join(repr(name[:100]) for name in checked.unknown_formats)
            raise refuse(404, envelope.FORMAT_NOT_FOUND, f"The design has no format {names}.")
        self._check_original(checked, entry)

    def _check_original(self, checked: Checked, entry: Entry) -> None:
        """A new version of a banner is of the same design and format (reference 2.9)."""
        original = checked.request.get("original_visual_id")
        if original is None:
            return
        names = checked.request.get("template_format_names") or [item.id for item in entry.design.formats]
        if len(names) != 1:
            raise refuse(400, envelope.MORE_THAN_ONE_FORMAT, "A new version of a banner has exactly one format.")
        found = self.parts.store.banner(original.lower())
        if found is None:
            raise refuse(404, envelope.VISUAL_NOT_FOUND, "There is no such banner.")
        if found[0].design_id != entry.design.id:
            raise refuse(404, envelope.NOT_RELATED_TO_SAME_TEMPLATE, "The banner is of another design.")
        item = entry.design.format(names[0])
        if item is None or found[0].format_id != item.id:
            raise refuse(404, envelope.NOT_RELATED_TO_SAME_FORMAT, "The banner is of another format.")

    async def _accept(self, entry: Entry, checked: Checked, print_of_body: str, key: str | None) -> web.Response:
        await self._keep_pictures(checked)
        kept = dict(checked.request)
        if not entry.design.is_multipage:
            # The errors of a design that is gone by then are told by these too, and no other tie to a format is there.
            kept["template_format_names"] = format_ids(entry.design, kept)
        acceptance = Acceptance(
            id=str(uuid.uuid4()),
            design_id=entry.design.id,
            request=orjson.dumps(kept),
            fingerprint=print_of_body,
            accepted_at=self.parts.clock.now(),
            callback_url=checked.callback_url,
            idempotency_key=key,
            outputs=outputs_cost(entry.design, checked.request),
        )
        try:
            generation_id = await self.parts.store.accept(acceptance, self.parts.options.credits)
        except KeyReusedError:
            text = "This Idempotency-Key came before with another request."
            raise refuse(409, IDEMPOTENCY_KEY_REUSED, text) from None
        except OutOfCreditsError:
            raise refuse(429, envelope.RATE_LIMIT_EXCEEDED, OUT_OF_CREDITS) from None
        self.parts.on_accepted()
        return stamped({"generation_request_id": generation_id})

    async def _keep_pictures(self, checked: Checked) -> None:
        if checked.pictures:
            await asyncio.to_thread(self._write_pictures, checked.pictures)

    def _write_pictures(self, pictures: Mapping[str, bytes]) -> None:
        for picture in pictures.values():
            self.parts.assets.keep_upload(picture)


def _banner_ids(body: Mapping[str, Any]) -> list[str] | Violation:
    ids = body.get("ids")
    if ids is None:
        return Violation("ids", envelope.MISSING_REQUIRED, "ids is required", "array")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        return Violation("ids", envelope.WRONG_TYPE, "ids is not a list of banner ids", "array", ids)
    if len(ids) > MOST_EXPORTED:
        text = f"an archive holds at most {MOST_EXPORTED:,} banners"
        return Violation("ids", envelope.OUT_OF_RANGE, text, {"max": MOST_EXPORTED}, len(ids))
    return ids
