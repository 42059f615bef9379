"""`--images` at the real command: a folder or a ZIP of pictures, found by name, kept for a run that was killed."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from bulkgen_command import bulkgen, python
from PIL import Image

MAPPING = """\
design: product-card
key: name
formats: [medium-rectangle]
elements: {title: "Shoe", photo: "{{ photo }}"}
"""
RED, BLUE = (220, 20, 30), (30, 40, 220)
TRAP = Path(__file__).parents[1] / "crash" / "trap.py"
NOTHING = "Nothing to do: every banner of this sheet is as it should be."


def picture(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (600, 500), colour).save(stream, "PNG")
    return stream.getvalue()


def has_colour(path: Path, colour: tuple[int, int, int]) -> bool:
    with Image.open(path) as image:
        pixels = list(image.convert("RGB").resize((30, 25)).get_flattened_data())
    near = [sum(abs(one - other) for one, other in zip(pixel, colour, strict=True)) < 60 for pixel in pixels]
    return sum(near) > len(pixels) // 10


def run(sheet: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return bulkgen("run", sheet, "--progress", "none", *arguments)


def results(sheet: Path) -> list[dict[str, str]]:
    with sheet.with_name(f"{sheet.stem}.generated.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """Of a shop that knows its pictures by article number, or by the path on somebody's desk."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "mapping.yaml").write_text(MAPPING)
    path = tmp_path / "shop" / "sheet.csv"
    path.write_text("name,photo\none,SKU-1\ntwo,C:\\Users\\Ann\\sku-2.png\n")
    return path


def folder_of(tmp_path: Path, members: dict[str, bytes]) -> Path:
    for name, body in members.items():
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return tmp_path / "images"


def zip_of(tmp_path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return tmp_path / "images.zip"


@pytest.mark.parametrize("pack", [folder_of, zip_of])
def test_pictures_are_found_by_name_in_a_folder_or_archive(tmp_path: Path, sheet: Path, pack: object) -> None:
    """And under other names they are the same pictures: nothing is sent again."""
    assert callable(pack)
    images = pack(tmp_path, {"a/sku-1.PNG": picture(RED), "b/SKU-2.png": picture(BLUE)})
    done = run(sheet, "--images", str(images))
    assert done.returncode == 0, done.stdout + done.stderr
    files = [sheet.parent / row["medium-rectangle file"] for row in results(sheet)]
    assert [has_colour(path, colour) for path, colour in zip(files, (RED, BLUE), strict=True)] == [True, True]

    renamed = folder_of(tmp_path / "moved", {"first.png": picture(RED), "second.png": picture(BLUE)})
    sheet.write_text("name,photo\none,first\ntwo,second\n")
    again = run(sheet, "--images", str(renamed))
    assert (again.returncode, NOTHING in again.stdout) == (0, True), again.stdout + again.stderr


def test_an_archive_that_is_a_trap_stops_the_run_in_words(tmp_path: Path, sheet: Path) -> None:
    images = tmp_path / "bomb.zip"
    with zipfile.ZipFile(images, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sku-1.png", bytes(5_000_000))
    done = run(sheet, "--images", str(images))
    assert (done.returncode, "times what is stored" in done.stderr) == (2, True), done.stdout + done.stderr


def test_a_run_that_was_killed_goes_on_with_the_pictures_it_had(tmp_path: Path, sheet: Path) -> None:
    """Its requests may have been taken: they are repeated as they were, though the archive is gone by then."""
    images = zip_of(tmp_path, {"sku-1.png": picture(RED), "sku-2.png": picture(BLUE)})
    given = ("run", str(sheet), "--progress", "none", "--images", str(images))
    assert python(str(TRAP), "intent on disk", "2", *given).returncode == -9
    body = images.read_bytes()
    images.unlink()
    (tmp_path / "images").mkdir()
    without = run(sheet, "--images", str(tmp_path / "images"))
    assert [row["bulkgen status"] for row in results(sheet)] == ["invalid"] * 2, without.stdout + without.stderr
    images.write_bytes(body)
    whole = python("-m", "bulkgen", *given)
    assert (whole.returncode, NOTHING in whole.stdout) == (0, True), whole.stdout + whole.stderr
    assert [row["bulkgen status"] for row in results(sheet)] == ["reused"] * 2
