"""The bounds of an expression's work, and how a result becomes text. Pure.

A mapping may come from a stranger and run over a sheet of a stranger: no expression may take the memory or the
minutes of the machine. There are no loops, so the work is bounded by the length of the source; these bound the data.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bulkgen.mapping.problems import Refused, shown

# Ten times the longest text the API takes: room for an expression to cut from, and nothing that hurts.
MAX_CHARACTERS = 100_000
# The source of one expression; a mapping's longest real ones are a few hundred.
MAX_SOURCE = 4_000
# Levels of an expression: Jinja walks its tree by recursion, and so does the compiler behind it.
MAX_DEPTH = 50
# Past any price, weight or count; arithmetic stays in a few machine words.
_MAX_BITS = 128
_MAX_MAGNITUDE = 30
_MAX_BASE = 10**15


def check_length(characters: int) -> None:
    if characters > MAX_CHARACTERS:
        raise Refused(
            "result_too_long", f"the result would have {characters:,} characters, at most {MAX_CHARACTERS:,} are made"
        )


def check_size(value: Any) -> Any:
    """A number as it is, unless it is one that only a mistake or an attack makes."""
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise Refused("too_much_work", "the result is a number of more digits than anything in a sheet has")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _MAX_MAGNITUDE):
        raise Refused("too_much_work", "the result is a number of more digits than anything in a sheet has")
    return value


def check_power(base: Any, exponent: Any) -> None:
    """Before a power is worked out, since afterwards is too late."""
    if not isinstance(exponent, (int, float, Decimal)) or not -_MAX_BITS <= exponent <= _MAX_BITS:
        raise Refused("too_much_work", f"an exponent of {shown(exponent, 20)} is refused")
    if isinstance(base, (int, Decimal)) and not -_MAX_BASE <= base <= _MAX_BASE:
        raise Refused("too_much_work", "so large a number is not raised to a power")


def show(value: Any) -> str:
    """A result as text: a text as it is, 204.0 as 204, an exact amount with its decimals, true and false, no None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(check_size(value))
    if isinstance(value, Decimal):
        return format(check_size(value), "f")
    if isinstance(value, float):
        return format(check_size(Decimal(repr(value))).normalize(), "f")
    if isinstance(value, (list, tuple)):
        raise Refused("bad_expression", "the result is a list; take one of it with first, last or join")
    raise Refused("bad_expression", f"the result is {type(value).__name__}, which is no text")
