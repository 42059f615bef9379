"""The JSON Schema that editors use: it takes what is right, and refuses what the check refuses."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.render.design_body import lint_body
from bulkgen.render.design_lint import complaints, lint_design
from bulkgen.render.design_schema import design_schema
from bulkgen.render.extras import known_attributes
from bulkgen.render.value_schema import value_schema
from bulkgen.wire.design import DesignShapeError, parse_design
from bulkgen.wire.overrides import LAYER_TYPES, Kind, Property

TEMPLATES = Path(__file__).parents[3] / "templates"
SHIPPED = sorted(path.parent.name for path in TEMPLATES.glob("*/design.json"))

PROPERTIES = {f"{kind}.{name}": prop for kind in LAYER_TYPES for name, prop in known_attributes(kind).items()}

DESIGN: dict[str, Any] = {
    "$schema": "../design.schema.json",
    "id": "7dc0a000-0000-4000-8000-000000000001",
    "name": "Demo",
    "type": "static",
    "formats": [
        {"id": "square", "width": 1080, "height": 1080, "unit": "px"},
        {"id": "story", "width": 1080, "height": 1920},
    ],
    "elements": [
        {"name": "root", "type": "container", "attributes": [{"id": "background_color", "value": "#ffffff"}]},
        {
            "name": "title",
            "type": "text",
            "mandatory": {"story": True},
            "layout": {"square": {"x": 1, "y": 2, "width": 300, "height": 400}},
            "attributes": [
                {"id": "payload", "value": "Hello {name}"},
                {"id": "font_size", "value": 40, "values": {"story": 60}},
                {"id": "alignment", "value": "middle center"},
            ],
        },
        {
            "name": "row",
            "type": "group",
            "layout": {"x": 0, "y": 0, "width": 300, "height": 400},
            "layer_ids": ["title"],
            "group": {"auto_layout": True, "direction": "horizontal", "placement": "space-between", "gap": 4},
            "mask": {"square": {"shape": "circle", "radius": {"tl": 3}}},
        },
    ],
}

Change = Callable[[dict[str, Any]], Any]
MISTAKES: dict[str, Change] = {
    "a misspelt key of the design": lambda body: body.update({"formts": []}),
    "a misspelt key of a layer": lambda body: body["elements"][1].update({"atributes": []}),
    "a misspelt attribute": lambda body: body["elements"][1]["attributes"].append({"id": "font_sise", "value": 3}),
    "an attribute of another layer type": lambda body: body["elements"][0]["attributes"].append(
        {"id": "payload", "value": "a"}
    ),
    "a text for a number": lambda body: body["elements"][1]["attributes"][1].update({"value": "40"}),
    "a wrong value in one format": lambda body: body["elements"][1]["attributes"][1]["values"].update({"story": None}),
    "a number out of bounds": lambda body: body["elements"][1]["attributes"].append(
        {"id": "letter_spacing", "value": 400}
    ),
    "a colour by name": lambda body: body["elements"][0]["attributes"][0].update({"value": "red"}),
    "a gradient of one stop": lambda body: body["elements"][0]["attributes"][0].update(
        {"value": "linear-gradient(0% 0% 100% 0%, 0% #fff 1)"}
    ),
    "an alignment in the wrong order": lambda body: body["elements"][1]["attributes"][2].update(
        {"value": "center middle"}
    ),
    "a layer type that there is not": lambda body: body["elements"][1].update({"type": "txt"}),
    "members of a layer that is no group": lambda body: body["elements"][1].update({"layer_ids": ["row"]}),
    "a box without a height": lambda body: body["elements"][1]["layout"]["square"].pop("height"),
    "a box with a text in it": lambda body: body["elements"][2]["layout"].update({"x": "0"}),
    "a mask of no shape": lambda body: body["elements"][2]["mask"]["square"].update({"shape": "hart"}),
    "a gap that is a text": lambda body: body["elements"][2]["group"].update({"gap": "4"}),
    "a direction that there is not": lambda body: body["elements"][2]["group"].update({"direction": "across"}),
    "a placement that there is not": lambda body: body["elements"][2]["group"].update({"placement": "middel left"}),
    "a format without a width": lambda body: body["formats"][0].pop("width"),
    "a format in centimetres": lambda body: body["formats"][0].update({"unit": "cm"}),
    "no formats": lambda body: body.pop("formats"),
    "a design of no type": lambda body: body.update({"type": "statik"}),
    "an attribute without an id": lambda body: body["elements"][1]["attributes"].append({"value": 3}),
}


@cache
def validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(design_schema())


@cache
def value_validator(named: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(value_schema(PROPERTIES[named]))


def is_refused_by_check(body: dict[str, Any]) -> bool:
    try:
        design = parse_design(body)
    except DesignShapeError:
        return True
    return any(fault.is_error for fault in (*lint_body(body), *lint_design(design)))


def test_it_is_a_schema_of_the_draft_that_it_names() -> None:
    jsonschema_rs.meta.validate(design_schema())


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_designs_are_valid(name: str) -> None:
    """An editor that draws red lines under a good design is switched off."""
    body = json.loads((TEMPLATES / name / "design.json").read_text("utf-8"))
    assert [error.message for error in validator().iter_errors(body)] == []
    assert (TEMPLATES / name / body["$schema"]).is_file()


def test_the_name_of_the_schema_does_not_change_the_revision() -> None:
    """A new revision makes every banner again."""
    without = {name: value for name, value in DESIGN.items() if name != "$schema"}
    assert parse_design(DESIGN).revision() == parse_design(without).revision()


def test_both_take_a_good_design() -> None:
    assert [error.message for error in validator().iter_errors(DESIGN)] == []
    assert not is_refused_by_check(DESIGN)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_schema_and_check_refuse_the_same_mistakes(mistake: str) -> None:
    body = copy.deepcopy(DESIGN)
    MISTAKES[mistake](body)
    assert not validator().is_valid(body)
    assert is_refused_by_check(body)


def test_layers_of_pages_are_held_to_the_same_rules() -> None:
    """A document has its layers page by page, and its attributes by name, as the API reads it."""
    title = {"name": "title", "type": "text", "layout": {"x": 1, "y": 1, "width": 9, "height": 9}}
    body: dict[str, Any] = {
        "id": DESIGN["id"],
        "type": "printer_multipage",
        "dpi": 300,
        "pages": [{"id": "page_1", "width": 210, "height": 297, "unit": "mm"}],
        "elements_per_page": {"page_1": [{**title, "attributes": {"payload": {"id": "payload", "value": "Spring"}}}]},
    }
    assert validator().is_valid(body)
    assert not is_refused_by_check(body)
    body["elements_per_page"]["page_1"][0]["attributes"]["payload"]["value"] = 3
    assert not validator().is_valid(body)
    assert is_refused_by_check(body)


def test_layers_that_move_are_held_to_the_table_of_tweens() -> None:
    keyframe = {"attr": {"opacity": 0}, "data": {"type": "start", "time": 0, "easing": "ease_out"}}
    body = copy.deepcopy(DESIGN) | {"type": "animated", "animation": {"duration": 4}}
    body["elements"][1]["animation"] = {"start_at_s": 1, "tweens": [{"type": "fade", "keyframes": [keyframe]}]}
    assert validator().is_valid(body)
    assert not is_refused_by_check(body)
    keyframe["data"]["easing"] = "bounce"
    assert not validator().is_valid(body)
    assert is_refused_by_check(body)


def test_every_attribute_is_explained() -> None:
    """What an editor shows while one hovers over it."""
    defined = {name: body for name, body in design_schema()["$defs"].items() if name.startswith("attribute.")}
    assert {name.split(".")[1] for name in defined} == {prop.name for prop in PROPERTIES.values()}
    assert all(body["description"] for body in defined.values())


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-3000, 3000) | st.floats(-3000, 3000) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NEARLY = (
    "#fff|#ffff|#12345|cmyk(1,2,3,4)|cmyk(1,2,3)|cmyka(1%, 2%,3,100)|cmyk(1,2,3,101)|16 32|16 32 8|-1|top left|left top"
    "|justify|top justify-right|circle|data:image/png;base64,AAAA|AAAA====|radial-gradient(50% 50% 50%, 0% #fff 1)"
)
_WORDS = st.sampled_from(_NEARLY.split("|"))


@given(st.sampled_from(sorted(PROPERTIES)), _ANY | _WORDS)
def test_a_value_that_the_check_refuses_is_refused_by_the_schema(named: str, value: Any) -> None:
    """Else an editor says that all is well, and the command that it is not."""
    # What makes a gradient is more than a schema can count, such as two stops in one place.
    if complaints(PROPERTIES[named], value) and PROPERTIES[named].kind is not Kind.PAINT:
        assert not value_validator(named).is_valid(value)


@st.composite
def _changed(draw: st.DrawFn) -> dict[str, Any]:
    """The design with one part of it replaced, taken away, or given a key of any name."""
    body = copy.deepcopy(DESIGN)
    holder, name = draw(st.sampled_from(list(_parts_of(body))))
    change = draw(st.sampled_from(["replace", "remove", "add"]))
    if change == "remove":
        del holder[name]
    elif change == "add" and isinstance(holder, dict):
        holder[draw(st.sampled_from(["layout", "values", "shape", "mandatory", "valeu", "x"]))] = draw(_ANY)
    else:
        holder[name] = draw(_ANY)
    return body


def _parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, (dict, list)):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, name
            yield from _parts_of(value[name])


@given(_changed())
def test_a_design_that_is_written_wrong_is_refused_by_the_schema(body: dict[str, Any]) -> None:
    if any(fault.code in ("bad_key", "unknown_key") for fault in lint_body(body)):
        assert not validator().is_valid(body)


@given(st.data())
def test_a_value_that_the_check_takes_is_taken_by_the_schema(data: st.DataObject) -> None:
    named = data.draw(st.sampled_from(sorted(PROPERTIES)))
    value = data.draw(_good(PROPERTIES[named]))
    assert complaints(PROPERTIES[named], value) == []
    assert value_validator(named).is_valid(value)


def _good(prop: Property) -> st.SearchStrategy[Any]:
    colors = st.sampled_from(["#abc", "#ABCD", "#a0b1c2", "#A0B1C2d3", "cmyk(0,10,20,100)", " CMYKA(1%, 2, 3, 4, 50) "])
    gradients = st.sampled_from(
        [
            "linear-gradient(0% 0% 100% 0%, 0% #fff 1, 100% #000000 0.5)",
            "radial-gradient(5% 5% 50%,0% #fff 1,9% #000 0)",
        ]
    )
    if prop.choices:
        return st.sampled_from(prop.choices)
    match prop.kind:
        case Kind.NUMBER | Kind.INTEGER:
            low = -1000.0 if prop.low is None else prop.low
            high = max(low, 1000.0) if prop.high is None else prop.high
            return st.floats(low, high, exclude_min=prop.above)
        case Kind.TEXT:
            return st.text(min_size=int(prop.low or 0), max_size=50)
        case Kind.COLOR:
            return colors
        case Kind.PAINT:
            return colors | gradients
        case Kind.FLAG:
            return st.booleans()
        case Kind.FLAG_OR_TEXT:
            return st.booleans() | st.text()
        case Kind.ALIGNMENT:
            return st.sampled_from(["top", "center", "middle center", "bottom right", "custom custom"])
        case Kind.PADDING:
            return st.floats(0, 50) | st.sampled_from(["8", "8 6", "0.5 12.25"])
        case Kind.OBJECT:
            examples: dict[str, Any] = {
                "focus_objects": ["cup"],
                "mask_properties": {"radius": {"tl": 4}, "skew_y": 3, "other": 1},
                "text_to_image_properties": {"prompt": "a cup on a table"},
                "illustration_properties": {"primary_color": "#e4572e"},
                "filter_properties": {"name": "blue_green"},
            }
            return st.just(examples.get(prop.name, {}))
        case Kind.BASE64:
            return st.sampled_from(["AAAA", "data:image/png;base64,iVBORw0KGgo=", "AA==\n"])
        case _:
            return st.text(min_size=1)
