"""Pictures by reference, from a real web server on loopback: what is fetched, how often, and what is said when not."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from workshop import run, site

from bulkgen.fetch.address import shown
from bulkgen.fetch.exchange import FetchLimits
from bulkgen.fetch.guard import ForbiddenAddressError, GuardedResolver, Reach
from bulkgen.studio.assets import Assets
from bulkgen.studio.task import Picture
from bulkgen.testing import ManualClock

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
ANYWHERE = Reach(private=True)


def content(picture: Picture) -> bytes:
    assert picture.path is not None
    return Path(picture.path).read_bytes()


@contextlib.asynccontextmanager
async def assets(
    folder: Path, *, reach: Reach = ANYWHERE, clock: ManualClock | None = None, **limits: float
) -> AsyncIterator[Assets]:
    for name in ("cache", "uploads"):
        (folder / name).mkdir(exist_ok=True)
    bounds = FetchLimits(**{"max_bytes": 1000, **limits})  # type: ignore[arg-type]
    async with Assets(folder / "cache", folder / "uploads", bounds, reach, clock or ManualClock()) as opened:
        yield opened


class Shop:
    """A web server of pictures and of all that is none."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.open = asyncio.Event()
        self.at_once = self.most_at_once = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        name = request.path
        self.asked[name] += 1
        if name == "/photo.png":
            if request.headers.get("If-None-Match") == '"v1"':
                return web.Response(status=304)
            return web.Response(body=PNG, content_type="image/png", headers={"ETag": '"v1"'})
        if name == "/page":
            return web.Response(text="<!doctype html><p>Sold out", content_type="text/html")
        if name == "/disguised.jpg":
            return web.Response(body=b"\n<HTML><p>Log in", content_type="image/jpeg")
        if name == "/large-said":
            return web.Response(body=b"x" * 2000, content_type="image/png")
        if name == "/large-unsaid":
            answer = web.StreamResponse()
            answer.enable_chunked_encoding()
            await answer.prepare(request)
            with contextlib.suppress(ConnectionError):
                for _ in range(200):
                    await answer.write(b"x" * 65536)
            return answer
        if name == "/empty":
            return web.Response(body=b"", content_type="image/png")
        if name == "/cut":
            answer = web.StreamResponse(headers={"Content-Length": "500"})
            await answer.prepare(request)
            await answer.write(b"x" * 10)
            assert request.transport is not None
            request.transport.close()
            return answer
        if name == "/loop":
            raise web.HTTPFound("/loop?again")
        if name == "/moved":
            raise web.HTTPFound("photo.png")
        if name == "/inward":
            raise web.HTTPFound("http://10.1.2.3/secret.png")
        if name == "/file":
            raise web.HTTPFound("file:///etc/passwd")
        if name.startswith("/queue"):
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            if self.at_once == 4:
                self.open.set()
            await self.open.wait()
            self.at_once -= 1
            return web.Response(body=PNG)
        if name == "/slow":
            await asyncio.Event().wait()
        raise web.HTTPNotFound


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/gone.png", "answered 404"),
        ("/page", "is a web page, not a picture"),
        ("/disguised.jpg", "is a web page, not a picture"),
        ("/large-said", "is larger than 0.000953674 MB"),
        ("/large-unsaid", "is larger than 0.000953674 MB"),
        ("/empty", "is empty"),
        ("/cut", "could not be reached"),
        ("/loop", "redirects more than 5 times"),
        ("/file", "which is not http or https"),
    ],
)
def test_what_is_no_picture_is_told_in_words(tmp_path: Path, path: str, told: str) -> None:
    """The words stand in the row's error cell; whoever reads them must know what to mend."""

    async def main() -> None:
        async with site(Shop()) as url, assets(tmp_path) as opened:
            picture = await opened.picture(f"{url}{path}?token=secret", tmp_path)
            assert picture.path is None
            assert picture.reason.startswith(f"{url}{path} ")
            assert told in picture.reason
            assert "secret" not in picture.reason

    run(main())


def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    """One stalled shop must not hold its row for ever."""

    async def main() -> None:
        async with site(Shop()) as url, assets(tmp_path, timeout_seconds=0.05) as opened:
            picture = await opened.picture(f"{url}/slow", tmp_path)
            assert picture.reason == f"{url}/slow did not answer within 0.05 s"

    run(main())


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://127.0.0.1:9/x.png", "could not be reached"),
        ("http://nowhere.invalid/x.png", "could not be reached"),
        ("http:///x.png", "is not"),
        ("http://127.0.0.1:99999/x.png", "is not an address"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(tmp_path: Path, address: str, told: str) -> None:
    """Typing errors are the most common fault of a sheet."""

    async def main() -> None:
        async with assets(tmp_path) as opened:
            picture = await opened.picture(address, tmp_path)
            assert told in picture.reason

    run(main())


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/photo.png", "http://localhost:{port}/photo.png"])
def test_a_private_address_is_refused(tmp_path: Path, address: str) -> None:
    """A sheet from outside must not make us read our own network."""

    async def main() -> None:
        shop = Shop()
        async with site(shop) as url, assets(tmp_path, reach=Reach()) as opened:
            target = address.format(port=url.rpartition(":")[2])
            picture = await opened.picture(target, tmp_path)
            assert picture.reason == f"{target} is not on the public internet"
            assert not shop.asked

    run(main())


def test_a_redirect_into_the_private_network_is_refused(tmp_path: Path) -> None:
    """The first hop is public; the guard must look at each."""

    async def main() -> None:
        async with site(Shop()) as url, assets(tmp_path, reach=Reach(loopback=True)) as opened:
            picture = await opened.picture(f"{url}/inward", tmp_path)
            assert (
                picture.reason == f"{url}/inward (by way of http://10.1.2.3/secret.png) is not on the public internet"
            )

    run(main())


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    """Which of them the connection takes is not ours to choose."""

    class Mixed(AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list:  # type: ignore[type-arg, override]
            return [{"host": "93.184.216.34"}, {"host": "10.0.0.1"}]

        async def close(self) -> None: ...

    with pytest.raises(ForbiddenAddressError):
        run(GuardedResolver(Reach(), Mixed()).resolve("both.example"))


def test_one_address_is_fetched_once_for_all_who_wait(tmp_path: Path) -> None:
    """Five hundred rows with one photo are one download."""

    async def main() -> None:
        shop = Shop()
        async with site(shop) as url, assets(tmp_path) as opened:
            found = await asyncio.gather(*(opened.picture(f"{url}/photo.png", tmp_path) for _ in range(50)))
            found.append(await opened.picture(f"{url}/photo.png", tmp_path))
            assert {content(picture) for picture in found} == {PNG}
            assert shop.asked["/photo.png"] == 1

    run(main())


def test_one_who_stops_waiting_does_not_stop_the_others(tmp_path: Path) -> None:
    """A cancelled row shares its fetch with rows that are not."""

    async def main() -> None:
        shop = Shop()
        async with site(shop) as url, assets(tmp_path) as opened:
            impatient = asyncio.create_task(opened.picture(f"{url}/photo.png", tmp_path))
            patient = asyncio.create_task(opened.picture(f"{url}/photo.png", tmp_path))
            await asyncio.sleep(0)
            impatient.cancel()
            assert (await patient).path
            assert impatient.cancelled()

    run(main())


def test_a_picture_is_asked_for_again_after_a_while_and_kept_if_unchanged(tmp_path: Path) -> None:
    """A studio that stays up must see a changed photo, and need not load an unchanged one twice."""

    async def main() -> None:
        shop, clock = Shop(), ManualClock()
        async with site(shop) as url, assets(tmp_path, clock=clock) as opened:
            first = await opened.picture(f"{url}/photo.png", tmp_path)
            clock.advance(301)
            second = await opened.picture(f"{url}/photo.png", tmp_path)
            assert first == second
            assert content(first) == PNG
            assert shop.asked["/photo.png"] == 2

    run(main())


def test_a_failure_is_remembered_for_a_moment_only(tmp_path: Path) -> None:
    """A thousand rows with one dead address wait once; a mended one is soon seen."""

    async def main() -> None:
        shop, clock = Shop(), ManualClock()
        async with site(shop) as url, assets(tmp_path, clock=clock) as opened:
            for _ in range(3):
                assert not (await opened.picture(f"{url}/gone", tmp_path)).path
            assert shop.asked["/gone"] == 1
            clock.advance(31)
            await opened.picture(f"{url}/gone", tmp_path)
            assert shop.asked["/gone"] == 2

    run(main())


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    """Image hosts redirect as a matter of course."""

    async def main() -> None:
        async with site(Shop()) as url, assets(tmp_path) as opened:
            assert (await opened.picture(f"{url}/moved", tmp_path)).path

    run(main())


def test_a_host_is_asked_for_four_pictures_at_a_time(tmp_path: Path) -> None:
    """Shops block clients that ask for more."""

    async def main() -> None:
        shop = Shop()
        async with site(shop) as url, assets(tmp_path) as opened:
            found = await asyncio.gather(*(opened.picture(f"{url}/queue/{i}", tmp_path) for i in range(12)))
            assert all(picture.path for picture in found)
            assert shop.most_at_once == 4

    run(main())


@pytest.mark.parametrize(
    "ref", ["../secret.png", "/etc/passwd", "images/link.png", "images/none.png", "a\0b", "images"]
)
def test_a_designs_picture_is_inside_its_folder(tmp_path: Path, ref: str) -> None:
    """A design that somebody sent must not show our files."""
    folder = tmp_path / "design"
    (folder / "images").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "images" / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "images" / "own.png").write_bytes(PNG)

    async def main() -> None:
        async with assets(tmp_path) as opened:
            assert (await opened.picture("images/own.png", folder)).path == str(folder / "images" / "own.png")
            assert "is not in the design's folder" in (await opened.picture(ref, folder)).reason

    run(main())


def test_what_was_sent_is_found_by_its_content(tmp_path: Path) -> None:
    """And nothing else is: a hash that is a path would read our files."""

    async def main() -> None:
        async with assets(tmp_path) as opened:
            opened.keep_upload(PNG)
            (name,) = [path.name for path in (tmp_path / "uploads").iterdir()]
            assert opened.has_upload(name)
            assert not opened.has_upload("../cache")
            assert (await opened.picture(f"sha256:{name}", tmp_path)).path
            assert "send it again" in (await opened.picture("sha256:" + "0" * 64, tmp_path)).reason
            assert (await opened.picture("data:image/png;base64,QUJD", tmp_path)).path
            assert not (await opened.picture("data:image/png,ABC", tmp_path)).path

    run(main())


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("https://user:pw@shop.example/a.png?sig=1#f", "https://shop.example/a.png"),
        ("http://[bad", "http://[bad"),
        ("https://shop.example/" + "a" * 300, "https://shop.example/" + "a" * 178 + "…"),
    ],
)
def test_an_address_is_told_without_what_may_be_secret(address: str, text: str) -> None:
    """Signed addresses would leak through the report."""
    assert shown(address) == text
