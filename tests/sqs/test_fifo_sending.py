"""Sending to FIFO queues: groups and deduplication ids."""

import pytest


def test_a_group_is_required(sqs, create, refused):
    url = create("jobs.fifo")
    with refused(
        "MissingParameter",
        "The request must contain the parameter MessageGroupId.",
        shape="MissingRequiredParameterException",
    ):
        sqs.send_message(QueueUrl=url, MessageBody="test", MessageDeduplicationId="1")


def test_a_deduplication_id_is_required(sqs, create, invalid):
    with invalid(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    ):
        sqs.send_message(QueueUrl=create("jobs.fifo"), MessageBody="test", MessageGroupId="test")


@pytest.mark.parametrize("name", ["MessageGroupId", "MessageDeduplicationId"])
@pytest.mark.parametrize("value", ["group 123", "a" * 129, "", "ü", "a\n"])
def test_ids_that_are_refused(sqs, create, invalid, name, value):
    parameters = {"MessageGroupId": "g", "MessageDeduplicationId": "d", name: value}
    with invalid(
        f"Value {value} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and punctuation "
        "characters. 1 to 128 in length."
    ):
        sqs.send_message(QueueUrl=create("jobs.fifo"), MessageBody="test", **parameters)


def test_the_longest_ids(sqs, create):
    sqs.send_message(
        QueueUrl=create("jobs.fifo"), MessageBody="test", MessageGroupId="g" * 128, MessageDeduplicationId="~" * 128
    )


def test_the_answer_has_a_sequence_number(sqs, create):
    answer = sqs.send_message(
        QueueUrl=create("jobs.fifo"), MessageBody="message-body-1", MessageGroupId="g", MessageDeduplicationId="d"
    )
    assert answer.keys() == {"MD5OfMessageBody", "MessageId", "SequenceNumber", "ResponseMetadata"}
    assert answer["MD5OfMessageBody"] == "19c9e282d65f9733bc6b35d50062c7ee"


def test_content_based_ids_are_the_sha256_of_the_body(send, fifo_url, receive):
    import hashlib

    send(fifo_url, "Zürich")
    (message,) = receive(fifo_url, AttributeNames=["All"])
    assert message["Attributes"]["MessageDeduplicationId"] == hashlib.sha256("Zürich".encode()).hexdigest()
