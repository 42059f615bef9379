"""SVG from outside: what is let through to the drawing library, and what is refused."""

from __future__ import annotations

import pytest

from bulkgen.render.failures import RenderError
from bulkgen.render.pictures import decode_picture
from bulkgen.render.svg import is_svg, read_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'


def svg(inside: str, before: str = "") -> bytes:
    return f"{before}{HEAD}{inside}</svg>".encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (svg("", '<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), "insecure SVG: its document type declares entities"),
        (svg("<g>" * 60_000 + "</g>" * 60_000), "insecure SVG: elements nested more than 200 deep"),
        (svg('<use xlink:href="file:///etc/passwd"/>'), "insecure SVG: it refers to 'file:///etc/passwd'"),
        (svg('<use href="http://127.0.0.1/a.svg#x"/>'), "insecure SVG: it refers to"),
        (svg('<rect fill="url(http://127.0.0.1/a)"/>'), "insecure SVG: it refers to another file"),
        (svg("<style>@import 'http://127.0.0.1/a.css';</style>"), "insecure SVG: its style sheet refers"),
        (svg("<script>alert(1)</script>"), "insecure SVG: it carries a script"),
        (svg('<image href="data:image/png;base64,AAAA"/>'), "embedded picture, which is not drawn"),
        (svg("<text>Hearth</text>"), "live text"),
        (svg("<style>g > rect {fill: red}</style>"), "a rule for 'g > rect', which is not drawn"),
        (svg("<g>"), "the SVG is damaged"),
        (svg(" " * 1_100_000), "oversized SVG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>', "no usable size"),
    ],
)
def test_an_svg_that_would_harm_or_come_out_wrong_is_refused(body: bytes, reason: str) -> None:
    """One of these kills the drawing library, others read files of the machine or lose the logo's name."""
    with pytest.raises(RenderError, match=reason):
        decode_picture(body, 40, 20, contain=True)


def test_an_svg_is_drawn_at_the_size_of_its_box() -> None:
    picture = decode_picture(svg('<rect width="20" height="20" fill="#ff0000"/>'), 400, 200, contain=True)
    assert (picture.width, picture.height) == (400, 200)
    assert list(picture.pixels[100, 100]) == [0, 0, 255, 255]
    assert list(picture.pixels[100, 300]) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "sheet", [".a{fill:#ff0000}", "#r { fill:#00ff00 } rect{fill:#0000ff} .a{fill:#ff0000;} #r{fill:#ff0000}"]
)
def test_classes_of_a_style_sheet_are_drawn(sheet: str) -> None:
    """Logos saved by drawing programs have them; the drawing library alone would draw them black."""
    body = svg(f'<defs><style type="text/css">{sheet}</style></defs><rect id="r" class="a" width="40" height="20"/>')
    assert list(decode_picture(body, 40, 20, contain=True).pixels[10, 10]) == [0, 0, 255, 255]


def test_the_document_type_of_old_drawing_programs_is_no_reason_to_refuse() -> None:
    kind = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    body = svg('<defs><g id="m"><rect width="40" height="20" fill="red"/></g></defs><use xlink:href="#m"/>', kind)
    assert is_svg(body)
    assert list(decode_picture(body, 40, 20, contain=True).pixels[10, 10]) == [0, 0, 255, 255]


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="100" height="50"', (100, 50)),
        ('width="1in" height="72pt"', (96, 96)),
        ('viewBox="0 0 30 60"', (30, 60)),
        ('width="60" viewBox="0 0 30 15"', (60, 30)),
        ('width="100%" viewBox="0 0 30 15"', (30, 15)),
        ("", (300, 300)),
    ],
)
def test_the_natural_size_is_read_as_a_browser_would(attributes: str, size: tuple[float, float]) -> None:
    drawing = read_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())
    assert (drawing.width, drawing.height) == size


def test_a_web_page_with_a_drawing_in_it_is_no_svg() -> None:
    assert not is_svg(b"<!DOCTYPE html><html><svg></svg></html>")
