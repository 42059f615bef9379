"""A studio in a thread of the test: to the commands that are killed it is another process, with books of its own.

`Provider.bills` decides what they take it for: the hosted API, reached by address and key, or the studio that runs in
their home. It draws nothing, so that rows cost no time, and commits the faults it is told to.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import json
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nursery import Ended, Nursery, Running

from bulkgen.shipped import templates_folder
from bulkgen.studio.faults import FaultPlan, Rule
from bulkgen.studio.limits import Limits
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer

KEY = "a-key-of-ours"
MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements: {title: "{{ name }}"}
"""
PATIENCE_SECONDS = 30


@dataclass
class Provider:
    folder: Path
    server: StudioServer
    bills: bool
    nursery: Nursery

    @property
    def store(self) -> Path:
        return self.server.options.store_path

    @property
    def environment(self) -> dict[str, str]:
        return {"ABYSSALE_API_KEY": KEY, "ABYSSALE_BASE_URL": self.server.base_url} if self.bills else {}

    def arguments(self, *more: str) -> list[str]:
        return ["run", str(self.folder / "sheet.csv"), "--progress", "json", *(("--yes",) if self.bills else ()), *more]

    def run(self, *more: str, trap: tuple[str, int] | None = None, loses: Path | None = None) -> Ended:
        return self.start(*more, trap=trap, loses=loses).wait()

    def start(self, *more: str, **how: Any) -> Running:
        return self.nursery.start(self.folder, self.arguments(*more), environment=self.environment, **how)

    def finish(self, *more: str) -> Ended:
        """The same command until it does not stop before its rows do; a few times are enough for any of our faults."""
        for _ in range(6):
            ended = self.run(*more)
            if ended.code in (0, 1):
                return ended
            assert ended.code == 3, ended.text
        raise AssertionError(f"it never came to its end: {ended.text}")

    def webhooks(self) -> tuple[str, ...]:
        """Options that take deliveries on a port of this machine which is free now."""
        if not self.bills:
            return ()
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{found.getsockname()[1]}"
        return ("--webhook-url", f"http://{place}", "--webhook-listen", place)

    def accepted(self) -> Counter[str]:
        """How often each title was accepted, from the provider's own books."""
        return Counter(title for title, _ in self._books())

    def requests(self) -> dict[str, str]:
        """Title by request id."""
        return {request_id: title for title, request_id in self._books()}

    def _books(self) -> list[tuple[str, str]]:
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            found = store.execute("SELECT request, id FROM generations").fetchall()
        return [(json.loads(body)["elements"]["title"]["payload"], request_id) for body, request_id in found]

    def report(self, name: str = "sheet") -> list[dict[str, str]]:
        """Empty where no run has come to its end."""
        path = self.folder / f"{name}.generated.csv"
        if not path.exists():
            return []
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return list(csv.DictReader(stream))

    def assert_true(self, rows: int, asked_again: Sequence[str] = ()) -> dict[str, str]:
        """What must hold after whatever happened; the outcome of each row by its name.

        `asked_again`: rows that the user had sent again though they may have been billed.
        """
        found = self.report()
        assert [row["sku"] for row in found] == [str(number) for number in range(rows)], "each row once, in order"
        accepted, requests = self.accepted(), self.requests()
        for row in found:
            name, status = row["name"], row["bulkgen status"]
            assert accepted[name] <= 1 + (name in asked_again), f"{name} was billed {accepted[name]} times"
            if status in ("done", "reused"):
                assert accepted[name] >= 1
                assert row["medium-rectangle url"]
                assert requests[row["bulkgen request"]] == name, "the banner of another row"
            elif status in ("in doubt", "expired"):
                assert not row["medium-rectangle url"]
            else:
                assert status in ("refused", "invalid"), f"{name} came to {status!r}"
                assert not accepted[name], f"{name} was billed and its result is lost"
        told = self.nursery.run(self.folder, ["status"])
        assert told.code == 0, told.text
        assert "sheet-product-card" in told.out
        return {row["name"]: row["bulkgen status"] for row in found}


def write_sheet(folder: Path, rows: int, *, picture: Path | None = None) -> None:
    """With a picture, the first row needs it."""
    mapping = MAPPING.replace('}}"}', '}}", photo: "{{ photo }}"}') if picture else MAPPING
    (folder / "mapping.yaml").write_text(mapping)
    with (folder / "sheet.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["sku", "name", "photo"])
        photo = picture.name if picture else ""
        table.writerows([str(n), f"Vase {n}", "" if n else photo] for n in range(rows))


@contextlib.contextmanager
def open_provider(
    folder: Path, nursery: Nursery, *rules: Rule, bills: bool, limits: Limits | None = None, seed: int = 1
) -> Iterator[Provider]:
    designs = templates_folder()
    store = folder / "provider" if bills else folder / ".bulkgen" / "studio"
    store.mkdir(parents=True)
    options = StudioOptions(
        folder=store,
        designs=(designs,),
        fonts=(designs / "fonts",),
        workers=1,
        api_key=KEY if bills else None,
        credits=10_000 if bills else None,
        limits=limits,
        faults=FaultPlan((*rules, Rule("null_render")), seed),
    )
    with _in_a_thread(StudioServer(options)) as server:
        yield Provider(folder, server, bills, nursery)


@contextlib.contextmanager
def _in_a_thread(server: StudioServer) -> Iterator[StudioServer]:
    is_up, stop = Future[None](), Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]()

    async def serve() -> None:
        ends = asyncio.Event()
        try:
            async with server:
                stop.set_result((asyncio.get_running_loop(), ends))
                is_up.set_result(None)
                await ends.wait()
        except BaseException as error:
            if not is_up.done():
                is_up.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="provider")
    thread.start()
    is_up.result(PATIENCE_SECONDS)
    try:
        yield server
    finally:
        loop, ends = stop.result()
        loop.call_soon_threadsafe(ends.set)
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
