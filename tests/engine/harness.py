"""A ledger with a job of numbered rows, and one run of it against a provider."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fake_provider import FakeProvider

from bulkgen.clock import Clock
from bulkgen.engine.client import ApiClient
from bulkgen.engine.provider import Provider, hosted, studio
from bulkgen.engine.runner import Runner, RunOutcome
from bulkgen.engine.transport import Transport
from bulkgen.engine.webhook import Place
from bulkgen.events import Event
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import OutputState
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.mapping.model import LocalPicture
from bulkgen.plan.fingerprint import canonical_json, digest
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.testing import ManualClock

FORMATS = ("square", "story")
TOKENS = itertools.count(1)


def planned_row(
    position: int,
    *,
    formats: Sequence[str] = FORMATS,
    pictures: Mapping[str, LocalPicture] | None = None,
    salt: str = "",
    text: str | None = None,
) -> PlannedRow:
    marker = text if text is not None else f"row {position}"
    elements: dict[str, dict[str, str]] = {"title": {"payload": marker}}
    for layer, picture in (pictures or {}).items():
        elements[layer] = {"image_encoded": f"sha256:{picture.digest}"}
    payload = {"elements": elements}
    outputs = tuple(PlannedOutput(digest([payload, name, salt]), name) for name in formats)
    request = PlannedRequest(digest(payload), canonical_json(payload), "{}", outputs, dict(pictures or {}))
    return PlannedRow(
        position=position, number=position + 1, sheet="products", key=f"key {position}", requests=(request,)
    )


def draft(name: str = "products") -> JobDraft:
    return JobDraft(
        name=name,
        source="products.csv",
        tab="",
        provider="abyssale",
        base_url="https://api.example.com",
        workspace="Acme",
        design_id="card",
        design_name="Card",
        design_revision="1",
        formats=FORMATS,
        is_multipage=False,
    )


@dataclass(slots=True)
class Bench:
    """A ledger in a folder, and the runs made on it. Planning again is what a plain rerun does."""

    folder: Path
    rows: Sequence[PlannedRow]
    job_id: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan()

    @classmethod
    def of(cls, folder: Path, count: int) -> Bench:
        return cls(folder, [planned_row(position) for position in range(count)])

    def ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger.sqlite3")

    def plan(self, *, again: frozenset[OutputState] = frozenset()) -> None:
        with self.ledger() as ledger:
            self.job_id = ledger.jobs.open(draft(), 0.0).id
            ledger.planning.release({self.job_id})
            ledger.planning.begin(self.job_id)
            ledger.planning.add(PlanScope(self.job_id, "card", again=again), self.rows)

    async def run(
        self,
        provider: Provider,
        clock: Clock,
        *,
        stop: asyncio.Event | None = None,
        is_multipage: bool = False,
        on_wire: Callable[[], int] = lambda: 0,
        place: Place | None = None,
    ) -> RunOutcome:
        with self.ledger() as ledger:
            async with LedgerWriter(ledger) as writer, Transport(provider, clock) as transport:
                runner = Runner(
                    provider,
                    ApiClient(transport),
                    ledger,
                    writer,
                    clock,
                    self.events.append,
                    job_id=self.job_id,
                    is_multipage=is_multipage,
                    token_source=lambda: f"{next(TOKENS):032x}",
                    stop=stop,
                    place=place,
                )
                if isinstance(clock, ManualClock):
                    clock.is_busy = lambda: bool(transport.on_wire or writer.pending or on_wire())
                return await runner.run()

    def states(self) -> list[str]:
        """The state of the row's generation, in the sheet's order; one word where all are alike."""
        with self.ledger() as ledger:
            found = []
            for row in ledger.reading.rows(self.job_id):
                generation_id = next(iter(row.outputs.values())).generation_id
                found.append(ledger.moves.get(generation_id).state.value if generation_id else "unclaimed")
            return found

    def outcomes(self) -> list[str]:
        with self.ledger() as ledger:
            return [row.outcome.value for row in ledger.reading.rows(self.job_id)]

    def details(self) -> list[str]:
        with self.ledger() as ledger:
            return [
                row.detail or "; ".join(dict.fromkeys(one.reason for one in row.outputs.values() if one.reason))
                for row in ledger.reading.rows(self.job_id)
            ]

    def attempts(self, position: int) -> list[str]:
        """What became of each sending of a row."""
        with self.ledger() as ledger:
            row = next(row for row in ledger.reading.rows(self.job_id) if row.position == position)
            generation_id = next(iter(row.outputs.values())).generation_id
            assert generation_id is not None
            return [attempt.outcome for attempt in ledger.reading.attempts(generation_id)]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def hosted_at(provider: FakeProvider, **changes: float) -> Provider:
    """At a steady pace where a rate is named, so that a test that names one knows when calls leave."""
    return hosted(provider.url, "secret-key", **{"start": changes.get("rate", 8.0)} | changes)  # type: ignore[arg-type]


def studio_at(provider: FakeProvider, *, workers: int = 2) -> Provider:
    provider.is_idempotent = True
    return studio(provider.url, None, workers=workers)


def run_hosted(bench: Bench, provider: FakeProvider, **changes: float) -> RunOutcome:
    async def main() -> RunOutcome:
        async with provider:
            return await bench.run(hosted_at(provider, **changes), provider.clock)

    return asyncio.run(main())


def run_studio(bench: Bench, provider: FakeProvider) -> RunOutcome:
    async def main() -> RunOutcome:
        async with provider:
            return await bench.run(studio_at(provider), provider.clock, on_wire=lambda: provider.calling_back)

    return asyncio.run(main())
