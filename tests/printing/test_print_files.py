"""A print as its own file says it: inks, boxes, marks, profiles, pictures, masks."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image
from print_cases import (
    FONTS,
    FORMAT,
    MM,
    PICTURES,
    STILLS,
    assert_no_rgb,
    design,
    document,
    inks,
    layer,
    operators,
    pictures_of,
    printed,
    printed_still,
    spaces,
)

from bulkgen.render.banner import render_banner
from bulkgen.render.document import document_refs, render_document, write_document
from bulkgen.render.failures import INVALID_FILE_TYPE, RenderError
from bulkgen.render.print.profiles import BUILT_IN

RGB_ID = "db3c123e-1127-11ef-b77e-f93002785645"
CMYK_IDS = [key for key in BUILT_IN if key != RGB_ID]

RAINBOW = "linear-gradient(0% 0% 100% 0%,0% cmyk(0,100,0,0) 1,40% cmyk(0,0,100,0) 1,100% cmyk(100,0,0,0) 1)"
FADED = "linear-gradient(0% 0% 100% 0%,0% #aa3300 1,100% #aa3300 0)"
RADIAL = "radial-gradient(50% 50% 50%,0% #ff0000 1,100% #0000ff 0.4)"

EVERYTHING = (
    layer("photo", "image", (0, 0, 90, 30), image_url="photo"),
    layer(
        "linear",
        "shape",
        (5, 5, 20, 8),
        background_color=RAINBOW,
    ),
    layer("faded", "shape", (5, 15, 20, 8), background_color=FADED),
    layer("radial", "shape", (30, 5, 20, 8), background_color=RADIAL),
    layer("pattern", "shape", (30, 15, 20, 8), background_color="#224466", pattern_name="wiggle",
          pattern_color="#ffcc00"),
    layer("many", "shape", (0, 30, 90, 25), pattern_name="plus", pattern_color="cmyka(10,0,0,0,50)", pattern_scale=10),
    layer("title", "text", (30, 32, 50, 10), payload="Bold <c=#e4572e>words</c>", font_size=14, font_weight=800,
          shadow_color="#00000080", shadow_blur=3, stroke_width=0.5, stroke_color="#ffffff"),
    layer("button", "button", (60, 5, 25, 8), payload="Buy", font_size=9, background_color="cmyka(0,100,0,0)",
          color="#ffffff", border_radius=4, shadow_color="cmyka(0,0,0,100,40)", shadow_blur=6, opacity=80),
    layer("cut", "image", (62, 15, 12, 12), image_url="cut", fitting_type="fill",
          shadow_color="#00000090", shadow_blur=4, overlay_color_1="#ff0000", overlay_color_2="#0000ff80",
          mask_name="circle"),
    layer("tone", "image", (76, 15, 12, 12), image_url="photo", filter_name="duotone",
          filter_properties={"name": "blue_orange"}),
    layer("svg", "logo", (30, 44, 16, 8), image_url="plain-svg"),
    layer("wild", "logo", (50, 44, 16, 8), image_url="wild-svg"),
    layer("code", "qrcode", (70, 36, 16, 16), payload="https://example.test/1"),
    layer("stars", "rating", (5, 25, 20, 4), rating_score=70),
    layer("icon", "illustration", (5, 44, 8, 8), illustration_type="feather", illustration_file="camera"),
    layer("emoji", "illustration", (15, 44, 8, 8), illustration_type="twemoji", illustration_file="1f680"),
)  # fmt: skip


def test_no_corner_of_a_print_has_rgb() -> None:
    """One stray operator, and a shop's check sends the job back."""
    made = printed(design(*EVERYTHING), display_crop_marks=True)
    assert_no_rgb(made.body)
    assert made.file_type == "pdf"


@pytest.mark.parametrize("index", range(len(EVERYTHING)), ids=[one["name"] for one in EVERYTHING])
def test_a_layer_of_each_kind_has_no_rgb_alone(index: int) -> None:
    """What one layer hides another may not cover up."""
    assert_no_rgb(printed(design(EVERYTHING[index])).body)


@pytest.mark.parametrize("path", STILLS, ids=lambda path: path.stem)
def test_no_property_of_any_layer_brings_rgb_into_a_print(path: Path) -> None:
    """The cases of the stills have every property of every layer in them."""
    assert_no_rgb(printed_still(json.loads(path.read_text("utf-8"))))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("cmyka(0,100,0,0)", (0, 1, 0, 0)),
        ("cmyk(13,57,91,3)", (0.13, 0.57, 0.91, 0.03)),
        ("cmyka(30,20,20,0)", (0.3, 0.2, 0.2, 0)),
        ("cmyk(0,0,0,50)", (0, 0, 0, 0.5)),
        ("cmyk(0,0,0,0)", (0, 0, 0, 0)),
        ("cmyka(75,68,67,90,40)", (0.75, 0.68, 0.67, 0.9)),
    ],
)
def test_inks_of_a_design_reach_the_press_as_they_were_written(said: str, expected: tuple[float, ...]) -> None:
    """The colour of a brand is agreed on in inks; one that is converted twice is another."""
    made = printed(design(layer("panel", "shape", (10, 10, 20, 20), background_color=said)))
    assert expected in inks(made.body)


def test_inks_of_a_request_and_of_marked_words_are_kept_too() -> None:
    made = printed(
        design(layer("title", "text", (10, 10, 60, 20), payload="x", font_size=12)),
        {"title": {"payload": "a <c=cmyka(1,2,3,4)>b</c>", "color": "cmyk(40,30,20,10)"}},
    )
    assert {(0.01, 0.02, 0.03, 0.04), (0.4, 0.3, 0.2, 0.1)} <= inks(made.body)


def test_inks_that_look_alike_stay_apart() -> None:
    """On a screen 1 % of an ink is no other colour; the plates of a job are made by the numbers."""
    steps = [
        layer(f"s{index}", "shape", (index * 2, 10, 2, 2), background_color=f"cmyk(50,50,50,{index})")
        for index in range(30)
    ]
    found = inks(printed(design(*steps)).body)
    assert {(0.5, 0.5, 0.5, index / 100) for index in range(30)} <= found


@pytest.mark.parametrize("grey", ["#000000", "#808080", "#333"])
def test_neutral_rgb_is_black_ink_alone(grey: str) -> None:
    """Four inks a letter need a register that no press has; small type frays."""
    made = printed(design(layer("title", "text", (10, 10, 60, 20), payload="Terms", font_size=8, color=grey)))
    assert all(ink[:3] == (0, 0, 0) for ink in inks(made.body))


def test_a_colour_of_the_screen_goes_through_the_profile() -> None:
    made = printed(design(layer("panel", "shape", (10, 10, 20, 20), background_color="#e4572e")))
    found = inks(made.body)
    assert any(cyan < 0.3 and magenta > 0.5 and yellow > 0.5 for cyan, magenta, yellow, _ in found), found


def test_a_gradient_runs_between_inks() -> None:
    gradient = "linear-gradient(0% 0% 100% 0%,0% cmyk(0,100,0,0) 1,100% cmyk(100,0,0,0) 1)"
    body = printed(design(layer("panel", "shape", (10, 10, 20, 20), background_color=gradient))).body
    with pikepdf.open(io.BytesIO(body)) as pdf:
        shadings = [one.Shading for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Shading" in one]
        ends = [[[float(v) for v in one.Function.C0], [float(v) for v in one.Function.C1]] for one in shadings]
    assert ends == [[[0, 1, 0, 0], [1, 0, 0, 0]]]


def test_a_text_that_speaks_of_inks_is_no_colour() -> None:
    """A printer's price list says cmyk(…) in words."""
    body = printed(design(layer("t", "text", (5, 5, 80, 20), payload="Use cmyk(9,9,9,9) here", font_size=10))).body
    assert (0.09, 0.09, 0.09, 0.09) not in inks(body)


def test_a_gradient_that_the_page_language_has_not_is_a_picture_of_300_dpi() -> None:
    plain = printed(design(layer("svg", "logo", (10, 10, 40, 20), image_url="plain-svg"))).body
    wild = printed(design(layer("svg", "logo", (10, 10, 40, 20), image_url="wild-svg"))).body
    assert not list(pictures_of(plain))
    (picture,) = (int(one.Width) for one in pictures_of(wild))
    assert picture == pytest.approx(40 / 25.4 * 300, abs=2)
    assert_no_rgb(wild)


@pytest.mark.parametrize(("unit", "points"), [("mm", MM), ("in", 72.0)])
def test_sizes_are_in_the_unit_of_the_design(unit: str, points: float) -> None:
    """A flyer that is 210 points wide instead of millimetres is a stamp."""
    size = (90.0, 55.0) if unit == "mm" else (3.5, 2.0)
    bleed = 3.0 if unit == "mm" else 0.125
    body = printed(design(size=size, unit=unit, bleed=bleed)).body
    boxes = _boxes(body)
    assert boxes["/MediaBox"] == pytest.approx([0, 0, *((side + 2 * bleed) * points for side in size)], abs=0.01)
    assert boxes["/BleedBox"] == boxes["/MediaBox"]
    trim = [bleed * points, bleed * points, *((side + bleed) * points for side in size)]
    assert boxes["/TrimBox"] == pytest.approx(trim, abs=0.01)


@pytest.mark.parametrize("bleed", [0, 3, 5])
def test_crop_marks_stand_outside_of_the_bleed_on_all_plates(bleed: float) -> None:
    """A mark in the bleed is on the edge of every sheet that is cut a little off."""
    body = printed(design(bleed=bleed), display_crop_marks=True).body
    boxes = _boxes(body)
    lines = [one.operands for one in operators(body) if one.operator in ("m", "l")]
    left, bottom, right, top = boxes["/BleedBox"]
    away = max(bleed, 3) * MM
    for x, y in lines:
        assert x <= left + 0.01 or x >= right - 0.01 or y <= bottom + 0.01 or y >= top - 0.01
        assert boxes["/MediaBox"][0] <= x <= boxes["/MediaBox"][2]
        assert boxes["/MediaBox"][1] <= y <= boxes["/MediaBox"][3]
    trim = boxes["/TrimBox"]
    assert len(lines) == 16
    assert min(math.dist(point, (trim[0], trim[1])) for point in lines) == pytest.approx(away, abs=0.01)
    with pikepdf.open(io.BytesIO(body)) as pdf:
        space = pdf.pages[0].obj.Resources.ColorSpace.CropMarks
        assert [str(space[0]), str(space[1])] == ["/Separation", "/All"]


def test_crop_marks_are_as_the_request_says_else_as_the_design() -> None:
    plain, marked = design(), design(root={"display_crop_marks": True})

    def has_marks(body: bytes) -> bool:
        return any(one.operator == "m" for one in operators(body))

    assert not has_marks(printed(plain).body)
    assert has_marks(printed(marked).body)
    assert not has_marks(printed(marked, display_crop_marks=False).body)
    assert has_marks(printed(plain, display_crop_marks=True).body)


@pytest.mark.parametrize("profile", CMYK_IDS)
def test_a_profile_that_is_not_installed_is_said(profile: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A print for newspaper on the wrong profile is found out when it is delivered."""
    monkeypatch.setattr("bulkgen.render.print.profiles.default_folders", lambda: (tmp_path,))
    made = printed(design(layer("p", "image", (0, 0, 90, 55), image_url="photo")), color_profile=profile)
    (warning,) = made.warnings
    assert BUILT_IN[profile].name in warning
    assert "BULKGEN_ICC" in warning
    assert_no_rgb(made.body)


def test_the_design_names_a_profile_and_the_request_another() -> None:
    own = design(layer("p", "shape", (0, 0, 9, 9), background_color="#e4572e"), root={"color_profile": RGB_ID})
    assert "/DeviceRGB" in spaces(printed(own).body)
    assert "/DeviceRGB" not in spaces(printed(own, color_profile=CMYK_IDS[0]).body)


def test_the_rgb_profile_keeps_rgb_with_all_boxes_and_marks() -> None:
    made = printed(design(*EVERYTHING), color_profile=RGB_ID, display_crop_marks=True)
    assert made.warnings == ()
    assert not inks(made.body)
    assert "/DeviceCMYK" not in spaces(made.body)
    assert {"/TrimBox", "/BleedBox", "/MediaBox"} <= set(_boxes(made.body))
    assert all(one.Filter == pikepdf.Name.DCTDecode for one in pictures_of(made.body) if int(one.Width) > 100)


def test_an_unknown_profile_is_a_reason() -> None:
    with pytest.raises(RenderError, match="color_profile 0f0e0d0c-0000-4000-8000-000000000000 is not known"):
        printed(design(), color_profile="0f0e0d0c-0000-4000-8000-000000000000")


def test_the_profile_of_the_conversion_is_the_output_intent_and_no_standard_is_claimed() -> None:
    """What says PDF/X and is not is refused by the machines that trust it."""
    body = printed(design()).body
    with pikepdf.open(io.BytesIO(body)) as pdf:
        (intent,) = pdf.Root.OutputIntents
        assert bytes(intent.DestOutputProfile.read_bytes())[12:20] == b"prtrCMYK"
        assert "/GTS_PDFXVersion" not in pdf.docinfo
        assert "/Metadata" not in pdf.Root
        assert str(pdf.pages[0].obj.Group.CS) == "/DeviceCMYK"


def test_equal_prints_are_equal_bytes() -> None:
    made = design(*EVERYTHING)
    assert printed(made).body == printed(made).body


def test_a_picture_is_cmyk_with_all_of_its_colour_at_the_quality_that_is_asked_for() -> None:
    made = design(layer("p", "image", (0, 0, 20, 20), image_url="photo"))
    sizes = []
    for quality in (40, 92, 100):
        (found,) = [
            (one.ColorSpace, one.Filter, bytes(one.read_raw_bytes()))
            for one in pictures_of(printed(made, quality=quality).body)
        ]
        space, how, jpeg = found
        assert (space, how) == (pikepdf.Name.DeviceCMYK, pikepdf.Name.DCTDecode)
        picture = Image.open(io.BytesIO(jpeg))
        assert picture.mode == "CMYK"
        assert {part[1:3] for part in getattr(picture, "layer", [])} == {(1, 1)}
        sizes.append(len(jpeg))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1] / 2


def test_a_print_is_kept_to_the_bytes_that_are_asked_for() -> None:
    made = design(layer("p", "image", (0, 0, 90, 55), image_url="photo"))
    large = printed(made, quality=100).body
    small = printed(made, quality=100, max_bytes=len(large) - 4_000)
    assert len(small.body) <= len(large) - 4_000


def test_a_grey_picture_is_grey() -> None:
    body = printed(design(layer("p", "image", (0, 0, 90, 55), image_url="grey"))).body
    assert [str(one.ColorSpace) for one in pictures_of(body)] == ["/DeviceGray"]


def test_what_is_see_through_stays_so_with_a_grey_mask() -> None:
    body = printed(design(layer("p", "logo", (10, 10, 30, 30), image_url="cut"))).body
    with pikepdf.open(io.BytesIO(body)) as pdf:
        (picture,) = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/SMask" in one]
        mask = np.frombuffer(bytes(picture.SMask.read_bytes()), np.uint8)
        assert picture.SMask.ColorSpace == pikepdf.Name.DeviceGray
        assert (int(mask.min()), int(mask.max())) == (0, 255)
        assert mask.size == int(picture.SMask.Width) * int(picture.SMask.Height)


def test_an_icon_in_one_ink_is_exactly_that_ink() -> None:
    """Behind its mask, where a JPEG would smear it into the other plates."""
    body = printed(
        design(
            layer(
                "b",
                "button",
                (5, 5, 40, 12),
                payload="Go",
                font_size=9,
                background_color="#ffffff",
                icon_url="plain-svg",
                icon_color="cmyka(0,100,0,0)",
                icon_size=8,
            )
        )
    ).body
    (picture,) = [(int(one.Width), bytes(one.read_bytes())) for one in pictures_of(body)]
    assert picture == (1, bytes((0, 255, 0, 0)))


def test_a_picture_used_twice_is_stored_once() -> None:
    layers = [layer(f"p{index}", "image", (index * 10 + 10, 20, 10, 10), image_url="photo") for index in range(5)]
    assert len(list(pictures_of(printed(design(*layers)).body))) == 1


def test_a_picture_far_finer_than_the_print_is_stored_smaller() -> None:
    """A camera's 24 megapixels behind a stamp make a file that no mail takes."""
    body = printed(design(layer("p", "logo", (0, 0, 10, 10), image_url="cut"))).body
    (width,) = [int(one.Width) for one in pictures_of(body)]
    assert width == pytest.approx(10 / 25.4 * 300, abs=45)


def test_a_missing_extra_names_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pikepdf", None)
    monkeypatch.delitem(sys.modules, "bulkgen.render.print.recolor", raising=False)
    with pytest.raises(RenderError, match=r"pip install 'bulkgen\[print\]'"):
        printed(design())


def test_renderer_and_studio_load_without_the_extra() -> None:
    code = (
        "import sys; sys.modules['pikepdf'] = None; import bulkgen.render.banner, bulkgen.render.printing, "
        "bulkgen.render.document"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_picture_of_a_print_shows_the_trim_in_the_colours_of_the_press() -> None:
    """Contact sheets and previews: 96 dots an inch, no marks, and no cyan that only a screen has."""
    made = design(layer("panel", "shape", (0, 0, 90, 55), background_color="cmyk(100,0,0,0)"))
    banner = render_banner(made, FORMAT, {}, PICTURES, FONTS, file_type="png", options={"print": {}})
    picture = Image.open(io.BytesIO(banner.body)).convert("RGB")
    assert picture.size == (round(90 / 25.4 * 96), round(55 / 25.4 * 96))
    red, green, blue = picture.getpixel((100, 100))  # type: ignore[misc]
    assert red < 60
    assert 120 < green < 190
    assert 200 < blue < 245


def test_a_text_in_the_margin_of_the_cut_is_said() -> None:
    near = layer("near", "text", (1, 1, 60, 8), payload="Near the edge", font_size=10)
    far = layer("far", "text", (20, 20, 60, 8), payload="Far from it", font_size=10)
    (warning,) = printed(design(near, far, safe=5)).warnings
    assert warning.startswith("near: the text reaches")
    assert "5 mm" in warning
    assert printed(design(near, far, safe=0)).warnings == ()


def _boxes(body: bytes) -> dict[str, Any]:
    with pikepdf.open(io.BytesIO(body)) as pdf:
        page = pdf.pages[0].obj
        return {name: [float(v) for v in page[name]] for name in ("/MediaBox", "/BleedBox", "/TrimBox")}


WORDS = (
    layer("title", "text", (10, 10, 60, 10), payload="Nothing", font_size=12),
    layer("photo", "image", (0, 25, 90, 30), image_url="photo"),
)


def test_pages_have_layers_of_equal_names_each_with_its_own_words() -> None:
    """The layers of a catalogue are called alike on every page."""
    made = document(3, *WORDS)
    pages = {"page_1": {"title": {"payload": "One"}}, "page_3": {"title": "Three"}}
    banner = render_document(made, pages, PICTURES, FONTS)
    with pikepdf.open(io.BytesIO(banner.body)) as pdf:
        assert len(pdf.pages) == 3
    assert banner.file_type == "pdf"
    assert len(list(pictures_of(banner.body))) == 1
    assert document_refs(made, pages) == {"photo": "photo"}
    assert_no_rgb(banner.body)


def test_fonts_of_a_document_are_embedded_once() -> None:
    """Two hundred copies of a face are larger than the catalogue."""
    made = document(12, *WORDS)
    body = render_document(made, {f"page_{n}": {"title": f"Number {n}"} for n in range(1, 13)}, PICTURES, FONTS).body
    with pikepdf.open(io.BytesIO(body)) as pdf:
        files = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Length1" in one]
    assert len(files) == 1


def test_an_error_names_its_page_and_leaves_no_file(tmp_path: Path) -> None:
    made = document(3, *WORDS)
    target = tmp_path / "catalogue.pdf"
    with pytest.raises(RenderError, match="page_2: photo: the picture 'gone' was not loaded") as caught:
        write_document(target, made, {"page_2": {"photo": {"image_url": "gone"}}}, PICTURES, FONTS)
    assert caught.value.layer == "photo"
    assert not target.exists()


def test_a_document_in_a_file_is_the_document_in_memory(tmp_path: Path) -> None:
    made = document(2, *WORDS)
    target = tmp_path / "catalogue.pdf"
    assert write_document(target, made, {}, PICTURES, FONTS).pages == 2
    assert target.read_bytes() == render_document(made, {}, PICTURES, FONTS).body


def test_a_page_that_there_is_not_and_a_type_that_documents_have_not_are_refused() -> None:
    with pytest.raises(RenderError, match="'page_9' is not one of page_1, page_2") as caught:
        render_document(document(2, *WORDS), {"page_9": {}}, PICTURES, FONTS)
    assert caught.value.code == "format_not_found"
    with pytest.raises(RenderError) as caught:
        render_document(document(2, *WORDS), {}, PICTURES, FONTS, file_type="png")
    assert caught.value.code == INVALID_FILE_TYPE


def test_one_page_of_a_document_can_be_looked_at() -> None:
    made = document(2, *WORDS)
    picture = render_banner(made, "page_2", {"title": "Two"}, PICTURES, FONTS, file_type="jpeg")
    assert (picture.width, picture.height) == (round(90 / 25.4 * 96), round(55 / 25.4 * 96))
    warnings = render_document(made, {"page_2": {"title": {"payload": "x"}}}, PICTURES, FONTS).warnings
    assert warnings == ()
