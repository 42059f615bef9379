"""The example of animated ads, run as its README says."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from PIL import Image

EXAMPLE = Path(__file__).parents[2] / "examples" / "animated-ads"
SIZES = {"medium-rectangle": (300, 250), "leaderboard": (728, 90), "skyscraper": (160, 600), "half-page": (300, 600)}

# What the README promises; Google Ads takes 150,000.
MOST_BYTES = 30_000


def test_a_feed_becomes_files_that_an_ad_network_takes(tmp_path: Path) -> None:
    """A file that is too heavy, or that leads to another product's page, is found out after the campaign has begun."""
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*")
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "animated-ads", ignore=leave))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    command = [sys.executable, "-m", "bulkgen", "run", str(folder / "ads.csv"), "--progress", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "ads.generated.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["bulkgen status"] for row in rows] == ["done"] * 12
    for row in rows:
        for name, size in SIZES.items():
            assert row[f"{name} error"] == ""
            assert float(row[f"{name} duration"]) == 15
            with Image.open(folder / row[f"{name} fallback"]) as fallback:
                assert fallback.size == size
            body = (folder / row[f"{name} url"]).read_bytes()
            assert len(body) <= MOST_BYTES
            with zipfile.ZipFile(io.BytesIO(body)) as ad:
                page = ad.read("index.html").decode()
            assert row["link"] in page
            assert f"width={size[0]},height={size[1]}" in page
