"""Which doubts may explain what a run cost, on a real ledger."""

from __future__ import annotations

from pathlib import Path

from bulkgen.ledger.ledger import Ledger
from bulkgen.ledger.planning import PlanScope
from bulkgen.ledger.records import JobDraft
from bulkgen.pipeline import left_in_doubt
from bulkgen.plan.planner import PlannedOutput, PlannedRequest, PlannedRow


def test_doubts_from_before_do_not_explain_the_credits_of_a_run(tmp_path: Path) -> None:
    """A difference that is explained by what another run paid for hides one that nobody can explain."""
    draft = JobDraft(
        "n", "n.csv", "", "abyssale", "https://api.example.com", "A", "card", "Card", "1", ("a", "b"), False
    )
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        job = ledger.jobs.open(draft, 1.0)
        rows = []
        for n in range(2):
            outputs = tuple(PlannedOutput(f"{n} {name}", name) for name in ("a", "b"))
            request = PlannedRequest(f"digest {n}", "{}", "{}", outputs)
            rows.append(PlannedRow(position=n, number=n + 1, sheet="s", key=f"k{n}", requests=(request,)))
        ledger.planning.begin(job.id)
        ledger.planning.add(PlanScope(job.id, "card"), rows)
        before, now = ledger.moves.planned(job.id, after=0, limit=5)
        for generation, token, sent_at in ((before, "a", 10.0), (now, "b", 20.0)):
            ledger.moves.intend(generation.id, token * 32, sent_at)
            ledger.moves.unanswered(generation.id, "no answer", sent_at + 1)
        assert left_in_doubt(ledger, job.id, 0.0) == 4, "banners, not requests"
        assert left_in_doubt(ledger, job.id, 20.0) == 2
        assert left_in_doubt(ledger, job.id, 21.0) == 0
