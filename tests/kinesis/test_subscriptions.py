"""SubscribeToShard: events that come by themselves, for five minutes."""

import itertools
import threading

import pytest
from botocore.eventstream import EventStream
from botocore.exceptions import EventStreamError

SHARD = "shardId-000000000000"


@pytest.fixture
def consumer(stream, kinesis):
    return kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="reports")["Consumer"]["ConsumerARN"]


@pytest.fixture
def subscribe(kinesis, consumer):
    """The event stream of a subscription."""

    def subscribe_to_shard(kind="TRIM_HORIZON", shard=SHARD, arn=consumer, **parameters):
        answer = kinesis.subscribe_to_shard(
            ConsumerARN=arn, ShardId=shard, StartingPosition={"Type": kind, **parameters}
        )
        return answer["EventStream"]

    return subscribe_to_shard


def events(stream, count=None):
    """The next events of a stream."""
    return [event["SubscribeToShardEvent"] for event in itertools.islice(iter(stream), count)]


def data(event):
    return [record["Data"] for record in event["Records"]]


def test_an_event_stream_of_botocores_own(fake_clock, subscribe, put):
    put(b"1")
    stream = subscribe()
    assert isinstance(stream, EventStream)
    [event] = events(stream, 1)
    [record] = event["Records"]
    assert record["ApproximateArrivalTimestamp"].timestamp() * 1000 == pytest.approx(fake_clock.now())
    del record["ApproximateArrivalTimestamp"]
    assert (record["Data"], record["PartitionKey"]) == (b"1", "key")
    assert event["MillisBehindLatest"] == 0
    assert "ChildShards" not in event


def test_an_event_comes_at_once_and_then_every_five_seconds(fake_clock, subscribe):
    began = fake_clock.now()
    seen = [fake_clock.now() - began for _ in itertools.islice(subscribe(), 4)]
    assert seen == [0, 5_000, 10_000, 15_000]


def test_it_ends_after_five_minutes(fake_clock, subscribe):
    began = fake_clock.now()
    assert len(events(subscribe())) == 60
    assert fake_clock.now() - began == 300_000


def test_records_come_as_they_are_written(fake_clock, subscribe, put):
    stream = iter(subscribe("LATEST"))
    assert data(next(stream)["SubscribeToShardEvent"]) == []
    put(b"1")
    put(b"2")
    assert data(next(stream)["SubscribeToShardEvent"]) == [b"1", b"2"]


def test_a_waiting_thread_gets_a_record_when_it_is_written(fake_clock, subscribe, put):
    stream = iter(subscribe("LATEST"))
    next(stream)
    found = []
    reader = threading.Thread(target=lambda: found.append(next(stream)))
    reader.start()
    put(b"1")
    reader.join(10)
    assert [data(event["SubscribeToShardEvent"]) for event in found] == [[b"1"]]


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_reading_goes_on_from_the_continuation_whichever_way(kind, fake_clock, subscribe, put):
    put(b"1")
    [first] = events(subscribe(), 1)
    put(b"2")
    fake_clock.advance(5)
    [second] = events(subscribe(kind, SequenceNumber=first["ContinuationSequenceNumber"]), 1)
    assert data(second) == [b"2"]
    put(b"3")
    fake_clock.advance(5)
    [third] = events(subscribe(kind, SequenceNumber=second["ContinuationSequenceNumber"]), 1)
    assert data(third) == [b"3"]


def test_the_continuation_moves_on_without_records(fake_clock, subscribe, put):
    put(b"1")
    found = events(subscribe(), 4)
    numbers = [int(event["ContinuationSequenceNumber"]) for event in found]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > int(found[0]["Records"][0]["SequenceNumber"])


def test_where_it_begins(fake_clock, subscribe, put):
    numbers = []
    for text in (b"1", b"2", b"3"):
        numbers.append(put(text)["SequenceNumber"])
        fake_clock.advance(10)
    for kind, parameters, expected in (
        ("TRIM_HORIZON", {}, [b"1", b"2", b"3"]),
        ("LATEST", {}, []),
        ("AT_SEQUENCE_NUMBER", {"SequenceNumber": numbers[1]}, [b"2", b"3"]),
        ("AFTER_SEQUENCE_NUMBER", {"SequenceNumber": numbers[1]}, [b"3"]),
        ("AT_TIMESTAMP", {"Timestamp": (fake_clock.now() - 15_000) / 1000}, [b"3"]),
    ):
        fake_clock.advance(5)
        [event] = events(subscribe(kind, **parameters), 1)
        assert data(event) == expected, kind


def test_the_last_event_of_a_closed_shard_names_its_children(fake_clock, subscribe, kinesis, put):
    put(b"1")
    stream = iter(subscribe())
    next(stream)
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    last = next(stream)["SubscribeToShardEvent"]
    assert [child["ShardId"][-1] for child in last["ChildShards"]] == ["1", "2"]
    assert "ContinuationSequenceNumber" not in last
    assert list(stream) == []


def test_closing_ends_it(fake_clock, subscribe, put, fake_kinesis):
    stream = subscribe()
    events(stream, 1)
    stream.close()
    put(b"1")
    assert list(stream) == []
    [consumer] = fake_kinesis.stream("clicks").consumers
    [subscription] = consumer.subscriptions
    assert (subscription.active, subscription.event_count) == (False, 1)


def test_deregistering_ends_it(fake_clock, subscribe, kinesis, consumer):
    stream = subscribe()
    events(stream, 1)
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    assert events(stream) == []


def test_deleting_the_stream_ends_it_with_an_error(fake_clock, subscribe, kinesis):
    stream = subscribe()
    events(stream, 1)
    kinesis.delete_stream(StreamName="clicks", EnforceConsumerDeletion=True)
    with pytest.raises(EventStreamError) as caught:
        events(stream)
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": "Stream clicks under account 123456789012 not found.",
    }


def test_leaving_the_cloud_ends_it():
    from pytest_cloudfakes import FakeCloud

    with FakeCloud() as cloud:
        clicks = cloud.kinesis.create_stream("clicks")
        kinesis = cloud.kinesis.client
        arn = kinesis.register_stream_consumer(StreamARN=clicks.arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
        answer = kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId=SHARD, StartingPosition={"Type": "LATEST"})
        stream = answer["EventStream"]
        reader = threading.Thread(target=lambda: list(stream))
        reader.start()
    reader.join(10)
    assert not reader.is_alive()


def test_the_same_shard_again_after_five_seconds_at_the_earliest(fake_clock, subscribe, refused):
    first = subscribe()
    text = "Another active subscription exists for this consumer: 123456789012:clicks:shardId-000000000000:reports"
    fake_clock.advance(4.999)
    with refused("ResourceInUseException", text):
        subscribe()
    fake_clock.advance(0.001)
    second = subscribe()
    assert events(first) == []
    assert len(events(second, 1)) == 1


def test_other_consumers_and_other_shards_do_not_matter(fake_clock, two_shards, kinesis):
    arns = [
        kinesis.register_stream_consumer(StreamARN=two_shards, ConsumerName=name)["Consumer"]["ConsumerARN"]
        for name in ("a", "b")
    ]
    for arn in arns:
        for shard in range(2):
            kinesis.subscribe_to_shard(
                ConsumerARN=arn, ShardId=f"shardId-{shard:012}", StartingPosition={"Type": "LATEST"}
            )


def test_what_is_not_there(fake_clock, subscribe, consumer, refused):
    missing = "Shard shardId-000000000005 in stream clicks under account 123456789012 does not exist"
    with refused("ResourceNotFoundException", missing):
        subscribe(shard="shardId-000000000005")
    with refused("ResourceNotFoundException"):
        subscribe(arn=consumer.rpartition(":")[0] + ":1")


@pytest.mark.parametrize(
    "position",
    [
        {"Type": "AT_SEQUENCE_NUMBER"},
        {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "5"},
        {"Type": "AT_TIMESTAMP"},
        {"Type": "LATEST", "SequenceNumber": "5"},
    ],
)
def test_positions_that_are_none(position, fake_clock, consumer, kinesis, refused):
    with refused("InvalidArgumentException"):
        kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=SHARD, StartingPosition=position)


def test_an_event_has_two_mebibytes_at_most(fake_clock, subscribe, put):
    for _ in range(3):
        put(b"x" * 1_048_573)
    found = events(subscribe(), 2)
    assert [len(event["Records"]) for event in found] == [2, 1]


@pytest.mark.cloudfakes(limits="documented")
def test_the_pipe_carries_two_mebibytes_in_a_second(fake_clock, subscribe, put):
    for _ in range(4):
        put(b"x" * 1_048_573)
        fake_clock.advance(1)
    began = fake_clock.now()
    seen = [
        (fake_clock.now() - began, len(event["SubscribeToShardEvent"]["Records"]))
        for event in itertools.islice(subscribe(), 2)
    ]
    assert seen == [(0, 2), (1_000, 2)]


@pytest.mark.cloudfakes(limits="documented")
def test_reads_are_no_business_of_a_subscription(fake_clock, subscribe, put, iterate, get, refused):
    put(b"1")
    iterator = iterate()
    for _ in range(5):
        get(iterator)
    assert data(events(subscribe(), 1)[0]) == [b"1"]


@pytest.mark.cloudfakes(limits="documented")
def test_one_call_in_a_second(fake_clock, subscribe, refused):
    subscribe()
    with refused("LimitExceededException"):
        subscribe()
    fake_clock.advance(1)
    with refused("ResourceInUseException"):
        subscribe()


def test_a_stream_that_encrypts(fake_clock, subscribe, kinesis, put):
    kinesis.start_stream_encryption(StreamName="clicks", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    put(b"1")
    [event] = events(subscribe(), 1)
    assert event["Records"][0]["EncryptionType"] == "KMS"


def test_an_injected_failure_reaches_the_caller(fake_cloud, fake_clock, subscribe, refused):
    fake_cloud.faults.fail("kinesis", "SubscribeToShard", "ResourceInUseException")
    with refused("ResourceInUseException"):
        subscribe()


def test_a_superseded_subscription_may_fail(fake_cloud, fake_clock, subscribe, monkeypatch):
    monkeypatch.setattr(fake_cloud.schedule, "choose", lambda name, alternatives: alternatives[-1], raising=False)
    first = subscribe()
    fake_clock.advance(5)
    subscribe()
    with pytest.raises(EventStreamError) as caught:
        events(first)
    assert caught.value.response["Error"]["Code"] == "ResourceInUseException"
