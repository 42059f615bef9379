"""The routes of the studio: its own few handlers here, the others by what they are about."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bulkgen.studio.answers import plain, refuse, refuse_fields, stamped
from bulkgen.studio.credits import credits_body
from bulkgen.studio.design_handlers import DesignHandlers
from bulkgen.studio.fonts import list_fonts
from bulkgen.studio.generation_handlers import GenerationHandlers
from bulkgen.studio.hook_handlers import HookHandlers
from bulkgen.studio.kept_file import kept_file
from bulkgen.studio.listing import QueryError
from bulkgen.studio.openapi import Examples, openapi_body
from bulkgen.studio.parts import Parts
from bulkgen.studio.requests import UUID, serve
from bulkgen.wire import envelope, routes

# A request with several pictures of 20 MB in base64; past it the body is not read to its end.
MAX_BODY_BYTES = 64 * 1024 * 1024

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

# The address stays while the design changes.
_PREVIEW_HEADERS = {"Content-Type": "image/png", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}

OPENAPI_PATH = "/openapi.json"


def all_routes(parts: Parts) -> list[web.RouteDef]:
    groups = (StudioHandlers(parts), DesignHandlers(parts), GenerationHandlers(parts), HookHandlers(parts))
    return [route for group in groups for route in group.routes()]


@dataclass(frozen=True, slots=True)
class StudioHandlers:
    parts: Parts

    def routes(self) -> list[web.RouteDef]:
        return [
            serve(routes.READY, self.ready),
            serve(routes.AUTH, self.auth),
            serve(routes.CREDITS, self.credits),
            serve(routes.FONTS, self.fonts),
            web.get(OPENAPI_PATH, self.openapi),
            web.get(f"/files/{{key:[0-9a-f]{{64}}\\.(?:{'|'.join(FILE_TYPES)})}}", self.file),
            web.get(f"/previews/{{design_id:{UUID}}}.png", self.preview),
            web.get(f"/previews/{{design_id:{UUID}}}/{{number:[0-9]{{1,3}}}}.png", self.format_preview),
        ]

    async def ready(self, _: web.Request) -> web.Response:
        return stamped({"status": "ok"})

    async def auth(self, _: web.Request) -> web.Response:
        return stamped({"company": self.parts.options.company})

    async def credits(self, _: web.Request) -> web.Response:
        return stamped(credits_body(self.parts.store.balance(), self.parts.options.credits))

    async def fonts(self, request: web.Request) -> web.Response:
        try:
            fonts, total = list_fonts(self.parts.renderer.fonts, request.query)
        except QueryError as error:
            raise refuse_fields([error.violation]) from None
        return plain(fonts, headers={"X-Total-Count": str(total)})

    async def openapi(self, _: web.Request) -> web.Response:
        return plain(openapi_body(self.parts.base_url(), self._examples()))

    async def file(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        path = self.parts.options.files_folder / key
        if not path.is_file():
            raise refuse(404, envelope.NOT_FOUND, "There is no such file.")
        headers = {
            "Content-Type": FILE_TYPES[key.rpartition(".")[2]],
            # A key is the hash of what it holds: it can never come to mean something else.
            "Cache-Control": "public, max-age=31536000, immutable",
            "X-Content-Type-Options": "nosniff",
        }
        return kept_file(request, path, headers)

    async def preview(self, request: web.Request) -> web.StreamResponse:
        entry = self.parts.catalog.get(request.match_info["design_id"])
        path = entry.preview if entry else None
        if path is None:
            raise refuse(404, envelope.NOT_FOUND, "This design has no preview.")
        return web.FileResponse(path, headers=_PREVIEW_HEADERS)

    async def format_preview(self, request: web.Request) -> web.StreamResponse:
        entry = self.parts.catalog.get(request.match_info["design_id"])
        key = await self.parts.previews.key(entry, int(request.match_info["number"])) if entry else None
        if key is None:
            raise refuse(404, envelope.NOT_FOUND, "This format has no preview.")
        return web.FileResponse(self.parts.options.files_folder / key, headers=_PREVIEW_HEADERS)

    def _examples(self) -> Examples:
        """Ids that are there, so that each example of the description can be tried as it stands."""
        designs = [entry.design for entry in self.parts.catalog.scan()]
        static = next((design for design in designs if design.type == "static"), None)
        newest = self.parts.store.newest_result()
        banners = newest.result["banners"] if newest and newest.result else []
        return Examples(
            design=static,
            project_id=next((design.project_id for design in designs if design.project_id), None),
            generation_request_id=newest.id if newest else None,
            banner_id=banners[0]["id"] if banners else None,
        )
