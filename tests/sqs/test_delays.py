"""Delays: of a message, of a queue, and how a change of the queue's delay acts on either kind of queue."""

import pytest


def test_a_delayed_message_is_visible_when_its_delay_is_over(fake_clock, send, queue_url, bodies, counts):
    send(queue_url, "later", DelaySeconds=10)
    assert counts(queue_url) == (0, 0, 1)
    fake_clock.advance(9.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert counts(queue_url) == (1, 0, 0)
    assert bodies(queue_url) == ["later"]


def test_the_queues_delay_holds_where_the_message_names_none(fake_clock, send, create, bodies):
    url = create("slow", DelaySeconds=10)
    send(url, "queue's")
    send(url, "own", DelaySeconds=5)
    send(url, "none", DelaySeconds=0)
    assert bodies(url) == ["none"]
    fake_clock.advance(5)
    assert bodies(url) == ["own"]
    fake_clock.advance(4.999)
    assert bodies(url) == []
    fake_clock.advance(0.001)
    assert bodies(url) == ["queue's"]


@pytest.mark.parametrize("delay", [0, 900])
def test_delays_of_up_to_fifteen_minutes(send, queue_url, delay):
    send(queue_url, DelaySeconds=delay)


@pytest.mark.parametrize("delay", [-1, 901])
def test_other_delays_are_refused(send, queue_url, invalid, delay):
    with invalid():
        send(queue_url, DelaySeconds=delay)


def test_a_new_delay_leaves_messages_of_a_standard_queue_alone(fake_clock, sqs, send, create, counts):
    url = create("jobs", DelaySeconds=10)
    send(url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    assert counts(url) == (0, 0, 1)
    send(url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "20"})
    assert counts(url) == (1, 0, 1)
    fake_clock.advance(10)
    assert counts(url) == (2, 0, 0)


def test_messages_sent_earlier_but_visible_later_come_later(fake_clock, send, queue_url, bodies):
    send(queue_url, "delayed", DelaySeconds=5)
    send(queue_url, "at once")
    fake_clock.advance(5)
    assert bodies(queue_url) == ["at once", "delayed"]


class TestFifo:
    def test_a_delay_of_a_message_is_refused(self, send, fifo_url, invalid):
        with invalid(
            "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid "
            "for this queue type."
        ):
            send(fifo_url, DelaySeconds=2)

    def test_a_delay_of_zero_is_the_queues_delay(self, fake_clock, send, create, bodies):
        url = create("slow.fifo", ContentBasedDeduplication="true", DelaySeconds=2)
        send(url, "message-1", DelaySeconds=0)
        fake_clock.advance(1.999)
        assert bodies(url) == []
        fake_clock.advance(0.001)
        assert bodies(url) == ["message-1"]

    def test_a_longer_delay_hides_messages_that_were_visible(self, fake_clock, sqs, send, fifo_url, bodies, counts):
        send(fifo_url, "one")
        send(fifo_url, "two")
        fake_clock.advance(5)
        sqs.set_queue_attributes(QueueUrl=fifo_url, Attributes={"DelaySeconds": "20"})
        assert counts(fifo_url) == (0, 0, 2)
        fake_clock.advance(14.999)
        assert bodies(fifo_url) == []
        fake_clock.advance(0.001)
        assert bodies(fifo_url) == ["one", "two"]

    def test_a_shorter_delay_shows_messages_at_once(self, fake_clock, sqs, send, create, bodies):
        url = create("slow.fifo", ContentBasedDeduplication="true", DelaySeconds=900)
        send(url, "one")
        fake_clock.advance(10)
        send(url, "two")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "10"})
        assert bodies(url) == ["one"]
        fake_clock.advance(10)
        assert bodies(url) == []  # its group is blocked
        fake_clock.advance(20)
        assert bodies(url) == ["one", "two"]

    def test_a_message_that_was_received_has_no_delay_any_more(self, fake_clock, sqs, send, fifo_url, bodies, counts):
        send(fifo_url, "one")
        assert bodies(fifo_url, VisibilityTimeout=1) == ["one"]
        fake_clock.advance(1)
        sqs.set_queue_attributes(QueueUrl=fifo_url, Attributes={"DelaySeconds": "20"})
        assert bodies(fifo_url) == ["one"]

    def test_a_delayed_message_blocks_those_behind_it(self, fake_clock, sqs, send, create, bodies):
        url = create("slow.fifo", ContentBasedDeduplication="true", DelaySeconds=10)
        send(url, "one", group="a")
        fake_clock.advance(5)
        send(url, "two", group="a")
        send(url, "three", group="b")
        fake_clock.advance(5)
        assert bodies(url) == ["one"]
        fake_clock.advance(5)
        assert bodies(url) == ["three"]
