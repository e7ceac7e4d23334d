"""The visible messages of a standard queue, in the order in which they are offered.

AWS promises no order. The friendly one is the order in which messages first became visible; a message whose
visibility timeout ended takes its old place again.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Protocol

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs.messages import VISIBLE, Message


class Offer(Protocol):
    """What a standard queue asks of the order of its visible messages. Positions grow in the order of `add`."""

    def add(self, message: Message) -> None:
        """It became visible for the first time."""

    def put_back(self, message: Message) -> None:
        """It is visible again."""

    def pop(self, now: Millis) -> Message | None:
        """Take out the next one, or None."""

    def landed(self, message: Message, now: Millis) -> None:
        """It isn't in flight any more."""

    def left(self, message: Message, now: Millis) -> None:
        """It isn't in the queue any more."""

    def tidy(self) -> None:
        """Drop those in front that aren't visible any more."""


class Ready:
    """One line for all, with those that came back in a heap of their own. Entries that aren't visible are stale."""

    __slots__ = ("_back", "_line")

    def __init__(self) -> None:
        self._line: deque[Message] = deque()
        self._back: list[tuple[int, Message]] = []

    def add(self, message: Message) -> None:
        self._line.append(message)

    def put_back(self, message: Message) -> None:
        heappush(self._back, (message.position, message))

    def pop(self, now: Millis) -> Message | None:
        line, back = self._line, self._back
        while line or back:
            if back and (not line or back[0][0] < line[0].position):
                message = heappop(back)[1]
            else:
                message = line.popleft()
            if message.state is VISIBLE:
                return message
        return None

    def landed(self, message: Message, now: Millis) -> None:
        """Nothing to remember."""

    def left(self, message: Message, now: Millis) -> None:
        """Its entry is dropped when it surfaces."""

    def tidy(self) -> None:
        line, back = self._line, self._back
        while line and line[0].state is not VISIBLE:
            line.popleft()
        while back and back[0][1].state is not VISIBLE:
            heappop(back)
