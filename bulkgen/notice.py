"""What is told at the end of a run to whoever was not there: the body of `--notify`. Pure.

facts of a run -> Notice -> JSON, with a `text` that chat services show
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """`stopped` is why the run ended before the rows did, "" where it did not; `report` is a path, "" without one."""

    job: str
    exit_code: int
    started_at: float
    ended_at: float
    rows: Mapping[str, int] = field(default_factory=dict)
    credits: float | None = None
    report: str = ""
    stopped: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "job": self.job,
            "exit_code": self.exit_code,
            "rows": dict(self.rows),
            "credits": self.credits,
            "report": self.report or None,
            "stopped": self.stopped or None,
            "started_at": _iso(self.started_at),
            "ended_at": _iso(self.ended_at),
        }

    @property
    def text(self) -> str:
        """A line or three, for a person."""
        counts = ", ".join(f"{count:,} {outcome}" for outcome, count in self.rows.items() if count) or "no rows"
        lines = [f"bulkgen {self.job}: {counts} (exit code {self.exit_code})"]
        if self.credits is not None:
            lines[0] += f", {self.credits:,.0f} credits used"
        if self.stopped:
            lines.append(f"Stopped: {self.stopped}")
        if self.report:
            lines.append(f"Report: {self.report}")
        return "\n".join(lines)


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
