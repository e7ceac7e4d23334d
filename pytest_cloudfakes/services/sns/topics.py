"""A topic: its attributes, as texts and as the machine reads them, its subscriptions, and what a FIFO topic remembers.

Attributes are texts throughout. Each has a reader that checks a new value and gives the form in which it is kept;
an empty text takes an attribute away where that makes sense.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sortedcontainers import SortedDict

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits, permissions
from pytest_cloudfakes.services.sns.archive import Archive, archive_policy
from pytest_cloudfakes.services.sns.envelopes import instant
from pytest_cloudfakes.services.sns.errors import InvalidParameter, InvalidParameterReason
from pytest_cloudfakes.services.sns.fifo import Deduplication
from pytest_cloudfakes.services.sns.retry_policies import DeliveryPolicyError, effective_topic_policy, topic_policy

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.subscriptions import Subscription

Values = dict[str, str]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIFO_NAME = re.compile(r"[A-Za-z0-9_-]{1,251}\.fifo")


class Refused(ValueError):
    """A value that an attribute can't have; text says why."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class Attribute:
    """One attribute. fifo: whether it is for FIFO topics only (True), for standard ones only (False), or for both."""

    read: Callable[[str], str]
    fifo: bool | None = None
    settable: bool = True
    clearable: bool = True


def _any(text: str) -> str:
    return text


def _flag(text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise Refused("must be either true or false")
    return text.lower()


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise Refused(f"must be one of {', '.join(allowed)}")
        return text

    return read


def _number(lowest: int, highest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(r"\d{1,9}", text) or not lowest <= int(text) <= highest:
            raise Refused(f"must be a whole number from {lowest} to {highest}")
        return str(int(text))

    return read


def _display_name(text: str) -> str:
    if len(text) > limits.DISPLAY_NAME_LENGTH:
        raise Refused(f"must be {limits.DISPLAY_NAME_LENGTH} characters or less")
    return text


def _delivery_policy(text: str) -> str:
    try:
        return json.dumps(topic_policy(text), separators=(",", ":"))
    except DeliveryPolicyError as error:
        raise Refused(error.text) from None


def _archive_policy(text: str) -> str:
    try:
        return archive_policy(text)
    except ValueError as error:
        raise Refused(str(error)) from None


ATTRIBUTES: Mapping[str, Attribute] = {
    "Policy": Attribute(permissions.checked),
    "DisplayName": Attribute(_display_name, clearable=False),
    "DeliveryPolicy": Attribute(_delivery_policy),
    "KmsMasterKeyId": Attribute(_any),
    "SignatureVersion": Attribute(_one_of("1", "2")),
    "TracingConfig": Attribute(_one_of("PassThrough", "Active"), fifo=False),
    "MaximumMessageSize": Attribute(_number(limits.SMALLEST_MAXIMUM_MESSAGE_SIZE, limits.LARGEST_MAXIMUM_MESSAGE_SIZE)),
    "FifoTopic": Attribute(_flag, settable=False, clearable=False),
    "ContentBasedDeduplication": Attribute(_flag, fifo=True, clearable=False),
    "FifoThroughputScope": Attribute(_one_of("Topic", "MessageGroup"), fifo=True),
    "ArchivePolicy": Attribute(_archive_policy, fifo=True),
    **{
        f"{protocol}{kind}": Attribute(_number(0, 100) if kind.endswith("Rate") else _any)
        for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
        for kind in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
    },
}
"""Source: API reference, CreateTopic and SetTopicAttributes."""


def check(given: Mapping[str, str], *, fifo: bool, new: bool) -> dict[str, str | None]:
    """Attributes of a request as they are kept; None takes one away. Errors: InvalidParameter (texts unseen)."""
    changes: dict[str, str | None] = {}
    for name, text in given.items():
        attribute = ATTRIBUTES.get(name)
        if attribute is None or not (attribute.settable or new):
            raise _refused(new, name, f"Unknown attribute {name}")
        if attribute.fifo is not None and attribute.fifo is not fifo:
            only = "FIFO" if attribute.fifo else "standard"
            raise _refused(new, name, f"{name} is for {only} topics only")
        if not text and attribute.clearable:
            changes[name] = None
            continue
        try:
            changes[name] = attribute.read(text)
        except (Refused, permissions.PolicyRefused) as error:
            raise _refused(new, name, f"{name}: {error.text}" if new else error.text) from None
    return changes


def _refused(new: bool, name: str, reason: str) -> InvalidParameter:
    if new:
        return InvalidParameterReason(name="Attributes", reason=reason)
    if name not in ATTRIBUTES or not ATTRIBUTES[name].settable:
        return InvalidParameter(name="AttributeName")
    return InvalidParameterReason(name=name, reason=reason) if reason else InvalidParameter(name=name)


def check_name(name: str, *, fifo: bool) -> None:
    """Errors: InvalidParameter (texts unseen)."""
    if fifo:
        if _FIFO_NAME.fullmatch(name) is None:
            raise InvalidParameter(
                "Invalid parameter: Fifo Topic names must end with .fifo and must be made up of only uppercase and "
                "lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters "
                "long."
            )
    elif _NAME.fullmatch(name) is None:
        raise InvalidParameter(name="Topic Name")


class Topic:
    """One topic. Instants are milliseconds since the epoch."""

    def __init__(self, name: str, arn: str, owner: str, now: Millis, *, fifo: bool) -> None:
        self.name = name
        self.arn = arn
        self.owner = owner
        self.fifo = fifo
        self.created = now
        self.values: Values = {"Policy": permissions.default_policy(arn, owner)}
        self.tags: dict[str, str] = {}
        self.data_protection: str | None = None
        self.subscriptions: dict[str, Subscription] = {}
        """By ARN, in the order in which they were made, pending ones included."""
        self.listed: SortedDict[str, Subscription] = SortedDict()
        """The same in the order of ARNs, for pages of them."""
        self.by_endpoint: dict[tuple[str, str], Subscription] = {}
        self.filter_policies = 0
        """How many of its subscriptions have one."""
        self.subscriptions_deleted = 0
        self.deleted = False
        self.deduplication = Deduplication() if fifo else None
        self.archive: Archive | None = None
        self.version: str | None = None if fifo else "1"
        """Of signatures; FIFO topics have none (recorded from AWS)."""
        self.maximum_size = limits.MESSAGE_SIZE
        self.content_deduplication = False
        self.delivery_policy: dict[str, Any] | None = None
        self.logs = False
        """Whether it asks for delivery status logs."""

    def apply(self, changes: Mapping[str, str | None], now: Millis) -> None:
        """Set attributes that were checked; one that goes takes its default."""
        for name, text in changes.items():
            if text is not None:
                self.values[name] = text
            elif name == "Policy":
                self.values[name] = permissions.default_policy(self.arn, self.owner)
            else:
                self.values.pop(name, None)
        values = self.values
        if not self.fifo:
            self.version = values.get("SignatureVersion", "1")
        self.maximum_size = int(values.get("MaximumMessageSize", limits.MESSAGE_SIZE))
        self.content_deduplication = values.get("ContentBasedDeduplication") == "true"
        self.delivery_policy = json.loads(values["DeliveryPolicy"]) if "DeliveryPolicy" in values else None
        self.logs = any(name.endswith("FeedbackRoleArn") for name in values)
        if self.deduplication is not None:
            self.deduplication.per_group = values.get("FifoThroughputScope") == "MessageGroup"
        if "ArchivePolicy" in changes:
            self._archive(now)

    def _archive(self, now: Millis) -> None:
        days = json.loads(self.values.get("ArchivePolicy", "{}")).get("MessageRetentionPeriod")
        if days is None:
            self.archive = None
            self.values.pop("ArchivePolicy", None)
        elif self.archive is None:
            self.archive = Archive(now, int(days) * limits.DAY)
        else:
            self.archive.retention = int(days) * limits.DAY

    def attributes(self, now: Millis) -> dict[str, str]:
        """Of GetTopicAttributes. Which are always there is recorded from AWS."""
        pending = sum(not subscription.confirmed for subscription in self.subscriptions.values())
        shown = {
            **self.values,
            "TopicArn": self.arn,
            "Owner": self.owner,
            "DisplayName": self.values.get("DisplayName", ""),
            "EffectiveDeliveryPolicy": json.dumps(effective_topic_policy(self.delivery_policy), separators=(",", ":")),
            "SubscriptionsConfirmed": str(len(self.subscriptions) - pending),
            "SubscriptionsPending": str(pending),
            "SubscriptionsDeleted": str(self.subscriptions_deleted),
        }
        shown.pop("FifoTopic", None)
        if self.fifo:
            shown["FifoTopic"] = "true"
            shown.setdefault("ContentBasedDeduplication", "false")
        if self.archive is not None:
            shown["BeginningArchiveTime"] = instant(self.archive.beginning(now))
        return dict(sorted(shown.items()))

    def differs(self, changes: Mapping[str, str | None]) -> bool:
        """Whether any attribute of a request is another than this topic's."""
        return any(
            _comparable(name, self.values.get(name, _DEFAULTS.get(name))) != _comparable(name, text)
            for name, text in changes.items()
            if name != "FifoTopic"
        )

    def __repr__(self) -> str:
        return f"<Topic {self.name}: {len(self.subscriptions)} subscriptions>"


_DEFAULTS = {
    "DisplayName": "",
    "ContentBasedDeduplication": "false",
    "FifoThroughputScope": "Topic",
    "SignatureVersion": "1",
    "MaximumMessageSize": str(limits.MESSAGE_SIZE),
}
_DOCUMENTS = {"Policy", "DeliveryPolicy", "ArchivePolicy"}


def _comparable(name: str, text: str | None) -> Any:
    return json.loads(text) if text and name in _DOCUMENTS else text
