"""Pictures and drawings with bytes changed, and designs with values changed: drawn, or refused in words; no crash."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bulkgen.render.banner import render_banner
from bulkgen.render.extras import EXTRAS
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.pictures import decode_picture
from bulkgen.render.skia_memory import Picture
from bulkgen.wire.design import parse_design
from bulkgen.wire.overrides import PROPERTIES

# More by hand before a release: EXAMPLES=10000.
EXAMPLES = int(os.environ.get("EXAMPLES", "150"))

FONTS = FontLibrary([Path(__file__).parents[2] / "templates" / "fonts"], installed=lambda: iter(()))


def _bodies() -> list[bytes]:
    source = Image.effect_noise((61, 43), 80).convert("RGB")
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "RGB", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("WEBP", "RGBA", {}),
        ("GIF", "P", {}),
        ("TIFF", "RGB", {}),
        ("AVIF", "RGB", {}),
    ]
    found = []
    for kind, mode, options in kinds:
        body = io.BytesIO()
        source.convert(mode).save(body, kind, **options)
        found.append(body.getvalue())
    return found


BODIES = _bodies()
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
    b"<style>.a{fill:#ff0000;opacity:.5}</style><defs><linearGradient id='g'><stop offset='0' stop-color='#fff'/>"
    b"<stop offset='1'/></linearGradient><clipPath id='c'><circle r='9' cx='9' cy='9'/></clipPath></defs>"
    b'<g transform="rotate(12 3 4) scale(1.5)" clip-path="url(#c)">'
    b'<path class="a" d="M0 0C1 2 3 4 5 6zm3 4a5 5 0 0 1 9 9"/><use xlink:href="#g"/>'
    b'<rect width="20" height="10" fill="url(#g)" stroke="blue" stroke-dasharray="2 1"/></g></svg>'
)
WORDS = [
    b"1e99",
    b"-",
    b"url(#c)",
    b"#g",
    b"matrix(",
    b"<g>",
    b"</g>",
    b"NaN",
    b'"',
    b"999999999",
    b"M",
    b"a",
    b"%",
    b"&#0;",
]
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12)


def changed(body: bytes, changes: list[tuple[float, int]], cut: float | None) -> bytes:
    broken = bytearray(body)
    for place, value in changes:
        broken[int(place * len(broken))] = value
    return bytes(broken if cut is None else broken[: int(cut * len(broken))])


def decoded(body: bytes, *, contain: bool) -> Picture | RenderError:
    try:
        return decode_picture(body, 30, 30, contain=contain)
    except RenderError as error:
        return error


@settings(max_examples=EXAMPLES, deadline=None)
@given(body=st.sampled_from(BODIES), changes=CHANGES, cut=st.one_of(st.none(), st.floats(0, 1)), contain=st.booleans())
def test_a_broken_picture_is_drawn_or_refused(
    body: bytes, changes: list[tuple[float, int]], cut: float | None, contain: bool
) -> None:
    """Feeds have them every day, and one must cost its row and not the run."""
    picture = decoded(changed(body, changes, cut), contain=contain)
    if isinstance(picture, RenderError):
        assert (picture.code, bool(picture.reason)) == ("image_fetching_error", True)
    else:
        assert picture.pixels.shape[2] == 4
        assert not picture.is_opaque or picture.pixels[..., 3].min() == 255


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    splices=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(WORDS), st.integers(0, 6)), min_size=1, max_size=5
    )
)
def test_a_broken_drawing_is_drawn_or_refused(splices: list[tuple[float, bytes, int]]) -> None:
    body = SVG
    for place, word, dropped in splices:
        at = int(place * len(body))
        body = body[:at] + word + body[at + dropped :]
    drawn = decoded(body, contain=True)
    assert not isinstance(drawn, RenderError) or drawn.code == "image_fetching_error"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False),
    st.sampled_from(["", "a", "#fff", "#ff000080", "top left", "12 4", "photo", "circle", "star", "duotone", "1f600"]),
    st.sampled_from([float("inf"), float("nan"), 10**400, 1e-300, "#000000", True]),
    st.sampled_from(
        [
            "linear-gradient(0% 0% 100% 0%,0% #fff 1,100% #000 0)",
            "radial-gradient(50% 50% 90%,0% #f00 1,40% #0f0 1,100% #00f 0.2)",
        ]
    ),
    st.dictionaries(
        st.sampled_from(["radius", "tl", "skew_y", "name", "model", "primary_color"]), st.integers(-50, 90)
    ),
    st.lists(st.integers(), max_size=2),
)


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    layers = []
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["text", "button", "image", "logo", "shape", "illustration", "rating", "qrcode"]))
        names = [*PROPERTIES[kind], *(extra.name for extra in EXTRAS.values() if kind in extra.types)]
        values = draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=5))
        starts = {"text": {"payload": "Vase"}, "image": {"image_url": "photo"}, "qrcode": {"payload": "x"}}.get(
            kind, {}
        )
        x, y = draw(st.integers(-50, 150)), draw(st.integers(-50, 150))
        width, height = draw(st.integers(0, 200)), draw(st.integers(0, 200))
        layers.append(
            {
                "name": f"l{index}",
                "type": kind,
                "layout": {"x": x, "y": y, "width": width, "height": height},
                "attributes": [{"id": name, "value": value} for name, value in {**starts, **values}.items()],
            }
        )
    rules = draw(st.sampled_from([{}, {"mask": {"shape": "blob"}}, {"group": {"auto_layout": True, "gap": 4}}]))
    box = {"x": 0, "y": 0, "width": 100, "height": 80}
    layers.append({"name": "all", "type": "group", "layer_ids": ["l0", "l1"], "layout": box, **rules})
    return {
        "id": "5f3c1d52-6c1e-4b7a-9e57-0c6c5b1f8a03",
        "type": "static",
        "formats": [{"id": "only", "width": 120, "height": 90}],
        "elements": layers,
    }


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    body=designs(),
    kind=st.sampled_from(["png", "pdf"]),
    elements=st.sampled_from([{}, {"all": {"shadow_color": "#00000080", "shadow_blur": 9, "shadow_offset_x": 5}}]),
)
def test_a_design_of_odd_values_is_drawn_or_refused(body: dict[str, Any], kind: str, elements: dict[str, Any]) -> None:
    """Whoever writes a design by hand, or pulls one, is told what is wrong with it, and never "could not be drawn"."""
    try:
        made = len(
            render_banner(parse_design(body), "only", elements, {"photo": BODIES[3]}, FONTS, file_type=kind).body
        )
    except RenderError as error:
        made = len(error.reason)
    assert made > 10
