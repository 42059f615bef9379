"""The workbook of the catalogue, and its mapping: a price list, and a row for each shop's catalogue made from it.

    python examples/makers/catalogue.py

The cells that look articles up are formulas, as somebody at Hearth & Co would write them; their results are stored with
them, as a spreadsheet program does it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from products import PRODUCTS, Product
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

TARGET = Path(__file__).parents[1] / "price-list-catalogue"
WRITTEN = datetime(2026, 9, 21, 9, 30, tzinfo=UTC).replace(tzinfo=None)

PLACES = 35
# What a British shelf says for the euro price, before it is rounded to something that can be said.
POUNDS = 0.87

# Page by page; the first of a page is its large one.
EVERYWHERE = (
    "mug-forest", "teapot-terracotta", "mug-chalk", "teapot-ochre", "mug-sky", "teapot-charcoal", "mug-terracotta",
    "bowl-ink", "chair-ochre", "bowl-chalk", "chair-charcoal", "bowl-sage", "chair-forest", "bowl-plum",
    "vase-sage", "planter-chalk", "vase-chalk", "planter-terracotta", "vase-ochre", "planter-sky", "vase-terracotta",
    "lamp-ink", "candle-terracotta", "lamp-sage", "speaker-charcoal", "candle-charcoal", "lamp-terracotta", "speaker-ochre",
    "headphones-charcoal", "bottle-forest", "headphones-chalk", "bottle-sand", "bottle-ink", "headphones-plum", "bottle-charcoal",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """One catalogue. ``instead`` are the articles that a shop has in another's place; an empty one leaves it empty."""

    name: str
    address: str
    hours: str
    phone: str
    page: str
    currency: str
    greeting: str
    instead: Mapping[str, str]


SHOPS = (
    Shop(
        "Hearth & Co, Dublin",
        "14 Fade Street, at the corner of Drury Street",
        "Monday to Saturday 10–18, Thursday until 20",
        "+353 1 555 0142",
        "https://hearth.example/dublin",
        "EUR",
        "Come in.\nThe kettle is on.",
        {},
    ),
    # The smallest of the shops has no room for chairs: two places at the end of a page stay empty.
    Shop(
        "Hearth & Co, Cork",
        "3 Paul’s Lane, above the bakery",
        "Tuesday to Saturday 10–17.30",
        "+353 21 555 0178",
        "https://hearth.example/cork",
        "EUR",
        "Up the stairs,\nand mind the cat.",
        {"chair-ochre": "mug-blush", "chair-charcoal": "bowl-plum", "chair-forest": "", "bowl-plum": ""},
    ),
    Shop(
        "Hearth & Co, London",
        "52 Calvert Row, two minutes from the canal",
        "Every day 10–19, Sunday from 11",
        "+44 20 5550 0123",
        "https://hearth.example/london",
        "GBP",
        "Out of the rain,\ninto the warm.",
        {"headphones-charcoal": "headphones-ink", "bottle-sand": "bottle-blush", "chair-ochre": "chair-blush"},
    ),
    Shop(
        "Hearth & Co, Edinburgh",
        "8 Candlemaker Steps, the green door",
        "Monday to Saturday 9.30–18",
        "+44 131 555 0166",
        "https://hearth.example/edinburgh",
        "GBP",
        "Mind the step.\nStay a while.",
        {"vase-sage": "vase-ink", "candle-charcoal": "candle-plum", "chair-ochre": "chair-sky"},
    ),
)

LIST = "Price list"
ARTICLE = ("Article", "Title", "Details", "EUR", "EUR sale", "GBP", "GBP sale", "Photo")
LOOKED_UP = ("Title", "Details", "Price", "Sale", "Photo")
OWN = ("Shop", "Title", "Season", "Currency", "Address", "Hours", "Phone", "Page", "Greeting")
TITLE, SEASON = "A warmer house\nby November", "Autumn 2026"


def number_of(photo: str) -> str:
    """The article's number, the same as on the product cards."""
    return f"{123 + [product.photo for product in PRODUCTS].index(photo) * 7:05d}"


def pounds(euros: float | None) -> float | None:
    return None if euros is None else max(round(euros * POUNDS * 2) / 2, 1.0)


def prices(product: Product) -> dict[str, float | None]:
    return {
        "EUR": product.price,
        "EUR sale": product.sale,
        "GBP": pounds(product.price),
        "GBP sale": pounds(product.sale),
    }


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    path = TARGET / "catalogue.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        # The stored results are right; without this the file would say that they are to be worked out first.
        workbook.calc_on_load = False
        workbook.set_properties({"author": "Hearth & Co", "title": "Autumn catalogue", "created": WRITTEN})
        _fill_catalogue(workbook, workbook.add_worksheet("Catalogue"))
        _fill_list(workbook, workbook.add_worksheet(LIST))
    _store_empty_results(path)
    (TARGET / "mapping.yaml").write_text(mapping(), encoding="utf-8")
    print(f"{len(SHOPS)} catalogues of {PLACES} places from {len(PRODUCTS)} articles in {TARGET}")


def _store_empty_results(path: Path) -> None:
    """A result that is an empty text is stored as such by Excel; the library leaves its kind out."""
    with zipfile.ZipFile(path) as book:
        parts = [(item, book.read(item)) for item in book.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for item, body in parts:
            if item.filename.startswith("xl/worksheets/"):
                body = re.sub(rb"(<c r=\"[A-Z]+\d+\"(?: s=\"\d+\")?)(><f>[^<]*</f><v></v>)", rb'\1 t="str"\2', body)
            book.writestr(item, body)


def _fill_list(workbook: Any, sheet: Any) -> None:
    head = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#8C3F28"})
    money = {
        "EUR": workbook.add_format({"num_format": '#,##0.00\\ "€"'}),
        "GBP": workbook.add_format({"num_format": '"£"#,##0.00'}),
    }
    sheet.write_row(0, 0, ARTICLE, head)
    for row, product in enumerate(PRODUCTS, start=1):
        sheet.write_string(row, 0, number_of(product.photo))
        sheet.write_string(row, 1, product.title)
        sheet.write_string(row, 2, product.details)
        for column, (name, value) in enumerate(prices(product).items(), start=3):
            if value is not None:
                sheet.write_number(row, column, value, money[name[:3]])
        sheet.write_string(row, 7, f"{product.photo}.jpg")
    for column, width in enumerate((9, 52, 34, 11, 11, 11, 11, 26)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(PRODUCTS), len(ARTICLE) - 1)


def _fill_catalogue(workbook: Any, sheet: Any) -> None:
    head = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#8C3F28"})
    grey = workbook.add_format({"font_color": "#7A7268"})
    articles = [f"Article {place}" for place in range(1, PLACES + 1)]
    looked_up = [f"{name} {place}" for place in range(1, PLACES + 1) for name in LOOKED_UP]
    sheet.write_row(0, 0, [*OWN, *articles, *looked_up], head)
    for row, shop in enumerate(SHOPS, start=1):
        own = (
            shop.name, TITLE, SEASON, shop.currency, shop.address, shop.hours, shop.phone, shop.page, shop.greeting,
        )  # fmt: skip
        sheet.write_row(row, 0, own)
        for place, usual in enumerate(EVERYWHERE):
            photo = shop.instead.get(usual, usual)
            if photo:
                sheet.write_string(row, len(OWN) + place, number_of(photo))
            for index, name in enumerate(LOOKED_UP):
                column = len(OWN) + PLACES + place * len(LOOKED_UP) + index
                sheet.write_formula(row, column, formula(name, row, place), grey, stored(name, shop, photo))
    sheet.set_column(0, 1, 30)
    sheet.set_column(2, len(OWN) - 1, 18)
    sheet.set_column(len(OWN), len(OWN) + PLACES - 1, 9)
    sheet.freeze_panes(1, 1)


def formula(name: str, row: int, place: int) -> str:
    """What looks a place's article up; an empty cell where the list has none."""
    article = xl_rowcol_to_cell(row, len(OWN) + place, col_abs=True)
    found = f"MATCH({article},'{LIST}'!$A:$A,0)"
    if name in ("Price", "Sale"):
        currency = xl_rowcol_to_cell(row, OWN.index("Currency"), col_abs=True)
        head = currency if name == "Price" else f'{currency}&" sale"'
        cell = f"INDEX('{LIST}'!$A:$H,{found},MATCH({head},'{LIST}'!$1:$1,0))"
        return f'=IFERROR(IF({cell}="","",{cell}),"")'
    column = xl_col_to_name(ARTICLE.index(name), col_abs=True)
    return f"=IFERROR(INDEX('{LIST}'!{column}:{column},{found}),\"\")"


def stored(name: str, shop: Shop, photo: str) -> str | float:
    """What a spreadsheet program would show there."""
    if not photo:
        return ""
    product = next(product for product in PRODUCTS if product.photo == photo)
    price = prices(product)
    sale = price[f"{shop.currency} sale"]
    shown: dict[str, str | float] = {
        "Title": product.title,
        "Details": product.details,
        "Price": price[shop.currency] or "",
        "Sale": "" if sale is None else sale,
        "Photo": f"{product.photo}.jpg",
    }
    return shown[name]


def mapping() -> str:
    lines = [
        "# One row is one catalogue of eight pages. Layers of the same name on several pages are filled at once.",
        "design: catalogue-a4",
        "key: Shop",
        "",
        "elements:",
        '  title: "{{ title }}"',
        '  season: "{{ season }}"',
        "  running: \"{{ shop ~ ', ' ~ (season | lower) }}\"",
        '  shop: "{{ shop }}"',
        "  address: \"{{ address ~ '\\n' ~ hours ~ '\\n' ~ phone }}\"",
        '  closing: "{{ greeting }}"',
        '  qr: "{{ page }}"',
        "",
        "  # The 35 places. One without an article stays empty. One whose article is not in the price list is an error: its",
        "  # title is empty then, and a catalogue with a hole in it would be found on paper.",
    ]
    for place in range(1, PLACES + 1):
        money = "money(currency, 'en_GB')"
        there = f"article_{place}"
        lines += [
            f'  product_{place}: {{hidden: "{{{{ not {there} }}}}"}}',
            f'  photo_{place}: "{{{{ photo_{place} }}}}"',
            f"  title_{place}: {{payload: \"{{{{ title_{place} if {there} else '–' }}}}\", empty: error}}",
            f'  details_{place}: {{payload: "{{{{ details_{place} }}}}", empty: hide}}',
            f"  price_{place}: {{payload: \"{{{{ (price_{place} | now(sale_{place}) | {money}) if {there} else '–' }}}}\", "
            "empty: error}",
            f'  old_price_{place}: {{payload: "{{{{ price_{place} | was(sale_{place}) | {money} }}}}", empty: hide}}',
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
