"""What of a plan is already there, decided in one transaction with the claim on what is not.

    PlannedRow -> rows, claims, generations; PlanCount

Everything that may be paid for goes through `_needs_sending`: an output is sent when nobody ever claimed it, when its
generation was given up before it was sent, or when the user asked for exactly its kind again.

What the rows of the plan before asked for and had is remembered while the plan is made: a row whose new banner is not
there yet keeps the old one, and the new one may be made as a version of it. Rows are the same by their key.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from bulkgen.ledger.database import Database
from bulkgen.ledger.records import PlanCount
from bulkgen.ledger.states import GenerationEvent, GenerationState, OutputState, move
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.plan.refresh import Changes
from bulkgen.sheet.problems import Problem
from bulkgen.wire.envelope import ORIGINAL_REFUSED


@dataclass(frozen=True, slots=True)
class PlanScope:
    """For whom rows are planned, and what the user asked to be sent again.

    `abandoned` are jobs with generations under way and no process: their claims are free to be taken over.
    `versioning`: a new banner is to be a version of the one that its row had before, so that the share link stays.
    """

    job_id: int
    design_id: str
    again: frozenset[OutputState] = frozenset()
    abandoned: frozenset[int] = frozenset()
    versioning: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """An output that a row asks for, and what is to be done about it."""

    id: int
    is_reused: bool = False
    is_done: bool = False
    needs_sending: bool = False
    reason: str = ""  # why it came to nothing when it was sent before


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What a row had before in a format: `done_id` is the banner to show until there is a new one."""

    done_id: int | None = None
    banner_id: str = ""


@dataclass(frozen=True, slots=True)
class _ToSend:
    output_id: int
    format: str
    original_banner_id: str


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
        self._is_refresh = False
        self._compared: Counter[str] = Counter()

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
        """Forget the rows of the job's last plan; what they got stays, and is remembered as theirs."""
        self._seen.clear()
        self._compared.clear()
        with self._database.atomic():
            self._database.run("remember_outputs", job_id=job_id)
            self._database.run("remember_outputs_of_report", job_id=job_id)
            self._database.run("clear_row_outputs", job_id=job_id)
            self._database.run("clear_rows", job_id=job_id)
            (found,) = self._database.run("has_earlier_outputs", job_id=job_id).fetchone()
        self._is_refresh = bool(found)

    def end(self, job_id: int) -> Changes:
        """All rows have been added. How the plan differs from the one before it, in outputs."""
        if not self._is_refresh:
            return Changes()
        with self._database.atomic():
            (gone,) = self._database.run("count_gone", job_id=job_id).fetchone()
            self._database.run("forget_earlier_outputs", job_id=job_id)
        return Changes(gone=int(gone), **self._compared)

    def add(self, scope: PlanScope, rows: Iterable[PlannedRow]) -> PlanCount:
        """Write a batch of rows, claim what is to be had, and plan the generations for it."""
        tally = _Tally()
        with self._database.atomic():
            (last,) = self._database.run("last_generation").fetchone()
            for row in rows:
                self._add_row(scope, row, tally)
            # In one statement, not one for each output: a plan is as long as its statements are many.
            self._database.run("remember_generations", after=last)
        return tally.count()

    def take_over(self, job_id: int, owners: Iterable[int]) -> None:
        """Go on with what these jobs were making of this one's outputs. Their processes must be gone."""
        with self._database.atomic():
            for owner in owners:
                self._database.run("take_over", job_id=job_id, owner=owner)

    def would_send(self, scope: PlanScope, fingerprint: str) -> bool:
        """Whether a plan of this scope would send the output now; nothing is claimed."""
        known = self._database.run("output_by_fingerprint", fingerprint=fingerprint).fetchone()
        if known is None:
            return True
        if known["work"] == GenerationState.PLANNED and known["owner"] in scope.abandoned | {scope.job_id}:
            return True  # a plan gives up what was planned before and never sent
        return _needs_sending(OutputState(known["state"]), known, scope)

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
            self._add_request(scope, row, request, tally)

    def _add_request(self, scope: PlanScope, row: PlannedRow, request: PlannedRequest, tally: _Tally) -> None:
        to_send: list[_ToSend] = []
        for output in request.outputs:
            tally.add("outputs")
            found = self._look_up(scope, output, tally)
            earlier = self._earlier(scope, row.key, found.id, output.format)
            if found.needs_sending:
                original = _original(earlier, found) if scope.versioning else ""
                to_send.append(_ToSend(found.id, output.format, original))
            self._seen.add(found.id)
            self._database.run(
                "insert_row_output",
                job_id=scope.job_id,
                position=row.position,
                format=output.format,
                output_id=found.id,
                is_reused=found.is_reused,
                previous_output_id=None if found.is_done else earlier.done_id,
            )
        for group in _apart(to_send):
            self._plan_generation(scope, request, group)
            tally.add("generations")

    def _earlier(self, scope: PlanScope, key: str, output_id: int, format_id: str) -> _Earlier:
        """What the row had before. A row without a key is what it asks for, so that it has nothing from before."""
        if not self._is_refresh:
            return _Earlier()
        values = {"job_id": scope.job_id, "key": key, "nameless_id": 0 if key else output_id, "format": format_id}
        found = self._database.run("earlier_output", values).fetchone()
        if found is None:
            self._compared["new"] += 1
            return _Earlier()
        self._compared["unchanged" if found["asked_id"] == output_id else "changed"] += 1
        return _Earlier(found["done_id"], found["banner_id"] or "") if key else _Earlier()

    def _look_up(self, scope: PlanScope, output: PlannedOutput, tally: _Tally) -> _Found:
        known = self._database.run("output_by_fingerprint", fingerprint=output.fingerprint).fetchone()
        if known is None:
            cursor = self._database.run("insert_output", fingerprint=output.fingerprint, format=output.format)
            tally.add("new")
            return _Found(int(cursor.lastrowid or 0), needs_sending=True)
        output_id, state = int(known["id"]), OutputState(known["state"])
        is_done = state is OutputState.DONE
        if output_id in self._seen:
            tally.add("shared")
            return _Found(output_id, is_reused=True, is_done=is_done)
        if is_done:
            tally.add("reused")
            return _Found(output_id, is_reused=True, is_done=True)
        if _needs_sending(state, known, scope):
            self._let_go(known)
            tally.add("new")
            return _Found(output_id, needs_sending=True, reason=known["reason"])
        if state is OutputState.WANTED:
            self._follow(known, scope)
            tally.add("open")
        else:
            tally.add("held")
        return _Found(output_id)

    def _let_go(self, found: sqlite3.Row) -> None:
        """The user has an output in doubt sent again: the attempt before it keeps its story, and its doubt."""
        if found["work"] == GenerationState.IN_DOUBT:
            state = move(GenerationState.IN_DOUBT, GenerationEvent.RESUBMITTED)
            before = self._database.run("generation", id=found["generation_id"]).fetchone()
            self._database.run("set_generation", dict(before), state=state)

    def _follow(self, found: sqlite3.Row, scope: PlanScope) -> None:
        if found["owner"] != scope.job_id and found["owner"] in scope.abandoned:
            self._database.run("adopt_generation", id=found["generation_id"], job_id=scope.job_id)

    def _plan_generation(self, scope: PlanScope, request: PlannedRequest, to_send: list[_ToSend]) -> None:
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
            formats=json.dumps([one.format for one in to_send]),
            original_banner_id=to_send[0].original_banner_id,
        )
        for one in to_send:
            self._database.run("claim_output", id=one.output_id, generation_id=cursor.lastrowid)


def _original(earlier: _Earlier, found: _Found) -> str:
    """The banner to make a new version of; "" for a banner of its own, also where the provider lost the old one."""
    return "" if any(error_id in found.reason for error_id in ORIGINAL_REFUSED) else earlier.banner_id


def _apart(to_send: list[_ToSend]) -> list[list[_ToSend]]:
    """What goes into one request each: the API makes a version in a request of exactly one format (reference 2.9).

    More requests cost calls and no credits, and a share link that stays is what versions are asked for. So formats
    that have a banner to be a version of go alone, and all others still go together.
    """
    alone = [[one] for one in to_send if one.original_banner_id]
    together = [one for one in to_send if not one.original_banner_id]
    return [*alone, together] if together else alone


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
