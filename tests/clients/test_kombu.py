"""kombu's SQS transport, used without celery: producers and consumers over a synchronous connection."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import kombu
import pytest
from kombu.exceptions import OperationalError

from pytest_cloudfakes import FakeCloud

Connect = Callable[..., kombu.Connection]


@pytest.fixture
def connect(fake_cloud: FakeCloud) -> Iterator[Connect]:
    """Connects as a program would, with a transport that doesn't pause in real time after an empty poll."""
    opened = []

    def connection(**options: Any) -> kombu.Connection:
        options = {"region": "eu-west-1", "wait_time_seconds": 0, "polling_interval": 0} | options
        opened.append(kombu.Connection("sqs://key:secret@", transport_options=options))
        return opened[-1]

    yield connection
    for one in opened:
        one.release()


class Inbox:
    """Collects what arrives and acknowledges it only when told to."""

    def __init__(self, connection: kombu.Connection, queue: str, *, prefetch: int = 10) -> None:
        self.channel = connection.channel()
        self.connection = connection
        self.messages: list[kombu.Message] = []
        self.consumer = kombu.Consumer(
            self.channel, [kombu.Queue(queue)], on_message=self.messages.append, prefetch_count=prefetch
        )
        self.consumer.consume()

    def drain(self) -> list[Any]:
        """What one poll brings; nothing if it comes back empty."""
        known = len(self.messages)
        with contextlib.suppress(socket.timeout):
            self.connection.drain_events(timeout=0)
        return [message.payload for message in self.messages[known:]]


def publish(connection: kombu.Connection, queue: str, *bodies: Any, **properties: Any) -> None:
    producer = connection.Producer()
    for body in bodies:
        producer.publish(body, routing_key=queue, declare=[kombu.Queue(queue)], **properties)


def attributes(sqs: Any, queue: str) -> dict[str, str]:
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_a_published_message_is_consumed_and_deleted_when_acknowledged(connect: Connect, sqs: Any) -> None:
    connection = connect()
    publish(connection, "thumbnails", {"picture": "cat.png"})

    inbox = Inbox(connection, "thumbnails")
    assert inbox.drain() == [{"picture": "cat.png"}]
    assert attributes(sqs, "thumbnails")["ApproximateNumberOfMessagesNotVisible"] == "1"

    inbox.messages[0].ack()
    assert attributes(sqs, "thumbnails")["ApproximateNumberOfMessagesNotVisible"] == "0"
    assert attributes(sqs, "thumbnails")["ApproximateNumberOfMessages"] == "0"


def test_a_declared_queue_has_the_attributes_and_tags_of_the_transport_options(connect: Connect, sqs: Any) -> None:
    connection = connect(
        visibility_timeout=40,
        **{"sqs-creation-attributes": {"MessageRetentionPeriod": "3600"}, "queue_tags": {"team": "pictures"}},
    )
    kombu.Queue("thumbnails", channel=connection.channel()).declare()

    found = attributes(sqs, "thumbnails")
    assert (found["VisibilityTimeout"], found["MessageRetentionPeriod"]) == ("40", "3600")
    url = sqs.get_queue_url(QueueName="thumbnails")["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "pictures"}


def test_a_message_nobody_acknowledges_comes_back_after_the_visibility_timeout(
    connect: Connect, fake_clock: Any
) -> None:
    connection = connect(visibility_timeout=40)
    publish(connection, "thumbnails", "cat.png")
    crashed = Inbox(connection, "thumbnails")
    assert crashed.drain() == ["cat.png"]

    other = Inbox(connect(visibility_timeout=40), "thumbnails")
    fake_clock.advance(39.999)
    assert other.drain() == []

    fake_clock.advance(0.001)
    assert other.drain() == ["cat.png"]
    assert other.messages[0].delivery_info["sqs_message"]["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_rejected_message_is_deleted_and_a_requeued_one_comes_again(connect: Connect, sqs: Any) -> None:
    connection = connect()
    publish(connection, "thumbnails", "cat.png")
    inbox = Inbox(connection, "thumbnails")
    inbox.drain()

    inbox.messages[-1].requeue()
    assert inbox.drain() == ["cat.png"]

    inbox.messages[-1].reject()
    assert inbox.drain() == []
    assert attributes(sqs, "thumbnails")["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_rejected_message_of_a_queue_with_a_redrive_policy_reaches_the_dead_letter_queue(
    connect: Connect, sqs: Any, fake_clock: Any
) -> None:
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 1}}'
    connection = connect(**{"visibility_timeout": 40, "sqs-creation-attributes": {"RedrivePolicy": policy}})
    publish(connection, "thumbnails", "poison")
    inbox = Inbox(connection, "thumbnails")

    inbox.drain()
    inbox.messages[0].reject()
    assert attributes(sqs, "thumbnails")["ApproximateNumberOfMessagesNotVisible"] == "1"

    fake_clock.advance(40)
    assert inbox.drain() == []
    assert Inbox(connection, "dead").drain() == ["poison"]


def test_a_delayed_message_is_delivered_when_its_delay_ends(connect: Connect, fake_clock: Any) -> None:
    connection = connect()
    publish(connection, "thumbnails", "later", DelaySeconds=60)
    inbox = Inbox(connection, "thumbnails")

    fake_clock.advance(59.999)
    assert inbox.drain() == []

    fake_clock.advance(0.001)
    assert inbox.drain() == ["later"]


def test_a_prefetch_limit_bounds_what_one_poll_takes(connect: Connect, sqs: Any) -> None:
    connection = connect()
    publish(connection, "thumbnails", *range(12))

    assert len(Inbox(connection, "thumbnails", prefetch=3).drain()) == 3
    assert len(Inbox(connection, "thumbnails", prefetch=50).drain()) == 9


def test_messages_of_a_fifo_queue_arrive_in_order(connect: Connect) -> None:
    connection = connect()
    publish(connection, "thumbnails.fifo", *"abc", MessageGroupId="cat")
    inbox = Inbox(connection, "thumbnails.fifo")

    assert inbox.drain() == ["a", "b", "c"]


def test_message_attributes_travel_beside_the_body(connect: Connect) -> None:
    options = {"fetch_message_attributes": {"MessageAttributeNames": ["Colour"]}}
    connection = connect(**options)
    publish(
        connection,
        "thumbnails",
        "cat.png",
        message_attributes={"Colour": {"DataType": "String", "StringValue": "tabby"}},
    )
    inbox = Inbox(connection, "thumbnails")
    inbox.drain()

    received = inbox.messages[0].delivery_info["sqs_message"]
    assert received["MessageAttributes"]["Colour"]["StringValue"] == "tabby"


def test_a_long_poll_waits_on_the_held_clock(connect: Connect, fake_clock: Any) -> None:
    connection = connect(wait_time_seconds=20)
    publish(connection, "thumbnails", "later", DelaySeconds=7)
    inbox = Inbox(connection, "thumbnails")
    start = fake_clock.now()

    assert inbox.drain() == ["later"]
    assert fake_clock.now() - start == 7_000

    inbox.drain()
    assert fake_clock.now() - start == 27_000


def test_a_queue_is_measured_purged_and_deleted(connect: Connect, sqs: Any) -> None:
    connection = connect()
    publish(connection, "thumbnails", "cat.png", "dog.png")
    channel = connection.channel()
    exchange = kombu.Exchange("pictures", channel=channel)
    queue = kombu.Queue("thumbnails", exchange, routing_key="thumbnails", channel=channel)

    assert queue.queue_declare(passive=True).message_count == 2
    queue.purge()
    assert queue.queue_declare(passive=True).message_count == 0

    queue.declare()
    queue.delete()
    assert "QueueUrls" not in sqs.list_queues()


def test_queues_that_exist_are_found_by_their_prefix(connect: Connect, sqs: Any) -> None:
    sqs.create_queue(QueueName="shop-orders", Attributes={"VisibilityTimeout": "77"})
    connection = connect(queue_name_prefix="shop-")
    publish(connection, "orders", "order 1")

    assert attributes(sqs, "shop-orders")["VisibilityTimeout"] == "77"
    assert attributes(sqs, "shop-orders")["ApproximateNumberOfMessages"] == "1"


def test_predefined_queues_are_reached_with_credentials_of_their_own(connect: Connect, sqs: Any) -> None:
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    predefined = {"orders": {"url": url, "access_key_id": "other", "secret_access_key": "secret"}}
    connection = connect(predefined_queues=predefined)
    publish(connection, "orders", "order 1")

    assert Inbox(connection, "orders").drain() == ["order 1"]


def test_a_backoff_policy_changes_the_visibility_of_a_rejected_task(
    connect: Connect, sqs: Any, fake_clock: Any
) -> None:
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    predefined = {"orders": {"url": url, "backoff_policy": {1: 10, 2: 20}, "backoff_tasks": ["shop.bill"]}}
    connection = connect(predefined_queues=predefined)
    publish(connection, "orders", "order 1", headers={"task": "shop.bill"})
    inbox = Inbox(connection, "orders")

    for wait in (10, 20):
        assert inbox.drain() == ["order 1"]
        inbox.messages[-1].reject()
        fake_clock.advance(wait - 0.001)
        assert inbox.drain() == []
        fake_clock.advance(0.001)
    assert inbox.drain() == ["order 1"]


def test_an_unreachable_broker_is_an_operational_error(
    connect: Connect, fake_cloud: FakeCloud, fake_clock: Any
) -> None:
    connection = connect()
    fake_cloud.faults.time_out("sqs", "ListQueues", times=None)

    with pytest.raises(OperationalError):
        connection.ensure_connection(max_retries=0)
