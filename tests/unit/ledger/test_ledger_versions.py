"""What of a refresh is planned as a new version of the banner before, and what keeps its banner otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.moves import Settled
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft, PlanCount
from bulkgen.ledger.states import SENT_AGAIN_BY_RETRY, OutputState, RowOutcome
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow
from bulkgen.wire.envelope import ORIGINAL_REFUSED

FORMATS = ("square", "story")
DRAFT = JobDraft("job", "/s.csv", "", "abyssale", "u", "w", "card", "Card", "1", FORMATS, False)


@dataclass
class Bench:
    """A ledger and one job in it, planned and worked as runs do."""

    ledger: Ledger
    draft: JobDraft = DRAFT
    numbers: int = 0

    @property
    def job_id(self) -> int:
        return self.ledger.jobs.open(self.draft, 0.0).id

    def plan(
        self,
        *rows: tuple[str, str] | tuple[str, str, Sequence[str]],
        versioning: bool = True,
        again: frozenset[OutputState] = frozenset(),
    ) -> PlanCount:
        """`rows` are (key, text) or (key, text, formats)."""
        self.ledger.planning.release({self.job_id})
        self.ledger.planning.begin(self.job_id)
        scope = PlanScope(self.job_id, "card", again=again, versioning=versioning)
        count = self.ledger.planning.add(scope, [planned(place, *row) for place, row in enumerate(rows)])
        self.ledger.planning.end(self.job_id)
        return count

    def to_send(self) -> list[tuple[tuple[str, ...], str]]:
        """(formats, original) of each request that is planned."""
        found = self.ledger.moves.planned(self.job_id, after=0, limit=99)
        return [(one.formats, one.original_banner_id) for one in found]

    def finish(self, *failing: str) -> None:
        """All that is planned is made, but for the formats in `failing`."""
        for one in self.ledger.moves.planned(self.job_id, after=0, limit=99):
            self.accept(one.id)
            self.ledger.moves.finalized(one.id, [self._settled(name, name in failing) for name in one.formats], 3.0)

    def accept(self, generation_id: int) -> None:
        self.numbers += 1
        self.ledger.moves.intend(generation_id, f"{self.numbers:032x}", 1.0)
        self.ledger.moves.accepted(generation_id, f"request {self.numbers}", 2.0)

    def _settled(self, name: str, is_failed: bool) -> Settled:
        if is_failed:
            return Settled(name, OutputState.FAILED, reason="the text does not fit")
        url = f"https://cdn.example.com/{self.numbers}-{name}.png"
        return Settled(name, OutputState.DONE, banner_id=f"{name} {self.numbers}", url=url, file_key=f"{url[-9:]}")

    def refuse(self, reason: str) -> None:
        for one in self.ledger.moves.planned(self.job_id, after=0, limit=99):
            self.numbers += 1
            self.ledger.moves.intend(one.id, f"{self.numbers:032x}", 1.0)
            self.ledger.moves.refused(one.id, reason, 2.0)


def planned(place: int, key: str, text: str, formats: Sequence[str] = FORMATS) -> PlannedRow:
    outputs = tuple(PlannedOutput(f"{text} as {name}", name) for name in formats)
    return PlannedRow(place, place + 1, "s", key, requests=(PlannedRequest(text, "{}", "{}", outputs),))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        yield Bench(ledger)


def test_each_format_with_a_banner_from_before_goes_alone_and_all_others_together(bench: Bench) -> None:
    """The API refuses an original beside two formats; one request a format for all would cost calls for nothing."""
    bench.plan(("k", "one", FORMATS[:1]), ("l", "other"))
    bench.finish()
    formats = (*FORMATS, "wide", "tall")
    count = bench.plan(("k", "two", formats), ("l", "new", FORMATS), ("m", "first", formats))
    assert bench.to_send() == [
        (("square",), "square 1"),
        (("story", "wide", "tall"), ""),
        (("square",), "square 2"),
        (("story",), "story 2"),
        (formats, ""),
    ]
    assert (count.new, count.generations) == (10, 5)


def test_without_the_option_nothing_is_split_and_nothing_is_a_version(bench: Bench) -> None:
    bench.plan(("k", "one"))
    bench.finish()
    bench.plan(("k", "two"), versioning=False)
    assert bench.to_send() == [(FORMATS, "")]


def test_a_row_without_a_key_has_no_banner_from_before(bench: Bench) -> None:
    """Its place in the sheet is not its name: the new banner would become a version of another product's."""
    bench.plan(("", "one"))
    bench.finish()
    bench.plan(("", "two"))
    assert bench.to_send() == [(FORMATS, "")]
    (row,) = bench.ledger.reading.rows(bench.job_id)
    assert row.earlier == {}


def test_the_original_is_the_last_banner_that_was_made(bench: Bench) -> None:
    """After a failure it is still the good one before it: a failed one has no share link."""
    bench.plan(("k", "one"))
    bench.finish()
    bench.plan(("k", "two"))
    bench.finish("story")
    bench.plan(("k", "three"))
    assert bench.to_send() == [(("square",), "square 2"), (("story",), "story 1")]


@pytest.mark.parametrize("error_id", sorted(ORIGINAL_REFUSED))
def test_after_a_refused_original_the_retry_goes_without_one(bench: Bench, error_id: str) -> None:
    """The old banner was deleted there; asked for again as its version, the row would be refused for ever."""
    bench.plan(("k", "one", FORMATS[:1]))
    bench.finish()
    bench.plan(("k", "two", FORMATS[:1]))
    bench.refuse(f"the banner is not there ({error_id})")
    bench.plan(("k", "two", FORMATS[:1]))
    assert bench.to_send() == [], "refused is sent again only when asked"
    bench.plan(("k", "two", FORMATS[:1]), again=SENT_AGAIN_BY_RETRY)
    assert bench.to_send() == [(("square",), "")]


def test_after_another_refusal_the_retry_is_a_version_still(bench: Bench) -> None:
    bench.plan(("k", "one", FORMATS[:1]))
    bench.finish()
    bench.plan(("k", "two", FORMATS[:1]))
    bench.refuse("the title is too long")
    bench.plan(("k", "two", FORMATS[:1]), again=SENT_AGAIN_BY_RETRY)
    assert bench.to_send() == [(("square",), "square 1")]


def test_a_banner_is_the_same_output_whichever_it_is_a_version_of(bench: Bench) -> None:
    """Going back to yesterday's price must find yesterday's banner, not pay for a third."""
    bench.plan(("k", "one"))
    bench.finish()
    bench.plan(("k", "two"))
    bench.finish()
    count = bench.plan(("k", "one"))
    assert (count.reused, bench.to_send()) == (2, [])


def test_a_report_that_is_fed_back_in_under_its_own_name_knows_what_its_rows_had(bench: Bench) -> None:
    """Its first run is a job of its own, and its cells hold the links of the other's."""
    bench.plan(("k", "one"))
    run_id = bench.ledger.jobs.begin_run(bench.job_id, 1.0, input_digest="d", input_name="s.csv")
    bench.finish()
    bench.ledger.jobs.record_report(run_id, "/s.generated.csv", "digest", "basis")
    fed = Bench(bench.ledger, replace(DRAFT, name="fed", source="/s.generated.csv"), numbers=10)
    stranger = Bench(bench.ledger, replace(DRAFT, name="stranger", source="/other.csv"), numbers=20)
    for other, expected in ((fed, {"square", "story"}), (stranger, set())):
        other.plan(("k", f"two of {other.draft.name}"))
        (row,) = other.ledger.reading.rows(other.job_id)
        assert set(row.earlier) == expected


def test_an_expired_result_is_sent_again_only_when_asked_and_keeps_the_banner_before(bench: Bench) -> None:
    """It was billed. Whether to pay once more is not for a nightly run to decide."""
    bench.plan(("k", "one", FORMATS[:1]))
    bench.finish()
    bench.plan(("k", "two", FORMATS[:1]))
    (one,) = bench.ledger.moves.planned(bench.job_id, after=0, limit=9)
    bench.accept(one.id)
    bench.ledger.moves.gone(one.id, "7 days", 3.0)
    count = bench.plan(("k", "two", FORMATS[:1]))
    assert (count.new, count.held, bench.to_send()) == (0, 1, [])
    (row,) = bench.ledger.reading.rows(bench.job_id)
    assert row.outcome is RowOutcome.EXPIRED
    assert row.earlier["square"].banner_id == "square 1"
    assert bench.plan(("k", "two", FORMATS[:1]), again=SENT_AGAIN_BY_RETRY).new == 1


def test_the_file_of_a_banner_from_before_is_among_those_to_keep(bench: Bench) -> None:
    """Cleared away, it would leave a dead link in a report that still shows it."""
    bench.plan(("k", "one", FORMATS[:1]))
    bench.finish()
    bench.plan(("k", "two", FORMATS[:1]))
    bench.finish("square")
    (row,) = bench.ledger.reading.rows(bench.job_id)
    assert row.earlier["square"].file_key in bench.ledger.reading.file_keys()
