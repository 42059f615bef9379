"""`bulkgen map`: a mapping file for a sheet and a design, by matching columns to layers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.output import write_result
from bulkgen.cli.provider import WhoseDesigns, ask_provider

if TYPE_CHECKING:
    from bulkgen.mapping.proposal import Proposal
    from bulkgen.wire.design import Design

EXAMPLE = "Example: bulkgen map feed.csv -d product-card"


# Python has its own `map`.
@guarded
def map_columns(
    sheet: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    design: Annotated[str, typer.Option("-d", "--design", help="Name or id of the design.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The mapping file, - to print it. [NAME.mapping.yaml beside the sheet]"),
    ] = None,
    tab: Annotated[str | None, typer.Option("--sheet", help="The tab of a workbook. [the first with rows]")] = None,
    provider: WhoseDesigns = None,
    profile: ProfileOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write over a file that is there.")] = False,
) -> int:
    """Write a mapping file: which column fills which layer, how sure that is, and why.

    Columns are matched by their names, by what feeds in many languages call things, and by what their cells are. The
    file is one to read and change; `run` and `check` use it when it lies beside the sheet.
    """
    from bulkgen.designs import read_design
    from bulkgen.mapping.proposal import propose
    from bulkgen.mapping.written import mapping_yaml
    from bulkgen.preparing import SAMPLE_ROWS
    from bulkgen.sheet.read import open_sheet

    opened = open_sheet(sheet, tab=tab)
    found = ask_provider(provider, profile, lambda client: read_design(client, design), sheet.absolute().parent)
    rows = (row.cells for row in opened.rows())
    proposal = propose(found, opened.outline.names, rows, SAMPLE_ROWS)
    text = mapping_yaml(proposal.guess, found, proposal, reference=design)
    if out == Path("-"):
        typer.echo(text, nl=False)
        _print_summary(proposal, found, is_error=True)
        return 0
    path = out or sheet.with_name(f"{sheet.stem}.mapping.yaml")
    write_result(path, text.encode(), sheet=sheet, yes=yes)
    _print_summary(proposal, found, is_error=False)
    typer.echo(f"Written to {path}.")
    return 0


def _print_summary(proposal: Proposal, design: Design, *, is_error: bool) -> None:
    from bulkgen.mapping.guess import Certainty

    def say(text: str) -> None:
        typer.echo(text, err=is_error)

    guess = proposal.guess
    counts = Counter(line.certainty for line in guess.why.values())
    sure = ", ".join(f"{counts[one]} {one}" for one in Certainty if counts[one]) or "nothing"
    layers = [layer.name for layer in design.layers()]
    say(f"{proposal.mapped} of {len(set(layers))} layers of {design.name} are mapped: {sure}.")
    if proposal.unfilled:
        say(f"No column for: {', '.join(proposal.unfilled)}. Every banner would show what the design has there.")
    for line in guess.lines:
        if line.certainty in (Certainty.POSSIBLE, Certainty.QUESTION):
            say(f"  Look at {line}")
    for gap in proposal.gaps:
        say(f"  Look at {gap.layer}: nothing in {gap.column!r} in {gap.rows:,} of {proposal.rows:,} rows")
    if not proposal.key.column:
        say(f"No key: {proposal.key.reason}.")
