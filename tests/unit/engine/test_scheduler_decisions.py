"""Who gets the next slot, decision by decision."""

from __future__ import annotations

from bulkgen.engine.polling import LookPolicy, Looks
from bulkgen.engine.scheduler import Course, Poll, Sleep, Stop, Submit, decide


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


def test_a_tenth_of_the_slots_goes_to_looks_while_rows_remain() -> None:
    run, due = course(ready=1000, unfinished=40), looks(*[0.0] * 40)
    taken = []
    for _ in range(110):
        action = decide(run, due, 10.0)
        run.took(action, 10.0)
        if isinstance(action, Poll):
            due.forget(action.request)
        taken.append(type(action).__name__)
    assert taken.count("Poll") == 10
    assert taken[:10] == ["Submit"] * 10


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
