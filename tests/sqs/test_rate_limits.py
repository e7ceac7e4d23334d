"""AWS's own rate limits of FIFO queues, where they are asked for."""

import itertools

import boto3
import pytest
from botocore.config import Config

pytestmark = pytest.mark.cloudfakes(limits="documented")


@pytest.fixture
def sqs(fake_cloud):
    """A client that doesn't retry."""
    return boto3.client("sqs", region_name="us-east-1", config=Config(retries={"max_attempts": 0}))


@pytest.fixture
def throttled(refused):
    return lambda: refused("RequestThrottled", status=403)


@pytest.fixture
def burst(send):
    """Send so many messages, all different."""
    bodies = itertools.count()

    def send_many(url, count, group="g"):
        for _ in range(count):
            send(url, str(next(bodies)), group=group)

    return send_many


def test_three_hundred_sends_a_second(fake_clock, fifo_url, burst, throttled, counts):
    burst(fifo_url, 300)
    with throttled():
        burst(fifo_url, 1)
    fake_clock.advance(0.999)
    with throttled():
        burst(fifo_url, 1)
    fake_clock.advance(0.001)
    burst(fifo_url, 300)
    assert counts(fifo_url) == (600, 0, 0)


def test_each_action_is_counted_for_itself(fake_clock, fifo_url, burst, throttled, receive):
    burst(fifo_url, 300)
    for _ in range(300):
        receive(fifo_url, 1)
    with throttled():
        receive(fifo_url, 1)


def test_a_batch_is_one_call(fake_clock, sqs, fifo_url, throttled, counts):
    def batch(number):
        entries = [{"Id": str(n), "MessageBody": f"{number} {n}", "MessageGroupId": "g"} for n in range(10)]
        sqs.send_message_batch(QueueUrl=fifo_url, Entries=entries)

    for number in range(300):
        batch(number)
    with throttled():
        batch(300)
    assert counts(fifo_url) == (3000, 0, 0)


def test_in_high_throughput_each_group_has_its_own_limit(fake_clock, create, burst, throttled):
    url = create(
        "high.fifo",
        ContentBasedDeduplication="true",
        DeduplicationScope="messageGroup",
        FifoThroughputLimit="perMessageGroupId",
    )
    burst(url, 300, "a")
    with throttled():
        burst(url, 1, "a")
    burst(url, 300, "b")


def test_deleting_in_high_throughput_is_counted_by_group(fake_clock, sqs, create, send, receive, throttled):
    url = create(
        "high.fifo",
        ContentBasedDeduplication="true",
        DeduplicationScope="messageGroup",
        FifoThroughputLimit="perMessageGroupId",
    )
    send(url, "a", group="a")
    send(url, "b", group="b")
    one, two = (message["ReceiptHandle"] for message in receive(url))
    for _ in range(300):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=one, VisibilityTimeout=30)
    with throttled():
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=one, VisibilityTimeout=30)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=two, VisibilityTimeout=30)


def test_standard_queues_have_no_limit(fake_clock, queue_url, send):
    for _ in range(301):
        send(queue_url)


def test_another_queue_is_not_concerned(fake_clock, create, fifo_url, burst):
    burst(fifo_url, 300)
    burst(create("other.fifo", ContentBasedDeduplication="true"), 300)


@pytest.mark.cloudfakes(limits="off")
def test_without_being_asked_for_there_are_none(fake_clock, fifo_url, burst):
    burst(fifo_url, 301)


def test_a_client_that_retries_gets_through(fake_cloud, fake_clock, fifo_url, burst):
    burst(fifo_url, 300)
    start = fake_clock.now()
    client = boto3.client("sqs", region_name="us-east-1", config=Config(retries={"mode": "legacy", "max_attempts": 9}))
    client.send_message(QueueUrl=fifo_url, MessageBody="late", MessageGroupId="g")
    assert fake_clock.now() >= start + 1000
