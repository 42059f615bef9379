"""`bulkgen report`: the report of a job's last run, from the ledger, without sending anything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import MergeOption, ProfileOption
from bulkgen.cli.output import print_merged
from bulkgen.cli.status import find_job, find_ledger

EXAMPLE = "Example: bulkgen report products-product-card -o products-with-banners.xlsx"


@guarded
def report(
    job: Annotated[str, typer.Argument(help="Name of the job.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write it.")],
    merge: MergeOption = None,
    profile: ProfileOption = None,
) -> int:
    """Write the report of a job again, or for the first time if the run could not."""
    from bulkgen.account import Account
    from bulkgen.config import ProviderName, Settings
    from bulkgen.ledger.home import Home
    from bulkgen.ledger.ledger import Ledger
    from bulkgen.merging import check_merge
    from bulkgen.reporting import ReportMaker, check_writable
    from bulkgen.session import studio_options

    path = find_ledger(profile)
    home = Home(path.parent)
    with Ledger(path) as ledger:
        found = find_job(ledger, job)
        check_writable(out, Path(found.source))
        if merge is not None:
            check_merge(merge)
        run = ledger.jobs.last_run(found.id)
        is_ours = found.provider == ProviderName.STUDIO
        files = studio_options(Settings(), home).files_folder if is_ours else None
        maker = ReportMaker(ledger, found, home, files)
        written = maker.write(out, Account.from_json(run.account if run else {}).lines())
        merged = asyncio.run(maker.merge(merge)) if merge is not None else None
    typer.echo(f"Report  {written.path}")
    for note in written.notes:
        typer.echo(f"Note: {note}")
    if merged is not None:
        print_merged(merged)
    return 0
