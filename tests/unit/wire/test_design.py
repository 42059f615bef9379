"""One model behind the API's three projections of a design, and the shorthand of an authored one."""

from __future__ import annotations

from typing import Any

import pytest

from bulkgen.wire.design import Box, Design, DesignShapeError, parse_design
from bulkgen.wire.design_reads import format_body, read_body, summary_body

AUTHORED: dict[str, Any] = {
    "id": "7dc0a000-0000-4000-8000-000000000001",
    "name": "Demo",
    "type": "static",
    "created_at": 1,
    "formats": [
        {"id": "square", "uid": "u1", "width": 1080, "height": 1080, "unit": "px"},
        {"id": "story", "uid": "u2", "width": 1080, "height": 1920, "unit": "px"},
    ],
    "elements": [
        {
            "name": "root",
            "type": "container",
            "attributes": [{"id": "background_color", "value": "#ffffff", "values": {"story": "#000000"}}],
        },
        {
            "name": "title",
            "type": "text",
            "settings": {"is_mandatory": True},
            "attributes": [{"id": "payload", "value": "Hello {name}"}, {"id": "font_size", "values": {"square": 40}}],
            "layout": {"square": {"x": 1, "y": 2, "width": 3, "height": 4}},
        },
    ],
}


def test_one_value_stands_for_all_formats_unless_one_says_otherwise() -> None:
    design = parse_design(AUTHORED)
    root, title = design.elements
    assert root.values["background_color"] == {"square": "#ffffff", "story": "#000000"}
    assert title.value("font_size", "story") is None
    assert title.layout == {"square": Box(1, 2, 3, 4)}
    assert title.mandatory == {"square", "story"}
    assert design.variables == ("name",)


def test_the_api_read_gives_the_same_design_again() -> None:
    """A design pulled from the API must render as the authored one does."""
    design = parse_design(AUTHORED)
    again = parse_design(read_body(design))
    assert _without_mandatory(again) == _without_mandatory(design)


def test_the_format_read_tells_what_is_mandatory() -> None:
    design = parse_design(AUTHORED)
    body = format_body(design, design.formats[0])
    title = next(element for element in body["elements"] if element["name"] == "title")
    assert title["settings"] == {"is_mandatory": True}
    assert {attribute["id"]: attribute["value"] for attribute in title["attributes"]}["font_size"] == 40


def test_a_name_a_project_and_times_are_no_part_of_a_revision() -> None:
    """A renamed design must not make a hundred thousand banners be paid for again."""
    renamed = AUTHORED | {"name": "Other", "updated_at": 99, "project_name": "P"}
    assert parse_design(renamed).revision() == parse_design(AUTHORED).revision()
    wider = AUTHORED | {"formats": [AUTHORED["formats"][0] | {"width": 1081}, AUTHORED["formats"][1]]}
    assert parse_design(wider).revision() != parse_design(AUTHORED).revision()


def test_a_multi_page_read_with_keyed_attributes_is_read_too() -> None:
    body = {
        "id": "p",
        "type": "print_multipage",
        "dpi": 300,
        "bleed_size": 3,
        "pages": [{"id": "page_1", "width": 210.0, "height": 297.0, "unit": "mm"}],
        "elements_per_page": {
            "page_1": [
                {
                    "name": "headline",
                    "type": "text",
                    "settings": {"is_mandatory": False},
                    "attributes": {"payload": {"id": "payload", "value": "Spring"}},
                    "layout": {"x": 10, "y": 12.5, "width": 190, "height": 30},
                }
            ]
        },
    }
    design = parse_design(body)
    assert design.is_multipage
    assert design.type == "printer_multipage"
    assert design.elements[0].value("payload", "page_1") == "Spring"
    assert (design.formats[0].dpi, design.formats[0].bleed_size) == (300, 3)
    assert parse_design(read_body(design)).elements == design.elements


def test_a_summary_names_the_project_twice_as_the_api_does() -> None:
    body = summary_body(parse_design(AUTHORED | {"project_id": "x", "project_name": "P"}))
    assert (body["category_id"], body["category_name"]) == ("x", "P")


BOX = {"x": 1, "y": 1, "width": 2, "height": 2}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"formats": []}, "formats"),
        ({"formats": [{"id": "a", "width": 0, "height": 1}]}, r"formats\[0\]\.width"),
        ({"formats": [{"id": "a", "width": 0.4, "height": 1}]}, r"formats\[0\]\.width"),
        ({"formats": [{"id": "a", "height": 1}]}, r"formats\[0\]\.width"),
        ({"elements": {}}, "elements"),
        ({"elements": [{"type": "text"}]}, r"elements\[0\]\.name"),
        ({"elements": [{"name": "a", "type": "text"}] * 2}, "elements"),
        (
            {"elements": [{"name": "a", "type": "text", "attributes": [{"id": "color", "values": {"wide": "#fff"}}]}]},
            r"elements\[0\]\.attributes\[0\]\.values",
        ),
        (
            {"elements": [{"name": "a", "type": "text", "layout": {"square": {"x": 1, "y": 1, "width": "2"}}}]},
            r"layout\.square\.width",
        ),
        ({"elements": [{"name": "a", "type": "text", "attributes": 5}]}, r"elements\[0\]\.attributes"),
        ({"elements": [{"name": "a", "type": "text", "attributes": {"color": "#fff"}}]}, r"attributes\.color"),
        ({"elements": [{"name": "a", "type": "text", "attributes": ["color"]}]}, r"attributes\[0\]"),
        ({"elements": [{"name": "a", "type": "text", "settings": True}]}, r"elements\[0\]\.settings"),
        ({"elements": [{"name": "a", "type": "group", "layer_ids": 3}]}, r"elements\[0\]\.layer_ids"),
        ({"elements": [{"name": "a", "type": "text", "layout": BOX | {"x": float("nan")}}]}, r"layout\.x"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"dpi": "fine"}, r"formats\[0\]\.dpi"),
    ],
)
def test_a_broken_design_is_refused_with_its_path(change: dict[str, Any], path: str) -> None:
    with pytest.raises(DesignShapeError, match=path):
        parse_design(AUTHORED | change)


def _without_mandatory(design: Design) -> list[Any]:
    return [(e.name, e.type, e.values, e.layout) for e in design.elements]


GROUP: dict[str, Any] = {
    "name": "row",
    "type": "group",
    "layer_ids": ["title"],
    "layout": {"x": 0, "y": 0, "width": 10, "height": 10},
    "group": {"auto_layout": True, "direction": "horizontal", "placement": "middle left", "gap": 12, "new_key": 1},
    "mask": {"square": {"shape": "circle"}, "story": {"shape": "rectangle", "radius": 4}},
}


def with_group(**said: Any) -> Design:
    return parse_design(AUTHORED | {"elements": [*AUTHORED["elements"], GROUP | said]})


def test_what_a_group_does_with_its_members_is_read_for_all_formats_or_for_each() -> None:
    design = with_group()
    row = design.elements[-1]
    assert row.arrangement["story"]["gap"] == 12
    assert row.mask == {"square": {"shape": "circle"}, "story": {"shape": "rectangle", "radius": 4}}
    assert with_group(mask=None, group=None).elements[-1].mask == {}


def test_a_group_comes_through_every_projection_with_what_is_not_known_of_it() -> None:
    """A pulled design whose row of prices forgot that it is one prints the prices over each other."""
    design = with_group()
    again = parse_design(read_body(design))
    assert (again.elements[-1].arrangement, again.elements[-1].mask) == (
        design.elements[-1].arrangement,
        design.elements[-1].mask,
    )
    assert again.elements[-1].arrangement["square"]["new_key"] == 1
    told = format_body(design, design.formats[1])["elements"][-1]
    assert told["mask"] == {"shape": "rectangle", "radius": 4}
    assert told["group"]["gap"] == 12


def test_a_groups_rules_are_part_of_the_revision_and_their_absence_is_not() -> None:
    """A design without them must keep the revision it had, or every banner of it is made and billed again."""
    plain = with_group(mask=None, group=None)
    assert with_group().revision() != plain.revision()
    assert with_group(group=GROUP["group"] | {"gap": 13}).revision() != with_group().revision()
    without = {key: value for key, value in GROUP.items() if key not in ("group", "mask")}
    assert parse_design(AUTHORED | {"elements": [*AUTHORED["elements"], without]}).revision() == plain.revision()


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"mask": "circle"}, "elements[2].mask"),
        ({"mask": {"poster": {"shape": "circle"}}}, "elements[2].mask"),
        ({"group": {"story": 5}}, "elements[2].group.story"),
    ],
)
def test_a_group_that_cannot_be_read_is_refused_with_its_path(said: dict[str, Any], path: str) -> None:
    with pytest.raises(DesignShapeError) as caught:
        with_group(**said)
    assert caught.value.path == path
