"""The log: one line an event, a stable `action`, bounded files, and nothing in it that is secret or a row's own."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen import events
from bulkgen.errors import OutputError
from bulkgen.events import Event, Planned, Pulse, RunEnded, Said, Settled, Stopped, Submitted, Throttled
from bulkgen.logfile import OLD_FILES, PULSE_SECONDS, LogFile
from bulkgen.logline import HIDDEN, MOST_CHARACTERS, Entry, Level, entry_of, hidden, line_of
from bulkgen.testing import START, ManualClock

LINE = re.compile(
    r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) action=[a-z_]+( [\w.]+=("(\\.|[^"\\])*"|[^ "]+))*'
)
PULSE = Pulse(3, 2, 1, 0, 9, 4.5, 5.0, 1.1, 4, None)


@pytest.mark.parametrize(
    ("event", "level", "facts"),
    [
        (Submitted(7, "r-1", 2), "INFO", 'action=submitted generation_id=7 request_id="r-1" formats=2'),
        (Settled(7, "finalized", 2, 0), "INFO", 'action=settled generation_id=7 outcome="finalized" done=2 failed=0'),
        (
            Settled(7, "refused", 0, 2, "title: 'secret offer' is too long"),
            "WARNING",
            'action=settled generation_id=7 outcome="refused" done=0 failed=2',
        ),
        (
            Throttled(30.0, "polls", "asked to"),
            "WARNING",
            'action=throttled seconds=30 scope="polls" reason="asked to"',
        ),
        (Stopped("no credits"), "WARNING", 'action=stopped reason="no credits"'),
        (Said("Note: a\nb"), "INFO", 'action=said text="Note: a\\nb"'),
        (Said("Warning: a"), "WARNING", 'action=said text="Warning: a"'),
        (
            Planned("spring", {"rows": 3, "new": 2}, 3, 6),
            "INFO",
            'action=planned job="spring" counts.rows=3 counts.new=2 rows_open=3 banners_open=6',
        ),
        (
            RunEnded(1, {"in doubt": 1}, {"title 'secret offer': too long": 1}),
            "INFO",
            "action=run_ended exit_code=1 account.in_doubt=1",
        ),
    ],
)
def test_an_event_is_a_line_that_programs_can_search(event: Event, level: str, facts: str) -> None:
    assert line_of(entry_of(event), START) == f"2023-11-14T22:13:20.000Z {level} {facts}"


def test_every_event_has_an_action() -> None:
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]
    actions = {entry_of(_made(kind)).action for kind in kinds if kind is not Event}
    assert {"planned", "submitted", "settled", "rows_settled", "pulse", "throttled", "stopped"} <= actions


def _made(kind: type[Event]) -> Event:
    return kind(*("" if field.type == "str" else 0 for field in dataclasses.fields(kind)))


@given(
    st.text(min_size=8, alphabet=st.characters(exclude_characters="* ")),
    st.dictionaries(st.sampled_from("abc"), st.text() | st.integers() | st.floats() | st.none()),
    st.text(),
)
def test_whatever_an_event_holds_it_is_one_line_without_the_secret(
    secret: str, facts: dict[str, object], around: str
) -> None:
    """A line end from a feed would forge a line; a key in a line is a key in every copy of the log."""
    line = line_of(Entry(Level.INFO, "said", {**facts, "text": around + secret + around}), START, [secret])
    assert len(line.splitlines()) == 1
    assert secret not in line
    assert LINE.fullmatch(line), line


def test_a_line_is_cut_where_somebody_else_wrote_it() -> None:
    assert len(line_of(entry_of(Said("x" * 10_000)), START)) < MOST_CHARACTERS + 100


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it() -> None:
    assert hidden("abcdef abc", ["abc", "abcdef", ""]) == f"{HIDDEN} {HIDDEN}"


def test_the_file_is_turned_over_before_it_grows_without_bound(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    with LogFile(path, ManualClock(), file_bytes=2_000) as log:
        for number in range(400):
            log(Submitted(number, f"r-{number}", 1))
        assert (log.lines, log.lost) == (400, 0)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + OLD_FILES
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert "generation_id=399" in path.read_text("utf-8").splitlines()[-1]


def test_a_file_name_that_is_no_text_is_still_a_line(tmp_path: Path) -> None:
    with LogFile(tmp_path / "run.log", ManualClock()) as log:
        log(Said("b\udcffd.csv"))
        assert log.lost == 0
    assert "b\\udcffd.csv" in (tmp_path / "run.log").read_text("utf-8")


def test_the_next_run_writes_below_the_one_before(tmp_path: Path) -> None:
    for number in range(2):
        with LogFile(tmp_path / "run.log", ManualClock()) as log:
            log(Submitted(number, "r", 1))
    assert len((tmp_path / "run.log").read_text("utf-8").splitlines()) == 2


def test_how_a_run_stands_is_logged_once_a_minute(tmp_path: Path) -> None:
    clock = ManualClock()
    with LogFile(tmp_path / "run.log", clock) as log:
        for _ in range(int(PULSE_SECONDS) * 3):
            log(PULSE)
            clock.advance(1.0)
    lines = (tmp_path / "run.log").read_text("utf-8").splitlines()
    assert len(lines) == 3
    assert "calls_per_second=4.5" in lines[0]
    assert "seconds_left" not in lines[0]


@pytest.mark.parametrize("place", ["missing/run.log", "."])
def test_a_log_that_cannot_be_written_is_refused_before_anything_is_sent(tmp_path: Path, place: str) -> None:
    with pytest.raises(OutputError) as refused:
        LogFile(tmp_path / place, ManualClock())
    assert refused.value.code == "bad_log_file"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_full_disk_loses_lines_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The rows have been paid for: the report matters more than its log."""
    with LogFile(Path("/dev/full"), ManualClock()) as log:
        log(Said("one"))
        log(Said("two"))
    assert log.lost == 2
    assert "lost=2" in repr(log)
    assert capsys.readouterr() == ("", "")


def test_json_in_a_line_can_be_read_back() -> None:
    line = line_of(entry_of(Said('a "quoted" \\ text\u2028end')), START)
    assert json.loads(line.partition("text=")[2]) == 'a "quoted" \\ text\u2028end'
