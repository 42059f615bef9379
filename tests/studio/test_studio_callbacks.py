"""What becomes of callbacks: brought once, again under the same id, given up, sent after a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from workshop import Easel, generate, read, result, run, site, studio, until

from bulkgen.testing import ManualClock
from bulkgen.wire.signature import DELIVERY_HEADER


class Receiver:
    """Answers as it is told, then with 200."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, Any]] = []
        self.arrived = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.Response:
        self.got.append((request.headers[DELIVERY_HEADER], await request.json()))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.arrived.set()
        return web.Response(status=status)


def test_a_callback_brings_the_batch_once(tmp_path: Path) -> None:
    """The engine waits for it instead of polling."""

    async def main() -> None:
        receiver = Receiver()
        async with site(receiver) as url, studio(tmp_path) as (server, client):
            generation_id = await generate(client, {"callback_url": f"{url}/callback/token"})
            await receiver.arrived.wait()
            ((delivery_id, body),) = receiver.got
            polled = await result(server, client, generation_id)
            assert body == {
                "generation_request_id": generation_id,
                "banners": polled["banners"],
                "errors": polled["errors"],
            }
            assert len(delivery_id) == 64
            assert delivery_id == delivery_id.lower()

    run(main())


def test_a_callback_that_is_not_answered_comes_again_with_the_same_id(tmp_path: Path) -> None:
    """The id is how a receiver drops repeats."""

    async def main() -> None:
        receiver = Receiver(500, 302, 503)
        async with site(receiver) as url, studio(tmp_path, clock=ManualClock()) as (_, client):
            await generate(client, {"callback_url": url})
            await receiver.arrived.wait()
            assert len(receiver.got) == 4
            assert len({delivery_id for delivery_id, _ in receiver.got}) == 1

    run(main())


def test_a_callback_is_given_up_after_six_attempts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A receiver that is gone must not be called for ever, and its owner must be able to hear of it."""

    async def main() -> None:
        receiver, clock = Receiver(*[500] * 6), ManualClock()
        async with site(receiver) as url, studio(tmp_path, clock=clock) as (server, client):
            generation_id = await generate(client, {"callback_url": url})
            store = server._store
            assert store is not None
            await until(lambda: bool(store.read("SELECT 1 FROM generations WHERE delivery = 'given up'")))
            assert len(receiver.got) == 6
            (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
            assert told.endswith("(attempt 6, and is given up)")
            assert (await read(client, f"/generation-request/{generation_id}"))[0] == 200

    run(main())


def test_an_undelivered_callback_is_sent_after_a_restart(tmp_path: Path) -> None:
    """What was killed before it could tell tells when it is back."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        receiver = Receiver()
        async with site(receiver) as url:
            async with studio(tmp_path, render=easel.render) as (_, client):
                generation_id = await generate(client, {"callback_url": url})
            easel.gate.set()
            assert not receiver.got
            async with studio(tmp_path):
                await receiver.arrived.wait()
                assert receiver.got[0][1]["generation_request_id"] == generation_id

    run(main())


def test_a_callback_into_the_private_network_is_not_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A request must not make the studio post into the network it stands in; and whoever wonders is told, once."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock()) as (server, client):
            for address in ("http://10.0.0.1:1/x?token=secret", "http://10.0.0.1:1/y", "http://[::1"):
                await generate(client, {"callback_url": address})
            store = server._store
            assert store is not None
            await until(lambda: len(store.read("SELECT 1 FROM generations WHERE delivery = 'given up'")) == 3)

    run(main())
    told, _ = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "http://10.0.0.1:1/" in told
    assert "not an address the studio may call" in told
    assert "secret" not in told
