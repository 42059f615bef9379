"""Who gets the next slot, decision by decision."""

from __future__ import annotations

import pytest

from bulkgen.engine.door import GIVE_UP_SECONDS, Door, Place
from bulkgen.engine.polling import LookPolicy, Looks
from bulkgen.engine.quota import Quota
from bulkgen.engine.scheduler import Ask, Course, Freshness, Poll, Sleep, Stop, Submit, decide


def course(**changes: object) -> Course:
    found = Course(in_flight=100)
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def looks(*due_at: float) -> Looks:
    found = Looks(LookPolicy(first_seconds=0.0, spends_spare=False))
    for request, at in enumerate(due_at):
        found.follow(request, at, at)
    return found


def test_rows_come_before_looks() -> None:
    assert decide(course(ready=5, unfinished=1), looks(0.0), 10.0) == Submit()


@pytest.mark.parametrize(("freshness", "looks_of_100"), [("fast", 9), ("balanced", 20), ("now", 33)])
def test_looks_get_their_share_of_the_slots_while_rows_remain(freshness: str, looks_of_100: int) -> None:
    """Each submission earns looks the share: one for ten, for four, for two."""
    run, due = course(ready=1000, unfinished=90, share=Freshness(freshness).share), looks(*[0.0] * 90)
    taken = []
    for _ in range(100):
        action = decide(run, due, 10.0)
        run.took(action, 10.0)
        if isinstance(action, Poll):
            due.forget(action.request)
        taken.append(type(action).__name__)
    assert taken.count("Poll") == looks_of_100
    assert taken[0] == "Submit"


def test_without_rows_every_slot_is_a_look_s() -> None:
    run = course(is_more=False, unfinished=2)
    assert decide(run, looks(0.0, 1.0), 10.0) == Poll(0)


def test_a_full_window_leaves_the_slots_to_looks() -> None:
    assert decide(course(ready=5, unfinished=100), looks(0.0), 10.0) == Poll(0)
    assert decide(course(ready=5, unfinished=100), looks(50.0), 10.0) == Sleep(50.0)


def test_the_canary_goes_first_and_opens_the_window() -> None:
    run = course(ready=80, canary=20, sent=20, unfinished=5)
    assert decide(run, looks(50.0), 10.0) == Sleep(50.0)
    run.came_well = 3
    assert decide(run, looks(50.0), 10.0) == Submit()


def test_a_canary_has_failed_when_it_is_in_and_rows_remain() -> None:
    run = course(ready=80, canary=20, sent=20, came_well=2)
    assert run.has_canary_failed
    run.unfinished = 1
    assert not run.has_canary_failed
    run.unfinished, run.ready, run.is_more = 0, 0, False
    assert not run.has_canary_failed, "with nothing left to send, there is nothing to stop"


def test_pauses_hold_what_they_name() -> None:
    run = course(ready=5, unfinished=1, submit_from=30.0)
    assert decide(run, looks(0.0), 10.0) == Poll(0)
    assert decide(run, looks(50.0), 10.0) == Sleep(30.0)
    run = course(ready=0, is_more=False, unfinished=1, poll_from=30.0)
    assert decide(run, looks(0.0), 10.0) == Sleep(30.0)
    assert decide(course(ready=5, unfinished=1, poll_from=30.0), looks(0.0), 10.0) == Submit()


def test_a_provider_in_trouble_gets_one_call_at_a_time() -> None:
    run = course(ready=5, is_probing=True, open_calls=1)
    assert decide(run, looks(), 10.0) == Sleep(None)
    run.open_calls = 0
    assert decide(run, looks(), 10.0) == Submit()


def test_the_end() -> None:
    assert decide(course(is_more=False), looks(), 10.0) == Stop()
    assert decide(course(is_more=True), looks(), 10.0) == Sleep(None)
    assert decide(course(ready=5, ended="the key is refused"), looks(), 10.0) == Stop()
    assert decide(course(ready=5, unfinished=1, ended="spent"), looks(0.0), 10.0) == Poll(0)
    assert decide(course(ready=5, unfinished=1, is_cut=True), looks(0.0), 10.0) == Stop()


def test_looks_wait_for_their_budget_and_rows_do_not() -> None:
    quota = Quota(3, 60.0, 30.0)
    assert decide(course(ready=5, unfinished=1, credit=1.0, quota=quota), looks(0.0), 10.0) == Submit()
    run = course(is_more=False, unfinished=1, quota=quota)
    assert decide(run, looks(0.0), 10.0) == Sleep(30.0)
    assert decide(run, looks(0.0), 30.0) == Poll(0)
    run.took(Poll(0), 30.0)
    assert run.quota == Quota(2, 60.0, 45.0)


def test_a_window_that_is_over_holds_nothing_back() -> None:
    run = course(is_more=False, unfinished=1, quota=Quota(0, 60.0, 60.0))
    assert decide(run, looks(0.0), 59.0) == Sleep(60.0)
    assert decide(run, looks(0.0), 60.0) == Poll(0)


def test_spare_slots_are_not_spent_where_the_budget_is_short() -> None:
    """Each would be taken from a row whose look is due later in the window."""
    followed = Looks(LookPolicy(first_seconds=8.0))
    for request in range(10):
        followed.follow(request, 0.0, 0.0)
    run = course(is_more=False, unfinished=10, quota=Quota(12, 60.0, 0.0))
    assert decide(run, followed, 6.0) == Sleep(8.0)
    run.quota = Quota(13, 60.0, 0.0)
    assert isinstance(decide(run, followed, 6.0), Poll)


def shut() -> Door:
    return Door(place=Place.SHUT, shut_at=0.0, probe_at=10.0)


def test_behind_a_shut_door_looks_go_on_and_readiness_is_asked_for() -> None:
    run = course(ready=5, unfinished=1, door=shut())
    assert decide(run, looks(0.0), 5.0) == Poll(0)
    assert decide(run, looks(50.0), 5.0) == Sleep(10.0)
    assert decide(run, looks(50.0), 10.0) == Ask()
    run.took(Ask(), 10.0)
    assert decide(run, looks(50.0), 10.0) == Sleep(50.0), "one question at a time"
    run.door.asked(True, 11.0)
    assert decide(run, looks(50.0), 11.0) == Submit()
    run.door.went(1)
    assert decide(run, looks(50.0), 11.0) == Sleep(50.0), "one row alone"
    assert run.gives_up_at() == GIVE_UP_SECONDS


def test_nobody_asks_for_readiness_where_no_row_waits_for_it() -> None:
    assert decide(course(is_more=False, unfinished=1, door=shut()), looks(50.0), 20.0) == Sleep(50.0)
    assert decide(course(is_more=False, door=shut()), looks(), 20.0) == Stop()
    assert decide(course(ready=5, ended="spent", unfinished=1, door=shut()), looks(50.0), 20.0) == Sleep(50.0)
