"""`--max-kb` at the real command: files that an ad network takes, and the reason in the cell where there is none."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from bulkgen_command import bulkgen
from PIL import Image

MAPPING = """\
design: product-card
key: name
formats: [medium-rectangle]
elements: {title: "{{ name }}", photo: photo.png}
output: {image_file_type: "{{ kind }}"}
"""
NOTHING = "Nothing to do: every banner of this sheet is as it should be."
FILE, ERROR = "medium-rectangle file", "medium-rectangle error"


def made(sheet: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, dict[str, str]]]:
    """The run, and the rows of its report by name."""
    done = bulkgen("run", str(sheet), "--progress", "none", *arguments)
    with sheet.with_name("sheet.generated.csv").open(newline="") as stream:
        return done, {row["name"]: row for row in csv.DictReader(stream)}


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A photo that is hard to pack: a surface of grains, as of sand."""
    folder = tmp_path / "shop"
    folder.mkdir()
    grains = np.random.default_rng(4).integers(0, 256, (250, 300, 3), np.uint8)
    Image.fromarray(grains).resize((600, 500)).save(folder / "photo.png")
    (folder / "mapping.yaml").write_text(MAPPING)
    path = folder / "sheet.csv"
    path.write_text("name,kind\nCup,jpeg\nVase,png\nBowl,webp\n")
    return path


def size(sheet: Path, row: dict[str, str]) -> int:
    return (sheet.parent / row[FILE]).stat().st_size


def test_files_are_made_to_fit_and_a_limit_of_another_size_makes_them_anew(sheet: Path) -> None:
    """One file over the limit, and the network refuses the campaign; banners of another limit are other banners."""
    done, free = made(sheet)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = size(sheet, free["Cup"])
    limit = whole * 3 // 4 // 1000
    done, rows = made(sheet, "--max-kb", str(limit))
    assert done.returncode == 1, done.stdout + done.stderr
    assert size(sheet, rows["Cup"]) <= limit * 1000 < whole
    assert size(sheet, rows["Bowl"]) <= limit * 1000
    assert [rows[name]["bulkgen status"] for name in ("Cup", "Vase", "Bowl")] == ["done", "failed", "done"]
    assert f"kB, at most {limit} are asked for: this type of file has no quality to lower" in rows["Vase"][ERROR]
    assert "use jpeg or webp" in rows["Vase"][ERROR]

    _, same = made(sheet, "--max-kb", str(limit))
    assert same == rows, "the same requests as before: nothing was made again"
    tighter, small = made(sheet, "--max-kb", str(limit - 3))
    assert size(sheet, small["Cup"]) <= (limit - 3) * 1000, tighter.stdout
    # Without the option the banners are those from before it, under the names that they had.
    done, back = made(sheet)
    assert (done.returncode, NOTHING in done.stdout) == (0, True), done.stdout + done.stderr
    assert back["Cup"]["bulkgen request"] == free["Cup"]["bulkgen request"]


def test_the_command_wins_over_the_mapping_file(sheet: Path) -> None:
    mapping = sheet.parent / "mapping.yaml"
    mapping.write_text(MAPPING.replace('kind }}"', 'kind }}", max_kb: 2'))
    sheet.write_text("name,kind\nCup,jpeg\n")
    done, rows = made(sheet)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "at most 2 are asked for: it is not lowered below quality 20" in rows["Cup"][ERROR]
    done, rows = made(sheet, "--max-kb", "1000")
    assert (done.returncode, rows["Cup"]["bulkgen status"]) == (0, "done"), done.stdout + done.stderr


def test_check_says_which_files_have_no_quality_to_lower(sheet: Path) -> None:
    """How large a file gets is known when it is drawn; that a PNG cannot give way is known before."""
    done = bulkgen("check", str(sheet), "--max-kb", "40", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = [one for one in json.loads(done.stdout)["findings"] if one["code"] == "no_quality_to_lower"]
    assert [(one["severity"], one["count"]) for one in found] == [("warning", 1)]
    assert "kind" in json.dumps(found[0])


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("is_mapped", [False, True])
def test_a_provider_that_would_pass_over_it_is_sent_nothing(sheet: Path, command: str, is_mapped: bool) -> None:
    """It would bill for files of any size. Nothing listens at the address: a call would be told as an error of its."""
    if is_mapped:
        (sheet.parent / "mapping.yaml").write_text(MAPPING.replace('kind }}"', 'kind }}", max_kb: 150'))
    given = () if is_mapped else ("--max-kb", "150")
    hosted = {"ABYSSALE_API_KEY": "a-key", "ABYSSALE_BASE_URL": "http://127.0.0.1:1"}
    done = bulkgen(command, str(sheet), *given, **hosted)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "mapping.yaml, line 5, output" in done.stderr if is_mapped else "--max-kb: " in done.stderr
    assert "the provider abyssale cannot be told how large a file may be" in done.stderr
    assert "use --provider studio" in done.stderr
    assert not (sheet.parent / ".bulkgen").exists()


@pytest.mark.parametrize("value", ["0", "150000"])
def test_a_limit_that_is_none_is_refused_with_the_unit(sheet: Path, value: str) -> None:
    """Who types bytes would have a limit that limits nothing, and learn it from the network."""
    done = bulkgen("run", str(sheet), "--max-kb", value)
    assert done.returncode == 2
    assert f"--max-kb {value} is not between 1 and 100,000" in done.stderr
    assert "1,000 bytes" in done.stderr
