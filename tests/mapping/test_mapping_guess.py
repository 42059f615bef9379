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


def test_a_layer_without_a_column_is_listed_by_its_page(bench: Any) -> None:
    """Two pages with a headline each are two layers: one that is filled must not hide the other from its reader."""
    text = mapping_yaml(guess(bench, ["page_1.headline"], design=bench.pages), bench.pages)
    assert "# page_2.headline: text, keeps the design's own 'Two'" in text
    assert "# page_1.intro: " in text
    assert "page_1.headline: text" not in text


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


def test_columns_are_weighed_against_all_layers_at_once(bench: Any, make_design: Any) -> None:
    """First come, first served gives a column away to the first layer it meets, and the better one gets none."""
    layers = [
        {"name": name, "type": "text", "attributes": [], "layout": {"x": 0, "y": 0, "width": 9, "height": 9}}
        for name in ("tagline", "brand", "headline")
    ]
    chosen = make_design(elements=layers)
    rows = [{"Marke": f"M{n}", "Bezeichnung": f"Schuh Nummer {n}", "Slogan": f"Neu {n}"} for n in range(4)]
    found = guess(bench, ["Slogan", "Bezeichnung", "Marke"], rows, chosen)
    assert found.mapping.elements == {
        "tagline": "{{ slogan }}",
        "brand": "{{ marke }}",
        "headline": "{{ bezeichnung }}",
    }


def test_a_strong_name_without_cells_gives_way_to_a_weak_one_with_cells(bench: Any) -> None:
    rows = [{"image": "", "thumbnail": f"https://x.y/{n}.png"} for n in range(3)]
    found = guess(bench, ["image", "thumbnail"], rows)
    assert found.mapping.elements["photo"] == "{{ thumbnail }}"
    assert certainty(found, "thumbnail") is Certainty.POSSIBLE


def test_further_pictures_do_not_take_the_place_of_the_picture(bench: Any) -> None:
    columns = ["additional_image_link", "image_link", "Variant Image"]
    rows = [dict.fromkeys(columns, f"https://x.y/{n}.jpg") for n in range(3)]
    assert guess(bench, columns, rows).mapping.elements["photo"] == "{{ image_link }}"


def test_a_name_with_a_slip_in_it_is_possible_and_said_so(bench: Any) -> None:
    rows = [{"Imge Link": f"https://x.y/{n}.jpg", "Titel": "T"} for n in range(3)]
    found = guess(bench, ["Imge Link"], rows)
    assert found.mapping.elements["photo"] == "{{ imge_link }}"
    assert certainty(found, "Imge Link") is Certainty.POSSIBLE


@pytest.mark.parametrize("column", ["gold price", "price unit", "prise", "image count", "photographer", "title tag id"])
def test_a_name_that_is_only_like_another_is_left_alone(bench: Any, column: str) -> None:
    """A number of pictures on a banner as its picture, or a price per gram as the price."""
    found = guess(bench, [column], [{column: str(n)} for n in range(3)])
    assert found.mapping.elements == {}


def test_a_name_whose_cells_say_otherwise_is_a_question(bench: Any) -> None:
    found = guess(bench, ["image"], [{"image": "yes"}, {"image": "no"}])
    assert "photo" not in found.mapping.elements
    assert certainty(found, "image") is Certainty.QUESTION
    assert "its cells are yes and no" in found.lines[0].reason


def test_the_one_column_of_names_is_the_title_and_two_are_a_question(bench: Any) -> None:
    rows = [{"Artikel": f"Oak lamp {n}", "Farbton": "red"} for n in range(5)]
    assert guess(bench, ["Artikel", "Farbton"], rows).mapping.elements == {"title": "{{ artikel }}"}
    both = [row | {"Serie": f"Forest line {n}"} for n, row in enumerate(rows)]
    found = guess(bench, ["Artikel", "Serie"], both)
    assert "title" not in found.mapping.elements
    assert certainty(found, "Artikel") is certainty(found, "Serie") is Certainty.QUESTION


COLORS = [{"Badge Colour": "#d0021b", "Hintergrundfarbe": "#FFF", "Farbe": "#000000", "Title color": "#111"}]


def test_colours_go_where_the_rest_of_their_header_says(bench: Any) -> None:
    found = guess(bench, list(COLORS[0]), COLORS)
    assert found.mapping.elements == {
        "root": "{{ hintergrundfarbe }}",
        "title": {"color": "{{ title_color }}"},
        "badge": "{{ badge_colour }}",
    }
    assert certainty(found, "Farbe") is Certainty.QUESTION


@pytest.mark.parametrize(
    ("cells", "price"),
    [
        (["12.50 EUR", "8.00 EUR"], "{{ preis | money }}"),
        (["EUR 12.50", "8 EUR"], "{{ preis | money }}"),
        (["1299.00 PLN"], "{{ preis | money(locale='pl_PL') }}"),
        (["12,50 €", "1.299,00 €"], "{{ preis }}"),
        (["12.50", "8"], "{{ preis }}"),
        (["12.50 EUR", "8"], "{{ preis }}"),
        (["12.50 EUR"] * 9 + ["from 9.99"], "{{ preis }}"),
    ],
)
def test_a_price_gets_the_filter_that_its_cells_need(bench: Any, cells: list[str], price: str) -> None:
    """`12.50 EUR` is for machines; `1.299,00 €` is as the shop writes it, and a bare number is not given a currency."""
    found = guess(bench, ["Preis"], [{"Preis": cell} for cell in cells])
    assert found.mapping.elements["price"] == price
    for cell in cells:
        mapped = bench.map(mapping_yaml(found, bench.static), {"Preis": cell})
        assert mapped.errors == ()


def test_amounts_with_a_currency_are_the_price_whatever_they_are_called(bench: Any) -> None:
    rows = [{"Kosten ab": "12.50 EUR", "Miete": "8,00 €"}] * 3
    found = guess(bench, ["Kosten ab"], rows)
    assert found.mapping.elements["price"] == "{{ kosten_ab | money }}"
    assert found.why["price.payload"].certainty is Certainty.POSSIBLE
    assert found.why["price.payload"].reason.startswith("its cells are prices")
    both = guess(bench, ["Kosten ab", "Miete"], rows)
    assert "price" not in both.mapping.elements
    assert certainty(both, "Miete") is Certainty.QUESTION


def test_bare_prices_take_the_currency_of_its_column_and_their_decimal_mark(bench: Any) -> None:
    rows = [{"price": cell, "Währung": "EUR"} for cell in ("1.299", "1.299,00", "12,50")]
    found = guess(bench, ["price", "Währung"], rows)
    assert found.mapping.elements["price"] == "{{ price | money(währung, decimal=',') }}"
    text = mapping_yaml(found, bench.static)
    assert bench.elements(text, rows[0])["price"] == {"payload": "€1,299.00"}


def test_a_currency_in_the_header_is_the_currency(bench: Any) -> None:
    for header, source in (("Preis (€)", "preis"), ("price_eur", "price_eur")):
        found = guess(bench, [header], [{header: "12.50"}])
        assert found.mapping.elements["price"] == f"{{{{ {source} | money('EUR') }}}}"


def test_a_price_that_some_rows_lack_hides_instead_of_showing_the_designs(bench: Any) -> None:
    rows = [{"list price": "5 EUR", "sale price": ""}, {"list price": "", "sale price": ""}]
    found = guess(bench, ["list price", "sale price"], rows)
    assert found.mapping.elements["price"]["empty"] == "hide"


def test_a_reduction_that_no_column_knows_of_is_hidden(bench: Any, make_design: Any) -> None:
    found = guess(bench, ["price"], [{"price": "5 EUR"}])
    assert found.mapping.elements["old_price"] == {"hidden": "true"}
    assert "€129" in next(line.reason for line in found.lines if line.target == "old_price.hidden")
    # A layer that every request must have cannot be hidden.
    needed = make_design(mandatory={"old_price": True})
    assert "old_price" not in guess(bench, ["price"], [{"price": "5 EUR"}], needed).mapping.elements


def test_a_badge_of_percent_shows_the_saving_in_the_way_of_the_design(bench: Any, make_design: Any) -> None:
    layers = [
        {"name": name, "type": "text", "attributes": [{"id": "payload", "value": own}]}
        for name, own in (("price", "9 €"), ("old_price", "19 €"), ("sticker", "-50 % off"))
    ]
    chosen = make_design(elements=layers)
    rows = [{"price": "20.00 EUR", "sale_price": "15.00 EUR"}, {"price": "20.00 EUR", "sale_price": ""}]
    found = guess(bench, ["price", "sale_price"], rows, chosen)
    text = mapping_yaml(found, chosen)
    assert bench.elements(text, rows[0], design=chosen) == {
        "price": {"payload": "15,00\u00a0€"},
        "old_price": {"payload": "20,00\u00a0€"},
        "sticker": {"payload": "-25 % off"},
    }
    assert bench.elements(text, rows[1], design=chosen)["sticker"] == {"hidden": True}


def test_net_beside_gross_is_not_mapped_and_told(bench: Any) -> None:
    columns = ["Price tax excluded", "Price tax included"]
    found = guess(bench, columns, [dict(zip(columns, ("10", "12"), strict=True))])
    assert found.mapping.elements["price"] == "{{ price_tax_included }}"
    assert certainty(found, "Price tax excluded") is Certainty.QUESTION


def test_texts_with_html_in_them_are_printed_without(bench: Any) -> None:
    rows = [{"name": "Salt &amp;amp; pepper"}, {"name": "<b>Mill</b>"}]
    found = guess(bench, ["name"], rows)
    assert found.mapping.elements["title"] == "{{ name | strip_html }}"


def test_parts_of_a_date_come_from_the_one_column_of_dates(bench: Any, make_design: Any) -> None:
    layers = [{"name": name, "type": "text", "attributes": []} for name in ("date_day", "date_month", "holiday")]
    chosen = make_design(elements=layers)
    rows = [{"Datum": f"2027-03-{day:02}"} for day in range(1, 5)]
    found = guess(bench, ["Datum"], rows, chosen)
    assert bench.elements(mapping_yaml(found, chosen), rows[1], design=chosen) == {
        "date_day": {"payload": "2"},
        "date_month": {"payload": "March"},
    }
    assert certainty(found, "Datum") is Certainty.POSSIBLE
    # A date that is read in two ways is no date to print.
    assert guess(bench, ["Datum"], [{"Datum": "01/02/2027"}], chosen).mapping.elements == {}


# Feeds of the world, by the names of their columns alone: title, price, before, picture.
@pytest.mark.parametrize(
    ("columns", "sources"),
    [
        (
            "Название_позиции;Цена;Старая цена;Ссылка_изображения",
            "название_позиции;цена;старая_цена;ссылка_изображения",
        ),
        ("商品ID;商品名;通常価格;販売価格;商品画像", "商品名;販売価格;通常価格;商品画像"),
        ("Active (0/1);Name *;Price tax included;Image URLs (x,y,z...)", "name;price_tax_included;;image_urls_x_y_z"),
        ("handleId;name;price;productImageUrl", "name;price;;productimageurl"),
        ("PRODUCTNAME;PRICE_VAT;IMGURL;IMGURL_ALTERNATIVE", "productname;price_vat;;imgurl"),
        ("vendor;name;price;oldprice;picture;currencyId", "name;price;oldprice;picture"),
        ("Artikelnummer;Bezeichnung;UVP;Angebotspreis;Bild URL", "bezeichnung;angebotspreis;uvp;bild_url"),
        ("référence;nom;prix;prix barré;image", "nom;prix;prix_barré;image"),
        ("sku;nombre;precio;precio rebajado;imagen", "nombre;precio_rebajado;precio;imagen"),
        ("codice;nome;prezzo;prezzo scontato;immagine", "nome;prezzo_scontato;prezzo;immagine"),
        ("id;naam;prijs;actieprijs;foto", "naam;actieprijs;prijs;foto"),
        ("no;ürün adı;fiyat;1 Fotoğraf", "ürün_adı;fiyat;;_1_fotoğraf"),
        ("Image link [image_link];Title [title];Price [price]", "title_title;price_price;;image_link_image_link"),
        ("g:id;g:title;g:price;g:sale_price;g:image_link", "g_title;g_sale_price;g_price;g_image_link"),
    ],
)
def test_shops_of_many_languages_are_known(bench: Any, columns: str, sources: str) -> None:
    headers = columns.split(";")
    title, price, before, photo = sources.split(";")
    cells = {"title": "Lamp", "price": "12.50", "photo": "https://x.y/1.jpg"}
    kinds = {title: "title", price: "price", before: "price", photo: "photo"}
    slugs = {header: bench.mapper("elements: {title: T}", headers).columns.expression(header) for header in headers}
    rows = [{header: cells.get(kinds.get(slugs[header], ""), "x1") for header in headers}] * 3
    elements = guess(bench, headers, rows).mapping.elements
    assert elements["title"] == f"{{{{ {title} }}}}"
    assert price in str(elements["price"])
    assert (before in str(elements["old_price"])) if before else elements["old_price"] == {"hidden": "true"}
    assert elements["photo"] == f"{{{{ {photo} }}}}"
