"""What a text effect takes for a letter, a word and a line, and in what order they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendering_cases import FONTS, FORMAT, SCRIPTS, design, layer

from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import lay_out
from bulkgen.render.scene import resolve
from bulkgen.render.text_units import UNITS_MAX, TextUnit, units_of
from bulkgen.render.textblock import TextBlock


def block_of(text: str, fonts: FontLibrary = FONTS, width: float = 2000, **attributes: object) -> TextBlock:
    body = layer("t", "text", (0, 0, width, 2000), payload=text, font_size=40, **attributes)
    (item,) = lay_out(resolve(design(body), FORMAT, {}), fonts)
    assert item.text is not None
    return item.text


def units(block: TextBlock, split: str, *, types: bool = True) -> tuple[TextUnit, ...]:
    return units_of(block, split, by_letter_in_joined=types)


def glyphs(unit: TextUnit) -> list[tuple[int, float, float]]:
    """Which glyphs stand where."""
    runs = [run for line in unit.block.lines for run in line.runs]
    return [
        (glyph, round(run.x + x, 3), round(run.baseline, 3))
        for run in runs
        for glyph, x in zip(run.ids, run.xs, strict=True)
    ]


TEXTS = ["Fish & chips", "well-known and/or <u>old</u> things", "one\ntwo three\nfour", "a<w=900>b</w>c <fs=60>d</fs>"]


@pytest.mark.parametrize("split", ["letter", "word", "line"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_units_are_the_text_each_glyph_once_at_its_place(text: str, split: str) -> None:
    """A glyph that is lost or doubled is a misprint in every frame of the effect."""
    block = block_of(text)
    whole = TextUnit(block, block.extent)
    found = [glyph for unit in units(block, split) for glyph in glyphs(unit)]
    assert sorted(found) == sorted(glyphs(whole))


@given(st.text("ab c-/\n<>u", min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_whatever_is_written_its_units_are_whole(text: str) -> None:
    block = block_of(text)
    for split in ("letter", "word", "line"):
        found = [glyph for unit in units(block, split) for glyph in glyphs(unit)]
        assert sorted(found) == sorted(glyphs(TextUnit(block, block.extent)))


@pytest.mark.parametrize(
    ("text", "letters", "words", "lines"),
    [
        ("Fish & chips", 10, 3, 1),
        ("well-known and/or new", 19, 3, 1),
        ("one\ntwo three", 11, 3, 2),
        ("supercali­fragilistic", 20, 1, 1),
        ("cafe\u0301", 4, 1, 1),
        ("<w=900>Bo</w>ld", 4, 1, 1),
    ],
)
def test_letters_words_and_lines_are_those_of_a_reader(text: str, letters: int, words: int, lines: int) -> None:
    block = block_of(text)
    assert [len(units(block, split)) for split in ("letter", "word", "line")] == [letters, words, lines]


def test_a_word_that_a_line_breaks_is_in_both_lines() -> None:
    block = block_of("supercali\u00adfragilistic", width=300)
    assert len(block.lines) == 2
    assert [len(units(block, split)) for split in ("word", "line")] == [2, 2]


def test_units_come_in_reading_order() -> None:
    lefts = [unit.box.x for unit in units(block_of("Fish"), "letter")]
    assert lefts == sorted(lefts)
    tops = [unit.box.y for unit in units(block_of("one\ntwo\nthree"), "line")]
    assert tops == sorted(tops)


def test_text_that_runs_to_the_left_comes_from_the_right() -> None:
    """Typed from the left, the end of a Hebrew word would be read first."""
    block = block_of("שלום", SCRIPTS)
    lefts = [unit.box.x for unit in units(block, "letter")]
    assert len(lefts) == 4
    assert lefts == sorted(lefts, reverse=True)


def test_mixed_text_comes_in_the_order_it_is_read_in() -> None:
    """The number inside a Hebrew sentence runs to the right again."""
    block = block_of("שלום 12 שלום", SCRIPTS)
    lefts = [unit.box.x for unit in units(block, "letter")]
    assert len(lefts) == 10
    first, number, last = lefts[:4], lefts[4:6], lefts[6:]
    assert min(first) > max(number) > min(number) > max(last)
    assert (first, number) == (sorted(first, reverse=True), sorted(number))


def test_letters_that_join_are_typed_one_by_one_but_never_torn_apart() -> None:
    """Arabic letters that rise one by one would be drawn with their joints in the air."""
    block = block_of("سلام سلام", SCRIPTS)
    assert len(units(block, "letter")) > 2
    assert len(units(block, "letter", types=False)) == 2


@pytest.mark.parametrize("text", ["क्षि", "👩‍👩‍👧", "🇫🇷", "👍🏽"])
def test_what_is_one_sign_to_a_reader_stays_one(text: str) -> None:
    """Half of a flag is another flag."""
    assert len(units(block_of(text, SCRIPTS), "letter")) == 1


def test_a_ligature_is_one_letter() -> None:
    """Half of a ligature cannot be drawn."""
    block = block_of("fin", FONTS, font="DM Serif Display")
    drawn = [glyph for line in block.lines for run in line.runs for glyph in run.ids]
    assert len(drawn) == len(units(block, "letter")) == 2


def test_an_underline_reaches_to_the_next_unit() -> None:
    """A line with a hole at each space would close with a jerk when the effect is over."""
    first, second = units(block_of("<u>old things</u>"), "word")
    (run,) = first.block.lines[0].runs
    assert run.x + run.width == pytest.approx(second.box.x)


def test_a_text_of_very_many_letters_moves_by_its_words() -> None:
    block = block_of("word " * (UNITS_MAX // 4 + 10), width=20000)
    assert len(units(block, "letter")) == UNITS_MAX // 4 + 10
