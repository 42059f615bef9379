"""The receiver on a real socket: it says 200 only for what is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp

from bulkgen.engine.webhook import Receiver
from bulkgen.errors import LedgerError
from bulkgen.wire.messages import GenerationStatus
from bulkgen.wire.signature import DELIVERY_HEADER

BODY = {"generation_request_id": "r", "banners": [], "errors": [{"template_format_name": "a", "reason": "why"}]}


def with_receiver(
    deliver: Callable[[str, GenerationStatus], Awaitable[bool]],
    use: Callable[[Callable[..., Awaitable[int]]], Awaitable[None]],
) -> None:
    async def main() -> None:
        async with Receiver(deliver) as receiver, aiohttp.ClientSession() as session:

            async def post(token: str, body: object = BODY, delivery: str = "") -> int:
                content = body if isinstance(body, str) else json.dumps(body)
                headers = {DELIVERY_HEADER: delivery} if delivery else {}
                async with session.post(receiver.url(token), data=content, headers=headers) as response:
                    return response.status

            await use(post)

    asyncio.run(main())


def test_a_delivery_is_acknowledged_after_it_is_kept() -> None:
    kept: list[tuple[str, str]] = []

    async def deliver(token: str, status: GenerationStatus) -> bool:
        assert status.is_finalized, "a webhook means finalized, also without saying so"
        kept.append((token, status.id))
        return True

    async def use(post: Callable[..., Awaitable[int]]) -> None:
        assert await post("abc") == 200
        assert await post("def", {"id": "other", "is_finalized": True, "banners": []}) == 200

    with_receiver(deliver, use)
    assert kept == [("abc", "r"), ("def", "other")]


def test_a_repeated_delivery_is_dropped() -> None:
    kept: list[str] = []

    async def deliver(token: str, status: GenerationStatus) -> bool:
        kept.append(token)
        return True

    async def use(post: Callable[..., Awaitable[int]]) -> None:
        assert [await post("abc", delivery="d1"), await post("abc", delivery="d1")] == [200, 200]

    with_receiver(deliver, use)
    assert kept == ["abc"]


def test_what_could_not_be_kept_is_asked_for_again() -> None:
    """A 200 would make the sender forget the only copy of the news."""
    tries: list[str] = []

    async def deliver(token: str, status: GenerationStatus) -> bool:
        tries.append(token)
        if len(tries) == 1:
            raise LedgerError("the disk is full")
        return True

    async def use(post: Callable[..., Awaitable[int]]) -> None:
        assert await post("abc", delivery="d1") == 503
        assert await post("abc", delivery="d1") == 200

    with_receiver(deliver, use)
    assert len(tries) == 2


def test_what_is_no_delivery_is_refused() -> None:
    async def deliver(token: str, status: GenerationStatus) -> bool:
        return token == "known"

    async def use(post: Callable[..., Awaitable[int]]) -> None:
        assert await post("known", "not json") == 400
        assert await post("known", {"banners": []}) == 400
        assert await post("unknown") == 404

    with_receiver(deliver, use)
