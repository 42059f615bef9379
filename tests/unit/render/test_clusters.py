"""What a reader takes for one character, and which of them are pictures."""

from __future__ import annotations

import pytest

from bulkgen.render.clusters import clusters, is_picture


@pytest.mark.parametrize(
    "parts",
    [
        ["e\u0301", "a"],
        ["👨‍👩‍👧‍👦", "🇩🇪", "🇫🇷", "👍🏽", "1️⃣", "❤️‍🔥"],
        ["🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "x"],
        ["🇩🇪", "🇫"],
        ["का", "र्", "य"],
        ["a\u200d", "b"],
        [],
    ],
)
def test_what_belongs_together_is_one_cluster(parts: list[str]) -> None:
    text = "".join(parts)
    assert [text[start:end] for start, end in clusters(text)] == parts


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ("🎉", True),
        ("🇩🇪", True),
        ("☀\ufe0f", True),
        ("1\ufe0f\u20e3", True),
        ("☝🏽", True),
        ("⌚", True),
        ("⌚\ufe0e", False),
        ("☀", False),
        ("©", False),
        ("★", False),
        ("5", False),
        ("夏", False),
    ],
)
def test_pictures_are_what_unicode_or_the_text_says(cluster: str, expected: bool) -> None:
    """A star in a headline is a letter of its colour; a party popper is not."""
    assert is_picture(cluster) is expected
