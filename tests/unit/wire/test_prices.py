"""What an output costs: the price list by which the studio bills, preflight forecasts and a run keeps its bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bulkgen.wire.animation import Animation
from bulkgen.wire.design import Design, Format
from bulkgen.wire.prices import credits_of

PAGES = tuple(Format(f"page_{n}", "", 210, 297, "mm") for n in range(8))


@pytest.mark.parametrize(
    ("design_type", "seconds", "pages", "cost"),
    [
        ("static", 0, 1, 1),
        ("printer", 0, 1, 1),
        ("printer_multipage", 0, 8, 8),
        ("animated", 15, 1, 15),
        ("animated", 7.2, 1, 8),
        ("animated", 0.4, 1, 1),
        # A sum of frames is a hair off a whole second, and is not to cost another.
        ("animated", sum([1 / 24] * 360), 1, 15),
    ],
)
def test_a_picture_is_one_a_second_is_one_a_page_is_one(
    design_type: str, seconds: float, pages: int, cost: int
) -> None:
    assert credits_of(design_type, seconds=seconds, pages=pages) == cost


def test_a_film_that_does_not_say_how_long_it_is_has_no_price() -> None:
    film = Design("d", "D", "animated", PAGES[:1], ())
    assert film.credits_each is None
    assert replace(film, animation=Animation(8)).credits_each == 8
    assert replace(film, type="printer_multipage", formats=PAGES).credits_each == 8
