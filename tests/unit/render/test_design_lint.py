"""The check of authored designs, and the page that is made from the same table."""

from __future__ import annotations

from pathlib import Path

from rendering_cases import design, layer

from bulkgen.render.design_faults import codes_table
from bulkgen.render.design_lint import lint_design
from bulkgen.render.extras import EXTRAS, vocabulary_table
from bulkgen.wire.design import Design
from bulkgen.wire.overrides import PROPERTIES

DOCS = Path(__file__).parents[3] / "docs" / "designs.md"


def said(made: Design) -> list[str]:
    return [str(fault) for fault in lint_design(made)]


def test_a_clean_design_has_nothing_to_say() -> None:
    made = design(
        layer("title", "text", (0, 0, 10, 10), payload="", font="Inter", letter_spacing=-2, trim=True),
        layer("photo", "image", (0, 0, 10, 10), image_url="images/photo.jpg", below="title", gap=8),
    )
    assert said(made) == []


def test_a_misspelt_attribute_is_refused_with_the_near_miss() -> None:
    """It would be passed over by every painter: a wrong picture that nobody notices."""
    made = design(layer("title", "text", (0, 0, 10, 10), payload="a", letter_spaceing=3))
    assert said(made) == ["title: text layers have no attribute 'letter_spaceing'; did you mean 'letter_spacing'?"]


def test_an_attribute_of_another_layer_type_is_refused() -> None:
    made = design(layer("logo", "logo", (0, 0, 10, 10), image_url="a.svg", border_radius=4))
    assert said(made)[0].startswith("logo: logo layers have no attribute 'border_radius'")


def test_values_out_of_bounds_and_unknown_layers_are_refused() -> None:
    made = design(
        layer("title", "text", (0, 0, 10, 10), payload="a", letter_spacing=400, below="titel"),
        layer("subtitle", "text", (0, 0, 10, 10), payload="a", below="titel"),
    )
    assert said(made) == [
        "title.letter_spacing in post: 400 is not a number from -20 to 100",
        "title.below: there is no other layer 'titel'; did you mean 'subtitle'?",
        "subtitle.below: there is no other layer 'titel'; did you mean 'title'?",
    ]


def test_a_group_that_names_nothing_or_no_shape_is_told() -> None:
    """A misspelt member stays where it is while its neighbours move up to it."""
    layout = {"x": 0, "y": 0, "width": 10, "height": 10}
    group = {"name": "row", "type": "group", "layout": layout, "layer_ids": ["titel"]}
    title = layer("title", "text", (0, 0, 10, 10), payload="a")
    assert said(design(title, {**group, "mask": {"shape": "hart"}, "group": {"auto_layout": True, "gap": "1"}})) == [
        "row.layer_ids: there is no other layer 'titel'; did you mean 'title'?",
        "row.mask: 'hart' is no shape; did you mean 'heart'?",
        "row: gap is '1', and must be a number",
    ]
    assert said(design(title, {**group, "layer_ids": ["title"], "mask": {"shape": "hart"}})) == [
        "row.mask: 'hart' is no shape; did you mean 'heart'?"
    ]
    across = {"auto_layout": True, "direction": "across"}
    assert said(design(title, {**group, "layer_ids": ["title"], "group": across})) == [
        "row.group: direction is 'across', and must be one of horizontal, vertical, row, column"
    ]


def test_an_unknown_layer_type_is_refused() -> None:
    assert said(design(layer("x", "txt", (0, 0, 1, 1)))) == ["x: 'txt' is no layer type; did you mean 'text'?"]


def test_layers_in_a_ring_are_told_once_with_the_whole_ring() -> None:
    """None of them has a place; hidden ones would fail in the first row that shows them."""
    made = design(
        layer("a", "text", (0, 0, 10, 10), payload="a", below="b"),
        layer("b", "text", (0, 0, 10, 10), payload="a", right_of="c", hidden=True),
        layer("c", "shape", (0, 0, 10, 10), hug="a"),
        layer("d", "text", (0, 0, 10, 10), payload="a", below="a"),
    )
    assert said(made) == ["a in post: layers stand beside each other in a ring: a -> b -> c -> a"]


def test_an_anchor_that_another_one_overrules_makes_no_ring() -> None:
    made = design(
        layer("a", "text", (0, 0, 10, 10), payload="a", below="c", above="b"),
        layer("b", "text", (0, 0, 10, 10), payload="a", below="a"),
        layer("c", "text", (0, 0, 10, 10), payload="a"),
    )
    assert said(made) == []


def test_a_layer_that_nobody_can_see_is_a_warning() -> None:
    made = design(
        layer("beside", "text", (400, 0, 10, 10), payload="a"),
        layer("crossing", "text", (-5, 0, 10, 10), payload="a"),
        layer("carried", "text", (900, 0, 10, 10), payload="a", below="crossing"),
        {"name": "nowhere", "type": "shape", "attributes": []},
    )
    faults = lint_design(made)
    assert [(fault.code, fault.layer, fault.is_error) for fault in faults] == [
        ("outside", "beside", False),
        ("in_no_format", "nowhere", False),
    ]
    (flat,) = lint_design(design(layer("flat", "shape", (0, 0, 10, 0))))
    assert (flat.code, flat.is_error) == ("bad_box", True)
    assert said(design({"name": "jingle", "type": "audio", "attributes": []})) == []


def test_a_smallest_size_above_the_size_is_a_warning() -> None:
    made = design(layer("title", "text", (0, 0, 10, 10), payload="a", font_size=20, min_font_size=30))
    assert said(made) == ["title in post: min_font_size 30 is above font_size 20"]


def test_a_format_that_there_is_not_is_refused_where_a_layer_is_mandatory() -> None:
    """The layer would be needed nowhere, and rows without it would be sent."""
    made = design(layer("title", "text", (0, 0, 10, 10), payload="a") | {"mandatory": {"pots": True}})
    assert said(made) == ["title: mandatory names no format of the design: 'pots'; did you mean 'post'?"]


def test_a_part_of_an_object_is_checked_too() -> None:
    photo = layer("photo", "image", (0, 0, 10, 10), image_url="a.png", mask_name="rounded_corners")
    photo["attributes"].append({"id": "mask_properties", "value": {"radius": "12"}})
    (only,) = said(design(photo))
    assert only.startswith("photo.mask_properties in post: mask_properties.radius: '12' is not a number")


def test_a_movement_that_would_be_passed_over_is_an_error() -> None:
    """The renderer leaves it out and goes on, since the API ships kinds that nobody describes; an author wants it."""
    body = layer("title", "text", (0, 0, 10, 10), payload="a")
    body["animation"] = {"tweens": [{"type": "wobble", "keyframes": [{"attr": {}}]}]}
    (fault,) = lint_design(design(body))
    assert (fault.code, fault.path) == ("bad_animation", "elements[1].animation.tweens[0].type")


def test_no_extra_takes_the_name_of_an_api_property_of_the_same_layer() -> None:
    """Except opacity, which means the same on all: two meanings of one name would be settled by chance."""
    clashes = {
        (extra.name, kind) for extra in EXTRAS.values() for kind in extra.types if extra.name in PROPERTIES[kind]
    }
    assert clashes == {("opacity", "image"), ("opacity", "illustration")}


def test_the_docs_show_the_tables_as_they_are() -> None:
    assert vocabulary_table() in DOCS.read_text("utf-8")
    assert codes_table() in DOCS.read_text("utf-8")
