"""Webhooks: the secret they are signed with, and who has subscribed to them (reference 5.6, 5.7)."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bulkgen.studio import signing
from bulkgen.studio.answers import refuse, refuse_fields, stamped
from bulkgen.studio.parts import Parts
from bulkgen.studio.records import EVENTS, Subscription
from bulkgen.studio.requests import read_object, refuse_pages, serve, text_field
from bulkgen.wire import envelope, routes
from bulkgen.wire.values import Violation, is_url

ChangeSecret = Callable[[signing.SigningSecret | None, str, float], signing.SigningSecret]


@dataclass(frozen=True, slots=True)
class HookHandlers:
    parts: Parts

    def routes(self) -> list[web.RouteDef]:
        return [
            serve(routes.SIGNING_SECRET, self.signing_secret),
            serve(routes.SIGNING_SECRET_ROTATE, self.rotate_secret),
            serve(routes.SIGNING_SECRET_REVOKE, self.revoke_secret),
            serve(routes.SUBSCRIBE, self.subscribe),
            serve(routes.SUBSCRIPTION, self.subscription),
            serve(routes.UNSUBSCRIBE, self.unsubscribe),
        ]

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

    async def subscribe(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        hook_url, event = text_field(body, "hook_url"), text_field(body, "type")
        found = [problem for problem in (hook_url, event) if isinstance(problem, Violation)]
        if isinstance(hook_url, str) and not is_url(hook_url):
            text = "the address to call is not an http(s) address"
            found.append(Violation("hook_url", envelope.INVALID_PAYLOAD, text, None, hook_url))
        if isinstance(event, str) and event not in EVENTS:
            text = f"there is no event {event[:60]!r}"
            found.append(Violation("type", envelope.UNKNOWN_ENUM_VALUE, text, list(EVENTS), event))
        if found:
            raise refuse_fields(found)
        made = await self.parts.events.subscribe(str(event), str(hook_url), self.parts.clock.now())
        return stamped(_body(made))

    async def subscription(self, request: web.Request) -> web.Response:
        return stamped(_body(self._subscription(request)))

    async def unsubscribe(self, request: web.Request) -> web.Response:
        found = self._subscription(request)
        await self.parts.events.unsubscribe(found.id)
        return stamped(_body(found))

    def _subscription(self, request: web.Request) -> Subscription:
        found = self.parts.events.subscription(request.match_info["subscription_id"].lower())
        if found is None:
            raise refuse(404, envelope.NOT_FOUND, "There is no such subscription.")
        return found

    async def _change_secret(self, request: web.Request, change: ChangeSecret) -> web.Response:
        refuse_pages(request)
        now, token = self.parts.clock.now(), secrets.token_hex(32)
        secret = await self.parts.store.change_signing_secret(lambda current: change(current, token, now))
        return stamped(signing.secret_body(secret, now))


def _body(subscription: Subscription) -> dict[str, object]:
    return {
        "id": subscription.id,
        "hook_url": subscription.hook_url,
        "type": subscription.event,
        "created_at_ts": int(subscription.created_at),
    }
