"""Inline markup (reference 7.10) -> runs."""

from __future__ import annotations

import pytest

from bulkgen.render.markup import PLAIN, Line, Marks, Run, parse_markup
from bulkgen.wire.colors import parse_color

RED = parse_color("#ff0000")


def test_tags_nest_and_end_where_they_are_closed() -> None:
    runs = parse_markup("Lorem i<c=#ff0000><u>p</u>s</c>um")
    assert runs == [
        Run("Lorem i", PLAIN),
        Run("p", Marks(color=RED, underline=Line())),
        Run("s", Marks(color=RED)),
        Run("um", PLAIN),
    ]


@pytest.mark.parametrize(
    "payload",
    ["a<b and c>d", "<x>bold</x>", "<c=nocolour>red", "<w=heavy>x", "<w=5000>x", "<>", "1 < 2", "</q>", "<c>"],
)
def test_what_is_no_tag_stays_text(payload: str) -> None:
    """A product called "A<B" would otherwise lose half of its name on the banner."""
    assert "".join(run.text for run in parse_markup(payload)) == payload


def test_an_unclosed_tag_holds_to_the_end_and_a_stray_closing_tag_is_dropped() -> None:
    assert parse_markup("a</u>b<w=700>c") == [Run("ab", PLAIN), Run("c", Marks(weight=700))]


def test_crossed_tags_end_with_the_one_that_was_opened_first() -> None:
    assert parse_markup("<u>a<s>b</u>c")[-1] == Run("c", PLAIN)


def test_decorations_may_have_a_colour_of_their_own() -> None:
    assert parse_markup("<s=#ff0000>9</s>") == [Run("9", Marks(strike=Line(RED)))]
    assert parse_markup("<bg=#ff0000>9</bg>")[0].marks.background == RED
    assert parse_markup("<d>9</d>")[0].marks.diagonal == Line()


def test_no_text_is_one_empty_run() -> None:
    assert parse_markup("") == [Run("", PLAIN)]
    assert parse_markup("<u></u>") == [Run("", PLAIN)]
