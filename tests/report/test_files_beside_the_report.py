"""Picture files put beside a report: linked where the disk can, whole or not at all, and found by its links."""

from __future__ import annotations

import os
import shutil
import subprocess
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from report_cases import report_of
from small_workbook import HEADER, make_small_workbook, row

from bulkgen.report.files import file_name, place_file
from bulkgen.report.model import FormatResult, ResultRow
from bulkgen.report.write import write_report


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "store" / "ab12.png"
    path.parent.mkdir()
    path.write_bytes(b"picture")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_linked_into_a_folder_that_is_made_for_it(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "deep" / "a.png"
    place_file(source, target)
    assert target.samefile(source)
    assert names(target.parent) == ["a.png"]


def test_a_file_that_is_there_already_is_left_alone(source: Path, tmp_path: Path) -> None:
    """A second run of thousands of rows must not write thousands of files again."""
    target = tmp_path / "a.png"
    target.write_bytes(b"picture")
    before = target.stat()
    place_file(source, target)
    place_file(source, target)
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_file_of_that_name_is_replaced(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"the banner of yesterday")
    place_file(source, target)
    assert target.read_bytes() == b"picture"
    assert names(tmp_path) == ["a.png", "store"]


def test_a_dangling_link_of_that_name_is_replaced(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.symlink_to(tmp_path / "gone.png")
    place_file(source, target)
    assert target.read_bytes() == b"picture"
    assert not target.is_symlink()


def test_the_file_of_another_disk_is_copied(source: Path, tmp_path: Path) -> None:
    """Links end where a disk ends; the folder of memory stands for the other disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk")
    folder = memory / f"bulkgen-{os.getpid()}"
    folder.mkdir()
    try:
        target = folder / "out" / "a.png"
        place_file(source, target)
        place_file(source, target)
        assert target.read_bytes() == b"picture"
        source.write_bytes(b"new")
        place_file(source, target)
        assert target.read_bytes() == b"new"
        assert names(target.parent) == ["a.png"]
    finally:
        shutil.rmtree(folder)


def test_a_folder_in_the_place_of_the_file_is_an_error_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "a.png"
    target.mkdir(parents=True)
    with pytest.raises(OSError):
        place_file(source, target)
    assert names(target.parent) == ["a.png"]


def test_a_source_that_has_gone_is_said(source: Path, tmp_path: Path) -> None:
    source.unlink()
    with pytest.raises(FileNotFoundError, match=r"ab12\.png"):
        place_file(source, tmp_path / "out" / "a.png")


def test_names_that_differ_only_in_case_are_two_files() -> None:
    """On most desks they would be one, and a product would have the banner of another."""
    taken: set[str] = set()
    assert [file_name(key, "square", "png", taken) for key in ("Tea", "TEA", "tea")] == [
        "Tea-square.png",
        "TEA-square-2.png",
        "tea-square-3.png",
    ]


FOLDERS = ["plain", "Süße Größe", "50% & more", "#1", "Sale: May", "a+b=c;d", "it's (new)", "日本語"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_link_leads_to_the_file_whatever_the_sheet_is_called(folder: str, source: Path, tmp_path: Path) -> None:
    """The folder has the name of the sheet, which is any name that somebody gave it."""
    path = f"{folder}.generated/a b.png"
    place_file(source, tmp_path / path)
    out = report_with(path, tmp_path)
    target = openpyxl.load_workbook(out)["Rows"]["C2"].hyperlink.target
    assert not target.startswith(("#", "?", "/"))
    assert ":" not in target.partition("/")[0]
    assert (tmp_path / unquote(target)).samefile(source)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_takes_the_links_for_those_files(source: Path, tmp_path: Path) -> None:
    """It makes absolute addresses of them, which only hold if it understands the relative ones."""
    paths = [f"{folder}.generated/a b.png" for folder in FOLDERS]
    for path in paths:
        place_file(source, tmp_path / path)
    table = make_small_workbook(
        tmp_path / "in.xlsx", HEADER + "".join(row(at, "a", "Tea") for at in range(2, len(paths) + 2))
    )
    rows = [ResultRow(at, at + 2, {"square": FormatResult(path, path)}, "done") for at, path in enumerate(paths)]
    write_report(report_of(table, rows, ("square",)), tmp_path / "out.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "fods", "out.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    text = (tmp_path / "out.fods").read_text("utf-8")
    found = [unquote(unescape(part.partition('"')[0])) for part in text.split('xlink:href="')[1:]]
    linked = {address.removeprefix("file://").removeprefix("./").removeprefix("../") for address in found}
    for path in paths:
        assert any(address.endswith(path) for address in linked), (path, linked)


def report_with(path: str, folder: Path) -> Path:
    table = make_small_workbook(folder / "in.xlsx", HEADER + row(2, "a", "Tea"))
    out = folder / "out.xlsx"
    write_report(report_of(table, [ResultRow(0, 2, {"square": FormatResult(path, path)}, "done")], ("square",)), out)
    return out
