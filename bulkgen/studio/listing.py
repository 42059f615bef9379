"""The query of `GET /designs` over the designs at hand: filters, order, paging (reference 2.2). Pure.

designs, query -> the page, and how many there are
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bulkgen.wire.design import Design, Format
from bulkgen.wire.values import Violation, is_uuid

_PER_PAGE = 25
_MOST_PER_PAGE = 100

_ORDERS: Mapping[str, Callable[[Design], Any]] = {
    "name": lambda design: plain(design.name),
    "updated": lambda design: design.updated_at,
    "created": lambda design: design.created_at,
}


class QueryError(Exception):
    """A query value that cannot be read."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.message)
        self.violation = violation


def list_designs(designs: Sequence[Design], query: Mapping[str, str]) -> tuple[list[Design], int]:
    """Raises QueryError. An unknown type or order is passed over, as the API does."""
    filters = [*_of_project(query), *_of_words(query), *_of_times(query), *_of_formats(query)]
    found = [design for design in designs if all(accepts(design) for accepts in filters)]
    found.sort(key=_ORDERS["name"])
    key = query.get("sort", "name")
    found.sort(key=_ORDERS.get(key, _ORDERS["name"]), reverse=query.get("order") == "desc")
    return page_of(found, query), len(found)


def page_of(found: list[Any], query: Mapping[str, str]) -> list[Any]:
    """Either parameter turns paging on."""
    if "page" not in query and "per_page" not in query:
        return found
    page = whole(query, "page", 1)
    size = min(whole(query, "per_page", _PER_PAGE), _MOST_PER_PAGE)
    return found[(page - 1) * size : page * size]


def _of_project(query: Mapping[str, str]) -> list[Callable[[Design], bool]]:
    wanted = query.get("project_id") or query.get("category_id")
    if not wanted:
        return []
    if not is_uuid(wanted):
        # The path is the deprecated name whatever was sent; so it is in the API.
        raise QueryError(Violation("category_id", "invalid_payload", "malformed id category_id", None, wanted))
    return [lambda design: (design.project_id or "").lower() == wanted.lower()]


def _of_words(query: Mapping[str, str]) -> list[Callable[[Design], bool]]:
    filters: list[Callable[[Design], bool]] = []
    types = {kind for kind in _csv(query, "type") if kind in ("static", "animated", "printer", "printer_multipage")}
    if types:
        filters.append(lambda design: design.type in types)
    words = plain(query.get("query", "")).split()
    if words:
        filters.append(
            lambda design: all(word in plain(design.name) or word in plain(design.project_name or "") for word in words)
        )
    if name := plain(query.get("name", "")):
        filters.append(lambda design: name in plain(design.name))
    if project := plain(query.get("project", "")):
        filters.append(lambda design: project in plain(design.project_name or ""))
    return filters


def _of_times(query: Mapping[str, str]) -> list[Callable[[Design], bool]]:
    filters: list[Callable[[Design], bool]] = []
    if (updated := _time(query, "updated_since")) is not None:
        filters.append(lambda design: design.updated_at >= updated)
    if (created := _time(query, "created_since")) is not None:
        filters.append(lambda design: design.created_at >= created)
    return filters


def _of_formats(query: Mapping[str, str]) -> list[Callable[[Design], bool]]:
    """Orientation, size and name must be those of one and the same format."""
    orientation, sizes, names = query.get("orientation"), set(_csv(query, "size")), set(_csv(query, "format"))
    if orientation not in ("portrait", "landscape", "square"):
        orientation = None
    if not (orientation or sizes or names):
        return []

    def fits(item: Format) -> bool:
        return (
            (orientation is None or _orientation(item) == orientation)
            and (not sizes or f"{item.width:g}x{item.height:g}" in sizes)
            and (not names or item.id in names)
        )

    return [lambda design: any(fits(item) for item in design.formats)]


def _orientation(item: Format) -> str:
    if item.width == item.height:
        return "square"
    return "portrait" if item.height > item.width else "landscape"


def _csv(query: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in query.get(name, "").split(",") if part.strip()]


def plain(text: str) -> str:
    """Without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).strip()


def _time(query: Mapping[str, str], name: str) -> float | None:
    text = query.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise QueryError(
            Violation(name, "invalid_query_param", f"{text[:60]!r} is not an ISO 8601 date", None, text)
        ) from None


def whole(query: Mapping[str, str], name: str, default: int) -> int:
    """From 1. Raises QueryError."""
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise QueryError(
            Violation(name, "invalid_query_param", f"{text[:60]!r} is not a whole number from 1", {"min": 1}, text)
        )
    return int(text)
