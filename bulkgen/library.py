"""The library's face: the run of `pipeline`, called from a program, with the rows as its answer.

    path | DataFrame + options -> RunOptions, Settings -> running.run -> Result

What a person would type as text is taken as text here too, and refused with the same words; a flag that a message names
is the option of that name. Left out: pandas (`frame`), which is loaded only where a DataFrame comes or goes.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

from bulkgen import pipeline, running
from bulkgen.config import (
    API_KEY_NAME,
    BASE_URL_NAME,
    DEFAULT_MAX_CHANGED,
    DesignChange,
    ProviderName,
    RunOptions,
)
from bulkgen.engine.scheduler import Freshness
from bulkgen.errors import ConfigError, ReportError
from bulkgen.events import Listener, Said, ignore
from bulkgen.ledger.home import ENVIRONMENT_NAME
from bulkgen.mapping.file import MappingFile, build_mapping
from bulkgen.mapping.keys import Duplicates
from bulkgen.names import did_you_mean, slug
from bulkgen.profiles import find_profile
from bulkgen.report.columns import ResultColumn, columns_of, existing_columns, texts_of
from bulkgen.report.model import FormatResult, ResultRow
from bulkgen.report.names import GENERATED
from bulkgen.reporting import ReportMaker
from bulkgen.sheet.read import open_sheet

if TYPE_CHECKING:
    import pandas as pd

P = ParamSpec("P")
T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

SheetLike: TypeAlias = "str | os.PathLike[str] | pd.DataFrame"
MappingLike: TypeAlias = str | os.PathLike[str] | Mapping[str, Any] | MappingFile

# The rows of a DataFrame follow the header of the table it is written to.
_FIRST_FRAME_ROW = 2


@dataclass(frozen=True, slots=True)
class BannerResult:
    """One banner of a row. `url` is as in the report; `file` is what was made on this disk, where it is there.

    Of one that moves: `fallback`, as in the report, is the picture for where it cannot play, and `seconds` its length.
    """

    url: str
    file: Path | None
    error: str
    fallback: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. `number` is the sheet's own (the header of a DataFrame counts as row 1); `status` is one
    of the outcomes in the reference; `formats` has a banner for each format that the row asks for."""

    number: int
    key: str
    status: str
    detail: str
    request: str
    formats: Mapping[str, BannerResult]


@dataclass(frozen=True, slots=True)
class _Input:
    """What a table of results is made from besides the rows: the home's copy of the sheet, and the frame's index."""

    copy: Path
    tab: str
    columns: tuple[ResultColumn, ...]
    index: pd.Index[Any] | None


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended. `rows` are in the sheet's order; `account` is what `--summary` writes: plan, rows by outcome,
    banners by state, requests by what became of them. `stopped` is why it ended before the rows did, or ""."""

    job: str
    exit_code: int
    stopped: str
    report: Path
    account: Mapping[str, Any]
    rows: tuple[RowResult, ...] = field(repr=False)
    _input: _Input = field(repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Every row has all its banners, or was left out by choice."""
        return self.exit_code == 0

    def to_pandas(self) -> pd.DataFrame:
        """The report as a DataFrame of strings: the sheet's columns, then those of the results, a row for each row.

        For a DataFrame it has that one's rows and index. Raises ReportError when the home's copy of the sheet is gone.
        """
        from bulkgen.frame import text_frame

        copy, index = self._input.copy, self._input.index
        if not copy.exists():
            raise ReportError(
                "the copy of the input is gone, and with it the cells of the rows",
                where=str(copy),
                hint="Run the job again: what is done is not made again.",
            )
        sheet = open_sheet(copy, tab=self._input.tab or None)
        columns = self._input.columns
        # Feeding a report back in updates its result columns, here as there.
        known = existing_columns(columns, sheet.outline.columns)
        printed = {column.index: column.name for column in sheet.outline.columns}
        at = {name: printed[place] for name, place in known.items()}
        names = list(sheet.outline.names) + [column.name for column in columns if column.name not in at]
        cells = {row.number: dict(row.cells) for row in sheet.rows()}
        results = {row.number: row for row in self.rows}
        numbers = sorted(cells) if index is None else range(_FIRST_FRAME_ROW, _FIRST_FRAME_ROW + len(index))
        for number, row in results.items():
            told = texts_of(self._told(row), columns)
            cells[number] |= {at.get(one.name, one.name): text for one, text in zip(columns, told, strict=True)}
        lines = ([cells.get(number, {}).get(name, "") for name in names] for number in numbers)
        return text_frame(names, lines, index)

    def _told(self, row: RowResult) -> ResultRow:
        """The row as the report has it: files by their way from the report."""
        formats = {
            name: FormatResult(
                banner.url,
                banner.file.relative_to(self.report.parent).as_posix() if banner.file else "",
                banner.error,
                banner.fallback,
                f"{banner.seconds:g}" if banner.seconds else "",
            )
            for name, banner in row.formats.items()
        }
        return ResultRow(0, row.number, formats, row.status, row.detail, row.request)


async def run(
    sheet: SheetLike,
    *,
    design: str | None = None,
    mapping: MappingLike | None = None,
    out: str | os.PathLike[str] | None = None,
    formats: Iterable[str] | str = (),
    max_kb: int | None = None,
    merge: str | os.PathLike[str] | None = None,
    key: str | None = None,
    tab: str | None = None,
    job: str | None = None,
    provider: ProviderName | str | None = None,
    rate: float | None = None,
    in_flight: int | None = None,
    freshness: Freshness | str = Freshness.FAST,
    limit: int | None = None,
    max_credits: int | None = None,
    max_changed: float = DEFAULT_MAX_CHANGED,
    max_gone: float = DEFAULT_MAX_CHANGED,
    retry_failed: bool = False,
    resubmit_in_doubt: bool = False,
    on_design_change: DesignChange | str | None = None,
    duplicates: Duplicates | str = Duplicates.REFUSE,
    share: bool = True,
    versioning: bool = False,
    check_images: bool = False,
    images: str | os.PathLike[str] | None = None,
    preflight: bool = True,
    strict: bool = False,
    preflight_sample: int | None = None,
    webhook_url: str | None = None,
    webhook_listen: str | None = None,
    profile: str | None = None,
    log_file: str | os.PathLike[str] | None = None,
    notify_url: str | None = None,
    yes: bool = False,
    home: str | os.PathLike[str] | None = None,
    api_key: str | None = None,
    base_url: str | None = None,
    on_event: Listener = ignore,
) -> Result:
    """Make the banners of a sheet: `bulkgen run` as a coroutine, with the rows as its answer.

    `sheet` is a path or a DataFrame, which needs a `job`. `mapping` is a path, or the same as a dict. Nothing asks:
    where money would be spent unasked, `yes=True` is the answer that is needed. `home`, `api_key` and `base_url` come
    before the environment. `on_event` is called in the event loop with each event of `bulkgen.events`.

    Calling it again is resume, refresh and retry of what waited: what is done is not paid for twice. A cancelled call
    leaves what was submitted in the ledger, for the next one. Raises BulkgenError for what the command refuses.
    """
    given = _given(home, api_key, base_url)
    environment = os.environ | given
    asked_provider = _choice(ProviderName, provider, "provider")
    with _as_file(sheet, job) as (path, index):
        chosen = find_profile(profile, environment, Path.cwd() if index is not None else path.absolute().parent)
        filled = chosen.fill(
            environment,
            rate=rate,
            in_flight=in_flight,
            webhook_url=webhook_url,
            webhook_listen=webhook_listen,
            notify_url=notify_url,
        )
        options = RunOptions(
            sheet=path,
            design=design,
            mapping=_mapping(mapping),
            out=Path(out) if out is not None else None,
            formats=_formats(formats),
            max_kb=max_kb,
            merge=None if merge is None else Path(merge),
            key=key,
            tab=tab,
            job=job,
            provider=asked_provider,
            rate=filled.rate,
            in_flight=filled.in_flight,
            freshness=_choice(Freshness, freshness, "freshness") or Freshness.FAST,
            limit=limit,
            max_credits=max_credits,
            max_changed=max_changed,
            max_gone=max_gone,
            retry_failed=retry_failed,
            resubmit_in_doubt=resubmit_in_doubt,
            on_design_change=_choice(DesignChange, on_design_change, "on_design_change"),
            duplicates=_choice(Duplicates, duplicates, "duplicates") or Duplicates.REFUSE,
            share=share,
            versioning=versioning,
            check_images=check_images,
            images=Path(images) if images is not None else None,
            preflight=preflight,
            strict=strict,
            preflight_sample=preflight_sample,
            webhook_url=filled.webhook_url,
            webhook_listen=filled.webhook_listen,
            profile=chosen.name or None,
            log_file=Path(log_file) if log_file is not None else None,
            notify_url=filled.notify_url,
            yes=yes,
        )
        if index is not None:
            here = Path.cwd()
            out_path = options.out or here / f"{path.stem}{GENERATED}{path.suffix}"
            options = replace(options, out=out_path, folder=here, source="a DataFrame")
        settings = chosen.settings(
            environment,
            provider=asked_provider,
            webhooks=options.webhook is not None,
            given=given,
        )
        for note in chosen.notes(environment):
            on_event(Said(note))
        collected = _Collected(index)
        ended = await running.run(
            options,
            settings,
            on_event,
            ask=(lambda question: True) if yes else None,
            stop=asyncio.Event(),
            on_report=collected.read,
        )
    return collected.result(ended)


def _synchronous(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """The same function for callers without an event loop, with the same parameters."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(function(*args, **kwargs))
        raise ConfigError(
            "run_sync was called where an event loop is running, which it would stop",
            code="running_loop",
            hint="Here, as in a notebook, write: result = await bulkgen.run(...)",
        )

    call.__name__ = call.__qualname__ = f"{function.__name__}_sync"
    call.__doc__ = f"`{function.__name__}` for programs without an event loop: the same, and waits until it has ended."
    return call


run_sync = _synchronous(run)


@dataclass(slots=True)
class _Collected:
    """What is read of the report while the job is still held, so that no other process has planned it anew."""

    index: pd.Index[Any] | None
    rows: tuple[RowResult, ...] = ()
    input: _Input | None = None

    def read(self, maker: ReportMaker) -> None:
        job, ledger = maker.job, maker.ledger
        run = ledger.jobs.last_run(job.id)
        assert run is not None
        out = Path(run.report_path)
        copy = maker.home.input_path(run.input_digest, run.input_name)
        self.input = _Input(
            copy,
            job.tab,
            columns_of(ledger.reading.formats(job), job.is_multipage, is_animated=job.is_animated),
            self.index,
        )
        self.rows = tuple(
            RowResult(
                number=row.number,
                key=row.key,
                status=told.status,
                detail=told.detail,
                request=told.request,
                formats={name: _banner(one, out) for name, one in told.formats.items()},
            )
            for row, told in maker.rows(out)
        )

    def result(self, ended: pipeline.RunResult) -> Result:
        assert self.input is not None
        report = ended.written.path.absolute()
        account = ended.account.to_json()
        return Result(ended.job, ended.exit_code, ended.stopped, report, account, self.rows, self.input)


def _banner(told: FormatResult, out: Path) -> BannerResult:
    return BannerResult(
        told.url, out.parent / told.file if told.file else None, told.error, told.fallback, float(told.seconds or 0)
    )


@contextlib.contextmanager
def _as_file(sheet: SheetLike, job: str | None) -> Iterator[tuple[Path, pd.Index[Any] | None]]:
    """The sheet as a file, and the index of the DataFrame that it is of. Raises SheetError, ConfigError."""
    if isinstance(sheet, (str, os.PathLike)):
        yield Path(sheet), None
        return
    from bulkgen import frame

    if not frame.is_frame(sheet):
        raise ConfigError(
            f"a sheet is a path or a pandas DataFrame, not a {type(sheet).__name__}",
            code="bad_sheet_type",
            hint="Make one of it: pandas.DataFrame(...)",
        )
    if not job or not slug(job):
        raise ConfigError(
            "a DataFrame has no name by which its job would be known again",
            code="no_job",
            hint='Name the job: job="spring-prices". The same name goes on where the last run ended.',
        )
    # Only until the run has made its own copy, by content; the name is what messages call it.
    with tempfile.TemporaryDirectory(prefix="bulkgen-") as folder:
        path = Path(folder) / f"{slug(job)}.csv"
        frame.write_frame(sheet, path)
        yield path, sheet.index.copy()


def _given(home: str | os.PathLike[str] | None, api_key: str | None, base_url: str | None) -> dict[str, str]:
    """What was given to the call, as the variables that it comes before."""
    given = {
        ENVIRONMENT_NAME: os.fspath(home) if home is not None else None,
        API_KEY_NAME: api_key,
        BASE_URL_NAME: base_url,
    }
    return {name: value for name, value in given.items() if value is not None}


def _mapping(given: MappingLike | None) -> Path | MappingFile | None:
    if given is None or isinstance(given, MappingFile):
        return given
    if isinstance(given, Mapping):
        return build_mapping(given)
    return Path(given)


def _formats(given: Iterable[str] | str) -> tuple[str, ...]:
    names = given.split(",") if isinstance(given, str) else given
    return tuple(name.strip() for name in names if name.strip())


def _choice(kind: type[Choice], value: str | None, option: str) -> Choice | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        known = [one.value for one in kind]
        raise ConfigError(f"{option} cannot be {value!r}", hint=did_you_mean(str(value), known)) from None
