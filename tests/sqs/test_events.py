"""What comes about by itself is told in the journal, and what is coming by the clock."""

import pytest


@pytest.fixture
def events(fake_cloud):
    return lambda: [(entry.resource, entry.what) for entry in fake_cloud.journal.events()]


def test_each_message_by_its_id(fake_clock, send, queue_url, bodies, events):
    sent = send(queue_url, DelaySeconds=5)["MessageId"]
    fake_clock.advance(5)
    bodies(queue_url)
    fake_clock.advance(30)
    fake_clock.advance(345_565)
    assert events() == [
        ("jobs", f"delay of message {sent} is over"),
        ("jobs", f"message {sent} became visible again"),
        ("jobs", f"message {sent} expired"),
    ]


def test_many_messages_together(fake_clock, fake_sqs, queue_url, bodies, events):
    fake_sqs.send_many("jobs", ["a"] * 11)
    for _ in range(2):
        bodies(queue_url)
    fake_clock.advance(30)
    assert events() == [("jobs", "11 messages became visible again")]


def test_a_duplicate_that_is_dropped(fake_clock, send, fifo_url, events):
    sent = send(fifo_url, "order 1")
    send(fifo_url, "order 1")
    fake_clock.advance(299.999)
    send(fifo_url, "order 1")
    assert events() == [("jobs.fifo", f"a duplicate of message {sent['MessageId']} was dropped")] * 2
    fake_clock.advance(0.001)
    send(fifo_url, "order 1")
    assert len(events()) == 2


def test_what_is_coming(fake_clock, send, queue_url, bodies):
    start = fake_clock.now()
    send(queue_url)
    send(queue_url)
    bodies(queue_url)
    send(queue_url, DelaySeconds=5)
    assert [(due.at - start, due.service, due.resource, due.what) for due in fake_clock.upcoming()] == [
        (5_000, "sqs", "jobs", "1 message becomes visible"),
        (30_000, "sqs", "jobs", "2 messages become visible again"),
        (345_600_000, "sqs", "jobs", "3 messages expire"),
    ]


def test_what_is_coming_to_a_fifo_queue(fake_clock, send, create):
    url = create("jobs.fifo", ContentBasedDeduplication="true", DelaySeconds=5)
    start = fake_clock.now()
    send(url, "one")
    send(url, "two")
    assert [(due.at - start, due.what) for due in fake_clock.upcoming()] == [
        (5_000, "2 messages become visible"),
        (345_600_000, "2 messages expire"),
    ]


def test_a_message_that_was_deleted_isnt_coming(fake_clock, sqs, send, queue_url, receive):
    send(queue_url)
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=receive(queue_url)[0]["ReceiptHandle"])
    assert fake_clock.upcoming() == []


def test_it_can_be_said_in_one_line(fake_clock, send, queue_url, bodies, fake_sqs):
    send(queue_url)
    bodies(queue_url)
    fake_clock.assert_holds_until(30, lambda: fake_sqs.queue("jobs").in_flight)
