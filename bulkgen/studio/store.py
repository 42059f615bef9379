"""The studio's memory: what it promised, what came of it, and who has yet to be told. SQLite.

Reads are made on the event loop's own connection (a lookup by key takes some 20 microseconds, less than handing it
to a thread); every write goes through `writer`. The states are those of `states`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from bulkgen.studio import credits, events, signing
from bulkgen.studio.credits import Balance
from bulkgen.studio.errors import StoreError
from bulkgen.studio.migrations import MIGRATIONS
from bulkgen.studio.records import Acceptance, BannerRecord, Counts, DueDelivery, Generation, MadeNow
from bulkgen.studio.signing import SigningSecret
from bulkgen.studio.states import Delivery, DeliveryEvent, Event, State, move, move_delivery
from bulkgen.studio.writer import Change, Writer, connect

_UPLOAD = re.compile(rb"sha256:([0-9a-f]{64})")
_GENERATION = "sequence, id, design_id, request, state, renderings, accepted_at, finalized_at, result"


class KeyReusedError(Exception):
    """An idempotency key that came before with another request."""


class Store:
    """Opened by `open`; belongs to one event loop."""

    def __init__(self, reader: sqlite3.Connection, writer: Writer, store_id: str) -> None:
        self._reader = reader
        self._writer = writer
        self.store_id = store_id

    def __repr__(self) -> str:
        return f"Store({self.store_id}, {self.counts()}, {self._writer})"

    @classmethod
    def open(cls, path: Path) -> Store:
        """What a killed studio was rendering is accepted again, so it is the next to be rendered."""
        try:
            reader = connect(path)
            # The webhooks' secret is in it. A file of somebody else's is left as it is.
            with contextlib.suppress(OSError):
                path.chmod(0o600)
            _migrate(reader)
            reader.execute(
                "UPDATE generations SET state = ? WHERE state = ?",
                (move(State.RENDERING, Event.RESTART), State.RENDERING),
            )
            reader.execute("INSERT OR IGNORE INTO studio VALUES ('store_id', ?)", (str(uuid.uuid4()),))
            (store_id,) = reader.execute("SELECT value FROM studio WHERE key = 'store_id'").fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"the studio's store {path} cannot be opened: {error}") from error
        return cls(reader, Writer(path), store_id)

    async def close(self) -> None:
        await self._writer.close()
        self._reader.close()

    # --- for the parts that keep their own tables in it

    def read(self, statement: str, *values: Any) -> list[Any]:
        try:
            return self._reader.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the studio's store cannot be read: {error}") from error

    async def write(self, change: Change, *, patient: bool = False) -> Any:
        """In one transaction, on the disk when it returns what `change` returned; raises what that raised."""
        return await self._writer.write(change, patient=patient)

    # --- promises

    async def accept(self, acceptance: Acceptance, allowance: int | None = None) -> str:
        """On the disk when it returns the id to answer with: that of before, if the key came before.

        Raises KeyReusedError, and OutOfCreditsError when `allowance` is spent.
        """

        def change(connection: sqlite3.Connection) -> str:
            if acceptance.idempotency_key is not None:
                row = connection.execute(
                    "SELECT id, fingerprint, state, callback_url, delivery FROM generations WHERE idempotency_key = ?",
                    (acceptance.idempotency_key,),
                ).fetchone()
                if row is not None:
                    return _repeat(connection, acceptance, row)
            credits.hold(connection, acceptance.outputs, allowance)
            connection.execute(
                "INSERT INTO generations (id, idempotency_key, fingerprint, design_id, request, state, accepted_at,"
                " callback_url, delivery, outputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    acceptance.id,
                    acceptance.idempotency_key,
                    acceptance.fingerprint,
                    acceptance.design_id,
                    acceptance.request,
                    State.ACCEPTED,
                    acceptance.accepted_at,
                    acceptance.callback_url,
                    Delivery.WAITING if acceptance.callback_url else Delivery.NONE,
                    acceptance.outputs,
                ),
            )
            return acceptance.id

        return await self._writer.write(change)

    def accepted_after(self, sequence: int, limit: int) -> list[Generation]:
        """The next in line."""
        return self._generations("state = 'accepted' AND sequence > ? ORDER BY sequence LIMIT ?", sequence, limit)

    def generation(self, generation_id: str) -> Generation | None:
        return next(iter(self._generations("id = ?", generation_id)), None)

    # --- work

    def start(self, sequence: int) -> None:
        """Note that it is being rendered. Not waited for: what is lost of it, `finalize` makes up for."""
        self._writer.write(lambda connection: _start(connection, sequence), patient=True).add_done_callback(_forget)

    async def finalize(
        self, sequence: int, result: bytes, banners: Sequence[BannerRecord], now: float, cost: int
    ) -> bool:
        """Record, once, what came of it and the credits it took. False, and nothing changed: it was recorded before."""

        def change(connection: sqlite3.Connection) -> bool:
            _start(connection, sequence)
            done = connection.execute(
                "UPDATE generations SET state = ?, finalized_at = ?, result = ?, delivery_due_at = ?,"
                " delivery = CASE delivery WHEN ? THEN ? ELSE delivery END WHERE sequence = ? AND state = ?",
                (
                    move(State.RENDERING, Event.FINISH),
                    now,
                    result,
                    now,
                    Delivery.WAITING,
                    move_delivery(Delivery.WAITING, DeliveryEvent.FINALIZE),
                    sequence,
                    State.RENDERING,
                ),
            ).rowcount
            if not done:
                return False
            credits.settle(connection, sequence, cost)
            _keep_banners(connection, sequence, banners)
            events.announce_generation(connection, sequence, [banner.id for banner in banners], now)
            return True

        return await self._writer.write(change)

    async def record(self, made: MadeNow) -> None:
        """A banner that was made while its caller waited: its generation is final at once, and nobody is told."""

        def change(connection: sqlite3.Connection) -> None:
            sequence = connection.execute(
                "INSERT INTO generations (id, fingerprint, design_id, request, state, accepted_at, finalized_at,"
                " renderings, result, delivery, outputs) VALUES (?, '', ?, ?, ?, ?, ?, 1, ?, ?, 1)",
                (
                    made.generation_id,
                    made.banner.design_id,
                    made.request,
                    State.FINALIZED,
                    made.at,
                    made.at,
                    made.result,
                    Delivery.NONE,
                ),
            ).lastrowid
            credits.pay(connection, 1)
            _keep_banners(connection, sequence or 0, [made.banner])

        await self._writer.write(change)

    # --- banners

    def banner(self, banner_id: str) -> tuple[BannerRecord, Generation] | None:
        rows = self.read(
            "SELECT id, sharing_id, version, design_id, format_id, sequence FROM banners WHERE id = ?", banner_id
        )
        if not rows:
            return None
        row = rows[0]
        generations = self._generations("sequence = ?", row[5])
        return (BannerRecord(*row[:5]), generations[0]) if generations else None

    def has_banner(self, banner_id: str) -> bool:
        return bool(self.read("SELECT 1 FROM banners WHERE id = ?", banner_id))

    def newest_result(self) -> Generation | None:
        return next(iter(self._generations("state = 'finalized' ORDER BY sequence DESC LIMIT 1")), None)

    def last_version(self, sharing_id: str) -> int:
        rows = self.read("SELECT max(version) FROM banners WHERE sharing_id = ? AND version > 1", sharing_id)
        return rows[0][0] or 1

    # --- deliveries

    def due(self, now: float, limit: int) -> list[DueDelivery]:
        rows = self.read(
            "SELECT sequence, id, callback_url, delivery_attempts, result FROM generations"
            " WHERE delivery = 'due' AND delivery_due_at <= ? ORDER BY delivery_due_at LIMIT ?",
            now,
            limit,
        )
        return [DueDelivery(row[0], row[1], row[2], row[3], orjson.loads(row[4])) for row in rows]

    def next_due_at(self, after: float) -> float | None:
        rows = self.read(
            "SELECT min(delivery_due_at) FROM generations WHERE delivery = 'due' AND delivery_due_at > ?", after
        )
        due_at: float | None = rows[0][0]
        return due_at

    def has_untried(self) -> bool:
        """Whether some callback has not been tried at all."""
        return bool(self.read("SELECT 1 FROM generations WHERE delivery = 'due' AND delivery_attempts = 0 LIMIT 1"))

    async def delivered(self, delivery: DueDelivery) -> None:
        await self._deliver(delivery, DeliveryEvent.ANSWERED, delivery.attempts + 1, None)

    async def postpone(self, delivery: DueDelivery, due_at: float) -> None:
        await self._deliver(delivery, DeliveryEvent.POSTPONE, delivery.attempts + 1, due_at)

    async def defer(self, delivery: DueDelivery, due_at: float) -> None:
        """Later, without an attempt having been made."""
        await self._deliver(delivery, DeliveryEvent.POSTPONE, delivery.attempts, due_at)

    async def give_up(self, delivery: DueDelivery) -> None:
        await self._deliver(delivery, DeliveryEvent.EXHAUST, delivery.attempts + 1, None)

    async def _deliver(self, delivery: DueDelivery, event: DeliveryEvent, attempts: int, due_at: float | None) -> None:
        # The address is part of the condition: it may have been aimed anew while the old one was being tried.
        await self._writer.write(
            lambda connection: connection.execute(
                "UPDATE generations SET delivery = ?, delivery_attempts = ?, delivery_due_at = ?"
                " WHERE sequence = ? AND delivery = ? AND callback_url = ?",
                (
                    move_delivery(Delivery.DUE, event),
                    attempts,
                    due_at,
                    delivery.sequence,
                    Delivery.DUE,
                    delivery.url,
                ),
            ),
            # Lost at a kill, it is a callback that comes once more, with the same delivery id.
            patient=True,
        )

    # --- signing

    def signing_secret(self) -> SigningSecret | None:
        """None: nobody has asked for one, and deliveries go out unsigned."""
        rows = self.read("SELECT value FROM studio WHERE key = 'signing_secret'")
        return signing.from_json(orjson.loads(rows[0][0])) if rows else None

    async def change_signing_secret(self, change: Callable[[SigningSecret | None], SigningSecret]) -> SigningSecret:
        """In one transaction, so that two who ask for the first secret get the same; raises what `change` raises."""

        def write(connection: sqlite3.Connection) -> SigningSecret:
            row = connection.execute("SELECT value FROM studio WHERE key = 'signing_secret'").fetchone()
            secret = change(signing.from_json(orjson.loads(row[0])) if row else None)
            text = orjson.dumps(signing.to_json(secret)).decode()
            connection.execute("INSERT OR REPLACE INTO studio VALUES ('signing_secret', ?)", (text,))
            return secret

        return await self._writer.write(write)

    # --- the whole

    def balance(self) -> Balance:
        ((spent, held),) = self.read("SELECT spent, held FROM balance")
        return Balance(spent, held)

    def counts(self) -> Counts:
        by_state = dict(self.read("SELECT state, count(*) FROM generations GROUP BY state"))
        ((renderings,),) = self.read("SELECT coalesce(sum(renderings), 0) FROM generations")
        ((banners,),) = self.read("SELECT count(*) FROM banners")
        return Counts(
            accepted=by_state.get(State.ACCEPTED, 0),
            rendering=by_state.get(State.RENDERING, 0),
            finalized=by_state.get(State.FINALIZED, 0),
            banners=banners,
            renderings=renderings,
        )

    def _generations(self, where: str, *values: Any) -> list[Generation]:
        rows = self.read(f"SELECT {_GENERATION} FROM generations WHERE {where}", *values)
        return [
            Generation(
                sequence=row[0],
                id=row[1],
                design_id=row[2],
                request=orjson.loads(row[3]),
                state=State(row[4]),
                renderings=row[5],
                accepted_at=row[6],
                finalized_at=row[7],
                result=orjson.loads(row[8]) if row[8] is not None else None,
            )
            for row in rows
        ]


def uploads_in_line(path: Path) -> frozenset[str]:
    """Pictures by content that promised work still needs. By a connection of its own, so that any thread may ask."""
    found: set[str] = set()
    try:
        with contextlib.closing(connect(path)) as connection:
            for state in (State.ACCEPTED, State.RENDERING):
                rows = connection.execute(
                    "SELECT request FROM generations WHERE state = ? AND instr(request, 'sha256:') > 0", (state,)
                )
                for (request,) in rows:
                    found.update(match.decode() for match in _UPLOAD.findall(bytes(request)))
    except sqlite3.Error as error:
        raise StoreError(f"the studio's store cannot be read: {error}") from error
    return frozenset(found)


def _start(connection: sqlite3.Connection, sequence: int) -> None:
    connection.execute(
        "UPDATE generations SET state = ?, renderings = renderings + 1 WHERE sequence = ? AND state = ?",
        (move(State.ACCEPTED, Event.START), sequence, State.ACCEPTED),
    )


def _keep_banners(connection: sqlite3.Connection, sequence: int, banners: Sequence[BannerRecord]) -> None:
    connection.executemany(
        "INSERT INTO banners VALUES (?, ?, ?, ?, ?, ?)",
        [
            (banner.id, sequence, banner.sharing_id, banner.version, banner.design_id, banner.format_id)
            for banner in banners
        ],
    )


def _forget(written: asyncio.Future[None]) -> None:
    if not written.cancelled():
        written.exception()


def _repeat(connection: sqlite3.Connection, acceptance: Acceptance, row: Sequence[Any]) -> str:
    """The key came before: answer as then, and call back where the caller is to be found now."""
    before, fingerprint, state, callback_url, delivery = row
    if fingerprint != acceptance.fingerprint:
        raise KeyReusedError(before)
    if acceptance.callback_url and acceptance.callback_url != callback_url:
        is_finalized = State(state) is State.FINALIZED
        event = DeliveryEvent.REAIM_FINALIZED if is_finalized else DeliveryEvent.REAIM
        connection.execute(
            "UPDATE generations SET callback_url = ?, delivery = ?, delivery_attempts = 0, delivery_due_at = ?"
            " WHERE id = ?",
            (
                acceptance.callback_url,
                move_delivery(Delivery(delivery), event),
                acceptance.accepted_at if is_finalized else None,
                before,
            ),
        )
    return str(before)


def _migrate(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the studio's store has version {version}, this program knows {len(MIGRATIONS)}",
            hint="It was made by a newer bulkgen; use that one, or another folder.",
        )
    for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {migration}; PRAGMA user_version = {number}; COMMIT;")
