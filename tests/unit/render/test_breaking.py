"""Where a line may end, in any script."""

from __future__ import annotations

import pytest

from bulkgen.render.breaking import stretches
from bulkgen.render.line_rules import opportunities


def parts(text: str) -> list[str]:
    return [text[one.start : one.end] for one in stretches(text)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("夏の山", ["夏", "の", "山"]),
        ("すぐそこ。", ["す", "ぐ", "そ", "こ。"]),
        ("「今日」から", ["「今", "日」", "か", "ら"]),
        ("キャッシュ", ["キャッ", "シュ"]),
        ("全20%オフ！", ["全", "20%", "オ", "フ！"]),
        ("서울의 봄", ["서", "울", "의", "봄"]),
        ("مرحبا بكم", ["مرحبا", "بكم"]),
        ("ภาษาไทย ดี", ["ภาษาไทย", "ดี"]),
        ("क्षेत्र में", ["क्षेत्र", "में"]),
        ("Sale🎉now", ["Sale", "🎉", "now"]),
        ("👨‍👩‍👧‍👦🇩🇪🇫🇷👍🏽", ["👨‍👩‍👧‍👦", "🇩🇪", "🇫🇷", "👍🏽"]),
        ("T-Shirt 夏 and/or 2-in-1", ["T-Shirt", "夏", "and/", "or", "2-in-1"]),
        ("夏-山", ["夏-", "山"]),
    ],
)
def test_lines_of_every_script_end_where_its_readers_expect_it(text: str, shown: list[str]) -> None:
    """A line that starts with a full stop or half a flag tells every reader that no one of theirs made the banner."""
    assert parts(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("and/or", ["and/", "or"]),
        ("1/2 a/b", ["1/2", "a/b"]),
        ("Donau\u00addampf\u00adschiff", ["Donau\u00ad", "dampf\u00ad", "schiff"]),
        ("word\u2060word", ["word\u2060word"]),
        (" a  b ", ["", "a", "b"]),
    ],
)
def test_latin_words_are_parted_with_care(text: str, shown: list[str]) -> None:
    assert parts(text) == shown


def test_a_soft_hyphen_says_that_a_line_that_ends_there_shows_one() -> None:
    assert [one.is_soft for one in stretches("Donau\u00addampf")] == [True, False]
    assert [one.is_soft for one in stretches("夏\u00ad山")] == [True, False]
    assert [one.is_soft for text in ("Donau\u00ad", "夏\u00ad") for one in stretches(text)] == [False, False]


def test_a_line_break_ends_a_paragraph_in_every_script() -> None:
    text = "夏\n\n山 a\nb\n"
    assert [(text[one.start : one.end], one.ends_paragraph) for one in stretches(text)] == [
        ("夏", True),
        ("", True),
        ("山", False),
        ("a", True),
        ("b", True),
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", []),
        ("a", []),
        ("a b", [2]),
        ("(a) b", [4]),
        ("« a »", []),
        ("“夏”山", [3]),
        ("$(12.35) x", [9]),
        ("a…b", [2]),
        ("12,50€ 夏", [7]),
        ("א-ב", [2]),
        ("가각ᄀ", [1, 2]),
        ("ᄀ\u1161\u11a8가%", [3]),
        ("🇩🇪🇫🇷", [2]),
        ("a\u200b b", [3]),
        ("\u0301a", []),
        ("a\ufffcb", [1, 2]),
        ("a— —b", [1, 4]),
        ("-a b", [3]),
        ("\u1b05\u1b44\u1b05", []),
        ("\u25cc\u1b44\u1b05", []),
        ("\U0001fc00\U0001f3fb", []),
        ("夏\u2060山", []),
        ("夏\u00a0山", []),
        ("a .5", [2]),
        ("x -ab", [2]),
        ("´夏", []),
        ("א-夏", []),
        ("/אב", []),
        ("$夏", []),
        ("夏%", []),
        ("夏(1)a", [1]),
        ("ᄀ가", []),
        ("ᄀ\u1161\u1161", []),
        ("가\u11a8\u11a8", []),
        ("$가", []),
        ("\U00011003\U00011013", []),
        ("\u1b05\u1b44\u1b05\u1b05", [3]),
        ("1,2./3%夏", [7]),
        ("夏/3", [2]),
        ("$(.5)夏", [5]),
        ("( 夏", []),
        ("」 ー夏", [3]),
        ("夏”", []),
        ("”夏夏", [2]),
        ("夏\u200b\u200d山", [2]),
    ],
)
def test_the_unicode_rules_hold_where_one_decides(text: str, places: list[int]) -> None:
    assert opportunities(text) == places
