"""What would be published by accident: the sample's own content, prices that make no sense, rows that look alike."""

from __future__ import annotations

from typing import Any

import pytest
from checking_cases import INTER, Bench, design, facts, layer, text

from bulkgen.preflight.problems import CODES
from bulkgen.preflight.state import Preflight, RowsSeen
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Severity

ALL = """
key: id
elements:
  title: "{{ t }}"
  price: "{{ p }}"
  old_price: {payload: "{{ o }}", empty: hide}
  photo: "{{ i }}"
  stars: "{{ s }}"
  code: "{{ u }}"
  cta: "{{ c }}"
"""
COLUMNS = ("id", "t", "p", "o", "i", "s", "u", "c")
PHOTO = "https://example.com/lamp.jpg"
GOOD = {
    "id": "1",
    "t": "Oak lamp",
    "p": "10 €",
    "o": "",
    "i": PHOTO,
    "s": "80",
    "u": "https://example.com/1",
    "c": "Go",
}


def cells(**changes: str) -> tuple[str, ...]:
    return tuple((GOOD | changes)[name] for name in COLUMNS)


def test_a_good_row_has_no_problem() -> None:
    assert Bench(ALL, COLUMNS).check(*cells()) == []


@pytest.mark.parametrize(
    ("column", "code", "layer_name"),
    [
        ("t", "sample_text", "title"),
        ("p", "sample_price", "price"),
        ("i", "sample_picture", "photo"),
        ("s", "sample_value", "stars"),
        ("u", "sample_value", "code"),
    ],
)
def test_an_empty_cell_that_lets_the_sample_through_is_told(column: str, code: str, layer_name: str) -> None:
    """The sample's €99 on a product that has no price."""
    found = Bench(ALL, COLUMNS).only(code, *cells(**{column: ""}))
    assert (found.origin.column, found.severity) == (column, Severity.WARNING)
    assert facts(found)["layer"] == layer_name


def test_a_label_of_the_designs_own_is_meant() -> None:
    """`Shop now` under a product without a call of its own is what its designer wrote it for."""
    assert Bench(ALL, COLUMNS).codes(*cells(c="")) == []


def test_a_button_with_a_price_or_a_percentage_is_none() -> None:
    badge = layer("badge", "button", (300, 10, 80, 40), payload="-17%", font=INTER, font_size=16)
    bench = Bench(ALL + '  badge: "{{ c }}"\n', COLUMNS, design(badge))
    found = bench.only("sample_price", *cells(c=""))
    assert found.origin.column == "c"
    assert "the design's own saving '-17%' is published" in found.message


@pytest.mark.parametrize(
    "spec",
    [
        '{payload: "{{ t }}", empty: keep}',
        '{payload: {value: "{{ t }}", empty: keep}}',
        '{payload: "{{ t }}", empty: hide}',
        '{payload: "{{ t }}", fallback: "A lamp"}',
        '{payload: "{{ t }}", hidden: "{{ t is empty }}"}',
    ],
)
def test_who_says_what_an_empty_cell_means_is_not_asked_again(spec: str) -> None:
    bench = Bench(f"elements:\n  title: {spec}\n  price: '{{{{ p }}}}'\n", ("t", "p"))
    assert "sample_text" not in bench.codes("", "10 €")


def test_a_design_that_is_empty_there_or_hides_it_publishes_nothing() -> None:
    mapping = "elements: {title: '{{ t }}', price: '1 €'}"
    for own in (text("title", (20, 20, 300, 100), ""), text("title", (20, 20, 300, 100), "Sample", hidden=True)):
        assert "sample_text" not in Bench(mapping, ["t"], design(own)).codes("")


def test_a_leak_names_the_formats_that_have_it() -> None:
    of = design(
        text("title", {"post": (20, 20, 300, 100)}, "Sample", by={"payload": {"story": ""}}), formats=("post", "story")
    )
    found = Bench("elements: {title: '{{ t }}', price: '1 €'}", ["t"], of).only("sample_text", "")
    assert found.message.endswith("is published (in post)")


def test_a_cell_that_two_payloads_share_is_told_of_once() -> None:
    """A row with a text of its own for the story is still one row with one empty price."""
    mapping = "elements: {title: '{{ t }}', price: '{{ p }}', old_price: 9 €}\nby_format: {story: {title: '{{ t }}!'}}"
    bench = Bench(mapping, ["t", "p"], design(formats=("post", "story")))
    found = bench.check("Lamp", "")
    assert [one.code for one in found] == ["sample_picture", "sample_price", "sample_value"]
    assert {facts(one)["formats"] for one in found} == {"post, story"}
    assert not any("(in" in one.message for one in found)
    assert facts(bench.only("escaped_text", "Lamp &amp;", "1 €"))["formats"] == "post, story"


def test_a_products_field_that_nothing_is_mapped_to_is_told_once() -> None:
    bench = Bench("elements: {title: '{{ t }}'}", ["t"])
    first = bench.check("Lamp")
    assert sorted((one.code, facts(one)["layer"]) for one in first) == [
        ("sample_picture", "photo"),
        ("sample_price", "old_price"),
        ("sample_price", "price"),
        ("sample_value", "stars"),
    ]
    assert all(one.origin.column == "" for one in first)
    assert bench.check("Chair") == []


def test_a_constant_of_the_mapping_is_no_accident() -> None:
    bench = Bench(
        "elements: {title: '{{ t }}', price: '10 €', old_price: '12 €', photo: 'https://e.com/a.jpg', stars: 90}", ["t"]
    )
    assert bench.codes("Lamp") == []


# -- texts


def test_a_flaw_is_told_by_the_cell_that_has_it() -> None:
    bench = Bench("elements: {title: '{{ brand }} {{ name }}', price: '1 €'}", ["brand", "name"])
    found = bench.only("escaped_text", "Ikea", "Table &amp; lamp")
    assert found.origin.column == "name"
    assert "'&amp;' is printed as it is" in found.message


def test_what_the_mapping_said_of_a_cell_is_not_said_again() -> None:
    bench = Bench(ALL, COLUMNS)
    assert bench.codes(*cells(t="#N/A")) == ["placeholder_text"]
    assert bench.codes(*cells(t="Lamp #N/A")) == ["placeholder_text"]


def test_a_variable_is_looked_at_as_well() -> None:
    of = design(text("title", (20, 20, 300, 100), "For {name}"))
    bench = Bench("vars: {name: '{{ n }}'}\nelements: {price: '1 €'}", ["n"], of)
    found = bench.only("escaped_text", "Tom &amp; Al")
    assert (found.origin.column, facts(found)["layer"]) == ("n", "vars")
    assert bench.codes("Tom & Al") == []


def test_braces_of_the_designs_own_that_nothing_fills_are_told_once() -> None:
    of = design(text("title", (20, 20, 300, 100), "For {name}"))
    bench = Bench("elements: {price: '{{ p }}'}", ["p"], of)
    assert bench.codes("1 €").count("unfilled_braces") == 1
    assert "unfilled_braces" not in bench.codes("2 €")


def test_a_variable_fills_texts_and_nothing_else() -> None:
    of = design(text("title", (20, 20, 300, 100), "For {name}"))
    bench = Bench(
        "vars: {name: '{{ n }}'}\nelements: {cta: '{{ c }}', price: '1 €', code: '{{ u }}'}", ["n", "c", "u"], of
    )
    found = bench.only("unfilled_braces", "Al", "Buy, {name}", "https://example.com/1")
    assert (found.origin.column, facts(found)["layer"]) == ("c", "cta")
    assert bench.only("unfilled_braces", "Al", "Buy", "https://example.com/{name}").origin.column == "u"


def test_an_address_in_a_code_is_read_like_a_text_and_never_as_capitals() -> None:
    """Nobody sees that the printed code leads nowhere before somebody holds a telephone to it."""
    bench = Bench(ALL, COLUMNS)
    assert bench.only("escaped_text", *cells(u="https://example.com/?a=1&amp;b=2")).origin.column == "u"
    assert bench.codes(*cells(u="HTTPS://EXAMPLE.COM/?A=1&B=2 SHOUTED AT ALL OF THEM TODAY")) == []


LOUD = "A GREAT LAMP OF OILED OAK"


def test_capitals_are_told_unless_they_are_the_designs_style() -> None:
    def codes(**title: Any) -> list[str]:
        of = design(text("title", (20, 20, 300, 200), **({"payload": "Sample", "font_size": 20} | title)))
        return Bench("elements: {title: '{{ t }}', price: '1 €'}", ["t"], of).codes(LOUD)

    assert "all_capitals" in codes()
    assert "all_capitals" not in codes(text_transform="uppercase")
    assert "all_capitals" not in codes(text_transform="capitalize")
    assert "all_capitals" not in codes(payload="SAMPLE TITLE")


def test_hidden_texts_are_not_read() -> None:
    bench = Bench(ALL, COLUMNS)
    assert bench.codes(*cells(t="__HIDDEN__")) == []
    hidden = 'elements: {title: {payload: "{{ t }}", hidden: true}, price: "1 €"}'
    assert "escaped_text" not in Bench(hidden, ["t"]).codes("&amp;")


def test_members_of_a_hidden_group_are_neither_read_nor_missed() -> None:
    def group(name: str, *members: str) -> dict[str, Any]:
        return layer(name, "group", (0, 0, 9, 9)) | {"layer_ids": list(members)}

    of = design(group("outer", "inner"), group("inner", "title", "price"))
    bench = Bench(ALL + '  outer: {hidden: "{{ c }}"}\n', COLUMNS, of)
    assert bench.codes(*cells(t="", p="&amp;", c="true")) == []
    assert sorted(bench.codes(*cells(t="", p="&amp;", c="false"))) == ["escaped_text", "sample_text"]


# -- prices


@pytest.mark.parametrize(
    ("now", "before", "is_told"),
    [
        ("10 €", "12 €", False),
        ("12 €", "10 €", True),
        ("10 €", "10 €", True),
        ("10,00 €", "10 €", True),
        ("10 €", "", False),
        ("0 €", "5 €", False),
        ("10 €", "from 5", False),
        ("10 €", "$5", False),
        ("POA", "5 €", False),
        ("1.299,00 €", "1.499,00 €", False),
    ],
)
def test_a_price_before_that_is_not_higher_is_told(now: str, before: str, is_told: bool) -> None:
    """A struck-through price below the price is against the law in some countries, and silly in all."""
    codes = Bench(ALL, COLUMNS).codes(*cells(p=now, o=before))
    assert ("price_not_reduced" in codes) is is_told


def test_with_a_sale_price_the_price_is_the_one_before() -> None:
    of = design(text("sale_price", (20, 150, 200, 50), "€9", font_size=20))
    bench = Bench("elements: {title: x, price: '{{ p }}', sale_price: '{{ s }}'}", ["p", "s"], of)
    found = bench.only("price_not_reduced", "10 €", "12 €")
    assert found.origin.column == "p"
    assert "price_not_reduced" not in bench.codes("12 €", "10 €")


@pytest.mark.parametrize(
    ("now", "before", "is_told"),
    [("10 €", "$12", True), ("10 €", "12", False), ("10 $", "CAD 12", False), ("10 €", "EUR 12", False)],
)
def test_two_prices_in_two_currencies_are_told(now: str, before: str, is_told: bool) -> None:
    codes = Bench(ALL, COLUMNS).codes(*cells(p=now, o=before))
    assert codes == ["price_in_two_currencies"] * is_told


@pytest.mark.parametrize("price", ["-5 €", "€-5", "-€5", "EUR -5", "−5,00 €"])
def test_a_price_below_zero_is_told(price: str) -> None:
    assert Bench(ALL, COLUMNS).only("price_below_zero", *cells(p=price)).origin.column == "p"


@pytest.mark.parametrize("price", ["10,- €", "-17%", "5-10 €", "0 €", "-0 €", "from -5"])
def test_what_is_no_price_below_zero_is_left_alone(price: str) -> None:
    assert "price_below_zero" not in Bench(ALL, COLUMNS).codes(*cells(p=price))


def test_a_free_plan_has_a_price_of_nothing() -> None:
    assert Bench(ALL, COLUMNS).codes(*cells(p="0 €")) == []


# -- across rows


def test_a_price_without_the_currency_of_the_others_is_told_at_the_end() -> None:
    bench = Bench(ALL, COLUMNS)
    for number in range(8):
        bench.check(*cells(id=str(number), t=f"Lamp {number}", p=f"1{number} €"))
    bench.check(*cells(id="9", t="Lamp 9", p="19.90"))
    (found,) = bench.context.state.finish()
    assert (found.code, found.origin.row, found.origin.column) == ("currency_missing", 10, "p")
    assert "'19.90' names no currency, as 8 others do" in found.message


@pytest.mark.parametrize(("named", "unnamed"), [(4, 1), (5, 5), (8, 3)])
def test_prices_without_a_rule_have_no_exceptions(named: int, unnamed: int) -> None:
    bench = Bench(ALL, COLUMNS)
    for number in range(named + unnamed):
        price = f"1{number} €" if number < named else f"1{number}.90"
        bench.check(*cells(id=str(number), t=f"Lamp {number}", p=price))
    assert bench.context.state.finish() == []


def test_a_sheet_whose_prices_have_no_currency_is_told_once_where_the_designs_own_has_one() -> None:
    """A thousand banners with `19.90` where the designer wrote `€99`."""
    bench = Bench(ALL, COLUMNS)
    for number in range(9):
        bench.check(*cells(id=str(number), t=f"Lamp {number}", p=f"1{number}.90"))
    (found,) = bench.context.state.finish()
    assert (found.code, found.origin.row, found.origin.column) == ("currency_missing", 2, "p")
    assert "'10.90' names no currency, nor does any other of 9 prices, and the design's own '€99' does" in found.message
    bare = Bench(ALL, COLUMNS, design(text("price", (20, 150, 200, 50), "99", max_lines=1)))
    bare.check(*cells(p="19.90"))
    assert bare.context.state.finish() == []


def test_a_dash_between_two_variables_is_none_of_a_missing_text() -> None:
    of = design(text("title", (20, 20, 300, 100), "Oak {dash} lamp"))
    bench = Bench("vars: {dash: '{{ d }}'}\nelements: {price: '1 €'}", ["d"], of)
    assert "placeholder_text" not in bench.codes("-")
    assert "placeholder_text" in bench.codes("N/A")


def test_rows_that_will_look_the_same_name_each_other() -> None:
    bench = Bench(ALL, COLUMNS)
    assert bench.codes(*cells(id="1")) == []
    found = bench.only("rows_alike", *cells(id="2"))
    assert facts(found)["other_row"] == "2"
    assert found.message.startswith("the row with the key '2' has the same content as row 2 of the sheet")
    assert bench.codes(*cells(id="3", t="Chair")) == []


def test_the_same_key_twice_or_no_key_is_another_matter() -> None:
    """Without a key a row is its content, and equal rows share one banner by design."""
    bench = Bench(ALL, COLUMNS)
    assert bench.codes(*cells(id="1")) == bench.codes(*cells(id="1")) == []
    keyless = Bench(ALL.replace("key: id", ""), COLUMNS)
    assert keyless.codes(*cells()) == keyless.codes(*cells()) == []


def test_rows_of_the_same_content_and_other_formats_are_not_alike() -> None:
    of = design(formats=("post", "story"))
    bench = Bench(f"formats: '{{{{ f }}}}'\n{ALL}", (*COLUMNS, "f"), of)
    assert "rows_alike" not in bench.codes(*cells(id="1"), "post")
    assert "rows_alike" not in bench.codes(*cells(id="2"), "story")
    assert "rows_alike" in bench.codes(*cells(id="3"), "story")


def test_rows_seen_stay_in_bounds_and_are_found_after_growing() -> None:
    """A million rows in thirty megabytes; a table that grew and lost its rows would call all of them new."""
    seen = RowsSeen(rows_max=5_000)
    # Contents that share their low bits all want the same place.
    contents = [number << 12 for number in range(1, 6_000)]
    assert all(seen.see(content, row, 7) is None for row, content in enumerate(contents))
    assert len(seen) == 5_000
    assert all(seen.see(content, 0, 0) == (row, 7) for row, content in enumerate(contents[:5_000]))
    assert seen.see(contents[5_500], 1, 1) is None
    assert seen.see(0, 3, 4) is None
    assert repr(seen) == "<RowsSeen 5000 of 5000>"


def test_what_is_told_once_is_told_once() -> None:
    state = Preflight()
    first, second = Row(0, 2, "", {}), Row(1, 3, "", {})
    assert state.once(("font", "title"), first)
    assert state.once(("font", "title"), first), "for another format of the same row"
    assert not state.once(("font", "title"), second)
    assert all(state.once(number, second) for number in range(9_999))
    assert not state.once("one too many", second)
    assert "10000 told" in repr(state)


def test_many_prices_are_remembered_in_bounds() -> None:
    state = Preflight()
    for number in range(60_000):
        state.price("price", "9 €", Origin("", number, "p"), has_currency=True)
    for number in range(12_000):
        state.price("price", "9", Origin("", number, "p"), has_currency=False)
    assert len(state.finish()) == 10_000


def test_every_code_says_what_to_do() -> None:
    assert all(entry.meaning.endswith(".") and entry.remedy.endswith(".") for entry in CODES.values())
