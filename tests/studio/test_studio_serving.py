"""What the page says of serving others: the image, the unit, and a backup that is the same studio again."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest
from test_studio_workspace import send
from workshop import Easel, generate, read, result, run, studio, write_design

from bulkgen.studio.keys import Keys

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "studio.md").read_text("utf-8")


def flags_of_the_command() -> set[str]:
    section = REFERENCE.partition("### `bulkgen studio`\n")[2].partition("\n### ")[0]
    return set(re.findall(r"`(--[a-z-]+)`", section))


def commands() -> list[str]:
    """Each way in which the studio is started by the files that come with it, and by the page."""
    found = re.findall(r"^ExecStart=(.+)$", (ROOT / "deploy" / "bulkgen-studio.service").read_text(), re.MULTILINE)
    dockerfile = (ROOT / "Dockerfile").read_text()
    found += [
        " ".join(re.findall(r'"([^"]+)"', line)) for line in re.findall(r"^CMD \[(.+)\]$", dockerfile, re.MULTILINE)
    ]
    found += re.findall(r"^.*\bstudio .*--.*$", PAGE, re.MULTILINE)
    return [line for line in found if "studio" in line and " keys " not in line]


def test_each_way_of_starting_it_names_flags_that_there_are() -> None:
    """A unit with a flag of before starts nothing, on somebody else's machine."""
    lines = commands()
    assert len(lines) >= 4
    known = flags_of_the_command()
    assert {"--host", "--public-url"} <= known
    for line in lines:
        asked = {word for word in re.findall(r"--[a-z-]+", line) if word not in ("--rm",)}
        assert asked <= known, line


def test_the_image_has_what_drawing_links_to() -> None:
    """The list is the one that the suite itself installs."""
    wanted = set(re.findall(r"missing\+=\((lib\w+)\)", (ROOT / ".ci" / "run").read_text()))
    assert wanted <= set(shlex.split((ROOT / "Dockerfile").read_text().replace("\\\n", " ").replace("'", "")))


def test_the_image_takes_all_that_the_wheel_is_made_of() -> None:
    pytest.importorskip("tomllib")
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {
        *wheel["packages"],
        *(path.split("/")[0] for path in wheel["force-include"]),
        project["project"]["readme"],
    }
    needed |= {"pyproject.toml", *project["project"]["license-files"]}
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert needed <= taken


def test_a_backup_that_was_made_while_it_ran_is_the_same_studio_again(tmp_path: Path) -> None:
    """As the page says: the store, then the files; accepted work of the copy is finished by it."""
    first, second = tmp_path / "first", tmp_path / "second"
    write_design(second / "designs")

    async def main() -> None:
        easel = Easel()
        async with studio(first, render=easel.render) as (server, client):
            secret = (await read(client, "/signing-secret"))[1]["secret"]
            await send(client, "POST", "/projects", {"name": "Kept"})
            _, key = Keys(first / "studio").create("website", 1.0)
            made = await result(server, client, await generate(client))
            easel.gate.clear()
            waiting = await generate(client)
            (second / "studio").mkdir()
            copy = second / "studio" / "studio.sqlite3"
            with sqlite3.connect(first / "studio" / "studio.sqlite3") as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            connection.close()
            for name in ("files", "uploads"):
                shutil.copytree(first / "studio" / name, second / "studio" / name)
            shutil.copy(first / "studio" / "keys.json", second / "studio")
            easel.gate.set()
            store_id = server.store_id
        async with studio(second) as (server, client):
            assert server.store_id == store_id
            assert (await read(client, "/signing-secret"))[1]["secret"] == secret
            assert "Kept" in [one["name"] for one in (await read(client, "/projects"))[1]]
            assert Keys(second / "studio").accepts(key)
            finished = await result(server, client, waiting)
            assert finished["errors"] == []
            for banner in (*made["banners"], *finished["banners"]):
                async with client.get(f"/files/{banner['file']['url'].rpartition('/')[2]}") as answer:
                    assert answer.status == 200

    run(main())
