"""Letters of both directions in one text: which is seen where. Capitals stand for right-to-left letters."""

from __future__ import annotations

import pytest

from bulkgen.render.bidi import base_level, has_direction, levels, visual_order

_HEBREW = {chr(ord("A") + index): chr(0x05D0 + index) for index in range(26)}
_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BACK = {letter: capital for capital, letter in _HEBREW.items()}


def seen(text: str, base: int | None = None) -> str:
    """The text as it is seen from left to right, without the controls."""
    real = "".join(_HEBREW.get(char, char) for char in text)
    found = levels(real, base_level(real) if base is None else base)
    kept = [index for index, char in enumerate(real) if char not in _CONTROLS]
    order = visual_order([found[index] for index in kept])
    return "".join(_BACK.get(real[kept[index]], real[kept[index]]) for index in order)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("ABC", "CBA"),
        ("ABC DEF", "FED CBA"),
        ("one ABC DEF two", "one FED CBA two"),
        ("ABC one two DEF", "FED one two CBA"),
        ("ABC 12 DEF", "FED 12 CBA"),
        ("ABC 1,299 D", "D 1,299 CBA"),
        ("ABC -50% D", "D 50%- CBA"),
        ("ABC $5", "$5 CBA"),
        ("say ABC!", "say CBA!"),
        ("ABC!", "!CBA"),
        ("ABC (one) D", "D )one( CBA"),
        ("one (ABC) two", "one (CBA) two"),
        ("one (ABC two", "one (CBA two"),
        ("", ""),
    ],
)
def test_what_is_read_first_is_seen_where_its_reader_starts(text: str, shown: str) -> None:
    """A price in the wrong order is another price."""
    assert seen(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one \u2067ABC two\u2069 x", "one two CBA x"),
        ("ABC \u2066D 1 two\u2069 E", "E 1 D two CBA"),
        ("\u202eabc\u202c d", "cba d"),
        ("\u202dABC\u202c d", "ABC d"),
        ("one \u202bABC two\u202c x", "one two CBA x"),
        ("\u202a" * 130 + "a ABC" + "\u202c" * 130, "a CBA"),
        ("a \u2069 B \u202c C", "a \u2069 C  B".replace("\u2069", "")),
    ],
)
def test_controls_of_direction_are_obeyed_and_never_seen(text: str, shown: str) -> None:
    assert seen(text, 0) == shown


@pytest.mark.parametrize(
    ("text", "base", "shown"),
    [
        ("\u202ea\u2066b\u2069c\u202c d", 0, "cba d"),
        ("\u202ea\u2066b\u2069c\u202c d", 1, "d cba"),
        ("\u2067\u202aA b\u2069 c", 0, "A b c"),
        ("\u2067\u202aA b\u2069 c", 1, "c A b"),
        ("\u2068AB c\u2069 d", 0, "c BA d"),
        ("\u2068AB c\u2069 d", 1, "d c BA"),
        ("a \u2067", 0, "a "),
        ("a \u2067", 1, " a"),
        ("A(B)c", 0, ")B(Ac"),
        ("A(B)c", 1, "c)B(A"),
        ("a() B", 0, "a() B"),
        ("a() B", 1, "B )(a"),
        ("a(B)\u0301\u0301 c", 0, "a(B)\u0301\u0301 c"),
        ("a(B)\u0301\u0301 c", 1, "c \u0301\u0301)B(a"),
        ("A)b", 0, "A)b"),
        ("A)b", 1, "b)A"),
        ("a 12 B", 0, "a 12 B"),
        ("a 12 B", 1, "B a 12"),
        ("\u2068c A\u2069 B", 0, "c A B"),
        ("\u2068c A\u2069 B", 1, "B c A"),
        ("\u202c\u2069a B", 0, "a B"),
        ("\u202c\u2069a B", 1, "B a"),
        ("\u202e\u202a\u202cab\u202c", 0, "ba"),
        ("\u202e\u202a\u202cab\u202c", 1, "ba"),
        ("a [b) A] B", 0, "a [b) A] B"),
        ("a [b) A] B", 1, "B ]A )b[ a"),
        ("A \u202b\u2067b\u2069 c\u202c d", 0, "c b A d"),
        ("A \u202b\u2067b\u2069 c\u202c d", 1, "d c b A"),
        ("\u2067" * 130 + "a B" + "\u2069" * 130, 0, "B a"),
        ("\u202b" * 130 + "\u2067a B\u2069" + "\u202c" * 130, 1, "B a"),
        ("(" * 70 + "A" + ")" * 70, 0, "(" * 70 + "A" + ")" * 70),
    ],
)
def test_the_corners_of_the_algorithm_are_those_of_its_other_makers(text: str, base: int, shown: str) -> None:
    """Held against an implementation by others, in another language, so that no misreading of ours is frozen here."""
    assert seen(text, base) == shown


def test_the_direction_asked_for_moves_what_has_none_of_its_own() -> None:
    assert seen("sale!", 0) == "sale!"
    assert seen("sale!", 1) == "!sale"


@pytest.mark.parametrize(
    ("text", "level"),
    [("abc", 0), ("אבג", 1), ("12 אבג", 1), ("12", 0), ("\u2067אבג\u2069 abc", 0), ("\u2069\u2068abc", 0), ("ع", 1)],
)
def test_a_paragraph_goes_the_way_of_its_first_letter(text: str, level: int) -> None:
    assert base_level(text) == level


def test_numbers_behind_arabic_letters_are_arabic_numbers() -> None:
    """The sign of percent then stands left of the figures, as it does in Arabic."""
    found = levels("خصم 50%", 1)
    assert found[4:] == [2, 2, 1]


def test_marks_go_with_their_letter_and_brackets_with_their_pair() -> None:
    assert levels("שָ a", 0) == [1, 1, 0, 0]
    assert levels("ש[a\u0301]ש", 1)[1] == levels("ש[a\u0301]ש", 1)[4] == 1
    assert levels("a(ש)\u0301b", 0) == [0, 0, 1, 0, 0, 0]


def test_plain_text_needs_no_order() -> None:
    assert not has_direction("Größe 12 €, 夏 🎉")
    assert has_direction("a\u200fb")
    assert visual_order([]) == []
    assert visual_order([2, 2]) == [0, 1]
