"""Thai stands without spaces, and is cut between its words all the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.render.breaking import stretches
from bulkgen.render.thai import word_edges

SALE = "ลดราคาพิเศษสำหรับสินค้าใหม่ทุกชิ้นในร้าน"
LETTERS = st.sampled_from("กขคงลดราคาพิเศษสำหรับเแโไใะาิีึืุู่้๊๋์ำฯๆ ab1.-\u200b")


def shown(text: str) -> list[str]:
    return [text[part.start : part.end] for part in stretches(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SALE, ["ลด", "ราคา", "พิเศษ", "สำหรับ", "สินค้า", "ใหม่", "ทุก", "ชิ้น", "ใน", "ร้าน"]),
        ("ส่งฟรีทั่วประเทศ 24 ชม.", ["ส่ง", "ฟรี", "ทั่ว", "ประเทศ", "24", "ชม."]),
        ("Lamp โคมไฟ", ["Lamp", "โคม", "ไฟ"]),
        ("ก", ["ก"]),
    ],
)
def test_a_thai_line_may_end_after_a_word(text: str, words: list[str]) -> None:
    """A headline of forty letters without a space would else be cut inside a word, or not fit."""
    assert shown(text) == words


def test_a_place_that_the_writer_gives_is_one_beside_those_of_the_model() -> None:
    assert shown("โคม\u200bไฟ") == ["โคม", "ไฟ"]


@given(st.text(LETTERS, max_size=40))
def test_no_line_begins_with_a_sign_of_the_letter_before_it(text: str) -> None:
    """A vowel above, a tone or a repetition mark at the start of a line stands over nothing."""
    edges = list(word_edges(text))
    assert edges == sorted(set(edges))
    assert all(0 < at < len(text) for at in edges)
    assert not any(text[at] in "ะาิีึืุู่้๊๋์ำฯๆ" or text[at - 1] in "เแโไใ" for at in edges)
