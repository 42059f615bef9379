"""Which pictures an output shows, and what is expected of them there."""

from __future__ import annotations

from typing import Any

import pytest

from bulkgen.preflight.picture_uses import PlacedPicture, picture_uses
from bulkgen.preflight.pictures import PRINT_MAX_BYTES, QR_ICON_MAX_BYTES, PictureUse
from bulkgen.wire.design import Design, parse_design

A = "https://shop.example/a.jpg"


def design(kind: str = "static", **more: Any) -> Design:
    box = {"x": 0, "y": 0, "width": 80, "height": 40}
    unit = {"unit": "mm"} if kind == "printer" else {}
    return parse_design(
        {
            "id": "d",
            "name": "D",
            "type": kind,
            "formats": [
                {"id": "wide", "uid": "1", "width": 200, "height": 100, **unit, **more},
                {"id": "tall", "uid": "2", "width": 100, "height": 200, **unit, **more},
            ],
            "elements": [
                {"name": "root", "type": "container", "layout": box},
                {
                    "name": "photo",
                    "type": "image",
                    "layout": {"wide": box, "tall": {**box, "width": 90, "height": 120}},
                    "attributes": [{"id": "fitting_type", "values": {"wide": "cover", "tall": "fill"}}],
                },
                {"name": "logo", "type": "logo", "layout": {"wide": box}},
                {"name": "cta", "type": "button", "layout": box},
                {"name": "code", "type": "qrcode", "layout": box},
                {"name": "off", "type": "image", "layout": box, "attributes": [{"id": "hidden", "value": True}]},
                {"name": "title", "type": "text", "layout": box},
                {"name": "corner", "type": "group", "layout": box, "layer_ids": ["logo"]},
            ],
        }
    )


def uses(
    elements: dict[str, Any],
    *,
    of: Design | None = None,
    formats: tuple[str, ...] = ("wide",),
    is_studio: bool = True,
) -> list[PlacedPicture]:
    return list(picture_uses(of or design(), [(name, elements) for name in formats], is_studio=is_studio))


def test_a_picture_is_judged_by_its_box_in_each_format() -> None:
    """A photo that is sharp in a story can be a blur in a billboard."""
    wide, tall = uses({"photo": {"image_url": A}}, formats=("wide", "tall"))
    assert (wide.part, wide.layer, wide.property, wide.picture) == ("wide", "photo", "image_url", A)
    assert wide.use == PictureUse(80, 40, is_studio=True)
    assert tall.use == PictureUse(90, 120, fit="fill", expects_clear=True, is_studio=True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"fitting_type": "fill"}, {"fit": "fill", "expects_clear": True}),
        ({"remove_bg": True}, {"fit": "cover", "expects_clear": True}),
        ({"upscale": True}, {"is_enlarged_by_model": True}),
    ],
)
def test_the_rows_own_overrides_count(values: dict[str, Any], expected: dict[str, Any]) -> None:
    (placed,) = uses({"photo": {"image_url": A, **values}})
    assert {name: getattr(placed.use, name) for name in expected} == expected


def test_logos_and_icons_are_expected_to_be_clear_and_icons_have_no_box() -> None:
    shown = {"logo": {"image_url": A}, "cta": {"icon_url": A}, "code": {"image_url": A}}
    placed = uses(shown, is_studio=False)
    assert {one.layer: (one.use.fit, one.use.width, one.use.expects_clear) for one in placed} == {
        "logo": ("fill", 80, True),
        "cta": ("cover", 0, True),
        "code": ("cover", 0, True),
    }
    assert placed[2].use.max_bytes == QR_ICON_MAX_BYTES


def test_what_is_not_shown_is_not_judged() -> None:
    """A dead picture in a hidden layer stops no row."""
    elements = {
        "photo": {"image_url": A, "hidden": True},
        "off": {"image_url": A},
        "title": {"payload": A},
        "nothing": {"image_url": A},
    }
    assert uses(elements) == []
    assert uses({"logo": {"image_url": A}}, formats=("tall", "unknown")) == []
    assert [one.layer for one in uses({"off": {"image_url": A, "hidden": False}})] == ["off"]
    assert uses({"logo": {"image_url": A}, "corner": {"hidden": True}}) == []
    assert uses({"code": {"image_url": A, "hide_icon": True}}) == []


def test_a_picture_that_the_studio_does_not_draw_cannot_fail_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never asked for; a row that was held back for it would have been made."""
    monkeypatch.setattr("bulkgen.preflight.picture_uses.BUILT", {"button": frozenset(("payload",))})
    assert uses({"cta": {"icon_url": A}}) == []
    assert [one.layer for one in uses({"cta": {"icon_url": A}}, is_studio=False)] == ["cta"]


def test_a_file_that_is_sent_along_is_named_by_its_content_and_an_address_wins_over_it() -> None:
    encoded = "sha256:" + "0" * 64
    (placed,) = uses({"photo": {"image_encoded": encoded}})
    assert (placed.property, placed.picture) == ("image_encoded", encoded)
    (placed,) = uses({"photo": {"image_encoded": encoded, "image_url": A}})
    assert placed.picture == A
    assert uses({"photo": {"image_encoded": "QUJD"}}) == []


@pytest.mark.parametrize(("given", "dpi"), [({"dpi": 120}, 120), ({}, 300)])
def test_print_brings_its_unit_its_dots_and_its_larger_bound(given: dict[str, int], dpi: int) -> None:
    (placed,) = uses({"photo": {"image_url": A}}, of=design("printer", **given))
    assert placed.use == PictureUse(80, 40, "mm", "cover", dpi, is_studio=True, max_bytes=PRINT_MAX_BYTES)
