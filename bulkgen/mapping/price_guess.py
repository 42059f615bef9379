"""Prices, whose names mean different things in different feeds: which one is to pay, and how it is written. Pure.

    Draft -> Draft with its price layers filled

`price` is the regular one at Google and the one to pay at Shopify; what else there is decides, and the amounts are
asked whether they agree. A design's own "€179" or "−17%" is never let through beside a price from the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bulkgen.mapping.aliases import alias, header_currency
from bulkgen.mapping.contents import Content
from bulkgen.mapping.draft import TEXTS, Draft, own_value
from bulkgen.mapping.guess import Certainty
from bulkgen.mapping.money import is_currency, parse_price
from bulkgen.mapping.problems import Refused, shown
from bulkgen.wire.design import Element

PRICE_FIELDS = ("price", "regular_price", "sale_price")
# As feeds write prices, and no person does: the code beside a number, with a decimal point or none.
_FEED_FORM = re.compile(r"(?:[A-Z]{3} ?\d+(?:\.\d+)?)|(?:\d+(?:\.\d+)? ?[A-Z]{3})")
_AMBIGUOUS = re.compile(r"\D*\d{1,3}[.,]\d{3}\D*")
_COMMA_DECIMALS = re.compile(r"\D*[\d.' ]*\d,\d{1,2}\D*")
_PERCENT = re.compile(r"([-−–]?\s?)\d{1,2}(\s?%.{0,6})")
_SIGN_BEHIND = re.compile(r"\s*[\d.,' \u00a0\u202f]+\D+")


# Where a currency is printed in one way only, a design from elsewhere does not change that. Money of several languages
# (EUR, USD, GBP and others) is written as the design writes its own.
_HOMES = {
    "BGN": "bg_BG",
    "BRL": "pt_BR",
    "CHF": "de_CH",
    "CZK": "cs_CZ",
    "DKK": "da_DK",
    "HUF": "hu_HU",
    "IDR": "id_ID",
    "ILS": "he_IL",
    "INR": "en_IN",
    "JPY": "ja_JP",
    "KRW": "ko_KR",
    "NOK": "nb_NO",
    "PLN": "pl_PL",
    "RON": "ro_RO",
    "RUB": "ru_RU",
    "SEK": "sv_SE",
    "THB": "th_TH",
    "TRY": "tr_TR",
    "UAH": "uk_UA",
    "VND": "vi_VN",
}


@dataclass(frozen=True, slots=True)
class _Prices:
    """The columns: `before` is the price without the reduction, `reduced` what it is compared with."""

    before: str | None
    reduced: str | None
    present: tuple[str, ...]


def take_prices(draft: Draft) -> None:
    price, net = draft.column("price"), draft.column("net_price")
    regular, sale = draft.column("regular_price"), draft.column("sale_price")
    if net:
        other = "; the one with tax is there" if price or regular else ", and people are shown the one with it"
        draft.tell(net, "", f"a price without tax{other}", Certainty.QUESTION)
    certainty = Certainty.LIKELY
    if not (price or regular or sale):
        price, certainty = _by_content(draft), Certainty.POSSIBLE
    present = tuple(header for header in (price, regular, sale) if header)
    if not present:
        return
    before = regular or (price if sale else None)
    found = _Prices(before, (sale or price) if before else None, present)
    if before and not _is_plausible(draft, before, sale or price or ""):
        for header in present:
            draft.tell(header, "", "the regular price is below the current one in most rows", Certainty.QUESTION)
        return
    _give_prices(draft, found, (price, regular, sale), certainty)


def _by_content(draft: Draft) -> str | None:
    """A column of amounts with a currency is a price, whatever it is called, if it is the only one."""
    if draft.layer(("price", "sale_price"), TEXTS) is None:
        return None
    found = [
        header
        for header in draft.left()
        if draft.contents(header).kind is Content.PRICE and draft.known(header) is None
    ]
    if len(found) > 1:
        draft.tell_tie(found, "price")
    return found[0] if len(found) == 1 else None


def _give_prices(
    draft: Draft, found: _Prices, columns: tuple[str | None, str | None, str | None], certainty: Certainty
) -> None:
    price, regular, sale = columns
    now_layer, was_layer = draft.layer(("price", "sale_price"), TEXTS), draft.layer(("regular_price",), TEXTS)
    say = draft.columns.expression
    if now_layer:
        header = sale or price or regular or ""
        if sale and found.before:
            value = f"{say(found.before)} | now({say(sale)})"
            reason = f"{sale!r} where it is lower, else {found.before!r}"
            if period := _period(draft):
                certainty, reason = Certainty.POSSIBLE, reason + period
        else:
            value = say(header)
            known = draft.known(header)
            reason = "a feed's name for it"
            if known is None:
                reason = "its cells are prices"
            elif not known.is_strong:
                certainty, reason = Certainty.POSSIBLE, "a possible name for it, and the values fit"
            if price and regular:
                reason = f"the current price, since {regular!r} is the one before"
        written = _written(draft, (header, found.before) if sale and found.before else (header,), now_layer)
        spec = {"payload": f"{{{{ {value}{written.filter} }}}}"}
        if _is_missing_somewhere(draft, [sale, found.before] if sale and found.before else [header]):
            # The design's own "€149" beside a product of another price is worse than no price.
            spec["empty"] = "hide"
            reason += "; hidden where there is none"
        draft.give(now_layer, spec, header, reason + written.note, certainty)
    if was_layer and found.before:
        value = say(found.before)
        if found.reduced and found.reduced != found.before:
            value = f"{value} | was({say(found.reduced)})"
        written = _written(draft, (found.before,), was_layer)
        spec = {"payload": f"{{{{ {value}{written.filter} }}}}", "empty": "hide"}
        draft.give(was_layer, spec, found.before, "the price before a reduction" + written.note)
    _give_saving(draft, found)
    for header in found.present:
        if header not in draft.lines and (now_layer or was_layer):
            draft.tell(header, f"{now_layer or was_layer}.payload", "compared with it", Certainty.LIKELY)


def _give_saving(draft: Draft, found: _Prices) -> None:
    """A layer that shows `−17%` shows what it is for this product, or nothing."""
    layer = _percent_layer(draft)
    if layer is None or not found.before or not found.reduced or found.before == found.reduced:
        return
    shape = _PERCENT.fullmatch(own_value(layer).strip())
    before, after = (shape[1], shape[2]) if shape else ("−", "%")
    say = draft.columns.expression
    own = "" if (before, after) == ("−", "%") else f", {_quoted(before)}, {_quoted(after)}"
    value = f"{{{{ {say(found.before)} | percent_off({say(found.reduced)}{own}) }}}}"
    reason = f"how far {found.reduced!r} is below {found.before!r}"
    draft.give(layer.name, {"payload": value, "empty": "hide"}, found.reduced, reason)


def _percent_layer(draft: Draft) -> Element | None:
    found = [one for one in draft.free(TEXTS) if _PERCENT.fullmatch(own_value(one).strip())]
    return found[0] if len(found) == 1 else None


def settle_prices(draft: Draft) -> None:
    """After all columns: how a price reads that its own header named, and what of the design's own must not show."""
    priced = [layer for layer in draft.layers() if layer.type in TEXTS and _field(layer) in PRICE_FIELDS]
    filled = [layer for layer in priced if f"{layer.name}.payload" in draft.taken]
    for layer in filled:
        header = draft.taken[f"{layer.name}.payload"]
        spec = draft.elements.get(layer.name, {})
        if spec.get("payload") == draft.source(header):
            written = _written(draft, (header,), layer.name)
            spec["payload"] = f"{{{{ {draft.columns.expression(header)}{written.filter} }}}}"
            draft.add_note(f"{layer.name}.payload", written.note)
    if not any(_field(layer) in ("price", "sale_price") for layer in filled):
        return
    for layer in draft.free(TEXTS):
        own = own_value(layer).strip()
        # Fifty percent may be the campaign; minus seventeen is one product's.
        is_sample = _field(layer) == "regular_price" or re.match(r"[-−–]\s?\d{1,2}\s?%", own)
        if own and is_sample and not layer.mandatory:
            draft.hide(layer.name, f"no column says what it was before, and the design's own {shown(own)} is not true")


def _field(layer: Element) -> str:
    known = alias(layer.name)
    return known.field if known and known.is_strong else ""


@dataclass(frozen=True, slots=True)
class _Written:
    """How amounts of a column get to be money: the filter, and what a person should know of it."""

    filter: str = ""
    note: str = ""


def _written(draft: Draft, headers: Sequence[str | None], layer: str) -> _Written:
    """Cells in the form of a feed are written as the design writes its own price; what people typed stays."""
    cells = [cell for header in headers if header for cell in draft.contents(header).cells]
    if not cells:
        return _Written()
    odd = next((cell for cell in cells if not _is_amount(cell)), None)
    if odd is not None:
        return _Written(note=f"; cells such as {shown(odd, 24)} are no plain price and stay as they are")
    own = next((own_value(one) for one in draft.layers() if one.name == layer), "")
    if all(_FEED_FORM.fullmatch(cell) for cell in cells):
        codes = {code for cell in cells for code in parse_price(cell).currencies}
        locale, how = _locale(codes, own)
        return _Written(f" | money{_arguments(locale=locale)}", how)
    # Every cell is an amount by now, so that what is no digit or mark is a currency.
    named = [re.search(r"[^\d.,'’\s–-]", cell) is not None for cell in cells]
    if all(named):
        return _Written()
    if any(named):
        return _Written(note="; some of its cells name a currency and others none")
    named_above = {header_currency(header) for header in headers if header}
    if len(named_above) == 1 and (code := next(iter(named_above))):
        locale, how = _locale({code}, own)
        return _Written(f" | money({_quoted(code)}{_more(locale=locale)})", f"; in {code}, as its header says{how}")
    currency = _currency_column(draft)
    if currency is None:
        return _Written(note="; its cells name no currency, which `| money('EUR')` would add")
    mark = "," if any(map(_COMMA_DECIMALS.fullmatch, cells)) and any(map(_AMBIGUOUS.fullmatch, cells)) else ""
    if currency not in draft.lines:
        draft.tell(currency, f"{layer}.payload", "the currency of its price", Certainty.LIKELY)
    locale, how = _locale(set(draft.contents(currency).cells), own)
    first = draft.columns.expression(currency)
    return _Written(f" | money({first}{_more(locale=locale, decimal=mark)})", f"; in the currency of {currency!r}{how}")


def _currency_column(draft: Draft) -> str | None:
    """The column of currency codes, if every filled row of the sample has a real one."""
    found = [
        header
        for header in draft.columns.headers
        if (known := alias(header))
        and known.field == "currency"
        and draft.contents(header).is_filled
        and len(draft.contents(header).cells) == len(draft.sample)
        and all(map(is_currency, draft.contents(header).cells))
    ]
    return found[0] if len(found) == 1 else None


def _arguments(**named: str) -> str:
    text = _more(**named).removeprefix(", ")
    return f"({text})" if text else ""


def _more(**named: str) -> str:
    return "".join(f", {name}={_quoted(value)}" for name, value in named.items() if value)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _locale(codes: set[str], own: str) -> tuple[str, str]:
    """A locale for money of these currencies ("" for the usual, with the sign in front), and what to say of it."""
    home = _HOMES.get(next(iter(codes)), "") if len(codes) == 1 else ""
    if home:
        return home, f"; written as in {home}"
    locale = "de_DE" if _SIGN_BEHIND.fullmatch(own) else ""
    return locale, f"; written like the design's own {shown(own, 24)}" if own else ""


def _period(draft: Draft) -> str:
    """A sale may be over; an expression knows no today."""
    found = [
        header
        for header in draft.columns.headers
        if (known := alias(header)) and known.field == "sale_period" and draft.contents(header).is_filled
    ]
    return f"; whether the sale is on ({', '.join(found)}) is not looked at" if found else ""


def _is_plausible(draft: Draft, before: str, current: str) -> bool:
    """Whether the regular price is not below the current one in most rows that have both."""
    pairs = [(_worth(row.get(before, "")), _worth(row.get(current, ""))) for row in draft.sample]
    both = [(regular, reduced) for regular, reduced in pairs if regular and reduced]
    return not both or sum(regular >= reduced for regular, reduced in both) * 2 >= len(both)


def _is_missing_somewhere(draft: Draft, headers: Sequence[str]) -> bool:
    return any(not any(row.get(header, "").strip() for header in headers) for row in draft.sample)


def _worth(cell: str) -> Decimal | None:
    try:
        return parse_price(cell).amount
    except Refused:
        return None


def _is_amount(cell: str) -> bool:
    try:
        parse_price(cell)
    except Refused as refused:
        return refused.code == "ambiguous_number"
    return True
