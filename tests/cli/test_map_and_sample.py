"""`bulkgen map` and `bulkgen sample` as a person uses them: what they write, `check` and `run` take."""

from __future__ import annotations

import json
from pathlib import Path

import bulkgen_command
import openpyxl
import pytest

FEED = """id,title,image_link,price,sale_price,badge colour
1,Oak lamp,,49.90 EUR,39.90 EUR,#d0021b
2,Ash lamp,,49.90 EUR,,#d0021b
3,Elm lamp,,49.90 EUR,49.90 EUR,#0a7d4b
"""


def bulkgen(folder: Path, *arguments: str, code: int = 0) -> str:
    done = bulkgen_command.bulkgen(*arguments, cwd=folder)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feed.csv").write_text(FEED, "utf-8")
    return tmp_path


def test_a_mapping_that_was_proposed_is_found_and_makes_the_banners(folder: Path) -> None:
    said = bulkgen(folder, "map", "feed.csv", "-d", "product-card")
    assert "Written to feed.mapping.yaml." in said
    assert "5 of 11 layers of Product card are mapped: 1 certain, 5 likely." in said
    assert "No column for: rating" in said
    text = (folder / "feed.mapping.yaml").read_text("utf-8")
    assert 'key: "id"' in text
    assert "{{ badge_colour }}" in text
    assert "Mapping: feed.mapping.yaml" in bulkgen(folder, "check", "feed.csv").replace("\n", " ")
    bulkgen(folder, "run", "feed.csv", "--formats", "medium-rectangle", "--progress", "none", "--summary", "s.json")
    account = json.loads((folder / "s.json").read_text("utf-8"))
    assert account["exit_code"] == 0


def test_a_mapping_that_a_person_may_have_changed_is_not_written_over(folder: Path) -> None:
    path = folder / "feed.mapping.yaml"
    path.write_text("# mine\n", "utf-8")
    said = bulkgen(folder, "map", "feed.csv", "-d", "product-card", code=2)
    assert "this file is there already" in said
    assert "--yes" in said
    assert path.read_text("utf-8") == "# mine\n"
    bulkgen(folder, "map", "feed.csv", "-d", "product-card", "--yes")
    assert path.read_text("utf-8").startswith("# Which column")


def test_a_mapping_is_printed_where_that_was_asked_for(folder: Path) -> None:
    done = bulkgen_command.bulkgen("map", "feed.csv", "-d", "seasonal-sale", "-o", "-", cwd=folder)
    assert done.stdout.startswith("# Which column")
    assert "percent_off(sale_price, '', '%')" in done.stdout
    assert "layers of Seasonal sale are mapped" in done.stderr
    assert not (folder / "feed.mapping.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("map", "fed.csv", "-d", "product-card"), "Did you mean 'feed.csv'?"),
        (("map", "feed.csv", "-d", "product-crd"), "Did you mean 'product-card'?"),
        (("map", "feed.csv", "-d", "product-card", "-o", "feed.csv"), "is the sheet itself"),
        (("map", "feed.csv", "-d", "product-card", "-o", "no/m.yaml"), "this cannot be written"),
        (("map", "feed.csv", "-d", "product-card", "--sheet", "x"), "no tabs"),
        (("map", "feed.csv"), "--design"),
        (("sample", "product-crd"), "Did you mean 'product-card'?"),
        (("sample", "product-card", "-o", "s.pdf"), "neither .xlsx nor .csv"),
        (("sample", "product-card", "-o", "feed.csv"), "this file is there already"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    assert message in bulkgen(folder, *arguments, code=2)
    assert (folder / "feed.csv").read_text("utf-8") == FEED


@pytest.mark.parametrize("name", ["card.xlsx", "card.csv"])
def test_a_sample_makes_one_good_banner_per_format(tmp_path: Path, name: str) -> None:
    said = bulkgen(tmp_path, "sample", "product-card", "-o", name)
    assert "Every row needs: title." in said
    bulkgen(tmp_path, "run", name, "-d", "product-card", "--progress", "none", "--summary", "s.json")
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))["exit_code"] == 0
    assert len(list((tmp_path / "card.generated").iterdir())) == 4


def test_a_sample_is_called_after_its_design_and_can_have_every_property(tmp_path: Path) -> None:
    bulkgen(tmp_path, "sample", "Customer quote", "--all-properties")
    sheet = openpyxl.load_workbook(tmp_path / "customer-quote.xlsx").active
    assert sheet is not None
    assert sheet.max_column > 150
