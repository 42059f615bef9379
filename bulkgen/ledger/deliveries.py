"""Webhooks that were taken, and those that came for an attempt which had been given up.

A provider repeats a delivery for hours (reference 5.6), also to the process after the one that took it.
"""

from __future__ import annotations

from bulkgen.ledger.database import Database
from bulkgen.ledger.states import GenerationEvent

# A delivery's last attempt is made within hours; a week is sure and stays small.
KEPT_SECONDS = 7 * 86_400.0


class Deliveries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Deliveries {self._database!r}>"

    def is_known(self, delivery_id: str) -> bool:
        (found,) = self._database.run("delivery_known", id=delivery_id).fetchone()
        return bool(found)

    def remember(self, delivery_id: str, now: float) -> None:
        self._database.run("insert_delivery", id=delivery_id, now=now)

    def forget_old(self, now: float) -> None:
        with self._database.atomic():
            self._database.run("delete_deliveries", before=now - KEPT_SECONDS)

    def late(self, token: str, request_id: str) -> None:
        """An attempt that had been given up was accepted after all, which its story must say: it was billed."""
        self._database.run("late_attempt", token=token, request_id=request_id, outcome=GenerationEvent.TOKEN_SEEN)
