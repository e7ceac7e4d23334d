"""Answers by AWS's names, each made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_cloudfakes.services.sqs.attributes import NAMES, shown
from pytest_cloudfakes.services.sqs.errors import InvalidAttributeName
from pytest_cloudfakes.services.sqs.messages import Attribute, Attributes, Message, digest_of, selected
from pytest_cloudfakes.services.sqs.move_tasks import FAILED, RUNNING, MoveTask
from pytest_cloudfakes.services.sqs.queue import Counts, Queue

Answer = dict[str, Any]


def sent(queue: Queue, message: Message, body: str, attributes: Attributes | None, trace_header: str | None) -> Answer:
    """Of SendMessage. The digests are those of what was sent, also where it is a duplicate."""
    answer: Answer = {
        "MD5OfMessageBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "MessageId": message.message_id,
    }
    if attributes:
        answer["MD5OfMessageAttributes"] = digest_of(attributes)
    if trace_header is not None:
        answer["MD5OfMessageSystemAttributes"] = digest_of({"AWSTraceHeader": Attribute("String", trace_header)})
    number = queue.sequence_number(message)
    if number is not None:
        answer["SequenceNumber"] = number
    return answer


# ── received messages ────────────────────────────────────────────────────────────────────────────────────────────

_SYSTEM_ATTRIBUTES: Mapping[str, Callable[[Queue, Message], str | None]] = {
    "SenderId": lambda _, message: message.sender_id,
    "SentTimestamp": lambda _, message: str(message.sent),
    "ApproximateReceiveCount": lambda _, message: str(message.receive_count),
    "ApproximateFirstReceiveTimestamp": lambda _, message: str(message.first_received),
    "SequenceNumber": lambda queue, message: queue.sequence_number(message),
    "MessageDeduplicationId": lambda _, message: message.deduplication_id,
    "MessageGroupId": lambda _, message: message.group_id,
    "AWSTraceHeader": lambda _, message: message.trace_header,
    "DeadLetterQueueSourceArn": lambda _, message: message.source_arn,
}


class Form:
    """What a receive asked to be told of each message."""

    __slots__ = ("attribute_names", "system")

    def __init__(self, system: Sequence[str], attribute_names: Sequence[str]) -> None:
        self.system = system
        self.attribute_names = attribute_names

    @classmethod
    def of(cls, system_names: Sequence[str], attribute_names: Sequence[str]) -> Form:
        """From the names of a request; what doesn't apply to a message is passed over. Errors: InvalidAttributeName.

        The older AttributeNames and MessageSystemAttributeNames count together (recorded from AWS).
        """
        if not system_names:
            return cls((), attribute_names)
        for name in system_names:
            if name not in _SYSTEM_ATTRIBUTES and name != "All" and name not in NAMES:
                raise InvalidAttributeName(name=name)
        if "All" in system_names:
            return cls(tuple(_SYSTEM_ATTRIBUTES), attribute_names)
        return cls([name for name in _SYSTEM_ATTRIBUTES if name in system_names], attribute_names)


def received(queue: Queue, form: Form, messages: Sequence[Message]) -> Answer:
    """Of ReceiveMessage."""
    if not messages:
        return {}
    return {"Messages": [_received(queue, form, message) for message in messages]}


def _received(queue: Queue, form: Form, message: Message) -> Answer:
    answer: Answer = {
        "MessageId": message.message_id,
        "ReceiptHandle": queue.handle(message),
        "MD5OfBody": message.digest(),
        "Body": message.body.decode(),
    }
    if form.system:
        told = {}
        for name in form.system:
            value = _SYSTEM_ATTRIBUTES[name](queue, message)
            if value is not None:
                told[name] = value
        if told:
            answer["Attributes"] = told
    if form.attribute_names and message.attributes:
        chosen = selected(message.attributes, form.attribute_names)
        if chosen:
            # The digest covers the returned attributes only. Recorded from AWS.
            answer["MD5OfMessageAttributes"] = digest_of(chosen)
            answer["MessageAttributes"] = {
                name: {
                    "BinaryValue" if isinstance(value, bytes) else "StringValue": value,
                    "DataType": data_type,
                }
                for name, (data_type, value) in chosen.items()
            }
    return answer


# ── queues and tasks ─────────────────────────────────────────────────────────────────────────────────────────────


def queue_attributes(queue: Queue, counts: Counts, names: Sequence[str]) -> dict[str, str]:
    """Of GetQueueAttributes: the named ones that have a value."""
    if not names:
        return {}
    everything = {
        **shown(queue.values),
        "ApproximateNumberOfMessages": str(counts.visible),
        "ApproximateNumberOfMessagesNotVisible": str(counts.in_flight),
        "ApproximateNumberOfMessagesDelayed": str(counts.delayed),
        "CreatedTimestamp": str(queue.created // 1000),
        "LastModifiedTimestamp": str(queue.modified // 1000),
        "QueueArn": queue.arn,
    }
    return {name: everything[name] for name in sorted(everything) if name in names or "All" in names}


def move_task(task: MoveTask) -> Answer:
    """Of ListMessageMoveTasks. Which members are there is recorded from AWS."""
    answer: Answer = {
        "Status": task.status,
        "SourceArn": task.source.arn,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": task.started,
    }
    if task.status == RUNNING:
        answer["TaskHandle"] = task.handle
    if task.destination is not None:
        answer["DestinationArn"] = task.destination
    if task.rate is not None:
        answer["MaxNumberOfMessagesPerSecond"] = task.rate
    if task.status == FAILED:
        answer["FailureReason"] = task.failure
    return answer
