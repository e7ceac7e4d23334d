"""The four queues of the service, and what it does with a queue.

orders              every accepted order, until a worker has dealt with it
ledger.fifo         what to book on the customers' accounts: in order for each customer, and every entry once
orders-dead,
ledger-dead.fifo    what failed too often, kept for a person to look at
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final

import boto3
from botocore.config import Config

from orders import settings

sqs: Final = boto3.client(
    "sqs",
    region_name=settings.REGION,
    config=Config(retries={"mode": "standard", "total_max_attempts": settings.ATTEMPTS}),
)


@dataclass(frozen=True)
class Message:
    id: str
    body: str
    delivery: int
    """1 the first time that it is delivered."""
    receipt_handle: str


@dataclass(frozen=True)
class Queue:
    name: str

    @cached_property
    def url(self) -> str:
        return str(sqs.get_queue_url(QueueName=self.name)["QueueUrl"])

    @property
    def arn(self) -> str:
        return self.attribute("QueueArn")

    @property
    def waiting(self) -> int:
        """About how many messages could be received now."""
        return int(self.attribute("ApproximateNumberOfMessages"))

    def attribute(self, name: str) -> str:
        answer = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return str(answer["Attributes"][name])

    def create(self, **attributes: str) -> None:
        """Create the queue; where it is there already, make sure that its attributes are these."""
        if self.name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        sqs.create_queue(QueueName=self.name, Attributes=attributes)

    def send(self, body: str, **options: str) -> None:
        sqs.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def receive(self, *, limit: int = 10, wait: int = settings.LONG_POLL) -> list[Message]:
        """Up to `limit` messages; where there are none, wait so many seconds for the first."""
        answer = sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=wait,
            AttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Message(
                id=message["MessageId"],
                body=message["Body"],
                delivery=int(message["Attributes"]["ApproximateReceiveCount"]),
                receipt_handle=message["ReceiptHandle"],
            )
            for message in answer.get("Messages", ())
        ]

    def delete(self, message: Message) -> None:
        """The message has been dealt with."""
        sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt_handle)

    def postpone(self, message: Message, seconds: int) -> None:
        """Deliver the message again, but not before so many seconds from now."""
        sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=seconds
        )


ORDERS: Final = Queue("orders")
ORDERS_DEAD: Final = Queue("orders-dead")
LEDGER: Final = Queue("ledger.fifo")
LEDGER_DEAD: Final = Queue("ledger-dead.fifo")


def create_all() -> None:
    """Create the queues; safe to repeat, so every deployment does."""
    for queue, dead in ((ORDERS, ORDERS_DEAD), (LEDGER, LEDGER_DEAD)):
        dead.create(MessageRetentionPeriod=_seconds(settings.DEAD_RETENTION))
        queue.create(
            MessageRetentionPeriod=_seconds(settings.RETENTION),
            VisibilityTimeout=str(settings.VISIBILITY_TIMEOUT),
            RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": settings.MAX_DELIVERIES}),
        )


def _seconds(period: timedelta) -> str:
    return str(int(period.total_seconds()))
