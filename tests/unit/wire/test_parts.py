"""What is inside the properties that are objects: bounds, and every problem at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.wire.overrides import PROPERTIES, Kind
from bulkgen.wire.parts import MOST_INPAINT_IMAGES, PARTS, check_parts

PROMPT = {"prompt": "a red door"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mask_properties", {"radius": 12, "skew_y": -22}),
        ("mask_properties", {"radius": {"tl": 0, "br": 4.5}}),
        ("mask_properties", {}),
        ("filter_properties", {"name": "blue_orange", "unknown": 1}),
        ("auto_focus_properties", {"model": "people", "focus_zoom": "off", "focus_objects": ["shoe"]}),
        ("upscale_properties", {"upscale_factor": 4}),
        ("text_to_image_properties", PROMPT | {"inpaint_images": ["https://a.example/1.png"] * 14}),
        ("illustration_properties", {"primary_color": "#FF0000"}),
        ("focus_objects", ["shoe", "hat"]),
    ],
)
def test_what_the_reference_allows_is_allowed(name: str, value: Any) -> None:
    assert check_parts(name, value, name) == []


@pytest.mark.parametrize(
    ("name", "value", "problems"),
    [
        ("mask_properties", {"radius": -1, "skew_y": 23}, {"p.skew_y": "out_of_range", "p.radius": "out_of_range"}),
        (
            "mask_properties",
            {"radius": {"tl": -1, "bl": "x"}},
            {"p.radius.tl": "out_of_range", "p.radius.bl": "wrong_type"},
        ),
        ("filter_properties", {"name": "pink_pink"}, {"p.name": "unknown_enum_value"}),
        ("filter_properties", ["pink"], {"p": "wrong_type"}),
        (
            "auto_focus_properties",
            {"model": "dog", "focus_objects": "shoe"},
            {"p.model": "unknown_enum_value", "p.focus_objects": "wrong_type"},
        ),
        ("upscale_properties", {"upscale_factor": 5}, {"p.upscale_factor": "out_of_range"}),
        ("upscale_properties", {"model": "x"}, {"p.model": "unknown_enum_value"}),
        ("text_to_image_properties", {}, {"p.prompt": "missing_required"}),
        ("text_to_image_properties", {"prompt": "red door"}, {"p.prompt": "out_of_range"}),
        ("text_to_image_properties", PROMPT | {"inpaint_images": ["nowhere"]}, {"p.inpaint_images": "invalid_payload"}),
        (
            "text_to_image_properties",
            PROMPT | {"model": "nano-banana", "inpaint_images": ["https://a.example"] * 4},
            {"p.inpaint_images": "out_of_range"},
        ),
        ("illustration_properties", {"primary_color": "red"}, {"p.primary_color": "invalid_payload"}),
        ("focus_objects", "shoe", {"p": "wrong_type"}),
    ],
)
def test_each_part_at_fault_is_told_at_its_path(name: str, value: Any, problems: dict[str, str]) -> None:
    """All of them at once."""
    assert {found.path: found.code for found in check_parts(name, value, "p")} == problems


def test_each_property_that_is_an_object_has_its_parts_here() -> None:
    objects = {prop.name for table in PROPERTIES.values() for prop in table.values() if prop.kind is Kind.OBJECT}
    assert objects == {*PARTS, "focus_objects"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["radius", "tl", "name", "model", "prompt", "inpaint_images", "focus_objects", "skew_y"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from([*PARTS, "focus_objects", "elsewhere"]), _JSON)
def test_whatever_is_sent_is_answered_and_nothing_is_raised(name: str, value: Any) -> None:
    """A request body is anybody's."""
    for found in check_parts(name, value, "p"):
        assert found.path.startswith("p")
    assert max(MOST_INPAINT_IMAGES.values()) == 16
