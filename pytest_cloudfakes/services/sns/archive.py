"""The archive of a FIFO topic, and what a subscription asks to be replayed from it.

Messages are kept for the retention period, from the moment the archive was switched on. Source: developer guide,
message archiving and replay for FIFO topics.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns import limits
from pytest_cloudfakes.services.sns.messages import Message

PENDING, IN_PROGRESS, COMPLETED, FAILED = "Pending", "In progress", "Completed", "Failed"


def archive_policy(text: str) -> str:
    """An archive policy as it is kept. Errors: ValueError with the reason (texts unseen)."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("failed to parse JSON") from None
    if not isinstance(document, dict) or set(document) - {"MessageRetentionPeriod"}:
        raise ValueError("must be an object with MessageRetentionPeriod")
    if not document:
        return "{}"
    days = str(document["MessageRetentionPeriod"])
    if not days.isdigit() or not limits.SHORTEST_ARCHIVE_DAYS <= int(days) <= limits.LONGEST_ARCHIVE_DAYS:
        raise ValueError(
            f"MessageRetentionPeriod must be from {limits.SHORTEST_ARCHIVE_DAYS} to {limits.LONGEST_ARCHIVE_DAYS} days"
        )
    return json.dumps({"MessageRetentionPeriod": days}, separators=(",", ":"))


class Archive:
    """The archived messages, oldest first."""

    def __init__(self, activated: Millis, retention: Millis) -> None:
        self.activated = activated
        self.retention = retention
        self._messages: deque[Message] = deque()

    def beginning(self, now: Millis) -> Millis:
        """From when on messages are there."""
        return max(self.activated, now - self.retention)

    def add(self, message: Message) -> None:
        """Keep a message."""
        self._forget(message.published)
        self._messages.append(message)

    def between(self, start: Millis, end: Millis, now: Millis) -> Iterator[Message]:
        """The messages published from an instant to another, both included."""
        self._forget(now)
        for message in list(self._messages):
            if start <= message.published <= end:
                yield message

    def _forget(self, now: Millis) -> None:
        """What is as old as the retention period is gone."""
        while self._messages and self._messages[0].published + self.retention <= now:
            self._messages.popleft()


@dataclass
class Replay:
    """A replay of a subscription. end: the last instant of the messages wanted, None for all and all that follow."""

    text: str
    start: Millis
    end: Millis | None
    status: str = PENDING

    def leaves_out(self, message: Message) -> bool:
        """Whether a newly published message isn't wanted: it came after the end. Source: model, ReplayPolicy."""
        return self.end is not None and message.published > self.end

    @classmethod
    def parse(cls, text: str) -> Replay | None:
        """Read a replay policy; None if it is empty, which stops a replay. Errors: ValueError with the reason."""
        try:
            document = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            raise ValueError("failed to parse JSON") from None
        if document == {}:
            return None
        if not isinstance(document, dict) or document.get("PointType") != "Timestamp":
            raise ValueError("PointType must be Timestamp")
        start = _instant(document.get("StartingPoint"), "StartingPoint")
        end = None
        if document.get("EndingPoint") is not None:
            end = _instant(document["EndingPoint"], "EndingPoint")
            if end <= start:
                raise ValueError("EndingPoint must be later than StartingPoint")
        return cls(text, start, end)


def _instant(value: object, name: str) -> Millis:
    try:
        read = dt.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"{name} must be a timestamp in ISO 8601") from None
    if read.tzinfo is None:
        read = read.replace(tzinfo=dt.timezone.utc)
    return round(read.timestamp() * 1000)
