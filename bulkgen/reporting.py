"""From the ledger to the report: rows with links that work after the process has ended.

    RowRecord -> ResultRow -> report

On the hosted API a link is the banner's address. From the embedded studio the files are linked into a folder beside
the report, under names a person can read, and the link is the way there from the report.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bulkgen.errors import OutputError, ReportError
from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.records import Job, Output, RowRecord, Run
from bulkgen.ledger.states import OutputState, RowOutcome
from bulkgen.merging import Merged, documents_of, merge
from bulkgen.report.files import file_name, place_file
from bulkgen.report.model import FormatResult, ReportInput, ResultRow, Summary
from bulkgen.report.names import name_problem
from bulkgen.report.write import write_report
from bulkgen.sheet.model import SheetOutline
from bulkgen.sheet.problems import Severity
from bulkgen.sheet.read import open_sheet

GENERATED = ".generated"
_LATER = "The results are safe in the ledger. Write the report later: bulkgen report {job} -o OUT"


# Why a row still shows the banner from before: what has become of the new one.
_NOT_YET = "the new one is not made yet"
_WHY_EARLIER: Mapping[OutputState, str] = {
    OutputState.WANTED: _NOT_YET,
    OutputState.FAILED: "the new one failed",
    OutputState.REFUSED: "the new one was refused",
    OutputState.IN_DOUBT: "whether there is a new one is in doubt",
    OutputState.EXPIRED: "the new one has expired",
}

# A summary is for reading: hundreds of kinds, each with a text of its own, are a log.
MAX_KINDS = 100
MAX_KIND_CHARS = 200


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """`is_new` is False when the report was as it should be and was left alone."""

    path: Path
    is_new: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportMaker:
    """Writes reports of one job. `files` is where the studio keeps its files by key; None on a hosted provider."""

    ledger: Ledger
    job: Job
    home: Home
    files: Path | None

    def write(self, out: Path, lines: tuple[tuple[str, str], ...], *, is_idle: bool = False) -> WrittenReport:
        """The report of the job's last run, with its closing account as `lines`.

        `is_idle`: nothing was sent, so a report that says all this already is left alone. Raises ReportError.
        """
        run = self.ledger.jobs.last_run(self.job.id)
        if run is None:
            raise ReportError(f"the job {self.job.name!r} has not been run", code="no_run")
        told = self._basis(run)
        before = self.ledger.jobs.last_report(self.job.id)
        if is_idle and before is not None and before.report_basis == told and _is_untouched(before, out):
            self.ledger.jobs.record_report(run.id, before.report_path, before.report_digest, told)
            return WrittenReport(out, is_new=False)
        kept = self.home.input_path(run.input_digest, run.input_name)
        if not kept.exists():
            raise ReportError("the copy of the input is gone", where=str(kept), hint="Run the job again.")
        report = ReportInput(
            source=kept,
            outline=open_sheet(kept, tab=self.job.tab or None).outline,
            formats=self.ledger.reading.formats(self.job),
            is_multipage=self.job.is_multipage,
            is_animated=self.job.is_animated,
            rows=(result for _, result in self.rows(out)),
            summary=self._summary(run, lines),
        )
        try:
            notes = write_report(report, out)
        except ReportError as error:
            later = _LATER.format(job=self.job.name)
            hint = f"{error.hint}\n  {later}" if error.hint else later
            raise ReportError(error.message, code=error.code, where=error.where, hint=hint) from error
        self.ledger.jobs.record_report(run.id, str(out.absolute()), _digest(out), told)
        return WrittenReport(out, notes=notes)

    def rows(self, out: Path) -> Iterator[tuple[RowRecord, ResultRow]]:
        """Every row in the sheet's order, as known and as told in a report at `out`; its files are put beside that."""
        placer = _FilePlacer(self.files, generated_folder(out))
        for row in self.ledger.reading.rows(self.job.id):
            earlier = {name: one for name, one in row.earlier.items() if placer.has(one)}
            formats = {
                name: self._result(row, row.outputs.get(name), earlier.get(name), placer)
                for name in dict.fromkeys((*row.outputs, *earlier))
            }
            result = ResultRow(
                position=row.position,
                number=row.number,
                formats=formats,
                status=row.outcome.value,
                detail=_detail(row.detail, tuple(earlier)),
                request=" ".join(dict.fromkeys(o.request_id for o in row.outputs.values() if o.request_id)),
            )
            yield row, result

    async def merge(self, out: Path) -> Merged:
        """The documents of the job's rows as one PDF. Raises OutputError."""
        documents, notes = documents_of(
            self.ledger.reading.rows(self.job.id), self.ledger.reading.formats(self.job), self.files
        )
        return await merge(documents, out, notes=notes)

    def _result(
        self, row: RowRecord, output: Output | None, earlier: Output | None, placer: _FilePlacer
    ) -> FormatResult:
        """The banner, or the one from before and why it is that, or why there is none."""
        if output is not None and output.state is OutputState.DONE:
            return self._placed(row, output, placer)
        if earlier is not None:
            return replace(self._placed(row, earlier, placer), error=_why_earlier(row, output))
        assert output is not None
        return FormatResult(error=output.reason if output.state is not OutputState.WANTED else "")

    def _placed(self, row: RowRecord, output: Output, placer: _FilePlacer) -> FormatResult:
        """A banner that is done."""
        try:
            file = placer.place(row, output)
            fallback = placer.place_fallback(row, output)
        except OSError as error:
            raise ReportError(
                f"the file of {output.format} for row {row.number} cannot be put there: {error.strerror}",
                where=str(placer.folder),
                hint=_LATER.format(job=self.job.name),
            ) from error
        seconds = f"{self.job.seconds:g}" if self.job.seconds else ""
        return FormatResult(
            file or output.url, file, fallback=fallback if self.files else output.fallback, seconds=seconds
        )

    def _summary(self, run: Run, lines: tuple[tuple[str, str], ...]) -> Summary:
        counts: dict[str, int] = {}
        complaints = Complaints()
        for row in self.ledger.reading.rows(self.job.id):
            counts[row.outcome.value] = counts.get(row.outcome.value, 0) + 1
            complaints.add(row)
        return Summary(
            job=self.job.name,
            design=self.job.design_name,
            provider=self.job.provider,
            started_at=run.started_at,
            ended_at=run.ended_at or run.started_at,
            counts=counts,
            lines=lines,
            problems=complaints.all(),
        )

    def _basis(self, run: Run) -> str:
        """What the report is made of, as a hash: the same basis gives the same links and errors."""
        hasher = hashlib.sha256(json.dumps([run.input_digest, self.ledger.reading.formats(self.job)]).encode())
        for row in self.ledger.reading.rows(self.job.id):
            told = sorted(
                [o.format, o.state.value, o.url, o.file_key, o.reason, o.fallback] for o in row.outputs.values()
            )
            earlier = sorted([o.format, o.url, o.file_key, o.fallback] for o in row.earlier.values())
            hasher.update(json.dumps([row.position, row.detail, told, earlier]).encode("utf-8", "surrogatepass"))
        return hasher.hexdigest()


def _why_earlier(row: RowRecord, output: Output | None) -> str:
    """What stands beside a banner from before, so that nobody takes it for the new one."""
    if output is not None:
        why = _WHY_EARLIER[output.state]
        if output.state is not OutputState.WANTED and output.reason:
            why += f": {output.reason}"
    elif row.outcome is RowOutcome.INVALID:
        why = "the row as it is now is not sent"
    else:
        why = _NOT_YET
    return f"the banner from before; {why}"


def _detail(detail: str, earlier: tuple[str, ...]) -> str:
    shown = f"shows the banner from before: {', '.join(earlier)}" if earlier else ""
    return "; ".join(filter(None, (detail, shown)))


@dataclass(slots=True)
class Complaints:
    """What rows have to complain of, by kind: how often, and where first. A problem of a cell is of its code's kind and
    told by its first message; a banner that failed is of its reason's. Kinds beyond a bound are counted as one."""

    _found: dict[str, _Complaint] = field(default_factory=dict)

    def add(self, row: RowRecord) -> None:
        for problem in row.problems:
            is_error = problem.get("severity") != Severity.WARNING.value
            said = f"{problem['code']}: {problem['message']}"
            self._count(f"{problem.get('severity', '')} {problem['code']}", said, problem["place"], is_error=is_error)
        for output in row.outputs.values():
            if output.state not in (OutputState.DONE, OutputState.WANTED):
                said = f"{output.state.value}: {output.reason}"
                self._count(said, said, f"row {row.number}, {output.format}", is_error=True)

    def all(self) -> tuple[tuple[str, int, str], ...]:
        """(kind, count, first place): what kept banners back before what is only odd, then the most frequent first."""
        ordered = sorted(self._found.values(), key=lambda one: (not one.is_error, -one.count))
        return tuple((one.said, one.count, one.first) for one in ordered)

    def _count(self, kind: str, said: str, place: str, *, is_error: bool) -> None:
        name = kind if kind in self._found or len(self._found) < MAX_KINDS else "others"
        if name == "others":
            said = name
        short = said if len(said) <= MAX_KIND_CHARS else f"{said[:MAX_KIND_CHARS]}…"
        found = self._found.setdefault(name, _Complaint(short, place))
        found.count += 1
        found.is_error = found.is_error or is_error


@dataclass(slots=True)
class _Complaint:
    said: str
    first: str
    count: int = 0
    is_error: bool = False


def generated_folder(report: Path) -> Path:
    """Where the files of a report lie: `products.generated` beside `products.generated.xlsx`."""
    stem = report.stem
    return report.parent / (stem if stem.endswith(GENERATED) else f"{stem}{GENERATED}")


def check_writable(out: Path, sheet: Path, outline: SheetOutline | None = None) -> None:
    """Refuse a report that could not be written, before anything is spent. Raises OutputError."""
    if out.absolute() == sheet.absolute():
        raise OutputError(
            "the report would overwrite the input, which is never written",
            code="report_is_input",
            where=str(out),
            hint="Choose another name with -o, or leave -o out.",
        )
    folder = out.parent
    if not folder.is_dir():
        problem = "there is no such folder"
    elif out.is_dir():
        problem = "this is a folder"
    elif not os.access(folder, os.W_OK) or (out.exists() and not os.access(out, os.W_OK)):
        problem = "this cannot be written"
    else:
        problem = name_problem(outline, out) if outline is not None else ""
    if not problem:
        return
    raise OutputError(
        problem, code="report_unwritable", where=str(out), hint="Choose another place with -o. Nothing was sent."
    )


@dataclass(slots=True)
class _FilePlacer:
    """Links the studio's files into `folder`, under names that no two banners of the report share."""

    files: Path | None
    folder: Path
    taken: set[str]

    def __init__(self, files: Path | None, folder: Path) -> None:
        self.files, self.folder, self.taken = files, folder, set()

    def has(self, output: Output) -> bool:
        """Whether a banner from before can still be shown. The studio's files may have been cleared away since, and
        for want of an old banner no report fails."""
        if self.files is None or not output.file_key:
            return bool(output.url)
        return (self.files / output.file_key).is_file()

    def place(self, row: RowRecord, output: Output) -> str:
        """The way from the report to the output's file, "" if it is not a file of ours. Raises OSError."""
        if self.files is None or not output.file_key:
            return ""
        return self._place(row, output.format, self.files / output.file_key)

    def place_fallback(self, row: RowRecord, output: Output) -> str:
        """As `place`, for the picture to show where the banner cannot be; "" too where it has been cleared away."""
        if self.files is None or not output.fallback or not (self.files / output.fallback).is_file():
            return ""
        return self._place(row, f"{output.format}-fallback", self.files / output.fallback)

    def _place(self, row: RowRecord, said: str, source: Path) -> str:
        name = file_name(row.key or f"row-{row.number:04d}", said, source.suffix.lstrip("."), self.taken)
        place_file(source, self.folder / name)
        return f"{self.folder.name}/{name}"


def _is_untouched(before: Run, out: Path) -> bool:
    return before.report_path == str(out.absolute()) and out.is_file() and _digest(out) == before.report_digest


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
