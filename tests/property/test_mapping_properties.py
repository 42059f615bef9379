"""What holds of the mapping for any cell, any expression and any name."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.errors import MappingError
from bulkgen.mapping.addresses import addresses
from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.expressions import compile_expression
from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.filters import FILTERS
from bulkgen.mapping.keys import Duplicates, resolve_keys
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.money import format_money, parse_price
from bulkgen.mapping.names import Columns
from bulkgen.mapping.problems import CODES, Refused
from bulkgen.mapping.syntax import SourceError
from bulkgen.mapping.written import mapping_yaml
from bulkgen.sheet.model import Column, Origin, Row, SheetKind, SheetOutline
from bulkgen.wire.design import parse_design
from bulkgen.wire.overrides import PROPERTIES
from bulkgen.wire.values import check_overrides

DESIGN = parse_design(
    {
        "id": "d",
        "type": "static",
        "formats": [{"id": name, "width": 10, "height": 10} for name in ("post", "story")],
        "elements": [
            {"name": kind, "type": kind, "attributes": [{"id": "payload", "value": "{city}"}]}
            for kind in ("text", "button", "image", "logo", "shape", "rating", "qrcode", "illustration", "group")
        ],
    }
)
# One column for every property of every layer: all kinds of values meet all kinds of cells.
LAYERS = list(DESIGN.elements)
NAMES = [f"{element.name}.{name}" for element in LAYERS for name in PROPERTIES[element.type]]
OUTLINE = SheetOutline(
    Path("sheet.csv"), SheetKind.CSV, tuple(Column(name, index) for index, name in enumerate(["n", "m", *NAMES], 1)), 1
)
EVERYTHING = {
    "key": "n",
    "where": "m != 'no'",
    "formats": "{{ m or 'all' }}",
    "vars": {"city": "{{ n }}"},
    "by_format": {"story": {"text": {"payload": "{{ m | upper }}", "empty": "hide"}}},
    "output": {"image_file_type": "{{ m if m is empty else 'png' }}"},
}


def everything() -> Mapper:
    elements: dict[str, dict[str, Any]] = {}
    for element in LAYERS:
        for name in PROPERTIES[element.type]:
            if name != "auto_resize":
                elements.setdefault(element.name, {})[name] = f"{{{{ row['{element.name}.{name}'] }}}}"
    text = json.dumps(EVERYTHING | {"elements": elements})
    return Mapper(parse_mapping(text), DESIGN, OUTLINE, folder=Path("nowhere"))


MAPPER = everything()
PIECES = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "1",
            "-1",
            "1.234",
            "9,99 €",
            "15.00 USD",
            "true",
            "no",
            "__HIDDEN__",
            "#d0021b",
            "red",
            "#N/A",
        ),
        *("https://x.y/1.jpg", "//x", "https://", "data:", "data:image/png;base64,AA==", "../x.png", "a.png, b.png"),
        *("[", "{}", '{"radius": 1}', "\\n", "\n", "\x00", "\ud83d", "\udcff", "\u202e", "١٢٣", "²", "1e999", "nan"),
        *("middle right", "linear-gradient(0% 0% 100% 0%,0% #000 1,100% #fff 1)", "x" * 10_001, "é" * 2_049, "all"),
    ]
)
CELLS = st.one_of(st.text(max_size=30), PIECES, st.lists(PIECES, max_size=3).map("".join))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    names = draw(st.lists(st.sampled_from(NAMES), max_size=12, unique=True))
    cells = {name: draw(CELLS) for name in ["n", "m", *names]}
    return Row(0, 2, "Sheet1", cells)


@settings(max_examples=300, deadline=None)
@given(rows())
def test_mapping_a_row_never_raises_and_gives_what_the_api_takes(row: Row) -> None:
    """One odd cell must not end a run of a hundred thousand rows, nor become a request that is refused."""
    mapped = MAPPER.map(row)
    assert all(problem.code in CODES for problem in mapped.problems)
    assert not (mapped.wants and mapped.errors)
    assert mapped.wants or mapped.errors or mapped.skipped
    for want in mapped.wants:
        assert want.formats
        json.dumps(want.payload.to_json()).encode()
        str(want.payload.to_json()).encode()
        for layer, values in want.payload.elements.items():
            element = DESIGN.element(layer)
            if element is not None and not want.payload.pictures:
                assert check_overrides(values, element.type, layer) == []


@settings(max_examples=100, deadline=None)
@given(rows())
def test_a_row_maps_to_the_same_payload_every_time(row: Row) -> None:
    """A payload that changed by itself would be generated, and billed, on every run."""
    first, second = MAPPER.map(row), everything().map(row)
    assert [(want.formats, want.payload.to_json(), want.output) for want in first.wants] == [
        (want.formats, want.payload.to_json(), want.output) for want in second.wants
    ]
    assert first.problems == second.problems


NAME = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(NAME, st.sampled_from(["layer", "property", "column", "format", "variable", "filter", "option", "field"]))
def test_a_name_that_is_not_there_is_always_refused_when_the_file_is_loaded(name: str, what: str) -> None:
    """The API ignores unknown names: the banners would come out with the design's own content."""
    known = {"text", "n", "m", "post", "story", "city", "vars", "empty", "fallback", "value", "row", "root", "all"}
    known |= {element.name for element in LAYERS} | set(FILTERS) | set(PROPERTIES["text"])
    known |= {"true", "false", "none", "not", "and", "or", "if", "else", "in", "is"}
    name = f"{name}_x" if name in known else name
    wrong: dict[str, Any] = {
        "layer": {"elements": {name: "T"}},
        "property": {"elements": {"text": {name: "T"}}},
        "column": {"elements": {"text": f"{{{{ {name} }}}}"}},
        "format": {"formats": [name]},
        "variable": {"vars": {name: "T"}},
        "filter": {"elements": {"text": f"{{{{ n | {name} }}}}"}},
        "option": {"output": {name: "T"}},
        "field": {f"{name}_": {}},
    }
    with pytest.raises(MappingError):
        Mapper(parse_mapping(json.dumps(wrong[what])), DESIGN, OUTLINE, folder=Path("nowhere"))


FRAGMENTS = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "n",
            "m",
            "row",
            "row['n']",
            "|",
            "~",
            "+",
            "*",
            "**",
            "/",
            "(",
            ")",
            "[",
            "]",
        ),
        *("'a'", "10", "1.5", "'x' * 9999", "10**9", ",", ".", "upper", "upper()", "truncate(3)", "money('EUR')", "if"),
        *("else", "not", "is", "empty", "==", "<", "__class__", "format", "for", "in", "range(9)", "amount", " ", ":"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=14).map(" ".join), CELLS, st.booleans())
def test_any_source_is_refused_or_gives_a_bounded_result(source: str, cell: str, bare: bool) -> None:
    """Nothing that stands in a mapping file may end in a traceback or in all of the memory."""
    columns = Columns(("n", "m"))
    for text in (source, f"{{{{ {source} }}}}"):
        try:
            result = compile_expression(text, columns, bare=bare).text({"n": cell, "m": "5"})
        except (SourceError, Refused):
            continue
        assert len(result) <= 100_000


@settings(deadline=None)
@given(CELLS, CELLS, st.sampled_from(sorted(FILTERS)))
def test_a_filter_never_fails_but_by_refusing(cell: str, other: str, name: str) -> None:
    columns = Columns(("n", "m"))
    for source in (f"{{{{ n | {name} }}}}", f"{{{{ n | {name}(m) }}}}", f"{{{{ n | {name}(m, m) }}}}"):
        try:
            expression = compile_expression(source, columns)
        except SourceError:
            continue
        with suppress(Refused):
            expression.value({"n": cell, "m": other})


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999"), places=2),
    st.sampled_from([("en_US", "USD"), ("de_DE", "EUR"), ("fr_FR", "EUR"), ("de_CH", "CHF"), ("pl_PL", "PLN")]),
)
def test_a_price_that_was_written_is_read_back_as_it_was(amount: Decimal, place: tuple[str, str]) -> None:
    locale, currency = place
    price = parse_price(format_money(amount, currency, locale))
    assert price.amount == amount
    assert currency in price.currencies


@given(CELLS)
def test_an_address_has_no_white_space(cell: str) -> None:
    assert all(not any(character.isspace() for character in address) for address in addresses(cell))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from([*NAMES[:20], "title", "price", "sale_price", "image"]), st.text(max_size=12)),
        max_size=8,
        unique=True,
    ),
    CELLS,
)
def test_any_headers_give_a_guess_that_a_mapper_takes_and_that_reads_back(headers: list[str], cell: str) -> None:
    """`bulkgen map` must not write a file that `bulkgen run` refuses."""
    rows = [dict.fromkeys(headers, cell)]
    found = guess_mapping(DESIGN, headers, rows)
    reread = parse_mapping(mapping_yaml(found, DESIGN))
    assert reread.model_dump(exclude={"design"}) == found.mapping.model_dump(exclude={"design"})
    outline = SheetOutline(Path("s.csv"), SheetKind.CSV, tuple(map(Column, headers, range(1, 99))), 1)
    if found.mapping.elements or found.mapping.vars:
        Mapper(reread, DESIGN, outline, folder=Path("nowhere")).map(Row(0, 2, "", rows[0]))


@given(st.lists(st.sampled_from(["a", "b", "c", "", "a (2)"]), max_size=12), st.sampled_from(list(Duplicates)))
def test_of_rows_that_are_kept_no_two_have_one_key(keys: list[str], policy: Duplicates) -> None:
    decisions = resolve_keys([(Origin("", row), key) for row, key in enumerate(keys)], policy)
    kept = [decision.key for decision in decisions if decision.problem is None and not decision.skipped]
    assert len(decisions) == len(keys)
    assert len(kept) == len(set(kept))
    if policy is not Duplicates.REFUSE:
        assert {key for key in keys if key} <= set(kept)
