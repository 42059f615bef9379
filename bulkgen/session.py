"""The provider that a run works against, opened and closed: the hosted API, a running studio, or an embedded one.

    Settings + Home -> Session

A studio that already runs in this home is used; otherwise one is started inside this process, on a port of its own,
and ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bulkgen.clock import Clock
from bulkgen.config import API_KEY_NAME, DEFAULT_IN_FLIGHT, DEFAULT_RATE, ProviderName, Settings
from bulkgen.engine.client import ApiClient
from bulkgen.engine.patience import BRIEF, Patience
from bulkgen.engine.provider import Provider, hosted, studio
from bulkgen.engine.transport import Transport
from bulkgen.errors import ConfigError, StudioError
from bulkgen.ledger.home import Home
from bulkgen.plan.fingerprint import Identity
from bulkgen.shipped import font_folders, templates_folder
from bulkgen.studio import errors as studio_errors
from bulkgen.studio.faults import FaultPlan
from bulkgen.studio.lease import Address, is_taken, live
from bulkgen.studio.limits import Limits
from bulkgen.studio.options import StudioOptions, usable_cores
from bulkgen.studio.server import StudioServer
from bulkgen.wire.design import Design

# How often a borrowed studio is looked for. The engine repeats refused calls for a minute and more, so that a second
# without a studio costs a second.
HEIR_LOOKS_SECONDS = 0.5

# How long a studio that another run has begun to start may take until it says where it is. It takes about a second, on
# a busy machine some; a longer silence is a studio that hangs, of which the person is to hear.
STARTS_WITHIN_SECONDS = 30.0
START_LOOKS_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Session:
    """`identity_url` names the provider across runs; `files` is where a local studio keeps its files by key."""

    provider: Provider
    client: ApiClient
    workspace: str
    identity_url: str
    files: Path | None = None


def identity_of(design: Design, session: Session) -> Identity:
    """What banners of this design are named by, beside their payloads."""
    return Identity(session.provider.name, session.identity_url, session.workspace, design.id, design.revision())


@dataclass(frozen=True, slots=True)
class Pace:
    """What the person allows: API calls per second, and requests that are not finished yet."""

    rate: float = DEFAULT_RATE
    in_flight: int = DEFAULT_IN_FLIGHT


@contextlib.asynccontextmanager
async def open_session(
    name: ProviderName, settings: Settings, home: Home, pace: Pace, clock: Clock, patience: Patience = BRIEF
) -> AsyncIterator[Session]:
    """`patience` is that of the session's reads, the one here included. Raises ProviderError when the provider is out
    of reach for longer or refuses the key, StudioError when ours cannot start."""
    if name is ProviderName.ABYSSALE:
        provider = _hosted_provider(settings, pace)
        async with Transport(provider, clock, pace_folder=home.pace) as transport:
            client = ApiClient(transport, patience)
            yield Session(provider, client, await client.auth(), settings.base_url)
        return
    async with _local_studio(settings, home, clock) as address:
        provider = studio(address.url, settings.studio_key or address.key, workers=usable_cores())
        async with Transport(provider, clock) as transport:
            client = ApiClient(transport, patience)
            files = studio_options(settings, home).files_folder
            yield Session(provider, client, await client.auth(), f"studio:{address.store_id}", files)


def studio_options(
    settings: Settings,
    home: Home,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    workers: int | None = None,
    more_designs: tuple[Path, ...] = (),
    allow_private_assets: bool = False,
    limits: Limits | None = None,
    faults: FaultPlan | None = None,
) -> StudioOptions:
    """The studio of a home, with the designs that come with bulkgen. Raises the studio's StudioError."""
    return StudioOptions(
        folder=home.studio,
        designs=(*more_designs, templates_folder()),
        fonts=font_folders(more_designs),
        host=host,
        port=port,
        workers=workers,
        api_key=settings.studio_key,
        allow_private_assets=allow_private_assets or settings.allow_private_assets,
        limits=limits,
        faults=faults,
    )


def _hosted_provider(settings: Settings, pace: Pace) -> Provider:
    if not settings.api_key:
        raise ConfigError(
            "the provider abyssale needs an API key",
            code="no_key",
            hint=f"Set {API_KEY_NAME}, name a --profile with a key, or use --provider studio, which needs no account.",
        )
    return hosted(settings.base_url, settings.api_key, rate=pace.rate, in_flight=pace.in_flight)


@contextlib.asynccontextmanager
async def _local_studio(settings: Settings, home: Home, clock: Clock) -> AsyncIterator[Address]:
    """The home's studio: the one that is running, taken over when it ends before we do, or one of our own."""
    async with contextlib.AsyncExitStack() as stack:
        found = await _running_or_own(settings, home, clock)
        if isinstance(found, StudioServer):
            stack.push_async_callback(found.stop)
            yield Address(found.base_url, found.store_id)
            return
        address = found
        heir = _Heir(settings, home, address, clock)
        watcher = asyncio.create_task(heir.watch(), name="studio-heir")
        stack.push_async_callback(heir.leave, watcher)
        yield address


async def _running_or_own(settings: Settings, home: Home, clock: Clock) -> Address | StudioServer:
    """Runs that begin at the same moment find none running, and all but one find the folder taken: they wait for the
    address of that one, or for it to give up."""
    given_up_at = clock.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        if (address := live(home.studio)) is not None:
            return address
        is_over = clock.monotonic() > given_up_at
        if is_over or not is_taken(home.studio):
            try:
                return await _start(studio_options(settings, home))
            except StudioError as error:
                if is_over or error.code != studio_errors.StudioBusyError.code:
                    raise
        await clock.sleep(START_LOOKS_SECONDS)


class _Heir:
    """Stands by while another process's studio is used, and takes its place, on its port, when it is gone."""

    def __init__(self, settings: Settings, home: Home, address: Address, clock: Clock) -> None:
        self._settings = settings
        self._home = home
        self._address = address
        self._clock = clock
        self._server: StudioServer | None = None

    def __repr__(self) -> str:
        return f"<_Heir {self._address.url} {'took over' if self._server else 'standing by'}>"

    async def watch(self) -> None:
        port = urlsplit(self._address.url).port or 0
        while self._server is None:
            await self._clock.sleep(HEIR_LOOKS_SECONDS)
            if live(self._home.studio) is None:
                # Someone else may be quicker, and the port may not be free yet: then the next look sees it.
                with contextlib.suppress(StudioError):
                    self._server = await _start(studio_options(self._settings, self._home, port=port))

    async def leave(self, watcher: asyncio.Task[None]) -> None:
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher
        if self._server is not None:
            await self._server.stop()


async def _start(options: StudioOptions) -> StudioServer:
    server = StudioServer(options)
    try:
        await server.start()
    except studio_errors.StudioError as error:
        raise StudioError(error.message, code=error.code, hint=error.hint) from error
    return server
