"""The parts of a print that decide: units, bleed, inks, profiles, the file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from print_cases import FONTS, FORMAT, MM, design, layer, named_profile

from bulkgen.render.failures import RenderError
from bulkgen.render.groups import Mask
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.print.bleed import bled, outside_safe_zone
from bulkgen.render.print.inks import Inks
from bulkgen.render.print.letters import Letters
from bulkgen.render.print.marks import LENGTH, room
from bulkgen.render.print.pdf_file import PdfFile
from bulkgen.render.print.plates import make_plate
from bulkgen.render.print.press import token_number
from bulkgen.render.print.profiles import BUILT_IN, GENERIC_NAME, default_folders, find_profile, generic_profile
from bulkgen.render.scene import Scene, resolve
from bulkgen.wire.colors import Color, parse_color
from bulkgen.wire.design import Box, Design

PROFILE = generic_profile()
COATED = "be2ab219-8fe4-4d85-91ba-65bdc9ddaf01"


def scene_of(made: Design, **elements: Any) -> Scene:
    return resolve(made, FORMAT, elements)


def placed_of(made: Design) -> dict[str, Placed]:
    scene = scene_of(made)
    return {item.layer.name: item for item in bled(lay_out(scene, FONTS), scene)}


def test_boxes_gaps_and_masks_are_in_the_unit_and_sizes_in_points() -> None:
    """A type size that is scaled with the paper is three times too large."""
    made = design(
        layer("a", "text", (10, 20, 30, 40), payload="A", font_size=12, gap=2),
        {
            "name": "g",
            "type": "group",
            "layout": {"x": 1, "y": 2, "width": 3, "height": 4},
            "layer_ids": ["a"],
            "mask": {"shape": "rect", "width": 10, "center_x": 20, "radius": {"tl": 1}, "rotation": 30},
            "group": {"auto_layout": True, "direction": "vertical", "gap": 5},
        },
        safe=4,
    )
    scene = scene_of(made)
    text, group = scene.layers[0], scene.groups[0]
    assert text.box == Box(10 * MM, 20 * MM, 30 * MM, 40 * MM)
    assert (text.number("gap"), text.number("font_size")) == (2 * MM, 12)
    assert group.box == Box(1 * MM, 2 * MM, 3 * MM, 4 * MM)
    assert group.mask is not None
    assert group.mask.box.width == pytest.approx(10 * MM)
    assert group.mask.box.x == pytest.approx(15 * MM)
    assert (group.mask.corners[0], group.mask.rotation) == (pytest.approx(MM), 30)
    assert group.arrangement is not None
    assert group.arrangement.gap == pytest.approx(5 * MM)
    assert (scene.format.bleed_size, scene.format.safe_size) == (pytest.approx(3 * MM), pytest.approx(4 * MM))


def test_a_unit_that_paper_has_not_is_refused() -> None:
    with pytest.raises(RenderError, match="the design's unit is 'furlong'"):
        scene_of(design(unit="furlong"))


def test_what_reaches_the_edge_grows_into_the_bleed() -> None:
    """A white hair along the edge of ten thousand flyers."""
    found = placed_of(
        design(
            layer("all", "image", (0, 0, 90, 55), image_url="photo"),
            layer("left", "shape", (0.05, 10, 20, 10), background_color="#ff0000"),
            layer("over", "shape", (80, 50, 20, 20), background_color="#ff0000"),
            layer("inside", "shape", (10, 10, 20, 10), background_color="#ff0000"),
        )
    )
    bleed = 3 * MM
    assert _edges(found["all"]) == pytest.approx((-bleed, -bleed, 90 * MM + bleed, 55 * MM + bleed))
    assert _edges(found["left"]) == pytest.approx((-bleed, 10 * MM, 20.05 * MM, 20 * MM))
    assert _edges(found["over"]) == pytest.approx((80 * MM, 50 * MM, 100 * MM, 70 * MM))
    assert _edges(found["inside"]) == pytest.approx((10 * MM, 10 * MM, 30 * MM, 20 * MM))


@pytest.mark.parametrize(
    "shape",
    [
        {"border_radius": 4},
        {"shape": "circle"},
        {"rotation": 5},
        {"stroke_width": 1, "stroke_color": "#000000"},
    ],
)
def test_an_outline_of_its_own_stays_at_the_edge(shape: dict[str, Any]) -> None:
    """A frame that grew into the bleed would be cut off."""
    found = placed_of(design(layer("s", "shape", (0, 0, 90, 55), background_color="#ff0000", **shape)))
    assert _edges(found["s"]) == pytest.approx((0, 0, 90 * MM, 55 * MM))


def test_the_mask_of_a_group_at_the_edge_grows_too() -> None:
    group = {
        "name": "g",
        "type": "group",
        "layout": {"x": 0, "y": 0, "width": 90, "height": 20},
        "layer_ids": ["p"],
        "mask": {"shape": "rectangle"},
    }
    photo = layer("p", "image", (0, 0, 90, 55), image_url="photo")
    (mask,) = placed_of(design(photo, group))["p"].masks
    assert mask == Mask("rectangle", Box(-3 * MM, -3 * MM, 96 * MM, 23 * MM))


@pytest.mark.parametrize(("x", "is_said"), [(5.0, False), (4.95, False), (3.0, True)])
def test_a_text_is_told_by_what_it_takes_up(x: float, is_said: bool) -> None:
    made = design(layer("t", "text", (x, 20, 60, 10), payload="H", font_size=12), safe=5)
    scene = scene_of(made)
    assert bool(list(outside_safe_zone(lay_out(scene, FONTS), scene))) == is_said


def test_marks_have_room_beyond_the_bleed() -> None:
    for bleed in (0.0, 3 * MM, 10 * MM):
        assert room(bleed) + bleed >= max(bleed, 3 * MM) + LENGTH


INKS = st.tuples(*(st.integers(0, 100) for _ in range(4)))
HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(INKS.map(lambda c: f"cmyk({','.join(map(str, c))})"), HEX), min_size=1, max_size=40))
def test_every_colour_comes_back_as_it_was_said_whatever_else_is_there(said: list[str]) -> None:
    """Two colours with one stand-in would both be the first one on paper."""
    inks = Inks(PROFILE)
    colors = [parse_color(text) for text in said]
    stand_ins = [_rgb(inks.stand_in(color)) for color in colors]
    for color, rgb in zip(colors, stand_ins, strict=True):
        if color.cmyk:
            assert inks.amounts(rgb) == color.cmyk
        elif color.red == color.green == color.blue:
            assert inks.amounts(rgb) == (0, 0, 0, round(1 - color.red, 4))
    by_ink = {inks.amounts(rgb) for rgb in stand_ins}
    assert len(by_ink) <= len(set(stand_ins))
    assert stand_ins == [_rgb(inks.stand_in(color)) for color in colors]


def test_black_and_alpha_survive_and_a_stand_in_looks_like_its_inks() -> None:
    inks = Inks(PROFILE)
    half = inks.stand_in(parse_color("cmyka(0,100,0,0,40)"))
    assert half.alpha == pytest.approx(0.4)
    assert half.red > 0.8
    assert half.green < 0.15
    assert _rgb(inks.stand_in(parse_color("cmyk(0,0,0,100)"))) == (0, 0, 0)
    assert _rgb(inks.stand_in(parse_color("cmyk(0,0,0,0)"))) == (255, 255, 255)


def test_only_what_is_a_colour_is_swapped() -> None:
    made = design(
        layer("code", "qrcode", (0, 0, 20, 20), payload="cmyk(1,2,3,4)", foreground_color="cmyk(1,2,3,4)"),
        layer("text", "text", (0, 0, 20, 20), payload="#ff0000 <bg=#ff0000>x</bg> <b=#ff0000>", color="nonsense"),
    )
    inks = Inks(PROFILE)
    inks.stand_in(Color(1.0, 0.0, 0.0, 1.0, (0.5, 0.5, 0.5, 0.5)))
    code, text = inks.scene(scene_of(made)).layers
    assert code.text("payload") == "cmyk(1,2,3,4)"
    assert code.text("foreground_color").startswith("#")
    assert text.text("payload").startswith("#ff0000 <bg=#")
    assert text.text("color") == "nonsense"


def test_a_profile_is_found_by_its_description(tmp_path: Path) -> None:
    """Files of one profile have a different name on every machine."""
    folder = tmp_path / "deep" / "inside"
    folder.mkdir(parents=True)
    (folder / "some.icc").write_bytes(named_profile("ISOcoated v2"))
    (tmp_path / "broken.icc").write_bytes(b"no profile")
    (tmp_path / "cut.icc").write_bytes(named_profile("ISOcoated v2")[:3000])
    (tmp_path / "readme.txt").write_bytes(named_profile("ISOcoated v2"))
    found = find_profile(COATED.upper(), [tmp_path / "absent", tmp_path])
    assert found.warning is None
    assert found.body == named_profile("ISOcoated v2")
    assert find_profile(next(key for key in BUILT_IN if key not in (COATED,)), [tmp_path]).name == GENERIC_NAME


def test_folders_of_the_environment_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKGEN_ICC", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert default_folders()[:2] == (tmp_path / "a", tmp_path / "b")
    monkeypatch.delenv("BULKGEN_ICC")
    assert all(folder.is_absolute() for folder in default_folders())


def test_no_profile_asked_for_is_the_generic_one_without_a_word() -> None:
    found = find_profile(None)
    assert (found.name, found.warning) == (GENERIC_NAME, None)
    assert found.body is not None


def test_the_file_is_read_by_another_library_object_by_object() -> None:
    body = io.BytesIO()
    file = PdfFile(body)
    tree, page = file.reserve(), file.reserve()
    stream = file.add_stream(b"", b"0 0 0 1 k")
    file.put(page, b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]/Resources<<>>/Contents %d 0 R>>" % (tree, stream))
    file.put(tree, b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % page)
    file.close(file.add(b"<</Type/Catalog/Pages %d 0 R>>" % tree), file.add(b"<</Producer(x)>>"))
    with pikepdf.open(io.BytesIO(body.getvalue())) as pdf:
        assert bytes(pdf.pages[0].obj.Contents.read_bytes()) == b"0 0 0 1 k"
        assert len(pdf.objects) == 5
        assert str(pdf.docinfo["/Producer"]) == "x"
    assert "5 objects" in repr(file)


def test_a_plate_keeps_clear_parts_out_of_the_picture() -> None:
    """A clear pixel is black under its alpha; in a JPEG that black would spread over the edge."""
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[4:12, 4:12] = (40, 200, 90, 255)
    pixels[5, 5] = (200, 10, 90, 255)
    plate = make_plate(pixels, is_opaque=False, inks=None, quality=95)
    picture = np.asarray(Image.open(io.BytesIO(plate.body)).convert("RGB"))
    assert plate.mask is not None
    assert picture[0, 0].tolist() == pytest.approx([90, 197, 42], abs=12)


def test_a_token_is_told_from_pictures() -> None:
    assert token_number(b"bulkgen token.\x00\x00\x01\x02") == 258
    assert token_number(b"bulkgen token.\x00\x00\x01") is None
    assert token_number(bytes(18)) is None


def _edges(item: Placed) -> tuple[float, float, float, float]:
    box = item.frame
    return box.x, box.y, box.x + box.width, box.y + box.height


def _rgb(color: Color) -> tuple[int, int, int]:
    return round(color.red * 255), round(color.green * 255), round(color.blue * 255)


def test_a_table_of_letters_keeps_what_it_says_and_gains_what_was_shaped() -> None:
    """The library's own characters are right; private ones, and gaps, are nothing to a reader."""
    library = (
        b"2 beginbfchar\n<0005> <20AC>\n<0007> <E071>\nendbfchar\n1 beginbfrange\n<0010> <0012> <0041>\nendbfrange\n"
    )
    scene = resolve(design(layer("t", "text", (0, 0, 80, 20), payload="fine 5–6")), FORMAT, {})
    (item,) = [one for one in lay_out(scene, FONTS) if one.layer.name == "t"]
    assert item.text is not None
    letters = Letters()
    (run,) = item.text.lines[0].runs
    letters.note("Some", run)
    table = letters.table("Other", library)
    assert b"<0005> <20AC>" in table
    assert b"<0011> <0042>" in table
    assert b"<0007> <E071>" in table, "of a font that nothing was shaped in there is no better word"
    own = letters.table("Some", b"1 beginbfchar\n<%04X> <E071>\nendbfchar\n" % run.ids[0])
    assert b"<%04X> <0066>" % run.ids[0] in own
    assert b"E071" not in own
