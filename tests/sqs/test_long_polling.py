"""Long polling: who waits, what wakes them, in which order, and what happens if they go away."""

import pytest


def test_a_poll_ends_empty_when_its_wait_is_over(fake_clock, sqs, queue_url):
    start = fake_clock.now()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
    assert fake_clock.now() == start + 20_000


def test_a_short_poll_doesnt_wait(fake_clock, sqs, queue_url):
    start = fake_clock.now()
    sqs.receive_message(QueueUrl=queue_url)
    assert fake_clock.now() == start


def test_the_queues_wait_holds_where_the_request_names_none(fake_clock, sqs, create):
    url = create("patient", ReceiveMessageWaitTimeSeconds=7)
    start = fake_clock.now()
    sqs.receive_message(QueueUrl=url)
    assert fake_clock.now() == start + 7_000
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)
    assert fake_clock.now() == start + 7_000


def test_a_message_that_is_there_is_received_at_once(fake_clock, send, bodies, queue_url):
    start = fake_clock.now()
    send(queue_url)
    assert bodies(queue_url, WaitTimeSeconds=20) == ["message"]
    assert fake_clock.now() == start


@pytest.mark.parametrize("wait", [-1, 21])
def test_a_wait_is_at_most_twenty_seconds(receive, queue_url, invalid, wait):
    with invalid(
        f"Value {wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
    ):
        receive(queue_url, WaitTimeSeconds=wait)


def test_the_end_of_a_delay_wakes(fake_clock, send, bodies, queue_url):
    start = fake_clock.now()
    send(queue_url, DelaySeconds=5)
    assert bodies(queue_url, WaitTimeSeconds=20) == ["message"]
    assert fake_clock.now() == start + 5_000


def test_the_end_of_a_visibility_timeout_wakes(fake_clock, send, bodies, queue_url):
    start = fake_clock.now()
    send(queue_url)
    bodies(queue_url, VisibilityTimeout=3)
    assert bodies(queue_url, WaitTimeSeconds=20) == ["message"]
    assert fake_clock.now() == start + 3_000


def test_what_becomes_visible_as_the_wait_ends_is_received(fake_clock, send, bodies, queue_url):
    bodies(queue_url)
    send(queue_url)
    bodies(queue_url, VisibilityTimeout=20)
    assert bodies(queue_url, WaitTimeSeconds=20) == ["message"]


def messages(pending):
    return [message["Body"] for message in pending.result().get("Messages", [])]


def test_a_send_wakes_at_that_instant(fake_clock, send, queue_url, waiting_receive):
    waiting = waiting_receive(queue_url)
    fake_clock.advance(7)
    assert not waiting.done
    send(queue_url)
    assert messages(waiting) == ["message"]


def test_those_who_wait_are_served_in_the_order_in_which_they_came(fake_clock, send, queue_url, waiting_receive):
    first, second, third = (waiting_receive(queue_url) for _ in range(3))
    send(queue_url, "a")
    assert (first.done, second.done, third.done) == (True, False, False)
    send(queue_url, "b")
    send(queue_url, "c")
    assert [messages(each) for each in (first, second, third)] == [["a"], ["b"], ["c"]]


def test_a_batch_is_given_out_together(fake_clock, sqs, queue_url, waiting_receive):
    first = waiting_receive(queue_url, MaxNumberOfMessages=2)
    second = waiting_receive(queue_url, MaxNumberOfMessages=10)
    entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(5)]
    sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
    assert messages(first) == ["0", "1"]
    assert messages(second) == ["2", "3", "4"]


def test_making_a_message_visible_wakes(fake_clock, sqs, send, receive, queue_url, waiting_receive):
    send(queue_url)
    (message,) = receive(queue_url)
    waiting = waiting_receive(queue_url)
    sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert messages(waiting) == ["message"]


def test_a_message_that_is_moved_into_the_queue_wakes(fake_clock, fake_sqs, send, bodies, waiting_receive):
    fake_sqs.create_queue("jobs", dead_letter_queue="dead", max_receive_count=1)
    url = fake_sqs.queue("jobs").url
    send(url)
    bodies(url, VisibilityTimeout=0)
    waiting = waiting_receive(fake_sqs.queue("dead").url)
    assert bodies(url) == []
    assert messages(waiting) == ["message"]


def test_room_below_the_limit_of_messages_in_flight_wakes(
    fake_clock, fake_sqs, sqs, send, receive, queue_url, waiting_receive
):
    fake_sqs.quotas.in_flight = 1
    send(queue_url, "a")
    send(queue_url, "b")
    (message,) = receive(queue_url)
    waiting = waiting_receive(queue_url)
    assert not waiting.done
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    assert messages(waiting) == ["b"]


@pytest.mark.parametrize("unblock", ["delete", "change", "timeout", "expire"])
def test_a_fifo_group_that_is_unblocked_wakes(fake_clock, sqs, send, create, receive, waiting_receive, unblock):
    url = create("jobs.fifo", ContentBasedDeduplication="true", MessageRetentionPeriod=60, VisibilityTimeout=300)
    send(url, "one")
    fake_clock.advance(45)
    send(url, "two")
    (message,) = receive(url, 1, VisibilityTimeout=10 if unblock == "timeout" else 300)
    waiting = waiting_receive(url)
    assert not waiting.done
    if unblock == "delete":
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    elif unblock == "change":
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    else:
        fake_clock.advance(15)
    assert messages(waiting) == (["one"] if unblock in {"change", "timeout"} else ["two"])


def test_deleting_the_queue_fails_those_who_wait(fake_clock, sqs, queue_url, waiting_receive):
    waiting = waiting_receive(queue_url)
    sqs.delete_queue(QueueUrl=queue_url)
    assert type(waiting.error).__name__ == "QueueDoesNotExist"


def test_a_purge_leaves_those_who_wait_waiting(fake_clock, sqs, send, queue_url, waiting_receive):
    send(queue_url, DelaySeconds=5)
    waiting = waiting_receive(queue_url)
    sqs.purge_queue(QueueUrl=queue_url)
    fake_clock.advance(19.999)
    assert not waiting.done
    fake_clock.advance(0.001)
    assert messages(waiting) == []


def test_a_long_jump_answers_at_the_instant_at_which_there_was_something(fake_clock, send, queue_url, waiting_receive):
    start = fake_clock.now()
    send(queue_url, DelaySeconds=5)
    waiting = waiting_receive(queue_url, AttributeNames=["ApproximateFirstReceiveTimestamp"])
    fake_clock.advance(3600)
    (message,) = waiting.result()["Messages"]
    assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(start + 5_000)


class TestGoingAway:
    def test_before_the_answer_the_message_is_for_somebody_else(
        self, fake_cloud, fake_clock, send, bodies, queue_url, waiting_receive
    ):
        gone, stays = waiting_receive(queue_url), waiting_receive(queue_url)
        with fake_cloud.lock:
            gone.cancel()
        send(queue_url)
        assert messages(stays) == ["message"]

    @pytest.mark.parametrize("name", ["jobs", "jobs.fifo"])
    def test_after_the_answer_the_message_is_as_it_was(
        self, fake_cloud, fake_clock, send, receive, create, waiting_receive, name
    ):
        url = create(name)
        deduplicated = {"MessageDeduplicationId": "x"} if name.endswith(".fifo") else {}
        waiting = waiting_receive(url)
        send(url, **deduplicated)
        fake_clock.advance(2)
        with fake_cloud.lock:
            waiting.cancel()
        (message,) = receive(url, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == "1"
        assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(fake_clock.now())
        assert message["ReceiptHandle"] != waiting.result()["Messages"][0]["ReceiptHandle"]

    def test_it_is_back_in_its_place(self, fake_cloud, fake_clock, send, bodies, queue_url, waiting_receive):
        waiting = waiting_receive(queue_url)
        send(queue_url, "first")
        send(queue_url, "second")
        with fake_cloud.lock:
            waiting.cancel()
        assert bodies(queue_url) == ["first", "second"]

    def test_it_looks_as_before(self, fake_cloud, fake_clock, fake_sqs, send, receive, queue_url, waiting_receive):
        send(queue_url)
        receive(queue_url, VisibilityTimeout=1)
        waiting = waiting_receive(queue_url)
        fake_clock.advance(1)
        with fake_cloud.lock:
            waiting.cancel()
        (message,) = fake_sqs.queue("jobs").visible
        assert (message.receive_count, message.visible_at) == (1, fake_clock.now())

    def test_it_goes_to_the_next_who_waits(self, fake_cloud, fake_clock, send, queue_url, waiting_receive):
        gone, stays = waiting_receive(queue_url), waiting_receive(queue_url)
        send(queue_url)
        with fake_cloud.lock:
            gone.cancel()
        assert messages(stays) == ["message"]

    def test_an_older_receive_count_is_kept(self, fake_cloud, fake_clock, send, receive, queue_url, waiting_receive):
        send(queue_url)
        receive(queue_url, VisibilityTimeout=1)
        first = fake_clock.now()
        waiting = waiting_receive(queue_url)
        fake_clock.advance(1)
        with fake_cloud.lock:
            waiting.cancel()
        (message,) = receive(queue_url, AttributeNames=["All"])
        assert message["Attributes"]["ApproximateReceiveCount"] == "2"
        assert message["Attributes"]["ApproximateFirstReceiveTimestamp"] == str(first)

    def test_a_message_that_was_received_again_meanwhile_is_left_alone(
        self, fake_cloud, fake_clock, send, receive, queue_url, waiting_receive, counts
    ):
        waiting = waiting_receive(queue_url, VisibilityTimeout=1)
        send(queue_url)
        fake_clock.advance(1)
        receive(queue_url)
        with fake_cloud.lock:
            waiting.cancel()
        assert counts(queue_url) == (0, 1, 0)
