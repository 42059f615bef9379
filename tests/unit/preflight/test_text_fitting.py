"""Texts in their boxes: what the layout would do is known before a banner is paid for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from checking_cases import FONTS, HOSTED, INTER, Bench, bare, design, facts, layer, text

from bulkgen.preflight.fitting import SAID
from bulkgen.preflight.texts import Fit, TextMeasure, TextVerdict
from bulkgen.render.failures import RenderError
from bulkgen.render.layout import lay_out
from bulkgen.render.scene import resolve
from bulkgen.sheet.problems import Severity
from bulkgen.wire.design import Design, parse_design
from bulkgen.wire.design_reads import read_body

LONG = "A lamp of oiled oak and hand-blown glass with a linen shade for the long evenings of a northern winter"
MIDDLE = "A lamp of oiled oak with a linen shade"
DESIGNS = (
    "customer-quote",
    "display-set",
    "event-ticket",
    "job-opening",
    "new-arrival",
    "product-card",
    "real-estate",
    "recipe",
    "seasonal-sale",
    "story-motion",
)


def verdict(of: Design, format_id: str = "post", name: str = "title", **elements: Any) -> TextVerdict:
    found = {one.layer: one for one in TextMeasure(of, FONTS).verdicts(format_id, elements)}
    return found[name]


def fails(of: Design, elements: Mapping[str, Any]) -> bool:
    try:
        lay_out(resolve(of, "post", elements), FONTS)
    except RenderError:
        return True
    return False


def test_a_short_text_fits_at_the_designs_size() -> None:
    found = verdict(design(), title={"payload": "Oak lamp"})
    assert (found.fit, found.size_px, found.lines) == (Fit.FITS, 40, 1)


def test_a_longer_text_fits_after_shrinking_and_the_size_is_told() -> None:
    found = verdict(design(), title={"payload": MIDDLE})
    assert found.fit is Fit.SHRUNK
    assert 24 <= found.size_px < 40
    assert found.size_px == next(
        item.text.size
        for item in lay_out(resolve(design(), "post", {"title": {"payload": MIDDLE}}), FONTS)
        if item.layer.name == "title" and item.text
    )


def test_a_text_that_does_not_fit_says_by_how_much() -> None:
    """Without the figures a person shortens by guessing, and checks again, and guesses again."""
    found = verdict(design(), title={"payload": LONG})
    assert found.fit is Fit.TOO_LONG
    assert found.size_px == 24
    assert found.lines > 2
    assert found.over_lines == found.lines - 2
    assert 0 < found.fits_at_px < 24


def test_its_longest_start_fits_and_one_word_more_does_not() -> None:
    found = verdict(design(), title={"payload": LONG})
    words = LONG.split()
    count = len(found.keeps.split())
    assert 0 < count < len(words)
    assert found.keeps == " ".join(words[:count])
    assert not fails(design(), {"title": {"payload": found.keeps}})
    assert fails(design(), {"title": {"payload": " ".join(words[: count + 1])}})


def test_the_size_named_is_one_at_which_it_fits() -> None:
    found = verdict(design(), title={"payload": LONG})
    allowed = {"payload": LONG, "auto_resize": True, "min_font_size": found.fits_at_px}
    assert not fails(design(), {"title": allowed})
    assert fails(design(), {"title": allowed | {"min_font_size": found.fits_at_px + 0.25}})


def test_too_high_is_told_in_pixels() -> None:
    of = design(text("title", (20, 20, 300, 50), font_size=20, line_height=120))
    found = verdict(of, title={"payload": LONG})
    assert found.fit is Fit.TOO_LONG
    # Lines of 24 px in a box of 50; the first line is as high as its letters.
    assert found.over_px == pytest.approx(24 * (found.lines - 1) + 20 * 1.2 - 50, abs=4)


def test_a_label_that_is_too_wide_is_told_in_pixels() -> None:
    found = verdict(design(), name="cta", cta={"payload": "Order the whole collection now"})
    assert (found.fit, found.lines) == (Fit.TOO_LONG, 0)
    wider = layer("cta", "button", (20, 250, 160 + found.over_px + 1, 40), payload="x", font=INTER, font_size=16)
    assert not fails(design(wider), {"cta": {"payload": "Order the whole collection now"}})


def test_a_text_that_the_design_may_cut_is_cut_and_where_is_told() -> None:
    of = design(text("title", (20, 20, 300, 90), max_lines=2, text_truncation=True))
    found = verdict(of, title={"payload": LONG})
    assert found.fit is Fit.CUT
    assert LONG.startswith(found.keeps)
    assert found.keeps


def test_characters_that_no_font_has_are_named() -> None:
    found = verdict(design(), title={"payload": "Snow \U00012000 and \U00013000, \U00012000 again"})
    assert found.fit is Fit.NO_GLYPH
    assert found.missing == ("\U00012000", "\U00013000")


def test_a_word_wider_than_its_box_is_told_even_though_it_fits_broken() -> None:
    of = design(text("title", (20, 20, 200, 250), font_size=40))
    found = verdict(of, title={"payload": "Donaudampfschifffahrtsgesellschaft"})
    assert (found.fit, found.broken_word) == (Fit.FITS, "Donaudampfschifffahrtsgesellschaft")
    assert verdict(of, title={"payload": "Donau-Dampf-Schiff-Fahrt am Abend"}).broken_word == ""


def test_hidden_layers_and_members_of_hidden_groups_are_not_measured() -> None:
    """A text that nobody sees must not keep a banner back."""
    of = design(_group("all", "title"))
    measure = TextMeasure(of, FONTS)
    for elements in (
        {"title": {"payload": LONG, "hidden": True}},
        {"title": {"payload": LONG}, "all": {"hidden": True}},
    ):
        assert "title" not in {one.layer for one in measure.verdicts("post", elements)}
    assert "title" in {one.layer for one in measure.verdicts("post", {"title": {"payload": LONG}})}


def _group(name: str, *members: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "group",
        "layer_ids": list(members),
        "layout": {"x": 0, "y": 0, "width": 9, "height": 9},
    }


def test_variables_are_measured_as_they_are_filled() -> None:
    of = design(text("title", (20, 20, 300, 50), "For {name}", max_lines=1))
    assert verdict(of, vars={"name": "Al"}).fit is Fit.FITS
    assert verdict(of, vars={"name": LONG}).fit is Fit.TOO_LONG


def test_an_override_of_the_size_switches_shrinking_off() -> None:
    payload = MIDDLE
    assert verdict(design(), title={"payload": payload}).fit is Fit.SHRUNK
    assert verdict(design(), title={"payload": payload, "font_size": 40}).fit is Fit.TOO_LONG


def test_the_same_text_is_measured_once_and_paint_does_not_count() -> None:
    """A hundred thousand rows repeat their labels and prices; measuring each again would cost an hour."""
    measure = TextMeasure(bare(text("title", (20, 20, 300, 100), "x")), FONTS)
    for color in ("#ff0000", "#00ff00"):
        list(measure.verdicts("post", {"title": {"payload": "Oak lamp", "color": color}}))
    assert measure.measured == 1
    list(measure.verdicts("post", {"title": {"payload": "Oak lamp", "font_size": 30}}))
    assert measure.measured == 2
    assert "2 measured" in repr(measure)


def test_what_is_kept_is_bounded() -> None:
    measure = TextMeasure(bare(text("title", (20, 20, 300, 100), "x")), FONTS, capacity=3)
    for number in range(6):
        list(measure.verdicts("post", {"title": {"payload": f"Lamp {number}"}}))
    assert "3 kept" in repr(measure)


def test_a_font_that_is_not_at_hand_is_unknown_and_never_fits() -> None:
    of = design(text("title", (20, 20, 300, 100), font="00000000-0000-4000-8000-000000000000"))
    assert verdict(of, title={"payload": "Lamp"}).fit is Fit.UNKNOWN
    silent = bare(layer("title", "text", (20, 20, 300, 100), payload="x"))
    found = list(TextMeasure(silent, FONTS, is_exact=False).verdicts("post", {"title": {"payload": "Lamp"}}))
    assert [one.fit for one in found] == [Fit.UNKNOWN], "a provider's default is not ours"


# -- what is said of it


TITLE = "elements: {title: '{{ t }}'}"


def test_a_text_too_long_is_an_error_of_its_cell_with_a_place_to_cut() -> None:
    bench = Bench(TITLE, ["t"])
    found = bench.only("text_does_not_fit", LONG)
    assert found.severity is Severity.ERROR
    assert found.origin.column == "t"
    assert facts(found)["formats"] == "post"
    assert LONG.startswith(facts(found)["fits"])
    assert "the smallest size" in found.message
    assert "room for 2" in found.message


def test_a_text_too_long_in_two_formats_is_one_problem_told_of_the_worse() -> None:
    boxes = {"post": (20.0, 20.0, 300.0, 100.0), "story": (20.0, 20.0, 120.0, 100.0)}
    of = design(text("title", boxes, max_lines=2, font_size=24), formats=("post", "story"))
    found = Bench(TITLE, ["t"], of).only("text_does_not_fit", LONG)
    assert facts(found)["formats"] == "post, story"
    assert "does not fit in story" in found.message
    assert found.message.endswith("also in post")


def test_a_missing_character_is_named_with_its_code_point() -> None:
    found = Bench("elements: {title: '{{ a }} {{ b }}'}", ["a", "b"]).only("no_glyph", "Lamp", "Snow \U00012000")
    assert "'\U00012000' (U+12000, cuneiform sign a)" in found.message
    assert found.origin.column == "b", "the cell that has the character, not the first of the expression"


def test_of_another_provider_a_verdict_warns_and_never_blocks() -> None:
    """An estimate that keeps a paid campaign from going out is worse than none."""
    bench = Bench(TITLE, ["t"], provider=HOSTED)
    found = [*bench.check(LONG), *bench.check("Snow \U00012000")]
    assert {"text_may_not_fit", "glyph_uncertain"} <= {one.code for one in found}
    assert not [one for one in found if one.severity is Severity.ERROR]


def test_a_font_not_at_hand_is_told_once_of_another_provider() -> None:
    of = design(text("title", (20, 20, 300, 100), font="00000000-0000-4000-8000-000000000000"))
    bench = Bench(TITLE, ["t"], of, provider=HOSTED)
    assert bench.codes("Lamp").count("font_not_at_hand") == 1
    assert "font_not_at_hand" not in bench.codes("Another lamp")


def test_a_design_of_ours_whose_font_is_missing_fails_in_every_row() -> None:
    of = design(text("title", (20, 20, 300, 100), font="00000000-0000-4000-8000-000000000000"))
    bench = Bench(TITLE, ["t"], of)
    assert bench.codes("Lamp").count("unknown_font") == 1
    assert bench.codes("Another lamp").count("unknown_font") == 1


def test_a_design_that_cannot_be_set_says_why() -> None:
    of = design(text("title", (20, 20, 300, 100), font_size="big"))
    found = Bench(TITLE, ["t"], of).only("cannot_be_made", "Lamp")
    assert "font_size is 'big'" in found.message


def test_the_designs_own_text_is_blamed_on_no_cell() -> None:
    of = design(text("price", (20, 150, 20, 50), "€99,999,999", max_lines=1))
    found = Bench(TITLE, ["t"], of).only("text_does_not_fit", "Lamp")
    assert found.origin.column == ""
    assert "the design's own text" in found.message


def test_a_cut_text_and_a_broken_word_are_warnings() -> None:
    of = design(text("title", (20, 20, 200, 90), max_lines=2, text_truncation=True))
    bench = Bench(TITLE, ["t"], of)
    assert bench.only("text_cut", LONG).severity is Severity.WARNING
    of = design(text("title", (20, 20, 200, 250)))
    found = Bench(TITLE, ["t"], of).only("word_broken", "Donaudampfschifffahrtsgesellschaft")
    assert found.severity is Severity.WARNING


def test_texts_are_counted_by_verdict_and_shrinking_is_no_problem() -> None:
    bench = Bench(TITLE, ["t"])
    assert "text_does_not_fit" not in bench.codes(MIDDLE)
    assert bench.context.state.texts["fits after shrinking"] == 1


def test_what_is_said_has_only_the_figures_that_are_known() -> None:
    of = design(text("title", (20, 20, 300, 10)), text("price", (20, 150, 200, 50), max_lines=9, text_truncation=True))
    bench = Bench("elements: {title: '{{ t }}', price: '{{ p }}'}", ["t", "p"], of)
    nothing_fits = bench.only("text_does_not_fit", "Lamp", "1 €").message
    assert "1 line at 40 px, room for none (30 px too high)" in nothing_fits
    assert "it fits up to" not in nothing_fits
    cut = bench.only("text_cut", "Lamp", "Donaudampfschifffahrtsgesellschaft").message
    assert cut == "price.payload: is cut with dots in post, at 40 px"
    label = layer("cta", "button", (20, 250, 160, 4), payload="Go", font=INTER, font_size=16)
    found = Bench("elements: {cta: '{{ c }}'}", ["c"], design(label)).only("text_does_not_fit", "Go")
    assert "does not fit in post; at 16 px" in found.message
    wide = Bench("elements: {cta: '{{ c }}'}", ["c"]).only("text_does_not_fit", "Order the whole collection now")
    assert "px too wide at 16 px; it fits up to 'Order the" in wide.message
    flat = text("title", (20, 20, 300, 0.5), "Sample")
    low = Bench("elements: {title: '{{ t }}'}", ["t"], design(flat)).only("text_does_not_fit", "Lamp")
    assert "would fit at" not in low.message
    silent = bare(layer("title", "text", (20, 20, 300, 100), payload="x"))
    told = Bench("elements: {title: '{{ t }}'}", ["t"], silent, provider=HOSTED).only("font_not_at_hand", "Lamp")
    assert "does not tell the font and size" in told.message


def test_a_property_that_no_text_can_have_is_told_as_the_renderer_tells_it() -> None:
    found = verdict(design(), title={"payload": "Lamp", "remove_bg": True})
    assert (found.fit, "remove_bg" in found.reason) == (Fit.UNSET, True)


def test_characters_that_only_fail_together_are_told_in_the_renderers_words() -> None:
    found = TextVerdict(Fit.NO_GLYPH, "post", "title", reason="Element title error: no font has it")
    assert SAID["no_glyph"](found) == "no font has it"


def test_without_fonts_everything_but_texts_is_checked() -> None:
    """Hosted runs work without the drawing libraries; their preflight must too."""
    bench = Bench(TITLE, ["t"], fonts=None)
    assert bench.codes(f"{LONG} &amp;").count("escaped_text") == 1
    assert not bench.context.state.texts


SHIPPED = Path(__file__).parents[3] / "templates"
TEXTS = (
    "Oak lamp",
    "€1,299.00",
    MIDDLE,
    LONG,
    "Donaudampfschifffahrtsgesellschaft",
    "Order the whole collection now",
    "Лампа из дуба и льна",
    "Snow \U00012000",
    f"{LONG}, {LONG}, {LONG}",
)


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_as_the_studio_tells_of_it_gives_the_verdicts_of_the_design_itself(name: str) -> None:
    """Who checks against a studio elsewhere has its read and nothing else."""
    own = parse_design(json.loads((SHIPPED / name / "design.json").read_text("utf-8")))
    told = parse_design(read_body(own))
    exact, approximate = TextMeasure(own, FONTS), TextMeasure(told, FONTS, is_exact=False)
    layers = [element.name for element in own.elements if element.type in ("text", "button")]
    for payload in TEXTS:
        elements = {layer_name: {"payload": payload} for layer_name in layers}
        for item in own.formats:
            assert list(exact.verdicts(item.id, elements)) == list(approximate.verdicts(item.id, elements))
