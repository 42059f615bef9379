"""The hosted limits on a socket, by a clock that stands still unless it is moved, and with the API's own client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import abyssale
import aiohttp
import pytest
from workshop import DESIGN_ID, generate, read, run, studio

from bulkgen.studio.limits import HOSTED, Limits
from bulkgen.testing import START, ManualClock

NO_ID = "00000000-0000-4000-8000-000000000000"
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


async def get(client: aiohttp.ClientSession, path: str) -> tuple[int, str, dict[str, str]]:
    async with client.get(path) as answer:
        body: Any = await answer.json()
        error_id = body.get("id", "") if isinstance(body, dict) and answer.status >= 400 else ""
        return answer.status, error_id, {name: answer.headers[name] for name in HEADERS if name in answer.headers}


def test_the_ceiling_counts_every_call_and_says_nothing_of_when(tmp_path: Path) -> None:
    """The pace is measured against this: ten in any second, of whatever kind."""

    async def main() -> None:
        clock = ManualClock()
        async with studio(tmp_path, clock=clock, limits=HOSTED) as (_, client):
            for _ in range(5):
                assert (await get(client, "/ready"))[0] == 200
            clock.advance(0.5)
            for _ in range(4):
                await generate(client)
            assert (await get(client, "/nowhere"))[0] == 404
            async with client.get("/ready") as refused:
                assert (refused.status, (await refused.json())["id"]) == (429, "rate_limit_exceeded")
                assert "Retry-After" not in refused.headers
            clock.advance(0.5)
            assert [(await get(client, "/ready"))[0] for _ in range(6)] == [200] * 5 + [429]

    run(main())


def test_the_ceiling_stands_before_the_key(tmp_path: Path) -> None:
    """As a gateway's does: calls with a wrong key use it up as well."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock(), limits=Limits(calls=2), api_key="k") as (_, client):
            assert [(await get(client, "/credits"))[0] for _ in range(3)] == [401, 401, 429]

    run(main())


def test_reads_carry_their_budget_refusals_too_and_a_spent_one_says_when(tmp_path: Path) -> None:
    """The engine spreads its polls by these headers, and waits what Retry-After names."""

    async def main() -> None:
        clock = ManualClock()
        async with studio(tmp_path, clock=clock, limits=Limits(calls=1000, reads=3)) as (_, client):
            reset = str(int(START) + 60)
            assert (await get(client, "/designs"))[2] == dict(zip(HEADERS, ("3", "2", reset), strict=True))
            clock.advance(10.5)
            missing = await get(client, f"/generation-request/{NO_ID}")
            assert missing == (
                404,
                "generation_request_not_found",
                dict(zip(HEADERS, ("3", "1", reset), strict=True)),
            )
            assert (await get(client, f"/designs/{DESIGN_ID}"))[2]["X-RateLimit-Remaining"] == "0"
            async with client.get("/fonts") as refused:
                assert (refused.status, (await refused.json())["id"]) == (429, "request_rate_limited")
                assert refused.headers["Retry-After"] == "50"
                assert refused.headers["X-RateLimit-Remaining"] == "0"
            clock.advance(50)
            status, _, headers = await get(client, "/designs")
            assert (status, headers["X-RateLimit-Remaining"]) == (200, "2")

    run(main())


def test_generation_and_credits_are_in_no_class(tmp_path: Path) -> None:
    """Submitting must not wait for polls, nor use up their budget."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock(), limits=Limits(calls=1000, reads=1)) as (_, client):
            for _ in range(3):
                await generate(client)
                assert (await get(client, "/credits"))[2] == {}
            path = f"/async/banner-builder/{DESIGN_ID}/generate"
            async with client.post(path, json={}) as answer:
                assert not any(name in answer.headers for name in HEADERS)
            assert (await get(client, "/designs"))[0] == 200
            assert (await get(client, "/designs"))[0] == 429

    run(main())


def test_without_limits_there_are_no_headers(tmp_path: Path) -> None:
    """A studio of one's own holds nobody up."""

    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            assert (await read(client, "/designs"))[0] == 200
            assert (await get(client, "/designs"))[2] == {}

    run(main())


def test_the_official_client_waits_what_it_is_told_and_comes_through(tmp_path: Path, monkeypatch: Any) -> None:
    """If it did not take our 429 for the API's, ours would be another API."""

    async def main() -> None:
        clock, waits = ManualClock(), list[float]()

        async def pass_time(seconds: float) -> None:
            waits.append(seconds)
            clock.advance(seconds)

        async with (
            studio(tmp_path, clock=clock, limits=Limits(calls=1000, reads=1, reads_seconds=5)) as (server, _),
            abyssale.AsyncAbyssale(api_key="any", base_url=server.base_url) as client,
        ):
            await client.list_designs()
            with monkeypatch.context() as patch:
                # Its module's own name for the wait; the studio's loop keeps the real one.
                patch.setattr("abyssale._async_client.asyncio", Waiting(pass_time))
                assert [design.name for design in await client.list_designs()] == ["Card"]
            assert waits
            assert 5 <= waits[0] < 6

    run(main())


class Waiting:
    """asyncio as the official client sees it, with another `sleep`."""

    def __init__(self, sleep: Any) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        import asyncio

        return getattr(asyncio, name)


@pytest.mark.parametrize("path", ["/files/" + "0" * 64 + ".png", f"/previews/{NO_ID}.png"])
def test_the_storage_has_no_ceiling(tmp_path: Path, path: str) -> None:
    """Fetching the banners must not cost the run its pace; on the hosted API they come from a CDN."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock(), limits=Limits(calls=1)) as (_, client):
            assert [(await get(client, path))[0] for _ in range(4)] == [404] * 4
            assert (await get(client, "/ready"))[0] == 200

    run(main())


@pytest.mark.parametrize(
    ("method", "path", "is_limited"),
    [
        ("GET", "/projects", True),
        ("POST", "/projects", True),
        ("POST", "/async/banners/export", True),
        ("GET", "/signing-secret", True),
        ("POST", f"/banner-builder/{DESIGN_ID}/generate", False),
        ("POST", f"/async/banner-builder/{DESIGN_ID}/generate-multipage-pdf", False),
        ("PUT", f"/designs/{DESIGN_ID}/name", False),
        ("DELETE", f"/designs/{NO_ID}", False),
        ("POST", "/signing-secret/revoke", False),
        ("GET", "/openapi.json", False),
    ],
)
def test_the_headers_stand_where_the_reference_says(tmp_path: Path, method: str, path: str, is_limited: bool) -> None:
    """A client that paces itself by them would else pace what nobody limits."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock(), limits=Limits(calls=1000, reads=9)) as (_, client):
            given = {"json": {}} if method in ("POST", "PUT") else {}
            async with client.request(method, path, **given) as answer:
                assert {name for name in HEADERS if name in answer.headers} == (set(HEADERS) if is_limited else set())

    run(main())
