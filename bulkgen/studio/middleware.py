"""What every request passes: the host it was meant for, its key, and one envelope for all that goes wrong.

The host check is the guard against DNS rebinding: a page in a browser can make a name of its own point at 127.0.0.1,
but not change the name that it sends. There is no CORS, and a POST must say that it is JSON, so a page of another site
can neither read answers nor start work.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bulkgen.studio.answers import HOST_NOT_ALLOWED, REQUEST_TOO_LARGE, Refusal, plain, refuse
from bulkgen.studio.errors import StoreError
from bulkgen.studio.keys import Keys
from bulkgen.studio.options import StudioOptions
from bulkgen.wire import envelope, routes

log = logging.getLogger("bulkgen.studio")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Readiness is a health check. Files and previews are fetched by whoever was given their address, as on the hosted
# API's storage.
_STORAGE = ("/files/", "/previews/")
_WITHOUT_KEY = (routes.READY.template, *_STORAGE)

_ROUTER_IDS = {
    404: (envelope.ENDPOINT_NOT_FOUND, "There is no such endpoint."),
    405: (envelope.METHOD_NOT_ALLOWED, "This endpoint does not take this method."),
    413: (REQUEST_TOO_LARGE, "The request is too large."),
}


def envelope_of_errors() -> Middleware:
    """The outermost: whatever is raised inside leaves as an envelope, and never with a traceback."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            return plain(refusal.body, refusal.status, refusal.headers)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            error_id, message = _ROUTER_IDS.get(error.status, (envelope.INVALID_PAYLOAD, error.reason))
            allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
            return plain(envelope.error_body(error_id, message), error.status, allow)
        except StoreError as error:
            log.warning("%s", error, extra={"action": "store_failed"})
            return plain(envelope.error_body(envelope.INTERNAL_ERROR, error.message), 500)
        except Exception:
            log.exception("request failed", extra={"action": "request_failed"})
            return plain(envelope.error_body(envelope.INTERNAL_ERROR, "Something went wrong in the studio."), 500)

    return middleware


def allowed_hosts(options: StudioOptions) -> Middleware:
    """On loopback, and wherever names were listed. Elsewhere a key is asked for, which a page does not have."""
    public = urlsplit(options.public_url or "").hostname
    named = {name.lower() for name in (options.host, public, *options.allowed_hosts) if name}
    names = {"127.0.0.1", "localhost", "::1", *named}
    is_checked = options.is_loopback or bool(options.allowed_hosts)  # decided once, and not for each call

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_checked and _host_name(request.host) not in names:
            raise refuse(421, HOST_NOT_ALLOWED, "This studio does not answer to that host name.")
        return await handler(request)

    return middleware


def api_key(options: StudioOptions, keys: Keys, local_key: str) -> Middleware:
    """Where no key is needed, every key will do, and none: who can reach the loopback is on the machine.

    `local_key` is for whoever may read the studio's folder.
    """
    known = [key.encode() for key in (options.api_key, local_key) if key]

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if options.needs_key and not request.path.startswith(_WITHOUT_KEY):
            text = request.headers.get("x-api-key", "")
            given = text.encode("utf-8", "surrogateescape")
            is_known = any(hmac.compare_digest(given, key) for key in known)
            if not is_known and not (text and keys.accepts(text)):
                raise refuse(401, envelope.UNAUTHORIZED, "The API key is missing or not known.")
        return await handler(request)

    return middleware


def takes_json() -> Middleware:
    """Whoever says what he takes must take JSON. Files are what they are, whatever is said."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(_STORAGE) and not accepts_json(request.headers.get("Accept")):
            raise refuse(406, envelope.NOT_ACCEPTABLE, "This endpoint answers with application/json only.")
        return await handler(request)

    return middleware


def accepts_json(accept: str | None) -> bool:
    if accept is None or not accept.strip():
        return True
    for part in accept.split(","):
        name, _, parameters = part.partition(";")
        quality = re.search(r"(?:^|;)\s*q\s*=\s*([0-9.]+)", parameters)
        is_refused = quality is not None and not quality[1].strip("0.")
        if name.strip().lower() in ("*/*", "application/*", "application/json") and not is_refused:
            return True
    return False


def _host_name(host: str) -> str:
    """Without the port; an IPv6 address without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
