"""Protocols and endpoints: what may be subscribed to which topic, and how an endpoint is understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_cloudfakes.arns import Arn, ArnError
from pytest_cloudfakes.services.sns.errors import InvalidParameter, InvalidParameterReason

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.topics import Topic

HTTP = frozenset({"http", "https"})
PROTOCOLS = frozenset({"http", "https", "email", "email-json", "sms", "sqs", "lambda", "firehose", "application"})
CONFIRMED_BY_HAND = frozenset({"http", "https", "email", "email-json"})
"""Whoever gets the token has to confirm. Source: model, Subscribe."""
RAW = frozenset({"http", "https", "sqs", "firehose"})
"""Where raw message delivery is possible. Source: developer guide, raw message delivery."""

_PHONE = re.compile(r"\+?\d+(?:[-. ]?\d+)*")
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class QueueTarget:
    """A queue by its ARN."""

    arn: str
    account: str
    region: str
    name: str
    url: str

    @property
    def fifo(self) -> bool:
        """Whether it is a FIFO queue, by its name."""
        return self.name.endswith(".fifo")

    @classmethod
    def parse(cls, arn: str) -> QueueTarget | None:
        """The queue of an ARN; None if it is the ARN of none."""
        try:
            parsed = Arn.parse(arn)
        except ArnError:
            return None
        if parsed.service != "sqs" or not parsed.well_formed or ":" in parsed.resource:
            return None
        url = f"https://sqs.{parsed.region}.amazonaws.com/{parsed.account}/{parsed.resource}"
        return cls(arn, parsed.account, parsed.region, parsed.resource, url)


def check_endpoint(topic: Topic, protocol: str, endpoint: str | None) -> str:
    """The endpoint of a subscription that is possible. Errors: InvalidParameter; recorded from AWS where so marked."""
    if protocol not in PROTOCOLS:
        raise InvalidParameter(name=f"Amazon SNS does not support this protocol string: {protocol}")
    if not endpoint:
        raise InvalidParameter(name="Endpoint")
    if topic.fifo and protocol != "sqs":
        raise InvalidParameterReason(name="Invalid parameter: Endpoint", reason="Please use FIFO SQS queue")
    _CHECKS[protocol](topic, endpoint)
    return endpoint


def _check_url(scheme: str, endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if parts.scheme != scheme or not parts.hostname:
        raise InvalidParameter(name="Endpoint must match the specified protocol")


def _check_email(endpoint: str) -> None:
    if _EMAIL.fullmatch(endpoint) is None:
        raise InvalidParameter(name="Email address")


def _check_sms(endpoint: str) -> None:
    """Text recorded from AWS."""
    if _PHONE.fullmatch(endpoint) is None:
        raise InvalidParameter(f"Invalid SMS endpoint: {endpoint}")


def _check_queue(topic: Topic, endpoint: str) -> None:
    """Text on ARNs recorded from AWS, also for a queue's URL; the queue need not exist."""
    queue = QueueTarget.parse(endpoint)
    if queue is None:
        raise InvalidParameter(name="SQS endpoint ARN")
    if queue.fifo and not topic.fifo:
        raise InvalidParameterReason(
            name="Invalid parameter: Endpoint", reason="FIFO SQS Queues can not be subscribed to standard SNS topics"
        )


def _check_arn(service: str, what: str, endpoint: str) -> None:
    try:
        arn = Arn.parse(endpoint)
    except ArnError:
        arn = None
    if arn is None or arn.service != service or not arn.well_formed:
        raise InvalidParameter(name=f"{what} endpoint ARN")


_CHECKS: Mapping[str, Callable[[Topic, str], None]] = {
    "http": lambda _, endpoint: _check_url("http", endpoint),
    "https": lambda _, endpoint: _check_url("https", endpoint),
    "email": lambda _, endpoint: _check_email(endpoint),
    "email-json": lambda _, endpoint: _check_email(endpoint),
    "sms": lambda _, endpoint: _check_sms(endpoint),
    "sqs": _check_queue,
    "lambda": lambda _, endpoint: _check_arn("lambda", "Lambda", endpoint),
    "firehose": lambda _, endpoint: _check_arn("firehose", "Firehose", endpoint),
    "application": lambda _, endpoint: _check_arn("sns", "Application", endpoint),
}


def endpoint_account(protocol: str, endpoint: str) -> str | None:
    """The account that an endpoint belongs to; None where it belongs to none."""
    return Arn.parse(endpoint).account if protocol in {"sqs", "lambda", "firehose", "application"} else None


def is_phone_number(text: str) -> bool:
    """Whether it is a number in the form of E.164."""
    return _E164.fullmatch(text) is not None


def plain_number(text: str) -> str:
    """A phone number without what separates its digits."""
    return re.sub(r"[-. ]", "", text)
