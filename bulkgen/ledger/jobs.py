"""Jobs and their runs: who works on what, since when, and where the report of it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bulkgen.ledger.database import Database
from bulkgen.ledger.records import Job, JobDraft, Run


class Jobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __repr__(self) -> str:
        return f"<Jobs {self.count()}>"

    def count(self) -> int:
        (count,) = self._database.run("count_jobs").fetchone()
        return int(count)

    def find(self, name: str) -> Job | None:
        found = self._database.run("job_by_name", name=name).fetchone()
        return _job(found) if found else None

    def all(self) -> list[Job]:
        """The last worked on first."""
        return [_job(found) for found in self._database.run("jobs")]

    def open(self, draft: JobDraft, now: float) -> Job:
        """The job of that name, made if it is new, brought up to date if it is not."""
        values = asdict(draft) | {"formats": json.dumps(draft.formats), "now": now}
        with self._database.atomic():
            known = self.find(draft.name)
            if known is None:
                self._database.run("insert_job", values)
            else:
                self._database.run("update_job", values, id=known.id)
            job = self.find(draft.name)
        assert job is not None
        return job

    def with_unfinished(self) -> list[int]:
        return [job_id for (job_id,) in self._database.run("jobs_with_unfinished")]

    def begin_run(
        self,
        job_id: int,
        now: float,
        *,
        input_digest: str,
        input_name: str,
        header: tuple[str, ...] = (),
        profile: str = "",
    ) -> int:
        with self._database.atomic():
            values = {"job_id": job_id, "now": now, "input_digest": input_digest, "input_name": input_name}
            values |= {"header": json.dumps(header), "profile": profile}
            cursor = self._database.run("insert_run", values)
        return int(cursor.lastrowid or 0)

    def end_run(self, run_id: int, now: float, account: Mapping[str, Any]) -> None:
        with self._database.atomic():
            self._database.run("end_run", id=run_id, now=now, account=json.dumps(account))

    def record_report(self, run_id: int, path: str, digest: str, basis: str) -> None:
        with self._database.atomic():
            self._database.run("record_report", id=run_id, path=path, digest=digest, basis=basis)

    def last_run(self, job_id: int) -> Run | None:
        found = self._database.run("last_run", job_id=job_id).fetchone()
        return _run(found) if found else None

    def runs_of_profile(self, profile: str) -> list[Run]:
        """The first run first."""
        return [_run(found) for found in self._database.run("runs_of_profile", profile=profile)]

    def last_report(self, job_id: int) -> Run | None:
        found = self._database.run("last_report", job_id=job_id).fetchone()
        return _run(found) if found else None


def _job(found: sqlite3.Row) -> Job:
    return Job(
        id=found["id"],
        name=found["name"],
        source=found["source"],
        tab=found["tab"],
        provider=found["provider"],
        base_url=found["base_url"],
        workspace=found["workspace"],
        design_id=found["design_id"],
        design_name=found["design_name"],
        design_revision=found["design_revision"],
        formats=tuple(json.loads(found["formats"])),
        is_multipage=bool(found["is_multipage"]),
        design_type=found["design_type"],
        seconds=found["seconds"],
    )


def _run(found: sqlite3.Row) -> Run:
    return Run(
        id=found["id"],
        job_id=found["job_id"],
        started_at=found["started_at"],
        ended_at=found["ended_at"],
        input_digest=found["input_digest"],
        input_name=found["input_name"],
        header=tuple(json.loads(found["header"])),
        report_path=found["report_path"],
        report_digest=found["report_digest"],
        report_basis=found["report_basis"],
        account=json.loads(found["account"]),
        profile=found["profile"],
    )
