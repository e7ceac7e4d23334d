"""What an account may have in a region."""

import boto3
import pytest


@pytest.fixture
def limits(kinesis):
    def describe_limits():
        answer = kinesis.describe_limits()
        del answer["ResponseMetadata"]
        return answer

    return describe_limits


def shard_text(count, limit, more):
    return (
        "This request would exceed the shard limit for the account 123456789012 in us-east-1. Current shard count for "
        f"the account: {count}. Limit: {limit}. Number of additional shards that would have resulted from this "
        f"request: {more}. Refer to the AWS Service Limits page "
        "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how "
        "to request higher limits."
    )


def test_limits_and_usage(create, limits):
    assert limits() == {
        "ShardLimit": 20_000,
        "OpenShardCount": 0,
        "OnDemandStreamCount": 0,
        "OnDemandStreamCountLimit": 50,
    }
    create("one", 3)
    create("two", None)
    found = limits()
    assert (found["OpenShardCount"], found["OnDemandStreamCount"]) == (3, 1)


def test_most_regions_have_fewer_shards(fake_kinesis):
    elsewhere = boto3.client("kinesis", region_name="eu-north-1")
    assert elsewhere.describe_limits()["ShardLimit"] == 1_000


def test_closed_shards_do_not_count(two_shards, kinesis, limits):
    kinesis.update_shard_count(StreamName="clicks", TargetShardCount=1, ScalingType="UNIFORM_SCALING")
    assert limits()["OpenShardCount"] == 1


def test_no_more_shards_than_the_quota(fake_kinesis, create, kinesis, refused):
    fake_kinesis.quotas.shards = 5
    create(shards=4)
    with refused("LimitExceededException", shard_text(4, 5, 2)):
        create("other", 2)
    kinesis.split_shard(StreamName="clicks", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
    with refused("LimitExceededException", shard_text(5, 5, 1)):
        kinesis.split_shard(
            StreamName="clicks", ShardToSplit="shardId-000000000001", NewStartingHashKey=str(2**126 + 9)
        )
    with refused("LimitExceededException", shard_text(5, 5, 1)):
        kinesis.update_shard_count(StreamName="clicks", TargetShardCount=6, ScalingType="UNIFORM_SCALING")


def test_no_more_on_demand_streams_than_the_quota(fake_kinesis, create, refused):
    fake_kinesis.quotas.on_demand_streams = 1
    create("one", None)
    with refused("LimitExceededException"):
        create("two", None)
    create("three", 1)
