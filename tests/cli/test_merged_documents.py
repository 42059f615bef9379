"""`--merge` at the real command: one PDF of all rows' documents, in the order of the rows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from bulkgen_command import bulkgen

pikepdf = pytest.importorskip("pikepdf")

MAPPING = """\
design: product-card
key: name
formats: [medium-rectangle, {other}]
elements: {{title: "{{{{ name }}}}"}}
output: {{image_file_type: "{{{{ kind }}}}"}}
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING.format(other="square"))
    path = tmp_path / "sheet.csv"
    path.write_text("name,kind\nCup,pdf\nVase,pdf\nBowl,jpeg\nLamp,pdf\n")
    return path


def sizes(path: Path) -> list[tuple[int, int]]:
    with pikepdf.open(path) as document:
        return [(round(page.mediabox[2]), round(page.mediabox[3])) for page in document.pages]


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_all_documents_stand_in_one_file_in_the_order_of_the_rows(sheet: Path) -> None:
    """A printer's order is the sheet's: pages in any other are a catalogue to be sorted by hand."""
    out = sheet.with_name("all.pdf")
    done = bulkgen("run", str(sheet), "--progress", "none", "--no-preflight", "--merge", str(out))
    assert done.returncode == 0, done.stderr
    assert "all.pdf: 6 documents, 6 pages" in done.stdout
    assert "row 4 is not in it: not every document was made as a PDF" in done.stdout
    assert len(set(sizes(out)[:2])) == 2
    assert sizes(out) == sizes(out)[:2] * 3
    first = out.read_bytes()
    assert bulkgen("run", str(sheet), "--progress", "none", "--no-preflight", "--merge", str(out)).returncode == 0
    assert out.read_bytes() == first, "the same documents are the same file"
    again = sheet.with_name("again.pdf")
    report = bulkgen("report", "sheet-product-card", "-o", "r.csv", "--merge", "again.pdf", cwd=sheet.parent)
    assert (report.returncode, again.read_bytes()) == (0, first), report.stderr


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_the_words_of_each_row_come_in_its_turn(sheet: Path) -> None:
    out = sheet.with_name("all.pdf")
    assert bulkgen("run", str(sheet), "--progress", "none", "--no-preflight", "--merge", str(out)).returncode == 0
    words = text_of(out)
    places = [words.index(name) for name in ("Cup", "Vase", "Lamp")]
    assert places == sorted(places)
    assert "Bowl" not in words


@pytest.mark.parametrize(("name", "said"), [("all.txt", "must end in .pdf"), ("no/all.pdf", "there is no such folder")])
def test_a_place_that_cannot_be_written_is_said_before_anything_is_made(sheet: Path, name: str, said: str) -> None:
    done = bulkgen("run", str(sheet), "--progress", "none", "--merge", str(sheet.parent / name))
    assert done.returncode == 2
    assert said in done.stderr
    assert not sheet.with_name("sheet.generated.csv").exists()


def test_a_sheet_without_documents_says_what_would_make_some(sheet: Path) -> None:
    sheet.write_text("name,kind\nCup,jpeg\n")
    done = bulkgen(
        "run", str(sheet), "--progress", "none", "--no-preflight", "--merge", str(sheet.with_name("all.pdf"))
    )
    assert done.returncode == 1, "the banners are made and paid for: this is no exit of a run that sent nothing"
    assert "no row has a PDF" in done.stdout
    assert sheet.with_name("sheet.generated.csv").exists(), "the report is written all the same"
