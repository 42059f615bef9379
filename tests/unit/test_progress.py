"""What a person and a program are shown while a run goes: the truth, in a line."""

from __future__ import annotations

import io
import json
import re

from bulkgen.events import Planned, Pulse, RowsSettled, RunEnded, Said, Throttled
from bulkgen.progress import BarProgress, JsonProgress, standing

PULSE = Pulse(
    submitted=1_320,
    unfinished=80,
    finalized=1_240,
    in_doubt=2,
    unsent=700,
    calls_per_second=8.64,
    pace=9.0,
    polls_per_row=1.043,
    credits=3_700,
    seconds_left=252.4,
)


def test_all_that_matters_of_a_billed_run_is_in_the_line() -> None:
    assert standing(PULSE, 3) == (
        "04:12 left, 3 failed, 2 in doubt, 1,320 sent, 80 open, 8.6 of 9.0 calls/s, 1.04 polls/row, 3,700 credits"
    )


def test_a_studio_has_neither_a_budget_nor_credits() -> None:
    pulse = Pulse(8, 4, 4, 0, 92, 30.0, None, 0.0, None, None)
    assert standing(pulse, 0) == "8 sent, 4 open"


def test_before_the_first_pulse_only_failures_are_known() -> None:
    assert standing(None, 0) == ""
    assert standing(None, 2) == "2 failed"


def test_the_bar_counts_rows_and_prints_words_above_itself() -> None:
    stream = io.StringIO()
    with BarProgress(stream) as progress:
        progress(Said("Mapping: mapping.yaml"))
        progress(Planned("job", {}, 10, 10))
        progress(PULSE)
        progress(RowsSettled(9, 1))
        progress(Throttled(1_700.0, "polls", "Slow down."))
        progress(RunEnded(1))
    told = stream.getvalue()
    assert told.startswith("Mapping: mapping.yaml\n")
    assert "pausing polls for 1,700 s: Slow down." in told
    assert re.search(r"100%.*10/10 rows \[[\d:]+, 04:12 left, 1 failed, 2 in doubt", told)


def test_a_program_is_told_the_same_facts() -> None:
    """A dashboard that reads JSON lines must not know less than a person."""
    stream = io.StringIO()
    progress = JsonProgress(stream)
    progress(PULSE)
    progress(RunEnded(1, {"done": 9, "failed": 1}, {"square: text does not fit": 1}))
    pulse, ended = (json.loads(line) for line in stream.getvalue().splitlines())
    assert pulse == {
        "event": "pulse",
        "submitted": 1_320,
        "unfinished": 80,
        "finalized": 1_240,
        "in_doubt": 2,
        "unsent": 700,
        "calls_per_second": 8.64,
        "pace": 9.0,
        "polls_per_row": 1.043,
        "credits": 3_700,
        "seconds_left": 252.4,
    }
    assert ended["kinds"] == {"square: text does not fit": 1}
