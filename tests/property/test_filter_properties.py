"""What the filters hold to for any cell, since cells come from strangers."""

from __future__ import annotations

import html
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.mapping.expressions import compile_expression
from bulkgen.mapping.names import Columns
from bulkgen.mapping.plain_text import cut_at_word, first_of_several, without_html

WORDS = st.lists(st.text(alphabet="abcé ß\u0301👨\u200d👩🏽🇩🇪-,.", max_size=8), max_size=8).map(" ".join)
MARKUP = st.lists(
    st.sampled_from(["<b>", "</b>", "<br/>", "<p class='x'>", "</p>", "<script>", "</script>", "<!--", "-->", "<", ">"])
    | st.sampled_from(["&amp;", "&#039;", "&amp;#039;", "&nbsp;", "a", "3 < 5", "Größe", "\n", " "]),
    max_size=12,
).map("".join)
PRICES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(99_999), places=2)


def value(source: str, **cells: str) -> Any:
    return compile_expression(f"{{{{ {source} }}}}", Columns(tuple(cells))).value(cells)


@settings(deadline=None)
@given(WORDS | st.text(max_size=40), st.integers(1, 30))
def test_a_cut_text_is_short_enough_and_a_beginning_of_the_whole(text: str, most: int) -> None:
    cut = cut_at_word(text, most)
    assert len(cut) <= most
    if cut.endswith("…") and cut != text.strip():
        head = cut.removesuffix("…")
        assert text.strip().startswith(head)
        # No accent, joiner or half of a flag is left to begin the rest, so that no sign was cut in two.
        rest = text.strip()[len(head) :]
        if head and not head[-1].isspace() and not rest[0].isspace() and rest[0] not in ",;:.–-":
            assert not unicodedata.category(rest[0]).startswith("M")
            assert "\u200d" not in (head[-1], rest[0])
    else:
        assert cut == text.strip()


def test_a_text_is_cut_between_words_where_there_are_any() -> None:
    assert cut_at_word("canvas shoe, white", 16) == "canvas shoe…"
    assert cut_at_word("Donaudampfschiff", 8) == "Donauda…"
    assert cut_at_word("👨\u200d👩\u200d👧 x", 4) == "…"
    assert cut_at_word("🇩🇪🇫🇷🇮🇹", 4) == "🇩🇪…"


@settings(deadline=None)
@given(MARKUP | st.text(max_size=60))
def test_a_text_without_its_html_has_no_tags_and_no_empty_lines(text: str) -> None:
    plain = without_html(text)
    assert all(line.strip() == line and line for line in plain.splitlines())
    assert "\u00a0" not in plain
    assert len(plain) <= len(html.unescape(html.unescape(text)))


@given(st.text(alphabet="abc äß.,!?'\"", max_size=40))
def test_plain_text_stays_as_it_is_but_for_its_white_space(text: str) -> None:
    assert without_html(text) == " ".join(text.split())
    assert without_html(html.escape(html.escape(text))) == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<script>", "<style>", "<!--", "<br", "<!--<script><style>", "< ", "&#1", "<a", "</script"]
)
def test_a_cell_full_of_beginnings_is_done_in_one_pass(piece: str) -> None:
    """Where each of them looks for its end, one such cell takes half a minute, and a sheet of them a night."""
    assert len(without_html(piece * (100_000 // len(piece)))) <= 100_000


@given(PRICES, PRICES)
def test_a_saving_is_never_nothing_a_rise_or_all(price: Decimal, sale: Decimal) -> None:
    """feeds: never show 0 % or a rise."""
    cells = {"price": f"{price} EUR", "sale": f"{sale} EUR"}
    shown = value("price | percent_off(sale)", **cells)
    percent = ((price - sale) * 100 / price).quantize(Decimal(1), ROUND_HALF_UP)
    assert shown == (f"−{percent}%" if sale < price and 0 < percent < 100 else "")
    assert value("price | now(sale) | amount", **cells) == min(price, sale)
    was = value("price | was(sale)", **cells)
    assert was == (cells["price"] if price > sale else "")


@given(st.sampled_from(["", " ", "POA", "0", "0.00 EUR", "from 9.99", "free", "-5", "#N/A"]), PRICES)
def test_what_is_no_price_makes_no_saving(odd: str, price: Decimal) -> None:
    assert value("price | percent_off(sale)", price=str(price), sale=odd) == ""
    assert value("price | percent_off(sale)", price=odd, sale=str(price)) == ""
    assert value("price | now(sale)", price=str(price), sale=odd) == str(price)
    assert value("price | was(sale)", price=str(price), sale=odd) == ""


@given(
    st.lists(st.text(alphabet="abc 1.-", min_size=1, max_size=6), min_size=1, max_size=5),
    st.sampled_from([", ", ";", "|", "\n"]),
)
def test_the_first_of_several_is_the_first_that_is_not_blank(parts: list[str], mark: str) -> None:
    filled = [part.strip() for part in parts if part.strip()]
    assert first_of_several(mark.join(parts)) == (filled[0] if filled else "")


def test_a_comma_inside_a_number_or_an_address_parts_nothing() -> None:
    assert first_of_several("1,234.50") == "1,234.50"
    assert first_of_several("https://x.y/a,b.jpg") == "https://x.y/a,b.jpg"


@settings(deadline=None)
@given(
    st.dates(),
    st.sampled_from(["en_US", "de_DE", "fr_FR", "ja_JP", "ar_EG"]),
    st.sampled_from(["short", "long", "d MMMM"]),
)
def test_a_date_of_a_feed_is_written_in_any_locale(day: Any, locale: str, style: str) -> None:
    for cell in (day.isoformat(), f"{day.isoformat()}T08:00-0500", f"{day.isoformat()} 23:59"):
        assert value(f"day | date('{style}', '{locale}')", day=cell)
