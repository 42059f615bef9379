"""What the API's text properties do beyond lines and letters: harmony, sizes, bars, shared sizes."""

from __future__ import annotations

from typing import Any

import pytest
from rendering_cases import FONTS, FORMAT, design, layer, placed

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.lines import Strip, evened, widths_of, wrap
from bulkgen.render.markup import has_sizes, parse_markup
from bulkgen.render.painters.side_border import side_border_box
from bulkgen.render.scene import Layer, resolve
from bulkgen.render.textblock import TextBlock
from bulkgen.wire.design import Box

EXTENT = Box(100, 50, 200, 80)


def text(payload: str, box: tuple[float, float, float, float] = (0, 0, 300, 200), **more: Any) -> dict[str, Any]:
    return layer("title", "text", box, payload=payload, **{"font_size": 20} | more)


def block(payload: str, box: tuple[float, float, float, float] = (0, 0, 300, 200), **more: Any) -> TextBlock:
    found = placed(text(payload, box, **more))["title"].text
    assert found is not None
    return found


def bar(**values: Any) -> Box | None:
    values = {"side_border": "left", "side_border_thickness": 4} | values
    return side_border_box(Layer("title", "text", EXTENT, values, frozenset(), is_hidden=False), EXTENT)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Box(96, 50, 4, 80)),
        ({"side_border": "right"}, Box(300, 50, 4, 80)),
        ({"side_border": "top"}, Box(100, 46, 200, 4)),
        ({"side_border": "bottom"}, Box(100, 130, 200, 4)),
        ({"side_border_padding": 10}, Box(86, 50, 4, 80)),
        ({"side_border_spread": 5}, Box(96, 45, 4, 90)),
        ({"side_border_offset": -6}, Box(96, 44, 4, 80)),
        ({"side_border": "bottom", "side_border_offset": 7, "side_border_spread": 3}, Box(104, 130, 206, 4)),
        ({"background_padding": "3 8"}, Box(96, 50, 4, 80)),
        ({"background_padding": "3 8", "background_color": "#ffffff"}, Box(88, 47, 4, 86)),
        ({"side_border": "none"}, None),
        ({"side_border_thickness": 0}, None),
    ],
)
def test_the_bar_stands_beside_what_the_text_takes_up(values: dict[str, Any], expected: Box | None) -> None:
    assert bar(**values) == expected


def test_texts_of_a_group_are_set_in_the_smallest_size_that_one_needs() -> None:
    """Three facts in a row in three sizes look like three designs."""
    fits = {"font_size": 40, "auto_resize": True, "min_font_size": 8, "max_lines": 1}
    row = [
        layer(f"fact{at}", kind, (at * 120, 0, 110, 40), payload=words, size_group="facts", **fits)
        for at, (kind, words) in enumerate([("text", "One"), ("text", "Quiet courtyard"), ("button", "Garden")])
    ]
    alone = layer("alone", "text", (0, 100, 110, 40), payload="One", **fits)
    other = layer("other", "text", (0, 150, 110, 40), payload="One", size_group="other", **fits)
    found = {name: item.text.size for name, item in placed(*row, alone, other).items() if item.text}
    assert found["fact0"] == found["fact1"] == found["fact2"] < 20
    assert found["alone"] == found["other"] > 30
    without = placed(*row, fact1={"hidden": True})
    assert without["fact0"].text is not None
    assert without["fact0"].text.size > found["fact0"]


def test_a_banner_shows_the_shared_size_also_from_the_cache() -> None:
    """A flattened text of the row before would keep the size of that row."""
    fits = {"font_size": 40, "auto_resize": True, "min_font_size": 8, "max_lines": 1, "size_group": "facts"}
    made = design(
        layer("a", "text", (0, 0, 190, 60), payload="One", **fits),
        layer("b", "text", (200, 0, 190, 60), payload="Two", **fits),
    )
    cache = RenderCache()

    def body(words: str, kept: RenderCache) -> bytes:
        return render_banner(made, FORMAT, {"b": {"payload": words}}, {}, FONTS, file_type="png", cache=kept).body

    for words in ("Two", "Two", "A much longer fact", "Two"):
        assert body(words, cache) == body(words, RenderCache())


def test_a_text_with_sizes_of_its_own_is_not_fitted() -> None:
    found = block("one <fs=40>two</fs> three", auto_resize=True, min_font_size=5)
    assert found.size == 20
    assert {run.size for line in found.lines for run in line.runs} == {20, 40}
    with pytest.raises(RenderError, match="cannot fit"):
        block("one <fs=40>two</fs> three", (0, 0, 300, 30), auto_resize=True, min_font_size=5)


def test_a_line_with_larger_letters_is_higher() -> None:
    plain, large = block("one\ntwo\nthree"), block("one\n<fs=40>two</fs>\nthree")
    assert large.extent.height == pytest.approx(plain.extent.height + plain.line_step)
    gaps = [after.baseline - before.baseline for before, after in zip(large.lines, large.lines[1:], strict=False)]
    assert gaps == pytest.approx([plain.line_step * 2, plain.line_step])
    first = block("<fs=40>one</fs>\ntwo")
    assert first.lines[0].baseline > plain.lines[0].baseline


def test_a_text_with_sizes_is_cut_where_its_lines_no_longer_fit() -> None:
    cut = block("one\n<fs=60>two</fs>\nthree", (0, 0, 300, 100), text_truncation=True)
    assert cut.is_truncated
    assert len(cut.lines) == 2
    assert cut.extent.height <= 100


@pytest.mark.parametrize(
    ("payload", "expected"),
    [("<fs=20>a</fs>", True), ("<fs=a>a</fs>", False), ("<fs=0>a", False), ("<fs=nan>a", False), ("a", False)],
)
def test_only_a_size_that_is_one_counts_as_one(payload: str, expected: bool) -> None:
    assert has_sizes(payload) is expected
    if not expected:
        assert "".join(run.text for run in parse_markup(payload)).startswith(("<", "a"))


def test_harmonious_lines_are_within_a_fifth_of_their_mean() -> None:
    words = "The summer collection is in stores everywhere today"
    plain, even = block(words, (0, 0, 200, 200)), block(words, (0, 0, 200, 200), text_harmony=True)

    def unevenness(found: TextBlock) -> float:
        widths = [line.width for line in found.lines]
        mean = sum(widths) / len(widths)
        return max(abs(width - mean) for width in widths) / mean

    assert unevenness(plain) > 0.2
    assert unevenness(even) <= 0.2 + 1e-6
    assert even.size >= plain.size - 10


def test_harmony_never_costs_a_text_its_place() -> None:
    """One word a line cannot be made even; the text is then set as it would be without."""
    words = "A\nextraordinarily"
    assert block(words, (0, 0, 150, 60), text_harmony=True) == block(words, (0, 0, 150, 60))


@pytest.mark.parametrize(
    ("widths", "letters", "expected"),
    [
        ([10, 10], [20, 20], [0, 0]),
        ([10, 9], [20, 20], [0, 0]),
        ([10, 5], [20, 20], None),
        ([10], [0], [0]),
    ],
)
def test_spacing_is_asked_for_only_where_it_helps(
    widths: list[float], letters: list[int], expected: list[float] | None
) -> None:
    assert evened(widths, letters, 12) == expected


def test_spacing_brings_two_lines_together_and_never_past_the_measure() -> None:
    tracking = evened([10, 6.6], [20, 20], 10)
    assert tracking is not None
    short, long = 6.6 + 20 * tracking[1], 10 + 20 * tracking[0]
    mean = (short + long) / 2
    assert long <= mean * 1.2 + 1e-5
    assert max(map(abs, tracking)) <= 0.02
    assert long <= 10


def test_a_line_ends_at_an_earlier_part_if_the_hyphen_has_no_room() -> None:
    strip = Strip((4.0, 4.0, 4.0), (0.0, 0.0, 0.0), (False, False, False), (1.0, 1.0, 0.0))
    assert wrap(strip, 9) == [2, 3]
    assert wrap(strip, 8.5) == [1, 3]
    assert wrap(strip, 12) == [3]
    assert widths_of(strip, [1, 3]) == [5.0, 8.0]
    assert strip.widest() == 5.0
    assert wrap(Strip((), (), (), ()), 5) == [0]


def test_what_is_built_of_texts_leaves_no_warning() -> None:
    made = design(
        text("a", text_harmony=True, skew_y=5, side_border="left", side_border_thickness=2, side_border_rounded=True)
    )
    assert resolve(made, FORMAT, {}).warnings == ()
