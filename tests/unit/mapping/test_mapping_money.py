"""Prices as feeds write them (the list of the feed reference), read, refused and written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bulkgen.mapping.money import format_money, format_price, is_price, parse_amount, parse_price
from bulkgen.mapping.problems import Refused

NBSP, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("cell", "amount", "currencies"),
    [
        ("15.00 USD", "15.00", ("USD",)),
        ("1.234,50 €", "1234.50", ("EUR",)),
        (f"1{NARROW}234,50{NBSP}€", "1234.50", ("EUR",)),
        ("€ 1.234,50", "1234.50", ("EUR",)),
        ("CHF 1’234.50", "1234.50", ("CHF",)),
        ("1'234.50", "1234.50", ()),
        ("12,34,567.50", "1234567.50", ()),
        ("₹1,00,000.00", "100000.00", ("INR",)),
        ("1.234.567", "1234567", ()),
        ("1234,-", "1234", ()),
        ("1234,–", "1234", ()),
        ("1.234 USD", "1234", ("USD",)),
        ("1,234 EUR", "1234", ("EUR",)),
        ("1.234 KWD", "1.234", ("KWD",)),
        ("27.08 OMR", "27.08", ("OMR",)),
        ("400.0 GBP", "400.0", ("GBP",)),
        ("200000 XOF", "200000", ("XOF",)),
        ("12490", "12490", ()),
        ("1,235円", "1235", ("JPY",)),
        ("R$ 1.234,50", "1234.50", ("BRL",)),
        ("1 234,50 Kč", "1234.50", ("CZK",)),
        ("1.234,50 лв.", "1234.50", ("BGN",)),
        ("1,234.50 ₪", "1234.50", ("ILS",)),
        ("\u200e1,234.50\u200f د.إ.", "1234.50", ("AED",)),
        ("١٬٢٣٤٫٥٠ ر.س", "1234.50", ("SAR",)),
        ("0.125", "0.125", ()),
        ("RUR 90", "90", ("RUB",)),
        ("USD 5 $", "5", ("USD",)),
    ],
)
def test_a_price_is_read_exactly_as_feeds_write_it(cell: str, amount: str, currencies: tuple[str, ...]) -> None:
    """A price that is read wrong is printed wrong, on every banner of the feed."""
    price = parse_price(cell)
    assert (price.amount, price.currencies) == (Decimal(amount), currencies)


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "from 9.99",
            "ab 9,99 €",
            "9.99-19.99",
            "не указана",
            " USD",
            "free",
            "POA",
            "#N/A",
            "",
            "   ",
            "-5",
            "−5 EUR",
        ),
        *("(5.00)", "1 2 3", "1,2,3", "1.5.3", "1..2", "12 USD EUR", "top 5", "9" * 40, "1'23.50", "USD 5 EUR"),
    ],
)
def test_what_is_no_price_is_refused(cell: str) -> None:
    """`from 9.99` shown as 9.99 promises a price that the shop does not have."""
    with pytest.raises(Refused) as refused:
        parse_price(cell)
    assert refused.value.code == "not_a_price"


@pytest.mark.parametrize("cell", ["1.234", "1,234", "12.345"])
def test_one_mark_before_three_digits_is_not_guessed_without_a_currency(cell: str) -> None:
    """A guess is wrong by a factor of a thousand."""
    with pytest.raises(Refused) as refused:
        parse_price(cell)
    assert refused.value.code == "ambiguous_number"


def test_the_decimal_mark_can_be_said() -> None:
    assert parse_price("1.234", ",").amount == 1234
    assert parse_price("1.234", ".").amount == Decimal("1.234")
    assert parse_price("1.234,5", ",").amount == Decimal("1234.5")


@pytest.mark.parametrize(
    ("locale", "currency", "shown"),
    [
        ("en_US", "USD", "$1,234.50"),
        ("en_GB", "GBP", "£1,234.50"),
        ("en_IN", "INR", "₹1,234.50"),
        ("de_DE", "EUR", f"1.234,50{NBSP}€"),
        ("fr_FR", "EUR", f"1{NARROW}234,50{NBSP}€"),
        ("es_ES", "EUR", f"1234,50{NBSP}€"),
        ("pl_PL", "PLN", f"1234,50{NBSP}zł"),
        ("pt_PT", "EUR", f"1234,50{NBSP}€"),
        ("de_CH", "CHF", f"CHF{NBSP}1’234.50"),
        ("sv_SE", "SEK", f"1{NBSP}234,50{NBSP}kr"),
        ("ja_JP", "JPY", "￥1,235"),
    ],
)
def test_money_is_written_as_the_locale_writes_it(locale: str, currency: str, shown: str) -> None:
    assert format_money(Decimal("1234.5"), currency, locale) == shown


def test_group_marks_begin_at_five_digits_where_the_locale_has_it_so() -> None:
    assert format_money(Decimal("12345.5"), "EUR", "es_ES") == f"12.345,50{NBSP}€"


@pytest.mark.parametrize(("amount", "shown"), [("0.125", "€0.13"), ("2.675", "€2.68"), ("1234.5", "€1,234.50")])
def test_money_is_rounded_half_up(amount: str, shown: str) -> None:
    """The formatter's own rounding goes to even, which no shop does."""
    assert format_money(Decimal(amount), "EUR") == shown


def test_the_currency_sets_the_digits_unless_told_otherwise() -> None:
    assert format_money(Decimal("12.5"), "KWD", "en_US") == f"KWD{NBSP}12.500"
    assert format_money(Decimal("99"), "EUR", "en_US", 0) == "€99"


@pytest.mark.parametrize(
    ("cell", "currency", "code"),
    [
        ("12490", "", "price_without_currency"),
        ("5 kr", "", "price_without_currency"),
        ("Rs. 500", "", "price_without_currency"),
        ("15.00 USD", "EUR", "price_in_another_currency"),
        ("£5", "USD", "price_in_another_currency"),
        ("$0", "USD", "not_a_price"),
        ("POA", "EUR", "not_a_price"),
    ],
)
def test_a_currency_is_neither_guessed_nor_changed(cell: str, currency: str, code: str) -> None:
    """Dollars relabelled as euros are an offer that the shop has to keep."""
    with pytest.raises(Refused) as refused:
        format_price(cell, currency)
    assert refused.value.code == code


def test_a_shared_sign_is_read_as_the_currency_that_the_locale_prints_with_it() -> None:
    assert format_price("$9.99") == "$9.99"
    assert format_price("5 kr", locale="sv_SE") == f"5,00{NBSP}kr"
    assert format_price("£5", "GBP") == "£5.00"


def test_a_number_may_be_negative_and_may_be_a_percentage() -> None:
    assert parse_amount("-1,5") == Decimal("-1.5")
    assert parse_amount("12%") == 12
    with pytest.raises(Refused, match="is not a number"):
        parse_amount("twelve")


def test_zero_is_a_number_and_no_price() -> None:
    assert not is_price("0.00 EUR")
    assert is_price("0.01 EUR")


# The list of the feed reference: 1234.5 as shops of a country see it. A plain space stands for any of the others.
WORLD = """
en_US USD $1,234.50|en_CA CAD $1,234.50|en_AU AUD $1,234.50|es_MX MXN $1,234.50|en_GB GBP £1,234.50
en_IN INR ₹1,234.50|hi_IN INR ₹1,234.50|en_ZA ZAR R1 234,50|de_DE EUR 1.234,50 €|it_IT EUR 1.234,50 €
el_GR EUR 1.234,50 €|hr_HR EUR 1.234,50 €|sl_SI EUR 1.234,50 €|de_AT EUR € 1.234,50|nl_NL EUR € 1.234,50
nl_BE EUR € 1.234,50|de_CH CHF CHF 1’234.50|it_CH CHF CHF 1’234.50|fr_FR EUR 1 234,50 €|fr_BE EUR 1 234,50 €
fr_CA CAD 1 234,50 $|fr_CH CHF 1 234,50 CHF|es_ES EUR 1234,50 €|pt_PT EUR 1234,50 €|pt_BR BRL R$ 1.234,50
es_CO COP $1.234,50|es_CL CLP $1.235|es_AR ARS $1.234,50|cs_CZ CZK 1 234,50 Kč|sk_SK EUR 1 234,50 €
bg_BG BGN 1 234,50 лв.|hu_HU HUF 1 234,50 Ft|pl_PL PLN 1234,50 zł|ro_RO RON 1.234,50 RON|sv_SE SEK 1 234,50 kr
nb_NO NOK 1 234,50 kr|da_DK DKK 1.234,50 kr.|fi_FI EUR 1 234,50 €|et_EE EUR 1 234,50 €|lv_LV EUR 1 234,50 €
lt_LT EUR 1 234,50 €|ru_RU RUB 1 234,50 ₽|uk_UA UAH 1 234,50 ₴|tr_TR TRY ₺1.234,50|he_IL ILS 1,234.50 ₪
ja_JP JPY ￥1,235|zh_CN CNY ¥1,234.50|ko_KR KRW ₩1,235|id_ID IDR Rp1.234,50|vi_VN VND 1.235 ₫|th_TH THB ฿1,234.50
ar_AE AED 1,234.50 د.إ.|ar_EG EGP 1,234.50 ج.م.|ar_KW KWD 1,234.500 د.ك.
"""
PLACES = [tuple(line.split(" ", 2)) for line in WORLD.strip().replace("\n", "|").split("|")]


@pytest.mark.parametrize(("locale", "currency", "shown"), PLACES)
def test_money_of_the_world_is_written_as_shops_there_write_it_and_read_back(
    locale: str, currency: str, shown: str
) -> None:
    written = format_money(Decimal("1234.5"), currency, locale)
    plain = "".join(" " if c in (NBSP, NARROW) else c for c in written if c not in "\u200e\u200f\u061c")
    assert plain == shown
    read = parse_price(written, currency=currency)
    assert currency in read.currencies
    assert read.amount in (Decimal("1234.5"), Decimal(1235))


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("12,50 Euro", "12.50", "EUR"),
        ("Fr. 12.50", "12.50", "CHF"),
        ("US $5", "5", "USD"),
        ("NT$ 500", "500", "TWD"),
        ("RM 5.00", "5.00", "MYR"),
        ("₱ 5", "5", "PHP"),
        ("S/ 12.00", "12.00", "PEN"),
    ],
)
def test_signs_that_shops_use_are_read(cell: str, amount: str, currency: str) -> None:
    price = parse_price(cell)
    assert (price.amount, price.currencies) == (Decimal(amount), (currency,))


def test_a_shared_sign_settles_what_a_lone_mark_means() -> None:
    """`$` is of many countries, and none of them has mills in its prices."""
    assert parse_price("$1.235").amount == 1235
    assert parse_price("￥1,235").amount == 1235
