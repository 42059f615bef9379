"""Expressions: what they give, what is refused before any row, and what they may not do to the machine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bulkgen.mapping.expressions import Expression, compile_expression
from bulkgen.mapping.filters import EXAMPLE_CELLS, FILTERS
from bulkgen.mapping.limits import MAX_CHARACTERS
from bulkgen.mapping.names import Columns
from bulkgen.mapping.problems import Refused
from bulkgen.mapping.syntax import SourceError

CELLS = EXAMPLE_CELLS | {"Größe": "XL", "2 Kg": "two", "A-B": "one", "a b": "other", "row": "r", "it's": "quoted"}
COLUMNS = Columns(tuple(CELLS))


def expression(source: object, *, bare: bool = False) -> Expression:
    return compile_expression(source, COLUMNS, bare=bare)


def value(source: str, **cells: str) -> Any:
    columns = Columns((*CELLS, *cells))
    return compile_expression(source, columns).value(CELLS | cells)


@pytest.mark.parametrize("entry", FILTERS.values(), ids=lambda entry: entry.name)
def test_every_filter_gives_what_the_manual_says(entry: Any) -> None:
    assert expression(f"{{{{ {entry.example} }}}}").text(EXAMPLE_CELLS) == entry.gives


@pytest.mark.parametrize("entry", FILTERS.values(), ids=lambda entry: entry.name)
def test_an_empty_cell_stays_empty_through_every_filter(entry: Any) -> None:
    """An empty price that became "€0.00" would be printed."""
    if entry.name in ("default", "length", "now"):
        return
    if entry.name == "plural":
        assert value("{{ badge | plural('a', 'b') }}") == ""
        return
    _, _, chain = entry.example.partition("|")
    source = f"{{{{ badge | {chain.replace('sale_price', 'badge')} }}}}"
    assert value(source) in ("", [], "0")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ title }}", CELLS["Title"]),
        ("{{ row['Sale Price'] }}", "39.90 EUR"),
        ("{{ row.Title.upper() }}", CELLS["Title"].upper()),
        ("{{ größe }}-{{ _2_kg }}", "XL-two"),
        ("{{ row['a b'] }}{{ row['A-B'] }}{{ row['row'] }}", "otheroner"),
        ('{{ row["it\'s"] }}', "quoted"),
        ("{{ not sale_price }}", False),
        ("{{ not badge }}", True),
        ("{{ '#d0021b' if sale_price else '#111' }}", "#d0021b"),
        ("{{ 'Sale' if badge }}", ""),
        ("{{ sale_price or price }}", "39.90 EUR"),
        ("{{ badge or price }}", "49.90 EUR"),
        ("{{ 12345 }}", 12345),
        ("{{ 3 * (stock | amount) }}", 9),
        ("{{ (price | amount) * 0.9 }}", Decimal("44.910")),
        ("{{ title ~ ' ' ~ 5 }}", CELLS["Title"] + " 5"),
        ("{{ 'ab' * 3 }}", "ababab"),
        ("{{ tags.split(',')[0] }}", "summer"),
        ("{{ (tags | split)[9] }}", ""),
        ("{{ 'beach' in tags }}", True),
        ("{{ title[:6] }}", "canvas"),
        ("plain text", "plain text"),
        ("a {city} stays", "a {city} stays"),
        ("{# nothing #}x", "x"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        (" {{ stock }} ", " 3 "),
    ],
)
def test_an_expression_gives(source: str, result: Any) -> None:
    assert value(source) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ sale_price < price }}", True),
        ("{{ '9.99' < '10.00' }}", True),
        ("{{ price > 10 }}", True),
        ("{{ badge < 10 }}", False),
        ("{{ badge > 10 }}", False),
        ("{{ 30 < sale_price < price < 50 }}", True),
        ("{{ starts >= '2026-01-01' }}", True),
        ("{{ price == 49.9 }}", True),
        ("{{ title == 3 }}", False),
        ("{{ price != '49.90 EUR' }}", False),
        ("{{ sale_price is below(price) }}", True),
        ("{{ 'POA' is above(price) }}", False),
        ("{{ badge is empty }}", True),
        ("{{ title is price }}", False),
    ],
)
def test_comparisons_see_numbers_in_texts(source: str, result: bool) -> None:
    """As texts, "9.99" is above "10.00": every sale would be the wrong way round."""
    assert value(source) is result


def test_a_price_that_is_none_cannot_be_compared_with_a_number() -> None:
    with pytest.raises(Refused) as refused:
        value("{{ title > 10 }}")
    assert refused.value.code == "not_a_number"


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("{{ titel }}", "no column 'titel'", "did you mean 'title'"),
        ("{{ row['Titel'] }}", "no column 'Titel'", "did you mean 'Title'"),
        ("{{ row.Titel }}", "no column 'Titel'", "did you mean 'Title'"),
        ("{{ a_b }}", "may mean several columns", "row['A-B'], row['a b']"),
        ("{{ title | trunc(3) }}", "no filter 'trunc'", "did you mean 'truncate'"),
        ("{{ title is emtpy }}", "no test 'emtpy'", "did you mean 'empty'"),
        ("{{ title | truncate }}", "truncate is written truncate(length)", ""),
        ("{{ price | money(curency='EUR') }}", "money is written money(currency=''", ""),
        ("{{ price | money('EURO') }}", "'EURO' is not a currency code", ""),
        ("{{ price | money('EUR', 'xx_YY') }}", "'xx_YY' is not a locale", ""),
        ("{{ price | money('EUR', decimal=';') }}", "decimal must be", ""),
        ("{{ title | _join }}", "no filter '_join'", ""),
        ("{{ title", "cannot be read", ""),
        ("{{ }}", "cannot be read", ""),
        ("{{ row }}", "a whole row is no value", "row['Title']"),
        ("{{ title.upper }}", "is a method", ""),
        ("{{ title.uper() }}", "'uper' is not available", "did you mean 'upper'"),
        ("{% for c in title %}{% endfor %}", "statements", "value if condition else other"),
        ("{% set x = 1 %}", "statements", ""),
        ("{{ {'a': 1} }}", "Dict is not part", ""),
        ("{{ 1 / 0 }}", "divides by zero", ""),
        ("{{ '%d' % 3 }}", "does not work on the text", ""),
    ],
)
def test_a_mistake_is_refused_before_the_first_row(source: str, message: str, hint: str) -> None:
    """Learning of a misspelt column after an hour of generating is what users fear."""
    with pytest.raises(SourceError) as error:
        expression(source)
    assert message in error.value.message
    assert hint in error.value.hint


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}",
        "{{ range(10**9) }}",
        "{{ 10**10**10 }}",
        "{{ 2 ** 100000 }}",
        "{{ 99999999999999999999 * 99999999999999999999 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.center(10**9) }}",
        "{{ 'a'.join('b') }}",
        "{{ '{0:>1000000000}'.format('a') }}",
        "{{ 'a' | center(10**9) }}",
        "{{ lipsum(10**6) }}",
        "{{ cycler(1) }}",
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ row.__init__ }}",
        "{{ row._cells }}",
        "{{ self }}",
        "{{ title | attr('__class__') }}",
        "{{ title | map('upper') }}",
        "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
        "{{ " + "-" * 900 + "1 }}",
        "{{ " + "1 + " * 900 + "1 }}",
        "{{ " + "9" * 3900 + " }}",
        "{{ 1e400 }}",
        "{{ '" + "x" * 5000 + "' }}",
        "{{ [[1] * 1000000] }}",
        "{{ title.__init__.__globals__ }}",
        "{{ title.encode() }}",
        "{{ title.format_map(row) }}",
        "{{ title.translate({}) }}",
        "{{ title.expandtabs(10**9) }}",
        "{{ title.zfill(10**9) }}",
        "{{ row['__class__'] }}",
        "{{ row.get('Title') }}",
        "{{ (title | split).__class__ }}",
        "{{ ((1).__class__).__mro__ }}",
        "{{ namespace() }}",
        "{{ dict() }}",
        "{{ joiner() }}",
        "{{ [x for x in title] }}",
        "{{ lambda: 1 }}",
        "{{ title | tojson }}",
        "{{ title | xmlattr }}",
        "{{ title | random }}",
        "{{ title | list }}",
        "{{ title | truncate(10**9) }}",
        "{{ price | money('EUR', digits=10**9) }}",
        "{{ weight | round(10**6) }}",
        "{{ 7 ** 7 ** 7 ** 7 }}",
        "{{ 1 // 0 }}",
        "{{ " + "[" * 200 + "1" + "]" * 200 + " }}",
        "{{ " + "not " * 900 + "1 }}",
        "{{ " + "title if title else " * 180 + "title }}",
        "{{ ('a' * 90000) * 90000 }}",
        "{{ 'a' * 50000 ~ 'a' * 60000 }}",
        "{{ title" + " | upper" * 600 + " }}",
    ],
)
def test_no_expression_reaches_inside_or_asks_for_the_machine(source: str) -> None:
    """A mapping from a stranger must not take the memory, the minutes or the secrets of the machine."""
    with pytest.raises((SourceError, Refused)):
        expression(source).text(CELLS)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ title * 10**7 }}", "result_too_long"),
        ("{{ title.replace('a', 'x' * 90000) }}", "result_too_long"),
        ("{{ title | replace('a', 'x' * 90000) }}", "result_too_long"),
        ("{{ (stock | amount) ** 1000 }}", "too_much_work"),
        ("{{ (price | amount) ** (10 ** 6) }}", "too_much_work"),
        ("{{ row[title] }}", "unknown_column"),
        ("{{ title / 2 }}", "bad_expression"),
        ("{{ title[title] }}", "bad_expression"),
        ("{{ 1 / (badge | length) }}", "bad_expression"),
        ("{{ tags | truncate(stock ~ 'x') }}", "bad_expression"),
        ("{{ title | money('EUR') }}", "not_a_price"),
        ("{{ title | amount }}", "not_a_number"),
        ("{{ title | date }}", "not_a_date"),
        ("{{ starts | date('" + "q" * 40 + "') }}", "bad_expression"),
    ],
)
def test_what_only_a_row_can_tell_is_refused_for_the_row(source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        expression(source).text(CELLS)
    assert refused.value.code == code


def test_many_long_cells_do_not_add_up_without_bound() -> None:
    cells = CELLS | {"Title": "x" * 90_000}
    with pytest.raises(Refused) as refused:
        expression("{{ title ~ title }}").text(cells)
    assert refused.value.code == "result_too_long"
    with pytest.raises(Refused) as refused:
        expression("{{ title }}{{ title }}").text(cells)
    assert refused.value.code == "result_too_long"
    with pytest.raises(Refused) as refused:
        expression("{{ title | truncate(5) }}").text(CELLS | {"Title": "x" * (MAX_CHARACTERS + 1)})
    assert refused.value.code == "cell_too_long"


def test_a_refusal_knows_the_column_it_is_about() -> None:
    """With two columns in one expression, pointing at the wrong cell sends people looking for nothing."""
    both = expression("{{ price | money('EUR') }} {{ sale_price | money('EUR') }}")
    cells = CELLS | {"Sale Price": "POA"}
    with pytest.raises(Refused) as refused:
        both.text(cells)
    assert both.column(refused.value, cells) == "Sale Price"


@pytest.mark.parametrize(
    ("condition", "cell", "kept"),
    [
        ("stock", "", False),
        ("stock", "  ", False),
        ("stock", "0", False),
        ("stock", "no", False),
        ("stock", "FALSE", False),
        ("stock", "yes", True),
        ("stock", "TRUE", True),
        ("stock", "0.00", True),
        ("stock", "in stock", True),
        ("{{ stock }}", "1", True),
        ("stock > 2", "3", True),
        ("stock > 2", "2", False),
        ("stock > 2", "", False),
        ("not stock", "", True),
    ],
)
def test_a_condition_reads_yes_and_no_as_people_write_them(condition: str, cell: str, kept: bool) -> None:
    assert expression(condition, bare=True).truth(CELLS | {"Stock": cell}) is kept


def test_the_word_that_hides_is_no_content_to_an_expression() -> None:
    assert expression("{{ not badge }}").value(CELLS | {"Badge": "__HIDDEN__"}) is True
    assert expression("{{ badge }}").hides(CELLS | {"Badge": "__HIDDEN__"})


def test_only_one_pair_of_braces_keeps_the_kind_of_its_result() -> None:
    assert value("{{ not badge }}") is True
    assert value("{{ not badge }}.") == "true."
    assert value("{{ 1.50 }}{{ '' }}") == "1.5"
