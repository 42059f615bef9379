"""The query of `GET /fonts` over the fonts at hand: filters and paging (reference 2.11). Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.studio.listing import page_of

Font = Mapping[str, Any]


def list_fonts(fonts: Sequence[Font], query: Mapping[str, str]) -> tuple[list[Font], int]:
    """Raises `listing.QueryError`. The page, and how many there are."""
    found = [font for font in fonts if _fits(font, query)]
    wanted = _plain(query.get("name", ""))
    found.sort(key=lambda font: (_plain(str(font["name"])) != wanted, _plain(str(font["name"]))))
    return page_of(found, query), len(found)


def _fits(font: Font, query: Mapping[str, str]) -> bool:
    weights = font.get("available_weights", ())
    weight, style = query.get("weight"), query.get("style")
    name = _plain(query.get("name", ""))
    return (
        (not name or name in _plain(str(font["name"])))
        and (not query.get("category") or font.get("category") == query["category"])
        and (query.get("type") not in ("google", "custom") or font.get("type") == query["type"])
        and (not weight or any(str(item).partition("-")[0] == weight for item in weights))
        and (
            style not in ("normal", "italic") or any(("italic" in str(item)) == (style == "italic") for item in weights)
        )
    )


def _plain(text: str) -> str:
    """Without case, accents and spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter) and not letter.isspace())
