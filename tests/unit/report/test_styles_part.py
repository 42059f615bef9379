"""Looks are added behind those of the workbook: a number that moved would recolour the whole sheet."""

from __future__ import annotations

import pytest

from bulkgen.report.styles import Looks, add_looks
from bulkgen.report.xml_spans import parse

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FONTS = (
    '<fonts count="2"><font><sz val="10"/><color theme="1"/><name val="Arial"/><scheme val="minor"/></font>'
    "<font><b/></font></fonts>"
)
FILLS = '<fills count="2"><fill/><fill/></fills>'
FORMATS = '<cellXfs count="1"><xf fontId="0"/></cellXfs>'


def styles(fonts: str = FONTS, fills: str = FILLS, formats: str = FORMATS) -> bytes:
    return f'<styleSheet xmlns="{NAMESPACE}">{fonts}{fills}{formats}</styleSheet>'.encode()


def test_looks_keep_the_font_of_the_workbook_and_come_last() -> None:
    body, looks = add_looks(parse(styles(), depth=4))
    root = parse(body, depth=4).root
    fonts, fills, formats = (root.first(name) for name in ("fonts", "fills", "cellXfs"))
    assert fonts is not None
    assert fills is not None
    assert formats is not None
    assert (fonts.attributes["count"], len(fonts.children)) == ("7", 7)
    assert (fills.attributes["count"], len(fills.children)) == ("3", 3)
    assert (formats.attributes["count"], len(formats.children)) == ("7", 7)
    assert looks == Looks(link=1, problem=2, title=3, heading=4, label=5, number=6)
    link = formats.children[1].attributes["fontId"]
    assert body.split(b"<font>")[1 + int(link)].startswith(
        b'<u/><sz val="10"/><color rgb="FF0563C1"/><name val="Arial"/><scheme val="minor"/>'
    )
    assert formats.children[4].attributes["fillId"] == "2"


def test_looks_that_are_there_are_used_again() -> None:
    """A sheet that goes round daily would else reach the number of formats that Excel refuses."""
    once, looks = add_looks(parse(styles(), depth=4))
    assert add_looks(parse(once, depth=4)) == (once, looks)


@pytest.mark.parametrize(
    "body",
    [
        styles(fonts=""),
        styles(fonts="<fonts/>"),
        styles(fills="<fills/>"),
        styles(formats="<cellXfs/>"),
        styles(formats=""),
        styles(formats="<cellXfs>" + "<xf/>" * 63_995 + "</cellXfs>"),
    ],
)
def test_a_part_that_can_take_no_looks_is_left_alone(body: bytes) -> None:
    assert add_looks(parse(body, depth=4)) == (body, Looks())


def test_a_font_that_is_not_there_is_the_last_one() -> None:
    """Some writers point past their own list; that is no reason to lose a report."""
    body, looks = add_looks(parse(styles(formats='<cellXfs><xf fontId="99"/></cellXfs>'), depth=4))
    assert looks.link == 1
    assert b"<font><u/><color" in body
