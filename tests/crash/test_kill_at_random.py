"""Kills at random moments, against a provider that answers badly: the moves are those we know, these are the others.

A few in the ordinary run of the tests. A hundred, on each kind of provider, some minutes:

    BULKGEN_KILLS=100 pytest -s tests/crash/test_kill_at_random.py

The moments and the faults follow from one seed; how far a run is at a moment does not, so no two hundred are alike.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from nursery import Nursery
from provider import open_provider, write_sheet

from bulkgen.studio.faults import Place, Rule

KILLS = int(os.environ.get("BULKGEN_KILLS", "6"))
SEED = int(os.environ.get("BULKGEN_KILLS_SEED", "20261124"))

# Rows that a run has time for before its kill, so that the last kill still meets a run under way. One kill in four
# comes at any moment from the start on, planning included; the others once rows are on their way.
ROWS_A_KILL = {"bills": 20, "studio": 25}
LONGEST_SECONDS = 0.5
CALLS_PER_SECOND = 60.0

FAULTS = (
    *(
        Rule(fault, Place.GENERATE, share=share, seconds=seconds)
        for fault, share, seconds in (
            ("503_after", 0.03, None),
            ("504_after", 0.02, None),
            ("500_before", 0.02, None),
            ("reset_before", 0.02, None),
            ("reset_after", 0.02, None),
            ("truncated_body", 0.02, None),
            ("not_json", 0.01, None),
            ("missing_id", 0.01, None),
            ("extra_fields", 0.10, None),
            ("429_bare", 0.05, None),
            ("429_retry_after", 0.01, 1.0),
        )
    ),
    *(
        Rule(fault, Place.POLL, share=share)
        for fault, share in (("429_bare", 0.02), ("reset_before", 0.01), ("not_json", 0.02), ("truncated_body", 0.01))
    ),
    Rule("lost_callback", share=0.1),
    Rule("repeated_callback", share=0.2),
    Rule("late_callback", share=0.1, seconds=0.5),
    Rule("slow_render", seconds=0.1, distribution="lognormal", sigma=1.0),
)


@pytest.mark.parametrize("kind", ["bills", "studio"])
def test_kills_at_random_moments_among_faults_lose_and_double_nothing(
    tmp_path: Path, nursery: Nursery, kind: str
) -> None:
    """Each generation is billed at most once unless the user asked, and each row comes to exactly one end."""
    rows, chance = KILLS * ROWS_A_KILL[kind] + 20, random.Random(SEED)
    write_sheet(tmp_path, rows)
    hits = 0
    with open_provider(tmp_path, nursery, *FAULTS, bills=kind == "bills", seed=SEED) as provider:
        for number in range(KILLS):
            run = provider.start(*(provider.webhooks() if number % 2 else ()), pace=CALLS_PER_SECOND)
            if number % 4:
                run.wait_for('"event": "submitted"', '"event": "settled"')
            time.sleep(chance.uniform(0.0, LONGEST_SECONDS))
            run.kill()
            ended = run.wait()
            assert ended.was_killed, "the run ended before it could be killed: give it more rows\n" + ended.text
            hits += any(word in ended.err for word in ('"event": "submitted"', '"event": "settled"'))
        provider.finish()
        outcomes = provider.assert_true(rows)
        counts, accepted = Counter(outcomes.values()), provider.accepted()
        print(
            f"\n{kind}: {KILLS} kills, {hits} of them amid the work; {sum(accepted.values())} accepted; {dict(counts)}"
        )
        assert hits >= KILLS // 2
        if kind == "studio":
            assert set(counts) <= {"done", "reused"}
            return
        in_doubt = [name for name, outcome in outcomes.items() if outcome == "in doubt"]
        provider.run("--resubmit-in-doubt")
        provider.finish()
        provider.assert_true(rows, asked_again=in_doubt)
        again = sum(provider.accepted().values()) - sum(accepted.values())
        print(f"sent again because the user asked: {len(in_doubt)} rows, {again} of them accepted")
        assert again <= len(in_doubt)
