"""`check` joins the stages as far as mapping: every row is read and mapped, nothing is sent, nothing is kept.

sheet -> mapping -> findings
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.clock import SystemClock
from bulkgen.config import RunOptions, Settings
from bulkgen.events import Listener, Said
from bulkgen.jobs import choose_provider
from bulkgen.ledger.home import Home
from bulkgen.preflight.findings import Finding, Findings
from bulkgen.preparing import Prepared, prepare, read_inputs
from bulkgen.session import Pace, open_session


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`banners` would be asked for by the rows that are good; sharing and reuse are not counted off."""

    rows: int
    bad_rows: int
    skipped_rows: int
    banners: int
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, object]:
        counts = {"rows": self.rows, "bad_rows": self.bad_rows, "skipped_rows": self.skipped_rows}
        return {**counts, "banners": self.banners, "findings": [finding.to_json() for finding in self.findings]}


async def check(options: RunOptions, settings: Settings, listener: Listener) -> CheckResult:
    """Raises BulkgenError for what would keep every row from being sent."""
    inputs = read_inputs(options)
    home = Home.find(options.place, settings.environment)
    provider_name = choose_provider(options, inputs, settings, home)
    pace = Pace(options.rate, options.in_flight)
    with home.or_scratch() as place:
        async with open_session(provider_name, settings, place, pace, SystemClock()) as session:
            prepared = await prepare(options, inputs, session.client, listener)
    result = _tally(prepared)
    for note in prepared.notes():
        listener(Said(f"Note: {note}"))
    return result


def _tally(prepared: Prepared) -> CheckResult:
    findings, rows, bad, skipped, banners = Findings(), 0, 0, 0, 0
    for mapped in prepared.rows():
        rows += 1
        findings.add(mapped.problems)
        bad += bool(mapped.errors)
        skipped += bool(mapped.skipped)
        if not mapped.errors:
            banners += sum(len(want.formats) for want in mapped.wants)
    return CheckResult(rows, bad, skipped, banners, tuple(findings.all()))
