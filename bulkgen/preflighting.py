"""Preflight: every output that would be sent is looked at before it is.

    Prepared + what the ledger has + fonts + pictures -> Inspection

`check` shows an inspection; `run` sends the rows that it calls good. Pictures are looked at first, since a fallback
changes what a row asks for; then each row is mapped, measured and judged, and told to the copy of the sheet.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bulkgen.clock import Clock
from bulkgen.config import RunOptions, Settings
from bulkgen.errors import ProviderError
from bulkgen.events import Checked, Listener, Said
from bulkgen.fetch.fetched import Fetched
from bulkgen.fetch.guard import Reach
from bulkgen.ledger.home import Home
from bulkgen.mapping.model import LocalPicture, MappedRow
from bulkgen.plan.fingerprint import Identity
from bulkgen.plan.planner import PlannedRow, RowMarks, plan_row
from bulkgen.preflight.check import Context, check_row
from bulkgen.preflight.costs import Counts, Forecast, Pace, Unit, forecast
from bulkgen.preflight.findings import Findings
from bulkgen.preflight.honesty import Forecasts
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import IsDone, Output, ai_calls, outputs_to_send
from bulkgen.preflight.picture_check import PictureCheck
from bulkgen.preflight.structure import Provider
from bulkgen.preparing import Prepared
from bulkgen.render.file_types import makeable
from bulkgen.session import Session, studio_options
from bulkgen.sheet.problems import Problem, Severity
from bulkgen.wire.messages import spendable

if TYPE_CHECKING:
    from bulkgen.fetch.fetcher import Fetcher
    from bulkgen.render.fonts import FontLibrary
    from bulkgen.report.problem_report import ProblemReport

# Rows between two turns of the event loop: some hundredths of a second, so that Ctrl-C is heard.
ROWS_AT_ONCE = 20

# Kinds of problems that a run names before it goes on; `check` has them all.
KINDS_SAID = 5

# Seconds between two words about how far it has come.
SAID_EVERY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what an inspection is made. `would_send` tells by fingerprint what the ledger lacks; `known_keys` are the rows
    of the plan before; `balance` is None where it is unlimited or not told. `remembered_in` is where pictures that were
    seen are noted; None: in the home."""

    prepared: Prepared
    identity: Identity
    options: RunOptions
    settings: Settings
    session: Session
    home: Home
    clock: Clock
    listener: Listener
    would_send: Callable[[str], bool] | None = None
    known_keys: frozenset[str] = frozenset()
    balance: float | None = None
    remembered_in: Path | None = None

    @property
    def is_ours(self) -> bool:
        """The studio: its fonts and its renderer are the ones at hand, so that verdicts are exact."""
        return not self.session.provider.bills

    @property
    def is_done(self) -> IsDone | None:
        would_send = self.would_send
        return None if would_send is None else lambda fingerprint: not would_send(fingerprint)


@dataclass(slots=True)
class Inspection:
    """`problems` are by row position, of the rows that only preflight calls bad: the mapping's and the new errors. A
    report says what is wrong with a banner; what may be odd about it is for `check`. `contents` tags pictures for the
    plan (`--check-images`). `unknown` rows are outside a sample and would be sent: they are planned and paid for, and
    nothing is said of how they are."""

    findings: Findings
    problems: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    forecasts: Forecasts = field(default_factory=Forecasts)
    contents: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    looked_at: int = 0
    skipped: int = 0
    unknown: int = 0
    cost: Forecast | None = None

    @property
    def bad_rows(self) -> int:
        return self.findings.bad_rows


async def inspect(scope: Scope, report: ProblemReport | None = None) -> Inspection:
    """Raises ReportError for a copy of the sheet that cannot be written."""
    inspection = Inspection(Findings(scope.prepared.sheet.outline.columns))
    async with AsyncExitStack() as stack:
        fetcher = await _fetcher(scope, stack)
        if scope.options.check_images:
            from bulkgen.looking import picture_contents

            inspection.contents = await picture_contents(
                scope.prepared.rows(), fetcher, progress=_Progress(scope, "pictures")
            )
        if scope.options.preflight:
            rows = _Rows(scope, inspection.contents)
            found = await _pictures(scope, rows, fetcher)
            await _Judge(scope, inspection, rows, found, report).judge(await _provider(scope))
    return inspection


def preflight_lines(inspection: Inspection) -> list[str]:
    """What a run says before it sends anything: what is left out and why, and what that saves."""
    findings, cost = inspection.findings, inspection.cost
    if cost is None or not (cost.counts.sent or findings.bad_rows):
        return []
    if not findings.bad_rows:
        have = "has" if findings.warned_rows == 1 else "have"
        warned = (
            f"; {findings.warned_rows:,} {have} warnings, which bulkgen check shows" if findings.warned_rows else ""
        )
        return [f"Preflight: no row of {inspection.looked_at:,} is bad{warned}{_unknown(inspection)}."]
    credits = cost.counts.refused * cost.credits_per_output
    least = "at least " if cost.is_least else ""
    saved = f", which saves {least}{credits:,} credit{'' if credits == 1 else 's'}" if credits else ""
    are = "is bad and is" if findings.bad_rows == 1 else "are bad and are"
    of_all = f"{findings.bad_rows:,} of {inspection.rows:,} rows"
    lines = [f"Preflight: {of_all} {are} not sent{saved}{_unknown(inspection)}."]
    errors = [one for one in findings.all() if one.severity is Severity.ERROR]
    lines += [f"  {one.count:,} x {one.code}: {one.message} ({one.where()})" for one in errors[:KINDS_SAID]]
    if len(errors) > KINDS_SAID:
        lines.append(f"  and {len(errors) - KINDS_SAID} other kinds")
    return lines


def _unknown(inspection: Inspection) -> str:
    return f"; {inspection.unknown:,} not looked at" if inspection.unknown else ""


class _Rows:
    """The rows of a sheet, mapped anew each time they are asked for, with what of them would be sent."""

    def __init__(self, scope: Scope, contents: Mapping[str, str]) -> None:
        self._scope = scope
        self._contents = contents
        sample = scope.options.preflight_sample
        count = sum(1 for _ in scope.prepared.sheet.rows()) if sample else 0
        self.is_looked_at: Callable[[int], bool] = (
            (lambda position: is_sampled(position, count, sample)) if sample else lambda _: True
        )

    def all(self) -> Iterator[tuple[MappedRow, PlannedRow, tuple[Output, ...]]]:
        """Every row, whether it is looked at or not: all of them cost something."""
        scope = self._scope
        design, marks = scope.prepared.design, RowMarks(share=scope.options.share)
        for mapped in scope.prepared.rows():
            mark = marks.of(mapped)
            planned = plan_row(
                mapped, scope.identity, is_multipage=design.is_multipage, apart=mark, contents=self._contents
            )
            yield mapped, planned, outputs_to_send(mapped, design, planned, scope.is_done)

    def to_send(self) -> Iterator[MappedRow]:
        """Those that are looked at."""
        return (mapped for mapped, _, outputs in self.all() if outputs and self.is_looked_at(mapped.row.position))


class _Judge:
    def __init__(
        self,
        scope: Scope,
        inspection: Inspection,
        rows: _Rows,
        found: Mapping[str, Fetched],
        report: ProblemReport | None,
    ) -> None:
        self._scope = scope
        self._inspection = inspection
        self._rows = rows
        self._report = report
        self._fonts = _fonts(scope)
        self._origins = Origins(scope.prepared.mapper.mapping, scope.prepared.mapper.columns, scope.prepared.design)
        self._pictures = PictureCheck(scope.prepared.design, found, is_ours=scope.is_ours)
        self._count = _Count(scope.known_keys)

    def __repr__(self) -> str:
        return f"<_Judge {self._inspection.rows} rows, {self._inspection.findings!r}>"

    async def judge(self, provider: Provider) -> None:
        scope, told = self._scope, self._inspection
        context = Context(self._origins, provider, is_done=scope.is_done)
        progress = _Progress(scope, "rows")
        for mapped, planned, outputs in self._rows.all():
            told.rows += 1
            told.skipped += bool(mapped.skipped)
            is_looked_at = self._rows.is_looked_at(mapped.row.position)
            problems = self._problems(mapped, planned, outputs, context) if is_looked_at else list(mapped.problems)
            told.looked_at += is_looked_at
            told.unknown += not (is_looked_at or problems or mapped.skipped)
            told.findings.add(problems)
            new_errors = [one for one in problems[len(mapped.problems) :] if one.severity is Severity.ERROR]
            if new_errors:
                told.problems[mapped.row.position] = (*mapped.problems, *new_errors)
            if self._report is not None:
                self._report.add(mapped.row, problems)
            if outputs and is_looked_at:
                told.forecasts.note(mapped.row.position, problems, [output.format for output in outputs])
            self._count.add(planned, outputs, is_bad=_has_error(problems))
            if told.rows % ROWS_AT_ONCE == 0:
                progress(told.rows, 0)
                await asyncio.sleep(0)
        progress(told.rows, told.rows)
        late = context.state.finish()
        told.findings.add(late)
        told.cost = forecast(self._count.counts(), _unit(scope), scope.balance, _pace(scope))
        if self._report is not None:
            self._report.add_late(late)
            self._report.conclude(told.findings.all(), [("cost", line) for line in told.cost.lines()])

    def _problems(
        self, mapped: MappedRow, planned: PlannedRow, outputs: tuple[Output, ...], context: Context
    ) -> list[Problem]:
        problems = check_row(mapped, self._scope.prepared.design, self._fonts, context, planned)
        problems += self._pictures.problems(mapped.row, outputs, self._origins)
        return problems


class _Count:
    """Outputs by what would become of them, as `costs.Counts` has them."""

    def __init__(self, known_keys: frozenset[str]) -> None:
        self._known_keys = known_keys
        self._seen: set[int] = set()
        self._found: dict[str, int] = {}
        self._unmapped = 0

    def add(self, planned: PlannedRow, outputs: tuple[Output, ...], *, is_bad: bool) -> None:
        self._add("skipped", planned.verdict == "skipped")
        self._found["formats"] = max(self._found.get("formats", 1), len(outputs))
        if is_bad:
            self._add("refused", len(outputs))
            self._unmapped += not outputs
            return
        sent = {output.fingerprint for output in outputs}
        calls = {output.fingerprint: ai_calls(output) for output in outputs}
        kind = "changed" if planned.key and planned.key in self._known_keys else "new"
        is_row_sent = False
        for request in planned.requests:
            is_sent = False
            for output in request.outputs:
                if output.fingerprint not in sent:
                    self._add("reused")
                elif (mark := int(output.fingerprint[:16], 16)) in self._seen:
                    self._add("shared")
                else:
                    self._seen.add(mark)
                    self._add(kind)
                    self._add("ai_calls", calls.get(output.fingerprint, 0))
                    is_sent = True
            self._add("requests", is_sent)
            is_row_sent = is_row_sent or is_sent
        self._add("rows", is_row_sent)

    def counts(self) -> Counts:
        """A row that the mapping refused would have asked for as many formats as the others, as far as can be told."""
        refused = self._found.get("refused", 0) + self._unmapped * self._found.get("formats", 1)
        return Counts(**self._found | {"refused": refused})

    def _add(self, name: str, count: int = 1) -> None:
        self._found[name] = self._found.get(name, 0) + count


@dataclass(slots=True)
class _Progress:
    """`(done, of all)` -> an event now and then; 0 for all where they are not counted."""

    scope: Scope
    what: str
    said_at: float = float("-inf")

    def __call__(self, done: int, of_all: int) -> None:
        now = self.scope.clock.monotonic()
        if now - self.said_at >= SAID_EVERY_SECONDS or done == of_all:
            self.said_at = now
            self.scope.listener(Checked(self.what, done, of_all))


def is_sampled(position: int, count: int, sample: int) -> bool:
    """Whether a row is one of `sample`, spread evenly over `count`; the first always is."""
    return sample >= count or position * sample // count != (position - 1) * sample // count


async def _fetcher(scope: Scope, stack: AsyncExitStack) -> Fetcher:
    from bulkgen.looking import picture_fetcher

    return await stack.enter_async_context(
        picture_fetcher(
            scope.remembered_in or scope.home.root,
            scope.clock,
            design_type=scope.prepared.design.type,
            reach=Reach(private=scope.settings.allow_private_assets),
            is_fresh_asked=scope.options.check_images,
        )
    )


async def _pictures(scope: Scope, rows: _Rows, fetcher: Fetcher) -> dict[str, Fetched]:
    """By address, or by `sha256:…` for files."""
    from bulkgen.looking import look_at_files, settle_pictures

    progress = _Progress(scope, "pictures")
    files: dict[str, LocalPicture] = {}

    def to_send() -> Iterator[MappedRow]:
        """Files are noted as rows go by: to map a sheet once more costs as much as to judge it."""
        for row in rows.to_send():
            for want in row.wants:
                files.update((picture.digest, picture) for picture in want.payload.pictures.values())
            yield row

    pictures = scope.prepared.mapper.pictures
    found = await settle_pictures(to_send, pictures, fetcher, is_studio=scope.is_ours, progress=progress)
    return found | dict(await look_at_files(files.values(), fetcher))


async def _provider(scope: Scope) -> Provider:
    """Fonts are for near misses: without their list nothing is said of names."""
    file_types = _file_types(scope)
    try:
        listed = await scope.session.client.fonts()
    except ProviderError:
        return Provider(is_ours=scope.is_ours, file_types=file_types)
    fonts = {str(font["id"]): str(font.get("name", "")) for font in listed if isinstance(font.get("id"), str)}
    return Provider(is_ours=scope.is_ours, fonts=fonts or None, file_types=file_types)


def _file_types(scope: Scope) -> frozenset[str] | None:
    """What the studio makes of designs of this type; of another provider it is not known."""
    if not scope.is_ours or importlib.util.find_spec("uharfbuzz") is None:
        return None
    return makeable(scope.prepared.design.type)


def _fonts(scope: Scope) -> FontLibrary | None:
    """Those of the home's studio; None, said in words, where the drawing libraries are not installed."""
    if importlib.util.find_spec("uharfbuzz") is None:
        scope.listener(Said("Note: texts were not measured, since the drawing libraries are not installed here."))
        return None
    from bulkgen.render.fonts import FontLibrary

    folders = studio_options(scope.settings, scope.home).fonts
    return FontLibrary([folder for folder in folders if folder.is_dir()])


def _unit(scope: Scope) -> Unit:
    design = scope.prepared.design
    pages = len(design.formats) if design.is_multipage else 1
    seconds = design.animation.duration if design.animation else 0.0
    return Unit(design.type, pages=pages, seconds=seconds, is_billed=scope.session.provider.bills)


def _pace(scope: Scope) -> Pace:
    provider, has_webhooks = scope.session.provider, scope.options.webhook is not None
    if provider.calls_per_second is None:
        return Pace()
    if has_webhooks:
        return Pace(provider.calls_per_second, looks_per_request=0.05, has_webhooks=True)
    return Pace(provider.calls_per_second)


async def balance(session: Session) -> float | None:
    """What can still be spent; None: unlimited, not billed, or not told. Not worth failing for."""
    if not session.provider.bills:
        return None
    try:
        return spendable(await session.client.credits())
    except ProviderError:
        return None


def _has_error(problems: list[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)
