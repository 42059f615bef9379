"""QR codes that readers read, and icons that stand where a label leaves them room."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer, placed

from bulkgen.render.banner import picture_refs, render_banner
from bulkgen.render.failures import RenderError

LINK = "https://example.com/products/table-lamp-in-sage?utm_source=banner&utm_medium=qr"
MARK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#ff5a3c" d="M0 0h24v24H0z"/>'
    b'<circle cx="12" cy="12" r="6" fill="#ffffff"/></svg>'
)


def photo() -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (120, 80), (20, 90, 200)).save(body, "JPEG")
    return body.getvalue()


PICTURES = {"mark.svg": MARK, "photo.jpg": photo()}


def drawn(*layers: dict[str, Any], elements: dict[str, Any] | None = None, **more: Any) -> Any:
    body = render_banner(design(*layers), FORMAT, elements or {}, PICTURES, FONTS, file_type="png", **more).body
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


@pytest.mark.parametrize("icon", [None, "mark.svg", "photo.jpg"])
@pytest.mark.parametrize("side", [110, 160, 233, 290])
@pytest.mark.parametrize("payload", ["A1", LINK, "Größe: 42 – 日本"])
def test_a_code_is_read_with_and_without_an_icon_in_its_middle(icon: str | None, side: int, payload: str) -> None:
    """A code that no phone reads is a ticket that opens no door."""
    reader = pytest.importorskip("zxingcpp")
    code = layer("code", "qrcode", (40, 5, side, side), payload=payload, **({"image_url": icon} if icon else {}))
    found = reader.read_barcodes(Image.fromarray(drawn(code)))
    assert [item.text for item in found] == [payload]


@pytest.mark.parametrize(("ink", "ground"), [("#14182b", "#ffd54a"), ("#3b2a63", "#f4e6d2"), ("#8b1f3d", "#ffffff00")])
def test_a_code_in_colours_is_read(ink: str, ground: str) -> None:
    reader = pytest.importorskip("zxingcpp")
    code = layer("code", "qrcode", (40, 5, 250, 250), payload=LINK, foreground_color=ink, background_color=ground)
    assert [item.text for item in reader.read_barcodes(Image.fromarray(drawn(code)))] == [LINK]


def test_a_hidden_icon_covers_nothing_of_the_code() -> None:
    code = layer("code", "qrcode", (0, 0, 200, 200), payload=LINK)
    with_icon = layer("code", "qrcode", (0, 0, 200, 200), payload=LINK, image_url="mark.svg")
    assert (drawn(with_icon, elements={"code": {"hide_icon": True}}) == drawn(code)).all()
    assert (drawn(with_icon) != drawn(code)).any()


def button(**values: Any) -> dict[str, Any]:
    return layer("cta", "button", (0, 0, 200, 50), **{"payload": "Shop", "font_size": 20, **values})


def test_an_icon_stands_left_of_the_label_as_large_as_its_letters_without_a_gap() -> None:
    """As the hosted API adds one to a button whose design has none."""
    found = placed(button(), cta={"icon_url": "mark.svg"})["cta"]
    assert found.icon is not None
    assert found.text is not None
    assert (found.icon.width, found.icon.height) == (20, 20)
    assert found.icon.x + 20 == pytest.approx(found.text.extent.x)
    middle = found.text.extent.y + found.text.extent.height / 2
    assert found.icon.y + 10 == pytest.approx(middle)
    # Icon and label are centred as one.
    assert found.icon.x == pytest.approx(200 - found.text.extent.x - found.text.extent.width)


@pytest.mark.parametrize("text_align", ["left", "center", "right"])
@pytest.mark.parametrize("position", ["left", "right"])
def test_icon_and_label_keep_their_gap_on_either_side(text_align: str, position: str) -> None:
    found = placed(
        button(icon_url="mark.svg", icon_gap=12, icon_size=24, icon_position=position, text_align=text_align)
    )["cta"]
    assert found.icon is not None
    assert found.text is not None
    label = found.text.extent
    gap = label.x - (found.icon.x + 24) if position == "left" else found.icon.x - (label.x + label.width)
    assert gap == pytest.approx(12)
    assert found.icon.x >= 0
    assert label.x + label.width <= 200


def test_a_button_with_padding_grows_by_its_icon() -> None:
    plain = placed(button(background_padding="10 20"))["cta"]
    with_icon = placed(button(background_padding="10 20", icon_url="mark.svg", icon_gap=8, icon_size=16))["cta"]
    assert with_icon.frame.width == pytest.approx(plain.frame.width + 24)
    assert with_icon.frame.height == plain.frame.height


def test_a_label_shrinks_for_its_icon_or_says_that_it_does_not_fit() -> None:
    long = button(payload="Order yours before it is gone", icon_url="mark.svg", icon_gap=8, icon_size=40)
    with pytest.raises(RenderError, match="cannot fit"):
        placed(long, cta={"font_size": 30})
    fitted = placed(button(payload="Order yours now", auto_resize=True, min_font_size=6, icon_url="mark.svg"))["cta"]
    assert fitted.text is not None
    assert fitted.icon is not None
    assert fitted.icon.width == pytest.approx(fitted.text.size)


def test_a_button_may_be_an_icon_alone() -> None:
    found = placed(button(payload="", icon_url="mark.svg", icon_size=30))["cta"]
    assert found.icon is not None
    assert (found.icon.x, found.icon.y, found.icon.width) == (85, 10, 30)


def test_the_colour_of_an_icon_counts_for_drawings_only() -> None:
    box = {"payload": "", "icon_size": 40, "background_color": "#000000"}
    tinted = drawn(button(**box, icon_url="mark.svg", icon_color="#00ff00"))
    assert tinted[25, 100].tolist() == [0, 255, 0]
    assert tinted[8, 83].tolist() == [0, 255, 0]
    as_it_is = drawn(button(**box, icon_url="photo.jpg", icon_color="#00ff00"))
    assert abs(as_it_is[25, 100].astype(int) - (20, 90, 200)).max() < 6


def test_the_icon_of_a_request_is_fetched_and_the_one_sent_along_decoded() -> None:
    made = design(button(icon_url="mark.svg"))
    assert picture_refs(made, [FORMAT], {}) == {"mark.svg": "cta"}
    sent = {"cta": {"icon_encoded": base64.b64encode(MARK).decode()}}
    assert picture_refs(made, [FORMAT], sent) == {}
    assert (drawn(button(), elements=sent) == drawn(button(icon_url="mark.svg"))).all()
    with pytest.raises(RenderError, match="cta: icon_encoded is not base64"):
        drawn(button(), elements={"cta": {"icon_encoded": "@@"}})


def test_a_smallest_size_of_nothing_is_taken_and_no_type_of_nothing_set() -> None:
    """The API takes 0; a size of 0 divided by would be a failure without words."""
    for label in ("W" * 400, "Order yours before it is gone"):
        found = placed(button(payload=label, auto_resize=True, min_font_size=0))["cta"]
        assert found.text is not None
        assert 1 <= found.text.size < 20


def test_the_shadow_of_a_label_is_whole_on_a_button_that_is_half_clear() -> None:
    """What fades is drawn aside first; the space for it was measured without the label's shadow."""
    cast = {"text_shadow_color": "#ff0000", "text_shadow_offset_y": 120, "color": "#00000000"}
    solid, faded = (drawn(button(**cast, opacity=opacity)) for opacity in (100, 50))
    assert (solid[100:, :, 1] < 200).any()
    assert ((solid[..., 1] < 128) == (faded[..., 1] < 192)).mean() > 0.999
    assert (faded[100:, :, 1] < 200).any()
