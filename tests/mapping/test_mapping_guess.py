"""Automatic mapping: by header, by what feeds call things, by values, and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.guess import Certainty, Guess
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.written import mapping_yaml
from bulkgen.wire.design import Design


def guess(
    bench: Any, columns: Sequence[str], rows: Sequence[dict[str, str]] = (), design: Design | None = None
) -> Guess:
    """Every guess must be one that a Mapper takes, and that survives being written down."""
    chosen = design or bench.static
    found = guess_mapping(chosen, columns, rows)
    text = mapping_yaml(found, chosen)
    reread = parse_mapping(text)
    assert reread.model_dump(exclude={"design"}) == found.mapping.model_dump(exclude={"design"})
    if found.mapping.elements or found.mapping.pages or found.mapping.vars:
        assert isinstance(bench.mapper(text, columns, chosen), Mapper)
    return found


def certainty(found: Guess, column: str) -> Certainty | None:
    return next((line.certainty for line in found.lines if line.column == column), None)


def test_headers_that_name_layers_map_themselves(bench: Any) -> None:
    columns = ["Title", "title.color", "PHOTO:image url", "root.background_color", "vars.city", "Formats", "sku"]
    found = guess(bench, columns)
    assert found.mapping.elements == {
        "title": {"payload": "{{ title }}", "color": "{{ title_color }}"},
        "photo": "{{ photo_image_url }}",
        "root": "{{ root_background_color }}",
    }
    assert found.mapping.vars == {"city": "{{ vars_city }}"}
    assert found.mapping.formats == "{{ formats }}"
    assert found.unused == ("sku",)
    assert all(line.certainty is Certainty.CERTAIN for line in found.lines)


def test_pages_map_themselves(bench: Any) -> None:
    found = guess(bench, ["page_1.headline", "Page 2.Headline.color", "intro"], design=bench.pages)
    assert found.mapping.pages == {
        "page_1": {"headline": "{{ page_1_headline }}"},
        "page_2": {"headline": {"color": "{{ page_2_headline_color }}"}},
    }
    assert found.mapping.elements == {"intro": "{{ intro }}"}


GOOGLE = ["id", "title", "description", "link", "image_link", "additional_image_link", "price", "sale_price", "brand"]
SHOPIFY = ["Handle", "Title", "Vendor", "Variant Price", "Variant Compare At Price", "Image Src", "Variant Image"]
WOO = ["ID", "Name", "Regular price", "Sale price", "Images"]


@pytest.mark.parametrize(
    ("columns", "title", "price", "old_price", "photo"),
    [
        (GOOGLE, "{{ title }}", "{{ price | now(sale_price) }}", "{{ price | was(sale_price) }}", "{{ image_link }}"),
        (
            SHOPIFY,
            "{{ title }}",
            "{{ variant_price }}",
            "{{ variant_compare_at_price | was(variant_price) }}",
            "{{ image_src }}",
        ),
        (
            WOO,
            "{{ name }}",
            "{{ regular_price | now(sale_price) }}",
            "{{ regular_price | was(sale_price) }}",
            "{{ images }}",
        ),
    ],
)
def test_feeds_are_known(bench: Any, columns: list[str], title: str, price: str, old_price: str, photo: str) -> None:
    """`price` is the regular price at one vendor and the current one at the next; the wrong way round is an offence."""
    found = guess(bench, columns)
    assert found.mapping.elements["title"] == title
    assert found.mapping.elements["price"] == price
    assert found.mapping.elements["old_price"] == {"payload": old_price, "empty": "hide"}
    assert found.mapping.elements["photo"] == photo


@pytest.mark.parametrize(
    ("regular", "sale", "shown", "struck"),
    [
        ("49.90 EUR", "39.90 EUR", "39.90 EUR", "49.90 EUR"),
        ("49.90 EUR", "", "49.90 EUR", None),
        ("49.90 EUR", "49.90 EUR", "49.90 EUR", None),
        ("49.90 EUR", "59.90 EUR", "49.90 EUR", None),
        ("49.90 EUR", "0.00 EUR", "49.90 EUR", None),
        ("", "39.90 EUR", "39.90 EUR", None),
    ],
)
def test_a_guessed_price_is_the_one_to_pay(bench: Any, regular: str, sale: str, shown: str, struck: str | None) -> None:
    columns = ["title", "price", "sale_price"]
    text = mapping_yaml(guess(bench, columns), bench.static)
    elements = bench.elements(text, {"title": "T", "price": regular, "sale_price": sale})
    assert elements["price"] == {"payload": shown}
    assert elements["old_price"] == ({"payload": struck} if struck else {"hidden": True})


def test_columns_that_name_their_layers_are_taken_at_their_word(bench: Any) -> None:
    found = guess(bench, ["price", "old_price"])
    assert found.mapping.elements == {"price": "{{ price }}", "old_price": "{{ old_price }}"}


def test_prices_that_are_the_wrong_way_round_are_a_question(bench: Any) -> None:
    rows = [{"price": "10 EUR", "compare at price": "5 EUR"}] * 3
    found = guess(bench, ["price", "compare at price"], rows)
    assert certainty(found, "compare at price") is Certainty.QUESTION
    assert "old_price" not in found.mapping.elements


def test_a_tie_is_a_question_and_not_a_guess(bench: Any) -> None:
    found = guess(bench, ["image", "picture"])
    assert "photo" not in found.mapping.elements
    assert certainty(found, "image") is certainty(found, "picture") is Certainty.QUESTION
    assert set(found.unused) == {"image", "picture"}


def test_an_empty_column_does_not_make_a_tie(bench: Any) -> None:
    found = guess(bench, ["image", "picture"], [{"image": "", "picture": "https://x.y/1.jpg"}])
    assert found.mapping.elements["photo"] == "{{ picture }}"


def test_two_columns_for_one_layer_are_told(bench: Any) -> None:
    found = guess(bench, ["title", "TITLE"])
    assert found.mapping.elements["title"] == "{{ row['title'] }}"
    assert certainty(found, "TITLE") is Certainty.QUESTION


@pytest.mark.parametrize("column", ["Cost per item", "cost", "Wholesale price"])
def test_what_the_shop_paid_is_never_mapped(bench: Any, column: str) -> None:
    """The purchase price on a banner cannot be taken back."""
    found = guess(bench, [column], [{column: "5.00 EUR"}])
    assert found.mapping.elements == {}
    assert certainty(found, column) is Certainty.NEVER


def test_weak_names_count_only_when_their_values_fit(bench: Any) -> None:
    assert guess(bench, ["url"], [{"url": "https://x.y/1.jpg"}]).mapping.elements == {"photo": "{{ url }}"}
    assert "photo" not in guess(bench, ["url"], [{"url": "https://x.y/shoe"}]).mapping.elements
    assert guess(bench, ["Preis"], [{"Preis": "5,00 €"}]).mapping.elements["price"] == "{{ preis }}"
    assert guess(bench, ["Preis"], [{"Preis": "auf Anfrage"}]).mapping.elements == {}


def test_the_one_column_of_pictures_goes_to_the_one_picture_layer(bench: Any) -> None:
    rows = [{"hero": f"img/{number}.JPG?v=2"} for number in range(5)]
    found = guess(bench, ["hero"], rows)
    assert found.mapping.elements == {"photo": "{{ hero }}"}
    assert certainty(found, "hero") is Certainty.POSSIBLE


def test_a_report_that_is_fed_back_maps_as_its_input_did(bench: Any) -> None:
    columns = ["title", "post url", "post file", "post error", "story url", "bulkgen status", "bulkgen detail"]
    rows = [{"post url": "https://x.y/1.png"}]
    found = guess(bench, columns, rows)
    assert found.mapping.elements == {"title": "{{ title }}"}
    assert found.unused == ()


def test_a_property_that_a_layer_does_not_have_is_told_with_the_near_miss(bench: Any) -> None:
    found = guess(bench, ["title.colour"])
    (line,) = found.lines
    assert line.certainty is Certainty.QUESTION
    assert "did you mean 'color'" in line.reason
    assert str(line).startswith("title.colour (question: layer 'title' has no property 'colour'")


def test_odd_headers_are_written_down_safely(bench: Any, make_design: Any) -> None:
    """A header is text from outside: in a comment or in quotes it must not become something else."""
    columns = ['it\'s: "x" #\n\u0085 {{ title }}', "title", "\ud83d", "a\\'b", "no"]
    assert guess(bench, columns).mapping.elements == {"title": "{{ title }}"}
    named = make_design(name="x\n: y # z\u2028")
    assert guess(bench, ["title"], design=named).mapping.elements == {"title": "{{ title }}"}
