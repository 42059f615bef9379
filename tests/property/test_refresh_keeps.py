"""Any series of plans and results, some plans cut short: every row shows the last banner it had until it has a new one.

What is at stake: a feed that reads the report shows an empty place where yesterday there was a banner, or, worse, the
banner of another product.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bulkgen.engine import record
from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.ledger.states import SENT_AGAIN_BY_RETRY, OutputState
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.plan.refresh import Changes

FORMATS = ("square", "story")
DRAFT = JobDraft("job", "s.csv", "", "abyssale", "u", "w", "card", "Card", "1", FORMATS, False)
RESULTS = ("done", "failed", "refused", "in doubt", "expired", "not sent")


@dataclass(frozen=True)
class SheetRow:
    key: str
    text: int
    formats: tuple[str, ...]
    verdict: str = ""


@dataclass(frozen=True)
class RunOfJob:
    """`cut_after`: the process ends when so many rows are planned; nothing is sent then."""

    rows: tuple[SheetRow, ...]
    results: tuple[str, ...]
    retry: bool
    cut_after: int | None


# Few keys, so that a row is met again from run to run, and more texts, so that it then asks for something else.
SHEET_ROW = st.builds(
    SheetRow,
    key=st.sampled_from(("a", "b", "")),
    text=st.integers(0, 3),
    formats=st.sampled_from((FORMATS, FORMATS[:1], FORMATS[1:])),
    verdict=st.sampled_from(("", "", "", "", "", "invalid", "waiting", "skipped")),
)
ROWS = st.lists(SHEET_ROW, max_size=3, unique_by=lambda row: row.key or id(row)).map(tuple)
RUN = st.builds(
    RunOfJob,
    rows=ROWS,
    results=st.lists(st.sampled_from(RESULTS), min_size=1, max_size=4).map(tuple),
    retry=st.booleans(),
    cut_after=st.none() | st.none() | st.integers(0, 3),
)


def one_row(*runs: tuple[int, str]) -> list[RunOfJob]:
    """Runs of a sheet of one row: what it asks for, and what comes of it."""
    return [RunOfJob((SheetRow("a", text, FORMATS),), (outcome,), False, None) for text, outcome in runs]


CHAIN_OF_FAILURES = one_row((0, "done"), (1, "failed"), (2, "in doubt"), (3, "refused"))
A, B = SheetRow("a", 0, FORMATS), SheetRow("b", 1, FORMATS)
CUT_WHILE_SOMETHING_WAS_REUSED = [
    RunOfJob((A, B), ("done",), False, None),
    RunOfJob((SheetRow("a", 1, FORMATS),), ("done",), False, 1),
    *one_row((2, "failed")),
]


def fingerprint(row: SheetRow, format_id: str) -> str:
    """Rows of different keys share what they both ask for, as without --no-share."""
    return f"{row.text} as {format_id}"


def planned(position: int, row: SheetRow) -> PlannedRow:
    outputs = tuple(PlannedOutput(fingerprint(row, name), name) for name in row.formats)
    requests = () if row.verdict else (PlannedRequest(f"digest {row.text}", "{}", "{}", outputs),)
    return PlannedRow(position, position + 1, "s", row.key, verdict=row.verdict, requests=requests)


@dataclass
class Model:
    """`had`: by key and format, the banner that a row had last; `rows`: the plan that the ledger holds."""

    had: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: Sequence[SheetRow] = ()
    done: set[str] = field(default_factory=set)

    def begin(self) -> None:
        for row in self.rows:
            for name in row.formats if row.key and not row.verdict else ():
                if fingerprint(row, name) in self.done:
                    self.had[row.key, name] = fingerprint(row, name)

    def end(self) -> None:
        keys = {row.key for row in self.rows}
        self.had = {place: had for place, had in self.had.items() if place[0] in keys}

    def shown(self, row: SheetRow) -> dict[str, str]:
        if not row.key or row.verdict == "skipped":
            return {}
        if row.verdict:
            return {name: self.had[row.key, name] for name in FORMATS if (row.key, name) in self.had}
        waiting = [name for name in row.formats if fingerprint(row, name) not in self.done]
        return {name: self.had[row.key, name] for name in waiting if (row.key, name) in self.had}


def settle(ledger: Ledger, job_id: int, results: Sequence[str], numbers: itertools.count[int]) -> None:
    """Every generation that is to be sent comes to the next of `results`."""
    for one, outcome in zip(ledger.moves.planned(job_id, after=0, limit=99), itertools.cycle(results), strict=False):
        if outcome == "not sent":
            continue
        ledger.moves.intend(one.id, f"{next(numbers):032x}", 1.0)
        if outcome == "refused":
            record.refuse(ledger, one.id, "too long", 2.0)
        elif outcome == "in doubt":
            record.doubt(ledger, one.id, "reset", 2.0)
        else:
            record.accept(ledger, one.id, f"request {one.id}", 2.0)
            if outcome == "expired":
                record.gone(ledger, one.id, "7 days", 3.0)
            else:
                state = OutputState(outcome)
                banners = [
                    Settled(output.format, state, banner_id=f"banner {output.id}", url=f"u{output.id}")
                    for output in ledger.moves.outputs(one.id)
                ]
                record.conclude(ledger, one.id, f"request {one.id}", banners, 3.0)


def fingerprints(ledger: Ledger) -> dict[int, tuple[str, str]]:
    found = ledger._database._connection.execute("SELECT id, fingerprint, state FROM outputs").fetchall()
    return {row["id"]: (row["fingerprint"], row["state"]) for row in found}


@given(st.lists(RUN, min_size=2, max_size=6))
@example(CHAIN_OF_FAILURES)
@example(CUT_WHILE_SOMETHING_WAS_REUSED)
@settings(max_examples=80, deadline=None)
def test_a_row_shows_the_last_banner_it_had_until_it_has_a_new_one(runs: list[RunOfJob]) -> None:
    numbers = itertools.count(1)
    model = Model()
    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.sqlite3") as ledger:
        job_id = ledger.jobs.open(DRAFT, 0.0).id
        for one in runs:
            again = SENT_AGAIN_BY_RETRY if one.retry else frozenset()
            ledger.planning.release({job_id})
            ledger.planning.begin(job_id)
            model.begin()
            model.rows = one.rows[: one.cut_after]
            rows = [planned(position, row) for position, row in enumerate(model.rows)]
            ledger.planning.add(PlanScope(job_id, "card", again=again), rows)
            if one.cut_after is None:
                ledger.planning.end(job_id)
                model.end()
                settle(ledger, job_id, one.results, numbers)
            known = fingerprints(ledger)
            model.done = {name for name, state in known.values() if state == "done"}
            told = list(ledger.reading.rows(job_id))
            for row, found in zip(model.rows, told, strict=True):
                shown = {name: known[banner.id][0] for name, banner in found.earlier.items()}
                assert shown == model.shown(row), row
                assert all(banner.url and banner.format == name for name, banner in found.earlier.items())
                assert found.key == row.key
                if row.key and row.verdict != "skipped":
                    assert ledger.reading.rows_by_key(job_id, row.key) == [found]


@given(ROWS, ROWS)
@settings(max_examples=40, deadline=None)
def test_a_refresh_is_counted_by_output(before: tuple[SheetRow, ...], after: tuple[SheetRow, ...]) -> None:
    """What a person is told before anything is sent must add up to what is sent."""

    def asked(rows: tuple[SheetRow, ...]) -> list[tuple[str, str]]:
        """(name of the place, what stands there)"""
        return [
            (f"{row.key}/{name}" if row.key else f"/{fingerprint(row, name)}", fingerprint(row, name))
            for row in rows
            if not row.verdict
            for name in row.formats
        ]

    with tempfile.TemporaryDirectory() as folder, Ledger(Path(folder) / "ledger.sqlite3") as ledger:
        job_id = ledger.jobs.open(DRAFT, 0.0).id
        found = Changes()
        for rows in (before, after):
            ledger.planning.begin(job_id)
            ledger.planning.add(PlanScope(job_id, "card"), [planned(place, row) for place, row in enumerate(rows)])
            found = ledger.planning.end(job_id)
    old, new = dict(asked(before)), asked(after)
    expected = Changes()
    if old:
        keys = {row.key for row in after}
        wanted = {what for _, what in new}
        # A row without a key is what it asks for, and that is not gone while any row asks for it.
        is_gone = [what not in wanted if place[0] == "/" else place[0] not in keys for place, what in old.items()]
        expected = Changes(
            new=sum(place not in old for place, _ in new),
            changed=sum(place in old and old[place] != what for place, what in new),
            unchanged=sum(old.get(place) == what for place, what in new),
            gone=sum(is_gone),
        )
    assert found == expected
