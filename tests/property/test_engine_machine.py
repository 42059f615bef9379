"""The whole engine against a provider that answers at random and processes that die at random.

Scheduler, retry table, sender, follower and ledger are the real ones; the transport is a model, and time is simulated.
A process dies at a drawn moment: before or after a write, before a call arrives, before its answer is read. From then
on nothing that it does reaches the disk, as after `kill -9`, and the next process has only the ledger.

What is at stake: the provider accepts a generation once, and once more each time the user asks for it though it may
have been billed; what the ledger says of a request is what the provider knows; in the end each row has one outcome.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bulkgen.engine.client import IDEMPOTENCY_HEADER, ApiClient
from bulkgen.engine.pacing import Pacing
from bulkgen.engine.provider import Provider, hosted, studio
from bulkgen.engine.retry import Reach
from bulkgen.engine.runner import Runner, RunOutcome
from bulkgen.engine.transport import Answer, NoAnswer, Ticket, Transport
from bulkgen.engine.webhook import Delivery
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import GenerationState, OutputState, RowOutcome
from bulkgen.ledger.writer import LedgerWriter
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.testing import ManualClock
from bulkgen.wire import envelope, routes
from bulkgen.wire.envelope import ApiError
from bulkgen.wire.messages import GenerationStatus
from bulkgen.wire.routes import Route

FORMATS = ("square", "story")

# What may become of a POST: nothing of it arrives, or it is refused, or it is accepted and the answer is lost or not.
POSTS = ("ok", "ok", "ok", "no connection", "429", "429 later", "503", "reset", "refused", "plan")
LOST = ("ok, then 504", "ok, then reset", "ok, then junk", "ok, after its webhook", "ok, then 504, then its webhook")
LOOKS = ("done", "done", "not yet", "failed", "gone", "503", "429", "reset", "junk", "401")

SHEETS = st.lists(st.integers(0, 7), min_size=4, max_size=9)

# Longer than any run of these can take, if it ends at all.
PATIENCE_SECONDS = 20


@dataclass
class Accepted:
    title: str
    formats: tuple[str, ...]
    token: str


@dataclass
class Model:
    """The provider, which outlives every process. `answers` and `looks` run out; then it is well."""

    is_idempotent: bool
    accepted: dict[str, Accepted] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    posts: deque[str] = field(default_factory=deque)
    looks: deque[str] = field(default_factory=deque)

    def accept(self, body: dict[str, Any], key: str) -> str:
        if self.is_idempotent and key in self.by_key:
            return self.by_key[key]
        request_id = f"request-{len(self.accepted) + 1}"
        title = body["elements"]["title"]["payload"]
        self.accepted[request_id] = Accepted(title, tuple(body["template_format_names"]), key)
        self.by_key[key] = request_id
        return request_id

    def result(self, request_id: str, *, fails: bool = False) -> dict[str, Any]:
        """Fixed by whoever asks first."""
        formats = self.accepted[request_id].formats
        files = {"type": "png", "url": f"https://files.example.com/{request_id}.png"}
        banners = [{"id": f"{request_id}-{name}", "file": files, "format": {"id": name}} for name in formats]
        errors = [{"template_format_name": name, "reason": "it does not fit"} for name in formats]
        whole = {"banners": [] if fails else banners, "errors": errors if fails else []}
        return self.results.setdefault(request_id, {"id": request_id, "is_finalized": True, **whole})


class Process:
    """One run and what it holds in memory. `dies_at` counts moments; None: it lives to its end."""

    def __init__(
        self, model: Model, ledger: Ledger, provider: Provider, job_id: int, tokens: Callable[[], str]
    ) -> None:
        self.model, self.ledger, self.provider = model, ledger, provider
        self.clock = ManualClock()
        self.job_id, self.tokens = job_id, tokens
        self.left: int | None = None
        self.is_dead = False
        self.task: asyncio.Task[RunOutcome] | None = None
        self.runner: Runner | None = None

    def run(self, dies_at: int | None) -> RunOutcome | None:
        self.left = dies_at

        async def main() -> RunOutcome | None:
            transport = ModelTransport(self)
            self.runner = Runner(
                self.provider,
                ApiClient(cast(Transport, transport)),
                self.ledger,
                cast(LedgerWriter, ModelWriter(self)),
                self.clock,
                lambda event: None,
                job_id=self.job_id,
                token_source=self.tokens,
            )
            self.task = asyncio.create_task(self.runner.run())
            done, _ = await asyncio.wait({self.task}, timeout=PATIENCE_SECONDS)
            assert done, f"the run does not end: {self.runner!r}"
            if self.task.cancelled():
                assert self.is_dead
                return None
            return self.task.result()

        return asyncio.run(main())

    async def moment(self) -> None:
        """A moment at which the process may die. Nothing that it does afterwards is seen by anyone."""
        await asyncio.sleep(0)
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.is_dead = True
        if self.is_dead:
            assert self.task is not None
            self.task.cancel()
            await asyncio.Event().wait()


class ModelWriter:
    """Writes at once, and to a dead process's last cry it listens no more."""

    pending = 0

    def __init__(self, process: Process) -> None:
        self._process = process

    async def do(self, function: Callable[..., Any], *args: Any) -> Any:
        await self._process.moment()
        with self._process.ledger.atomic():
            result = function(*args)
        await self._process.moment()
        return result

    def enqueue(self, function: Callable[..., Any], *args: Any) -> None:
        if not self._process.is_dead:
            with self._process.ledger.atomic():
                function(*args)


class ModelTransport:
    where = "model.example.com"

    def __init__(self, process: Process) -> None:
        self._process = process
        self.provider, self.clock = process.provider, process.clock
        self.pacing = Pacing(process.clock, process.provider.calls_per_second)

    async def room(self) -> None:
        pass

    async def ticket(self) -> Ticket:
        await self.pacing.turn()
        return Ticket(cast(Transport, self), self.clock.monotonic(), was_waited_for=self.pacing.pace is not None)

    def _return_ticket(self) -> None:
        pass

    async def call(self, route: Route, path: str, ticket: Ticket, **more: Any) -> Answer:
        process, model = self._process, self._process.model
        self.clock.advance(0.01)  # a call takes its time
        if route is routes.GENERATE:
            return await self._generate(ticket, orjson.loads(more["body"]), (more["headers"] or {}))
        await process.moment()
        ticket.reach = Reach.SENT
        if route is routes.CREDITS:
            return Answer(200, {"generation_credits": {"available": 100, "extra": 0}}, None)
        assert route is routes.GENERATION_REQUEST
        answer = self._look(path.rsplit("/", 1)[-1], model.looks.popleft() if model.looks else "done")
        await process.moment()
        return answer

    async def _generate(self, ticket: Ticket, body: dict[str, Any], headers: dict[str, str]) -> Answer:
        process, model = self._process, self._process.model
        fate = model.posts.popleft() if model.posts else "ok"
        key = headers.get(IDEMPOTENCY_HEADER) or f"unkeyed {len(model.accepted)}"
        if fate == "no connection":
            raise NoAnswer("no connection could be made", Reach.NOTHING)
        # The token of a provider that bills is known to the ledger only, as with `callback_url`.
        token = key if model.is_idempotent else self._open_token(body)
        await process.moment()
        ticket.reach = Reach.SENT
        if fate == "reset":
            raise NoAnswer("the connection was cut", Reach.SENT)
        is_known = model.is_idempotent and key in model.by_key
        if fate in REFUSALS and not (is_known and fate == "refused"):
            return refusal(*REFUSALS[fate])
        request_id = model.accept(body, key)
        if fate == "ok, after its webhook":
            await self._deliver(request_id, token)
        await process.moment()
        if fate == "ok, then reset":
            raise NoAnswer("the connection was cut", Reach.SENT)
        if fate == "ok, then junk":
            return Answer(200, None, None)
        if fate.startswith("ok, then 504"):
            if fate.endswith("webhook"):
                asyncio.get_running_loop().call_soon(self._deliver_soon, request_id, token)
            return refusal(504, "")
        return Answer(200, {"generation_request_id": request_id}, None)

    def _open_token(self, body: dict[str, Any]) -> str:
        """The attempt that this POST is: the ledger has its intent, or it may not be sent."""
        title = body["elements"]["title"]["payload"]
        found = [
            one
            for one in self._process.ledger.moves.underway(self._process.job_id)
            if one.state is GenerationState.SUBMITTING
            and orjson.loads(self._process.ledger.moves.payload(one.payload_digest))["elements"]["title"]["payload"]
            == title
            and one.formats == tuple(body["template_format_names"])
        ]
        assert found, "a POST without its intent on disk"
        return found[0].token

    def _deliver_soon(self, request_id: str, token: str) -> None:
        runner = self._process.runner
        if runner is not None and not self._process.is_dead:
            self._late = asyncio.ensure_future(self._deliver(request_id, token))

    async def _deliver(self, request_id: str, token: str) -> None:
        assert self._process.runner is not None
        status = GenerationStatus.from_json(self._process.model.result(request_id), webhook=True)
        assert await self._process.runner._take(Delivery(f"delivery {request_id}", token, False, status))

    def _look(self, request_id: str, fate: str) -> Answer:
        model = self._process.model
        assert request_id in model.accepted, "a request that the provider never named"
        if request_id in model.gone or (fate == "gone" and request_id not in model.results):
            model.gone.add(request_id)
            return refusal(410, envelope.GENERATION_REQUEST_GONE)
        if fate == "reset":
            raise NoAnswer("the connection was cut", Reach.SENT)
        if fate == "junk":
            return Answer(200, None, None)
        if fate in ("503", "429", "401"):
            return refusal(*REFUSALS[fate])
        if fate == "not yet" and request_id not in model.results:
            return Answer(202, {"id": request_id, "is_finalized": False}, None)
        return Answer(200, model.result(request_id, fails=fate == "failed"), None)


REFUSALS: dict[str, tuple[int, str, float | None]] = {
    "429": (429, envelope.RATE_LIMIT_EXCEEDED, None),
    "429 later": (429, envelope.REQUEST_RATE_LIMITED, 27.0),
    "503": (503, "", None),
    "refused": (400, "invalid_payload", None),
    "plan": (429, envelope.FEATURE_NOT_IN_PLAN, None),
    "401": (401, envelope.UNAUTHORIZED, None),
}


def refusal(status: int, error_id: str, retry_after: float | None = None) -> Answer:
    return Answer(status, None, ApiError(status, error_id, "", (), retry_after))


class EngineMachine(RuleBasedStateMachine):
    @initialize(is_idempotent=st.booleans(), rows=SHEETS)
    def open(self, is_idempotent: bool, rows: list[int]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger(Path(self.folder.name) / "ledger.sqlite3")
        self.model = Model(is_idempotent)
        made = studio("http://model", None, workers=2) if is_idempotent else hosted("http://model", "k")
        # Without its receiver: deliveries are made by hand here.
        self.provider = replace(made, callback=False)
        self.numbers = itertools.count(1)
        self.job_id = self.ledger.jobs.open(
            JobDraft("job", "job.csv", "", made.name, "u", "w", "card", "Card", "1", FORMATS, False), 0.0
        ).id
        self.rows = rows
        self.permits: Counter[tuple[str, str]] = Counter()

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        self.finish()
        self.ledger.close()
        self.folder.cleanup()

    def plan(self, again: frozenset[OutputState] = frozenset()) -> None:
        for title, output in self.outputs():
            if output.state in again:
                self.permits[title, output.format] += 1
        self.ledger.planning.release({self.job_id})
        self.ledger.planning.begin(self.job_id)
        self.ledger.planning.add(
            PlanScope(self.job_id, "card", again=again), [planned_row(n, title) for n, title in enumerate(self.rows)]
        )

    def outputs(self) -> list[tuple[str, Any]]:
        found = {}
        for row in self.ledger.reading.rows(self.job_id):
            for output in row.outputs.values():
                found[output.id] = (f"title {row.key}", output)
        return list(found.values())

    @rule(rows=SHEETS)
    def the_sheet_changes(self, rows: list[int]) -> None:
        self.rows = rows

    @rule(
        posts=st.lists(st.sampled_from(POSTS + LOST), min_size=2, max_size=12),
        looks=st.lists(st.sampled_from(LOOKS), min_size=2, max_size=12),
        again=st.sets(st.sampled_from((OutputState.FAILED, OutputState.REFUSED, OutputState.EXPIRED))).map(frozenset),
        is_resubmitted=st.booleans(),
        dies_at=st.one_of(st.none(), st.integers(1, 24), st.integers(1, 80)),
    )
    def a_run(
        self,
        posts: list[str],
        looks: list[str],
        again: frozenset[OutputState],
        is_resubmitted: bool,
        dies_at: int | None,
    ) -> None:
        self.plan(again | (frozenset((OutputState.IN_DOUBT,)) if is_resubmitted else frozenset()))
        self.model.posts, self.model.looks = deque(posts), deque(looks)
        self.process(dies_at)

    def process(self, dies_at: int | None) -> RunOutcome | None:
        tokens = self.numbers
        made = Process(self.model, self.ledger, self.provider, self.job_id, lambda: f"{next(tokens):032x}")
        return made.run(dies_at)

    def finish(self) -> None:
        """The provider is well, and the same command is run until it does not stop before its rows do."""
        self.model.posts.clear()
        self.model.looks.clear()
        for _ in range(4):
            self.plan()
            outcome = self.process(None)
            assert outcome is not None
            if outcome.exit_hint == 0:
                break
        self.nothing_is_billed_twice_unasked()
        self.the_ledger_knows_what_the_provider_knows()
        told = list(self.ledger.reading.rows(self.job_id))
        assert [row.position for row in told] == list(range(len(self.rows))), "each row once, in order"
        for row in told:
            assert row.outcome is not RowOutcome.WAITING, f"row {row.position} has no end"
            assert row.outcome is not RowOutcome.IN_DOUBT or not self.model.is_idempotent

    @invariant()
    def nothing_is_billed_twice_unasked(self) -> None:
        if not hasattr(self, "model"):
            return
        billed = Counter((one.title, name) for one in self.model.accepted.values() for name in one.formats)
        for what, times in billed.items():
            assert times <= 1 + self.permits[what], f"{what} was billed {times} times"

    @invariant()
    def the_ledger_knows_what_the_provider_knows(self) -> None:
        """A link in the report is of a request that was made for that row; what was accepted is not called unsent."""
        if not hasattr(self, "model"):
            return
        named = set()
        for title, output in self.outputs():
            if output.state is OutputState.DONE:
                accepted = self.model.accepted[output.request_id]
                assert (accepted.title, output.format in accepted.formats) == (title, True)
            if output.state is OutputState.EXPIRED:
                assert output.request_id in self.model.gone, "given up, and the provider still has it"
            named.add((title, output.format, output.state))
        unsent = {(title, name) for title, name, state in named if state is OutputState.REFUSED}
        for one in self.model.accepted.values():
            for name in one.formats:
                assert (one.title, name) not in unsent or self.permits[one.title, name], "accepted, and told as refused"


def planned_row(position: int, title: int) -> PlannedRow:
    outputs = tuple(PlannedOutput(f"{title} as {name}", name) for name in FORMATS)
    payload = orjson.dumps({"elements": {"title": {"payload": f"title {title}"}}}).decode()
    request = PlannedRequest(f"digest {title}", payload, "{}", outputs)
    return PlannedRow(position=position, number=position + 1, sheet="s", key=f"{title}", requests=(request,))


EngineMachine.TestCase.settings = settings(
    max_examples=80, stateful_step_count=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestEngine = EngineMachine.TestCase
