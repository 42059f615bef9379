"""Where layers really end up: texts in their boxes, and layers beside what others take up."""

from __future__ import annotations

from typing import Any

import pytest
from rendering_cases import FONTS, layer, placed

from bulkgen.render.failures import RenderError
from bulkgen.render.layout import Placed

LONG = "Summer in the mountains starts at your very own door"


def title(payload: str = LONG, **more: Any) -> dict[str, Any]:
    settings = {"font_size": 40, "line_height": 100, "trim": True} | more
    return layer("title", "text", (20, 20, 300, 200), payload=payload, **settings)


def top(item: Placed) -> float:
    return item.extent.y


def bottom(item: Placed) -> float:
    return item.extent.y + item.extent.height


def test_a_layer_below_follows_the_text_as_it_was_really_set() -> None:
    """Without it every short title leaves a hole in the banner."""
    line = layer("line", "shape", (20, 250, 100, 2), below="title", gap=10)
    for payload in ("Short", LONG):
        found = placed(title(payload), line)
        assert top(found["line"]) == pytest.approx(bottom(found["title"]) + 10)
    assert top(placed(title("Short"), line)["line"]) < top(placed(title(LONG), line)["line"])


def test_a_layer_above_grows_upwards_from_the_bottom() -> None:
    anchor = layer("cta", "shape", (20, 250, 100, 30))
    found = placed(title("Short", above="cta", gap=12), anchor)
    assert bottom(found["title"]) == pytest.approx(250 - 12)


def test_an_old_price_stands_right_of_a_price_of_any_width_on_one_line() -> None:
    old = layer(
        "old",
        "text",
        (0, 0, 100, 30),
        payload="99 €",
        font_size=18,
        trim=True,
        right_of="title",
        level_with="title",
        gap=8,
    )
    for payload in ("9 €", "12.499,00 €"):
        found = placed(title(payload), old)
        price = found["title"].extent
        assert found["old"].extent.x == pytest.approx(price.x + price.width + 8)
        assert bottom(found["old"]) == pytest.approx(bottom(found["title"]))


def test_what_stood_below_a_hidden_layer_follows_what_that_one_stood_below() -> None:
    sub = layer("sub", "text", (20, 100, 300, 60), payload="Sub", font_size=20, trim=True, below="title", gap=30)
    line = layer("line", "shape", (20, 250, 100, 2), below="sub", gap=10)
    found = placed(title("Short"), sub, line, sub={"hidden": True})
    assert top(found["line"]) == pytest.approx(bottom(found["title"]) + 10)


def test_below_a_hidden_layer_without_an_anchor_is_its_place() -> None:
    line = layer("line", "shape", (20, 250, 100, 2), below="title", gap=10)
    assert top(placed(title(), line, title={"hidden": True})["line"]) == 20


def test_a_panel_hugs_its_text_and_goes_with_it() -> None:
    panel = layer("panel", "shape", (0, 0, 1, 1), hug="title", padding="10 20")
    found = placed(panel, title("Short"))
    text, box = found["title"].extent, found["panel"].frame
    assert (box.x, box.y) == pytest.approx((text.x - 20, text.y - 10))
    assert (box.width, box.height) == pytest.approx((text.width + 40, text.height + 20))
    assert "panel" not in placed(panel, title("Short"), title={"hidden": True})


def test_layers_that_stand_beside_each_other_in_a_ring_are_refused_by_name() -> None:
    other = layer("sub", "text", (0, 0, 100, 50), payload="a", below="title")
    with pytest.raises(RenderError, match="ring: title -> sub -> title"):
        placed(title(below="sub"), other)


def test_a_ring_of_hidden_layers_is_refused_too() -> None:
    """It would otherwise end in a recursion error, which is nobody's fault in the report."""
    first = layer("a", "shape", (0, 0, 1, 1), below="b", hidden=True)
    second = layer("b", "shape", (0, 0, 1, 1), below="a", hidden=True)
    with pytest.raises(RenderError, match="leads back"):
        placed(first, second, layer("c", "shape", (0, 0, 1, 1), below="a"))


def test_a_text_that_does_not_fit_is_an_error_in_the_words_of_the_api() -> None:
    with pytest.raises(RenderError) as caught:
        placed(title(LONG * 5))
    assert caught.value.reason == (
        f"Element title error: The text '{(LONG * 5)[:199]}…' cannot fit within the defined space."
    )
    assert (caught.value.layer, caught.value.code) == ("title", "cannot_build_banner")


def test_auto_resize_goes_down_to_the_smallest_size_and_no_further() -> None:
    fitting = {"auto_resize": True, "min_font_size": 16}
    block = placed(title(LONG * 3, **fitting))["title"].text
    assert block is not None
    assert 16 <= block.size < 40
    with pytest.raises(RenderError, match="cannot fit"):
        placed(title(LONG * 30, **fitting))


def test_a_font_size_in_the_request_switches_fitting_off() -> None:
    fitting = title(LONG * 3, auto_resize=True, min_font_size=16)
    with pytest.raises(RenderError, match="cannot fit"):
        placed(fitting, title={"font_size": 40})
    assert placed(fitting, title={"font_size": 40, "auto_resize": True, "min_font_size": 10})["title"].text


def test_truncation_is_the_last_concession_and_is_told() -> None:
    block = placed(title(LONG * 5, text_truncation=True))["title"].text
    assert block is not None
    assert block.is_truncated
    assert bottom(placed(title(LONG * 5, text_truncation=True))["title"]) <= 220


def test_a_box_too_narrow_for_the_dots_is_an_error_and_not_dots_outside_it() -> None:
    narrow = layer("title", "text", (10, 20, 20, 20), payload="00", font="Fraunces", font_size=25, text_truncation=True)
    with pytest.raises(RenderError, match="cannot fit"):
        placed(narrow)


def test_a_long_word_is_broken_only_where_nothing_smaller_helps() -> None:
    word = "Donaudampfschifffahrtsgesellschaft"
    shrunk = placed(title(word, auto_resize=True, min_font_size=10))["title"].text
    broken = placed(title(word, auto_resize=True, min_font_size=30))["title"].text
    assert shrunk is not None
    assert broken is not None
    assert len(shrunk.lines) == 1
    assert (len(broken.lines), broken.size) == (2, 30)


def test_an_amount_and_its_currency_stay_on_one_line() -> None:
    block = placed(title("Only 1299 €", font_size=64, line_height=100))["title"].text
    assert block is not None
    assert [round(line.width) > 100 for line in block.lines] == [True, True]


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(RenderError, match=r"no font at hand has the characters '夏' \(U\+590F\), '山' \(U\+5C71\)"):
        placed(title("夏山"))


@pytest.mark.parametrize("extra", ["\ufeff", "\u200d", "\ufe0f", "\u00ad", "\x07", "\u202e"])
def test_characters_that_show_nothing_are_no_missing_glyphs(extra: str) -> None:
    """Sheets are full of them; refusing a row for one would send people hunting for what they cannot see."""
    plain, marked = (placed(title(text))["title"].text for text in ("Vase", f"Va{extra}se"))
    assert plain is not None
    assert marked is not None
    assert marked.extent.width == pytest.approx(plain.extent.width, abs=1.5)


def test_another_font_gives_what_the_chosen_one_lacks() -> None:
    block = placed(title("ab Москва", font="DM Serif Display"))["title"].text
    assert block is not None
    faces = {run.face.path.name for line in block.lines for run in line.runs}
    assert faces == {"DMSerifDisplay-Regular.ttf", "Inter-Variable.ttf"}


def test_middle_centres_the_letters_not_the_line_boxes() -> None:
    for family in ("Inter", "Fraunces", "Archivo Black"):
        block = placed(title("H", font=family, alignment="middle center", trim=False))["title"].text
        assert block is not None
        found = FONTS.family(family)
        assert found is not None
        cap = FONTS.face(found, 400, "normal", 40).metrics.cap_height * 40
        assert block.lines[0].baseline - cap / 2 == pytest.approx(120)


def test_justified_lines_reach_both_edges_but_the_last() -> None:
    block = placed(title(alignment="top justify", font_size=30))["title"].text
    assert block is not None
    *full, last = block.lines
    assert all(line.runs[-1].x + line.runs[-1].width == pytest.approx(320, abs=0.5) for line in full)
    assert last.runs[-1].x + last.runs[-1].width < 320


def test_a_button_with_padding_is_as_large_as_its_label() -> None:
    button = layer(
        "cta",
        "button",
        (0, 0, 300, 100),
        payload="Buy",
        font_size=20,
        background_padding="10 30",
        alignment="bottom right",
    )
    found = placed(button)["cta"]
    assert found.text is not None
    assert found.frame.width == pytest.approx(found.text.extent.width + 60)
    assert (found.frame.x + found.frame.width, found.frame.y + found.frame.height) == pytest.approx((300, 100))
    assert placed(layer("cta", "button", (0, 0, 300, 100), payload="Buy"))["cta"].frame.width == 300


def test_a_label_that_does_not_fit_its_button_is_an_error() -> None:
    with pytest.raises(RenderError, match="Element cta error: The text 'Book your stay' cannot fit"):
        placed(layer("cta", "button", (0, 0, 80, 30), payload="Book your stay", font_size=24))


def test_an_empty_text_takes_up_nothing() -> None:
    assert placed(title("   ")) == {}


def test_stars_shrink_into_a_box_that_is_too_narrow() -> None:
    stars = placed(layer("stars", "rating", (0, 0, 100, 50), star_dimension=40, star_margin=5))["stars"]
    assert stars.frame.width == pytest.approx(100)
    assert stars.frame.height == pytest.approx(16)
