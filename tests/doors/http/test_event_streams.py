"""Answers that arrive event by event, over one connection that stays open."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config

from pytest_cloudfakes.model import service_model

if "SubscribeToShard" not in service_model("kinesis").operation_names:
    pytest.skip("the installed models have no event stream", allow_module_level=True)

pytestmark = pytest.mark.cloudfakes(passthrough={"kinesis"})
"""So that a client of this process goes to the endpoint."""


@pytest.fixture
def kinesis(fake_aws_endpoint):
    keys = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "secret"}
    client = boto3.client(
        "kinesis", "us-east-1", endpoint_url=fake_aws_endpoint.url, config=Config(retries={"max_attempts": 0}), **keys
    )
    yield client
    client.close()


@pytest.fixture
def subscription(kinesis, fake_clock):
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    fake_clock.advance(60)
    stream = kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=stream, ConsumerName="fan")["Consumer"]["ConsumerARN"]
    fake_clock.advance(60)
    answer = kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"}
    )
    yield answer["EventStream"]
    answer["EventStream"].close()


def records_of(event):
    return [record["Data"] for record in event["SubscribeToShardEvent"]["Records"]]


def test_an_event_comes_when_there_is_one(kinesis, subscription, in_thread):
    events = iter(subscription)
    first = in_thread(lambda: next(event for event in events if records_of(event)))
    kinesis.put_record(StreamName="clicks", PartitionKey="a", Data=b"cat.png")
    assert records_of(first.result(10)) == [b"cat.png"]


def test_the_clock_ends_a_subscription(fake_clock, subscription, in_thread, fake_cloud):
    everything = in_thread(lambda: [records_of(event) for event in subscription])
    fake_clock.advance(300)
    assert not any(everything.result(10))


def test_a_reader_who_leaves_is_forgotten(subscription, fake_cloud):
    def waits():
        return any("has an event" in due.what for due in fake_cloud.clock.upcoming())

    while not waits():
        pass
    subscription.close()
    while waits():
        pass
