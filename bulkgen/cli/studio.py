"""`bulkgen studio`: the generation API alone, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from bulkgen.cli.guard import guarded, run_until_stopped
from bulkgen.config import STUDIO_KEY_NAME, Settings
from bulkgen.errors import StudioError

EXAMPLE = "Example: bulkgen studio --port 8711 --designs ./designs"


@guarded
def studio(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option(help=f"Address to listen on; beyond loopback {STUDIO_KEY_NAME} is required.")] = (
        "127.0.0.1"
    ),
    designs: Annotated[
        list[Path] | None, typer.Option(help="A folder of designs, beside those that come with bulkgen.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Render processes. [one for each core]")] = None,
    allow_private_assets: Annotated[
        bool, typer.Option("--allow-private-assets", help="Fetch pictures from private addresses too.")
    ] = False,
) -> int:
    """Serve the generation API: whatever speaks to the hosted API can speak to this address."""
    from bulkgen.ledger.home import Home
    from bulkgen.session import studio_options
    from bulkgen.studio import errors as studio_errors
    from bulkgen.studio.server import StudioServer

    settings = Settings.from_environment(os.environ)
    home = Home.find(Path.cwd(), settings.environment)
    home.make()

    async def serve(stop: asyncio.Event) -> int:
        options = studio_options(
            settings,
            home,
            host=host,
            port=port,
            workers=workers,
            more_designs=tuple(designs or ()),
            allow_private_assets=allow_private_assets,
        )
        server = StudioServer(options)
        url = await server.start()
        try:
            typer.echo(f"studio: {url}")
            typer.echo(f"home:   {home.root}")
            typer.echo("Ctrl-C stops it; what it has accepted is finished when it is started again.")
            await stop.wait()
        finally:
            await server.stop()
        return 0

    try:
        return run_until_stopped(serve)
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error
