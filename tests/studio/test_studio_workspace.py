"""Projects, and designs that are renamed, moved and deleted: kept beside the files, and over a restart."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workshop import DESIGN_ID, Easel, design_body, generate, read, result, run, studio, until, write_design

from bulkgen.studio.designs import Catalog
from bulkgen.studio.json_lines import line_of

OTHER_ID = "99999999-9999-4999-8999-999999999999"
NO_ID = "00000000-0000-4000-8000-000000000000"


async def send(client: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with client.request(method, path, **({} if body is None else {"json": body})) as answer:
        return answer.status, await answer.json()


def test_changes_of_designs_survive_a_restart_and_leave_the_files_alone(tmp_path: Path) -> None:
    """The folder is the designer's, and may be read-only; the studio's own store remembers what callers did."""

    async def main() -> None:
        write_design(tmp_path / "designs", design_body(project_name="Spring"))
        write_design(tmp_path / "designs", design_body(OTHER_ID, "Other"), name="other")
        text = (tmp_path / "designs" / "card" / "design.json").read_text()
        async with studio(tmp_path) as (_, client):
            _, project = await send(client, "POST", "/projects", {"name": "Autumn"})
            assert (await send(client, "PUT", f"/designs/{DESIGN_ID}/name", {"name": " New name "}))[0] == 200
            assert (await send(client, "PUT", f"/designs/{DESIGN_ID}/project", {"project_id": project["id"]}))[0] == 200
            status, gone = await send(client, "DELETE", f"/designs/{OTHER_ID}")
            assert (status, gone["name"]) == (200, "Other")
        async with studio(tmp_path) as (_, client):
            (shown,) = (await read(client, "/designs"))[1]
            assert (shown["name"], shown["project_name"], shown["category_id"]) == ("New name", "Autumn", project["id"])
            assert [one["name"] for one in (await read(client, "/projects"))[1]] == ["Autumn", "Designs", "Spring"]
            assert (await read(client, f"/designs/{OTHER_ID}"))[0] == 404
        assert (tmp_path / "designs" / "card" / "design.json").read_text() == text

    run(main())


def test_what_was_made_of_a_design_stays_when_it_is_deleted_and_what_was_not_says_why(tmp_path: Path) -> None:
    """Deleting a design must not take the files away, nor leave a request that is never final."""

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render) as (server, client):
            made = await result(server, client, await generate(client))
            easel.gate.clear()
            # More than are under way at once, so that the last is not taken up before the design is gone.
            ids = [await generate(client) for _ in range(40)]
            assert (await send(client, "DELETE", f"/designs/{DESIGN_ID}"))[0] == 200
            easel.gate.set()
            last = await result(server, client, ids[-1])
            gone = "the design is no longer there"
            assert [(error["template_format_name"], error["reason"]) for error in last["errors"]] == [
                ("wide", gone),
                ("tall", gone),
            ]
            async with client.get(made["banners"][0]["file"]["url"]) as answer:
                assert answer.status == 200

    run(main())


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error_id"),
    [
        ("PUT", f"/designs/{DESIGN_ID}/name", {"name": "   "}, 400, "out_of_range"),
        ("PUT", f"/designs/{DESIGN_ID}/name", {"name": "x" * 101}, 400, "out_of_range"),
        ("PUT", f"/designs/{DESIGN_ID}/name", {"name": 3}, 400, "wrong_type"),
        ("PUT", f"/designs/{DESIGN_ID}/name", {}, 400, "missing_required"),
        ("PUT", f"/designs/{DESIGN_ID}/name", [], 400, "wrong_type"),
        ("PUT", f"/designs/{DESIGN_ID}/project", {"project_id": "x"}, 400, "wrong_type"),
        ("PUT", f"/designs/{DESIGN_ID}/project", {"project_id": NO_ID}, 404, "project_not_found"),
        ("PUT", f"/designs/{NO_ID}/project", {"project_id": NO_ID}, 404, "template_not_found"),
        ("DELETE", f"/designs/{NO_ID}", None, 404, "template_not_found"),
        ("POST", "/projects", {"name": "x"}, 400, "out_of_range"),
        ("POST", "/projects", {"name": "    "}, 400, "out_of_range"),
        ("POST", "/projects", {"name": "Designs"}, 400, "project_already_exists"),
        ("POST", "/projects", {"name": " Designs "}, 400, "project_already_exists"),
    ],
)
def test_a_change_that_will_not_do_is_refused(
    tmp_path: Path, method: str, path: str, body: Any, status: int, error_id: str
) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            found, answer = await send(client, method, path, body)
            assert (found, answer["id"]) == (status, error_id)

    run(main())


def test_two_changes_at_once_are_both_made_and_one_name_is_one_project(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            projects = await asyncio.gather(*(send(client, "POST", "/projects", {"name": "Same"}) for _ in range(8)))
            assert sorted(status for status, _ in projects) == [200] + [400] * 7
            (project_id,) = [body["id"] for status, body in projects if status == 200]
            await asyncio.gather(
                send(client, "PUT", f"/designs/{DESIGN_ID}/name", {"name": "Both"}),
                send(client, "PUT", f"/designs/{DESIGN_ID}/project", {"project_id": project_id}),
            )
            _, body = await read(client, f"/designs/{DESIGN_ID}")
            assert (body["name"], body["project_name"]) == ("Both", "Same")

    run(main())


def test_each_format_of_a_still_has_a_picture_that_is_drawn_once_for_each_version(tmp_path: Path) -> None:
    """A page that lets people choose a format shows it; and who has only the address must not make the studio work."""
    body = design_body()
    body["elements"][2]["settings"] = {"is_mandatory": {"tall": True}}
    write_design(tmp_path / "designs", body)

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render, api_key="k") as (_, client):
            _, design = await read(client, f"/designs/{DESIGN_ID}", headers={"x-api-key": "k"})
            wide, tall = design["formats"]
            assert "preview_url" not in tall, "without its mandatory text there is nothing to show"
            assert design["preview_url"] == wide["preview_url"], "there is none in its folder"
            ((listed,),) = [(await read(client, "/designs", headers={"x-api-key": "k"}))[1]]
            assert listed["preview_url"] == wide["preview_url"]
            for _ in range(3):
                async with client.get(wide["preview_url"]) as answer:
                    assert (answer.status, answer.content_type) == (200, "image/png")
            assert len(easel.tasks) == 1
            write_design(tmp_path / "designs", design_body(name="Another version"))
            async with client.get(wide["preview_url"]) as answer:
                assert answer.status == 200
            assert len(easel.tasks) == 2
            for number in (1, 7, 999):
                async with client.get(f"/previews/{DESIGN_ID}/{number}.png") as answer:
                    assert answer.status == (200 if number == 1 else 404)

    run(main())


# --- the folder is watched


def test_a_design_that_breaks_while_the_studio_runs_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to ask for it first, and nobody else's banners fail."""
    monkeypatch.setattr("bulkgen.studio.server._LOOK_EVERY_SECONDS", 0.01)

    async def main() -> None:
        write_design(tmp_path / "designs")
        write_design(tmp_path / "designs", design_body(OTHER_ID, "Other"), name="other")
        async with studio(tmp_path) as (server, client):
            text = json.dumps(design_body(OTHER_ID), indent=1).replace('"width": 184', '"width": "wide"', 1)
            (tmp_path / "designs" / "other" / "design.json").write_text(text)
            await until(lambda: bool(server.broken_designs))
            (broken,) = server.broken_designs
            assert broken.path == tmp_path / "designs" / "other" / "design.json"
            assert '"width": "wide"' in text.splitlines()[broken.line - 1]
            assert str(broken).startswith(f"{broken.path}:{broken.line}: elements[2].layout")
            assert (await result(server, client, await generate(client)))["errors"] == []
            # An editor may be half way through: until it is mended the version before is the one.
            assert [one["name"] for one in (await read(client, "/designs"))[1]] == ["Card", "Other"]
            path = f"/async/banner-builder/{OTHER_ID}/generate"
            _, accepted = await send(client, "POST", path, {})
            assert (await result(server, client, accepted["generation_request_id"]))["errors"] == []
            write_design(tmp_path / "designs", design_body(OTHER_ID, "Mended"), name="other")
            await until(lambda: not server.broken_designs)
            assert [one["name"] for one in (await read(client, "/designs"))[1]] == ["Card", "Mended"]

    run(main())


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda body: body["formats"][1].pop("height"), '"id": "tall"'),
        (lambda body: body.update(type="hologram"), '"type": "hologram"'),
        (lambda body: body.update(id="no"), '"id": "no"'),
        (lambda body: body["elements"][1]["attributes"][0].pop("id"), '"value": "cover"'),
        (lambda body: body["elements"][0]["layout"]["tall"].update(x=None), '"x": null'),
    ],
)
def test_a_broken_design_is_told_by_the_line_at_fault(tmp_path: Path, change: Any, shown: str) -> None:
    """A design has hundreds of lines, and a path is slow to follow by eye."""
    body = design_body()
    change(body)
    folder = write_design(tmp_path, body)
    text = json.dumps(body, indent=2)
    (folder / "design.json").write_text(text)
    catalog = Catalog([tmp_path])
    assert catalog.scan() == []
    (broken,) = catalog.broken
    around = "\n".join(text.splitlines()[broken.line - 1 : broken.line + 2])
    assert shown in around


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_JSON, st.sampled_from([None, 1, 4]))
def test_each_value_is_found_on_the_line_it_begins_on(value: Any, indent: int | None) -> None:
    """Of any JSON, laid out in any way."""
    text = json.dumps(value, indent=indent)

    def paths(part: Any, path: str) -> Any:
        yield path, part
        if isinstance(part, dict):
            for key, inner in part.items():
                yield from paths(inner, f"{path}.{key}" if path else key)
        elif isinstance(part, list):
            for index, inner in enumerate(part):
                yield from paths(inner, f"{path}[{index}]")

    for path, part in paths(value, ""):
        line = text.splitlines()[line_of(text, path) - 1] if text else ""
        assert json.dumps(part, indent=indent).splitlines()[0] in line


@given(_JSON, st.text(max_size=12))
def test_a_path_that_leads_nowhere_is_some_line_of_the_text(value: Any, path: str) -> None:
    text = json.dumps(value, indent=1)
    assert 1 <= line_of(text, path) <= len(text.splitlines())
