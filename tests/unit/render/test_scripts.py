"""Texts of other scripts, set whole: order, fonts, forms of letters, and what is said where a font is missing."""

from __future__ import annotations

from typing import Any

import pytest
from rendering_cases import FONTS, FORMAT, SCRIPTS, design, layer

from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.scene import resolve
from bulkgen.render.textblock import TextBlock, TextLine, set_text
from bulkgen.render.typesetting import Piece, read_setting, set_words


def title(payload: str, width: float, height: float, **attributes: Any) -> Any:
    made = design(layer("title", "text", (0, 0, width, height), payload=payload, **{"font_size": 20} | attributes))
    return resolve(made, FORMAT, {}).layers[0]


def block(
    payload: str, width: float = 400, height: float = 300, fonts: FontLibrary = SCRIPTS, **attributes: Any
) -> TextBlock:
    made = title(payload, width, height, **attributes)
    return set_text(made, read_setting(made, fonts), made.box, fonts)


def pieces(payload: str, fonts: FontLibrary = SCRIPTS, **attributes: Any) -> list[Piece]:
    made = title(payload, 400, 300, **attributes)
    return [piece for word in set_words(made, read_setting(made, fonts), fonts) for piece in word.pieces]


def faces(line: TextLine) -> list[str]:
    return [run.face.path.stem for run in line.runs]


def test_a_hebrew_line_starts_at_the_right() -> None:
    (line,) = block("קיץ Sale בהרים").lines
    assert faces(line) == ["heebo", "Inter-Variable", "heebo"]
    first, second, last = line.runs
    assert first.x < second.x < last.x
    # The last word, being the first that is read, has three letters: it is the narrower one.
    assert last.width < first.width


def test_the_base_direction_may_be_asked_for() -> None:
    latin_first = "Sale קיץ"
    assert faces(block(latin_first).lines[0])[0] == "Inter-Variable"
    assert faces(block(latin_first, text_direction="rtl").lines[0])[0] == "heebo"
    assert faces(block("קיץ Sale", text_direction="ltr").lines[0])[0] == "heebo"


@pytest.mark.parametrize(
    ("payload", "attributes", "is_right"),
    [
        ("קיץ", {}, True),
        ("<c=#ff0000>קיץ</c>", {}, True),
        ("Sale קיץ", {}, False),
        ("Sale", {"text_direction": "rtl"}, True),
        ("קיץ", {"text_direction": "ltr"}, False),
        ("קיץ", {"alignment": "top left"}, False),
    ],
)
def test_a_text_without_alignment_stands_where_its_reader_starts(
    payload: str, attributes: dict[str, Any], is_right: bool
) -> None:
    (line,) = block(payload, **attributes).lines
    assert line.x == pytest.approx(400 - line.width if is_right else 0)


def test_each_paragraph_has_a_direction_of_its_own() -> None:
    first, second = block("קיץ Sale\nSale קיץ").lines
    assert faces(first) == ["Inter-Variable", "heebo"]
    assert faces(second) == ["Inter-Variable", "heebo"]
    assert block("קיץ Sale\nקיץ Sale").lines[1].runs[0].face.path.stem == "Inter-Variable"


def test_arabic_letters_join_also_where_a_word_changes_colour() -> None:
    """Letters that fall apart are read as initials."""
    whole = [glyph for piece in pieces("مرحبا") for glyph in piece.glyphs.ids]
    parted = pieces("<c=#ff0000>مر</c>حبا")
    assert len(parted) == 2
    assert sorted(glyph for piece in parted for glyph in piece.glyphs.ids) == sorted(whole)
    assert len({glyph for piece in pieces("م ر ح ب ا") for glyph in piece.glyphs.ids} - set(whole)) > 1


def test_joined_letters_are_never_spaced() -> None:
    plain, spaced = (pieces("مرحبا", letter_spacing=value)[0].width for value in (0, 10))
    assert plain == spaced
    assert pieces("שלום", letter_spacing=10)[0].width > pieces("שלום")[0].width


def test_spaced_letters_are_not_ligatures() -> None:
    font = {"font": "Instrument Serif"}
    assert len(pieces("fi", **font)[0].glyphs.ids) == 1
    assert len(pieces("fi", letter_spacing=5, **font)[0].glyphs.ids) == 2
    assert len(pieces("fi", letter_spacing=-1, **font)[0].glyphs.ids) == 1


def test_marks_stay_with_their_letter_in_one_font() -> None:
    assert {piece.face.path.stem for piece in pieces("क्षेत्र")} == {"noto-sans-devanagari"}
    assert len(pieces("क्षेत्र")) == 1


def test_japanese_fills_its_lines_and_keeps_its_stops_behind_letters() -> None:
    lines = block("夏の山はすぐそこ。夏の山はすぐそこ。", width=165).lines
    assert [len(line.runs[0].ids) for line in lines] == [7, 8, 3]
    assert len(block("夏の山はすぐそこ。", width=160, alignment="top justify").lines) == 2


def test_justified_japanese_reaches_both_edges() -> None:
    first, last = block("夏の山はすぐそこ。", width=170, alignment="top justify").lines
    assert first.width == pytest.approx(170)
    assert last.width < 60


@pytest.mark.parametrize(
    "emoji",
    ["🎉", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "1️⃣", "❤️‍🔥", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"],
)
def test_an_emoji_is_one_glyph_of_the_colour_font(emoji: str) -> None:
    """A family in pieces is four people who have nothing to do with each other."""
    (piece,) = pieces(emoji, FONTS)
    assert piece.face.is_color
    assert len([advance for advance in piece.glyphs.advances if advance]) == 1
    assert 0 not in piece.glyphs.ids


def test_text_around_an_emoji_keeps_its_font() -> None:
    assert [piece.face.is_color for piece in pieces("50%🎉off", FONTS)] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Sale שלום", r"characters 'ש' \(U\+05E9\), 'ל' .* install fontpkg-heebo, or put a font that has them"),
        ("ع", r"character 'ع' \(U\+0639\); install fontpkg-noto-sans-arabic, or put a font that has it"),
        ("夏", "install noto-cjk-sans-jp-regular"),
        ("\U00012000", r"U\+12000\); put a font that has it into the font folder"),
        ("a\u0e49", r"U\+0E49"),
    ],
)
def test_a_character_that_no_font_has_is_named_with_the_remedy(text: str, named: str) -> None:
    """A box in a published banner is worse than no banner."""
    with pytest.raises(RenderError, match=named):
        pieces(text, FONTS)


def test_no_glyph_is_ever_the_box() -> None:
    for text in ("Sale 🎉 قائمة", "夏 e\u0301x\u0323", "שלום", "क्षेत्र", "\u200f\ufeff\u2066a\u2069"):
        made = block(text)
        assert all(glyph for line in made.lines for run in line.runs for glyph in run.ids)


def test_a_text_of_nothing_but_invisible_characters_is_set_as_nothing() -> None:
    assert [line.runs for line in block("\u200f\u2060\ufeff").lines] == [()]


def test_a_soft_hyphen_is_seen_only_where_its_line_ends() -> None:
    narrow = block("Donau\u00addampf\u00adschiff", width=120).lines
    assert [len(line.runs[0].ids) for line in narrow] == [6, 11]
    assert len(block("Donau\u00addampf\u00adschiff", width=400).lines[0].runs[0].ids) == 16


def test_a_cut_right_to_left_text_ends_in_dots_at_its_left() -> None:
    cut = block("قائمة طويلة جدا لا تنتهي أبدا مع كلام كثير", width=150, height=30, text_truncation=True)
    (line,) = cut.lines
    assert cut.is_truncated
    dots = min(line.runs, key=lambda run: run.x)
    assert len(dots.ids) in (1, 3)
    assert dots.face.path.stem != line.runs[-1].face.path.stem or len(line.runs) == 1


def test_a_long_thai_or_japanese_word_is_broken_without_a_hyphen() -> None:
    lines = block("ンンンンンンンンンン", width=90, max_lines=5).lines
    assert len(lines) > 1
    arabic = block("مرحبامرحبامرحبامرحبا", width=90, max_lines=5).lines
    assert all(run.face.path.stem == "noto-sans-arabic" for line in arabic for run in line.runs)


def test_a_word_is_never_cut_between_a_letter_and_its_marks() -> None:
    lines = block("क्षेत्रक्षेत्रक्षेत्र", width=60, max_lines=9).lines
    starts = [line.runs[0] for line in lines]
    assert len(lines) > 1
    assert all(run.ids[0] for run in starts)


def shown(made: TextBlock) -> int:
    return sum(len(run.ids) for line in made.lines for run in line.runs)


@pytest.mark.parametrize(
    ("payload", "width", "glyphs"),
    [
        ("夏の山夏の山夏の山", 100, 5),
        ("Donaudampfschifffahrtsgesellschaft", 120, 9),
        ("Hello there, you all", 130, 11),
        ("क्षेत्र क्षेत्र क्षेत्र", 60, None),
        ("🎉🎉🎉🎉🎉🎉", 70, 3),
    ],
)
def test_a_cut_text_keeps_what_has_room_before_its_dots(payload: str, width: float, glyphs: int | None) -> None:
    cut = block(payload, width=width, height=30, text_truncation=True, max_lines=1)
    assert cut.is_truncated
    assert len(cut.lines) == 1
    assert cut.lines[0].width <= width
    assert glyphs is None or shown(cut) == glyphs


@pytest.mark.parametrize(
    ("payload", "width", "attributes"),
    [
        ("夏の山夏の山", 15, {"text_truncation": True, "max_lines": 1}),
        ("夏の山夏の山", 25, {"text_truncation": True, "max_lines": 1}),
        ("wwwwwwwwww", 100, {"max_lines": 1, "text_harmony": True}),
        ("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 10, {"max_lines": 9}),
    ],
)
def test_where_not_even_the_dots_have_room_the_text_does_not_fit(
    payload: str, width: float, attributes: dict[str, Any]
) -> None:
    with pytest.raises(RenderError, match="cannot fit"):
        block(payload, width=width, height=200, **attributes)


def test_a_long_word_of_several_styles_is_broken_through_all_of_them() -> None:
    made = block("<w=700>Donaudampf</w>schifffahrts<c=#ff0000>gesellschaft</c>", width=110, max_lines=9)
    assert len(made.lines) > 2
    assert all(line.width <= 110 for line in made.lines)
    assert {run.style.weight for line in made.lines for run in line.runs} == {400, 700}
