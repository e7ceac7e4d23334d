"""Sequence numbers: their form, their order, and what a shard's begin and end are."""

import datetime

import pytest

CREATED = datetime.datetime.fromtimestamp(1_700_000_000, datetime.timezone.utc)
pytestmark = pytest.mark.cloudfakes(start=CREATED)

START = "49646437577108476416916876405825929425585429676275269634"
END_AFTER_100_S = "49646437577119626789516141717395488358902146099801227266"


@pytest.fixture
def numbers_of(shards):
    """The sequence number range of a shard."""
    return lambda index: shards()[index]["SequenceNumberRange"]


def fields(number):
    """What the 47 hexadecimal digits of a number say."""
    digits = f"{int(number):x}"
    assert len(digits) == 47
    return {
        "created": int(digits[1:10], 16),
        "nibble": int(digits[10], 16),
        "running": int(digits[11:27], 16),
        "second": int(digits[29:38], 16),
        "shard": int(digits[38:46], 16),
        "frame": digits[0] + digits[27:29] + digits[46],
    }


def test_a_shard_begins_with_a_number_of_its_creation(stream, numbers_of):
    assert numbers_of(0) == {"StartingSequenceNumber": START}


def test_a_closed_shard_ends_with_a_number_of_its_closing(fake_clock, stream, kinesis, numbers_of):
    fake_clock.advance(100)
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    assert numbers_of(0) == {"StartingSequenceNumber": START, "EndingSequenceNumber": END_AFTER_100_S}


def test_a_record_has_56_digits_that_tell_of_shard_and_time(fake_clock, create, put):
    create(shards=20)
    fake_clock.advance(7)
    number = put(ExplicitHashKey=str(2**128 - 1))["SequenceNumber"]
    assert len(number) == 56
    said = fields(number)
    assert said.pop("running") > 0
    assert said == {"created": 1_700_000_000, "nibble": 3, "second": 1_700_000_007, "shard": 19, "frame": "2002"}


def test_numbers_of_a_shard_grow_as_numbers(fake_clock, stream, put, put_all, numbers_of):
    numbers = [put()["SequenceNumber"], put()["SequenceNumber"]]
    numbers += [record["SequenceNumber"] for record in put_all(*[b"x"] * 300)["Records"]]
    fake_clock.advance(60)
    numbers.append(put()["SequenceNumber"])
    values = [int(number) for number in numbers]
    assert int(START) < values[0]
    assert values == sorted(set(values))


def test_numbers_of_a_stream_are_unique(create, put_all):
    create(shards=4)
    answer = put_all(*[(str(key), b"x") for key in range(200)])
    assert len({record["SequenceNumber"] for record in answer["Records"]}) == 200


def test_a_closed_shard_ends_after_all_of_its_records(stream, kinesis, put, numbers_of):
    last = put()["SequenceNumber"]
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    assert int(numbers_of(0)["EndingSequenceNumber"]) > int(last)


def test_numbers_of_children_are_greater_than_all_of_their_parents(stream, kinesis, put, numbers_of):
    for target in (2, 4):
        kinesis.update_shard_count(StreamName="clicks", TargetShardCount=target, ScalingType="UNIFORM_SCALING")
    ends = int(numbers_of(0)["EndingSequenceNumber"]), int(numbers_of(1)["EndingSequenceNumber"])
    starts = int(numbers_of(1)["StartingSequenceNumber"]), int(numbers_of(3)["StartingSequenceNumber"])
    assert starts > ends
    assert int(put()["SequenceNumber"]) > starts[1]


def test_the_next_number_is_greater_than_the_one_named_for_ordering(fake_clock, stream, kinesis, put):
    first = put()["SequenceNumber"]
    second = put(SequenceNumberForOrdering=first)["SequenceNumber"]
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    third = put(SequenceNumberForOrdering=second)["SequenceNumber"]
    assert int(first) < int(second) < int(third)


@pytest.mark.parametrize("number", ["0", "1", START[:-1], START + "0", START[:-1] + "9"])
def test_what_is_no_sequence_number_is_refused_for_ordering(number, stream, put, refused):
    text = (
        f"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream clicks under account 123456789012 is "
        "invalid."
    )
    with refused("InvalidArgumentException", text):
        put(SequenceNumberForOrdering=number)


def test_a_number_of_the_future_is_refused_for_ordering(fake_clock, stream, put, refused):
    number = int(put()["SequenceNumber"])
    one_second = 1 << 36
    with refused("InvalidArgumentException"):
        put(SequenceNumberForOrdering=str(number + one_second))
    fake_clock.advance(1)
    put(SequenceNumberForOrdering=str(number + one_second))
