"""One handler a route: read, ask, answer. What is refused, and with which id, is here and in `validation`."""

from __future__ import annotations

import asyncio
import functools
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from aiohttp import web

from bulkgen.studio import signing
from bulkgen.studio.answers import HOST_NOT_ALLOWED, IDEMPOTENCY_KEY_REUSED, plain, refuse, refuse_fields, stamped
from bulkgen.studio.assets import Assets
from bulkgen.studio.clock import Clock
from bulkgen.studio.credits import OUT_OF_CREDITS, OutOfCreditsError, credits_body
from bulkgen.studio.designs import Catalog, Entry
from bulkgen.studio.fonts import list_fonts
from bulkgen.studio.listing import QueryError, list_designs
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.production import format_ids
from bulkgen.studio.records import Acceptance, fingerprint
from bulkgen.studio.renderer import Renderer
from bulkgen.studio.results import addressed_banner, status_body
from bulkgen.studio.store import KeyReusedError, Store
from bulkgen.studio.validation import Checked, check_request
from bulkgen.wire import envelope, routes
from bulkgen.wire.design import Format, format_body, read_body, summary_body
from bulkgen.wire.routes import Route
from bulkgen.wire.values import Violation

# A request with several pictures of 20 MB in base64; past it the body is not read to its end.
MAX_BODY_BYTES = 64 * 1024 * 1024

# How long a result is kept, counted from the moment it was final.
RESULT_SECONDS = 7 * 24 * 3600

# A body above this is checked off the event loop: base64 of megabytes takes tens of milliseconds to decode.
_LARGE_BODY_BYTES = 256 * 1024

ChangeSecret = Callable[[signing.SigningSecret | None, str, float], signing.SigningSecret]

_UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

FILE_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "zip": "application/zip",
}


@dataclass(slots=True)
class Handlers:
    options: StudioOptions
    store: Store
    catalog: Catalog
    assets: Assets
    renderer: Renderer
    clock: Clock
    base_url: Callable[[], str]
    on_accepted: Callable[[], None]

    def routes(self) -> list[web.RouteDef]:
        return [
            _route(routes.READY, self.ready),
            _route(routes.AUTH, self.auth),
            _route(routes.CREDITS, self.credits),
            _route(routes.FONTS, self.fonts),
            _route(routes.DESIGNS, self.designs),
            _route(routes.DESIGN, self.design),
            _route(routes.DESIGN_FORMAT, self.design_format),
            _route(routes.GENERATE, self.generate),
            _route(routes.GENERATION_REQUEST, self.generation_request),
            _route(routes.BANNER, self.banner),
            _route(routes.SIGNING_SECRET, self.signing_secret),
            _route(routes.SIGNING_SECRET_ROTATE, self.rotate_secret),
            _route(routes.SIGNING_SECRET_REVOKE, self.revoke_secret),
            web.get(f"/files/{{key:[0-9a-f]{{64}}\\.(?:{'|'.join(FILE_TYPES)})}}", self.file),
            web.get(f"/previews/{{design_id:{_UUID}}}.png", self.preview),
        ]

    async def ready(self, _: web.Request) -> web.Response:
        return stamped({"status": "ok"})

    async def auth(self, _: web.Request) -> web.Response:
        return stamped({"company": self.options.company})

    async def credits(self, _: web.Request) -> web.Response:
        return stamped(credits_body(self.store.balance(), self.options.credits))

    async def fonts(self, request: web.Request) -> web.Response:
        try:
            fonts, total = list_fonts(self.renderer.fonts, request.query)
        except QueryError as error:
            raise refuse_fields([error.violation]) from None
        return plain(fonts, headers={"X-Total-Count": str(total)})

    async def designs(self, request: web.Request) -> web.Response:
        entries = {entry.design.id: entry for entry in self.catalog.scan()}
        try:
            found, total = list_designs([entry.design for entry in entries.values()], request.query)
        except QueryError as error:
            raise refuse_fields([error.violation]) from None
        bodies = [summary_body(design, self._preview_url(entries[design.id])) for design in found]
        return plain(bodies, headers={"X-Total-Count": str(total)})

    async def design(self, request: web.Request) -> web.Response:
        entry = self._entry(request)
        body = read_body(entry.design, advanced=request.query.get("i") == "advanced")
        if preview_url := self._preview_url(entry):
            body["preview_url"] = preview_url
        return stamped(body)

    async def design_format(self, request: web.Request) -> web.Response:
        design = self._entry(request).design
        specifier = request.match_info["format_specifier"]
        found: Format | None = None if design.is_multipage else design.format(specifier)
        if found is None:
            raise refuse(404, envelope.FORMAT_NOT_FOUND, f"The design has no format {specifier[:100]!r}.")
        return stamped(format_body(design, found))

    async def generate(self, request: web.Request) -> web.Response:
        entry = self._entry(request)
        key = _idempotency_key(request)
        checked, print_of_body = await self._read_request(request, entry)
        if checked.violations:
            raise refuse_fields(checked.violations)
        if checked.unknown_formats:
            names = ", ".join(repr(name[:100]) for name in checked.unknown_formats)
            raise refuse(404, envelope.FORMAT_NOT_FOUND, f"The design has no format {names}.")
        self._check_original(checked, entry)
        if checked.pictures:
            await asyncio.to_thread(self._keep_pictures, checked)
        acceptance = Acceptance(
            id=str(uuid.uuid4()),
            design_id=entry.design.id,
            request=orjson.dumps(checked.request),
            fingerprint=print_of_body,
            accepted_at=self.clock.now(),
            callback_url=checked.callback_url,
            idempotency_key=key,
            outputs=len(format_ids(entry.design, checked.request)),
        )
        try:
            generation_id = await self.store.accept(acceptance, self.options.credits)
        except KeyReusedError:
            text = "This Idempotency-Key came before with another request."
            raise refuse(409, IDEMPOTENCY_KEY_REUSED, text) from None
        except OutOfCreditsError:
            raise refuse(429, envelope.RATE_LIMIT_EXCEEDED, OUT_OF_CREDITS) from None
        self.on_accepted()
        return stamped({"generation_request_id": generation_id})

    async def generation_request(self, request: web.Request) -> web.Response:
        generation_id = request.match_info["generation_request_id"].lower()
        generation = self.store.generation(generation_id)
        if generation is None:
            raise refuse(404, envelope.GENERATION_REQUEST_NOT_FOUND, "There is no such generation request.")
        if generation.finalized_at is not None and self.clock.now() - generation.finalized_at > RESULT_SECONDS:
            raise refuse(410, envelope.GENERATION_REQUEST_GONE, "The result was kept for 7 days.")
        body = status_body(generation.id, generation.result, self.base_url())
        return stamped(body, 202 if generation.result is None else 200)

    async def banner(self, request: web.Request) -> web.Response:
        banner_id = request.match_info["banner_id"].lower()
        found = self.store.banner(banner_id)
        if found is not None and found[1].result is not None:
            for banner in found[1].result["banners"]:
                if banner["id"] == banner_id:
                    return plain(addressed_banner(banner, self.base_url()))
        raise refuse(404, envelope.VISUAL_NOT_FOUND, "There is no such banner.")

    async def signing_secret(self, request: web.Request) -> web.Response:
        """The first reading makes it, and with it turns signing on."""
        return await self._change_secret(request, lambda secret, token, now: secret or signing.mint(token, now))

    async def rotate_secret(self, request: web.Request) -> web.Response:
        force = request.query.get("force", "").lower() == "true"
        try:
            return await self._change_secret(request, functools.partial(signing.rotate, force=force))
        except signing.PreviousSecretActiveError:
            text = "The secret before the current one is still valid; rotate with force=true to end it."
            raise refuse(409, envelope.PREVIOUS_SECRET_STILL_ACTIVE, text) from None

    async def revoke_secret(self, request: web.Request) -> web.Response:
        return await self._change_secret(request, signing.revoke)

    async def file(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        path = self.options.files_folder / key
        if not path.is_file():
            raise refuse(404, "not_found", "There is no such file.")
        headers = {
            "Content-Type": FILE_TYPES[key.rpartition(".")[2]],
            # A key is the hash of what it holds: it can never come to mean something else.
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(path, headers=headers)

    async def preview(self, request: web.Request) -> web.StreamResponse:
        entry = self.catalog.get(request.match_info["design_id"])
        path = entry.preview if entry else None
        if path is None:
            raise refuse(404, "not_found", "This design has no preview.")
        headers = {"Content-Type": "image/png", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.FileResponse(path, headers=headers)

    async def _change_secret(self, request: web.Request, change: ChangeSecret) -> web.Response:
        # These need no body, so a page of another site could send them unasked; it cannot hide that it is a page.
        if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise refuse(421, HOST_NOT_ALLOWED, "This endpoint does not answer to pages of other sites.")
        now, token = self.clock.now(), secrets.token_hex(32)
        secret = await self.store.change_signing_secret(lambda current: change(current, token, now))
        return stamped(signing.secret_body(secret, now))

    def _entry(self, request: web.Request) -> Entry:
        entry = self.catalog.get(request.match_info["design_id"])
        if entry is None:
            raise refuse(404, envelope.TEMPLATE_NOT_FOUND, "There is no such design.")
        return entry

    def _preview_url(self, entry: Entry) -> str | None:
        return f"{self.base_url()}/previews/{entry.design.id}.png" if entry.preview else None

    async def _read_request(self, request: web.Request, entry: Entry) -> tuple[Checked, str]:
        if request.content_type != "application/json":
            raise refuse(415, envelope.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json.")
        raw = await request.read()
        if len(raw) > _LARGE_BODY_BYTES:
            return await asyncio.to_thread(self._check, raw, entry)
        return self._check(raw, entry)

    def _check(self, raw: bytes, entry: Entry) -> tuple[Checked, str]:
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise refuse(400, envelope.INVALID_JSON, f"The body is not JSON: {error.msg}.") from None
        checked = check_request(
            body,
            entry.design,
            has_picture=self.assets.has_upload,
            max_picture_bytes=self.options.max_asset_bytes,
        )
        return checked, fingerprint(entry.design.id, body) if isinstance(body, dict) else ""

    def _keep_pictures(self, checked: Checked) -> None:
        for picture in checked.pictures.values():
            self.assets.keep_upload(picture)

    def _check_original(self, checked: Checked, entry: Entry) -> None:
        """A new version of a banner is of the same design and format (reference 2.9)."""
        original = checked.request.get("original_visual_id")
        if original is None:
            return
        names = checked.request.get("template_format_names") or [item.id for item in entry.design.formats]
        if len(names) != 1:
            raise refuse(400, envelope.MORE_THAN_ONE_FORMAT, "A new version of a banner has exactly one format.")
        found = self.store.banner(original.lower())
        if found is None:
            raise refuse(404, envelope.VISUAL_NOT_FOUND, "There is no such banner.")
        if found[0].design_id != entry.design.id:
            raise refuse(404, envelope.NOT_RELATED_TO_SAME_TEMPLATE, "The banner is of another design.")
        item = entry.design.format(names[0])
        if item is None or found[0].format_id != item.id:
            raise refuse(404, envelope.NOT_RELATED_TO_SAME_FORMAT, "The banner is of another format.")


def _route(route: Route, handler: Callable[[web.Request], object]) -> web.RouteDef:
    """A path id that is not a UUID matches no route, as in the API."""
    path = re.sub(r"\{(\w+_id)\}", lambda match: f"{{{match[1]}:{_UUID}}}", route.template)
    if route.method == "GET":
        return web.get(path, handler)  # type: ignore[arg-type]
    return web.route(route.method, path, handler)  # type: ignore[arg-type]


def _idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        text = "the key is not 1 to 255 visible ASCII characters"
        raise refuse_fields([Violation("Idempotency-Key", "invalid_payload", text)])
    return key
