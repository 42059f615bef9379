"""Prices as feeds write them -> exact amounts with a currency -> money as a locale writes it. Pure.

    cell text -> Price -> text

Nothing is guessed that could print a wrong price: a sign that several currencies share, a bare number and `1.234`
without a currency are refused, and a cell such as `from 9.99` or `POA` is no price. Left out: conversion.
"""

from __future__ import annotations

import re
import unicodedata
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, get_currency_precision, get_currency_symbol, list_currencies

from bulkgen.mapping.problems import Refused, shown

# The currencies that write a sign. More than one: the locale decides, or the mapping.
SIGNS: dict[str, tuple[str, ...]] = {
    "€": ("EUR",),
    "$": ("USD", "CAD", "AUD", "MXN", "COP", "CLP", "ARS", "SGD", "NZD", "HKD", "TWD"),
    "us$": ("USD",),
    "c$": ("CAD",),
    "ca$": ("CAD",),
    "a$": ("AUD",),
    "au$": ("AUD",),
    "nz$": ("NZD",),
    "hk$": ("HKD",),
    "s$": ("SGD",),
    "r$": ("BRL",),
    "£": ("GBP", "EGP"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "円": ("JPY",),
    "元": ("CNY",),
    "₹": ("INR",),
    "rs": ("INR", "PKR", "LKR"),
    "rs.": ("INR", "PKR", "LKR"),
    "₽": ("RUB",),
    "руб": ("RUB",),
    "руб.": ("RUB",),
    "₴": ("UAH",),
    "грн": ("UAH",),
    "грн.": ("UAH",),
    "₺": ("TRY",),
    "tl": ("TRY",),
    "₩": ("KRW",),
    "원": ("KRW",),
    "₫": ("VND",),
    "đ": ("VND",),
    "฿": ("THB",),
    "₪": ("ILS",),
    "zł": ("PLN",),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
    "kr.": ("DKK", "SEK", "NOK", "ISK"),
    "kč": ("CZK",),
    "ft": ("HUF",),
    "лв": ("BGN",),
    "лв.": ("BGN",),
    "lei": ("RON",),
    "rp": ("IDR",),
    "r": ("ZAR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "us $": ("USD",),
    "nt$": ("TWD",),
    "mx$": ("MXN",),
    "fr.": ("CHF",),
    "sfr.": ("CHF",),
    "rm": ("MYR",),
    "s/": ("PEN",),
    "₱": ("PHP",),
    "₦": ("NGN",),
    "₸": ("KZT",),
    "₾": ("GEL",),
    "₼": ("AZN",),
    "₵": ("GHS",),
    "₡": ("CRC",),
    "₲": ("PYG",),
    "د.إ": ("AED",),
    "ر.س": ("SAR",),
    "ج.م": ("EGP",),
    "د.ك": ("KWD",),
    "د.ب": ("BHD",),
    "ر.ع": ("OMR",),
    "ر.ق": ("QAR",),
    "د.أ": ("JOD",),
    "د.م": ("MAD",),
    "د.ت": ("TND",),
}
_OLD_CODES = {"RUR": "RUB"}
_CODES = frozenset(list_currencies()) | frozenset(_OLD_CODES)
# CLDR prints four-digit amounts of these locales without a group mark; Babel does not know that rule.
_GROUPS_FROM_FIVE = frozenset(("es", "es_ES", "pl", "pl_PL", "pt_PT"))

# More digits than any price has; what is longer is a GTIN or a mistake, and costs time to work with.
_MAX_WHOLE_DIGITS = 15
_MAX_DECIMALS = 6
_MAX_CHARACTERS = 64

_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007\u2002\u2003\t\n\r"), " ")
_ARABIC = {ord("٫"): ".", ord("٬"): ",", ord("’"): "'", ord("ʼ"): "'", ord("−"): "-", ord("–"): "-", ord("—"): "-"}
_CLEAN = _MARKS | _SPACES | _ARABIC
_SHAPE = re.compile(
    r"(?P<before>[^\d\s.,'()-][^\d()-]*?)?\s*"
    r"(?P<number>\d[\d.,' ]*?)(?P<dash>[.,]-{1,2})?\s*"
    r"(?P<after>[^\d\s'()-][^\d()-]*)?"
)


@dataclass(frozen=True, slots=True)
class Price:
    """An exact amount, not negative. `currencies` are those the cell may mean; () when it names none."""

    amount: Decimal
    currencies: tuple[str, ...] = ()


@lru_cache(maxsize=16_384)
def parse_price(text: str, decimal: str = "", currency: str = "") -> Price:
    """A cell -> Price. `decimal` is the decimal mark if the user said it; `currency` helps to read `1.234`.

    Raises Refused: `not_a_price`, `ambiguous_number`.
    """
    plain = unicodedata.normalize("NFC", text).translate(_CLEAN).strip()
    found = _SHAPE.fullmatch(plain) if 0 < len(plain) <= _MAX_CHARACTERS else None
    if found is None:
        raise Refused("not_a_price", f"{shown(text)} is not a price", seen=text)
    before, after = (_currencies((found[side] or "").strip()) for side in ("before", "after"))
    if before is None or after is None or (before and after and not set(before) & set(after)):
        raise Refused("not_a_price", f"{shown(text)} is not a price", seen=text)
    both = tuple(code for code in before if code in after) if before and after else before or after
    # Where a sign belongs to several currencies and none has three decimals, `$1.234` is a thousand in all of them.
    is_plain = bool(both) and all(get_currency_precision(code) != 3 for code in both)
    hint = both[0] if len(both) == 1 or (is_plain and not currency) else currency
    try:
        return Price(_amount(_digits(found["number"].strip()), decimal, hint), both)
    except _UnreadableError:
        raise Refused("not_a_price", f"{shown(text)} is not a price", seen=text) from None
    except _AmbiguousError:
        raise Refused(
            "ambiguous_number", f"{shown(text)} can be read with thousands or with decimals", seen=text
        ) from None


def parse_amount(text: str, decimal: str = "") -> Decimal:
    """A cell -> a number that may be negative; a currency or a percent sign beside it is passed over."""
    plain = text.translate(_CLEAN).strip()
    negative = plain.startswith("-")
    core = plain.removeprefix("-").removeprefix("+").removesuffix("%")
    try:
        amount = parse_price(core, decimal).amount
    except Refused as refused:
        code = refused.code if refused.code == "ambiguous_number" else "not_a_number"
        message = refused.message if code == "ambiguous_number" else f"{shown(text)} is not a number"
        raise Refused(code, message, seen=text) from None
    return -amount if negative else amount


def is_price(text: str) -> bool:
    """Whether a cell holds a price that could be shown: readable and above zero."""
    try:
        return parse_price(text).amount > 0
    except Refused:
        return False


def format_price(
    text: str, currency: str = "", locale: str = "en_US", digits: int | None = None, decimal: str = ""
) -> str:
    """A cell as money. Raises Refused; zero is no price, since no banner gives things away by mistake."""
    price = parse_price(text, decimal, currency)
    if price.amount <= 0:
        raise Refused("not_a_price", f"{shown(text)} is zero, which is no price", seen=text)
    return format_money(price.amount, _settle(price.currencies, currency, locale, text), locale, digits)


@lru_cache(maxsize=16_384)
def format_money(amount: Decimal, currency: str, locale: str = "en_US", digits: int | None = None) -> str:
    """An amount as the locale writes it, rounded half up to the currency's digits.

    Babel rounds half to even, which prints 1234.5 JPY as 1,234; so it is rounded before Babel sees it.
    """
    places = get_currency_precision(currency) if digits is None else digits
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    place = parse_locale(locale)
    text: str = _pattern(locale, places, is_money=True).apply(
        rounded,
        place,
        currency=currency,
        currency_digits=False,
        group_separator=not (str(place) in _GROUPS_FROM_FIVE and abs(rounded) < 10_000),
    )
    # CLDR sets a code apart from the digits it stands before; Babel leaves `KWD12.500`.
    return text.replace(currency, f"{currency}\u00a0") if re.search(rf"{currency}\d", text) else text


@lru_cache(maxsize=16_384)
def format_number(amount: Decimal, locale: str, digits: int) -> str:
    """A number as the locale writes it, rounded half up to `digits` decimals."""
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text: str = _pattern(locale, digits, is_money=False).apply(rounded, parse_locale(locale))
    return text


@lru_cache(maxsize=256)
def _pattern(locale: str, digits: int, *, is_money: bool) -> NumberPattern:
    """The locale's own pattern, with so many decimals."""
    place = parse_locale(locale)
    pattern: NumberPattern = copy(place.currency_formats["standard"] if is_money else place.decimal_formats[None])
    pattern.frac_prec = (digits, digits)
    return pattern


@lru_cache(maxsize=256)
def parse_locale(name: str) -> Locale:
    """Raises Refused with the form that is expected."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError, TypeError, AttributeError):
        raise Refused("bad_expression", f"{shown(name)} is not a locale such as en_US, de_DE or fr_FR") from None


def is_currency(code: str) -> bool:
    return code in _CODES


def check_currency(code: str) -> str:
    if code not in _CODES:
        raise Refused("bad_expression", f"{shown(code)} is not a currency code such as EUR, USD or JPY")
    return _OLD_CODES.get(code, code)


class _UnreadableError(Exception):
    pass


class _AmbiguousError(Exception):
    pass


def _currencies(token: str) -> tuple[str, ...] | None:
    """What a sign or a code may mean; () for none at all, None for a word that is no currency."""
    if not token:
        return ()
    if token in _CODES:
        return (_OLD_CODES.get(token, token),)
    sign = token.lower()
    return SIGNS.get(sign) or SIGNS.get(sign.rstrip("."))


def _settle(candidates: tuple[str, ...], wanted: str, locale: str, text: str) -> str:
    if wanted:
        wanted = check_currency(wanted)
        if candidates and wanted not in candidates:
            raise Refused(
                "price_in_another_currency",
                f"{shown(text)} is in {' or '.join(candidates[:3])}, the mapping says {wanted}",
                seen=text,
            )
        return wanted
    if len(candidates) == 1:
        return candidates[0]
    # A sign that several currencies share is settled where the locale prints just one of them with that very sign:
    # what is shown is then what was read.
    sign = next((mark for mark, codes in SIGNS.items() if codes == candidates), "")
    place = parse_locale(locale)
    printed = [code for code in candidates if get_currency_symbol(code, place).lower().rstrip(".") == sign.rstrip(".")]
    if len(printed) == 1:
        return printed[0]
    which = f"may be {', '.join(candidates[:4])}" if candidates else "names no currency"
    raise Refused("price_without_currency", f"{shown(text)} {which}", seen=text)


def _digits(text: str) -> str:
    """Digits of any script as ASCII."""
    return text if text.isascii() else "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)


def _amount(number: str, decimal: str, currency: str) -> Decimal:
    for mark in ("'", " "):
        if mark in number:
            whole = re.split(r"[.,]", number)[0]
            _groups(whole.split(mark))
            if mark in number[len(whole) :]:
                raise _UnreadableError
            number = number.replace(mark, "")
            # What is grouped by spaces or apostrophes has its decimal mark left over.
            decimal = decimal or next((c for c in number if c in ".,"), "")
    whole, fraction = _split(number, decimal, currency)
    if len(whole) > _MAX_WHOLE_DIGITS or len(fraction) > _MAX_DECIMALS or not whole:
        raise _UnreadableError
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def _split(number: str, decimal: str, currency: str) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    marks = [c for c in number if c in ".,"]
    kinds = set(marks)
    if not marks:
        return number, ""
    if decimal:
        mark = decimal
        if number.count(mark) > 1:
            raise _UnreadableError
    elif len(kinds) == 2:
        mark = marks[-1]
        if number.count(mark) > 1:
            raise _UnreadableError
    elif len(marks) > 1:
        mark = ""
    else:
        mark = _lone_mark(number, marks[0], currency)
    other = next(iter(kinds - {mark}), "")
    whole, _, fraction = number.partition(mark) if mark else (number, "", "")
    if other:
        if other in fraction:
            raise _UnreadableError
        if other in whole:
            whole = _groups(whole.split(other))
    return whole, fraction


def _lone_mark(number: str, mark: str, currency: str) -> str:
    """One mark, once: the decimal mark, or "" when it groups."""
    whole, _, rest = number.partition(mark)
    if len(rest) != 3 or len(whole) > 3 or whole.startswith("0"):
        return mark
    if not currency or currency not in _CODES:
        raise _AmbiguousError
    return mark if get_currency_precision(currency) == 3 else ""


def _groups(parts: list[str]) -> str:
    """Groups of thousands (of hundreds before the last, in India). Raises when they are none."""
    first, *middle, last = parts if len(parts) > 1 else ("", *parts)
    sizes = {len(part) for part in middle}
    if not 1 <= len(first) <= 3 or len(last) != 3 or (sizes and sizes not in ({3}, {2})):
        raise _UnreadableError
    return "".join(parts)
