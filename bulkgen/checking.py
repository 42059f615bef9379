"""`check` joins the stages as far as preflight: what would be sent is looked at, nothing is sent, nothing is planned.

sheet -> mapping -> preflight -> findings, a copy of the sheet that shows them

What the ledger has already is not looked at again. Pictures that were seen are remembered in the home, and before there
is one in the user's cache, since `check` leaves nothing beside the sheet.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace

from bulkgen.clock import SystemClock
from bulkgen.config import RunOptions, Settings
from bulkgen.engine.patience import unless_stopped
from bulkgen.events import Listener, Said
from bulkgen.jobs import abandoned_jobs, check_file_limit, choose_provider, draft_job
from bulkgen.ledger.home import Home, cache_folder
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.preflight.costs import Forecast
from bulkgen.preflight.findings import Finding
from bulkgen.preflighting import Scope, balance, inspect
from bulkgen.preparing import prepare, read_inputs
from bulkgen.report.problem_report import open_problem_report
from bulkgen.session import Pace, identity_of, open_session


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`looked_at` is smaller than `rows` for a sample, whose `unknown_rows` would be sent unseen; `notes` are about the
    copy of the sheet."""

    rows: int
    looked_at: int
    bad_rows: int
    warned_rows: int
    skipped_rows: int
    unknown_rows: int
    findings: tuple[Finding, ...]
    cost: Forecast
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        counts = {"rows": self.rows, "looked_at": self.looked_at, "bad_rows": self.bad_rows}
        counts |= {
            "warned_rows": self.warned_rows,
            "skipped_rows": self.skipped_rows,
            "unknown_rows": self.unknown_rows,
        }
        findings = [finding.to_json() for finding in self.findings]
        return {**counts, "cost": self.cost.to_json(), "findings": findings}


async def check(options: RunOptions, settings: Settings, listener: Listener, stop: asyncio.Event) -> CheckResult:
    """`options.out` is the copy of the sheet. Raises BulkgenError for what would keep every row from being sent."""
    inputs = read_inputs(options)
    home = Home.find(options.place, settings.environment)
    provider_name = choose_provider(options, inputs, settings, home)
    check_file_limit(options, inputs, provider_name)
    clock = SystemClock()
    copy = open_problem_report(options.out, inputs.sheet.outline) if options.out else None
    with home.or_scratch() as place, contextlib.ExitStack() as stack:
        pace = Pace(options.rate, options.in_flight)
        async with open_session(provider_name, settings, place, pace, clock) as session:
            prepared = await prepare(options, inputs, session.client, listener)
            ledger = stack.enter_context(Ledger(home.ledger_path)) if home.exists else None
            scope = Scope(
                prepared=prepared,
                identity=identity_of(prepared.design, session),
                options=options,
                settings=settings,
                session=session,
                home=place,
                clock=clock,
                listener=listener,
                balance=await balance(session),
                remembered_in=None if home.exists else cache_folder(settings.environment),
            )
            if ledger is not None:
                scope = _beside(scope, ledger, home)
            found = await unless_stopped(inspect(scope, stack.enter_context(copy) if copy else None), stop)
    for note in prepared.notes():
        listener(Said(f"Note: {note}"))
    assert found.cost is not None
    return CheckResult(
        rows=found.rows,
        looked_at=found.looked_at,
        bad_rows=found.bad_rows,
        warned_rows=found.findings.warned_rows,
        skipped_rows=found.skipped,
        unknown_rows=found.unknown,
        findings=tuple(found.findings.all()),
        cost=found.cost,
        notes=copy.notes if copy else (),
    )


def _beside(scope: Scope, ledger: Ledger, home: Home) -> Scope:
    """With what the ledger has: banners that are there already are not looked at."""
    draft = draft_job(ledger, scope.options, scope.prepared, scope.session)
    job = ledger.jobs.find(draft.name)
    job_id = job.id if job else 0
    plan = PlanScope(job_id, draft.design_id, abandoned=abandoned_jobs(ledger, home, job_id))
    return replace(
        scope,
        would_send=lambda fingerprint: ledger.planning.would_send(plan, fingerprint),
        known_keys=ledger.reading.keys(job_id),
    )
