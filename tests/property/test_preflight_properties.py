"""What holds of preflight for any text, any cell and any row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.problems import CODES as MAPPING_CODES
from bulkgen.preflight.check import Context, check_row, failing_formats
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import outputs_to_send
from bulkgen.preflight.problems import CODES
from bulkgen.preflight.state import RowsSeen
from bulkgen.preflight.texts import Fit, TextMeasure
from bulkgen.preflight.wording import flaws, garbled, is_capitals
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import lay_out
from bulkgen.render.scene import resolve
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.wire.design import Design, parse_design

FONTS = FontLibrary([Path(__file__).parents[2] / "templates" / "fonts"])
FAILING = (Fit.TOO_LONG, Fit.NO_GLYPH, Fit.UNSET, Fit.UNKNOWN)
PAYLOADS = st.text("abcdefgHIJKLM äöüß-–'’.,:;!?€$0123456789\u00a0\u200b\n<>{}\U00012000", min_size=1, max_size=160)


def _design(kind: str, values: Mapping[str, Any], width: int, height: int) -> Design:
    attributes = [{"id": name, "value": value} for name, value in values.items()]
    layout = {"x": 10, "y": 10, "width": width, "height": height}
    beside = {"x": 10, "y": 10, "width": 300, "height": 60}
    return parse_design(
        {
            "id": "d",
            "type": "static",
            "formats": [{"id": "post", "width": 400, "height": 300}],
            "elements": [
                {"name": "root", "type": "container", "attributes": []},
                {"name": "words", "type": kind, "attributes": attributes, "layout": layout},
                {
                    "name": "other",
                    "type": "text",
                    "attributes": [{"id": "payload", "value": "x"}, {"id": "below", "value": "words"}],
                    "layout": beside,
                },
            ],
        }
    )


def _is_refused(design: Design, elements: Mapping[str, Any]) -> bool:
    try:
        lay_out(resolve(design, "post", elements), FONTS)
    except RenderError:
        return True
    return False


@settings(max_examples=150, deadline=None)
@given(
    payload=PAYLOADS,
    kind=st.sampled_from(["text", "button"]),
    width=st.integers(20, 380),
    height=st.integers(10, 250),
    options=st.fixed_dictionaries(
        {"font_size": st.integers(8, 90)},
        optional={
            "auto_resize": st.booleans(),
            "min_font_size": st.integers(4, 40),
            "max_lines": st.integers(1, 5),
            "text_truncation": st.booleans(),
            "background_padding": st.sampled_from([4, "6 12", "40 60"]),
            "letter_spacing": st.integers(-5, 20),
            "line_height": st.integers(80, 160),
            "text_transform": st.sampled_from(["none", "uppercase"]),
            "font": st.sampled_from(["Inter", "Fraunces", "Nowhere Sans"]),
        },
    ),
    override=st.fixed_dictionaries({}, optional={"font_size": st.integers(8, 90), "hidden": st.booleans()}),
)
def test_a_text_is_said_to_fail_exactly_where_the_layout_refuses_it(
    payload: str, kind: str, width: int, height: int, options: dict[str, Any], override: dict[str, Any]
) -> None:
    """A miss is paid for; a false alarm keeps a good banner from being made."""
    design = _design(kind, options, width, height)
    elements = {"words": {"payload": payload, **override}}
    found = {one.layer: one for one in TextMeasure(design, FONTS).verdicts("post", elements)}
    failing = [one for one in found.values() if one.fit in FAILING]
    assert bool(failing) is _is_refused(design, elements)
    words = found.get("words")
    if words is None or words.fit is not Fit.TOO_LONG:
        return
    assert not words.missing
    assert words.size_px <= words.design_size_px
    if words.keeps:
        assert payload.strip().startswith(words.keeps)
        assert not _is_refused(design, {"words": {"payload": words.keeps, **override}})


COLUMNS = ("key", "title", "price", "old", "photo", "stars", "font", "size", "formats")
MAPPING = parse_mapping(
    """
key: key
formats: "{{ formats or 'all' }}"
elements:
  title: {payload: "{{ title }}", font: "{{ font }}", font_size: "{{ size }}"}
  price: "{{ price }}"
  old_price: {payload: "{{ old }}", empty: hide}
  photo: "{{ photo }}"
  stars: "{{ stars }}"
by_format: {story: {title: "{{ title | upper }}"}}
"""
)


def _card() -> Design:
    def layer(name: str, kind: str, **values: Any) -> dict[str, Any]:
        attributes = [{"id": key, "value": value} for key, value in values.items()]
        layout = {"x": 10, "y": 10, "width": 200, "height": 90}
        return {"name": name, "type": kind, "attributes": attributes, "layout": layout}

    return parse_design(
        {
            "id": "card",
            "type": "static",
            "formats": [{"id": name, "width": 400, "height": 300} for name in ("post", "story")],
            "elements": [
                {"name": "root", "type": "container", "attributes": []},
                layer("title", "text", payload="Sample {name}", auto_resize=True, min_font_size=10),
                layer("price", "text", payload="€99"),
                layer("old_price", "text", payload="€129"),
                layer("photo", "image", image_url="images/sample.jpg"),
                layer("stars", "rating", rating_score=90),
            ],
        }
    )


CARD = _card()
OUTLINE = SheetOutline(
    Path("s.csv"), SheetKind.CSV, tuple(Column(name, index) for index, name in enumerate(COLUMNS, 1)), 1
)
MAPPER = Mapper(MAPPING, CARD, OUTLINE, folder=Path("/nowhere"))
CELLS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["", "12", "12,50 €", "#N/A", "{{ x }}", "&amp;", "https://e.com/a.jpg", "post", "story", "__HIDDEN__", "cafÃ©"]
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(COLUMNS)), min_size=1, max_size=3))
def test_any_row_is_checked_and_every_problem_has_a_code_a_hint_and_a_place(rows: list[tuple[str, ...]]) -> None:
    """A check that dies of a cell tells nothing of the ten thousand rows after it."""
    context = Context(Origins(MAPPING, MAPPER.columns, CARD))
    for position, cells in enumerate(rows):
        row = Row(position, position + 2, "", dict(zip(COLUMNS, cells, strict=True)))
        mapped = MAPPER.map(row)
        found = check_row(mapped, CARD, FONTS, context)
        assert found[: len(mapped.problems)] == list(mapped.problems)
        for one in found:
            assert one.code in CODES or one.code in MAPPING_CODES
            assert one.message
            assert one.hint
            assert one.origin.row == row.number
            assert one.origin.column in ("", *COLUMNS)
        assert len(found) == len(set(found)), "nothing is said twice"
        added = [(one.code, one.origin, one.facts[:2]) for one in found[len(mapped.problems) :]]
        assert len(added) == len(set(added)), "a flaw of a cell is one problem, however many payloads have it"
        outputs = outputs_to_send(mapped, CARD)
        failing = failing_formats(found, outputs)
        for output in outputs:
            (place, elements) = output.parts[0]
            refused = False
            try:
                lay_out(resolve(CARD, place, elements), FONTS)
            except RenderError:
                refused = True
            assert (output.format in failing) is refused


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_accident(text: str) -> None:
    for flaw in flaws(text):
        assert flaw.code in CODES or flaw.code == "placeholder_text"
        assert flaw.seen in text
    garbled(text)
    is_capitals(text)


# Without those that stand for a byte in Windows-1252: no word has one behind a capital Â, Ã, Ä or Å but a misread one.
LATIN = "".join(chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha() and chr(code) not in "ŒœŠšŸŽž")


@given(st.text("abc " + LATIN, max_size=60))
def test_letters_of_latin_scripts_are_never_taken_for_broken(text: str) -> None:
    """Half of Europe writes with them; a false alarm there is one in every row."""
    assert garbled(text) == ""


@given(st.text("abc äöüßéèàçñ€’", max_size=20), st.sampled_from("äöüßéèçñ€’"), st.text("abc äöüé", max_size=20))
def test_a_text_read_in_the_wrong_encoding_is_found(before: str, letter: str, after: str) -> None:
    """`cafÃ©` on a banner says that nobody looked at it."""
    assert garbled((before + letter + after).encode().decode("cp1252"))


@given(st.lists(st.integers(0, 300), max_size=400))
def test_rows_seen_remember_like_a_dictionary(contents: list[int]) -> None:
    seen, known = RowsSeen(), {}
    for row, content in enumerate(contents):
        # 0 stands for an empty place, so it and 1 are one content.
        name = content or 1
        assert seen.see(content, row, row + 7) == known.get(name)
        known.setdefault(name, (row, row + 7))
    assert len(seen) == len(known)
