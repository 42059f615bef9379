"""Pictures by address from a real web server: how often each is asked for, what is kept, what is said of the rest."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from picture_shop import LOOPBACK, MEASURE, Shop, fetcher, picture, run, site

from bulkgen.fetch.failure import Failure
from bulkgen.fetch.fetched import Fetched, Inspection, Inspector
from bulkgen.fetch.guard import Reach
from bulkgen.fetch.seen import NAME, SeenPictures
from bulkgen.testing import ManualClock

GOOD, OTHER = picture(), picture(shade=10)


def shop(**etags: str) -> Shop:
    return Shop({"/good.jpg": GOOD}, {"/good.jpg": etags.get("etag", '"v1"')})


async def look(folder: Path, address: str, clock: ManualClock | None = None, **options: object) -> Fetched:
    async with fetcher(folder, clock, **options) as opened:
        return await opened.fetch(address)


@pytest.mark.parametrize(
    ("path", "failure", "status"),
    [
        ("404", Failure.STATUS, 404),
        ("401", Failure.STATUS, 401),
        ("500", Failure.STATUS, 500),
        ("304", Failure.STATUS, 304),
        ("page", Failure.PAGE, 200),
        ("page-in-disguise.jpg", Failure.PAGE, 200),
        ("empty", Failure.EMPTY, 200),
        ("loop", Failure.REDIRECTS, 0),
        ("inward", Failure.FORBIDDEN, 0),
        ("large", Failure.TOO_LARGE, 200),
    ],
)
def test_what_is_no_picture_is_an_answer_and_no_exception(
    tmp_path: Path, path: str, failure: Failure, status: int
) -> None:
    """One bad address in ten thousand rows must not end the check of the others."""

    async def main() -> None:
        async with site(shop()) as url:
            found = await look(tmp_path, f"{url}/{path}?key=secret")
            assert (found.failure, found.status, found.tag) == (failure, status, "")
            assert found.words.startswith(f"{url}/{path} ")
            assert "secret" not in found.words

    run(main())


@pytest.mark.parametrize(
    ("address", "failure"),
    [
        ("http://nowhere.invalid/x.png", Failure.NAME),
        ("http://127.0.0.1:9/x.png", Failure.CONNECT),
        ("http://127.0.0.1:99999/x.png", Failure.NOT_AN_ADDRESS),
        ("file:///etc/passwd", Failure.NOT_AN_ADDRESS),
        ("http://[bad", Failure.NOT_AN_ADDRESS),
        ("http://10.0.0.1/x.png", Failure.FORBIDDEN),
        ("http://a\ud800.example/x.png", Failure.NOT_AN_ADDRESS),
    ],
)
def test_an_address_that_leads_nowhere_says_in_which_way(tmp_path: Path, address: str, failure: Failure) -> None:
    """A typing error, a shop that is gone and a private address are mended differently."""
    assert run(look(tmp_path, address)).failure is failure


def test_a_slow_server_is_given_up(tmp_path: Path) -> None:
    async def main() -> None:
        async with site(shop()) as url:
            assert (await look(tmp_path, f"{url}/slow", timeout=0.05)).failure is Failure.TIMEOUT

    run(main())


def test_each_picture_is_asked_for_once_whoever_asks_and_leaves_only_what_is_known_of_it(tmp_path: Path) -> None:
    """Five hundred rows with one photo are one request, and a home does not fill up with photos."""

    async def main() -> None:
        here = shop()
        async with site(here) as url, fetcher(tmp_path) as opened:
            address = f"{url}/good.jpg"
            found = set(await asyncio.gather(*(opened.fetch(address) for _ in range(50))))
            found.add(await opened.fetch(address))
            (one,) = found
            assert (one.size_bytes, one.facts, one.tag) == (len(GOOD), str(len(GOOD)), 'etag:"v1"')
            assert one.media_type == "image/jpeg"
            assert here.asked["/good.jpg"] == 1
            assert "1 of 1 looked at" in repr(opened)

    run(main())
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {NAME}


def test_the_next_check_asks_nothing_for_minutes_and_then_only_whether_it_changed(tmp_path: Path) -> None:
    """A catalogue that is checked each night must not be loaded each night."""

    async def main() -> None:
        here, clock = shop(), ManualClock()
        async with site(here) as url:
            address = f"{url}/good.jpg"
            first = await look(tmp_path, address, clock)
            clock.advance(299)
            assert await look(tmp_path, address, clock) == first
            assert here.asked["/good.jpg"] == 1
            assert await look(tmp_path, address, clock, fresh_seconds=0) == first
            clock.advance(301)
            assert await look(tmp_path, address, clock) == first
            assert (here.asked["/good.jpg"], here.conditional["/good.jpg"]) == (3, 2)
            clock.advance(301)
            here.pictures["/good.jpg"], here.etags["/good.jpg"] = OTHER, '"v2"'
            changed = await look(tmp_path, address, clock)
            assert (changed.tag, changed.facts) == ('etag:"v2"', str(len(OTHER)))

    run(main())


def test_a_clock_that_was_set_back_does_not_make_an_old_look_a_fresh_one(tmp_path: Path) -> None:
    async def main() -> None:
        here = shop()
        async with site(here) as url:
            await look(tmp_path, f"{url}/good.jpg", ManualClock(wall=2_000_000_000))
            await look(tmp_path, f"{url}/good.jpg", ManualClock(wall=1_000_000_000))
            assert here.asked["/good.jpg"] == 2

    run(main())


def test_a_picture_with_a_fault_is_asked_for_at_the_next_look_however_soon(tmp_path: Path) -> None:
    """Whoever mended it and checks again must not be told of the fault for five minutes more."""

    async def main() -> None:
        here = shop()
        here.pictures["/good.jpg"] = b"Faulty"
        async with site(here) as url:
            assert (await look(tmp_path, f"{url}/good.jpg")).facts == "6"
            here.pictures["/good.jpg"], here.etags["/good.jpg"] = GOOD, '"v2"'
            assert (await look(tmp_path, f"{url}/good.jpg")).facts == str(len(GOOD))

    run(main())


def test_a_dead_address_is_asked_for_at_the_next_look_and_keeps_the_tag_it_had(tmp_path: Path) -> None:
    """A shop that is down for a night must not have every banner made, and billed, again."""

    async def main() -> None:
        here, clock = shop(), ManualClock()
        async with site(here) as url:
            before = await look(tmp_path, f"{url}/good.jpg", clock)
            clock.advance(301)
            here.is_down = True
            down = await look(tmp_path, f"{url}/good.jpg", clock)
            assert (down.failure, down.tag, down.facts) == (Failure.STATUS, before.tag, "")
            here.is_down = False
            assert await look(tmp_path, f"{url}/good.jpg", clock) == before

    run(main())


@pytest.mark.parametrize(
    ("before", "after", "body", "is_same"),
    [
        ('"v1"', '"v2"', GOOD, True),
        ('"v1"', '"v2"', OTHER, False),
        ('W/"v1"', 'W/"v2"', GOOD, True),
        ('W/"v1"', 'W/"v2"', OTHER, False),
        ("", "", GOOD, True),
        ("", "", OTHER, False),
        ("", '"v1"', GOOD, True),
    ],
)
def test_a_tag_changes_when_the_picture_does_and_not_when_its_shop_is_deployed_anew(
    tmp_path: Path, before: str, after: str, body: bytes, is_same: bool
) -> None:
    """A tag that changes for nothing bills every banner of the catalogue; one that does not leaves the old photo."""

    async def main() -> None:
        here = shop(etag=before)
        async with site(here) as url:
            first = await look(tmp_path, f"{url}/good.jpg")
            here.etags["/good.jpg"], here.pictures["/good.jpg"] = after, body
            second = await look(tmp_path, f"{url}/good.jpg", fresh_seconds=0)
            assert (first.tag == second.tag) is is_same

    run(main())


def test_facts_of_another_inspector_are_not_believed_and_its_tag_is_kept(tmp_path: Path) -> None:
    """An upgrade must look anew, and must not bill anew."""

    async def main() -> None:
        here = shop()
        async with site(here) as url:
            first = await look(tmp_path, f"{url}/good.jpg")
            newer = Inspector("2", lambda body: Inspection("newer"))
            second = await look(tmp_path, f"{url}/good.jpg", inspector=newer)
            assert (second.facts, second.tag) == ("newer", first.tag)
            assert not here.conditional

    run(main())


def test_a_server_that_asks_for_a_moment_gets_it_and_one_that_asks_for_an_hour_does_not(tmp_path: Path) -> None:
    async def main() -> None:
        here, clock = shop(), ManualClock()
        async with site(here) as url:
            assert (await look(tmp_path, f"{url}/busy-once", clock)).failure is None
            assert (clock.monotonic(), here.asked["/busy-once"]) == (7, 2)
            assert (await look(tmp_path, f"{url}/busy-for-long", clock)).status == 503
            assert (clock.monotonic(), here.asked["/busy-for-long"]) == (7, 1)
            assert (await look(tmp_path, f"{url}/500", clock)).status == 500
            assert (clock.monotonic(), here.asked["/500"]) == (8, 2)
            await look(tmp_path, f"{url}/404", clock)
            assert here.asked["/404"] == 1

    run(main())


def test_a_host_that_answers_nobody_is_left_alone_for_a_minute(tmp_path: Path) -> None:
    """Ten thousand pictures of a shop that is down would otherwise take a night of timeouts."""
    calls = 0

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.close()

    async def main() -> None:
        clock = ManualClock()
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, fetcher(tmp_path, clock) as opened:
            found = [await opened.fetch(f"{url}/{n}.jpg") for n in range(40)]
            kinds = [one.failure for one in found]
            assert kinds == [Failure.CONNECT] * 7 + [Failure.SILENT] * 33
            before = calls
            clock.advance(61)
            assert (await opened.fetch(f"{url}/later.jpg")).failure is Failure.CONNECT
            assert calls > before

    run(main())


@pytest.mark.parametrize("what", ["no database", "of another version", "a folder"])
def test_a_cache_that_cannot_be_used_costs_another_look_and_nothing_else(tmp_path: Path, what: str) -> None:
    """A cache must never be the reason why a check does not run."""
    path = tmp_path / NAME
    if what == "no database":
        path.write_bytes(b"nothing that sqlite knows" * 100)
    elif what == "of another version":
        SeenPictures(tmp_path, 0)._connection.execute("PRAGMA user_version = 99")
    else:
        path.mkdir()

    async def main() -> None:
        async with site(shop()) as url:
            assert (await look(tmp_path, f"{url}/good.jpg")).facts == str(len(GOOD))

    run(main())
    if what != "a folder":
        assert "<SeenPictures 1>" in repr(SeenPictures(tmp_path, 0))


def test_what_was_not_looked_at_for_half_a_year_is_forgotten(tmp_path: Path) -> None:
    async def main() -> None:
        async with site(shop()) as url:
            await look(tmp_path, f"{url}/good.jpg", ManualClock(wall=0.0))

    run(main())
    assert "<SeenPictures 1>" in repr(SeenPictures(tmp_path, 179 * 86_400))
    assert "<SeenPictures 0>" in repr(SeenPictures(tmp_path, 181 * 86_400))


def test_a_disk_without_room_is_told_as_ours_and_not_as_the_shops(tmp_path: Path) -> None:
    """Nobody should go and mend a picture because this machine's disk is full."""

    async def main() -> None:
        async with site(shop()) as url, fetcher(tmp_path / "home", max_bytes=5_000_000) as opened:
            shutil.rmtree(tmp_path / "home")
            found = await opened.fetch(f"{url}/large")
            assert found.failure is Failure.DISK
            assert "cannot be kept on disk" in found.words

    run(main())


def test_one_who_stops_waiting_does_not_stop_the_others_and_an_end_stops_all(tmp_path: Path) -> None:
    async def main() -> None:
        async with site(shop()) as url:
            async with fetcher(tmp_path) as opened:
                hanging = asyncio.create_task(opened.fetch(f"{url}/slow"))
                impatient = asyncio.create_task(opened.fetch(f"{url}/good.jpg"))
                patient = asyncio.create_task(opened.fetch(f"{url}/good.jpg"))
                await asyncio.sleep(0)
                impatient.cancel()
                assert (await patient).failure is None
            with pytest.raises(asyncio.CancelledError):
                await hanging
            assert {task for task in asyncio.all_tasks() if "look" in task.get_name()} == set()

    run(main())


def test_a_proxy_of_the_usual_variables_is_used_and_is_no_way_into_the_private_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's proxy has a private name, which the guard would refuse; a sheet must not reach the proxy itself."""

    async def main() -> None:
        here = shop()
        async with site(here) as url:
            port = url.rpartition(":")[2]
            monkeypatch.setenv("http_proxy", f"http://localhost:{port}")
            found = await look(tmp_path, "http://shop.example/good.jpg", reach=Reach())
            assert (found.failure, here.asked["/good.jpg"]) == (None, 1)
            for inside in (f"http://localhost:{port}/good.jpg", "http://127.0.0.1/good.jpg"):
                assert (await look(tmp_path, inside, reach=Reach())).failure is Failure.FORBIDDEN
            assert here.asked["/good.jpg"] == 1

    run(main())


def test_a_file_beside_the_sheet_is_inspected_once_for_its_content(tmp_path: Path) -> None:
    path = tmp_path / "shoe.jpg"
    path.write_bytes(GOOD)

    async def main() -> None:
        async with fetcher(tmp_path / "home") as opened:
            first = await opened.inspect_file("ab" * 32, path)
            assert (first.address, first.size_bytes, first.facts) == ("shoe.jpg", len(GOOD), str(len(GOOD)))
            path.unlink()
            assert await opened.inspect_file("ab" * 32, path) == first
            assert (await opened.inspect_file("cd" * 32, path)).failure is Failure.DISK

    run(main())


def test_the_inspector_and_the_reach_are_the_ones_given() -> None:
    """The tests above reach loopback because they say so; by default nobody does."""
    assert MEASURE.inspect(b"Fault").is_sound is False
    assert not Reach().allows("127.0.0.1")
    assert LOOPBACK.allows("127.0.0.1")
