"""ReceiveRequestAttemptId: a receive that can be repeated."""

import pytest


@pytest.fixture
def attempt(receive, fifo_url):
    return lambda key="a", **parameters: receive(fifo_url, ReceiveRequestAttemptId=key, **parameters)


@pytest.fixture
def three(send, fifo_url):
    for body in ("one", "two", "three"):
        send(fifo_url, body)


def test_a_repeated_receive_gets_the_same_messages_with_the_same_handles(fake_clock, three, attempt):
    first = attempt()
    fake_clock.advance(20)
    assert attempt() == first
    assert len(first) == 3


def test_it_starts_the_visibility_timeouts_again(fake_clock, three, attempt, fifo_url, bodies):
    attempt()
    fake_clock.advance(20)
    attempt()
    fake_clock.advance(29.999)
    assert bodies(fifo_url) == []
    fake_clock.advance(0.001)
    assert bodies(fifo_url) == ["one", "two", "three"]


def test_with_another_timeout_if_it_names_one(fake_clock, three, attempt, fifo_url, bodies):
    attempt()
    attempt(VisibilityTimeout=5)
    fake_clock.advance(4.999)
    assert bodies(fifo_url) == []
    fake_clock.advance(0.001)
    assert bodies(fifo_url) == ["one", "two", "three"]


def test_and_wakes_those_who_wait_then(fake_clock, three, attempt, fifo_url, waiting_receive):
    attempt()
    waiting = waiting_receive(fifo_url)
    attempt(VisibilityTimeout=5)
    fake_clock.advance(4.999)
    assert not waiting.done
    fake_clock.advance(0.001)
    assert waiting.done


def test_it_isnt_counted(fake_clock, three, attempt):
    attempt()
    (first, *_) = attempt(AttributeNames=["ApproximateReceiveCount"])
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"


def test_another_attempt_gets_nothing(three, attempt):
    attempt()
    assert attempt("b") == []


def test_it_can_be_repeated_for_five_minutes(fake_clock, three, attempt):
    first = attempt(VisibilityTimeout=1000)
    fake_clock.advance(299.999)
    assert attempt(VisibilityTimeout=1000) == first
    fake_clock.advance(0.001)
    assert attempt() == []


@pytest.mark.parametrize("change", ["delete", "visibility"])
def test_after_a_message_was_touched_it_is_a_new_receive(sqs, three, attempt, fifo_url, change):
    first = attempt()
    handle = first[1]["ReceiptHandle"]
    if change == "delete":
        sqs.delete_message(QueueUrl=fifo_url, ReceiptHandle=handle)
    else:
        sqs.change_message_visibility(QueueUrl=fifo_url, ReceiptHandle=handle, VisibilityTimeout=100)
    assert attempt() == []


def test_when_the_messages_are_visible_again_it_is_a_new_receive(fake_clock, three, attempt):
    first = attempt()
    fake_clock.advance(30)
    second = attempt()
    assert [message["MessageId"] for message in second] == [message["MessageId"] for message in first]
    assert {message["ReceiptHandle"] for message in second}.isdisjoint(message["ReceiptHandle"] for message in first)
    fake_clock.advance(10)
    assert attempt() == second


def test_an_attempt_that_got_nothing_is_a_new_receive(send, fifo_url, attempt):
    assert attempt() == []
    send(fifo_url)
    assert len(attempt()) == 1


def test_a_receive_that_waited_can_be_repeated(fake_clock, send, fifo_url, attempt, waiting_receive):
    waiting = waiting_receive(fifo_url, ReceiveRequestAttemptId="a")
    send(fifo_url)
    assert attempt() == waiting.result()["Messages"]


@pytest.mark.parametrize("key", ["", "a" * 129, "a b"])
def test_ids_that_are_refused(attempt, invalid, key):
    with invalid():
        attempt(key)


def test_a_standard_queue_takes_no_notice(send, queue_url, receive):
    send(queue_url)
    assert len(receive(queue_url, ReceiveRequestAttemptId="a")) == 1
    assert receive(queue_url, ReceiveRequestAttemptId="a") == []
