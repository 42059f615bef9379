"""The generation API's rules against a real studio on a socket, with real rendering, and with the API's own client.

Every rule here is one of the reference's; a client that works against the hosted API must not notice the difference.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import re
import uuid
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

pytest.importorskip("skia")

from contract_designs import DESIGN, DESIGN_ID, FONTS, NO_ID, PAGES, PAGES_ID, UID
from yarl import URL

from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer
from bulkgen.wire import routes

GENERATE = f"/async/banner-builder/{DESIGN_ID}/generate"
VERSION = re.compile(r"v\d{4}-\d{2}-\d{2}")
PATIENCE_SECONDS = 60

T = TypeVar("T")


def run(work: Awaitable[T]) -> T:
    async def main() -> T:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await work

    return asyncio.run(main())


@contextlib.asynccontextmanager
async def studio(folder: Path, **options: Any) -> AsyncIterator[tuple[StudioServer, aiohttp.ClientSession]]:
    for name, body in (("card", DESIGN), ("flyer", PAGES)):
        (folder / "designs" / name).mkdir(parents=True, exist_ok=True)
        (folder / "designs" / name / "design.json").write_text(json.dumps(body), encoding="utf-8")
    (folder / "designs" / "card" / "preview.png").write_bytes(b"\x89PNG preview")
    settings = StudioOptions(
        folder=folder / "studio", designs=(folder / "designs",), fonts=(FONTS,), workers=1, **options
    )
    async with StudioServer(settings) as server, aiohttp.ClientSession(server.base_url) as client:
        yield server, client


async def ask(client: aiohttp.ClientSession, method: str, path: str | URL, **more: Any) -> tuple[int, Any]:
    async with client.request(method, path, **more) as answer:
        assert answer.content_type == "application/json", await answer.text()
        body = await answer.json()
        if isinstance(body, dict) and answer.status >= 400:
            assert isinstance(body["id"], str)
            assert isinstance(body["message"], str)
            assert body.get("errors") != []
        return answer.status, body


async def finished(server: StudioServer) -> None:
    production = server._production
    assert production is not None
    await production.idle()


async def rendered(server: StudioServer, client: aiohttp.ClientSession, body: dict[str, Any]) -> Any:
    status, accepted = await ask(client, "POST", GENERATE, json=body)
    assert status == 200, accepted
    await finished(server)
    status, result = await ask(client, "GET", f"/generation-request/{accepted['generation_request_id']}")
    assert status == 200
    return result


def test_the_official_client_reads_generates_and_waits(tmp_path: Path) -> None:
    """Whoever changes a base URL must have nothing else to change."""
    abyssale = pytest.importorskip("abyssale")

    async def main() -> None:
        async with (
            studio(tmp_path) as (server, plain),
            abyssale.AsyncAbyssale(api_key="any", base_url=server.base_url) as client,
        ):
            assert (await client.verify_api_key()).company == "bulkgen studio"
            designs = await client.list_designs(type=["static"])
            assert [design.name for design in designs] == ["Little card"]
            design = await client.get_design(DESIGN_ID, advanced=True)
            assert [element.name for element in design.elements] == ["root", "title"]
            single = await client.get_design_format(DESIGN_ID, "odd name/é")
            assert single.width == 240
            assert (await client.get_design(PAGES_ID)).pages[0].id == "page_1"
            assert (await client.list_fonts(name="inter"))[0].name == "Inter"
            assert (await client.get_credits()).generation_credits.available is None
            accepted = await client.generate_multi_format_media(
                DESIGN_ID, {"elements": {"title": {"payload": "Bonjour", "color": "#d0021b"}}}
            )
            await finished(server)
            result = await client.wait_for_generation_request(accepted.generation_request_id)
            assert [banner.format.id for banner in result.banners] == ["square", "odd name/é"]
            assert not result.errors
            banner = await client.get_file(result.banners[0].id)
            assert banner.version == 1
            async with plain.get(str(banner.file.url)) as answer:
                picture = await answer.read()
            assert _size(picture) == (200, 200)
            with pytest.raises(abyssale.AbyssaleError) as refused:
                await client.generate_multi_format_media(DESIGN_ID, {"template_format_names": ["none"]})
            assert refused.value.id == "format_not_found"

    run(main())


def test_a_render_is_a_picture_and_a_text_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    """Never a wrong picture; the reason is the API's own sentence."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            good = await rendered(server, client, {"elements": {"title": {"payload": "Hi"}}, "image_file_type": "png"})
            assert {banner["file"]["type"] for banner in good["banners"]} == {"png"}
            long = {"title": {"payload": "word " * 200, "font_size": 40}}
            bad = await rendered(server, client, {"elements": long, "template_format_names": ["square"]})
            assert bad["banners"] == []
            assert "cannot fit within the defined space" in bad["errors"][0]["reason"]
            missing = {"root": {"background_color": "#000000"}, "title": {"payload": "x"}}
            assert len((await rendered(server, client, {"elements": missing}))["banners"]) == 2

    run(main())


@pytest.mark.parametrize(
    ("method", "path", "status", "error_id"),
    [
        ("GET", "/", 404, "endpoint_not_found"),
        ("GET", "/design", 404, "endpoint_not_found"),
        ("GET", "/designs/not-a-uuid", 404, "endpoint_not_found"),
        ("GET", "/generation-request/123", 404, "endpoint_not_found"),
        ("POST", "/async/banner-builder/x/generate", 404, "endpoint_not_found"),
        ("GET", "/files/../studio.sqlite3", 404, "endpoint_not_found"),
        ("GET", f"/files/{'a' * 64}.exe", 404, "endpoint_not_found"),
        ("GET", f"/files/{'a' * 64}.png", 404, "not_found"),
        ("POST", "/designs", 405, "method_not_allowed"),
        ("GET", "/auth", 405, "method_not_allowed"),
        ("GET", GENERATE, 405, "method_not_allowed"),
        ("DELETE", f"/generation-request/{NO_ID}", 405, "method_not_allowed"),
        ("GET", f"/designs/{NO_ID}", 404, "template_not_found"),
        ("GET", f"/designs/{NO_ID}/formats/square", 404, "template_not_found"),
        ("GET", f"/designs/{DESIGN_ID}/formats/none", 404, "format_not_found"),
        ("GET", f"/designs/{PAGES_ID}/formats/page_1", 404, "format_not_found"),
        ("GET", f"/generation-request/{NO_ID}", 404, "generation_request_not_found"),
        ("GET", f"/banners/{NO_ID}", 404, "visual_not_found"),
        ("GET", f"/previews/{PAGES_ID}.png", 404, "not_found"),
        ("GET", "/designs?per_page=many", 400, "invalid_query_param"),
        ("GET", "/designs?project_id=x", 400, "invalid_payload"),
        ("GET", "/fonts?page=0", 400, "invalid_query_param"),
    ],
)
def test_a_call_that_leads_nowhere_is_refused_with_its_id(
    shared: Shared, method: str, path: str, status: int, error_id: str
) -> None:
    """Clients branch on the id."""
    found, body = shared.ask(method, path)
    assert (found, body["id"]) == (status, error_id)
    assert VERSION.fullmatch(body["version"])


@pytest.mark.parametrize(
    ("content", "status", "error_id"),
    [
        ({"data": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_media_type"),
        ({"data": b"{}"}, 415, "unsupported_media_type"),
        ({"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "invalid_json"),
        ({"data": b"", "headers": {"Content-Type": "application/json"}}, 400, "invalid_json"),
        ({"data": b'"\xff"', "headers": {"Content-Type": "application/json; charset=utf-8"}}, 400, "invalid_json"),
        ({"json": []}, 400, "wrong_type"),
        ({"json": {"elements": {"title": {"font_size": 0}}}}, 400, "out_of_range"),
        ({"json": {"elements": {"title": {"font_size": 0, "color": "no"}}}}, 400, "invalid_payload"),
        ({"json": {"image_file_type": "mp4"}}, 400, "invalid_filetype"),
        ({"json": {"template_format_names": ["square", "none"]}}, 404, "format_not_found"),
        ({"json": {"original_visual_id": NO_ID}}, 400, "more_than_one_format"),
        ({"json": {"original_visual_id": NO_ID, "template_format_names": ["square"]}}, 404, "visual_not_found"),
    ],
)
def test_a_generate_call_that_cannot_be_accepted_is_refused_at_once(
    shared: Shared, content: dict[str, Any], status: int, error_id: str
) -> None:
    """What is wrong with a request is said before anything is promised."""
    found, body = shared.ask("POST", GENERATE, **content)
    assert (found, body["id"]) == (status, error_id)


def test_field_problems_carry_path_code_and_bounds(shared: Shared) -> None:
    """The mapper leads them back to cells."""
    _, body = shared.ask("POST", GENERATE, json={"elements": {"title": {"max_lines": 0}}})
    assert body["errors"] == [
        {
            "path": "elements.title.max_lines",
            "code": "out_of_range",
            "message": body["errors"][0]["message"],
            "expected": {"min": 1},
            "received": 0,
        }
    ]
    assert body["message"].startswith("elements.title.max_lines: ")
    _, both = shared.ask("POST", GENERATE, json={"elements": {"title": {"max_lines": 0, "font_size": 0}}})
    assert len(both["errors"]) == 2


def test_objects_are_stamped_and_lists_are_not(shared: Shared) -> None:
    """A banner's `version` counts files; a stamp would lie there."""
    for method, path in (("GET", "/ready"), ("POST", "/auth"), ("GET", "/credits"), ("GET", f"/designs/{DESIGN_ID}")):
        status, body = shared.ask(method, path)
        assert status == 200
        assert VERSION.fullmatch(body["version"])
    for path in ("/designs", "/fonts"):
        assert isinstance(shared.ask("GET", path)[1], list)


def test_the_two_views_of_a_design_and_its_preview(shared: Shared) -> None:
    """The default view has the released properties; the advanced one has all."""
    _, default = shared.ask("GET", f"/designs/{DESIGN_ID}")
    _, advanced = shared.ask("GET", f"/designs/{DESIGN_ID}?i=advanced")
    title = [[attribute["id"] for attribute in view["elements"][1]["attributes"]] for view in (default, advanced)]
    assert title == [["payload", "color"], ["payload", "color", "font_size", "line_height"]]
    _, by_name = shared.ask("GET", f"/designs/{DESIGN_ID}/formats/square")
    assert by_name == shared.ask("GET", f"/designs/{DESIGN_ID}/formats/{UID}")[1]
    assert by_name["elements"][1]["settings"] == {"is_mandatory": False}
    assert shared.fetch(default["preview_url"])[2] == b"\x89PNG preview"
    listed = {design["id"]: design for design in shared.ask("GET", "/designs")[1]}
    assert listed[DESIGN_ID]["preview_url"] == default["preview_url"]
    assert "preview_url" not in listed[PAGES_ID]
    _, pages = shared.ask("GET", f"/designs/{PAGES_ID}")
    assert (pages["dpi"], pages["bleed_size"], pages["safe_size"]) == (300, 0, 0), "a document always has them"


@pytest.mark.parametrize("name", ["50% off", "a+b c", "é/è", "{city}", "q?a#b&c;d", ".."])
def test_a_format_is_read_by_whatever_name_it_has(tmp_path: Path, name: str) -> None:
    """Names are given by designers; and ids in any case, as in every other place."""
    uid = "ABCDEF12-1111-4111-8111-111111111111"
    layers = [element | {"layout": {"x": 0, "y": 0, "width": 90, "height": 90}} for element in DESIGN["elements"]]
    body = DESIGN | {"id": NO_ID, "formats": [{"id": name, "uid": uid.lower(), "width": 90, "height": 90}]}

    async def main() -> None:
        (tmp_path / "designs" / "named").mkdir(parents=True)
        text = json.dumps(body | {"elements": layers})
        (tmp_path / "designs" / "named" / "design.json").write_text(text, encoding="utf-8")
        async with studio(tmp_path) as (server, client):
            for specifier in (name, uid.lower(), uid):
                path = routes.DESIGN_FORMAT.path(design_id=NO_ID, format_specifier=specifier)
                status, found = await ask(client, "GET", URL(server.base_url + path, encoded=True))
                assert (status, found["id"]) == (200, name)

    run(main())


def test_files_have_type_tag_and_ranges(tmp_path: Path) -> None:
    """Browsers, downloads that go on, and caches rely on them."""

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            result = await rendered(server, client, {"template_format_names": ["square"], "image_file_type": "jpeg"})
            url = result["banners"][0]["file"]["url"]
            async with client.get(url) as answer:
                whole = await answer.read()
                assert answer.headers["Content-Type"] == "image/jpeg"
                assert "immutable" in answer.headers["Cache-Control"]
                tag = answer.headers["ETag"]
            # As a file that was made again, or came from a backup: other times, and the same bytes.
            os.utime(tmp_path / "studio" / "files" / url.rpartition("/")[2], (1_600_000_000, 1_600_000_000))
            for method, headers, status in (
                ("GET", {}, 200),
                ("GET", {"If-None-Match": tag}, 304),
                ("HEAD", {"If-None-Match": f'"other", W/{tag}'}, 304),
                ("GET", {"If-None-Match": '"other"'}, 200),
                ("GET", {"If-Match": tag}, 200),
                ("GET", {"If-Match": tag, "Range": "bytes=0-1"}, 206),
                ("GET", {"If-Range": tag, "Range": "bytes=0-1"}, 206),
                ("GET", {"If-Match": '"other"'}, 412),
            ):
                async with client.request(method, url, headers=headers) as answer:
                    assert answer.status == status, headers
                    assert answer.headers.get("ETag") == (tag if status != 412 else None)
                    content = await answer.read()
                    assert content == {200: whole, 206: whole[:2]}.get(status, b"")
            async with client.get(url, headers={"Range": "bytes=2-9"}) as answer:
                assert (answer.status, await answer.read()) == (206, whole[2:10])
            async with client.head(url) as answer:
                assert (answer.status, answer.content_length) == (200, len(whole))
            again = await rendered(server, client, {"template_format_names": ["square"], "image_file_type": "jpeg"})
            assert again["banners"][0]["file"]["url"] == url, "equal banners are one file"
            assert again["banners"][0]["id"] != result["banners"][0]["id"]

    run(main())


def test_a_key_is_asked_for_where_one_is_set(tmp_path: Path) -> None:
    """Files are fetched by whoever has their address, as from the API's storage; nothing else is open."""

    async def main() -> None:
        async with studio(tmp_path, api_key="right") as (_, client):
            for headers in ({}, {"x-api-key": "wrong"}, {"x-api-key": "rïght"}, {"x-api-key": ""}):
                status, body = await ask(client, "POST", "/auth", headers=headers)
                assert (status, body["id"]) == (401, "unauthorized")
            assert (await ask(client, "GET", "/designs"))[0] == 401
            assert (await ask(client, "GET", "/nowhere"))[0] == 401
            assert (await ask(client, "POST", "/auth", headers={"x-api-key": "right"}))[0] == 200
            assert (await ask(client, "GET", "/ready"))[0] == 200
            assert (await ask(client, "GET", f"/files/{'a' * 64}.png"))[0] == 404

    run(main())


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "[::2]", ""])
def test_a_host_name_that_is_not_ours_is_refused(shared: Shared, host: str) -> None:
    """A page can point its own name at this machine, and would then read every design and start renders."""
    status, body = shared.ask("GET", "/designs", headers={"Host": host})
    assert (status, body["id"]) == (421, "host_not_allowed")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:80"])
def test_our_own_host_names_are_answered(shared: Shared, host: str) -> None:
    """In whatever spelling a client uses."""
    assert shared.ask("GET", "/designs", headers={"Host": host})[0] == 200


def test_no_other_site_may_read(shared: Shared) -> None:
    """There is no CORS, on purpose."""
    status, headers, _ = shared.fetch("/designs", headers={"Origin": "https://evil.example"})
    assert status == 200
    assert not [name for name in headers if name.lower().startswith("access-control")]


def test_a_body_past_the_limit_is_refused_in_the_envelope(tmp_path: Path) -> None:
    """A gigabyte of JSON must not be read to its end."""

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * (1 << 20)

    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            headers = {"Content-Type": "application/json"}
            # Either the answer comes first, or the closed connection does: what must not be is that all is read.
            with contextlib.suppress(aiohttp.ClientError):
                async with client.post(GENERATE, data=endless(), headers=headers) as answer:
                    assert (answer.status, (await answer.json())["id"]) == (413, "request_too_large")
            said = b" " * (65 << 20)
            with contextlib.suppress(aiohttp.ClientError):
                async with client.post(GENERATE, data=io.BytesIO(said), headers=headers) as answer:
                    assert (answer.status, (await answer.json())["id"]) == (413, "request_too_large")

    run(main())


def test_each_route_of_the_subset_is_served(shared: Shared) -> None:
    """A route that both sides know by name and one does not serve is a promise broken."""
    served = [value for value in vars(routes).values() if isinstance(value, routes.Route)]
    assert len(served) > 20
    for route in served:
        parts = {name: str(uuid.uuid4()) for name in re.findall(r"\{(\w+)\}", route.template)}
        given = {"json": {}} if route.method in ("POST", "PUT") else {}
        _, body = shared.ask(route.method, route.path(**parts), **given)
        assert not isinstance(body, dict) or body.get("id") not in ("endpoint_not_found", "method_not_allowed")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/designs/{DESIGN_ID}/name"),
        ("PUT", f"/designs/{DESIGN_ID}/project"),
        ("POST", "/projects"),
        ("POST", "/subscribe"),
        ("POST", "/async/banners/export"),
        ("POST", f"/banner-builder/{DESIGN_ID}/generate"),
        ("POST", f"/async/banner-builder/{PAGES_ID}/generate-multipage-pdf"),
    ],
)
def test_whatever_takes_a_body_takes_json_and_nothing_else(shared: Shared, method: str, path: str) -> None:
    """What a form of another site can send must start nothing."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        status, body = shared.ask(method, path, data=b"{}", headers={"Content-Type": kind})
        assert (status, body["id"]) == (415, "unsupported_media_type")
    status, body = shared.ask(method, path, data=b"{", headers={"Content-Type": "application/json"})
    assert (status, body["id"]) == (400, "invalid_json")
    status, body = shared.ask(method, path, json=[])
    assert (status, body["errors"][0]["path"]) == (400, "body")


@pytest.mark.parametrize("levels", [200, 250, 252, 300, 990])
@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        (GENERATE, '{"elements":', "}"),
        (GENERATE, '{"unknown":', "}"),
        (GENERATE, '{"elements":{"title":{"payload":', "}}}"),
        (f"/banner-builder/{DESIGN_ID}/generate", '{"elements":{"title":', "}}"),
        ("/projects", '{"name":', "}"),
        ("/projects", "", ""),
        ("/async/banners/export", '{"ids":', "}"),
    ],
)
def test_a_body_of_many_levels_is_refused_and_nobody_s_fault(
    shared: Shared, path: str, start: str, end: str, levels: int
) -> None:
    """JSON can be read more deeply than it can be written; whoever tries must not get a 500."""
    body = start + "[" * levels + "]" * levels + end
    status, answer = shared.ask("POST", path, data=body, headers={"Content-Type": "application/json"})
    if levels > 250:
        assert (status, answer["id"]) == (400, "invalid_json")
    assert status in (200, 400)


def test_objects_bear_the_version_of_the_api_and_lists_and_banners_do_not(shared: Shared) -> None:
    """A banner's own `version` counts its files."""
    for path in ("/credits", f"/designs/{DESIGN_ID}", f"/designs/{DESIGN_ID}/formats/square", "/ready"):
        assert VERSION.fullmatch(shared.ask("GET", path)[1]["version"])
    for path in ("/designs", "/fonts", "/projects"):
        assert isinstance(shared.ask("GET", path)[1], list)
    status, banner = shared.ask("POST", f"/banner-builder/{DESIGN_ID}/generate", json={})
    assert (status, banner["version"]) == (200, 1)
    assert shared.ask("GET", f"/banners/{banner['id']}")[1]["version"] == 1


def _size(picture: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return image.size


class Shared:
    """One studio for the tests that only ask; its loop runs when it is asked something."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()
        server, self._client = self._runner.run(self._stack.enter_async_context(studio(folder)))
        self.base_url = server.base_url

    def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        return self._runner.run(ask(self._client, method, path, **more))

    def fetch(self, path: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
        async def get() -> tuple[int, dict[str, str], bytes]:
            async with self._client.get(path, **more) as answer:
                return answer.status, dict(answer.headers), await answer.read()

        return self._runner.run(get())

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = Shared(tmp_path_factory.mktemp("studio"))
    yield opened
    opened.close()
