"""Writes product-cards/products.xlsx, a sheet as a small shop keeps it: formats, a frozen header, a list, a comment.

    python examples/makers/products.py

The rows are the catalogue of an invented homeware shop; every row is good, so that the run ends with exit 0. The
workbook carries what people put into workbooks (a second sheet, a conditional format, a validation list) because the
report has to hand all of it back untouched.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

TARGET = Path(__file__).parents[1] / "product-cards" / "products.xlsx"

EURO = '#,##0.00\\ "€"'
DATE = "dd/mm/yyyy"
WRITTEN = datetime(2026, 9, 14, 9, 30, tzinfo=UTC).replace(tzinfo=None)


class Product(NamedTuple):
    photo: str
    title: str
    details: str
    collection: str
    price: float
    sale: float | None
    rating: float | None
    reviews: int | None
    launch: date
    note: str = ""


MORNING, EVENING, WINDOW, TABLE, ROAD, HOURS = (
    "Slow Morning",
    "Quiet Evening",
    "Open Window",
    "Long Table",
    "Out the Door",
    "Good Hours",
)

PRODUCTS = (
    Product("mug-chalk", "Farmhouse Mug, Speckled Chalk", "Stoneware, 380 ml", MORNING, 22, None, 4.8, 312, date(2025, 3, 3)),
    Product("mug-terracotta", "Dipped Mug in Terracotta", "Raw base, glazed rim, 380 ml", MORNING, 24, 19, 4.6, 187, date(2025, 3, 3)),
    Product("mug-sky", "Harbour Mug", "Stoneware, 380 ml", MORNING, 22, None, 4.7, 96, date(2025, 5, 12)),
    Product("mug-forest", "The Big Mug for People Who Mean It", "Half a litre of forest green", MORNING, 26, None, 4.9, 428, date(2024, 9, 16), "Bestseller, keep in every send"),
    Product("mug-blush", "Farmhouse Mug, Blush", "Stoneware, 380 ml", MORNING, 22, 17.6, 4.5, 74, date(2025, 5, 12)),
    Product("teapot-terracotta", "Sunday Teapot", "Pours without a drip, 1.1 l", MORNING, 64, None, 4.7, 141, date(2024, 10, 7)),
    Product("teapot-charcoal", "Cast Teapot, Matt Charcoal", "Stays hot for an hour, 1.1 l", MORNING, 79, 59, 4.8, 203, date(2024, 10, 7)),
    Product("teapot-sky", "Teapot for Two", "Glazed by hand, 0.8 l", MORNING, 58, None, 4.4, 52, date(2025, 8, 25)),
    Product("teapot-chalk", "Round Teapot with a Generous Handle", "Chalk glaze, 1.1 l", MORNING, 64, None, 4.6, 88, date(2025, 1, 20)),
    Product("teapot-ochre", "Speckled Teapot, Ochre", "No two alike, 1.1 l", MORNING, 68, 54.4, None, None, date(2026, 9, 1), "New, no reviews yet"),
    Product("bowl-chalk", "Fruit Bowl No. 3", "Speckled stoneware, 32 cm", TABLE, 59, None, 4.8, 167, date(2024, 6, 10)),
    Product("bowl-ink", "Deep Ink Serving Bowl for Long Dinners and Second Helpings", "Reactive glaze, 32 cm", TABLE, 64, 48, 4.7, 119, date(2024, 6, 10)),
    Product("bowl-sage", "Garden Bowl, Sage", "Made for salads, 32 cm", TABLE, 59, None, 4.5, 63, date(2025, 4, 14)),
    Product("bowl-plum", "Plum Bowl", "Gloss outside, calm inside", TABLE, 62, None, 4.6, 41, date(2025, 10, 6)),
    Product("chair-ochre", "Ida Chair, Ochre", "Moulded shell, walnut legs", TABLE, 289, 229, 4.6, 94, date(2024, 2, 19)),
    Product("chair-forest", "Ida Chair, Forest", "Moulded shell, oak legs", TABLE, 289, None, 4.7, 110, date(2024, 2, 19)),
    Product("chair-charcoal", "Ida Chair, Set of Six in Charcoal with Walnut Legs", "Seats a family and one guest", TABLE, 1590, 1290, 4.9, 36, date(2024, 11, 4), "Delivery in two parcels"),
    Product("chair-blush", "Ida Chair, Blush", "Moulded shell, oak legs", TABLE, 289, None, 4.3, 29, date(2025, 6, 2)),
    Product("chair-sky", "Ida Chair, Sky", "Moulded shell, steel glides", TABLE, 289, None, None, None, date(2026, 8, 24), "New, no reviews yet"),
    Product("vase-terracotta", "Thrown Vase, Raw Clay", "Unglazed, 26 cm", WINDOW, 54, None, 4.6, 77, date(2024, 4, 8)),
    Product("vase-chalk", "Belly Vase", "Speckled chalk, 26 cm", WINDOW, 58, None, 4.7, 132, date(2024, 4, 8)),
    Product("vase-sage", "Half-Dipped Vase in Sage and Sand", "Two glazes, one firing", WINDOW, 62, 49.6, 4.8, 158, date(2024, 4, 8)),
    Product("vase-ink", "Midnight Vase", "High-gloss ink, 26 cm", WINDOW, 62, None, 4.5, 49, date(2025, 2, 10)),
    Product("vase-ochre", "Vase for Three Tall Branches", "Ochre gloss, heavy foot", WINDOW, 66, None, 4.4, 38, date(2025, 9, 8)),
    Product("planter-terracotta", "Window Planter", "With saucer, 18 cm", WINDOW, 32, None, 4.7, 221, date(2024, 3, 11)),
    Product("planter-chalk", "Speckled Planter with Its Own Saucer", "Frost-proof, 18 cm", WINDOW, 36, 27, 4.6, 104, date(2024, 3, 11)),
    Product("planter-charcoal", "City Planter", "Matt charcoal, 18 cm", WINDOW, 36, None, 4.5, 68, date(2025, 3, 24)),
    Product("planter-sky", "Balcony Planter, Sky", "Glazed inside and out, 18 cm", WINDOW, 38, None, None, None, date(2026, 8, 31), "New, no reviews yet"),
    Product("lamp-sage", "Gourd Lamp, Sage", "Ceramic base, linen shade", EVENING, 149, None, 4.8, 176, date(2024, 9, 2)),
    Product("lamp-terracotta", "Gourd Lamp, Terracotta", "Raw clay base, linen shade", EVENING, 149, 119, 4.7, 133, date(2024, 9, 2)),
    Product("lamp-ink", "Reading Lamp for the Good Corner of the Sofa", "Ink gloss, brass neck, dimmable", EVENING, 169, None, 4.9, 245, date(2024, 9, 2), "Pictured with the warm bulb"),
    Product("lamp-sand", "Bedside Lamp, Sand", "Speckled base, 44 cm", EVENING, 139, None, 4.6, 57, date(2025, 11, 3)),
    Product("candle-charcoal", "Woodsmoke Candle", "Soy wax, burns 45 hours", EVENING, 28, None, 4.8, 389, date(2024, 10, 21)),
    Product("candle-terracotta", "Fig and Cedar Candle", "Soy wax, burns 45 hours", EVENING, 28, 22.4, 4.7, 276, date(2024, 10, 21)),
    Product("candle-sage", "Candle", "Garden sage, 45 hours", EVENING, 28, None, 4.5, 143, date(2025, 4, 28)),
    Product("candle-plum", "Refill for the Plum Candle", "Just the wax, keep the cup", EVENING, 9, None, 4.2, 61, date(2025, 10, 13)),
    Product("bottle-forest", "Trail Bottle, Forest", "Cold for 24 hours, 750 ml", ROAD, 34, None, 4.7, 518, date(2024, 5, 6)),
    Product("bottle-sand", "Trail Bottle, Sand", "Cold for 24 hours, 750 ml", ROAD, 34, 27.2, 4.6, 402, date(2024, 5, 6)),
    Product("bottle-ink", "Commuter Bottle with a Cap That Never Gets Lost", "Fits every cup holder, 500 ml", ROAD, 29, None, 4.8, 347, date(2024, 5, 6)),
    Product("bottle-blush", "Trail Bottle, Blush", "Cold for 24 hours, 750 ml", ROAD, 34, None, 4.5, 156, date(2025, 5, 19)),
    Product("bottle-charcoal", "Trail Bottle XL", "One and a half litres", ROAD, 44, 35.2, 4.6, 98, date(2025, 5, 19)),
    Product("headphones-chalk", "Headphones for the Quiet Carriage, Chalk", "Noise off at one touch, 30 h", ROAD, 219, None, 4.5, 87, date(2025, 9, 22)),
    Product("headphones-charcoal", "Quiet Headphones, Charcoal", "Noise off at one touch, 30 h", ROAD, 219, 179, 4.6, 214, date(2024, 11, 18)),
    Product("headphones-ink", "Quiet Headphones, Ink", "Noise off at one touch, 30 h", ROAD, 219, None, 4.6, 165, date(2024, 11, 18)),
    Product("headphones-sage", "Quiet Headphones, Sage", "Noise off at one touch, 30 h", ROAD, 219, None, 4.4, 72, date(2025, 9, 22)),
    Product("headphones-plum", "Quiet Headphones, Plum", "Noise off at one touch, 30 h", ROAD, 219, 164.25, 4.7, 93, date(2025, 9, 22)),
    Product("clock-sand", "Kitchen Clock in Solid Oak", "Silent sweep, 30 cm", HOURS, 69, None, 4.7, 128, date(2024, 1, 15)),
    Product("clock-charcoal", "Studio Clock", "Silent sweep, 30 cm", HOURS, 59, None, 4.6, 84, date(2024, 1, 15)),
    Product("clock-forest", "The Clock That Does Not Tick", "Forest rim, silent sweep", HOURS, 59, 44.25, 4.8, 191, date(2024, 1, 15)),
    Product("clock-blush", "Nursery Clock, Blush", "So quiet that nobody wakes", HOURS, 59, None, 4.9, 66, date(2025, 2, 24)),
    Product("speaker-ochre", "Shelf Speaker in Oak", "Room-filling, 24 cm tall", HOURS, 249, 199, 4.7, 112, date(2024, 12, 2)),
    Product("speaker-charcoal", "Shelf Speaker in Walnut", "Room-filling, 24 cm tall", HOURS, 269, None, 4.8, 139, date(2024, 12, 2)),
    Product("speaker-chalk", "Kitchen Speaker", "Splash-proof, 24 cm tall", HOURS, 229, None, 4.5, 58, date(2025, 7, 7)),
    Product("speaker-forest", "Pair of Shelf Speakers in Forest, Matched and Tuned in Our Own Workshop", "Stereo, with cable", HOURS, 498, 449, 4.9, 23, date(2025, 12, 1)),
)  # fmt: skip

# The accent of a card by the colour of its product: dark enough for white letters.
ACCENTS = {
    "Terracotta": "#8c3f28",
    "Sage": "#52644a",
    "Chalk": "#6f5f4c",
    "Ink": "#2b3c52",
    "Ochre": "#86590f",
    "Blush": "#9a5549",
    "Charcoal": "#353433",
    "Forest": "#2d4a39",
    "Plum": "#633a4b",
    "Sky": "#38607a",
    "Sand": "#7d6039",
}

COLUMNS: tuple[tuple[str, int], ...] = (
    ("SKU", 9),
    ("Product", 46),
    ("Details", 31),
    ("Collection", 15),
    ("Colour", 12),
    ("Accent", 10),
    ("Price", 11),
    ("Sale price", 11),
    ("Rating", 8),
    ("Reviews", 9),
    ("Photo", 31),
    ("Launch date", 13),
    ("GTIN", 16),
    ("Channel", 11),
    ("Note", 31),
)
CHANNELS = ("Shop", "Shop", "Shop", "Social", "Outlet")


def gtin(number: int) -> int:
    """Thirteen digits with a right check digit, from the range that shops use among themselves."""
    digits = f"200{number:09d}"
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return int(digits + str(-weighted % 10))


def main() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Products"
    _fill(sheet)
    _format(sheet)
    _notes(workbook.create_sheet("Notes"))
    workbook.properties.creator = "Hearth & Co"
    workbook.properties.title = "Autumn cards"
    workbook.properties.created = workbook.properties.modified = WRITTEN
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(TARGET)
    print(f"{len(PRODUCTS)} products in {TARGET}")


def _fill(sheet: Worksheet) -> None:
    sheet.append([name for name, _ in COLUMNS])
    for index, product in enumerate(PRODUCTS):
        colour = product.photo.rsplit("-", 1)[1].capitalize()
        sheet.append(
            [
                f"{123 + index * 7:05d}",
                product.title,
                product.details,
                product.collection,
                colour,
                ACCENTS[colour],
                product.price,
                product.sale,
                product.rating,
                product.reviews,
                f"images/{product.photo}.jpg",
                product.launch,
                gtin(4_100_123 + index * 37),
                "Outlet" if product.sale else CHANNELS[index % 4],
                product.note or None,
            ]
        )


def _format(sheet: Worksheet) -> None:
    letter = {name: get_column_letter(index) for index, (name, _) in enumerate(COLUMNS, start=1)}
    last = sheet.max_row
    for cell, (_, width) in zip(sheet[1], COLUMNS, strict=True):
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="52644A")
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    formats = {"SKU": "@", "Price": EURO, "Sale price": EURO, "Rating": "0.0", "Launch date": DATE, "GTIN": "0"}
    line = Border(bottom=Side(style="hair", color="C9C2B6"))
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.border = line
            cell.number_format = formats.get(str(sheet.cell(1, cell.column).value), "General")
        row[-1].font = Font(italic=True, color="7A7268")
    sheet.conditional_formatting.add(
        f"{letter['Sale price']}2:{letter['Sale price']}{last}",
        FormulaRule(
            formula=[f"AND(ISNUMBER({letter['Sale price']}2),{letter['Sale price']}2<{letter['Price']}2)"],
            fill=PatternFill("solid", bgColor="F4DDD3"),
            font=Font(color="8C3F28", bold=True),
        ),
    )
    sheet.conditional_formatting.add(
        f"{letter['Reviews']}2:{letter['Reviews']}{last}",
        DataBarRule(start_type="num", start_value=0, end_type="max", color="C6AE8D"),
    )
    channels = DataValidation("list", formula1='"Shop,Social,Outlet"', allow_blank=True, showErrorMessage=True)
    channels.error = "Shop, Social or Outlet"
    channels.add(f"{letter['Channel']}2:{letter['Channel']}{last + 200}")
    sheet.add_data_validation(channels)
    sheet[f"{letter['Sale price']}1"].comment = Comment(
        "Leave empty when there is no sale. Never put the old price here.", "Marta"
    )
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _notes(sheet: Worksheet) -> None:
    lines = (
        ("How we use this sheet", ""),
        ("Photo", "Path beside this file. Square, at least 900 px."),
        ("Sale price", "Only while the sale is on. The card shows the old price struck through."),
        ("Rating", "From the shop, one decimal. New things have none; the stars stay away by themselves."),
        ("Accent", "Colour of the button and the badge, from the style guide. Dark enough for white letters."),
        ("Launch date", "For the newsletter only."),
    )
    for row in lines:
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 16
    sheet.column_dimensions["B"].width = 84


if __name__ == "__main__":
    main()
