"""How often a FIFO queue may be called, where AWS's own limits are on.

Each of the actions send, receive and delete (or change of visibility) may be called 300 times within any second; a
batch is one call. In high throughput that holds for each partition.
Source: developer guide, quotas related to messages; troubleshooting FIFO throttling.

Deviation: AWS spreads message groups over partitions as it sees fit; here every group is a partition of its own.
"""

from __future__ import annotations

from collections import deque

from pytest_cloudfakes.scheduler import Millis
from pytest_cloudfakes.services.sqs import limits
from pytest_cloudfakes.services.sqs.errors import RequestThrottled

_SECOND = 1_000


class CallRates:
    """The calls of the last second, by whatever they are counted for."""

    def __init__(self) -> None:
        self._calls: dict[object, deque[Millis]] = {}

    def count(self, keys: set[tuple[object, ...]], now: Millis) -> None:
        """Count one call for each key. Errors: RequestThrottled if that is too many for one; none is counted then."""
        recent = [self._calls.setdefault(key, deque(maxlen=limits.FIFO_CALLS_PER_SECOND)) for key in keys]
        if any(len(calls) == calls.maxlen and now < calls[0] + _SECOND for calls in recent):
            raise RequestThrottled
        for calls in recent:
            calls.append(now)
