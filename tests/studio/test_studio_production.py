"""The way of accepted work, with a stand-in for drawing: order, results, failures, restarts."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from workshop import (
    DESIGN_ID,
    Easel,
    design_body,
    generate,
    paint,
    read,
    result,
    run,
    site,
    stand_in,
    studio,
    until,
    write_design,
)

from bulkgen.studio.errors import StudioBusyError, StudioError
from bulkgen.studio.lease import running
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer
from bulkgen.studio.task import RenderResult, RenderTask
from bulkgen.testing import ManualClock

WEEK_SECONDS = 7 * 24 * 3600


def test_a_generation_runs_and_then_has_one_result_for_ever(tmp_path: Path) -> None:
    """A result that changes after it was read would leave the sheet with addresses of something else."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        async with studio(tmp_path, render=easel.render) as (server, client):
            generation_id = await generate(client, {"elements": {"title": {"payload": "Hi"}}})
            status, body = await read(client, f"/generation-request/{generation_id}")
            assert (status, body["is_finalized"], body["banners"]) == (202, False, [])
            easel.gate.set()
            first = await result(server, client, generation_id)
            write_design(tmp_path / "designs", design_body(name="Renamed since"))
            await read(client, "/designs")
            assert await result(server, client, generation_id) == first
            assert first["errors"] == []
            banner = first["banners"][1]
            assert banner["format"] == {"id": "tall", "unit": "px", "width": 10, "height": 20}
            assert banner["template"]["name"] == "Card"
            assert banner["file"]["filename"] == f"{banner['id']}.png"
            assert banner["version"] == 1
            status, alone = await read(client, f"/banners/{banner['id']}")
            assert (status, alone) == (200, banner)
            async with client.get(banner["file"]["url"]) as answer:
                assert json.loads(await answer.read()) == ["tall", {"title": {"payload": "Hi"}}, []]

    run(main())


def test_a_format_that_fails_leaves_the_others(tmp_path: Path) -> None:
    """Partial success is a result: the good files are kept."""

    def half(task: RenderTask) -> RenderResult:
        made = paint(task).outcomes
        failed = paint(RenderTask(b"", ("tall",), {"title": {"payload": "fail"}}, task.files_folder)).outcomes
        return RenderResult((made[0], *failed))

    async def main() -> None:
        async with studio(tmp_path, render=half) as (server, client):
            body = await result(server, client, await generate(client))
            assert [banner["format"]["id"] for banner in body["banners"]] == ["wide"]
            assert body["errors"] == [{"template_format_name": "tall", "reason": "asked to fail"}]

    run(main())


def test_the_most_that_a_file_may_have_reaches_whoever_draws_it(tmp_path: Path) -> None:
    """An ad network refuses the whole upload for one file over 150 kB, read either way: 1,000 bytes make a kB."""

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render) as (server, client):
            for body in ({"max_kb": 150}, {"max_kb": 150.0}, {}):
                await result(server, client, await generate(client, body))
            path = f"/banner-builder/{DESIGN_ID}/generate"
            async with client.post(path, json={"max_kb": 40}) as answer:
                assert answer.status == 200
            assert [task.max_bytes for task in easel.tasks] == [150_000, 150_000, None, 40_000]

    run(main())


def test_only_the_formats_asked_for_are_made(tmp_path: Path) -> None:
    """A retry sends the format that failed, and pays for no other."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            uid = "11111111-1111-4111-8111-111111111111"
            body = await result(server, client, await generate(client, {"template_format_names": ["tall"]}))
            assert [banner["format"]["id"] for banner in body["banners"]] == ["tall"]
            twice = await result(server, client, await generate(client, {"template_format_names": ["wide", uid]}))
            assert [banner["format"]["id"] for banner in twice["banners"]] == ["wide"]

    run(main())


def test_work_is_taken_up_in_the_order_of_its_acceptance(tmp_path: Path) -> None:
    """Otherwise a large run would let an early row wait to its end."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        one = lambda: ThreadPoolExecutor(1)  # noqa: E731
        async with studio(tmp_path, render=easel.render, make_executor=one) as (server, client):
            ids = [await generate(client, {"elements": {"title": {"payload": str(i)}}}) for i in range(30)]
            easel.gate.set()
            for generation_id in ids:
                await result(server, client, generation_id)
            assert [task.elements["title"]["payload"] for task in easel.tasks] == [str(i) for i in range(30)]

    run(main())


def test_a_picture_that_was_sent_or_fetched_reaches_the_renderer_and_a_dead_one_its_reason(tmp_path: Path) -> None:
    """A banner without its photo is a wrong picture; a reason can be mended."""

    async def serve(request: web.Request) -> web.Response:
        if request.path == "/gone":
            raise web.HTTPNotFound
        return web.Response(body=b"fetched", content_type="image/png")

    async def main() -> None:
        async with site(serve) as url, studio(tmp_path, allow_private_assets=True) as (server, client):

            async def shown(photo: dict[str, str]) -> Any:
                body = await result(server, client, await generate(client, {"elements": {"photo": photo}}))
                if body["errors"]:
                    return body["errors"][0]["reason"]
                async with client.get(body["banners"][0]["file"]["url"]) as answer:
                    return json.loads(await answer.read())[2]

            assert await shown({"image_url": f"{url}/a"}) == ["fetched"]
            assert await shown({"image_encoded": base64.b64encode(b"sent").decode()}) == ["sent"]
            assert await shown({"image_url": f"{url}/gone?key=1"}) == f"photo: {url}/gone answered 404"

    run(main())


def test_a_printed_design_may_have_pictures_that_no_screen_needs(tmp_path: Path) -> None:
    """A poster's photo has hundreds of megabytes; a banner's that has is a mistake, and would fill the disk."""
    printed_id = "8e3d3f61-c29a-4d5e-9d88-3f4051627384"
    write_design(tmp_path / "designs")
    write_design(tmp_path / "designs", design_body(printed_id, "Poster") | {"type": "printer"}, name="poster")

    async def serve(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * (3 << 20), content_type="image/png")

    async def main() -> None:
        bounds = {"max_asset_bytes": 2 << 20, "max_print_asset_bytes": 4 << 20}
        async with site(serve) as url, studio(tmp_path, allow_private_assets=True, **bounds) as (server, client):
            reasons = []
            for design_id in (DESIGN_ID, printed_id):
                body = {"elements": {"photo": {"image_url": f"{url}/big.png"}}, "template_format_names": ["wide"]}
                async with client.post(f"/async/banner-builder/{design_id}/generate", json=body) as answer:
                    accepted = await answer.json()
                final = await result(server, client, accepted["generation_request_id"])
                reasons.append([error["reason"] for error in final["errors"]])
            assert reasons == [[f"photo: {url}/big.png is larger than 2 MB"], []]

    run(main())


def test_a_host_that_stumbles_for_a_moment_costs_no_banner_and_nobody_waits_for_it(tmp_path: Path) -> None:
    """Its picture is asked for once more half a minute later; the others have their turn meanwhile."""
    answers = {"/stumbles.png": [503], "/is-down.png": [503, 503, 503], "/is-gone.png": [404, 404]}
    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.path)
        left = answers.get(request.path, [])
        return web.Response(status=left.pop(0)) if left else web.Response(body=b"there", content_type="image/png")

    async def main() -> None:
        clock = ManualClock()
        async with site(serve) as url, studio(tmp_path, allow_private_assets=True, clock=clock) as (server, client):
            names = ["stumbles", "is-down", "is-gone", *(f"fine-{number}" for number in range(40))]
            ids = [
                await generate(client, {"elements": {"photo": {"image_url": f"{url}/{name}.png"}}}) for name in names
            ]
            results = dict(zip(names, [await result(server, client, one) for one in ids], strict=True))
            failed = {name: one["errors"][0]["reason"] for name, one in results.items() if one["errors"]}
            assert failed == {
                "is-down": f"photo: {url}/is-down.png answered 503",
                "is-gone": f"photo: {url}/is-gone.png answered 404",
            }
            assert [asked.count(f"/{name}.png") for name in ("stumbles", "is-down", "is-gone")] == [2, 2, 1]
            assert 31 <= clock.monotonic() < 120

    run(main())


def test_a_mandatory_layer_that_is_missing_is_an_error_of_its_formats(tmp_path: Path) -> None:
    """The API fails such a generation, and does not say where; a reason in each format is never a wrong picture."""
    body = design_body()
    body["elements"][2]["settings"] = {"is_mandatory": {"wide": True}}
    write_design(tmp_path / "designs", body)

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            answer = await result(server, client, await generate(client))
            assert [banner["format"]["id"] for banner in answer["banners"]] == ["tall"]
            (error,) = answer["errors"]
            assert error["template_format_name"] == "wide"
            assert error["reason"].startswith("title: ")

    run(main())


def test_a_design_that_is_gone_by_then_is_an_error_and_not_a_standstill(tmp_path: Path) -> None:
    """What is accepted ends."""

    async def main() -> None:
        easel = Easel()
        easel.gate.clear()
        async with studio(tmp_path, render=easel.render) as (_, client):
            generation_id = await generate(client)
        (tmp_path / "designs" / "card" / "design.json").unlink()
        easel.gate.set()
        async with studio(tmp_path) as (server, client):
            body = await result(server, client, generation_id)
            gone = "the design is no longer there"
            assert body["errors"] == [{"template_format_name": name, "reason": gone} for name in ("wide", "tall")]

    run(main())


def test_a_renderer_that_raises_is_an_error_without_its_insides(tmp_path: Path) -> None:
    """Our mistake costs the row its picture, not the run."""

    def broken(task: RenderTask) -> RenderResult:
        raise RuntimeError("secret inside")

    async def main() -> None:
        async with studio(tmp_path, render=broken) as (server, client):
            body = await result(server, client, await generate(client))
            assert [error["reason"] for error in body["errors"]] == [
                "it could not be made: RuntimeError in the studio"
            ] * 2

    run(main())


def test_a_studio_stopped_and_started_finishes_what_it_accepted(tmp_path: Path) -> None:
    """On another port, with the same store: what was promised is kept, and old results are as they were."""

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render) as (server, client):
            done_id = await generate(client, {"elements": {"title": {"payload": "done"}}})
            done = await result(server, client, done_id)
            store_id = server.store_id
            easel.gate.clear()
            ids = [await generate(client, {"elements": {"title": {"payload": str(i)}}}) for i in range(40)]
        easel.gate.set()
        async with studio(tmp_path) as (server, client):
            assert server.store_id == store_id
            for generation_id in ids:
                assert len((await result(server, client, generation_id))["banners"]) == 2
            assert server.counts().finalized == 41
            again = await result(server, client, done_id)
            assert [banner["id"] for banner in again["banners"]] == [banner["id"] for banner in done["banners"]]

    run(main())


def test_stop_with_finish_leaves_nothing_undone(tmp_path: Path) -> None:
    """A tidy end: all rendered, all told."""

    async def main() -> None:
        told: list[str] = []

        async def receive(request: web.Request) -> web.Response:
            told.append((await request.json())["generation_request_id"])
            return web.Response()

        async with site(receive) as url, studio(tmp_path) as (server, client):
            ids = [await generate(client, {"callback_url": url}) for _ in range(20)]
            await server.stop(finish=True)
            assert sorted(told) == sorted(ids)
            assert running(tmp_path / "studio") is None

    run(main())


def test_a_second_studio_of_a_folder_is_refused_with_the_address_of_the_first(tmp_path: Path) -> None:
    """Two at once would do everything twice; the address lets the second client use the first."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            assert running(tmp_path / "studio") == server.base_url
            other = StudioServer(server.options, make_renderer=stand_in())
            with pytest.raises(StudioBusyError) as busy:
                await other.start()
            assert busy.value.url == server.base_url
            assert (await read(client, "/ready"))[0] == 200
            assert running(tmp_path / "studio") == server.base_url

    run(main())


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """And the folder is free again."""

    async def main() -> None:
        async with studio(tmp_path) as (server, _):
            port = int(server.base_url.rpartition(":")[2])
            options = StudioOptions(folder=tmp_path / "other", designs=(), port=port)
            with pytest.raises(StudioError, match=str(port)):
                await StudioServer(options, make_renderer=stand_in()).start()
            assert running(tmp_path / "other") is None

    run(main())


def test_the_same_key_is_the_same_generation(tmp_path: Path) -> None:
    """The engine repeats a POST whose answer was lost; it must not be rendered twice."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            body = {"elements": {"title": {"payload": "x"}}}
            first = await generate(client, body, key="token-1")
            assert await generate(client, body, key="token-1") == first
            assert await generate(client, body, key="token-2") != first
            await result(server, client, first)
            assert await generate(client, body, key="token-1") == first
            assert server.counts().renderings == 2
            path = f"/async/banner-builder/{DESIGN_ID}/generate"
            async with client.post(path, json={}, headers={"Idempotency-Key": "token-1"}) as answer:
                assert (answer.status, (await answer.json())["id"]) == (409, "idempotency_key_reused")
            async with client.post(path, json={}, headers={"Idempotency-Key": "a b"}) as answer:
                assert answer.status == 400

    run(main())


def test_a_result_is_gone_after_seven_days_and_not_before(tmp_path: Path) -> None:
    """Clients plan with the seven days."""

    async def main() -> None:
        clock = ManualClock()
        async with studio(tmp_path, clock=clock) as (server, client):
            generation_id = await generate(client)
            banner = (await result(server, client, generation_id))["banners"][0]
            clock.advance(WEEK_SECONDS)
            assert (await read(client, f"/generation-request/{generation_id}"))[0] == 200
            clock.advance(1)
            status, body = await read(client, f"/generation-request/{generation_id}")
            assert (status, body["id"]) == (410, "generation_request_gone")
            async with client.get(banner["file"]["url"]) as answer:
                assert answer.status == 200, "files stay"

    run(main())


def test_a_new_version_keeps_the_sharing_id_and_counts(tmp_path: Path) -> None:
    """Share links show the newest."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            first = (await result(server, client, await generate(client)))["banners"][0]
            versions = []
            for title in ("two", "three"):
                body = {
                    "original_visual_id": first["id"],
                    "template_format_names": ["wide"],
                    "elements": {"title": {"payload": title}},
                }
                versions.append((await result(server, client, await generate(client, body)))["banners"][0])
            assert [banner["version"] for banner in versions] == [2, 3]
            assert {banner["sharing_id"] for banner in versions} == {first["sharing_id"]}
            assert len({first["id"], *(banner["id"] for banner in versions)}) == 3

    run(main())


# --- broken executors


def test_a_broken_executor_is_rebuilt_and_its_work_run_again_one_at_a_time(tmp_path: Path) -> None:
    """One task that kills a worker takes the executor down for all; the others must not pay for it."""
    at_once: list[int] = [0, 0]

    def render(task: RenderTask) -> RenderResult:
        title = task.elements["title"]["payload"]
        at_once[0] += 1
        at_once[1] = max(at_once[1], at_once[0])
        try:
            if title == "die" and "tall" in task.format_ids:
                raise BrokenProcessPool("gone")
            return paint(task)
        finally:
            at_once[0] -= 1

    async def main() -> None:
        async with studio(tmp_path, render=render) as (server, client):
            bad = await generate(client, {"elements": {"title": {"payload": "die"}}})
            good = [await generate(client, {"elements": {"title": {"payload": f"t{i}"}}}) for i in range(10)]
            body = await result(server, client, bad)
            assert [banner["format"]["id"] for banner in body["banners"]] == ["wide"]
            (error,) = body["errors"]
            assert error == {
                "template_format_name": "tall",
                "reason": "it crashed the renderer: the worker process ended",
            }
            for generation_id in good:
                assert len((await result(server, client, generation_id))["banners"]) == 2
            assert server.pool.rebuilt == 2

    run(main())


def test_a_store_that_cannot_be_written_for_a_while_loses_nothing(tmp_path: Path) -> None:
    """A full disk is cleared by somebody; the work was promised."""

    async def main() -> None:
        async with studio(tmp_path, clock=ManualClock()) as (server, client):
            store = server._store
            assert store is not None
            store._reader.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON generations WHEN NEW.state = 'finalized'"
                " BEGIN SELECT raise(ABORT, 'disk full'); END"
            )
            generation_id = await generate(client)
            await until(lambda: bool(server.counts().rendering))
            store._reader.execute("DROP TRIGGER full")
            assert len((await result(server, client, generation_id))["banners"]) == 2

    run(main())


def test_the_state_shows_on_one_line(tmp_path: Path) -> None:
    """What a log or a failed assertion shows is all one has."""

    async def main() -> None:
        async with studio(tmp_path) as (server, _):
            assert server.base_url in repr(server)
            assert "RenderPool(free=4" in repr(server)
        assert "stopped" in repr(server)

    run(main())
