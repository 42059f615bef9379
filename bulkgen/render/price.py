"""A price in words -> its parts, so that currency and decimals can be set smaller than the amount.

Pure text work on what a sheet says: "1.299,00 €", "$24.90", "CHF 12.50", "ab 9,- €". The text is never changed.
"""

from __future__ import annotations

import re
from enum import Enum

_NUMBER = re.compile("\\d(?:[\\d.,'’ \u00a0\u202f]*\\d)?")
_CURRENCY = re.compile(r"[$€£¥₩₹₽₺₫₴₪฿₱₦]|(?<![A-Za-z])(?:[A-Z]{3}|kr|zł|Kč|Fr|R\$)(?![A-Za-z])")
_DECIMALS = re.compile(r"([.,])(\d{2})$")


class Part(Enum):
    AMOUNT = "amount"  # full size
    DECIMALS = "decimals"  # small, raised to the top of the figures
    SYMBOL = "symbol"  # a currency sign before the amount: small, raised
    WORDS = "words"  # everything else: small, on the baseline


def split_price(text: str) -> list[tuple[str, Part]]:
    """The parts in order; joined they are `text`. A text without a number is all amount: nothing to set off."""
    number = _amount(text)
    if number is None:
        return [(text, Part.AMOUNT)] if text else []
    start, end = number
    if start and text[start - 1] in "-−–+":
        start -= 1
    figures = text[start:end]
    decimals = _DECIMALS.search(figures)
    parts = _before(text[:start])
    if decimals:
        # The separator stays on the line and full size: raised, it would float as an apostrophe.
        parts += [(figures[: decimals.end(1)], Part.AMOUNT), (decimals.group(2), Part.DECIMALS)]
    else:
        parts.append((figures, Part.AMOUNT))
    if text[end:]:
        parts.append((text[end:], Part.WORDS))
    return parts


def _amount(text: str) -> tuple[int, int] | None:
    """Where the number stands that has a currency beside it, else the first number."""
    numbers = [match.span() for match in _NUMBER.finditer(text)]
    if not numbers:
        return None
    for start, end in numbers:
        before, after = text[:start].rstrip(" \u00a0\u202f-−–+"), text[end:].lstrip(" \u00a0\u202f-–,.")
        if any(match.end() == len(before) for match in _CURRENCY.finditer(before)) or _CURRENCY.match(after):
            return start, end
    return numbers[0]


def _before(text: str) -> list[tuple[str, Part]]:
    """What stands before the amount; a sign that touches it is raised, a code or a word is not."""
    if not text:
        return []
    if text[-1] in "$€£¥₩₹₽₺₫₴₪฿₱₦":
        head = text[:-1]
        return [*([(head, Part.WORDS)] if head else []), (text[-1], Part.SYMBOL)]
    return [(text, Part.WORDS)]
