"""Every example is run as its README says, by the real command, and ends as its story says."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(folder: Path, sheet: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    command = [sys.executable, "-m", "bulkgen", "run", str(folder / sheet), "--progress", "none"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def copy(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The example in a folder of its own, so that a run leaves nothing in the checkout."""
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*")
    return Path(shutil.copytree(EXAMPLES / request.param, tmp_path / request.param, ignore=leave))


def statuses_of_csv(path: Path) -> Counter[str]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        dialect = csv.Sniffer().sniff(stream.readline(), delimiters=",;\t")
        stream.seek(0)
        return Counter(row["bulkgen status"] for row in csv.DictReader(stream, dialect=dialect))


@pytest.mark.parametrize("copy", ["product-cards"], indirect=True)
def test_the_product_cards_are_clean_and_their_links_open(copy: Path) -> None:
    """The first command a stranger runs."""
    done = run(copy, "products.xlsx")
    assert done.returncode == 0, done.stdout + done.stderr
    source = openpyxl.load_workbook(copy / "products.xlsx").worksheets[0]
    report = openpyxl.load_workbook(copy / "products.generated.xlsx").worksheets[0]
    header = [cell.value for cell in report[1]]
    assert header[: source.max_column] == [cell.value for cell in source[1]]
    formats = [name.removesuffix(" url") for name in header if str(name).endswith(" url")]
    assert formats
    assert source.max_row >= 51
    for row in report.iter_rows(min_row=2, max_row=source.max_row):
        cells = dict(zip(header, row, strict=True))
        assert cells["bulkgen status"].value == "done"
        for name in formats:
            link = cells[f"{name} url"].hyperlink
            assert link is not None
            assert (copy / link.target).read_bytes()[:2] in (b"\xff\xd8", b"\x89P")
            assert not cells[f"{name} error"].value
    again = run(copy, "products.xlsx")
    assert again.returncode == 0
    assert "Nothing to do" in again.stdout


@pytest.mark.parametrize("copy", ["summer-sale"], indirect=True)
def test_the_summer_sale_tells_its_dead_image_overlong_title_and_missing_price(copy: Path) -> None:
    done = run(copy, "feed.csv")
    assert done.returncode == 1, done.stdout + done.stderr
    counts = statuses_of_csv(copy / "feed.generated.csv")
    assert counts["done"] + counts["reused"] >= 40
    text = (copy / "feed.generated.csv").read_text("utf-8-sig")
    assert "example.invalid" in text
    assert "does not fit" in text
    assert counts["invalid"] + counts["failed"] + counts["partial"] >= 3


@pytest.mark.parametrize("copy", ["customer-quotes"], indirect=True)
def test_the_customer_quotes_come_back_as_excel_wrote_them(copy: Path) -> None:
    done = run(copy, "quotes.csv")
    assert done.returncode == 1, done.stdout + done.stderr
    counts = statuses_of_csv(copy / "quotes.generated.csv")
    assert counts["done"] + counts["reused"] >= 40
    assert counts["invalid"] >= 2
    source, report = ((copy / name).read_bytes() for name in ("quotes.csv", "quotes.generated.csv"))
    assert source[:3] == report[:3] == b"\xef\xbb\xbf"
    assert report.split(b"\n")[0].startswith(source.split(b"\n")[0].rstrip(b"\r"))
