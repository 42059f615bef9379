"""The store, the lease and the files: what survives, and what is told apart."""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from pathlib import Path

import pytest
from workshop import run

from bulkgen.studio import files
from bulkgen.studio.errors import StoreError, StudioBusyError
from bulkgen.studio.lease import Address, Lease, live, running
from bulkgen.studio.records import Acceptance, BannerRecord
from bulkgen.studio.store import KeyReusedError, Store


def acceptance(key: str | None = None, *, fingerprint: str = "f", callback_url: str | None = None) -> Acceptance:
    return Acceptance(str(uuid.uuid4()), "d", b"{}", fingerprint, 1.0, callback_url, key)


def test_what_was_being_rendered_is_next_in_line_after_a_restart(tmp_path: Path) -> None:
    """Accepted work that is forgotten is a row that never gets its picture."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        first, second = await store.accept(acceptance()), await store.accept(acceptance())
        store.start(1)
        third = await store.accept(acceptance())
        assert [item.id for item in store.accepted_after(0, 9)] == [second, third]
        await store.close()
        again = Store.open(tmp_path / "s")
        assert [item.id for item in again.accepted_after(0, 9)] == [first, second, third]
        again.start(1)
        await again.accept(acceptance())
        assert again.counts().renderings == 2
        await again.close()

    run(main())


def test_a_result_is_recorded_once(tmp_path: Path) -> None:
    """A render that a dead process left and its repeat must not both count."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        generation_id = await store.accept(acceptance())
        store.start(1)
        banner = BannerRecord("b", "share", 1, "d", "wide")
        assert await store.finalize(1, b'{"first": 1}', [banner], 2.0, 1)
        assert not await store.finalize(1, b'{"second": 1}', [banner], 3.0, 1)
        found = store.generation(generation_id)
        assert found is not None
        assert found.result == {"first": 1}
        assert store.counts().banners == 1
        await store.close()

    run(main())


def test_one_key_is_one_generation_however_many_ask_at_once(tmp_path: Path) -> None:
    """A request repeated after a lost answer must not be made twice."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        ids = await asyncio.gather(*(store.accept(acceptance("k")) for _ in range(20)))
        assert len(set(ids)) == 1
        assert store.counts().accepted == 1
        with pytest.raises(KeyReusedError):
            await store.accept(acceptance("k", fingerprint="other"))
        assert await store.accept(acceptance("l")) != ids[0]
        await store.close()

    run(main())


def test_a_key_that_comes_again_calls_back_where_the_caller_is_now(tmp_path: Path) -> None:
    """A client that was killed comes back on another port, and would wait in vain at the old one."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        await store.accept(acceptance("k", callback_url="http://old"))
        store.start(1)
        await store.finalize(1, b"{}", [], 2.0, 0)
        (due,) = store.due(2.0, 9)
        await store.delivered(due)
        assert not store.due(9.0, 9)
        await store.accept(acceptance("k", callback_url="http://new"))
        (again,) = store.due(9.0, 9)
        assert again.url == "http://new"
        await store.delivered(due)  # the old address's answer, late
        assert [item.url for item in store.due(9.0, 9)] == ["http://new"]
        await store.close()

    run(main())


def test_one_change_that_fails_leaves_the_others_of_its_commit(tmp_path: Path) -> None:
    """Strangers share a commit; one's mistake is not the other's loss."""

    async def main() -> None:
        store = Store.open(tmp_path / "s")
        writer = store._writer

        def breaks(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO studio VALUES ('half', 'done')")
            raise ValueError("no")

        good, bad, broken = (
            store.accept(acceptance()),
            writer.write(breaks),
            writer.write(lambda connection: connection.execute("INSERT INTO nowhere VALUES (1)")),
        )
        outcomes = await asyncio.gather(good, bad, broken, return_exceptions=True)
        assert isinstance(outcomes[0], str)
        assert isinstance(outcomes[1], ValueError)
        assert isinstance(outcomes[2], StoreError)
        assert store.counts().accepted == 1
        assert not store.read("SELECT * FROM studio WHERE key = 'half'")
        await store.close()

    run(main())


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    """To write what one does not understand is to break it."""

    async def main() -> None:
        await Store.open(tmp_path / "s").close()
        connection = sqlite3.connect(tmp_path / "s")
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(StoreError, match="99"):
            Store.open(tmp_path / "s")

    run(main())


def test_a_file_that_is_no_store_is_refused_by_its_name(tmp_path: Path) -> None:
    """The message must lead to the file."""
    (tmp_path / "s").write_text("not a database, but long enough to be looked at " * 50)
    with pytest.raises(StoreError, match=str(tmp_path)):
        run(_open(tmp_path / "s"))


async def _open(path: Path) -> None:
    Store.open(path)


# --- the lease


def test_a_folder_has_one_studio(tmp_path: Path) -> None:
    """Two would render everything twice and record it over each other."""
    lease, other = Lease(tmp_path), Lease(tmp_path)
    lease.take()
    lease.announce("http://127.0.0.1:9", "store")
    assert running(tmp_path) == "http://127.0.0.1:9"
    assert live(tmp_path) == Address("http://127.0.0.1:9", "store")
    with pytest.raises(StudioBusyError) as busy:
        other.take()
    assert busy.value.url == "http://127.0.0.1:9"
    lease.release()
    assert running(tmp_path) is None
    other.take()
    other.release()


def test_an_address_without_a_lock_is_not_believed(tmp_path: Path) -> None:
    """After a kill the port may be anyone's."""
    lease = Lease(tmp_path)
    lease.take()
    lease.announce("http://127.0.0.1:9", "store")
    left = (tmp_path / "studio.json").read_bytes()
    lease.release()
    (tmp_path / "studio.json").write_bytes(left)
    assert running(tmp_path) is None
    lease.take()
    assert running(tmp_path) is None, "it is starting, and has not said yet where it answers"
    lease.release()


def test_nothing_runs_where_nothing_is(tmp_path: Path) -> None:
    """Asking makes no folder."""
    assert running(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()


# --- files


def test_the_same_bytes_are_one_file(tmp_path: Path) -> None:
    """Rows with equal banners share them, and an address never changes its meaning."""
    key = files.keep(tmp_path, b"x", "png")
    assert files.keep(tmp_path, b"x", "png") == key
    assert [path.name for path in tmp_path.iterdir()] == [key]


def test_a_cut_file_is_made_whole(tmp_path: Path) -> None:
    """A name that holds less than its hash says would be served as a broken picture for ever."""
    key = files.keep(tmp_path, b"whole", "png")
    (tmp_path / key).write_bytes(b"who")
    files.keep(tmp_path, b"whole", "png")
    assert (tmp_path / key).read_bytes() == b"whole"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk must not leave half a file behind, under any name."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.keep(tmp_path, b"x", "png")
    assert not list(tmp_path.iterdir())
