"""Delivery status logs: what SNS would write to CloudWatch for a topic whose feedback attributes ask for it.

Source: developer guide, message delivery status; the record is as recorded from AWS.
"""

from __future__ import annotations

import hashlib
from collections import deque
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns.envelopes import instant

if TYPE_CHECKING:
    from pytest_cloudfakes.services.sns.channels import Outcome
    from pytest_cloudfakes.services.sns.delivery import Delivery

_PREFIXES = {
    "http": "HTTP",
    "https": "HTTP",
    "firehose": "Firehose",
    "lambda": "Lambda",
    "application": "Application",
    "sqs": "SQS",
}
_SHORTEST = 10_000


class StatusLogs:
    """The newest records of one account and region."""

    def __init__(self) -> None:
        self.records: deque[dict[str, Any]] = deque(maxlen=_SHORTEST)
        self._seen: dict[tuple[str, str], int] = {}

    def note(self, delivery: Delivery, outcome: Outcome, now: Millis) -> None:
        """Write a record of an attempt, if the topic's attributes ask for it: every failure, successes by sample."""
        topic, message = delivery.subscription.topic, delivery.message
        prefix = _PREFIXES.get(delivery.subscription.protocol)
        if prefix is None:
            return
        delivered = outcome.kind == "delivered"
        values = topic.values
        if f"{prefix}{'Success' if delivered else 'Failure'}FeedbackRoleArn" not in values:
            return
        if delivered and not self._sampled(topic.arn, prefix, int(values.get(f"{prefix}SuccessFeedbackSampleRate", 0))):
            return
        text = message.text_for(delivery.subscription.protocol)
        self.records.append(
            {
                "notification": {
                    "messageMD5Sum": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
                    "messageId": message.message_id,
                    "topicArn": topic.arn,
                    "timestamp": instant(message.published),
                },
                "delivery": {
                    "deliveryId": f"{message.message_id}/{delivery.counted}",
                    "destination": delivery.subscription.endpoint,
                    "providerResponse": outcome.reason,
                    "dwellTimeMs": now - message.published,
                    "attempts": delivery.counted,
                    "statusCode": outcome.status,
                },
                "status": "SUCCESS" if delivered else "FAILURE",
            }
        )

    def _sampled(self, arn: str, prefix: str, rate: int) -> bool:
        """Every n-th success, so that the share is the rate after any hundred."""
        key = (arn, prefix)
        seen = self._seen[key] = self._seen.get(key, 0) + 1
        return seen * rate // 100 > (seen - 1) * rate // 100
