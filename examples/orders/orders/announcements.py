"""Telling others of accepted orders: a topic that any team may subscribe to.

What it says of an order it says twice: in its text, and in attributes, by which subscribers choose.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orders import settings
from orders.order import Order
from orders.queues import Queue

log = logging.getLogger(__name__)

sns: Final = boto3.client(
    "sns",
    region_name=settings.REGION,
    config=Config(retries={"mode": "standard", "total_max_attempts": settings.ATTEMPTS}),
)

PATIENCE: Final = {
    "healthyRetryPolicy": {
        "minDelayTarget": settings.ANNOUNCE_AGAIN,
        "maxDelayTarget": settings.ANNOUNCE_AGAIN,
        "numRetries": settings.ANNOUNCE_RETRIES,
    }
}
"""How SNS tries an HTTP subscriber that is down."""


@dataclass(frozen=True)
class Topic:
    name: str

    @cached_property
    def arn(self) -> str:
        """Asking for a topic that is there creates nothing."""
        return str(sns.create_topic(Name=self.name)["TopicArn"])

    def create(self) -> None:
        """Create the topic; safe to repeat."""
        sns.create_topic(Name=self.name)

    def publish(self, order: Order) -> None:
        sns.publish(
            TopicArn=self.arn,
            Message=order.to_json(),
            MessageAttributes={
                "item": {"DataType": "String", "StringValue": order.item},
                "cents": {"DataType": "Number", "StringValue": str(order.cents)},
            },
        )

    def tell_queue(self, queue: Queue, **wanted: list[object]) -> None:
        """Let a queue have the orders, or those whose attributes are as wanted."""
        self._subscribe("sqs", queue.arn, RawMessageDelivery="true", **_filter(wanted))

    def tell_server(self, url: str, *, dead: Queue) -> None:
        """Let a server have the orders, once it has confirmed; what it never takes is set aside in a queue."""
        self._subscribe(
            url.partition(":")[0],
            url,
            RawMessageDelivery="true",
            DeliveryPolicy=json.dumps(PATIENCE),
            RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.arn}),
        )

    def _subscribe(self, protocol: str, endpoint: str, **attributes: str) -> None:
        sns.subscribe(TopicArn=self.arn, Protocol=protocol, Endpoint=endpoint, Attributes=attributes)


ACCEPTED: Final = Topic("orders-accepted")


def announce(order: Order) -> None:
    """Tell whoever wants to know. The order is safe already, so it does not depend on this."""
    try:
        ACCEPTED.publish(order)
    except (BotoCoreError, ClientError):
        log.exception("order %d was not announced", order.number)


def _filter(wanted: dict[str, list[object]]) -> dict[str, str]:
    return {"FilterPolicy": json.dumps(wanted)} if wanted else {}
