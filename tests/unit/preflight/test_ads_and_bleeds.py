"""What only ads and prints are asked: the network's rules, the bleed, the inches, and the types of file they take."""

from __future__ import annotations

from typing import Any

import pytest
from checking_cases import HOSTED, Bench, facts, layer, text

import bulkgen.preflight.structure as structure
from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.outputs import outputs_to_send
from bulkgen.preflight.picture_check import PictureCheck
from bulkgen.preflight.picture_facts import PictureFacts, to_text
from bulkgen.preflight.structure import Provider
from bulkgen.render.file_types import PRINT, VIDEO, Extra
from bulkgen.sheet.problems import Severity
from bulkgen.wire.design import FILE_TYPES, Design, parse_design

GROUND = layer("root", "container", (0, 0, 400, 300), background_color="#ffffff")
TITLE = text("title", (40, 40, 300, 100), "Own", font_size=14)


def moving(duration: float = 8.0) -> Design:
    return parse_design(
        {
            "id": "m",
            "type": "animated",
            "animation": {"duration": duration},
            "formats": [{"id": "post", "width": 400, "height": 300}],
            "elements": [GROUND, TITLE],
        }
    )


def printed(
    *layers: dict[str, Any], bleed: float = 3, unit: str = "mm", size: tuple[float, float] = (90, 55)
) -> Design:
    width, height = size
    item = {"id": "post", "width": width, "height": height, "unit": unit, "dpi": 300, "bleed_size": bleed}
    return parse_design({"id": "p", "type": "printer", "formats": [item], "elements": [GROUND, *layers]})


PAGE = "elements: {title: '{{ t }}'}\noutput: {image_file_type: html5, html5: {%s}}"


def ad(options: str, *columns: str, duration: float = 8.0, **more: Any) -> Bench:
    return Bench(PAGE % options, ["t", *columns], moving(duration), **more)


def test_an_address_that_no_click_opens_fails_and_is_named_at_its_cell() -> None:
    """The maker of the page refuses it: each such row would be an ad that was paid for and is not there."""
    one = ad("click_tag: '{{ to }}'", "to")
    assert one.codes("Lamp", "https://example.com/lamp") == []
    found = one.only("bad_value", "Lamp", "javascript:alert(1)")
    assert (found.origin.column, found.severity, facts(found)["formats"]) == ("to", Severity.ERROR, "post")
    assert "click_tag" in found.message
    elsewhere = ad("click_tag: '{{ to }}'", "to", provider=HOSTED)
    assert elsewhere.only("html5_limit", "Lamp", "javascript:alert(1)").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("options", "duration", "word"),
    [
        ("ad_network: google-ads, click_tag: 'https://example.com'", 8.0, ""),
        ("ad_network: google-ads, click_tag: 'https://example.com'", 40.0, "at most 30 s"),
        ("ad_network: google-ads, click_tag: 'https://example.com', repeat: -1", 8.0, "for ever"),
        ("ad_network: no-such-network, click_tag: 'https://example.com'", 8.0, "no-such-network"),
    ],
)
def test_what_a_network_refuses_is_a_warning_told_once(options: str, duration: float, word: str) -> None:
    one = ad(options, duration=duration)
    found = [problem for problem in one.check("Lamp") if problem.code == "html5_limit"]
    assert [word in problem.message for problem in found] == ([True] if word else [])
    assert all(problem.severity is Severity.WARNING for problem in found)
    assert "html5_limit" not in one.codes("Chair")


@pytest.mark.parametrize(("fps", "is_told"), [("", True), ("2", False)])
def test_a_gif_of_more_frames_than_are_written_is_named(fps: str, is_told: bool) -> None:
    """It would be refused after the pictures of the row were fetched, for each of ten thousand rows."""
    mapping = "elements: {title: '{{ t }}'}\noutput: {image_file_type: gif, gif: {max_fps: '{{ f }}'}}"
    codes = Bench(mapping, ["t", "f"], moving(600)).codes("Lamp", fps)
    # 400 x 300 px in 600 seconds: 5,400 frames are 648 megapixels.
    assert "cannot_be_made" not in codes
    wide = parse_design(
        {
            "id": "w",
            "type": "animated",
            "animation": {"duration": 600},
            "formats": [{"id": "post", "width": 800, "height": 600}],
            "elements": [GROUND, TITLE],
        }
    )
    assert ("cannot_be_made" in Bench(mapping, ["t", "f"], wide).codes("Lamp", fps)) is is_told
    assert "cannot_be_made" not in Bench(mapping, ["t", "f"], wide, provider=HOSTED).codes("Lamp", fps)


def test_a_film_is_not_held_against_the_rules_of_pages() -> None:
    one = Bench("elements: {title: '{{ t }}'}", ["t"], moving(300))
    assert one.codes("Lamp") == []


# -- bleed

WHOLE = (0.0, 0.0, 90.0, 30.0)
INSIDE = (10.0, 10.0, 40.0, 30.0)


@pytest.mark.parametrize(
    ("box", "bleed", "given", "is_told"),
    [
        (WHOLE, 3, "", False),
        (WHOLE, 3, "circle", True),
        (INSIDE, 3, "circle", False),
        (WHOLE, 0, "circle", False),
    ],
)
def test_a_picture_at_the_edge_that_is_not_drawn_past_it_is_told(
    box: tuple[float, float, float, float], bleed: float, given: str, is_told: bool
) -> None:
    """A cut is never exact: what ends on the line shows a white hair, found out when ten thousand are printed."""
    mapping = "elements: {photo: {image_url: '{{ p }}', mask_name: '{{ m }}'}}"
    one = Bench(mapping, ["p", "m"], printed(layer("photo", "image", box), bleed=bleed))
    found = [problem for problem in one.check("https://example.com/a.jpg", given) if problem.code == "not_in_bleed"]
    assert [problem.origin.column for problem in found] == (["m"] if is_told else [])
    again = one.codes("https://example.com/b.jpg", given)
    assert ("not_in_bleed" in again) is is_told, "each row says its own mask"


def test_the_shape_that_the_design_gives_a_picture_is_told_once() -> None:
    shaped = layer("photo", "image", WHOLE, fitting_type="fill")
    one = Bench("elements: {photo: '{{ p }}'}", ["p"], printed(shaped))
    assert one.only("not_in_bleed", "https://example.com/a.jpg").severity is Severity.WARNING
    assert "not_in_bleed" not in one.codes("https://example.com/b.jpg")


# -- millimetres and inches


@pytest.mark.parametrize(
    ("unit", "size", "box"),
    [("mm", (90.0, 55.0), (0.0, 0.0, 50.8, 25.4)), ("in", (4.0, 2.0), (0.0, 0.0, 2.0, 1.0))],
)
@pytest.mark.parametrize(
    ("pixels", "code"),
    [((600, 300), None), ((400, 200), "picture_low_resolution"), ((200, 100), "picture_too_coarse")],
)
def test_a_picture_is_held_against_its_printed_size_and_its_dots_are_said(
    unit: str, size: tuple[float, float], box: tuple[float, ...], pixels: tuple[int, int], code: str | None
) -> None:
    of = printed(layer("photo", "image", box), unit=unit, size=size)  # type: ignore[arg-type]
    one = Bench("elements: {photo: '{{ p }}'}", ["p"], of)
    address = "https://example.com/a.jpg"
    mapped = one.map(address)
    there = Fetched(address, status=200, size_bytes=1, facts=to_text(PictureFacts("JPEG", *pixels)))
    check = PictureCheck(of, {address: there}, is_ours=True)
    found = list(check.problems(mapped.row, outputs_to_send(mapped, of), one.origins))
    assert [problem.code for problem in found] == ([code] if code else [])
    assert all(f"{pixels[0] // 2} dpi" in problem.message for problem in found)


def test_a_text_of_a_print_is_measured_in_points_whoever_prints_it() -> None:
    """Boxes are in millimetres and sizes in points: measured as if both were pixels, nothing would ever fit."""
    of = printed(text("title", (5, 5, 60, 10), "Own", font_size=14))
    assert Bench("elements: {title: '{{ t }}'}", ["t"], of).codes("A title of one line") == []
    found = Bench("elements: {title: '{{ t }}'}", ["t"], of).only("text_does_not_fit", "A title of lines " * 9)
    assert "at 14 pt" in found.message
    assert " px" not in found.message
    hosted = Bench("elements: {title: '{{ t }}'}", ["t"], of, provider=HOSTED)
    assert hosted.codes("A title of one line") == []
    assert "at 14 pt" in hosted.only("text_may_not_fit", "A title of lines " * 9).message


# -- types of file


def _paged() -> Design:
    pages = [{"id": "page_1", "width": 90, "height": 55, "unit": "mm"}]
    body = {"id": "d", "type": "printer_multipage", "pages": pages, "elements_per_page": {"page_1": [GROUND, TITLE]}}
    return parse_design(body)


DESIGNS = {
    "static": parse_design(
        {
            "id": "s",
            "type": "static",
            "formats": [{"id": "post", "width": 400, "height": 300}],
            "elements": [GROUND, TITLE],
        }
    ),
    "animated": moving(),
    "printer": printed(TITLE | {"layout": {"x": 5, "y": 5, "width": 80, "height": 40}}),
    "printer_multipage": _paged(),
}
EVERY_TYPE = sorted({kind for kinds in FILE_TYPES.values() for kind in kinds})


@pytest.mark.parametrize("kind", FILE_TYPES)
@pytest.mark.parametrize("asked", EVERY_TYPE)
def test_a_type_of_file_that_the_design_is_none_of_is_said_before_anything_else(kind: str, asked: str) -> None:
    """The API answers 400 to each row of it."""
    where = "pages: {page_1: {title: '{{ t }}'}}" if kind == "printer_multipage" else "elements: {title: '{{ t }}'}"
    one = Bench(f"{where}\noutput: {{image_file_type: '{{{{ f }}}}'}}", ["t", "f"], DESIGNS[kind])
    found = one.check("Lamp", asked)
    if asked in FILE_TYPES[kind]:
        assert [problem.code for problem in found if problem.severity is Severity.ERROR] == []
        return
    assert [(problem.code, problem.origin.column) for problem in found] == [("bad_value", "f")]
    assert ", ".join(FILE_TYPES[kind]) in found[0].message


@pytest.mark.parametrize(("kind", "asked", "extra"), [("animated", "gif", VIDEO), ("printer", "pdf", PRINT)])
def test_an_extra_that_is_missing_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, kind: str, asked: str, extra: Extra
) -> None:
    monkeypatch.setattr(structure, "missing_extra", lambda *_: extra)
    mapping = f"elements: {{title: '{{{{ t }}}}'}}\noutput: {{image_file_type: {asked}}}"
    one = Bench(mapping, ["t"], DESIGNS[kind], provider=Provider(file_types=frozenset(("html5",))))
    found = one.only("extra_missing", "Lamp")
    assert (found.severity, extra.remedy in found.message) == (Severity.ERROR, True)


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_what_plays_is_left_out_of_a_still_and_told_once(kind: str) -> None:
    of = parse_design(
        {
            "id": "s",
            "type": "static",
            "formats": [{"id": "post", "width": 400, "height": 300}],
            "elements": [GROUND, layer("clip", kind, (0, 0, 40, 30))],
        }
    )
    one = Bench("elements: {clip: '{{ c }}'}", ["c"], of)
    assert one.only("without_effect", "https://example.com/a.mp4").severity is Severity.WARNING
    assert one.codes("https://example.com/b.mp4") == []
