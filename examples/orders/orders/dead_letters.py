"""What to do with messages that failed too often: look at their number, mend the cause, send them back."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from orders.queues import Queue, sqs

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    status: str
    moved: int
    of: int

    def __str__(self) -> str:
        return f"{self.moved} of {self.of} sent back, {self.status.lower()}"


def send_back(dead: Queue, *, per_second: int | None = None) -> None:
    """Start to move every dead letter to the queue that it came from."""
    rate = {} if per_second is None else {"MaxNumberOfMessagesPerSecond": per_second}
    log.info("sending back what is in %s: %d", dead.name, dead.waiting)
    sqs.start_message_move_task(SourceArn=dead.arn, **rate)


def progress(dead: Queue) -> Progress | None:
    """How far the latest `send_back` is."""
    tasks = sqs.list_message_move_tasks(SourceArn=dead.arn, MaxResults=1).get("Results")
    if not tasks:
        return None
    return Progress(
        status=tasks[0]["Status"],
        moved=tasks[0]["ApproximateNumberOfMessagesMoved"],
        of=tasks[0]["ApproximateNumberOfMessagesToMove"],
    )
