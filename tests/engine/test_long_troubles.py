"""Troubles that last: an hour of refusals, bursts, a name that is not found, a certificate that nobody knows, clocks
that jump. Simulated time on real sockets.
"""

from __future__ import annotations

import asyncio
import email.utils
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_provider import Call, FakeProvider
from harness import Bench, hosted_at, run_hosted, run_studio
from ill_provider import IllProvider

from bulkgen.engine.provider import Provider, hosted
from bulkgen.engine.runner import RunOutcome
from bulkgen.events import Throttled
from bulkgen.testing import ManualClock

HOUR = 3600.0
MAKE = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=127.0.0.1",
    "-addext",
    "subjectAltName=IP:127.0.0.1",
]
ROWS = 3


# Refusals.


@pytest.mark.parametrize("run", [run_hosted, run_studio], ids=["bills", "studio"])
@pytest.mark.parametrize(
    ("kind", "fault"),
    [("post", "429"), ("post", "429 later"), ("post", "429 credits"), ("look", "429"), ("look", "429 later")],
)
def test_an_hour_of_any_refusal_that_a_wait_clears_loses_no_row_and_doubles_none(
    tmp_path: Path, kind: str, fault: str, run: Callable[[Bench, FakeProvider], RunOutcome]
) -> None:
    """The words speak of credits where the balance does not: only the balance may end a run."""
    bench, clock = Bench.of(tmp_path, ROWS), ManualClock()

    def script(call: Call) -> str:
        clock.advance(0.005)  # a call takes its time
        if call.kind == "callback":
            return "lost"  # so that the looks count
        return fault if call.kind == kind and clock.monotonic() < HOUR else ""

    provider = FakeProvider(clock, script, credits_left=100)
    outcome = run(bench, provider)
    assert outcome.exit_hint == 0, outcome.stopped
    assert bench.outcomes() == ["done"] * ROWS
    assert all(provider.times_accepted(f"row {number}") == 1 for number in range(ROWS))
    assert HOUR <= clock.monotonic() < HOUR + 120.0, "and it goes on when the hour is over"


@pytest.mark.parametrize("fault", ["429", "429 later", "429 credits"])
def test_bursts_of_refusals_cost_calls_and_no_rows(tmp_path: Path, fault: str) -> None:
    bench, clock = Bench.of(tmp_path, 30), ManualClock()

    def script(call: Call) -> str:
        return fault if call.kind in ("post", "look") and call.number % 10 in (3, 4, 5) else ""

    provider = FakeProvider(clock, script, credits_left=100)
    if fault == "429 credits":
        provider.script = lambda call: script(call) if call.kind == "post" else ""
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 30
    assert all(provider.times_accepted(f"row {number}") == 1 for number in range(30))


def test_a_burst_of_refusals_for_the_plan_stops_the_run_once_and_blames_no_row(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 12)
    provider = FakeProvider(ManualClock(), lambda call: "plan" if call.kind == "post" and call.number > 4 else "")
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert bench.outcomes() == ["done"] * 4 + ["waiting"] * 8
    provider.script = lambda call: ""
    bench.plan()
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes().count("done") + bench.outcomes().count("reused") == 12
    assert all(provider.times_accepted(f"row {number}") == 1 for number in range(12))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_hour_of_errors_to_looks_leaves_the_rows_to_the_next_run(tmp_path: Path, status: int) -> None:
    """What was paid for is collected when the provider is well again, and nothing is sent again for it."""
    bench, clock = Bench.of(tmp_path, ROWS), ManualClock()
    provider = IllProvider(clock, ills={("look", f"row {n}"): [f"{status} before"] * 99 for n in range(ROWS)})
    outcome = run_hosted(bench, provider)
    assert outcome.exit_hint == 3
    assert bench.outcomes() == ["waiting"] * ROWS
    provider._left.clear()
    provider.ills.clear()
    bench.plan()
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    assert len(provider.posts) == ROWS


# No way to the provider.


def cut_off(bench: Bench, provider: Provider, clock: ManualClock) -> RunOutcome:
    return asyncio.run(bench.run(provider, clock))


def assert_nothing_was_sent(bench: Bench, outcome: RunOutcome, words: str, clock: ManualClock) -> None:
    assert outcome.exit_hint == 3
    assert words in outcome.stopped
    assert bench.outcomes() == ["waiting"] * ROWS
    assert set(bench.attempts(0)) <= {"surely not accepted"}
    assert clock.monotonic() > 60, "a router that restarts must not end a night's run"
    assert "secret-key" not in outcome.stopped
    again = FakeProvider(ManualClock())
    bench.plan()
    assert run_hosted(bench, again).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    assert all(again.times_accepted(f"row {number}") == 1 for number in range(ROWS))


def test_a_name_that_cannot_be_resolved_is_waited_for_and_nothing_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    bench, clock = Bench.of(tmp_path, ROWS), ManualClock()
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", nobody)
        outcome = cut_off(bench, hosted("https://api.example.com", "secret-key"), clock)
    assert_nothing_was_sent(bench, outcome, "its name cannot be resolved", clock)


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [openssl, *MAKE, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def answer_anything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    writer.close()


@pytest.mark.parametrize("speaks", ["self-signed", "no TLS"])
def test_a_provider_that_cannot_be_trusted_is_sent_nothing(
    tmp_path: Path, self_signed: ssl.SSLContext, speaks: str
) -> None:
    """Neither the rows nor the key: whoever answers there is not the one that the key is for."""
    bench, clock = Bench.of(tmp_path, ROWS), ManualClock()
    provider = IllProvider(clock, certificate=self_signed)

    async def main() -> RunOutcome:
        if speaks == "self-signed":
            async with provider:
                return await bench.run(hosted(f"https://127.0.0.1:{provider.port}", "secret-key"), clock)
        async with await asyncio.start_server(answer_anything, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await bench.run(hosted(f"https://127.0.0.1:{port}", "secret-key"), clock)

    outcome = asyncio.run(main())
    assert not provider.posts
    assert not provider.headers
    words = {"self-signed": "its certificate is not trusted", "no TLS": "no secure connection could be made"}
    assert_nothing_was_sent(bench, outcome, words[speaks], clock)


# Clocks.


class JumpingClock(ManualClock):
    """The wall clock is set back three hours after ten seconds, and forward by eight after thirty."""

    def now(self) -> float:
        at = self.monotonic()
        return super().now() + (0.0 if at < 10.0 else -3 * HOUR if at < 30.0 else 5 * HOUR)


@dataclass(frozen=True, slots=True)
class Steady:
    """The provider's own clock, which nobody sets."""

    clock: ManualClock

    def now(self) -> float:
        return self.clock._wall + self.clock.monotonic()

    def monotonic(self) -> float:
        return self.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)


def of_a_clock(folder: Path, clock: ManualClock) -> tuple[float, list[str], RunOutcome]:
    folder.mkdir()
    bench = Bench.of(folder, 120)
    provider = FakeProvider(
        Steady(clock),
        lambda call: "429 later" if call.kind == "post" and call.number in (90, 200) else "",
        render_seconds=lambda marker: 20.0 if marker.endswith("7") else 3.0,
    )

    async def main() -> RunOutcome:
        async with provider:
            return await bench.run(hosted_at(provider), clock)

    outcome = asyncio.run(main())
    assert all(provider.times_accepted(f"row {number}") == 1 for number in range(120))
    return clock.monotonic(), bench.outcomes(), outcome


def test_a_wall_clock_that_jumps_by_hours_changes_nothing_about_a_run(tmp_path: Path) -> None:
    """Summer time, a laptop that wakes, a time server: pace, pauses and looks go by the clock that never jumps."""
    expected = of_a_clock(tmp_path / "steady", ManualClock())
    found = of_a_clock(tmp_path / "jumping", JumpingClock())
    assert expected[1] == ["done"] * 120
    assert expected[0] > 30.0, "both jumps were within the run"
    assert found[1:] == expected[1:]
    assert found[0] == pytest.approx(expected[0], abs=1.0)


@pytest.mark.parametrize("hours", [-5.0, 5.0, -24 * 400.0])
def test_a_clock_that_was_set_between_runs_loses_nothing_that_is_under_way(tmp_path: Path, hours: float) -> None:
    """Requests sent "tomorrow", or a year ago, are looked at like any others."""
    bench = Bench.of(tmp_path, ROWS)
    provider = FakeProvider(ManualClock(), lambda call: "401" if call.kind == "look" else "")
    assert run_hosted(bench, provider).exit_hint == 3
    assert bench.states() == ["submitted"] * ROWS
    provider.script = lambda call: ""
    provider.clock = ManualClock(wall=ManualClock().now() + hours * HOUR)
    bench.plan()
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    assert len(provider.posts) == ROWS


@pytest.mark.parametrize("hours", [-3.0, 3.0])
def test_a_time_of_day_to_wait_for_is_by_the_provider_s_clock(tmp_path: Path, hours: float) -> None:
    """`Retry-After` may be a date. By a clock of ours that is three hours slow it is three hours away."""
    bench, clock = Bench.of(tmp_path, ROWS), ManualClock()
    theirs = Steady(ManualClock(wall=clock.now() + hours * HOUR))

    def stamp(seconds: float = 0.0) -> str:
        return email.utils.formatdate(theirs.now() + clock.monotonic() + seconds, usegmt=True)

    provider = IllProvider(clock, ills={("post", "row 2"): ["429 at a time of day"]}, time_of_day=stamp)
    assert run_hosted(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * ROWS
    (pause,) = [event for event in bench.events if isinstance(event, Throttled)]
    assert pause.seconds == pytest.approx(20.0, abs=2.0)
