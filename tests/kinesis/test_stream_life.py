"""How streams come and go, and how they are named."""

import datetime

import boto3
import pytest


def test_a_stream_is_there_at_once_with_its_shards(fake_clock, create, describe):
    arn = create(shards=2)
    found = describe()
    shards = found.pop("Shards")
    created = datetime.datetime.fromtimestamp(fake_clock.now() / 1000, datetime.timezone.utc)
    assert found == {
        "StreamName": "clicks",
        "StreamARN": arn,
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
        "HasMoreShards": False,
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": created,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }
    assert [shard["ShardId"] for shard in shards] == ["shardId-000000000000", "shardId-000000000001"]
    assert [set(shard) for shard in shards] == [{"ShardId", "HashKeyRange", "SequenceNumberRange"}] * 2
    assert [set(shard["SequenceNumberRange"]) for shard in shards] == [{"StartingSequenceNumber"}] * 2


def test_the_summary_leaves_out_the_shards_and_counts_them(create, summary):
    create(shards=3)
    found = summary()
    assert "Shards" not in found
    assert (found["OpenShardCount"], found["ConsumerCount"]) == (3, 0)


def test_a_name_is_taken_until_the_stream_is_deleted(stream, create, kinesis, refused):
    with refused("ResourceInUseException", "Stream clicks under account 123456789012 already exists."):
        create()
    kinesis.delete_stream(StreamName="clicks")
    create()


def test_a_name_belongs_to_an_account_and_a_region(stream, fake_cloud, not_found):
    elsewhere = boto3.client("kinesis", region_name="eu-west-1")
    with not_found():
        elsewhere.describe_stream(StreamName="clicks")
    elsewhere.create_stream(StreamName="clicks", ShardCount=1)
    other = boto3.client("kinesis", region_name="us-east-1", **fake_cloud.credentials("111122223333"))
    with not_found(account="111122223333"):
        other.describe_stream(StreamName="clicks")


@pytest.mark.parametrize("name", ["a" * 128, "A.b_c-9"])
def test_a_name_of_the_allowed_characters_and_length(name, create, describe):
    create(name)
    assert describe(name)["StreamName"] == name


@pytest.mark.parametrize(
    "name, constraint",
    [
        ("a" * 129, "Member must have length less than or equal to 128"),
        ("a b", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"),
    ],
)
def test_other_names_are_refused(name, constraint, create, refused):
    text = f"1 validation error detected: Value '{name}' at 'streamName' failed to satisfy constraint: {constraint}"
    with refused("ValidationException", text):
        create(name)


def test_a_deleted_stream_is_gone_with_its_records(stream, kinesis, put, iterate, get, refused, not_found):
    put()
    iterator = iterate()
    kinesis.delete_stream(StreamName="clicks")
    with not_found():
        kinesis.describe_stream(StreamName="clicks")
    with not_found():
        put()
    gone = "Shard shardId-000000000000 in stream clicks under account 123456789012 does not exist"
    with refused("ResourceNotFoundException", gone):
        get(iterator)
    with not_found():
        kinesis.delete_stream(StreamName="clicks")


def test_a_stream_of_the_same_name_is_another_one(
    fake_clock, stream, kinesis, put, iterate, get, read, refused, create
):
    put(b"old")
    old = iterate()
    kinesis.delete_stream(StreamName="clicks")
    fake_clock.advance(1)
    create()
    assert read() == []
    with refused("ResourceNotFoundException"):
        get(old)


def test_a_stream_is_named_by_its_name_its_arn_or_both(stream, kinesis, summary):
    for names in ({"StreamName": "clicks"}, {"StreamARN": stream}, {"StreamName": "clicks", "StreamARN": stream}):
        found = kinesis.describe_stream_summary(**names)["StreamDescriptionSummary"]
        assert found["StreamARN"] == stream


def test_a_stream_that_is_not_named_is_an_invalid_argument(stream, kinesis, refused):
    with refused("InvalidArgumentException"):
        kinesis.describe_stream_summary()


def test_names_that_do_not_agree_are_an_invalid_argument(stream, create, kinesis, refused):
    create("other")
    with refused("InvalidArgumentException"):
        kinesis.describe_stream_summary(StreamName="other", StreamARN=stream)


@pytest.mark.parametrize(
    "operation, parameters",
    [
        ("add_tags_to_stream", {"Tags": {"a": "b"}}),
        ("decrease_stream_retention_period", {"RetentionPeriodHours": 24}),
        ("delete_stream", {}),
        ("describe_stream", {}),
        ("describe_stream_summary", {}),
        ("disable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
        ("enable_enhanced_monitoring", {"ShardLevelMetrics": ["ALL"]}),
        ("increase_stream_retention_period", {"RetentionPeriodHours": 24}),
        ("list_shards", {}),
        ("list_tags_for_stream", {}),
        ("merge_shards", {"ShardToMerge": "shardId-0", "AdjacentShardToMerge": "shardId-1"}),
        ("put_record", {"Data": b"", "PartitionKey": "a"}),
        ("put_records", {"Records": [{"Data": b"", "PartitionKey": "a"}]}),
        ("remove_tags_from_stream", {"TagKeys": ["a"]}),
        ("split_shard", {"ShardToSplit": "shardId-0", "NewStartingHashKey": "5"}),
        ("start_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
        ("stop_stream_encryption", {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}),
        ("update_shard_count", {"TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"}),
    ],
)
def test_what_is_asked_of_a_stream_that_is_not_there(operation, parameters, kinesis, not_found):
    with not_found():
        getattr(kinesis, operation)(StreamName="clicks", **parameters)
    with not_found():
        getattr(kinesis, operation)(StreamARN="arn:aws:kinesis:us-east-1:123456789012:stream/clicks", **parameters)
