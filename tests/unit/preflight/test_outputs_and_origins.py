"""Which outputs are looked at, which cell is blamed, and which formats an error is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from checking_cases import Bench, design, text

from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.model import MappedRow
from bulkgen.mapping.names import Columns
from bulkgen.plan.fingerprint import Identity
from bulkgen.plan.planner import DOCUMENT, plan_row
from bulkgen.preflight.check import check_row, failing_formats
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import Output, ai_calls, outputs_to_send
from bulkgen.preflight.problems import problem
from bulkgen.sheet.model import Origin
from bulkgen.wire.design import parse_design

IDENTITY = Identity("studio", "store", "w", "card", "rev")
TWO = design(formats=("post", "story"))
LONG = "A lamp of oiled oak and hand-blown glass with a linen shade for the long evenings of a northern winter"


def outputs(bench: Bench, mapped: MappedRow, is_done: Callable[[str], bool] | None = None) -> tuple[Output, ...]:
    return outputs_to_send(mapped, bench.design, plan_row(mapped, IDENTITY), is_done)


def test_each_format_of_a_row_is_an_output_with_the_name_it_is_planned_under() -> None:
    bench = Bench("elements: {title: '{{ t }}'}\nby_format: {story: {title: '{{ t }}!'}}", ["t"], TWO)
    mapped = bench.map("Lamp")
    found = outputs(bench, mapped)
    planned = {
        one.format: one.fingerprint for request in plan_row(mapped, IDENTITY).requests for one in request.outputs
    }
    assert {one.format: one.fingerprint for one in found} == planned
    assert [dict(one.parts)[one.format]["title"]["payload"] for one in found] == ["Lamp", "Lamp!"]


def test_what_a_model_is_asked_for_is_counted_by_banner() -> None:
    """It is paid for out of a pool of its own, which is empty before anybody has noticed that there is one."""
    photo = "{image_url: 'https://e.com/a.jpg', remove_bg: '{{ r }}', upscale: true, hidden: '{{ h }}'}"
    mapping = f"elements: {{photo: {photo}}}"
    bench = Bench(mapping, ["r", "h"], TWO)
    assert [ai_calls(one) for one in outputs(bench, bench.map("true", ""))] == [2, 2]
    assert [ai_calls(one) for one in outputs(bench, bench.map("false", ""))] == [1, 1]
    assert [ai_calls(one) for one in outputs(bench, bench.map("true", "true"))] == [0, 0]


def test_what_is_unchanged_is_not_looked_at_again() -> None:
    """A refresh of a hundred thousand rows of which ten changed checks ten."""
    bench = Bench("elements: {title: '{{ t }}'}", ["t"], TWO)
    mapped = bench.map(LONG)
    planned = plan_row(mapped, IDENTITY)
    done = {one.fingerprint for request in planned.requests for one in request.outputs}
    assert outputs(bench, mapped, done.__contains__) == ()
    bench.context.is_done = done.__contains__
    assert check_row(mapped, bench.design, bench.fonts, bench.context, planned) == []
    half = {one.fingerprint for one in planned.requests[0].outputs if one.format == "post"}
    assert [one.format for one in outputs(bench, mapped, half.__contains__)] == ["story"]


def test_rows_that_are_skipped_or_refused_have_no_outputs() -> None:
    bench = Bench("where: \"t != 'x'\"\nelements: {title: '{{ t }}', stars: '{{ s }}'}", ["t", "s"])
    assert outputs_to_send(bench.map("x", ""), bench.design) == ()
    bad = bench.map("Lamp", "many")
    assert outputs_to_send(bad, bench.design) == ()
    assert [one.code for one in check_row(bad, bench.design, bench.fonts, bench.context)] == ["bad_value"]


def test_a_document_is_one_output_of_all_its_pages() -> None:
    of = parse_design(
        {
            "id": "book",
            "type": "printer_multipage",
            "pages": [{"id": f"page_{number}", "width": 210, "height": 297} for number in (1, 2)],
            "elements_per_page": {f"page_{number}": [text("headline", (0, 0, 200, 90), "x")] for number in (1, 2)},
        }
    )
    bench = Bench("elements: {headline: '{{ t }}'}\npages: {page_2: {headline: {color: '#ff0000'}}}", ["t"], of)
    (found,) = outputs_to_send(bench.map("Lamp"), of)
    assert (found.format, [place for place, _ in found.parts]) == (DOCUMENT, ["page_1", "page_2"])
    assert bench.origins.columns("page_1", "headline", "payload") == ("t",)
    # A page that speaks of a layer says all of it.
    assert not bench.origins.is_mapped("page_2", "headline", "payload")


@pytest.mark.parametrize(
    ("place", "layer", "prop", "columns"),
    [
        ("post", "title", "payload", ("brand", "name")),
        ("story", "title", "payload", ("short",)),
        ("story", "title", "color", ("tint",)),
        ("post", "photo", "image_url", ("picture",)),
        ("post", "photo", "image_encoded", ("picture",)),
        ("post", "photo", "mask_properties", ("round",)),
        ("post", "price", "payload", ("price",)),
        ("post", "cta", "payload", ()),
        ("post", "vars", "city", ("town",)),
        ("post", "old_price", "payload", ()),
    ],
)
def test_a_property_knows_the_columns_that_it_is_made_of(
    place: str, layer: str, prop: str, columns: tuple[str, ...]
) -> None:
    mapping = """
elements:
  title: {payload: "{{ brand }} {{ name }}", color: "{{ tint }}"}
  photo: {image_url: "{{ picture }}", mask_name: rounded_corners, mask_properties: {radius: "{{ round }}"}}
  price: {value: "{{ price }}"}
  cta: Buy
by_format: {Story: {title: "{{ short }}"}}
vars: {city: "{{ town }}"}
"""
    of = design(text("claim", (0, 0, 100, 20), "In {city}", font_size=10), formats=("post", "story"))
    bench = Bench(mapping, ["brand", "name", "tint", "picture", "round", "price", "short", "town"], of)
    assert bench.origins.columns(place, layer, prop) == columns
    assert bench.origins.is_mapped(place, layer, prop) is (bool(columns) or layer == "cta")
    assert "Origins of" in repr(bench.origins)


def test_a_list_has_the_columns_of_all_its_parts_and_a_bad_expression_none() -> None:
    mapping = "elements: {photo: {image_url: '{{ a }}', auto_focus: true, focus_objects: ['{{ b }}', cat]}}"
    assert Bench(mapping, ["a", "b"]).origins.columns("post", "photo", "focus_objects") == ("b",)
    broken = parse_mapping("elements: {title: '{{ nowhere }}'}")
    assert Origins(broken, Columns(("a",)), design()).columns("post", "title", "payload") == ()


def test_of_several_columns_the_one_that_holds_the_piece_is_blamed() -> None:
    bench = Bench("elements: {title: '{{ a }} {{ b }} {{ c }}', cta: Buy}", ["a", "b", "c"])
    row = bench.row("", "Oak", "lamp")

    def column(seen: str = "", layer: str = "title") -> str:
        return bench.origins.origin(row, "post", layer, "payload", seen).column

    assert (column("lamp"), column(), column("nowhere")) == ("c", "b", "b")
    assert column(layer="cta") == ""
    assert bench.origins.empty_cell(row, "post", "title", "payload").column == "a"


def test_an_error_fails_the_formats_it_names_and_else_all() -> None:
    bench = Bench("elements: {title: '{{ t }}'}", ["t"], TWO)
    found = outputs_to_send(bench.map("Lamp"), TWO)
    place = Origin("", 2, "t")
    one = problem("text_does_not_fit", place, "x", facts=(("formats", "story"),))
    warning = problem("text_cut", place, "x", facts=(("formats", "post"),))
    assert failing_formats([warning], found) == frozenset()
    assert failing_formats([one, warning], found) == {"story"}
    assert failing_formats([one, problem("bad_value", place, "x")], found) == {"post", "story"}
