"""What the ledger gives out: frozen records, no rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.ledger.states import GenerationState, OutputState, RowOutcome


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A sheet, a tab, a design and a provider, under a name: what a job is opened with. `formats` are the design's,
    `seconds` the length of an animated one."""

    name: str
    source: str
    tab: str
    provider: str
    base_url: str
    workspace: str
    design_id: str
    design_name: str
    design_revision: str
    formats: tuple[str, ...]
    is_multipage: bool
    design_type: str = ""
    seconds: float = 0.0

    @property
    def is_animated(self) -> bool:
        return self.design_type == "animated"


@dataclass(frozen=True, slots=True)
class Job(JobDraft):
    """What a run belongs to: a draft that the ledger has given an id."""

    id: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Run:
    """One working of a job. `account` is the closing account; `report_digest` tells whether the report was touched,
    `report_basis` whether it would say anything else today."""

    id: int
    job_id: int
    started_at: float
    ended_at: float | None
    input_digest: str
    input_name: str
    header: tuple[str, ...]
    report_path: str
    report_digest: str
    report_basis: str
    account: Mapping[str, Any] = field(default_factory=dict)
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """One POST, planned or made. `token` is the current attempt's, 128 bits in hex, "" before the first.

    `original_banner_id`: the provider's id of the banner that the one format's new banner is a version of, "" for none.
    """

    id: int
    job_id: int
    state: GenerationState
    design_id: str
    payload_digest: str
    settings: str
    formats: tuple[str, ...]
    attempt: int = 0
    token: str = ""
    request_id: str = ""
    submitted_at: float | None = None
    reason: str = ""
    original_banner_id: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of a generation: the story that `bulkgen status --row` tells."""

    generation_id: int
    number: int
    token: str
    intended_at: float
    ended_at: float | None
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Output:
    """One banner, had or to be had. `url` is an address on a hosted provider; `file_key` a file of the studio's.
    `fallback`, of either kind, is a picture to show where the banner cannot be. `remarks` are what of a banner that is
    done was left undone, a line each."""

    id: int
    format: str
    state: OutputState
    generation_id: int | None = None
    request_id: str = ""
    banner_id: str = ""
    url: str = ""
    file_key: str = ""
    file_type: str = ""
    reason: str = ""
    fallback: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class RowRecord:
    """A row with its outputs by format, and what became of it.

    `earlier` are banners that the row had before, by format: of those whose output is not done, and of all that a row
    had which is not sent for now.
    """

    position: int
    number: int
    key: str
    outcome: RowOutcome
    detail: str
    outputs: Mapping[str, Output]
    problems: tuple[Mapping[str, str], ...] = ()
    earlier: Mapping[str, Output] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanCount:
    """What a plan found, in outputs, and what it made of it, in generations."""

    rows: int = 0
    invalid: int = 0
    skipped: int = 0
    outputs: int = 0
    new: int = 0
    reused: int = 0
    shared: int = 0
    held: int = 0  # failed, refused, in doubt or expired before, and not asked to be sent again
    open: int = 0  # submitted before, still to be collected
    generations: int = 0

    def __add__(self, other: PlanCount) -> PlanCount:
        return PlanCount(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))
