"""What a report is made from: the copy of the input, one record per row, the closing account. Pure.

Left out: the ledger these come from. The pipeline translates, so that a report can be written from anything that can
fill these records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bulkgen.sheet.model import SheetOutline


@dataclass(frozen=True, slots=True)
class FormatResult:
    """One banner. `url`, `file` and `fallback` are addresses, or paths relative to the report's folder with forward
    slashes. `fallback` is a picture to show where the banner cannot be, `seconds` how long it moves."""

    url: str = ""
    file: str = ""
    error: str = ""
    fallback: str = ""
    seconds: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What came of one data row. `number` is the sheet's own row number (1-based), as the reader gave it."""

    position: int
    number: int
    formats: Mapping[str, FormatResult] = field(default_factory=dict)
    status: str = ""
    detail: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The closing account. `problems` are (code, how often, first place); `lines` are (label, value) as printed."""

    job: str
    design: str
    provider: str
    started_at: float
    ended_at: float
    counts: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportInput:
    """`rows` come in the input's order, each row the reader yielded once; they are consumed once."""

    source: Path
    outline: SheetOutline
    formats: tuple[str, ...]
    is_multipage: bool
    rows: Iterable[ResultRow]
    summary: Summary
    is_animated: bool = False
