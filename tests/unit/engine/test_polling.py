"""When a request is looked at. A look too many is a row not submitted; one too few is a banner that nobody fetches."""

from __future__ import annotations

import pytest

from bulkgen.engine.polling import LookPolicy, Looks

POLICY = LookPolicy(first_seconds=8.0, gap_seconds=3.0, growth=1.5, deadline_seconds=100.0)


def test_the_first_look_is_at_a_fixed_age() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    assert looks.due(7.9) is None
    assert looks.next_at() == 8.0
    assert looks.due(8.0) == 1


def test_a_request_that_takes_long_is_looked_at_ever_more_rarely() -> None:
    looks, now, seen = Looks(POLICY), 0.0, []
    looks.follow(1, 0.0, 0.0)
    for _ in range(7):
        at = looks.next_at()
        assert at is not None
        now = at
        seen.append(now)
        looks.begin(1)
        looks.missed(1, now)
    assert seen == pytest.approx([8, 12, 18, 27, 40.5, 60.75, 91.125])


def test_the_oldest_due_look_comes_first() -> None:
    looks = Looks(POLICY)
    for request, submitted_at in ((1, 2.0), (2, 0.0), (3, 1.0)):
        looks.follow(request, submitted_at, submitted_at)
    order = []
    while (request := looks.due(50.0)) is not None:
        order.append(request)
        looks.forget(request)
    assert order == [2, 3, 1]


def test_a_look_under_way_is_not_due_again() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    looks.begin(1)
    assert looks.due(99.0) is None
    assert looks.spare(99.0) is None


def test_a_look_without_an_answer_says_nothing_about_the_age() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    looks.begin(1)
    looks.missed(1, 8.0, is_answered=False)
    assert looks.next_at() == 11.0
    looks.begin(1)
    looks.missed(1, 11.0, is_answered=False, not_before=60.0)
    assert looks.next_at() == 60.0


def test_one_found_at_the_start_is_looked_at_at_once() -> None:
    looks = Looks(POLICY)
    looks.follow(1, -86_400.0, 5.0, at_once=True)
    assert looks.due(5.0) == 1


def test_the_deadline_counts_from_when_this_run_began_to_follow() -> None:
    """Counted from its sending, a run that resumes after a day would give up before its first look."""
    looks = Looks(POLICY)
    looks.follow(1, -86_400.0, 5.0, at_once=True)
    assert not looks.is_given_up(1, 50.0)
    assert looks.is_given_up(1, 105.0)
    assert looks.age(1, 5.0) == 86_405.0


def test_a_spare_slot_goes_to_the_one_longest_unseen_for_its_age() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    looks.begin(1)
    looks.missed(1, 90.0)  # seen 10 s ago at age 90
    looks.follow(2, 60.0, 60.0)
    looks.begin(2)
    looks.missed(2, 70.0)  # unseen for 30 of its 40 seconds
    assert looks.spare(100.0) == 2


def test_spare_looks_keep_their_distance() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    assert looks.spare(3.9) is None  # younger than half the first look's age
    assert looks.spare(4.9) == 1
    looks.begin(1)
    looks.missed(1, 5.0)
    assert looks.spare(7.0) is None
    assert looks.spare(8.0) == 1
    assert Looks(LookPolicy(spends_spare=False)).spare(1e6) is None


def test_the_search_for_spare_looks_is_made_once_a_second_at_most() -> None:
    looks = Looks(POLICY)
    assert looks.next_spare_at() is None
    for request in range(3):
        looks.follow(request, 0.0, 0.0)
    found = set()
    for _ in range(3):
        request = looks.spare(6.0)
        assert request is not None
        found.add(request)
        looks.begin(request)
    assert found == {0, 1, 2}
    assert looks.spare(6.5) is None
    assert looks.next_spare_at() == 7.0


def test_what_is_forgotten_is_never_due() -> None:
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    looks.forget(1)
    looks.forget(1)
    looks.missed(1, 9.0)
    assert looks.due(99.0) is None
    assert looks.next_at() is None
    assert len(looks) == 0
    assert 1 not in looks


def test_the_provider_s_pauses_do_not_count_towards_the_deadline() -> None:
    """A cool-off of half an hour is as long as the deadline: every request in flight would be given up after it."""
    looks = Looks(POLICY)
    looks.follow(1, 0.0, 0.0)
    looks.hold(80.0, 20.0)
    looks.hold(70.0, 30.0)
    looks.hold(90.0, 40.0)
    looks.follow(2, 50.0, 50.0)
    assert not looks.is_given_up(1, 169.0)
    assert looks.is_given_up(1, 170.0)
    assert not looks.is_given_up(2, 189.0)
    assert looks.is_given_up(2, 190.0)
