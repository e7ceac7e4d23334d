"""GetShardIterator: five kinds of begin, and a life of five minutes."""

import datetime

import pytest

MISSING = "Shard shardId-{:012} in stream clicks under account 123456789012 does not exist"


def instant(fake_clock, before=0):
    """An instant some milliseconds ago."""
    return datetime.datetime.fromtimestamp((fake_clock.now() - before) / 1000, datetime.timezone.utc)


def test_an_iterator_is_an_opaque_text(stream, iterate):
    iterator = iterate()
    assert 1 <= len(iterator) <= 512
    assert iterate() != iterator


def test_trim_horizon_is_the_oldest_record_at_the_time_of_reading(fake_clock, stream, put, iterate, get):
    put(b"1")
    fake_clock.advance(200)
    put(b"2")
    fake_clock.advance(24 * 3600 - 300)
    iterator = iterate("TRIM_HORIZON")
    fake_clock.advance(100)
    assert [record["Data"] for record in get(iterator)["Records"]] == [b"2"]


def test_latest_is_what_comes_after_the_iterator_was_made(stream, put, iterate, get):
    put(b"before")
    iterator = iterate("LATEST")
    put(b"after")
    for _ in range(2):
        assert [record["Data"] for record in get(iterator)["Records"]] == [b"after"]


def test_at_and_after_a_sequence_number(stream, put, read):
    numbers = [put(data)["SequenceNumber"] for data in (b"1", b"2", b"3")]
    assert read(kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == [b"2", b"3"]
    assert read(kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == [b"3"]
    assert read(kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[2]) == []


def test_a_shards_own_starting_number_is_its_begin(stream, put, read, shards):
    put(b"1")
    start = shards()[0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert read(kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=start) == [b"1"]
    assert read(kind="AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=start) == [b"1"]


def test_a_shards_ending_number_is_its_end(stream, kinesis, put, get, iterate, shards):
    put(b"1")
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    end = shards()[0]["SequenceNumberRange"]["EndingSequenceNumber"]
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        answer = get(iterate(kind, StartingSequenceNumber=end))
        assert answer["Records"] == []
        assert "NextShardIterator" not in answer


def test_a_number_below_the_horizon_is_the_horizon(fake_clock, stream, put, read):
    old = put(b"old")["SequenceNumber"]
    fake_clock.advance(12 * 3600)
    put(b"new")
    fake_clock.advance(12 * 3600)
    assert read(kind="AT_SEQUENCE_NUMBER", StartingSequenceNumber=old) == [b"new"]


def test_at_timestamp_is_the_first_record_that_arrived_then_or_later(fake_clock, stream, put, read):
    for data in (b"1", b"2", b"3"):
        put(data)
        fake_clock.advance(10)
    for before, expected in (
        (20_000, [b"2", b"3"]),
        (19_000, [b"3"]),
        (21_000, [b"2", b"3"]),
        (30_000, [b"1", b"2", b"3"]),
        (9_000, []),
    ):
        assert read(kind="AT_TIMESTAMP", Timestamp=instant(fake_clock, before)) == expected


def test_a_timestamp_before_the_horizon_is_the_horizon(fake_clock, stream, put, read):
    put(b"old")
    fake_clock.advance(12 * 3600)
    put(b"new")
    fake_clock.advance(12 * 3600)
    assert read(kind="AT_TIMESTAMP", Timestamp=0) == [b"new"]


@pytest.mark.cloudfakes(start=datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc))
def test_a_timestamp_is_at_most_now(fake_clock, stream, put, iterate, get, refused):
    iterator = iterate("AT_TIMESTAMP", Timestamp=instant(fake_clock))
    put(b"1")
    assert len(get(iterator)["Records"]) == 1
    now = fake_clock.now()
    text = (
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
        f"timestampInMillis: {now + 1000}, currentTimestampInMillis: {now}"
    )
    with refused("InvalidArgumentException", text):
        iterate("AT_TIMESTAMP", Timestamp=instant(fake_clock, -1000))


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_kind_that_needs_a_number(kind, stream, iterate, refused):
    text = (
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
        f"TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and no StartingSequenceNumber."
    )
    with refused("InvalidArgumentException", text):
        iterate(kind)


@pytest.mark.parametrize("kind", ["TRIM_HORIZON", "LATEST"])
def test_a_kind_that_must_not_have_a_number(kind, stream, put, iterate, refused):
    text = (
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) "
        f"TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified {kind} and also a "
        "StartingSequenceNumber."
    )
    with refused("InvalidArgumentException", text):
        iterate(kind, StartingSequenceNumber=put()["SequenceNumber"])


def test_at_timestamp_needs_one(stream, iterate, refused):
    text = (
        "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp "
        "parameter."
    )
    with refused("InvalidArgumentException", text):
        iterate("AT_TIMESTAMP")


def test_a_number_of_another_shard(two_shards, put, iterate, refused):
    number = put(ExplicitHashKey=str(2**127))["SequenceNumber"]
    text = (
        "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with "
        "shardId-000000000000"
    )
    with refused("InvalidArgumentException", text):
        iterate("AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)


def test_what_is_no_sequence_number(stream, iterate, refused):
    text = (
        "StartingSequenceNumber 5 used in GetShardIterator on shard shardId-000000000000 in stream clicks under "
        "account 123456789012 is invalid."
    )
    with refused("InvalidArgumentException", text):
        iterate("AT_SEQUENCE_NUMBER", StartingSequenceNumber="5")


def test_a_number_of_another_stream(fake_clock, stream, create, put, iterate, refused):
    number = put()["SequenceNumber"]
    fake_clock.advance(1)
    create("other")
    text = (
        f"StartingSequenceNumber {number} used in GetShardIterator on shard shardId-000000000000 in stream other under "
        "account 123456789012 is invalid because it did not come from this stream."
    )
    with refused("InvalidArgumentException", text):
        iterate("AT_SEQUENCE_NUMBER", name="other", StartingSequenceNumber=number)


def test_a_shard_or_stream_that_is_not_there(stream, kinesis, iterate, refused):
    with refused("ResourceNotFoundException", MISSING.format(5)):
        iterate(shard=5)
    kinesis.delete_stream(StreamName="clicks")
    with refused("ResourceNotFoundException", MISSING.format(0)):
        iterate()


@pytest.mark.parametrize("name", ["shard-0", "x-00", "shardId-0"])
def test_a_shards_name_is_read_leniently(name, stream, put, read):
    put(b"1")
    assert read(shard=name) == [b"1"]


def test_a_missing_shard_is_told_of_by_its_proper_name(stream, iterate, refused):
    with refused("ResourceNotFoundException", MISSING.format(7)):
        iterate(shard="x-7")


@pytest.mark.parametrize("name", ["shardId", "shardId-x", "shardId-2147483648", "shardId-"])
def test_a_name_that_is_no_shards(name, stream, iterate, refused):
    text = f"Could not find shard {name} in stream clicks under account 123456789012."
    with refused("ResourceNotFoundException", text):
        iterate(shard=name)


def test_an_unknown_kind_is_told_of_with_those_that_exist(stream, iterate, refused):
    text = (
        "1 validation error detected: Value 'FIRST' at 'shardIteratorType' failed to satisfy constraint: Member must "
        "satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]"
    )
    with refused("ValidationException", text):
        iterate("FIRST")


@pytest.mark.cloudfakes(start=datetime.datetime(2015, 1, 22, 1, 22, 2, tzinfo=datetime.timezone.utc))
def test_an_iterator_may_be_used_for_five_minutes_the_last_instant_included(fake_clock, stream, iterate, get, refused):
    iterator = iterate()
    fake_clock.advance(300)
    get(iterator)
    fake_clock.advance(0.001)
    text = (
        "Iterator expired. The iterator was created at time Thu Jan 22 01:22:02 UTC 2015 while right now it is Thu "
        "Jan 22 01:27:02 UTC 2015 which is further in the future than the tolerated delay of 300000 milliseconds."
    )
    with refused("ExpiredIteratorException", text):
        get(iterator)


def test_the_next_iterator_has_a_life_of_its_own(fake_clock, stream, iterate, get, refused):
    iterator = iterate()
    fake_clock.advance(300)
    following = get(iterator)["NextShardIterator"]
    fake_clock.advance(300)
    get(following)
    with refused("ExpiredIteratorException"):
        get(iterator)


def test_an_iterator_can_be_used_again(stream, put_all, iterate, get):
    put_all(b"1", b"2")
    iterator = iterate()
    answers = [get(iterator, Limit=1) for _ in range(2)]
    assert [answer["Records"][0]["Data"] for answer in answers] == [b"1", b"1"]
    assert answers[0]["NextShardIterator"] != answers[1]["NextShardIterator"]


@pytest.mark.parametrize("text", ["x", "AAAA", "ключ", "A" * 200])
def test_what_is_no_iterator(text, stream, get, refused):
    with refused("InvalidArgumentException", "Invalid ShardIterator."):
        get(text)


def test_an_iterator_that_was_changed_is_none(stream, iterate, get, refused):
    iterator = iterate()
    changed = iterator[:20] + ("B" if iterator[20] == "A" else "A") + iterator[21:]
    with refused("InvalidArgumentException", "Invalid ShardIterator."):
        get(changed)
