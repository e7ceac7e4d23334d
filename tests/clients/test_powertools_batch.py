"""The batch processor of AWS Lambda Powertools, fed with messages that were really received.

`Mapping` does what Lambda's event source mapping does: it receives a batch, makes Lambda's event of it, and
deletes what the function didn't report as failed. The rest comes back when its visibility timeout ends.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

VISIBILITY = 60


class Mapping:
    """An event source mapping between one queue and a handler of records."""

    def __init__(self, sqs: Any, queue_url: str, handler: Any, processor: BatchProcessor) -> None:
        self.sqs = sqs
        self.queue_url = queue_url
        self.handler = handler
        self.processor = processor
        self.arn = arn_of(sqs, queue_url)

    def invoke(self) -> list[str]:
        """Work on one batch; the bodies of the messages that are to come again."""
        received = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = received.get("Messages", [])
        if not messages:
            return []
        event = {"Records": [self.record(message) for message in messages]}
        response = process_partial_response(event, self.handler, self.processor)
        failed = {failure["itemIdentifier"] for failure in response["batchItemFailures"]}
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(done)
            ]
            self.sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=entries)
        return [message["Body"] for message in messages if message["MessageId"] in failed]

    def record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {
                name: lambda_attribute(attribute) for name, attribute in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.sqs.meta.region_name,
        }


def lambda_attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    value = {"dataType": attribute["DataType"], "stringListValues": [], "binaryListValues": []}
    if "StringValue" in attribute:
        value["stringValue"] = attribute["StringValue"]
    else:
        value["binaryValue"] = base64.b64encode(attribute["BinaryValue"]).decode()
    return value


def arn_of(sqs: Any, queue_url: str) -> str:
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def all_records(sqs: Any, queue_url: str) -> list[SQSRecord]:
    """The records of one batch, all of them processed."""
    records: list[SQSRecord] = []

    def handler(record: SQSRecord) -> None:
        records.append(record)

    Mapping(sqs, queue_url, handler, BatchProcessor(EventType.SQS)).invoke()
    return records


def charge(record: SQSRecord) -> None:
    """The user's handler of one record: declines what is marked so."""
    if "declined" in record.body:
        raise ValueError(record.body)


@pytest.fixture
def queue_url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="orders", Attributes={"VisibilityTimeout": str(VISIBILITY)})["QueueUrl"])


@pytest.fixture
def fifo_url(sqs: Any) -> str:
    attributes = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        "VisibilityTimeout": str(VISIBILITY),
    }
    return str(sqs.create_queue(QueueName="orders.fifo", Attributes=attributes)["QueueUrl"])


def send_all(sqs: Any, queue_url: str, *bodies: str, **parameters: Any) -> None:
    entries = [{"Id": str(number), "MessageBody": body, **parameters} for number, body in enumerate(bodies)]
    assert "Failed" not in sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)


def test_only_the_failed_records_of_a_batch_come_again(sqs: Any, queue_url: str, fake_clock: Any) -> None:
    send_all(sqs, queue_url, "order 1", "order 2 declined", "order 3")
    mapping = Mapping(sqs, queue_url, charge, BatchProcessor(EventType.SQS))

    assert mapping.invoke() == ["order 2 declined"]
    fake_clock.advance(VISIBILITY - 0.001)
    assert mapping.invoke() == []

    fake_clock.advance(0.001)
    with pytest.raises(BatchProcessingError):
        mapping.invoke()


def test_a_record_that_keeps_failing_reaches_the_dead_letter_queue(sqs: Any, queue_url: str, fake_clock: Any) -> None:
    dead_url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    policy = {"deadLetterTargetArn": arn_of(sqs, dead_url), "maxReceiveCount": 3}
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"RedrivePolicy": json.dumps(policy)})
    send_all(sqs, queue_url, "order 1", "order 2 declined")
    counts = []

    def handler(record: SQSRecord) -> None:
        counts.append(record.attributes.approximate_receive_count)
        charge(record)

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    mapping = Mapping(sqs, queue_url, handler, processor)
    for _ in range(3):
        assert mapping.invoke() == ["order 2 declined"]
        fake_clock.advance(VISIBILITY)
    assert mapping.invoke() == []
    assert sorted(counts) == ["1", "1", "2", "3"]

    [buried] = all_records(sqs, dead_url)
    assert buried.body == "order 2 declined"
    assert buried.attributes.dead_letter_queue_source_arn == mapping.arn


def test_a_batch_that_fails_as_a_whole_is_received_again_as_a_whole(sqs: Any, queue_url: str, fake_clock: Any) -> None:
    send_all(sqs, queue_url, "order 1 declined", "order 2 declined")
    mapping = Mapping(sqs, queue_url, charge, BatchProcessor(EventType.SQS))
    with pytest.raises(BatchProcessingError):
        mapping.invoke()

    fake_clock.advance(VISIBILITY)
    again = [record.body for record in all_records(sqs, queue_url)]
    assert sorted(again) == ["order 1 declined", "order 2 declined"]


def test_a_fifo_queue_keeps_its_order_across_a_partial_failure(sqs: Any, fifo_url: str, fake_clock: Any) -> None:
    send_all(sqs, fifo_url, "order 1", "order 2 declined", "order 3", MessageGroupId="customer-7")
    handled: list[str] = []

    def handler(record: SQSRecord) -> None:
        handled.append(record.body)
        if len(handled) < 3:
            charge(record)

    mapping = Mapping(sqs, fifo_url, handler, SqsFifoPartialProcessor())
    assert mapping.invoke() == ["order 2 declined", "order 3"]
    assert mapping.invoke() == []

    fake_clock.advance(VISIBILITY)
    assert mapping.invoke() == []
    assert handled == ["order 1", "order 2 declined", "order 2 declined", "order 3"]


def test_a_failing_group_doesnt_hold_up_the_others(sqs: Any, fifo_url: str) -> None:
    send_all(sqs, fifo_url, "a1 declined", "a2", MessageGroupId="a")
    send_all(sqs, fifo_url, "b1", "b2", MessageGroupId="b")
    mapping = Mapping(sqs, fifo_url, charge, SqsFifoPartialProcessor(skip_group_on_error=True))

    assert mapping.invoke() == ["a1 declined", "a2"]


def test_a_record_shows_what_sqs_knows_of_the_message(sqs: Any, fifo_url: str, fake_clock: Any) -> None:
    sent = sqs.send_message(
        QueueUrl=fifo_url,
        MessageBody='{"total": 12}',
        MessageGroupId="customer-7",
        MessageAttributes={
            "Currency": {"DataType": "String", "StringValue": "EUR"},
            "Signature": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
    )
    sent_at = fake_clock.now()
    fake_clock.advance(5)
    [record] = all_records(sqs, fifo_url)

    assert record.message_id == sent["MessageId"]
    assert record.json_body == {"total": 12}
    assert record.md5_of_body == sent["MD5OfMessageBody"]
    assert record.queue_url == fifo_url
    assert record.aws_region == "eu-west-1"
    assert record.attributes.sent_timestamp == str(sent_at)
    assert record.attributes.approximate_first_receive_timestamp == str(sent_at + 5_000)
    assert record.attributes.approximate_receive_count == "1"
    assert record.attributes.message_group_id == "customer-7"
    assert record.attributes.sequence_number == sent["SequenceNumber"]
    assert record.message_attributes["Currency"].string_value == "EUR"
    assert record.message_attributes["Signature"].binary_value == base64.b64encode(b"\x00\xff").decode()
