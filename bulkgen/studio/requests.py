"""What a handler reads of a request: its JSON, its ids, its keys; refused in the API's words when it will not do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from bulkgen.studio.answers import HOST_NOT_ALLOWED, refuse, refuse_fields
from bulkgen.studio.designs import Catalog, Entry
from bulkgen.wire import envelope
from bulkgen.wire.routes import Route
from bulkgen.wire.values import Violation, is_url

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
# A body above this is parsed and checked off the event loop: base64 of megabytes takes tens of milliseconds to decode.
LARGE_BODY_BYTES = 256 * 1024

# Fewer brackets than this cannot be nested too deeply.
_SURELY_SHALLOW = 200

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def serve(route: Route, handler: Handler) -> web.RouteDef:
    """A path id that is not a UUID matches no route, as in the API. A name may hold whatever can be encoded."""
    path = re.sub(
        r"\{(\w+)\}", lambda match: f"{{{match[1]}:{UUID if match[1].endswith('_id') else '[^/]+'}}}", route.template
    )
    if route.method == "GET":
        return web.get(path, handler)
    return web.route(route.method, path, handler)


async def read_raw(request: web.Request) -> bytes:
    """A page of another site cannot say that what it posts is JSON without asking first, and is not answered then."""
    if request.content_type != "application/json":
        raise refuse(415, envelope.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json.")
    return await request.read()


def parse(raw: bytes) -> Any:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise refuse(400, envelope.INVALID_JSON, f"The body is not JSON: {error.msg}.") from None
    # What is read may be nested more deeply than what can be written, and a refusal gives back what it refuses.
    if raw.count(b"[") + raw.count(b"{") > _SURELY_SHALLOW:
        try:
            orjson.dumps([[[[body]]]])
        except orjson.JSONEncodeError:
            raise refuse(400, envelope.INVALID_JSON, "The body is nested too deeply.") from None
    return body


async def read_object(request: web.Request) -> Mapping[str, Any]:
    raw = await read_raw(request)
    # Tens of megabytes take as long to parse as a hundred polls to answer.
    body = await asyncio.to_thread(parse, raw) if len(raw) > LARGE_BODY_BYTES else parse(raw)
    if not isinstance(body, Mapping):
        raise refuse_fields([Violation("body", "wrong_type", "the request is not an object", "object", body)])
    return body


def refuse_pages(request: web.Request) -> None:
    """For what needs no body: a page of another site could send it unasked, but cannot hide that it is a page."""
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise refuse(421, HOST_NOT_ALLOWED, "This endpoint does not answer to pages of other sites.")


def design_entry(request: web.Request, catalog: Catalog) -> Entry:
    entry = catalog.get(request.match_info["design_id"])
    if entry is None:
        raise refuse(404, envelope.TEMPLATE_NOT_FOUND, "There is no such design.")
    return entry


def idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        text = "the key is not 1 to 255 visible ASCII characters"
        raise refuse_fields([Violation("Idempotency-Key", "invalid_payload", text)])
    return key


def text_field(body: Mapping[str, Any], name: str) -> str | Violation:
    """A required text."""
    value = body.get(name)
    if value is None:
        return Violation(name, envelope.MISSING_REQUIRED, f"{name} is required", "string")
    if not isinstance(value, str):
        return Violation(name, envelope.WRONG_TYPE, f"{name} is not a text", "string", value)
    return value


def callback_url(body: Mapping[str, Any]) -> str | Violation | None:
    url = body.get("callback_url")
    if url is None or (isinstance(url, str) and is_url(url)):
        return url
    text = "the address to call back is not an http(s) address"
    return Violation("callback_url", "invalid_payload", text, None, url)
