"""A run that begins while the provider is away, or has just sent us off, waits as one in its middle would."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_provider import FakeProvider
from harness import hosted_at

from bulkgen.clock import Clock, SystemClock
from bulkgen.config import ProviderName, Settings
from bulkgen.engine.client import ApiClient, CallFailure
from bulkgen.engine.patience import BRIEF, Patience, as_a_run
from bulkgen.engine.provider import hosted
from bulkgen.engine.transport import Transport
from bulkgen.errors import ProviderError
from bulkgen.events import Event, Throttled
from bulkgen.ledger.home import Home
from bulkgen.session import Pace, open_session
from bulkgen.testing import ManualClock

AWAY = b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"
AUTH = b'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{"company": "Acme"}'


def refusal(status: int, *, headers: str = "", error_id: str = "some_id") -> bytes:
    body = f'{{"id": "{error_id}", "message": "Said so."}}'
    return f"HTTP/1.1 {status} No\r\nContent-Length: {len(body)}\r\n{headers}\r\n{body}".encode()


def cool_off(seconds: int, status: int = 429) -> bytes:
    return refusal(status, headers=f"Retry-After: {seconds}\r\n", error_id="request_rate_limited")


@dataclass(slots=True)
class Gate:
    """A provider that answers each call with the next of its answers, and with the last one from then on; None: with
    silence."""

    answers: list[bytes | None]
    clock: Clock
    asked_at: list[float] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            self._closing.set()
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked_at.append(self.clock.monotonic())
                answer = self.answers[min(len(self.asked_at), len(self.answers)) - 1]
                self.asked.set()
                if answer is None:
                    await self._closing.wait()
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()


async def workspace(url: str, clock: ManualClock, patience: Patience) -> str:
    async with Transport(hosted(url, "secret-key", rate=1000.0, start=1000.0), clock) as transport:
        clock.is_busy = lambda: transport.on_wire > 0
        return await ApiClient(transport, patience).auth()


def begin(*answers: bytes | None, brief: bool = False) -> tuple[str | ProviderError, list[float], list[Event]]:
    """What came of the first read, when it was asked for, and what was said."""

    async def main() -> tuple[str | ProviderError, list[float], list[Event]]:
        clock, said = ManualClock(), list[Event]()
        gate = Gate(list(answers), clock)
        async with gate.open() as url:
            try:
                found: str | ProviderError = await workspace(
                    url, clock, BRIEF if brief else as_a_run(said.append, asyncio.Event())
                )
            except ProviderError as error:
                found = error
        return found, gate.asked_at, said

    return asyncio.run(main())


def test_a_cool_off_of_half_an_hour_is_waited_out_with_a_countdown() -> None:
    """The night's run would end at its first call, because the evening's had used up the budget."""
    found, asked_at, said = begin(cool_off(1800), AUTH)
    assert found == "Acme"
    assert asked_at == pytest.approx([0.0, 1800.0], abs=0.1)
    assert [type(event) for event in said] == [Throttled] * 30
    assert [round(event.seconds) for event in said if isinstance(event, Throttled)] == list(range(1800, 0, -60))
    assert {event.scope for event in said if isinstance(event, Throttled)} == {"all"}
    assert "Said so." in str(said[0])


def test_a_provider_that_is_away_is_waited_for_and_found_again() -> None:
    """A deployment of a minute, just as the schedule starts the run."""
    found, asked_at, said = begin(*[AWAY] * 7, AUTH)
    assert found == "Acme"
    assert asked_at == pytest.approx([0, 1, 3, 7, 15, 31, 61, 91], abs=0.1)
    assert len(said) == 7
    assert "an error of its own" in str(said[0])


def test_ten_minutes_of_silence_end_it() -> None:
    found, asked_at, _ = begin(AWAY)
    assert isinstance(found, CallFailure)
    assert found.status == 503
    assert 540 < asked_at[-1] <= 600


def test_named_pauses_do_not_use_up_the_patience_with_silence() -> None:
    """Half an hour that the provider asked for says nothing about whether it is there."""
    found, asked_at, _ = begin(cool_off(1800), AWAY, cool_off(1800, 503), AWAY, AUTH)
    assert found == "Acme"
    assert asked_at[-1] == pytest.approx(3603.0, abs=0.1)


def test_who_is_asked_by_a_waiting_person_gives_up_soon() -> None:
    """`designs list` is no night's work."""
    for answers, last in (((AWAY,), 7.0), ((cool_off(1800), AUTH), 0.0), ((cool_off(20), cool_off(20), AUTH), 20.0)):
        found, asked_at, said = begin(*answers, brief=True)
        assert isinstance(found, CallFailure)
        assert asked_at[-1] == pytest.approx(last, abs=0.1)
        assert said == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal(401), "does not accept the API key"),
        (refusal(302), "redirect"),
        (refusal(402), "wants a payment before it goes on (Said so.)"),
        (refusal(403, error_id="company_disabled"), "has closed this workspace: Said so."),
        (refusal(400, error_id="company_payment_required"), "wants a payment for this workspace"),
        (cool_off(999_999_999), "wants no more calls for 11,574 days (Said so.)"),
        (cool_off(86_401, 503), "wants no more calls for 1 day (Said so.)"),
    ],
)
def test_what_no_wait_mends_ends_the_run_at_once(answer: bytes, words: str) -> None:
    found, asked_at, said = begin(answer, AUTH)
    assert isinstance(found, CallFailure)
    assert words in found.message
    assert found.hint
    assert len(asked_at) == 1
    assert said == []


def test_a_provider_where_nobody_listens_is_found_when_it_comes_up() -> None:
    async def main() -> float:
        clock = ManualClock()
        fake = FakeProvider(clock)
        async with fake:
            provider = hosted_at(fake)

        def heard(event: Event) -> None:
            assert isinstance(event, Throttled)
            assert "cannot be reached: no connection could be made" in event.reason
            if event.seconds > 15:
                back.set()

        back = asyncio.Event()
        async with Transport(provider, clock) as transport:
            coming_up = False
            clock.is_busy = lambda: transport.on_wire > 0 or coming_up
            asking = asyncio.create_task(ApiClient(transport, as_a_run(heard, asyncio.Event())).auth())
            await back.wait()
            coming_up = True
            async with fake:
                coming_up = False
                assert await asking == "Acme"
                await transport.__aexit__(None, None, None)
        return clock.monotonic()

    assert asyncio.run(main()) == pytest.approx(31.0, abs=0.5)


def test_an_address_that_speaks_no_http_is_given_up_within_a_minute() -> None:
    """More often a typing error than an outage, and nobody should wait ten minutes to hear of it."""
    found, asked_at, _ = begin(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    assert isinstance(found, CallFailure)
    assert "its answer is not HTTP" in found.message
    assert 20 < asked_at[-1] <= 60


@pytest.mark.parametrize("answer", [None, cool_off(1800)], ids=["in a call", "in a pause"])
def test_ctrl_c_ends_the_wait_at_once(tmp_path: Path, answer: bytes | None) -> None:
    """Real time on purpose: a wait that Ctrl-C does not end would hold this test for half a minute, or half an hour."""

    async def main() -> None:
        clock, stop, paused = SystemClock(), asyncio.Event(), asyncio.Event()
        gate = Gate([answer], clock)
        listen: Callable[[Event], None] = lambda event: paused.set()  # noqa: E731
        home = Home(tmp_path)
        home.make()
        async with gate.open() as url:
            settings = Settings(api_key="secret-key", base_url=url)
            session = open_session(ProviderName.ABYSSALE, settings, home, Pace(), clock, as_a_run(listen, stop))
            opening = asyncio.create_task(session.__aenter__())
            await (gate.asked.wait() if answer is None else paused.wait())
            assert not opening.done()
            stop.set()
            with pytest.raises(asyncio.CancelledError):
                await opening

    asyncio.run(asyncio.wait_for(main(), 20.0))


def test_a_name_that_cannot_be_found_is_given_up_within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)

    async def main() -> float:
        clock, said = ManualClock(), list[Event]()
        with pytest.raises(ProviderError, match="its name cannot be resolved"):
            await workspace("http://api.example.test", clock, as_a_run(said.append, asyncio.Event()))
        assert said
        return clock.monotonic()

    assert 20 < asyncio.run(main()) <= 60
