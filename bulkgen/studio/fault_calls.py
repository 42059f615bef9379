"""Faults of calls, as a middleware in front of everything: what a client sees when the network or a gateway fails.

`before`: the call never reaches the studio. `after`: it does, and its answer is lost or spoilt, which for a generate
call is an acceptance that the client does not know of. Which call it is, is decided in `faults`.
"""

from __future__ import annotations

import contextlib
import math
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Middleware

from bulkgen.studio.answers import plain
from bulkgen.studio.clock import Clock
from bulkgen.studio.credits import OUT_OF_CREDITS
from bulkgen.studio.faults import Place, Rule, Strikes
from bulkgen.wire import envelope, routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STORAGE = ("/files/", "/previews/")
_PLACES = {
    routes.GENERATE.template: Place.GENERATE,
    routes.GENERATE_MULTIPAGE.template: Place.GENERATE,
    routes.GENERATE_NOW.template: Place.GENERATE,
    routes.GENERATION_REQUEST.template: Place.POLL,
}
_PAGE = b"<!doctype html><html><head><title>Error</title></head><body><h1>Something is wrong here</h1></body></html>"

# On, and for 0 seconds: what closes the socket resets the connection instead of ending it.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Struck:
    """One call that a fault was chosen for."""

    request: web.Request
    handler: Handler
    rule: Rule
    clock: Clock


Perform = Callable[[Struck], Awaitable[web.StreamResponse]]


def faulty_calls(strikes: Strikes, clock: Clock) -> Middleware:
    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(_STORAGE):
            return await handler(request)
        resource = request.match_info.route.resource
        place = _PLACES.get(resource.canonical, Place.ANY) if resource is not None else Place.ANY
        rule = strikes.next(place)
        if rule is None:
            return await handler(request)
        return await PERFORMANCES[rule.fault](Struck(request, handler, rule, clock))

    return middleware


def _refused(status: int, error_id: str, message: str) -> Perform:
    async def perform(struck: Struck) -> web.StreamResponse:
        seconds = struck.rule.seconds
        headers = None if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}
        return plain(envelope.error_body(error_id, message), status, headers)

    return perform


def _server_error(status: int, *, after: bool) -> Perform:
    async def perform(struck: Struck) -> web.StreamResponse:
        if after:
            await struck.handler(struck.request)
        if status == 500:
            return plain(envelope.error_body(envelope.INTERNAL_ERROR, "Something went wrong."), status)
        return web.Response(body=_PAGE, status=status, content_type="text/html")

    return perform


def _reset(*, after: bool) -> Perform:
    async def perform(struck: Struck) -> web.StreamResponse:
        if after:
            await struck.handler(struck.request)
        transport = struck.request.transport
        if transport is not None:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()
        return web.Response()  # goes nowhere

    return perform


async def _stalled(struck: Struck) -> web.StreamResponse:
    answer, body = await _half(struck)
    await struck.clock.sleep(struck.rule.seconds or 0.0)
    with contextlib.suppress(ConnectionError):  # the client did not wait, which is why it is called a stall
        await answer.write(body)
    return answer


async def _truncated(struck: Struck) -> web.StreamResponse:
    answer, _ = await _half(struck)
    if struck.request.transport is not None:
        struck.request.transport.close()
    return answer


async def _half(struck: Struck) -> tuple[web.StreamResponse, bytes]:
    """An answer that says how long it is and has sent half of it, and the other half."""
    whole = await struck.handler(struck.request)
    body = _body(whole)
    answer = web.StreamResponse(status=whole.status, headers=whole.headers)
    answer.content_length = len(body)
    await answer.prepare(struck.request)
    middle = len(body) // 2
    await answer.write(body[:middle])
    return answer, body[middle:]


async def _page_instead(struck: Struck) -> web.StreamResponse:
    whole = await struck.handler(struck.request)
    return web.Response(body=_PAGE, status=whole.status, content_type="text/html")


def _changed(change: Callable[[Any], Any]) -> Perform:
    async def perform(struck: Struck) -> web.StreamResponse:
        whole = await struck.handler(struck.request)
        if whole.status >= 300:
            return whole
        return plain(change(orjson.loads(_body(whole))), whole.status, _kept(whole.headers))

    return perform


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower().startswith("x-")}


def _body(answer: web.StreamResponse) -> bytes:
    body = answer.body if isinstance(answer, web.Response) else None
    return body if isinstance(body, bytes) else b""


def _without_id(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: value for name, value in body.items() if name not in ("generation_request_id", "id")}


def _with_more(body: Any) -> Any:
    more = {"field_of_tomorrow": {"nested": [1, None, "é"]}}
    if isinstance(body, list):
        return [_with_more(item) for item in body]
    if not isinstance(body, dict):
        return body
    banners = {"banners": [banner | more for banner in body["banners"]]} if "banners" in body else {}
    return body | banners | more


def _without_banners(body: Any) -> Any:
    return body | {"banners": [], "errors": []}


def _with_other_formats(body: Any) -> Any:
    banners = [
        banner | {"format": banner["format"] | {"id": f"{banner['format']['id']}-other"}} for banner in body["banners"]
    ]
    return body | {"banners": banners}


# By the name in `faults.KINDS`.
PERFORMANCES: Mapping[str, Perform] = {
    "429_bare": _refused(429, envelope.RATE_LIMIT_EXCEEDED, "Too many requests."),
    "429_retry_after": _refused(429, envelope.REQUEST_RATE_LIMITED, "The budget of this kind of request is spent."),
    "429_plan": _refused(429, envelope.FEATURE_NOT_IN_PLAN, "The plan does not include this."),
    "429_credits": _refused(429, envelope.RATE_LIMIT_EXCEEDED, OUT_OF_CREDITS),
    **{
        f"{status}_{'after' if after else 'before'}": _server_error(status, after=after)
        for status in (500, 502, 503, 504)
        for after in (False, True)
    },
    "reset_before": _reset(after=False),
    "reset_after": _reset(after=True),
    "stall": _stalled,
    "truncated_body": _truncated,
    "not_json": _page_instead,
    "missing_id": _changed(_without_id),
    "extra_fields": _changed(_with_more),
    "not_found": _refused(404, envelope.GENERATION_REQUEST_NOT_FOUND, "There is no such generation request."),
    "gone": _refused(410, envelope.GENERATION_REQUEST_GONE, "The result was kept for 7 days."),
    "no_banners": _changed(_without_banners),
    "other_formats": _changed(_with_other_formats),
}
