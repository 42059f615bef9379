"""The colour grammar of the API, both ways it is used: accepted values, refused values."""

from __future__ import annotations

import pytest

from bulkgen.wire.colors import Color, LinearGradient, RadialGradient, parse_color, parse_paint


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("#fff", (1, 1, 1, 1)),
        ("#FF0000", (1, 0, 0, 1)),
        ("#ff000080", (1, 0, 0, 128 / 255)),
        ("#f008", (1, 0, 0, 136 / 255)),
        ("  #00ff00 ", (0, 1, 0, 1)),
    ],
)
def test_hex_colours_are_read_in_all_four_lengths(text: str, channels: tuple[float, ...]) -> None:
    color = parse_color(text)
    assert (color.red, color.green, color.blue, color.alpha) == pytest.approx(channels)


def test_inks_are_kept_as_written_beside_the_screen_colour() -> None:
    """Print needs the inks; converting them to RGB and back would put black text on four plates."""
    color = parse_color("cmyka(0,50%,100,0,80)")
    assert color.cmyk == (0, 0.5, 1, 0)
    assert (color.red, color.green, color.blue, color.alpha) == pytest.approx((1, 0.5, 0, 0.8))


@pytest.mark.parametrize(
    "text",
    ["red", "", "#12", "#12345", "rgb(1,2,3)", "cmyk(0,0,0)", "cmyk(0,0,0,101)", "cmyk(0,0,0,0,1)", "cmyk(a,b,c,d)"],
)
def test_what_the_api_refuses_as_a_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"cmyk|colour"):
        parse_color(text)


def test_gradients_are_read_in_parts_of_the_box() -> None:
    paint = parse_paint("linear-gradient(0% 0% 100% 50%,0% #000 0,100% #fff 1)")
    assert isinstance(paint, LinearGradient)
    assert (paint.x1, paint.y1, paint.x2, paint.y2) == (0, 0, 1, 0.5)
    assert paint.stops[0].color.alpha == 0
    assert paint.stops[1].color == Color(1, 1, 1, 1)


def test_a_radial_gradient_has_a_centre_and_a_radius() -> None:
    paint = parse_paint("radial-gradient(50% 50% 70%,0% cmyk(0,0,0,100) 1,100% cmyk(0,0,0,0) 1)")
    assert isinstance(paint, RadialGradient)
    assert paint.radius == 0.7
    assert paint.stops[0].color.cmyk == (0, 0, 0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "linear-gradient(0% 0% 100% 0%,0% #000 1)",
        "linear-gradient(0% 0% 100%,0% #000 1,100% #fff 1)",
        "linear-gradient(0% 0% 100% 0%,0% #000 1,0% #fff 1)",
        "linear-gradient(0% 0% 100% 0%,0% #000 2,100% #fff 1)",
        "linear-gradient(0% 0% 100% 0%,0% #00000080 1,100% #fff 1)",
        "linear-gradient(x,0% #000 1,100% #fff 1)",
        "radial-gradient(50% 50% 0%,0% #000 1,100% #fff 1)",
        "linear-gradient(0% 0% 100% 0%," + ",".join(f"{n}% #000 1" for n in range(9)) + ")",
    ],
)
def test_malformed_gradients_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_paint(text)
