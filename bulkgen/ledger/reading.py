"""What the ledger tells: rows with their outcomes, progress, the story of a row, the figures of an account."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator

from bulkgen.ledger.database import Database
from bulkgen.ledger.moves import output
from bulkgen.ledger.records import Attempt, Job, Output, RowRecord
from bulkgen.ledger.states import OutputState, RowOutcome, row_outcome


class Reading:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Reading {self._database!r}>"

    def rows(self, job_id: int) -> Iterator[RowRecord]:
        """Every row of the job's last plan, in the sheet's order."""
        yield from _rows(self._database.run("rows_with_outputs", job_id=job_id))

    def rows_by_key(self, job_id: int, key: str) -> list[RowRecord]:
        return list(_rows(self._database.run("rows_by_key", job_id=job_id, key=key)))

    def row_payloads(self, job_id: int) -> dict[str, frozenset[str]]:
        """What each row asks for, by key; a row without a key is named by what it asks for."""
        named: dict[str, frozenset[str]] = {}
        found = self._database.run("row_payloads", job_id=job_id)
        for _, group in itertools.groupby(found, key=lambda line: line["position"]):
            lines = list(group)
            payloads = frozenset(line["payload"] for line in lines)
            named[lines[0]["key"] or "+".join(sorted(payloads))] = payloads
        return named

    def keys(self, job_id: int) -> frozenset[str]:
        """Of the rows of the job's last plan."""
        return frozenset(key for (key,) in self._database.run("keys_of_job", job_id=job_id))

    def formats(self, job: Job) -> tuple[str, ...]:
        """The formats that any row asks for, in the design's order; all of the design's if no row asks for any."""
        wanted = {name for (name,) in self._database.run("formats_of_job", job_id=job.id)}
        return tuple(name for name in job.formats if name in wanted) or job.formats

    def outcomes(self, job_id: int) -> dict[RowOutcome, int]:
        """How many rows came to what."""
        counts: dict[RowOutcome, int] = {}
        for row in self.rows(job_id):
            counts[row.outcome] = counts.get(row.outcome, 0) + 1
        return counts

    def waiting_rows(self, job_id: int) -> list[tuple[int, int]]:
        """(generation id, row position): how progress knows which rows a finished generation completes."""
        found = self._database.run("generations_by_output", job_id=job_id)
        return [(row["generation_id"], row["position"]) for row in found]

    def owners_elsewhere(self, job_id: int) -> dict[int, int]:
        """Other jobs that are at work on outputs of this one, and on how many."""
        return {row["owner"]: row["count"] for row in self._database.run("owners_elsewhere", job_id=job_id)}

    def count_nameless_unsent(self, job_id: int) -> int:
        """Rows without a key that ask for nothing for now: beyond a limit, left out, or bad."""
        (count,) = self._database.run("count_nameless_unsent", job_id=job_id).fetchone()
        return int(count)

    def has_attempts(self) -> bool:
        """Whether anything was ever sent from this ledger."""
        (found,) = self._database.run("has_attempts").fetchone()
        return bool(found)

    def attempts_since(self, job_id: int, since: float) -> dict[str, int]:
        """Attempts begun at or after `since` (Unix seconds), by outcome; "" for those without one."""
        found = self._database.run("attempts_since", job_id=job_id, since=since)
        return {row["outcome"]: row["count"] for row in found}

    def attempts(self, generation_id: int) -> list[Attempt]:
        """Every sending of one generation."""
        found = self._database.run("attempts_of", generation_id=generation_id)
        return [Attempt(**dict(row)) for row in found]

    def story(self, row: RowRecord) -> list[Attempt]:
        """Every sending of what the row asks for, in time: also of generations that were given up for a new one."""
        output_ids = json.dumps([one.id for one in row.outputs.values()])
        found = self._database.run("attempts_for_outputs", output_ids=output_ids)
        return [Attempt(**dict(attempt)) for attempt in found]

    def file_keys(self) -> set[str]:
        """Studio files that an output names."""
        return {key for (key,) in self._database.run("file_keys")}


def _rows(lines: Iterable[sqlite3.Row]) -> Iterator[RowRecord]:
    for _, group in itertools.groupby(lines, key=lambda line: line["position"]):
        members = list(group)
        first = members[0]
        outputs = {line["wanted"]: output(line) for line in members if line["wanted"] is not None}
        reused = {line["wanted"]: bool(line["is_reused"]) for line in members if line["wanted"] is not None}
        yield RowRecord(
            position=first["position"],
            number=first["number"],
            key=first["key"],
            outcome=_outcome(first["verdict"], outputs, reused),
            detail=_detail(first["detail"], outputs),
            outputs=outputs,
            problems=tuple(json.loads(first["problems"])),
            earlier={line["earlier_format"]: _earlier(line) for line in members if line["earlier_id"] is not None},
        )


def _earlier(line: sqlite3.Row) -> Output:
    return Output(
        id=line["earlier_id"],
        format=line["earlier_format"],
        state=OutputState.DONE,
        banner_id=line["earlier_banner_id"],
        request_id=line["earlier_request_id"],
        url=line["earlier_url"],
        file_key=line["earlier_file_key"],
        file_type=line["earlier_file_type"],
        fallback=line["earlier_fallback"],
    )


def _outcome(verdict: str, outputs: dict[str, Output], reused: dict[str, bool]) -> RowOutcome:
    if verdict:
        return RowOutcome(verdict)
    return row_outcome((one.state, reused[format_id]) for format_id, one in outputs.items())


def _detail(detail: str, outputs: dict[str, Output]) -> str:
    """The row's own remarks, then what the outputs that are no failure of a format have to say, then what of the
    banners that are there was left undone."""
    said = [detail] if detail else []
    told = (OutputState.REFUSED, OutputState.IN_DOUBT, OutputState.EXPIRED)
    said += dict.fromkeys(one.reason for one in outputs.values() if one.state in told and one.reason)
    remarks: dict[str, list[str]] = {}
    for format_id, one in outputs.items():
        for remark in one.remarks.splitlines() if one.state is OutputState.DONE else ():
            remarks.setdefault(remark, []).append(format_id)
    said += [f"{', '.join(formats)}: {remark}" for remark, formats in remarks.items()]
    return "; ".join(said)
