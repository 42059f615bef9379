"""`kill -9` at any moment loses nothing and doubles nothing: the real process, real files, the embedded studio."""

from __future__ import annotations

import csv
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bulkgen_command import python
from trap import POINTS

TRAP = Path(__file__).with_name("trap.py")
FORMATS = ("square", "landscape")
MAPPING = """\
design: product-card
key: sku
formats: [square, landscape]
elements:
  title: "{{ name }}"
  price: "{{ price }}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return tmp_path


def make_sheet(folder: Path, rows: int) -> Path:
    path = folder / "sheet.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["sku", "name", "price"])
        writer.writerows([f"{n:04d}", f"Stoneware vase number {n}", f"{n}.90 EUR"] for n in range(rows))
    return path


def command(sheet: Path, *more: str) -> list[str]:
    return ["run", str(sheet), "--progress", "json", *more]


def run(arguments: list[str], *, trap: tuple[str, int] | None = None) -> subprocess.CompletedProcess[str]:
    prefix = [str(TRAP), trap[0], str(trap[1])] if trap else ["-m", "bulkgen"]
    return python(*prefix, *arguments)


def assert_whole(sheet: Path, rows: int) -> None:
    """Every row has every banner; nothing was asked for twice; nothing was recorded twice."""
    report = sheet.with_name("sheet.generated.csv")
    with report.open(newline="", encoding="utf-8-sig") as stream:
        found = list(csv.DictReader(stream))
    assert [row["sku"] for row in found] == [f"{n:04d}" for n in range(rows)]
    for row in found:
        assert row["bulkgen status"] in ("done", "reused"), row
        for name in FORMATS:
            assert (sheet.parent / row[f"{name} url"]).stat().st_size > 0
    home = sheet.parent / ".bulkgen"
    with sqlite3.connect(home / "studio" / "studio.sqlite3") as studio:
        assert studio.execute("SELECT count(*) FROM generations").fetchone() == (rows,)
        assert studio.execute("SELECT count(*) FROM generations WHERE state <> 'finalized'").fetchone() == (0,)
        assert studio.execute("SELECT count(*) FROM banners").fetchone() == (rows * len(FORMATS),)
    with sqlite3.connect(home / "ledger.sqlite3") as ledger:
        states = dict(ledger.execute("SELECT state, count(*) FROM generations GROUP BY state"))
        assert states == {"finalized": rows}
        assert ledger.execute("SELECT count(*) FROM outputs WHERE state = 'done'").fetchone() == (rows * len(FORMATS),)


@pytest.mark.parametrize("passing", [1, 5])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_named_point_loses_and_doubles_nothing(folder: Path, point: str, passing: int) -> None:
    """Each point is a moment at which a wrong order of disk and wire would lose a banner or pay for it twice."""
    rows = 8
    sheet = make_sheet(folder, rows)
    passing = 1 if point == "report half written" else passing
    killed = run(command(sheet), trap=(point, passing))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(command(sheet))
    assert again.returncode == 0, again.stderr
    assert_whole(sheet, rows)


def test_twenty_kills_at_random_moments_of_a_busy_run_lose_and_double_nothing(folder: Path) -> None:
    """The named points are those we thought of; these are the others."""
    rows, kills = 480, 20
    sheet = make_sheet(folder, rows)
    chance = random.Random(20261124)
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-m", "bulkgen", *command(sheet)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            busy = next(_events(process.stderr, "submitted", "settled"), None)
            assert busy is not None, "the run ended before it could be killed: give it more rows"
            time.sleep(chance.uniform(0, 0.25))
            process.kill()
            process.stderr.close()
        assert process.returncode == -signal.SIGKILL, "the run ended before it could be killed: give it more rows"
    again = run(command(sheet))
    assert again.returncode == 0, again.stderr
    assert_whole(sheet, rows)


def test_a_run_outlives_the_studio_that_it_borrowed(folder: Path) -> None:
    """Two runs of one home share the studio of the first; when that ends, the second must not stand there alone."""
    rows = 120
    sheet = make_sheet(folder, rows)
    studio = subprocess.Popen(
        [sys.executable, "-m", "bulkgen", "studio"], stdout=subprocess.PIPE, text=True, cwd=folder
    )
    with studio:
        assert studio.stdout is not None
        assert "studio:" in studio.stdout.readline()
        with subprocess.Popen(
            [sys.executable, "-m", "bulkgen", *command(sheet)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stderr is not None
            assert next(_events(run.stderr, "settled"), None) is not None
            studio.kill()
            rest = run.stderr.read()
        assert run.returncode == 0, rest
    assert_whole(sheet, rows)


def test_no_process_of_ours_survives_a_killed_run(folder: Path) -> None:
    """Workers that live on would hold a core and a lock that nobody knows of."""
    sheet = make_sheet(folder, 60)
    with subprocess.Popen(
        [sys.executable, "-m", "bulkgen", *command(sheet)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert next(_events(process.stderr, "settled"), None) is not None
        family = _descendants(process.pid)
        assert len(family) >= 2
        process.kill()
        process.stderr.close()
    deadline = time.monotonic() + 20
    while alive := [pid for pid in family if _is_running(pid)]:
        assert time.monotonic() < deadline, f"still running: {alive}"
        time.sleep(0.05)


def _events(stream: Iterator[str], *names: str) -> Iterator[str]:
    for line in stream:
        if line.startswith("{") and json.loads(line)["event"] in names:
            yield line


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
