"""Groups: what they hide, what they cut to an outline, and how they set their members in a row."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.groups import Mask, read_arrangement, read_mask
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.scene import resolve
from bulkgen.wire.design import Box

BOX = Box(10, 20, 100, 60)


def group(*members: str, box: tuple[float, float, float, float] = (0, 0, 400, 100), **said: Any) -> dict[str, Any]:
    x, y, width, height = box
    layout = {"x": x, "y": y, "width": width, "height": height}
    return {"name": "group", "type": "group", "layout": layout, "layer_ids": list(members), **said}


def laid_out(*layers: dict[str, Any], **elements: Any) -> dict[str, Placed]:
    return {item.layer.name: item for item in lay_out(resolve(design(*layers), FORMAT, elements), FONTS)}


def shape(name: str, width: float, height: float = 20) -> dict[str, Any]:
    return layer(name, "shape", (300, 200, width, height), background_color="#ff0000")


def test_members_stand_in_a_row_placed_as_one() -> None:
    row = group(
        "a", "b", group={"auto_layout": True, "direction": "horizontal", "placement": "middle right", "gap": 10}
    )
    found = laid_out(shape("a", 50), shape("b", 30, 40), row)
    assert found["b"].frame == Box(370, 30, 30, 40)
    assert found["a"].frame == Box(310, 40, 50, 20)


def test_a_row_closes_up_over_what_is_hidden_and_makes_room_for_what_is_said() -> None:
    """An old price that is not there must leave no hole before the new one."""
    row = group("old", "price", group={"auto_layout": True, "placement": "middle left", "gap": 12})
    old = layer("old", "text", (0, 0, 200, 40), payload="€ 1,299", font_size=20)
    price = shape("price", 50)
    both = laid_out(old, price, row)
    assert both["price"].frame.x == pytest.approx(both["old"].extent.width + 12)
    shorter = laid_out(old, price, row, old="€ 9")
    assert shorter["price"].frame.x == pytest.approx(shorter["old"].extent.width + 12)
    assert shorter["price"].frame.x < both["price"].frame.x - 20
    assert laid_out(old, price, row, old={"hidden": True})["price"].frame.x == 0


def test_a_column_spreads_over_its_height() -> None:
    column = group(
        "a", "b", "c", box=(0, 0, 100, 300), group={"auto_layout": True, "direction": "vertical", "placement": "spread"}
    )
    found = laid_out(shape("a", 40), shape("b", 60), shape("c", 100), column)
    assert [found[name].frame.y for name in "abc"] == [0, 140, 280]
    assert [found[name].frame.x for name in "abc"] == [30, 20, 0]


def test_what_stands_beside_a_member_follows_it() -> None:
    row = group("a", group={"auto_layout": True, "placement": "middle right"})
    beside = layer("note", "shape", (0, 0, 10, 10), background_color="#000000", below="a", gap=5)
    found = laid_out(shape("a", 50), beside, row)
    assert found["note"].frame.y == found["a"].frame.y + 20 + 5


def test_without_auto_layout_a_group_moves_nothing() -> None:
    found = laid_out(shape("a", 50), group("a", group={"auto_layout": False, "direction": "horizontal"}))
    assert found["a"].frame == Box(300, 200, 50, 20)


@pytest.mark.parametrize(
    ("said", "mask"),
    [
        ({}, None),
        ({"shape": "circle"}, Mask("circle", BOX)),
        ({"shape": "ellipse", "rx": 20, "ry": 10}, Mask("circle", Box(40, 40, 40, 20))),
        ({"shape": "circle", "rx": 20, "center_x": 100, "center_y": 100}, Mask("circle", Box(80, 80, 40, 40))),
        (
            {"shape": "rect", "width": 50, "height": 30, "radius": 5},
            Mask("rectangle", Box(35, 35, 50, 30), 0, (5,) * 4),
        ),
        ({"shape": "rectangle", "radius": {"tl": 4, "br": 6}}, Mask("rectangle", BOX, 0, (4, 0, 6, 0))),
        ({"shape": "heart", "rotation": 30}, Mask("heart", BOX, 30)),
    ],
)
def test_a_mask_is_that_of_the_groups_box_where_it_says_no_other(said: dict[str, Any], mask: Mask | None) -> None:
    assert read_mask(said, BOX) == mask


def pixels(*layers: dict[str, Any], **elements: Any) -> Any:
    body = render_banner(design(*layers, width=100, height=100), FORMAT, elements, {}, FONTS, file_type="png").body
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


def test_a_mask_cuts_all_members_and_no_other_layer() -> None:
    back = layer("back", "shape", (0, 0, 100, 100), background_color="#ff0000")
    band = layer("band", "shape", (0, 50, 100, 50), background_color="#0000ff")
    other = layer("other", "shape", (0, 0, 10, 10), background_color="#00ff00")
    cut = group("back", "band", box=(0, 0, 100, 100), mask={"shape": "circle"})
    seen = pixels(back, band, other, cut)
    assert seen[20, 50].tolist() == [255, 0, 0]
    assert seen[80, 50].tolist() == [0, 0, 255]
    assert seen[97, 97].tolist() == [255, 255, 255]
    assert seen[5, 5].tolist() == [0, 255, 0]
    inner = {**cut, "name": "inner", "mask": None}
    outer = group("inner", box=(0, 0, 100, 100), mask={"shape": "circle"})
    assert (pixels(back, band, other, inner, outer) == seen).all()


def test_a_mask_is_turned_about_its_middle() -> None:
    back = layer("back", "shape", (0, 0, 100, 100), background_color="#ff0000")
    bar = {"shape": "rectangle", "width": 80, "height": 10}
    lying = pixels(back, group("back", box=(0, 0, 100, 100), mask=bar))
    standing = pixels(back, group("back", box=(0, 0, 100, 100), mask={**bar, "rotation": 90}))
    assert (lying == standing.transpose(1, 0, 2)).mean() > 0.98
    assert lying[50, 15].tolist() == [255, 0, 0]


def test_a_mask_of_an_unknown_shape_and_a_number_that_is_none_are_refused() -> None:
    back = layer("back", "shape", (0, 0, 100, 100), background_color="#ff0000")
    with pytest.raises(RenderError, match=r"the mask of its group is 'donut', and must be one of rectangle, "):
        pixels(back, group("back", mask={"shape": "donut"}))
    with pytest.raises(RenderError, match="Element group error: rotation is 'left', and must be a number"):
        pixels(back, group("back", mask={"shape": "circle", "rotation": "left"}))
    with pytest.raises(RenderError, match="Element group error: rotation is 1000"):
        pixels(back, group("back", mask={"shape": "circle", "rotation": 10**400}))
    with pytest.raises(ValueError, match="gap is 'wide'"):
        read_arrangement({"auto_layout": True, "gap": "wide"})


def test_a_group_casts_one_shadow_under_all_of_its_members() -> None:
    """Each with its own would fall on its neighbours, which lie in one plane."""
    left = layer("left", "shape", (10, 10, 30, 30), background_color="#ff0000")
    right = layer("right", "shape", (40, 10, 30, 30), background_color="#0000ff")
    both = group("left", "right", box=(10, 10, 60, 30))
    seen = pixels(left, right, both, group={"shadow_color": "#000000", "shadow_offset_x": 10, "shadow_offset_y": 20})
    assert seen[20, 45].tolist() == [0, 0, 255]
    assert seen[20, 20].tolist() == [255, 0, 0]
    assert seen[50, 50].tolist() == [0, 0, 0]
    assert seen[25, 75].tolist() == [255, 255, 255]
    assert seen[35, 75].tolist() == [0, 0, 0]


def test_a_shadow_follows_what_changes_above_it() -> None:
    """The bottom of a banner is kept from the last one; a shadow there shows members further up."""
    left = layer("left", "shape", (10, 10, 20, 20), background_color="#ff0000")
    right = layer("right", "shape", (60, 10, 20, 20), background_color="#0000ff")
    made = design(left, right, group("left", "right", box=(0, 0, 100, 100)), width=100, height=100)
    cast = {"shadow_color": "#000000", "shadow_offset_y": 50}
    cache = RenderCache()

    def drawn(**elements: Any) -> Any:
        asked = {"group": cast, **elements}
        body = render_banner(made, FORMAT, asked, {}, FONTS, file_type="png", cache=cache).body
        assert body == render_banner(made, FORMAT, asked, {}, FONTS, file_type="png").body
        return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))

    for _ in range(3):
        assert drawn()[70, 70].tolist() == [0, 0, 0]
    for _ in range(3):
        assert drawn(right={"hidden": True})[70, 70].tolist() == [255, 255, 255]


def test_the_shadow_of_a_group_has_all_that_its_members_draw_outside_of_their_boxes() -> None:
    framed = layer("bar", "shape", (45, 40, 10, 20), background_color="#ff0000", rotation=90)
    lone = group("bar", box=(0, 0, 100, 100))
    seen = pixels(framed, lone, group={"shadow_color": "#000000", "shadow_offset_y": 30})
    assert seen[80, 41].tolist() == [0, 0, 0]
    assert seen[80, 58].tolist() == [0, 0, 0]
    assert seen[93, 50].tolist() == [255, 255, 255]


def test_the_shadow_of_a_member_past_all_measure_is_that_of_what_is_seen() -> None:
    huge = layer("huge", "shape", (-100_000, 50, 200_000, 20), background_color="#ff0000", stroke_width=9_000_000)
    seen = pixels(huge, group("huge", box=(0, 0, 100, 100)), group={"shadow_color": "#000000", "shadow_offset_y": 30})
    assert seen[90, 50].tolist() == [0, 0, 0]
    assert seen[60, 50].tolist() == [255, 0, 0]
