"""The pictures of a run looked at over real sockets, with the real inspector: from rows to verdicts and tags."""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from picture_shop import LOOPBACK, Shop, picture, run, site

from bulkgen.looking import (
    addresses_of,
    look_at_files,
    look_at_pictures,
    picture_contents,
    picture_fetcher,
    settle_pictures,
)
from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.model import LocalPicture, MappedRow, Payload, Want
from bulkgen.plan.fingerprint import Identity
from bulkgen.plan.planner import plan_row
from bulkgen.preflight.pictures import PictureUse, judge_picture
from bulkgen.sheet.model import Column, Origin, Row, SheetKind, SheetOutline
from bulkgen.sheet.problems import Problem
from bulkgen.testing import ManualClock
from bulkgen.wire.design import parse_design

BOX = PictureUse(400, 300, is_studio=True)
GOOD = picture()

PICTURES = {
    "/good.jpg": GOOD,
    "/small.jpg": picture(size=(100, 75)),
    "/cut.jpg": picture(size=(300, 200))[:3000],
    "/cmyk.jpg": picture(mode="CMYK"),
    "/turned.jpg": picture(size=(300, 400), orientation=6),
    "/clear.png": picture("PNG", mode="RGBA"),
    "/named.pdf": b"%PDF-1.7",
}
VERDICTS = {
    "good.jpg": [],
    "moved": [],
    "small.jpg": ["picture_too_small"],
    "cut.jpg": ["picture_cut_short"],
    "cmyk.jpg": ["picture_cmyk"],
    "turned.jpg": ["picture_rotated"],
    "clear.png": [],
    "named.pdf": ["not_a_picture"],
    "404": ["picture_dead"],
    "410": ["picture_dead"],
    "401": ["picture_needs_login"],
    "403": ["picture_needs_login"],
    "members": ["picture_needs_login"],
    "page": ["picture_is_page"],
    "page-in-disguise.jpg": ["picture_is_page"],
    "empty": ["not_a_picture"],
    "503": ["picture_unanswered"],
    "busy-once": [],
    "loop": ["picture_dead"],
    "inward": ["picture_not_public"],
}


def row(*addresses: str, position: int = 0) -> MappedRow:
    wants = tuple(Want(("square",), Payload({"photo": {"image_url": address}})) for address in addresses)
    return MappedRow(Row(position, position + 2, "Sheet1", {}), str(position), wants)


async def contents(home: Path, rows: Iterable[MappedRow], clock: ManualClock | None = None) -> dict[str, str]:
    opened = picture_fetcher(home, clock or ManualClock(), reach=LOOPBACK, is_fresh_asked=True)
    async with opened as fetcher:
        return await picture_contents(rows, fetcher)


def test_each_thing_that_can_stand_at_an_address_gets_its_verdict(tmp_path: Path) -> None:
    """The table of what preflight promises about pictures, over real sockets."""

    async def main() -> None:
        async with site(Shop(PICTURES)) as url, picture_fetcher(tmp_path, ManualClock(), reach=LOOPBACK) as fetcher:
            found = await look_at_pictures([f"{url}/{name}" for name in VERDICTS], fetcher)
            told = {
                address.removeprefix(f"{url}/"): [flaw.code for flaw in judge_picture(fetched, BOX)]
                for address, fetched in found.items()
            }
            assert told == VERDICTS

    run(main())


def test_each_distinct_picture_is_looked_at_once_and_its_progress_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        shop, heard = Shop(PICTURES), list[tuple[int, int]]()
        async with site(shop) as url, picture_fetcher(tmp_path, ManualClock(), reach=LOOPBACK) as fetcher:
            addresses = [f"{url}/good.jpg", f"{url}/small.jpg", f"{url}/good.jpg"] * 20
            found = await look_at_pictures(
                addresses, fetcher, progress=lambda looked_at, of_all: heard.append((looked_at, of_all))
            )
            assert list(found) == addresses[:2]
            assert heard == [(1, 2), (2, 2)]
            assert shop.asked == {"/good.jpg": 1, "/small.jpg": 1}
            assert await look_at_pictures([], fetcher) == {}

    run(main())


def test_a_host_gets_four_requests_at_a_time(tmp_path: Path) -> None:
    """Shops block clients that ask for more."""

    async def main() -> None:
        shop = Shop()
        async with site(shop) as url, picture_fetcher(tmp_path, ManualClock(), reach=LOOPBACK) as fetcher:
            found = await look_at_pictures([f"{url}/queue/{n}" for n in range(20)], fetcher)
            assert not any(one.failure for one in found.values())
            assert shop.most_at_once == 4

    run(main())


def test_a_second_check_costs_a_question_a_picture(tmp_path: Path) -> None:
    """The nightly check of a catalogue: validators out, 304 back, facts as they were."""

    async def main() -> None:
        shop, clock = Shop(PICTURES, dict.fromkeys(PICTURES, '"1"')), ManualClock()
        async with site(shop) as url:
            addresses = [f"{url}{path}" for path in PICTURES]
            seen = []
            for _ in range(2):
                async with picture_fetcher(tmp_path, clock, reach=LOOPBACK) as fetcher:
                    seen.append(await look_at_pictures(addresses, fetcher))
                clock.advance(3600)
            assert seen[0] == seen[1]
            assert dict(shop.conditional) == dict.fromkeys(PICTURES, 1)

    run(main())


def test_only_rows_that_are_sent_have_their_pictures_looked_at() -> None:
    bad = Problem("bad_value", Origin("S", 2, "a"), "is bad")
    rows = [
        row("https://a.example/1", "https://a.example/2"),
        row("https://a.example/1"),
        replace(row("https://a.example/3"), problems=(bad,)),
        replace(row("https://a.example/4"), skipped="where"),
    ]
    assert addresses_of(rows) == ("https://a.example/1", "https://a.example/2")


def test_a_photo_replaced_under_its_address_makes_new_banners_and_a_shop_that_is_down_makes_none(
    tmp_path: Path,
) -> None:
    """What --check-images is for, and the night on which it must not bill the whole catalogue."""
    identity = Identity("studio", "studio:1", "ws", "design", "rev")

    async def main() -> None:
        shop = Shop({"/a.jpg": GOOD, "/b.jpg": GOOD}, {"/a.jpg": '"1"'})
        async with site(shop) as url:
            rows = [row(f"{url}/{name}", position=n) for n, name in enumerate(("a.jpg", "b.jpg", "404"))]

            async def names() -> list[str]:
                tags = await contents(tmp_path, rows)
                assert f"{url}/404" not in tags
                planned = (plan_row(one, identity, contents=tags) for one in rows)
                return [one.requests[0].outputs[0].fingerprint for one in planned]

            first = await names()
            assert await names() == first
            assert plan_row(rows[2], identity).requests[0].outputs[0].fingerprint == first[2]
            shop.is_down = True
            assert await names() == first
            shop.is_down = False
            shop.pictures["/b.jpg"] = picture(shade=7)
            second = await names()
            assert [before == after for before, after in zip(first, second, strict=True)] == [True, False, True]
            shop.pictures["/a.jpg"], shop.etags["/a.jpg"] = picture(shade=8), '"2"'
            third = await names()
            assert [before == after for before, after in zip(second, third, strict=True)] == [False, True, True]

    run(main())


def test_rows_get_their_fallback_for_what_cannot_be_used_and_each_picture_is_looked_at_once(tmp_path: Path) -> None:
    """Mapped, looked at, mapped again: what is sent is what was found to be there."""
    card = parse_design(
        {
            "id": "card",
            "type": "static",
            "formats": [{"id": "square", "width": 400, "height": 300}],
            "elements": [
                {"name": "photo", "type": "image", "layout": {"x": 0, "y": 0, "width": 400, "height": 300}},
            ],
        }
    )
    columns = tuple(Column(name, index) for index, name in enumerate(("main", "spare"), 1))
    outline = SheetOutline(tmp_path / "sheet.csv", SheetKind.CSV, columns, 1)
    mapping = parse_mapping('elements: {photo: {image_url: "{{ main }}", fallback: "{{ spare }}"}}')

    async def main() -> None:
        shop = Shop(PICTURES)
        async with site(shop) as url, picture_fetcher(tmp_path, ManualClock(), reach=LOOPBACK) as fetcher:
            mapper = Mapper(mapping, card, outline, folder=tmp_path)
            pairs = [("good.jpg", "404"), ("404", "good.jpg"), ("page", "410"), ("small.jpg", "good.jpg")]
            sheet = [
                Row(n, n + 2, "", {"main": f"{url}/{one}", "spare": f"{url}/{other}"})
                for n, (one, other) in enumerate(pairs)
            ]
            found = await settle_pictures(
                lambda: [mapper.map(one) for one in sheet], mapper.pictures, fetcher, is_studio=True
            )
            mapped = [mapper.map(one) for one in sheet]
            chosen = [one.wants[0].payload.elements["photo"]["image_url"].rpartition("/")[2] for one in mapped]
            assert chosen == ["good.jpg", "good.jpg", "page", "small.jpg"]
            told = [[problem.code for problem in one.problems] for one in mapped]
            assert told == [[], ["picture_fallback"], [], []]
            assert {address.removeprefix(url) for address in found} == set(shop.asked)
            assert set(shop.asked.values()) == {1}

    run(main())


def test_a_damaged_file_gives_way_to_its_fallback_and_a_sound_is_no_picture(tmp_path: Path) -> None:
    """A photo that was half copied would be refused although its author named another; a sound is no bad picture."""
    card = parse_design(
        {
            "id": "card",
            "type": "animated",
            "formats": [{"id": "square", "width": 400, "height": 300}],
            "elements": [{"name": "photo", "type": "image"}, {"name": "tune", "type": "audio"}],
        }
    )
    bodies = {"whole.jpg": GOOD, "cut.jpg": GOOD[:2000], "other.jpg": picture(shade=9), "tune.wav": sound()}
    for name, body in bodies.items():
        (tmp_path / name).write_bytes(body)
    names = {f"sha256:{hashlib.sha256(body).hexdigest()}": name for name, body in bodies.items()}
    columns = tuple(Column(name, index) for index, name in enumerate(("main", "tune"), 1))
    outline = SheetOutline(tmp_path / "sheet.csv", SheetKind.CSV, columns, 1)
    mapping = parse_mapping(
        'elements: {photo: {image_url: "{{ main }}", fallback: other.jpg},'
        ' tune: {audio_url: "{{ tune }}", fallback: "https://x.example/a.mp3"}}'
    )

    async def main() -> None:
        async with picture_fetcher(tmp_path / "home", ManualClock()) as fetcher:
            mapper = Mapper(mapping, card, outline, folder=tmp_path)
            sheet = [Row(n, n + 2, "", {"main": name, "tune": "tune.wav"}) for n, name in enumerate(list(bodies)[:2])]
            found = await settle_pictures(
                lambda: [mapper.map(one) for one in sheet], mapper.pictures, fetcher, is_studio=True
            )
            assert {names[one] for one in found} == {"whole.jpg", "cut.jpg", "other.jpg", "tune.wav"}
            mapped = [mapper.map(one) for one in sheet]
            layers = [one.wants[0].payload.elements for one in mapped]
            assert [names[one["photo"]["image_encoded"]] for one in layers] == ["whole.jpg", "other.jpg"]
            assert {names[one["tune"]["audio_encoded"]] for one in layers} == {"tune.wav"}
            assert [[problem.code for problem in one.problems] for one in mapped] == [[], ["picture_fallback"]]

    run(main())


def sound() -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(bytes(8_000))
    return body.getvalue()


@pytest.mark.parametrize(("body", "codes"), [(GOOD, []), (GOOD[:2000], ["picture_cut_short"])])
def test_pictures_beside_the_sheet_are_judged_like_those_at_addresses(
    tmp_path: Path, body: bytes, codes: list[str]
) -> None:
    path = tmp_path / "shoe.jpg"
    path.write_bytes(body)
    local = LocalPicture(path, "ab" * 32, len(body), "image/jpeg")

    async def main() -> None:
        async with picture_fetcher(tmp_path / "home", ManualClock()) as fetcher:
            found = await look_at_files([local, local], fetcher)
            assert list(found) == ["sha256:" + "ab" * 32]
            flaws = judge_picture(found["sha256:" + "ab" * 32], BOX)
            assert [flaw.code for flaw in flaws] == codes
            assert all("shoe.jpg" in flaw.message for flaw in flaws)

    run(main())


@pytest.mark.parametrize(
    ("kind", "megabytes"), [("static", 20), ("animated", 100), ("printer", 500), ("printer_multipage", 500)]
)
def test_a_run_for_print_or_of_films_may_fetch_what_a_screen_run_may_not(
    tmp_path: Path, kind: str, megabytes: int
) -> None:
    async def main() -> None:
        async with picture_fetcher(tmp_path, ManualClock(), design_type=kind) as fetcher:
            assert (fetcher.max_bytes, fetcher.per_host) == (megabytes * 1_000_000, 4)

    run(main())
