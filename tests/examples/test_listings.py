"""The fifth example, run as its README says."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "listings"


def test_a_list_of_homes_becomes_a_picture_for_each_that_is_offered(tmp_path: Path) -> None:
    """A withdrawn home that is advertised costs a customer; one without a photo is no error."""
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*")
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "listings", ignore=leave))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    command = [sys.executable, "-m", "bulkgen", "run", str(folder / "homes.csv"), "--progress", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "homes.generated.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["bulkgen status"] for row in rows) == {"done": 22, "skipped": 2}
    assert {row["Status"] for row in rows if row["bulkgen status"] == "skipped"} == {"Withdrawn"}
    for row in rows:
        if row["bulkgen status"] == "done":
            assert (folder / row["square url"]).is_file()
            assert (folder / row["landscape url"]).is_file()
    # The cells are what the office software reads back.
    assert rows[2]["Living area"] == "312.5"
