"""What is said of pauses. Silence for half an hour looks like a program that hangs."""

from __future__ import annotations

from bulkgen.engine.pauses import Pauses
from bulkgen.events import Throttled


def test_a_pause_is_said_once_and_again_each_minute() -> None:
    pauses = Pauses()
    assert pauses.begin("polls", 230.0, "slow down", 100.0) == Throttled(130.0, "polls", "slow down")
    assert pauses.begin("polls", 230.5, "slow down", 100.2) is None, "that is the same one"
    assert pauses.next_at() == 160.0
    assert pauses.words(159.0) == []
    assert pauses.words(160.0) == [Throttled(70.0, "polls", "slow down")]
    assert pauses.words(220.0) == [Throttled(10.0, "polls", "slow down")]
    assert pauses.next_at() is None, "it ends before the next minute does"
    assert pauses.words(230.0) == []
    assert pauses.begin("polls", 240.0, "again", 231.0) == Throttled(9.0, "polls", "again")


def test_pauses_of_several_kinds_are_told_apart() -> None:
    pauses = Pauses()
    pauses.begin("polls", 1800.0, "slow down", 0.0)
    pauses.begin("submissions", 300.0, "no credits", 10.0)
    assert [word.scope for word in pauses.words(75.0)] == ["polls", "submissions"]
