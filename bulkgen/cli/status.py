"""`bulkgen status`: the jobs, one job's rows by outcome, or the whole story of one row."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.output import print_table
from bulkgen.errors import ConfigError

if TYPE_CHECKING:
    from bulkgen.ledger.home import Home
    from bulkgen.ledger.ledger import Ledger
    from bulkgen.ledger.records import Attempt, Job, RowRecord, Run

EXAMPLE = "Example: bulkgen status products-product-card --row 00123"


@guarded
def status(
    job: Annotated[str | None, typer.Argument(help="Name of a job. [list all]")] = None,
    row: Annotated[str | None, typer.Option(help="The key of a row, or its number in the sheet.")] = None,
    profile: ProfileOption = None,
) -> int:
    """What became of jobs, of a job's rows, or of every attempt of one row; or what a profile's jobs have cost."""
    from bulkgen.ledger.ledger import Ledger

    if row is not None and job is None:
        raise ConfigError("--row needs the job that the row is of", hint=EXAMPLE.removeprefix("Example: "))
    with Ledger(find_ledger(profile)) as ledger:
        if job is None and profile is not None:
            _print_profile(ledger, profile)
            return 0
        if job is None:
            _print_jobs(ledger, ledger.jobs.all())
            return 0
        found = find_job(ledger, job)
        if row is None:
            _print_job(ledger, found)
        else:
            _print_row(ledger, found, row)
    return 0


def find_ledger(profile: str | None = None) -> Path:
    """The ledger of the profile's home, else of the one that the current folder belongs to. Raises ConfigError when
    there is none."""
    from bulkgen.ledger.home import ENVIRONMENT_NAME, Home

    home = Home.find(Path.cwd(), _environment(profile))
    if not home.exists:
        home = _only_home_below(Path.cwd()) or home
    if not home.exists:
        raise ConfigError(
            "there is no ledger here",
            code="no_ledger",
            where=str(home.root),
            hint=f"Go to the folder of the sheet, or set {ENVIRONMENT_NAME}.",
        )
    return home.ledger_path


def find_job(ledger: Ledger, name: str) -> Job:
    from bulkgen.names import did_you_mean

    found = ledger.jobs.find(name)
    if found is None:
        names = [job.name for job in ledger.jobs.all()]
        raise ConfigError(f"there is no job {name!r}", code="unknown_job", hint=did_you_mean(name, names))
    return found


def _environment(profile: str | None) -> dict[str, str]:
    """A profile that no file has any more may still have a history here."""
    from bulkgen.profiles import find_profile

    try:
        return find_profile(profile, os.environ, Path.cwd()).placed(os.environ)
    except ConfigError as error:
        if profile is None or error.code != "unknown_profile":
            raise
        return dict(os.environ)


def _print_profile(ledger: Ledger, profile: str) -> None:
    from bulkgen.config import ProviderName
    from bulkgen.spending import credits_used

    every = ledger.jobs.runs_of_profile(profile)
    runs = {run.job_id: run for run in every}
    jobs = [job for job in ledger.jobs.all() if job.id in runs]
    if not jobs:
        raise ConfigError(
            f"nothing was run here under the profile {profile!r}",
            code="unknown_profile",
            hint="bulkgen status lists the jobs, with the profile of each one's last run.",
        )
    _print_jobs(ledger, jobs, runs)
    billed = {job.id for job in jobs if job.provider != ProviderName.STUDIO}
    typer.echo(f"\n{credits_used(run.account for run in every if run.job_id in billed)}")


def _print_jobs(ledger: Ledger, jobs: Sequence[Job], runs: Mapping[int, Run] | None = None) -> None:
    """`runs`: the one to show of each job; by default its last."""
    rows = []
    for job in jobs:
        run = runs[job.id] if runs else ledger.jobs.last_run(job.id)
        outcomes = ledger.reading.outcomes(job.id)
        said = ", ".join(f"{count:,} {outcome.value}" for outcome, count in outcomes.items()) or "no rows"
        when, profile = (_time(run.started_at), run.profile) if run else ("", "")
        rows.append((job.name, job.provider, profile, when, said))
    print_table(("job", "provider", "profile", "last run", "rows"), rows)


def _print_job(ledger: Ledger, job: Job) -> None:
    run, report = ledger.jobs.last_run(job.id), ledger.jobs.last_report(job.id)
    lines = [("job", job.name), ("sheet", job.source + (f" [{job.tab}]" if job.tab else ""))]
    lines += [("design", f"{job.design_name} ({job.design_id})"), ("provider", job.provider)]
    if run:
        lines += [("profile", run.profile)] if run.profile else []
        ended = _time(run.ended_at) if run.ended_at else "not ended: interrupted, or still at work"
        lines += [("begun", _time(run.started_at)), ("ended", ended)]
    if report:
        lines.append(("report", report.report_path))
    for label, text in lines:
        typer.echo(f"{label:<10} {text}")
    typer.echo()
    outcomes = ledger.reading.outcomes(job.id)
    print_table(("rows", "outcome"), [(f"{count:,}", outcome.value) for outcome, count in outcomes.items()])
    if run and run.account.get("preflight"):
        from bulkgen.preflight.honesty import Honesty

        typer.echo()
        for label, figures in Honesty.from_json(run.account["preflight"]).lines():
            typer.echo(f"{label:<28} {figures}")
    told = [row for row in ledger.reading.rows(job.id) if _complaint(row)][:20]
    if told:
        typer.echo()
        print_table(("row", "key", "outcome", "why"), [_told(row) for row in told])


def _print_row(ledger: Ledger, job: Job, key: str) -> None:
    found = ledger.reading.rows_by_key(job.id, key)
    if not found and key.isdigit():
        found = [row for row in ledger.reading.rows(job.id) if row.number == int(key)]
    if not found:
        raise ConfigError(
            f"the job {job.name!r} has no row {key!r}",
            code="unknown_row",
            hint="Give the row's key as the sheet shows it, or its number in the sheet.",
        )
    for row in found:
        typer.echo(f"row {row.number}  {row.key}  {row.outcome.value}  {row.detail}".rstrip())
        for format_id, output in row.outputs.items():
            typer.echo(f"  {format_id}: {output.state.value}  {output.url or output.file_key or output.reason}")
        for format_id, earlier in row.earlier.items():
            typer.echo(f"  {format_id}: the banner from before  {earlier.url or earlier.file_key}")
        for attempt in ledger.reading.story(row):
            typer.echo(f"  {_attempt(attempt)}")


def _attempt(attempt: Attempt) -> str:
    from bulkgen.ledger.states import GenerationEvent

    said = attempt.outcome or "no answer yet"
    if attempt.outcome == GenerationEvent.UNANSWERED:
        said += " (may have been billed)"  # also once its row is done by another attempt: it is looked for on a bill
    begun = f"generation {attempt.generation_id}, attempt {attempt.number}, {_time(attempt.intended_at)}"
    return f"{begun}: {said} {attempt.detail}".rstrip()


def _complaint(row: RowRecord) -> str:
    reasons = [row.detail] if row.outcome.value in ("invalid", "refused", "in doubt", "expired") else []
    reasons += [f"{name}: {one.reason}" for name, one in row.outputs.items() if one.reason]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _told(row: RowRecord) -> tuple[str, str, str, str]:
    return str(row.number), row.key, row.outcome.value, _complaint(row)[:160]


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _only_home_below(folder: Path) -> Home | None:
    """A home one or two folders down, when there is just one: `bulkgen status` from the folder of the project."""
    from bulkgen.ledger.home import FOLDER_NAME, Home

    found = [*folder.glob(f"*/{FOLDER_NAME}"), *folder.glob(f"*/*/{FOLDER_NAME}")]
    return Home(found[0]) if len(found) == 1 else None
