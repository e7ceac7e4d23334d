"""How often SNS may be called, where AWS's own limits are on.

Within any second, by account and region. Source: model, Subscribe and the list operations; developer guide, quotas.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sns.errors import Throttling

_SECOND = 1_000
CALLS = {
    "Subscribe": 100,
    "Unsubscribe": 100,
    "ListTopics": 30,
    "ListSubscriptions": 30,
    "ListSubscriptionsByTopic": 30,
    "ListEndpointsByPlatformApplication": 30,
    "ListPlatformApplications": 15,
    "ListTagsForResource": 10,
    "TagResource": 10,
    "UntagResource": 10,
}
FIFO_MESSAGES = 3_000
"""Messages that a FIFO topic takes in a second, and with the scope MessageGroup each of its groups 300."""
FIFO_GROUP_MESSAGES = 300


class CallRates:
    """What was called in the last second, by whatever it is counted for."""

    def __init__(self) -> None:
        self._calls: dict[object, deque[Millis]] = {}

    def count(self, key: object, most: int, now: Millis, how_many: int = 1) -> None:
        """Count calls. Errors: Throttling if that is too many; none is counted then."""
        recent = self._calls.setdefault(key, deque())
        while recent and recent[0] + _SECOND <= now:
            recent.popleft()
        if len(recent) + how_many > most:
            raise Throttling
        recent.extend([now] * how_many)


def groups_of(parameters: dict[str, Any]) -> dict[str, int]:
    """How many messages a request has for each message group."""
    entries = parameters.get("PublishBatchRequestEntries", [parameters])
    found: dict[str, int] = {}
    for entry in entries if isinstance(entries, list) else []:
        group = entry.get("MessageGroupId", "") if isinstance(entry, dict) else ""
        found[group] = found.get(group, 0) + 1
    return found
