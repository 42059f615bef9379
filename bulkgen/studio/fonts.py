"""The query of `GET /fonts` over the fonts at hand: filters and paging (reference 2.11). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.studio.listing import page_of, plain

Font = Mapping[str, Any]

CATEGORIES = ("serif", "sans-serif", "display", "handwriting", "monospace")


def list_fonts(fonts: Sequence[Font], query: Mapping[str, str]) -> tuple[list[Font], int]:
    """Raises `listing.QueryError`. The page, and how many there are."""
    found = [font for font in fonts if _fits(font, query)]
    wanted = _compact(query.get("name", ""))
    found.sort(key=lambda font: (_compact(str(font["name"])) != wanted, _compact(str(font["name"]))))
    return [_as_told(font) for font in page_of(found, query)], len(found)


def _as_told(font: Font) -> Font:
    """Clients know five categories; of a font of another kind, such as emoji, none is told."""
    if font.get("category") in CATEGORIES:
        return font
    return {name: value for name, value in font.items() if name != "category"}


def _fits(font: Font, query: Mapping[str, str]) -> bool:
    weights = font.get("available_weights", ())
    weight, style = query.get("weight"), query.get("style")
    name = _compact(query.get("name", ""))
    return (
        (not name or name in _compact(str(font["name"])))
        and (not query.get("category") or font.get("category") == query["category"])
        and (query.get("type") not in ("google", "custom") or font.get("type") == query["type"])
        and (not weight or any(str(item).partition("-")[0] == weight for item in weights))
        and (
            style not in ("normal", "italic") or any(("italic" in str(item)) == (style == "italic") for item in weights)
        )
    )


def _compact(text: str) -> str:
    """Without case, accents and spaces."""
    return "".join(plain(text).split())
