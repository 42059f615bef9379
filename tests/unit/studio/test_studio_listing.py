"""The query of the listings: filters, order, paging."""

from __future__ import annotations

import pytest

from bulkgen.studio.fonts import list_fonts
from bulkgen.studio.listing import QueryError, list_designs
from bulkgen.wire.design import Design, Format

PROJECT = "33333333-3333-4333-8333-333333333333"


def design(name: str, kind: str = "static", size: tuple[int, int] = (100, 100), **more: object) -> Design:
    return Design(
        id=name,
        name=name,
        type=kind,
        formats=(Format(f"{name}-f", "", *size), Format("other", "", 300, 250)),
        elements=(),
        **more,  # type: ignore[arg-type]
    )


DESIGNS = [
    design("Étoile", project_id=PROJECT, project_name="Summer Sale", created_at=1_700_000_000, updated_at=3),
    design("banner", "animated", (200, 100), created_at=1_600_000_000, updated_at=2),
    design("Card", size=(100, 200), created_at=1_500_000_000, updated_at=1),
]


def names(**query: str) -> list[str]:
    return [found.name for found in list_designs(DESIGNS, query)[0]]


def test_without_a_query_all_come_by_name() -> None:
    """Case and accents do not decide the order."""
    assert names() == ["banner", "Card", "Étoile"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "animated"}, ["banner"]),
        ({"type": "static,animated"}, ["banner", "Card", "Étoile"]),
        ({"type": "nonsense"}, ["banner", "Card", "Étoile"]),
        ({"query": "sale etoile"}, ["Étoile"]),
        ({"name": "etoi"}, ["Étoile"]),
        ({"project": "summer"}, ["Étoile"]),
        ({"project_id": PROJECT.upper()}, ["Étoile"]),
        ({"category_id": PROJECT}, ["Étoile"]),
        ({"orientation": "portrait"}, ["Card"]),
        ({"orientation": "square"}, ["Étoile"]),
        ({"size": "200x100,1x1"}, ["banner"]),
        ({"format": "Card-f"}, ["Card"]),
        ({"format": "other", "orientation": "portrait"}, []),
        ({"updated_since": "1970-01-01T00:00:03Z"}, ["Étoile"]),
        ({"created_since": "2020-01-01"}, ["banner", "Étoile"]),
        ({"sort": "updated"}, ["Card", "banner", "Étoile"]),
        ({"sort": "created", "order": "desc"}, ["Étoile", "banner", "Card"]),
        ({"sort": "nonsense"}, ["banner", "Card", "Étoile"]),
        ({"per_page": "2"}, ["banner", "Card"]),
        ({"page": "2", "per_page": "2"}, ["Étoile"]),
        ({"page": "9"}, []),
    ],
)
def test_a_filter_keeps_what_the_reference_says(query: dict[str, str], expected: list[str]) -> None:
    """The official clients rely on each of these."""
    assert names(**query) == expected


def test_the_total_counts_over_all_pages() -> None:
    """A client pages until it has that many."""
    assert list_designs(DESIGNS, {"per_page": "1"})[1] == 3


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"project_id": "x"}, "category_id"),
        ({"page": "0"}, "page"),
        ({"per_page": "many"}, "per_page"),
        ({"created_since": "yesterday"}, "created_since"),
    ],
)
def test_an_unreadable_value_is_refused_at_its_parameter(query: dict[str, str], path: str) -> None:
    """`category_id` is the path whatever was sent: so the API does."""
    with pytest.raises(QueryError) as refused:
        list_designs(DESIGNS, query)
    assert refused.value.violation.path == path


FONTS = [
    {"id": "1", "name": "Open Sans", "available_weights": [400, "700-italic"], "type": "google", "category": "sans"},
    {"id": "2", "name": "Sans", "available_weights": [900], "type": "custom", "category": "display"},
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["1", "2"]),
        ({"name": "sans"}, ["2", "1"]),
        ({"name": "OPENSANS"}, ["1"]),
        ({"category": "display"}, ["2"]),
        ({"weight": "700"}, ["1"]),
        ({"style": "italic"}, ["1"]),
        ({"weight": "700", "style": "italic"}, ["1"]),
        ({"weight": "400", "style": "italic"}, []),
        ({"weight": "0700"}, ["1"]),
        ({"weight": "1000"}, []),
        ({"style": "normal"}, ["1", "2"]),
        ({"type": "custom"}, ["2"]),
        ({"type": "nonsense"}, ["1", "2"]),
        ({"per_page": "1", "page": "2"}, ["2"]),
    ],
)
def test_fonts_are_filtered_and_exact_names_come_first(query: dict[str, str], expected: list[str]) -> None:
    """Who looks for `Sans` wants that one."""
    assert [font["id"] for font in list_fonts(FONTS, query)[0]] == expected


@pytest.mark.parametrize("query", [{"weight": "bold"}, {"weight": "-400"}, {"page": "0"}])
def test_a_query_for_fonts_that_cannot_be_read_is_refused(query: dict[str, str]) -> None:
    """An empty list would say that there is no such font."""
    with pytest.raises(QueryError) as refused:
        list_fonts(FONTS, query)
    (name,) = query
    assert (refused.value.violation.path, refused.value.violation.code) == (name, "invalid_query_param")
