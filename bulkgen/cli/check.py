"""`bulkgen check`: what would fail, cell by cell, before anything is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded, run_until_stopped
from bulkgen.cli.options import (
    DesignOption,
    DuplicatesOption,
    FormatsOption,
    KeyOption,
    MappingOption,
    ProfileOption,
    split_names,
)
from bulkgen.config import DEFAULT_RATE, ProviderName, RunOptions
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
    formats: FormatsOption = "",
    key: KeyOption = None,
    tab: Annotated[str | None, typer.Option("--sheet", help="The tab of a workbook.")] = None,
    provider: Annotated[ProviderName | None, typer.Option(help="Whose design.")] = None,
    profile: ProfileOption = None,
    duplicates: DuplicatesOption = Duplicates.REFUSE,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> int:
    """Read and map every row, say what is wrong by cell, send nothing.

    Exit code 0 when every row can be sent, 1 when some cannot, 2 when none can.
    """
    from bulkgen.profiles import find_profile

    chosen = find_profile(profile, os.environ, sheet.absolute().parent)
    options = RunOptions(
        sheet=sheet,
        design=design,
        mapping=mapping,
        formats=split_names(formats),
        key=key,
        tab=tab,
        provider=provider,
        rate=chosen.table.rate or DEFAULT_RATE,
        profile=chosen.name or None,
        duplicates=duplicates,
    )
    settings = chosen.settings(os.environ, provider=provider)

    from bulkgen import checking

    with open_progress(None) as listener:
        result = run_until_stopped(lambda stop: checking.check(options, settings, listener))
    if as_json:
        typer.echo(json.dumps(result.to_json(), indent=2, ensure_ascii=False))
    else:
        _print(result)
    return FINISHED_WITH_ERRORS if result.bad_rows else 0


def _print(result: CheckResult) -> None:
    good = result.rows - result.bad_rows - result.skipped_rows
    typer.echo(
        f"{result.rows:,} rows: {good:,} good, {result.bad_rows:,} bad, {result.skipped_rows:,} skipped;"
        f" {result.banners:,} banners wanted"
    )
    for finding in result.findings:
        typer.echo(f"\n{finding.severity.value} {finding.code}, {finding.count:,} times: {finding.message}")
        if finding.hint:
            typer.echo(f"  {finding.hint}")
        more = finding.count - len(finding.places)
        typer.echo(f"  {'; '.join(finding.places)}" + (f"; and {more:,} more" if more else ""))
