"""Illustrations by name: each of each library draws, and a name that is none is answered with those near it."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

import bulkgen.render.icons as icons
from bulkgen.render.banner import render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.icons import UnknownIconError, emoji_text, icon_svg
from bulkgen.render.svg import read_svg


def drawn(library: str, name: str, **values: Any) -> Any:
    made = design(
        layer("icon", "illustration", (0, 0, 48, 48), illustration_type=library, illustration_file=name, **values),
        width=48,
        height=48,
    )
    body = render_banner(made, FORMAT, {}, {}, FONTS, file_type="png").body
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


def test_every_icon_that_is_shipped_is_an_svg_that_may_be_drawn() -> None:
    """One that the check refuses fails a banner at random among two thousand names."""
    for library in ("feather", "material_icons"):
        names = list(icons._icons(library))
        assert len(names) > 280
        for name in names:
            read_svg(icon_svg(library, name, None))


@pytest.mark.parametrize(
    ("library", "name"),
    [
        ("feather", "sun"),
        ("Feather", "shopping_cart.svg"),
        ("material_icons", "local_shipping"),
        ("material-icons", "local-shipping"),
        ("twemoji", "1f680"),
        ("twemoji", "1f468-200d-1f373.svg"),
        ("twemoji", "2764"),
        ("twemoji", "🚀"),
    ],
)
def test_an_illustration_is_drawn_however_its_name_is_written(library: str, name: str) -> None:
    assert (drawn(library, name) < 200).any(axis=2).sum() > 100


def test_the_primary_colour_colours_an_icon_and_no_emoji() -> None:
    red = {"illustration_properties": {"primary_color": "#ff0000"}}
    assert (drawn("material_icons", "favorite", **red) == (255, 0, 0)).all(axis=2).sum() > 300
    assert (drawn("feather", "heart", **red) == (255, 0, 0)).all(axis=2).any()
    assert (drawn("twemoji", "1f680", **red) == drawn("twemoji", "1f680")).all()
    half = {"illustration_properties": {"primary_color": "#ff000080"}}
    assert (abs(drawn("feather", "x", **half).astype(int) - (255, 127, 127)).max(axis=2) <= 2).any()
    assert not (drawn("feather", "x", **half)[..., 1] < 120).any()


@pytest.mark.parametrize(
    ("library", "name", "said"),
    [
        ("feather", "shoping-cart", r"feather has no illustration 'shoping-cart'; did you mean shopping-cart"),
        ("undraw", "savings", r"illustrations of undraw are not available here \(its licence forbids .*\): feather"),
        ("noun", "x", r"illustrations of noun are not available here: feather, material_icons, twemoji are"),
        ("", "x", r"illustrations of no library"),
        ("twemoji", "rocket", r"'rocket' is no emoji: twemoji files are named by their code, as 1f600"),
        ("twemoji", "1f9ff-1f9ff", r"twemoji has no illustration '1f9ff-1f9ff'"),
        ("twemoji", "", r"names no emoji"),
        ("twemoji", "ffffff", r"is no emoji"),
        ("twemoji", "d800", r"is no emoji"),
    ],
)
def test_an_illustration_that_is_not_here_fails_with_the_reason(library: str, name: str, said: str) -> None:
    with pytest.raises(RenderError, match=f"Element icon error: .*(?:{said})"):
        drawn(library, name)
    with pytest.raises(RenderError, match="primary_color is 'reddish', and must be a colour"):
        drawn("feather", "sun", illustration_properties={"primary_color": "reddish"})


def test_the_code_of_an_emoji_is_its_characters() -> None:
    assert emoji_text("1F1E9-1F1EA") == "🇩🇪"
    assert emoji_text("2764") == "\u2764\ufe0f"
    with pytest.raises(UnknownIconError):
        emoji_text("smile")


def test_the_sets_are_plain_json_with_a_licence_beside_them() -> None:
    folder = icons.resources.files("bulkgen.render.icons")
    assert len(json.loads(folder.joinpath("feather.json").read_text("utf-8"))) == 287
    for library in ("feather", "material_icons"):
        assert "icense" in folder.joinpath(f"{library}.LICENSE.txt").read_text("utf-8")
