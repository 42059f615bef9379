"""The names under which feeds know the fields a banner needs, in many languages. Pure.

    header or layer name -> Alias(field, is_strong)

Names are compared whole, never in part: `price per unit` is not a price. What must never be printed (what the shop
itself paid) is known here as well, so that it can be told apart from what is merely unknown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from bulkgen.mapping.money import SIGNS, is_currency

# Field -> names that settle it at once, separated by semicolons; a name may only stand under one field.
STRONG: dict[str, str] = {
    "id": (
        "id; sku; offer id; content id; handle; url handle; article number; artikelnummer; référence; codice; "
        "код товара; 商品コード"
    ),
    "group_id": "group id; parent; parent sku; group",
    "title": (
        "title; name; productname; headline; nom; nombre; nome; naam; namn; nimi; titel; titre; título; "
        "bezeichnung; produktname; название; название позиции; имя; наименование; назва; ürün adı; başlık; "
        "商品名; heading"
    ),
    "description": (
        "description; body; body html; short description; beschreibung; omschrijving; descripción; "
        "descrizione; описание; açıklama; 商品説明"
    ),
    "price": (
        "price; price vat; price incl tax; price incl vat; price tax included; price with tax; gross price; "
        "bruttopreis; prix ttc; precio con iva; prezzo ivato"
    ),
    "net_price": (
        "price excl tax; price excl vat; price ex vat; price tax excluded; price without tax; net price; nettopreis; "
        "prix ht; precio sin iva; price net"
    ),
    "regular_price": (
        "regular price; list price; rrp; msrp; uvp; compare at price; old price; oldprice; was price; "
        "original price; precio normal; tarif régulier; prezzo di listino; базовая цена; 通常価格; price before; "
        "full price; strike price; price old; streichpreis; prix barré; prix normal; precio anterior; prezzo pieno; "
        "van prijs; ordinarie pris; старая цена"
    ),
    "sale_price": (
        "sale price; special price; promo price; discounted price; offer price; now price; aktionspreis; "
        "angebotspreis; prix promo; tarif promo; precio rebajado; preço promocional; prezzo scontato; "
        "actieprijs; акционная цена; 販売価格; price new; new price; reduced price; prix soldé; reapris; "
        "цена со скидкой"
    ),
    "sale_period": (
        "sale price effective date; date sale price starts; date sale price ends; special price from; special "
        "price to; discount from; discount to"
    ),
    "date": "date; datum; fecha; data; dato; дата; tarih; 日付; event date; start date",
    "currency": "currency; currency code; currencyid; währung; devise; moneda; valuta; валюта",
    "saving": "percent off; discount percent; saving; savings; rabatt; remise; sconto; скидка",
    "image": (
        "image link; image url; image src; main image; image; img; imgurl; picture; photo; foto; bild; bild "
        "url; immagine; imagen; images; image urls; assets; featured image url; productimageurl; изображения; "
        "ссылка изображения; 1 fotoğraf; 商品画像; packshot; base image; image1 src; visual"
    ),
    "more_images": "additional image link; additional images; imgurl alternative; image 2; gallery; secondary image; "
    "variant image; variant image url; variant image link",
    "logo": "logo; logo url; brand logo",
    "link": "link; url; permalink; landing page; external url; lien; enlace; qr; qrcode; qr code",
    "brand": (
        "brand; vendor; manufacturer; marke; hersteller; marque; marca; merk; märke; valmistaja; "
        "производитель; бренд; marka; メーカー"
    ),
    "category": (
        "google product category; product type; category; categories; kategorie; catégorie; categoría; "
        "категории; kategori"
    ),
    "availability": (
        "availability; stock status; in stock; available; verfügbarkeit; disponibilité; disponibilidad; "
        "beschikbaarheid; наличие; в наличии"
    ),
    "gtin": "gtin; ean; ean13; upc; isbn; barcode; jan",
    "tagline": "tagline; claim; slogan; subtitle; subline",
    "cta": "cta; button text; button; call to action",
    "badge": "badge; sticker",
    "rating": (
        "rating; stars; score; rating score; review rating; average rating; avg rating; rating value; rating average; "
        "reviews average; bewertung; note moyenne; valoración; valutazione"
    ),
}
# Names that settle a field only when nothing stronger does and the values fit.
WEAK: dict[str, str] = {
    "id": "no; number; key; productid; nummer; numero; uuid",
    "group_id": "family; style; parent id",
    "title": "label; subject; copy; text",
    "description": "details; summary; info",
    "price": (
        "amount; hinta; preis; prix; precio; prezzo; prijs; preço; cena; pris; цена; ціна; fiyat; current price; "
        "price min; min price; minimum price; lowest price; from price; price from"
    ),
    "sale_price": "deal",
    "sale_period": "valid until; from; to",
    "currency": "iso",
    "image": "thumbnail; media; pic",
    "more_images": "alt image",
    "link": "website; slug; url key; page",
    "brand": "supplier",
    "category": "type; collection; tags",
    "availability": "stock; inventory; qty; quantity",
}
# What the shop paid. A banner with it is a disaster, so no values and no missing rival make it a price.
NEVER = frozenset(
    ("cost", "cost per item", "wholesale price", "wholesale", "purchase price", "cost price", "unit cost")
)

_BRACKETED_NAME = re.compile(r".*\[([^\[\]]+)\]")
_BRACKETED_HINT = re.compile(r"\([^()]*\)")
_HINT_AT_END = re.compile(r"[(\[]([^()\[\]]{1,4})[)\]]\s*$")
_PREFIX = re.compile(r"(?:g|c):|\{[^}]*\}")
_FRONT = re.compile(r"^(?:product|item|variant)\s+(?=\S)")
_FURTHER = re.compile(r"(?:image|picture|photo|img) ?\d+")
_SEPARATORS = re.compile(r"[_\-./:*?\s]+")
# From which likeness (0 to 100) a name is another with a slip, and how short it may be to be asked at all.
_LIKENESS = 90
_SHORTEST_SLIP = 6
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff]")


@dataclass(frozen=True, slots=True)
class Alias:
    field: str
    is_strong: bool


@lru_cache(maxsize=4096)
def normalise(header: str) -> str:
    """A header as the table writes it (feeds 7): `g:image_link` and `Image link [image_link]` -> `image link`."""
    text = _CONTROLS.sub(" ", unicodedata.normalize("NFKC", header)).strip()
    if bracketed := _BRACKETED_NAME.fullmatch(text):
        text = bracketed[1]
    text = text[prefix.end() :] if (prefix := _PREFIX.match(text)) else text
    # The two i of Turkish are one here, since other programs' upper case has made them one already.
    lower = text.replace("İ", "i").lower().replace("ı", "i")
    return _SEPARATORS.sub(" ", _BRACKETED_HINT.sub(" ", lower)).strip()


def alias(header: str) -> Alias | None:
    """By the whole name first: a `variant image` is a further picture, though a `variant price` is the price."""
    whole = normalise(header)
    plain = _FRONT.sub("", whole, count=1)
    if found := _BY_NAME.get(whole) or _BY_NAME.get(plain):
        return found
    # A price that names its currency: `price_usd`.
    front, _, last = plain.rpartition(" ")
    if is_currency(last.upper()) and (priced := _BY_NAME.get(front)) and "price" in priced.field:
        return priced
    # A trailing number is a further one of the same: `image 3`.
    return Alias("more_images", True) if _FURTHER.fullmatch(plain) else None


def header_currency(header: str) -> str:
    """The code of the currency that a price's header names: `price_usd`, `Price (€)`; "" for none."""
    hint = _HINT_AT_END.search(unicodedata.normalize("NFKC", header))
    words = [hint[1].strip()] if hint else _SEPARATORS.sub(" ", header).split()[-1:]
    for word in words:
        codes = SIGNS.get(word.lower(), ())
        if is_currency(word.upper()) and len(word) == 3:
            return word.upper()
        if len(codes) == 1:
            return codes[0]
    return ""


@lru_cache(maxsize=4096)
def nearly_alias(header: str) -> Alias | None:
    """A name with a slip in it, such as `imge link`: a weak one of its field. Prices are never read so."""
    whole = _FRONT.sub("", normalise(header), count=1)
    if len(whole) < _SHORTEST_SLIP or any(character.isdigit() for character in whole):
        return None
    found = process.extractOne(whole, _LONG_NAMES, scorer=fuzz.ratio, score_cutoff=_LIKENESS)
    return Alias(_BY_NAME[found[0]].field, False) if found else None


def is_never_printed(header: str) -> bool:
    whole = normalise(header)
    return whole in NEVER or _FRONT.sub("", whole, count=1) in NEVER


_BY_NAME: dict[str, Alias] = {
    normalise(name): Alias(field, is_strong)
    for is_strong, table in ((False, WEAK), (True, STRONG))
    for field, names in table.items()
    for name in names.split("; ")
}
# A slip in a price's name may make another kind of price of it: `net price` is not `new price`.
_LONG_NAMES = tuple(
    name
    for name, known in _BY_NAME.items()
    if len(name) >= _SHORTEST_SLIP and "price" not in known.field and known.field != "saving"
)
