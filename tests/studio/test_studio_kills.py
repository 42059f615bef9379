"""`kill -9` of the whole studio under load, again and again: what was promised is kept, and what was final stays so.

Twice here; the number of the issue by

    BULKGEN_STUDIO_KILLS=20 pytest -s tests/studio/test_studio_kills.py
"""

from __future__ import annotations

import asyncio
import collections
import os
import random
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

pytest.importorskip("skia")

from aiohttp import web
from test_studio_workers import studio_process
from workshop import DESIGN_ID, PATIENCE_SECONDS, read, run, site, write_design

from bulkgen.wire.signature import DELIVERY_HEADER

# Read before the tests' own environment takes the settings of this machine away.
KILLS = int(os.environ.get("BULKGEN_STUDIO_KILLS", "2"))

CALLERS = 6


class Load:
    """Callers that send one request after the other and look at those before; what they saw outlives the studio."""

    def __init__(self, hook_url: str) -> None:
        self.hook_url = hook_url
        self.accepted: list[str] = []
        self.final: dict[str, Any] = {}
        self.sent = 0
        self.seen = asyncio.Event()

    async def against(self, url: str) -> None:
        async with aiohttp.ClientSession(url) as client:
            await asyncio.gather(*(self._call(client) for _ in range(CALLERS)))

    async def _call(self, client: aiohttp.ClientSession) -> None:
        while True:
            self.sent += 1
            body = {"elements": {"title": {"payload": f"row {self.sent}"}}, "callback_url": self.hook_url}
            async with client.post(f"/async/banner-builder/{DESIGN_ID}/generate", json=body) as answer:
                assert answer.status == 200
                self.accepted.append((await answer.json())["generation_request_id"])
                self.seen.set()
            # A late one, so that some are final.
            await self.look(client, self.accepted[len(self.accepted) // 2])

    async def look(self, client: aiohttp.ClientSession, generation_id: str) -> bool:
        status, body = await read(client, f"/generation-request/{generation_id}")
        assert status in (200, 202), body
        if status == 200:
            told = without_address(body)
            assert self.final.setdefault(generation_id, told) == told, "what was final has changed"
        return status == 200


def without_address(result: Any) -> Any:
    """After a restart the port is another."""
    if isinstance(result, dict):
        return {name: without_address(value) for name, value in result.items()}
    if isinstance(result, list):
        return [without_address(value) for value in result]
    return urlsplit(result).path if isinstance(result, str) and result.startswith("http://127.0.0.1") else result


@pytest.mark.parametrize("seed", [11])
def test_nothing_accepted_is_lost_nothing_final_changes_and_each_webhook_arrives(tmp_path: Path, seed: int) -> None:
    """A run that was told "accepted" has paid; a result that changes is a sheet that lies."""
    write_design(tmp_path / "designs")
    told: collections.Counter[str] = collections.Counter()
    delivery_ids: dict[str, set[str]] = collections.defaultdict(set)

    async def receive(request: web.Request) -> web.Response:
        body = await request.json()
        told[body["generation_request_id"]] += 1
        delivery_ids[body["generation_request_id"]].add(request.headers[DELIVERY_HEADER])
        return web.Response()

    async def main() -> None:
        chance = random.Random(seed)
        async with site(receive) as hook_url:
            load = Load(f"{hook_url}/hook")
            for _ in range(KILLS):
                with studio_process(tmp_path, 1_000_000) as (process, url):
                    target = len(load.accepted) + chance.randint(3, 40)
                    work = asyncio.ensure_future(load.against(url))
                    while len(load.accepted) < target:
                        load.seen.clear()
                        await load.seen.wait()
                    process.kill()
                    outcome = (await asyncio.gather(work, return_exceptions=True))[0]
                    assert isinstance(outcome, (aiohttp.ClientError, OSError)), outcome
            with studio_process(tmp_path, 1_000_000) as (process, url):
                await asyncio.to_thread(process.communicate, "finish\n", PATIENCE_SECONDS)
            with studio_process(tmp_path, 1_000_000) as (_, url):
                async with aiohttp.ClientSession(url) as client:
                    for generation_id in load.accepted:
                        assert await load.look(client, generation_id), "accepted, and never final"
            for generation_id in load.accepted:
                assert told[generation_id] >= 1, "accepted, and its webhook never came"
                assert len(delivery_ids[generation_id]) == 1
            assert all(result["errors"] == [] for result in load.final.values())

    run(main(), seconds=PATIENCE_SECONDS * (1 + KILLS))
    with sqlite3.connect(tmp_path / "studio" / "studio.sqlite3") as connection:
        ((spent, held),) = connection.execute("SELECT spent, held FROM balance").fetchall()
        ((banners,),) = connection.execute("SELECT count(*) FROM banners").fetchall()
    connection.close()
    assert (spent, held) == (banners, 0)
