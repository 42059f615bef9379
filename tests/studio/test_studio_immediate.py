"""The synchronous call: past the line, within its cap, paid once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from test_studio_workspace import NO_ID, send
from workshop import DESIGN_ID, Easel, design_body, generate, result, run, studio, until, write_design

from bulkgen.studio.task import Failed, RenderResult

PATH = f"/banner-builder/{DESIGN_ID}/generate"


async def now(client: aiohttp.ClientSession, body: Any) -> tuple[int, Any]:
    return await send(client, "POST", PATH, body)


def test_who_waits_is_served_before_those_who_do_not(tmp_path: Path) -> None:
    """Behind a run of a hundred thousand rows a page of a site would otherwise wait for hours."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        one = lambda: ThreadPoolExecutor(1)  # noqa: E731
        async with studio(tmp_path, render=easel.render, make_executor=one) as (server, client):
            ids = [await generate(client, {"elements": {"title": {"payload": str(i)}}}) for i in range(30)]
            calls = [asyncio.ensure_future(now(client, {"elements": {"title": {"payload": "now"}}})) for _ in range(2)]
            await until(lambda: sum(order < 0 for order, *_ in server.pool._line) == 2)
            easel.gate.set()
            for status, banner in await asyncio.gather(*calls):
                assert (status, banner["format"]["id"]) == (200, "wide")
            await result(server, client, ids[-1])
            order = [task.elements["title"]["payload"] for task in easel.tasks]
            # What was in flight goes on: two for each of two workers.
            assert order.index("now") <= 4
            assert [title for title in order if title != "now"] == [str(i) for i in range(30)]

    run(main())


def test_it_costs_one_credit_when_it_is_made_and_none_when_it_is_not(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path, credits=2) as (server, client):
            assert (await now(client, {"elements": {"title": {"payload": "fail"}}}))[0] == 400
            assert [(await now(client, {}))[0] for _ in range(2)] == [200, 200]
            status, body = await now(client, {})
            assert (status, body["id"]) == (429, "rate_limit_exceeded")
            assert (server._store.balance().spent, server._store.balance().held) == (2, 0)  # type: ignore[union-attr]

    run(main())


def test_a_banner_made_now_is_read_versioned_and_exported_like_any_other(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            _, first = await now(client, {"template_format_name": "tall"})
            assert (await send(client, "GET", f"/banners/{first['id']}")) == (200, first)
            body = {"original_visual_id": first["id"], "template_format_names": ["tall"]}
            second = (await result(server, client, await generate(client, body)))["banners"][0]
            _, third = await now(client, {"template_format_name": "tall", "original_visual_id": first["id"]})
            assert [banner["version"] for banner in (first, second, third)] == [1, 2, 3]
            assert len({banner["sharing_id"] for banner in (first, second, third)}) == 1
            status, refused = await now(client, {"original_visual_id": first["id"]})
            assert (status, refused["id"]) == (404, "not_related_to_same_format")
            assert (await send(client, "POST", "/async/banners/export", {"ids": [first["id"]]}))[0] == 200

    run(main())


@pytest.mark.parametrize(
    ("failed", "status", "error_id"),
    [
        (Failed("wide", "the text does not fit"), 400, "cannot_build_banner"),
        (Failed("wide", "photo: a.png answered 404", code="image_fetching_error"), 400, "image_fetching_error"),
        (Failed("wide", "it took too long", code="internal_server_error"), 500, "internal_server_error"),
    ],
)
def test_a_failure_is_the_refusal_that_the_reference_has_for_it(
    tmp_path: Path, failed: Failed, status: int, error_id: str
) -> None:
    async def main() -> None:
        async with studio(tmp_path, render=lambda task: RenderResult((failed,))) as (_, client):
            found, body = await now(client, {})
            assert (found, body["id"], body["message"]) == (status, error_id, failed.reason)

    run(main())


def test_past_its_cap_the_caller_has_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the worker is still at."""
    monkeypatch.setattr("bulkgen.studio.immediate.TIMEOUT_SECONDS", 0.05)

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        async with studio(tmp_path, render=easel.render) as (_, client):
            status, body = await now(client, {})
            assert (status, body["id"]) == (500, "internal_server_error")
            easel.gate.set()

    run(main())


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"elements": {"title": "bare"}}, {"elements.title"}),
        ({"elements": {"title": "bare", "nowhere": 3, "photo": {"opacity": 101}}},
         {"elements.title", "elements.nowhere", "elements.photo.opacity"}),
        ({"elements": {"photo": {"text_to_image": True, "upscale": True}}},
         {"elements.photo.text_to_image", "elements.photo.upscale"}),
        ({"elements": {"photo": {"mask_properties": {"skew_y": 40, "radius": {"tl": -1}}}}},
         {"elements.photo.mask_properties.skew_y", "elements.photo.mask_properties.radius.tl"}),
        ({"template_format_name": 3}, {"template_format_name"}),
        ({"elements": []}, {"elements"}),
        ({"image_file_type": "mp4"}, {"image_file_type"}),
    ],
)  # fmt: skip
def test_what_only_this_call_refuses_is_refused_with_all_the_rest(tmp_path: Path, body: Any, paths: set[str]) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            status, refused = await now(client, body)
            assert status == 400
            assert {problem["path"] for problem in refused["errors"]} == paths

    run(main())


def test_only_still_designs_are_made_now(tmp_path: Path) -> None:
    write_design(tmp_path / "designs", design_body() | {"type": "animated"})

    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            for path, status, error_id in (
                (PATH, 400, "template_not_static"),
                (f"/banner-builder/{NO_ID}/generate", 404, "template_not_found"),
            ):
                found, body = await send(client, "POST", path, {"elements": "whatever"})
                assert (found, body["id"]) == (status, error_id)

    run(main())
