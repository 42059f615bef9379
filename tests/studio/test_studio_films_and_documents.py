"""The kinds of design that are more than one picture, from the request to the file and its price."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from PIL import Image
from workshop import DESIGN_ID, read, result, run, site, studio, write_design

from bulkgen.studio.options import StudioOptions
from bulkgen.studio.renderer import standard
from bulkgen.studio.server import StudioServer

av = pytest.importorskip("av")
pikepdf = pytest.importorskip("pikepdf")

FONTS = Path(__file__).parents[2] / "templates" / "fonts"


def layer(name: str, kind: str, box: tuple[float, float, float, float], **values: Any) -> dict[str, Any]:
    x, y, width, height = box
    return {
        "name": name,
        "type": kind,
        "layout": {"x": x, "y": y, "width": width, "height": height},
        "attributes": [{"id": key, "value": value} for key, value in values.items()],
    }


GROUND = layer("root", "container", (0, 0, 60, 40), background_color="#ffffff")
FADE = {"type": "fade", "keyframes": [{"attr": {"opacity": 0}, "data": {"type": "start", "time": 0.2}}]}
FILM = {
    "id": DESIGN_ID,
    "name": "Film",
    "type": "animated",
    "animation": {"duration": 1.5, "screenshot_at_s": 1},
    "formats": [{"id": "box", "uid": "11111111-1111-4111-8111-111111111111", "width": 60, "height": 40}],
    "elements": [
        GROUND,
        layer("ground", "shape", (10, 10, 40, 20), background_color="#d0021b") | {"animation": {"tweens": [FADE]}},
    ],
}
DOCUMENT = {
    "id": DESIGN_ID,
    "name": "Menu",
    "type": "printer_multipage",
    "dpi": 300,
    "bleed_size": 3,
    "safe_size": 4,
    "pages": [{"id": f"page_{n}", "width": 74, "height": 52.5, "unit": "mm"} for n in (1, 2, 3)],
    "elements_per_page": {
        f"page_{n}": [
            layer("root", "container", (0, 0, 74, 52.5), background_color="#ffffff"),
            layer("title", "text", (6, 6, 60, 20), payload=f"Page {n}", font_size=14, color="#000000"),
        ]
        for n in (1, 2, 3)
    },
}


def with_credits(folder: Path, design: dict[str, Any], **more: Any) -> StudioServer:
    write_design(folder / "designs", design)
    options = StudioOptions(folder / "studio", (folder / "designs",), (FONTS,), workers=1, credits=100, **more)
    return StudioServer(options, make_renderer=standard)


async def made(
    server: StudioServer, client: aiohttp.ClientSession, body: dict[str, Any], route: str = "generate"
) -> Any:
    async with client.post(f"/async/banner-builder/{DESIGN_ID}/{route}", json=body) as answer:
        assert answer.status == 200, await answer.text()
        accepted = await answer.json()
    return await result(server, client, accepted["generation_request_id"])


async def body_of(client: aiohttp.ClientSession, url: str) -> tuple[str, bytes]:
    async with client.get(url) as answer:
        assert answer.status == 200
        return answer.content_type, await answer.read()


async def spent(client: aiohttp.ClientSession) -> int:
    _, body = await read(client, "/credits")
    return int(body["generation_credits"]["consumed"])


def test_a_film_is_made_in_each_of_its_types_and_costs_its_seconds(tmp_path: Path) -> None:
    """A credit a second, rounded up: what a client reckons with before it asks for ten thousand."""

    async def story() -> None:
        server = with_credits(tmp_path, FILM)
        async with server, aiohttp.ClientSession(server.base_url) as client:
            for number, (asked, told, media) in enumerate(
                [(None, "mp4", "video/mp4"), ("gif", "gif", "image/gif"), ("html5", "zip", "application/zip")], start=1
            ):
                body = {"image_file_type": asked, "video": {"fps": 10}, "html5": {"click_tag": "https://example.com"}}
                found = await made(server, client, body)
                assert found["errors"] == []
                (banner,) = found["banners"]
                assert (banner["file"]["type"], banner["duration"]) == (told, 1.5)
                assert banner["format"] == {"id": "box", "unit": "px", "width": 60, "height": 40}
                kind, content = await body_of(client, banner["file"]["url"])
                assert kind == media
                assert ("cdn_url" in banner["file"]) == (told != "zip")
                assert ("fallback_image_url" in banner["file"]) == (told == "zip")
                assert await spent(client) == 2 * number
                if told == "zip":
                    assert "index.html" in zipfile.ZipFile(io.BytesIO(content)).namelist()
                    kind, picture = await body_of(client, banner["file"]["fallback_image_url"])
                    assert (kind, picture[:3]) == ("image/jpeg", b"\xff\xd8\xff")
                if told == "mp4":
                    with av.open(io.BytesIO(content)) as film:
                        assert abs(float(film.duration) / 1e6 - 1.5) < 0.11
                        assert film.streams.video[0].average_rate == 10

    run(story())


def test_a_film_has_the_picture_of_its_moment_in_lists(tmp_path: Path) -> None:
    """Who chooses a design sees what it is like, and not a gap."""

    async def story() -> None:
        server = with_credits(tmp_path, FILM)
        async with server, aiohttp.ClientSession(server.base_url) as client:
            _, (listed,) = await read(client, "/designs")
            kind, body = await body_of(client, listed["preview_url"])
            assert kind == "image/png"
            with Image.open(io.BytesIO(body)) as picture:
                assert picture.size == (60, 40)
                assert picture.convert("RGB").getpixel((30, 20)) == (208, 2, 27), "at its moment the shape is there"
            assert await spent(client) == 0

    run(story())


@pytest.mark.parametrize("asked", ["png", "pdf", "jpeg"])
def test_a_type_of_file_that_the_design_does_not_make_is_refused_at_once(tmp_path: Path, asked: str) -> None:
    async def story() -> None:
        write_design(tmp_path / "designs", FILM)
        async with studio(tmp_path) as (_, client):
            url = f"/async/banner-builder/{DESIGN_ID}/generate"
            async with client.post(url, json={"image_file_type": asked}) as answer:
                assert (answer.status, (await answer.json())["id"]) == (400, "invalid_filetype")

    run(story())


@pytest.mark.parametrize("route", ["generate", "generate-multipage-pdf"])
def test_a_document_is_one_file_by_either_way_and_costs_its_pages(tmp_path: Path, route: str) -> None:
    """Pages that are not named show the design's own; none may be lost, and all are paid for."""

    async def story() -> None:
        server = with_credits(tmp_path, DOCUMENT)
        async with server, aiohttp.ClientSession(server.base_url) as client:
            found = await made(server, client, {"pages": {"page_2": {"title": {"payload": "Soups"}}}}, route)
            assert found["errors"] == []
            (banner,) = found["banners"]
            assert (banner["file"]["type"], await spent(client)) == ("pdf", 3)
            # Paper has parts of a millimetre.
            assert banner["format"] == {"unit": "mm", "width": 74, "height": 52.5}
            kind, content = await body_of(client, banner["file"]["url"])
            assert kind == "application/pdf"
            with pikepdf.open(io.BytesIO(content)) as document:
                assert len(document.pages) == 3
                assert all("/TrimBox" in page for page in document.pages)

    run(story())


def test_a_page_that_cannot_be_made_is_named_and_costs_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        server = with_credits(tmp_path, DOCUMENT)
        async with server, aiohttp.ClientSession(server.base_url) as client:
            found = await made(server, client, {"pages": {"page_3": {"title": {"payload": "word " * 400}}}})
            assert found["banners"] == []
            (error,) = found["errors"]
            assert "cannot fit" in error["reason"]
            assert "page_3" in error["reason"]
            assert await spent(client) == 0

    run(story())


def test_what_was_left_undone_is_told_with_the_banner(tmp_path: Path) -> None:
    """A warning that ends in the renderer is a wrong picture that nobody was told of."""
    photo = layer("photo", "image", (0, 0, 60, 40), focus_framing="head", auto_focus=True)

    async def story() -> None:
        server = with_credits(tmp_path, FILM | {"elements": [GROUND, photo]})
        async with server, aiohttp.ClientSession(server.base_url) as client:
            found = await made(server, client, {"image_file_type": "gif"})
            (banner,) = found["banners"]
            (warning,) = banner["warnings"]
            assert warning.startswith("photo: focus_framing")

    run(story())


def test_a_sound_has_a_bound_of_its_own(tmp_path: Path) -> None:
    """What a video may weigh, no sound may: an hour of music under a banner is a mistake of somebody's."""
    sound = {"name": "music", "type": "audio", "attributes": []}

    async def huge(_: web.Request) -> web.Response:
        return web.Response(body=b"\0" * 26_300_000, content_type="audio/mpeg")

    async def story() -> None:
        server = with_credits(tmp_path, FILM | {"elements": [GROUND, sound]}, allow_private_assets=True)
        async with site(huge) as url, server, aiohttp.ClientSession(server.base_url) as client:
            found = await made(server, client, {"elements": {"music": {"audio_url": f"{url}/song.mp3"}}})
            (error,) = found["errors"]
            assert "music" in error["reason"]
            assert "25" in error["reason"]

    run(story())
