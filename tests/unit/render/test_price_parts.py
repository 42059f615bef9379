"""Prices as sheets have them -> amount, decimals, currency."""

from __future__ import annotations

import pytest

from bulkgen.render.price import Part, split_price

A, D, S, W = Part.AMOUNT, Part.DECIMALS, Part.SYMBOL, Part.WORDS


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.299,00 €", [("1.299,", A), ("00", D), (" €", W)]),
        ("$24.90", [("$", S), ("24.", A), ("90", D)]),
        ("CHF 12.50", [("CHF ", W), ("12.", A), ("50", D)]),
        ("1\u202f299,00\u00a0€", [("1\u202f299,", A), ("00", D), ("\u00a0€", W)]),
        ("$1,299", [("$", S), ("1,299", A)]),
        ("ab 9,- €", [("ab ", W), ("9", A), (",- €", W)]),
        ("−20 %", [("−20", A), (" %", W)]),
        ("2 for 5 €", [("2 for ", W), ("5", A), (" €", W)]),
        ("12,90 € / 100 g", [("12,", A), ("90", D), (" € / 100 g", W)]),
        ("from £5", [("from ", W), ("£", S), ("5", A)]),
        ("9 €", [("9", A), (" €", W)]),
        ("Sold out", [("Sold out", A)]),
        ("", []),
    ],
)
def test_a_price_is_told_apart(text: str, parts: list[tuple[str, Part]]) -> None:
    """Thousands set as cents would advertise another price than the shop's."""
    assert split_price(text) == parts
