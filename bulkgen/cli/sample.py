"""`bulkgen sample`: a sheet to fill for a design."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.output import write_result
from bulkgen.cli.provider import WhoseDesigns, ask_provider
from bulkgen.errors import ConfigError

EXAMPLE = "Example: bulkgen sample product-card -o products.xlsx"


@guarded
def sample(
    design: Annotated[str, typer.Argument(help="Name or id.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The sheet: .xlsx, or .csv without notes. [DESIGN.xlsx]")
    ] = None,
    all_properties: Annotated[
        bool, typer.Option("--all-properties", help="A column for every property of every layer.")
    ] = False,
    provider: WhoseDesigns = None,
    profile: ProfileOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write over a file that is there.")] = False,
) -> int:
    """Write the sheet for a design: a column per layer property, with a first row that shows what the design shows.

    In a workbook each header has a note of what it takes and what an empty cell means, and cells offer their choices.
    """
    from bulkgen.designs import read_design
    from bulkgen.names import slug
    from bulkgen.report.sample_book import sample_csv, write_sample_book
    from bulkgen.sampling import sample_columns

    if out is not None and out.suffix.lower() not in (".xlsx", ".csv"):
        raise ConfigError(
            f"{out} is neither .xlsx nor .csv", code="bad_output", hint="Give -o a name that ends in one of them."
        )
    found = ask_provider(provider, profile, lambda client: read_design(client, design), Path.cwd())
    columns = sample_columns(found, all_properties=all_properties)
    path = out or Path(f"{slug(found.name) or 'sample'}.xlsx")
    if path.suffix.lower() == ".csv":
        body = sample_csv(columns)
    else:
        book = io.BytesIO()
        write_sample_book(book, found.name, columns)
        body = book.getvalue()
    write_result(path, body, sheet=None, yes=yes)
    needed = [column.header for column in columns if column.is_needed]
    typer.echo(f"{len(columns)} columns for {found.name}, written to {path}.")
    if needed:
        typer.echo(f"Every row needs: {', '.join(needed)}.")
    typer.echo(f"Fill it, then: bulkgen run {path} -d {design}")
    return 0
