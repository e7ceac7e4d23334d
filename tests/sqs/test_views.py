"""What `fake_sqs` shows, and how it arranges."""

import dataclasses

import pytest

from pytest_cloudfakes.exceptions import CloudFakesError


@pytest.fixture
def jobs(queue_url, fake_sqs):
    return fake_sqs.queue("jobs")


def texts(messages):
    return [message.body for message in messages]


def test_messages_in_each_state(fake_clock, sqs, send, queue_url, receive, jobs):
    start = fake_clock.now()
    send(queue_url, "in flight")
    received = receive(queue_url)
    send(queue_url, "deleted")
    sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=receive(queue_url)[0]["ReceiptHandle"])
    send(queue_url, "delayed", DelaySeconds=10)
    send(queue_url, "visible")
    assert texts(jobs.visible) == ["visible"]
    assert texts(jobs.in_flight) == ["in flight"]
    assert texts(jobs.delayed) == ["delayed"]
    assert texts(jobs.deleted) == ["deleted"]
    assert texts(jobs.messages) == ["in flight", "delayed", "visible"]
    assert jobs.visible[0].visible_at == start
    assert jobs.in_flight[0].visible_at == start + 30_000
    assert jobs.in_flight[0].message_id == received[0]["MessageId"]
    assert jobs.delayed[0].visible_at == start + 10_000
    assert jobs.deleted[0].left_at == start


def test_a_message_as_a_value(fake_clock, send, queue_url, receive, jobs):
    start = fake_clock.now()
    sent = send(
        queue_url,
        "order 1",
        group="tenant",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "new"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00"},
        },
    )
    fake_clock.advance(2)
    receive(queue_url)
    fake_clock.advance(3)
    (message,) = jobs.in_flight
    assert message.body == "order 1"
    assert dict(message.attributes) == {"kind": "new", "raw": b"\x00"}
    assert message.message_id == sent["MessageId"]
    assert message.state == "in flight"
    assert message.receive_count == 1
    assert message.group_id == "tenant"
    assert message.deduplication_id is None
    assert message.sent_at == start
    assert message.first_received_at == message.received_at == start + 2_000
    assert message.visible_at == start + 32_000
    assert message.expires_at == start + 345_600_000
    assert message.left_at is None


def test_values_are_frozen_and_dont_follow(send, queue_url, receive, jobs):
    send(queue_url, MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    (before,) = jobs.visible
    receive(queue_url)
    assert (before.state, before.receive_count) == ("visible", 0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        before.body = "another"
    with pytest.raises(TypeError):
        before.attributes["a"] = "c"


@pytest.mark.cloudfakes(start=__import__("datetime").datetime(2026, 1, 31, 12))
def test_how_values_are_printed(fake_clock, sqs, send, queue_url, receive, jobs):
    send(queue_url, "order 1")
    send(queue_url, "x" * 100, DelaySeconds=10)
    receive(queue_url)
    assert repr(jobs.in_flight) == (
        "[<'order 1' in flight until 2026-01-31 12:00:30.000, received 1x, expires 2026-02-04 12:00:00.000>]"
    )
    assert repr(jobs.delayed[0]).startswith("<'" + "x" * 37 + "...' delayed until 2026-01-31 12:00:10.000")
    assert repr(jobs) == "<queue jobs: 0 visible, 1 in flight, 1 delayed>"
    sqs.delete_queue(QueueUrl=queue_url)
    assert repr(jobs) == "<queue jobs: deleted>"


def test_looking_shows_this_instant(fake_clock, send, queue_url, receive, jobs):
    send(queue_url)
    receive(queue_url)
    fake_clock.advance(30)
    assert texts(jobs.visible) == ["message"]
    assert jobs.in_flight == []


def test_looking_changes_nothing(fake_clock, send, queue_url, receive, jobs):
    send(queue_url)
    for _ in range(3):
        assert len(jobs.visible) == len(jobs.messages) == 1
        repr(jobs)
    assert receive(queue_url, AttributeNames=["All"])[0]["Attributes"]["ApproximateReceiveCount"] == "1"


def test_moved_and_dead_messages(fake_clock, fake_sqs, send, bodies):
    jobs = fake_sqs.create_queue("jobs", dead_letter_queue="dead", max_receive_count=1)
    send(jobs.url, "poison")
    bodies(jobs.url, VisibilityTimeout=0)
    bodies(jobs.url)
    (dead,) = jobs.dead
    assert (dead.body, dead.dead_letter_source, dead.state) == ("poison", jobs.arn, "visible")
    assert texts(jobs.moved) == ["poison"]
    assert texts(fake_sqs.queue("dead").visible) == ["poison"]
    assert fake_sqs.queue("dead").dead == []


def test_expired_messages(fake_clock, create, send, fake_sqs):
    send(create("minute", MessageRetentionPeriod=60))
    start = fake_clock.now()
    fake_clock.advance(3_600)
    (message,) = fake_sqs.queue("minute").expired
    assert (message.state, message.left_at) == ("expired", start + 60_000)


def test_fifo_messages(send, fifo_url, fake_sqs, fake_clock):
    sent = send(fifo_url, DelaySeconds=0)
    (message,) = fake_sqs.queue("jobs.fifo").visible
    assert message.sequence_number == sent["SequenceNumber"]
    assert message.group_id == "group"
    assert len(message.deduplication_id) == 64


def test_a_queue_itself(sqs, queue_url, jobs):
    sqs.tag_queue(QueueUrl=queue_url, Tags={"a": "b"})
    assert (jobs.name, jobs.url, jobs.arn) == ("jobs", queue_url, "arn:aws:sqs:us-east-1:123456789012:jobs")
    assert jobs.attributes["VisibilityTimeout"] == "30"
    assert dict(jobs.tags) == {"a": "b"}
    assert jobs.exists
    sqs.delete_queue(QueueUrl=queue_url)
    assert not jobs.exists


def test_all_queues(fake_cloud, fake_sqs, create):
    create("a")
    fake_cloud.client("sqs", region="eu-west-1").create_queue(QueueName="b")
    assert [queue.name for queue in fake_sqs.queues] == ["a", "b"]
    assert fake_sqs.queue("b", region="eu-west-1").arn == "arn:aws:sqs:eu-west-1:123456789012:b"
    assert "a: 0 visible" in repr(fake_sqs)


def test_a_queue_that_doesnt_exist(fake_sqs, create):
    create("orders")
    with pytest.raises(
        CloudFakesError, match=r"There is no queue 'jobs' in account 123456789012, us-east-1. Queues there: orders."
    ):
        fake_sqs.queue("jobs")


class TestFindingQueues:
    @pytest.fixture
    def create_in(self, fake_cloud):
        def create_queue(region, account=None):
            fake_cloud.client("sqs", region=region, account=account).create_queue(QueueName="orders")

        return create_queue

    def test_the_only_one_of_a_name_is_found_wherever_it_is(self, fake_sqs, create_in):
        create_in("eu-west-1")
        assert fake_sqs.queue("orders").arn == "arn:aws:sqs:eu-west-1:123456789012:orders"

    def test_the_clouds_own_account_and_region_come_first(self, fake_sqs, create_in):
        create_in("eu-west-1")
        create_in("us-east-1")
        assert fake_sqs.queue("orders").arn == "arn:aws:sqs:us-east-1:123456789012:orders"

    def test_of_several_one_must_be_named(self, fake_sqs, create_in):
        create_in("eu-west-1")
        create_in("us-west-2", "210987654321")
        with pytest.raises(CloudFakesError) as caught:
            fake_sqs.queue("orders")
        assert str(caught.value) == (
            "There is no queue 'orders' in account 123456789012, us-east-1, but in account 123456789012, eu-west-1 and "
            "account 210987654321, us-west-2: say which, as in queue('orders', region=...)."
        )
        assert fake_sqs.queue("orders", region="eu-west-1").arn.endswith("eu-west-1:123456789012:orders")
        assert fake_sqs.queue("orders", account="210987654321").arn.endswith("us-west-2:210987654321:orders")

    def test_messages_can_be_sent_there(self, fake_sqs, create_in):
        create_in("eu-west-1", "210987654321")
        fake_sqs.send_many("orders", ["a", "b"])
        assert texts(fake_sqs.queue("orders").visible) == ["a", "b"]

    def test_one_that_is_somewhere_else_than_said_is_not_found(self, fake_sqs, create_in):
        create_in("eu-west-1")
        with pytest.raises(CloudFakesError, match=r"in account 123456789012, us-west-2. Queues there: none."):
            fake_sqs.queue("orders", region="us-west-2")


class TestArranging:
    def test_a_queue_with_its_dead_letter_queue(self, fake_sqs):
        jobs = fake_sqs.create_queue("jobs", dead_letter_queue="dead", max_receive_count=5, tags={"a": "b"})
        assert jobs.attributes["RedrivePolicy"].endswith('"maxReceiveCount":5}')
        assert dict(jobs.tags) == {"a": "b"}
        assert fake_sqs.queue("dead").exists

    def test_a_dead_letter_queue_that_exists_is_taken(self, fake_sqs):
        fake_sqs.create_queue("dead", {"VisibilityTimeout": 7})
        fake_sqs.create_queue("jobs", dead_letter_queue="dead")
        assert fake_sqs.queue("dead").attributes["VisibilityTimeout"] == "7"

    def test_a_fifo_queue_by_its_name_with_attributes_as_python_has_them(self, fake_sqs):
        jobs = fake_sqs.create_queue(
            "jobs.fifo", {"ContentBasedDeduplication": True, "DelaySeconds": 5}, dead_letter_queue="dead.fifo"
        )
        assert jobs.attributes["FifoQueue"] == "true"
        assert jobs.attributes["ContentBasedDeduplication"] == "true"
        assert jobs.attributes["DelaySeconds"] == "5"

    def test_many_messages(self, fake_sqs, jobs):
        ids = fake_sqs.send_many("jobs", (str(number) for number in range(25)), DelaySeconds=0)
        assert [message.message_id for message in jobs.visible] == ids
        assert texts(jobs.visible) == [str(number) for number in range(25)]

    def test_many_messages_of_a_fifo_queue(self, fake_sqs, create):
        create("plain.fifo")
        fake_sqs.send_many("plain.fifo", ["same"] * 12, group_id="g")
        assert len(fake_sqs.queue("plain.fifo").visible) == 12

    def test_a_message_that_is_refused(self, fake_sqs, jobs):
        with pytest.raises(CloudFakesError, match="InvalidMessageContents"):
            fake_sqs.send_many("jobs", ["good", "\x00"])

    def test_the_handles_client(self, fake_sqs, queue_url):
        assert fake_sqs.client.get_queue_url(QueueName="jobs")["QueueUrl"] == queue_url
        assert fake_sqs.client is fake_sqs.client


class TestHistory:
    def test_it_is_bounded(self, monkeypatch, sqs, send, queue_url, receive, jobs):
        from pytest_cloudfakes.services.sqs import history

        monkeypatch.setattr(history, "MESSAGES", 3)
        for number in range(5):
            send(queue_url, str(number))
        for message in receive(queue_url):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        assert texts(jobs.deleted) == ["2", "3", "4"]

    def test_in_bytes_too(self, monkeypatch, sqs, send, queue_url, receive, jobs):
        from pytest_cloudfakes.services.sqs import history

        monkeypatch.setattr(history, "BYTES", 250)
        for number in range(4):
            send(queue_url, str(number) * 100)
        for message in receive(queue_url):
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        assert [message.body[0] for message in jobs.deleted] == ["2", "3"]
