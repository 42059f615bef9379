"""The ledger against a model of dictionaries, under any order of what can happen to it.

Two jobs, each with a process of its own on the same file, plan overlapping rows, send, hear, lose and resume. What is
at stake: an output is never on its way twice, it is sent again only when somebody asked for it, and what the ledger
says of it is what happened.
"""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bulkgen.engine import record
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import GenerationState, OutputState, row_outcome
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow

State, Out = GenerationState, OutputState
JOBS = ("spring", "autumn")
FORMATS = ("square", "story")
LIVE = (State.PLANNED, State.SUBMITTING, State.SUBMITTED, State.IN_DOUBT)

ROW = st.tuples(st.integers(0, 3), st.sets(st.sampled_from(FORMATS), min_size=1).map(sorted).map(tuple))
ASKED = st.sets(st.sampled_from((Out.FAILED, Out.REFUSED, Out.EXPIRED, Out.IN_DOUBT))).map(frozenset)


@dataclass
class ModelOutput:
    state: OutputState = Out.WANTED
    generation: int | None = None
    sendings: int = 0  # attempts that were, or may have been, accepted
    permits: int = 1  # the first sending, and one more each time somebody asked


@dataclass
class ModelGeneration:
    job: str
    state: GenerationState
    outputs: tuple[str, ...]
    attempts: int = 0


@dataclass
class ModelRow:
    outputs: dict[str, tuple[str, bool]] = field(default_factory=dict)  # format -> (fingerprint, reused)


def fingerprint(payload: int, format_id: str) -> str:
    return f"payload {payload} as {format_id}"


class LedgerMachine(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "ledger.sqlite3"
        self.ledgers = {name: Ledger(path) for name in JOBS}
        self.job_ids = {
            name: ledger.jobs.open(
                JobDraft(name, f"{name}.csv", "", "abyssale", "u", "w", "card", "Card", "1", FORMATS, False), 0.0
            ).id
            for name, ledger in self.ledgers.items()
        }
        self.is_running = dict.fromkeys(JOBS, False)
        self.outputs: dict[str, ModelOutput] = {}
        self.generations: dict[int, ModelGeneration] = {}
        self.rows: dict[str, list[ModelRow]] = {name: [] for name in JOBS}
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        for ledger in getattr(self, "ledgers", {}).values():
            ledger.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    # A run begins.

    @rule(name=st.sampled_from(JOBS), rows=st.lists(ROW, max_size=5), again=ASKED)
    def plan(self, name: str, rows: list[tuple[int, tuple[str, ...]]], again: frozenset[OutputState]) -> None:
        others = {other for other in JOBS if other != name and not self.is_running[other]}
        abandoned = frozenset(self.job_ids[other] for other in others)
        ledger, job_id = self.ledgers[name], self.job_ids[name]
        ledger.planning.release({job_id} | abandoned)
        ledger.planning.begin(job_id)
        scope = PlanScope(job_id, "card", again=again, abandoned=abandoned)
        planned = [planned_row(position, *row) for position, row in enumerate(rows)]
        known = {one.id for one in self.all_generations()}
        ledger.planning.add(scope, planned)
        fresh = iter(sorted(one.id for one in self.all_generations() if one.id not in known))
        self.is_running[name] = True
        self.model_release({name} | others)
        self.model_plan(name, rows, again, others, fresh)

    def model_release(self, names: set[str]) -> None:
        for number, generation in list(self.generations.items()):
            if generation.job in names and generation.state is State.PLANNED:
                for one in generation.outputs:
                    if self.outputs[one].generation == number:
                        self.outputs[one].generation = None
                if generation.attempts:
                    generation.state = State.SUPERSEDED
                else:
                    del self.generations[number]

    def model_plan(
        self,
        name: str,
        rows: list[tuple[int, tuple[str, ...]]],
        again: frozenset[OutputState],
        abandoned: set[str],
        fresh: Any,
    ) -> None:
        self.rows[name] = []
        seen: set[str] = set()
        for payload, formats in rows:
            row, to_send = ModelRow(), []
            for format_id in formats:
                one = fingerprint(payload, format_id)
                is_new = one not in self.outputs
                output = self.outputs.setdefault(one, ModelOutput())
                is_reused = one in seen or output.state is Out.DONE
                row.outputs[format_id] = (one, is_reused)
                if one in seen or output.state is Out.DONE:
                    continue
                seen.add(one)
                if is_new or (output.state is Out.WANTED and output.generation is None):
                    to_send.append(one)
                elif output.state in again:
                    assert output.generation is not None
                    before = self.generations[output.generation]
                    if before.state is State.IN_DOUBT:
                        before.state = State.SUPERSEDED
                    output.permits += 1
                    to_send.append(one)
                elif output.state is Out.WANTED:
                    assert output.generation is not None
                    owner = self.generations[output.generation]
                    if owner.job in abandoned:
                        owner.job = name
            if to_send:
                number = next(fresh)
                self.generations[number] = ModelGeneration(name, State.PLANNED, tuple(to_send))
                for one in to_send:
                    self.outputs[one].state, self.outputs[one].generation = Out.WANTED, number
            self.rows[name].append(row)
        assert next(fresh, None) is None, "a generation that the model knows nothing of"

    @rule(name=st.sampled_from(JOBS))
    def process_ends(self, name: str) -> None:
        """Killed, or done: either way nobody works on the job any more."""
        self.is_running[name] = False

    @precondition(lambda self: self.has(State.SUBMITTING) and not all(self.is_running.values()))
    @rule(name=st.sampled_from(JOBS))
    def take_over(self, name: str) -> None:
        """What a run does first: an open attempt of the process before it is in doubt."""
        ledger, job_id = self.ledgers[name], self.job_ids[name]
        if self.is_running[name]:
            return
        found = record.found_underway(ledger, job_id, False, 1.0)
        expected = {n: g for n, g in self.generations.items() if g.job == name and g.state is State.SUBMITTING}
        assert {one.id for one in found.in_doubt} == set(expected)
        for number in expected:
            self.move(number, State.IN_DOUBT, Out.IN_DOUBT, sent=True)

    # What happens to a generation.

    def has(self, *states: GenerationState) -> bool:
        return any(one.state in states for one in getattr(self, "generations", {}).values())

    def pick(self, data: st.DataObject, *states: GenerationState) -> tuple[int, Ledger]:
        number = data.draw(st.sampled_from([n for n, one in self.generations.items() if one.state in states]))
        return number, self.ledgers[self.generations[number].job]

    def move(
        self, number: int, state: GenerationState, output: OutputState | None = None, *, sent: bool = False
    ) -> None:
        generation = self.generations[number]
        generation.state = state
        for one in generation.outputs:
            if self.outputs[one].generation == number:
                if output is not None:
                    self.outputs[one].state = output
                self.outputs[one].sendings += sent

    @precondition(lambda self: self.has(State.PLANNED))
    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        number, ledger = self.pick(data, State.PLANNED)
        ledger.moves.intend(number, f"{next(self.numbers):032x}", 2.0)
        self.generations[number].attempts += 1
        self.move(number, State.SUBMITTING)

    @precondition(lambda self: self.has(State.SUBMITTING))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        number, ledger = self.pick(data, State.SUBMITTING)
        assert record.accept(ledger, number, f"request {number}", 3.0)
        self.move(number, State.SUBMITTED, sent=True)

    @precondition(lambda self: self.has(State.SUBMITTING))
    @rule(data=st.data())
    def not_accepted(self, data: st.DataObject) -> None:
        number, ledger = self.pick(data, State.SUBMITTING)
        assert record.withdraw(ledger, number, "at the ceiling", 3.0)
        self.move(number, State.PLANNED)

    @precondition(lambda self: self.has(State.SUBMITTING, State.PLANNED))
    @rule(data=st.data())
    def refused(self, data: st.DataObject) -> None:
        """By the provider; or by ourselves before anything was sent, because a picture changed."""
        number, ledger = self.pick(data, State.SUBMITTING, State.PLANNED)
        if self.generations[number].state is State.PLANNED:
            ledger.moves.unsendable(number, "the picture changed", 3.0)
        else:
            assert record.refuse(ledger, number, "too long", 3.0)
        self.move(number, State.REFUSED, Out.REFUSED)

    @precondition(lambda self: self.has(State.SUBMITTING))
    @rule(data=st.data())
    def no_answer(self, data: st.DataObject) -> None:
        number, ledger = self.pick(data, State.SUBMITTING)
        assert record.doubt(ledger, number, "reset", 3.0)
        self.move(number, State.IN_DOUBT, Out.IN_DOUBT, sent=True)

    @precondition(lambda self: self.has(State.SUBMITTING, State.SUBMITTED, State.IN_DOUBT))
    @rule(data=st.data(), results=st.tuples(st.booleans(), st.booleans()))
    def result(self, data: st.DataObject, results: tuple[bool, bool]) -> None:
        """By a look, or by a webhook: before the answer, after it, or when it had been given up."""
        number, ledger = self.pick(data, State.SUBMITTING, State.SUBMITTED, State.IN_DOUBT)
        generation = self.generations[number]
        by_format = dict(zip(FORMATS, results, strict=True))
        settled = [
            Settled(one.rsplit(" ", 1)[-1], Out.DONE if by_format[one.rsplit(" ", 1)[-1]] else Out.FAILED)
            for one in generation.outputs
        ]
        was_open = generation.state is State.SUBMITTING
        assert record.conclude(ledger, number, f"request {number}", settled, 4.0) is not None
        self.move(number, State.FINALIZED, sent=was_open)
        for one in generation.outputs:
            if self.outputs[one].generation == number:
                self.outputs[one].state = Out.DONE if by_format[one.rsplit(" ", 1)[-1]] else Out.FAILED

    @precondition(lambda self: self.has(State.SUBMITTED))
    @rule(data=st.data())
    def gone(self, data: st.DataObject) -> None:
        number, ledger = self.pick(data, State.SUBMITTED)
        assert record.gone(ledger, number, "7 days", 4.0)
        self.move(number, State.EXPIRED, Out.EXPIRED)

    @precondition(lambda self: self.has(State.FINALIZED, State.REFUSED, State.EXPIRED, State.SUPERSEDED))
    @rule(data=st.data())
    def late_news_change_nothing(self, data: st.DataObject) -> None:
        """A second webhook, an answer after it, a look that was under way: the first word stands."""
        number, ledger = self.pick(data, State.FINALIZED, State.REFUSED, State.EXPIRED, State.SUPERSEDED)
        settled = [Settled(name, Out.FAILED, reason="late") for name in FORMATS]
        assert record.conclude(ledger, number, "late", settled, 9.0) is None
        assert not record.accept(ledger, number, "late", 9.0)
        assert not record.withdraw(ledger, number, "late", 9.0)
        assert not record.doubt(ledger, number, "late", 9.0)
        assert not record.gone(ledger, number, "late", 9.0)

    # What holds at all times.

    def all_generations(self) -> list[Any]:
        rows = self.ledgers["spring"]._database._connection.execute("SELECT * FROM generations ORDER BY id")
        return [self.ledgers["spring"].moves.get(row["id"]) for row in rows.fetchall()]

    @invariant()
    def the_ledger_says_what_happened(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        found = {one.id: (one.state, one.job_id) for one in self.all_generations()}
        assert found == {n: (g.state, self.job_ids[g.job]) for n, g in self.generations.items()}
        for number in found:
            for output in self.ledgers["spring"].moves.outputs(number):
                payload = self.generations[number].outputs[0].rsplit(" as ", 1)[0]
                model = self.outputs[f"{payload} as {output.format}"]
                assert (model.state, model.generation) == (output.state, number)

    @invariant()
    def rows_tell_the_outcome_of_their_outputs(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        for name, rows in self.rows.items():
            told = list(self.ledgers["autumn"].reading.rows(self.job_ids[name]))
            assert [row.position for row in told] == list(range(len(rows)))
            for row, model in zip(told, rows, strict=True):
                expected = row_outcome((self.outputs[one].state, reused) for one, reused in model.outputs.values())
                assert row.outcome is expected

    @invariant()
    def every_sending_can_be_read_back(self) -> None:
        """Whoever asks for what they paid twice must find both, whatever was planned since."""
        if not hasattr(self, "ledgers"):
            return
        reading = self.ledgers["autumn"].reading
        for name, rows in self.rows.items():
            for row, model in zip(reading.rows(self.job_ids[name]), rows, strict=True):
                wanted = {one for one, _ in model.outputs.values()}
                expected = [
                    (number, attempt)
                    for number, generation in sorted(self.generations.items())
                    for attempt in range(1, generation.attempts + 1)
                    if wanted & set(generation.outputs)
                ]
                assert [(one.generation_id, one.number) for one in reading.story(row)] == expected

    @invariant()
    def nothing_is_paid_for_twice_unasked(self) -> None:
        if not hasattr(self, "ledgers"):
            return
        for one, output in self.outputs.items():
            assert output.sendings <= output.permits, one
            live = [n for n, g in self.generations.items() if one in g.outputs and g.state in LIVE]
            held = [n for n in live if output.generation == n]
            assert len(held) <= 1
            if output.state is Out.WANTED and output.generation is not None:
                assert held, "an output that waits is on its way, or free to be planned"


def planned_row(position: int, payload: int, formats: tuple[str, ...]) -> PlannedRow:
    outputs = tuple(PlannedOutput(fingerprint(payload, name), name) for name in formats)
    request = PlannedRequest(f"digest {payload}", "{}", "{}", outputs)
    return PlannedRow(position=position, number=position + 1, sheet="s", key=f"{position}", requests=(request,))


LedgerMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestLedger = LedgerMachine.TestCase
