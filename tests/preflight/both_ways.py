"""One sheet both ways: what `check` names as an error, and what fails when the same is sent with --no-preflight.

sheet + mapping -> Verdict: the outputs that check names, those that fail, those that cannot be sent at all
"""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bulkgen import checking, pipeline
from bulkgen.config import ProviderName, RunOptions, Settings
from bulkgen.events import ignore
from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.states import OutputState, RowOutcome

# Longer than any run here takes; a test that reaches it has hung.
PATIENCE_SECONDS = 1_500

Output = tuple[int, str]  # (row number of the sheet, format)


@dataclass(frozen=True, slots=True)
class BothWays:
    """`named`: an error of check concerns it, with the codes; `failed`: sent, and there is no banner, with the reason.
    `held`: rows that the mapping refuses, so that nobody sends them; they are in neither."""

    named: Mapping[Output, tuple[str, ...]]
    failed: Mapping[Output, str]
    made: frozenset[Output]
    held: frozenset[int]
    problems: Mapping[int, tuple[Mapping[str, Any], ...]]

    def codes(self, row: int) -> set[str]:
        return {one["code"] for one in self.problems[row]}

    @property
    def false_alarms(self) -> dict[Output, tuple[str, ...]]:
        return {output: codes for output, codes in self.named.items() if output not in self.failed}

    @property
    def misses(self) -> dict[Output, str]:
        return {output: reason for output, reason in self.failed.items() if output not in self.named}


def write_sheet(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


def both_ways(sheet: Path, *, home: Path, mapping: Path | None = None, **more: Any) -> BothWays:
    settings = Settings(allow_private_assets=True, environment={"BULKGEN_HOME": str(home)})
    told = sheet.with_suffix(".problems.jsonl")
    usual = RunOptions(sheet=sheet, mapping=mapping, provider=ProviderName.STUDIO, job=sheet.stem, yes=True, **more)
    asyncio.run(_checked(usual, told, settings))
    problems = {row: tuple(found) for row, found in _read(told.read_text(encoding="utf-8").splitlines())}
    asyncio.run(_sent(usual, settings))
    failed: dict[Output, str] = {}
    made: set[Output] = set()
    held: set[int] = set()
    named: dict[Output, tuple[str, ...]] = {}
    with Ledger(Home.find(sheet, settings.environment).ledger_path) as ledger:
        job = ledger.jobs.find(usual.job or "")
        assert job is not None
        for row in ledger.reading.rows(job.id):
            if row.outcome in (RowOutcome.INVALID, RowOutcome.SKIPPED):
                held.add(row.number)
                continue
            for name, output in row.outputs.items():
                if output.state is OutputState.DONE:
                    made.add((row.number, name))
                else:
                    failed[row.number, name] = f"{output.state.value}: {output.reason}"
                codes = tuple(_errors_of(problems[row.number], name))
                if codes:
                    named[row.number, name] = codes
    return BothWays(named, failed, frozenset(made), frozenset(held), problems)


async def _checked(usual: RunOptions, told: Path, settings: Settings) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await checking.check(replace(usual, out=told), settings, ignore, asyncio.Event())


async def _sent(usual: RunOptions, settings: Settings) -> None:
    options = replace(usual, preflight=False)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await pipeline.run(options, settings, ignore, ask=None, stop=asyncio.Event())


def _read(lines: Iterable[str]) -> Iterable[tuple[int, list[Mapping[str, Any]]]]:
    for line in lines:
        body = json.loads(line)
        yield body["row"], body["problems"]


def _errors_of(problems: Sequence[Mapping[str, Any]], format_id: str) -> Iterable[str]:
    for one in problems:
        named = one["facts"].get("formats", "")
        if one["severity"] == "error" and (not named or format_id in named.split(", ")):
            yield one["code"]
