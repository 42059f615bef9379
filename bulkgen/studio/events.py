"""Who else is told, and of what: subscriptions, and the events that are due (reference 5.1, 5.2, 5.7). In the store.

    a generation or an archive is final -> an event for each address -> `callbacks` delivers it

An event is recorded in the very transaction that makes its subject final, so that none is lost. It says only what it
tells of; the body is read when it is sent. A request's own `callback_url` is kept with its generation, in `store`.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bulkgen.studio.records import (
    NEW_BANNER,
    NEW_BANNER_BATCH,
    NEW_EXPORT,
    DueDelivery,
    Export,
    Subscription,
)
from bulkgen.studio.results import banner_of, export_content
from bulkgen.studio.states import Delivery, DeliveryEvent, move_delivery

if TYPE_CHECKING:
    from bulkgen.studio.store import Store

_SUBSCRIPTION = "id, event, hook_url, created_at"
_EXPORT = "sequence, id, banner_ids, callback_url, requested_at, generated_at, key"


def announce_generation(connection: sqlite3.Connection, sequence: int, banner_ids: Sequence[str], now: float) -> None:
    """A batch goes to those who subscribed, unless the request named an address of its own; banners always do."""
    if not connection.execute("SELECT 1 FROM subscriptions LIMIT 1").fetchone():
        return
    generation_id, callback_url = connection.execute(
        "SELECT id, callback_url FROM generations WHERE sequence = ?", (sequence,)
    ).fetchone()
    if callback_url is None:
        _announce(connection, NEW_BANNER_BATCH, [generation_id], now)
    _announce(connection, NEW_BANNER, banner_ids, now)


def _announce(connection: sqlite3.Connection, event: str, subjects: Iterable[str], now: float) -> None:
    for subject in subjects:
        connection.execute(
            "INSERT INTO events (event, subject, url, subscription_id, due_at)"
            " SELECT event, ?, hook_url, id, ? FROM subscriptions WHERE event = ?",
            (subject, now, event),
        )


class Events:
    """Subscriptions, archives, and the outbox that `callbacks` empties."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __repr__(self) -> str:
        ((waiting,),) = self._store.read("SELECT count(*) FROM events")
        return f"Events(waiting={waiting})"

    # --- subscriptions

    async def subscribe(self, event: str, hook_url: str, now: float) -> Subscription:
        made = Subscription(str(uuid.uuid4()), event, hook_url, now)
        await self._store.write(
            lambda connection: connection.execute(
                f"INSERT INTO subscriptions ({_SUBSCRIPTION}) VALUES (?, ?, ?, ?)",
                (made.id, made.event, made.hook_url, made.created_at),
            )
        )
        return made

    def subscription(self, subscription_id: str) -> Subscription | None:
        rows = self._store.read(f"SELECT {_SUBSCRIPTION} FROM subscriptions WHERE id = ?", subscription_id)
        return Subscription(*rows[0]) if rows else None

    async def unsubscribe(self, subscription_id: str) -> None:
        """What is due to it and was not delivered is dropped with it."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM subscriptions WHERE id = ?", (subscription_id,))
            connection.execute("DELETE FROM events WHERE subscription_id = ?", (subscription_id,))

        await self._store.write(change)

    # --- archives

    async def promise_export(self, banner_ids: Sequence[str], callback_url: str | None, now: float) -> str:
        export_id = str(uuid.uuid4())
        await self._store.write(
            lambda connection: connection.execute(
                "INSERT INTO exports (id, banner_ids, callback_url, requested_at) VALUES (?, ?, ?, ?)",
                (export_id, orjson.dumps(list(banner_ids)), callback_url, now),
            )
        )
        return export_id

    def next_export(self) -> Export | None:
        """The oldest that is promised and not there."""
        rows = self._store.read(f"SELECT {_EXPORT} FROM exports WHERE key IS NULL ORDER BY sequence LIMIT 1")
        return _export(rows[0]) if rows else None

    async def finish_export(self, export: Export, key: str, now: float) -> None:
        def change(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE exports SET key = ?, generated_at = ? WHERE sequence = ?", (key, now, export.sequence)
            )
            if export.callback_url is None:
                _announce(connection, NEW_EXPORT, [export.id], now)
            else:
                connection.execute(
                    "INSERT INTO events (event, subject, url, due_at) VALUES (?, ?, ?, ?)",
                    (NEW_EXPORT, export.id, export.callback_url, now),
                )

        await self._store.write(change)

    # --- the outbox

    def due(self, now: float, limit: int) -> list[DueDelivery]:
        rows = self._store.read(
            "SELECT sequence, subject, url, attempts, event FROM events WHERE due_at <= ? ORDER BY due_at LIMIT ?",
            now,
            limit,
        )
        return [
            DueDelivery(sequence, subject, url, attempts, self._content(event, subject), event)
            for sequence, subject, url, attempts, event in rows
        ]

    def next_due_at(self, after: float) -> float | None:
        ((due_at,),) = self._store.read("SELECT min(due_at) FROM events WHERE due_at > ?", after)
        return None if due_at is None else float(due_at)

    def has_untried(self) -> bool:
        return bool(self._store.read("SELECT 1 FROM events WHERE attempts = 0 LIMIT 1"))

    async def delivered(self, delivery: DueDelivery) -> None:
        await self._forget(delivery, DeliveryEvent.ANSWERED)

    async def give_up(self, delivery: DueDelivery) -> None:
        await self._forget(delivery, DeliveryEvent.EXHAUST)

    async def postpone(self, delivery: DueDelivery, due_at: float) -> None:
        await self._put_off(delivery, delivery.attempts + 1, due_at)

    async def defer(self, delivery: DueDelivery, due_at: float) -> None:
        await self._put_off(delivery, delivery.attempts, due_at)

    async def _forget(self, delivery: DueDelivery, event: DeliveryEvent) -> None:
        move_delivery(Delivery.DUE, event)
        await self._store.write(
            lambda connection: connection.execute("DELETE FROM events WHERE sequence = ?", (delivery.sequence,)),
            # Lost at a kill, it is an event that comes once more, with the same delivery id.
            patient=True,
        )

    async def _put_off(self, delivery: DueDelivery, attempts: int, due_at: float) -> None:
        move_delivery(Delivery.DUE, DeliveryEvent.POSTPONE)
        await self._store.write(
            lambda connection: connection.execute(
                "UPDATE events SET attempts = ?, due_at = ? WHERE sequence = ?", (attempts, due_at, delivery.sequence)
            ),
            patient=True,
        )

    def _content(self, event: str, subject: str) -> dict[str, Any]:
        if event == NEW_EXPORT:
            ((*row,),) = self._store.read(f"SELECT {_EXPORT} FROM exports WHERE id = ?", subject)
            return export_content(_export(row))
        if event == NEW_BANNER:
            found = self._store.banner(subject)
            result = found[1].result if found else None
            return dict(banner_of(result or {"banners": []}, subject) or {})
        generation = self._store.generation(subject)
        return dict(generation.result or {}) if generation else {}


def _export(row: Sequence[Any]) -> Export:
    return Export(row[0], row[1], orjson.loads(row[2]), row[3], row[4], row[5], row[6])
