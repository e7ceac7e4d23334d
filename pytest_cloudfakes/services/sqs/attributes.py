"""The attributes of a queue: the table of what there is, what values it takes, and what is shown.

Values are text in requests and answers. `Settings` is the form in which the machine reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits, permissions
from pytest_cloudfakes.services.sqs.dead_letter import (
    RedriveAllowPolicy,
    RedrivePolicy,
    parse_redrive,
    parse_redrive_allow,
)
from pytest_cloudfakes.services.sqs.errors import InvalidAttributeName, InvalidAttributeValue

Values = dict[str, str]
"""Attributes by name, in AWS's text; cleared ones are absent."""


class Refused(ValueError):
    """A value that the attribute doesn't take."""


def _number(low: int, high: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise Refused
        return str(int(text))

    return read


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise Refused
        return text

    return read


def _flag(text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise Refused
    return text.lower()


def _policy(text: str) -> str:
    permissions.check_policy(text)
    return text


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that a request can set."""

    read: Callable[[str], str]
    """From the request's text to the one that is kept; raises Refused, or an error of AWS."""
    default: str | None = None
    fifo: bool = False
    """Only a FIFO queue has it."""
    clearable: bool = False
    """An empty text takes the value away, or brings back the default."""


ATTRIBUTES: Mapping[str, Attribute] = {
    "DelaySeconds": Attribute(_number(0, limits.MAXIMUM_DELAY_SECONDS), "0"),
    "MaximumMessageSize": Attribute(_number(1_024, limits.MAXIMUM_MESSAGE_SIZE), str(limits.MAXIMUM_MESSAGE_SIZE)),
    "MessageRetentionPeriod": Attribute(_number(60, 1_209_600), "345600"),
    "ReceiveMessageWaitTimeSeconds": Attribute(_number(0, limits.MAXIMUM_WAIT_SECONDS), "0"),
    "VisibilityTimeout": Attribute(_number(0, limits.MAXIMUM_VISIBILITY_SECONDS), "30"),
    "Policy": Attribute(_policy, clearable=True),
    "RedrivePolicy": Attribute(lambda text: parse_redrive(text).text(), clearable=True),
    "RedriveAllowPolicy": Attribute(lambda text: parse_redrive_allow(text).text(), clearable=True),
    "KmsMasterKeyId": Attribute(str, clearable=True),
    "KmsDataKeyReusePeriodSeconds": Attribute(_number(60, 86_400), "300", clearable=True),
    "SqsManagedSseEnabled": Attribute(_flag, "true"),
    "FifoQueue": Attribute(_flag, fifo=True),
    "ContentBasedDeduplication": Attribute(_flag, "false", fifo=True),
    "DeduplicationScope": Attribute(_choice("queue", "messageGroup"), "queue", fifo=True),
    "FifoThroughputLimit": Attribute(_choice("perQueue", "perMessageGroupId"), "perQueue", fifo=True),
}

COMPUTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
)
NAMES = frozenset({*ATTRIBUTES, *COMPUTED})


def check(given: Mapping[str, str], *, fifo: bool) -> dict[str, str | None]:
    """Attributes of a request in the form in which they are kept; None takes one away.

    Errors: InvalidAttributeName, InvalidAttributeValue; InvalidParameterValue for redrive policies.
    """
    changes: dict[str, str | None] = {}
    for name, text in given.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None:
            raise InvalidAttributeName(name=name)
        if attribute.fifo and not fifo:
            raise _only_for_fifo(name)
        if attribute.clearable and not text:
            changes[name] = attribute.default
            continue
        try:
            changes[name] = attribute.read(text)
        except Refused:
            raise InvalidAttributeValue(name=name) from None
    _check_encryption(changes)
    return changes


def _only_for_fifo(name: str) -> InvalidAttributeName:
    """Recorded from AWS: the older two attributes are unknown there, the newer two are explained."""
    if name in {"FifoQueue", "ContentBasedDeduplication"}:
        return InvalidAttributeName(name=name)
    return InvalidAttributeName(f"You can specify the {name} only when FifoQueue is set to true.")


def _check_encryption(changes: Mapping[str, str | None]) -> None:
    if changes.get("KmsMasterKeyId") and changes.get("SqsManagedSseEnabled") == "true":
        raise InvalidAttributeName(
            "You can use one type of server-side encryption (SSE) at one time. "
            "You can either enable KMS SSE or SQS SSE."
        )


def defaults(*, fifo: bool) -> Values:
    """The attributes of a new queue to which nothing was said."""
    values = {
        name: attribute.default
        for name, attribute in ATTRIBUTES.items()
        if attribute.default is not None and (fifo or not attribute.fifo)
    }
    if fifo:
        values["FifoQueue"] = "true"
    return values


def changed(values: Values, changes: Mapping[str, str | None]) -> Values:
    """The attributes after a change. Errors: InvalidAttributeValue."""
    if changes.get("FifoQueue", values.get("FifoQueue")) != values.get("FifoQueue"):
        raise InvalidAttributeValue(
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
        )
    after = {**values, **{name: text for name, text in changes.items() if text is not None}}
    for name, text in changes.items():
        if text is None:
            after.pop(name, None)
    if changes.get("KmsMasterKeyId"):
        after["SqsManagedSseEnabled"] = "false"
    elif changes.get("SqsManagedSseEnabled") == "true":
        after.pop("KmsMasterKeyId", None)
        after["KmsDataKeyReusePeriodSeconds"] = "300"
    if after.get("FifoThroughputLimit") == "perMessageGroupId" and after["DeduplicationScope"] != "messageGroup":
        raise InvalidAttributeValue(
            "Invalid value for the parameter FifoThroughputLimit. Reason: perMessageGroupId is allowed only when the "
            "value for DeduplicationScope is messageGroup."
        )
    return after


def shown(values: Values) -> Values:
    """What GetQueueAttributes tells of them."""
    if "KmsMasterKeyId" in values:
        return values
    return {name: text for name, text in values.items() if name != "KmsDataKeyReusePeriodSeconds"}


def first_difference(values: Values, changes: Mapping[str, str | None]) -> str | None:
    """The first attribute of a request that a queue has otherwise, or None. Documents are compared as such."""
    for name, text in changes.items():
        has = values.get(name)
        if has != text and not (name == "Policy" and has and text and json.loads(has) == json.loads(text)):
            return name
    return None


@dataclass(frozen=True, slots=True)
class Settings:
    """Attributes as the machine reads them. Durations are milliseconds."""

    delay: Millis
    maximum_size: int
    retention: Millis
    wait: Millis
    visibility: Millis
    redrive: RedrivePolicy | None
    redrive_allow: RedriveAllowPolicy | None
    content_deduplication: bool
    per_group_deduplication: bool
    high_throughput: bool

    @classmethod
    def of(cls, values: Values) -> Settings:
        def period(name: str) -> Millis:
            return 1000 * int(values[name])

        redrive, allow = values.get("RedrivePolicy"), values.get("RedriveAllowPolicy")
        per_group = values.get("DeduplicationScope") == "messageGroup"
        return cls(
            delay=period("DelaySeconds"),
            maximum_size=int(values["MaximumMessageSize"]),
            retention=period("MessageRetentionPeriod"),
            wait=period("ReceiveMessageWaitTimeSeconds"),
            visibility=period("VisibilityTimeout"),
            redrive=parse_redrive(redrive) if redrive else None,
            redrive_allow=parse_redrive_allow(allow) if allow else None,
            content_deduplication=values.get("ContentBasedDeduplication") == "true",
            per_group_deduplication=per_group,
            high_throughput=per_group and values.get("FifoThroughputLimit") == "perMessageGroupId",
        )
