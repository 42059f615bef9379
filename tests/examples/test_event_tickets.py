"""The fourth example, run as its README says."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "event-tickets"


def test_the_programme_becomes_a_ticket_for_every_evening(tmp_path: Path) -> None:
    """Rows without a price or a picture are good rows; they must not end as errors."""
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*")
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "event-tickets", ignore=leave))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    command = [sys.executable, "-m", "bulkgen", "run", str(folder / "events.csv"), "--progress", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "events.generated.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["bulkgen status"] for row in rows] == ["done"] * 20
    # Texts that look like numbers and dates come back as they were written.
    assert rows[0]["number"] == "002701"
    assert rows[0]["date"] == "2027-03-05"
