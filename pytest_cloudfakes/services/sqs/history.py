"""What has left a queue, for those who look: the newest, within bounds, and how many there were."""

from __future__ import annotations

from collections import deque

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs.messages import Message, State

MESSAGES = 10_000
"""So many of the newest are kept for each way of leaving."""
BYTES = 16 * 1_048_576
"""And not more than this, in bodies."""


class Departed:
    """The messages that left in one way, and when."""

    __slots__ = ("_bytes", "_entries", "count")

    def __init__(self) -> None:
        self.count = 0
        """How many have left, those included that aren't kept."""
        self._entries: deque[tuple[Message, Millis]] = deque()
        self._bytes = 0

    def add(self, message: Message, at: Millis) -> None:
        entries = self._entries
        self.count += 1
        entries.append((message, at))
        self._bytes += len(message.body)
        while self._bytes > BYTES or len(entries) > MESSAGES:
            oldest = entries.popleft()[0]
            self._bytes -= len(oldest.body)
            oldest.forget()

    def entries(self) -> list[tuple[Message, Millis]]:
        """Oldest first."""
        return list(self._entries)


class History:
    """What has left a queue: deleted, expired, moved. What was purged isn't kept."""

    __slots__ = ("deleted", "expired", "moved")

    def __init__(self) -> None:
        self.deleted = Departed()
        self.expired = Departed()
        self.moved = Departed()

    def add(self, message: Message, at: Millis) -> None:
        if message.state is State.DELETED:
            self.deleted.add(message, at)
        elif message.state is State.EXPIRED:
            self.expired.add(message, at)
        elif message.state is State.MOVED:
            self.moved.add(message, at)
        else:
            message.forget()
