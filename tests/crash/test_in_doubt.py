"""A provider that bills and knows no idempotency key: what a kill leaves in doubt is held, and told.

The studio stands in for the hosted API: another process, reached by address and key, as the hosted one is.
"""

from __future__ import annotations

import csv
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from billing_provider import billing_provider, key_and_address
from bulkgen_command import bulkgen, python

TRAP = Path(__file__).with_name("trap.py")
ROWS = 5
MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements: {title: "{{ name }}"}
"""


@dataclass
class Hosted:
    folder: Path
    url: str

    @property
    def accepted(self) -> int:
        with sqlite3.connect(self.folder / "provider" / ".bulkgen" / "studio" / "studio.sqlite3") as store:
            return int(store.execute("SELECT count(*) FROM generations").fetchone()[0])

    def run(self, *more: str, trap: tuple[str, int] | None = None) -> subprocess.CompletedProcess[str]:
        prefix = [str(TRAP), trap[0], str(trap[1])] if trap else ["-m", "bulkgen"]
        sheet = self.folder / "sheet.csv"
        return python(*prefix, "run", sheet, "--progress", "json", *more, **key_and_address(self.url))

    def story(self, key: str) -> list[str]:
        """The attempts of a row, as `bulkgen status --row` tells them."""
        job = "sheet-product-card-abyssale"
        done = bulkgen("status", job, "--row", key, cwd=self.folder, **key_and_address(self.url))
        assert done.returncode == 0, done.stderr
        return [line.strip() for line in done.stdout.splitlines() if ", attempt " in line]

    def statuses(self) -> list[str]:
        with (self.folder / "sheet.generated.csv").open(newline="") as stream:
            return [row["bulkgen status"] for row in csv.DictReader(stream)]


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    with (tmp_path / "sheet.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["sku", "name"], *([f"{n}", f"Vase {n}"] for n in range(ROWS))])
    with billing_provider(tmp_path / "provider") as url:
        yield Hosted(tmp_path, url)


def test_the_main_job_runs_against_the_api_by_address_and_key(hosted: Hosted) -> None:
    done = hosted.run("--yes")
    assert done.returncode == 0, done.stderr
    assert hosted.statuses() == ["done"] * ROWS
    assert hosted.accepted == ROWS
    assert hosted.run().returncode == 0
    assert hosted.accepted == ROWS, "nothing is paid for twice"


@pytest.mark.parametrize("point", ["intent on disk", "id read"])
def test_what_a_kill_leaves_in_doubt_is_never_sent_again_unasked(hosted: Hosted, point: str) -> None:
    """Whether it was accepted cannot be known from here, so a repeat may pay twice: the person decides."""
    killed = hosted.run("--yes", trap=(point, 3))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    held = hosted.run()
    assert held.returncode == 1, held.stderr
    in_doubt = hosted.statuses().count("in doubt")
    assert in_doubt >= 1
    assert "may have been billed" in held.stdout
    before = hosted.accepted
    assert before <= ROWS
    assert hosted.run().returncode == 1
    assert hosted.run("--retry-failed").returncode == 1
    assert hosted.accepted == before, "an in-doubt request was repeated unasked"
    refused = hosted.run("--resubmit-in-doubt")
    assert refused.returncode == 2, "without a terminal it asks for --yes"
    assert hosted.accepted == before
    again = hosted.run("--resubmit-in-doubt", "--yes")
    assert again.returncode == 0, again.stderr
    assert hosted.accepted == before + in_doubt
    assert set(hosted.statuses()) <= {"done", "reused"}


def test_an_attempt_in_doubt_is_told_beside_the_one_that_was_sent_instead(hosted: Hosted) -> None:
    """The bill has both, so whoever checks it must find both, in the order in which they were sent."""
    assert hosted.run("--yes", trap=("intent on disk", 3)).returncode == -signal.SIGKILL
    assert hosted.run().returncode == 1
    key = str(hosted.statuses().index("in doubt"))
    (lost,) = hosted.story(key)
    assert "unanswered (may have been billed) the process ended before the answer came" in lost
    assert hosted.run("--resubmit-in-doubt", "--yes").returncode == 0
    first, second = hosted.story(key)
    assert first == lost
    assert ": accepted" in second
    assert first.split(",")[0] != second.split(",")[0], "two generations"


def test_a_run_spends_no_more_than_it_was_given_and_the_next_goes_on(hosted: Hosted) -> None:
    first = hosted.run("--yes", "--max-credits", "2")
    assert first.returncode == 3, first.stderr
    assert "2 credits" in first.stderr
    assert hosted.accepted == 2
    assert sorted(hosted.statuses()) == ["done", "done", "waiting", "waiting", "waiting"]
    assert hosted.run().returncode == 0
    assert hosted.accepted == ROWS


def test_a_feed_cut_in_half_is_not_paid_for_until_somebody_says_so(hosted: Hosted) -> None:
    """A refusal must leave the plan before it, or the second night would take the half feed for the whole."""
    sheet = hosted.folder / "sheet.csv"

    def write(rows: list[tuple[int, str]]) -> None:
        with sheet.open("w", newline="") as stream:
            csv.writer(stream).writerows([["sku", "name"], *rows])

    whole = [(n, f"Vase {n % 3}") for n in range(24)]
    write(whole)
    assert hosted.run("--yes").returncode == 0
    accepted = hosted.accepted
    assert accepted == 3, "equal rows share a generation"
    write([(n, f"Bowl {n % 2}") for n, _ in whole[:10]])
    for _ in range(2):
        refused = hosted.run()
        assert refused.returncode == 2, refused.stderr
        assert "14 of 24 rows are gone" in refused.stderr
        assert "10 of 24 rows have changed" in refused.stderr
        assert hosted.accepted == accepted
    assert hosted.run("--max-gone", "60", "--max-changed", "50").returncode == 0
    assert hosted.accepted == accepted + 2
