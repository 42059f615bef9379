"""Families, nearest faces, and what a face measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rendering_cases import FONTS

from bulkgen.render.fonts import FontCatalogueError, FontLibrary
from bulkgen.wire.values import is_uuid


def test_a_family_is_found_by_id_and_by_name_however_it_is_written() -> None:
    inter = FONTS.family("Inter")
    assert inter is not None
    assert FONTS.family(inter.id.upper()) is inter
    assert FONTS.family("dm serif display") is FONTS.family("DM-Serif-Display")
    assert FONTS.family("Comic Sans") is None


def test_the_list_of_fonts_is_that_of_the_api() -> None:
    fonts = FONTS.describe()
    assert all(is_uuid(font["id"]) for font in fonts)
    assert len({font["id"] for font in fonts}) == len(fonts)
    inter = next(font for font in fonts if font["name"] == "Inter")
    assert inter["available_weights"] == [100, 200, 300, 400, 500, 600, 700, 800, 900]
    serif = next(font for font in fonts if font["name"] == "DM Serif Display")
    assert serif["available_weights"] == [400, "400-italic"]


def test_a_weight_that_a_family_lacks_is_the_nearest_it_has() -> None:
    family = FONTS.family("Space Grotesk")
    assert family is not None
    assert FONTS.face(family, 900, "normal", 20).position["wght"] == 700
    assert FONTS.face(family, 100, "normal", 20).position["wght"] == 300


def test_heavier_type_is_wider_and_figures_of_a_price_are_all_alike() -> None:
    family = FONTS.default
    light, heavy = (FONTS.face(family, weight, "normal", 32) for weight in (300, 800))
    wide = [sum(face.shape("Hamburg", rtl=False, tabular=False).advances) for face in (light, heavy)]
    assert wide[0] < wide[1]
    assert len(set(heavy.shape("0123456789", rtl=False, tabular=True).advances)) == 1


def test_metrics_are_in_parts_of_the_size() -> None:
    for family in (FONTS.default, FONTS.family("Fraunces")):
        assert family is not None
        metrics = FONTS.face(family, 400, "normal", 20).metrics
        assert 0.4 < metrics.x_height < metrics.cap_height < metrics.ascent < 1.3
        assert 0.1 < metrics.descent < 0.5


def test_every_font_stands_beside_its_licence() -> None:
    """Shipping a font without its licence text is breaking the licence."""
    folder = Path(__file__).parents[3] / "templates" / "fonts"
    listed = set()
    for entry in json.loads((folder / "fonts.json").read_text("utf-8"))["fonts"]:
        assert "SIL OPEN FONT LICENSE" in (folder / entry["licence_file"]).read_text("utf-8")
        listed |= {folder / file["path"] for file in entry["files"]}
    assert listed == set(folder.rglob("*.ttf"))


@pytest.mark.parametrize("body", ["not json", "{}", '{"fonts": [{"id": "x"}]}', '{"fonts": 3}'])
def test_a_broken_catalogue_says_which_file(tmp_path: Path, body: str) -> None:
    (tmp_path / "fonts.json").write_text(body)
    with pytest.raises(FontCatalogueError, match=r"fonts\.json"):
        FontLibrary([tmp_path])


def test_a_folder_without_fonts_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(FontCatalogueError, match="no fonts found"):
        FontLibrary([tmp_path])
