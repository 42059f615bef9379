"""Which formats a row asks for. Pure.

The mapping says it for all rows (a list), or row by row (an expression whose result names them). An empty cell is
refused rather than read as "all": every format costs money. `all` says all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.expressions import Expression
from bulkgen.mapping.names import find, suggest
from bulkgen.mapping.problems import Refused, shown
from bulkgen.wire.design import Design

_ALL = frozenset(("all", "*"))
_SEPARATORS = re.compile(r"[,;|\n]+")


@dataclass(frozen=True, slots=True)
class FormatPlan:
    """`fixed` when all rows ask for the same formats."""

    design: Design
    fixed: tuple[str, ...] = ()
    source: Expression | None = None

    def wanted(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        """Format ids in the design's order. Raises Refused."""
        if self.source is None:
            return self.fixed
        value = self.source.value(cells)
        return read_formats(self.design, value)


def read_formats(design: Design, value: Any) -> tuple[str, ...]:
    """A list, or names separated by commas, semicolons, line breaks or spaces. Raises Refused."""
    if isinstance(value, (list, tuple)):
        names = [str(name).strip() for name in value]
    elif isinstance(value, str):
        names = [name.strip() for name in _SEPARATORS.split(value)]
    else:
        raise Refused("unknown_format", f"{shown(value)} names no formats")
    names = [name for name in names if name]
    if not names:
        raise Refused("no_format", "the row asks for no format")
    if any(name.lower() in _ALL for name in names):
        return tuple(item.id for item in design.formats)
    found: set[str] = set()
    for name in names:
        found.update(_named(design, name))
    return tuple(item.id for item in design.formats if item.id in found)


def find_format(design: Design, name: str) -> str | None:
    exact = design.format(name)
    return exact.id if exact else find(name, [item.id for item in design.formats])


def suggest_format(design: Design, name: str) -> str:
    return suggest(name, [item.id for item in design.formats], "formats")


def _named(design: Design, name: str) -> Sequence[str]:
    """One format, or several that only spaces separate: a name may hold spaces itself."""
    whole = find_format(design, name)
    if whole:
        return (whole,)
    words = [find_format(design, word) for word in name.split()]
    if len(words) > 1 and all(words):
        return [word for word in words if word]
    raise Refused(
        "unknown_format", f"the design has no format {shown(name)}", hint=suggest_format(design, name), seen=name
    )
