"""What operators do on cell texts, on prices and on numbers, within bounds. Pure.

Texts are joined with `~` or `+` and repeated with `*`; all other arithmetic is for numbers. Comparisons see numbers
in texts, since as texts "9.99" is above "10.00" and every sale would be the wrong way round.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

from bulkgen.mapping.limits import check_length, check_power, check_size, show
from bulkgen.mapping.money import parse_amount
from bulkgen.mapping.problems import Refused, shown

# Jinja's comparison -> the filter of ours that does it.
COMPARISONS = {"lt": "_lt", "lteq": "_le", "gt": "_gt", "gteq": "_ge", "eq": "_eq", "ne": "_ne"}
JOIN = "_join"
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
INTERCEPTED = frozenset(_ARITHMETIC)


def calculate(sign: str, left: Any, right: Any) -> Any:
    """Raises Refused, or an ArithmeticError or TypeError of Python's."""
    if isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple)):
        return _join_texts(sign, left, right)
    if sign == "**":
        check_power(left, right)
    # Feed prices are exact; a constant such as 0.9 in the mapping must not make them binary fractions.
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        left, right = (Decimal(str(side)) if isinstance(side, float) else side for side in (left, right))
    with localcontext(prec=40):
        return check_size(_ARITHMETIC[sign](left, right))


def join(parts: list[Any]) -> str:
    texts = [show(part) for part in parts]
    check_length(sum(map(len, texts)))
    return "".join(texts)


def _join_texts(sign: str, left: Any, right: Any) -> Any:
    """`+` and `*` on texts, bounded; everything else on texts is a mistake that is named."""
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return join([left, right])
    if sign == "*" and isinstance(left, str) and isinstance(right, int):
        check_length(len(left) * max(0, right))
        return left * right
    text = left if isinstance(left, str) else right
    raise Refused(
        "bad_expression",
        f"{sign!r} does not work on the text {shown(text)}",
        hint="a cell becomes a number with | amount; texts are joined with ~",
        seen=text if isinstance(text, str) else None,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _compared(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides as numbers where they are prices or numbers, so that "9.99" is below "10.00"."""
    if isinstance(left, str) and isinstance(right, str):
        try:
            return parse_amount(left), parse_amount(right)
        except Refused:
            return left, right
    sides = []
    for side in (left, right):
        if isinstance(side, str):
            sides.append(parse_amount(side))
        elif _is_number(side):
            sides.append(side if isinstance(side, Decimal) else Decimal(str(side)))
        else:
            raise Refused("bad_expression", f"{shown(side)} is neither more nor less than anything")
    return sides[0], sides[1]


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        # An empty cell is neither above nor below anything: a row without a price does not cost less than 10.
        if (isinstance(left, str) and not left.strip()) or (isinstance(right, str) and not right.strip()):
            return False
        first, second = _compared(left, right)
        return compare(first, second)

    return ordered


def _equal(left: Any, right: Any) -> bool:
    """Texts are equal as written; a text equals a number when it says that number."""
    if (isinstance(left, str) and _is_number(right)) or (_is_number(left) and isinstance(right, str)):
        try:
            first, second = _compared(left, right)
        except Refused:
            return False
        return bool(first == second)
    return bool(left == right)


INNER_FILTERS: dict[str, Callable[..., Any]] = {
    JOIN: join,
    "_lt": _ordering(lambda left, right: left < right),
    "_le": _ordering(lambda left, right: left <= right),
    "_gt": _ordering(lambda left, right: left > right),
    "_ge": _ordering(lambda left, right: left >= right),
    "_eq": _equal,
    "_ne": lambda left, right: not _equal(left, right),
}
