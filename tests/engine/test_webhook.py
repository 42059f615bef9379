"""The receiver on a real socket: it says 200 only for what is kept, and 401 to whoever is not the provider."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from harness import free_port

from bulkgen.clock import SystemClock
from bulkgen.engine.webhook import Delivery, Place, Receiver, Take
from bulkgen.errors import ConfigError, LedgerError
from bulkgen.testing import ManualClock
from bulkgen.wire import signature

BODY = {"generation_request_id": "r", "banners": [], "errors": [{"template_format_name": "a", "reason": "why"}]}
SECRET = "whsec_" + "a" * 64
OLDER = "whsec_" + "b" * 64
NOW = 1_787_232_676.0

Post = Callable[..., Awaitable[int]]


def with_receiver(take: Take, use: Callable[[Post], Awaitable[None]], *, secret: str | None = None) -> list[str]:
    """Forgeries that were told of."""
    forged: list[str] = []

    async def main() -> None:
        receiver = Receiver(
            take, ManualClock(wall=NOW), Place(secret=secret), on_forgery=lambda: forged.append("forged")
        )
        async with receiver, aiohttp.ClientSession() as session:

            async def post(token: str, body: object = BODY, delivery: str = "", signed: str = "") -> int:
                content = body if isinstance(body, str) else json.dumps(body)
                headers = {signature.DELIVERY_HEADER: delivery} if delivery else {}
                if signed:
                    headers[signature.HEADER] = signed
                url = receiver.url(token) if token else receiver.url("x").replace("callback/x", "webhook")
                async with session.post(url, data=content, headers=headers) as response:
                    return response.status

            await use(post)

    asyncio.run(main())
    return forged


def keeps(kept: list[Delivery], known: str = "abc") -> Take:
    async def take(delivery: Delivery) -> bool:
        kept.append(delivery)
        return delivery.token in ("", known)

    return take


def test_a_delivery_is_acknowledged_after_it_is_kept() -> None:
    kept: list[Delivery] = []

    async def use(post: Post) -> None:
        assert await post("abc") == 200
        assert await post("abc", {"id": "other", "is_finalized": True, "banners": []}) == 200

    with_receiver(keeps(kept), use)
    assert [(one.token, one.status.id, one.status.is_finalized) for one in kept] == [
        ("abc", "r", True),
        ("abc", "other", True),
    ]


def test_a_repeated_delivery_is_dropped() -> None:
    kept: list[Delivery] = []

    async def use(post: Post) -> None:
        assert [await post("abc", delivery="d1"), await post("abc", delivery="d1")] == [200, 200]

    with_receiver(keeps(kept), use)
    assert len(kept) == 1


def test_what_could_not_be_kept_is_asked_for_again() -> None:
    """A 200 would make the sender forget the only copy of the news."""
    tries: list[str] = []

    async def take(delivery: Delivery) -> bool:
        tries.append(delivery.token)
        if len(tries) == 1:
            raise LedgerError("the disk is full")
        return True

    async def use(post: Post) -> None:
        assert await post("abc", delivery="d1") == 503
        assert await post("abc", delivery="d1") == 200

    with_receiver(take, use)
    assert len(tries) == 2


def test_what_is_no_delivery_is_refused() -> None:
    async def use(post: Post) -> None:
        assert await post("abc", "not json") == 400
        assert await post("abc", {"banners": []}) == 400

    assert with_receiver(keeps([]), use) == []


def test_a_token_that_no_attempt_has_is_a_forgery() -> None:
    """Whoever guesses at tokens learns nothing, and cannot make a repeat of the real delivery look old."""
    kept: list[Delivery] = []

    async def use(post: Post) -> None:
        assert await post("unknown", delivery="d1") == 401
        assert await post("abc", delivery="d1") == 200

    assert with_receiver(keeps(kept), use) == ["forged"]
    assert [one.token for one in kept] == ["unknown", "abc"]


def test_with_a_secret_only_signed_deliveries_are_taken() -> None:
    """Either secret of a rotation signs; a stale, altered or missing signature does not."""
    content = json.dumps(BODY)
    at = int(NOW)
    good = signature.header(content.encode(), (SECRET,), at)
    rotated = signature.header(content.encode(), (OLDER, SECRET), at)
    wrong = signature.header(content.encode(), (OLDER,), at)
    stale = signature.header(content.encode(), (SECRET,), at - 301)
    kept: list[Delivery] = []

    async def use(post: Post) -> None:
        assert await post("abc", content, signed=good) == 200
        assert await post("abc", content, signed=rotated) == 200
        assert await post("", content, signed=good) == 200
        for bad in ("", wrong, stale, "t=1,v1=", "nonsense"):
            assert await post("abc", content, signed=bad) == 401, bad
            assert await post("", content, signed=bad) == 401, bad
        assert await post("abc", content.replace('"r"', '"s"'), signed=good) == 401

    forged = with_receiver(keeps(kept), use, secret=SECRET)
    assert [one.is_signed for one in kept] == [True, True, True]
    assert len(forged) == 11


def test_without_a_secret_nothing_counts_as_signed() -> None:
    kept: list[Delivery] = []
    content = json.dumps(BODY)

    async def use(post: Post) -> None:
        assert await post("", content, signed=signature.header(content.encode(), (SECRET,), int(NOW))) == 200

    with_receiver(keeps(kept), use)
    assert [one.is_signed for one in kept] == [False]


def test_a_path_in_front_is_the_proxy_s_business() -> None:
    """One proxy strips the path it is mounted on, another leaves it."""
    kept: list[Delivery] = []

    async def main() -> None:
        async with Receiver(keeps(kept), SystemClock()) as receiver, aiohttp.ClientSession() as session:
            base = receiver.url("x").removesuffix("/callback/x")
            for path in ("/callback/abc", "/hooks/bulkgen/callback/abc", "/hooks/webhook"):
                async with session.post(base + path, json=BODY) as response:
                    assert response.status == 200, path
            for path in ("/", "/callback", "/hooks/other"):
                async with session.post(base + path, json=BODY) as response:
                    assert response.status in (404, 405), path

    asyncio.run(main())
    assert [one.token for one in kept] == ["abc", "abc", ""]


@pytest.mark.parametrize(("leads", "answer"), [("here", True), ("elsewhere", False), ("nowhere", False)])
def test_it_tells_whether_the_public_address_leads_to_it(leads: str, answer: bool) -> None:
    """A tunnel that ended yesterday is found out before the first request, not by an hour without news."""
    port, nobody = free_port(), free_port()

    async def main() -> bool:
        async with Receiver(keeps([]), SystemClock()) as other:
            url = {
                "here": f"http://127.0.0.1:{port}/mounted",
                "elsewhere": other.url("x").removesuffix("/callback/x"),
                "nowhere": f"http://127.0.0.1:{nobody}",
            }[leads]
            async with Receiver(keeps([]), SystemClock(), Place(port=port, url=url)) as receiver:
                return await receiver.is_reached()

    assert asyncio.run(main()) is answer


def test_an_address_that_is_taken_is_said_before_anything_is_sent() -> None:
    async def main() -> None:
        async with Receiver(keeps([]), SystemClock()) as first:
            port = int(first.url("x").split(":")[2].split("/")[0])
            with pytest.raises(ConfigError, match="webhooks cannot be listened for") as caught:
                await Receiver(keeps([]), SystemClock(), Place(port=port)).__aenter__()
            assert "--webhook-listen" in caught.value.hint

    asyncio.run(main())
