"""`bulkgen map` on feeds of others: title, price, sale price and picture of the product card are the right ones."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from feed_tables import FEEDS, design, table

from bulkgen.errors import SheetError
from bulkgen.mapping.file import load_mapping
from bulkgen.mapping.guess import Certainty
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.proposal import Proposal, propose
from bulkgen.mapping.written import mapping_yaml
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.sheet.read import open_sheet

OTHERS = "no-licence-stated/"
SPREE_PICTURES = "https://raw.githubusercontent.com/spree/"
# What a banner shows where nothing is to be shown, and what stands for a file that is sent along.
HIDDEN, NOTHING, FILE = "(hidden)", "(nothing)", "sha256:"


@dataclass(frozen=True)
class Feed:
    """Row `row` of a feed (from 0), and what its banner must show; `unsure` are words that the proposal must say."""

    name: str
    row: int
    title: str
    price: str
    old_price: str
    photo: str
    key: str = ""
    unsure: tuple[str, ...] = ()


BARE = "its cells name no currency"
FEED_CASES = (
    *(
        Feed(f"bagisto_products.{kind}", row, title, price, old, FILE, "sku", (BARE, "is not looked at"))
        for kind in ("csv", "xlsx", "xml")
        for row, title, price, old in (
            (0, "Arctic Cozy Knit Unisex Beanie", "14", HIDDEN),
            (2, "Arctic Touchscreen Winter Gloves", "17", "21"),
        )
    ),
    Feed("google_base_rss.xml", 0, "Google Mini", "$2,995.00", HIDDEN, "http://www.googlestore.com/", "upc"),
    Feed("google_base_atom.xml", 1, "Acme Laptop", "$1,400.00", HIDDEN, "http://www.providers-website.com/", "upc"),
    Feed("google_rss_zwanski.xml", 1, "Website Pro — E-commerce Ready", "$1,299.00", HIDDEN, "https://zwanski", "id"),
    Feed("magento_gear_bags.csv", 0, "Joust Duffle Bag", "34", HIDDEN, NOTHING, "sku", (BARE, "No column", "photo")),
    Feed("magento_gear_bags.csv", 9, "Savvy Shoulder Tote", "24", "32", NOTHING, "sku"),
    Feed("shopify_packt_furniture.csv", 0, "Floor Lamp", "69.99", "85.00", "https://cdn.shopify.com/", unsure=(BARE,)),
    Feed("woocommerce_sample_products.csv", 3, "Beanie", "18", "20", "https://classiccommerce.cc/", "ID", (BARE,)),
    # A variable product has no price of its own: better none than the design's.
    Feed("woocommerce_sample_products.csv", 0, "T-Shirt", HIDDEN, HIDDEN, "https://classiccommerce.cc/", "ID"),
    Feed(OTHERS + "google_atom_outdoor_ru.xml", 0, "Верхнее термобельё", "3 145,00 ₽", HIDDEN, "https://ekip", "id"),
    Feed(
        OTHERS + "google_rss_jewellery_fr.xml", 0, "Bague anti stress", "€14.00", HIDDEN, "https://images.sumup", "id"
    ),
    Feed(OTHERS + "google_tsv_apparel.tsv", 0, "Glacier Pro Men's", "€349.00", HIDDEN, "https://jabadia", "id"),
    # A sale price that equals the price is no sale.
    Feed(OTHERS + "meta_catalog_gbp.csv", 0, "Ammonite wall sculpture", "£400.00", HIDDEN, "https://cdn.", "id"),
    Feed(OTHERS + "meta_template_comment_row.csv", 0, "Blue Facebook", "$10.00", HIDDEN, "https://www.facebook.com/"),
    Feed(
        OTHERS + "shopify_apparel.csv", 0, "Ocean Blue Shirt", "50", HIDDEN, "https://burst.", unsure=(BARE, "where:")
    ),
    Feed(OTHERS + "shopify_home-and-garden.csv", 2, "Copper Light", "59.99", "75", "https://burst.", unsure=(BARE,)),
)


def proposed(name: str) -> tuple[Proposal, str, list[dict[str, str]]]:
    headers, rows = table(name)
    card = design("product-card")
    found = propose(card, headers, rows, 50)
    return found, mapping_yaml(found.guess, card, found, reference="product-card"), rows


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder as the shop would have it beside its sheet."""
    archive = FEEDS / "bagisto_product-images.zip"
    if archive.exists():
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(tmp_path)
    return tmp_path


def mapper(name: str, text: str, folder: Path) -> Mapper:
    headers, _ = table(name)
    path = folder / "feed.mapping.yaml"
    path.write_text(text, "utf-8")
    columns = tuple(Column(header, index) for index, header in enumerate(headers, 1))
    outline = SheetOutline(folder / "feed.csv", SheetKind.CSV, columns, 1)
    return Mapper(load_mapping(path), design("product-card"), outline, folder=folder)


def shown(elements: Any, layer: str, *names: str) -> str:
    values = elements.get(layer, {})
    if values.get("hidden"):
        return HIDDEN
    return next((str(values[name]) for name in names if name in values), NOTHING).replace("\u00a0", " ")


@pytest.mark.parametrize("feed", FEED_CASES, ids=lambda feed: f"{feed.name}-{feed.row}")
def test_a_feed_gets_title_price_sale_price_and_picture_right(feed: Feed, pictures: Path) -> None:
    """A price that is another product's, or another meaning's, is an offence on every banner of the feed."""
    found, text, rows = proposed(feed.name)
    mapped = mapper(feed.name, text, pictures).map(Row(feed.row, feed.row + 2, "feed", rows[feed.row]))
    assert mapped.errors == ()
    (want,) = mapped.wants
    elements = want.payload.elements
    assert shown(elements, "title", "payload").startswith(feed.title)
    assert shown(elements, "price", "payload") == feed.price
    assert shown(elements, "old_price", "payload") == feed.old_price
    assert shown(elements, "photo", "image_url", "image_encoded").startswith(feed.photo)
    assert found.key.column == feed.key
    said = f"{text} No column: {' '.join(found.unfilled)}"
    for words in feed.unsure:
        assert words in " ".join(said.replace("#", "").split()), words


def test_a_saving_is_the_products_own_or_hidden(pictures: Path) -> None:
    """The design's own −17% on a product at its full price is a reduction that is not true."""
    name = "shopify_packt_furniture.csv"
    _, text, rows = proposed(name)
    every = mapper(name, text, pictures)
    wants = [every.map(Row(n, n + 2, "", row)).wants[0] for n, row in enumerate(rows[:3])]
    badges = [shown(want.payload.elements, "badge", "payload") for want in wants]
    assert badges == ["−18%", "−13%", "−47%"]
    plain, _, _ = proposed(OTHERS + "google_tsv_apparel.tsv")
    assert plain.guess.mapping.elements["badge"] == {"hidden": "true"}


def test_rows_of_variants_without_a_name_and_parents_without_a_price_are_told(pictures: Path) -> None:
    """Spree writes the name on the parent and the price on the variant: no row alone is a banner."""
    name = "spree_products.csv"
    found, text, rows = proposed(name)
    elements = found.guess.mapping.elements
    assert elements["title"] == "{{ name }}"
    assert elements["photo"] == "{{ image1_src }}"
    assert elements["price"] == "{{ price | money(currency) }}"
    assert elements["old_price"]["payload"] == "{{ compare_at_price | was(price) | money(currency) }}"
    assert '# where: "name"  # leaves out the 174 rows without a title' in text
    every = mapper(name, text, pictures)
    parent, variant = (every.map(Row(n, n + 2, "", rows[n])) for n in (0, 1))
    assert [problem.code for problem in parent.errors] == ["not_a_price"]
    assert [problem.code for problem in variant.errors] == ["mandatory_layer"]
    both = every.map(Row(0, 2, "", rows[1] | {"name": rows[0]["name"]}))
    assert shown(both.wants[0].payload.elements, "price", "payload") == "$879.99"
    assert shown(both.wants[0].payload.elements, "photo", "image_url").startswith(SPREE_PICTURES)


def test_a_table_of_pictures_alone_says_what_it_lacks() -> None:
    found, text, _ = proposed("magento_gear_bags_images.csv")
    assert found.guess.mapping.elements == {"photo": "{{ image }}"}
    assert {"title", "price", "old_price"} <= set(found.unfilled)
    assert found.key.column == ""
    assert "'sku' has 14 values in 18 rows" in text


def test_a_parquet_table_of_a_fashion_shop_is_mapped_from_its_columns(pictures: Path) -> None:
    found, _, rows = proposed("livostyle_fashion_300.parquet")
    assert len(rows) == 300
    elements = found.guess.mapping.elements
    assert elements["title"] == "{{ title }}"
    assert elements["photo"] == "{{ featured_image_url }}"
    assert elements["price"] == "{{ price_min_usd | money('USD') }}"
    assert elements["rating"] == "{{ (review_rating | amount) * 20 }}"
    assert elements["old_price"] == {"hidden": "true"}
    assert found.guess.why["price.payload"].certainty is Certainty.POSSIBLE
    assert found.key.column == "id"


def test_a_feed_that_is_not_read_says_what_to_do() -> None:
    for name in ("bagisto_products.xls", "bagisto_product-images.zip"):
        if not (FEEDS / name).exists():
            pytest.skip("the sample feeds are not here")
        with pytest.raises(SheetError) as error:
            open_sheet(FEEDS / name)
        assert error.value.hint


@pytest.mark.parametrize("name", sorted({feed.name for feed in FEED_CASES}))
def test_each_mapped_line_of_a_feed_says_how_sure_it_is_and_why(name: str) -> None:
    found, text, _ = proposed(name)
    words = [one.value for one in Certainty]
    lines = text.splitlines()
    for line in found.guess.why.values():
        assert line.reason
        layer = line.target.rpartition(".")[0]
        place = next(index for index, one in enumerate(lines) if one.startswith(f"  {layer}:"))
        near = "\n".join(lines[max(0, place - 4) : place + 8])
        assert any(f"# {word}: " in near for word in words), line.target
    # What is left over is told too: a column is mapped, or told why not, or listed.
    told = {line.column for line in found.guess.lines} | set(found.guess.unused)
    assert told >= set(table(name)[0])
