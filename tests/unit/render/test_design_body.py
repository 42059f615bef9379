"""The check of how a design.json is written, and the way from a part of a design back to its place in the file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.render.design_body import lint_body
from bulkgen.render.design_places import Places

_NAMES = st.sampled_from(
    ["elements", "formats", "layout", "attributes", "group", "mask", "settings", "id", "x", "name"]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


def said(body: Any) -> list[tuple[str, str, str]]:
    return [(fault.code, fault.path, fault.message) for fault in lint_body(body)]


def one(**more: Any) -> dict[str, Any]:
    """A design of one layer."""
    return {"elements": [{"name": "title", "type": "text", **more}]}


@given(_ANY)
def test_any_json_is_answered_and_none_breaks_the_check(body: Any) -> None:
    assert all(fault.path or fault.code == "not_a_design" for fault in lint_body(body))


def test_a_key_that_nothing_reads_is_told_with_the_near_miss() -> None:
    """The parser looks away from it, and the layer silently shows nothing."""
    assert said(one(atributes=[])) == [
        (
            "unknown_key",
            "elements[0].atributes",
            "elements[0].atributes: a text layer has no key 'atributes'; did you mean 'attributes'?",
        )
    ]
    assert said(one(layout={"square": {"x": 0, "y": 0, "widht": 3, "height": 3}}))[0][1] == (
        "elements[0].layout.square.widht"
    )


@pytest.mark.parametrize(
    ("body", "path", "message"),
    [
        (one(name=3), "elements[0].name", "3 is not a text"),
        (one(layout=[1]), "elements[0].layout", "[1] is not an object"),
        (one(attributes=[1]), "elements[0].attributes[0]", "an attribute is an object"),
        (one(attributes=[{"id": True}]), "elements[0].attributes[0].id", "True is not a text"),
        (one(mandatory=1), "elements[0].mandatory", "1 is not true or false or an object"),
        (one(settings={"is_mandatory": "x"}), "elements[0].settings.is_mandatory", "'x' is not true or false"),
        ({"elements": [3]}, "elements[0]", "an element is an object"),
        ({"formats": [{"bleed_size": -3}]}, "formats[0].bleed_size", "-3 is less than 0"),
        ({"formats": [{"unit": "pixel"}]}, "formats[0].unit", "'pixel' is not one of px, mm, in"),
        ({"elements": {}}, "elements", "{} is not a list"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_by_its_path(body: Any, path: str, message: str) -> None:
    assert [(where, what.startswith(f"{path}: {message}")) for _, where, what in said(body)] == [(path, True)]


def test_what_is_there_twice_is_told_where_it_is_there_again() -> None:
    """Of two attributes of one name the last one wins, and the author looks at the first."""
    attributes = [{"id": "color", "value": "#000"}, {"id": "color", "value": "#fff"}]
    assert said(one(attributes=attributes)) == [
        (
            "repeated_id",
            "elements[0].attributes[1].id",
            "elements[0].attributes[1].id: 2 attributes are called 'color'",
        )
    ]
    twice = {"elements": one()["elements"] * 2, "formats": [{"id": "a"}, {"id": "b"}, {"id": "a"}]}
    assert [path for _, path, _ in said(twice)] == ["formats[2].id", "elements[1].name"]


def test_a_layer_may_not_have_the_name_of_the_variables() -> None:
    assert said(one(name="vars"))[0][:2] == ("reserved_name", "elements[0].name")


def test_one_name_may_stand_on_every_page() -> None:
    title = one()["elements"]
    assert said({"pages": [{"id": "p1"}, {"id": "p2"}], "elements_per_page": {"p1": title, "p2": title}}) == []


def test_places_are_those_of_the_form_that_the_file_has() -> None:
    listed = Places(
        one(
            layout={"post": {}},
            mandatory=True,
            attributes=[{"id": "payload", "value": "a", "values": {"post": "b"}}, {"id": "color", "value": "#fff"}],
        )
    )
    assert listed.attribute(0, "payload", "post") == "elements[0].attributes[0].values.post"
    assert listed.attribute(0, "payload", "story") == "elements[0].attributes[0].value"
    assert listed.attribute(0, "color", "post") == "elements[0].attributes[1].value"
    assert listed.attribute(0, "font", "post") == "elements[0]"
    assert listed.part(0, "layout", "post") == "elements[0].layout.post"
    assert listed.part(0, "mandatory", "post") == "elements[0].mandatory"
    pages = {"pages": [{"id": "p2"}, {"id": "p1"}]}
    keyed = one(attributes={"color": {"value": 1}})["elements"]
    document = Places({**pages, "elements_per_page": {"p1": keyed, "p2": keyed * 2}})
    assert document.element(2) == "elements_per_page.p1[0]"
    assert document.attribute(2, "color", "p1") == "elements_per_page.p1[0].attributes.color.value"
