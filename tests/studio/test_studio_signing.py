"""Signed deliveries on a socket, verified by the API's own client."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import abyssale
import pytest
from abyssale.webhooks import verify_webhook_signature
from aiohttp import web
from workshop import generate, read, run, site, studio

from bulkgen.testing import ManualClock
from bulkgen.wire.signature import HEADER


class Receiver:
    """Keeps what came, by the signature it bore; answers as it is told, then with 200."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.got: asyncio.Queue[tuple[bytes, str | None]] = asyncio.Queue()

    async def __call__(self, request: web.Request) -> web.Response:
        self.got.put_nowait((await request.read(), request.headers.get(HEADER)))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


def test_deliveries_are_signed_once_the_secret_was_asked_for_and_not_before(tmp_path: Path) -> None:
    """Reading the secret turns signing on; a receiver that had none would refuse what it cannot check."""

    async def main() -> None:
        receiver, clock = Receiver(), ManualClock()
        async with site(receiver) as url, studio(tmp_path, clock=clock) as (server, client):
            await generate(client, {"callback_url": url})
            assert (await receiver.got.get())[1] is None
            async with abyssale.AsyncAbyssale(api_key="any", base_url=server.base_url) as sdk:
                secret = (await sdk.get_signing_secret()).secret
                assert (await sdk.get_signing_secret()).secret == secret
            assert re.fullmatch("whsec_[0-9a-f]{64}", secret)
            await generate(client, {"callback_url": url})
            body, header = await receiver.got.get()
            assert verify_webhook_signature(body, header, secret, now=clock.now())
            assert not verify_webhook_signature(body + b" ", header, secret, now=clock.now())
            assert not verify_webhook_signature(body, header, "whsec_" + "0" * 64, now=clock.now())

    run(main())


def test_a_rotation_signs_with_both_for_a_day_or_until_revoked(tmp_path: Path) -> None:
    """The receiver is given the new secret while deliveries go on."""

    async def main() -> None:
        receiver, clock = Receiver(), ManualClock()
        async with site(receiver) as url, studio(tmp_path, clock=clock) as (server, client):

            async def valid(*secrets: str) -> list[bool]:
                await generate(client, {"callback_url": url})
                body, header = await receiver.got.get()
                return [verify_webhook_signature(body, header, secret, now=clock.now()) for secret in secrets]

            async with abyssale.AsyncAbyssale(api_key="any", base_url=server.base_url) as sdk:
                one = (await sdk.get_signing_secret()).secret
                two = (await sdk.rotate_signing_secret()).secret
                assert await valid(one, two) == [True, True]
                with pytest.raises(abyssale.AbyssaleAPIError) as refused:
                    await sdk.rotate_signing_secret()
                assert refused.value.id == "previous_secret_still_active"
                clock.advance(24 * 3600)
                assert await valid(one, two) == [False, True]
                three = (await sdk.rotate_signing_secret()).secret
                four = (await sdk.rotate_signing_secret(force=True)).secret
                assert await valid(two, three, four) == [False, True, True]
                assert (await sdk.revoke_signing_secret()).secret == four
                assert await valid(three, four) == [False, True]

    run(main())


def test_each_attempt_is_signed_at_its_own_time_also_after_a_restart(tmp_path: Path) -> None:
    """A retry hours later would be refused as a replay if it bore the first attempt's time."""

    async def main() -> None:
        receiver, clock = Receiver(500), ManualClock()
        async with site(receiver) as url:
            async with studio(tmp_path, clock=ManualClock()) as (_, client):
                secret = (await read(client, "/signing-secret"))[1]["secret"]
            async with studio(tmp_path, clock=clock) as (_, client):
                assert (await read(client, "/signing-secret"))[1]["secret"] == secret
                await generate(client, {"callback_url": url})
                attempts = [await receiver.got.get(), await receiver.got.get()]
            assert all(verify_webhook_signature(*attempt, secret, now=clock.now()) for attempt in attempts)
            assert attempts[0][1] != attempts[1][1]

    run(main())


def test_both_posts_make_the_secret_when_there_is_none_and_two_readers_get_the_same(tmp_path: Path) -> None:
    """Two processes of one workspace that start together must not each hold another secret."""

    async def main() -> None:
        for action in ("rotate", "revoke"):
            async with studio(tmp_path / action) as (_, client), client.post(f"/signing-secret/{action}") as answer:
                body = await answer.json()
                assert (answer.status, body["rotated_at_ts"], body["version"]) == (200, None, "v2026-10-21")
        async with studio(tmp_path / "read") as (_, client):
            bodies = await asyncio.gather(*(read(client, "/signing-secret") for _ in range(10)))
            assert len({body["secret"] for _, body in bodies}) == 1

    run(main())


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_web_page_cannot_change_the_secret(tmp_path: Path, header: dict[str, str]) -> None:
    """A POST without a body is sent by a browser without asking; it would end the overlap of a secret in use."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            async with client.post("/signing-secret/rotate?force=true", headers=header) as answer:
                assert (answer.status, (await answer.json())["id"]) == (421, "host_not_allowed")
            store: Any = server._store
            assert store.signing_secret() is None

    run(main())
