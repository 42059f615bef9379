"""Keys that are empty or stand twice, found before anything is sent. Pure.

    (origin, key) of every row -> a decision for every row

Two rows with one key are two claims to one identity: which of them is right only the user knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bulkgen.mapping.problems import problem, shown
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem

_NAMED = 5


class Duplicates(StrEnum):
    """What becomes of rows whose key stands twice."""

    REFUSE = "refuse"  # all of them are problems
    FIRST = "first"  # the others are skipped
    LAST = "last"
    EACH = "each"  # all are made; from the second on the key gets a number


@dataclass(frozen=True, slots=True)
class KeyDecision:
    """For one row: its key as the ledger shall know it, and why it is not sent, if so."""

    key: str
    problem: Problem | None = None
    skipped: str = ""


def resolve_keys(
    keys: Sequence[tuple[Origin, str]], policy: Duplicates | str = Duplicates.REFUSE
) -> tuple[KeyDecision, ...]:
    """One decision per entry, in order. An empty key is a problem under every policy."""
    chosen = Duplicates(policy)
    places: dict[str, list[int]] = {}
    for index, (_, key) in enumerate(keys):
        places.setdefault(key, []).append(index)
    taken = {key for key in places if key}
    counts: dict[str, int] = {}
    decisions = []
    for index, (origin, key) in enumerate(keys):
        if not key:
            decisions.append(KeyDecision("", problem("empty_key", origin, "the key is empty")))
        elif len(places[key]) == 1:
            decisions.append(KeyDecision(key))
        elif chosen is Duplicates.EACH:
            counts[key] = counts.get(key, 0) + 1
            decisions.append(KeyDecision(_numbered(key, counts[key], taken)))
        else:
            decisions.append(_decide(chosen, keys, places[key], index))
    return tuple(decisions)


def _decide(policy: Duplicates, keys: Sequence[tuple[Origin, str]], alike: list[int], index: int) -> KeyDecision:
    origin, key = keys[index]
    if policy is Duplicates.REFUSE:
        shown_ones = [other for other in alike[: _NAMED + 1] if other != index][:_NAMED]
        rows = ", ".join(str(keys[other][0].row) for other in shown_ones)
        more = len(alike) - 1 - len(shown_ones)
        tail = f" and {more} more" if more else ""
        plural = "rows" if len(alike) > 2 else "row"
        return KeyDecision(
            key, problem("repeated_key", origin, f"the key {shown(key)} also stands in {plural} {rows}{tail}")
        )
    kept = alike[0] if policy is Duplicates.FIRST else alike[-1]
    if index == kept:
        return KeyDecision(key)
    return KeyDecision(key, skipped=f"same key as row {keys[kept][0].row}")


def _numbered(key: str, count: int, taken: set[str]) -> str:
    """The first keeps its key; the others get a number that no other row's key already is."""
    if count == 1:
        return key
    name = f"{key} ({count})"
    while name in taken:
        count += 1
        name = f"{key} ({count})"
    taken.add(name)
    return name
