"""Faults as a client meets them on a socket, and what the studio did meanwhile."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from workshop import DESIGN_ID, generate, read, result, run, site, studio

from bulkgen.studio.faults import FaultPlan, Place, Rule
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer
from bulkgen.testing import ManualClock
from bulkgen.wire.signature import DELIVERY_HEADER

GENERATE = f"/async/banner-builder/{DESIGN_ID}/generate"


def plan(*rules: Rule, seed: int = 1) -> FaultPlan:
    return FaultPlan(rules, seed)


async def post(client: aiohttp.ClientSession) -> tuple[int, str, Any, Any]:
    """Status, type, body and Retry-After of a generate call."""
    async with client.post(GENERATE, json={}) as answer:
        text = await answer.text()
        body = json.loads(text) if answer.content_type == "application/json" else text
        return answer.status, answer.content_type, body, answer.headers.get("Retry-After")


@pytest.mark.parametrize(
    ("fault", "status", "error_id", "retry_after"),
    [
        ("429_bare", 429, "rate_limit_exceeded", None),
        ("429_retry_after", 429, "request_rate_limited", "27"),
        ("429_plan", 429, "feature_not_in_plan", None),
        ("429_credits", 429, "rate_limit_exceeded", None),
        ("500_before", 500, "internal_error", None),
        ("500_after", 500, "internal_error", None),
    ],
)
def test_a_refusal_is_the_apis_and_only_after_means_that_the_work_is_done(
    tmp_path: Path, fault: str, status: int, error_id: str, retry_after: str | None
) -> None:
    """The engine decides by these who pays; a refusal that secretly accepted would bill twice."""

    async def main() -> None:
        rule = Rule(fault, Place.GENERATE, nth=frozenset({1}), seconds=27 if retry_after else None)
        async with studio(tmp_path, faults=plan(rule)) as (server, client):
            got, _, body, header = await post(client)
            assert (got, body["id"], header) == (status, error_id, retry_after)
            assert ("credits" in body["message"]) == (fault == "429_credits")
            counts = server.counts()
            accepted = counts.accepted + counts.rendering + counts.finalized
            assert accepted == (1 if fault.endswith("after") and status == 500 else 0)
            await result(server, client, await generate(client))

    run(main())


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_the_synchronous_call_is_one_that_generates(tmp_path: Path, when: str, made: int) -> None:
    """It bills as well, so a client must judge a repeat of it in the same way."""

    async def main() -> None:
        async with studio(tmp_path, faults=plan(Rule(f"500_{when}", Place.GENERATE))) as (server, client):
            async with client.post(f"/banner-builder/{DESIGN_ID}/generate", json={}) as answer:
                assert answer.status == 500
            assert server.counts().banners == made

    run(main())


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_gateways_error_is_a_page_and_says_nothing_of_the_work(tmp_path: Path, status: int, when: str) -> None:
    """A 504 does not mean that it did not happen."""

    async def main() -> None:
        async with studio(tmp_path, faults=plan(Rule(f"{status}_{when}", Place.GENERATE))) as (server, client):
            got, kind, body, _ = await post(client)
            assert (got, kind) == (status, "text/html")
            assert body.startswith("<!doctype")
            counts = server.counts()
            assert counts.accepted + counts.rendering + counts.finalized == (when == "after")

    run(main())


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_ends_the_connection_before_the_answer(tmp_path: Path, when: str) -> None:
    """The doubt that the ledger exists for: did it, or did it not?"""

    async def main() -> None:
        async with studio(tmp_path, faults=plan(Rule(f"reset_{when}", Place.GENERATE))) as (server, client):
            with pytest.raises((aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
                await post(client)
            counts = server.counts()
            assert counts.accepted + counts.rendering + counts.finalized == (when == "after")
            assert (await read(client, "/ready"))[0] == 200

    run(main())


def test_a_truncated_body_breaks_off_in_its_middle(tmp_path: Path) -> None:
    """Half an id is no id."""

    async def main() -> None:
        async with studio(tmp_path, faults=plan(Rule("truncated_body", Place.GENERATE))) as (server, client):
            with pytest.raises(aiohttp.ClientPayloadError):
                await post(client)
            counts = server.counts()
            assert counts.accepted + counts.rendering + counts.finalized == 1

    run(main())


def test_a_stall_is_half_an_answer_a_pause_and_the_rest(tmp_path: Path) -> None:
    """A client with a timeout of the whole call gives up; one of the connection alone would wait for ever."""

    async def main() -> None:
        clock = ManualClock()
        async with studio(tmp_path, clock=clock, faults=plan(Rule("stall", Place.GENERATE, seconds=3600))) as (
            _,
            client,
        ):
            status, _, body, _ = await post(client)
            assert status == 200
            assert body["generation_request_id"]
            assert clock.monotonic() >= 3600

    run(main())


def test_answers_that_are_spoilt(tmp_path: Path) -> None:
    """A 200 that cannot be read may have been billed; one with more in it than we know is as good as any."""

    async def main() -> None:
        rules = [
            Rule(fault, Place.GENERATE, nth=frozenset({number}))
            for number, fault in enumerate(("not_json", "missing_id", "extra_fields"), start=1)
        ]
        async with studio(tmp_path, faults=plan(*rules)) as (server, client):
            page, without, more = [await post(client) for _ in range(3)]
            assert (page[0], page[1]) == (200, "text/html")
            assert (without[0], set(without[2])) == (200, {"version"})
            assert set(more[2]) == {"generation_request_id", "version", "field_of_tomorrow"}
            await result(server, client, more[2]["generation_request_id"])
            assert server.counts().finalized == 3

    run(main())


@pytest.mark.parametrize(
    ("fault", "status", "error_id"),
    [("not_found", 404, "generation_request_not_found"), ("gone", 410, "generation_request_gone")],
)
def test_a_poll_may_find_nothing_once(tmp_path: Path, fault: str, status: int, error_id: str) -> None:
    """A result that is lost to one answer is lost for good if the engine believes it too soon."""

    async def main() -> None:
        async with studio(tmp_path, faults=plan(Rule(fault, nth=frozenset({2})))) as (server, client):
            generation_id = await generate(client)
            good = await result(server, client, generation_id)
            got, body = await read(client, f"/generation-request/{generation_id}")
            assert (got, body["id"]) == (status, error_id)
            assert await result(server, client, generation_id) == good

    run(main())


def test_a_finished_request_may_lack_its_banners_or_have_others(tmp_path: Path) -> None:
    """Neither may become a row without an outcome."""

    async def main() -> None:
        rules = (
            Rule("no_banners", nth=frozenset({1})),
            Rule("other_formats", nth=frozenset({2})),
            Rule("extra_fields", Place.POLL, nth=frozenset({3})),
        )
        async with studio(tmp_path, faults=plan(*rules)) as (server, client):
            generation_id = await generate(client)
            empty = await result(server, client, generation_id)
            assert (empty["is_finalized"], empty["banners"], empty["errors"]) == (True, [], [])
            other = await result(server, client, generation_id)
            assert [banner["format"]["id"] for banner in other["banners"]] == ["wide-other", "tall-other"]
            more = await result(server, client, generation_id)
            assert all("field_of_tomorrow" in one for one in (more, *more["banners"]))

    run(main())


def test_an_hour_of_refusals_ends_after_an_hour(tmp_path: Path) -> None:
    """By the studio's clock, so that a test need not wait for it."""

    async def main() -> None:
        clock = ManualClock()
        async with studio(tmp_path, clock=clock, faults=plan(Rule("429_bare", to_seconds=3600))) as (_, client):
            assert (await read(client, "/credits"))[0] == 429
            clock.advance(3599)
            assert (await read(client, "/ready"))[0] == 429
            clock.advance(1)
            assert (await read(client, "/credits"))[0] == 200

    run(main())


# --- callbacks


class Receiver:
    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def __call__(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.got.put_nowait((body["generation_request_id"], request.headers[DELIVERY_HEADER]))
        return web.Response()


def test_a_lost_callback_never_comes_and_a_repeated_one_comes_twice_with_one_id(tmp_path: Path) -> None:
    """Polling must find what webhooks lose, and a repeat must not be a second result."""

    async def main() -> None:
        receiver = Receiver()
        rules = (Rule("lost_callback", nth=frozenset({1})), Rule("repeated_callback", nth=frozenset({2})))
        async with site(receiver) as url, studio(tmp_path, faults=plan(*rules)) as (server, client):
            lost = await generate(client, {"callback_url": url})
            await result(server, client, lost)
            for callbacks in server._callbacks:
                await callbacks.idle()
            twice = await generate(client, {"callback_url": url})
            once = [await receiver.got.get(), await receiver.got.get()]
            assert once[0] == once[1]
            assert once[0][0] == twice
            third = await generate(client, {"callback_url": url})
            assert (await receiver.got.get())[0] == third
            assert receiver.got.empty()

    run(main())


def test_a_late_callback_comes_after_those_that_were_due_later(tmp_path: Path) -> None:
    """There is no order among webhooks, and a late one settles nothing anew."""

    async def main() -> None:
        receiver, clock = Receiver(), ManualClock()
        async with site(receiver) as url:
            rules = plan(Rule("late_callback", nth=frozenset({1}), seconds=7200))
            async with studio(tmp_path, clock=clock, faults=rules) as (server, client):
                clock.is_busy = lambda: True
                late = await generate(client, {"callback_url": url})
                await result(server, client, late)
                prompt = await generate(client, {"callback_url": url})
                assert (await receiver.got.get())[0] == prompt
                assert clock.monotonic() == 0
                clock.is_busy = lambda: False
                assert (await receiver.got.get())[0] == late
                assert clock.monotonic() >= 7200

    run(main())


# --- renders


def test_a_slow_render_is_final_when_its_time_has_come_and_none_waits_for_another(tmp_path: Path) -> None:
    """A measurement of pace needs a provider whose times are known and that has no queue of its own."""

    async def main() -> None:
        clock = ManualClock()
        clock.is_busy = lambda: True
        rules = plan(Rule("slow_render", distribution="exponential", seconds=1000), Rule("null_render"))
        async with studio(tmp_path, clock=clock, faults=rules) as (server, client):
            ids = [await generate(client) for _ in range(100)]
            assert (await read(client, f"/generation-request/{ids[0]}"))[0] == 202
            clock.is_busy = lambda: False
            await result(server, client, ids[0])
            store: Any = server._store
            took = dict(store.read("SELECT sequence, finalized_at - accepted_at FROM generations"))
            assert len(took) == 100
            # A commit may end while the clock already moves on to the next; it is never early.
            assert all(took[number] >= rules.render_seconds(number) - 1e-3 for number in took)
            assert max(took.values()) < max(rules.render_seconds(number) for number in took) + 1

    run(main())


def test_what_is_held_back_goes_on_after_a_restart_with_the_same_time(tmp_path: Path) -> None:
    """A restart must neither finish early nor begin the wait anew."""

    async def main() -> None:
        clock = ManualClock()
        clock.is_busy = lambda: True
        rules = plan(Rule("slow_render", distribution="fixed", seconds=1000), Rule("null_render"))
        async with studio(tmp_path, clock=clock, faults=rules) as (_, client):
            generation_id = await generate(client)
        clock.advance(999)
        async with studio(tmp_path, clock=clock, faults=rules) as (server, client):
            assert (await read(client, f"/generation-request/{generation_id}"))[0] == 202
            clock.is_busy = lambda: False
            await result(server, client, generation_id)
            assert clock.monotonic() == pytest.approx(1000)

    run(main())


def test_the_null_renderer_needs_nothing_and_its_files_are_pictures(tmp_path: Path) -> None:
    """It measures what is not drawing; but what is fetched from it is still a picture of the type asked for."""

    def refuse(_: StudioOptions) -> Any:
        raise AssertionError("no renderer is made")

    async def main() -> None:
        async with studio(tmp_path):
            pass
        options = StudioOptions(
            folder=tmp_path / "null", designs=(tmp_path / "designs",), faults=plan(Rule("null_render"))
        )
        async with (
            StudioServer(options, make_renderer=refuse) as server,
            aiohttp.ClientSession(server.base_url) as client,
        ):
            for file_type, magic in (("png", b"\x89PNG"), ("jpeg", b"\xff\xd8")):
                photo = {"image_url": "https://shop.example/never-fetched.jpg"}
                request = {"image_file_type": file_type, "elements": {"photo": photo}}
                body = await result(server, client, await generate(client, request))
                assert [banner["format"]["width"] for banner in body["banners"]] == [200, 100]
                async with client.get(body["banners"][0]["file"]["url"]) as answer:
                    assert answer.content_type == f"image/{file_type}"
                    assert (await answer.read()).startswith(magic)

    run(main())
