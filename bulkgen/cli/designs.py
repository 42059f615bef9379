"""`bulkgen designs`: what designs there are, and what a design takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.output import counted, print_table, write_result
from bulkgen.cli.provider import WhoseDesigns, ask_provider
from bulkgen.exits import FINISHED_WITH_ERRORS

if TYPE_CHECKING:
    from bulkgen.design_check import Checked, Finding
    from bulkgen.engine.client import ApiClient
    from bulkgen.wire.design import Design

app = typer.Typer(help="The designs of the provider, and those that you make.", no_args_is_help=True)

LIST_EXAMPLE = "Example: bulkgen designs list"
SHOW_EXAMPLE = "Example: bulkgen designs show product-card"
CHECK_EXAMPLE = "Example: bulkgen designs check my-designs"
SCHEMA_EXAMPLE = "Example: bulkgen designs schema -o my-designs/design.schema.json"

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command("list", epilog=LIST_EXAMPLE)
@guarded
def list_designs(provider: WhoseDesigns = None, profile: ProfileOption = None, as_json: AsJson = False) -> int:
    """Name, kind, formats and id of every design."""
    from bulkgen.names import slug

    async def read(client: ApiClient) -> list[tuple[str, str, str]]:
        return [
            (slug(str(one.get("name", ""))), str(one.get("type")), str(one["id"])) for one in await client.designs()
        ]

    found = ask_provider(provider, profile, read, Path.cwd())
    if as_json:
        typer.echo(json.dumps([{"name": name, "type": kind, "id": key} for name, kind, key in found], indent=2))
    else:
        print_table(("name", "type", "id"), sorted(found))
    return 0


@app.command("show", epilog=SHOW_EXAMPLE)
@guarded
def show_design(
    design: Annotated[str, typer.Argument(help="Name or id.")],
    provider: WhoseDesigns = None,
    profile: ProfileOption = None,
    as_json: AsJson = False,
) -> int:
    """Formats and layers of a design: what a column can be called."""
    from bulkgen.designs import read_design
    from bulkgen.wire.design_reads import read_body

    found = ask_provider(provider, profile, lambda client: read_design(client, design), Path.cwd())
    if as_json:
        typer.echo(json.dumps(read_body(found), indent=2, ensure_ascii=False))
    else:
        _print_design(found)
    return 0


def _print_design(design: Design) -> None:
    from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

    typer.echo(f"{design.name}  ({design.type}, {design.id})")
    for fact in _facts(design):
        typer.echo(fact)
    typer.echo()
    print_table(("format", "size"), [(f.id, f"{f.width:g} x {f.height:g} {f.unit}") for f in design.formats])
    typer.echo()
    rows = []
    for layer in design.layers():
        main = MAIN_PROPERTY.get(layer.type, "")
        first = " ".join(str(next(iter(layer.values.get(main, {}).values()), "")).split())
        needed = "yes" if layer.mandatory else ""
        # A column of the bare name fills a layer on every page that has it.
        name = f"{next(iter(layer.layout), '')}.{layer.name}" if design.is_multipage else layer.name
        rows.append((name, layer.type, main, needed, first[:48]))
    print_table(("layer", "type", "a column of that name sets", "mandatory", "the design's own"), rows)
    typer.echo("\nOther properties of a layer are columns named layer.property, for example:")
    for layer in list(design.layers())[:1]:
        names = [name for name in PROPERTIES[layer.type] if name != MAIN_PROPERTY[layer.type]]
        typer.echo(f"  {', '.join(f'{layer.name}.{name}' for name in names[:6])} …")


def _facts(design: Design) -> Iterator[str]:
    """What sizes do not say: how long it moves, what the press needs."""
    if design.animation is not None:
        yield f"moves for {design.animation.duration:g} s, stands for itself at {design.animation.still_at_s:g} s"
    first = design.formats[0]
    if first.unit != "px":
        bleed, safe = (f"{size:g} {first.unit}" if size else "none" for size in (first.bleed_size, first.safe_size))
        yield f"bleed {bleed}, safe zone {safe}, {first.dpi or 300} dpi"
    if design.is_multipage:
        yield "a column of a layer's bare name, without the page, fills it on every page that has it"


@app.command("check", epilog=CHECK_EXAMPLE)
@guarded
def check(
    folders: Annotated[list[Path], typer.Argument(help="Folders of designs, or folders of such folders.")],
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: AsJson = False,
) -> int:
    """Look for mistakes in design.json files: every format is laid out and painted with the design's own values.

    Exit code 0 without errors, 1 with errors, 2 when there is no design.
    """
    from bulkgen.design_check import check_designs
    from bulkgen.render.design_faults import ERROR, WARNING

    checked = check_designs(folders)
    if as_json:
        typer.echo(json.dumps(checked.to_json(), indent=2, ensure_ascii=False))
    else:
        for finding in checked.findings:
            _print_finding(finding)
        typer.echo(_summary(checked))
    is_bad = checked.count(ERROR) or (strict and checked.count(WARNING))
    return FINISHED_WITH_ERRORS if is_bad else 0


def _print_finding(finding: Finding) -> None:
    """The first line is as compilers write theirs, so that editors jump to the place."""
    from bulkgen.cli.findings_table import printable

    fault = finding.fault
    where = f"{finding.file}:{finding.line}:{finding.column}" if finding.line else str(finding.file)
    typer.echo(f"{where}: {fault.severity}: {printable(fault.message)} [{fault.code}]")
    if fault.path:
        typer.echo(f"    at {printable(fault.path)}")
    if fault.remedy:
        typer.echo(f"    -> {printable(fault.remedy)}")


def _summary(checked: Checked) -> str:
    from bulkgen.render.design_faults import ERROR, WARNING

    counts = [(checked.count(ERROR), "error"), (checked.count(WARNING), "warning")]
    found = ", ".join(counted(count, noun) for count, noun in counts if count)
    text = f"{counted(checked.designs, 'design')}: {found or 'no problems'}"
    if checked.addresses:
        text += f" ({counted(len(checked.addresses), 'picture')} at an address not looked at)"
    return text


@app.command("schema", epilog=SCHEMA_EXAMPLE)
@guarded
def write_schema(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write it to this file.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write over a file that is there.")] = False,
) -> int:
    """The JSON Schema of a design.json, with which editors complete, explain and check what you type."""
    from bulkgen.render.design_schema import schema_text

    text = schema_text()
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_result(out, text.encode(), sheet=None, yes=yes)
        typer.echo(f"Written to {out}.")
    return 0
