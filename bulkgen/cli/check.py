"""`bulkgen check`: what would fail, cell by cell, before anything is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.addresses import DEFAULT_LISTEN
from bulkgen.cli.findings_table import closing_line
from bulkgen.cli.guard import guarded, run_until_stopped
from bulkgen.cli.options import (
    DesignOption,
    DuplicatesOption,
    FormatsOption,
    ImagesOption,
    KeyOption,
    MappingOption,
    MaxKbOption,
    ProfileOption,
    RateOption,
    SampleOption,
    split_names,
)
from bulkgen.cli.output import print_findings
from bulkgen.config import ProviderName, RunOptions
from bulkgen.exits import FINISHED_WITH_ERRORS
from bulkgen.mapping.keys import Duplicates
from bulkgen.progress import open_progress

if TYPE_CHECKING:
    from bulkgen.checking import CheckResult

EXAMPLE = "Example: bulkgen check feed.csv -d seasonal-sale"


@guarded
def check(
    sheet: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    design: DesignOption = None,
    mapping: MappingOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="A copy of the sheet with its problems marked: .xlsx, .csv, .tsv, .json, .jsonl."
        ),
    ] = None,
    formats: FormatsOption = "",
    max_kb: MaxKbOption = None,
    key: KeyOption = None,
    tab: Annotated[str | None, typer.Option("--sheet", help="The tab of a workbook.")] = None,
    job: Annotated[
        str | None, typer.Option(help="The job whose banners are there already. [from sheet and design]")
    ] = None,
    provider: Annotated[ProviderName | None, typer.Option(help="Whose design.")] = None,
    rate: RateOption = None,
    profile: ProfileOption = None,
    duplicates: DuplicatesOption = Duplicates.REFUSE,
    images: ImagesOption = None,
    preflight_sample: SampleOption = None,
    webhook_url: Annotated[
        str | None, typer.Option(help="What the run will be given: the cost is then that of a run with webhooks.")
    ] = None,
    webhook_listen: Annotated[
        str | None, typer.Option(help=f"HOST:PORT, as the run will be given it. [{DEFAULT_LISTEN} with --webhook-url]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> int:
    """Look at every banner that would be made, say by cell what is wrong and what it will cost, send nothing.

    Exit code 0 when every row can be sent, 1 when some cannot, 2 when none can.
    """
    from bulkgen.profiles import find_profile

    chosen = find_profile(profile, os.environ, sheet.absolute().parent)
    # The address that a run tells of its end may be a secret, of which a look has no need.
    filled = chosen.fill(
        os.environ, rate=rate, webhook_url=webhook_url, webhook_listen=webhook_listen, with_secrets=False
    )
    options = RunOptions(
        sheet=sheet,
        design=design,
        mapping=mapping,
        out=out,
        formats=split_names(formats),
        max_kb=max_kb,
        key=key,
        tab=tab,
        job=job,
        provider=provider,
        rate=filled.rate,
        in_flight=filled.in_flight,
        profile=chosen.name or None,
        duplicates=duplicates,
        images=images,
        preflight_sample=preflight_sample,
        webhook_url=filled.webhook_url,
        webhook_listen=filled.webhook_listen,
    )
    settings = chosen.settings(os.environ, provider=provider)

    from bulkgen import checking

    with open_progress(None) as listener:
        result = run_until_stopped(lambda stop: checking.check(options, settings, listener, stop))
    if as_json:
        typer.echo(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        _print(result, out)
    return FINISHED_WITH_ERRORS if result.bad_rows else 0


def _print(result: CheckResult, out: Path | None) -> None:
    print_findings(result.findings)
    typer.echo(
        closing_line(
            result.rows,
            bad=result.bad_rows,
            warned=result.warned_rows,
            skipped=result.skipped_rows,
            unknown=result.unknown_rows,
        )
    )
    if result.looked_at < result.rows:
        were = "row was" if result.looked_at == 1 else "rows were"
        typer.echo(f"A sample: {result.looked_at:,} {were} looked at; the cost is that of the whole sheet.")
    for line in result.cost.lines():
        typer.echo(line)
    if out is not None:
        typer.echo(f"Copy of the sheet: {out}")
    for note in result.notes:
        typer.echo(f"Note: {note}")
