"""SendMessage: what is answered, and what a body may be."""

import hashlib
import re

import pytest

MEBIBYTE = 1_048_576


def test_a_send_answers_with_an_id_and_the_digest_of_the_body(sqs, queue_url):
    answer = sqs.send_message(QueueUrl=queue_url, MessageBody="message")
    assert answer.keys() == {"MessageId", "MD5OfMessageBody", "ResponseMetadata"}
    assert answer["MD5OfMessageBody"] == "78e731027d8fd50ed642340b7c9a63b3"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", answer["MessageId"])


def test_a_message_is_received_as_it_was_sent(sqs, queue_url, receive):
    sent = sqs.send_message(QueueUrl=queue_url, MessageBody="message")
    (message,) = receive(queue_url)
    assert message.keys() == {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"}
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert message["Body"] == "message"


def test_an_empty_queue_answers_without_messages(sqs, queue_url):
    assert "Messages" not in sqs.receive_message(QueueUrl=queue_url)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=0)


def test_messages_come_in_the_order_in_which_they_were_sent(send, queue_url, bodies):
    for number in range(12):
        send(queue_url, str(number))
    assert bodies(queue_url) == [str(number) for number in range(10)]
    assert bodies(queue_url) == ["10", "11"]


@pytest.mark.parametrize(
    "body", ["a", "\t\n\r", " ", "~\x7f\x80", "\ud7ff", "\ue000", "\ufffd", "\U00010000", "\U0010ffff", "😀é"]
)
def test_allowed_characters_come_back_unchanged(send, queue_url, receive, body):
    send(queue_url, body)
    (message,) = receive(queue_url)
    assert message["Body"] == body
    assert message["MD5OfBody"] == hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ufffe", "\uffff"])
@pytest.mark.parametrize("around", ["", "é"])
def test_other_characters_are_refused(send, queue_url, refused, character, around):
    with refused("InvalidMessageContents"):
        send(queue_url, f"a{around}{character}b")


def test_an_empty_body_is_a_missing_parameter(send, queue_url, refused):
    with refused("MissingParameter", shape="MissingRequiredParameterException"):
        send(queue_url, "")


def test_a_body_of_a_mebibyte_fits(send, queue_url, counts):
    send(queue_url, "a" * MEBIBYTE)
    assert counts(queue_url) == (1, 0, 0)


def test_a_longer_body_is_refused(send, queue_url, invalid):
    with invalid("One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."):
        send(queue_url, "a" * (MEBIBYTE + 1))


def test_the_queue_may_take_less(send, create, counts, invalid):
    url = create("small", MaximumMessageSize=1024)
    send(url, "a" * 1024)
    with invalid("One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."):
        send(url, "a" * 1025)
    assert counts(url) == (1, 0, 0)


def test_size_counts_bytes_and_message_attributes(send, create, invalid):
    url = create("small", MaximumMessageSize=1024)
    attribute = {"key": {"DataType": "String", "StringValue": "é"}}  # 3 + 6 + 2
    send(url, "é" * 506 + "a", MessageAttributes=attribute)
    with invalid():
        send(url, "é" * 507, MessageAttributes=attribute)


def test_system_attributes_dont_count(send, create, counts):
    url = create("small", MaximumMessageSize=1024)
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    send(
        url,
        "a" * 1024,
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": header}},
    )
    assert counts(url) == (1, 0, 0)


def test_a_smaller_maximum_leaves_messages_that_are_there_alone(sqs, send, queue_url, bodies):
    send(queue_url, "a" * 2000)
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"MaximumMessageSize": "1024"})
    assert bodies(queue_url) == ["a" * 2000]


def test_a_deduplication_id_is_for_fifo_queues(send, queue_url, invalid):
    with invalid(
        "Value x for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not "
        "valid for this queue type."
    ):
        send(queue_url, MessageDeduplicationId="x")


@pytest.mark.parametrize("group", ["", "a" * 129, "two words", "ä"])
def test_a_group_id_on_a_standard_queue_is_checked(send, queue_url, invalid, group):
    with invalid(
        f"Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric "
        "and punctuation characters. 1 to 128 in length."
    ):
        send(queue_url, group=group)


@pytest.mark.parametrize("group", ["a", "a" * 128, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_a_group_id_on_a_standard_queue_comes_back(send, queue_url, receive, group):
    send(queue_url, group=group)
    (message,) = receive(queue_url, AttributeNames=["All"])
    assert message["Attributes"]["MessageGroupId"] == group


@pytest.mark.parametrize("size", [8191, 8192, 100_000])
def test_digests_of_long_bodies(send, queue_url, receive, size):
    body = "a" * size
    expected = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    assert send(queue_url, body)["MD5OfMessageBody"] == expected
    for _ in range(2):
        assert receive(queue_url, VisibilityTimeout=0)[0]["MD5OfBody"] == expected
