"""The example of the catalogues, run as its README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTOS = EXAMPLES / "product-cards" / "images"
SHOPS = ("Dublin", "Cork", "London", "Edinburgh")
PAGES = 8


def bulkgen(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    command = [sys.executable, "-m", "bulkgen", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*", "*.pdf")
    return Path(shutil.copytree(EXAMPLES / "price-list-catalogue", tmp_path / "catalogue", ignore=leave))


def pictures_on(page: Any) -> int:
    return sum(1 for one in page.Resources.XObject.values() if one.Subtype == "/Image")


def characters_on(page: Any) -> set[str]:
    """By the tables with which a reader copies text: what the fonts of a page can say."""
    found: set[str] = set()
    for font in page.Resources.Font.values():
        table = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
        found |= {chr(int(code[:4], 16)) for code in _codes(table)}
    return found


def _codes(table: str) -> list[str]:
    return [code for line in table.splitlines() for code in re.findall("<([0-9A-Fa-f]{4,})>", line)[1:]]


def test_a_price_list_becomes_a_catalogue_for_each_shop_and_one_file_for_the_print_shop(folder: Path) -> None:
    """A hole, a page out of order or a price in the neighbour's currency is found on 20,000 sheets of paper."""
    pikepdf = pytest.importorskip("pikepdf")
    done = bulkgen(
        "run", "catalogue.xlsx", "--images", PHOTOS, "--merge", "catalogue.pdf", "--progress", "none", cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "out of date" not in done.stderr
    assert "without a stored result" not in done.stderr
    report = openpyxl.load_workbook(folder / "catalogue.generated.xlsx")["Catalogue"]
    header = [cell.value for cell in report[1]]
    statuses = [row[header.index("bulkgen status")].value for row in report.iter_rows(min_row=2)]
    assert Counter(statuses) == {"done": 4}
    with pikepdf.open(folder / "catalogue.pdf") as merged:
        pages = list(merged.pages)
        assert len(pages) == PAGES * len(SHOPS)
        for page in pages:
            left, bottom, right, top = (Decimal(str(value)) for value in page.trimbox)
            assert [round(float(side) / 72 * 25.4) for side in (right - left, top - bottom)] == [210, 297]
        # The fourth page is the long table. Cork has no room for chairs, and two places of it are empty.
        tables = dict(zip(SHOPS, pages[3::PAGES], strict=True))
        assert {shop: pictures_on(page) for shop, page in tables.items()} == {
            "Dublin": 7, "Cork": 5, "London": 7, "Edinburgh": 7,
        }  # fmt: skip
        assert {shop for shop, page in tables.items() if "£" in characters_on(page)} == {"London", "Edinburgh"}
        assert {shop for shop, page in tables.items() if "€" in characters_on(page)} == {"Dublin", "Cork"}


def test_an_article_that_the_price_list_does_not_have_stops_its_catalogue(folder: Path) -> None:
    """The lookup of a mistyped number is an empty cell, which must not become an empty place."""
    book = openpyxl.load_workbook(folder / "catalogue.xlsx", data_only=True)
    sheet = book["Catalogue"]
    header = [cell.value for cell in sheet[1]]
    for name in ("Title 3", "Details 3", "Price 3", "Sale 3", "Photo 3"):
        sheet.cell(2, header.index(name) + 1).value = None
    book.save(folder / "catalogue.xlsx")
    done = bulkgen("check", "catalogue.xlsx", "--images", PHOTOS, cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 good with warnings, 1 bad" in done.stdout
    assert "title_3" in done.stdout
