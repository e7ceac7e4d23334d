"""Retention: when messages expire, whatever happens to them meanwhile."""

import pytest


@pytest.fixture
def minute_url(create):
    return create("minute", MessageRetentionPeriod=60)


def test_a_message_expires_at_the_end_of_its_retention_period(fake_clock, fake_sqs, send, minute_url, counts):
    send(minute_url)
    fake_clock.advance(59.999)
    assert counts(minute_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(minute_url) == (0, 0, 0)
    assert [message.body for message in fake_sqs.queue("minute").expired] == ["message"]


def test_four_days_unless_the_queue_says_otherwise(fake_clock, send, queue_url, counts):
    send(queue_url)
    fake_clock.advance(345_599.999)
    assert counts(queue_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(queue_url) == (0, 0, 0)


def test_a_message_in_flight_expires_too_and_its_handle_is_of_no_use(
    fake_clock, sqs, send, minute_url, receive, counts, invalid
):
    send(minute_url)
    fake_clock.advance(50)
    (message,) = receive(minute_url, VisibilityTimeout=300)
    fake_clock.advance(9.999)
    assert counts(minute_url) == (0, 1, 0)
    fake_clock.advance(0.001)
    assert counts(minute_url) == (0, 0, 0)
    sqs.delete_message(QueueUrl=minute_url, ReceiptHandle=message["ReceiptHandle"])
    with invalid():
        sqs.change_message_visibility(QueueUrl=minute_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    fake_clock.advance(300)
    assert receive(minute_url) == []


def test_the_delay_counts(fake_clock, send, minute_url, counts):
    send(minute_url, DelaySeconds=10)
    fake_clock.advance(10)
    assert counts(minute_url) == (1, 0, 0)
    fake_clock.advance(49.999)
    assert counts(minute_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(minute_url) == (0, 0, 0)


def test_a_message_may_expire_before_its_delay_is_over(fake_clock, send, minute_url, counts):
    send(minute_url, DelaySeconds=900)
    fake_clock.advance(59.999)
    assert counts(minute_url) == (0, 0, 1)
    fake_clock.advance(0.001)
    assert counts(minute_url) == (0, 0, 0)


def test_receiving_doesnt_prolong_it(fake_clock, send, minute_url, receive, counts):
    send(minute_url)
    for _ in range(5):
        receive(minute_url, VisibilityTimeout=1)
        fake_clock.advance(11)
    fake_clock.advance(5)
    assert counts(minute_url) == (0, 0, 0)


def test_at_the_end_of_both_a_message_has_expired(fake_clock, send, minute_url, bodies):
    send(minute_url)
    fake_clock.advance(30)
    assert bodies(minute_url, VisibilityTimeout=30) == ["message"]
    fake_clock.advance(30)
    assert bodies(minute_url) == []


def test_a_shorter_period_expires_messages_at_once(fake_clock, sqs, send, queue_url, counts):
    send(queue_url, "old")
    fake_clock.advance(60)
    send(queue_url, "new")
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"MessageRetentionPeriod": "61"})
    assert counts(queue_url) == (2, 0, 0)
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"MessageRetentionPeriod": "60"})
    assert counts(queue_url) == (1, 0, 0)


def test_a_longer_period_keeps_messages_that_are_there(fake_clock, sqs, send, minute_url, counts):
    send(minute_url)
    fake_clock.advance(59)
    sqs.set_queue_attributes(QueueUrl=minute_url, Attributes={"MessageRetentionPeriod": "120"})
    fake_clock.advance(60.999)
    assert counts(minute_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    assert counts(minute_url) == (0, 0, 0)


def test_a_message_that_grows_old_leaves_a_cloud_idle(fake_clock, send, queue_url, counts):
    send(queue_url)
    fake_clock.run_until_idle()
    assert counts(queue_url) == (1, 0, 0)


def test_expiry_unblocks_a_fifo_group(fake_clock, send, create, bodies):
    url = create("minute.fifo", ContentBasedDeduplication="true", MessageRetentionPeriod=60)
    send(url, "one")
    fake_clock.advance(10)
    send(url, "two")
    assert bodies(url, 1, VisibilityTimeout=300) == ["one"]
    fake_clock.advance(49.999)
    assert bodies(url) == []
    fake_clock.advance(0.001)
    assert bodies(url) == ["two"]
