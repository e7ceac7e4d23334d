"""What is due happens in order, at its own instant, however far the clock jumps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_cloudfakes.scheduler import Scheduler, Timer


def test_an_event_happens_at_its_instant_and_not_a_millisecond_before(clock, diary):
    diary.at(30, "visible")
    clock.advance(29.999)
    assert diary.happened == []
    clock.advance(0.001)
    assert diary.happened == [(30, "visible")]


def test_events_happen_in_the_order_of_their_instants(clock, diary):
    for seconds in (3, 1, 2):
        diary.at(seconds, f"at {seconds}")
    clock.advance(10)
    assert diary.happened == [(1, "at 1"), (2, "at 2"), (3, "at 3")]
    assert diary.since() == 10


def test_events_of_one_instant_happen_in_the_order_in_which_they_were_scheduled(clock, diary):
    for name in "cab":
        diary.at(1, name)
    clock.advance(1)
    assert [what for _, what in diary.happened] == ["c", "a", "b"]


def test_an_event_can_bring_about_another_within_the_same_jump(clock, diary):
    diary.at(30, "visible", then=lambda: diary.at(35, "picked up", then=lambda: diary.at(36, "done")))
    clock.advance(60)
    assert diary.happened == [(30, "visible"), (35, "picked up"), (36, "done")]


def test_an_event_can_bring_about_another_at_the_same_instant(clock, diary):
    diary.at(5, "first", then=lambda: diary.at(5, "second"))
    clock.advance(5)
    assert diary.happened == [(5, "first"), (5, "second")]


def test_an_event_that_is_already_past_happens_at_the_next_look(clock, diary):
    clock.advance(10)
    diary.at(4, "late")
    clock.advance(0)
    assert diary.happened == [(10, "late")]


def test_a_cancelled_event_never_happens(clock, diary):
    timer = diary.at(1, "never")
    timer.cancel()
    timer.cancel()
    clock.advance(2)
    assert diary.happened == []
    assert clock.upcoming() == []


def test_upcoming_lists_what_is_due_in_order_without_letting_it_happen(clock, diary):
    diary.at(2, "second")
    diary.at(1, "first")
    assert [(due.at - diary.start, due.service, due.resource, due.what) for due in clock.upcoming()] == [
        (1000, "test", "diary", "first"),
        (2000, "test", "diary", "second"),
    ]
    assert diary.happened == []


def test_a_container_with_many_deadlines_shows_them_all_and_is_asked_for_the_earliest(clock, diary):
    from pytest_cloudfakes.scheduler import Due

    deadlines = [diary.start + 4000, diary.start + 9000]
    diary.at(
        1,
        "something in the queue",
        true_due=lambda: deadlines[0] if deadlines else None,
        details=lambda: [Due(at, "test", "queue", f"message {number}") for number, at in enumerate(deadlines)],
    )
    assert [due.what for due in clock.upcoming()] == ["message 0", "message 1"]
    clock.advance(3.999)
    assert diary.happened == []
    clock.advance(0.001)
    assert diary.happened == [(4, "something in the queue")]


def test_a_container_that_has_nothing_due_any_more_is_forgotten(clock, diary):
    diary.at(1, "gone meanwhile", true_due=lambda: None)
    assert clock.advance_to_next_event() is None
    clock.advance(5)
    assert diary.happened == []


def test_ten_thousand_cancelled_timers_leave_nothing_behind():
    scheduler = Scheduler()
    for number in range(10_000):
        timer = Timer(number, lambda: None, service="test", resource="r", what="w")
        scheduler.add(timer)
        timer.cancel()
    assert len(scheduler) == 0
    assert len(scheduler._foreground.entries) <= 1024


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans(), st.booleans()), max_size=60))
def test_timers_come_out_by_instant_and_then_by_arrival(entries):
    scheduler = Scheduler()
    expected = []
    for number, (due, background, cancelled) in enumerate(entries):
        timer = Timer(due, lambda: None, service="t", resource="r", what=str(number), background=background)
        scheduler.add(timer)
        if cancelled:
            timer.cancel()
        else:
            expected.append((due, number))
    popped = []
    while (due := scheduler.next_due()) is not None:
        timer = scheduler.pop()
        popped.append((due, int(timer.what)))
    assert popped == sorted(expected)


def test_a_jump_over_many_events_takes_each_of_them_once(clock, diary):
    order = list(range(2000))
    random.Random(7).shuffle(order)
    for number in order:
        diary.at(number / 10, str(number))
    clock.advance(1000)
    assert [what for _, what in diary.happened] == [str(number) for number in range(2000)]


def test_an_error_in_an_event_reaches_whoever_moved_the_clock(clock, diary):
    def fail() -> None:
        raise ValueError("broken consumer")

    diary.at(1, "fails", then=fail)
    diary.at(2, "goes on")
    with pytest.raises(ValueError, match="broken consumer"):
        clock.advance(5)
    clock.advance(5)
    assert [what for _, what in diary.happened] == ["fails", "goes on"]
