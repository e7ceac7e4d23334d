"""Publishing: what a message must be, alone or in a batch, and who gets it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.api import ApiCall, ApiError
from pytest_cloudfakes.services.sns import fifo, limits
from pytest_cloudfakes.services.sns.delivery import Delivery
from pytest_cloudfakes.services.sns.endpoints import is_phone_number, plain_number
from pytest_cloudfakes.services.sns.errors import (
    BatchEntryIdsNotDistinct,
    BatchRequestTooLong,
    EmptyBatchRequest,
    EndpointDisabled,
    InvalidBatchEntryId,
    InvalidParameter,
    InvalidParameterReason,
    PlatformApplicationDisabled,
    TooManyEntriesInBatchRequest,
)
from pytest_cloudfakes.services.sns.messages import (
    NO_ATTRIBUTES,
    Message,
    check_attributes,
    check_structure,
    check_subject,
    size_of,
    structured,
)
from pytest_cloudfakes.services.sns.subscriptions import Subscription
from pytest_cloudfakes.services.sns.topics import Topic

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.operations import Sns

Given = Mapping[str, Any]
"""The parameters of Publish, or an entry of a batch."""
Answer = dict[str, Any]

_ID = re.compile(r"[A-Za-z0-9_-]+")


def publish(service: Sns, topic: Topic, given: Given, call: ApiCall) -> Answer:
    """Publish one message to a topic of this service. Errors: InvalidParameter, ParameterValueInvalid."""
    attributes = given.get("MessageAttributes")
    if attributes:
        check_attributes(attributes)
    return _publish(service, topic, given, call)


def _publish(service: Sns, topic: Topic, given: Given, call: ApiCall) -> Answer:
    message = _message(service, topic.arn, given, topic.maximum_size)
    group_id, deduplication_id = given.get("MessageGroupId"), given.get("MessageDeduplicationId")
    if topic.fifo or group_id is not None or deduplication_id is not None:
        fifo.check_ids(
            fifo=topic.fifo,
            content_deduplication=topic.content_deduplication,
            group_id=group_id,
            deduplication_id=deduplication_id,
        )
        message.group_id = group_id
    answer = {"MessageId": message.message_id}
    if topic.deduplication is not None and group_id is not None:
        now = message.published
        deduplication_id = deduplication_id or fifo.content_id(given["Message"])
        original = topic.deduplication.original(deduplication_id, group_id, now)
        if original is not None:
            return {"MessageId": original.message_id, "SequenceNumber": original.sequence_number}
        message.deduplication_id = deduplication_id
        number = topic.deduplication.remember(deduplication_id, group_id, message.message_id, now)
        message.sequence_number = answer["SequenceNumber"] = number
        if topic.archive is not None:
            topic.archive.add(message)
    if call.headers:
        message.trace_header = _trace_header(call)
    service.deliveries.publish(message, topic)
    return answer


def _message(service: Sns, topic_arn: str, given: Given, maximum_size: int) -> Message:
    """The message of a request, without what a FIFO topic adds. Errors: InvalidParameter."""
    text, subject, structure = given["Message"], given.get("Subject"), given.get("MessageStructure")
    attributes = given.get("MessageAttributes") or NO_ATTRIBUTES
    if not text:
        raise InvalidParameter(name="Empty message")
    if subject is not None:
        check_subject(subject)
    check_structure(structure)
    if size_of(text, attributes) > maximum_size:
        raise InvalidParameter(name="Message too long")
    texts = None
    if structure is not None:
        texts = structured(text)
        text = texts["default"]
    return Message(
        service.ids.uuid(),
        topic_arn,
        text,
        service.clock.now(),
        texts=texts,
        subject=subject,
        attributes=attributes,
    )


def _trace_header(call: ApiCall) -> str | None:
    """X-Ray's header goes on to queues. Recorded from AWS."""
    return next((value for name, value in call.headers.items() if name.lower() == "x-amzn-trace-id"), None)


# ── to one endpoint or phone ─────────────────────────────────────────────────────────────────────────────────────


def publish_to_endpoint(service: Sns, arn: str, given: Given) -> Answer:
    """Publish to an app on a device. Errors: InvalidParameter, EndpointDisabled, PlatformApplicationDisabled."""
    found = service.platform.find(arn)
    if found is None:
        raise InvalidParameterReason(name="TargetArn", reason="No endpoint found for the target arn specified")
    application, endpoint = found
    if not application.enabled:
        raise PlatformApplicationDisabled
    if not endpoint.enabled:
        raise EndpointDisabled
    return _publish_directly(service, "application", arn, given)


def publish_to_phone(service: Sns, number: str, given: Given) -> Answer:
    """Send a text message. Errors: InvalidParameter (texts unseen)."""
    if not is_phone_number(plain_number(number)):
        raise InvalidParameterReason(name="PhoneNumber", reason=f"{number} is not valid to publish to")
    if len(given["Message"]) > limits.SMS_CHARACTERS:
        raise InvalidParameter(name="Message too long")
    return _publish_directly(service, "sms", number, given)


def _publish_directly(service: Sns, protocol: str, to: str, given: Given) -> Answer:
    attributes = given.get("MessageAttributes")
    if attributes:
        check_attributes(attributes)
    message = _message(service, "", given, limits.MESSAGE_SIZE)
    recipient = Subscription(
        service.direct, "", protocol, to, owner=service.account, principal="", created=message.published
    )
    service.deliveries.begin(Delivery(message, recipient))
    service.deliveries.work()
    return {"MessageId": message.message_id}


# ── batches ──────────────────────────────────────────────────────────────────────────────────────────────────────


def publish_batch(service: Sns, topic: Topic, entries: Sequence[Given], call: ApiCall) -> Answer:
    """Publish up to ten messages in order, each with its own outcome. Both lists are always there (recorded from AWS).

    Errors: those of a batch; ParameterValueInvalid, which is for the whole call too (recorded from AWS).
    """
    _check_batch(topic, entries)
    successful: list[Answer] = []
    failed: list[Answer] = []
    for entry in entries:
        outcome = _try_to_publish(service, topic, entry, call)
        if isinstance(outcome, ApiError):
            fault = outcome.status < 500
            failed.append(
                {"Id": entry["Id"], "Code": outcome.error_code, "Message": outcome.text, "SenderFault": fault}
            )
        else:
            successful.append({"Id": entry["Id"], **outcome})
    return {"Successful": successful, "Failed": failed}


def _try_to_publish(service: Sns, topic: Topic, entry: Given, call: ApiCall) -> Answer | ApiError:
    try:
        return _publish(service, topic, entry, call)
    except ApiError as error:
        return error


def _check_batch(topic: Topic, entries: Sequence[Given]) -> None:
    if not entries:
        raise EmptyBatchRequest
    if len(entries) > limits.BATCH_ENTRIES:
        raise TooManyEntriesInBatchRequest
    seen: set[str] = set()
    for entry in entries:
        name = entry["Id"]
        if len(name) > limits.BATCH_ID_LENGTH:
            raise InvalidBatchEntryId(problem="is too long", id=name)
        if _ID.fullmatch(name) is None:
            raise InvalidBatchEntryId(problem="contains an impermissible character", id=name)
        if name in seen:
            raise BatchEntryIdsNotDistinct
        seen.add(name)
    for entry in entries:
        check_attributes(entry.get("MessageAttributes") or NO_ATTRIBUTES)
    size = sum(size_of(entry["Message"], entry.get("MessageAttributes") or NO_ATTRIBUTES) for entry in entries)
    if size > topic.maximum_size:
        raise BatchRequestTooLong
