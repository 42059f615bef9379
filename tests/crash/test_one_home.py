"""Two processes on one home, and a home that cannot be written: the real command, a provider that bills."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from nursery import Nursery
from provider import open_provider, write_sheet

from bulkgen.studio.faults import Rule

SLOWLY = Rule("slow_render", seconds=0.6, distribution="fixed")


def test_the_same_job_twice_at_once_is_one_job(tmp_path: Path, nursery: Nursery) -> None:
    """Two cron entries, or an impatient second click: the second one is told, and sends nothing."""
    write_sheet(tmp_path, 6)
    with open_provider(tmp_path, nursery, SLOWLY, bills=True) as provider:
        first = provider.start()
        first.wait_for('"event": "submitted"')
        second = provider.run()
        assert second.code == 2, second.text
        assert "another process" in second.err
        assert str(first.pid) in second.err
        assert first.wait().code == 0
        assert set(provider.assert_true(6).values()) == {"done"}
        assert sum(provider.accepted().values()) == 6


def test_two_jobs_at_once_that_share_rows_pay_for_each_once_and_both_reports_are_whole(
    tmp_path: Path, nursery: Nursery
) -> None:
    """Two sheets of one catalogue, in the same night."""
    write_sheet(tmp_path, 10)
    whole = (tmp_path / "sheet.csv").read_text().splitlines()
    (tmp_path / "other.csv").write_text("\n".join([whole[0], *whole[5:], "90,Bowl,", "91,Jug,"]) + "\n")
    with open_provider(tmp_path, nursery, SLOWLY, bills=True) as provider:
        other_arguments = provider.arguments()
        other_arguments[1] = str(tmp_path / "other.csv")
        first = provider.start()
        second = nursery.start(tmp_path, other_arguments, environment=provider.environment)
        ended = [first.wait(), second.wait()]
        assert [one.code for one in ended] == [0, 0], ended[0].text + ended[1].text
        accepted = provider.accepted()
        assert accepted.total() == len(accepted) == 12, "each name once, whichever sheet asked for it"
        for name, rows in (("sheet", 10), ("other", 8)):
            report = provider.report(name)
            assert len(report) == rows
            assert {row["bulkgen status"] for row in report} <= {"done", "reused"}
            assert all(row["medium-rectangle url"] for row in report)


def test_of_two_jobs_that_share_rows_one_may_be_killed_and_the_other_goes_on_with_them(
    tmp_path: Path, nursery: Nursery
) -> None:
    """Who waits for a banner that another process has sent must not wait for a dead process for ever."""
    write_sheet(tmp_path, 8)
    (tmp_path / "other.csv").write_text((tmp_path / "sheet.csv").read_text())
    with open_provider(tmp_path, nursery, SLOWLY, bills=True) as provider:
        first = provider.start()
        first.wait_for('"event": "submitted"')
        first.kill()
        assert first.wait().was_killed
        other_arguments = provider.arguments()
        other_arguments[1] = str(tmp_path / "other.csv")
        ended = nursery.run(tmp_path, other_arguments, environment=provider.environment)
        assert ended.code in (0, 1), ended.text
        assert max(provider.accepted().values()) == 1
        statuses = [row["bulkgen status"] for row in provider.report("other")]
        assert len(statuses) == 8
        assert set(statuses) <= {"done", "reused", "in doubt"}
        provider.finish()
        provider.assert_true(8)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_job_that_waits_for_another_s_banners_goes_on_with_them_when_that_one_is_gone(
    tmp_path: Path, nursery: Nursery, how: str
) -> None:
    """The nightly run of one sheet must not hang until morning because somebody closed the window of another."""
    write_sheet(tmp_path, 8)
    (tmp_path / "other.csv").write_text((tmp_path / "sheet.csv").read_text())
    with open_provider(
        tmp_path, nursery, Rule("slow_render", seconds=3.0, distribution="fixed"), bills=True
    ) as provider:
        first = provider.start()
        first.wait_for('"event": "submitted"')
        other_arguments = provider.arguments()
        other_arguments[1] = str(tmp_path / "other.csv")
        second = nursery.start(tmp_path, other_arguments, environment=provider.environment)
        second.wait_for("that another run in this home is making")
        if how == "killed":
            first.kill()
        else:
            os.kill(first.pid, signal.SIGINT)
        first.wait()
        ended = second.wait()
        assert ended.code in (0, 1), ended.text
        assert max(provider.accepted().values()) == 1
        statuses = [row["bulkgen status"] for row in provider.report("other")]
        assert len(statuses) == 8
        assert set(statuses) <= {"done", "reused", "in doubt"}
        assert how == "killed" or set(statuses) <= {"done", "reused"}


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder of which the system itself says that it is read-only, to the superuser too."""
    place = tmp_path / "home"
    place.mkdir()
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def seal(place: Path) -> None:
    for command in (["mount", "--bind", str(place), str(place)], ["mount", "-o", "remount,ro,bind", str(place)]):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a folder cannot be made read-only here")


@pytest.mark.parametrize("is_new", [True, False], ids=["a new home", "a ledger with a job"])
def test_a_home_that_cannot_be_written_sends_nothing_and_says_what_to_set(
    tmp_path: Path, nursery: Nursery, read_only: Path, is_new: bool
) -> None:
    """What cannot be written down before it is sent is not sent."""
    write_sheet(tmp_path, 4)
    with open_provider(tmp_path, nursery, bills=True) as provider:
        environment = provider.environment | {"BULKGEN_HOME": str(read_only)}
        if not is_new:
            assert nursery.run(tmp_path, provider.arguments(), environment=environment).code == 0
            with (tmp_path / "sheet.csv").open("a") as stream:
                stream.write("4,Vase 4,\n")
        before = provider.accepted().total()
        seal(read_only)
        ended = nursery.run(tmp_path, provider.arguments(), environment=environment)
        assert ended.code == 2, ended.text
        assert "Traceback" not in ended.out
        assert "BULKGEN_HOME" in ended.err
        assert provider.accepted().total() == before
        with contextlib.suppress(OSError):
            subprocess.run(["umount", str(read_only)], check=True, capture_output=True)
        assert nursery.run(tmp_path, provider.arguments(), environment=environment).code == 0
        assert max(provider.accepted().values()) == 1
