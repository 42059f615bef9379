"""How a plan differs from the one before it: which rows ask for something else, which are gone. Pure.

A feed that was cut in half overnight, or whose columns moved, looks like an ordinary refresh to a program. To who pays
for it, it does not: `Refresh` is what is put before them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# In a sheet smaller than this a person sees every row that changes, and one row is a large share.
LEAST_ROWS = 20

Payloads = frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """Counts of outputs against the plan before: a row, by its key, and a format. All 0 where there was none.

    `gone` are those of rows that are not in the sheet any more. A row that is not sent for now counts nowhere.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0

    @property
    def changed_percent(self) -> float:
        return 100 * self.changed / self.before if self.before else 0.0

    @property
    def before(self) -> int:
        """What the plan before asked for."""
        return self.changed + self.unchanged + self.gone

    def line(self) -> str:
        """For the person, before anything is sent; "" where there is nothing to compare with."""
        if not (self.changed or self.unchanged or self.gone):
            return ""
        counts = (("new", self.new), ("changed", self.changed), ("as before", self.unchanged), ("gone", self.gone))
        return "Banners since the last run: " + ", ".join(f"{count:,} {what}" for what, count in counts) + "."


@dataclass(frozen=True, slots=True)
class Refresh:
    """Counts of rows, against those that the plan before had. `new_columns` and `lost_columns` are headers. `banners`
    sees what rows do not show: settings, formats, and pictures that changed behind their addresses."""

    before: int = 0
    changed: int = 0
    gone: int = 0
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()
    banners: Changes = field(default_factory=Changes)

    @property
    def changed_percent(self) -> float:
        return 100 * self.changed / self.before if self.before else 0.0

    @property
    def gone_percent(self) -> float:
        return 100 * self.gone / self.before if self.before else 0.0

    @property
    def has_new_header(self) -> bool:
        return bool(self.new_columns or self.lost_columns)

    def too_much(self, max_changed: float, max_gone: float) -> str:
        """What is out of the ordinary, in words; "" if nothing is. The bounds are percent of the rows before."""
        if self.before < LEAST_ROWS:
            return ""
        said = []
        if self.changed_percent > max_changed:
            said.append(f"{self.changed:,} of {self.before:,} rows have changed ({self.changed_percent:.0f} %)")
        elif self.banners.changed_percent > max_changed:
            said.append(
                f"{self.banners.changed:,} of {self.banners.before:,} banners would be made again "
                f"({self.banners.changed_percent:.0f} %), more than rows have changed: settings, formats, or pictures "
                "behind their addresses"
            )
        if self.gone_percent > max_gone:
            said.append(f"{self.gone:,} of {self.before:,} rows are gone ({self.gone_percent:.0f} %)")
        if self.lost_columns:
            said.append(f"columns are gone: {', '.join(self.lost_columns[:5])}")
        if self.new_columns:
            said.append(f"columns are new: {', '.join(self.new_columns[:5])}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Rows that are in the sheet, whether or not they ask for anything in this run: their keys, and how many without a
    key ask for nothing. A row beyond `--limit` is not gone."""

    keys: frozenset[str] = frozenset()
    nameless: int = 0


NONE_UNSENT = Unsent()


def compare(
    before: Mapping[str, Payloads],
    after: Mapping[str, Payloads],
    header_before: tuple[str, ...],
    header_after: tuple[str, ...],
    there: Unsent = NONE_UNSENT,
) -> Refresh:
    """Rows by name, each with the payloads it asks for. A row without a key is named by what it asks for."""
    missing = sum(name not in after and name not in there.keys for name in before)
    gone = max(0, missing - there.nameless)
    changed = sum(name in after and after[name] != payloads for name, payloads in before.items())
    return Refresh(
        before=len(before),
        changed=changed,
        gone=gone,
        new_columns=tuple(name for name in header_after if header_before and name not in header_before),
        lost_columns=tuple(name for name in header_before if name not in header_after),
    )
