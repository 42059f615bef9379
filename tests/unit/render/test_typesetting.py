"""Payload -> words and pieces: case, breaks, stand-ins, decoration, parts of a price."""

from __future__ import annotations

from typing import Any

import pytest
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.alignment import Alignment, merge, parse_alignment
from bulkgen.render.failures import RenderError
from bulkgen.render.scene import resolve
from bulkgen.render.typesetting import Piece, Word, read_setting, set_words


def words(payload: str, **attributes: Any) -> tuple[Word, ...]:
    made = design(layer("title", "text", (0, 0, 400, 300), payload=payload, **attributes))
    title = resolve(made, FORMAT, {}).layers[0]
    return set_words(title, read_setting(title, FONTS), FONTS)


def texts(payload: str, **attributes: Any) -> list[str]:
    return ["".join(piece.text for piece in word.pieces) for word in words(payload, **attributes)]


def pieces(payload: str, **attributes: Any) -> list[Piece]:
    return [piece for word in words(payload, **attributes) for piece in word.pieces]


@pytest.mark.parametrize(
    ("transform", "shown"),
    [
        ("none", "straße DER o'neill-müller"),
        ("uppercase", "STRASSE DER O'NEILL-MÜLLER"),
        ("lowercase", "straße der o'neill-müller"),
        ("titlecase", "Straße Der O'neill-Müller"),
        ("capitalize", "Straße DER o'neill-müller"),
    ],
)
def test_case_is_that_of_the_layer(transform: str, shown: str) -> None:
    found = words("straße DER o'neill-müller", text_transform=transform)
    line = "".join("".join(p.text for p in word.pieces) + (" " if word.space else "") for word in found)
    assert line == shown


def test_case_goes_through_markup() -> None:
    assert "".join(texts("<w=700>s</w>ale", text_transform="capitalize")) == "Sale"


@pytest.mark.parametrize(
    ("payload", "parts"),
    [
        ("one two", ["one", "two"]),
        ("T-Shirt-Größe", ["T-Shirt-", "Größe"]),
        ("2-in-1 −20% a-b", ["2-in-1", "−20%", "a-b"]),
        ("no\u00a0break", ["no\u00a0break"]),
        ("zero\u200bwidth", ["zero", "width"]),
        ("a\n\nb", ["a", "", "b"]),
        ("9 € only", ["9\u00a0€", "only"]),
        ("EUR 9 only", ["EUR\u00a09", "only"]),
        ("", []),
    ],
)
def test_a_line_may_end_where_a_reader_expects_it(payload: str, parts: list[str]) -> None:
    """An amount on one line and its currency on the next is a price nobody can read."""
    assert texts(payload) == parts


def test_breaks_in_the_text_end_paragraphs() -> None:
    assert [word.ends_paragraph for word in words("a b\r\nc\u2028d")] == [False, True, True, False]


@pytest.mark.parametrize(
    ("payload", "shown"),
    [("1\u202f299", "1\u202f299"), ("e\u0301", "é"), ("\ufb01ne", "fine"), ("a\u2011b", "a\u2011b")],
)
def test_what_a_font_lacks_is_shown_by_what_reads_the_same(payload: str, shown: str) -> None:
    """French prices come with narrow spaces that few fonts have; a box in the price is a wrong banner."""
    found = pieces(payload, font="Instrument Serif")
    assert {piece.face.path.name for piece in found} == {"InstrumentSerif-Regular.ttf"}
    plain = "".join(piece.text for piece in found)
    assert plain.replace("\u00a0", " ").replace("-", "\u2011") in (shown.replace("\u202f", " "), shown)


@pytest.mark.parametrize(
    ("kind", "field"), [("underline", "underline"), ("strike", "strike"), ("diagonal", "diagonal")]
)
def test_the_layers_line_holds_until_the_text_brings_its_own(kind: str, field: str) -> None:
    assert getattr(pieces("99 €", text_decoration=kind)[0].style.marks, field) is not None
    marked = pieces("<u>99</u> €", text_decoration=kind)
    assert marked[0].style.marks.underline is not None
    assert getattr(marked[-1].style.marks, field) is None


def test_decimals_are_small_and_end_at_the_height_of_the_amount() -> None:
    amount, decimals, *_ = pieces("12,50 €", price_style=True, font_weight=700)
    assert (amount.style.scale, amount.style.rise) == (1.0, 0.0)
    assert decimals.style.scale < 0.7
    top = decimals.style.rise + decimals.face.metrics.cap_height * decimals.style.scale
    assert top == pytest.approx(amount.face.metrics.cap_height)


def test_letter_spacing_is_in_parts_of_the_size() -> None:
    plain, spaced = (words("abcd", letter_spacing=value)[0].width for value in (0, 10))
    assert spaced - plain == pytest.approx(0.4)


def test_markup_weights_are_other_faces_of_the_same_family() -> None:
    regular, bold = pieces("a<w=800>b</w>")
    assert (regular.face.position["wght"], bold.face.position["wght"]) == (400, 800)


def test_an_unknown_font_is_an_error_with_its_name() -> None:
    with pytest.raises(RenderError, match="Element title error: unknown font 'Comic Sans'"):
        words("a", font="Comic Sans")


def test_a_run_of_hebrew_is_shaped_from_right_to_left_once_a_font_has_it() -> None:
    with pytest.raises(RenderError, match="no font at hand"):
        words("שלום")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("top left", Alignment(0, 0)),
        ("bottom right", Alignment(1, 1)),
        ("middle center", Alignment(0.5, 0.5)),
        ("custom custom", Alignment(0.5, 0.5)),
        ("left", Alignment(0, 0.5)),
        ("top", Alignment(0.5, 0)),
        ("justify", Alignment(0, 0.5, justify=True)),
        ("top justify-right", Alignment(1, 0, justify=True)),
        ("bottom justify-center", Alignment(0.5, 1, justify=True)),
        ("", Alignment(0, 0)),
    ],
)
def test_alignment_words_are_places(text: str, found: Alignment) -> None:
    assert parse_alignment(text, "top left") == found


@pytest.mark.parametrize(
    ("saved", "given", "merged"),
    [
        ("bottom right", "left", "bottom left"),
        ("bottom right", "top", "top right"),
        ("bottom right", "middle center", "middle center"),
        ("right", "top", "top"),
        (None, "top", "top"),
    ],
)
def test_one_word_leaves_the_other_axis(saved: str | None, given: str, merged: str) -> None:
    assert merge(saved, given) == merged
