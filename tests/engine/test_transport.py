"""Calls on real sockets: how far their bytes got, in words that a person can use, with nothing secret in them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from fake_provider import FakeProvider, scripted
from harness import hosted_at, studio_at

from bulkgen.clock import SystemClock
from bulkgen.engine.client import ApiClient, CallFailure
from bulkgen.engine.provider import hosted, studio
from bulkgen.engine.retry import Reach, Verdict
from bulkgen.engine.transport import Ticket, Transport, environment_proxy, retry_after
from bulkgen.errors import ProviderError
from bulkgen.testing import ManualClock

T = TypeVar("T")


def calling(fake: FakeProvider, use: Callable[[ApiClient], Awaitable[T]]) -> T:
    async def main() -> T:
        async with fake, Transport(hosted_at(fake, rate=1000.0), fake.clock) as transport:
            return await use(ApiClient(transport))

    return asyncio.run(main())


async def post(client: ApiClient) -> tuple[CallFailure | str, Ticket]:
    with await client.ticket() as ticket:
        try:
            return await client.generate("card", b'{"elements": {"title": {"payload": "row"}}}', ticket), ticket
        except CallFailure as failure:
            return failure, ticket


def test_an_accepted_generation_has_its_id() -> None:
    answer, ticket = calling(FakeProvider(SystemClock()), post)
    assert answer == "request-1"
    assert ticket.reach is Reach.SENT


@pytest.mark.parametrize(
    ("fault", "verdict", "words"),
    [
        ("reset", Verdict.IN_DOUBT, "the connection was cut"),
        ("reset accepted", Verdict.IN_DOUBT, "the connection was cut"),
        ("junk accepted", Verdict.IN_DOUBT, "generation_request_id is missing"),
        ("500", Verdict.IN_DOUBT, "an error of its own (oops)"),
        ("500 accepted", Verdict.IN_DOUBT, "an error of its own (HTTP 504)"),
        ("429", Verdict.AGAIN, "asks for fewer calls (Too Many Requests)"),
        ("429 later", Verdict.WAIT, "Slow down."),
        ("401", Verdict.STOP_RUN, "does not accept the API key"),
        ("plan", Verdict.STOP_RUN, "Needs Pro."),
        ("redirect", Verdict.STOP_RUN, "redirect"),
        ("refused", Verdict.REFUSED, "title: Too long."),
    ],
)
def test_each_failure_of_a_post_has_its_verdict_and_its_words(fault: str, verdict: Verdict, words: str) -> None:
    answer, _ = calling(FakeProvider(SystemClock(), scripted(("post", 1, fault))), post)
    assert isinstance(answer, CallFailure)
    assert answer.plan.verdict is verdict
    assert words in answer.message
    assert "secret-key" not in str(answer) + repr(answer)
    assert "<html>" not in str(answer)


def test_a_pause_of_years_ends_the_run_and_bills_nothing() -> None:
    """A run that sleeps until next century looks alive to whoever watches over it."""
    fake = FakeProvider(SystemClock(), scripted(("post", 1, "429 later")), retry_after=999_999_999)
    answer, _ = calling(fake, post)
    assert isinstance(answer, CallFailure)
    assert answer.plan.verdict is Verdict.STOP_RUN
    assert (answer.code, answer.message) == ("blocked", "the provider wants no more calls for 11,574 days (Slow down.)")


def test_nothing_was_sent_where_nobody_listens() -> None:
    """The one kind of silence after which a POST may go out again."""

    async def main() -> tuple[CallFailure | str, Ticket]:
        async with FakeProvider(SystemClock()) as fake:
            provider = hosted_at(fake)
        async with Transport(provider, SystemClock()) as transport:
            return await post(ApiClient(transport))

    answer, ticket = asyncio.run(main())
    assert isinstance(answer, CallFailure)
    assert answer.plan.verdict is Verdict.AGAIN
    assert ticket.reach is Reach.NOTHING
    assert "cannot be reached: no connection could be made" in answer.message


def test_a_look_that_fails_says_whether_the_provider_was_there() -> None:
    """Looks are not traced; whoever reads "cannot be reached" looks for the fault in the wrong place."""

    async def look(client: ApiClient) -> tuple[CallFailure, Ticket]:
        with await client.ticket() as ticket:
            with pytest.raises(CallFailure) as caught:
                await client.generation_status("request-1", ticket)
            return caught.value, ticket

    async def where_nobody_listens() -> tuple[CallFailure, Ticket]:
        async with FakeProvider(SystemClock()) as fake:
            provider = hosted_at(fake)
        async with Transport(provider, SystemClock()) as transport:
            return await look(ApiClient(transport))

    failure, ticket = asyncio.run(where_nobody_listens())
    assert ticket.reach is Reach.NOTHING
    assert "cannot be reached: no connection could be made" in failure.message

    async def after_a_post(client: ApiClient) -> tuple[CallFailure, Ticket]:
        await post(client)
        return await look(client)

    # aiohttp itself sends a read again, once, when its connection is cut.
    cut_twice = scripted(("look", 1, "reset"), ("look", 2, "reset"))
    failure, ticket = calling(FakeProvider(SystemClock(), cut_twice), after_a_post)
    assert ticket.reach is Reach.SENT
    assert "gave no answer: the connection was cut" in failure.message


def test_looks_use_the_connections_of_the_posts() -> None:
    """A connection more for each call under way would be asked for twice, and a TLS greeting paid twice."""
    fake = FakeProvider(SystemClock())

    async def post_and_look(client: ApiClient) -> None:
        request_id, _ = await post(client)
        assert isinstance(request_id, str)
        with await client.ticket() as ticket:
            await client.generation_status(request_id, ticket)

    calling(fake, post_and_look)
    assert fake.connections == 1


def test_a_redirect_is_not_followed() -> None:
    """It would take the key to wherever it points."""
    fake = FakeProvider(SystemClock(), scripted(("post", 1, "redirect")))
    calling(fake, post)
    assert len(fake.posts) == 1


def test_a_post_does_not_go_out_on_a_connection_that_idled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may be closing it at that moment, and the row would be in doubt for nothing."""
    for seconds, connections in ((0.0, 2), (60.0, 1)):
        monkeypatch.setattr("bulkgen.engine.transport.IDLE_CONNECTION_SECONDS", seconds)
        fake = FakeProvider(SystemClock())

        async def twice(client: ApiClient) -> None:
            await post(client)
            await post(client)

        calling(fake, twice)
        assert fake.connections == connections


def test_the_token_is_sent_where_it_is_honoured() -> None:
    async def main() -> list[dict[str, str]]:
        async with FakeProvider(SystemClock()) as fake:
            async with Transport(studio_at(fake), fake.clock) as transport:
                client = ApiClient(transport)
                for _ in range(2):
                    with await client.ticket() as ticket:
                        assert await client.generate("card", b"{}", ticket, token="t" * 32) == "request-1"
            return fake.headers

    assert [headers["idempotency-key"] for headers in asyncio.run(main())] == ["t" * 32] * 2


def test_reads_are_repeated_and_say_what_to_do_in_the_end() -> None:
    async def auth(client: ApiClient) -> str:
        return await client.auth()

    assert calling(FakeProvider(ManualClock()), auth) == "Acme"

    async def main() -> float:
        clock = ManualClock()
        async with FakeProvider(clock) as fake:
            provider = hosted_at(fake)
        async with Transport(provider, clock) as transport:
            with pytest.raises(ProviderError) as caught:
                await ApiClient(transport).auth()
        assert caught.value.code == "unreachable"
        assert "run the same command again" in str(caught.value)
        return clock.monotonic()

    assert asyncio.run(main()) == pytest.approx(1 + 2 + 4, abs=0.5)


def test_credits_are_none_where_there_are_none() -> None:
    async def balance(client: ApiClient) -> object:
        return await client.credits()

    assert calling(FakeProvider(SystemClock()), balance) is None
    found = calling(FakeProvider(SystemClock(), credits_left=7), balance)
    assert isinstance(found, dict)
    assert found["generation_credits"]["available"] == 7


def test_places_among_the_open_calls_come_back_when_a_waiter_is_cancelled() -> None:
    """A leaked place is a call that can never be made again; sixty-four of them are the end of the run."""

    async def main() -> None:
        clock = SystemClock()
        transport = Transport(hosted("http://127.0.0.1:1", "k", rate=0.001), clock, open_calls=2)
        first = await transport.ticket()
        second = asyncio.create_task(transport.ticket())  # has a place, waits for its turn
        third = asyncio.create_task(transport.ticket())  # waits for a place
        await asyncio.sleep(0)
        second.cancel()
        third.cancel()
        await asyncio.gather(second, third, return_exceptions=True)
        first.release()
        first.release()
        assert transport._places._value == 2

    asyncio.run(main())


def test_room_is_waited_for_and_not_taken() -> None:
    """The driver decides what a place is best spent on when there is one; the next ticket has it without a wait."""

    async def main() -> None:
        provider = studio("http://127.0.0.1:1", None, workers=1)
        transport = Transport(provider, SystemClock(), open_calls=1)
        await transport.room()
        first = await transport.ticket()
        assert not first.was_waited_for
        room, second = asyncio.create_task(transport.room()), asyncio.create_task(transport.ticket())
        await asyncio.sleep(0)
        assert not room.done()
        first.release()
        await room
        assert (await second).was_waited_for
        assert transport._places.locked()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("27", 27.0),
        (" 0 ", 1.0),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 1.0),
        ("999999999", 999_999_999.0),
        ("9" * 400, 999_999_999_999_999.0),
        ("soon", None),
        ("", None),
        ("-3", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, 1_700_000_000.0) == seconds


def test_proxies_are_those_of_the_environment_and_never_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "no_proxy", "NO_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    assert environment_proxy("https://api.example.com") == "http://proxy.example.com:3128"
    assert environment_proxy("http://127.0.0.1:4000") is None
    monkeypatch.setenv("NO_PROXY", "api.example.com")
    assert environment_proxy("https://api.example.com") is None


def test_a_provider_does_not_show_its_key(tmp_path: Path) -> None:
    provider = hosted("https://api.example.com/", "secret-key")
    assert "secret-key" not in repr(provider)
    assert provider.base_url == "https://api.example.com"
