"""The query of `GET /fonts` over the fonts at hand: filters and paging (reference 2.11). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bulkgen.studio.listing import page_of, plain, whole

Font = Mapping[str, Any]

CATEGORIES = ("serif", "sans-serif", "display", "handwriting", "monospace")


def list_fonts(fonts: Sequence[Font], query: Mapping[str, str]) -> tuple[list[Font], int]:
    """Raises `listing.QueryError`. The page, and how many there are."""
    weight = whole(query, "weight", 0)
    found = [font for font in fonts if _fits(font, query, weight)]
    wanted = _compact(query.get("name", ""))
    found.sort(key=lambda font: (_compact(str(font["name"])) != wanted, _compact(str(font["name"]))))
    return [_as_told(font) for font in page_of(found, query)], len(found)


def _as_told(font: Font) -> Font:
    """Clients know five categories; of a font of another kind, such as emoji, none is told."""
    if font.get("category") in CATEGORIES:
        return font
    return {name: value for name, value in font.items() if name != "category"}


def _fits(font: Font, query: Mapping[str, str], weight: int) -> bool:
    """Weight and style must be those of one and the same cut."""
    name, style = _compact(query.get("name", "")), query.get("style")
    cuts = [str(cut).partition("-") for cut in font.get("available_weights", ())]
    if weight:
        cuts = [cut for cut in cuts if cut[0] == str(weight)]
    if style not in ("normal", "italic"):
        style = None
    if style:
        cuts = [cut for cut in cuts if (cut[2] == "italic") == (style == "italic")]
    return (
        (not name or name in _compact(str(font["name"])))
        and (not query.get("category") or font.get("category") == query["category"])
        and (query.get("type") not in ("google", "custom") or font.get("type") == query["type"])
        and (bool(cuts) or not (weight or style))
    )


def _compact(text: str) -> str:
    """Without case, accents and spaces."""
    return "".join(plain(text).split())
