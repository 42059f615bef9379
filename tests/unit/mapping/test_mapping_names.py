"""Names: slugs, near misses, what headers say by themselves, what feeds call things, addresses in cells."""

from __future__ import annotations

import pytest

from bulkgen.mapping.addresses import addresses, first_address
from bulkgen.mapping.aliases import alias, is_never_printed, normalise
from bulkgen.mapping.columns import is_result_column, read_header
from bulkgen.mapping.names import Columns, find, near, slug, suggest
from bulkgen.wire.design import Design, parse_design

DESIGN = parse_design(
    {
        "id": "d",
        "type": "static",
        "formats": [{"id": "facebook-post", "width": 10, "height": 10}, {"id": "story", "width": 9, "height": 16}],
        "elements": [
            {"name": "root", "type": "container"},
            {"name": "title", "type": "text", "attributes": [{"id": "payload", "value": "Hi {city}"}]},
            {"name": "tb-text_0", "type": "text"},
            {"name": "a.b", "type": "text"},
            {"name": "photo", "type": "image"},
            {"name": "script", "type": "code"},
        ],
    }
)
BOOK = parse_design(
    {
        "id": "b",
        "type": "printer_multipage",
        "pages": [{"id": "page_1", "width": 210, "height": 297}, {"id": "page_2", "width": 210, "height": 297}],
        "elements_per_page": {
            page: [
                {
                    "name": name,
                    "type": "text",
                    "attributes": {"payload": {"id": "payload", "value": "x"}},
                    "layout": {"x": 0, "y": 0, "width": 1, "height": 1},
                }
                for name in ("headline", f"only {page}")
            ]
            for page in ("page_1", "page_2")
        },
    }
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Image Src", "image_src"),
        ("  Price (EUR) ", "price_eur"),
        ("2 Kg", "_2_kg"),
        ("Größe", "größe"),
        ("ＦＵＬＬ", "full"),
        ("商品名", "商品名"),
        ("---", ""),
        ("a__b", "a_b"),
    ],
)
def test_a_slug_is_what_expressions_write(header: str, expected: str) -> None:
    assert slug(header) == expected


def test_a_column_is_said_by_its_slug_where_that_is_enough() -> None:
    columns = Columns(("Title", "A b", "a-b", "row", "if", "it's \\ odd", ""))
    assert columns.expression("Title") == "title"
    assert columns.expression("A b") == "row['A b']"
    assert columns.expression("row") == "row['row']"
    assert columns.expression("if") == "row['if']"
    assert columns.expression("it's \\ odd") == "it_s_odd"
    assert columns.clashing == {"a_b": ("A b", "a-b")}


def test_a_near_miss_is_named_and_a_far_one_is_not() -> None:
    assert near("titel", ["title", "price"])[0] == "title"
    assert near("zzz", ["title", "price"]) == ()
    assert suggest("titel", ["title", "price"], "layers") == "did you mean 'title'? layers: title, price"
    assert suggest("x", [], "layers") == "there are no layers"


def test_a_name_is_found_loosely_only_when_it_is_the_only_one() -> None:
    assert find("Product Title", ["product-title"]) == "product-title"
    assert find("a b", ["a-b", "a_b"]) is None
    assert find("a-b", ["a-b", "a_b"]) == "a-b"


@pytest.mark.parametrize(
    ("header", "expected", "design"),
    [
        ("title", "title.payload", DESIGN),
        ("TITLE", "title.payload", DESIGN),
        ("Tb text 0", "tb-text_0.payload", DESIGN),
        ("title.color", "title.color", DESIGN),
        ("title:Font Size", "title.font_size", DESIGN),
        ("a.b", "a.b.payload", DESIGN),
        ("a.b.color", "a.b.color", DESIGN),
        ("photo", "photo.image_url", DESIGN),
        ("photo.image url", "photo.image_url", DESIGN),
        ("root.background_color", "root.background_color", DESIGN),
        ("vars.city", "vars.city", DESIGN),
        ("Formats", "formats", DESIGN),
        ("vars.town", None, DESIGN),
        ("title.colour", None, DESIGN),
        ("script", None, DESIGN),
        ("script.payload", None, DESIGN),
        ("sku", None, DESIGN),
        ("", None, DESIGN),
        (".", None, DESIGN),
        ("page_1.headline", "page_1.headline.payload", BOOK),
        ("page 2.headline.color", "page_2.headline.color", BOOK),
        ("headline", "headline.payload", BOOK),
        ("headline.color", "headline.color", BOOK),
        ("page_1.only page_2", None, BOOK),
        ("formats", None, BOOK),
    ],
)
def test_a_header_names_what_it_fills(header: str, expected: str | None, design: Design) -> None:
    target = read_header(header, design)
    assert (str(target) if target else None) == expected


@pytest.mark.parametrize(
    ("header", "is_result"),
    [
        ("facebook-post url", True),
        ("story file", True),
        ("story error", True),
        ("document url", True),
        ("bulkgen status", True),
        ("bulkgen detail", True),
        ("image url", False),
        ("url", False),
        ("error", False),
    ],
)
def test_the_columns_of_an_earlier_report_are_no_input(header: str, is_result: bool) -> None:
    """A report that is fed back must not print its own links on banners."""
    assert is_result_column(header, DESIGN) is is_result


@pytest.mark.parametrize(
    ("header", "field", "is_strong"),
    [
        ("g:image_link", "image", True),
        ("Image link [image_link]", "image", True),
        ("\ufeffTitle", "title", True),
        ("Name *", "title", True),
        ("Product name", "title", True),
        ("Body (HTML)", "description", True),
        ("Variant Price", "price", True),
        ("Variant Compare At Price", "regular_price", True),
        ("Compare-at price", "regular_price", True),
        ("Variant Image", "more_images", True),
        ("Image 3", "more_images", True),
        ("Product image URL", "image", True),
        ("sale_price", "sale_price", True),
        ("Aktionspreis", "sale_price", True),
        ("цена", "price", False),
        ("Название_позиции", "title", True),
        ("item_group_id", "group_id", True),
        ("商品名", "title", True),
    ],
)
def test_a_feed_column_is_known_by_its_names(header: str, field: str, is_strong: bool) -> None:
    found = alias(header)
    assert found is not None
    assert (found.field, found.is_strong) == (field, is_strong)


@pytest.mark.parametrize("header", ["price per unit", "titles", "image alt text", "Price / International", ""])
def test_a_name_is_never_known_by_a_part_of_it(header: str) -> None:
    assert alias(header) is None


def test_what_the_shop_paid_is_never_printed() -> None:
    assert is_never_printed("Cost per item")
    assert is_never_printed("variant_cost")
    assert is_never_printed("Wholesale Price")
    assert not is_never_printed("price")
    assert normalise("Weight (kg)") == "weight"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("https://a/b.jpg", ["https://a/b.jpg"]),
        ("//cdn.x/a.jpg", ["https://cdn.x/a.jpg"]),
        ("https://a/b c.jpg", ["https://a/b%20c.jpg"]),
        ("https://a/b%2Cc.jpg", ["https://a/b%2Cc.jpg"]),
        ("https://a/1.jpg, https://a/2.jpg", ["https://a/1.jpg", "https://a/2.jpg"]),
        ("https://a/1.jpg|https://a/2.jpg;//a/3.jpg", ["https://a/1.jpg", "https://a/2.jpg", "https://a/3.jpg"]),
        ("https://a/x,y;z.jpg", ["https://a/x,y;z.jpg"]),
        ("https://a/1.jpg,", ["https://a/1.jpg"]),
        ('["https://a/1.jpg", "https://a/2.jpg"]', ["https://a/1.jpg", "https://a/2.jpg"]),
        ('[{"url": "https://a/1.jpg"}]', ["https://a/1.jpg"]),
        ("photo.jpg", []),
        ("", []),
        ("[", []),
        ("[" * 5000, []),
    ],
)
def test_addresses_are_told_apart_only_where_one_begins(cell: str, expected: list[str]) -> None:
    """Commas and semicolons also live inside addresses; a cut one is dead."""
    assert addresses(cell) == expected


def test_a_cell_without_an_address_stays_what_it_is() -> None:
    assert first_address(" photo.jpg ") == "photo.jpg"
