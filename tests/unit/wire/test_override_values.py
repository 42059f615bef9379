"""The table of override properties, as the mapper (text in) and the studio (JSON in) use it."""

from __future__ import annotations

from typing import Any

import pytest

from bulkgen.wire.overrides import ENCODED_TWIN, LAYER_TYPES, MAIN_PROPERTY, PROPERTIES, Kind
from bulkgen.wire.values import check, check_overrides, coerce


@pytest.mark.parametrize(
    ("layer", "name", "text", "value"),
    [
        ("text", "payload", "12345", "12345"),
        ("text", "payload", " kept ", " kept "),
        ("text", "font_size", "24px", 24),
        ("text", "font_size", "24,5", 24.5),
        ("text", "font_weight", "700", 700),
        ("text", "auto_resize", "yes", True),
        ("text", "hidden", "", False),
        ("text", "color", " #FF0000 ", "#FF0000"),
        ("text", "alignment", "middle right", "middle right"),
        ("text", "alignment", "justify", "justify"),
        ("text", "background_padding", "8 16px", "8 16"),
        ("text", "text_transform", "Uppercase", "uppercase"),
        ("rating", "rating_score", "92%", 92),
        ("image", "image_url", "https://example.com/a.jpg", "https://example.com/a.jpg"),
        ("image", "text_to_image", "a red chair in snow", "a red chair in snow"),
        ("video", "audio_muted", "1", 1),
    ],
)
def test_cell_text_becomes_what_the_property_wants(layer: str, name: str, text: str, value: Any) -> None:
    got = coerce(PROPERTIES[layer][name], text)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("layer", "name", "text"),
    [
        ("text", "hidden", "0.00"),  # a price is not a truth
        ("text", "payload", ""),
        ("text", "payload", "x" * 10_001),
        ("button", "payload", "x" * 2_049),
        ("text", "font_weight", "650"),
        ("text", "font_size", "0"),
        ("text", "font_size", "big"),
        ("text", "font_size", "nan"),
        ("text", "font", "Inter"),
        ("text", "skew_y", "21"),
        ("image", "alignment", "justify"),
        ("image", "image_url", "www.example.com/a.jpg"),
        ("image", "mask_properties", "{}"),
        ("rating", "star_dimension", "0"),
        ("audio", "speed", "0.2"),
        ("text", "stroke_color", "linear-gradient(0% 0% 100% 0%,0% #000 1,100% #fff 1)"),
    ],
)
def test_a_cell_that_does_not_fit_says_what_is_allowed(layer: str, name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        coerce(PROPERTIES[layer][name], text)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("payload", 12, "wrong_type"),
        ("payload", None, "wrong_type"),
        ("hidden", "true", "wrong_type"),
        ("font_size", True, "wrong_type"),
        ("font_size", 0, "out_of_range"),
        ("payload", "", "out_of_range"),
        ("color", "red", "invalid_payload"),
        ("text_transform", "upper", "unknown_enum_value"),
        ("font_weight", 650, "unknown_enum_value"),
        ("alignment", "centre", "unknown_enum_value"),
    ],
)
def test_json_values_are_refused_with_the_code_of_the_api(name: str, value: Any, code: str) -> None:
    violation = check(PROPERTIES["text"][name], value, f"elements.title.{name}")
    assert violation is not None
    assert (violation.code, violation.path) == (code, f"elements.title.{name}")
    assert violation.expected or code not in ("out_of_range", "unknown_enum_value"), "the API says what it would take"


def test_all_violations_of_a_layer_are_told_at_once_and_unknown_names_pass() -> None:
    """A client that mends one field and learns of the next only then pays in round trips."""
    overrides = {"payload": "", "color": "red", "nonsense": 1, "auto_resize": True}
    codes = {violation.path: violation.code for violation in check_overrides(overrides, "text", "elements.title")}
    assert codes == {
        "elements.title.payload": "out_of_range",
        "elements.title.color": "invalid_payload",
        "elements.title.auto_resize": "conditional_dependency_missing",
    }


def test_every_layer_type_has_a_table_and_a_main_property_in_it() -> None:
    assert set(PROPERTIES) == set(LAYER_TYPES)
    for layer, main in MAIN_PROPERTY.items():
        assert main in PROPERTIES[layer]


def test_every_encoded_twin_stands_beside_its_address() -> None:
    for address, twin in ENCODED_TWIN.items():
        holders = [layer for layer, table in PROPERTIES.items() if twin in table]
        assert holders
        assert all(address in PROPERTIES[layer] for layer in holders)


def test_every_property_can_say_what_it_allows() -> None:
    for table in PROPERTIES.values():
        for prop in table.values():
            assert prop.describe()
            assert isinstance(prop.kind, Kind)
