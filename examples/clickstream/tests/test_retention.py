"""Kinesis keeps a click for 24 hours."""

from __future__ import annotations

import pytest

from clickstream import stream

DAY = 24 * 3600


@pytest.mark.parametrize("hours, counted", [(DAY - 0.001, {"home": 1}), (DAY, {})], ids=["just in time", "too late"])
def test_a_consumer_may_be_away_for_a_day(hours, counted, producer, start, fake_clock, checkpoints):
    producer.send([("ada", "home")])
    fake_clock.advance(hours)

    start().work()
    assert checkpoints.views() == counted


def test_reading_goes_on_with_what_is_left(producer, start, read_all, fake_clock, checkpoints):
    producer.send([("ada", "counted")])
    read_all(start())
    producer.send([("ada", "forgotten")])
    fake_clock.advance(DAY / 2)
    producer.send([("ada", "left")])
    fake_clock.advance(DAY / 2)

    assert read_all(start()) == 1
    assert checkpoints.views() == {"counted": 1, "left": 1}


def test_a_longer_retention_is_for_what_is_still_there(producer, start, fake_clock, checkpoints):
    producer.send([("ada", "home")])
    fake_clock.advance(DAY - 1)
    stream.kinesis.increase_stream_retention_period(StreamName=stream.NAME, RetentionPeriodHours=72)
    fake_clock.advance(DAY)

    start().work()
    assert checkpoints.views() == {"home": 1}
