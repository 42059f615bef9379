"""Picture cells that name files: found, recognised by content, bounded, and never from outside the folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from bulkgen.mapping.picture_kinds import SCREEN_PICTURE, SOUND, Wanted, sniff
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Severity

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"
JPEG = b"\xff\xd8\xff\xe0 rest"


def refused(folder: Pictures, cell: str, *wanted: Wanted) -> Refused:
    with pytest.raises(Refused) as found:
        folder.named(cell, *wanted)
    return found.value


@pytest.fixture
def folder(tmp_path: Path) -> Pictures:
    inside = tmp_path / "shop"
    (inside / "img").mkdir(parents=True)
    (inside / "img" / "Shoe.png").write_bytes(PNG)
    (inside / "a, b.jpg").write_bytes(JPEG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (inside / "way-out.png").symlink_to(tmp_path / "secret.png")
    return Pictures(inside)


@pytest.mark.parametrize(
    "cell", ["img/Shoe.png", "img\\Shoe.png", " img/Shoe.png ", "./img/Shoe.png", "img/../img/Shoe.png"]
)
def test_a_file_beside_the_sheet_is_found_and_named_by_content(folder: Pictures, cell: str) -> None:
    picture = folder.named(cell)
    assert picture.digest == hashlib.sha256(PNG).hexdigest()
    assert (picture.size_bytes, picture.media_type, picture.path.name) == (len(PNG), "image/png", "Shoe.png")


@pytest.mark.parametrize(
    "cell",
    ["../secret.png", "img/../../secret.png", "way-out.png", "/etc/passwd", "~/x.png", "C:\\x.png", "\\\\host\\x"],
)
def test_no_cell_leads_out_of_the_folder(folder: Pictures, cell: str) -> None:
    """A sheet from a stranger would send this machine's files to a public address."""
    assert refused(folder, cell).code == "picture_outside"


def test_a_missing_file_is_told_with_the_one_that_was_meant(folder: Pictures) -> None:
    found = refused(folder, "img/shoe.png")
    assert (found.code, found.hint) == ("picture_not_found", "did you mean 'img/Shoe.png'?")
    assert refused(folder, "www.shop.com/shoe.jpg").hint == "an address begins with https://"


@pytest.mark.parametrize("cell", ["\x00", "a\x00b", "x" * 5000, "/".join("x" * 300), "", ".", "img", "\udcff.png"])
def test_no_file_name_makes_it_stumble(folder: Pictures, cell: str) -> None:
    assert refused(folder, cell).code in ("picture_not_found", "picture_unreadable")


def test_of_several_names_the_first_is_taken_but_a_name_with_a_comma_is_one_name(folder: Pictures) -> None:
    assert folder.named("img/Shoe.png, a.png").media_type == "image/png"
    assert folder.named("a, b.jpg").media_type == "image/jpeg"


def test_a_file_is_what_its_bytes_are_and_not_what_it_is_called(folder: Pictures, tmp_path: Path) -> None:
    """A web page saved as .jpg is refused here, not by the API after it was paid for."""
    (tmp_path / "shop" / "page.jpg").write_bytes(b"<!DOCTYPE html><html>")
    found = refused(folder, "page.jpg")
    assert (found.code, found.message) == (
        "not_a_picture",
        "'page.jpg' is not a picture that the API takes: it is a web page",
    )


def test_a_file_over_the_bound_is_refused_before_it_is_read(folder: Pictures, tmp_path: Path) -> None:
    big = tmp_path / "shop" / "big.png"
    with big.open("wb") as file:
        file.write(PNG)
        file.truncate(SCREEN_PICTURE.max_bytes + 1)
    assert refused(folder, "big.png").code == "picture_too_big"
    with big.open("rb+") as file:
        file.truncate(SCREEN_PICTURE.max_bytes)
    assert folder.named("big.png").size_bytes == SCREEN_PICTURE.max_bytes


def test_a_file_that_changes_is_read_again(folder: Pictures, tmp_path: Path) -> None:
    """A stale hash would send, and bill, the old picture under the new name."""
    path = tmp_path / "shop" / "img" / "Shoe.png"
    before = folder.named("img/Shoe.png").digest
    path.write_bytes(JPEG)
    os.utime(path, ns=(1, 1))
    assert folder.named("img/Shoe.png").digest != before
    path.unlink()
    assert refused(folder, "img/Shoe.png").code == "picture_unreadable"
    assert refused(folder, "img/Shoe.png").code == "picture_not_found"


def test_a_sound_is_taken_only_where_a_sound_belongs(folder: Pictures, tmp_path: Path) -> None:
    (tmp_path / "shop" / "jingle.mp3").write_bytes(b"ID3rest")
    assert folder.named("jingle.mp3", SOUND).media_type == "audio/mpeg"
    assert refused(folder, "jingle.mp3").code == "not_a_picture"
    assert refused(folder, "img/Shoe.png", SOUND).code == "not_a_picture"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"GIF89a", "image/gif"),
        (b"II*\x00", "image/tiff"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"\x00\x00\x00\x1cftypheic", "a HEIC picture"),
        (b"\x00\x00\x00\x1cftypisom", "a video"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg ", "image/svg+xml"),
        (b"<?xml version='1.0'?><rss>", "no kind of file we know"),
        (b"BM....", "a BMP picture"),
        (b"%PDF-1.7", "a PDF document"),
        (b"", "an empty file"),
        (b"hello", "no kind of file we know"),
    ],
)
def test_a_kind_of_file_is_known_by_its_first_bytes(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


def test_the_awkward_pictures_are_recognised_as_pictures() -> None:
    samples = Path(__file__).parents[2] / "../shared/data/images/awkward"
    if not samples.is_dir():
        pytest.skip("the sample pictures are not here")
    for path in samples.iterdir():
        if path.suffix in (".jpg", ".png", ".gif", ".webp", ".avif", ".tiff"):
            assert sniff(path.read_bytes()[:4096]).startswith("image/"), path.name


def test_a_payload_names_a_file_by_its_content_and_says_which_file(bench: Any, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        (tmp_path / name).write_bytes(PNG)
    digest = hashlib.sha256(PNG).hexdigest()
    text = 'elements: {photo: {image_url: "{{ n }}", fallback: two.png}, cta: {payload: Go, icon_url: one.png}}'
    for cell in ("one.png", "two.png", ""):
        (want,) = bench.map(text, {"n": cell}).wants
        assert want.payload.to_json()["elements"] == {
            "photo": {"image_encoded": f"sha256:{digest}"},
            "cta": {"payload": "Go", "icon_encoded": f"sha256:{digest}"},
        }
        assert want.payload.pictures[digest].media_type == "image/png"


def test_a_format_replaces_a_file_by_an_address_and_the_other_way_round(bench: Any, tmp_path: Path) -> None:
    """With both set the API ignores the file, so the story would show the wrong picture."""
    (tmp_path / "one.png").write_bytes(PNG)
    text = 'elements: {photo: "{{ a }}"}\nby_format: {story: {photo: "{{ b }}"}}'
    for a, b, key in (("one.png", "https://x.y/2.jpg", "image_url"), ("https://x.y/2.jpg", "one.png", "image_encoded")):
        story = bench.map(text, {"a": a, "b": b}).wants[1]
        assert set(story.payload.elements["photo"]) == {key}


FALLBACK = 'elements: {photo: {image_url: "{{ a }}", fallback: "{{ b }}"}, title: {payload: "{{ a }}", fallback: No}}'
FIRST, SECOND = "https://x.example/1.jpg", "https://x.example/2.jpg"


@pytest.mark.parametrize(
    ("unusable", "address", "codes"),
    [
        ({}, FIRST, []),
        ({FIRST: "it answered 404"}, SECOND, ["picture_fallback"]),
        ({FIRST: "it answered 404", SECOND: "it is a page"}, FIRST, []),
        ({SECOND: "it is a page"}, FIRST, []),
    ],
)
def test_a_picture_that_was_found_bad_gives_way_to_its_fallback_by_name(
    bench: Any, unusable: dict[str, str], address: str, codes: list[str]
) -> None:
    """A stand-in that nobody is told of hides a dead shop; one that is as bad hides which cell to mend."""
    mapper = bench.mapper(FALLBACK, ["a", "b"])
    mapper.pictures.unusable = unusable
    mapped = mapper.map(Row(0, 2, "Sheet1", {"a": FIRST, "b": SECOND}))
    assert mapped.wants[0].payload.elements["photo"] == {"image_url": address}
    assert mapped.wants[0].payload.elements["title"] == {"payload": FIRST}
    assert [problem.code for problem in mapped.problems] == codes
    for problem in mapped.problems:
        assert (problem.severity, problem.origin.column) == (Severity.WARNING, "a")
        assert problem.message == f"photo.image_url: it answered 404; the fallback '{SECOND}' is used"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("shoe.png", "there is no file 'shoe.png' beside the sheet"),
        ("htps://x.example/1.jpg", "'htps://x.example/1.jpg' is not an http or https address"),
        ("notes.png", "'notes.png' is not a picture that the API takes: it is no kind of file we know"),
    ],
)
def test_a_cell_that_names_no_picture_gives_way_to_its_fallback_too(
    bench: Any, tmp_path: Path, cell: str, said: str
) -> None:
    """Refused, a misspelled name would cost a banner for which its author had named a stand-in."""
    (tmp_path / "notes.png").write_bytes(b"buy milk")
    mapped = bench.mapper(FALLBACK, ["a", "b"]).map(Row(0, 2, "S", {"a": cell, "b": SECOND}))
    assert mapped.wants[0].payload.elements["photo"] == {"image_url": SECOND}
    (problem,) = mapped.problems
    assert (problem.code, problem.severity, problem.origin.column) == ("picture_fallback", Severity.WARNING, "a")
    assert problem.message == f"photo.image_url: {said}; the fallback '{SECOND}' is used"


@pytest.mark.parametrize(
    ("cell", "spare", "code"),
    [
        ("shoe.png", "", "picture_not_found"),
        ("shoe.png", "spare.png", "picture_not_found"),
        ("htps://x.example/1.jpg", "spare.png", "bad_address"),
        ("../shoe.png", SECOND, "picture_outside"),
    ],
)
def test_a_cell_that_names_no_picture_is_refused_where_its_fallback_is_none_either(
    bench: Any, cell: str, spare: str, code: str
) -> None:
    """What is to be mended is the cell; and what leads out of the folder is never passed over."""
    mapped = bench.mapper(FALLBACK, ["a", "b"]).map(Row(0, 2, "S", {"a": cell, "b": spare}))
    assert [(problem.code, problem.origin.column) for problem in mapped.problems] == [(code, "a")]
    assert mapped.wants == ()


def test_a_file_that_was_found_damaged_gives_way_to_its_fallback(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(PNG)
    mapper = bench.mapper(FALLBACK, ["a", "b"])
    mapper.pictures.unusable = {f"sha256:{hashlib.sha256(PNG).hexdigest()}": "one.png is cut short"}
    mapped = mapper.map(Row(0, 2, "S", {"a": "one.png", "b": SECOND}))
    assert mapped.wants[0].payload.elements["photo"] == {"image_url": SECOND}
    assert [problem.message for problem in mapped.problems] == [
        f"photo.image_url: one.png is cut short; the fallback '{SECOND}' is used"
    ]


def test_a_bad_picture_without_a_fallback_stays_what_it_is(bench: Any, tmp_path: Path) -> None:
    """Left out, it would publish the design's sample picture."""
    mapper = bench.mapper('elements: {photo: {image_url: "{{ a }}", fallback: "{{ b }}"}}', ["a", "b"])
    mapper.pictures.unusable = {FIRST: "it answered 404"}
    assert mapper.map(Row(0, 2, "S", {"a": FIRST, "b": ""})).wants[0].payload.elements == {
        "photo": {"image_url": FIRST}
    }
    (tmp_path / "none.png").write_bytes(PNG)
    (want,) = mapper.map(Row(0, 2, "S", {"a": FIRST, "b": "none.png"})).wants
    assert list(want.payload.elements["photo"]) == ["image_encoded"]
    assert len(want.payload.pictures) == 1


def test_a_drives_link_for_people_is_sent_as_the_address_of_the_picture(bench: Any) -> None:
    """What most people paste from their drive is a page about the picture."""
    cells = {"a": "https://drive.google.com/file/d/1AbC/view?usp=sharing", "b": "https://we.tl/t-abc"}
    mapped = bench.map('elements: {photo: "{{ a }}", code: {payload: x, image_url: "{{ b }}"}}', cells)
    elements = mapped.wants[0].payload.elements
    assert elements["photo"] == {"image_url": "https://drive.google.com/uc?export=download&id=1AbC"}
    assert elements["code"]["image_url"] == "https://we.tl/t-abc"
    (problem,) = mapped.problems
    assert (problem.code, problem.severity, problem.origin.column) == ("share_link", Severity.WARNING, "a")
    assert "Google Drive" in problem.message
