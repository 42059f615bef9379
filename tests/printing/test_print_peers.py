"""A print beside the programs that print shops use: qpdf, Poppler, Ghostscript.

Without them these tests are left out; where `CI` is set they must be there.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from print_cases import FONTS, MM, PICTURES, design, document, layer, peer, printed, run
from test_print_files import EVERYTHING

from bulkgen.render.document import write_document

PLATES = ("Cyan", "Magenta", "Yellow", "Black")
DPI = 150


def write(tmp_path: Path, body: bytes) -> str:
    path = tmp_path / "print.pdf"
    path.write_bytes(body)
    return str(path)


def plates(tmp_path: Path, body: bytes) -> dict[str, np.ndarray]:
    """How much of each ink is where, 0 to 255."""
    path = write(tmp_path, body)
    out = str(tmp_path / "plate.tif")
    run(
        peer("gs"), "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=tiffsep", f"-r{DPI}", f"-sOutputFile={out}", path
    )
    found = {}
    for name in PLATES:
        with Image.open(tmp_path / f"plate({name}).tif") as picture:
            found[name] = 255 - np.asarray(picture.convert("L")).astype(np.int16)
    return found


def at(plate: np.ndarray, box: tuple[float, float, float, float], offset_mm: float) -> np.ndarray:
    """The part of a plate under a box of the design, in millimetres from the trim."""
    left, top, width, height = (
        (value + shift) / 25.4 * DPI for value, shift in zip(box, (offset_mm, offset_mm, 0, 0), strict=True)
    )
    return plate[round(top) : round(top + height), round(left) : round(left + width)]


def test_qpdf_finds_no_fault(tmp_path: Path) -> None:
    path = write(tmp_path, printed(design(*EVERYTHING), display_crop_marks=True).body)
    assert "No syntax or stream encoding errors" in run(peer("qpdf"), "--check", path)


def test_qpdf_finds_no_fault_in_a_document(tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    write_document(path, document(4, *EVERYTHING), {}, PICTURES, FONTS, options={"print": {"display_crop_marks": True}})
    assert "No syntax or stream encoding errors" in run(peer("qpdf"), "--check", str(path))


def test_all_fonts_are_embedded_in_part_and_can_be_searched(tmp_path: Path) -> None:
    """A font that the shop has to replace is another font."""
    letters = [one for one in EVERYTHING if one["name"] != "emoji"]
    path = write(tmp_path, printed(design(*letters)).body)
    rows = run(peer("pdffonts"), path).splitlines()[2:]
    assert rows
    for row in rows:
        assert "Type 3" not in row
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row


def test_all_pictures_are_in_inks_or_grey(tmp_path: Path) -> None:
    path = write(tmp_path, printed(design(*EVERYTHING)).body)
    rows = [row.split() for row in run(peer("pdfimages"), "-list", path).splitlines()[2:]]
    assert rows
    assert {row[5] for row in rows} <= {"cmyk", "gray"}
    assert not [row for row in rows if row[2] == "smask" and row[5] != "gray"]


def test_the_text_can_be_read(tmp_path: Path) -> None:
    made = design(layer("t", "text", (5, 5, 80, 30), payload="Straße & Fjærland\nfi ffl Ärmel", font_size=14))
    text = run(peer("pdftotext"), write(tmp_path, printed(made).body), "-")
    assert re.sub(r"\s+", " ", text).strip() == "Straße & Fjærland fi ffl Ärmel"


def test_black_text_and_codes_are_on_the_black_plate_alone(tmp_path: Path) -> None:
    """A code in four inks is not read where they do not meet."""
    code, text = (10, 10, 20, 20), (40, 10, 40, 10)
    made = design(
        layer("code", "qrcode", code, payload="https://example.test/1"),
        layer("text", "text", text, payload="Small print", font_size=9, color="#000000"),
    )
    found = plates(tmp_path, printed(made).body)
    for box in (code, text):
        assert at(found["Black"], box, 3).max() > 200
        for name in PLATES[:3]:
            assert at(found[name], box, 3).max() == 0, name


def test_an_ink_is_on_its_plate_alone(tmp_path: Path) -> None:
    box = (10, 10, 30, 12)
    made = design(layer("b", "button", box, payload=" ", font_size=9, background_color="cmyka(0,100,0,0)"))
    found = plates(tmp_path, printed(made).body)
    inside = (12, 12, 26, 8)
    assert at(found["Magenta"], inside, 3).min() == 255
    for name in ("Cyan", "Yellow", "Black"):
        assert at(found[name], inside, 3).max() == 0, name


def test_marks_are_on_all_plates_and_the_bleed_is_inked(tmp_path: Path) -> None:
    made = design(layer("panel", "shape", (0, 0, 90, 55), background_color="cmyk(0,0,100,0)"))
    found = plates(tmp_path, printed(made, display_crop_marks=True).body)
    # The paper: 3 mm to the marks, 5 mm of them and 1 mm around.
    offset = 9.0
    for name in PLATES:
        assert at(found[name], (-8, -1, 4, 2), offset).max() > 100, name
    bleed = at(found["Yellow"], (-2.8, 10, 2.6, 30), offset)
    assert bleed.min() == 255
    assert at(found["Yellow"], (-5, 10, 1.8, 30), offset).max() == 0


def test_ghostscript_counts_the_inks(tmp_path: Path) -> None:
    half = design(layer("panel", "shape", (0, 0, 45, 55), background_color="cmyk(100,0,0,0)"), bleed=0)
    words = run(peer("gs"), "-q", "-o", "-", "-sDEVICE=inkcov", write(tmp_path, printed(half).body)).split()
    cyan, magenta, yellow, black = (float(word) for word in words[:4])
    assert cyan == pytest.approx(0.5, abs=0.01)
    assert (magenta, yellow, black) == (0, 0, 0)


def test_a_soft_shadow_of_black_ink_stays_on_its_plate(tmp_path: Path) -> None:
    box = (20, 20, 30, 10)
    made = design(
        layer("s", "shape", box, background_color="cmyk(0,0,0,0)", shadow_color="cmyka(0,0,0,100,80)", shadow_blur=10)
    )
    found = plates(tmp_path, printed(made).body)
    around = (16, 30.5, 30, 1)
    assert 20 < at(found["Black"], around, 3).max() < 200
    for name in PLATES[:3]:
        assert found[name].max() == 0, name


def test_a_fading_gradient_over_its_shadow_keeps_its_strength(tmp_path: Path) -> None:
    """Ghostscript drew it with the strength of the shadow before it."""
    fading = "linear-gradient(0% 0% 0% 100%,0% cmyk(0,100,0,0) 1,100% cmyk(0,100,0,0) 0.2)"
    box = (20, 10, 40, 30)
    plain = design(layer("s", "shape", box, background_color=fading))
    shadowed = design(layer("s", "shape", box, background_color=fading, shadow_color="#00000080", shadow_blur=6))
    found = [at(plates(tmp_path, printed(made).body)["Magenta"], box, 3) for made in (plain, shadowed)]
    assert found[0][2].mean() > 240
    assert np.abs(found[0] - found[1]).max() <= 3


@pytest.mark.parametrize("picture", ["disc", "cut"])
def test_an_overlay_keeps_to_what_is_seen_of_a_picture(picture: str, tmp_path: Path) -> None:
    """It covered the whole box of a drawing."""
    shade = {"overlay_color_1": "#00ff00", "overlay_color_2": "#00ff00", "overlay_opacity": 100}
    made = design(layer("i", "image", (20, 10, 30, 30), image_url=picture, fitting_type="fill", **shade), bleed=0)
    found = plates(tmp_path, printed(made).body)["Yellow"]
    assert at(found, (32, 22, 6, 6), 0).min() > 150
    assert at(found, (20.5, 10.5, 2, 2), 0).max() < 10


def test_an_emoji_in_a_text_with_a_gradient_stays_in_its_place(tmp_path: Path) -> None:
    """Poppler covered the page with the gradient."""
    paint = "linear-gradient(0% 0% 100% 0%,0% #ff5a3c 1,100% #7a3cff 1)"
    made = design(layer("t", "text", (20, 20, 50, 12), payload="New 🎈", font_size=20, color=paint), bleed=0)
    path, out = write(tmp_path, printed(made).body), tmp_path / "page"
    run(peer("pdftoppm"), "-r", "72", "-singlefile", "-png", path, str(out))
    drawn = np.asarray(Image.open(out.with_suffix(".png")).convert("L"))
    assert drawn[: round(15 * MM)].min() > 250
    assert drawn[round(36 * MM) :].min() > 250


def test_poppler_reads_the_boxes(tmp_path: Path) -> None:
    path = write(tmp_path, printed(design(), display_crop_marks=True).body)
    said = run(peer("pdfinfo"), "-box", path)
    trim = [float(value) for value in re.findall(r"TrimBox:\s+(.*)", said)[0].split()]
    assert (trim[2] - trim[0], trim[3] - trim[1]) == pytest.approx((90 * MM, 55 * MM), abs=0.02)


def test_other_forms_of_letters_are_found_by_what_they_say(tmp_path: Path) -> None:
    """Figures of one width, a dash beside capitals, a ligature: a price list that cannot be searched for a price."""
    words = ["1,204.50", "SPRING–SUMMER", "Office 10:30"]
    lines = [
        layer(f"t{index}", "text", (4, 4 + 14 * index, 80, 12), payload=text, font_size=12)
        for index, text in enumerate(words)
    ]
    lines.append(layer("price", "text", (4, 44, 40, 10), payload="€17.60", font_size=12, price_style=True))
    text = run(peer("pdftotext"), "-enc", "UTF-8", "-layout", write(tmp_path, printed(design(*lines)).body), "-")
    assert not [char for char in text if "\ue000" <= char <= "\uf8ff"]
    for word in words:
        assert word in text
