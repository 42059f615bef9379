"""A run that a hosted provider calls back: results come without looks, and nothing forged is believed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from fake_provider import Call, FakeProvider, scripted
from harness import Bench, free_port, hosted_at

from bulkgen.engine.runner import RunOutcome
from bulkgen.engine.webhook import Place
from bulkgen.events import Said
from bulkgen.ledger.states import OutputState
from bulkgen.testing import ManualClock
from bulkgen.wire import signature

SECRET = "whsec_" + "a" * 64


def run_called_back(
    bench: Bench,
    provider: FakeProvider,
    *,
    secret: str | None = None,
    beside: Callable[[str], Awaitable[None]] | None = None,
    leads_here: bool = True,
) -> RunOutcome:
    """`beside` is done while the run goes, with the receiver's public address."""
    port = free_port()
    url = f"http://127.0.0.1:{port if leads_here else free_port()}/hooks"

    async def main() -> RunOutcome:
        busy = 0

        async def do(work: Awaitable[None]) -> None:
            nonlocal busy
            busy = 1
            try:
                await provider.arrived.wait()
                await work
            finally:
                busy = 0

        async with provider:
            place = Place(port=port, url=url, secret=secret)
            on_wire = lambda: provider.calling_back + busy  # noqa: E731
            run = asyncio.create_task(bench.run(hosted_at(provider), provider.clock, place=place, on_wire=on_wire))
            if beside is not None:
                await do(beside(url))
            return await run

    return asyncio.run(main())


async def deliver(url: str, body: dict[str, object], *, delivery: str = "", secret: str = "", at: float = 0.0) -> int:
    content = json.dumps(body).encode()
    headers = {signature.DELIVERY_HEADER: delivery} if delivery else {}
    if secret:
        headers[signature.HEADER] = signature.header(content, (secret,), int(at))
    async with aiohttp.ClientSession() as session, session.post(url, data=content, headers=headers) as response:
        return response.status


def warnings(bench: Bench) -> list[str]:
    return [event.text for event in bench.events if isinstance(event, Said)]


def test_results_come_without_looks(tmp_path: Path) -> None:
    """A look is a row not submitted: with webhooks it is the exception."""
    bench = Bench.of(tmp_path, 60)
    provider = FakeProvider(ManualClock(), render_seconds=lambda _: 8.0)
    outcome = run_called_back(bench, provider)
    assert (outcome.finalized, outcome.polls) == (60, 0)
    assert bench.outcomes() == ["done"] * 60
    assert all(body["callback_url"].startswith("http://127.0.0.1:") for body in provider.bodies)
    assert warnings(bench) == []


def test_webhooks_that_get_lost_are_made_up_for_by_looks(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 60)
    lost = scripted(*(("callback", number, "lost") for number in (5, 30, 60)))
    outcome = run_called_back(bench, FakeProvider(ManualClock(), lost, render_seconds=lambda _: 8.0))
    assert bench.outcomes() == ["done"] * 60
    assert 3 <= outcome.polls <= 12


def test_a_repeated_webhook_is_one_result(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 5)
    twice = scripted(*(("callback", number, "twice") for number in range(1, 6)))
    outcome = run_called_back(bench, FakeProvider(ManualClock(), twice))
    assert outcome.finalized == 5
    assert bench.outcomes() == ["done"] * 5


def test_a_webhook_after_the_last_row_settles_what_was_in_doubt(tmp_path: Path) -> None:
    """The answer to a billed POST was lost; the banner is there, and the sheet is to have it."""
    bench = Bench.of(tmp_path, 3)
    fault = scripted(("post", 2, "500 accepted late"))
    outcome = run_called_back(bench, FakeProvider(ManualClock(), fault, render_seconds=lambda _: 20.0))
    assert (outcome.finalized, outcome.in_doubt) == (3, 0)
    assert bench.outcomes() == ["done"] * 3
    assert bench.attempts(1) == ["token seen"]


def test_what_stays_in_doubt_is_not_waited_for_without_end(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 3)
    provider = FakeProvider(ManualClock(), scripted(("post", 2, "500 accepted")))
    outcome = run_called_back(bench, provider)
    assert (outcome.finalized, outcome.in_doubt) == (2, 1)
    assert bench.outcomes() == ["done", "in doubt", "done"]
    assert provider.clock.monotonic() < 200.0


def test_an_address_that_does_not_lead_here_is_said_and_results_are_looked_for(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 5)
    outcome = run_called_back(bench, FakeProvider(ManualClock(), scripted()), leads_here=False)
    assert bench.outcomes() == ["done"] * 5
    assert outcome.polls >= 5
    assert "does not lead to this process" in warnings(bench)[0]


def test_forged_deliveries_are_refused_and_said_once(tmp_path: Path) -> None:
    """Whoever finds the address must not be able to put a link of theirs into the sheet."""
    bench = Bench.of(tmp_path, 3)
    provider = FakeProvider(ManualClock(), render_seconds=lambda _: 30.0)
    evil = {"id": "b", "file": {"type": "png", "url": "https://evil.example/x.png"}, "format": {"id": "square"}}
    statuses: list[int] = []

    async def forge(url: str) -> None:
        body = {"generation_request_id": "request-1", "banners": [evil], "errors": []}
        statuses.append(await deliver(f"{url}/callback/{'0' * 32}", body))
        statuses.append(await deliver(f"{url}/callback/{'1' * 32}", body))
        statuses.append(await deliver(f"{url}/webhook", body))

    run_called_back(bench, provider, beside=forge)
    assert statuses == [401, 401, 200]
    assert bench.outcomes() == ["done"] * 3
    with bench.ledger() as ledger:
        urls = [one.url for row in ledger.reading.rows(bench.job_id) for one in row.outputs.values()]
    assert len(urls) == 6
    assert not any("evil" in url for url in urls)
    assert len([text for text in warnings(bench) if "a webhook was refused" in text]) == 1


def test_a_signed_delivery_to_the_common_address_is_matched_by_its_request(tmp_path: Path) -> None:
    """A workspace with a subscription of its own needs no callback: its NEW_BANNER_BATCH is as good."""
    bench = Bench.of(tmp_path, 1)
    clock = ManualClock()
    provider = FakeProvider(clock, scripted(("callback", 1, "lost")), render_seconds=lambda _: 3_000.0)
    statuses: list[int] = []

    async def batch(url: str) -> None:
        banner = {
            "id": "b",
            "file": {"type": "png", "url": "https://cdn.example.com/x.png"},
            "format": {"id": "square"},
        }
        body = {"generation_request_id": "request-1", "banners": [banner], "errors": []}
        while "submitted" not in bench.states():  # noqa: ASYNC110
            await asyncio.sleep(0)
        other = body | {"generation_request_id": "not ours"}
        for number, one in enumerate((other, body)):
            status = await deliver(f"{url}/webhook", one, delivery=f"d{number}", secret=SECRET, at=clock.now())
            statuses.append(status)

    run_called_back(bench, provider, secret=SECRET, beside=batch)
    assert statuses == [200, 200]
    assert provider.looks == []
    assert bench.outcomes() == ["partial"]


def test_an_unsigned_one_is_only_a_reason_to_look(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 1)
    provider = FakeProvider(ManualClock(), scripted(("callback", 1, "lost")))

    async def batch(url: str) -> None:
        while "submitted" not in bench.states():  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert await deliver(f"{url}/webhook", {"generation_request_id": "request-1", "banners": []}) == 200

    outcome = run_called_back(bench, provider, beside=batch)
    assert bench.outcomes() == ["done"]
    assert outcome.polls == 1
    assert provider.clock.monotonic() < 8.0, "it was looked at before its time"


def test_a_delivery_is_known_again_after_a_restart(tmp_path: Path) -> None:
    """Repeats come for hours; the process that took the first may have ended long before."""
    bench = Bench.of(tmp_path, 2)
    provider = FakeProvider(ManualClock())
    run_called_back(bench, provider)
    with bench.ledger() as ledger:
        assert ledger.deliveries.is_known("delivery-request-1")
        assert not ledger.deliveries.is_known("delivery-request-9")
        ledger.deliveries.forget_old(provider.clock.now() + 8 * 86_400)
        assert not ledger.deliveries.is_known("delivery-request-1")


def test_a_webhook_for_what_was_sent_again_is_part_of_its_story(tmp_path: Path) -> None:
    """The person resubmitted what was in doubt; that it had been accepted after all means that it was billed twice."""
    bench = Bench.of(tmp_path, 1)
    clock = ManualClock()
    run_called_back(bench, FakeProvider(clock, scripted(("post", 1, "500 accepted"))))
    with bench.ledger() as ledger:
        (row,) = ledger.reading.rows(bench.job_id)
        old = row.outputs["square"].generation_id
        assert old is not None
        token = ledger.moves.get(old).token
    bench.plan(again=frozenset((OutputState.IN_DOUBT,)))
    statuses: list[int] = []

    async def late(url: str) -> None:
        body = {"generation_request_id": "request-77", "banners": [], "errors": []}
        statuses.append(await deliver(f"{url}/callback/{token}", body))

    def script(call: Call) -> str:
        return ""

    run_called_back(bench, FakeProvider(clock, script, render_seconds=lambda _: 20.0), beside=late)
    assert statuses == [200]
    assert bench.outcomes() == ["done"]
    with bench.ledger() as ledger:
        (story,) = ledger.reading.attempts(old)
    assert (story.outcome, story.detail) == ("token seen", "came late, as request-77")
    assert any("may have been billed" in text for text in warnings(bench))
