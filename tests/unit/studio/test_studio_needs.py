"""The shortcut to the pictures of a row gives what the long way gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("skia")

from bulkgen.render.banner import picture_refs
from bulkgen.studio.designs import Entry
from bulkgen.studio.needs import Needs
from bulkgen.wire.design import Design, parse_design

BOX = {"x": 0, "y": 0, "width": 10, "height": 10}
A, B, SENT = "https://a.example/1.png", "https://a.example/2.png", "sha256:" + "c" * 64


def entry() -> Entry:
    layers = [
        ("photo", "image", [{"id": "image_url", "value": "images/own.png"}]),
        ("logo", "logo", [{"id": "image_url", "value": "images/logo.png"}]),
        ("code", "qrcode", [{"id": "payload", "value": "x"}]),
        ("title", "text", [{"id": "payload", "value": "x"}]),
    ]
    elements = [{"name": name, "type": kind, "attributes": values, "layout": BOX} for name, kind, values in layers]
    formats = [{"id": name, "uid": name, "width": 10, "height": 10} for name in ("wide", "tall")]
    design = parse_design({"id": "d", "type": "static", "formats": formats, "elements": elements})
    return Entry(design, Path(), b"", (1, 1))


ROWS: list[dict[str, Any]] = [
    {},
    {"title": {"payload": "one"}},
    {"title": {"payload": "two"}, "vars": {"city": "Rome"}},
    {"photo": {"image_url": A}},
    {"photo": {"image_url": B}, "title": {"payload": "three"}},
    {"photo": {"image_encoded": SENT}},
    {"photo": {"image_url": A, "image_encoded": SENT}, "logo": {"image_url": A}},
    {"photo": {"image_url": A}, "logo": {"image_url": B}, "code": {"image_url": A}},
    {"photo": {"hidden": True, "image_url": A}},
    {"code": {"image_url": B, "hide_icon": True}},
    {"nowhere": {"image_url": A}, "root": {"background_color": "#ffffff"}},
]


@pytest.mark.parametrize("elements", ROWS, ids=str)
def test_a_row_needs_what_the_renderer_says(elements: dict[str, Any]) -> None:
    """A picture that is missed is a banner that fails for no reason of its own."""
    needs = Needs(picture_refs)
    for others in ROWS:
        needs.pictures(entry(), ("wide", "tall"), others)
    assert set(needs.pictures(entry(), ("wide", "tall"), elements)) == set(
        picture_refs(entry().design, ("wide", "tall"), elements)
    )


def test_rows_that_differ_in_texts_and_addresses_are_worked_out_once() -> None:
    """Else the server spends more on each row than on sending it."""
    asked: list[Sequence[str]] = []

    def count(design: Design, format_ids: Sequence[str], elements: Mapping[str, Any]) -> dict[str, str]:
        asked.append(format_ids)
        return picture_refs(design, format_ids, elements)

    needs = Needs(count)
    for number in range(50):
        address = f"https://a.example/{number}.png"
        elements = {"photo": {"image_url": address}, "title": {"payload": f"row {number}"}}
        assert address in needs.pictures(entry(), ("wide",), elements)
    assert len(asked) == 1
