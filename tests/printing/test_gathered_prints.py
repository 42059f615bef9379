"""The prints of a job as one file, as a print shop gets it: whole boxes, one profile, nothing stored twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pikepdf
import pytest
from print_cases import design, layer, named_profile, peer, pictures_of, printed, run
from test_print_files import CMYK_IDS, EVERYTHING, RGB_ID

from bulkgen.merging import Document, Merged, merge

CARD = design(*EVERYTHING, layer("row", "text", (5, 38, 30, 8), payload="Row", font_size=9))


def gathered(folder: Path, *bodies: bytes) -> tuple[Path, Merged]:
    documents = []
    for index, body in enumerate(bodies):
        path = folder / f"{index}.pdf"
        path.write_bytes(body)
        documents.append(Document(index + 2, "card", path))
    out = folder / "all.pdf"
    return out, asyncio.run(merge(documents, out))


def row(number: int, **options: object) -> bytes:
    return printed(CARD, {"row": {"payload": f"Row {number}"}}, **options).body


def test_what_all_rows_share_is_stored_once(tmp_path: Path) -> None:
    """A thousand price lists with one photo are a file that can be sent, not a gigabyte of the same photo."""
    one = row(1)
    out, merged = gathered(tmp_path, *(row(number) for number in range(1, 7)))
    assert (merged.documents, merged.pages, merged.notes) == (6, 6, ())
    assert len(list(pictures_of(out.read_bytes()))) == len(list(pictures_of(one)))
    assert out.stat().st_size < 2 * len(one)
    assert "No syntax or stream encoding errors" in run(peer("qpdf"), "--check", str(out))
    words = run(peer("pdftotext"), str(out), "-")
    assert [words.index(f"Row {number}") for number in range(1, 7)] == sorted(
        words.index(f"Row {number}") for number in range(1, 7)
    )


def test_pages_have_the_inks_and_boxes_that_they_had_alone(tmp_path: Path) -> None:
    bodies = [row(number, display_crop_marks=True) for number in (1, 2)]
    out, _ = gathered(tmp_path, *bodies)
    device = ("-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=inkcov", "-o", "-")
    alone = "".join(run(peer("gs"), *device, str(tmp_path / f"{index}.pdf")) for index in (0, 1))
    assert run(peer("gs"), *device, str(out)) == alone
    with pikepdf.open(out) as whole, pikepdf.open(tmp_path / "0.pdf") as single:
        for box in ("/MediaBox", "/BleedBox", "/TrimBox"):
            expected = [float(side) for side in single.pages[0].obj[box]]
            assert [[float(side) for side in page.obj[box]] for page in whole.pages] == [expected] * 2


def test_the_profile_of_all_is_that_of_the_whole(tmp_path: Path) -> None:
    """A file without one is separated by whatever the shop has set."""
    out, _ = gathered(tmp_path, row(1), row(2))
    with pikepdf.open(out) as whole:
        (intent,) = whole.Root.OutputIntents
        assert bytes(intent.DestOutputProfile.read_bytes())[12:20] == b"prtrCMYK"
        assert whole.pdf_version == "1.7"


def test_documents_for_different_profiles_make_a_file_that_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that names the first would have the others printed with too much ink."""
    (tmp_path / "iso.icc").write_bytes(named_profile("ISO Coated v2 (ECI)"))
    monkeypatch.setattr("bulkgen.render.print.profiles.default_folders", lambda: (tmp_path,))
    for other in (CMYK_IDS[0], RGB_ID):
        out, merged = gathered(tmp_path, row(1), row(2, color_profile=other), row(3))
        assert merged.notes == ("its documents are for different colour profiles, so the file names none",)
        with pikepdf.open(out) as whole:
            assert "/OutputIntents" not in whole.Root
