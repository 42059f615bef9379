"""The writer's thread: in order, together, and each failure alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from bulkgen.errors import LedgerError
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.writer import LedgerWriter


def draft(name: str) -> JobDraft:
    return JobDraft(name, "s.csv", "", "studio", "store", "", "card", "Card", "1", ("square",), False)


def names(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [name for (name,) in connection.execute("SELECT name FROM jobs ORDER BY id")]
    finally:
        connection.close()


def test_a_write_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    async def main() -> list[str]:
        with Ledger(tmp_path / "l") as ledger:
            async with LedgerWriter(ledger) as writer:
                job = await writer.do(ledger.jobs.open, draft("one"), 1.0)
                assert job.name == "one"
                return names(ledger.path)

    assert asyncio.run(main()) == ["one"]


def test_a_failing_write_is_rolled_back_alone(tmp_path: Path) -> None:
    """Hundreds of results share a commit: one bad among them must not undo the others."""

    async def main() -> list[object]:
        with Ledger(tmp_path / "l") as ledger:

            def half_done() -> None:
                ledger.jobs.open(draft("half"), 1.0)
                raise ValueError("in the middle")

            async with LedgerWriter(ledger) as writer:
                found = await asyncio.gather(
                    writer.do(ledger.jobs.open, draft("before"), 1.0),
                    writer.do(half_done),
                    writer.do(ledger.jobs.open, draft("after"), 1.0),
                    return_exceptions=True,
                )
            return list(found)

    found = asyncio.run(main())
    assert isinstance(found[1], ValueError)
    assert names(tmp_path / "l") == ["before", "after"]


def test_a_commit_that_fails_is_told_to_everyone_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result reported as kept that is not on disk is a banner paid for and lost."""

    async def main() -> list[object]:
        with Ledger(tmp_path / "l") as ledger:
            real = ledger.atomic
            depth = 0

            class Failing:
                def __enter__(self) -> None:
                    nonlocal depth
                    self.inner = real()
                    self.inner.__enter__()
                    depth += 1
                    self.depth = depth

                def __exit__(self, *error: object) -> bool | None:
                    nonlocal depth
                    depth -= 1
                    if self.depth == 1 and error[0] is None:
                        failure = LedgerError("the disk is full", code="disk_full")
                        self.inner.__exit__(type(failure), failure, None)
                        raise failure
                    return self.inner.__exit__(*error)  # type: ignore[arg-type]

            monkeypatch.setattr(ledger, "atomic", Failing)
            async with LedgerWriter(ledger) as writer:
                found = await asyncio.gather(
                    *(writer.do(ledger.jobs.open, draft(name), 1.0) for name in ("one", "two")),
                    return_exceptions=True,
                )
            return list(found)

    found = asyncio.run(main())
    assert all(isinstance(error, LedgerError) and error.code == "disk_full" for error in found)
    assert names(tmp_path / "l") == []


def test_what_waits_while_a_commit_is_under_way_shares_the_next(tmp_path: Path) -> None:
    async def main() -> int:
        with Ledger(tmp_path / "l") as ledger:
            commits = 0
            real = ledger.atomic

            def counting():  # type: ignore[no-untyped-def]
                nonlocal commits
                commits += not ledger._database._connection.in_transaction
                return real()

            ledger.atomic = counting  # type: ignore[method-assign]
            go = threading.Event()
            async with LedgerWriter(ledger) as writer:
                first = asyncio.ensure_future(writer.do(go.wait))
                await asyncio.sleep(0)
                try:
                    rest = [asyncio.ensure_future(writer.do(ledger.jobs.open, draft(f"{n}"), 1.0)) for n in range(50)]
                    await asyncio.sleep(0)
                finally:
                    go.set()
                await asyncio.gather(first, *rest)
                assert writer.pending == 0
            return commits

    assert asyncio.run(main()) <= 3
    assert names(tmp_path / "l") == [str(n) for n in range(50)]


def test_what_one_turn_of_the_loop_asks_for_is_one_commit(tmp_path: Path) -> None:
    """Fifty answers read at once: woken by the first, the thread would sync the disk for it alone."""

    async def main() -> int:
        with Ledger(tmp_path / "l") as ledger:
            commits = 0
            real = ledger.atomic

            def counting():  # type: ignore[no-untyped-def]
                nonlocal commits
                commits += 1
                return real()

            ledger.atomic = counting  # type: ignore[method-assign]
            async with LedgerWriter(ledger) as writer:
                await asyncio.gather(*(writer.do(ledger.jobs.open, draft(f"{n}"), 1.0) for n in range(50)))
            return commits

    assert asyncio.run(main()) == 1
    assert names(tmp_path / "l") == [str(n) for n in range(50)]


def test_a_write_is_performed_though_its_caller_is_cancelled(tmp_path: Path) -> None:
    """Between the answer and the disk lies the request id of a banner that was paid for."""

    async def main() -> None:
        with Ledger(tmp_path / "l") as ledger:
            async with LedgerWriter(ledger) as writer:
                task = asyncio.create_task(writer.do(ledger.jobs.open, draft("one"), 1.0))
                await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                writer.enqueue(ledger.jobs.open, draft("two"), 1.0)

    asyncio.run(main())
    assert names(tmp_path / "l") == ["one", "two"]
