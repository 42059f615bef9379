"""How many calls are let through: the hosted gateway's ceiling, and a budget of reads with its headers (reference 4.1).

    (window, now) -> window after the call, or how long until one is free

The arithmetic is pure; the middlewares hold a window each and ask the studio's clock. Generation routes are in no
class: only the ceiling and credits hold them. Files and previews are the storage's, which has no limit.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiohttp import web
from aiohttp.typedefs import Middleware

from bulkgen.studio.answers import Refusal, refuse
from bulkgen.studio.clock import Clock
from bulkgen.studio.errors import StudioError
from bulkgen.wire import envelope, routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LIMIT_HEADER = "X-RateLimit-Limit"
REMAINING_HEADER = "X-RateLimit-Remaining"
RESET_HEADER = "X-RateLimit-Reset"

_STORAGE = ("/files/", "/previews/")

# The routes whose answers carry the headers (reference 2.0), most of them reads. One class for all: the API's classes
# are not published.
READ_ROUTES = (
    routes.AUTH,
    routes.DESIGNS,
    routes.DESIGN,
    routes.DESIGN_FORMAT,
    routes.GENERATION_REQUEST,
    routes.BANNER,
    routes.EXPORT,
    routes.FONTS,
    routes.PROJECTS,
    routes.PROJECT_CREATE,
    routes.SIGNING_SECRET,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`calls`: the ceiling of all, in any `calls_seconds`. `reads`: the budget of one window of `reads_seconds`."""

    calls: int = 10
    calls_seconds: float = 1.0
    reads: int = 60
    reads_seconds: float = 60.0

    def __post_init__(self) -> None:
        for name in ("calls", "calls_seconds", "reads", "reads_seconds"):
            if not getattr(self, name) > 0:
                raise StudioError(f"the limit {name} must be above 0, not {getattr(self, name):g}")


# The ceiling is the API's; the budget is the one of its headers' example, since its sizes are not published.
HOSTED = Limits()


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """`calls` at most in any stretch of `seconds`. A call that is refused does not count."""

    calls: int
    seconds: float
    admitted: tuple[float, ...] = ()

    def admit(self, now: float) -> SlidingWindow | None:
        """The window with this call in it; None: it is full."""
        recent = tuple(at for at in self.admitted if at > now - self.seconds)
        return replace(self, admitted=(*recent, now)) if len(recent) < self.calls else None


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """`calls` at most in each window; one opens with the first call after the last one closed."""

    calls: int
    seconds: float
    opened_at: float | None = None
    used: int = 0

    def at(self, now: float) -> FixedWindow:
        is_open = self.opened_at is not None and 0 <= now - self.opened_at < self.seconds
        return self if is_open else replace(self, opened_at=now, used=0)

    @property
    def remaining(self) -> int:
        return max(0, self.calls - self.used)

    def spend(self) -> FixedWindow | None:
        """One call less; None: there is none left. Of a window that `at` gave."""
        return replace(self, used=self.used + 1) if self.remaining else None

    def left_seconds(self, now: float) -> float:
        return self.seconds if self.opened_at is None else self.seconds - (now - self.opened_at)


def ceiling(limits: Limits, clock: Clock) -> Middleware:
    """The gateway: in front of everything, before the key is looked at; it names no time to wait."""
    window = SlidingWindow(limits.calls, limits.calls_seconds)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal window
        if not request.path.startswith(_STORAGE):
            admitted = window.admit(clock.monotonic())
            if admitted is None:
                raise refuse(429, envelope.RATE_LIMIT_EXCEEDED, "Too many requests.")
            window = admitted
        return await handler(request)

    return middleware


def read_budget(limits: Limits, clock: Clock) -> Middleware:
    """The workspace's budget of reads. What is inside answers and does not raise: refusals bear the headers too."""
    window = FixedWindow(limits.reads, limits.reads_seconds)
    limited = {(route.method, route.template) for route in READ_ROUTES}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal window
        resource = request.match_info.route.resource
        if (
            resource is None
            or ("GET" if request.method == "HEAD" else request.method, resource.canonical) not in limited
        ):
            return await handler(request)
        now = clock.monotonic()
        window = window.at(now)
        spent = window.spend()
        window = spent or window
        left = window.left_seconds(now)
        headers = {
            LIMIT_HEADER: str(window.calls),
            REMAINING_HEADER: str(window.remaining),
            RESET_HEADER: str(math.ceil(clock.now() + left)),
        }
        if spent is None:
            body = envelope.error_body(envelope.REQUEST_RATE_LIMITED, "The budget of this kind of request is spent.")
            raise Refusal(429, body, {**headers, "Retry-After": str(max(1, math.ceil(left)))})
        response = await handler(request)
        response.headers.update(headers)
        return response

    return middleware
