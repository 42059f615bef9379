"""What a run of the command leaves for cron: why it stopped, and a summary that is never of the run before."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bulkgen import pipeline, running
from bulkgen.account import Account
from bulkgen.cli.main import app
from bulkgen.cli.run import print_result
from bulkgen.config import RunOptions, Settings
from bulkgen.errors import ConfigError, ProviderError
from bulkgen.events import Event, Said
from bulkgen.ledger.records import PlanCount
from bulkgen.ledger.states import RowOutcome
from bulkgen.pipeline import RunResult
from bulkgen.reporting import WrittenReport
from bulkgen.testing import ManualClock

KEY = "k3y-of-acme"
STALE = {"job": "nightly", "exit_code": 0}


def ended(code: int, *, stopped: str = "", rows: dict[RowOutcome, int] | None = None) -> RunResult:
    return RunResult("nightly", code, Account(PlanCount(), rows or {}, {}), WrittenReport(Path("out.csv")), (), stopped)


def pipeline_that(end: Callable[[], RunResult]) -> Callable[..., Coroutine[Any, Any, RunResult]]:
    async def work(options: RunOptions, settings: Settings, listener: Callable[[Event], None], **_: Any) -> RunResult:
        listener(Said("Preflight: 2 of 3 rows are bad and are not sent."))
        listener(Said("Note: a guess"))
        return end()

    return work


def raised(error: BaseException) -> Callable[[], RunResult]:
    def end() -> RunResult:
        raise error

    return end


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that tells of last night's success."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("ABYSSALE_API_KEY", KEY)
    monkeypatch.delenv("BULKGEN_PROFILE", raising=False)
    path = tmp_path / "last-run.json"
    path.write_text(json.dumps(STALE))
    return path


def command(summary: Path, *more: str) -> Any:
    return CliRunner().invoke(app, ["run", "sheet.csv", "--progress", "none", "--summary", str(summary), *more])


def test_why_a_run_stopped_is_said_on_the_terminal_and_in_the_summary_without_the_key(
    summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 alone sends somebody to look for the reason at night."""
    monkeypatch.setattr(pipeline, "run", pipeline_that(lambda: ended(3, stopped=f"the provider refuses {KEY}")))
    done = command(summary)
    assert done.exit_code == 3
    assert "Stopped" in done.stdout
    assert "the provider refuses ***" in done.stdout
    body = json.loads(summary.read_text())
    assert (body["exit_code"], body["stopped"]) == (3, "the provider refuses ***")
    assert KEY not in done.output + summary.read_text()


ENDS: dict[str, tuple[BaseException, int, str, str]] = {
    "a bad option": (ConfigError("no such tab"), 2, "bad_option", "no such tab"),
    "a provider that refuses": (ProviderError(f"no {KEY}"), 3, "provider", "no ***"),
    "a bug": (ValueError(KEY), 70, "bug", "ValueError"),
    "an interrupt": (asyncio.CancelledError(), 130, "interrupted", "interrupted"),
}


@pytest.mark.parametrize("case", ENDS)
def test_an_error_replaces_the_summary_of_the_run_before(
    summary: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Cron would read last night's success."""
    error, code, kind, said = ENDS[case]
    monkeypatch.setattr(pipeline, "run", pipeline_that(raised(error)))
    assert command(summary, "--job", "nightly").exit_code == code
    assert json.loads(summary.read_text()) == {
        "job": "nightly",
        "exit_code": code,
        "code": kind,
        "message": said,
        "stopped": said,
    }


def test_a_profile_that_is_not_there_replaces_the_summary_too(summary: Path) -> None:
    assert command(summary, "--profile", "acne").exit_code == 2
    body = json.loads(summary.read_text())
    assert (body["exit_code"], "acne" in body["message"], "job" in body) == (2, True, False)


def test_a_summary_that_cannot_be_written_hides_neither_the_error_nor_the_account(
    summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = summary.parent / "nowhere" / "last-run.json"
    monkeypatch.setattr(pipeline, "run", pipeline_that(raised(ProviderError("the key is refused"))))
    done = command(nowhere)
    assert (done.exit_code, "the key is refused" in done.stderr, "cannot be written" in done.stderr) == (3, True, True)
    monkeypatch.setattr(pipeline, "run", pipeline_that(lambda: ended(0)))
    done = command(nowhere)
    assert (done.exit_code, "out.csv" in done.stdout, "cannot be written" in done.stderr) == (2, True, True)


def test_a_reader_who_has_gone_changes_neither_the_exit_code_nor_the_summary(summary: Path) -> None:
    """`bulkgen run ... | head -1` must not turn a stopped run into a success."""
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from bulkgen import pipeline; import test_told_ends as here;"
        "pipeline.run = here.pipeline_that(lambda: here.ended(3, stopped='no credits')); here.app()"
    )
    arguments = ["run", "sheet.csv", "--progress", "none", "--summary", str(summary)]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parent), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 3, said
    assert json.loads(summary.read_text())["stopped"] == "no credits"
    assert b"Traceback" not in said


def test_what_preflight_leaves_out_is_said_though_nothing_shows_progress(
    summary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "run", pipeline_that(lambda: ended(1)))
    done = command(summary)
    assert "bulkgen: Preflight: 2 of 3 rows are bad and are not sent." in done.stderr
    assert "a guess" not in done.stderr


def test_a_listener_that_shows_lines_is_not_told_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "run", pipeline_that(lambda: ended(0)))
    heard: list[Event] = []
    options = RunOptions(tmp_path / "sheet.csv")
    asyncio.run(running.run(options, Settings(), heard.append, ask=None, stop=asyncio.Event(), clock=ManualClock()))
    assert [event.text.partition(":")[0] for event in heard if isinstance(event, Said)] == ["Preflight", "Note"]


@pytest.mark.parametrize(
    ("code", "rows", "is_said"),
    [
        (0, {RowOutcome.REUSED: 3}, True),
        (3, {RowOutcome.DONE: 1, RowOutcome.WAITING: 2}, False),
        (1, {RowOutcome.DONE: 1, RowOutcome.FAILED: 2}, False),
    ],
)
def test_only_a_whole_sheet_is_as_it_should_be(
    capsys: pytest.CaptureFixture[str], code: int, rows: dict[RowOutcome, int], is_said: bool
) -> None:
    """Rows that wait beyond --limit, or have failed, are not."""
    print_result(ended(code, rows=rows))
    assert ("as it should be" in capsys.readouterr().out) is is_said
