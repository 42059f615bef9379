"""What is told of a run that ends in the middle, whatever ended it; and what a library call takes from a profile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from listening import Listening

import bulkgen
from bulkgen import pipeline, running
from bulkgen.config import RunOptions, Settings
from bulkgen.errors import ConfigError, LedgerError, ProviderError, ReportError
from bulkgen.events import Event, Planned, ReportWritten, RunEnded, Said, Stopped
from bulkgen.profiles import users_file
from bulkgen.spending import CreditsUsed, credits_used
from bulkgen.testing import START, ManualClock

SECRET = "s3cret-of-ours"

ENDS: dict[str, tuple[Callable[[], BaseException], int, str]] = {
    "a bad option": (lambda: ConfigError("no such tab"), 2, "no such tab"),
    "a provider that says what it was called with": (lambda: ProviderError(f"no key {SECRET}"), 3, "no key ***"),
    "a full disk": (lambda: LedgerError("the disk is full", code="disk_full"), 3, "the disk is full"),
    "a report that is open": (lambda: ReportError("it is open elsewhere"), 1, "it is open elsewhere"),
    "a bug, whose text may hold anything": (lambda: ValueError(SECRET), 70, "ValueError"),
    "a second Ctrl-C": (asyncio.CancelledError, 130, "interrupted"),
}


@pytest.mark.parametrize("case", ENDS)
def test_every_end_is_told_with_what_was_known_by_then_and_is_still_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    make, code, stopped = ENDS[case]
    error = make()

    async def work(options: RunOptions, settings: Settings, listener: Callable[[Event], None], **_: Any) -> None:
        listener(Planned("spring", {}, 3, 3))
        listener(RunEnded(1, {"done": 2}))
        listener(ReportWritten("/out.csv"))
        raise error

    async def run(url: str) -> None:
        options = RunOptions(tmp_path / "sheet.csv", log_file=tmp_path / "run.log", notify_url=f"{url}/{SECRET}")
        heard: list[Event] = []
        settings = Settings(api_key=SECRET)
        with pytest.raises(type(error)) as raised:
            await running.run(
                options, settings, heard.append, ask=None, stop=asyncio.Event(), clock=ManualClock(wall=START)
            )
        assert raised.value is error
        assert [type(event) for event in heard] == [Planned, RunEnded, ReportWritten]

    monkeypatch.setattr(pipeline, "run", work)
    with Listening() as chat:
        asyncio.run(run(chat.url))
    (call,) = chat.calls
    told = json.loads(call.body)
    assert (told["job"], told["exit_code"], told["stopped"]) == ("spring", code, stopped)
    assert (told["rows"], told["report"]) == ({"done": 2}, "/out.csv")
    log = (tmp_path / "run.log").read_text("utf-8")
    assert f"ERROR action=run_failed exit_code={code}" in log
    assert SECRET not in log + call.body.decode()


def test_a_warning_reaches_the_person_though_the_listener_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(options: RunOptions, settings: Settings, listener: Callable[[Event], None], **_: Any) -> None:
        listener(Stopped("no credits"))
        raise ConfigError("no such tab")

    monkeypatch.setattr(pipeline, "run", work)
    options = RunOptions(tmp_path / "sheet.csv", notify_url=f"http://127.0.0.1:9/{SECRET}")
    warned: list[str] = []
    heard: list[Event] = []

    async def run(warn: Callable[[str], None] | None) -> None:
        with pytest.raises(ConfigError):
            await running.run(
                options, Settings(), heard.append, ask=None, stop=asyncio.Event(), warn=warn, clock=ManualClock()
            )

    asyncio.run(run(warned.append))
    assert [text.partition(" was not told")[0] for text in warned] == ["Warning: 127.0.0.1"]
    assert not any(isinstance(event, Said) for event in heard)
    asyncio.run(run(None))
    assert isinstance(heard[-1], Said)
    assert SECRET not in heard[-1].text + "".join(warned)


def test_a_call_comes_first_then_a_profile_that_it_names_then_the_environment_then_the_default_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same order as on the command line, or a program pays from another workspace than the command."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = users_file({"XDG_CONFIG_HOME": str(tmp_path)})
    path.parent.mkdir()
    path.write_text('[profiles.acme]\nrate = 3\nin_flight = 5\nbase_url = "http://127.0.0.1:3"\nkey = { env = "ACME" }')
    seen: list[tuple[RunOptions, Settings]] = []

    async def work(options: RunOptions, settings: Settings, *_: Any, **__: Any) -> None:
        seen.append((options, settings))
        raise ConfigError("seen")

    monkeypatch.setattr(pipeline, "run", work)
    monkeypatch.setenv("ACME", "of-the-profile")

    def call(*, profile: str | None = "acme", **options: Any) -> tuple[float, int, str, str | None, str | None]:
        with pytest.raises(ConfigError, match="seen"):
            bulkgen.run_sync(tmp_path / "sheet.csv", profile=profile, **options)
        asked, settings = seen[-1]
        return asked.rate, asked.in_flight, settings.base_url, settings.api_key, asked.profile

    assert call() == (3, 5, "http://127.0.0.1:3", "of-the-profile", "acme")
    monkeypatch.setenv("ABYSSALE_API_KEY", "of-the-environment")
    monkeypatch.setenv("ABYSSALE_BASE_URL", "http://127.0.0.1:2")
    assert call(rate=2) == (2, 5, "http://127.0.0.1:3", "of-the-profile", "acme"), "it was named"
    monkeypatch.setenv("BULKGEN_PROFILE", "acme")
    assert call(profile=None, rate=2) == (2, 5, "http://127.0.0.1:2", "of-the-environment", "acme")
    given = call(api_key="given", base_url="http://127.0.0.1:1", in_flight=1)
    assert given == (3, 1, "http://127.0.0.1:1", "given", "acme")


def test_credits_of_several_runs_are_summed_and_what_did_not_tell_is_said() -> None:
    counted = {"credits": {"before": 10.0, "after": 7.5, "made": 2, "in_doubt": 0}}
    unlimited = {"credits": {"before": None, "after": None, "made": 2, "in_doubt": 0}}
    assert credits_used([]) == CreditsUsed(0, 0, 0)
    used = credits_used([counted, counted, unlimited, {}])
    assert used == CreditsUsed(5.0, 4, 2)
    assert str(used) == "5 credits used in 4 runs, of which 2 did not tell"
    assert str(credits_used([counted])) == "2 credits used in 1 run"
