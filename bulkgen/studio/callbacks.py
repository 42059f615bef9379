"""One POST for each thing that somebody is to be told, tried again for some hours, across restarts.

    outbox (due) -> POST -> outbox (delivered | due later | given up)

The outbox is the store's: generations with a `callback_url`, or `events` for those who subscribed. It keeps what is
due, so a studio that was killed delivers when it is back. At least once: a delivery whose answer was lost comes again,
with the same delivery id. Each attempt is signed at its own time, once the workspace has a secret.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import orjson
from yarl import URL

from bulkgen.fetch.address import shown
from bulkgen.fetch.guard import ForbiddenAddressError, GuardedResolver, Reach
from bulkgen.studio.clock import Clock
from bulkgen.studio.errors import StoreError
from bulkgen.studio.faults import Rule
from bulkgen.studio.records import CALLBACK, DueDelivery
from bulkgen.studio.results import delivery_body
from bulkgen.studio.store import Store
from bulkgen.wire.signature import DELIVERY_HEADER
from bulkgen.wire.signature import HEADER as SIGNATURE_HEADER
from bulkgen.wire.signature import header as signature_header

log = logging.getLogger("bulkgen.studio")

# Six attempts as the API makes; its delays are "hours" in all and not published, so these are ours. The first are
# short, since a receiver of our own engine that restarts is back in seconds.
RETRY_DELAYS_SECONDS = (2.0, 15.0, 120.0, 1200.0, 7200.0)

# What the API gives a receiver.
_TIMEOUT_SECONDS = 15

_AT_ONCE = 16

_STORE_PAUSE_SECONDS = 5.0

# Each is told of once, however many deliveries there are for it; more hosts than this are somebody's mischief.
_MOST_WARNED_OF = 100

_FORBIDDEN = "is not an address the studio may call"


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is done to a delivery on purpose: put off, or sent `times` times, 0 of them being held for an answer."""

    times: int = 1
    put_off_seconds: float = 0.0


UNTOUCHED = Tampering()


def tampering(rule: Rule) -> Tampering:
    return {
        "lost_callback": Tampering(times=0),
        "late_callback": Tampering(put_off_seconds=rule.seconds or 0.0),
        "repeated_callback": Tampering(times=2),
    }[rule.fault]


class Outbox(Protocol):
    """What is due, oldest first, and what became of it."""

    def due(self, now: float, limit: int) -> list[DueDelivery]: ...

    def next_due_at(self, after: float) -> float | None: ...

    def has_untried(self) -> bool: ...

    async def delivered(self, delivery: DueDelivery) -> None: ...

    async def postpone(self, delivery: DueDelivery, due_at: float) -> None: ...

    async def defer(self, delivery: DueDelivery, due_at: float) -> None: ...

    async def give_up(self, delivery: DueDelivery) -> None: ...


class Callbacks:
    """Empties one outbox until cancelled. `tamper` is asked once for each delivery."""

    def __init__(
        self,
        outbox: Outbox,
        store: Store,
        reach: Reach,
        clock: Clock,
        base_url: Callable[[], str],
        tamper: Callable[[], Tampering] = lambda: UNTOUCHED,
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._reach = reach
        self._clock = clock
        self._base_url = base_url
        self._tamper = tamper
        self._put_off: set[int] = set()
        self._warned_of: set[str] = set()
        self._due = asyncio.Event()
        self._settled = asyncio.Event()
        self._under_way: set[int] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)

    def __repr__(self) -> str:
        return f"Callbacks(under_way={sorted(self._under_way)})"

    def wake(self) -> None:
        """Something became due."""
        self._due.set()

    async def idle(self) -> None:
        """Until each callback has been tried at least once."""
        while self._under_way or self._outbox.has_untried():
            self._settled.clear()
            await self._settled.wait()

    async def run(self) -> None:
        connector = aiohttp.TCPConnector(resolver=GuardedResolver(self._reach), limit=_AT_ONCE)
        async with (
            aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._due.clear()
                looked_at = self._clock.now()
                for delivery in await self._look(looked_at):
                    await self._places.acquire()
                    self._under_way.add(delivery.sequence)
                    group.create_task(self._deliver(session, delivery), name=f"callback {delivery.subject}")
                await self._wait(looked_at)

    async def _look(self, now: float) -> list[DueDelivery]:
        while True:
            try:
                # Twice as many as may be under way, so that those that are do not hide the others.
                due = self._outbox.due(now, 2 * _AT_ONCE)
                return [delivery for delivery in due if delivery.sequence not in self._under_way][:_AT_ONCE]
            except StoreError as error:
                log.warning("%s", error, extra={"action": "store_retry"})
                await self._clock.sleep(_STORE_PAUSE_SECONDS)

    async def _wait(self, looked_at: float) -> None:
        """Until something becomes due by event or by time. What was due when we looked ends with an event."""
        due_at = None
        with contextlib.suppress(StoreError):
            due_at = self._outbox.next_due_at(looked_at)
        if due_at is None:
            await self._due.wait()
            return
        pause = max(0.0, due_at - self._clock.now())
        waits = [asyncio.ensure_future(wait) for wait in (_until(self._due), self._clock.sleep(pause))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _deliver(self, session: aiohttp.ClientSession, delivery: DueDelivery) -> None:
        try:
            is_first = not delivery.attempts and delivery.sequence not in self._put_off
            tampering = self._tamper() if is_first else UNTOUCHED
            if tampering.put_off_seconds:
                self._put_off.add(delivery.sequence)
                with contextlib.suppress(StoreError):  # it stays due, and goes out at once
                    await self._outbox.defer(delivery, self._clock.now() + tampering.put_off_seconds)
                return
            self._put_off.discard(delivery.sequence)
            problem = None
            for _ in range(tampering.times):
                problem = await self._post(session, delivery)
            with contextlib.suppress(StoreError):  # it stays due, and is delivered once more
                await self._note(delivery, problem)
        finally:
            self._under_way.discard(delivery.sequence)
            self._places.release()
            self._settled.set()
            self._due.set()

    async def _post(self, session: aiohttp.ClientSession, delivery: DueDelivery) -> str | None:
        """None, or why it did not arrive."""
        body = orjson.dumps(delivery_body(delivery, self._base_url()))
        headers = {"Content-Type": "application/json", DELIVERY_HEADER: self._delivery_id(delivery)}
        try:
            headers |= self._signature(body)
            url = URL(delivery.url)
            self._reach.check_literal(url)
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return None if 200 <= answer.status < 300 else f"answered {answer.status}"
        except StoreError:
            return "could not be signed: the secret cannot be read"
        except ForbiddenAddressError:
            return _FORBIDDEN
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
            forbidden = isinstance(cause, ForbiddenAddressError)
            return _FORBIDDEN if forbidden else "could not be reached"

    async def _note(self, delivery: DueDelivery, problem: str | None) -> None:
        if problem is None:
            await self._outbox.delivered(delivery)
            return
        facts = {"action": "callback_failed", "event": delivery.event, "subject": delivery.subject}
        is_last = delivery.attempts >= len(RETRY_DELAYS_SECONDS)
        level = logging.WARNING if self._warns(delivery.url, problem, is_last=is_last) else logging.INFO
        end = ", and is given up" if is_last else ""
        told = (shown(delivery.url), problem, delivery.attempts + 1, end)
        log.log(level, "callback %s %s (attempt %d%s)", *told, extra=facts)
        if not is_last:
            await self._outbox.postpone(delivery, self._clock.now() + RETRY_DELAYS_SECONDS[delivery.attempts])
        else:
            await self._outbox.give_up(delivery)

    def _warns(self, address: str, problem: str, *, is_last: bool) -> bool:
        """Who waits for a call that will never come has only the studio's error stream to look at."""
        if not (is_last or problem == _FORBIDDEN) or len(self._warned_of) >= _MOST_WARNED_OF:
            return False
        host, known = shown(address).partition("://")[2].partition("/")[0], len(self._warned_of)
        self._warned_of.add(host)
        return len(self._warned_of) > known

    def _signature(self, body: bytes) -> dict[str, str]:
        """Nothing until somebody has asked for the secret."""
        now = self._clock.now()
        secret = self._store.signing_secret()
        return {} if secret is None else {SIGNATURE_HEADER: signature_header(body, secret.valid_at(now), int(now))}

    def _delivery_id(self, delivery: DueDelivery) -> str:
        """The same for every attempt and address of one delivery, so that a receiver can drop repeats."""
        place = f" {delivery.sequence}" if delivery.event != CALLBACK else ""
        text = f"{self._store.store_id} {delivery.subject} {delivery.event}{place}"
        return hashlib.sha256(text.encode()).hexdigest()


async def _until(event: asyncio.Event) -> None:
    await event.wait()
