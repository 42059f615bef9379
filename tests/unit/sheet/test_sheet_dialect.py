"""How a text table separates its cells and ends its lines, and which bytes its characters are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.sheet.dialect import announced_separator, find_line_end, find_separator, is_explanation, is_text
from bulkgen.sheet.encoding import find_encoding, wide_codec

SEPARATORS = {
    "commas": ("a,b\n1,2\n", ","),
    "semicolons": ("a;b\n1;2\n", ";"),
    "tabs": ("a\tb\n1\t2\n", "\t"),
    "bars": ("a|b\n1|2\n", "|"),
    "decimal commas": ("nom;prix\nA;1,50\nB;2,00\n", ";"),
    "sentences with commas": ("name;text\nA;one, two, three\nB;four, five, six\n", ";"),
    "commas inside quotes": ('a;b\n"x, y, z";2\n"p, q, r";3\n', ";"),
    "tabs among commas": ("a\tb\n1, 2\t3\n4, 5\t6\n", "\t"),
    "line breaks inside quotes": ('a,b\n"x\ny",1\n"p; q",2\n', ","),
    "a title above": ("My products\na;b;c\n1;2;3\n4;5;6\n", ";"),
    "a padded title above": ("My products,\na,b\n1,2\n3,4\n", ","),
    "only a header": ("a;b;c\n", ";"),
    "short rows": ("a,b,c\n1,2\n3,4\n", ","),
    "lists of categories": ("sku,kinds,price\n1,a|b|c,2\n2,d|e,3\n", ","),
    "one column of addresses": ("url\nhttps://x/a,b\nhttps://x/c,d\n", None),
    "one column of sentences": ("quote\nWell, this is good\nSo; is this\n", None),
    "an explanation of semicolons": ("# a; b; c; d,# e; f; g,# h; i\nid,title,price\n1,Vase,3\n", ","),
}


@pytest.mark.parametrize(("text", "separator"), SEPARATORS.values(), ids=SEPARATORS.keys())
def test_the_separator_is_the_one_that_makes_a_table(text: str, separator: str | None) -> None:
    """The wrong one turns a sheet into one column, or cuts its sentences and addresses into pieces."""
    assert find_separator(text, is_whole=True) == separator


def test_a_cut_record_at_the_end_of_the_sample_has_no_say() -> None:
    assert find_separator("a;b\n1;2,5\n3,", is_whole=False) == ";"


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("sep=;\r\na;b", ";"),
        ("SEP=,\na,b", ","),
        ('"sep=|"\na|b', "|"),
        ("sep=\t\na\tb", "\t"),
        ("separator;x\n", None),
        ("sep\n1\n", None),
        ("a,b\nsep=;\n", None),
        ("", None),
    ],
)
def test_the_line_of_excel_that_names_the_separator_is_heard(text: str, separator: str | None) -> None:
    assert announced_separator(text) == separator


@pytest.mark.parametrize(
    ("text", "line_end"),
    [("a\r\nb\r\n", "\r\n"), ("a\nb\n", "\n"), ("a\rb\r", "\r"), ("a", "\r\n"), ('a\r\n"x\ny"\r\nb\r\n', "\r\n")],
)
def test_lines_end_as_most_of_them_do(text: str, line_end: str) -> None:
    assert find_line_end(text) == line_end


def test_an_explanation_is_a_row_of_remarks() -> None:
    assert is_explanation(["# the id", "# the title", "# the price", ""])
    assert not is_explanation(["#", "name", "price"])
    assert not is_explanation(["#1", "#2"])


def test_bytes_of_a_program_are_no_text() -> None:
    assert is_text("a,b\r\n1,\t2\n")
    assert is_text("one \0 NUL")
    assert not is_text("\x01\x02\x03\x04" * 20)


ENCODINGS = [
    ("é,1\n".encode("utf-8-sig"), "utf-8", 3, False),
    ("é,1\n".encode(), "utf-8", 0, False),
    ("é,1\n".encode("utf-16"), "utf-16-le", 2, False),
    (b"\xfe\xff" + "é,1\n".encode("utf-16-be"), "utf-16-be", 2, False),
    ("é,1\n".encode("utf-32"), "utf-32-le", 4, False),
    ("title,price\nVase,1\n".encode("utf-16-le"), "utf-16-le", 0, True),
    ("title,price\nVase,1\n".encode("utf-16-be"), "utf-16-be", 0, True),
    ("title,price\nVase,1\n".encode("utf-32-le"), "utf-32-le", 0, True),
    ("Été;1,50 €\n".encode("cp1252"), "cp1252", 0, True),
    (b"plain,1\n", "utf-8", 0, False),
    ("é".encode() * 30 + b"\xff\n", "utf-8", 0, True),
    (b"a,b,c\n\0,2,3\n", "utf-8", 0, False),
]


@pytest.mark.parametrize(("body", "codec", "mark_bytes", "is_guess"), ENCODINGS)
def test_the_encoding_is_found_and_a_guess_is_said(
    tmp_path: Path, body: bytes, codec: str, mark_bytes: int, is_guess: bool
) -> None:
    """Read in the wrong one, every accent of a feed is printed as two signs."""
    path = tmp_path / "table.csv"
    path.write_bytes(body)
    found = find_encoding(path)
    assert (found.codec, found.mark_bytes, bool(found.note)) == (codec, mark_bytes, is_guess)


def test_a_broken_byte_past_the_beginning_is_found(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"a,b\n" + b"x,1\n" * 400_000 + "Café,2\n".encode("cp1252"))
    assert find_encoding(path).codec == "cp1252"


def test_a_few_nuls_make_no_wide_encoding() -> None:
    assert wide_codec(b"a,b\n1,\0\n" * 3) == ""
    assert wide_codec(b"") == ""
