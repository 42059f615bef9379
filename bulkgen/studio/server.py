"""The studio as one object: started it answers on an address, stopped it leaves nothing running.

What it does not imitate stands first in `docs/studio.md`. Left out here: every decision. This file opens the parts in
order, joins them, and closes them the other way round.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from bulkgen.fetch.exchange import FetchLimits
from bulkgen.fetch.guard import Reach
from bulkgen.studio import files
from bulkgen.studio.assets import Assets
from bulkgen.studio.callbacks import UNTOUCHED, Callbacks, Tampering, tampering
from bulkgen.studio.clock import Clock, SystemClock
from bulkgen.studio.designs import Broken, Catalog
from bulkgen.studio.errors import StudioError
from bulkgen.studio.events import Events
from bulkgen.studio.exports import Exports
from bulkgen.studio.fault_calls import faulty_calls
from bulkgen.studio.faults import Place, Strikes
from bulkgen.studio.handlers import MAX_BODY_BYTES, all_routes
from bulkgen.studio.immediate import Immediate
from bulkgen.studio.keys import Keys
from bulkgen.studio.lease import Lease
from bulkgen.studio.limits import ceiling, read_budget
from bulkgen.studio.making import AssetsOfTypes, Making
from bulkgen.studio.middleware import allowed_hosts, api_key, envelope_of_errors, takes_json
from bulkgen.studio.null_render import null_renderer
from bulkgen.studio.options import MAX_FILM_BYTES, MAX_SOUND_BYTES, StudioOptions
from bulkgen.studio.parts import Parts
from bulkgen.studio.pool import RenderPool
from bulkgen.studio.previews import Previews
from bulkgen.studio.production import Production
from bulkgen.studio.records import Counts, Generation
from bulkgen.studio.renderer import Renderer, standard
from bulkgen.studio.store import Store, uploads_in_line
from bulkgen.studio.versions import Versions
from bulkgen.studio.workspace import Workspace

T = TypeVar("T")

log = logging.getLogger("bulkgen.studio")

# Pictures fetched for a run are of no use days later: shops change them, and they would fill the disk.
_CACHE_SECONDS = 24 * 3600

# Soon enough for who works on a design, and some stats of files each time.
_LOOK_EVERY_SECONDS = 2.0
# 500 MB at what a good line carries.
_PRINT_FETCH_SECONDS = 120.0

_COLLECT_EVERY_SECONDS = 3600.0

MakeRenderer = Callable[[StudioOptions], Renderer]


class StudioServer:
    """`async with StudioServer(options) as studio: studio.base_url`.

    `make_renderer` is the seam rendering stands behind: another executor, or a stand-in.
    """

    def __init__(
        self, options: StudioOptions, clock: Clock | None = None, *, make_renderer: MakeRenderer = standard
    ) -> None:
        self.options = options
        self._clock = clock or SystemClock()
        self._make_renderer = make_renderer
        self._catalog = Catalog(options.designs)
        self._local_key = secrets.token_urlsafe(32) if options.needs_key else ""
        self._stack = AsyncExitStack()
        self._base_url = ""
        self._store: Store | None = None
        self._pool: RenderPool | None = None
        self._production: Production | None = None
        self._callbacks: tuple[Callbacks, ...] = ()
        self._exports: Exports | None = None
        self._strikes: Strikes | None = None

    def __repr__(self) -> str:
        return (
            f"StudioServer({self._base_url or 'stopped'}, {self._catalog}, {self._production}, {self._pool}, "
            f"{list(self._callbacks)})"
        )

    async def __aenter__(self) -> StudioServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> str:
        """The address it answers on. Raises StudioBusyError if the folder is another's, else StudioError."""
        try:
            return await self._start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self, *, finish: bool = False) -> None:
        """What is accepted and unfinished is finished at the next start; with `finish`, before this returns.

        Then each callback has been tried as well; one that is not answered stays due.
        """
        if finish and self._production is not None and self._exports is not None:
            await self._production.idle()
            await self._exports.idle()
            for callbacks in self._callbacks:
                await callbacks.idle()
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()
        self._store = self._pool = self._production = self._exports = None
        self._callbacks = ()
        self._base_url = ""

    @property
    def base_url(self) -> str:
        return self._base_url

    @property
    def files_folder(self) -> Path:
        """Where a file's key is its name."""
        return self.options.files_folder

    @property
    def workers(self) -> int:
        return self.options.worker_count

    @property
    def store_id(self) -> str:
        """Whose results these are, whatever the address is today."""
        return _running(self._store).store_id

    @property
    def broken_designs(self) -> tuple[Broken, ...]:
        return self._catalog.broken

    @property
    def pool(self) -> RenderPool:
        return _running(self._pool)

    def counts(self) -> Counts:
        return _running(self._store).counts()

    async def _start(self) -> str:
        options = self.options
        lease = Lease(options.folder)
        lease.take()
        self._stack.callback(lease.release)
        _make_folders(options)
        await asyncio.to_thread(_sweep, options)
        plan = options.faults
        self._strikes = None if plan is None else Strikes(plan, self._clock)
        if plan is not None and plan.has_null_render:
            renderer = null_renderer()
        else:
            renderer = await asyncio.to_thread(self._make_renderer, options)
        self._store = store = Store.open(options.store_path)
        self._stack.push_async_callback(store.close)
        workspace, events = Workspace(store), Events(store)
        self._catalog.changed_by(workspace.changes)
        self._catalog.scan()
        assets = AssetsOfTypes(
            screen=await self._opened(options.cache_folder, FetchLimits(options.max_asset_bytes, at_once=64)),
            printed=await self._opened(options.print_cache_folder, _large(options.max_print_asset_bytes)),
            films=await self._opened(options.film_cache_folder, _large(MAX_FILM_BYTES)),
            sounds=await self._opened(options.sound_cache_folder, _large(MAX_SOUND_BYTES)),
        )
        self._pool = pool = RenderPool(renderer.render, renderer.make_executor, options.worker_count, self._clock)
        self._stack.callback(pool.stop)
        # Only a studio that no other machine reaches may be made to call this one.
        callback_reach = Reach(loopback=options.is_loopback, private=options.allow_private_callbacks)
        self._callbacks = tuple(
            Callbacks(outbox, store, callback_reach, self._clock, self._file_base, self._tampering)
            for outbox in (store, events)
        )
        making, versions = (
            Making(options, assets, pool, renderer, self._clock),
            Versions(store),
        )
        self._production = production = Production(
            options, store, self._catalog, making, versions, self._clock, self._tell, self._hold_back()
        )
        self._exports = exports = Exports(store, events, options.files_folder, self._clock, self._tell)
        parts = Parts(
            options=options,
            store=store,
            catalog=self._catalog,
            workspace=workspace,
            events=events,
            assets=assets.screen,
            immediate=Immediate(store, making, versions, self._clock),
            previews=Previews(making, options.files_folder),
            renderer=renderer,
            clock=self._clock,
            base_url=self._file_base,
            on_accepted=production.wake,
            on_export=exports.wake,
        )
        self._base_url = await self._listen(parts)
        self._own(production.run(), "production")
        self._own(exports.run(), "exports")
        for callbacks in self._callbacks:
            self._own(callbacks.run(), "callbacks")
        self._own(self._keep_house(), "housekeeping")
        lease.announce(self._base_url, store.store_id, self._local_key or None)
        return self._base_url

    def _tell(self) -> None:
        for callbacks in self._callbacks:
            callbacks.wake()

    async def _keep_house(self) -> None:
        """Designs are looked at while nobody asks, so that a slip of the pen is told when it is made.

        Files change by the world's time, whatever clock the studio was given.
        """
        collected_at = -math.inf
        while True:
            self._catalog.scan()
            keep_seconds, now = self.options.keep_files_seconds, time.monotonic()
            if keep_seconds is not None and now - collected_at >= _COLLECT_EVERY_SECONDS:
                collected_at = now
                await asyncio.to_thread(_collect, self.options, keep_seconds)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _listen(self, parts: Parts) -> str:
        options = self.options
        app = web.Application(middlewares=self._middlewares(), client_max_size=MAX_BODY_BYTES)
        app.add_routes(all_routes(parts))
        # What is no HTTP is told as a line of ours: a scanner of ports must not fill the log with tracebacks.
        runner = web.AppRunner(app, access_log=None, logger=log, shutdown_timeout=1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, options.host, options.port)
        try:
            await site.start()
        except OSError as error:
            raise StudioError(
                f"the studio cannot listen on {options.host}:{options.port}: {error.strerror}",
                hint="Port 0 takes one that is free.",
            ) from error
        port = runner.addresses[0][1]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def _middlewares(self) -> list[Middleware]:
        """From the outside in: as in the hosted API, the gateway counts a call before anyone asks whose it is."""
        options, limits = self.options, self.options.limits
        checks = [allowed_hosts(options), api_key(options, Keys(options.folder), self._local_key), takes_json()]
        if limits is not None:
            checks = [ceiling(limits, self._clock), *checks, read_budget(limits, self._clock), envelope_of_errors()]
        faults = [] if self._strikes is None else [faulty_calls(self._strikes, self._clock)]
        return [*faults, envelope_of_errors(), *checks]

    def _tampering(self) -> Tampering:
        rule = self._strikes.next(Place.CALLBACK) if self._strikes is not None else None
        return UNTOUCHED if rule is None else tampering(rule)

    async def _opened(self, folder: Path, limits: FetchLimits) -> Assets:
        """A cache of its own for each kind, so that none is drawn with what only another may fetch."""
        reach = Reach(private=self.options.allow_private_assets)
        return await self._stack.enter_async_context(
            Assets(folder, self.options.uploads_folder, limits, reach, self._clock)
        )

    def _hold_back(self) -> Callable[[Generation], float] | None:
        strikes, plan = self._strikes, self.options.faults
        if strikes is None or plan is None or not plan.has_slow_render:
            return None
        return lambda generation: (
            generation.accepted_at + plan.render_seconds(generation.sequence, strikes.elapsed) - self._clock.now()
        )

    def _file_base(self) -> str:
        return (self.options.public_url or self._base_url).rstrip("/")

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Work that lasts as long as the studio does."""
        task = asyncio.ensure_future(_reported(work, name))

        async def end() -> None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        self._stack.push_async_callback(end)


def _running(part: T | None) -> T:
    if part is None:
        raise StudioError("the studio is not running")
    return part


async def _reported(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("the studio's %s ended", name, extra={"action": "part_ended"})


def _large(max_bytes: int) -> FetchLimits:
    return FetchLimits(max_bytes, _PRINT_FETCH_SECONDS, at_once=8)


def _make_folders(options: StudioOptions) -> None:
    for folder in (options.files_folder, options.uploads_folder, *options.cache_folders):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudioError(f"the studio's folder {folder} cannot be made: {error.strerror}") from error


def _sweep(options: StudioOptions) -> None:
    for folder in (options.files_folder, options.uploads_folder):
        files.sweep_parts(folder)
    for folder in options.cache_folders:
        files.sweep_older(folder, _CACHE_SECONDS)


def _collect(options: StudioOptions, seconds: float) -> None:
    """Who names files is asked at the moment of collecting; if that cannot be told, nothing is collected."""
    try:
        named = frozenset(options.named_files() if options.named_files is not None else ())
        needed = uploads_in_line(options.store_path)
    except Exception:
        log.exception("files are kept: it cannot be told which are named", extra={"action": "collect_failed"})
        return
    gone = files.collect(options.files_folder, seconds, named.__contains__)
    gone += files.collect(options.uploads_folder, seconds, needed.__contains__)
    if gone:
        log.info("%d files were collected", gone, extra={"action": "collected"})
