"""New versions of a banner at the HTTP surface (reference 2.9): what they keep, what they count, what is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from workshop import DESIGN_ID, Easel, design_body, generate, read, result, run, studio, until, write_design

OTHER_ID = "1e0a8a6f-6d1e-4a5a-8b62-4b2d2d9a1b12"
OTHER_UIDS = ("33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444")


def two_designs(folder: Path) -> None:
    write_design(folder)
    other = design_body(OTHER_ID, "Other card")
    for item, uid in zip(other["formats"], OTHER_UIDS, strict=True):
        item["uid"] = uid
    write_design(folder, other, name="other")


async def refused(client: aiohttp.ClientSession, design_id: str, body: dict[str, Any]) -> tuple[int, str]:
    async with client.post(f"/async/banner-builder/{design_id}/generate", json=body) as answer:
        return answer.status, (await answer.json()).get("id", "accepted")


@pytest.mark.parametrize(
    ("design_id", "formats", "expected"),
    [
        (DESIGN_ID, ["wide"], (200, "accepted")),
        (DESIGN_ID, ["wide", "tall"], (400, "more_than_one_format")),
        (DESIGN_ID, [], (400, "more_than_one_format")),
        (DESIGN_ID, ["tall"], (404, "not_related_to_same_format")),
        (OTHER_ID, ["wide"], (404, "not_related_to_same_template")),
    ],
)
def test_only_the_same_format_of_the_same_design_can_be_a_new_version(
    tmp_path: Path, design_id: str, formats: list[str], expected: tuple[int, str]
) -> None:
    """A share link that showed another format after a refresh would break the page that it stands on."""

    async def main() -> None:
        two_designs(tmp_path / "designs")
        async with studio(tmp_path) as (server, client):
            first = (await result(server, client, await generate(client)))["banners"][0]
            assert first["format"]["id"] == "wide"
            body = {"original_visual_id": first["id"], "template_format_names": formats}
            assert await refused(client, design_id, body) == expected

    run(main())


def test_a_banner_that_is_not_there_has_no_versions(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            body = {"original_visual_id": OTHER_ID, "template_format_names": ["wide"]}
            assert await refused(client, DESIGN_ID, body) == (404, "visual_not_found")

    run(main())


def test_a_version_can_be_made_of_a_version_and_an_id_is_the_same_in_capitals(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            banner = (await result(server, client, await generate(client)))["banners"][0]
            sharing_id = banner["sharing_id"]
            for number in (2, 3, 4):
                body = {"original_visual_id": banner["id"].upper(), "template_format_names": ["wide"]}
                banner = (await result(server, client, await generate(client, body)))["banners"][0]
                assert (banner["version"], banner["sharing_id"]) == (number, sharing_id)
            status, shown = await read(client, f"/banners/{banner['id']}")
            assert (status, shown["version"], shown["sharing_id"]) == (200, 4, sharing_id)

    run(main())


def test_versions_that_are_made_at_once_have_numbers_of_their_own(tmp_path: Path) -> None:
    """Two of one number, and nobody can say which of them a share link shows."""

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render) as (server, client):
            first = (await result(server, client, await generate(client)))["banners"][0]
            easel.gate.clear()
            body = {"original_visual_id": first["id"], "template_format_names": ["wide"]}
            ids = await asyncio.gather(*(generate(client, body) for _ in range(4)))
            await until(lambda: len(easel.tasks) >= 3)
            easel.gate.set()
            found = [(await result(server, client, one))["banners"][0]["version"] for one in ids]
            assert sorted(found) == [2, 3, 4, 5]

    run(main())
