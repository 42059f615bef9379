"""Families from a list, from bare files, and from font packages."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rendering_cases import FONTS, SCRIPTS

from bulkgen.render.failures import RenderError
from bulkgen.render.families import Family, FontCatalogueError, installed_families, read_folder
from bulkgen.render.fonts import FontLibrary

SUBSETS = Path(__file__).parents[2] / "fonts"
SHIPPED = Path(__file__).parents[3] / "templates" / "fonts"


def test_a_folder_of_font_files_needs_no_list(tmp_path: Path) -> None:
    """Whoever has a corporate typeface has its files, not our catalogue."""
    (tmp_path / "brand").mkdir()
    for name in ("dm-serif-display/DMSerifDisplay-Italic.ttf", "dm-serif-display/DMSerifDisplay-Regular.ttf"):
        shutil.copy(SHIPPED / name, tmp_path / "brand")
    shutil.copy(SHIPPED / "inter/Inter-Variable.ttf", tmp_path)
    (tmp_path / "notes.txt").write_text("licence bought 2024")
    found = {family.name: family for family in read_folder(tmp_path)}
    assert set(found) == {"Inter", "DM Serif Display"}
    assert {file.style for file in found["DM Serif Display"].files} == {"normal", "italic"}
    assert found["Inter"].files[0].weights() == (100, 900)
    assert FontLibrary([tmp_path]).family("dm-serif display") is not None


@pytest.mark.parametrize(("name", "body"), [("a.ttf", b"no font"), ("b.otf", b""), ("c.woff2", b"wOF2")])
def test_a_file_that_is_no_font_is_named(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(FontCatalogueError, match=name):
        FontLibrary([tmp_path])


def test_ids_of_fonts_without_one_are_the_same_everywhere() -> None:
    """An id in a design must mean the same font on the next machine."""
    assert [family.id for family in read_folder(SUBSETS)] == [family.id for family in read_folder(SUBSETS)]
    assert SCRIPTS.family(next(read_folder(SUBSETS)).id) is not None


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with a font package, a broken one, and one that is a folder of files; importing any fails."""

    def add(dist: str, module: str, entry: str = "") -> Path:
        folder = tmp_path / f"{module}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        if entry:
            (folder / "entry_points.txt").write_text(f"[fontpkg.family]\n{entry} = {module}\n")
        (tmp_path / module).mkdir()
        (tmp_path / module / "__init__.py").write_text("raise RuntimeError('imported')\n")
        return tmp_path / module

    hebrew = add("fontpkg-bulkgen-test", "fontpkg_bulkgen_test", "bulkgen_test")
    (hebrew / "files").mkdir()
    shutil.copy(SUBSETS / "heebo.ttf", hebrew / "files" / "Heebo[wght].ttf")
    said = {
        "family": "Test Hebrew",
        "license": "OFL-1.1",
        "category": ["SANS_SERIF"],
        "axes": [{"tag": "wght", "min": 400, "max": 700}],
        "files": [{"path": "files/Heebo[wght].ttf", "style": "normal", "weight": None, "variable": True}],
    }
    (hebrew / "metadata.json").write_text(json.dumps(said))
    (add("fontpkg-bulkgen-broken", "fontpkg_bulkgen_broken", "broken") / "metadata.json").write_text("{")
    cjk = add("noto-cjk-bulkgen-test", "noto_cjk_bulkgen_test")
    shutil.copy(SUBSETS / "noto-sans-cjk.otf", cjk)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def test_font_packages_are_found_without_being_imported(packages: Path) -> None:
    found = {family.name: family for family in installed_families()}
    hebrew = found["Test Hebrew"]
    assert (hebrew.category, hebrew.licence, hebrew.files[0].weights()) == ("sans-serif", "OFL-1.1", (400, 700))
    assert any(file.path.name == "noto-sans-cjk.otf" for file in found["Noto Sans CJK JP"].files)


def test_a_font_package_serves_what_the_folders_lack(packages: Path) -> None:
    library = FontLibrary([SHIPPED])
    assert library.family("Test Hebrew") is not None
    face = library.fallback("שלום", 700, "normal", 20)
    assert face is not None
    assert face.covers("שלום")
    assert "Test Hebrew" in {font["name"] for font in library.describe()}


def test_packages_are_looked_for_only_when_the_folders_fail() -> None:
    """Looking through an environment costs more than setting a headline."""
    looked: list[str] = []

    def installed() -> Iterator[Family]:
        looked.append("looked")
        return iter(())

    library = FontLibrary([SHIPPED], installed=installed)
    assert library.family("Inter") is not None
    assert library.fallback("ä", 400, "normal", 20) is not None
    assert not looked
    assert library.family("Nowhere") is None
    assert library.fallback("ש", 400, "normal", 20) is None
    assert looked == ["looked"]


def test_letters_are_never_taken_from_the_pictures() -> None:
    """The emoji font has figures and signs, made to stand in boxes."""
    for char in "5#©":
        face = FONTS.fallback(char, 400, "normal", 20)
        assert face is not None
        assert not face.is_color
    party = FONTS.fallback("🎉", 400, "normal", 20, in_color=True)
    assert party is not None
    assert party.is_color


@pytest.mark.parametrize("body", [None, b"", b"no font", b"\0\1\0\0" + bytes(200)])
def test_a_listed_font_that_cannot_be_read_is_an_error_of_the_banner(tmp_path: Path, body: bytes | None) -> None:
    """One lost file must not end a worker, and the reason must name it."""
    entry = {"id": "x", "family": "Lost", "files": [{"path": "lost.ttf"}]}
    (tmp_path / "fonts.json").write_text(json.dumps({"fonts": [entry]}))
    if body is not None:
        (tmp_path / "lost.ttf").write_bytes(body)
    library = FontLibrary([tmp_path])
    with pytest.raises(RenderError, match=r"font file lost\.ttf of Lost cannot be read"):
        library.face(library.default, 400, "normal", 20)
