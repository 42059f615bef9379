"""The closing account of a run: what was asked, what was had, what it may have cost, what is open. Pure.

PlanCount + outcomes + attempts -> Account -> lines
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bulkgen.ledger.records import PlanCount
from bulkgen.ledger.states import EXIT_CODE, GenerationEvent, OutputState, RowOutcome
from bulkgen.preflight.honesty import Honesty
from bulkgen.spending import Spending

FINISHED_WITH_ERRORS = 1

IN_DOUBT_ADVICE = "sent, no answer: may have been billed; look at the provider's, then --resubmit-in-doubt"


@dataclass(frozen=True, slots=True)
class Account:
    """`attempts` counts this run's POSTs by what became of them (`ledger.states.GenerationEvent`)."""

    plan: PlanCount
    outcomes: Mapping[RowOutcome, int]
    banners: Mapping[str, int]  # by output state, over the job's rows
    attempts: Mapping[str, int] = field(default_factory=dict)
    spending: Spending = field(default_factory=Spending)
    preflight: Honesty | None = None

    @property
    def accepted(self) -> int:
        return self.attempts.get(GenerationEvent.ACCEPTED, 0) + self.attempts.get(GenerationEvent.TOKEN_SEEN, 0)

    @property
    def in_doubt(self) -> int:
        return self.attempts.get(GenerationEvent.UNANSWERED, 0)

    @property
    def sent_nothing(self) -> bool:
        return not self.attempts and not self.plan.open

    def exit_code(self) -> int:
        """The worst of the rows' outcomes."""
        codes = [EXIT_CODE[outcome] for outcome, count in self.outcomes.items() if count]
        return max(codes, default=0)

    def to_json(self) -> dict[str, object]:
        body: dict[str, object] = {
            "plan": asdict(self.plan),
            "rows": {outcome.value: count for outcome, count in self.outcomes.items()},
            "banners": dict(self.banners),
            "attempts": dict(self.attempts),
            "credits": self.spending.to_json(),
        }
        return body | ({"preflight": self.preflight.to_json()} if self.preflight else {})

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Account:
        """What `to_json` wrote; an empty body gives an empty account."""
        return cls(
            PlanCount(**body.get("plan", {})),
            {RowOutcome(name): count for name, count in body.get("rows", {}).items()},
            dict(body.get("banners", {})),
            dict(body.get("attempts", {})),
            Spending(**body.get("credits", {})),
            Honesty.from_json(body["preflight"]) if body.get("preflight") else None,
        )

    def lines(self) -> tuple[tuple[str, str], ...]:
        """(label, figures): for the terminal and for the summary sheet."""
        rows = {outcome.value: self.outcomes.get(outcome, 0) for outcome in RowOutcome}
        lines = [
            (_counted(sum(self.outcomes.values()), "row"), _figures(rows)),
            (_counted(sum(self.banners.values()), "banner"), _figures(self.banners)),
        ]
        if self.attempts or self.plan.generations:
            figures = {"accepted": self.accepted, "refused": self.attempts.get(GenerationEvent.REFUSED, 0)}
            figures["surely not accepted"] = self.attempts.get(GenerationEvent.NOT_ACCEPTED, 0)
            figures["in doubt"] = self.in_doubt
            lines.append((_counted(sum(self.attempts.values()), "generation request"), _figures(figures)))
        if spent := self.spending.line():
            lines.append(spent)
        if in_doubt := self.banners.get(OutputState.IN_DOUBT, 0):
            lines.append((_counted(in_doubt, "banner") + " in doubt", IN_DOUBT_ADVICE))
        if self.plan.reused or self.plan.shared:
            figures = {"from before": self.plan.reused, "from equal rows": self.plan.shared}
            lines.append((_counted(self.plan.reused + self.plan.shared, "banner") + " not paid for", _figures(figures)))
        if self.preflight is not None:
            lines += self.preflight.lines()
        return tuple(lines)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _figures(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none"
