"""Joins the stages; decides nothing itself. Command line and page both call `run`.

sheet -> mapping -> plan -> ledger -> engine -> report
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from bulkgen.account import FINISHED_WITH_ERRORS, Account
from bulkgen.clock import Clock, SystemClock
from bulkgen.config import RunOptions, Settings
from bulkgen.consent import Consent
from bulkgen.engine.patience import as_a_run, unless_stopped
from bulkgen.engine.runner import EXIT_INTERRUPTED, Runner, RunOutcome
from bulkgen.engine.webhook import Place
from bulkgen.errors import ConfigError, OutputError
from bulkgen.events import Event, Listener, Planned, ReportWritten, RunEnded, Said, Settled
from bulkgen.jobs import abandoned_jobs, check_file_limit, check_same_work, choose_provider, draft_job
from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import Job, PlanCount
from bulkgen.ledger.states import SENT_AGAIN_BY_RESUBMIT, SENT_AGAIN_BY_RETRY, OutputState, RowOutcome
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.merging import Merged, check_merge
from bulkgen.plan.fingerprint import Identity
from bulkgen.plan.planner import PlannedRow, RowMarks, plan_row
from bulkgen.plan.refresh import Changes, Unsent, compare
from bulkgen.preflight.honesty import Honesty
from bulkgen.preflighting import Inspection, Scope, balance, inspect, preflight_lines
from bulkgen.preparing import Prepared, prepare, read_inputs
from bulkgen.report.columns import given_names
from bulkgen.report.write import default_report_path
from bulkgen.reporting import Complaints, ReportMaker, WrittenReport, check_writable
from bulkgen.session import Pace, Session, open_session
from bulkgen.sheet.read import open_sheet
from bulkgen.spending import Spending
from bulkgen.tally import RowTally

# Rows a transaction of the plan: some milliseconds each, so that another process never waits long.
PLAN_BATCH = 1_000

# How often an output that another job's process is at work on is looked at.
FOLLOW_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, the report of it, and what rows complain of: (kind, how often, first place). `stopped` is ""
    or why submissions ended before the rows did."""

    job: str
    exit_code: int
    account: Account
    written: WrittenReport
    complaints: tuple[tuple[str, int, str], ...] = ()
    stopped: str = ""
    merged: Merged | None = None

    def to_json(self) -> dict[str, object]:
        body = {"job": self.job, "exit_code": self.exit_code, "stopped": self.stopped, "report": str(self.written.path)}
        if self.merged is not None:
            body["merged"] = str(self.merged.path)
        complaints = [{"what": what, "times": times, "first": first} for what, times, first in self.complaints]
        return body | self.account.to_json() | {"complaints": complaints}


async def run(
    options: RunOptions,
    settings: Settings,
    listener: Listener,
    *,
    ask: Callable[[str], bool] | None,
    stop: asyncio.Event,
    clock: Clock | None = None,
    on_report: Callable[[ReportMaker], None] | None = None,
) -> RunResult:
    """One run of a job, from the sheet to the report. Raises BulkgenError; what was submitted is then in the ledger.

    `on_report` may read what the report says once it is written, while the job is still ours.
    """
    clock = clock or SystemClock()
    inputs = read_inputs(options)
    out = options.out or default_report_path(options.sheet)
    check_writable(out, options.sheet, inputs.sheet.outline)
    if options.merge is not None:
        check_merge(options.merge)
    home = Home.find(options.place, settings.environment)
    provider_name = choose_provider(options, inputs, settings, home)
    check_file_limit(options, inputs, provider_name)
    home.make()
    input_digest, copy = home.keep_input(options.sheet)
    sheet = open_sheet(copy, tab=inputs.sheet.outline.tab or None)
    pace = Pace(options.rate, options.in_flight)
    with Ledger(home.ledger_path) as ledger:
        patience = as_a_run(listener, stop)
        async with open_session(provider_name, settings, home, pace, clock, patience) as session:
            prepared = await prepare(
                options, inputs, session.client, listener, rows_from=sheet, kept=home.kept_pictures
            )
            consent = Consent(provider_name, ask, options, listener)
            draft = draft_job(ledger, options, prepared, session)
            known = ledger.jobs.find(draft.name)
            check_same_work(known, draft)
            draft = replace(draft, design_revision=consent.revision(known, prepared.design))
            consent.bound(prepared.design)
            consent.resubmit()
            job = ledger.jobs.open(draft, clock.now())
            with home.job_lock(job.id, job.name):
                place = _webhook_place(options, settings, session, listener)
                abandoned = abandoned_jobs(ledger, home, job.id)
                work = _Work(ledger, job, session, prepared, options, listener, clock, home, place, abandoned)
                credits_before = await balance(session)
                work = await unless_stopped(work.inspected(settings, credits_before), stop)
                started_at = clock.now()
                name = options.sheet.name
                header = prepared.sheet.outline.names
                before = ledger.jobs.last_run(job.id)
                if consent.bills:
                    count = work.plan_guarded(consent, before.header if before else ())
                else:
                    count, _ = work.plan()
                run_id = ledger.jobs.begin_run(
                    job.id,
                    started_at,
                    input_digest=input_digest,
                    input_name=name,
                    header=header,
                    profile=options.profile or "",
                )
                consent.spend(count, prepared.design, is_new_ledger=not ledger.reading.has_attempts())
                outcome, made = await work.generate(count, stop)
                account, complaints = work.account(count, started_at)
                in_doubt = left_in_doubt(ledger, job.id, started_at) if account.in_doubt else 0
                each = prepared.design.credits_each or 1
                spending = Spending(credits_before, await balance(session), made, in_doubt, each)
                account = replace(account, spending=spending, preflight=work.honesty())
                exit_code = _exit_code(account, outcome, consent)
                ledger.jobs.end_run(run_id, clock.now(), account.to_json())
                outcomes = {kind.value: rows for kind, rows in account.outcomes.items()}
                listener(RunEnded(exit_code, outcomes, {what: times for what, times, _ in complaints}))
                maker = ReportMaker(ledger, job, home, session.files)
                written = maker.write(out, account.lines(), is_idle=account.sent_nothing)
                listener(ReportWritten(str(written.path), written.notes))
                merged = await _merged(maker, options.merge)
                if merged is not None and not merged.documents:
                    exit_code = max(exit_code, FINISHED_WITH_ERRORS)
                if on_report is not None:
                    on_report(maker)
    return RunResult(job.name, exit_code, account, written, complaints, outcome.stopped, merged)


async def _merged(maker: ReportMaker, out: Path | None) -> Merged | None:
    """What cannot be merged is no reason to lose the word of a run that is done, and perhaps paid for."""
    if out is None:
        return None
    try:
        return await maker.merge(out)
    except OutputError as error:
        return Merged(out, 0, 0, (str(error),))


def _webhook_place(options: RunOptions, settings: Settings, session: Session, listener: Listener) -> Place | None:
    found = options.webhook
    if found is None:
        return None
    if session.provider.callback:
        listener(Said("Note: the studio on this machine calls back by itself; --webhook-url is left aside."))
        return None
    return Place(found.host, found.port, found.url, settings.webhook_secret)


def _exit_code(account: Account, outcome: RunOutcome, consent: Consent) -> int:
    if outcome.exit_hint:
        return outcome.exit_hint
    return max(account.exit_code(), FINISHED_WITH_ERRORS if consent.kept_old_design else 0)


def left_in_doubt(ledger: Ledger, job_id: int, since: float) -> int:
    """Banners of the job that were sent for at or after `since` and not answered. Those in doubt from before were paid
    for before, if at all."""
    doubtful = {
        output.id: output.generation_id
        for row in ledger.reading.rows(job_id)
        for output in row.outputs.values()
        if output.state is OutputState.IN_DOUBT and output.generation_id is not None
    }
    sent_since = {
        generation: any(attempt.intended_at >= since for attempt in ledger.reading.attempts(generation))
        for generation in set(doubtful.values())
    }
    return sum(sent_since[generation] for generation in doubtful.values())


@dataclass(frozen=True, slots=True)
class _Work:
    """One run's share of the stages, between the plan and the account."""

    ledger: Ledger
    job: Job
    session: Session
    prepared: Prepared
    options: RunOptions
    listener: Listener
    clock: Clock
    home: Home
    place: Place | None
    abandoned: frozenset[int]
    inspection: Inspection | None = None

    async def inspected(self, settings: Settings, credits: float | None) -> _Work:
        """Look at what would be sent; the work from then on is that of the good rows. Raises ConfigError where a bad
        row is to stop all (`--strict`)."""
        options = self.options
        if not (options.preflight or options.check_images):
            return self
        plan, planning = self.scope, self.ledger.planning
        found = await inspect(
            Scope(
                self.prepared,
                self.identity,
                options,
                settings,
                self.session,
                self.home,
                self.clock,
                self.listener,
                would_send=lambda fingerprint: planning.would_send(plan, fingerprint),
                known_keys=self.ledger.reading.keys(self.job.id),
                balance=credits,
            )
        )
        for line in preflight_lines(found):
            self.listener(Said(line))
        if options.strict and found.bad_rows:
            raise ConfigError(
                f"{found.bad_rows:,} of {found.rows:,} rows {'is' if found.bad_rows == 1 else 'are'} bad, and --strict "
                "sends nothing then",
                code="bad_rows",
                where=str(options.sheet),
                hint="bulkgen check with the same options, and -o problems.xlsx, shows them all. Nothing was sent.",
            )
        return replace(self, prepared=replace(self.prepared, found=found.problems), inspection=found)

    @property
    def identity(self) -> Identity:
        job = self.job
        return Identity(job.provider, job.base_url, job.workspace, job.design_id, job.design_revision)

    @property
    def scope(self) -> PlanScope:
        again: frozenset[OutputState] = frozenset()
        if self.options.retry_failed:
            again |= SENT_AGAIN_BY_RETRY
        if self.options.resubmit_in_doubt:
            again |= SENT_AGAIN_BY_RESUBMIT
        return PlanScope(self.job.id, self.job.design_id, again, self.abandoned, self.options.versioning)

    def plan(self) -> tuple[PlanCount, Changes]:
        """Map and plan every row, in batches; claims are made here."""
        scope, planning = self.scope, self.ledger.planning
        planning.release(self.abandoned | {self.job.id})
        planning.begin(self.job.id)
        count = PlanCount()
        planned = self._planned_rows()
        while batch := list(islice(planned, PLAN_BATCH)):
            count += planning.add(scope, batch)
        changes = planning.end(self.job.id)
        if line := changes.line():
            self.listener(Said(line))
        for note in self.prepared.notes():
            self.listener(Said(f"Note: {note}"))
        return count, changes

    def plan_guarded(self, consent: Consent, header_before: tuple[str, ...]) -> PlanCount:
        """`plan` in one transaction, so that a refresh that is refused leaves the plan before it."""
        with self.ledger.atomic():
            asked_before = self.ledger.reading.row_payloads(self.job.id)
            count, changes = self.plan()
            reading = self.ledger.reading
            asked_now = reading.row_payloads(self.job.id)
            # A report that is fed back in has not changed its columns: those that we added are no part of the sheet.
            before, now = self._given(header_before), self._given(self.prepared.sheet.outline.names)
            there = Unsent(reading.keys(self.job.id), reading.count_nameless_unsent(self.job.id))
            consent.refresh(replace(compare(asked_before, asked_now, before, now, there), banners=changes))
        return count

    def _given(self, header: tuple[str, ...]) -> tuple[str, ...]:
        return given_names(header, self.job.formats, self.job.is_multipage, is_animated=self.job.is_animated)

    async def generate(self, count: PlanCount, stop: asyncio.Event) -> tuple[RunOutcome, int]:
        """Submit and collect until all is finalized or the run is stopped. Also says how many banners came."""
        made = 0
        waiting = self.ledger.reading.waiting_rows(self.job.id)
        tally = RowTally(waiting)
        self.listener(Planned(self.job.name, asdict(count), tally.total, len(waiting)))

        def listen(event: Event) -> None:
            nonlocal made
            if isinstance(event, Settled):
                made += event.done
            self.listener(event)
            if isinstance(event, Settled) and (rows := tally.settle(event)):
                self.listener(rows)

        async with LedgerWriter(self.ledger) as writer:
            outcome = await self._runner(writer, listen, stop).run()
            while not outcome.exit_hint and await self._wait_for_others(writer, stop):
                outcome = outcome.then(await self._runner(writer, listen, stop).run())
        if stop.is_set() and not outcome.exit_hint and self.ledger.reading.owners_elsewhere(self.job.id):
            outcome = replace(outcome, stopped="interrupted", exit_hint=EXIT_INTERRUPTED)
        return outcome, made

    def _runner(self, writer: LedgerWriter, listener: Listener, stop: asyncio.Event) -> Runner:
        return Runner(
            self.session.provider,
            self.session.client,
            self.ledger,
            writer,
            self.clock,
            listener,
            job_id=self.job.id,
            is_multipage=self.job.is_multipage,
            max_credits=self.options.max_credits,
            credits_each=self.prepared.design.credits_each or 1,
            share=self.options.freshness.share,
            stop=stop,
            place=self.place,
        )

    async def _wait_for_others(self, writer: LedgerWriter, stop: asyncio.Event) -> bool:
        """Wait for banners of this job that other runs of this home are making. True once some of them are ours to go
        on with, since the process that had them is gone; False when there are none, or the run is stopped."""
        has_said = False
        while not stop.is_set():
            owners = await writer.do(self.ledger.reading.owners_elsewhere, self.job.id)
            if not owners:
                return False
            gone = [owner for owner in owners if not self.home.is_job_alive(owner)]
            if gone:
                await writer.do(self.ledger.planning.take_over, self.job.id, gone)
                return True
            if not has_said:
                has_said = True
                waiting = sum(owners.values())
                self.listener(Said(f"waiting for {waiting:,} banners that another run in this home is making"))
            await self.clock.sleep(FOLLOW_SECONDS)
        return False

    def account(self, count: PlanCount, since: float) -> tuple[Account, tuple[tuple[str, int, str], ...]]:
        """The closing account, and what the rows complain of."""
        outcomes: dict[RowOutcome, int] = {}
        banners: dict[str, int] = {}
        complaints = Complaints()
        for row in self.ledger.reading.rows(self.job.id):
            outcomes[row.outcome] = outcomes.get(row.outcome, 0) + 1
            complaints.add(row)
            for output in row.outputs.values():
                banners[output.state.value] = banners.get(output.state.value, 0) + 1
        attempts = self.ledger.reading.attempts_since(self.job.id, since)
        return Account(count, outcomes, banners, attempts), complaints.all()

    def honesty(self) -> Honesty | None:
        """What preflight said against what became of it."""
        if self.inspection is None or not self.inspection.looked_at:
            return None
        rows = self.ledger.reading.rows(self.job.id)
        return self.inspection.forecasts.compare(
            (row.position, format_id, output.state.value, output.reason)
            for row in rows
            for format_id, output in row.outputs.items()
        )

    def _planned_rows(self) -> Iterator[PlannedRow]:
        marks, identity, is_multipage = RowMarks(share=self.options.share), self.identity, self.job.is_multipage
        contents = self.inspection.contents if self.inspection else {}
        for row in self.prepared.rows():
            yield plan_row(row, identity, is_multipage=is_multipage, apart=marks.of(row), contents=contents)
