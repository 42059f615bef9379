"""A run with those who follow it: the run of `pipeline`, its log file, and the notice of how it ended.

    pipeline.run -> events -> log file, listener; end, whatever it is -> notice

Command line and library both run through here. What goes wrong with log or notice is told and changes nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bulkgen import pipeline
from bulkgen.clock import Clock, SystemClock
from bulkgen.config import RunOptions, Settings
from bulkgen.errors import BulkgenError
from bulkgen.events import Event, Listener, Planned, ReportWritten, RunEnded, Said, Stopped
from bulkgen.exits import BUG, INTERRUPTED, exit_code
from bulkgen.logfile import LogFile
from bulkgen.logline import Level, hidden
from bulkgen.notice import Notice

if TYPE_CHECKING:
    from bulkgen.reporting import ReportMaker

# How a line begins that must reach the person though nothing shows progress: what is not sent, and what may go wrong.
URGENT = ("Preflight:", "Warning:")

# Who interrupts twice wants to be gone: the notice then has one short try.
LAST_TRY_SECONDS = 2.0


@dataclass(slots=True)
class _Heard:
    """What the events of a run have told so far: of a run that fails in its middle nothing else is left."""

    job: str
    started_at: float
    secrets: frozenset[str]
    rows: dict[str, int] = field(default_factory=dict)
    report: str = ""
    stopped: str = ""

    def __call__(self, event: Event) -> None:
        match event:
            case Planned(job=job):
                self.job = job
            case Stopped(reason):
                self.stopped = self.stopped or reason
            case RunEnded(account=account):
                self.rows = dict(account)
            case ReportWritten(path):
                # Who reads the notice does not know in which folder the command was started.
                self.report = str(Path(path).absolute())

    def notice(self, code: int, ended_at: float, *, why: str = "", credits: float | None = None) -> Notice:
        # A provider's own words may repeat what it was called with.
        stopped = hidden(why or self.stopped, self.secrets)
        return Notice(self.job, code, self.started_at, ended_at, self.rows, credits, self.report, stopped)


async def run(
    options: RunOptions,
    settings: Settings,
    listener: Listener,
    *,
    ask: Callable[[str], bool] | None,
    stop: asyncio.Event,
    on_report: Callable[[ReportMaker], None] | None = None,
    warn: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> pipeline.RunResult:
    """`pipeline.run`, logged and told of as the options ask. Raises what that raises, and OutputError for a log that
    cannot be written. `warn` takes what must reach the person though `listener` is silent."""
    clock = clock or SystemClock()
    secrets = secrets_of(options, settings)
    heard = _Heard(options.job or options.sheet.stem, clock.now(), secrets)
    with ExitStack() as stack:
        log = None
        if options.log_file is not None:
            log = stack.enter_context(LogFile(options.log_file, clock, secrets))
            begun = {"sheet": options.source_name, "job": options.job or "", "profile": options.profile or ""}
            log.note("run_begun", begun)

        def listen(event: Event) -> None:
            heard(event)
            if log is not None:
                log(event)
            listener(event)
            if warn is not None and isinstance(event, Said) and event.text.startswith(URGENT):
                warn(hidden(event.text, secrets))

        def tell(text: str) -> None:
            said = Said(f"Warning: {text}")
            if log is not None:
                log(said)
            if warn is None:
                listener(said)
            else:
                warn(said.text)

        try:
            result = await pipeline.run(options, settings, listen, ask=ask, stop=stop, on_report=on_report, clock=clock)
        except BaseException as error:
            code, kind, why = told(error)
            if log is not None:
                log.note("run_failed", {"exit_code": code, "code": kind, "message": why}, level=Level.ERROR)
            notice = heard.notice(code, clock.now(), why=why)
            await _notify(options, notice, clock, tell, is_hurried=code == INTERRUPTED)
            raise
        result = replace(result, stopped=hidden(result.stopped, secrets))
        notice = heard.notice(result.exit_code, clock.now(), credits=result.account.spending.used)
        await _notify(options, notice, clock, tell)
        if log is not None and log.lost:
            tell(f"{log.lost:,} lines of {options.log_file} could not be written.")
    return result


def secrets_of(options: RunOptions, settings: Settings) -> frozenset[str]:
    """What may be written nowhere."""
    known = (settings.api_key, settings.studio_key, settings.webhook_secret, options.notify_url)
    return frozenset(one for one in known if one)


async def _notify(
    options: RunOptions, notice: Notice, clock: Clock, tell: Callable[[str], None], *, is_hurried: bool = False
) -> None:
    if options.notify_url is None:
        return
    from bulkgen.notifying import ATTEMPTS, TIMEOUT_SECONDS, notify

    attempts, timeout = (1, LAST_TRY_SECONDS) if is_hurried else (ATTEMPTS, TIMEOUT_SECONDS)
    try:
        failed = await notify(options.notify_url, notice, clock, attempts=attempts, timeout_seconds=timeout)
    except BulkgenError as error:
        failed = f"nobody was told how the run ended: {error}"
    if failed:
        tell(failed)


def told(error: BaseException) -> tuple[int, str, str]:
    """(exit code, kind, why) of a run that did not come to its end."""
    if isinstance(error, BulkgenError):
        return exit_code(error), error.code, error.message
    if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
        return INTERRUPTED, "interrupted", "interrupted"
    # The text of a foreign exception may hold anything.
    return BUG, "bug", type(error).__name__
