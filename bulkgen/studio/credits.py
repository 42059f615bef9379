"""Credits: what a workspace may spend, held when work is promised, spent for what was made (reference 2.12, 4.5).

    accepted: held for all outputs  ->  finalized: spent for those that were made, what is held of the rest given back

One row in the store, changed in the very transaction that accepts or finalizes. Both happen once for a generation,
whatever is killed in between, so it is paid once. AI credits are left out: the studio takes no AI steps.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

# Banners that a store made before it counted: they were made, so they are spent.
MIGRATION = """
    ALTER TABLE generations ADD COLUMN outputs INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE balance (spent INTEGER NOT NULL, held INTEGER NOT NULL);
    INSERT INTO balance SELECT count(*), 0 FROM banners;
"""


# The id is the ceiling's; only the words tell, and a client that must be sure asks GET /credits (reference 4.3).
OUT_OF_CREDITS = "The workspace has no generation credits left."


class OutOfCreditsError(Exception):
    """Nothing is left for one more generation."""


@dataclass(frozen=True, slots=True)
class Balance:
    """`held`: for outputs that are promised and not made yet."""

    spent: int
    held: int

    def available(self, allowance: int) -> int:
        return max(0, allowance - self.spent - self.held)


def read_balance(connection: sqlite3.Connection) -> Balance:
    return Balance(*connection.execute("SELECT spent, held FROM balance").fetchone())


def hold(connection: sqlite3.Connection, outputs: int, allowance: int | None) -> None:
    """For a promise of `outputs`. While anything is left a request is taken, so the last may overdraw.

    The other way, to refuse what cannot be paid whole, would refuse with credits left, and a client could not tell
    that from the gateway's ceiling (reference 4.3). Raises OutOfCreditsError.
    """
    if allowance is not None and not read_balance(connection).available(allowance):
        raise OutOfCreditsError
    connection.execute("UPDATE balance SET held = held + ?", (outputs,))


def settle(connection: sqlite3.Connection, sequence: int, cost: int) -> None:
    """For a generation that has just become final."""
    connection.execute(
        "UPDATE balance SET spent = spent + ?, held = held - (SELECT outputs FROM generations WHERE sequence = ?)",
        (cost, sequence),
    )


def pay(connection: sqlite3.Connection, banners: int) -> None:
    """For what was made without having been promised: nothing was held for it."""
    connection.execute("UPDATE balance SET spent = spent + ?", (banners,))


def credits_body(balance: Balance, allowance: int | None) -> dict[str, Any]:
    """Without an allowance nothing is counted to the caller: the studio of one's own costs nothing."""
    unlimited = {"available": None, "limit": None, "consumed": 0, "extra": 0}
    if allowance is None:
        return {"generation_credits": unlimited, "ai_credits": unlimited}
    left = {"available": balance.available(allowance), "limit": allowance, "consumed": balance.spent, "extra": 0}
    return {"generation_credits": left, "ai_credits": unlimited}
