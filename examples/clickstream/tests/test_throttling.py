"""Shards take 1,000 records and 1 MiB in a second, and answer five reads."""

from __future__ import annotations

STORM = [(f"user-{number}", "home") for number in range(5_000)]


def test_a_storm_of_clicks_is_written_in_the_end(producer, start, read_all, checkpoints, clicks, fake_clock):
    began = fake_clock.now()
    producer.send(STORM)

    assert len(clicks.records) == 5_000
    assert producer.refused > 0
    assert sum(shard.throttled_writes for shard in clicks.shards) == producer.refused
    assert 1_000 <= fake_clock.now() - began <= 60_000
    read_all(start())
    assert checkpoints.views() == {"home": 5_000}


def test_a_shard_that_takes_nothing_for_a_while(producer, fake_kinesis, clicks, fake_clock):
    fake_kinesis.throttle_writes("clicks", records=3)
    began = fake_clock.now()
    producer.send([("ada", "home")])

    assert len(clicks.records) == 1
    assert fake_clock.now() - began == 500 + 1_000 + 2_000


def test_a_consumer_whose_shards_are_read_by_others_too_waits_its_turn(producer, start, checkpoints, fake_clock):
    producer.send([("ada", "home")])
    consumers = [start() for _ in range(8)]
    began = fake_clock.now()

    # A shard answers five times in a second. Who comes later is put off by botocore, on the clock; nobody fails.
    for consumer in consumers:
        consumer.work()
    assert fake_clock.now() > began
    assert checkpoints.views() == {"home": 1}


def test_a_shard_that_gives_nothing_is_left_for_the_next_turn(producer, start, fake_kinesis, checkpoints, fake_clock):
    producer.send([("ada", "home")])
    fake_kinesis.throttle_reads("clicks", calls=6)
    consumer = start()

    assert consumer.work() == 0
    fake_clock.advance(1)
    assert consumer.work() == 1
    assert checkpoints.views() == {"home": 1}
