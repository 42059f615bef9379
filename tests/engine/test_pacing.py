"""The line of calls, waited in: alone, in one process, and by several processes of a home."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import json
import sys
from pathlib import Path

import pytest
from fake_provider import FakeProvider

from bulkgen.clock import SystemClock
from bulkgen.engine.pacefile import PaceFile
from bulkgen.engine.pacing import Pacing
from bulkgen.errors import LedgerError
from bulkgen.testing import ManualClock

URL = "https://api.example.com"


def line_of(folder: Path) -> Path:
    (path,) = folder.glob("*.json")
    return path


async def turns(pacing: Pacing, clock: ManualClock, count: int) -> list[float]:
    left_at = []
    for _ in range(count):
        await pacing.turn()
        left_at.append(clock.monotonic())
    return left_at


def test_no_pace_means_no_wait() -> None:
    async def main() -> None:
        clock = ManualClock()
        pacing = Pacing(clock, None)
        assert await turns(pacing, clock, 50) == [0.0] * 50
        assert pacing.pace is None

    asyncio.run(main())


@pytest.mark.parametrize("is_shared", [False, True])
def test_calls_leave_one_after_the_other_and_a_refusal_slows_them(tmp_path: Path, is_shared: bool) -> None:
    async def main() -> None:
        clock = ManualClock()
        pacing = Pacing(clock, 4.0, file=PaceFile(tmp_path, URL, "key") if is_shared else None)
        assert await turns(pacing, clock, 9) == pytest.approx([n / 4 for n in range(9)])
        for _ in range(10):
            pacing.refused()
        slower = await turns(pacing, clock, 20)
        assert slower[-1] - slower[-2] > 0.3
        assert pacing.pace is not None
        assert pacing.pace < 3.0

    asyncio.run(main())


def test_many_who_wait_at_once_leave_in_order_and_one_who_goes_holds_nobody_up() -> None:
    async def main() -> list[tuple[int, float]]:
        clock, left = ManualClock(), []
        pacing = Pacing(clock, 2.0)

        async def one(name: int) -> None:
            await pacing.turn()
            left.append((name, clock.monotonic()))

        tasks = [asyncio.create_task(one(name)) for name in range(4)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return left

    assert asyncio.run(main()) == [(0, 0.0), (2, 1.0), (3, 1.5)]


def test_a_moment_that_was_missed_is_given_up() -> None:
    """A call that leaves late closes up to the next one; five of those fill a window over its ceiling."""

    async def main() -> None:
        clock = ManualClock()
        pacing = Pacing(clock, 2.0)
        await pacing.turn()
        waiting = asyncio.create_task(pacing.turn())
        await asyncio.sleep(0)
        clock.advance(0.9)  # the machine was busy with something else
        await waiting
        assert clock.monotonic() == pytest.approx(1.0)

    asyncio.run(main())


def test_one_line_is_shared_by_all_who_name_the_folder_provider_and_key(tmp_path: Path) -> None:
    async def main() -> None:
        clock = ManualClock()
        pair = [Pacing(clock, 5.0, file=PaceFile(tmp_path, URL, "key")) for _ in range(2)]
        other = Pacing(clock, 5.0, file=PaceFile(tmp_path, URL, "another key"))
        left_at = await asyncio.gather(*(turns(pacing, clock, 20) for pacing in (*pair, other)))
        shared = sorted([*left_at[0], *left_at[1]])
        assert all(later - earlier >= 0.2 - 1e-6 for earlier, later in itertools.pairwise(shared))
        assert shared[-1] == pytest.approx(39 / 5, abs=0.3), "and no moment is lost between them"
        assert left_at[2][-1] == pytest.approx(19 / 5, abs=0.01), "another key has a ceiling of its own"

    asyncio.run(main())


def test_alone_the_file_is_touched_twice_a_second_and_not_at_each_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates = 0
    update = PaceFile.update

    def counted(file: PaceFile, change: object) -> bool:
        nonlocal updates
        updates += 1
        return update(file, change)  # type: ignore[arg-type]

    monkeypatch.setattr(PaceFile, "update", counted)

    async def main() -> None:
        clock = ManualClock()
        await turns(Pacing(clock, 8.0, file=PaceFile(tmp_path, URL, "key")), clock, 81)

    asyncio.run(main())
    assert updates <= 22


def test_nothing_on_disk_tells_the_key(tmp_path: Path) -> None:
    """The folder may be in a backup, or in a repository by mistake."""

    async def main(folder: Path) -> str:
        clock = ManualClock()
        await turns(Pacing(clock, 8.0, file=PaceFile(folder, URL, "secret-key")), clock, 3)
        return line_of(folder).name

    names = [asyncio.run(main(tmp_path / home)) for home in ("one", "two")]
    assert names[0] != names[1], "a guessed key cannot be looked up by its hash in any home but the one it is in"
    for path in tmp_path.rglob("*"):
        assert "secret-key" not in path.name
        if path.is_file():
            assert b"secret-key" not in path.read_bytes()
            assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b'{"pace": "x"}', b"\xff\x00", b'{"pace": NaN, "free_at": 1}'])
def test_a_file_that_makes_no_sense_counts_as_a_new_one(tmp_path: Path, written: bytes) -> None:
    """A power cut in the middle of a write must not end every later run."""

    async def main() -> None:
        clock = ManualClock()
        await Pacing(clock, 8.0, file=PaceFile(tmp_path, URL, "key")).turn()
        line_of(tmp_path).write_bytes(written)
        await Pacing(clock, 8.0, file=PaceFile(tmp_path, URL, "key")).turn()
        assert json.loads(line_of(tmp_path).read_bytes())["pace"] == 8.0

    asyncio.run(main())


def test_a_clock_that_was_set_back_an_hour_does_not_stop_the_line_for_one(tmp_path: Path) -> None:
    async def main() -> None:
        ahead, now = ManualClock(wall=1_700_003_600.0), ManualClock(wall=1_700_000_000.0)
        await turns(Pacing(ahead, 8.0, file=PaceFile(tmp_path, URL, "key")), ahead, 3)
        assert (await turns(Pacing(now, 8.0, file=PaceFile(tmp_path, URL, "key")), now, 3))[-1] < 1.0

    asyncio.run(main())


def test_a_pace_that_was_found_is_found_again_by_the_next_process(tmp_path: Path) -> None:
    """Each run of a cron job would otherwise be refused anew until it has found the ceiling."""

    async def main() -> None:
        clock = ManualClock()
        first = Pacing(clock, 9.0, file=PaceFile(tmp_path, URL, "key"))
        await first.turn()
        for _ in range(10):
            first.refused()
        await turns(first, clock, 10)
        second = Pacing(clock, 9.0, file=PaceFile(tmp_path, URL, "key"))
        await second.turn()
        assert second.pace == pytest.approx(first.pace, abs=0.05)

    asyncio.run(main())


def test_a_file_that_is_held_is_waited_for_without_holding_the_loop(tmp_path: Path) -> None:
    async def main() -> None:
        clock = SystemClock()
        pacing = Pacing(clock, 8.0, file=PaceFile(tmp_path, URL, "key"))
        await pacing.turn()
        with line_of(tmp_path).open() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            waiting = asyncio.create_task(pacing.turn())
            done, _ = await asyncio.wait({waiting}, timeout=0.02)
            assert not done
        await asyncio.wait_for(waiting, 5)

    asyncio.run(main())


def test_a_folder_that_cannot_be_used_is_an_error_of_ours_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "pace").write_text("in the way")
    with pytest.raises(LedgerError) as caught:
        PaceFile(tmp_path / "pace", URL, "key")
    assert caught.value.code == "pace_file"
    assert caught.value.hint


def test_two_processes_together_never_pass_the_ceiling(tmp_path: Path) -> None:
    """Two cron jobs on one key would otherwise get each other refused, and by the API's word blocked."""

    async def main() -> tuple[list[float], list[int]]:
        async with FakeProvider(SystemClock()) as provider:
            command = [sys.executable, str(Path(__file__).with_name("pacing_process.py"))]
            arguments = [str(tmp_path / "pace"), provider.url, "8", "4"]
            processes = [
                await asyncio.create_subprocess_exec(*command, *arguments, stdout=asyncio.subprocess.PIPE)
                for _ in range(2)
            ]
            said = await asyncio.gather(*(process.communicate() for process in processes))
            return provider.calls_at, [int(out) for out, _ in said]

    calls_at, counts = asyncio.run(main())
    assert sum(counts) == len(calls_at)
    assert min(counts) >= 4, "neither starves"
    # Arrivals, not departures: eleven within one second would be one more than the gateway lets through.
    assert all(eleventh - first > 1.0 for first, eleventh in zip(calls_at, calls_at[10:], strict=False))
