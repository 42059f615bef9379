"""What is asked before money is spent, and what happens when nobody is there to answer.

Without a terminal nothing asks: the run ends with exit 2 and names the flag that would have answered. The studio costs
nothing, so on it nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bulkgen.config import DesignChange, ProviderName, RunOptions
from bulkgen.errors import ConfigError
from bulkgen.events import Listener, Said
from bulkgen.ledger.records import Job, PlanCount
from bulkgen.plan.refresh import Refresh
from bulkgen.wire.design import Design

Ask = Callable[[str], bool]


@dataclass(slots=True)
class Consent:
    """Asks on behalf of one run. `kept_old_design` is set when a changed design was left alone unasked."""

    provider: str
    ask: Ask | None
    options: RunOptions
    listener: Listener
    kept_old_design: bool = field(default=False, init=False)

    @property
    def bills(self) -> bool:
        return self.provider != ProviderName.STUDIO

    def revision(self, known: Job | None, design: Design) -> str:
        """The design revision to work with: the new one, or the old one whose banners are to be kept."""
        current = design.revision()
        if known is None or known.design_revision in ("", current):
            return current
        choice = self.options.on_design_change
        if choice is None and not self.bills:
            self.listener(
                Said(f"The design {design.name!r} has changed since the last run: its banners are made again.")
            )
            return current
        if choice is None and self.ask is not None:
            question = (
                f"The design {design.name!r} has changed since the last run. Make its banners again (this bills)?"
            )
            choice = DesignChange.REGENERATE if self.ask(question) else DesignChange.KEEP
        if choice is DesignChange.REGENERATE:
            return current
        if choice is None:
            self.kept_old_design = True
            self.listener(
                Said(
                    f"Warning: the design {design.name!r} has changed since the last run. Banners made before are kept;"
                    " --on-design-change regenerate makes them again, --on-design-change keep accepts this."
                )
            )
        return known.design_revision

    def bound(self, design: Design) -> None:
        """A bound on credits must hold, so what a banner costs must be known. Raises ConfigError."""
        if self.options.max_credits is not None and self.bills and design.credits_each is None:
            raise ConfigError(
                "--max-credits cannot be kept for a film that does not say how long it is: it is paid for by seconds",
                code="unknown_cost",
                hint="Use --limit to try a few rows. Nothing was sent.",
            )

    def resubmit(self) -> None:
        """Before outputs in doubt are sent again. Raises ConfigError when the answer is no, or nobody is there."""
        if self.options.resubmit_in_doubt and self.bills:
            self._require("Requests in doubt may have been billed already. Send them again?")

    def refresh(self, refresh: Refresh) -> None:
        """Before a refresh that changes or loses more than usual is paid for. Raises ConfigError to stop it."""
        what = refresh.too_much(self.options.max_changed, self.options.max_gone)
        if not what or not self.bills:
            return
        if self.options.yes or (self.ask is not None and self.ask(f"Since the last run {what}. Go on and pay for it?")):
            return
        raise ConfigError(
            f"since the last run {what}",
            code="unusual_refresh",
            hint="If this is as it should be: --max-changed 100 --max-gone 100, or --yes. Nothing was sent.",
        )

    def spend(self, count: PlanCount, design: Design, *, is_new_ledger: bool) -> None:
        """Before the first POST of a run that bills."""
        if not self.bills or not count.generations:
            return
        banners, each = count.new, design.credits_each or 1
        cost = f", {banners * each:,} credits" if each > 1 else ""
        self.listener(
            Said(f"{count.generations:,} generation requests will be sent for {banners:,} new banners{cost}.")
        )
        if is_new_ledger:
            self._require(
                "There is no ledger here yet, so nothing is known of banners made before."
                f" Start one and pay for {banners:,} banners{cost}?"
            )

    def _require(self, question: str) -> None:
        if self.ask is None:
            raise ConfigError(
                f"this run would ask: {question}",
                code="needs_yes",
                hint="There is no terminal to ask on. Add --yes to answer yes. Nothing was sent.",
            )
        if not self.ask(question):
            raise ConfigError("stopped as asked; nothing was sent", code="declined")
