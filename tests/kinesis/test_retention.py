"""How long records and closed shards are there."""

import pytest

DAY = 24 * 3600


def increase(kinesis, hours):
    kinesis.increase_stream_retention_period(StreamName="clicks", RetentionPeriodHours=hours)


def decrease(kinesis, hours):
    kinesis.decrease_stream_retention_period(StreamName="clicks", RetentionPeriodHours=hours)


def test_a_record_can_be_read_for_a_day(fake_clock, stream, put, read):
    put(b"1")
    fake_clock.advance(DAY - 0.001)
    assert read() == [b"1"]
    fake_clock.advance(0.001)
    assert read() == []


def test_records_expire_one_by_one(fake_clock, stream, put, read):
    for data in (b"1", b"2", b"3"):
        put(data)
        fake_clock.advance(1)
    fake_clock.advance(DAY - 3)
    assert read() == [b"2", b"3"]
    fake_clock.advance(1)
    assert read() == [b"3"]


def test_an_iterator_passes_over_what_has_expired(fake_clock, stream, put, put_all, iterate, get):
    put_all(b"1", b"2")
    fake_clock.advance(299)
    put(b"3")
    fake_clock.advance(DAY - 299 - 100)
    after_first = get(iterate(), Limit=1)["NextShardIterator"]
    fake_clock.advance(100)
    assert [record["Data"] for record in get(after_first)["Records"]] == [b"3"]


def test_a_longer_retention_keeps_what_is_there(fake_clock, stream, kinesis, put, read, describe):
    put(b"1")
    fake_clock.advance(DAY - 1)
    increase(kinesis, 48)
    assert describe()["RetentionPeriodHours"] == 48
    fake_clock.advance(DAY + 0.999)
    assert read() == [b"1"]
    fake_clock.advance(0.001)
    assert read() == []


def test_a_longer_retention_does_not_bring_back_what_has_expired(fake_clock, stream, kinesis, put, read):
    put(b"1")
    fake_clock.advance(DAY)
    increase(kinesis, 8760)
    assert read() == []


def test_a_shorter_retention_takes_what_is_older_for_good(fake_clock, stream, kinesis, put, read):
    increase(kinesis, 72)
    put(b"1")
    fake_clock.advance(DAY)
    put(b"2")
    fake_clock.advance(1)
    decrease(kinesis, 24)
    assert read() == [b"2"]
    increase(kinesis, 72)
    assert read() == [b"2"]
    fake_clock.advance(3 * DAY - 1)
    assert read() == []


@pytest.mark.parametrize("change", [increase, decrease])
def test_the_retention_is_24_to_8760_hours(change, stream, kinesis, refused):
    text = "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."
    with refused("InvalidArgumentException", text):
        change(kinesis, 23)
    with refused("InvalidArgumentException"):
        change(kinesis, 8761)


def test_the_bounds_themselves_are_allowed(stream, kinesis, describe):
    increase(kinesis, 8760)
    assert describe()["RetentionPeriodHours"] == 8760
    decrease(kinesis, 24)
    assert describe()["RetentionPeriodHours"] == 24


def test_increasing_does_not_decrease_nor_the_reverse(stream, kinesis, refused):
    increase(kinesis, 48)
    text = (
        "Requested retention period ({} hours) for stream clicks can not be {} than existing retention period "
        "(48 hours). Use {}RetentionPeriod API."
    )
    with refused("InvalidArgumentException", text.format(47, "shorter", "Decrease")):
        increase(kinesis, 47)
    with refused("InvalidArgumentException", text.format(49, "longer", "Increase")):
        decrease(kinesis, 49)
    increase(kinesis, 48)
    decrease(kinesis, 48)


def test_a_closed_shard_is_there_until_its_last_record_could_have_expired(
    fake_clock, stream, kinesis, put, ids, iterate, refused
):
    put(b"1")
    fake_clock.advance(10)
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    fake_clock.advance(DAY - 0.001)
    assert ids() == [0, 1, 2]
    fake_clock.advance(0.001)
    assert ids() == [1, 2]
    with refused("ResourceNotFoundException"):
        iterate()


def test_an_empty_closed_shard_expires_too(fake_clock, stream, kinesis, ids):
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    fake_clock.advance(DAY)
    assert ids() == [1, 2]


def test_a_shorter_retention_takes_closed_shards_too(fake_clock, stream, kinesis, ids):
    increase(kinesis, 48)
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    fake_clock.advance(DAY)
    assert ids() == [0, 1, 2]
    decrease(kinesis, 24)
    assert ids() == [1, 2]


def test_children_tell_of_parents_that_have_expired(fake_clock, stream, kinesis, shards):
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    fake_clock.advance(DAY)
    assert [shard["ParentShardId"] for shard in shards()] == ["shardId-000000000000"] * 2


def test_expiry_keeps_no_cloud_busy(fake_clock, stream, put, fake_kinesis):
    put(b"1")
    assert [due.what for due in fake_clock.upcoming()] == ["records of shardId-000000000000 expire"]
    fake_clock.run_until_idle()
    assert len(fake_kinesis.stream("clicks").records) == 1
