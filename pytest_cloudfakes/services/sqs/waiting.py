"""What a receive asks for, and those that wait for it."""

from __future__ import annotations

from typing import NamedTuple

from pytest_cloudfakes.pending import Pending
from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs.messages import Message


class Wanted:
    """A receive: how many, hidden for how long, waiting for how long. None stands for the queue's own value."""

    __slots__ = ("attempt", "count", "visibility", "wait")

    def __init__(
        self,
        count: int = 1,
        visibility: Millis | None = None,
        wait: Millis | None = None,
        attempt: str | None = None,
    ) -> None:
        self.count = count
        self.visibility = visibility
        self.wait = wait
        self.attempt = attempt


class Waiter:
    """A receive that found nothing and waits."""

    __slots__ = ("pending", "wanted")

    def __init__(self, wanted: Wanted, pending: Pending[list[Message]]) -> None:
        self.wanted = wanted
        self.pending = pending


class Before(NamedTuple):
    """A message as it was before a receive, to be put back if the receiver never saw the answer."""

    message: Message
    receipt_given: int
    receipt: int
    receive_count: int
    first_received: Millis | None
    received: Millis
    until: Millis
