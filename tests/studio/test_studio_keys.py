"""Who gets in: keys that are kept as hashes, host names, what a caller takes, and whoever may read the folder."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workshop import PATIENCE_SECONDS, read, run, studio

from bulkgen.studio.errors import StudioError
from bulkgen.studio.keys import PREFIX, Keys
from bulkgen.studio.lease import live
from bulkgen.studio.middleware import accepts_json
from bulkgen.studio.options import StudioOptions


def test_a_key_is_shown_once_kept_as_a_hash_and_of_no_use_after_it_was_revoked(tmp_path: Path) -> None:
    """Who reads the file must not be able to call the studio."""
    keys = Keys(tmp_path)
    made, key = keys.create("website", 10.0)
    assert key.startswith(f"{made.id}_")
    assert made.id.startswith(PREFIX)
    text = (tmp_path / "keys.json").read_text()
    assert key not in text
    assert key.removeprefix(f"{made.id}_") not in text
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert keys.accepts(key)
    assert not keys.accepts(key[:-1])
    assert not keys.accepts(made.digest), "the hash is no key"
    other = Keys(tmp_path)
    assert other.revoke("website", 20.0).revoked_at == 20.0
    assert not keys.accepts(key), "also where it was accepted a moment ago"
    assert [(one.name, one.revoked_at) for one in keys.all()] == [("website", 20.0)]


def test_a_name_is_of_one_key_in_use_at_a_time(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    first, _ = keys.create("shop", 1.0)
    with pytest.raises(StudioError, match="'shop' is in use"):
        keys.create("shop", 2.0)
    with pytest.raises(StudioError, match="no key in use is named 'shup'") as refused:
        keys.revoke("shup", 2.0)
    assert "'shop'" in refused.value.hint
    keys.revoke(first.id, 3.0)
    second, _ = keys.create("shop", 4.0)
    assert second.id != first.id
    assert len(keys.all()) == 2


def test_a_file_of_keys_that_cannot_be_read_opens_no_door(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    _, key = keys.create("a", 1.0)
    (tmp_path / "keys.json").write_text("[")
    assert not keys.accepts(key)
    with pytest.raises(StudioError, match="is not a file of keys"):
        keys.all()


def test_a_studio_that_others_reach_takes_the_keys_that_were_made_and_no_others(tmp_path: Path) -> None:
    """From the next call on, without a restart."""
    keys = Keys(tmp_path / "studio")
    _, first = keys.create("first", 1.0)

    async def main() -> None:
        async with studio(tmp_path, host="0.0.0.0") as (server, client):

            async def status(key: str) -> int:
                return (await read(client, "/designs", headers={"x-api-key": key}))[0]

            assert await status("") == 401
            assert await status("bgs_00000000_guess") == 401
            assert await status(first) == 200
            _, second = keys.create("second", 2.0)
            assert await status(second) == 200
            keys.revoke("first", 3.0)
            assert await status(first) == 401
            found = live(tmp_path / "studio")
            assert found is not None
            assert found.key
            assert await status(found.key) == 200, "whoever may read the folder"
            assert found.key not in repr(found)
            assert stat.S_IMODE((tmp_path / "studio" / "studio.json").stat().st_mode) == 0o600
            assert (await read(client, "/ready"))[0] == 200
            assert found.key not in repr(server)

    run(main())


def test_on_loopback_keys_are_asked_for_when_it_was_said_and_not_otherwise(tmp_path: Path) -> None:
    """Behind a proxy the loopback is the world."""
    _, key = Keys(tmp_path / "studio").create("proxy", 1.0)

    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            assert (await read(client, "/designs"))[0] == 200
        async with studio(tmp_path, require_key=True) as (_, client):
            assert (await read(client, "/designs"))[0] == 401
            assert (await read(client, "/designs", headers={"x-api-key": key}))[0] == 200

    run(main())
    with pytest.raises(StudioError, match="must ask for a key"):
        StudioOptions(folder=tmp_path / "none", designs=(), require_key=True)


def test_it_answers_to_the_names_that_it_was_given(tmp_path: Path) -> None:
    """A proxy passes the public name on; a page's own name stays outside."""

    async def main() -> None:
        options = {"public_url": "https://banners.example.com/", "allowed_hosts": ("inner.example",)}
        async with studio(tmp_path, **options) as (_, client):
            for host, status in (
                ("banners.example.com", 200),
                ("INNER.example:8711", 200),
                ("127.0.0.1", 200),
                ("evil.example", 421),
            ):
                assert (await read(client, "/designs", headers={"Host": host}))[0] == status
        async with studio(tmp_path, host="0.0.0.0", api_key="k", **options) as (_, client):
            for host, status in (("inner.example", 200), ("evil.example", 421)):
                assert (await read(client, "/designs", headers={"Host": host, "x-api-key": "k"}))[0] == status

    run(main())


@pytest.mark.parametrize(
    ("accept", "is_taken"),
    [
        (None, True),
        ("", True),
        ("*/*", True),
        ("application/json", True),
        ("text/html, application/*;q=0.5", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("application/json; q=0.00, text/html", False),
        ("image/*", False),
    ],
)
def test_a_caller_who_takes_no_json_is_one_who_said_so(accept: str | None, is_taken: bool) -> None:
    assert accepts_json(accept) is is_taken


def test_a_caller_who_takes_no_json_is_refused_and_files_go_to_everyone(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (_, client):
            status, body = await read(client, "/designs", headers={"Accept": "text/html"})
            assert (status, body["id"]) == (406, "not_acceptable")
            status, body = await read(client, f"/files/{'a' * 64}.png", headers={"Accept": "image/png"})
            assert (status, body["id"]) == (404, "not_found")

    run(main())


def command(folder: Path, *words: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "BULKGEN_HOME": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "bulkgen", "studio", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_the_command_makes_lists_and_revokes_keys(tmp_path: Path) -> None:
    """Only the key itself is on the output, so that a script can take it."""
    made = command(tmp_path, "keys", "create", "website")
    key = made.stdout.strip()
    assert made.returncode == 0
    assert Keys(tmp_path / "studio").accepts(key)
    listed = command(tmp_path, "keys", "list").stdout
    assert "website" in listed
    assert key not in listed
    assert command(tmp_path, "keys", "revoke", "website").returncode == 0
    again = command(tmp_path, "keys", "revoke", "website")
    assert again.returncode == 2
    assert "no key in use" in again.stderr
    refused = command(tmp_path, "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "keys create" in refused.stderr
