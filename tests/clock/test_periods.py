"""`assert_holds_until`: something is so until an instant, and no longer from then on."""

from __future__ import annotations

import pytest

from pytest_cloudfakes import FakeCloud, TimeTravelError


def test_a_period_that_ends_at_its_instant_passes(clock, diary):
    diary.at(30, "visible")
    clock.assert_holds_until(30, lambda: not diary.happened)
    assert diary.since() == 30


def test_a_period_of_one_millisecond(clock, diary):
    diary.at(0.001, "visible")
    clock.assert_holds_until(0.001, lambda: not diary.happened)


def test_a_period_that_ends_early_fails_and_shows_when(clock, diary, cloud):
    diary.at(29.999, "visible", then=lambda: cloud.journal.happened("sqs", "jobs", "message {} became visible", 1))
    with pytest.raises(AssertionError) as error:
        clock.assert_holds_until(30, lambda: not diary.happened)
    text = str(error.value)
    assert "it was not so until 30 s. The timeline, in seconds from" in text
    assert "+0.000        condition: True" in text
    assert "+29.999         sqs jobs: message 1 became visible" in text
    assert "+29.999       condition: False" in text


def test_a_period_that_ends_late_fails(clock, diary):
    diary.at(30.001, "visible")
    with pytest.raises(AssertionError, match="it was still so at 30 s"):
        clock.assert_holds_until(30, lambda: not diary.happened)


def test_a_period_that_never_began_fails(clock):
    with pytest.raises(AssertionError, match="it was not so until 5 s"):
        clock.assert_holds_until(5, lambda: False)


def test_what_is_interrupted_in_between_does_not_pass(clock, diary):
    state = {"so": True}
    diary.at(10, "off", then=lambda: state.update(so=False))
    diary.at(20, "on", then=lambda: state.update(so=True))
    diary.at(30, "off again", then=lambda: state.update(so=False))
    with pytest.raises(AssertionError, match="it was not so"):
        clock.assert_holds_until(30, lambda: state["so"])


@pytest.mark.parametrize("value", [0, -1])
def test_a_period_has_a_length(clock, value):
    with pytest.raises(TimeTravelError, match="A period has a length"):
        clock.assert_holds_until(value, lambda: True)


def test_a_period_is_exact_on_a_held_clock_only():
    with FakeCloud() as cloud, pytest.raises(TimeTravelError, match="held clock only"):
        cloud.clock.assert_holds_until(1, lambda: True)
