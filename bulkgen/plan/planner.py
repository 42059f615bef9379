"""Mapped rows -> planned rows: which outputs a row needs, under which names. Pure.

    MappedRow + Identity -> PlannedRow

Left out: what of it is already there. Only the ledger knows that, and decides it in one transaction with the claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from bulkgen.mapping.model import LocalPicture, MappedRow, Want
from bulkgen.plan.fingerprint import Identity, canonical_json, digest, output_fingerprint
from bulkgen.plan.picture_addresses import picture_addresses
from bulkgen.sheet.problems import Problem

# The format of a multi-page document's one output: such a design has pages, no formats.
DOCUMENT = "document"

# Why a row beyond `--limit` is not planned; it waits for a run without the limit.
LIMITED = "beyond --limit"

_UNSEEN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """One banner to be had."""

    fingerprint: str
    format: str


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """Outputs that can be had with one POST: they share payload and settings (both canonical JSON)."""

    payload_digest: str
    payload: str
    settings: str
    outputs: tuple[PlannedOutput, ...]
    pictures: Mapping[str, LocalPicture] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row as the ledger keeps it. `verdict` is "", or the outcome of a row that wants nothing: invalid, skipped,
    or waiting (beyond a limit)."""

    position: int
    number: int
    sheet: str
    key: str
    verdict: str = ""
    detail: str = ""
    problems: tuple[Problem, ...] = ()
    requests: tuple[PlannedRequest, ...] = ()


def plan_row(
    mapped: MappedRow,
    identity: Identity,
    *,
    is_multipage: bool = False,
    apart: str = "",
    contents: Mapping[str, str] = _UNSEEN,
) -> PlannedRow:
    """`apart` keeps a row's outputs from being shared with equal rows; see `RowMarks`. `contents`: picture address -> a
    tag of what is there now. It becomes part of an output's name and is not sent: a picture that changed under its
    address makes a new output."""
    row = mapped.row
    verdict, detail = _verdict(mapped)
    wants = () if verdict else mapped.wants
    return PlannedRow(
        position=row.position,
        number=row.number,
        sheet=row.sheet,
        key=mapped.key,
        verdict=verdict,
        detail=detail,
        problems=mapped.problems,
        requests=tuple(_request(want, identity, is_multipage, apart, contents) for want in wants),
    )


class RowMarks:
    """What tells rows apart that are not to share their banners: the key, which stays when rows are inserted above,
    and the how-manieth of it a row is; without a key, the row's place. Ask for rows in the sheet's order."""

    def __init__(self, *, share: bool) -> None:
        self._share = share
        self._seen: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<RowMarks share={self._share} keys={len(self._seen)}>"

    def of(self, mapped: MappedRow) -> str:
        if self._share:
            return ""
        if not mapped.key:
            return f"row {mapped.row.position}"
        self._seen[mapped.key] += 1
        return f"key {mapped.key} {self._seen[mapped.key]}"


def _verdict(mapped: MappedRow) -> tuple[str, str]:
    if mapped.errors:
        return "invalid", "; ".join(_said(problem) for problem in mapped.errors)
    if mapped.skipped:
        return "waiting" if mapped.skipped == LIMITED else "skipped", mapped.skipped
    return "", "; ".join(_said(problem) for problem in mapped.problems)


def _said(problem: Problem) -> str:
    place = f"{problem.origin.column}: " if problem.origin.column else ""
    return f"{place}{problem.message}"


def _request(
    want: Want, identity: Identity, is_multipage: bool, apart: str, contents: Mapping[str, str]
) -> PlannedRequest:
    content = want.payload.to_json()
    payload_digest = digest(content)
    settings = canonical_json(want.output.to_json())
    formats = (DOCUMENT,) if is_multipage else want.formats
    shown = picture_addresses(content) if contents else ()
    tags = {address: contents[address] for address in shown if address in contents}
    seen = canonical_json(tags) if tags else ""
    name = partial(output_fingerprint, identity, payload_digest, settings, share=apart, contents=seen)
    return PlannedRequest(
        payload_digest=payload_digest,
        payload=canonical_json(content),
        settings=settings,
        outputs=tuple(PlannedOutput(name(format_id), format_id) for format_id in dict.fromkeys(formats)),
        pictures=want.payload.pictures,
    )
