"""Progress in rows, and the closing account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.account import Account
from bulkgen.events import RowsSettled, Settled
from bulkgen.ledger.records import PlanCount
from bulkgen.ledger.states import RowOutcome
from bulkgen.spending import Spending
from bulkgen.tally import RowTally
from bulkgen.wire.messages import spendable


def _settled(generation_id: int, *, failed: int = 0) -> Settled:
    return Settled(generation_id, "finalized", done=1, failed=failed)


def test_a_row_is_through_with_its_last_generation() -> None:
    tally = RowTally([(1, 0), (2, 0)])
    assert tally.settle(_settled(1)) is None
    assert tally.settle(_settled(2)) == RowsSettled(1, 0)


def test_one_generation_completes_every_row_that_shares_it() -> None:
    assert RowTally([(1, 0), (1, 1), (1, 2)]).settle(_settled(1, failed=1)) == RowsSettled(0, 3)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), unique=True), st.randoms(use_true_random=False))
def test_every_row_is_counted_once_in_any_order(pairs: list[tuple[int, int]], random: object) -> None:
    tally = RowTally(pairs)
    generations = sorted({generation for generation, _ in pairs})
    random.shuffle(generations)  # type: ignore[attr-defined]
    events = [tally.settle(_settled(generation)) for generation in generations]
    assert sum(event.done + event.failed for event in events if event) == tally.total == len({row for _, row in pairs})
    assert tally.settle(_settled(99)) is None


def test_the_exit_code_is_the_worst_of_the_rows() -> None:
    def code(**outcomes: int) -> int:
        return Account(PlanCount(), {RowOutcome(name): n for name, n in outcomes.items()}, {}).exit_code()

    assert code(done=3, reused=1, skipped=2) == 0
    assert code(done=3, partial=1) == 1
    assert code(failed=1, waiting=1) == 3
    assert code(waiting=0, done=1) == 0
    assert Account(PlanCount(), {}, {}).exit_code() == 0


def test_an_account_comes_back_from_the_ledger_as_it_was() -> None:
    account = Account(
        PlanCount(rows=3, new=2, reused=1), {RowOutcome.DONE: 2, RowOutcome.IN_DOUBT: 1}, {"done": 2}, {"accepted": 2}
    )
    assert Account.from_json(account.to_json()) == account


def test_what_may_have_been_billed_is_said() -> None:
    account = Account(PlanCount(generations=2), {RowOutcome.IN_DOUBT: 1}, {"in doubt": 1}, {"unanswered": 1})
    assert any("may have been billed" in figures for _, figures in account.lines())
    assert not account.sent_nothing


@pytest.mark.parametrize(
    ("spending", "words"),
    [
        (Spending(), None),
        (Spending(100, 90, 10), "10 banners made"),
        (Spending(100, 88, 10, 2), "may have been billed"),
        (Spending(100, 80, 10, 2), "by others"),
        (Spending(100, 95, 10), "fewer used"),
        (Spending(100, 55, 3, each=15), "3 banners made for 45"),
        (Spending(100, 40, 3, 1, each=15), "may have been billed"),
    ],
)
def test_the_provider_s_count_is_held_against_ours(spending: Spending, words: str | None) -> None:
    """A difference that nobody is told of is how paying twice goes unseen."""
    line = spending.line()
    assert (line is None) if words is None else (line is not None and words in line[1])


@pytest.mark.parametrize(
    ("body", "credits"),
    [
        (None, None),
        ({}, None),
        ({"generation_credits": {"available": None, "extra": 5}}, None),
        ({"generation_credits": {"available": 10, "extra": 5}}, 15),
        ({"generation_credits": {"available": 10, "extra": None}}, 10),
    ],
)
def test_what_can_be_spent_is_allowance_and_extra(body: dict[str, Any] | None, credits: float | None) -> None:
    assert spendable(body) == credits
