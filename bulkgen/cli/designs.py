"""`bulkgen designs`: what designs there are, and what a design takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.options import ProfileOption
from bulkgen.cli.output import print_table
from bulkgen.cli.provider import WhoseDesigns, ask_provider

if TYPE_CHECKING:
    from bulkgen.engine.client import ApiClient
    from bulkgen.wire.design import Design

app = typer.Typer(help="The designs of the provider.", no_args_is_help=True)

LIST_EXAMPLE = "Example: bulkgen designs list"
SHOW_EXAMPLE = "Example: bulkgen designs show product-card"

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
    from bulkgen.wire.design import read_body

    found = ask_provider(provider, profile, lambda client: read_design(client, design), Path.cwd())
    if as_json:
        typer.echo(json.dumps(read_body(found), indent=2, ensure_ascii=False))
    else:
        _print_design(found)
    return 0


def _print_design(design: Design) -> None:
    from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

    typer.echo(f"{design.name}  ({design.type}, {design.id})\n")
    print_table(("format", "size"), [(f.id, f"{f.width:g} x {f.height:g} {f.unit}") for f in design.formats])
    typer.echo()
    rows = []
    for layer in design.layers():
        main = MAIN_PROPERTY.get(layer.type, "")
        first = next(iter(layer.values.get(main, {}).values()), "")
        needed = "yes" if layer.mandatory else ""
        rows.append((layer.name, layer.type, main, needed, str(first)[:48]))
    print_table(("layer", "type", "a column of that name sets", "mandatory", "the design's own"), rows)
    typer.echo("\nOther properties of a layer are columns named layer.property, for example:")
    for layer in list(design.layers())[:1]:
        names = [name for name in PROPERTIES[layer.type] if name != MAIN_PROPERTY[layer.type]]
        typer.echo(f"  {', '.join(f'{layer.name}.{name}' for name in names[:6])} …")
