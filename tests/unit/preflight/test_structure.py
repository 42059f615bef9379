"""What the provider would refuse, ignore or leave undone, and the mapping cannot know."""

from __future__ import annotations

import re
from typing import Any

import pytest
from checking_cases import FONTS, HOSTED, INTER, LIST, Bench, bare, design, facts, layer, text

from bulkgen.mapping.problems import CODES as MAPPING_CODES
from bulkgen.preflight.problems import CODES, problem
from bulkgen.preflight.structure import NEEDS, Provider
from bulkgen.render.banner import render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.scene import resolve
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Severity
from bulkgen.wire.design import Design, parse_design
from bulkgen.wire.overrides import PROPERTIES

PHOTO = "https://example.com/a.jpg"
REST = f"price: 1 €, old_price: 2 €, photo: '{PHOTO}', stars: 80"


def bench(title: str, *columns: str, of: Any = None, **more: Any) -> Bench:
    return Bench(f"elements: {{title: {title}, {REST}}}", columns, of, **more)


def test_an_unknown_font_is_an_error_with_the_near_miss() -> None:
    """The API answers 400 to each such row, after the rows before it were paid for."""
    one = bench("{payload: Lamp, font: '{{ f }}'}", "f")
    assert one.codes(INTER.upper()) == []
    wrong = INTER[:-1] + ("0" if INTER[-1] != "0" else "1")
    found = one.only("unknown_font", wrong)
    assert (found.origin.column, found.severity) == ("f", Severity.ERROR)
    assert f"did you mean {INTER} (Inter)?" in found.hint
    found = one.only("unknown_font", "00000000-0000-4000-8000-000000000000")
    assert re.search(r"fonts: [^()]+ \([\w-]{36}\), ", found.hint), "a name alone cannot be typed into a mapping"
    assert "every row" not in found.message


def test_a_font_of_the_mappings_own_that_is_not_there_keeps_every_row_back_and_is_named_as_such() -> None:
    """Told of the first row only, all others would be sent, and refused one by one."""
    one = bench("{payload: '{{ t }}', font: 00000000-0000-4000-8000-000000000000}", "t")
    for cell in ("Lamp", "Chair"):
        found = one.only("unknown_font", cell)
        assert (found.severity, found.origin.column) == (Severity.ERROR, "")
        assert found.message.endswith(", which the mapping says for every row")


def test_of_a_provider_whose_fonts_are_not_known_no_font_is_refused() -> None:
    one = bench("{payload: Lamp, font: '{{ f }}'}", "f", provider=Provider(False, None))
    assert "unknown_font" not in one.codes("00000000-0000-4000-8000-000000000000")
    listed = bench("{payload: Lamp, font: '{{ f }}'}", "f", provider=HOSTED)
    assert "unknown_font" in listed.codes("00000000-0000-4000-8000-000000000000")


ICON = layer("icon", "illustration", (0, 0, 40, 40), illustration_type="feather", illustration_file="star")


@pytest.mark.parametrize(
    ("override", "message", "hint"),
    [
        ("'{{ x }}'", "feather has no illustration 'shoping-bag'", "did you mean shopping-bag"),
        ("{illustration_file: '{{ x }}', illustration_type: material_icons}", "has no illustration", "did you mean"),
        ("{illustration_file: '{{ x }}', illustration_type: twemoji}", "'shoping-bag' is no emoji", ""),
        ("{illustration_file: '{{ x }}', illustration_type: undraw}", "illustrations of undraw are not available", ""),
    ],
)
def test_an_illustration_that_there_is_not_is_told_with_its_near_misses(override: str, message: str, hint: str) -> None:
    """The studio would fail each such row, one by one, after the rest of them were made."""
    one = bench(f"Lamp, icon: {override}", "x", of=design(ICON))
    found = one.only("unknown_illustration", "shoping-bag")
    assert (found.severity, found.origin.column) == (Severity.ERROR, "x")
    assert message in found.message
    assert hint in found.hint
    (want,) = one.map("shoping-bag").wants
    pictures = {PHOTO: b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'}
    with pytest.raises(RenderError) as caught:
        render_banner(one.design, "post", want.payload.elements, pictures, FONTS)
    assert message in caught.value.reason


@pytest.mark.parametrize("name", ["star", "Shopping Bag.svg", "shopping_bag"])
def test_an_illustration_that_there_is_is_nothing_to_tell(name: str) -> None:
    one = bench("Lamp, icon: '{{ x }}'", "x", of=design(ICON))
    assert "unknown_illustration" not in one.codes(name)
    hosted = bench("Lamp, icon: '{{ x }}'", "x", of=design(ICON), provider=HOSTED)
    assert "unknown_illustration" not in hosted.codes("shoping-bag"), "what another has is not known"


@pytest.mark.parametrize("prop", ["remove_bg", "expand", "upscale"])
def test_what_the_studio_cannot_do_is_an_error_there_and_nowhere_else(prop: str) -> None:
    mapping = (
        f"elements: {{title: Lamp, price: '1 €', photo: {{image_url: 'https://e.com/a.jpg', {prop}: '{{{{ x }}}}'}}}}"
    )
    found = Bench(mapping, ["x"]).only("cannot_be_made", "true")
    assert (found.origin.column, found.severity) == ("x", Severity.ERROR)
    with pytest.raises(RenderError):
        resolve(design(), "post", {"photo": {"image_url": "https://e.com/a.jpg", prop: True}})
    assert "cannot_be_made" not in Bench(mapping, ["x"]).codes("false")
    assert "cannot_be_made" not in Bench(mapping, ["x"], provider=HOSTED).codes("true")


def test_what_the_studio_does_not_draw_is_told_once() -> None:
    asked = "auto_focus: true, focus_target: left"
    rest = REST.replace(f"photo: '{PHOTO}'", f"photo: {{image_url: '{PHOTO}', {asked}}}")
    mapping = f"elements: {{title: '{{{{ t }}}}', {rest}}}"
    one = Bench(mapping, ["t"])
    found = one.only("not_drawn", "Lamp")
    assert (facts(found)["property"], found.severity) == ("focus_target", Severity.WARNING)
    assert "not_drawn" not in one.codes("Chair")
    assert "not_drawn" not in Bench(mapping, ["t"], provider=HOSTED).codes("Lamp")


def test_a_property_without_the_one_it_needs_is_told() -> None:
    of = design(text("title", (20, 20, 300, 100), "Sample"))
    found = bench("{payload: Lamp, min_font_size: '{{ m }}'}", "m", of=of).only("without_effect", "20")
    assert "min_font_size: does nothing without auto_resize" in found.message
    assert found.origin.column == "m"


@pytest.mark.parametrize(
    "of",
    [
        design(text("title", (20, 20, 300, 100), "Sample", side_border="left")),
        None,
    ],
)
def test_what_it_needs_may_stand_in_the_design_or_in_the_row(of: Any) -> None:
    needed = "" if of else "side_border: left, "
    one = bench(f"{{payload: Lamp, {needed}side_border_color: '#ff0000'}}", "t", of=of)
    assert "without_effect" not in one.codes("")


def test_a_file_that_the_provider_does_not_make_is_an_error_of_its_cell() -> None:
    jpeg_only = Provider(True, None, frozenset(("jpeg", "png")))
    mapping = f"elements: {{title: Lamp, {REST}}}\noutput: {{image_file_type: '{{{{ f }}}}'}}"
    one = Bench(mapping, ["f"], provider=jpeg_only)
    assert one.codes("png") == one.codes("") == []
    found = one.only("cannot_be_made", "webp")
    assert (found.origin.column, facts(found)["formats"]) == ("f", "post")
    assert "it makes jpeg, png" in found.message
    none = Bench(f"elements: {{title: '{{{{ f }}}}', {REST}}}", ["f"], provider=Provider(True, None, frozenset()))
    assert "it makes no static designs" in none.only("cannot_be_made", "Lamp").message
    assert "cannot_be_made" not in Bench(mapping, ["f"]).codes("webp")


def test_a_file_that_may_not_be_large_and_has_no_quality_to_lower_is_told() -> None:
    """Nothing can be done about it once the run is over but to make it again."""
    asked = "output: {{max_kb: 150, image_file_type: '{}'}}"
    rest = f"elements: {{title: '{{{{ t }}}}', {REST}}}\n"
    of_the_row = Bench(rest + asked.format("{{ t }}"), ["t"])
    for _ in range(2):
        found = of_the_row.only("no_quality_to_lower", "png")
        assert (found.origin.column, found.severity, facts(found)["formats"]) == ("t", Severity.WARNING, "post")
    assert "no_quality_to_lower" not in of_the_row.codes("webp")
    of_all = Bench(rest + asked.format("png"), ["t"])
    assert of_all.only("no_quality_to_lower", "Lamp").origin.column == ""
    assert "no_quality_to_lower" not in of_all.codes("Chair"), "told once where the mapping says it of every row"
    assert "no_quality_to_lower" not in Bench(rest + "output: {image_file_type: png}", ["t"]).codes("Lamp")


def test_a_ground_that_lets_through_makes_a_file_without_quality_unless_another_is_asked_for() -> None:
    clear = design(layer("root", "container", (0, 0, 400, 300), background_color="#ffffff80"))
    rest = f"elements: {{title: '{{{{ t }}}}', {REST}"
    one = Bench(rest + "}\noutput: {max_kb: 150}", ["t"], clear)
    assert "the ground lets through" in one.only("no_quality_to_lower", "Lamp").message
    assert "no_quality_to_lower" not in one.codes("Chair")
    shut = Bench(rest + ", root: {background_color: '#ffffff'}}\noutput: {max_kb: 150}", ["t"], clear)
    assert "no_quality_to_lower" not in shut.codes("Lamp")
    webp = Bench(rest + "}\noutput: {max_kb: 150, image_file_type: webp}", ["t"], clear)
    assert "no_quality_to_lower" not in webp.codes("Lamp")
    assert "no_quality_to_lower" not in Bench(rest + "}\noutput: {max_kb: 150}", ["t"]).codes("Lamp")


def test_sound_for_a_file_that_has_none_is_told_once() -> None:
    of = design({"name": "song", "type": "audio", "layout": {}, "attributes": []}, kind="animated")
    mapping = "elements: {{title: Lamp, song: '{{{{ a }}}}', {rest}}}\noutput: {{image_file_type: '{{{{ f }}}}'}}"
    one = Bench(mapping.format(rest=REST), ["a", "f"], of)
    assert "without_effect" not in one.codes("https://example.com/a.mp3", "mp4")
    found = one.only("without_effect", "https://example.com/a.mp3", "gif")
    assert (found.origin.column, "gif has no sound" in found.message) == ("a", True)
    assert "without_effect" not in one.codes("https://example.com/b.mp3", "gif")


def test_the_table_of_needs_speaks_of_real_properties() -> None:
    for kind, needs in NEEDS.items():
        assert set(needs) | set(needs.values()) <= set(PROPERTIES[kind])


def test_a_layer_that_no_wanted_format_shows_is_told_once_for_these_formats() -> None:
    """The API takes the text and shows it nowhere; nobody would know."""
    boxes = {"story": (20.0, 20.0, 300.0, 100.0)}
    of = design(text("title", boxes, "Sample"), formats=("post", "story"))
    one = Bench(f"formats: '{{{{ f }}}}'\nelements: {{title: Lamp, {REST}}}", ["f"], of)
    assert one.codes("story") == []
    found = one.only("layer_not_shown", "post")
    assert "is not in the design in post" in found.message
    assert one.codes("post") == []
    assert one.codes("all") == []


def test_a_layer_that_the_design_hides_is_told_unless_the_row_shows_it() -> None:
    of = design(text("title", (20, 20, 300, 100), "Sample", hidden=True))
    found = bench("'{{ t }}'", "t", of=of).only("layer_not_shown", "Lamp")
    assert (found.origin.column, "hidden in the design" in found.message) == ("t", True)
    assert bench("{payload: '{{ t }}', hidden: false}", "t", of=of).codes("Lamp") == []


@pytest.mark.parametrize("icon", [{}, {"image_url": "images/icon.png"}])
def test_a_text_too_long_for_a_qr_code_is_found_where_the_painter_finds_it(icon: dict[str, str]) -> None:
    """Half as much fits a code with a picture in its middle."""
    of = bare(layer("code", "qrcode", (0, 0, 100, 100), payload="x", **icon))
    one = Bench("elements: {code: '{{ u }}'}", ["u"], of)
    room = 1_273 if icon else 2_331
    address = "https://example.com/"
    assert "qr_too_long" not in one.codes(address + "a" * (room - len(address)))
    assert one.only("qr_too_long", address + "a" * (room - len(address) + 1)).severity is Severity.ERROR
    assert "qr_too_long" not in one.codes("7" * room)


def test_of_another_providers_codes_only_the_impossible_is_refused() -> None:
    one = Bench("elements: {code: '{{ u }}'}", ["u"], provider=HOSTED)
    assert "qr_too_long" not in one.codes("a" * 2_900)
    assert "qr_too_long" in one.codes("a" * 2_954)


def test_pages_are_checked_by_the_layers_they_have() -> None:
    of = _document()
    one = Bench("pages: {page_1: {headline: '{{ a }}'}, page_2: {headline: '{{ b }}'}}", ["a", "b"], of)
    assert one.codes("Lamp", "Chair") == []
    found = one.only("text_does_not_fit", "Lamp", "Chairs " * 200)
    assert (found.origin.column, facts(found)["formats"]) == ("b", "document")
    assert "does not fit in page_2" in found.message


def _document() -> Design:
    def page(name: str) -> dict[str, Any]:
        entry = text("headline", (10, 10, 190, 60), f"Sample {name}", font_size=20)
        root = layer("root", "container", (0, 0, 210, 297), background_color="#ffffff")
        return {name: [root, entry]}

    return parse_design(
        {
            "id": "book",
            "type": "printer_multipage",
            "pages": [{"id": name, "width": 210, "height": 297, "unit": "mm"} for name in ("page_1", "page_2")],
            "elements_per_page": page("page_1") | page("page_2"),
        }
    )


# -- what the mapping finds itself: by cell, with the near miss, before preflight looks


@pytest.mark.parametrize(
    ("mapping", "columns", "cells", "code"),
    [
        ("formats: '{{ f }}'\nelements: {title: x}", ["f"], ["pots"], "unknown_format"),
        ("elements: {title: {color: '{{ c }}'}}", ["c"], ["redd"], "bad_value"),
        ("elements: {title: {font_size: '{{ c }}'}}", ["c"], ["big"], "bad_value"),
        ("elements: {stars: '{{ c }}'}", ["c"], ["101"], "bad_value"),
        ("elements: {root: '{{ c }}'}", ["c"], ["linear-gradient(0% 0%)"], "bad_value"),
        ("elements: {title: '{{ c }}'}", ["c"], [""], "mandatory_layer"),
        ("elements: {title: '{{ c }}'}", ["c"], ["Sample title"], "mandatory_layer"),
    ],
)
def test_what_the_mapping_refuses_is_said_once(mapping: str, columns: list[str], cells: list[str], code: str) -> None:
    of = design(
        text("title", (20, 20, 300, 100), "Sample title", mandatory=code == "mandatory_layer"),
        formats=("post", "story"),
    )
    found = Bench(mapping, columns, of).check(*cells)
    assert [one.code for one in found] == [code]
    assert found[0].origin.column == columns[0]


@pytest.mark.parametrize("kind", ["static", "printer"])
def test_a_gradient_is_refused_where_print_has_none(kind: str) -> None:
    gradient = "linear-gradient(0% 0% 100% 0%,0% #ff0000 1,100% #0000ff 1)"
    found = Bench("elements: {title: {color: '{{ c }}'}}", ["c"], design(kind=kind)).codes(gradient)
    assert ("bad_value" in found) is (kind == "printer")


def test_codes_are_told_apart_from_the_mappings() -> None:
    """A script that branches on a code must not mean two things by it."""
    assert not set(CODES) & set(MAPPING_CODES)
    assert problem("unknown_font", Origin("", 1), "x").hint == CODES["unknown_font"].remedy
    assert set(LIST) == {family["id"] for family in FONTS.describe()}
