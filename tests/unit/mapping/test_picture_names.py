"""Which file a cell means, whatever its writer remembers of the name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.mapping.picture_names import PICTURE_ENDINGS, SOUND_ENDINGS, PictureNames, fold, plain_path

NAMES = PictureNames(
    (
        "summer/Red Shoe.JPG",
        "summer/blue.png",
        "winter/blue.png",
        "winter/cap.webp",
        "winter/cap.png",
        "SKU.100.jpg",
        "caf\u00e9.png",
        "x/Twin.png",
        "x/twin.png",
        "jingle.mp3",
        "jingle.png",
        "notes.txt",
    )
)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("summer/Red Shoe.JPG", "summer/Red Shoe.JPG"),
        (".\\summer\\red shoe.jpg", "summer/Red Shoe.JPG"),
        ("RED SHOE.jpg", "summer/Red Shoe.JPG"),
        ("C:\\Users\\Ann\\Pictures\\red shoe.jpg", "summer/Red Shoe.JPG"),
        ("red shoe", "summer/Red Shoe.JPG"),
        ("summer/red shoe", "summer/Red Shoe.JPG"),
        ("winter/blue.png", "winter/blue.png"),
        ("winter/blue", "winter/blue.png"),
        ("SKU.100", "SKU.100.jpg"),
        ("cafe\u0301.png", "caf\u00e9.png"),
        ("x/Twin.png", "x/Twin.png"),
        ("x/twin.png", "x/twin.png"),
        ("jingle", "jingle.png"),
        ("notes.txt", "notes.txt"),
    ],
)
def test_a_name_finds_the_one_file_it_can_mean(cell: str, found: str) -> None:
    assert NAMES.find(cell) == (found,)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("blue.png", ("summer/blue.png", "winter/blue.png")),
        ("blue", ("summer/blue.png", "winter/blue.png")),
        ("autumn/blue.png", ("summer/blue.png", "winter/blue.png")),
        ("cap", ("winter/cap.png", "winter/cap.webp")),
        ("TWIN.png", ("x/Twin.png", "x/twin.png")),
        ("cap.jpg", ()),
        ("notes", ()),
        ("", ()),
        ("/", ()),
        ("..", ()),
    ],
)
def test_a_name_that_several_files_have_finds_all_of_them(cell: str, found: tuple[str, ...]) -> None:
    """Any choice between them would put the wrong picture on a banner, and say nothing."""
    assert NAMES.find(cell) == found


def test_a_sound_and_a_picture_of_one_name_are_told_apart_by_what_is_wanted() -> None:
    assert NAMES.find("jingle", SOUND_ENDINGS) == ("jingle.mp3",)
    assert NAMES.find("jingle", PICTURE_ENDINGS) == ("jingle.png",)


def test_a_near_miss_is_named_by_its_stem() -> None:
    assert NAMES.near("red shoo.jpg") == ("summer/Red Shoe.JPG",)
    assert NAMES.near("qqqq.jpg") == ()


@given(st.lists(st.text(min_size=1, max_size=8), max_size=6), st.text(max_size=12))
def test_no_name_makes_it_stumble(names: list[str], cell: str) -> None:
    known = PictureNames(names)
    assert set(known.find(cell)) <= set(names)
    assert set(known.near(cell)) <= set(names)


@given(st.lists(st.text("abAB\u00e9.-", min_size=1, max_size=6), min_size=1, max_size=3))
def test_every_file_is_found_by_its_own_path_in_any_case_and_form(parts: list[str]) -> None:
    path = plain_path("/".join(parts))
    names = PictureNames([path] if path else ["other.png"])
    if path:
        for written in (path, path.upper(), unicodedata.normalize("NFD", path), path.replace("/", "\\")):
            assert names.find(written) == (path,)
        assert fold(path) == fold(path.upper())
