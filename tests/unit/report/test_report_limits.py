"""What the formats can hold: a cell past a limit makes Excel repair the file, which drops what was in it."""

from __future__ import annotations

import pytest

from bulkgen.report.limits import (
    MAX_CELL_CHARS,
    NOTE_CUT,
    NOTE_REMOVED,
    Notes,
    clean,
    cut,
    guard,
    is_formula_like,
)


@pytest.mark.parametrize(
    ("text", "expected", "is_noted"),
    [
        ("", "", False),
        ("plain ü\U0001f600\t\n", "plain ü\U0001f600\t\n", False),
        ("a\r\nb\rc", "a\nb\nc", False),
        ("a\x00\x08\x0b\x1fb", "ab", True),
        ("a\ufffe\uffffb", "ab", True),
        ("half \ud83d", "half \ufffd", True),
    ],
)
def test_characters_that_no_cell_can_hold_are_taken_out_and_noted(text: str, expected: str, is_noted: bool) -> None:
    notes = Notes()
    assert clean(text, notes) == expected
    assert bool(notes.texts()) is is_noted
    assert not is_noted or notes.texts() == (NOTE_REMOVED.replace("{n}", "1"),)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * MAX_CELL_CHARS, MAX_CELL_CHARS),
        ("a" * (MAX_CELL_CHARS + 1), MAX_CELL_CHARS),
        ("\U0001f600" * 16_383, 16_383),
        ("\U0001f600" * 16_384, 16_384),
        ("a" + "\U0001f600" * 16_384, 16_384),
    ],
)
def test_excel_counts_a_character_outside_the_first_plane_as_two(text: str, length: int) -> None:
    """Counted as one, a cell of emojis would be twice too long; cut through one, half of it would be left."""
    notes = Notes()
    held = cut(text, notes)
    assert len(held) == length
    assert len(held.encode("utf-16-le")) // 2 <= MAX_CELL_CHARS
    if held is not text:
        assert held.endswith("…")
        assert notes.texts() == (NOTE_CUT.replace("{n}", "1"),)
    else:
        assert notes.texts() == ()


@pytest.mark.parametrize("text", ["=1", "=", "+a", "-a", "@a", "\ta", "-", "+1+1", "-1-cmd", "=-1", "＝1", "\n=1"])
def test_what_a_spreadsheet_would_work_out_is_guarded(text: str) -> None:
    assert is_formula_like(text)
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a", "a=1", "-5", "+5", "-1.234,56 €", "-20%", "- 20 %", "+49 30 12 34", "'=1"])
def test_what_it_would_not_is_left_alone(text: str) -> None:
    assert guard(text) == text


def test_notes_count_what_happened_and_keep_the_order_in_which_it_first_did() -> None:
    notes = Notes()
    notes.count("b: {n}")
    notes.count("a", 5)
    notes.count("b: {n}", 1_999)
    assert notes.texts() == ("b: 2,000", "a")
    assert repr(notes) == "<Notes {'b: {n}': 2000, 'a': 5}>"
