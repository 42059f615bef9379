"""SVG from outside: what is let through to the drawing library, and what is refused."""

from __future__ import annotations

import pytest

from bulkgen.render.failures import RenderError
from bulkgen.render.pictures import decode_picture
from bulkgen.render.svg import is_svg, read_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'


def svg(inside: str, before: str = "") -> bytes:
    return f"{before}{HEAD}{inside}</svg>".encode()


def _ten_of_ten(one: str, of: str) -> bytes:
    levels = "".join(
        f'<{of} id="l{level + 1}" width="9" height="9">{one.format(level=level) * 10}</{of}>' for level in range(9)
    )
    return svg(f'<defs><{of} id="l0"><rect width="1" height="1"/></{of}>{levels}</defs>{one.format(level=9)}')


USES = _ten_of_ten('<use href="#l{level}"/>', "g")
FILLS = _ten_of_ten('<rect width="9" height="9" fill="url(#l{level})"/>', "pattern")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (svg("", '<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), "declares entities; save it as plain SVG, in Illustrator"),
        (USES, "insecure SVG: it repeats itself to more than 200,000 parts"),
        (FILLS, "insecure SVG: it repeats itself to more than 200,000 parts"),
        (svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'), "drawn with itself, without end"),
        (svg("<g>" * 60_000 + "</g>" * 60_000), "insecure SVG: elements nested more than 200 deep"),
        (svg('<use xlink:href="file:///etc/passwd"/>'), "insecure SVG: it refers to 'file:///etc/passwd'"),
        (svg('<use href="http://127.0.0.1/a.svg#x"/>'), "insecure SVG: it refers to"),
        (svg('<rect fill="url(http://127.0.0.1/a)"/>'), "insecure SVG: it refers to another file"),
        (svg("<style>@import 'http://127.0.0.1/a.css';</style>"), "insecure SVG: its style sheet refers"),
        (svg("<script>alert(1)</script>"), "insecure SVG: it carries a script"),
        (svg("<style>rect[x] {fill: red}</style>"), r"a rule for 'rect\[x\]', which is not drawn"),
        (svg("<style>@media (min-width: 9px) {rect {fill: red}}</style>"), "a rule for '@media"),
        (svg("<style>.a {fill: red</style>"), "style sheet is cut short"),
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


RED = [0, 0, 255, 255]
BOX = 'width="40" height="20"'


@pytest.mark.parametrize(
    "inside",
    [
        # Colours in every form that drawing programs and icon sets write.
        *(
            f'<rect {BOX} fill="{color}"/>'
            for color in ("RED", "#F00", "#f00f", "#ff0000ff", "rgb(255 0 0)", "rgb(100%,0%,0%)", "rgba(255,0,0,100%)")
        ),
        f'<rect {BOX} fill="hsl(0, 100%, 50%)"/>',
        f'<rect {BOX} fill="hsla(360deg 100% 50% / 1)"/>',
        f'<g color="#f00"><rect {BOX} fill="currentcolor"/></g>',
        f'<rect {BOX} fill="red"/><rect {BOX} fill="transparent"/>',
        f'<rect {BOX} fill="red"/><rect {BOX} fill="black" opacity="0%"/>',
        f'<rect {BOX} fill="red"/><rect {BOX} fill="#0000"/>',
        f'<g fill="red"><rect {BOX} fill="no-such-colour"/></g>',
        # Rules in every form.
        f'<style>.a {{ fill : red ; }}</style><rect {BOX} class="a"/>',
        f'<style><![CDATA[ /* x */ .a{{fill:red}} ]]></style><rect {BOX} class="b a" fill="blue"/>',
        f'<style>g > .a{{fill:red}} g .b{{fill:blue}}</style><g><rect {BOX} class="a"/></g>',
        f'<style>svg g rect.a.b{{fill:red}} .a{{fill:blue}}</style><g><rect {BOX} class="a b"/></g>',
        f"<style>*{{fill:red}} circle > rect{{fill:blue}}</style><rect {BOX}/>",
        f'<style>.a{{fill:red!important}}</style><rect {BOX} class="a" style="fill:blue"/>',
        f'<style>.a{{fill:red}} .a:hover{{fill:blue}} @media print{{.a{{fill:blue}}}}</style><rect {BOX} class="a"/>',
        f'<style>.a{{fill:red}} @media (prefers-color-scheme: dark){{.a{{fill:#fff}}}}</style><rect {BOX} class="a"/>',
        f"<style>@font-face{{font-family:x;src:url(data:,)}}:root{{fill:red}}</style><rect {BOX}/>",
        f'<style>#r{{fill:red}} rect.a{{fill:blue}}</style><rect {BOX} id="r" class="a"/>',
        # Structure.
        f'<defs><rect id="r" {BOX} fill="red"/></defs><use href="#r"/>',
        f'<switch><g requiredExtensions="x"/><g><rect {BOX} fill="red"/></g><rect {BOX} fill="blue"/></switch>',
        f'<linearGradient id="a"><stop stop-color="red"/></linearGradient><linearGradient id="b" href="#a"/>'
        f'<rect {BOX} fill="url(#b)"/>',
        f'<title>t</title><metadata><x/></metadata><x:rect xmlns:x="urn:x" {BOX}/><rect {BOX} fill="red"/>',
    ],
)
def test_an_svg_is_drawn_as_a_browser_draws_it(inside: str) -> None:
    """The drawing library alone draws most of these black, or not at all."""
    assert list(decode_picture(svg(inside), 40, 20, contain=True).pixels[10, 10]) == RED


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ('<image href="data:image/png;base64,AAAA"/>', "an embedded picture, which is not drawn"),
        ("<text>Hearth</text>", "live text, which is not drawn; convert it to outlines"),
        ("<foreignObject/>", "HTML, which is not drawn"),
        ('<symbol id="s"><path d="M0 0h9v9"/></symbol><use href="#s"/>', "a symbol"),
        ('<path d="M0 0h9"/><marker id="m"/>', "arrow heads"),
        (f'<rect {BOX}><animate attributeName="x" to="9"/></rect>', "an animation"),
        (f'<rect {BOX} style="transform:rotate(9deg)"/>', "transform: rotate"),
        (f'<rect {BOX} transform="rotate(9)" transform-origin="5 5"/>', "transform-origin"),
        (f'<rect {BOX} style="mix-blend-mode:multiply"/>', "mix-blend-mode: multiply"),
        (f'<rect {BOX} vector-effect="non-scaling-stroke"/>', "vector-effect"),
        (f'<rect {BOX} stroke="red" paint-order="stroke"/>', "paint-order"),
        (f'<rect {BOX} fill="var(--ink)"/>', "fill: var"),
        (f'<rect {BOX} fill="oklch(0.5 0.2 30)"/>', "the colour oklch"),
        ('<rect width="2em" height="9"/>', "a length in parts of a letter"),
        (f'<g visibility="hidden"><rect {BOX} visibility="visible"/></g>', "something visible in something hidden"),
        ('<filter id="f"><feDropShadow/></filter>', "'feDropShadow', which is not drawn"),
        ("<hatch/>", "'hatch', which is not drawn"),
    ],
)
def test_what_would_be_missing_from_an_svg_is_the_reason_it_is_refused(inside: str, what: str) -> None:
    """A logo without its name, or with its shadow gone, is on a thousand banners before anybody sees it."""
    with pytest.raises(RenderError, match=f"the SVG contains {what}"):
        decode_picture(svg(inside), 40, 20, contain=True)


def test_the_drawing_library_sees_no_byte_that_came_from_outside() -> None:
    """It gets what was understood, written anew: its own reader has other ideas of what a file says."""
    body = svg('<g data-x="1"><!-- a --><?b c?><rect width="9" height="9"/></g>', "<!DOCTYPE svg SYSTEM 'x.dtd'>")
    text = read_svg(body).text
    assert not any(part in text for part in (b"DOCTYPE", b"<!--", b"<?", b"x.dtd"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_an_svg_is_read_in_the_encoding_that_it_names(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    body = f'<?xml version="1.0" encoding="{name}"?><!-- é -->{HEAD}<rect {BOX} fill="red"/></svg>'.encode(encoding)
    assert list(decode_picture(body, 40, 20, contain=True).pixels[10, 10]) == RED


def test_a_namespace_may_have_a_prefix() -> None:
    body = f'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><s:rect {BOX} fill="red"/></s:svg>'
    assert list(decode_picture(body.encode(), 40, 20, contain=True).pixels[10, 10]) == RED


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
