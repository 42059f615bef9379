"""Texts of any script: nothing is lost, nothing leaves its box, and the Unicode rules hold."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from uniseg.linebreak import line_break_boundaries

from bulkgen.render.bidi import base_level, levels, visual_order
from bulkgen.render.breaking import stretches
from bulkgen.render.clusters import clusters
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.line_rules import opportunities
from bulkgen.render.scene import Layer
from bulkgen.render.textblock import set_text
from bulkgen.render.typesetting import read_setting
from bulkgen.wire.design import Box

HERE = Path(__file__).parents[1]
FONTS = FontLibrary([HERE.parent / "templates" / "fonts", HERE / "fonts"], installed=lambda: iter(()))

_TURNING = "abאבשعر 0129٣.,:;-+$%()[]\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0301"
_SIGNS = (
    "ab אש12٣.,:;-–—/!?%$€()「」。、ーっ夏のカ서가 \u200b\u2060\u00a0\u00ad\"'«»“”…🇩🇪👨👩\u200d👍🏽\u0301#°ภา\u094dकᬓ᭄◌"
)
_SHOWN = (
    "abc äß 12.,!?-%()אבשלום قائمةمرحب 夏の山はすぐそこ。「」、サー서울 क्षेत्र\u00ad\u200b\u200f\n🎉🇩🇪👍🏽1\ufe0f\u20e3"
)


@given(st.text(_SIGNS, max_size=12))
@settings(max_examples=400, deadline=None)
def test_lines_end_where_the_reference_says(text: str) -> None:
    """The rules were written anew to be fast; fast and wrong would be no gain."""
    assert opportunities(text) == [place for place in line_break_boundaries(text) if place < len(text)]


@given(st.text(_SIGNS + "\n", max_size=30))
def test_stretches_and_clusters_hold_every_character_once(text: str) -> None:
    at = 0
    for one in stretches(text):
        assert at <= one.start <= one.end <= one.space_end
        assert text[at : one.start] in ("", "\n")
        at = one.space_end
    assert text[at:] in ("", "\n")
    assert "".join(text[start:end] for start, end in clusters(text)) == text


@given(st.text(_TURNING, max_size=20), st.sampled_from([0, 1, None]))
def test_every_character_is_seen_once_and_figures_keep_their_order(text: str, asked: int | None) -> None:
    base = base_level(text) if asked is None else asked
    found = levels(text, base)
    assert len(found) == len(text)
    assert min(found, default=base) >= base
    assert sorted(visual_order(found)) == list(range(len(text)))
    assert visual_order([level + 2 for level in found]) == visual_order(found)


@given(
    payload=st.text(_SHOWN, min_size=1, max_size=60),
    width=st.integers(30, 400),
    height=st.integers(20, 200),
    options=st.fixed_dictionaries(
        {
            "auto_resize": st.booleans(),
            "text_truncation": st.booleans(),
            "text_harmony": st.booleans(),
            "letter_spacing": st.sampled_from([0, 8]),
            "alignment": st.sampled_from(["top left", "bottom right", "top justify", "top justify-right"]),
            "text_direction": st.sampled_from(["auto", "rtl"]),
        }
    ),
)
@settings(max_examples=150, deadline=None)
def test_texts_of_all_scripts_stay_in_their_box_without_a_missing_glyph(
    payload: str, width: int, height: int, options: dict[str, object]
) -> None:
    box = Box(5, 7, width, height)
    values = {"payload": payload, "font_size": 24, "min_font_size": 10, **options}
    layer = Layer("title", "text", box, values, frozenset(), is_hidden=False)
    try:
        block = set_text(layer, read_setting(layer, FONTS), box, FONTS)
    except RenderError as error:
        if "cannot fit within the defined space" in error.reason or "no font at hand" in error.reason:
            return
        raise
    hair = 0.01
    for line in block.lines:
        assert line.x >= box.x - hair
        assert line.x + line.width <= box.x + box.width + hair
        for run in line.runs:
            assert all(run.ids)
            assert line.x - hair <= run.x
    assert block.extent.height <= height + hair
