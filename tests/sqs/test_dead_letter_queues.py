"""Dead-letter queues: when a message moves, and what it takes along."""

import json

import pytest

ARN = "arn:aws:sqs:us-east-1:123456789012:"


@pytest.fixture
def pair(create):
    """A queue and its dead-letter queue."""

    def create_both(count=2, kind="", source=None, dead=None):
        dead_url = create(f"dead{kind}", **(dead or {}))
        policy = json.dumps({"deadLetterTargetArn": f"{ARN}dead{kind}", "maxReceiveCount": count})
        return create(f"jobs{kind}", RedrivePolicy=policy, **(source or {})), dead_url

    return create_both


def test_the_receive_that_exceeds_the_maximum_moves_the_message(fake_clock, pair, send, receive, bodies, counts):
    url, dead = pair(2)
    send(url, "poison")
    assert bodies(url) == ["poison"]
    fake_clock.advance(30)
    assert bodies(url) == ["poison"]
    fake_clock.advance(30)
    assert counts(dead) == (0, 0, 0)
    assert bodies(url) == []
    assert counts(url) == (0, 0, 0)
    (message,) = receive(dead, AttributeNames=["All"])
    assert message["Body"] == "poison"
    assert message["Attributes"]["ApproximateReceiveCount"] == "3"


def test_without_another_receive_it_stays(fake_clock, pair, send, bodies, counts):
    url, dead = pair(1)
    send(url)
    bodies(url)
    fake_clock.advance(100_000)
    assert counts(url) == (1, 0, 0)
    assert counts(dead) == (0, 0, 0)


def test_a_deleted_message_doesnt_move(fake_clock, sqs, pair, send, receive, counts):
    url, dead = pair(1)
    send(url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=receive(url)[0]["ReceiptHandle"])
    fake_clock.advance(30)
    assert receive(url) == []
    assert counts(dead) == (0, 0, 0)


def test_the_receive_gets_the_messages_behind_it(fake_clock, pair, send, bodies):
    url, dead = pair(1)
    send(url, "poison")
    bodies(url, VisibilityTimeout=0)
    send(url, "good")
    assert bodies(url) == ["good"]
    assert bodies(dead) == ["poison"]


@pytest.mark.parametrize("kind", ["", ".fifo"])
def test_what_a_message_takes_along(fake_clock, pair, sqs, send, receive, kind):
    url, dead = pair(1, kind, source={"ContentBasedDeduplication": "true"} if kind else {})
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    sent = send(
        url,
        "poison",
        group="tenant",
        MessageAttributes={"a": {"DataType": "Number", "StringValue": "1"}},
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}},
    )
    start = fake_clock.now()
    receive(url, VisibilityTimeout=10)
    fake_clock.advance(10)
    receive(url)
    (message,) = receive(dead, AttributeNames=["All"], MessageAttributeNames=["All"])
    assert message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == {"a": {"DataType": "Number", "StringValue": "1"}}
    assert message["Attributes"]["SentTimestamp"] == str(start if not kind else start + 10_000)
    assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(start)
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"
    assert message["Attributes"]["MessageGroupId"] == "tenant"
    assert message["Attributes"]["AWSTraceHeader"] == header
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == f"{ARN}jobs{kind}"
    if kind:
        assert message["Attributes"]["MessageDeduplicationId"] == sent["MessageId"]


def test_only_moved_messages_know_a_source(pair, send, receive):
    url, dead = pair(1)
    send(url)
    send(dead)
    for each in (url, dead):
        assert "DeadLetterQueueSourceArn" not in receive(each, AttributeNames=["All"])[0]["Attributes"]


def test_on_a_standard_queue_retention_goes_on(fake_clock, pair, send, bodies, counts):
    url, dead = pair(1)
    send(url)
    fake_clock.advance(86_400)
    bodies(url, VisibilityTimeout=0)
    bodies(url)
    assert counts(dead) == (1, 0, 0)
    fake_clock.advance(3 * 86_400 - 0.001)
    assert counts(dead) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(dead) == (0, 0, 0)


def test_a_message_older_than_the_dead_letter_queue_keeps_is_gone_at_once(fake_clock, pair, send, bodies, counts):
    url, dead = pair(1, dead={"MessageRetentionPeriod": 60})
    send(url)
    fake_clock.advance(60)
    bodies(url, VisibilityTimeout=0)
    bodies(url)
    assert counts(url) == (0, 0, 0)
    assert counts(dead) == (0, 0, 0)


def test_on_a_fifo_queue_retention_begins_anew(fake_clock, pair, send, bodies, counts, receive):
    url, dead = pair(1, ".fifo", source={"ContentBasedDeduplication": "true"})
    sent = send(url)
    fake_clock.advance(86_400)
    bodies(url, VisibilityTimeout=0)
    bodies(url)
    moved = fake_clock.now()
    (message,) = receive(dead, AttributeNames=["All"], VisibilityTimeout=0)
    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"]["SentTimestamp"] == str(moved)
    assert message["Attributes"]["MessageDeduplicationId"] == sent["MessageId"]
    assert message["Attributes"]["MessageGroupId"] == "group"
    fake_clock.advance(4 * 86_400 - 0.001)
    assert counts(dead) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(dead) == (0, 0, 0)


def test_a_moved_message_unblocks_its_group(fake_clock, pair, send, bodies):
    url, dead = pair(1, ".fifo", source={"ContentBasedDeduplication": "true"})
    send(url, "poison")
    send(url, "good")
    bodies(url, 1)
    fake_clock.advance(30)
    assert bodies(url) == ["good"]
    assert bodies(dead) == ["poison"]


def test_the_delay_of_the_dead_letter_queue_doesnt_matter(pair, send, bodies):
    url, dead = pair(1, dead={"DelaySeconds": 900})
    send(url)
    bodies(url, VisibilityTimeout=0)
    bodies(url)
    assert bodies(dead) == ["message"]


def test_a_dead_letter_queue_that_is_gone_leaves_messages_where_they_are(fake_clock, sqs, pair, send, bodies):
    url, dead = pair(1)
    send(url)
    sqs.delete_queue(QueueUrl=dead)
    for _ in range(3):
        assert bodies(url) == ["message"]
        fake_clock.advance(30)


def test_a_policy_that_comes_later_counts_earlier_receives(fake_clock, sqs, create, queue_url, send, bodies):
    dead = create("dead")
    send(queue_url)
    for _ in range(3):
        bodies(queue_url, VisibilityTimeout=0)
    policy = json.dumps({"deadLetterTargetArn": ARN + "dead", "maxReceiveCount": 2})
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"RedrivePolicy": policy})
    assert bodies(queue_url) == []
    assert bodies(dead) == ["message"]


def test_two_queues_may_be_each_others_dead_letter_queue(fake_clock, sqs, create, send, bodies, waiting_receive):
    urls = [create("a"), create("b")]
    for url, other in zip(urls, "ba", strict=True):
        policy = json.dumps({"deadLetterTargetArn": ARN + other, "maxReceiveCount": 1})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    send(urls[0])
    bodies(urls[0], VisibilityTimeout=0)
    waiting = waiting_receive(urls[1])
    assert bodies(urls[0]) == []
    assert [message["Body"] for message in waiting.result()["Messages"]] == ["message"]


def test_messages_come_into_a_dead_letter_queue_in_the_order_of_their_moves(fake_clock, pair, send, bodies):
    url, dead = pair(1)
    for body in ("one", "two", "three"):
        send(url, body)
        fake_clock.advance(1)
    bodies(url, 1, VisibilityTimeout=60)
    bodies(url, 2, VisibilityTimeout=0)
    bodies(url)
    fake_clock.advance(60)
    bodies(url)
    assert bodies(dead) == ["two", "three", "one"]


def test_a_move_is_told_in_the_journal(fake_cloud, pair, send, bodies):
    url, _ = pair(1)
    sent = send(url)
    bodies(url, VisibilityTimeout=0)
    bodies(url)
    (event,) = [entry for entry in fake_cloud.journal.events() if "moved" in entry.what]
    assert event.resource == "jobs"
    assert event.what == f"message {sent['MessageId']} moved to the dead-letter queue dead"
