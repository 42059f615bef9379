"""What of a plan is already there, decided in one transaction with the claim on what is not.

    PlannedRow -> rows, claims, generations; PlanCount

Everything that may be paid for goes through `_needs_sending`: an output is sent when nobody ever claimed it, when its
generation was given up before it was sent, or when the user asked for exactly its kind again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from bulkgen.ledger.database import Database
from bulkgen.ledger.records import PlanCount
from bulkgen.ledger.states import GenerationEvent, GenerationState, OutputState, move
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.sheet.problems import Problem


@dataclass(frozen=True, slots=True)
class PlanScope:
    """For whom rows are planned, and what the user asked to be sent again.

    `abandoned` are jobs with generations under way and no process: their claims are free to be taken over.
    """

    job_id: int
    design_id: str
    again: frozenset[OutputState] = frozenset()
    abandoned: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Tally:
    """The counts of one batch, while it grows."""

    found: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, count: int = 1) -> None:
        self.found[name] = self.found.get(name, 0) + count

    def count(self) -> PlanCount:
        return PlanCount(**self.found)


class Planning:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: set[int] = set()

    def __repr__(self) -> str:
        return f"<Planning {len(self._seen)} outputs seen>"

    def release(self, job_ids: Set[int]) -> None:
        """Give up what these jobs planned and never sent. Their processes must be gone."""
        with self._database.atomic():
            for job_id in sorted(job_ids):
                self._database.run("free_untried", job_id=job_id)
                self._database.run("delete_untried", job_id=job_id)
                self._database.run("supersede_planned", job_id=job_id)

    def begin(self, job_id: int) -> None:
        """Forget the rows of the job's last plan; what they got stays."""
        self._seen.clear()
        with self._database.atomic():
            self._database.run("clear_row_outputs", job_id=job_id)
            self._database.run("clear_rows", job_id=job_id)

    def add(self, scope: PlanScope, rows: Iterable[PlannedRow]) -> PlanCount:
        """Write a batch of rows, claim what is to be had, and plan the generations for it."""
        tally = _Tally()
        with self._database.atomic():
            for row in rows:
                self._add_row(scope, row, tally)
        return tally.count()

    def _add_row(self, scope: PlanScope, row: PlannedRow, tally: _Tally) -> None:
        tally.add("rows")
        if row.verdict in ("invalid", "skipped"):
            tally.add(row.verdict)
        self._database.run(
            "insert_row",
            job_id=scope.job_id,
            position=row.position,
            number=row.number,
            key=row.key,
            verdict=row.verdict,
            detail=row.detail,
            problems=json.dumps([_problem(problem) for problem in row.problems]),
        )
        for request in row.requests:
            self._add_request(scope, row.position, request, tally)

    def _add_request(self, scope: PlanScope, position: int, request: PlannedRequest, tally: _Tally) -> None:
        to_send: list[tuple[int, str]] = []
        for output in request.outputs:
            tally.add("outputs")
            output_id, is_reused, needs_sending = self._look_up(scope, output, tally)
            if needs_sending:
                to_send.append((output_id, output.format))
            self._seen.add(output_id)
            self._database.run(
                "insert_row_output",
                job_id=scope.job_id,
                position=position,
                format=output.format,
                output_id=output_id,
                is_reused=is_reused,
            )
        if to_send:
            self._plan_generation(scope, request, to_send)
            tally.add("generations")

    def _look_up(self, scope: PlanScope, output: PlannedOutput, tally: _Tally) -> tuple[int, bool, bool]:
        """(output id, whether this row reuses it, whether it is to be sent)."""
        found = self._database.run("output_by_fingerprint", fingerprint=output.fingerprint).fetchone()
        if found is None:
            cursor = self._database.run("insert_output", fingerprint=output.fingerprint, format=output.format)
            tally.add("new")
            return int(cursor.lastrowid or 0), False, True
        output_id, state = int(found["id"]), OutputState(found["state"])
        if output_id in self._seen:
            tally.add("shared")
            return output_id, True, False
        if state is OutputState.DONE:
            tally.add("reused")
            return output_id, True, False
        if _needs_sending(state, found, scope):
            self._let_go(found)
            tally.add("new")
            return output_id, False, True
        if state is OutputState.WANTED:
            self._follow(found, scope)
            tally.add("open")
        else:
            tally.add("held")
        return output_id, False, False

    def _let_go(self, found: sqlite3.Row) -> None:
        """The user has an output in doubt sent again: the attempt before it keeps its story, and its doubt."""
        if found["work"] == GenerationState.IN_DOUBT:
            state = move(GenerationState.IN_DOUBT, GenerationEvent.RESUBMITTED)
            before = self._database.run("generation", id=found["generation_id"]).fetchone()
            self._database.run("set_generation", dict(before), state=state)

    def _follow(self, found: sqlite3.Row, scope: PlanScope) -> None:
        if found["owner"] != scope.job_id and found["owner"] in scope.abandoned:
            self._database.run("adopt_generation", id=found["generation_id"], job_id=scope.job_id)

    def _plan_generation(self, scope: PlanScope, request: PlannedRequest, to_send: list[tuple[int, str]]) -> None:
        self._database.run("insert_payload", digest=request.payload_digest, body=request.payload)
        for picture in request.pictures.values():
            values = {"digest": picture.digest, "path": str(picture.path), "media_type": picture.media_type}
            self._database.run("insert_picture", values)
        cursor = self._database.run(
            "insert_generation",
            job_id=scope.job_id,
            design_id=scope.design_id,
            payload_digest=request.payload_digest,
            settings=request.settings,
            formats=json.dumps([format_id for _, format_id in to_send]),
        )
        for output_id, _ in to_send:
            self._database.run("claim_output", id=output_id, generation_id=cursor.lastrowid)


def _needs_sending(state: OutputState, found: sqlite3.Row, scope: PlanScope) -> bool:
    if state is OutputState.WANTED:
        return found["generation_id"] is None
    return state in scope.again


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "column": problem.origin.column,
        "place": str(problem.origin),
        "message": problem.message,
        "hint": problem.hint,
    }
