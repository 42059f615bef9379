"""Cell text -> override value, by the kind of property: the truth table of coercion."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import CODES, Refused
from bulkgen.mapping.values import Target, settle
from bulkgen.wire.overrides import PROPERTIES

FOLDER = Pictures(Path("nowhere"))
_COLOUR = "'rather red' is not a colour: a colour is #RGB, #RRGGBB, #RRGGBBAA or cmyk(C,M,Y,K) with inks 0 to 100"


def take(layer_type: str, prop: str, text: str, *, is_print: bool = False) -> tuple[str, Any, list[str]]:
    warnings: list[str] = []
    target = Target(PROPERTIES[layer_type][prop], layer_type, is_print)
    settled = settle(target, text, FOLDER, lambda code, message: warnings.append(code))
    return settled.name, settled.value, warnings


@pytest.mark.parametrize(
    ("layer_type", "prop", "cell", "expected"),
    [
        ("text", "payload", "00123", "00123"),
        ("text", "payload", "12345", "12345"),
        ("text", "payload", "0.00", "0.00"),
        ("text", "payload", "true", "true"),
        ("text", "payload", "two\\nlines", "two\nlines"),
        ("text", "payload", "two\r\nlines\rmore", "two\nlines\nmore"),
        ("text", "payload", " kept ", " kept "),
        ("button", "payload", "a\\nb", "a\nb"),
        ("qrcode", "payload", "C:\\new", "C:\\new"),
        ("text", "hidden", "yes", True),
        ("text", "hidden", "0", False),
        ("text", "font_size", "12px", 12),
        ("text", "font_size", "12,5", 12.5),
        ("text", "font_weight", "700", 700),
        ("text", "color", "#d0021b", "#d0021b"),
        ("text", "color", "linear-gradient(0% 0% 100% 0%,0% #000000 1,100% #ffffff 1)", None),
        ("text", "alignment", "middle right", "middle right"),
        ("text", "background_padding", "4 8px", "4 8"),
        ("text", "text_transform", "UPPERCASE", "uppercase"),
        ("image", "opacity", "50%", 50),
        ("image", "image_url", "//cdn.x/a b.jpg", "https://cdn.x/a%20b.jpg"),
        ("image", "mask_properties", '{"radius": 12}', {"radius": 12}),
        ("image", "focus_objects", "face, shoe", ["face", "shoe"]),
        ("image", "text_to_image", "true", True),
        ("image", "text_to_image", "a red shoe", "a red shoe"),
        ("rating", "rating_score", "87", 87),
        ("video", "audio_muted", "1", 1),
    ],
)
def test_a_cell_becomes_the_value_of_its_property(layer_type: str, prop: str, cell: str, expected: Any) -> None:
    name, value, warnings = take(layer_type, prop, cell)
    assert (name, value, warnings) == (prop, cell if expected is None else expected, [])
    assert type(value) is type(cell if expected is None else expected)


@pytest.mark.parametrize(
    ("layer_type", "prop", "cell", "code"),
    [
        ("text", "hidden", "0.00", "bad_value"),
        ("text", "hidden", "9.99 EUR", "bad_value"),
        ("text", "color", "red", "bad_value"),
        ("text", "color", "rgb(1,2,3)", "bad_value"),
        ("text", "font_size", "0", "bad_value"),
        ("text", "font_size", "big", "bad_value"),
        ("text", "font_weight", "450", "bad_value"),
        ("text", "skew_y", "21", "bad_value"),
        ("image", "opacity", "101", "bad_value"),
        ("image", "fitting_type", "stretch", "bad_value"),
        ("image", "mask_properties", "12", "bad_value"),
        ("image", "mask_properties", '{"radios": 12}', "bad_value"),
        ("image", "mask_properties", '{"radius": -1}', "bad_value"),
        ("image", "mask_properties", '{"radius": {"tl": "x"}}', "bad_value"),
        ("image", "mask_properties", "[" * 4000, "bad_value"),
        ("image", "filter_properties", '{"name": "blue_gren"}', "bad_value"),
        ("image", "upscale_properties", '{"model": "none-such"}', "bad_value"),
        ("rating", "rating_score", "nan", "bad_value"),
        ("text", "payload", "x" * 10_001, "text_too_long"),
        ("button", "payload", "x" * 2_049, "text_too_long"),
        ("text", "payload", "half \ud83d", "broken_text"),
        ("image", "image_url", "half \udc00", "broken_text"),
        ("image", "image_url", "ftp://x/y.jpg", "bad_address"),
        ("image", "image_url", "https://", "bad_address"),
        ("image", "image_url", "data:image/png,raw", "bad_encoding"),
        ("image", "image_encoded", "half a picture!", "bad_encoding"),
        ("image", "image_encoded", "bm8gcGljdHVyZQ==", "not_a_picture"),
        ("image", "image_url", "nothing.jpg", "picture_not_found"),
        ("image", "image_url", "../secret.jpg", "picture_outside"),
        ("image", "image_url", "/etc/passwd", "picture_outside"),
        ("image", "image_url", "C:\\secret.jpg", "picture_outside"),
        ("image", "image_url", "~/secret.jpg", "picture_outside"),
        ("image", "image_url", "file:///etc/passwd", "bad_address"),
        ("video", "video_url", "film.mp4", "bad_address"),
        ("qrcode", "image_url", "icon.png", "bad_address"),
    ],
)
def test_a_cell_that_does_not_fit_is_refused(layer_type: str, prop: str, cell: str, code: str) -> None:
    """What the API would refuse with a 400 is said beside the cell, and nothing is sent."""
    with pytest.raises(Refused) as refused:
        take(layer_type, prop, cell)
    assert refused.value.code == code
    assert code in CODES


@pytest.mark.parametrize(
    ("cell", "value", "warnings"),
    [
        ("a\x00b\x1bc", "abc", ["control_characters"]),
        ("a\x85b", "ab", ["control_characters"]),
        ("a\tb\nc", "a\tb\nc", []),
        ("#REF!", "#REF!", ["placeholder_text"]),
        ("undefined", "undefined", ["placeholder_text"]),
        ("[object Object]", "[object Object]", ["placeholder_text"]),
        ("NA", "NA", []),
        ("N/A", "N/A", []),
    ],
)
def test_what_can_be_put_right_is_put_right_and_told(cell: str, value: str, warnings: list[str]) -> None:
    assert take("text", "payload", cell) == ("payload", value, warnings)


def test_a_picture_in_the_cell_itself_goes_into_the_encoded_twin() -> None:
    """By content, so that the same picture as a file, or written otherwise, is the same banner."""
    named = "sha256:" + hashlib.sha256(b"\x89PNG\r\n\x1a\n").hexdigest()
    for text in ("data:image/png;base64,iVBORw0KGgo=", "DATA:;base64, iVBO\nRw0K Ggo"):
        assert take("image", "image_url", text) == ("image_encoded", named, [])
    assert take("image", "image_encoded", "iVBORw0KGgo=") == ("image_encoded", named, [])


def test_of_several_addresses_the_first_is_taken_and_told() -> None:
    assert take("image", "image_url", "https://a/1.jpg, https://a/2.jpg") == (
        "image_url",
        "https://a/1.jpg",
        ["several_addresses"],
    )


def test_print_designs_take_gradients_only_where_the_api_does() -> None:
    gradient = "linear-gradient(0% 0% 100% 0%,0% #000000 1,100% #ffffff 1)"
    assert take("shape", "background_color", gradient, is_print=True)[1] == gradient
    for layer_type, prop, value in (
        ("text", "color", gradient),
        ("container", "background_color", gradient),
        ("shape", "background_color", gradient.replace("#ffffff 1", "#ffffff 0.5")),
    ):
        with pytest.raises(Refused, match="print designs"):
            take(layer_type, prop, value, is_print=True)


@pytest.mark.parametrize(
    ("layer_type", "prop", "cell", "said"),
    [
        ("text", "shadow_color", "rather red", _COLOUR),
        ("shape", "background_color", "rather red", f"{_COLOUR}; a gradient is taken as well"),
        ("text", "hidden", "perhaps", "'perhaps' is neither true nor false"),
        ("text", "font_size", "big", "'big' is not a number; it takes a number, at least 1"),
        ("text", "font_size", "0", "0 is not a number, at least 1"),
        ("text", "alignment", "far", "'far' is not top, middle or bottom and left, center or right, or justify"),
    ],
)
def test_what_is_taken_is_said_once(layer_type: str, prop: str, cell: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        take(layer_type, prop, cell)
    assert refused.value.message == said
