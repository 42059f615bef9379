"""Files that nobody names are collected after their time; whatever a report may link to is not."""

from __future__ import annotations

import base64
import contextlib
import os
import threading
import time
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

import pytest
from workshop import Easel, generate, result, run, studio, until

from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.studio import files
from bulkgen.studio.errors import StudioError
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.store import uploads_in_line

DAY_SECONDS = 24 * 3600.0


def age(path: Path, seconds: float) -> None:
    at = time.time() - seconds
    os.utime(path, (at, at))


def test_what_is_old_and_not_named_goes_and_the_rest_stays(tmp_path: Path) -> None:
    old, named, young = (files.keep(tmp_path, body, "png") for body in (b"old", b"named", b"young"))
    for key in (old, named):
        age(tmp_path / key, 2 * DAY_SECONDS)
    (tmp_path / ".part-of-a-write").write_bytes(b"half")
    age(tmp_path / ".part-of-a-write", 2 * DAY_SECONDS)
    assert files.collect(tmp_path, DAY_SECONDS, {named}.__contains__) == 1
    assert {path.name for path in tmp_path.iterdir()} == {named, young, ".part-of-a-write"}


def test_what_is_made_again_is_young_again(tmp_path: Path) -> None:
    """Equal banners are one file: a result of today may name a file of last year."""
    key = files.keep(tmp_path, b"again", "png")
    age(tmp_path / key, 2 * DAY_SECONDS)
    assert files.keep(tmp_path, b"again", "png") == key
    assert files.collect(tmp_path, DAY_SECONDS, lambda _: False) == 0
    assert (tmp_path / key).is_file()


def test_what_is_made_again_while_it_is_being_collected_is_there_afterwards(tmp_path: Path) -> None:
    """A result that points at nothing cannot be mended: it never changes."""
    body = b"again and again"
    key = files.keep(tmp_path, body, "png")
    stop = threading.Event()

    def collect() -> None:
        while not stop.is_set():
            files.collect(tmp_path, DAY_SECONDS, lambda _: False)

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        for _ in range(300):
            with contextlib.suppress(FileNotFoundError):
                age(tmp_path / key, 2 * DAY_SECONDS)
            files.keep(tmp_path, body, "png")
            # Kept, and young: it may be set aside for an instant, and is put back.
            assert any((tmp_path / key).is_file() for _ in range(10_000)), "it was taken after it was made again"
    finally:
        stop.set()
        collector.join()
    assert (tmp_path / key).read_bytes() == body


def test_a_studio_collects_at_its_start_what_no_report_names(tmp_path: Path) -> None:
    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            banners = (await result(server, client, await generate(client)))["banners"]
        keys = [banner["file"]["url"].rpartition("/")[2] for banner in banners]
        folder = tmp_path / "studio" / "files"
        for key in keys:
            age(folder / key, 9 * DAY_SECONDS)
        asked: list[int] = []

        def named() -> Collection[str]:
            asked.append(1)
            return {keys[0]}

        async with studio(tmp_path, keep_files_seconds=7 * DAY_SECONDS, named_files=named) as (_, client):
            await until(lambda: not (folder / keys[1]).exists())
            async with client.get(f"/files/{keys[0]}") as answer:
                assert answer.status == 200
            async with client.get(f"/files/{keys[1]}") as answer:
                assert answer.status == 404
        assert asked == [1]

    run(main())


def test_when_it_cannot_be_told_what_is_named_nothing_is_collected(tmp_path: Path) -> None:
    """A ledger that is locked for a moment must not cost a report its pictures."""

    def named() -> Collection[str]:
        asked.set()
        raise OSError("the ledger cannot be read")

    asked = threading.Event()

    async def main() -> None:
        async with studio(tmp_path) as (server, client):
            await result(server, client, await generate(client))
        folder = tmp_path / "studio" / "files"
        before = sorted(folder.iterdir())
        for path in before:
            age(path, 9 * DAY_SECONDS)
        async with studio(tmp_path, keep_files_seconds=DAY_SECONDS, named_files=named):
            await until(asked.is_set)
        assert sorted(folder.iterdir()) == before

    run(main())


def test_a_picture_that_was_sent_goes_when_no_unfinished_work_needs_it(tmp_path: Path) -> None:
    """They came with requests and are in nobody's report; promised work must find its own all the same."""
    done, waiting = (base64.b64encode(text).decode() for text in (b"done", b"waiting"))

    async def main() -> None:
        easel = Easel()
        async with studio(tmp_path, render=easel.render) as (server, client):
            await result(server, client, await generate(client, {"elements": {"photo": {"image_encoded": done}}}))
            easel.gate.clear()
            last = await generate(client, {"elements": {"photo": {"image_encoded": waiting}}})
            folder = tmp_path / "studio" / "uploads"
            for path in folder.iterdir():
                age(path, 9 * DAY_SECONDS)
            assert uploads_in_line(tmp_path / "studio" / "studio.sqlite3") == {sha256(b"waiting").hexdigest()}
        easel.gate.set()
        again = Easel()
        again.gate.clear()
        async with studio(tmp_path, render=again.render, keep_files_seconds=DAY_SECONDS) as (server, client):
            await until(lambda: not (folder / sha256(b"done").hexdigest()).exists())
            again.gate.set()
            assert (await result(server, client, last))["errors"] == []

    run(main())


def test_files_are_kept_for_a_day_at_least() -> None:
    with pytest.raises(StudioError, match="a day at least"):
        StudioOptions(folder=Path("x"), designs=(), keep_files_seconds=3600)


def test_the_command_asks_the_ledger_of_its_home(tmp_path: Path) -> None:
    """The studio may not know ledgers; the command joins the two."""
    from bulkgen.cli.studio import _named_files

    home = Home(tmp_path)
    assert list(_named_files(home)) == []
    home.make()
    Ledger(home.ledger_path).close()
    assert set(_named_files(home)) == set()
