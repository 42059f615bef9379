"""`bulkgen run`: options -> pipeline -> exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.addresses import DEFAULT_LISTEN
from bulkgen.cli.guard import fall_silent, guarded, run_until_stopped
from bulkgen.cli.options import (
    DesignOption,
    DuplicatesOption,
    FormatsOption,
    ImagesOption,
    KeyOption,
    MappingOption,
    MaxKbOption,
    MergeOption,
    ProfileOption,
    RateOption,
    SampleOption,
    split_names,
)
from bulkgen.cli.output import print_merged
from bulkgen.config import (
    DEFAULT_IN_FLIGHT,
    DEFAULT_MAX_CHANGED,
    DesignChange,
    ProviderName,
    RunOptions,
)
from bulkgen.engine.scheduler import Freshness
from bulkgen.events import Said
from bulkgen.mapping.keys import Duplicates
from bulkgen.progress import ProgressKind, open_progress

if TYPE_CHECKING:
    from bulkgen.pipeline import RunResult

# A screenful; the report and `bulkgen status` have all of it.
COMPLAINTS_SHOWN = 6

EXAMPLE = "Example: bulkgen run products.xlsx -d product-card --formats square,story --key SKU"


@guarded
def run(
    sheet: Annotated[Path, typer.Argument(help="A CSV or XLSX file; one row, one set of banners.")],
    design: DesignOption = None,
    mapping: MappingOption = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The report. [NAME.generated.EXT beside it]")] = None,
    merge: MergeOption = None,
    formats: FormatsOption = "",
    max_kb: MaxKbOption = None,
    key: KeyOption = None,
    tab: Annotated[str | None, typer.Option("--sheet", help="The tab of a workbook. [the first with rows]")] = None,
    job: Annotated[str | None, typer.Option(help="Name of the job. [from sheet and design]")] = None,
    provider: Annotated[
        ProviderName | None, typer.Option(help="Who renders. [abyssale with ABYSSALE_API_KEY, else studio]")
    ] = None,
    rate: RateOption = None,
    in_flight: Annotated[
        int | None, typer.Option(help=f"Most unfinished requests, hosted API. [{DEFAULT_IN_FLIGHT:,}]")
    ] = None,
    freshness: Annotated[
        Freshness | None,
        typer.Option(help="All rows soon, or each banner soon after it is made. [balanced on a terminal, else fast]"),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first N rows; the others wait.")] = None,
    max_credits: Annotated[
        int | None,
        typer.Option(
            help="Most credits to spend in this run: a banner is one, a film one a second, a document one a page."
        ),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Send failed formats again.")] = False,
    resubmit_in_doubt: Annotated[
        bool, typer.Option("--resubmit-in-doubt", help="Send again what may have been billed already.")
    ] = False,
    on_design_change: Annotated[
        DesignChange | None, typer.Option(help="What to do when the design has changed since.")
    ] = None,
    max_changed: Annotated[
        float, typer.Option(help="Percent of rows that may change in a refresh that bills, without asking.")
    ] = DEFAULT_MAX_CHANGED,
    max_gone: Annotated[
        float, typer.Option(help="Percent of rows that may be gone in a refresh that bills, without asking.")
    ] = DEFAULT_MAX_CHANGED,
    duplicates: DuplicatesOption = Duplicates.REFUSE,
    no_share: Annotated[bool, typer.Option("--no-share", help="Equal rows get banners of their own.")] = False,
    versioning: Annotated[
        bool,
        typer.Option(
            "--versioning", help="A changed row's banner is a version of the one before: its share link stays."
        ),
    ] = False,
    check_images: Annotated[
        bool, typer.Option("--check-images", help="Make a banner again when a picture behind an address has changed.")
    ] = False,
    images: ImagesOption = None,
    no_preflight: Annotated[
        bool, typer.Option("--no-preflight", help="Send without looking at texts, pictures and accidents first.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Send nothing if preflight finds a bad row.")] = False,
    preflight_sample: SampleOption = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="Public https address under which the provider reaches this machine.")
    ] = None,
    webhook_listen: Annotated[
        str | None, typer.Option(help=f"HOST:PORT to take deliveries at. [{DEFAULT_LISTEN} with --webhook-url]")
    ] = None,
    profile: ProfileOption = None,
    log_file: Annotated[Path | None, typer.Option(help="Write what happens to this file, a line an event.")] = None,
    notify: Annotated[str | None, typer.Option(help="POST how the run ended to this address, as JSON.")] = None,
    progress: Annotated[ProgressKind | None, typer.Option(help="How to show progress. [bar]")] = None,
    summary: Annotated[Path | None, typer.Option(help="Write the closing account as JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to every question.")] = False,
) -> int:
    """Make the banners of a sheet, and the sheet with their links.

    Running the same command again is resume, refresh and retry of what waited: what is done is not paid for twice.
    """
    from bulkgen import running
    from bulkgen.cli.summary import Summary
    from bulkgen.profiles import find_profile

    ending = Summary(summary, job)
    with ending:
        chosen = find_profile(profile, os.environ, sheet.absolute().parent)
        filled = chosen.fill(
            os.environ,
            rate=rate,
            in_flight=in_flight,
            webhook_url=webhook_url,
            webhook_listen=webhook_listen,
            notify_url=notify,
        )
        options = RunOptions(
            sheet=sheet,
            design=design,
            mapping=mapping,
            out=out,
            merge=merge,
            formats=split_names(formats),
            max_kb=max_kb,
            key=key,
            tab=tab,
            job=job,
            provider=provider,
            rate=filled.rate,
            in_flight=filled.in_flight,
            freshness=freshness or (Freshness.BALANCED if sys.stderr.isatty() else Freshness.FAST),
            limit=limit,
            max_credits=max_credits,
            retry_failed=retry_failed,
            resubmit_in_doubt=resubmit_in_doubt,
            on_design_change=on_design_change,
            max_changed=max_changed,
            max_gone=max_gone,
            duplicates=duplicates,
            share=not no_share,
            versioning=versioning,
            check_images=check_images,
            images=images,
            preflight=not no_preflight,
            strict=strict,
            preflight_sample=preflight_sample,
            webhook_url=filled.webhook_url,
            webhook_listen=filled.webhook_listen,
            profile=chosen.name or None,
            log_file=log_file,
            notify_url=filled.notify_url,
            yes=yes,
        )
        settings = chosen.settings(os.environ, provider=provider, webhooks=options.webhook is not None)
        ending.secrets = running.secrets_of(options, settings)

        warn = _warn if progress is ProgressKind.NONE else None
        with open_progress(progress) as listener:
            for note in chosen.notes(os.environ):
                listener(Said(note))
            result = run_until_stopped(
                lambda stop: running.run(options, settings, listener, ask=_asker(yes), stop=stop, warn=warn)
            )
    try:
        # First, so that a reader of our output who has gone leaves no summary of the run before.
        ending.write(result)
    finally:
        _print_or_fall_silent(result)
    return result.exit_code


def _print_or_fall_silent(result: RunResult) -> None:
    try:
        print_result(result)
    except BrokenPipeError:
        # What became of the run is told by the exit code all the same.
        fall_silent()


def print_result(result: RunResult) -> None:
    """The closing account on the terminal."""
    for label, figures in result.account.lines():
        typer.echo(f"{label:<28} {figures}")
    if result.stopped:
        typer.echo(f"{'Stopped':<28} {result.stopped}")
    # Rows that wait, or failed before, are nothing to do for this run only.
    if result.account.sent_nothing and result.exit_code == 0:
        typer.echo("Nothing to do: every banner of this sheet is as it should be.")
    typer.echo(f"{'Report' if result.written.is_new else 'Report, unchanged':<28} {result.written.path}")
    for note in result.written.notes:
        typer.echo(f"Note: {note}")
    if result.merged is not None:
        print_merged(result.merged)
    if result.complaints:
        typer.echo("\nWhat is wrong:")
        for what, times, first in result.complaints[:COMPLAINTS_SHOWN]:
            typer.echo(f"  {times:,} x {what}  (first: {first})")
        more = len(result.complaints) - COMPLAINTS_SHOWN
        typer.echo(f"  {f'and {more} other kinds; ' if more > 0 else ''}row by row: bulkgen status {result.job}")


def _warn(text: str) -> None:
    typer.echo(f"bulkgen: {text}", err=True)


def _asker(yes: bool) -> Callable[[str], bool] | None:
    """How questions are answered: by --yes, by the person, or not at all without a terminal."""
    if yes:
        return lambda question: True
    if sys.stdin.isatty() and sys.stderr.isatty():
        return lambda question: typer.confirm(question, default=False, err=True)
    return None
