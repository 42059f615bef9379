"""Edits of small parts are splices: what is not edited keeps every byte, quotes and prefixes and all."""

from __future__ import annotations

import pytest

from bulkgen.report.xml_spans import Edit, XmlError, appended, parse, splice, with_attribute

BODY = b"""<?xml version='1.0'?>
<!-- first --><p:a xmlns:p="urn:p" xmlns:r='urn:r' one='1'><p:b r:id="x>y"/><p:c><p:d>t</p:d ></p:c ></p:a>"""


def test_elements_stand_where_their_bytes_do() -> None:
    document = parse(BODY)
    root = document.root
    assert (root.namespace, root.name, root.attributes) == ("urn:p", "a", {"one": "1"})
    assert document.prefix == "p:"
    assert document.prefixes == {"urn:p": "p", "urn:r": "r"}
    first, second = root.children
    assert document.bytes_of(first) == b'<p:b r:id="x>y"/>'
    assert first.attributes == {"urn:r id": "x>y"}
    assert first.is_empty
    assert document.bytes_of(second) == b"<p:c><p:d>t</p:d ></p:c >"
    assert document.bytes_of(second.children[0]) == b"<p:d>t</p:d >"


def test_elements_below_the_depth_are_not_listed() -> None:
    assert parse(BODY, depth=2).root.children[1].children == []


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (0, BODY.replace(b'<p:b r:id="x>y"/>', b'<p:b r:id="x>y"><new/></p:b>')),
        (1, BODY.replace(b"</p:c >", b"<new/></p:c >")),
    ],
)
def test_a_child_is_put_at_the_end_of_an_element_that_may_be_empty(element: int, expected: bytes) -> None:
    document = parse(BODY)
    assert splice(BODY, [appended(BODY, document.root.children[element], b"<new/>")]) == expected


def test_edits_at_one_place_keep_their_order() -> None:
    assert splice(b"abcd", [Edit(3, 4, b"D"), Edit(1, 1, b"1"), Edit(1, 1, b"2"), Edit(1, 2, b"")]) == b"a12cD"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b'<a ref="1" x="2">', b'<a ref="9" x="2">'),
        (b"<a ref = '1'/>", b'<a ref = "9"/>'),
        (b'<a xref="1">', b'<a xref="1">'),
        (b"<a>", b"<a>"),
    ],
)
def test_an_attribute_is_changed_only_where_it_is(tag: bytes, expected: bytes) -> None:
    assert with_attribute(tag, "ref", "9") == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
    ],
)
def test_what_is_no_part_of_a_package_is_refused(body: bytes) -> None:
    """Entities are how a small file becomes a large one."""
    with pytest.raises(XmlError):
        parse(body)
