"""A bad row as data: code, place, facts. Pure; the text is made when somebody reads it.

A Problem never stops a run. `Severity.ERROR` keeps its row from being sent; `WARNING` is shown and sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bulkgen.sheet.model import Origin


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is stable and documented in `docs/problems.md`; `message` says what was seen and what is allowed;
    `hint` says what to do."""

    code: str
    origin: Origin
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    facts: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}" + (f" ({self.hint})" if self.hint else "")
