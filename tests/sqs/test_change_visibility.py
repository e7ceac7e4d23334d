"""ChangeMessageVisibility, alone and in batches."""

import pytest


@pytest.fixture
def change(sqs):
    return lambda url, handle, timeout: sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=timeout
    )


@pytest.fixture
def handle(send, receive, queue_url):
    send(queue_url, "order 1")
    return receive(queue_url)[0]["ReceiptHandle"]


def test_a_new_timeout_counts_from_the_change(fake_clock, change, queue_url, handle, bodies):
    fake_clock.advance(15)
    change(queue_url, handle, 10)
    fake_clock.advance(9.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["order 1"]


def test_it_can_be_made_longer(fake_clock, change, queue_url, handle, bodies):
    change(queue_url, handle, 100)
    fake_clock.advance(99.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["order 1"]


def test_zero_makes_it_visible_at_once(change, queue_url, handle, bodies, counts):
    change(queue_url, handle, 0)
    assert counts(queue_url) == (1, 0, 0)
    assert bodies(queue_url) == ["order 1"]


def test_the_next_receive_begins_with_the_queues_timeout(fake_clock, change, queue_url, handle, bodies):
    change(queue_url, handle, 5)
    fake_clock.advance(5)
    assert bodies(queue_url) == ["order 1"]
    fake_clock.advance(29.999)
    assert bodies(queue_url) == []


def test_twelve_hours_count_from_the_receive(fake_clock, change, queue_url, handle, invalid, bodies):
    fake_clock.advance(1)
    with invalid():
        change(queue_url, handle, 43_200)
    change(queue_url, handle, 43_199)
    change(queue_url, handle, 43_198)
    fake_clock.advance(43_197.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["order 1"]


def test_twelve_hours_can_be_used_up_in_steps_but_not_passed(fake_clock, change, queue_url, handle, invalid):
    change(queue_url, handle, 43_000)
    fake_clock.advance(42_000)
    change(queue_url, handle, 1_200)
    with invalid():
        change(queue_url, handle, 1_201)


def test_a_receive_begins_twelve_new_hours(fake_clock, change, queue_url, handle, receive):
    fake_clock.advance(30)
    (message,) = receive(queue_url)
    change(queue_url, message["ReceiptHandle"], 43_200)


@pytest.mark.parametrize("timeout", [-1, 43_201])
def test_other_timeouts_are_refused(change, queue_url, handle, invalid, timeout):
    with invalid():
        change(queue_url, handle, timeout)


def test_a_message_that_is_visible_again_is_not_in_flight(fake_clock, change, queue_url, handle, refused, bodies):
    fake_clock.advance(29.999)
    change(queue_url, handle, 30)
    fake_clock.advance(30)
    with refused("AWS.SimpleQueueService.MessageNotInflight") as seen:
        change(queue_url, handle, 30)
    assert "message" not in seen.response
    assert bodies(queue_url) == ["order 1"]


def test_an_older_handle_will_do(fake_clock, change, queue_url, handle, receive, bodies):
    fake_clock.advance(30)
    receive(queue_url)
    change(queue_url, handle, 10)
    fake_clock.advance(9.999)
    assert bodies(queue_url) == []
    fake_clock.advance(0.001)
    assert bodies(queue_url) == ["order 1"]


def test_a_message_that_was_made_visible_is_not_in_flight(change, queue_url, handle, refused):
    change(queue_url, handle, 0)
    with refused("AWS.SimpleQueueService.MessageNotInflight"):
        change(queue_url, handle, 0)


def test_a_message_that_has_expired_cant_be_changed(fake_clock, change, queue_url, handle, invalid):
    fake_clock.advance(345_600)
    with invalid():
        change(queue_url, handle, 30)


def test_a_deleted_message_cant_be_changed(sqs, change, queue_url, handle, invalid):
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=handle)
    with invalid():
        change(queue_url, handle, 30)


def test_a_handle_that_is_none(change, queue_url, refused):
    with refused("ReceiptHandleIsInvalid", status=404):
        change(queue_url, "nonsense", 30)


class TestFifo:
    @pytest.fixture
    def handles(self, send, fifo_url, receive):
        for body in ("foo", "bar", "baz"):
            send(fifo_url, body)
        return [message["ReceiptHandle"] for message in receive(fifo_url)]

    def test_an_expired_handle_is_refused(self, fake_clock, change, fifo_url, handles, invalid):
        fake_clock.advance(29.999)
        change(fifo_url, handles[0], 30)
        fake_clock.advance(30)
        with invalid(
            f"Value {handles[0]} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
        ):
            change(fifo_url, handles[0], 30)

    def test_what_is_before_a_message_in_flight_is_delivered_again(self, change, fifo_url, handles, bodies):
        change(fifo_url, handles[0], 0)
        change(fifo_url, handles[1], 0)
        assert bodies(fifo_url) == ["foo", "bar"]

    def test_what_is_behind_one_is_not(self, change, fifo_url, handles, bodies):
        change(fifo_url, handles[1], 0)
        change(fifo_url, handles[2], 0)
        assert bodies(fifo_url) == []

    def test_a_group_is_blocked_as_long_as_one_of_it_is_hidden(self, fake_clock, change, fifo_url, handles, bodies):
        change(fifo_url, handles[0], 60)
        fake_clock.advance(59.999)
        assert bodies(fifo_url) == []
        fake_clock.advance(0.001)
        assert bodies(fifo_url) == ["foo", "bar", "baz"]


class TestBatch:
    def test_each_entry_has_its_own_outcome(self, sqs, fake_clock, send, queue_url, receive, bodies):
        for body in ("a", "b", "c"):
            send(queue_url, body)
        handles = [message["ReceiptHandle"] for message in receive(queue_url)]
        entries = [
            {"Id": "first", "ReceiptHandle": handles[0], "VisibilityTimeout": 0},
            {"Id": "second", "ReceiptHandle": handles[1], "VisibilityTimeout": 43_201},
            {"Id": "third", "ReceiptHandle": "nonsense", "VisibilityTimeout": 1},
            {"Id": "fourth", "ReceiptHandle": handles[2]},
        ]
        answer = sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)
        assert answer["Successful"] == [{"Id": "first"}]
        assert [(failed["Id"], failed["Code"], failed["SenderFault"]) for failed in answer["Failed"]] == [
            ("second", "InvalidParameterValue", True),
            ("third", "ReceiptHandleIsInvalid", True),
            ("fourth", "MissingParameter", True),
        ]
        assert bodies(queue_url) == ["a"]
