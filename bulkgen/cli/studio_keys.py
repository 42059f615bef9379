"""`bulkgen studio keys`: the keys that the studio of this home asks for. A running one hears of a change at once."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded
from bulkgen.cli.output import print_table
from bulkgen.errors import StudioError

if TYPE_CHECKING:
    from bulkgen.studio.keys import Keys

app = typer.Typer(help="The keys that the studio asks for.", no_args_is_help=True)

CREATE_EXAMPLE = "Example: bulkgen studio keys create website"
LIST_EXAMPLE = "Example: bulkgen studio keys list"
REVOKE_EXAMPLE = "Example: bulkgen studio keys revoke website"


@app.command("create", epilog=CREATE_EXAMPLE)
@guarded
def create_key(name: Annotated[str, typer.Argument(help="Who or what the key is for.")]) -> int:
    """Make a key and show it, this once: it is kept as a hash only."""
    from bulkgen.studio import errors as studio_errors

    try:
        made, key = _keys().create(name, time.time())
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error
    typer.echo(key)
    typer.echo(f"This is the key {made.name!r} ({made.id}). It is not shown again.", err=True)
    return 0


@app.command("list", epilog=LIST_EXAMPLE)
@guarded
def list_keys() -> int:
    """Names, ids and times; never a key."""
    from bulkgen.studio import errors as studio_errors

    try:
        found = _keys().all()
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error
    rows = [(key.name, key.id, _day(key.created_at), _day(key.revoked_at)) for key in found]
    print_table(("name", "id", "created", "revoked"), rows)
    return 0


@app.command("revoke", epilog=REVOKE_EXAMPLE)
@guarded
def revoke_key(name: Annotated[str, typer.Argument(help="Name or id of the key.")]) -> int:
    """End a key, from the next call on."""
    from bulkgen.studio import errors as studio_errors

    try:
        revoked = _keys().revoke(name, time.time())
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error
    typer.echo(f"revoked: {revoked.name} ({revoked.id})")
    return 0


def _keys() -> Keys:
    from bulkgen.config import Settings
    from bulkgen.ledger.home import Home
    from bulkgen.profiles import find_profile
    from bulkgen.studio.keys import Keys

    settings = Settings.from_environment(find_profile(None, os.environ, Path.cwd()).placed(os.environ))
    home = Home.find(Path.cwd(), settings.environment)
    home.make()
    return Keys(home.studio)


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
