"""The rows of all sample feeds as one sheet: title, text, price and picture of each product, pictures on loopback.

    folder of feeds, shop -> rows

A feed that bulkgen reads is read by it; the others (XML, old workbooks, Parquet) by the plainest other means, since
what is proved here is about products and not about files.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from bulkgen.errors import SheetError
from bulkgen.sheet.read import open_sheet

# Part of a product -> the headers that mean it, the first that has something counts.
PARTS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "sku", "handle"),
    "text": (
        "short_description",
        "short description",
        "description",
        "body (html)",
        "summary",
        "features_bags",
    ),
    "price": ("special_price", "sale price", "sale_price", "price", "regular price", "variant price"),
    "before": ("price", "regular price", "compare_at_price", "variant compare at price"),
    "image": ("image_link", "image src", "images", "image", "image1_src", "thumbnail", "image_url"),
    "brand": ("brand", "vendor", "category", "categories", "type"),
}
_ENTRIES = ("item", "entry", "product")


def feeds(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*.*") if path.suffix != ".zip")
    return sorted(path for path in found if path.suffix != ".parquet" or importlib.util.find_spec("pyarrow"))


def products(folder: Path, shop: str, names: frozenset[str], *, rows_per_feed: int | None) -> list[dict[str, str]]:
    """`rows_per_feed` rows of each, spread over it, and as many of those whose picture the shop has by its name; None:
    all. Each product twice, with its picture and without: a dead picture says nothing of the texts beside it."""
    rows: list[dict[str, str]] = []
    for path in feeds(folder):
        found = [_product(row) for row in _rows(path)]
        found = [product for product in found if any(product.values())]
        assert found, path
        for product in found if rows_per_feed is None else _some(found, names, rows_per_feed):
            image = _at(product["image"], shop)
            for key, address in (("", ""), ("p", image)) if image else (("", ""),):
                rows.append({"no": f"{len(rows):04d}{key}", "feed": path.name, **product, "image": address})
    return rows


def _product(row: Mapping[str, str]) -> dict[str, str]:
    plain = {name.strip().lower(): text for name, text in row.items()}
    return {part: _first(plain, names) for part, names in PARTS.items()}


def _some(found: list[dict[str, str]], names: frozenset[str], count: int) -> list[dict[str, str]]:
    spread = found[:: max(1, len(found) // count)][:count]
    pictured = [product for product in found if _name(product["image"]) in names and product not in spread]
    return spread + pictured[:count]


def _first(row: Mapping[str, str], names: Iterable[str]) -> str:
    return next((row[name].strip() for name in names if row.get(name, "").strip()), "")


def _at(image: str, shop: str) -> str:
    """The same picture in the shop; those that it does not have are dead there."""
    first = _address(image)
    path = first.partition("://")[2] or first
    return f"{shop}/{path.lstrip('/')}" if path else ""


def _address(image: str) -> str:
    return image.split(",")[0].split("\n")[0].strip()


def _name(image: str) -> str:
    return _address(image).rpartition("/")[2]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        yield from (row.cells for row in open_sheet(path).rows())
        return
    except SheetError:
        pass
    if path.suffix == ".xml":
        yield from _of_xml(path)
        return
    import pandas

    read = pandas.read_parquet if path.suffix == ".parquet" else pandas.read_excel
    engine = "pyarrow" if path.suffix == ".parquet" else "calamine"
    frame = read(path, engine=engine).astype(object)
    yield from frame.where(frame.notna(), "").astype(str).to_dict("records")


def _of_xml(path: Path) -> Iterator[Mapping[str, str]]:
    for element in etree.parse(str(path)).iter():
        if isinstance(element.tag, str) and etree.QName(element).localname in _ENTRIES:
            row = {str(name): str(value) for name, value in element.attrib.items()}
            for child in element:
                if isinstance(child.tag, str):
                    row.setdefault(etree.QName(child).localname, child.text or "")
            yield row


MAPPING = """\
design: product-card
key: no
elements:
  title: "{{ title }}"
  subtitle: {payload: "{{ text | strip_html | truncate(110) }}", empty: hide}
  price: {payload: "{{ price }}", empty: hide}
  old_price: {payload: "{{ before }}", empty: hide}
  photo: {image_url: "{{ image }}"}
  reviews: {payload: "{{ brand }}", empty: hide}
  rating: {hidden: true}
  badge: {hidden: true}
"""
