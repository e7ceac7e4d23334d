"""AWS's own limits of rate, which are off unless they are asked for."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


@pytest.fixture
def once(fake_sns, fake_clock):
    """A client that doesn't try again."""
    return boto3.client("sns", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1}))


def until_throttled(call, refused, most):
    for number in range(most):
        call(number)
    with refused("Throttling", "Rate exceeded"):
        call(most)


@pytest.mark.cloudfakes(limits="documented")
@pytest.mark.parametrize("operation, most", [("list_topics", 30), ("list_platform_applications", 15)])
def test_lists_are_throttled(once, fake_clock, refused, operation, most):
    def call(_):
        getattr(once, operation)()

    until_throttled(call, refused, most)
    fake_clock.advance(0.999)
    with refused("Throttling"):
        call(0)
    fake_clock.advance(0.001)
    call(0)


@pytest.mark.cloudfakes(limits="documented")
def test_a_hundred_subscriptions_are_made_in_a_second(once, topic, refused):
    until_throttled(
        lambda number: once.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"{QUEUE}{number}"), refused, 100
    )


@pytest.mark.cloudfakes(limits="documented")
def test_a_message_group_takes_300_messages_in_a_second_where_it_is_the_scope(once, create, refused, fake_clock):
    topic = create("orders.fifo", FifoThroughputScope="MessageGroup")

    def publish(number, group="a"):
        once.publish(TopicArn=topic, Message="m", MessageGroupId=group, MessageDeduplicationId=str(number))

    until_throttled(publish, refused, 300)
    publish(0, group="b")
    fake_clock.advance(1)
    publish(301)


@pytest.mark.cloudfakes(limits="documented")
def test_messages_of_a_batch_count_one_by_one(once, create, refused):
    topic = create("orders.fifo")

    def publish(number):
        entries = [
            {"Id": str(n), "Message": "m", "MessageGroupId": "a", "MessageDeduplicationId": f"{number}-{n}"}
            for n in range(10)
        ]
        once.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)

    until_throttled(publish, refused, 300)


def test_nothing_is_throttled_by_default(once):
    for _ in range(40):
        once.list_topics()
