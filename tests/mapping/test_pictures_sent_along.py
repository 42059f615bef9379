"""Pictures of `--images`, of cells and of base64 on their way into a payload: which is meant, and by what name."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PIL import Image

from bulkgen.errors import MappingError
from bulkgen.mapping import mapper as mapper_module
from bulkgen.mapping.picture_cells import MARK, holds_picture, reference, worded
from bulkgen.mapping.picture_kinds import MAX_REQUEST_BYTES, PRINT_PICTURE, SCREEN_PICTURE
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused, shown
from bulkgen.sheet.model import CellPicture, Row
from bulkgen.sheet.problems import Severity
from bulkgen.sheet.read import open_sheet


def _png() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((16, 16), 60).save(stream, "PNG")
    return stream.getvalue()


PNG = _png()
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))
PHOTO = 'elements: {photo: "{{ photo }}"}'
IN_CELL, OVER = CellPicture("B2", "xl/media/image1.png"), CellPicture("C2", "xl/media/image1.png", is_over=True)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    for name, body in {
        "summer/Shoe.png": PNG,
        "spring/cap.jpg": JPEG,
        "winter/cap.png": PNG,
        ".hidden/x.png": PNG,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "way-out.png").symlink_to(tmp_path / "secret.png")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """One workbook with one picture, in B2."""
    path = tmp_path / "sheet.xlsx"
    (tmp_path / "photo.png").write_bytes(PNG)
    with xlsxwriter.Workbook(str(path)) as written:
        tab = written.add_worksheet()
        tab.write_row(0, 0, ["name", "photo"])
        tab.write(1, 0, "Shoe")
        tab.insert_image(1, 5, str(tmp_path / "photo.png"))
    return path


def refused(pictures: Pictures, cell: str) -> Refused:
    with pytest.raises(Refused) as found:
        pictures.named(cell)
    return found.value


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("summer/Shoe.png", "Shoe.png"),
        ("SHOE", "Shoe.png"),
        ("/home/ann/shoe.PNG", "Shoe.png"),
        ("../pictures/shoe.png", "Shoe.png"),
        ("shoe, cap.jpg", "Shoe.png"),
        ("cap.jpg", "cap.jpg"),
    ],
)
def test_a_folder_of_images_is_searched_as_people_write_names(
    tmp_path: Path, images: Path, cell: str, name: str
) -> None:
    pictures = Pictures(tmp_path / "sheet", images=images)
    assert pictures.named(cell).path.name == name


def test_what_is_written_exactly_goes_before_what_is_alike(tmp_path: Path, images: Path) -> None:
    """A sheet that found its file yesterday must not get another one because a folder was named today."""
    beside = tmp_path / "sheet"
    beside.mkdir()
    (beside / "shoe.png").write_bytes(JPEG)
    pictures = Pictures(beside, images=images)
    assert pictures.named("shoe.png").digest == digest(JPEG)
    assert pictures.named("Shoe.png").digest == digest(PNG)


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ("cap", "picture_ambiguous", "'cap' may be 'spring/cap.jpg', 'winter/cap.png'"),
        ("shoo.png", "picture_not_found", "there is no file 'shoo.png' in --images or beside the sheet"),
        ("x.png", "picture_not_found", "there is no file"),
        ("C:\\Ann\\shoo.png", "picture_outside", "is not in the folder"),
        ("way-out.png", "picture_outside", "is not in the folder"),
        ("../secret.png", "picture_outside", "is not in the folder"),
        ("/etc/passwd", "picture_outside", "is not in the folder"),
        ("/etc/passwd-", "picture_outside", "is not in the folder"),
        ("../secrets.png", "picture_outside", "is not in the folder"),
    ],
)
def test_what_is_not_the_one_file_is_refused_in_words(
    tmp_path: Path, images: Path, cell: str, code: str, words: str
) -> None:
    found = refused(Pictures(tmp_path / "sheet", images=images), cell)
    assert (found.code, words in found.message) == (code, True), found.message
    assert ("did you mean" in found.hint) == ("shoo.png" in cell)
    if "shoo.png" in cell:
        assert found.hint == "did you mean 'summer/Shoe.png'?"


def test_a_place_of_images_that_is_not_there_is_refused_before_row_one(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as found:
        Pictures(tmp_path, images=tmp_path / "none")
    assert found.value.code == "bad_images"


def test_near_misses_are_sought_only_so_often(tmp_path: Path, images: Path) -> None:
    """A sheet of ten thousand wrong names would else spend its minutes on comparing them all with all files."""
    pictures = Pictures(tmp_path, images=images)
    hints = [refused(pictures, f"shoe{at}").hint for at in range(250)]
    assert [bool(hint) for hint in hints[:5]] == [True] * 5
    assert hints[-1] == ""


# -- in cells


def row(pictures: Mapping[str, CellPicture], **cells: str) -> Row:
    return Row(0, 2, "Sheet1", {"name": "Shoe", "photo": "", **cells}, pictures)


def with_book(bench: Any, book: Path, text: str) -> Any:
    return bench.mapper(text, ["name", "photo"], pictures=Pictures(book.parent, book=book))


@pytest.mark.parametrize("one", [IN_CELL, OVER])
def test_a_picture_of_a_cell_is_sent_by_content(bench: Any, book: Path, one: CellPicture) -> None:
    mapper = with_book(bench, book, PHOTO)
    mapped = mapper.map(row({"photo": one}))
    (want,) = mapped.wants
    assert mapped.problems == ()
    assert want.payload.elements == {"photo": {"image_encoded": f"sha256:{digest(PNG)}"}}
    (picture,) = want.payload.pictures.values()
    assert (picture.path.read_bytes(), picture.called) == (PNG, str(one))


def test_a_file_beside_the_sheet_and_the_picture_in_a_cell_are_one_payload(bench: Any, book: Path) -> None:
    """Else a sheet that is tidied up would be billed again."""
    mapper = with_book(bench, book, PHOTO)
    uri = "data:image/png;base64," + base64.b64encode(PNG).decode()
    rows = [row({"photo": IN_CELL}), row({}, photo="photo.png"), row({}, photo=uri)]
    payloads = [mapper.map(one).wants[0].payload.to_json() for one in rows]
    assert payloads[0] == payloads[1] == payloads[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('elements: {title: "{{ photo }}"}', "title.payload: the picture in cell B2 is no value for payload"),
        (
            'elements: {title: "See {{ photo | upper }}"}',
            "title.payload: See the picture in cell B2: an expression cannot work on a picture",
        ),
        ('elements: {photo: "{{ photo | truncate(5) }}"}', "an expression cannot work on a picture"),
        ('elements: {badge: "{{ photo }}"}', "is no value for background_color"),
        ('elements: {film: "{{ photo }}"}', "film.video_url: the picture in cell B2 is no value for video_url"),
        ("elements: {price: \"{{ photo | money('EUR') }}\"}", "the picture in cell B2"),
    ],
)
def test_a_picture_where_none_is_taken_is_the_cell_s_problem(bench: Any, book: Path, text: str, message: str) -> None:
    mapped = with_book(bench, book, text).map(row({"photo": IN_CELL}))
    (problem,) = mapped.errors
    assert message in problem.message
    assert problem.origin.column == "photo"
    assert MARK not in problem.message + problem.hint


def test_a_picture_that_only_lies_over_a_cell_is_nothing_to_texts(bench: Any, book: Path) -> None:
    """A logo that somebody dropped onto an empty price must not refuse the row."""
    text = 'elements: {title: "{{ photo or name }}", photo: "{{ photo }}"}'
    mapped = with_book(bench, book, text).map(row({"photo": OVER}))
    assert mapped.problems == ()
    assert mapped.wants[0].payload.elements["title"] == {"payload": "Shoe"}
    assert "image_encoded" in mapped.wants[0].payload.elements["photo"]


def test_conditions_see_whether_there_is_a_picture(bench: Any, book: Path) -> None:
    text = "where: \"photo\"\nelements: {title: \"{{ 'with' if photo else 'without' }}\"}"
    mapper = with_book(bench, book, text)
    there, not_there = row({"photo": IN_CELL}), row({})
    assert mapper.map(there).wants[0].payload.elements["title"] == {"payload": "with"}
    assert (mapper.leaves_out(there), mapper.leaves_out(not_there)) == (False, True)
    assert mapper.map(not_there).skipped


def test_a_picture_that_no_file_holds_is_refused_by_its_cell(bench: Any, book: Path, tmp_path: Path) -> None:
    lost = CellPicture("B2", "xl/media/gone.png")
    (problem,) = with_book(bench, book, PHOTO).map(row({"photo": lost})).errors
    assert problem.code == "picture_unreadable"
    assert "the picture in cell B2 cannot be read" in problem.message
    mapper = bench.mapper(PHOTO, ["name", "photo"])
    assert mapper.map(row({"photo": IN_CELL})).errors[0].code == "picture_unreadable"


def test_a_picture_in_a_cell_that_the_api_does_not_take_is_called_what_it_is(book: Path, tmp_path: Path) -> None:
    """Excel keeps drawings as metafiles, which no service shows."""
    changed = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(changed, "w") as after:
        for info in before.infolist():
            is_photo = info.filename == IN_CELL.part
            after.writestr(info, b"\x01\x00\x00\x00" + bytes(200) if is_photo else before.read(info))
    with pytest.raises(Refused) as found:
        Pictures(tmp_path, book=changed).in_cell(IN_CELL)
    assert (found.value.code, "Windows metafile" in found.value.message) == ("not_a_picture", True)


def test_no_text_of_a_sheet_passes_for_a_picture(tmp_path: Path) -> None:
    """Else a cell could name any part of any workbook at hand."""
    forged = reference(IN_CELL)
    assert holds_picture(forged)
    path = tmp_path / "a.csv"
    path.write_text(f"name,photo\nx,{forged}\n", encoding="utf-8")
    (found,) = open_sheet(path).rows()
    assert not holds_picture(found.cells["photo"])


def test_references_read_as_words() -> None:
    assert shown(reference(IN_CELL)) == "the picture in cell B2"
    assert worded(f"a {reference(OVER)} b") == "a the picture over cell C2 b"
    assert worded(f"a {reference(IN_CELL)[:9].lower()}") == "a the picture in cell B2"
    assert shown(reference(IN_CELL)[:3]) == "a picture"
    assert worded("plain") == "plain"


# -- bounds


def test_print_takes_larger_files_than_screens_and_says_what_else_to_do(tmp_path: Path) -> None:
    big = tmp_path / "big.png"
    with big.open("wb") as file:
        file.write(PNG)
        file.truncate(SCREEN_PICTURE.max_bytes + 1)
    assert refused(Pictures(tmp_path), "big.png").code == "picture_too_big"
    assert Pictures(tmp_path).named("big.png", PRINT_PICTURE).size_bytes == SCREEN_PICTURE.max_bytes + 1
    with big.open("rb+") as file:
        file.truncate(PRINT_PICTURE.max_bytes + 1)
    with pytest.raises(Refused) as found:
        Pictures(tmp_path).named("big.png", PRINT_PICTURE)
    assert f"at most {MAX_REQUEST_BYTES:,} can be sent along" in found.value.message


def test_the_pictures_of_one_request_are_bounded_together(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each may be fine, and the request one that no server reads to its end."""
    (tmp_path / "p.png").write_bytes(PNG)
    two = 'elements: {photo: "{{ p }}", cta: {payload: Go, icon_url: "{{ p }}"}}'
    monkeypatch.setattr(mapper_module, "MAX_REQUEST_BYTES", 2 * len(PNG))
    assert bench.map(two, {"p": "p.png"}).problems == ()
    monkeypatch.setattr(mapper_module, "MAX_REQUEST_BYTES", 2 * len(PNG) - 1)
    (problem,) = bench.map(two, {"p": "p.png"}).problems
    assert (problem.code, problem.severity) == ("pictures_too_big", Severity.ERROR)
    assert f"{2 * len(PNG):,} bytes together" in problem.message


# -- base64


def test_a_picture_longer_than_any_text_may_be_is_taken_from_a_cell(bench: Any) -> None:
    """A photo of a few hundred kilobytes, as feeds carry it."""
    body = PNG + bytes(300_000)
    text = base64.b64encode(body).decode()
    for cell in (text, f"data:image/png;base64,{text}"):
        (want,) = bench.map(PHOTO, {"photo": cell}).wants
        assert want.payload.elements["photo"] == {"image_encoded": f"sha256:{digest(body)}"}
        assert want.payload.pictures[digest(body)].called == "the picture typed into the cell"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"<html>" + b" " * 90, "not_a_picture", "the picture typed into the cell is not a picture"),
        (PNG + bytes(SCREEN_PICTURE.max_bytes), "picture_too_big", "at most 20,000,000 can be sent along"),
    ],
    ids=["page", "too big"],
)
def test_base64_of_something_else_is_refused_with_what_it_is(bench: Any, body: bytes, code: str, words: str) -> None:
    cell = "data:image/png;base64," + base64.b64encode(body).decode()
    (problem,) = bench.map(PHOTO, {"photo": cell}).errors
    assert (problem.code, problem.origin.column) == (code, "photo")
    assert words in problem.message
    assert len(problem.message) < 300


def test_the_encoded_property_itself_takes_base64(bench: Any) -> None:
    text = base64.b64encode(PNG).decode()
    elements = bench.elements('elements: {photo: {image_encoded: "{{ b }}"}}', {"b": text})
    assert elements == {"photo": {"image_encoded": f"sha256:{digest(PNG)}"}}
    assert bench.map('elements: {photo: {image_encoded: "{{ b }}"}}', {"b": "!"}).errors[0].code == "bad_encoding"
