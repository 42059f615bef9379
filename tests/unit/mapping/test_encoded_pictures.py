"""Pictures typed into cells as base64: told from names, decoded whole or refused with the reason."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.mapping.encoded import is_typed, typed
from bulkgen.mapping.picture_kinds import SCREEN_PICTURE, Wanted
from bulkgen.mapping.problems import Refused

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
HEADS = [PNG, b"\xff\xd8\xff\xe0" + PNG, b"GIF89a" + PNG, b"RIFF\0\0\0\0WEBP" + PNG, b"<svg xmlns='x'>" + b" " * 90]


@pytest.mark.parametrize("body", HEADS)
def test_base64_is_told_by_what_it_holds_however_it_is_written(body: bytes) -> None:
    plain = base64.b64encode(body).decode()
    lines = "\n".join(plain[at : at + 76] for at in range(0, len(plain), 76))
    for_addresses = base64.urlsafe_b64encode(body).decode().rstrip("=")
    for text in (plain, lines, for_addresses, f"data:image/png;base64,{plain}", f"data:;charset=x;base64,{lines}"):
        assert is_typed(text)
        assert typed(text, SCREEN_PICTURE) == body


@pytest.mark.parametrize(
    "text",
    [
        "shoe.jpg",
        "pictures/summer/shoe",
        "SKU12345678901234567890123456789012345678901234567890123456789012345",
        "a" * 200,
        "/pictures/" + "deep/" * 40 + "shoe",
        "iVBORw0KGgo=",
        "https://shop.example/" + "a" * 300 + ".jpg",
        "",
    ],
)
def test_a_name_is_no_base64(text: str) -> None:
    """Else a file beside the sheet would be refused as a broken picture."""
    assert not is_typed(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("data:image/png,raw", "is not base64"),
        ("data:image/svg+xml;utf8,<svg/>", "is not base64"),
        ("data:", "is not base64"),
        ("data:image/png;base64,*", "or only a part of it"),
        ("data:image/png;base64,abcde", "or only a part of it"),
        ("a" * 257, "or only a part of it"),
    ],
)
def test_what_cannot_be_decoded_is_refused_with_the_reason(text: str, reason: str) -> None:
    """A spreadsheet cuts a cell at 32,767 characters and says nothing of it."""
    assert is_typed(text)
    with pytest.raises(Refused) as refused:
        typed(text, SCREEN_PICTURE)
    assert (refused.value.code, reason in refused.value.message) == ("bad_encoding", True)


@pytest.mark.parametrize(("size", "is_taken"), [(99, True), (100, True), (101, False)])
def test_the_bound_is_that_of_the_picture_and_not_of_its_text(size: int, is_taken: bool) -> None:
    text, wanted = "data:;base64," + base64.b64encode(b"x" * size).decode(), Wanted("image/", 100, "")
    if is_taken:
        assert len(typed(text, wanted)) == size
        return
    with pytest.raises(Refused) as refused:
        typed(text, wanted)
    assert (refused.value.code, "101 bytes" in refused.value.message) == ("picture_too_big", True)


@given(st.text(max_size=400))
def test_no_text_makes_it_stumble(text: str) -> None:
    if is_typed(text):
        with contextlib.suppress(Refused):
            typed(text, SCREEN_PICTURE)
