"""FIFO deduplication: five minutes, by id or content, in the queue or in the group."""

import hashlib

import pytest


@pytest.fixture
def post(sqs):
    """Send with a deduplication id."""

    def send_message(url, body="message", key="x", group="g", **parameters):
        if key is not None:
            parameters["MessageDeduplicationId"] = key
        return sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, **parameters)

    return send_message


@pytest.fixture
def plain_url(create):
    return create("plain.fifo")


def test_a_duplicate_is_dropped_for_five_minutes(fake_clock, post, plain_url, counts):
    post(plain_url)
    fake_clock.advance(299.999)
    post(plain_url)
    assert counts(plain_url) == (1, 0, 0)
    fake_clock.advance(0.001)
    post(plain_url)
    assert counts(plain_url) == (2, 0, 0)


def test_a_duplicate_is_answered_with_the_first_ones_ids_and_its_own_digest(post, plain_url):
    first, second = post(plain_url, "one"), post(plain_url, "two")
    assert second["MessageId"] == first["MessageId"]
    assert second["SequenceNumber"] == first["SequenceNumber"]
    assert second["MD5OfMessageBody"] == "b8a9f715dbb64fd5c56e7783c6820a61"


def test_duplicates_dont_prolong_the_five_minutes(fake_clock, post, plain_url, counts):
    post(plain_url)
    fake_clock.advance(200)
    post(plain_url)
    fake_clock.advance(100)
    post(plain_url)
    assert counts(plain_url) == (2, 0, 0)


@pytest.mark.parametrize("content_based", [True, False])
def test_a_message_that_was_received_and_deleted_is_remembered(sqs, create, post, receive, content_based):
    url = create("jobs.fifo", ContentBasedDeduplication=str(content_based).lower())
    key = None if content_based else "x"
    post(url, key=key)
    (message,) = receive(url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    post(url, key=key)
    assert receive(url) == []


def test_an_expired_message_is_remembered(fake_clock, create, post, counts):
    url = create("short.fifo", MessageRetentionPeriod=60)
    post(url)
    fake_clock.advance(299)
    post(url)
    assert counts(url) == (0, 0, 0)


def test_a_purge_doesnt_make_a_queue_forget(sqs, post, plain_url, counts):
    post(plain_url)
    sqs.purge_queue(QueueUrl=plain_url)
    post(plain_url)
    assert counts(plain_url) == (0, 0, 0)


def test_the_same_content_is_a_duplicate_whatever_its_attributes(post, fifo_url, counts):
    post(fifo_url, key=None)
    post(fifo_url, key=None, MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    assert counts(fifo_url) == (1, 0, 0)


def test_an_explicit_id_wins_over_content(post, fifo_url, counts):
    post(fifo_url, key="a")
    post(fifo_url, key="b")
    post(fifo_url, key=None)
    assert counts(fifo_url) == (3, 0, 0)


def test_an_id_that_equals_the_contents_digest_is_a_duplicate(post, fifo_url, counts):
    post(fifo_url, "one", key=None)
    post(fifo_url, "two", key=hashlib.sha256(b"one").hexdigest())
    assert counts(fifo_url) == (1, 0, 0)


def test_in_the_scope_of_the_queue_another_group_is_no_difference(post, plain_url, bodies):
    post(plain_url, "Test", group="1")
    post(plain_url, "Test", group="2")
    assert bodies(plain_url) == ["Test"]


@pytest.mark.parametrize("limit", ["perQueue", "perMessageGroupId"])
def test_in_the_scope_of_groups_it_is(create, post, bodies, limit):
    url = create("high.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit=limit)
    post(url, "Test1", group="1")
    post(url, "Test2", group="2")
    post(url, "Test3", group="2")
    assert bodies(url) == ["Test1", "Test2"]


def test_a_changed_scope_begins_anew(sqs, create, post, receive):
    url = create("high.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    post(url, "Test1", group="1")
    post(url, "Test2", group="2")
    for message in receive(url):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    )
    post(url, "Test3", group="1")
    post(url, "Test4", group="2")
    assert [message["Body"] for message in receive(url)] == ["Test3"]


def test_a_refused_send_is_not_remembered(create, post, counts, invalid):
    url = create("small.fifo", MaximumMessageSize=1024)
    with invalid():
        post(url, "a" * 1025)
    post(url, "a")
    assert counts(url) == (1, 0, 0)


def test_a_new_queue_of_the_name_remembers_nothing(fake_clock, sqs, create, post, counts):
    url = create("jobs.fifo")
    first = post(url)
    sqs.delete_queue(QueueUrl=url)
    fake_clock.advance(60)
    create("jobs.fifo")
    second = post(url)
    assert counts(url) == (1, 0, 0)
    assert second["SequenceNumber"] > first["SequenceNumber"]
