"""The filters and tests of a mapping's expressions, as tables that the sandbox and the manual both read. Pure.

Every filter gives "" for an empty cell, so that an empty cell stays empty through any chain of them, and raises
Refused, never anything else, for input it cannot use. None of Jinja's own filters is here: some reach attributes,
draw lots or make texts of any size.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel.dates import format_date, parse_date

from bulkgen.mapping.addresses import first_address
from bulkgen.mapping.limits import MAX_CHARACTERS, check_length, show
from bulkgen.mapping.money import (
    check_currency,
    format_money,
    format_number,
    format_price,
    is_price,
    parse_amount,
    parse_locale,
    parse_price,
)
from bulkgen.mapping.plain_text import cut_at_word, first_of_several, without_html
from bulkgen.mapping.problems import Refused, shown

_MAX_ITEMS = 1_000
_MAX_DIGITS = 6
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}.*)?")
_DATE_STYLES = ("short", "medium", "long", "full")


def truncate(value: Any, length: Any) -> str:
    return cut_at_word(_text(value), _whole(length, "length", 1, MAX_CHARACTERS))


def money(value: Any, currency: Any = "", locale: Any = "en_US", digits: Any = None, decimal: Any = "") -> str:
    if _is_blank(value):
        return ""
    places = None if digits is None else _whole(digits, "digits", 0, _MAX_DIGITS)
    code, place, mark = _text(currency), _text(locale), _mark(decimal)
    if isinstance(value, str):
        return format_price(value, code, place, places, mark)
    amount = _amount(value)
    if not code:
        raise Refused("price_without_currency", f"{show(value)} names no currency")
    if amount <= 0:
        raise Refused("not_a_price", f"{show(value)} is not above zero, so it is no price")
    return format_money(amount, check_currency(code), place, places)


def amount(value: Any, decimal: Any = "") -> Any:
    return "" if _is_blank(value) else _amount(value, _mark(decimal))


def number(value: Any, locale: Any = "en_US", digits: Any = None, decimal: Any = "") -> str:
    if _is_blank(value):
        return ""
    figure = _amount(value, _mark(decimal))
    exponent = figure.normalize().as_tuple().exponent
    natural = min(max(0, -exponent if isinstance(exponent, int) else 0), _MAX_DIGITS)
    places = natural if digits is None else _whole(digits, "digits", 0, _MAX_DIGITS)
    return format_number(figure, _text(locale), places)


def round_half_up(value: Any, digits: Any = 0) -> Any:
    if _is_blank(value):
        return ""
    places = _whole(digits, "digits", 0, _MAX_DIGITS)
    return _amount(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def saving(value: Any, sale: Any) -> str:
    regular, reduced = _pair(value, sale)
    if reduced is None or regular is None or not 0 < reduced < regular:
        return ""
    percent = ((regular - reduced) * 100 / regular).quantize(Decimal(1), ROUND_HALF_UP)
    return str(percent) if 0 < percent < 100 else ""


def percent_off(value: Any, sale: Any, before: Any = "−", after: Any = "%") -> str:
    # A cell such as `POA` makes no badge, and no trouble either.
    percent = saving(value, sale) if is_below(sale, value) else ""
    return join([before, percent, after], "") if percent else ""


def saving_amount(value: Any, sale: Any) -> Any:
    regular, reduced = _pair(value, sale)
    return regular - reduced if regular is not None and reduced is not None and 0 < reduced < regular else ""


def now(value: Any, sale: Any) -> Any:
    if _is_blank(value):
        return sale
    return sale if is_below(sale, value) else value


def was(value: Any, current: Any) -> Any:
    return value if is_above(value, current) else ""


def date_text(value: Any, format: Any = "medium", locale: Any = "en_US") -> str:
    return "" if _is_blank(value) else _date(_text(value).strip(), _text(format), _text(locale))


def default(value: Any, other: Any) -> Any:
    return other if _is_blank(value) else value


def replace(value: Any, old: Any, new: Any) -> str:
    text, before, after = _text(value), _text(old), _text(new)
    if not before:
        raise Refused("bad_expression", "replace() needs a text to look for")
    check_length(len(text) + text.count(before) * max(0, len(after) - len(before)))
    return text.replace(before, after)


def strip_html(value: Any) -> str:
    return without_html(_text(value))


def title_case(value: Any) -> str:
    return re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:].lower(), _text(value))


def split(value: Any, separator: Any = ",") -> list[str]:
    mark = _text(separator)
    if not mark:
        raise Refused("bad_expression", "split() needs a separator")
    parts = _text(value).split(mark, _MAX_ITEMS)[:_MAX_ITEMS]
    return [part.strip() for part in parts if part.strip()]


def join(value: Any, separator: Any = ", ") -> str:
    parts, mark = [show(part) for part in _list(value)], _text(separator)
    check_length(sum(map(len, parts)) + len(mark) * len(parts))
    return mark.join(parts)


def first_part(value: Any) -> str:
    return first_of_several(_text(value))


def first(value: Any) -> Any:
    return next(iter(_list(value)), "")


def last(value: Any) -> Any:
    return next(reversed(_list(value)), "")


def length(value: Any) -> int:
    return len(value) if isinstance(value, (list, tuple)) else len(_text(value))


def plural(value: Any, one: Any, other: Any, few: Any = None, many: Any = None, locale: Any = "en_US") -> Any:
    if _is_blank(value):
        return ""
    form = parse_locale(_text(locale)).plural_form(_amount(value))
    return {"one": one, "few": few, "many": many}.get(form) or other


def url_encode(value: Any) -> str:
    text = _text(value)
    try:
        encoded = quote(text, safe="")
    except UnicodeEncodeError:
        raise Refused("broken_text", "the text holds half of a character", seen=text) from None
    check_length(len(encoded))
    return encoded


def is_empty(value: Any) -> bool:
    return _is_blank(value)


def is_priced(value: Any) -> bool:
    return is_price(value) if isinstance(value, str) else isinstance(value, (int, Decimal)) and value > 0


def is_below(value: Any, other: Any) -> bool:
    """Both must be prices; what is none is neither below nor above anything."""
    return is_priced(value) and is_priced(other) and _worth(value) < _worth(other)


def is_above(value: Any, other: Any) -> bool:
    return is_below(other, value)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name in expressions, what does it, and what the manual says of it.

    `example` is an expression; `gives` is its result for the cells of `EXAMPLE_CELLS`.
    """

    name: str
    function: Callable[..., Any]
    meaning: str
    example: str
    gives: str

    @property
    def signature(self) -> str:
        parts = [
            name if parameter.default is parameter.empty else f"{name}={parameter.default!r}"
            for name, parameter in list(inspect.signature(self.function).parameters.items())[1:]
        ]
        return f"{self.name}({', '.join(parts)})" if parts else self.name


EXAMPLE_CELLS = {
    "Title": "canvas shoe, WHITE sole and laces",
    "Body": "<p>Light &amp; soft.</p><p>Washable.</p>",
    "Price": "49.90 EUR",
    "Sale Price": "39.90 EUR",
    "Weight": "1250.5",
    "Starts": "2026-03-09",
    "Tags": "summer, beach, new",
    "Images": "https://example.com/a 1.jpg, https://example.com/b.jpg",
    "Stock": "3",
    "Badge": "",
}

FILTERS: dict[str, Filter] = {
    entry.name: entry
    for entry in (
        Filter(
            "truncate",
            truncate,
            "Whole words up to `length` characters, the ellipsis counted in.",
            "title | truncate(16)",
            "canvas shoe…",
        ),
        Filter(
            "money",
            money,
            "A price as the locale writes it, rounded half up. The currency is the cell's own if not given; one that "
            "differs from the cell's is refused. `digits` overrides the currency's decimals, `decimal` says the "
            "cell's decimal mark.",
            "price | money('EUR', 'de_DE')",
            "49,90\u00a0€",
        ),
        Filter("amount", amount, "A price or number to calculate with.", "price | amount", "49.90"),
        Filter("number", number, "A number as the locale writes it.", "weight | number('de_DE')", "1.250,5"),
        Filter("round", round_half_up, "A number rounded half up.", "weight | round", "1251"),
        Filter(
            "saving",
            saving,
            "By how many percent `sale` is lower, as a whole number; empty when it is not.",
            "price | saving(sale_price)",
            "20",
        ),
        Filter(
            "percent_off",
            percent_off,
            "The saving as a badge shows it; empty when there is none.",
            "price | percent_off(sale_price)",
            "−20%",
        ),
        Filter(
            "saving_amount",
            saving_amount,
            "By how much `sale` is lower, as a number; empty when it is not.",
            "price | saving_amount(sale_price) | money('EUR')",
            "€10.00",
        ),
        Filter(
            "now",
            now,
            "What the customer pays: `sale` if it is lower, else the price.",
            "price | now(sale_price)",
            "39.90 EUR",
        ),
        Filter(
            "was",
            was,
            "The price before a reduction: the cell if it is above `current`, else empty.",
            "price | was(sale_price)",
            "49.90 EUR",
        ),
        Filter(
            "date",
            date_text,
            "A date as the locale writes it. `format` is short, medium, long, full, or a pattern such as `d MMMM`.",
            "starts | date('d MMMM', 'fr_FR')",
            "9 mars",
        ),
        Filter(
            "title",
            title_case,
            "First letter of every word upper case.",
            "title | title",
            "Canvas Shoe, White Sole And Laces",
        ),
        Filter("upper", lambda value: _text(value).upper(), "Upper case.", "title | truncate(9) | upper", "CANVAS…"),
        Filter("lower", lambda value: _text(value).lower(), "Lower case.", "sale_price | lower", "39.90 eur"),
        Filter(
            "capitalize",
            lambda value: _text(value)[:1].upper() + _text(value)[1:].lower(),
            "First letter upper case, the rest lower case.",
            "title | capitalize",
            "Canvas shoe, white sole and laces",
        ),
        Filter("trim", lambda value: _text(value).strip(), "No spaces around.", "sale_price | trim", "39.90 EUR"),
        Filter("default", default, "`other` where the cell is empty.", "badge | default('New')", "New"),
        Filter("replace", replace, "Every `old` replaced by `new`.", "price | replace(' EUR', '')", "49.90"),
        Filter(
            "strip_html",
            strip_html,
            "Plain text of HTML: no tags, entities read, a line per paragraph.",
            "body | strip_html | replace('\\n', ' ')",
            "Light & soft. Washable.",
        ),
        Filter("split", split, "A list of the parts between separators.", "tags | split(',') | last", "new"),
        Filter("join", join, "A list as one text.", "tags | split(',') | join(' + ')", "summer + beach + new"),
        Filter("first", first, "The first of a list, or the first character.", "tags | split(',') | first", "summer"),
        Filter("last", last, "The last of a list, or the last character.", "tags | split | last", "new"),
        Filter("length", length, "How many characters, or how many in the list.", "tags | split | length", "3"),
        Filter(
            "first_part",
            first_part,
            "The first of several values in a cell, whatever stands between them: a semicolon, `|`, a line break, or a "
            "comma and a space.",
            "tags | first_part",
            "summer",
        ),
        Filter(
            "first_url",
            lambda value: first_address(_text(value)),
            "The first address of a cell that holds several.",
            "images | first_url",
            "https://example.com/a%201.jpg",
        ),
        Filter(
            "plural",
            plural,
            "The word that goes with a number in the locale.",
            "stock ~ ' ' ~ (stock | plural('piece', 'pieces'))",
            "3 pieces",
        ),
        Filter(
            "url_encode", url_encode, "Fit to stand in an address.", "tags | url_encode", "summer%2C%20beach%2C%20new"
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Test:
    """One test, written `value is name` or `value is name(other)`."""

    name: str
    function: Callable[..., bool]
    meaning: str


TESTS: dict[str, Test] = {
    entry.name: entry
    for entry in (
        Test("empty", is_empty, "The cell is empty or blank."),
        Test("price", is_priced, "The cell holds a price above zero."),
        Test("below", is_below, "Both are prices, and this one is lower: `sale_price is below(price)`."),
        Test("above", is_above, "Both are prices, and this one is higher."),
    )
}


def check_arguments(name: str, function: Callable[..., Any], given: Sequence[Any], named: dict[str, Any]) -> str:
    """What is wrong with a filter's arguments, or "". An argument that is only known with the row is `...`."""
    try:
        bound = inspect.signature(function).bind("", *given, **named).arguments
    except TypeError:
        entry = FILTERS.get(name)
        return f"{name} is written {entry.signature}" if entry else f"{name} has other arguments"
    try:
        if isinstance(locale := bound.get("locale"), str):
            parse_locale(locale)
        if isinstance(code := bound.get("currency"), str) and code:
            check_currency(code)
        if (mark := bound.get("decimal", ...)) is not ...:
            _mark(mark)
    except Refused as refused:
        return refused.message
    return ""


def _text(value: Any) -> str:
    return show(value)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple, str)) else show(value)


def _whole(value: Any, name: str, low: int, high: int) -> int:
    try:
        figure = int(value) if not isinstance(value, str) else int(value[:12])
    except (TypeError, ValueError, OverflowError):
        figure = low - 1
    if not low <= figure <= high:
        raise Refused("bad_expression", f"{name} must be a whole number from {low} to {high:,}, not {shown(value)}")
    return figure


def _mark(value: Any) -> str:
    mark = _text(value)
    if mark not in ("", ".", ","):
        raise Refused("bad_expression", f"decimal must be '.' or ',', not {shown(mark)}")
    return mark


def _amount(value: Any, decimal: str = "") -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return parse_amount(_text(value), decimal)
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _worth(value: Any) -> Decimal:
    return parse_price(value).amount if isinstance(value, str) else Decimal(value)


def _pair(value: Any, sale: Any) -> tuple[Decimal | None, Decimal | None]:
    return (
        None if _is_blank(value) else _amount(value),
        None if _is_blank(sale) else _amount(sale),
    )


@lru_cache(maxsize=16_384)
def _date(text: str, style: str, locale: str) -> str:
    if len(text) > 64 or len(style) > 64:
        raise Refused("not_a_date", f"{shown(text)} is not a date", seen=text)
    place = parse_locale(locale)
    try:
        if found := _ISO_DATE.fullmatch(text):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        else:
            day = parse_date(text, locale=place)
            if day.year < 100:
                raise ValueError
    except (ValueError, IndexError, KeyError, AttributeError):
        raise Refused("not_a_date", f"{shown(text)} is not a date", seen=text) from None
    try:
        # A pattern may ask for the hour; midnight is what a date has.
        moment = day if style in _DATE_STYLES else datetime(day.year, day.month, day.day)  # noqa: DTZ001
        return format_date(moment, style, locale=place)
    except (ValueError, KeyError, AttributeError, TypeError, NotImplementedError):
        raise Refused("bad_expression", f"{shown(style)} is not a date format such as 'long' or 'd MMMM'") from None
