"""The API's own Python client against a studio: each of its operations, both its clients, its waiter, errors, webhooks.

Whoever changes a base URL must have nothing else to change. The same tests run against the hosted API with

    BULKGEN_CONTRACT_KEY=... pytest tests/contract/test_official_sdk.py

and optionally BULKGEN_CONTRACT_URL and BULKGEN_CONTRACT_DESIGN. There they read, and make a few banners of a design,
which costs credits (of the first static one that needs no more than a text, unless named); what would change the
workspace is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import json
import os
import queue
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import pytest

pytest.importorskip("skia")
pytest.importorskip("abyssale")

import abyssale
from abyssale.webhooks import signature_timestamp, verify_webhook_signature
from contract_designs import DESIGN_ID, FILM_ID, NO_ID, PAGES_ID, PROJECT_ID
from sdk_clients import PATIENCE_SECONDS, Api, Calls, Running, design_with_a_text, hold_to_the_models

# Read before the tests' own environment takes the settings of this machine away.
HOSTED_KEY = os.environ.get("BULKGEN_CONTRACT_KEY")
HOSTED_URL = os.environ.get("BULKGEN_CONTRACT_URL", "https://api.abyssale.com")
HOSTED_DESIGN = os.environ.get("BULKGEN_CONTRACT_DESIGN")


# What the studio does not imitate; its page says so.
NOT_IMITATED: dict[str, tuple[Any, ...]] = {
    "create_dynamic_image_url": (DESIGN_ID,),
    "list_workspace_templates": (),
    "list_workspace_template_categories": (),
    "duplicate_workspace_template": (NO_ID, {"project_id": NO_ID}),
    "get_duplication_request": (NO_ID,),
}
WAITS_FOR_THEM = {"wait_for_duplication_request"}


@pytest.fixture(scope="module", params=["studio", "hosted"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    if request.param == "studio":
        running = Running(tmp_path_factory.mktemp("studio"))
        yield Api(running.url, "any", DESIGN_ID, "square", "title", running)
        running.stop()
        return
    if not HOSTED_KEY:
        pytest.skip("BULKGEN_CONTRACT_KEY is not set")
    with abyssale.Abyssale(api_key=HOSTED_KEY, base_url=HOSTED_URL) as client:
        found = design_with_a_text(client, HOSTED_DESIGN)
    if found is None:
        pytest.skip("no static design has a text that is all it has to be given; name one with BULKGEN_CONTRACT_DESIGN")
    yield Api(HOSTED_URL, HOSTED_KEY, *found)


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    if api.is_ours:
        hold_to_the_models(monkeypatch)
    calls = Calls(request.param, api_key=api.key, base_url=api.url)
    yield calls
    calls.end()


@dataclass
class Receiver:
    """Somebody's webhook address."""

    url: str
    deliveries: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.deliveries.get(timeout=PATIENCE_SECONDS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    got = Receiver("")

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.deliveries.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        got.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        yield got
        server.shutdown()
        thread.join()


# --- who, what, how much


def test_a_key_names_its_workspace(api: Api, client: Calls) -> None:
    """The first call that every integration makes."""
    found = client.verify_api_key()
    assert found.company
    assert found.version.startswith("v20")


def test_designs_are_listed_filtered_and_paged(api: Api, client: Calls) -> None:
    every = client.list_designs()
    assert api.design_id in [str(design.id) for design in every]
    assert {design.type.value for design in client.list_designs(type=["static"])} == {"static"}
    assert len(client.list_designs(page=1, per_page=1)) == 1
    assert client.list_designs(query="no design is called so at all") == []
    newest = client.list_designs(sort="created", order="desc")
    assert [design.created_at for design in newest] == sorted((d.created_at for d in every), reverse=True)
    if api.is_ours:
        assert [design.name for design in client.list_designs(orientation="square", size="200x200")] == ["Little card"]
        assert client.list_designs(orientation="square", size="240x120") == [], "of one and the same format"
        assert [design.name for design in client.list_designs(format=["square", "none"])] == ["Little card"]
        assert [design.name for design in client.list_designs(project_id=PROJECT_ID)] == ["Little card"]
        assert client.list_designs(updated_since="2999-01-01") == []


def test_a_design_is_read_in_both_views_and_by_format(api: Api, client: Calls) -> None:
    design = client.get_design(api.design_id)
    assert str(design.id) == api.design_id
    advanced = client.get_design(api.design_id, advanced=True)
    layers = {
        element.name: {one.id for one in getattr(element, "attributes", None) or ()} for element in design.elements
    }
    for element in advanced.elements:
        assert layers.get(element.name, set()) <= {one.id for one in getattr(element, "attributes", None) or ()}
    by_name = client.get_design_format(api.design_id, api.format_id)
    by_uid = client.get_design_format(api.design_id, str(by_name.uid))
    assert (by_uid.id, by_uid.width) == (by_name.id, by_name.width)
    assert str(by_name.design.id) == api.design_id
    if api.is_ours:
        assert client.get_design_format(api.design_id, "odd name/é").width == 240
        pages = client.get_design(PAGES_ID)
        assert pages.pages[0].id == "page_1"
        assert [element.name for element in pages.elements_per_page["page_1"]] == ["title"]


def test_fonts_credits_and_projects_are_read(api: Api, client: Calls) -> None:
    fonts = client.list_fonts()
    assert fonts
    assert client.list_fonts(name=fonts[0].name)[0].name == fonts[0].name
    assert len(client.list_fonts(page=1, per_page=1)) == 1
    balance = client.get_credits()
    assert balance.generation_credits.available is None or balance.generation_credits.available >= 0
    names = [project.name for project in client.list_projects()]
    assert names
    assert [project.name for project in client.list_projects(name=names[0])][:1] == names[:1]


# --- banners


def test_a_banner_is_made_while_its_caller_waits(api: Api, client: Calls) -> None:
    banner = client.generate_image(
        api.design_id,
        {"elements": {api.text_layer: {"payload": "Now"}}, "template_format_name": api.format_id},
    )
    assert banner.version == 1
    assert banner.format.id == api.format_id
    with urlopen(str(banner.file.url), timeout=PATIENCE_SECONDS) as answer:
        assert answer.read(3) in (b"\xff\xd8\xff", b"\x89PN")
    again = client.get_file(str(banner.id))
    assert again.file.url == banner.file.url
    newer = client.generate_image(
        api.design_id,
        {
            "elements": {api.text_layer: {"payload": "Then"}},
            "template_format_name": api.format_id,
            "original_visual_id": str(banner.id),
        },
    )
    assert (newer.version, newer.sharing_id) == (2, banner.sharing_id)
    assert newer.id != banner.id


def test_banners_are_made_in_a_while_and_waited_for(api: Api, client: Calls) -> None:
    accepted = client.generate_multi_format_media(
        api.design_id,
        {"elements": {api.text_layer: {"payload": "Bonjour"}}, "template_format_names": [api.format_id]},
    )
    api.settle()
    result = client.wait_for_generation_request(accepted.generation_request_id)
    assert [banner.format.id for banner in result.banners] == [api.format_id]
    assert not result.errors
    read = client.get_generation_request(accepted.generation_request_id)
    assert read.is_finalized
    assert [banner.id for banner in read.banners] == [banner.id for banner in result.banners]


def test_the_waiter_waits_for_what_is_not_done(api: Api, client: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own pauses are where the studio works here, so that no test sleeps."""
    api.ours_only("its pauses would be real")
    assert api.studio is not None
    pauses: list[float] = []
    paused = threading.Event()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        paused.set()
        assert api.studio is not None
        api.studio.settle()

    async def pause_async(seconds: float) -> None:
        await asyncio.get_running_loop().run_in_executor(None, pause, seconds)

    pool = api.studio.server.pool
    draw = pool._run

    async def draw_in_the_pause(task: Any) -> Any:
        await asyncio.get_running_loop().run_in_executor(None, paused.wait, PATIENCE_SECONDS)
        return await draw(task)

    monkeypatch.setattr("abyssale._client.time", SimpleNamespace(sleep=pause))
    monkeypatch.setattr("abyssale._async_client.asyncio", SimpleNamespace(sleep=pause_async))
    monkeypatch.setattr(pool, "_run", draw_in_the_pause)
    accepted = client.generate_multi_format_media(api.design_id, {"elements": {api.text_layer: {"payload": "Held"}}})
    assert not client.get_generation_request(accepted.generation_request_id).is_finalized
    result = client.wait_for_generation_request(accepted.generation_request_id)
    assert pauses[0] >= 3
    assert len(result.banners) == 2


def test_partial_success_is_a_result_and_total_failure_raises(api: Api, client: Calls) -> None:
    api.ours_only("whether a text fits depends on the design")
    long = {"title": {"payload": "word " * 200, "font_size": 40}}
    accepted = client.generate_multi_format_media(DESIGN_ID, {"elements": long})
    api.settle()
    with pytest.raises(abyssale.AbyssalePollingError, match="cannot fit within the defined space"):
        client.wait_for_generation_request(accepted.generation_request_id)
    with pytest.raises(abyssale.AbyssaleAPIError) as refused:
        client.generate_image(DESIGN_ID, {"elements": long})
    assert (refused.value.status, refused.value.id) == (400, "cannot_build_banner")


def test_an_archive_of_banners_comes_by_webhook(api: Api, client: Calls, receiver: Receiver) -> None:
    api.ours_only("it would have to reach this machine")
    banners = [
        client.generate_image(DESIGN_ID, {"elements": {"title": {"payload": text}}, "image_file_type": "png"})
        for text in ("one", "two")
    ]
    ids = [str(banner.id) for banner in banners]
    accepted = client.export_banners({"ids": [*ids, NO_ID], "callback_url": receiver.url})
    _, body = receiver.next()
    told = json.loads(body)
    assert told["export_id"] == accepted.export_id
    with urlopen(told["archive_url"], timeout=PATIENCE_SECONDS) as answer:
        assert answer.headers["Content-Type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(f"{banner_id}.png" for banner_id in ids)


# --- webhooks


def test_deliveries_are_signed_as_the_client_verifies(api: Api, client: Calls, receiver: Receiver) -> None:
    """The whole way: the secret, two signatures after a rotation, one after a revocation."""
    api.ours_only("it would rotate the workspace's secret")

    def delivered() -> tuple[str, bytes]:
        client.generate_multi_format_media(
            DESIGN_ID,
            {"template_format_names": ["square"], "callback_url": f"{receiver.url}?{uuid.uuid4()}"},
        )
        headers, body = receiver.next()
        assert len(headers["x-abyssale-delivery-id"]) == 64
        return headers["x-abyssale-signature"], body

    first = client.get_signing_secret().secret
    client.revoke_signing_secret()
    header, body = delivered()
    assert verify_webhook_signature(body, header, first)
    assert not verify_webhook_signature(body + b" ", header, first)
    assert signature_timestamp(header) is not None
    second = client.rotate_signing_secret(force=True).secret
    header, body = delivered()
    assert verify_webhook_signature(body, header, first)
    assert verify_webhook_signature(body, header, second)
    with pytest.raises(abyssale.AbyssaleAPIError) as refused:
        client.rotate_signing_secret()
    assert (refused.value.status, refused.value.id) == (409, "previous_secret_still_active")
    assert client.revoke_signing_secret().previous_secret_expires_at_ts is None
    header, body = delivered()
    assert not verify_webhook_signature(body, header, first)
    assert verify_webhook_signature(body, header, second)


# --- refusals


@pytest.mark.parametrize(
    ("call", "kind", "error_id"),
    [
        (lambda c, _: c.get_design(NO_ID), abyssale.AbyssaleNotFoundError, "template_not_found"),
        (lambda c, _: c.get_design("no-uuid"), abyssale.AbyssaleNotFoundError, "endpoint_not_found"),
        (lambda c, d: c.get_design_format(d, "no such format"), abyssale.AbyssaleNotFoundError, "format_not_found"),
        (lambda c, _: c.get_file(NO_ID), abyssale.AbyssaleNotFoundError, "visual_not_found"),
        (
            lambda c, _: c.get_generation_request(NO_ID),
            abyssale.AbyssaleNotFoundError,
            "generation_request_not_found",
        ),
        (lambda c, _: c.export_banners({"ids": [NO_ID]}), abyssale.AbyssaleNotFoundError, "visual_not_found"),
        (lambda c, _: c.export_banners({"ids": ["x"]}), abyssale.AbyssaleNotFoundError, "endpoint_not_found"),
        (
            lambda c, d: c.generate_image(d, {"template_format_name": "none"}),
            abyssale.AbyssaleNotFoundError,
            "format_not_found",
        ),
        (lambda c, d: c.generate_image(d, {"elements": {"x": "bare"}}), abyssale.AbyssaleAPIError, "invalid_payload"),
        (
            lambda c, d: c.generate_multi_format_media(d, {"template_format_names": ["none"]}),
            abyssale.AbyssaleNotFoundError,
            "format_not_found",
        ),
        (
            lambda c, d: c.generate_multi_format_media(d, {"image_file_type": "mp4"}),
            abyssale.AbyssaleAPIError,
            "invalid_filetype",
        ),
        (
            lambda c, d: c.generate_image(d, {"file_compression_level": 101}),
            abyssale.AbyssaleAPIError,
            "out_of_range",
        ),
        (lambda c, _: c.rename_design(NO_ID, {"name": "x"}), abyssale.AbyssaleNotFoundError, "template_not_found"),
        (lambda c, _: c.create_project({"name": "x"}), abyssale.AbyssaleAPIError, "out_of_range"),
        (lambda c, _: c.create_project({}), abyssale.AbyssaleAPIError, "missing_required"),
    ],
)
def test_a_refusal_is_the_error_that_the_client_has_for_it(
    api: Api, client: Calls, call: Callable[[Calls, str], Any], kind: type[Exception], error_id: str
) -> None:
    """Callers branch on the class and the id."""
    with pytest.raises(kind) as refused:
        call(client, api.design_id)
    assert refused.value.id == error_id  # type: ignore[attr-defined]
    assert refused.value.message  # type: ignore[attr-defined]


def test_all_fields_at_fault_are_told_at_once(api: Api, client: Calls) -> None:
    """One round for a payload with three mistakes, not three."""
    overrides = {"color": "reddish", "font_size": 0, "max_lines": 0, "unknown_property": 1}
    body = {"elements": {api.text_layer: overrides, "unknown layer": {"payload": 1}}}
    for call in (client.generate_multi_format_media, client.generate_image):
        with pytest.raises(abyssale.AbyssaleAPIError) as refused:
            call(api.design_id, body)
        assert refused.value.status == 400
        assert {problem["path"] for problem in refused.value.errors} == {
            f"elements.{api.text_layer}.{name}" for name in ("color", "font_size", "max_lines")
        }


def test_a_document_is_made_and_waited_for(api: Api, client: Calls) -> None:
    api.ours_only("it costs a credit a page there")
    accepted = client.generate_multi_page_pdf(PAGES_ID, {"pages": {"page_1": {"title": {"payload": "Hello"}}}})
    api.settle()
    (banner,) = client.wait_for_generation_request(accepted.generation_request_id).banners
    assert (banner.file.type.value, banner.format.unit, banner.format.id) == ("pdf", "mm", None)
    assert (banner.format.width, banner.format.height) == (210, 297)
    with urlopen(banner.file.url, timeout=PATIENCE_SECONDS) as answer:
        assert answer.read(5) == b"%PDF-"


@pytest.mark.parametrize(("asked", "told"), [("mp4", "mp4"), ("gif", "gif"), ("html5", "zip")])
def test_a_film_is_made_in_each_of_its_types(api: Api, client: Calls, asked: str, told: str) -> None:
    api.ours_only("it costs credits by the second there")
    body = {"image_file_type": asked, "html5": {"click_tag": "https://example.com"}, "video": {"fps": 5}}
    accepted = client.generate_multi_format_media(FILM_ID, body)
    api.settle()
    (banner,) = client.wait_for_generation_request(accepted.generation_request_id).banners
    assert banner.file.type.value == told
    assert (banner.file.cdn_url is None) == (banner.file.fallback_image_url is not None) == (told == "zip")


def test_a_film_is_read_with_its_timeline(api: Api, client: Calls) -> None:
    api.ours_only("its designs are not known")
    read = client.get_design(FILM_ID)
    assert (read.animation.duration, read.animation.screenshot_at_s) == (0.6, 0.5)
    moving = next(element for element in read.elements if element.name == "title")
    assert moving.animation.tweens[0].type.value == "fade"


def test_a_wrong_request_for_a_document_is_told_as_such(api: Api, client: Calls) -> None:
    api.ours_only("its designs are not known")
    for design_id, body, error_id in (
        (PAGES_ID, {}, "missing_required"),
        (PAGES_ID, {"pages": {"page_1": {"title": {"font_size": 0}}}}, "out_of_range"),
        (DESIGN_ID, {"pages": {}}, "invalid_design_type"),
    ):
        with pytest.raises(abyssale.AbyssaleAPIError) as wrong:
            client.generate_multi_page_pdf(design_id, body)
        assert wrong.value.id == error_id


@pytest.mark.parametrize("name", NOT_IMITATED)
def test_what_is_not_imitated_is_no_endpoint(api: Api, client: Calls, name: str) -> None:
    """A client must hear that it is not there, not that something went wrong."""
    api.ours_only("it has them")
    with pytest.raises(abyssale.AbyssaleNotFoundError) as refused:
        getattr(client, name)(*NOT_IMITATED[name])
    assert refused.value.id == "endpoint_not_found"


def test_each_operation_of_the_client_is_tried_here() -> None:
    """A version of the client with a new operation has to be looked at, and not to slip by."""
    methods = {
        name
        for name, _ in inspect.getmembers(abyssale.Abyssale, inspect.isfunction)
        if not name.startswith("_") and name != "close"
    }
    with contextlib.suppress(OSError):
        here = Path(__file__)
        text = "".join(path.read_text("utf-8") for path in (here, here.with_name("test_official_sdk_alone.py")))
        tried = {name for name in methods if f".{name}(" in text or f".{name}," in text}
        assert methods - tried == set(NOT_IMITATED) | WAITS_FOR_THEM
