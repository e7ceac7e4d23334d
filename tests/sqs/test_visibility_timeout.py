"""The visibility timeout: how long a received message is hidden, and when it is back."""

import pytest


def test_a_received_message_is_back_when_its_timeout_ends(fake_clock, send, queue_url, bodies, counts):
    send(queue_url, "order 1")
    assert bodies(queue_url, VisibilityTimeout=30) == ["order 1"]
    assert counts(queue_url) == (0, 1, 0)
    fake_clock.advance(29.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert counts(queue_url) == (1, 0, 0)
    assert bodies(queue_url) == ["order 1"]


def test_the_queues_timeout_is_thirty_seconds_unless_it_says_otherwise(fake_clock, send, create, queue_url, bodies):
    other = create("other", VisibilityTimeout=5)
    for url in (queue_url, other):
        send(url)
        bodies(url)
    fake_clock.advance(5)
    assert bodies(other) == ["message"]
    fake_clock.advance(24.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["message"]


def test_a_timeout_belongs_to_one_receive(fake_clock, send, queue_url, bodies):
    send(queue_url)
    bodies(queue_url, VisibilityTimeout=5)
    fake_clock.advance(5)
    bodies(queue_url)
    fake_clock.advance(29.999)
    assert bodies(queue_url) == []


def test_a_timeout_of_zero_leaves_the_message_visible(send, queue_url, bodies, counts):
    send(queue_url)
    assert bodies(queue_url, VisibilityTimeout=0) == ["message"]
    assert counts(queue_url) == (1, 0, 0)
    assert bodies(queue_url, VisibilityTimeout=0) == ["message"]


def test_a_new_timeout_of_the_queue_leaves_messages_in_flight_alone(fake_clock, sqs, send, queue_url, bodies):
    send(queue_url)
    bodies(queue_url)
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"VisibilityTimeout": "5"})
    fake_clock.advance(29.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["message"]
    fake_clock.advance(5)
    assert bodies(queue_url) == ["message"]


def test_messages_come_back_to_their_old_places(fake_clock, send, queue_url, bodies):
    for number in range(4):
        send(queue_url, str(number))
    bodies(queue_url, 2, VisibilityTimeout=10)
    bodies(queue_url, 1, VisibilityTimeout=5)
    fake_clock.advance(10)
    assert bodies(queue_url) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("timeout", [0, 43_200])
def test_timeouts_of_up_to_twelve_hours(send, queue_url, bodies, timeout):
    send(queue_url)
    assert bodies(queue_url, VisibilityTimeout=timeout) == ["message"]


@pytest.mark.parametrize("timeout", [-1, 43_201])
def test_other_timeouts_are_refused(receive, queue_url, invalid, timeout):
    with invalid():
        receive(queue_url, VisibilityTimeout=timeout)


def test_at_most_as_many_as_asked_for(send, queue_url, bodies, sqs):
    for number in range(3):
        send(queue_url, str(number))
    assert len(sqs.receive_message(QueueUrl=queue_url)["Messages"]) == 1
    assert bodies(queue_url, 10) == ["1", "2"]


@pytest.mark.parametrize("count", [-1, 0, 11])
def test_one_to_ten_messages_can_be_asked_for(receive, queue_url, invalid, count):
    with invalid(
        f"Value {count} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
    ):
        receive(queue_url, count)


def test_a_long_jump_lets_each_timeout_end_in_its_turn(fake_cloud, fake_clock, send, queue_url, bodies):
    start = fake_clock.now()
    for timeout in (30, 10, 20):
        send(queue_url, f"hidden for {timeout}")
        bodies(queue_url, 1, VisibilityTimeout=timeout)
    fake_clock.advance(3600)
    events = [entry for entry in fake_cloud.journal.events() if "visible again" in entry.what]
    assert [entry.at - start for entry in events] == [10_000, 20_000, 30_000]
