"""What `fake_kinesis` shows and arranges."""

import pytest

from pytest_cloudfakes.exceptions import CloudFakesError, NotFaked


@pytest.fixture
def clicks(fake_kinesis):
    return fake_kinesis.create_stream("clicks", shards=2)


def test_streams_of_all_accounts_and_regions(fake_cloud, fake_kinesis, clicks):
    fake_cloud.client("kinesis", region="eu-west-1", account="111122223333").create_stream(
        StreamName="other", ShardCount=1
    )
    assert [stream.name for stream in fake_kinesis.streams] == ["clicks", "other"]
    assert fake_kinesis.stream("other", account="111122223333", region="eu-west-1").arn.startswith("arn:aws:kinesis:eu")


def test_a_stream_that_is_not_there_is_answered_with_those_that_are(fake_kinesis, clicks):
    with pytest.raises(CloudFakesError, match=r"There is no stream 'x'.*Streams there: clicks"):
        fake_kinesis.stream("x")
    with pytest.raises(CloudFakesError, match=r"There is no queue 'x'.*none"):
        fake_kinesis.queue("x")


def test_records_with_their_instants(fake_clock, fake_kinesis, clicks):
    [number] = fake_kinesis.put_many("clicks", ["text"], partition_key="a")
    fake_clock.advance(1)
    fake_kinesis.put_many("clicks", [("b", b"bytes")])
    first, second = clicks.records
    now = fake_clock.now()
    assert (first.data, first.partition_key, first.sequence_number) == (b"text", "a", number)
    assert (first.arrived_at, first.expires_at) == (now - 1_000, now - 1_000 + 24 * 3_600_000)
    assert (second.data, second.encrypted, second.shard_id) == (b"bytes", False, "shardId-000000000001")
    assert clicks.records_of("shardId-000000000001") == [second]
    assert clicks.shard_for("a") == "shardId-000000000000"


def test_put_many_writes_more_than_a_call_takes(fake_kinesis, clicks):
    assert len(fake_kinesis.put_many("clicks", [b"x"] * 1_001)) == 1_001
    fake_kinesis.throttle_writes("clicks")
    with pytest.raises(CloudFakesError, match="ProvisionedThroughputExceededException"):
        fake_kinesis.put_many("clicks", [b"x"])


def test_shards_with_their_relations(fake_clock, fake_kinesis, clicks, kinesis):
    kinesis.merge_shards(
        StreamName="clicks", ShardToMerge="shardId-000000000000", AdjacentShardToMerge="shardId-000000000001"
    )
    first, _, child = clicks.shards
    now = fake_clock.now()
    assert (first.is_open, first.closed_at, first.expires_at) == (False, now, now + 24 * 3_600_000)
    assert first.children == ["shardId-000000000002"]
    assert (child.is_open, child.opened_at, child.closed_at, child.expires_at) == (True, now, None, None)
    assert child.parents == ["shardId-000000000000", "shardId-000000000001"]
    assert (child.starting_hash_key, child.ending_hash_key) == (0, 2**128 - 1)
    assert clicks.open_shards == [child]


def test_iterators_that_can_be_used(fake_clock, fake_kinesis, clicks, iterate):
    iterate(shard=1)
    fake_clock.advance(1)
    [number] = fake_kinesis.put_many("clicks", [("b", b"1")])
    iterate(kind="LATEST")
    first, second = clicks.iterators
    assert (first.shard_id, first.sequence_number) == ("shardId-000000000001", number)
    assert first.expires_at - first.given_at == 300_000
    assert second.sequence_number is None
    fake_clock.advance(299)
    assert len(clicks.iterators) == 2
    fake_clock.advance(0.001)
    assert clicks.iterators == [second]


def test_consumers_with_their_subscriptions(fake_clock, clicks, kinesis):
    arn = kinesis.register_stream_consumer(StreamARN=clicks.arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    [consumer] = clicks.consumers
    assert (consumer.name, consumer.arn, consumer.status) == ("c", arn, "ACTIVE")
    assert (consumer.registered_at, consumer.subscriptions) == (fake_clock.now(), [])
    kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId="shardId-0", StartingPosition={"Type": "LATEST"})
    fake_clock.advance(299.999)
    [subscription] = clicks.consumers[0].subscriptions
    assert (subscription.shard_id, subscription.active) == ("shardId-000000000000", True)
    assert subscription.ends_at - subscription.began_at == 300_000
    fake_clock.advance(0.001)
    [subscription] = clicks.consumers[0].subscriptions
    assert subscription.active is False


def test_a_view_asks_anew(fake_kinesis, clicks, kinesis):
    assert (clicks.exists, clicks.status, clicks.mode, clicks.retention_hours) == (True, "ACTIVE", "PROVISIONED", 24)
    kinesis.add_tags_to_stream(StreamName="clicks", Tags={"a": "1"})
    assert clicks.tags == {"a": "1"}
    assert repr(clicks) == "<stream clicks ACTIVE: 2 open shards, 0 records>"
    kinesis.delete_stream(StreamName="clicks")
    assert clicks.exists is False
    assert repr(clicks) == "<stream clicks: deleted>"
    assert repr(fake_kinesis) == "<fake_kinesis: no streams>"


def test_what_can_not_be_arranged(fake_kinesis, clicks):
    with pytest.raises(CloudFakesError, match="provisioned"):
        fake_kinesis.grow("clicks")
    with pytest.raises(CloudFakesError, match="1 or more"):
        fake_kinesis.throttle_reads("clicks", calls=0)


def test_things_show_themselves_to_a_reader(fake_clock, fake_kinesis, clicks):
    fake_kinesis.put_many("clicks", [("a", b"x" * 50)])
    assert repr(clicks.records[0]).startswith("<b'xxx")
    assert repr(clicks.shards[0]) == "<shardId-000000000000 open, 1 records>"


def test_what_came_about_by_itself_is_in_the_journal(fake_clock, fake_cloud, fake_kinesis, clicks, kinesis):
    fake_kinesis.put_many("clicks", [("a", b"1"), ("a", b"2"), ("b", b"3")])
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=1, ScalingType="UNIFORM_SCALING")
    fake_clock.advance(24 * 3600)
    assert [event.what for event in fake_cloud.events] == [
        "2 records of shardId-000000000000 expired",
        "shardId-000000000000 expired",
        "1 record of shardId-000000000001 expired",
        "shardId-000000000001 expired",
    ]


def test_channels_are_a_gap_that_is_told(fake_kinesis, kinesis, knows):
    knows("ListChannels")
    with pytest.raises(NotFaked, match="a channel delivers to S3"):
        kinesis.list_channels()


def test_a_stream_is_found_wherever_the_only_one_of_its_name_is(fake_cloud, fake_kinesis):
    for region in ("eu-west-1", "eu-north-1"):
        fake_cloud.client("kinesis", region=region).create_stream(StreamName="far", ShardCount=1)
        fake_cloud.client("kinesis", region=region).create_stream(StreamName=f"only-{region}", ShardCount=1)
    assert ":eu-north-1:" in fake_kinesis.stream("only-eu-north-1").arn
    with pytest.raises(CloudFakesError, match=r"but in account 123456789012, eu-west-1 and .*say which"):
        fake_kinesis.stream("far")
    assert ":eu-west-1:" in fake_kinesis.stream("far", region="eu-west-1").arn
