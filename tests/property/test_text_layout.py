"""Text layout stays in its box, or says that it did not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.lines import Room, Strip, balanced, largest_size, wrap
from bulkgen.render.markup import parse_markup
from bulkgen.render.price import split_price
from bulkgen.render.scene import Layer
from bulkgen.render.textblock import set_text
from bulkgen.render.typesetting import read_setting
from bulkgen.wire.design import Box

FONTS = FontLibrary([Path(__file__).parents[2] / "templates" / "fonts"], installed=lambda: iter(()))

WORDS = st.lists(st.floats(0.1, 12), min_size=1, max_size=30)
LETTERS = st.text("abcdefgHIJKLM äöüß-–'’.,:;!?€$0123456789\u00a0\u200b\n", min_size=1, max_size=120)


def strip(widths: list[float]) -> Strip:
    return Strip(tuple(widths), (0.25,) * len(widths), (False,) * len(widths))


@settings(max_examples=60, deadline=None)
@given(
    payload=LETTERS,
    size=st.integers(8, 120),
    smallest=st.integers(4, 40),
    width=st.integers(20, 500),
    height=st.integers(10, 300),
    options=st.fixed_dictionaries(
        {
            "auto_resize": st.booleans(),
            "text_truncation": st.booleans(),
            "balance": st.booleans(),
            "trim": st.booleans(),
            "price_style": st.booleans(),
            "letter_spacing": st.integers(-5, 20),
            "line_height": st.integers(80, 160),
            "alignment": st.sampled_from(["top left", "middle center", "bottom right", "top justify"]),
            "text_transform": st.sampled_from(["none", "uppercase", "titlecase"]),
            "font": st.sampled_from(["Inter", "Fraunces", "JetBrains Mono"]),
        }
    ),
)
def test_a_text_stays_in_its_box_or_says_that_it_did_not(
    payload: str, size: int, smallest: int, width: int, height: int, options: dict[str, object]
) -> None:
    """Text that leaves its box unsaid is a published banner with a cut headline."""
    box = Box(10, 20, width, height)
    values = {"payload": payload, "font_size": size, "min_font_size": smallest, **options}
    layer = Layer("title", "text", box, values, frozenset(), is_hidden=False)
    try:
        block = set_text(layer, read_setting(layer, FONTS), box, FONTS)
    except RenderError as error:
        if "cannot fit within the defined space" not in error.reason:
            raise
        return
    assert min(smallest, size) <= block.size <= size
    assert block.size == size or options["auto_resize"]
    hair = 0.01
    for line in block.lines:
        assert line.x >= box.x - hair
        assert line.x + line.width <= box.x + box.width + hair
    if not options["trim"]:
        top, bottom = block.extent.y, block.extent.y + block.extent.height
        assert block.extent.height <= height + hair
        if "middle" not in str(options["alignment"]):
            assert top >= box.y - hair
            assert bottom <= box.y + box.height + hair
    shown = sum(len(run.ids) for line in block.lines for run in line.runs)
    assert shown or not payload.strip(" \n\u200b")


@given(WORDS, st.floats(0.5, 40))
def test_lines_hold_every_word_once_and_none_is_longer_than_the_measure(widths: list[float], measure: float) -> None:
    words = strip(widths)
    for ends in (wrap(words, measure), balanced(words, measure)):
        starts = [0, *ends[:-1]]
        assert ends[-1] == len(widths)
        assert all(start < end for start, end in zip(starts, ends, strict=True))
        for start, end in zip(starts, ends, strict=True):
            used = sum(widths[start:end]) + 0.25 * (end - start - 1)
            assert used <= measure + 1e-5 or end - start == 1
    assert len(balanced(words, measure)) <= len(wrap(words, measure))


@given(WORDS, st.floats(20, 600), st.floats(10, 400), st.integers(10, 120))
def test_a_step_larger_would_not_fit(widths: list[float], width: float, height: float, size: int) -> None:
    """Text set smaller than it need be is a headline that whispers."""
    words, room = strip(widths), Room(width, height, 1.0, 1.2)
    found = largest_size(words, room, float(size), 4.0)

    def fits(at: float, hair: float = 0.0) -> bool:
        return words.widest() * at <= width + hair and len(wrap(words, width / at)) <= room.lines_at(at)

    if found is None:
        assert not fits(4.0)
        return
    assert fits(found, hair=1e-3)
    assert found == size or not fits(min(found + 0.51, size))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from(list("<>/=cwusdbg#0f7 ab")), max_size=60))
def test_markup_never_loses_a_letter_outside_its_tags(payload: str) -> None:
    runs = parse_markup(payload)
    assert sum(len(run.text) for run in runs) <= len(payload)
    if "<" not in payload:
        assert "".join(run.text for run in runs) == payload


@given(st.text(max_size=40))
def test_a_price_in_parts_is_the_text_it_was(text: str) -> None:
    assert "".join(part for part, _ in split_price(text)) == text
