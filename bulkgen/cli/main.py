"""The command line: the commands, a file each. What an error means for the exit code is in `exits`."""

from __future__ import annotations

import typer

from bulkgen.cli import check, designs, map, report, run, sample, status, studio

app = typer.Typer(
    name="bulkgen",
    help="Spreadsheet in, creatives out, spreadsheet back.",
    epilog="Example: bulkgen run examples/product-cards/products.xlsx",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("run", epilog=run.EXAMPLE)(run.run)
app.command("check", epilog=check.EXAMPLE)(check.check)
app.command("map", epilog=map.EXAMPLE)(map.map_columns)
app.command("sample", epilog=sample.EXAMPLE)(sample.sample)
app.add_typer(designs.app, name="designs")
app.command("status", epilog=status.EXAMPLE)(status.status)
app.command("report", epilog=report.EXAMPLE)(report.report)
app.add_typer(studio.app, name="studio")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"bulkgen {version('bulkgen')}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Spreadsheet in, creatives out, spreadsheet back."""
