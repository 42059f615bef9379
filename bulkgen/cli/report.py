"""`bulkgen report`: the report of a job's last run, from the ledger, without sending anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.status import find_job, find_ledger

EXAMPLE = "Example: bulkgen report products-product-card -o products-with-banners.xlsx"


@guarded
def report(
    job: Annotated[str, typer.Argument(help="Name of the job.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to write it.")],
    profile: ProfileOption = None,
) -> int:
    """Write the report of a job again, or for the first time if the run could not."""
    from bulkgen.account import Account
    from bulkgen.config import ProviderName, Settings
    from bulkgen.ledger.home import Home
    from bulkgen.ledger.ledger import Ledger
    from bulkgen.reporting import ReportMaker, check_writable
    from bulkgen.session import studio_options

    path = find_ledger(profile)
    home = Home(path.parent)
    with Ledger(path) as ledger:
        found = find_job(ledger, job)
        check_writable(out, Path(found.source))
        run = ledger.jobs.last_run(found.id)
        is_ours = found.provider == ProviderName.STUDIO
        files = studio_options(Settings(), home).files_folder if is_ours else None
        written = ReportMaker(ledger, found, home, files).write(
            out, Account.from_json(run.account if run else {}).lines()
        )
    typer.echo(f"Report  {written.path}")
    for note in written.notes:
        typer.echo(f"Note: {note}")
    return 0
