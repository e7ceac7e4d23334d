"""Streams and consumers that take their time: CREATING, UPDATING, DELETING on the clock."""

import json

import pytest

pytestmark = pytest.mark.cloudfakes(transitions="documented")

CREATION, DELETION, RESHARDING, CHANGE, CONSUMER = 20, 20, 30, 5, 10
SECOND_HALF = str(2**127)


@pytest.fixture
def ready(fake_clock, create):
    """A stream with one shard that is ACTIVE."""

    def create_and_wait(name="clicks", shards=1):
        arn = create(name, shards)
        fake_clock.advance(CREATION)
        return arn

    return create_and_wait


@pytest.fixture
def status(summary):
    return lambda name="clicks": summary(name)["StreamStatus"]


def test_a_new_stream_is_creating_without_shards_and_then_active(fake_clock, create, describe):
    create(shards=2)
    fake_clock.advance(CREATION - 0.001)
    found = describe()
    assert (found["StreamStatus"], found["Shards"]) == ("CREATING", [])
    fake_clock.advance(0.001)
    found = describe()
    assert (found["StreamStatus"], len(found["Shards"])) == ("ACTIVE", 2)


def test_a_stream_that_is_creating_takes_and_gives_nothing(
    fake_clock, create, put, iterate, kinesis, refused, not_found
):
    create()
    with not_found():
        put()
    missing = "Shard shardId-000000000000 in stream clicks under account 123456789012 does not exist"
    with refused("ResourceNotFoundException", missing):
        iterate()
    text = "Stream clicks under account 123456789012 not ACTIVE or UPDATING, instead in state CREATING"
    with refused("ResourceInUseException", text):
        kinesis.list_shards(StreamName="clicks")


def test_waiters_wait_on_the_clock(fake_clock, create, kinesis, status):
    began = fake_clock.now()
    create()
    kinesis.get_waiter("stream_exists").wait(StreamName="clicks")
    assert status() == "ACTIVE"
    assert fake_clock.now() - began == CREATION * 1000
    kinesis.delete_stream(StreamName="clicks")
    kinesis.get_waiter("stream_not_exists").wait(StreamName="clicks")
    assert fake_clock.now() - began == (CREATION + DELETION) * 1000


def test_a_split_is_carried_out_at_its_end(fake_clock, ready, kinesis, put, ids, status):
    ready()
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=SECOND_HALF)
    assert status() == "UPDATING"
    fake_clock.advance(RESHARDING - 0.001)
    assert ids() == [0]
    assert put()["ShardId"] == "shardId-000000000000"
    fake_clock.advance(0.001)
    assert status() == "ACTIVE"
    assert ids() == [0, 1, 2]
    assert put()["ShardId"] != "shardId-000000000000"


def test_an_iterator_goes_on_in_a_parent_that_is_being_split(fake_clock, ready, kinesis, put, iterate, get):
    ready()
    iterator = iterate()
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=SECOND_HALF)
    put(b"late")
    answer = get(iterator)
    assert [record["Data"] for record in answer["Records"]] == [b"late"]
    fake_clock.advance(RESHARDING)
    answer = get(answer["NextShardIterator"])
    assert "NextShardIterator" not in answer
    assert len(answer["ChildShards"]) == 2


CHANGES = [
    ("split_shard", {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": SECOND_HALF}),
    ("update_shard_count", {"TargetShardCount": 2, "ScalingType": "UNIFORM_SCALING"}),
    ("start_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
    ("stop_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
    ("increase_stream_retention_period", {"RetentionPeriodHours": 48}),
    ("decrease_stream_retention_period", {"RetentionPeriodHours": 24}),
    ("enable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
    ("disable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
]


@pytest.mark.parametrize("operation, parameters", CHANGES, ids=[operation for operation, _ in CHANGES])
def test_a_change_takes_a_while_and_needs_an_active_stream(
    operation, parameters, fake_clock, create, kinesis, busy, status
):
    create()
    change = getattr(kinesis, operation)
    with busy("CREATING"):
        change(StreamName="clicks", **parameters)
    fake_clock.advance(CREATION)
    change(StreamName="clicks", **parameters)
    assert status() == "UPDATING"
    with busy("UPDATING"):
        change(StreamName="clicks", **parameters)
    takes = RESHARDING if "shard" in operation else CHANGE
    fake_clock.advance(takes - 0.001)
    assert status() == "UPDATING"
    fake_clock.advance(0.001)
    assert status() == "ACTIVE"
    kinesis.delete_stream(StreamName="clicks")
    with busy("DELETING"):
        change(StreamName="clicks", **parameters)


def test_merging_needs_an_active_stream(fake_clock, ready, kinesis, busy, ids):
    ready(shards=2)
    merge = {
        "StreamName": "clicks",
        "ShardToMerge": "shardId-000000000000",
        "AdjacentShardToMerge": "shardId-000000000001",
    }
    kinesis.merge_shards(**merge)
    with busy("UPDATING"):
        kinesis.merge_shards(**merge)
    fake_clock.advance(RESHARDING)
    assert ids() == [0, 1, 2]


def test_tags_need_an_active_stream(fake_clock, create, kinesis, busy):
    create()
    with busy("CREATING"):
        kinesis.add_tags_to_stream(StreamName="clicks", Tags={"a": "b"})
    with busy("CREATING"):
        kinesis.remove_tags_from_stream(StreamName="clicks", TagKeys=["a"])


def test_a_setting_has_effect_when_the_stream_is_active_again(fake_clock, ready, kinesis, put, describe):
    ready()
    kinesis.start_stream_encryption(StreamName="clicks", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    assert "EncryptionType" not in put()
    assert describe()["EncryptionType"] == "NONE"
    fake_clock.advance(CHANGE)
    assert put()["EncryptionType"] == "KMS"
    assert describe()["KeyId"] == "alias/aws/kinesis"


def test_deleting_takes_a_while_in_which_the_stream_is_of_no_use(
    fake_clock, ready, kinesis, put, status, iterate, refused, not_found
):
    ready()
    iterator = iterate()
    kinesis.delete_stream(StreamName="clicks")
    fake_clock.advance(DELETION - 0.001)
    assert status() == "DELETING"
    with not_found():
        put()
    with not_found():
        kinesis.get_records(ShardIterator=iterator)
    with refused("ResourceNotFoundException"):
        iterate()
    fake_clock.advance(0.001)
    with not_found():
        status()


def test_a_stream_that_is_creating_or_updating_can_be_deleted(fake_clock, create, ready, kinesis, not_found):
    create("new")
    kinesis.delete_stream(StreamName="new")
    ready("old")
    kinesis.increase_stream_retention_period(StreamName="old", RetentionPeriodHours=48)
    kinesis.delete_stream(StreamName="old")
    fake_clock.advance(DELETION)
    for name in ("new", "old"):
        with not_found(name):
            kinesis.describe_stream(StreamName=name)


def test_five_streams_may_be_creating_at_a_time(fake_clock, create, refused):
    for number in range(5):
        create(f"stream-{number}")
    text = (
        "This request would have exceed the limit on the number  of streams that can simultaneously be in CREATING or "
        "DELETING for the account 123456789012. Limit: 5."
    )
    with refused("LimitExceededException", text):
        create("one-too-many")
    fake_clock.advance(CREATION)
    create("one-too-many")


def test_events_of_one_jump_happen_each_at_its_own_instant(fake_clock, ready, kinesis, put, shards):
    ready()
    put()
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey=SECOND_HALF)
    began = fake_clock.now()
    fake_clock.advance(24 * 3600)
    # The parent was closed 30 s after the beginning, so it expires 30 s after its record.
    assert [shard["ShardId"][-1] for shard in shards()] == ["0", "1", "2"]
    fake_clock.advance(RESHARDING - 0.001)
    assert len(shards()) == 3
    fake_clock.advance(0.001)
    assert len(shards()) == 2
    assert fake_clock.now() - began == (24 * 3600 + RESHARDING) * 1000


# ── consumers ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def register(kinesis):
    def register_consumer(arn, name="reports"):
        return kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)["Consumer"]

    return register_consumer


@pytest.fixture
def consumer_status(kinesis):
    return lambda arn: kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerStatus"]


def test_a_consumer_is_creating_and_then_active(fake_clock, ready, kinesis, register, consumer_status, refused):
    consumer = register(ready())
    assert consumer["ConsumerStatus"] == "CREATING"
    fake_clock.advance(CONSUMER - 0.001)
    arn = consumer["ConsumerARN"]
    assert consumer_status(arn) == "CREATING"
    created = arn.rpartition(":")[2]
    text = (
        f"Consumer reports with creation timestamp {created} under stream: clicks , account 123456789012 is not in "
        "ACTIVE status."
    )
    subscription = {
        "ConsumerARN": arn,
        "ShardId": "shardId-000000000000",
        "StartingPosition": {"Type": "LATEST"},
    }
    with refused("ResourceInUseException", text):
        kinesis.subscribe_to_shard(**subscription)
    policy = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kinesis:*", "Resource": arn}}
    with refused("ResourceInUseException", text.replace(": clicks , ", " clicks and ")):
        kinesis.put_resource_policy(ResourceARN=arn, Policy=json.dumps(policy))
    fake_clock.advance(0.001)
    assert consumer_status(arn) == "ACTIVE"
    kinesis.subscribe_to_shard(**subscription)


def test_a_consumer_is_deleting_and_then_gone(fake_clock, ready, kinesis, register, consumer_status, refused):
    arn = register(ready())["ConsumerARN"]
    fake_clock.advance(CONSUMER)
    kinesis.deregister_stream_consumer(ConsumerARN=arn)
    fake_clock.advance(CONSUMER - 0.001)
    assert consumer_status(arn) == "DELETING"
    fake_clock.advance(0.001)
    with refused("ResourceNotFoundException"):
        consumer_status(arn)


def test_five_consumers_may_be_creating_at_a_time(fake_clock, ready, register, refused):
    arn = ready()
    for number in range(5):
        register(arn, f"consumer-{number}")
    with refused("LimitExceededException"):
        register(arn, "one-too-many")
    fake_clock.advance(CONSUMER)
    register(arn, "one-too-many")


def test_a_consumer_needs_an_active_stream(create, register, busy):
    arn = create()
    with busy("CREATING"):
        register(arn)
