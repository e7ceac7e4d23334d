"""What AWS leaves open is asked of the schedule: here scripted ones drive it."""

import json

import pytest

from pytest_cloudfakes.schedule import Schedule


class Script(Schedule):
    """Answers by name: the index of the alternative each time, and the first once a list is used up."""

    friendly = False

    def __init__(self):
        self.answers = {}
        self.asked = []

    def choose(self, name, alternatives):
        self.asked.append((name, list(alternatives)))
        answers = self.answers.get(name, [])
        return alternatives[answers.pop(0) if answers else 0]


@pytest.fixture
def script(fake_cloud):
    script = fake_cloud.schedule = Script()
    return script


@pytest.fixture
def sqs(script, sqs):
    return sqs


def test_the_first_alternatives_are_the_friendly_ones(fake_clock, sqs, script, send, queue_url, receive, bodies):
    for number in range(3):
        send(queue_url, str(number))
    messages = receive(queue_url)
    assert [message["Body"] for message in messages] == ["0", "1", "2"]
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=messages[0]["ReceiptHandle"])
    fake_clock.advance(30)
    assert bodies(queue_url) == ["1", "2"]
    assert {name for name, _ in script.asked} >= {"sqs.receive.next", "sqs.receive.short_poll"}


def test_any_message_may_come_first(script, send, queue_url, bodies):
    for number in range(4):
        send(queue_url, str(number))
    script.answers["sqs.receive.next"] = [3, 1, 1]
    assert bodies(queue_url) == ["3", "1", "2", "0"]


class TestShortPolls:
    def test_they_may_find_less_than_there_is(self, script, send, queue_url, bodies):
        for number in range(4):
            send(queue_url, str(number))
        script.answers["sqs.receive.short_poll"] = [2]
        assert bodies(queue_url) == ["0", "1"]

    def test_they_may_find_nothing_but_not_for_ever(self, script, send, queue_url, bodies):
        send(queue_url)
        script.answers["sqs.receive.short_poll"] = [1, 1, 1]
        assert [bodies(queue_url) for _ in range(4)] == [[], [], [], ["message"]]
        assert [alternatives for name, alternatives in script.asked if name == "sqs.receive.short_poll"][-1] == [1]

    def test_long_polls_find_at_least_one(self, script, send, queue_url, bodies):
        for number in range(3):
            send(queue_url, str(number))
        script.answers["sqs.receive.long_poll"] = [2]
        assert bodies(queue_url, WaitTimeSeconds=1) == ["0"]
        assert [list(alternatives) for name, alternatives in script.asked if name == "sqs.receive.long_poll"] == [
            [3, 2, 1]
        ]

    def test_so_do_those_that_waited(self, fake_clock, script, sqs, queue_url, waiting_receive):
        waiting = waiting_receive(queue_url, MaxNumberOfMessages=10)
        script.answers["sqs.receive.long_poll"] = [1]
        entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(2)]
        sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        assert [message["Body"] for message in waiting.result()["Messages"]] == ["0"]

    def test_long_polls_are_not_asked_as_short_ones(self, script, send, queue_url, bodies):
        send(queue_url)
        script.answers["sqs.receive.short_poll"] = [1]
        assert bodies(queue_url, WaitTimeSeconds=1) == ["message"]


class TestSecondDeliveries:
    def test_a_message_in_flight_may_be_delivered_a_second_time_but_no_third(
        self, fake_clock, script, send, queue_url, receive
    ):
        send(queue_url)
        (first,) = receive(queue_url, AttributeNames=["All"])
        script.answers["sqs.receive.duplicate"] = [1, 1]
        (second,) = receive(queue_url, AttributeNames=["All"])
        assert receive(queue_url) == []
        assert second["MessageId"] == first["MessageId"]
        assert second["ReceiptHandle"] != first["ReceiptHandle"]
        assert second["Attributes"]["ApproximateReceiveCount"] == "2"

    def test_the_message_is_taken_from_among_visible_ones(self, script, send, queue_url, bodies):
        send(queue_url, "one")
        bodies(queue_url)
        send(queue_url, "two")
        script.answers["sqs.receive.duplicate"] = [1]
        assert bodies(queue_url) == ["two", "one"]

    def test_deliveries_never_exceed_the_maximum(self, script, create, send, bodies):
        create("dead")
        policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}
        url = create("jobs", RedrivePolicy=json.dumps(policy))
        send(url)
        bodies(url)
        script.answers["sqs.receive.duplicate"] = [1]
        assert bodies(url) == []

    def test_a_deleted_message_may_come_back_once(self, fake_clock, sqs, script, send, queue_url, receive):
        send(queue_url)
        script.answers["sqs.delete.copy_remains"] = [1, 1]
        (first,) = receive(queue_url)
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=first["ReceiptHandle"])
        fake_clock.advance(30)
        (second,) = receive(queue_url)
        assert second["MessageId"] == first["MessageId"]
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=second["ReceiptHandle"])
        fake_clock.advance(30)
        assert receive(queue_url) == []

    def test_it_never_comes_after_its_expiry(self, fake_clock, sqs, script, create, send, receive):
        url = create("minute", MessageRetentionPeriod=60)
        send(url)
        fake_clock.advance(50)
        script.answers["sqs.delete.copy_remains"] = [1]
        (message,) = receive(url)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        fake_clock.advance(30)
        assert receive(url) == []


@pytest.mark.parametrize("deletes", [0, 1])
def test_a_superseded_handle_may_or_may_not_delete(fake_clock, sqs, script, send, queue_url, receive, counts, deletes):
    send(queue_url)
    (first,) = receive(queue_url)
    fake_clock.advance(30)
    receive(queue_url)
    script.answers["sqs.delete.superseded"] = [deletes]
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=first["ReceiptHandle"])
    assert counts(queue_url) == (0, 1 - deletes, 0)


class TestCounters:
    def test_they_may_be_as_told_before_for_a_minute(self, fake_clock, script, send, queue_url, counts):
        send(queue_url)
        script.answers["sqs.counters.lag"] = [0, 1, 1, 1]
        assert counts(queue_url) == (1, 0, 0)
        send(queue_url)
        assert counts(queue_url) == (1, 0, 0)
        fake_clock.advance(59.999)
        assert counts(queue_url) == (1, 0, 0)
        fake_clock.advance(0.001)
        assert counts(queue_url) == (2, 0, 0)

    def test_a_look_into_the_queue_is_exact(self, script, fake_sqs, send, queue_url):
        script.answers["sqs.counters.lag"] = [1, 1]
        send(queue_url)
        assert fake_sqs.queue("jobs").attributes["ApproximateNumberOfMessages"] == "1"


class TestLists:
    def test_a_new_queue_may_be_missing_for_a_minute(self, fake_clock, script, sqs, queue_url):
        script.answers["sqs.list.new"] = [1, 1]
        assert "QueueUrls" not in sqs.list_queues()
        fake_clock.advance(59.999)
        assert "QueueUrls" not in sqs.list_queues()
        fake_clock.advance(0.001)
        assert sqs.list_queues()["QueueUrls"] == [queue_url]

    def test_also_as_a_source_of_a_dead_letter_queue(self, fake_clock, script, sqs, create):
        dead = create("dead")
        policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}
        url = create("jobs", RedrivePolicy=json.dumps(policy))
        script.answers["sqs.list.new"] = [1]
        assert not sqs.list_dead_letter_source_queues(QueueUrl=dead).get("queueUrls")
        assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


class TestTimeouts:
    def test_a_message_may_be_hidden_for_a_moment_more(self, fake_clock, script, send, queue_url, bodies):
        send(queue_url)
        bodies(queue_url)
        script.answers["sqs.visible.late"] = [1, 1]
        fake_clock.advance(30.999)
        assert bodies(queue_url) == []
        fake_clock.advance(0.001)
        assert bodies(queue_url) == ["message"]

    def test_the_moment_is_of_one_receive(self, fake_clock, script, send, queue_url, bodies):
        send(queue_url)
        script.answers["sqs.visible.late"] = [1, 1]
        for _ in range(2):
            assert bodies(queue_url) == ["message"]
            fake_clock.advance(30.999)
            assert bodies(queue_url) == []
            fake_clock.advance(0.001)

    def test_a_receiver_may_use_it_to_delete(self, fake_clock, sqs, script, send, queue_url, receive, counts):
        send(queue_url)
        (message,) = receive(queue_url)
        script.answers["sqs.visible.late"] = [1]
        fake_clock.advance(30)
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        assert counts(queue_url) == (0, 0, 0)
        fake_clock.advance(1)
        assert counts(queue_url) == (0, 0, 0)

    def test_on_a_fifo_queue_it_isnt(self, fake_clock, script, send, fifo_url, bodies):
        send(fifo_url)
        bodies(fifo_url)
        script.answers["sqs.visible.late"] = [1]
        fake_clock.advance(30)
        assert bodies(fifo_url) == ["message"]


class TestDeadLetters:
    @pytest.fixture
    def url(self, create):
        create("dead")
        policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}
        return create("jobs", RedrivePolicy=json.dumps(policy))

    @pytest.mark.parametrize("at_timeout", [0, 1])
    def test_a_poison_message_may_move_when_its_last_timeout_ends(
        self, fake_clock, script, url, send, bodies, counts, at_timeout
    ):
        send(url)
        bodies(url)
        script.answers["sqs.dead_letter.at_timeout"] = [at_timeout]
        fake_clock.advance(29.999)
        assert counts(url) == (0, 1, 0)
        fake_clock.advance(0.001)
        assert counts(url) == (1 - at_timeout, 0, 0)
        assert counts(url.replace("jobs", "dead")) == (at_timeout, 0, 0)

    def test_another_message_may_not(self, fake_clock, script, queue_url, send, bodies, counts):
        send(queue_url)
        bodies(queue_url)
        script.answers["sqs.dead_letter.at_timeout"] = [1]
        fake_clock.advance(30)
        assert counts(queue_url) == (1, 0, 0)


class TestFifo:
    def test_any_group_may_come_first_but_no_message_out_of_its_group(self, script, send, fifo_url, bodies):
        for group in "abc":
            for number in range(2):
                send(fifo_url, f"{group}{number}", group=group)
        script.answers["sqs.fifo.group"] = [2, 1]
        assert bodies(fifo_url) == ["c0", "c1", "b0", "b1", "a0", "a1"]

    def test_with_a_timeout_of_zero_each_message_comes_once(self, script, send, fifo_url, bodies):
        for group in "ab":
            send(fifo_url, group, group=group)
        script.answers["sqs.fifo.group"] = [1]
        assert bodies(fifo_url, VisibilityTimeout=0) == ["b", "a"]
        assert bodies(fifo_url) == ["a", "b"]

    def test_nothing_is_delivered_twice(self, script, send, fifo_url, bodies):
        send(fifo_url)
        bodies(fifo_url)
        assert bodies(fifo_url) == []
        assert not [name for name, _ in script.asked if name in {"sqs.receive.duplicate", "sqs.receive.next"}]
