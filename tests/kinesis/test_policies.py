"""Resource policies, and what other accounts may do."""

import json

import boto3
import pytest

OTHER = "111122223333"


def policy(effect="Allow", action="kinesis:*", principal=OTHER, resource="*"):
    statement = {"Sid": "s", "Effect": effect, "Principal": {"AWS": principal}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def attach(kinesis):
    return lambda arn, document: kinesis.put_resource_policy(ResourceARN=arn, Policy=document)


@pytest.fixture
def other(fake_cloud):
    """A client of another account."""
    return boto3.client("kinesis", region_name="us-east-1", **fake_cloud.credentials(OTHER))


def test_a_policy_is_shown_as_it_was_given(stream, kinesis, attach, refused):
    consumer = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="c")["Consumer"]["ConsumerARN"]
    for arn in (stream, consumer):
        with refused("ResourceNotFoundException"):
            kinesis.get_resource_policy(ResourceARN=arn)
        document = policy(resource=arn)
        attach(arn, document)
        assert kinesis.get_resource_policy(ResourceARN=arn)["Policy"] == document
        kinesis.delete_resource_policy(ResourceARN=arn)
        with refused("ResourceNotFoundException"):
            kinesis.delete_resource_policy(ResourceARN=arn)


@pytest.mark.parametrize("document", ["x", "{}", json.dumps({"Version": "2012-10-17", "Statement": []})])
def test_what_is_no_policy(document, stream, attach, refused):
    with refused("InvalidArgumentException"):
        attach(stream, document)


def test_a_resource_that_is_not_there(attach, refused):
    with refused("ResourceNotFoundException"):
        attach("arn:aws:kinesis:us-east-1:123456789012:stream/nothing", policy())


def test_another_account_reaches_a_stream_by_its_arn(stream, other, read, kinesis, refused):
    other.put_record(StreamARN=stream, Data=b"1", PartitionKey="a")
    assert read() == [b"1"]
    iterator = other.get_shard_iterator(
        StreamARN=stream, ShardId="shardId-000000000000", ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert len(other.get_records(ShardIterator=iterator, StreamARN=stream)["Records"]) == 1
    with refused("ResourceNotFoundException", f"Stream clicks under account {OTHER} not found."):
        other.put_record(StreamName="clicks", Data=b"1", PartitionKey="a")


def test_an_arn_of_another_region_names_nothing_here(stream, not_found):
    elsewhere = boto3.client("kinesis", region_name="eu-west-1")
    with not_found():
        elsewhere.put_record(StreamARN=stream, Data=b"1", PartitionKey="a")


@pytest.mark.cloudfakes(policies="enforced")
def test_another_account_needs_to_be_allowed(stream, other, attach, refused):
    text = (
        f"User: arn:aws:iam::{OTHER}:user/cloudfakes is not authorized to perform: kinesis:PutRecord on resource: "
        f"{stream} because no resource-based policy allows the kinesis:PutRecord action"
    )
    with refused("AccessDeniedException", text):
        other.put_record(StreamARN=stream, Data=b"1", PartitionKey="a")
    attach(stream, policy(action="kinesis:PutRecord", resource=stream))
    other.put_record(StreamARN=stream, Data=b"1", PartitionKey="a")
    with refused("AccessDeniedException"):
        other.describe_stream_summary(StreamARN=stream)


@pytest.mark.cloudfakes(policies="enforced")
def test_the_owner_needs_no_policy_but_can_be_denied(stream, put, iterate, get, attach, refused):
    put(b"1")
    iterator = iterate()
    attach(stream, policy("Deny", action="kinesis:GetRecords", principal="*", resource=stream))
    put(b"2")
    with refused("AccessDeniedException") as seen:
        get(iterator)
    assert "explicit deny" in str(seen.exception)


@pytest.mark.cloudfakes(policies="enforced")
def test_a_consumer_has_a_policy_of_its_own(fake_clock, stream, kinesis, other, attach, refused):
    arn = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="c")["Consumer"]["ConsumerARN"]
    subscription = {"ConsumerARN": arn, "ShardId": "shardId-0", "StartingPosition": {"Type": "LATEST"}}
    with refused("AccessDeniedException"):
        other.subscribe_to_shard(**subscription)
    attach(arn, policy(action="kinesis:SubscribeToShard", resource=arn))
    other.subscribe_to_shard(**subscription)
