"""The ways to move a held clock, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from pytest_cloudfakes import FakeCloud, TimeTravelError


def test_a_held_clock_stands_until_it_is_moved(clock):
    first = clock.now()
    assert [clock.now() for _ in range(1000)] == [first] * 1000


def test_advance_takes_seconds_fractions_and_timedeltas(clock, diary):
    clock.advance(1)
    clock.advance(0.5)
    clock.advance(dt.timedelta(minutes=2, milliseconds=250))
    assert diary.since() == 121.75


def test_four_days_pass_at_once(clock, diary):
    clock.advance(dt.timedelta(days=4))
    assert diary.since() == 4 * 86_400


def test_advance_to_takes_aware_and_naive_datetimes_and_seconds_since_the_epoch():
    with FakeCloud(start=dt.datetime(2026, 1, 31, 12)) as cloud:  # noqa: DTZ001 - naive ones are UTC
        clock = cloud.clock
        clock.hold()
        assert clock.datetime() == dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc)
        clock.advance_to(dt.datetime(2026, 1, 31, 13))  # noqa: DTZ001
        assert clock.datetime() == dt.datetime(2026, 1, 31, 13, tzinfo=dt.timezone.utc)
        clock.advance_to(dt.datetime(2026, 1, 31, 15, tzinfo=dt.timezone(dt.timedelta(hours=1))))
        assert clock.datetime() == dt.datetime(2026, 1, 31, 14, tzinfo=dt.timezone.utc)
        clock.advance_to(dt.datetime(2026, 2, 1, tzinfo=dt.timezone.utc).timestamp())
        assert clock.datetime() == dt.datetime(2026, 2, 1, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize("value", [-1, dt.timedelta(seconds=-1)])
def test_time_does_not_go_backwards_by_an_amount(clock, value):
    with pytest.raises(TimeTravelError, match="Time goes forward only"):
        clock.advance(value)


def test_time_does_not_go_backwards_to_an_instant(clock):
    with pytest.raises(TimeTravelError, match="Time goes forward only: it is"):
        clock.advance_to(clock.datetime() - dt.timedelta(milliseconds=1))


@pytest.mark.parametrize("value", ["30", None, True, float("nan"), float("inf")])
def test_a_duration_is_a_number_or_a_timedelta(clock, value):
    with pytest.raises(TimeTravelError, match="A duration is a number of seconds or a timedelta"):
        clock.advance(value)


def test_advance_to_next_event_stops_right_at_it(clock, diary):
    diary.at(7, "first")
    diary.at(9, "second")
    due = clock.advance_to_next_event()
    assert due.what == "first"
    assert diary.happened == [(7, "first")]
    assert diary.since() == 7
    assert clock.advance_to_next_event().what == "second"
    assert clock.advance_to_next_event() is None


def test_run_until_goes_from_event_to_event(clock, diary):
    for seconds in (1, 2, 3):
        diary.at(seconds, str(seconds))
    clock.run_until(lambda: len(diary.happened) == 2)
    assert diary.since() == 2


def test_run_until_does_not_move_time_for_what_is_so_already(clock, diary):
    diary.at(1, "later")
    clock.run_until(lambda: True)
    assert diary.since() == 0


def test_run_until_says_what_was_still_due(clock, diary):
    diary.at(7200, "a far event")
    with pytest.raises(TimeTravelError) as error:
        clock.run_until(lambda: False, limit=3600)
    assert "the condition was never true within 3600 s (1 h). Still due:" in str(error.value)
    assert "test diary: a far event" in str(error.value)


def test_run_until_says_when_nothing_is_due_any_more(clock):
    with pytest.raises(TimeTravelError, match="nothing is due any more"):
        clock.run_until(lambda: False)


def test_run_until_idle_runs_everything_and_what_it_brings_about(clock, diary):
    diary.at(1, "first", then=lambda: diary.at(100, "second"))
    clock.run_until_idle()
    assert diary.happened == [(1, "first"), (100, "second")]
    assert diary.since() == 100


def test_tidying_up_in_the_background_keeps_no_cloud_busy(clock, diary):
    diary.at(1, "work")
    diary.at(345_600, "retention ends", background=True)
    clock.run_until_idle()
    assert diary.happened == [(1, "work")]


def test_run_until_idle_stops_at_its_limit(clock, diary):
    def again() -> None:
        diary.at(diary.since() + 60, "tick", then=again)

    again()
    with pytest.raises(TimeTravelError, match="the cloud was still busy within 600 s"):
        clock.run_until_idle(limit=600)
    assert diary.since() == 600


def test_released_time_flows_on_from_where_it_is(clock, diary):
    clock.advance(86_400)
    clock.release()
    assert 86_400 <= diary.since() < 86_410
    assert not clock.held


def test_time_that_flows_can_be_moved_too():
    with FakeCloud() as cloud:
        before = cloud.clock.now()
        cloud.clock.advance(3600)
        assert 3_600_000 <= cloud.clock.now() - before < 3_610_000


def test_the_clock_shows_itself(clock):
    assert repr(clock) == "<Clock not looked at yet, held>"
    clock.now()
    assert repr(clock).startswith("<Clock 20")
    assert repr(clock).endswith(", held>")
