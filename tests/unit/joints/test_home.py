"""Where state lies, what is copied there, and that two processes cannot hold one job."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bulkgen.errors import JobRunningError, LedgerError
from bulkgen.ledger.home import ENVIRONMENT_NAME, FOLDER_NAME, Home


def test_the_environment_names_the_home(tmp_path: Path) -> None:
    home = Home.find(tmp_path / "a.csv", {ENVIRONMENT_NAME: str(tmp_path / "state")})
    assert home.root == tmp_path / "state"


def test_the_nearest_home_upward_is_used_else_one_beside_the_sheet(tmp_path: Path) -> None:
    """A second ledger for the same sheets knows nothing of what the first one paid for."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert Home.find(deep / "x.csv", {}).root == deep / FOLDER_NAME
    (tmp_path / FOLDER_NAME).mkdir()
    assert Home.find(deep / "x.csv", {}).root == tmp_path / FOLDER_NAME


def test_an_input_is_kept_once_by_content(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    sheet = tmp_path / "Sheet.CSV"
    sheet.write_bytes(b"a,b\n1,2\n")
    digest, kept = home.keep_input(sheet)
    assert kept.read_bytes() == sheet.read_bytes()
    assert kept == home.input_path(digest, "Sheet.CSV")
    assert kept.suffix == ".csv"
    assert home.keep_input(sheet) == (digest, kept)
    assert len(list(home.inputs.iterdir())) == 1


def test_a_home_that_cannot_be_made_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=ENVIRONMENT_NAME):
        Home(tmp_path / "file" / "home").make()


def test_state_stays_out_of_version_control(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_a_scratch_home_leaves_nothing_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with home.or_scratch() as place:
        assert place.root != home.root
        (place.root / "x").write_text("")
    assert not place.root.exists()
    assert not home.root.exists()


HOLD = """
import sys, time
from pathlib import Path
from bulkgen.ledger.home import Home
with Home(Path(sys.argv[1])).job_lock(7, "job"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_job_is_held_by_one_process_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    """Two processes on one job would both send what is planned; a dead one must not block the job for ever."""
    home = Home(tmp_path)
    home.make()
    assert not home.is_job_alive(7)
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert home.is_job_alive(7)
        with pytest.raises(JobRunningError, match=str(holder.pid)), home.job_lock(7, "job"):
            pass
        holder.kill()
    assert not home.is_job_alive(7)
    with home.job_lock(7, "job"):
        assert (tmp_path / "locks" / "job-7.lock").read_text() == str(os.getpid())
