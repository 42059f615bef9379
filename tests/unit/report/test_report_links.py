"""A link that does not open is a report that does not work; a link that starts a program is an attack."""

from __future__ import annotations

import pytest

from bulkgen.report.links import link_target


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://cdn.example.com/a.png?x=1&y=%20#f", "https://cdn.example.com/a.png?x=1&y=%20#f"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/ü", "https://example.com/ü"),
        ('https://example.com/"<>', "https://example.com/%22%3C%3E"),
        ("x.generated/a.png", "x.generated/a.png"),
        ("x.generated/a b#1 100%.png", "x.generated/a%20b%231%20100%25.png"),
        ("größe.generated/a.png", "größe.generated/a.png"),
        ("x/a%20b.png", "x/a%2520b.png"),
        ("../x/a.png", "../x/a.png"),
    ],
)
def test_addresses_and_relative_paths_become_targets(address: str, target: str) -> None:
    assert link_target(address) == target


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "C:\\x.png",
            "C:/x.png",
            "mailto:a@b",
            "https:a",
            "data:x,y",
        ),
        *("/etc/passwd", "\\\\server\\share", "a\\b.png", "#Sheet2!A1", "?x"),
    ],
)
def test_anything_else_stays_text(address: str) -> None:
    assert link_target(address) is None


@pytest.mark.parametrize(
    ("path", "target"),
    [("Sale: May.generated/a.png", "Sale%3A%20May.generated/a.png"), ("", None), ("/etc/x", None)],
)
def test_a_file_that_we_put_there_is_linked_whatever_its_folder_is_called(path: str, target: str | None) -> None:
    assert link_target(path, is_file=True) == target
