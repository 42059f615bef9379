"""The balance over sockets and in the store: what is held, what is spent, and that nothing is spent twice."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from workshop import DESIGN_ID, Easel, generate, read, result, run, studio

from bulkgen.studio.errors import StudioError
from bulkgen.studio.migrations import MIGRATIONS
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.records import Acceptance, BannerRecord
from bulkgen.studio.store import Store

GENERATE = f"/async/banner-builder/{DESIGN_ID}/generate"


async def left(client: aiohttp.ClientSession) -> tuple[int, int]:
    """Available and consumed."""
    body = (await read(client, "/credits"))[1]["generation_credits"]
    return body["available"], body["consumed"]


async def refused(client: aiohttp.ClientSession) -> dict[str, Any]:
    async with client.post(GENERATE, json={}) as answer:
        assert answer.status == 429, await answer.text()
        assert "Retry-After" not in answer.headers
        return dict(await answer.json())


def test_each_banner_costs_one_and_a_failed_one_nothing(tmp_path: Path) -> None:
    """A run's account adds up only if the bill is what was made."""

    async def main() -> None:
        async with studio(tmp_path, credits=10) as (server, client):
            await result(server, client, await generate(client))
            assert await left(client) == (8, 2)
            await result(server, client, await generate(client, {"elements": {"title": {"payload": "fail"}}}))
            await result(server, client, await generate(client, {"template_format_names": ["wide"]}))
            assert await left(client) == (7, 3)
            body = (await read(client, "/credits"))[1]
            assert body["generation_credits"] == {"available": 7, "limit": 10, "consumed": 3, "extra": 0}
            assert body["ai_credits"]["available"] is None

    run(main())


def test_what_is_promised_is_held_and_with_nothing_left_a_post_is_refused(tmp_path: Path) -> None:
    """Else thousands in flight would be accepted on one credit; and available must then be 0, which is how a client
    tells this 429 from the ceiling's."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        async with studio(tmp_path, render=easel.render, credits=4) as (server, client):
            body = {"elements": {"title": {"payload": "fail"}}}
            first = await generate(client, body, key="one")
            await generate(client)
            assert await left(client) == (0, 0)
            answer = await refused(client)
            assert answer["id"] == "rate_limit_exceeded"
            assert "credits" in answer["message"]
            assert await generate(client, body, key="one") == first, "a repeat asks for nothing new"
            easel.gate.set()
            await result(server, client, first)
            assert await left(client) == (2, 2)

    run(main())


def test_the_last_request_may_overdraw_and_the_balance_never_shows_less_than_nothing(tmp_path: Path) -> None:
    """A negative balance is no number of the API's."""

    async def main() -> None:
        async with studio(tmp_path, credits=1) as (server, client):
            await result(server, client, await generate(client))
            assert await left(client) == (0, 2)
            await refused(client)

    run(main())


def test_many_at_once_do_not_share_a_credit(tmp_path: Path) -> None:
    """The check and the promise are one transaction."""

    async def main() -> None:
        async with studio(tmp_path, credits=10) as (_, client):

            async def post() -> int:
                async with client.post(GENERATE, json={"template_format_names": ["wide"]}) as answer:
                    return answer.status

            statuses = await asyncio.gather(*(post() for _ in range(30)))
            assert (statuses.count(200), statuses.count(429)) == (10, 20)

    run(main())


def test_the_balance_is_the_stores_and_survives_a_restart(tmp_path: Path) -> None:
    """A restart that gave credits back would let a test of the bill pass by restarting."""

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render, credits=10) as (server, client):
            await result(server, client, await generate(client))
            easel.gate.clear()
            promised = await generate(client)
        easel.gate.set()
        async with studio(tmp_path, credits=10) as (server, client):
            await result(server, client, promised)
            assert await left(client) == (6, 4)

    run(main())


def test_a_result_recorded_twice_is_paid_once(tmp_path: Path) -> None:
    """A render that a dead process left, and its repeat."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        await store.accept(Acceptance("g", "d", b"{}", "f", 1.0, outputs=2), 5)
        assert store.balance().held == 2
        for _ in range(2):
            await store.finalize(1, b"{}", [BannerRecord("b", "b", 1, "d", "wide")], 2.0, 1)
        assert (store.balance().spent, store.balance().held) == (1, 0)
        await store.close()

    run(main())


def test_a_store_from_before_credits_has_spent_what_it_made(tmp_path: Path) -> None:
    """An upgrade must neither fail nor forget; work it had promised is not counted down below nothing."""

    async def main() -> None:
        connection = sqlite3.connect(tmp_path / "s")
        connection.executescript(MIGRATIONS[0])
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO generations (id, fingerprint, design_id, request, state, accepted_at, delivery)"
            " VALUES ('old', 'f', 'd', '{}', 'accepted', 1, 'none')"
        )
        connection.execute("INSERT INTO banners VALUES ('b', 1, 's', 1, 'd', 'wide')")
        connection.commit()
        connection.close()
        store = Store.open(tmp_path / "s")
        assert (store.balance().spent, store.balance().held) == (1, 0)
        await store.finalize(1, b"{}", [BannerRecord("c", "c", 1, "d", "tall")], 2.0, 1)
        assert (store.balance().spent, store.balance().held) == (2, 0)
        await store.close()

    run(main())


def test_a_negative_balance_cannot_be_asked_for() -> None:
    """It would refuse everything and show nothing."""
    with pytest.raises(StudioError, match="-1"):
        StudioOptions(folder=Path("x"), designs=(), credits=-1)
