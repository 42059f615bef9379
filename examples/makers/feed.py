"""Writes summer-sale/feed.csv, a product feed in the form that shopping channels ask for.

    python examples/makers/feed.py

Feeds are never quite right, and this one is not either: one picture address is dead, one title is a paragraph, one
product has lost its price, and three are sold out.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

TARGET = Path(__file__).parents[1] / "summer-sale" / "feed.csv"
SHOP = "https://runnel.example"
BRAND = "Runnel"

COLUMNS = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "price",
    "sale_price",
    "availability",
    "condition",
    "brand",
    "gtin",
    "item_group_id",
    "google_product_category",
    "custom_label_0",
    "custom_label_1",
    "custom_label_2",
    "custom_label_3",
)


class Family(NamedTuple):
    """One thing in one colour: what its variants share."""

    photo: str
    category: str
    blurb: str
    variants: tuple[tuple[str, float, float], ...]  # title, price, sale price


FAMILIES = (
    Family("vase-cobalt", "Home & Garden > Decor > Vases", "Thrown by hand and glazed in a blue that holds its own in full sun.", (
        ("Cobalt Vase, Small", 34.9, 24.4), ("Cobalt Vase, Tall", 59, 35.4), ("Cobalt Floor Vase", 129, 84.9),
        ("Pair of Cobalt Vases for the Long Table", 89, 62.3), ("Bud Vase", 18, 14.4))),
    Family("mug-coral", "Home & Garden > Kitchen & Dining > Tableware > Mugs", "A big, bright mug that survives the terrace tiles. Mostly.", (
        ("Coral Mug", 16.9, 11.8), ("Coral Mugs, Set of Four", 59, 38.4), ("Espresso Cup, Coral", 12, 9.6),
        ("Camping Mug That Floats If You Drop It in the Lake", 19.9, 9.95), ("Coral Mug with Saucer", 22, 16.5))),
    Family("bottle-lemon", "Home & Garden > Kitchen & Dining > Water Bottles", "Keeps lemonade cold from breakfast to the last train home.", (
        ("Lemon Bottle, 500 ml", 29.9, 20.9), ("Lemon Bottle, 750 ml", 34.9, 24.4), ("Beach Bottle with Straw Lid", 36, 21.6),
        ("Kids' Bottle, Leakproof", 24.5, 19.6), ("Spare Lid", 9, 5.4))),
    Family("lamp-mint", "Home & Garden > Lighting > Lamps", "A soft light for evenings that start late. Dimmable, with a cable long enough for the porch.", (
        ("Mint Table Lamp", 119, 89), ("Mint Porch Lamp, Weatherproof", 149, 89.4), ("Small Lamp for the Camper", 79, 47.4),
        ("Mint Lamp with Pleated Shade", 139, 111.2))),
    Family("bowl-coral", "Home & Garden > Kitchen & Dining > Tableware > Bowls", "Room for one watermelon or nine lemons.", (
        ("Coral Fruit Bowl", 49, 29.4), ("Salad Bowl for Twelve", 69, 45), ("Breakfast Bowls, Set of Two", 32, 25.6),
        ("Dip Bowls, Set of Six", 28, 19.6), ("Serving Bowl with Lid", 58, 34.8))),
    Family("chair-cobalt", "Furniture > Chairs", "Stackable, rinses clean, and does not mind a week of rain.", (
        ("Cobalt Chair", 189, 132.3), ("Cobalt Chairs, Set of Four with Free Delivery to the Garden Gate", 720, 432),
        ("Cobalt Armchair", 249, 139), ("Children's Chair", 79, 55.3))),
    Family("headphones-lilac", "Electronics > Audio > Headphones", "Thirty hours of music; sand comes out with one shake.", (
        ("Lilac Headphones", 179, 125.3), ("Lilac Headphones with Travel Case", 199, 119.4), ("Poolside Headphones, Splash-proof", 159, 95.4),
        ("Refurbished Lilac Headphones", 149, 74.5))),
    Family("teapot-mint", "Home & Garden > Kitchen & Dining > Tableware > Teapots", "Iced tea is tea as well.", (
        ("Mint Teapot", 54, 37.8), ("Iced Tea Jug", 44, 30.8), ("Mint Teapot and Four Glasses, Gift Box", 89, 53.4),
        ("Tea for One", 36, 28.8), ("Teapot Warmer", 19.9, 13.9))),
    Family("candle-cobalt", "Home & Garden > Decor > Home Fragrances > Candles", "Sea salt and fig leaf. Burns for a whole summer of dinners.", (
        ("Sea Salt Candle", 24, 18), ("Sea Salt Candle, Three Wicks", 39, 27.3), ("Citronella Candle That Smells of More Than Citronella", 26, 15.6),
        ("Candle Refill", 14, 12), ("Candles, Box of Three", 64, 44.8))),
    Family("planter-lemon", "Home & Garden > Lawn & Garden > Gardening > Pots & Planters", "Frost-proof, drains well, and makes every herb look important.", (
        ("Lemon Planter, 14 cm", 22, 13.2), ("Lemon Planter, 22 cm", 36, 25.2), ("Balcony Planter with Hook", 29, 15),
        ("Herb Trio, Planted", 49, 34.3), ("Planter on Legs", 79, 47.4))),
    Family("clock-coral", "Home & Garden > Decor > Clocks", "Tells the time quietly. You are on holiday anyway.", (
        ("Coral Wall Clock", 49, 34.3), ("Coral Kitchen Clock with Timer", 59, 35.4), ("Outdoor Clock and Thermometer", 69, 48.3),
        ("Travel Alarm", 29, 26))),
    Family("speaker-lilac", "Electronics > Audio > Speakers", "Loud enough for the neighbours, small enough for the basket.", (
        ("Lilac Speaker", 149, 99), ("Garden Speaker, Rainproof", 199, 119.4), ("Lilac Speakers, Stereo Pair", 279, 167.4),
        ("Picnic Speaker", 89, 49.9), ("Shower Speaker", 49, 34.3))),
)  # fmt: skip

# Field and figure of a poster, by the colour of its product: two flat colours that carry each other.
POSTERS = {
    "cobalt": ("#1f3d96", "#ffd873"),
    "coral": ("#9e2b1b", "#bfe4e4"),
    "lemon": ("#6e2236", "#f9c0ad"),
    "mint": ("#1f5f52", "#ffdcb8"),
    "lilac": ("#4c3c91", "#fde7a2"),
}

PARAGRAPH = (
    "Garden Speaker, Rainproof, Lilac, Bluetooth 5.3, 20 Hours Battery, Stereo Pairing, USB-C Fast Charging, Carry Strap, "
    "Ideal for Garden Balcony Terrace Pool Beach Camping Picnic Party Barbecue Festival, Dustproof Shockproof Splash-proof, "
    "Hands-free Calls, Gift for Him Gift for Her Gift for Teenagers, Summer 2026 Edition, Two Year Guarantee, Free Returns"
)
DEAD_PICTURE = "https://images.example.invalid/catalogue/iced-tea-jug.jpg"
LABELS = ("Summer Sale", "Summer Sale", "Last weekend", "Summer Sale", "Web only")


def rows() -> list[dict[str, str]]:
    found = []
    for family in FAMILIES:
        colour = family.photo.rsplit("-", 1)[1]
        group = f"SS26-{family.photo.split('-')[0].upper()}"
        for position, (title, price, sale) in enumerate(family.variants, start=1):
            identity = f"{group}-{position:02d}"
            slug = "".join(char if char.isalnum() else "-" for char in title.lower()).strip("-")
            while "--" in slug:
                slug = slug.replace("--", "-")
            row = {
                "id": identity,
                "title": title,
                "description": family.blurb,
                "link": f"{SHOP}/{slug}",
                "image_link": f"images/{family.photo}.jpg",
                "price": f"{price:.2f} EUR",
                "sale_price": f"{sale:.2f} EUR",
                "availability": "in stock",
                "condition": "refurbished" if title.startswith("Refurbished") else "new",
                "brand": BRAND,
                "gtin": _gtin(len(found)),
                "item_group_id": group,
                "google_product_category": family.category,
                "custom_label_0": colour,
                "custom_label_1": LABELS[len(found) % len(LABELS)],
                "custom_label_2": POSTERS[colour][0],
                "custom_label_3": POSTERS[colour][1],
            }
            found.append(row | _as_feeds_are(title))
    return found


def _as_feeds_are(title: str) -> dict[str, str]:
    """What is wrong, or at least not for sale, with some products."""
    match title:
        case "Garden Speaker, Rainproof":
            return {"title": PARAGRAPH}
        case "Iced Tea Jug":
            return {"image_link": DEAD_PICTURE}
        case "Herb Trio, Planted":
            return {"price": ""}
        case "Bud Vase" | "Spare Lid" | "Children's Chair":
            return {"availability": "out of stock"}
        case _:
            return {}


def _gtin(number: int) -> str:
    digits = f"200{7_300_410 + number * 13:09d}"
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return digits + str(-weighted % 10)


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows())
    print(f"{len(rows())} products in {TARGET}")


if __name__ == "__main__":
    main()
