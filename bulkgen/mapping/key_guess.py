"""Which column could name a row for good. Pure.

    headers + all rows -> KeyProposal

A key is worth having when every row has one and no two have the same; a name such as `id` only says where to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bulkgen.mapping.aliases import alias, normalise

# Shops' own numbers before names made for addresses, which change with the title.
_ORDER = ("id", "sku", "offer id", "content id", "article number", "artikelnummer", "gtin", "ean", "handle", "slug")
_FIELDS = ("id", "gtin")
_LINKS = ("slug", "url key")


@dataclass(frozen=True, slots=True)
class KeyProposal:
    """`column` is "" where none can be the key; `reason` says why it is so, or why none is."""

    column: str
    reason: str


@dataclass(slots=True)
class KeySearch:
    """Sees every row once. `rows` counts them."""

    headers: Sequence[str]
    rows: int = 0
    _filled: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = sorted(
            (header for header in self.headers if _rank(header) is not None), key=lambda one: _rank(one) or 0
        )
        self._filled = dict.fromkeys(found, 0)
        self._seen = {header: set() for header in found}

    def add(self, cells: Mapping[str, str]) -> None:
        self.rows += 1
        for header, seen in self._seen.items():
            if cell := cells.get(header, "").strip():
                self._filled[header] += 1
                seen.add(cell)

    def proposal(self) -> KeyProposal:
        reasons = []
        for header, filled in self._filled.items():
            distinct = len(self._seen[header])
            # One row alone says nothing of what the next ones have.
            if self.rows > 1 and filled == distinct == self.rows:
                # Names of files and of people's lists do not tell `A1` from `a1`.
                alike = distinct - len({value.casefold() for value in self._seen[header]})
                also = f"; {alike} differ only by case" if alike else ""
                return KeyProposal(header, f"no two of {self.rows:,} rows have the same{also}")
            reasons.append(f"{header!r} {_why_not(self.rows, filled, distinct)}")
        return KeyProposal("", "; ".join(reasons) or "no column is called like one")


def _why_not(rows: int, filled: int, distinct: int) -> str:
    if not filled:
        return "is empty"
    if rows == 1:
        return "stands in one row only"
    parts = []
    if filled < rows:
        parts.append(f"is missing in {rows - filled:,} of {rows:,} rows")
    if distinct < filled:
        plural = "values" if distinct > 1 else "value"
        parts.append(f"has {distinct:,} {plural} in {filled:,} rows")
    return " and ".join(parts)


def _rank(header: str) -> int | None:
    """Where a header stands among those that could be the key; None for no key."""
    name, known = normalise(header), alias(header)
    if name in _ORDER:
        return _ORDER.index(name)
    if (known and known.field in _FIELDS) or name in _LINKS:
        return len(_ORDER) + (known is None or not known.is_strong)
    return None
