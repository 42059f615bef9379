"""Writes animated-ads/ads.csv and its pictures: a dozen products as a shop hands them to the people who book its ads.

    python examples/makers/ads.py

The pictures are those of the product cards, at the size that a banner of 300x600 needs; a dark and a bright colour of
each product stand beside it. One product is not in a sale, and one is a voucher, which has no picture.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from PIL import Image

EXAMPLES = Path(__file__).parents[1]
PICTURES = EXAMPLES / "product-cards" / "images"
TARGET = EXAMPLES / "animated-ads"
SHOP = "https://hearth.example"
SIDE = 720

COLUMNS = ("id", "title", "link", "image_link", "price", "sale_price", "availability", "colour_dark", "colour_bright")


class Ad(NamedTuple):
    photo: str
    title: str
    price: float
    sale: float | None
    dark: str
    bright: str


ADS = (
    Ad("chair-ochre", "Ida Chair, Ochre", 289, 229, "#33261a", "#f4c46a"),
    Ad("lamp-ink", "Table Lamp in Ink with a Linen Shade", 149, 119, "#22303f", "#f0dcc0"),
    Ad("headphones-plum", "Headphones, Plum", 199, 149, "#4a2a38", "#f1c7bd"),
    Ad("vase-terracotta", "Hand-thrown Vase", 89, 62.3, "#6e3222", "#f6d3bd"),
    Ad("speaker-forest", "Pair of Shelf Speakers in Forest", 429, 349, "#243c2f", "#d9c08a"),
    Ad("chair-sky", "Ida Chair, Sky", 289, 229, "#234559", "#cfe4ee"),
    Ad("teapot-ochre", "Speckled Teapot for Four", 59, 44.25, "#4d3611", "#f7d894"),
    Ad("planter-terracotta", "Planter, 22 cm", 36, 25.2, "#2f4431", "#f2bd9c"),
    Ad("clock-forest", "Wall Clock That Keeps Quiet", 69, None, "#263f31", "#cfe0c8"),
    Ad("lamp-terracotta", "Table Lamp, Terracotta", 149, 104.3, "#652f1f", "#fbdcc1"),
    Ad("speaker-ochre", "Speaker, Oak", 229, 183.2, "#3b2716", "#f2cf9a"),
    Ad("", "Gift Card for a Calmer Home", 50, None, "#3b3329", "#f0e4ca"),
)


def rows() -> list[dict[str, str]]:
    found = []
    for number, ad in enumerate(ADS, start=1):
        slug = "-".join("".join(char if char.isalnum() else " " for char in ad.title.lower()).split())
        found.append({
            "id": f"HC-{number:04d}",
            "title": ad.title,
            "link": f"{SHOP}/{slug}?utm_source=display&utm_campaign=autumn",
            "image_link": f"images/{ad.photo}.jpg" if ad.photo else "",
            "price": f"{ad.price:.2f} EUR",
            "sale_price": "" if ad.sale is None else f"{ad.sale:.2f} EUR",
            "availability": "in stock",
            "colour_dark": ad.dark,
            "colour_bright": ad.bright,
        })  # fmt: skip
    return found


def main() -> None:
    (TARGET / "images").mkdir(parents=True, exist_ok=True)
    for ad in ADS:
        if ad.photo:
            picture = Image.open(PICTURES / f"{ad.photo}.jpg").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            picture.save(TARGET / "images" / f"{ad.photo}.jpg", quality=84, optimize=True, progressive=True)
    with (TARGET / "ads.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
    print(f"{len(ADS)} products in {TARGET / 'ads.csv'}")


if __name__ == "__main__":
    main()
