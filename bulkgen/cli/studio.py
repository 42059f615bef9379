"""`bulkgen studio`: the generation API alone, until Ctrl-C. Its keys are the commands below it."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import sys
import traceback
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bulkgen.cli import studio_keys
from bulkgen.cli.guard import TRACEBACK_NAME, guarded, run_until_stopped, unless_subcommand
from bulkgen.config import STUDIO_KEY_NAME, Settings
from bulkgen.errors import StudioError

if TYPE_CHECKING:
    from bulkgen.ledger.home import Home
    from bulkgen.studio.faults import FaultPlan
    from bulkgen.studio.server import StudioServer

EXAMPLE = "Example: bulkgen studio --port 8711 --designs ./designs"

_DAY_SECONDS = 24 * 3600.0

app = typer.Typer(invoke_without_command=True)
app.add_typer(studio_keys.app, name="keys")


class LimitsName(StrEnum):
    HOSTED = "hosted"


@app.callback(invoke_without_command=True, epilog=EXAMPLE)
@unless_subcommand
@guarded
def studio(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    host: Annotated[
        str, typer.Option(help=f"Address to listen on; beyond loopback a key is needed: {STUDIO_KEY_NAME}, or `keys`.")
    ] = "127.0.0.1",
    designs: Annotated[
        list[Path] | None, typer.Option(help="A folder of designs, beside those that come with bulkgen; it is watched.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Render processes. [one for each core]")] = None,
    allow_private_assets: Annotated[
        bool, typer.Option("--allow-private-assets", help="Fetch pictures from private addresses too.")
    ] = False,
    allow_private_webhooks: Annotated[
        bool, typer.Option("--allow-private-webhooks", help="Call webhooks at private addresses too.")
    ] = False,
    require_key: Annotated[
        bool, typer.Option("--require-key", help="Ask for a key on loopback too, as behind a proxy.")
    ] = False,
    public_url: Annotated[
        str | None, typer.Option(help="What addresses of files begin with. [the studio's own address]")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A host name to answer to, beside its own and that of --public-url.")
    ] = None,
    credits: Annotated[
        int | None,
        typer.Option("--credits", min=0, help="Banners that this studio's store may make in its life."),
    ] = None,
    keep_files: Annotated[
        float | None,
        typer.Option(min=1, help="Days that a file is kept which this home's ledger does not name. [for ever]"),
    ] = None,
    limits: Annotated[
        LimitsName | None, typer.Option(help="Hold callers to the hosted limits: 10 calls/s, 60 reads/min.")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(help="A file of faults to commit on purpose, for tests; see studio.md.")
    ] = None,
) -> int:
    """Serve the generation API: whatever speaks to the hosted API can speak to this address."""
    from bulkgen.ledger.home import Home
    from bulkgen.profiles import find_profile
    from bulkgen.session import studio_options
    from bulkgen.studio import errors as studio_errors
    from bulkgen.studio.limits import HOSTED
    from bulkgen.studio.server import StudioServer

    settings = Settings.from_environment(find_profile(None, os.environ, Path.cwd()).placed(os.environ))
    home = Home.find(Path.cwd(), settings.environment)
    home.make()

    def plan() -> FaultPlan | None:
        if faults is None:
            return None
        from bulkgen.studio.fault_file import read_faults

        return read_faults(faults)

    _tell_troubles()

    async def serve(stop: asyncio.Event) -> int:
        options = studio_options(
            settings,
            home,
            host=host,
            port=port,
            workers=workers,
            more_designs=tuple(designs or ()),
            allow_private_assets=allow_private_assets,
            limits=HOSTED if limits is LimitsName.HOSTED else None,
            faults=plan(),
        )
        server = StudioServer(
            dataclasses.replace(
                options,
                allow_private_callbacks=allow_private_webhooks,
                require_key=require_key,
                public_url=public_url,
                allowed_hosts=tuple(allow_host or ()),
                credits=credits,
                keep_files_seconds=None if keep_files is None else keep_files * _DAY_SECONDS,
                named_files=lambda: _named_files(home),
            )
        )
        url = await server.start()
        try:
            _say(server, url, home)
            await stop.wait()
        finally:
            await server.stop()
        return 0

    try:
        return run_until_stopped(serve)
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error


def _tell_troubles() -> None:
    """Broken designs, and whatever else the server can only log, on the error stream; it is nobody's answer."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Line("studio: %(message)s"))
    logging.getLogger("bulkgen.studio").addHandler(handler)


class _Line(logging.Formatter):
    """One line, unless the traceback was asked for."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        if os.environ.get(TRACEBACK_NAME):
            return super().formatException(ei)
        return "".join(traceback.format_exception_only(ei[0], ei[1])).strip()


def _say(server: StudioServer, url: str, home: Home) -> None:
    typer.echo(f"studio: {url}")
    if server.options.public_url:
        typer.echo(f"public: {server.options.public_url}")
    typer.echo(f"key:    {'needed' if server.options.needs_key else 'none needed: it can be reached from here only'}")
    typer.echo(f"home:   {home.root}")
    typer.echo("Ctrl-C stops it; what it has accepted is finished when it is started again.")


def _named_files(home: Home) -> Collection[str]:
    """Files that an output of this home's ledger names: a report may link to each."""
    from bulkgen.ledger.ledger import Ledger

    if not home.exists:
        return ()
    with Ledger(home.ledger_path) as ledger:
        return ledger.reading.file_keys()
