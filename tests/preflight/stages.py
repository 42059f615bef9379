"""The designs that faults are sown in: each with its layers by the part they play, and a row in which all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """`formats` are the cheap ones to draw, of those the design has."""

    design: str
    base: Mapping[str, str]
    title: str
    picture: str
    line: str  # a text of one or two lines that may be left out
    formats: tuple[str, ...]
    price: str = ""
    before: str = ""
    button: str = ""
    code: str = ""
    rating: str = ""
    shape: str = ""


CARD = Stage(
    "product-card",
    {
        "title.payload": "Walnut Desk",
        "subtitle.payload": "Solid wood",
        "photo.image_url": "{shop}/good.jpg",
        "price.payload": "€80",
        "old_price.payload": "€120",
        "badge.payload": "−33%",
        "rating.rating_score": "90",
        "reviews.payload": "4.5 (12)",
        "cta.payload": "See it",
    },
    "title",
    "photo",
    "subtitle",
    ("landscape", "medium-rectangle"),
    price="price",
    before="old_price",
    button="cta",
    rating="rating",
    shape="tag",
)
SALE = Stage(
    "seasonal-sale",
    {
        "title.payload": "Cobalt Vase",
        "photo.image_url": "{shop}/good.jpg",
        "label.payload": "Summer",
        "price.payload": "€24",
        "old_price.payload": "€34",
        "percent.payload": "29%",
        "cta.payload": "See it",
    },
    "title",
    "photo",
    "label",
    ("leaderboard", "skyscraper"),
    price="price",
    before="old_price",
    button="cta",
)
QUOTE = Stage(
    "customer-quote",
    {
        "quote.payload": "It found a bill that we had paid twice.",
        "author.payload": "Noa Brandt",
        "role.payload": "Owner",
        "portrait.image_url": "{shop}/good.jpg",
        "rating.rating_score": "90",
    },
    "quote",
    "portrait",
    "role",
    ("landscape",),
    rating="rating",
    shape="rule",
)
TICKET = Stage(
    "event-ticket",
    {
        "title.payload": "Low Tide",
        "photo.image_url": "{shop}/good.jpg",
        "date_day.payload": "12",
        "date_month.payload": "March",
        "time.payload": "20:00",
        "venue.payload": "Harbour Hall",
        "price.payload": "€28",
        "price_label.payload": "From",
        "qr.payload": "https://harbourhall.example/e/1",
    },
    "title",
    "photo",
    "venue",
    ("landscape",),
    price="price",
    code="qr",
    shape="ticket",
)
STAGES = (CARD, SALE, QUOTE, TICKET)
