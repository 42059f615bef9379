"""Subscriptions and archives: who is told of what, once at least, and how."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from test_studio_workspace import NO_ID, send
from workshop import generate, read, result, run, site, studio, until

from bulkgen.studio.server import StudioServer
from bulkgen.testing import ManualClock
from bulkgen.wire.signature import DELIVERY_HEADER


@contextlib.asynccontextmanager
async def hook(*refusals: int) -> AsyncIterator[tuple[str, list[tuple[str, str, Any]]]]:
    """Somebody's webhook address, and what came there: path, delivery id, body. First it answers with `refusals`."""
    came: list[tuple[str, str, Any]] = []
    left = list(refusals)

    async def receive(request: web.Request) -> web.Response:
        came.append((request.path, request.headers[DELIVERY_HEADER], await request.json()))
        return web.Response(status=left.pop(0) if left else 200)

    async with site(receive) as url:
        yield url, came


async def told(server: StudioServer) -> None:
    """Until each event has been tried."""
    assert server._exports is not None
    await server._exports.idle()
    for callbacks in server._callbacks:
        await callbacks.idle()


def test_who_subscribed_is_told_of_each_banner_and_of_the_batch(tmp_path: Path) -> None:
    async def main() -> None:
        async with hook() as (url, came), studio(tmp_path) as (server, client):
            for event in ("new_banner", "new_banner_batch", "new_export", "template_status"):
                status, made = await send(client, "POST", "/subscribe", {"hook_url": f"{url}/{event}", "type": event})
                assert status == 200
                assert (await read(client, f"/webhook/{made['id']}"))[1]["type"] == event
            generation_id = await generate(client)
            final = await result(server, client, generation_id)
            await told(server)
            bodies = {path: [body for at, _, body in came if at == path] for path, _, _ in came}
            assert bodies.pop("/new_banner_batch") == [
                {"generation_request_id": generation_id, "banners": final["banners"], "errors": []}
            ]
            assert sorted(bodies.pop("/new_banner"), key=lambda one: str(one["id"])) == sorted(
                final["banners"], key=lambda one: str(one["id"])
            )
            assert not bodies
            ids = [delivery for _, delivery, _ in came]
            assert len(set(ids)) == 3, "each delivery has an id of its own"

    run(main())


def test_an_address_of_the_request_stands_in_for_the_subscription_to_batches(tmp_path: Path) -> None:
    """The seed: one method for each job, and the job's own wins."""

    async def main() -> None:
        async with hook() as (url, came), studio(tmp_path) as (server, client):
            await send(client, "POST", "/subscribe", {"hook_url": f"{url}/all", "type": "new_banner_batch"})
            await result(server, client, await generate(client, {"callback_url": f"{url}/mine"}))
            await told(server)
            assert [path for path, _, _ in came] == ["/mine"]

    run(main())


def test_what_was_not_taken_is_told_again_after_a_restart_and_not_to_who_has_left(tmp_path: Path) -> None:
    async def main() -> None:
        async with hook(500, 500) as (url, came):
            async with studio(tmp_path) as (server, client):
                body = {"hook_url": f"{url}/stays", "type": "new_banner_batch"}
                await send(client, "POST", "/subscribe", body)
                _, leaver = await send(client, "POST", "/subscribe", body | {"hook_url": f"{url}/leaves"})
                await result(server, client, await generate(client))
                await told(server)
                assert (await send(client, "DELETE", f"/unsubscribe/{leaver['id']}"))[0] == 200
                assert (await read(client, f"/webhook/{leaver['id']}"))[0] == 404
                assert (await send(client, "DELETE", f"/unsubscribe/{leaver['id']}"))[1]["id"] == "not_found"
            assert sorted(path for path, _, _ in came) == ["/leaves", "/stays"]
            async with studio(tmp_path, clock=ManualClock(wall=time.time() + 60)) as (server, client):
                await until(lambda: len(came) > 2)
                await told(server)
            assert [path for path, _, _ in came[2:]] == ["/stays"]
            assert len({delivery for path, delivery, _ in came if path == "/stays"}) == 1

    run(main())


@pytest.mark.parametrize(
    ("body", "error_id"),
    [
        ({"hook_url": "https://a.example/x"}, "missing_required"),
        ({"hook_url": "ftp://a.example", "type": "new_banner"}, "invalid_payload"),
        ({"hook_url": "https://a.example", "type": "NEW_BANNER"}, "unknown_enum_value"),
        ({"hook_url": 3, "type": 4}, "wrong_type"),
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(tmp_path: Path, body: Any, error_id: str) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            status, answer = await send(client, "POST", "/subscribe", body)
            assert (status, answer["id"]) == (400, error_id)

    run(main())


def test_events_go_to_private_addresses_only_when_that_is_allowed(tmp_path: Path) -> None:
    """A studio that others reach must not be made to call into the network behind it."""

    async def main() -> None:
        for allowed in (False, True):
            async with (
                hook() as (url, came),
                studio(tmp_path / str(allowed), host="0.0.0.0", api_key="k", allow_private_callbacks=allowed) as (
                    server,
                    client,
                ),
            ):
                client.headers["x-api-key"] = "k"
                await send(client, "POST", "/subscribe", {"hook_url": url, "type": "new_banner_batch"})
                await result(server, client, await generate(client))
                await told(server)
                assert bool(came) is allowed

    run(main())


# --- archives


def test_an_archive_holds_each_file_once_as_it_is_and_is_told_of(tmp_path: Path) -> None:
    async def main() -> None:
        async with hook() as (url, came), studio(tmp_path) as (server, client):
            final = await result(server, client, await generate(client))
            ids = [banner["id"] for banner in final["banners"]]
            body = {"ids": [*ids, ids[0].upper(), NO_ID], "callback_url": f"{url}/export"}
            status, accepted = await send(client, "POST", "/async/banners/export", body)
            assert status == 200
            await told(server)
            ((_, _, event),) = came
            assert event["export_id"] == accepted["export_id"]
            assert event["requested_at"] <= event["generated_at"]
            async with client.get(event["archive_url"]) as answer:
                archive = zipfile.ZipFile(io.BytesIO(await answer.read()))
            assert sorted(archive.namelist()) == sorted(f"{banner_id}.png" for banner_id in ids)
            for banner in final["banners"]:
                key = banner["file"]["url"].rpartition("/")[2]
                body = archive.read(banner["file"]["filename"])
                assert key == f"{hashlib.sha256(body).hexdigest()}.png"
            # The same files are the same archive, under the same address.
            await send(client, "POST", "/async/banners/export", {"ids": ids, "callback_url": url})
            await told(server)
            assert came[1][2]["archive_url"] == event["archive_url"]

    run(main())


def test_an_archive_that_was_promised_is_made_after_a_restart_and_goes_to_who_subscribed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "If the POST returned an id, the event is always sent": also when the studio was killed in between."""

    async def never(_: Any) -> None:
        raise OSError("no space left")

    async def main() -> None:
        async with hook() as (url, came):
            with monkeypatch.context() as patch:
                patch.setattr("bulkgen.studio.exports.Exports._make_all", never)
                async with studio(tmp_path) as (server, client):
                    await send(client, "POST", "/subscribe", {"hook_url": url, "type": "new_export"})
                    final = await result(server, client, await generate(client))
                    body = {"ids": [final["banners"][0]["id"]]}
                    _, accepted = await send(client, "POST", "/async/banners/export", body)
            assert not came
            async with studio(tmp_path) as (server, _):
                await told(server)
            ((_, _, event),) = came
            assert event["export_id"] == accepted["export_id"]

    run(main())


@pytest.mark.parametrize(
    ("body", "status", "error_id"),
    [
        ({}, 400, "missing_required"),
        ({"ids": "x"}, 400, "wrong_type"),
        ({"ids": [], "callback_url": "nowhere"}, 400, "invalid_payload"),
        ({"ids": []}, 404, "visual_not_found"),
        ({"ids": [NO_ID]}, 404, "visual_not_found"),
        ({"ids": [NO_ID, "x"]}, 404, "endpoint_not_found"),
    ],
)
def test_an_archive_of_nothing_is_refused(tmp_path: Path, body: Any, status: int, error_id: str) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            found, answer = await send(client, "POST", "/async/banners/export", body)
            assert (found, answer["id"]) == (status, error_id), json.dumps(answer)

    run(main())
