"""`bulkgen studio`: the generation API alone, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bulkgen.cli.guard import guarded, run_until_stopped
from bulkgen.config import STUDIO_KEY_NAME, Settings
from bulkgen.errors import StudioError

if TYPE_CHECKING:
    from bulkgen.studio.faults import FaultPlan

EXAMPLE = "Example: bulkgen studio --port 8711 --designs ./designs"


class LimitsName(StrEnum):
    HOSTED = "hosted"


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
