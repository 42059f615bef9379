"""Pages as Poppler draws them, against kept pictures; and the picture that stands for a print, against the print."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from print_cases import FONTS, FORMAT, PICTURES, design, document, peer, printed, run
from test_print_files import EVERYTHING, RGB_ID

from bulkgen.render.banner import render_banner
from bulkgen.render.document import render_document

GOLDEN = Path(__file__).parent / "golden"
DPI = 72

# Poppler's versions round edges and inks differently; a layer that is missing or elsewhere is far above.
MEAN_DIFFERENCE_MAX = 3.0
LOUD_DIFFERENCE = 64
LOUD_PART_MAX = 0.01


def _second_page() -> bytes:
    made = document(2, *EVERYTHING)
    return render_document(made, {"page_2": {"title": "Page <c=cmyk(0,0,0,60)>two</c>"}}, PICTURES, FONTS).body


CASES: dict[str, tuple[Callable[[], bytes], int]] = {
    "everything": (lambda: printed(design(*EVERYTHING)).body, 1),
    "with-marks": (lambda: printed(design(*EVERYTHING[:3]), display_crop_marks=True).body, 1),
    "in-rgb": (lambda: printed(design(*EVERYTHING), color_profile=RGB_ID, display_crop_marks=True).body, 1),
    "without-bleed": (lambda: printed(design(*EVERYTHING[:8], bleed=0), display_crop_marks=True).body, 1),
    "second-page": (_second_page, 2),
}


@pytest.mark.parametrize("name", CASES)
def test_a_page_looks_as_it_was_approved(name: str, writes_golden: bool, tmp_path: Path) -> None:
    """A file can be without a fault and show nothing."""
    make, page = CASES[name]
    actual = _page(make(), page, tmp_path)
    kept = GOLDEN / f"{name}.png"
    if writes_golden:
        actual.save(kept, optimize=True)
        pytest.fail(f"{kept.name} was written; look at it, then run again without --write-golden")
    _compare(actual, Image.open(kept).convert("RGB"), tmp_path / f"{name}.png", MEAN_DIFFERENCE_MAX)


def test_every_kept_page_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(CASES)


def test_the_picture_of_a_print_shows_what_the_print_shows(tmp_path: Path) -> None:
    """Who approves a preview approves the print."""
    made = design(*EVERYTHING, bleed=0)
    proof = render_banner(made, FORMAT, {}, PICTURES, FONTS, file_type="png").body
    page = _page(printed(made).body, 1, tmp_path, dpi=96)
    shown = Image.open(io.BytesIO(proof)).convert("RGB")
    # Another reading of the inks, so colours are near and no more; a sixteenth of the size leaves places and tones.
    small = [picture.resize((shown.width // 4, shown.height // 4), Image.Resampling.BOX) for picture in (page, shown)]
    difference = np.abs(np.asarray(small[0]).astype(np.int16) - np.asarray(small[1]).astype(np.int16))
    assert difference.mean() < 12


def _page(body: bytes, page: int, folder: Path, dpi: int = DPI) -> Image.Image:
    path, out = folder / "page.pdf", folder / "page"
    path.write_bytes(body)
    one = str(page)
    run(peer("pdftoppm"), "-r", str(dpi), "-f", one, "-l", one, "-singlefile", "-png", str(path), str(out))
    return Image.open(out.with_suffix(".png")).convert("RGB")


def _compare(actual: Image.Image, expected: Image.Image, shown: Path, most: float) -> None:
    assert actual.size == expected.size
    pixels = [np.asarray(picture).astype(np.int16) for picture in (expected, actual)]
    difference = np.abs(pixels[0] - pixels[1])
    loud = float((difference.max(axis=2) > LOUD_DIFFERENCE).mean())
    if difference.mean() > most or loud > LOUD_PART_MAX:
        parts = [pixels[0], 255 - difference, pixels[1]]
        Image.fromarray(np.concatenate(parts, axis=1).astype(np.uint8)).save(shown)
        how = f"differs by {difference.mean():.2f} on average, {loud:.2%} loudly"
        pytest.fail(f"{how}: expected | difference | actual in {shown}")
